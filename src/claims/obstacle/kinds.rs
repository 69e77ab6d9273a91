//! What kind of page a platform says it is serving: its own "not found", its front page, a listing.

use super::super::Scene;
use super::super::address::{self, Moved};
use super::super::phrases::Normal;
use crate::domain::Unknown;

/// What platforms call the body of a page that is not there.
const NOT_FOUND: &[&str] = &[
    "error404",
    "error-404",
    "page-404",
    "template-404",
    "template--404",
    "pagenotfound",
    "page-not-found",
    "not-found-page",
    "cms-noroute-index",
    "cms-no-route",
    "cms-index-noroute",
];

/// What platforms call the body of their front page and of lists of products.
const LISTING: &[&str] = &[
    "home",
    "cms-home",
    "cms-index-index",
    "template-index",
    "page-home",
    "common-home",
    "catalog-category-view",
    "catalogsearch-result-index",
    "template-collection",
    "template-search",
    "template-list-collections",
    "tax-product_cat",
    "tax-product_tag",
    "post-type-archive-product",
    "search-results",
    "search-no-results",
    "product-category",
    "page-category",
];

/// What a page that describes no product is instead, by the word of its platform or of its canonical address.
pub(super) fn wall_of(scene: &Scene<'_>) -> Option<Unknown> {
    let sheet = scene.sheet;
    let body = sheet.elements().find(|(_, element)| element.name() == "body").map(|(_, element)| element)?;
    let called = |names: &[&str]| {
        ["class", "id"].iter().filter_map(|one| body.attr(one)).any(|value| {
            value.split_ascii_whitespace().any(|name| names.iter().any(|one| name.eq_ignore_ascii_case(one)))
        })
    };
    if called(NOT_FOUND) {
        return Some(Unknown::SoftNotFound);
    }
    let asked_for_front_page = scene.page.requested.path().trim_matches('/').is_empty();
    if asked_for_front_page {
        return None;
    }
    let moved = |url| address::moved(&scene.page.requested, url) != Moved::Same;
    let elsewhere = scene.canonical.as_ref().is_some_and(moved) || moved(&scene.page.url);
    let listing = called(LISTING);
    let other = (listing && elsewhere) || ((listing || elsewhere) && !is_named_in_address(scene));
    other.then_some(Unknown::OtherProduct)
}

/// Whether the address that was asked for and the page's heading or title share a word; or the address has no words.
fn is_named_in_address(scene: &Scene<'_>) -> bool {
    let path = scene.page.requested.path().trim_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let words = |text: &str| -> Vec<String> {
        let normal = Normal::of(text).text;
        normal
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 3 && !word.bytes().any(|byte| byte.is_ascii_digit()) && *word != "html")
            .map(str::to_owned)
            .collect()
    };
    let asked = words(last);
    if asked.len() < 2 {
        return true;
    }
    let heading = scene.heading().unwrap_or_default();
    let named = words(&format!("{heading} {} {}", scene.sheet.title, scene.meta("og:title").unwrap_or_default()));
    asked.iter().filter(|word| named.contains(word)).count() * 2 >= asked.len().min(4)
}
