//! schema.org in microdata (<https://html.spec.whatwg.org/multipage/microdata.html>), on any element, with `itemref`,
//! and in RDFa Lite (`typeof`, `property`), which says the same with other attributes; data-vocabulary.org, which came
//! before, as well.
//!
//! What is hidden counts: `<meta>` and `<link>` are never seen, and shops hide what they write for search engines. What
//! stands in `<template>` or `<noscript>` does not: the one is no part of the document, the other none as long as scripts
//! run, and both hold copies for every case.

use std::collections::HashMap;
use std::ops::Range;

use super::json_ld::{is_product_kind, product_signals};
use super::product::{self, Described, Offer};
use super::sheet::{Element, Sheet};
use super::{Emitted, Scene};
use crate::domain::SignalKind;

/// Offers inside offers past which nothing sensible is described.
const DEPTH: usize = 8;

/// Every product described in the page's markup, in document order. What stands in a part of the page that belongs to
/// other products is left out, and so are products related to another.
pub(super) fn products(sheet: &Sheet<'_>) -> Vec<Described> {
    let (mut found, loose) = described(sheet);
    // Offers that no product is named for are the page's, if there is nothing else.
    if found.is_empty() && !loose.offers.is_empty() {
        found.push(loose);
    }
    found
}

/// The products of a page that lists them: an offer without a product is nobody's there.
pub(super) fn listed(sheet: &Sheet<'_>) -> Vec<Described> {
    described(sheet).0
}

/// The products, and the offers that stand outside of all of them.
fn described(sheet: &Sheet<'_>) -> (Vec<Described>, Described) {
    let mut markup = Markup { sheet, ids: None, budget: sheet.nodes.len().saturating_mul(4) };
    let mut found: Vec<Described> = Vec::new();
    let mut loose = Described::default();
    let mut past = 0;
    for &index in &sheet.things {
        let node = &sheet.nodes[index];
        if index < past {
            continue;
        }
        let element = sheet.element(index);
        if is_inert(element) {
            past = node.end;
            continue;
        }
        let Some(kind) = kind(element).filter(|_| !node.foreign) else { continue };
        if is_product_kind(&kind) || kind == "book" {
            past = node.end;
            if !names(element).any(|name| name.starts_with("is")) {
                found.push(markup.describe(index, DEPTH));
            }
        } else if kind == "offer" || kind == "aggregateoffer" {
            past = node.end;
            markup.read_offer(index, &mut loose, DEPTH);
            loose.at = index;
        }
    }
    (found, loose)
}

/// The page's own products' offers.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    product_signals(&scene.microdata.all, &scene.microdata.own(), SignalKind::Microdata)
}

/// The type of the thing an element opens, lower case, last part only.
fn kind(element: Element<'_>) -> Option<String> {
    let kind = element.attr("itemtype").or_else(|| element.attr("typeof"))?;
    let last = kind.split_ascii_whitespace().next()?.trim_end_matches('/');
    Some(last.rsplit(['/', '#', ':']).next().unwrap_or(last).to_ascii_lowercase())
}

/// The properties an element gives, without prefix.
fn names<'s>(element: Element<'s>) -> impl Iterator<Item = &'s str> {
    let names = element.attr("itemprop").or_else(|| element.attr("property")).unwrap_or_default();
    names.split_ascii_whitespace().map(|name| name.rsplit(['/', '#', ':']).next().unwrap_or(name))
}

fn opens(element: Element<'_>) -> bool {
    element.attr("itemscope").is_some() || element.attr("typeof").is_some()
}

fn is_inert(element: Element<'_>) -> bool {
    matches!(element.name(), "template" | "noscript")
}

/// A page, read for the things it marks up.
struct Markup<'s> {
    sheet: &'s Sheet<'s>,
    /// Elements by id, found once something refers to one.
    ids: Option<HashMap<&'s str, usize>>,
    /// Elements that may still be looked at by reference, so that references to the whole page take no time without end.
    budget: usize,
}

