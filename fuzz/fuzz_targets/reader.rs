//! Any bytes a server may answer with: they are decoded, read and combined as the product does, and nothing may panic,
//! hang or be claimed without a reason.

#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use stocktruth::claims::{self, Options, Reader, SelectorRule, SkuFrom};
use stocktruth::domain::{Availability, Claim, Item, Page};
use stocktruth::fetch::charset;
use url::Url;

/// A reader as most have it, and one with rules of the user's own.
static READERS: LazyLock<[Reader; 2]> = LazyLock::new(|| {
    let rule = |css: &str, attribute: Option<&str>| SelectorRule {
        css: css.to_owned(),
        attribute: attribute.map(str::to_owned),
        text: attribute.map(|_| "(?i)out|0".to_owned()),
        says: Availability::OutOfStock,
    };
    let configured = Options {
        sku: SkuFrom { selector: Some("main [data-sku], .sku".to_owned()), ..SkuFrom::default() },
        selectors: vec![rule(".product > p.stock:not(.in)", None), rule("[data-stock]", Some("data-stock"))],
        ..Options::default()
    };
    [Options::default(), configured].map(|options| Reader::new(&options).expect("these options can be used"))
});

static ADDRESS: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://shop.test/p/blue-shirt?variant=A").expect("an address"));

fuzz_target!(|bytes: &[u8]| {
    let (html, charset) = charset::decode(bytes, None);
    let page = Page {
        requested: ADDRESS.clone(),
        url: ADDRESS.clone(),
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html,
        charset,
        cache: None,
        seen_at: Timestamp::UNIX_EPOCH,
    };
    for reader in &*READERS {
        let reading = reader.read(&page);
        assert!(reading.obstacle.is_none() || reading.signals.is_empty(), "a wall that speaks: {reading:?}");
        let named = reading.product.skus.first().map(String::as_str);
        for sku in [None, Some("BLUE-1"), Some("A"), Some(""), named] {
            let item = Item { sku: sku.map(str::to_owned), url: Some(ADDRESS.clone()), ..Item::default() };
            holds(&claims::combine(&reading, &page, &item));
        }
        for (variant, claim) in claims::variants(&reading, &page) {
            assert!(!variant.keys.is_empty(), "an item without a name: {reading:?}");
            holds(&claim);
        }
        let _ = claims::adopted_sku(&reading, &page);
    }
});

/// What is true of every claim.
fn holds(claim: &Claim) {
    let unknown = matches!(claim.availability, Availability::Unknown(_));
    assert!(unknown || !claim.signals.is_empty(), "claimed without a reason: {claim:?}");
    assert!(!unknown || !claim.contradicts, "nobody contradicts what is not claimed: {claim:?}");
    for signal in &claim.signals {
        assert!(!matches!(signal.says, Availability::Unknown(_)), "a signal that says nothing: {signal:?}");
        assert!(signal.excerpt.chars().count() <= 201, "words without end: {signal:?}");
    }
}
