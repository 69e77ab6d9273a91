//! schema.org in microdata (<https://html.spec.whatwg.org/multipage/microdata.html>), on any element, with `itemref`,
//! and in RDFa Lite (`typeof`, `property`), which says the same with other attributes.

use super::json_ld::{is_product_kind, product_signals};
use super::product::{self, Described, Offer};
use super::sheet::{Element, Sheet};
use super::{Emitted, Scene};
use crate::domain::SignalKind;

/// Every product described in the page's markup, in document order. What stands in a part of the page that belongs to
/// other products is left out, and so are products related to another.
pub(super) fn products(sheet: &Sheet<'_>) -> Vec<Described> {
    let mut found: Vec<Described> = Vec::new();
    let mut loose = Described::default();
    let mut past = 0;
    for &index in &sheet.things {
        let node = &sheet.nodes[index];
        if index < past || node.foreign {
            continue;
        }
        let Some(kind) = kind(sheet.element(index)) else { continue };
        if is_product_kind(&kind) || kind == "book" {
            past = node.end;
            if !property(sheet.element(index)).is_some_and(|name| name.starts_with("is")) {
                found.push(describe(sheet, index));
            }
        } else if kind == "offer" || kind == "aggregateoffer" {
            past = node.end;
            read_offer(sheet, index, &mut loose);
            loose.at = index;
        }
    }
    // Offers that no product is named for are the page's, if there is nothing else.
    if found.is_empty() && !loose.offers.is_empty() {
        found.push(loose);
    }
    found
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

/// The property an element gives, without prefix.
fn property<'s>(element: Element<'s>) -> Option<&'s str> {
    let name = element.attr("itemprop").or_else(|| element.attr("property"))?.split_ascii_whitespace().next()?;
    Some(name.rsplit(['/', '#', ':']).next().unwrap_or(name))
}

fn describe(sheet: &Sheet<'_>, scope: usize) -> Described {
    let mut one = Described { at: scope, ..Described::default() };
    let mut offers = Vec::new();
    let mut sloppy = None;
    for (index, name) in properties(sheet, scope) {
        let value = value(sheet, index);
        match name {
            "sku" | "productID" | "productGroupID" => one.skus.extend(value.map(|v| clean_key(&v))),
            "mpn" | "isbn" => one.numbers.extend(value),
            name if name.starts_with("gtin") => one.numbers.extend(value),
            "name" => one.name = one.name.or(value),
            "brand" | "manufacturer" => one.brand = one.brand.or(nested_name(sheet, index).or(value)),
            "category" => one.category = one.category.or(value),
            "image" => one.image = one.image.or(value),
            "url" => one.url = one.url.or(value),
            "offers" => offers.push(index),
            "availability" => sloppy = sloppy.or(Some(index)),
            _ => {}
        }
    }
    one.skus.retain(|sku| !sku.is_empty());
    for index in offers {
        read_offer(sheet, index, &mut one);
    }
    if one.offers.is_empty()
        && let Some(index) = sloppy
        && let Some(availability) = value(sheet, index)
    {
        let keys = keys_of(&one);
        one.offers.extend(Offer::written(&availability, sheet.place(index)).map(|said| Offer { keys, ..said }));
    }
    one
}

/// The SKU, then the numbers.
fn keys_of(one: &Described) -> Vec<String> {
    one.skus.first().into_iter().chain(&one.numbers).cloned().collect()
}

fn read_offer(sheet: &Sheet<'_>, scope: usize, one: &mut Described) {
    let (mut said, mut starts, mut quantity) = (None, None, None);
    let mut keys = keys_of(one);
    let mut inner = Vec::new();
    for (index, name) in properties(sheet, scope) {
        if name == "offers" {
            inner.push(index);
            continue;
        }
        let Some(value) = value(sheet, index) else { continue };
        match name {
            "availability" => said = said.or_else(|| Offer::written(&value, sheet.place(index))),
            "sku" => {
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
            "inventoryLevel" => quantity = value.trim().parse().ok(),
            _ => {}
        }
    }
    // An offer may wrap others (bid, buy now); then those speak.
    if inner.is_empty() {
        one.offers.extend(said.map(|said| Offer { keys, starts, ..said.counting(quantity) }));
    }
    for index in inner {
        read_offer(sheet, index, one);
    }
}

/// The properties of a thing: those inside it but not inside a thing within it, and those it refers to by `itemref`.
fn properties<'s>(sheet: &'s Sheet<'_>, scope: usize) -> Vec<(usize, &'s str)> {
    let mut found = Vec::new();
    collect(sheet, sheet.inside(scope), &mut found);
    for id in sheet.element(scope).attr("itemref").unwrap_or_default().split_ascii_whitespace().take(20) {
        if let Some(index) = sheet.elements().position(|(_, element)| element.attr("id") == Some(id))
            && !sheet.contains(index, scope)
            && !sheet.contains(scope, index)
        {
            collect(sheet, index..sheet.nodes[index].end, &mut found);
        }
    }
    found
}

fn collect<'s>(sheet: &'s Sheet<'_>, range: std::ops::Range<usize>, found: &mut Vec<(usize, &'s str)>) {
    let mut index = range.start;
    while index < range.end {
        let node = &sheet.nodes[index];
        if let Some(name) = property(sheet.element(index)) {
            found.push((index, name));
        }
        let opens = sheet.element(index).attr("itemscope").is_some() || sheet.element(index).attr("typeof").is_some();
        index = if opens { node.end } else { index + 1 };
    }
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
        _ => element.attr("content").or_else(|| element.attr("resource")).or_else(|| element.attr("href")),
    };
    let text = attribute.map(str::trim).filter(|text| !text.is_empty()).unwrap_or_else(|| sheet.words(index));
    (!text.is_empty() && text.len() <= 2000).then(|| text.to_owned())
}

fn nested_name(sheet: &Sheet<'_>, index: usize) -> Option<String> {
    sheet.element(index).attr("itemscope")?;
    properties(sheet, index).into_iter().find(|(_, name)| *name == "name").and_then(|(at, _)| value(sheet, at))
}

/// `sku:AB-1` and `SKU AB-1` are written where `AB-1` is meant.
fn clean_key(value: &str) -> String {
    let value = value.trim();
    let bare = value.get(..4).filter(|head| head.eq_ignore_ascii_case("sku:") || head.eq_ignore_ascii_case("sku "));
    bare.map_or(value, |_| value[4..].trim()).to_owned()
}