impl<'s> Markup<'s> {
    fn describe(&mut self, scope: usize, depth: usize) -> Described {
        let sheet = self.sheet;
        let mut one = Described { at: scope, ..Described::default() };
        one.main = names(sheet.element(scope)).any(|name| name == "mainEntity");
        let (mut offers, mut variants, mut sloppy) = (Vec::new(), Vec::new(), None);
        let mut past = 0;
        for (index, name) in self.properties(scope) {
            match name {
                "sku" | "productID" | "productGroupID" | "identifier" => {
                    one.skus.extend(value(sheet, index).map(|v| clean_key(&v)));
                }
                "mpn" | "isbn" => one.numbers.extend(value(sheet, index)),
                name if name.starts_with("gtin") => one.numbers.extend(value(sheet, index)),
                "name" => one.name = one.name.take().or_else(|| value(sheet, index)),
                "brand" | "manufacturer" => {
                    one.brand = one.brand.take().or_else(|| self.nested(index, "name")).or_else(|| value(sheet, index));
                }
                "category" => one.category = one.category.take().or_else(|| value(sheet, index)),
                "image" => one.image = one.image.take().or_else(|| value(sheet, index)),
                "url" => one.url = one.url.take().or_else(|| value(sheet, index)),
                // Without a scope of its own the properties of an offer are the product's; they are read once.
                "offers" | "offerDetails" if index >= past => {
                    past = sheet.nodes[index].end;
                    offers.push(index);
                }
                "hasVariant" if opens(sheet.element(index)) => variants.push(index),
                "availability" => sloppy = sloppy.or(Some(index)),
                _ => {}
            }
        }
        one.skus.retain(|sku| !sku.is_empty());
        for index in offers {
            self.read_offer(index, &mut one, DEPTH);
        }
        for index in variants {
            let Some(depth) = depth.checked_sub(1) else { break };
            let variant = self.describe(index, depth);
            one.variant_skus.extend(variant.skus);
            one.numbers.extend(variant.numbers);
            let name = variant.name;
            let named = |offer: Offer| Offer { name: offer.name.or_else(|| name.clone()), ..offer };
            one.offers.extend(variant.offers.into_iter().map(named));
        }
        if one.offers.is_empty()
            && let Some(index) = sloppy
            && let Some(availability) = availability(sheet, index)
        {
            let keys = keys_of(&one);
            one.offers.extend(Offer::written(&availability, sheet.place(index)).map(|said| Offer { keys, ..said }));
        }
        one
    }

    fn read_offer(&mut self, scope: usize, one: &mut Described, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let sheet = self.sheet;
        let (mut said, mut starts, mut quantity, mut name_of, mut url) = (None, None, None, None, None);
        let mut contradicts = false;
        let mut keys = keys_of(one);
        let mut inner = Vec::new();
        for (index, name) in self.properties(scope) {
            if name == "offers" {
                if opens(sheet.element(index)) {
                    inner.push(index);
                }
                continue;
            }
            if name == "availability" {
                let next = availability(sheet, index).and_then(|text| Offer::written(&text, sheet.place(index)));
                let against = |next: &Offer, said: &Offer| super::buyable(next.says) != super::buyable(said.says);
                contradicts |= next.as_ref().zip(said.as_ref()).is_some_and(|(next, said)| against(next, said));
                said = said.or(next);
                continue;
            }
            if name == "inventoryLevel" {
                let level = self.nested(index, "value").or_else(|| value(sheet, index));
                quantity = level.and_then(|level| level.trim().parse().ok());
                continue;
            }
            let Some(value) = value(sheet, index) else { continue };
            match name {
                "sku" | "identifier" => {
                    let sku = clean_key(&value);
                    if !one.skus.contains(&sku) {
                        one.variant_skus.push(sku.clone());
                        keys = vec![sku];
                    }
                }
                name if (name == "mpn" || name.starts_with("gtin")) && !keys.contains(&value) => {
                    keys.push(value);
                }
                "availabilityStarts" | "releaseDate" => starts = starts.or_else(|| product::date(&value)),
                "name" => name_of = name_of.or(Some(value)),
                "url" => url = url.or(Some(value)),
                _ => {}
            }
        }
        keys.extend(url.as_deref().and_then(product::variant_number).filter(|number| !keys.contains(number)));
        // An offer may wrap others (bid, buy now); then those speak.
        if inner.is_empty() && !contradicts {
            let offer = |said: Offer| Offer { keys, starts, name: name_of, url, ..said.counting(quantity) };
            one.offers.extend(said.map(offer));
        }
        for index in inner {
            self.read_offer(index, one, depth);
        }
    }

