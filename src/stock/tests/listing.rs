//! `all`: every kind of paging, and answers that are none.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::*;

/// Seven items, `A` to `G`, with the quantities 1 to 7.
fn items(from: usize, count: usize) -> Json {
    let all = ["A", "B", "C", "D", "E", "F", "G"];
    (from..(from + count).min(all.len())).map(|at| json!({"sku": all[at], "qty": at + 1})).collect()
}

fn seven() -> Vec<(String, String)> {
    pairs(&[("A", "1"), ("B", "2"), ("C", "3"), ("D", "4"), ("E", "5"), ("F", "6"), ("G", "7")])
}

fn listing(url: String, paging: Paging) -> Box<dyn StockSource> {
    source(HttpJsonOptions { all: Some(Listing { request: get(url), paging }), ..http() })
}

fn page(size: u64) -> Paging {
    Paging::Page { parameter: "page".into(), first: 1, size_parameter: Some("per_page".into()), size }
}

fn number(asked: &Asked, name: &str) -> usize {
    asked.query(name).map_or(0, |text| text.parse().unwrap())
}

#[tokio::test]
async fn pages_are_counted_until_one_is_short() {
    let server = Server::start(|asked| {
        json_answer(&json!({"items": items((number(asked, "page") - 1) * 3, number(asked, "per_page"))}))
    })
    .await;
    let source = listing(format!("{}/stock?shop=1", server.base), page(3));
    assert_eq!(everything(&*source).await, (seven(), Ok(())));
    let expected = [1, 2, 3].map(|page| format!("/stock?shop=1&page={page}&per_page=3"));
    assert_eq!(server.targets(), expected);
    assert_eq!(source.requests(), 3);
}

