//! What must never happen: private addresses reached, secrets carried away, a body without end.

use secrecy::SecretString;

use super::*;
use crate::domain::{Hop, PageFailure};
use crate::fetch::{FetchError, Mode, Outgoing};

fn secret(name: &str) -> (String, SecretString) {
    (name.to_owned(), SecretString::from("s3cret"))
}

/// The same server by another name, which makes it another origin.
fn by_name(shop: &Shop, path: &str) -> String {
    format!("http://localhost:{}{path}", shop.url.port().unwrap())
}

#[tokio::test]
async fn private_addresses_are_refused_literal_resolved_and_after_a_redirect() {
    let shop = Shop::open(|_, _| answer(200, &[], "inside")).await;
    let web = fetcher(Options { allow_private: Vec::new(), ..quick() });
    for url in [shop.at("/p"), Url::parse(&by_name(&shop, "/p")).unwrap()] {
        let failure = web.page(&url, Mode::Normal).await.unwrap_err();
        assert!(matches!(failure, PageFailure::PrivateAddress { .. }), "{url}: {failure:?}");
    }
    assert!(shop.paths().is_empty());

    let lure = Shop::open(|path, _| match path {
        "/literal" => answer(302, &[("location", "http://[::1]/latest/meta-data")], ""),
        _ => not_found(),
    })
    .await;
    let allow_private = vec![format!("{}/32", lure.url.host_str().unwrap()).parse().unwrap()];
    let web = fetcher(Options { allow_private, ..quick() });
    let failure = web.page(&lure.at("/literal"), Mode::Normal).await.unwrap_err();
    assert!(matches!(failure, PageFailure::PrivateAddress { .. }), "{failure:?}");
}

#[tokio::test]
async fn secrets_stay_with_the_origin_that_was_asked_first() {
    let shop = Shop::open(|path, _| {
        let (path, port) = path.split_once('?').unwrap_or((path, ""));
        match path {
            "/start" => answer(302, &[("location", &format!("/same?{port}"))], ""),
            "/same" => answer(302, &[("location", &format!("http://localhost:{port}/other?{port}"))], ""),
            "/other" => answer(302, &[("location", &format!("http://127.0.0.1:{port}/back"))], ""),
            "/back" => answer(200, &[], "{}"),
            _ => not_found(),
        }
    })
    .await;
    let web = fetcher(Options { headers: vec![secret("X-Door")], ..quick() });
    let port = shop.url.port().unwrap();
    let url = shop.at(&format!("/start?{port}"));
    let request = Outgoing { method: "GET".to_owned(), url, headers: vec![secret("Authorization")], body: None };
    assert_eq!(web.document(request).await.unwrap().url, shop.at("/back"));

    for seen in shop.seen() {
        let ours = seen.path.starts_with("/start") || seen.path.starts_with("/same");
        assert_eq!(seen.headers.contains_key("authorization"), ours, "{}", seen.path);
        if seen.path != "/robots.txt" {
            assert_eq!(seen.headers.contains_key("x-door"), ours, "{}", seen.path);
        }
    }
    let robots: Vec<Seen> = shop.seen().into_iter().filter(|seen| seen.path == "/robots.txt").collect();
    let sent: Vec<bool> = robots.iter().map(|seen| seen.headers.contains_key("x-door")).collect();
    assert_eq!(sent, [true, false], "the configured headers open robots.txt of the first origin alone");
}

