//! The host's wishes: rate, places, robots.txt, Retry-After, and being left alone.

use futures::future::join_all;

use super::*;
use crate::domain::PageFailure;
use crate::fetch::Mode;

#[tokio::test]
async fn rate_burst_and_robots_txt_share_one_budget() {
    let shop = Shop::open(|path, _| if path == "/robots.txt" { not_found() } else { answer(200, &[], "x") }).await;
    let rate = Rate { requests: NonZeroU32::MIN.saturating_add(19), per: Duration::from_secs(1) };
    let web = fetcher(Options { rate, burst: NonZeroU32::MIN.saturating_add(1), ..quick() });
    let urls: Vec<Url> = (0..5).map(|number| shop.at(&format!("/p/{number}"))).collect();
    let begin = Instant::now();
    join_all(urls.iter().map(|url| web.page(url, Mode::Normal))).await;

    let times: Vec<Instant> = shop.seen().iter().map(|seen| seen.at).collect();
    assert_eq!((times.len(), web.requests()), (6, 6));
    assert_eq!(shop.paths()[0], "/robots.txt");
    assert!(times[5] - begin >= millis(200), "two at once, then one every 50 ms: {:?}", times[5] - begin);
}

#[tokio::test]
async fn no_more_requests_at_once_than_there_are_places() {
    static NOW: Mutex<(usize, usize)> = Mutex::new((0, 0));
    let shop = Shop::open_slow(|_, _| {
        Box::pin(async {
            {
                let mut now = NOW.lock().unwrap();
                now.0 += 1;
                now.1 = now.1.max(now.0);
            }
            tokio::time::sleep(millis(20)).await;
            NOW.lock().unwrap().0 -= 1;
            answer(200, &[], "")
        })
    })
    .await;
    let web = fetcher(Options { concurrency: 2, ..quick() });
    let url = shop.at("/p");
    join_all((0..8).map(|_| web.page(&url, Mode::Normal))).await;
    assert_eq!(NOW.lock().unwrap().1, 2);
}

#[tokio::test]
async fn robots_txt_is_asked_once_and_obeyed() {
    let shop = Shop::open(|path, _| match path {
        "/robots.txt" => answer(302, &[("location", "/elsewhere.txt")], ""),
        "/elsewhere.txt" => answer(200, &[], "User-agent: stocktruth\nDisallow: /secret\nAllow: /secret/open$\n"),
        _ => answer(200, &[], "page"),
    })
    .await;
    let web = fetcher(quick());
    let urls = ["/secret/x", "/secret/open", "/p"].map(|path| shop.at(path));
    let [closed, open, page]: [_; 3] =
        join_all(urls.iter().map(|url| web.page(url, Mode::Normal))).await.try_into().unwrap();
    let expected = PageFailure::RobotsDisallowed { url: shop.at("/secret/x"), agent: "stocktruth".to_owned() };
    assert_eq!(closed.unwrap_err(), expected);
    assert!(open.is_ok() && page.is_ok());
    let asked = shop.paths().into_iter().filter(|path| path.ends_with(".txt")).count();
    assert_eq!((asked, web.requests()), (2, 4));
}

#[tokio::test]
async fn a_failing_robots_txt_closes_the_host_and_is_not_asked_again() {
    let shop = Shop::open(|_, _| answer(503, &[], "")).await;
    let web = fetcher(Options { retries: 1, ..quick() });
    for _ in 0..2 {
        let failure = web.page(&shop.at("/p"), Mode::Normal).await.unwrap_err();
        let expected = PageFailure::RobotsUnreachable { host: "127.0.0.1".to_owned(), answer: "503".to_owned() };
        assert_eq!(failure, expected);
    }
    assert_eq!(shop.paths(), ["/robots.txt", "/robots.txt"]);

    let web = fetcher(Options { robots: false, retries: 0, ..quick() });
    assert_eq!(web.page(&shop.at("/p"), Mode::Normal).await.unwrap().status, 503);
}

#[tokio::test]
async fn an_endless_robots_txt_is_read_to_its_cap() {
    let shop = Shop::open(|path, _| match path {
        "/robots.txt" => {
            let head = futures::stream::once(async { Ok(bytes::Bytes::from("User-agent: *\nDisallow: /no\n")) });
            let rest =
                futures::stream::repeat_with(|| Ok::<_, std::io::Error>(bytes::Bytes::from("# talk\n".repeat(999))));
            answer(200, &[], Body::from_stream(futures::StreamExt::chain(head, rest)))
        }
        _ => answer(200, &[], "page"),
    })
    .await;
    let web = fetcher(quick());
    assert!(web.page(&shop.at("/no"), Mode::Normal).await.is_err());
    assert!(web.page(&shop.at("/yes"), Mode::Normal).await.is_ok());
}

