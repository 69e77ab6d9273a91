//! The listings of a shop.

use std::collections::HashMap;

use url::Url;

use super::{At, page, values};
use crate::catalog::{Pages, SitemapOptions};
use crate::claims::{ListingKind, ListingOptions};
use crate::config::raw::listings as raw;
use crate::config::units::{self, Fault, fault};
use crate::config::{Listing, stages};

/// Pages of one list past which nobody browses.
const MOST_PAGES: u64 = 1000;

pub(super) fn listings(at: &At<'_>, raw: Option<&Vec<raw::Listing>>, shop: Option<&Url>) -> Vec<Listing> {
    let mut names = HashMap::new();
    let mut listings = Vec::new();
    for (index, raw) in raw.into_iter().flatten().enumerate() {
        let at = at.index(index);
        listings.extend(one(&at, raw, shop));
        if let Some(name) = raw.name.as_ref().map(|name| name.as_ref().trim()) {
            let at = at.key("name");
            if let Some(line) = names.insert(name.to_owned(), at.line()) {
                let help = format!("it is in line {line}; names must be unique within a shop");
                at.error(fault("another listing has this name", help));
            }
        }
    }
    listings
}

fn one(at: &At<'_>, raw: &raw::Listing, shop: Option<&Url>) -> Option<Listing> {
    let name = at.read("name", &raw.name, values::text);
    let kinds = [
        ("category", ListingKind::Category),
        ("search", ListingKind::Search),
        ("home", ListingKind::Home),
        ("campaign", ListingKind::Campaign),
    ];
    let kind = at.read("kind", &raw.kind, |kind| values::choice(kind, &kinds));
    let means = [("in_stock", true), ("nothing", false)];
    let options = ListingOptions {
        name: name.clone().unwrap_or_default(),
        kind: kind.unwrap_or_default(),
        promises: at.read("shown_means", &raw.shown_means, |means_it| values::choice(means_it, &means)),
        pages: at.read("pages", &raw.pages, pages).unwrap_or(5),
        card: at.read("card", &raw.card, values::text),
        badges: page::rules(at, "badges", raw.badges.as_ref()),
        next: at.read("next", &raw.next, values::text),
    };
    at.stage(stages::listing_problems(&options));
    let places = places(at, raw, shop);
    name?;
    Some(Listing { at: places?, options })
}

fn places(at: &At<'_>, raw: &raw::Listing, shop: Option<&Url>) -> Option<Pages> {
    if raw.url.is_some() {
        let url = at.read("url", &raw.url, |url| values::link(shop, url)).flatten();
        return url.map(|url| Pages::Named(vec![url]));
    }
    if raw.urls.is_some() {
        let urls = at.list("urls", &raw.urls, |url| values::link(shop, url));
        return Some(Pages::Named(urls.into_iter().flatten().collect()));
    }
    let raw = raw.sitemap.as_ref()?;
    let at = at.key("sitemap");
    let include = at.list("include", &raw.include, values::pattern);
    let exclude = at.list("exclude", &raw.exclude, values::pattern);
    Some(Pages::Sitemap(SitemapOptions {
        url: at.read("url", &raw.url, values::address)?,
        include,
        exclude,
        sku_from_url: None,
    }))
}

fn pages(text: &str) -> Result<u32, Fault> {
    match units::whole(text)? {
        0 => Err(fault("no page would be read", "write 1 to read the first page alone")),
        number if number > MOST_PAGES => {
            Err(fault(format!("this is more than {MOST_PAGES}"), "nobody browses that far; list categories instead"))
        }
        number => Ok(u32::try_from(number).unwrap_or(1)),
    }
}
