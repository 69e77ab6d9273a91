//! What is delivered goes out once, and its address nowhere else.

use std::time::Duration;

use axum::body::Body;
use jiff::Timestamp;
use url::Url;

use super::{Options, Shop, answer, fetcher, millis, quick};
use crate::fetch::Outgoing;

fn post(url: Url) -> Outgoing {
    Outgoing { method: "POST".to_owned(), url, headers: vec![], body: Some(b"{}".to_vec()) }
}

#[tokio::test]
async fn nothing_is_followed_tried_again_or_held_against_the_host() {
    let shop = Shop::open(|path, _| match path {
        "/moved" => answer(307, &[("location", "/elsewhere")], "no"),
        "/busy" => answer(429, &[("retry-after", "7")], "no"),
        _ => answer(500, &[], "no"),
    })
    .await;
    let web = fetcher(Options { circuit_after: 1, ..quick() });
    for (path, status) in [("/moved", 307), ("/busy", 429), ("/broken", 500), ("/broken", 500)] {
        let said = web.deliver(post(shop.at(path))).await.unwrap();
        assert_eq!(said.status, status, "{path}");
        let asked = said.retry_after(Timestamp::UNIX_EPOCH);
        assert_eq!(asked, (status == 429).then_some(Duration::from_secs(7)), "{path}");
    }
    assert_eq!(shop.paths(), ["/moved", "/busy", "/broken", "/broken"]);
    assert!(shop.seen().iter().all(|seen| seen.method == "POST" && seen.body == b"{}"));
}

#[tokio::test]
async fn what_was_taken_stays_taken_however_its_answer_ends() {
    let shop = Shop::open(|path, _| match path {
        "/long" => answer(200, &[], "x".repeat(100_000)),
        "/broken" => answer(200, &[("content-length", "100")], Body::from_stream(pieces(false))),
        _ => answer(200, &[], Body::from_stream(pieces(true))),
    })
    .await;
    let web = fetcher(Options { max_body: 1_000, total_timeout: millis(300), ..quick() });
    for path in ["/long", "/broken", "/endless"] {
        let said = web.deliver(post(shop.at(path))).await.unwrap();
        assert!(said.status == 200 && said.body.len() <= 1_000, "{path}: {said:?}");
    }
}

/// A body that breaks off, or that never ends.
fn pieces(endless: bool) -> impl futures::Stream<Item = std::io::Result<bytes::Bytes>> {
    futures::stream::unfold(0, move |sent| async move {
        match (sent, endless) {
            (0, _) => Some((Ok(bytes::Bytes::from("x")), 1)),
            (_, false) => {
                // Not at once, or the head would not have left either.
                tokio::time::sleep(millis(50)).await;
                Some((Err(std::io::Error::other("gone")), 2))
            }
            (_, true) => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                None
            }
        }
    })
}

#[tokio::test]
async fn a_failure_names_the_host_and_no_more_of_the_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = Url::parse(&format!("http://user:pass@127.0.0.1:{port}/services/T0/s3cret?token=abc")).unwrap();
    let error = fetcher(quick()).deliver(post(url)).await.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("Connection refused"), "{said}");
    for hidden in ["services", "s3cret", "token", "abc", "pass"] {
        assert!(!said.contains(hidden), "{hidden} in {said}");
    }
    let private = Url::parse("http://127.0.0.1/services/s3cret").unwrap();
    let error = fetcher(Options { allow_private: vec![], ..quick() }).deliver(post(private)).await.unwrap_err();
    assert!(error.to_string().contains("private address") && !error.to_string().contains("s3cret"), "{error}");
}
