use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::{Claim, Item, Unknown};

/// A page of the fixture shop.
fn page(html: &str) -> Page {
    let url = Url::parse("https://shop.test/p/blue-shirt").unwrap();
    Page {
        requested: url.clone(),
        url,
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html: html.to_owned(),
        charset: "UTF-8",
        cache: None,
        seen_at: Timestamp::UNIX_EPOCH,
    }
}

fn reader() -> Reader {
    Reader::new(&Options::default()).unwrap()
}

fn claim_of(html: &str, sku: Option<&str>) -> Claim {
    let page = page(html);
    let item = Item { sku: sku.map(str::to_owned), url: Some(page.url.clone()), ..Item::default() };
    combine(&reader().read(&page), &page, &item)
}

fn availability(html: &str) -> Availability {
    claim_of(html, Some("BLUE-1")).availability
}

#[test]
fn a_reader_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Reader>();
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let page = page(&String::from_utf8_lossy(&bytes));
        let item = Item::default();
        let _ = combine(&reader_once().read(&page), &page, &item);
    }
}

/// Building a reader takes longer than reading a small page.
fn reader_once() -> &'static Reader {
    static READER: std::sync::LazyLock<Reader> = std::sync::LazyLock::new(reader);
    &READER
}

#[test]
fn an_empty_body_and_one_that_is_not_html_are_no_pages() {
    for html in ["", "  \n ", "{\"error\": true}", "plain words"] {
        assert_eq!(availability(html), Availability::Unknown(Unknown::NotAPage), "{html}");
    }
}