#[tokio::test]
async fn an_api_that_caps_its_pages_is_read_to_the_end() {
    // Asked for 100, it sends 3; and past the end it says 404, as Django REST framework does.
    let server = Server::start(|asked| match number(asked, "page") {
        page @ 1..=3 => json_answer(&json!({"items": items((page - 1) * 3, 3)})),
        _ => (404, vec![], b"{\"detail\": \"Invalid page.\"}".to_vec()),
    })
    .await;
    let source = listing(server.base.clone(), page(100));
    assert_eq!(everything(&*source).await, (seven(), Ok(())));
    // A first page that is short may be all there is, or a cap: one more question tells.
    let server = Server::start(|asked| match number(asked, "page") {
        1 => json_answer(&json!({"items": items(0, 7)})),
        _ => (404, vec![], vec![]),
    })
    .await;
    assert_eq!(everything(&*listing(server.base.clone(), page(100))).await, (seven(), Ok(())));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn offsets_go_on_by_what_came() {
    let server = Server::start(|asked| json_answer(&json!({"items": items(number(asked, "skip"), 3)}))).await;
    let paging = Paging::Offset { parameter: "skip".into(), size_parameter: None, size: 4 };
    let source = listing(format!("{}/?skip=9", server.base), paging);
    assert_eq!(everything(&*source).await, (seven(), Ok(())));
    assert_eq!(server.targets(), ["/?skip=0", "/?skip=3", "/?skip=6"]);
}

#[tokio::test]
async fn an_api_that_answers_past_the_end_with_its_last_page_is_read_once() {
    // Six items, three on a page: no page is short, and page 3 is page 2 again.
    let server = Server::start(|asked| {
        let from = if asked.query("skip").is_some() { number(asked, "skip") } else { (number(asked, "page") - 1) * 3 };
        json_answer(&json!({"items": items(from.min(3), 3)}))
    })
    .await;
    let offset = Paging::Offset { parameter: "skip".into(), size_parameter: None, size: 3 };
    for paging in [page(3), offset] {
        let source = listing(server.base.clone(), paging);
        assert_eq!(everything(&*source).await, (seven()[..6].to_vec(), Ok(())));
        assert_eq!(source.requests(), 3);
    }
    // Page 4 is page 2: the API counts in circles.
    let server = Server::start(|asked| {
        let page = if number(asked, "page") == 4 { 2 } else { number(asked, "page") };
        json_answer(&json!({"items": items((page - 1) * 2, 2)}))
    })
    .await;
    let (answers, ended) = everything(&*listing(server.base.clone(), page(2))).await;
    assert!(matches!(&ended, Err(StockError::Paging { what, .. }) if what.contains("page 4 repeats")), "{ended:?}");
    assert_eq!(answers.len(), 8);
}

#[tokio::test]
async fn cursors_are_followed_as_token_and_as_address() {
    let server = Server::start(|asked| {
        let base = format!("http://{}", asked.headers["host"]);
        json_answer(&match asked.query("after").as_deref() {
            None => json!({"items": items(0, 3), "next": "b c&"}),
            Some("b c&") => json!({"items": items(3, 3), "next": format!("{base}/?after=last")}),
            Some(_) => json!({"items": items(6, 3), "next": null}),
        })
    })
    .await;
    let paging = Paging::Cursor { parameter: "after".into(), at: "$.next".into(), more: None };
    assert_eq!(everything(&*listing(server.base.clone(), paging)).await, (seven(), Ok(())));
    assert_eq!(server.targets(), ["/", "/?after=b+c%26", "/?after=last"]);
}

#[tokio::test]
async fn link_headers_are_followed() {
    let server = Server::start(|asked| {
        let (from, link) = match asked.target.as_str() {
            "/v1/stock" => (0, "</v1/stock?p=0>; rel=\"prev\", </v1/stock?p=2>; title=\"a, b\"; rel=\"next last\""),
            "/v1/stock?p=2" => (3, "<?p=3>; rel=next"),
            _ => (6, "</v1/stock>; rel=\"first\""),
        };
        let mut answer = json_answer(&json!({"items": items(from, 3)}));
        answer.1.push(("link", link.to_owned()));
        answer
    })
    .await;
    let source = listing(format!("{}/v1/stock", server.base), Paging::Link);
    assert_eq!(everything(&*source).await, (seven(), Ok(())));
}

#[tokio::test]
async fn a_listing_that_goes_in_circles_or_elsewhere_is_an_error() {
    let server = Server::start(|_| json_answer(&json!({"items": items(0, 3), "next": "same"}))).await;
    let cursor = || Paging::Cursor { parameter: "after".into(), at: "$.next".into(), more: None };
    for paging in [page(3), page(100), cursor()] {
        let (_, ended) = everything(&*listing(server.base.clone(), paging)).await;
        assert!(matches!(&ended, Err(StockError::Paging { what, .. }) if what.contains("repeats")), "{ended:?}");
    }
    assert_eq!(server.asked().len(), 6);
    let server = Server::start(|_| json_answer(&json!({"items": items(0, 3), "next": "http://127.0.0.2:1/"}))).await;
    let (_, ended) = everything(&*listing(server.base.clone(), cursor())).await;
    assert!(matches!(&ended, Err(StockError::Paging { what, .. }) if what.contains("another host")), "{ended:?}");
}

#[tokio::test]
async fn what_is_no_answer_stops_the_listing_and_says_so() {
    let html = || vec![("content-type", "text/html; charset=utf-8".to_owned())];
    let cases: Vec<(Answer, &str, &str)> = vec![
        ((200, html(), b"<html> <title>Log\n in</title>".to_vec()), "200 (text/html): <html> <title>Log in", "login"),
        ((200, vec![], b"{\"items\": [{\"sku\": \"A\", \"q".to_vec()), "broke off in the middle", "proxy"),
        ((200, vec![], vec![]), "200 (no content type) and nothing else", "proxy"),
        ((204, vec![], vec![]), "204 (no content type) and nothing else", "proxy"),
        ((500, html(), b"oops".to_vec()), "answered 500 (text/html): oops", "in trouble"),
        ((401, vec![], b"{}".to_vec()), "answered 401", "were not accepted"),
        ((403, vec![], b"{}".to_vec()), "answered 403", "scopes"),
        ((200, vec![], b"{\"error\": \"quota\"}".to_vec()), "has nothing at $.items[*]", "login page"),
    ];
    for (answer, expected, advice) in cases {
        let server = Server::start(move |_| answer.clone()).await;
        let (answers, ended) = everything(&*listing(format!("{}/?token=secret", server.base), Paging::None)).await;
        let error = ended.expect_err(expected);
        assert!(error.to_string().contains(expected), "{expected}: {error}");
        assert!(error.help().is_some_and(|help| help.contains(advice)), "{expected}: {:?}", error.help());
        assert!(!format!("{error} {error:?}").contains("secret"));
        assert_eq!(answers, []);
    }
}

#[tokio::test]
async fn an_error_half_way_keeps_what_came_and_is_told() {
    let server = Server::start(|asked| match number(asked, "page") {
        1 => json_answer(&json!({"items": items(0, 3)})),
        _ => (502, vec![], b"bad gateway".to_vec()),
    })
    .await;
    let (answers, ended) = everything(&*listing(server.base.clone(), page(3))).await;
    assert_eq!(answers.len(), 3);
    assert!(ended.unwrap_err().to_string().contains("502"));
}

#[tokio::test]
async fn nothing_at_all_is_not_sold_out() {
    let server = Server::start(|_| json_answer(&json!({"items": []}))).await;
    let (_, ended) = everything(&*listing(server.base.clone(), Paging::None)).await;
    assert!(matches!(ended, Err(StockError::Empty { .. })));
    let server = Server::start(|_| json_answer(&json!({"items": [{"id": 1}, {"sku": null}]}))).await;
    let (_, ended) = everything(&*listing(server.base.clone(), Paging::None)).await;
    assert!(ended.unwrap_err().to_string().contains("none of them has a key"));
}

#[tokio::test]
async fn nulls_and_contradictions_fail_their_item_only() {
    let server = Server::start(|_| {
        json_answer(&json!({"items": [{"sku": "A", "qty": null}, {"sku": "B", "qty": 2}, {"sku": 77, "qty": "3.0"},
                                      {"sku": "C", "qty": 1}, {"sku": "B", "qty": 2}, {"sku": "C", "qty": 0}, {"qty": 9}]}))
    })
    .await;
    let (answers, ended) = everything(&*listing(server.base.clone(), Paging::None)).await;
    assert_eq!(ended, Ok(()));
    let last: BTreeMap<_, _> = answers.into_iter().collect();
    assert!(last["A"].starts_with("failed: qty is null"), "{last:?}");
    assert_eq!((last["B"].as_str(), last["77"].as_str()), ("2", "3"));
    assert!(last["C"].contains("more than once, with different quantities (1 and 0)"), "{last:?}");
}

#[tokio::test]
async fn a_reading_that_died_is_gone_on_with() {
    let broken = Arc::new(AtomicBool::new(true));
    let breaks = Arc::clone(&broken);
    let server = Server::start(move |asked| match number(asked, "after") {
        6 if breaks.load(Ordering::Relaxed) => (500, vec![], vec![]),
        from => {
            let next = (from + 3 < 7).then(|| (from + 3).to_string());
            json_answer(&json!({"items": items(from, 3), "next": next}))
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("erp.part");
    let paging = Paging::Cursor { parameter: "after".into(), at: "$.next".into(), more: None };
    let http = HttpJsonOptions { all: Some(Listing { request: get(server.base.clone()), paging }), ..http() };
    let options = options(Adapter::HttpJson(Box::new(http)));
    let open = |options: &Options| open_resumable(options, &Clock::fixed(now()), Some(path.clone())).unwrap();
    assert!(everything(&*open(&options)).await.1.is_err());
    assert!(path.exists());
    broken.store(false, Ordering::Relaxed);
    // The two pages that were told are told again without being asked for.
    let again = open(&options);
    assert_eq!(everything(&*again).await, (seven(), Ok(())));
    assert_eq!(again.requests(), 1);
    assert_eq!(server.targets(), ["/", "/?after=3", "/?after=6", "/?after=6"]);
    assert!(!path.exists());
    // Other options are another reading.
    broken.store(true, Ordering::Relaxed);
    assert!(everything(&*open(&options)).await.1.is_err());
    broken.store(false, Ordering::Relaxed);
    let other = open(&Options { threshold: Decimal::TWO, ..options });
    assert_eq!(everything(&*other).await, (seven(), Ok(())));
    assert_eq!(other.requests(), 3);
}

#[tokio::test]
async fn a_checkpoint_that_is_no_longer_good_is_tried_once() {
    let broken = Arc::new(AtomicBool::new(true));
    let breaks = Arc::clone(&broken);
    let server = Server::start(move |asked| match asked.query("after") {
        Some(_) if breaks.load(Ordering::Relaxed) => (410, vec![], vec![]),
        Some(_) => json_answer(&json!({"items": items(3, 4)})),
        None => json_answer(&json!({"items": items(0, 3), "next": "expires"})),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("erp.part");
    let paging = Paging::Cursor { parameter: "after".into(), at: "$.next".into(), more: None };
    let http = HttpJsonOptions { all: Some(Listing { request: get(server.base.clone()), paging }), ..http() };
    let options = options(Adapter::HttpJson(Box::new(http)));
    let open = || open_resumable(&options, &Clock::fixed(now()), Some(path.clone())).unwrap();
    assert!(everything(&*open()).await.1.is_err());
    assert!(everything(&*open()).await.1.is_err());
    assert!(!path.exists());
    broken.store(false, Ordering::Relaxed);
    assert_eq!(everything(&*open()).await, (seven(), Ok(())));
}

#[tokio::test]
async fn a_location_that_no_item_is_at_is_not_sold_out() {
    let server = Server::start(|_| {
        json_answer(&json!({"items": [
            {"sku": "A", "qty": 0, "locations": [{"id": 1, "name": "Web", "available": 3}]},
            {"sku": "B", "qty": 0, "locations": []},
        ]}))
    })
    .await;
    let sold_at = |location: &str| {
        let mut http = HttpJsonOptions {
            all: Some(Listing { request: get(server.base.clone()), paging: Paging::None }),
            ..http()
        };
        http.mapping.fields.insert("locations".into(), "$.locations".into());
        let mut options = options(Adapter::HttpJson(Box::new(http)));
        options.rules.sellable = Some(format!("sum(locations[{location:?}].available)"));
        open(&options, &Clock::fixed(now())).unwrap()
    };
    assert_eq!(everything(&*sold_at("Web")).await, (pairs(&[("A", "3"), ("B", "0")]), Ok(())));
    let (_, ended) = everything(&*sold_at("Wbe")).await;
    let why = ended.unwrap_err().advised();
    assert!(why.contains("erp has no item at \"Wbe\"") && why.contains("stock.locations"), "{why}");
}
