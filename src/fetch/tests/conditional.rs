//! Pages that are as they were.

use super::*;
use crate::fetch::{Lookup, Mode, Validators};

/// What is new at first.
async fn first(web: &Fetcher, url: &Url) -> Validators {
    match web.page_if_changed(url, None, true).await.unwrap() {
        Lookup::New(_, validators) => validators,
        same => panic!("{same:?}"),
    }
}

#[tokio::test]
async fn a_shop_that_knows_its_pages_need_not_send_them_again() {
    let shop = Shop::open(|path, before| match (path, before) {
        ("/p", 0) => answer(200, &[("etag", "\"a\""), ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")], "page"),
        ("/p", _) => answer(304, &[("x-cache", "HIT"), ("etag", "\"a\"")], ""),
        _ => not_found(),
    })
    .await;
    let web = fetcher(quick());
    let known = first(&web, &shop.at("/p")).await;
    assert_eq!(known.stated(), (Some("\"a\""), Some("Sun, 06 Nov 1994 08:49:37 GMT")));
    let Lookup::Same { url, cache, .. } = web.page_if_changed(&shop.at("/p"), Some(&known), true).await.unwrap() else {
        panic!("304 says that it is the same")
    };
    assert_eq!((url, cache.unwrap().status.as_deref()), (shop.at("/p"), Some("X-Cache: HIT")));
    let asked = shop.seen().pop().unwrap().headers;
    assert_eq!((asked["if-none-match"].as_bytes(), asked["if-modified-since"].len()), (&b"\"a\""[..], 29));
    // An answer to a question that was not asked is no page.
    let Lookup::New(page, _) = web.page_if_changed(&shop.at("/p"), Some(&known), false).await.unwrap() else {
        panic!("nothing was stated, so nothing can be the same as it")
    };
    assert_eq!(page.status, 304);
    let asked = shop.seen().pop().unwrap().headers;
    assert!(!asked.contains_key("if-none-match") && !asked.contains_key("if-modified-since"));
}

#[tokio::test]
async fn the_same_body_is_the_same_page_and_everything_else_is_not() {
    let shop = Shop::open(|path, before| match (path, before) {
        ("/same", _) => answer(200, &[("content-type", "text/html")], "page"),
        ("/body", n) => answer(200, &[], format!("page {n}")),
        ("/type", 0) => answer(200, &[("content-type", "text/html; charset=utf-8")], "page"),
        ("/type", _) => answer(200, &[("content-type", "text/html; charset=windows-1255")], "page"),
        ("/status", 0) => answer(200, &[], "page"),
        ("/status", _) => answer(404, &[], "page"),
        ("/moved", 0) => answer(200, &[], "page"),
        ("/moved", _) => answer(302, &[("location", "/elsewhere")], ""),
        ("/elsewhere", _) => answer(200, &[], "page"),
        _ => not_found(),
    })
    .await;
    let web = fetcher(quick());
    for (path, same) in [("/same", true), ("/body", false), ("/type", false), ("/status", false), ("/moved", false)] {
        let known = first(&web, &shop.at(path)).await;
        let again = web.page_if_changed(&shop.at(path), Some(&known), true).await.unwrap();
        assert_eq!(matches!(again, Lookup::Same { .. }), same, "{path}");
    }
}

#[tokio::test]
async fn nothing_is_stated_when_a_suspect_is_looked_at_again() {
    let shop = Shop::open(|_, _| answer(200, &[("etag", "\"a\"")], "page")).await;
    let web = fetcher(quick());
    first(&web, &shop.at("/p")).await;
    for mode in [Mode::Normal, Mode::BypassCaches] {
        web.page(&shop.at("/p"), mode).await.unwrap();
    }
    assert!(shop.seen().iter().all(|seen| !seen.headers.contains_key("if-none-match")));
}

#[tokio::test]
async fn what_cannot_be_a_header_is_not_stated() {
    let shop = Shop::open(|_, _| answer(200, &[("etag", &format!("\"{}\"", "x".repeat(300)))], "page")).await;
    let web = fetcher(quick());
    assert_eq!(first(&web, &shop.at("/p")).await.etag, None);
    let odd = Validators { etag: Some("\"a\nb\"".to_owned()), ..Validators::default() };
    assert!(matches!(web.page_if_changed(&shop.at("/p"), Some(&odd), true).await, Ok(Lookup::New(..))));
}