#[tokio::test]
async fn each_hop_is_recorded_limited_and_asks_its_own_robots_txt() {
    let closed = Shop::open(|_, _| answer(200, &[], "User-agent: *\nDisallow: /")).await;
    let elsewhere = closed.at("/p?token=abc").to_string();
    let shop = Shop::open(move |path, _| match path {
        "/a" => answer(301, &[("location", "b")], ""),
        "/b" => answer(200, &[], "here"),
        "/round" => answer(302, &[("location", "/round")], ""),
        "/away" => answer(302, &[("location", &elsewhere)], ""),
        _ => not_found(),
    })
    .await;
    let web = fetcher(Options { max_redirects: 3, ..quick() });
    let page = web.page(&shop.at("/a"), Mode::Normal).await.unwrap();
    assert_eq!((page.requested, page.url), (shop.at("/a"), shop.at("/b")));
    assert_eq!(page.hops, [Hop { status: 301, to: shop.at("/b") }]);

    let before = web.requests();
    let failure = web.page(&shop.at("/round"), Mode::Normal).await.unwrap_err();
    assert_eq!(failure, PageFailure::Redirect { why: "more than 3 in a row".to_owned() });
    assert_eq!(web.requests() - before, 4);

    let error = web.download(&shop.at("/away?key=abc"), Vec::new()).await.err();
    assert!(matches!(error, Some(FetchError::Failure { .. })), "{error:?}");
    let request = Outgoing { method: "GET".to_owned(), url: shop.at("/away"), headers: Vec::new(), body: None };
    let error = web.document(request).await.unwrap_err().to_string();
    assert!(error.contains("robots.txt forbids") && !error.contains("abc"), "{error}");
    assert_eq!(closed.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_large_body_stops_at_the_cap_announced_streamed_or_packed() {
    let bomb = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::copy(&mut std::io::Read::take(std::io::repeat(b'0'), 64 << 20), &mut packer).unwrap();
        packer.finish().unwrap()
    };
    assert!(bomb.len() < 100_000);
    let sent = Arc::new(Mutex::new(0_usize));
    let count = Arc::clone(&sent);
    let shop = Shop::open(move |path, _| match path {
        "/bomb" => answer(200, &[("content-encoding", "gzip")], bomb.clone()),
        "/announced" => answer(200, &[], vec![b'x'; 200_001]),
        "/fits" => answer(200, &[], vec![b'x'; 200_000]),
        _ => {
            let count = Arc::clone(&count);
            answer(
                200,
                &[],
                Body::from_stream(futures::stream::repeat_with(move || {
                    *count.lock().unwrap() += 1;
                    Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'x'; 100_000]))
                })),
            )
        }
    })
    .await;
    let web = fetcher(Options { robots: false, max_body: 200_000, max_download: 200_000, ..quick() });
    for path in ["/bomb", "/announced", "/endless"] {
        let failure = web.page(&shop.at(path), Mode::Normal).await.unwrap_err();
        assert_eq!(failure, PageFailure::TooLarge { cap: 200_000 }, "{path}");
        let error = web.download(&shop.at(path), Vec::new()).await.unwrap_err();
        assert!(error.to_string().ends_with("the body is larger than 200000 bytes"), "{error}");
    }
    assert_eq!(web.page(&shop.at("/fits"), Mode::Normal).await.unwrap().html.len(), 200_000);
    assert!(*sent.lock().unwrap() < 1_000, "an endless body was read on and on");
}

#[tokio::test]
async fn each_deadline_is_kept_and_named() {
    let shop = Shop::open_slow(|path, _| {
        let late = path == "/late";
        Box::pin(async move {
            if late {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            let drops = futures::stream::unfold((), |()| async {
                tokio::time::sleep(millis(50)).await;
                Some((Ok::<_, std::io::Error>(bytes::Bytes::from("x")), ()))
            });
            answer(200, &[], Body::from_stream(drops))
        })
    })
    .await;
    let web =
        fetcher(Options { robots: false, first_byte_timeout: millis(100), total_timeout: millis(300), ..quick() });
    for (path, phase, at_most) in [("/late", "first byte", 1500), ("/trickle", "whole", 1500)] {
        let begin = Instant::now();
        let failure = web.page(&shop.at(path), Mode::Normal).await.unwrap_err();
        assert_eq!(failure, PageFailure::Timeout { phase: phase.to_owned() });
        assert!(begin.elapsed() < millis(at_most), "{path}: {:?}", begin.elapsed());
    }
    assert_eq!(web.requests(), 2, "a host that is slow is not asked the same again");
}

#[tokio::test]
async fn a_refused_connection_is_retried_and_named_without_the_query() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = Url::parse(&format!("http://user:pass@127.0.0.1:{port}/p?token=abc")).unwrap();
    let web = fetcher(Options { robots: false, ..quick() });
    let error = web.download(&url, vec![secret("Authorization")]).await.unwrap_err();
    let said = format!("{error} {error:?} {web:?}");
    assert!(said.contains("Connection refused"), "{said}");
    for hidden in ["abc", "token", "pass", "s3cret"] {
        assert!(!said.contains(hidden), "{hidden} in {said}");
    }
    assert_eq!(web.requests(), 3);
}

#[test]
fn headers_and_certificates_are_checked_before_anything_is_sent() {
    let refused = |options| Fetcher::new(options, Clock::system()).unwrap_err().to_string();
    let broken = vec![("X-Door".to_owned(), SecretString::from("s3cret\nHost: evil"))];
    let said = refused(Options { headers: broken, ..quick() });
    assert!(said.contains("X-Door") && !said.contains("s3cret"), "{said}");
    assert!(refused(Options { headers: vec![secret("two words")], ..quick() }).contains("two words"));
    let file = tempfile::NamedTempFile::new().unwrap();
    let said = refused(Options { ca_file: Some(file.path().to_owned()), ..quick() });
    assert!(said.contains("holds no certificate"), "{said}");
}
