//! What is made of an answer: text, headers, caches, files.

use std::io::{Read, Write};

use super::*;
use crate::fetch::{FetchError, Mode, Outgoing};

#[tokio::test]
async fn a_page_carries_text_type_and_cache_whatever_its_status() {
    let shop = Shop::open(|path, _| match path {
        "/old" => {
            let body = encoding_rs::WINDOWS_1255.encode("<meta charset=windows-1255>אזל מהמלאי").0.into_owned();
            answer(200, &[("content-type", "Text/HTML"), ("x-cache", "HIT"), ("age", "42")], body)
        }
        "/told" => answer(200, &[("content-type", "text/html;charset=windows-1255")], vec![0xE0]),
        _ => answer(403, &[], "captcha"),
    })
    .await;
    let web = fetcher(quick());
    let old = web.page(&shop.at("/old"), Mode::Normal).await.unwrap();
    assert_eq!((old.html.as_str(), old.charset), ("<meta charset=windows-1255>אזל מהמלאי", "windows-1255"));
    assert_eq!(old.content_type, "text/html");
    let cache = old.cache.unwrap();
    assert_eq!((cache.age, cache.status.as_deref()), (Some(42), Some("X-Cache: HIT")));
    assert_eq!(web.page(&shop.at("/told"), Mode::Normal).await.unwrap().html, "א");
    let blocked = web.page(&shop.at("/blocked"), Mode::Normal).await.unwrap();
    assert_eq!((blocked.status, blocked.html.as_str(), blocked.content_type.as_str()), (403, "captcha", ""));
}

#[tokio::test]
async fn packed_bodies_are_unpacked() {
    let packed = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all("שלום".as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let shop = Shop::open(move |path, _| match path {
        "/gzip" => answer(200, &[("content-encoding", "gzip")], packed.clone()),
        "/broken" => answer(200, &[("content-encoding", "gzip")], packed[..12].to_vec()),
        _ => not_found(),
    })
    .await;
    let web = fetcher(Options { retries: 0, ..quick() });
    assert_eq!(web.page(&shop.at("/gzip"), Mode::Normal).await.unwrap().html, "שלום");
    let offered = shop.seen().pop().unwrap().headers["accept-encoding"].to_str().unwrap().to_owned();
    assert!(["gzip", "br", "zstd", "deflate"].iter().all(|coding| offered.contains(coding)), "{offered}");
    let failure = web.page(&shop.at("/broken"), Mode::Normal).await.unwrap_err();
    assert_eq!(failure.code(), "connection");
}

#[tokio::test]
async fn caches_are_bypassed_without_a_trace_in_the_page() {
    let shop = Shop::open(|path, _| match path {
        "/robots.txt" => answer(200, &[], "User-agent: *\nDisallow: /closed?\n"),
        path if path.starts_with("/moved") => {
            let query = path.split_once('?').map_or("", |(_, query)| query);
            answer(301, &[("location", &format!("/p?{query}"))], "")
        }
        _ => answer(200, &[], "page"),
    })
    .await;
    let web = fetcher(quick());
    for _ in 0..2 {
        let page = web.page(&shop.at("/moved?a=1"), Mode::BypassCaches).await.unwrap();
        assert_eq!((page.url, page.hops[0].to.clone()), (shop.at("/p?a=1"), shop.at("/p?a=1")));
    }
    let asked: Vec<Seen> = shop.seen().into_iter().filter(|seen| seen.path.starts_with("/moved")).collect();
    assert_ne!(asked[0].path, asked[1].path);
    assert!(asked[0].path.starts_with("/moved?a=1&_stocktruth="));
    assert!(asked.iter().all(|seen| seen.headers["cache-control"] == "no-cache"));

    assert!(web.page(&shop.at("/closed"), Mode::BypassCaches).await.is_ok());
    assert_eq!(shop.paths().pop().unwrap(), "/closed", "robots.txt forbids the parameter, not the page");
    web.page(&shop.at("/p"), Mode::Normal).await.unwrap();
    assert!(!shop.seen().pop().unwrap().headers.contains_key("cache-control"));
}

#[tokio::test]
async fn a_document_is_posted_as_json_and_every_status_is_an_answer() {
    let shop = Shop::open(|path, _| match path {
        "/stock" => answer(200, &[("content-type", "application/json"), ("X-Next", "2")], "[]"),
        _ => answer(404, &[], "{}"),
    })
    .await;
    let web = fetcher(Options { robots: false, ..quick() });
    let ask = |path: &str, headers| Outgoing {
        method: "POST".to_owned(),
        url: shop.at(path),
        headers,
        body: Some(b"[1]".to_vec()),
    };
    let document = web.document(ask("/stock", Vec::new())).await.unwrap();
    assert_eq!((document.status, document.body.as_slice(), document.header("x-next")), (200, &b"[]"[..], Some("2")));
    let own = vec![("Content-Type".to_owned(), "application/graphql".into())];
    assert_eq!(web.document(ask("/other", own)).await.unwrap().status, 404);

    let seen = shop.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].body.as_slice()), ("POST", &b"[1]"[..]));
    assert_eq!(seen[0].headers["content-type"], "application/json");
    assert_eq!(seen[1].headers.get_all("content-type").iter().collect::<Vec<_>>(), ["application/graphql"]);
    assert!(seen[0].headers["user-agent"].to_str().unwrap().starts_with("stocktruth/"));
}

#[tokio::test]
async fn a_download_is_a_file_that_goes_away_and_other_statuses_are_errors() {
    let shop = Shop::open(|path, _| match path {
        "/feed.csv" => {
            let headers = [("content-type", "text/csv"), ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")];
            answer(200, &headers, "sku\n1\n")
        }
        _ => answer(410, &[], "gone"),
    })
    .await;
    let web = fetcher(quick());
    let mut download = web.download(&shop.at("/feed.csv"), Vec::new()).await.unwrap();
    let mut text = String::new();
    download.file.read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), download.content_type.as_deref()), ("sku\n1\n", Some("text/csv")));
    assert_eq!(download.last_modified.unwrap().to_string(), "2015-10-21T07:28:00Z");
    let path = download.file.path().to_owned();
    drop(download);
    assert!(!path.exists());

    let error = web.download(&shop.at("/old.csv?key=1"), Vec::new()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}: the host answered 410", shop.at("/old.csv")));
    assert!(matches!(error, FetchError::Failure { .. }));
}