#[tokio::test]
async fn a_crawl_delay_keeps_requests_apart() {
    let shop = Shop::open(|path, _| match path {
        "/robots.txt" => answer(200, &[], "User-agent: *\nCrawl-delay: 0.1\n"),
        _ => answer(200, &[], "page"),
    })
    .await;
    let web = fetcher(quick());
    let url = shop.at("/p");
    let begin = Instant::now();
    join_all((0..3).map(|_| web.page(&url, Mode::Normal))).await;
    let times: Vec<Instant> = shop.seen().iter().map(|seen| seen.at).collect();
    for (time, place) in times.iter().zip(0..) {
        assert!(*time - begin >= millis(100 * place), "{place}: {:?}", *time - begin);
    }
}

#[tokio::test]
async fn a_crawl_delay_beyond_the_limit_closes_the_host_at_once() {
    for (delay, seconds) in [("86400", 86_400), ("1e19", 9_999_999_980_506_447_872)] {
        let rules = format!("User-agent: *\nCrawl-delay: {delay}\n");
        let shop = Shop::open(move |_, _| answer(200, &[], rules.clone())).await;
        let web = fetcher(quick());
        for _ in 0..2 {
            let failure = web.page(&shop.at("/p"), Mode::Normal).await.unwrap_err();
            assert_eq!(failure, PageFailure::RobotsTooSlow { host: "127.0.0.1".to_owned(), seconds });
        }
        assert_eq!(shop.paths(), ["/robots.txt"]);
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_by_everybody() {
    let shop = Shop::open(|path, before| match (path, before) {
        ("/busy", 0) => answer(429, &[("retry-after", "1")], ""),
        _ => answer(200, &[], "page"),
    })
    .await;
    let web = fetcher(Options { robots: false, retries: 1, ..quick() });
    let (busy, other) = (shop.at("/busy"), shop.at("/other"));
    let (first, second) = tokio::join!(web.page(&busy, Mode::Normal), async {
        tokio::time::sleep(millis(200)).await;
        web.page(&other, Mode::Normal).await
    });
    assert_eq!((first.unwrap().status, second.unwrap().status), (200, 200));
    let times: Vec<Instant> = shop.seen().iter().map(|seen| seen.at).collect();
    assert!(times[1] - times[0] >= millis(990) && times[2] - times[0] >= millis(990));
}

#[tokio::test]
async fn a_retry_after_beyond_the_limit_ends_the_tries() {
    for asked in ["3600", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let shop = Shop::open(move |_, _| answer(503, &[("retry-after", asked)], "come back later")).await;
        let web = fetcher(Options { robots: false, ..quick() });
        let page = web.page(&shop.at("/p"), Mode::Normal).await.unwrap();
        assert_eq!((page.status, page.html.as_str(), web.requests()), (503, "come back later", 1), "{asked}");
    }
}

#[tokio::test]
async fn temporary_failures_are_retried_within_the_budget() {
    let shop =
        Shop::open(|_, before| if before < 2 { answer(500, &[], "") } else { answer(200, &[], "at last") }).await;
    let rate = Rate { requests: NonZeroU32::MIN.saturating_add(9), per: Duration::from_secs(1) };
    let web = fetcher(Options { robots: false, rate, burst: NonZeroU32::MIN, ..quick() });
    let begin = Instant::now();
    assert_eq!(web.page(&shop.at("/p"), Mode::Normal).await.unwrap().html, "at last");
    let times: Vec<Instant> = shop.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(times.len(), 3);
    assert!(times[2] - begin >= millis(200), "{:?}", times[2] - begin);
}

#[tokio::test]
async fn a_host_that_keeps_failing_is_left_alone() {
    let shop = Shop::open(|path, _| if path == "/gone" { not_found() } else { answer(500, &[], "sorry") }).await;
    let web = fetcher(Options { robots: false, retries: 0, circuit_after: 2, ..quick() });
    let ask = async |path: &str| web.page(&shop.at(path), Mode::Normal).await.map(|page| page.status);
    assert_eq!(ask("/p").await, Ok(500));
    assert_eq!(ask("/gone").await, Ok(404));
    assert_eq!((ask("/p").await, ask("/p").await), (Ok(500), Ok(500)));
    let open = PageFailure::CircuitOpen { host: "127.0.0.1".to_owned(), failures: 2 };
    assert_eq!(ask("/gone").await, Err(open));
    assert_eq!(web.requests(), 4);
}
