//! Every page of `tests/fixtures/listings/`: a new file there is picked up by being there. Its first line says what page it
//! is and what it must be read as:
//!
//! ```html
//! <!-- url: https://shop.test/mugs · shows: /p/a=InStock, /p/b=nothing · items: MUG-1=OutOfStock · next: … · wall: … -->
//! ```
//!
//! `shows` is everything that is surely a product, and what is said of it, in any order; of an address with parameters
//! only `product_id` is written. `items` is what single items must be read as, by any key. `card`, `badge` (as
//! `css@attribute~text=Availability`) and `next_is` are the user's own selectors.

mod properties;
mod speed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::claims::{Options, SelectorRule};
use crate::domain::Fold;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/listings")
}

fn page(url: &str, html: &str) -> Page {
    let url = Url::parse(url).unwrap();
    Page {
        requested: url.clone(),
        url,
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html: html.to_owned(),
        charset: "UTF-8",
        cache: None,
        seen_at: "2026-11-23T08:00:00Z".parse().unwrap(),
    }
}

fn read(page: &Page, options: &ListingOptions) -> Listing {
    Reader::new(&Options::default()).unwrap().listing(page, &ListingRules::new(options).unwrap())
}

fn said(claim: &Claim) -> String {
    match claim.availability {
        Availability::Unknown(_) => "nothing".to_owned(),
        says => says.to_string(),
    }
}

/// Path and, if there is one, the product's number.
fn path(url: &Url) -> String {
    let number = url.query_pairs().find(|(name, _)| name == "product_id").map(|(_, value)| value.into_owned());
    match number {
        Some(number) => format!("{}?product_id={number}", url.path()),
        None => url.path().to_owned(),
    }
}

fn head(text: &str) -> BTreeMap<String, String> {
    let line = text.lines().next().unwrap().trim();
    let line = line.strip_prefix("<!--").unwrap().strip_suffix("-->").unwrap();
    let parts = line.split('·').map(|part| part.split_once(": ").unwrap());
    parts.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

fn pairs(text: Option<&String>) -> Vec<(String, String)> {
    let parts = text.map(String::as_str).unwrap_or_default().split(", ").filter(|part| !part.is_empty());
    let mut pairs: Vec<_> =
        parts.map(|part| part.rsplit_once('=').unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    pairs.sort();
    pairs
}

/// `css@attribute~text=Availability`
fn badge(text: &str) -> SelectorRule {
    let (rule, says) = text.rsplit_once('=').unwrap();
    let (css, rest) = rule.split_once('@').unwrap();
    let (attribute, text) = rest.split_once('~').unwrap();
    let says = Availability::try_from(says.to_owned()).unwrap();
    SelectorRule { css: css.into(), attribute: Some(attribute.into()), text: Some(text.into()), says }
}

#[test]
fn every_fixture_shows_what_it_says() {
    let mut wrong = Vec::new();
    let mut number = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let head = head(&text);
        number += 1;
        let options = ListingOptions {
            card: head.get("card").cloned(),
            badges: head.get("badge").map(|text| badge(text)).into_iter().collect(),
            next: head.get("next_is").cloned(),
            ..ListingOptions::default()
        };
        let page = page(&head["url"], &text);
        let listing = read(&page, &options);
        let products = listing.shown.iter().filter(|one| one.is_product && one.url.is_some());
        let mut shown: Vec<(String, String)> =
            products.map(|one| (path(one.url.as_ref().unwrap()), said(&one.overall(&page, false)))).collect();
        shown.sort();
        let mut check = |what: &str, is: String, must: String| {
            if is != must {
                wrong.push(format!("{name} {what}\n    is   {is}\n    must {must}"));
            }
        };
        check("shows", format!("{shown:?}"), format!("{:?}", pairs(head.get("shows"))));
        check("goes on", format!("{:?}", listing.next.as_ref().map(Url::as_str)), format!("{:?}", head.get("next")));
        check("wall", format!("{:?}", listing.obstacle.map(Unknown::code)), format!("{:?}", head.get("wall")));
        for (key, must) in pairs(head.get("items")) {
            let of = listing.shown.iter().find(|one| one.skus.contains(&key));
            let item = Item { sku: Some(key.clone()), ..Item::default() };
            let is = of.map_or("unknown".to_owned(), |one| said(&one.claim(&page, &item, false).0));
            check(&key, is, must);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(number >= 19, "only {number} fixtures were found");
}

fn fixture(name: &str) -> (Page, Listing) {
    let text = std::fs::read_to_string(folder().join(format!("{name}.html"))).unwrap();
    let page = page(&head(&text)["url"], &text);
    let listing = read(&page, &ListingOptions::default());
    (page, listing)
}

fn one<'l>(listing: &'l Listing, ends: &str) -> &'l Shown {
    listing.shown.iter().find(|one| one.url.as_ref().is_some_and(|url| url.path().ends_with(ends))).unwrap()
}

#[test]
fn a_campaign_promotes_what_it_shows_without_a_word() {
    let (page, listing) = fixture("hebrew");
    let silent = listing.shown.iter().find(|one| one.name.as_deref() == Some("מסכה")).unwrap();
    let claim = silent.overall(&page, true);
    assert_eq!(claim.availability, Availability::InStock);
    assert_eq!(claim.signals[0].kind, SignalKind::Card);
    assert!(claim.signals[0].place.contains("product-box"), "{:?}", claim.signals);
    let denied = listing.shown.iter().find(|one| one.name.as_deref() == Some("רעשן עץ")).unwrap();
    assert_eq!(denied.overall(&page, true).availability.fold(), Fold::NotBuyable, "a badge is a word");
}

#[test]
fn what_data_says_of_one_item_is_said_of_that_item_alone() {
    let (page, listing) = fixture("shopify_collection_json");
    let bag = one(&listing, "day-bag");
    let of = |sku: &str| bag.claim(&page, &Item { sku: Some(sku.to_owned()), ..Item::default() }, false);
    assert!(of("BAG-T").1 && of("BAG-B").1);
    let (whole, is_of_item) = of("BAG-X");
    assert!(!is_of_item && whole.availability == Availability::InStock, "any of them may be bought");
}

#[test]
fn what_stands_beside_the_list_says_so() {
    let (_, listing) = fixture("woocommerce");
    let beside = one(&listing, "old-mug/");
    assert!(beside.place.contains("Recently viewed") || beside.place.contains("related"), "{}", beside.place);
    assert!(!one(&listing, "white-mug/").place.contains("related"));
}

#[test]
fn a_card_names_its_product() {
    let (_, listing) = fixture("magento_luma");
    let lamp = one(&listing, "desk-lamp.html");
    assert_eq!(lamp.name.as_deref(), Some("Desk lamp"));
    assert_eq!((lamp.skus.as_slice(), lamp.numbers.as_slice()), (&["LAMP-1".to_owned()][..], &["11".to_owned()][..]));
}

#[test]
fn selectors_that_cannot_be_used_are_told() {
    let rule = SelectorRule { css: "..".into(), attribute: None, text: None, says: Availability::SoldOut };
    let options = ListingOptions {
        card: Some("li[".into()),
        next: Some("a:nope(".into()),
        badges: vec![rule],
        ..ListingOptions::default()
    };
    let places: Vec<String> = options.problems().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["card", "next", "badges[0].css"]);
    assert!(ListingRules::new(&options).is_err());
}