    /// The properties of a thing: those inside it but not inside a thing within it, and those it refers to by `itemref`.
    fn properties(&mut self, scope: usize) -> Vec<(usize, &'s str)> {
        let sheet = self.sheet;
        let mut found = Vec::new();
        collect(sheet, sheet.inside(scope), &mut found);
        for id in sheet.element(scope).attr("itemref").unwrap_or_default().split_ascii_whitespace().take(20) {
            let ids = self.ids.get_or_insert_with(|| {
                let ids = sheet.elements().filter_map(|(index, element)| Some((element.attr("id")?, index)));
                // The first of several counts.
                ids.collect::<Vec<_>>().into_iter().rev().collect()
            });
            let Some(&index) = ids.get(id) else { continue };
            let size = sheet.nodes[index].end - index;
            if !sheet.contains(index, scope) && !sheet.contains(scope, index) && size <= self.budget {
                self.budget -= size;
                collect(sheet, index..sheet.nodes[index].end, &mut found);
            }
        }
        found
    }

    /// A property of the thing that an element opens.
    fn nested(&mut self, index: usize, wanted: &str) -> Option<String> {
        opens(self.sheet.element(index)).then_some(())?;
        let sheet = self.sheet;
        self.properties(index).into_iter().find(|(_, name)| *name == wanted).and_then(|(at, _)| value(sheet, at))
    }
}

/// The SKU, then the numbers.
fn keys_of(one: &Described) -> Vec<String> {
    one.skus.first().into_iter().chain(&one.numbers).cloned().collect()
}

fn collect<'s>(sheet: &'s Sheet<'s>, range: Range<usize>, found: &mut Vec<(usize, &'s str)>) {
    let mut index = range.start;
    while index < range.end {
        let (node, element) = (&sheet.nodes[index], sheet.element(index));
        if is_inert(element) {
            index = node.end;
            continue;
        }
        found.extend(names(element).take(8).map(|name| (index, name)));
        index = if opens(element) { node.end } else { index + 1 };
    }
}

/// Availability may be a thing of its own, named by its type or identifier.
fn availability(sheet: &Sheet<'_>, index: usize) -> Option<String> {
    let element = sheet.element(index);
    let thing = || opens(element).then(|| element.attr("itemid").or_else(|| element.attr("itemtype"))).flatten();
    thing().map(str::to_owned).or_else(|| value(sheet, index))
}

/// A property's value: what the element carries in an attribute, else its text.
fn value(sheet: &Sheet<'_>, index: usize) -> Option<String> {
    let element = sheet.element(index);
    let attribute = match element.name() {
        "meta" => element.attr("content"),
        "a" | "area" | "link" => element.attr("content").or_else(|| element.attr("href")),
        "img" | "source" | "embed" | "iframe" => element.attr("content").or_else(|| element.attr("src")),
        "data" | "meter" | "input" => element.attr("content").or_else(|| element.attr("value")),
        "time" => element.attr("content").or_else(|| element.attr("datetime")),
        "object" => element.attr("content").or_else(|| element.attr("data")),
        _ => element.attr("content").or_else(|| element.attr("resource")).or_else(|| element.attr("href")),
    };
    let text = attribute.map(str::trim).filter(|text| !text.is_empty()).unwrap_or_else(|| sheet.words(index));
    (!text.is_empty() && text.len() <= 2000).then(|| text.to_owned())
}

/// `sku:AB-1` and `SKU AB-1` are written where `AB-1` is meant.
fn clean_key(value: &str) -> String {
    let value = value.trim();
    let bare = value.get(..4).filter(|head| head.eq_ignore_ascii_case("sku:") || head.eq_ignore_ascii_case("sku "));
    bare.map_or(value, |_| &value[4..]).trim().to_owned()
}
