//! schema.org in JSON-LD, read as tolerantly as the web is written.
//!
//! A page may hold several blocks; products are looked for at the top, in `@graph`, in `mainEntity` and in whatever
//! wraps them. Lists of items and related products are somebody else's and are not entered.

use serde_json::{Map, Value};

use super::loose_json;
use super::product::{self, Described, Offer};
use super::sheet::Sheet;
use super::{Emitted, Scene};
use crate::domain::SignalKind;

/// Nesting past which nothing sensible is described.
const DEPTH: usize = 12;

/// Properties that lead to products other than the page's own, or to no product at all.
const ELSEWHERE: &[&str] = &[
    "itemListElement",
    "isRelatedTo",
    "isSimilarTo",
    "isAccessoryOrSparePartFor",
    "isConsumableFor",
    "review",
    "reviews",
    "breadcrumb",
    "hasOfferCatalog",
    "makesOffer",
    "seller",
    "offeredBy",
    "itemReviewed",
];

/// Every product of every block, in document order.
pub(super) fn products(sheet: &Sheet<'_>) -> Vec<Described> {
    let mut found = Vec::new();
    for (number, script) in sheet.scripts_of("ld+json").enumerate() {
        if !script.text.contains('{') {
            continue;
        }
        for value in loose_json::values(&script.text) {
            let mut search = Search { at: script.at, found: &mut found };
            search.enter(&value, &format!("json-ld[{number}]"), false, DEPTH);
        }
    }
    found
}

/// The page's own products' offers. Where none of several could be told to be the page's own, all that name a SKU:
/// they can then speak for exactly that SKU and for nothing else.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    product_signals(&scene.json_ld.all, &scene.json_ld.own(), SignalKind::JsonLd)
}

/// Shared with microdata.
pub(super) fn product_signals(all: &[Described], own: &[&Described], kind: SignalKind) -> Vec<Emitted> {
    let speaking: Vec<&Described> = if own.is_empty() { all.iter().collect() } else { own.to_vec() };
    speaking
        .into_iter()
        .flat_map(|one| one.signals(kind).map(move |signal| Emitted { at: one.at, signal }))
        .filter(|emitted| !own.is_empty() || emitted.signal.sku.is_some())
        .collect()
}

struct Search<'f> {
    at: usize,
    found: &'f mut Vec<Described>,
}

impl Search<'_> {
    fn enter(&mut self, value: &Value, place: &str, main: bool, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::Array(all) => {
                for (number, one) in all.iter().enumerate() {
                    self.enter(one, &format!("{place}[{number}]"), main, depth);
                }
            }
            Value::Object(node) => {
                let kinds = kinds(node);
                if is_product(&kinds, node) {
                    let one = describe(node, place, self.at, main);
                    self.found.push(one);
                    return;
                }
                if is_offer(&kinds) && !node.contains_key("itemOffered") {
                    return;
                }
                for (key, inner) in node {
                    if !ELSEWHERE.contains(&key.as_str()) && (inner.is_object() || inner.is_array()) {
                        let main = main || key == "mainEntity";
                        self.enter(inner, &format!("{place}.{key}"), main, depth);
                    }
                }
            }
            _ => {}
        }
    }
}

/// `@type` in any shape: a name, a URL, a list of either; lower case, last part only.
fn kinds(node: &Map<String, Value>) -> Vec<String> {
    let name = |value: &Value| {
        let text = value.as_str()?;
        Some(text.rsplit(['/', '#', ':']).next().unwrap_or(text).trim().to_lowercase())
    };
    match node.get("@type").or_else(|| node.get("type")) {
        Some(Value::Array(all)) => all.iter().filter_map(name).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What schema.org calls a product, and every other thing that is itself on offer.
pub(super) fn is_product_kind(kind: &str) -> bool {
    matches!(
        kind,
        "product"
            | "productgroup"
            | "individualproduct"
            | "productmodel"
            | "someproducts"
            | "vehicle"
            | "car"
            | "motorcycle"
    )
}

fn is_product(kinds: &[String], node: &Map<String, Value>) -> bool {
    const NEVER: &[&str] = &[
        "organization",
        "store",
        "onlinestore",
        "localbusiness",
        "website",
        "webpage",
        "itempage",
        "itemlist",
        "offercatalog",
        "offer",
        "aggregateoffer",
        "service",
        "corporation",
        "person",
        "collectionpage",
        "breadcrumblist",
        "brand",
    ];
    kinds.iter().any(|kind| is_product_kind(kind))
        || (!kinds.is_empty()
            && node.contains_key("offers")
            && !kinds.iter().any(|kind| NEVER.contains(&kind.as_str())))
}

fn is_offer(kinds: &[String]) -> bool {
    kinds.iter().any(|kind| matches!(kind.as_str(), "offer" | "aggregateoffer" | "demand"))
}

fn describe(node: &Map<String, Value>, place: &str, at: usize, main: bool) -> Described {
    let mut one = Described {
        at,
        skus: ["sku", "productGroupID", "productID"].iter().filter_map(|key| text(node.get(*key)?)).collect(),
        numbers: numbers(node),
        name: node.get("name").and_then(text),
        brand: node.get("brand").or_else(|| node.get("manufacturer")).and_then(name_of),
        category: node.get("category").and_then(name_of),
        image: node.get("image").and_then(address_of),
        url: node.get("url").or_else(|| node.get("@id")).and_then(address_of),
        main: main || node.contains_key("mainEntityOfPage"),
        ..Described::default()
    };
    one.skus.dedup();
    let keys = keys_of(node);
    if let Some(offers) = node.get("offers") {
        read_offers(offers, &format!("{place}.offers"), &Of { keys: &keys, name: None }, &mut one, DEPTH);
    }
    for key in ["hasVariant", "model", "variants"] {
        let Some(variants) = node.get(key) else { continue };
        let each: Vec<&Value> = variants.as_array().map_or_else(|| vec![variants], |all| all.iter().collect());
        for (number, variant) in each.into_iter().enumerate() {
            let Some(variant) = variant.as_object() else { continue };
            let keys = keys_of(variant);
            one.variant_skus.extend(keys.first().cloned());
            one.numbers.extend(numbers(variant));
            let name = options(variant).or_else(|| variant.get("name").and_then(text));
            if let Some(offers) = variant.get("offers") {
                let place = format!("{place}.{key}[{number}].offers");
                read_offers(offers, &place, &Of { keys: &keys, name: name.as_deref() }, &mut one, DEPTH);
            }
        }
    }
    one
}

/// What is on offer, as far as it is known before the offer is read.
struct Of<'k> {
    keys: &'k [String],
    name: Option<&'k str>,
}

/// The SKU, then the numbers.
fn keys_of(node: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<String> = node.get("sku").and_then(text).into_iter().chain(numbers(node)).collect();
    keys.dedup();
    keys
}

/// What tells a variant from its siblings: `Blue / L`.
fn options(variant: &Map<String, Value>) -> Option<String> {
    let named = ["color", "size", "material", "pattern"].iter().filter_map(|key| name_of(variant.get(*key)?));
    let options: Vec<String> = named.collect();
    (!options.is_empty()).then(|| options.join(" / "))
}

fn numbers(node: &Map<String, Value>) -> Vec<String> {
    ["gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn", "mpn"]
        .iter()
        .filter_map(|key| text(node.get(*key)?))
        .collect()
}

/// An offer, a list of them, or an aggregate with offers of its own. An aggregate that holds offers is not read itself.
fn read_offers(value: &Value, place: &str, of: &Of<'_>, one: &mut Described, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(all) => {
            for (number, offer) in all.iter().enumerate() {
                read_offers(offer, &format!("{place}[{number}]"), of, one, depth);
            }
        }
        Value::Object(offer) => {
            let item = offer.get("itemOffered").and_then(Value::as_object);
            let mut keys = keys_of(offer);
            keys.extend(item.map(keys_of).unwrap_or_default());
            one.variant_skus.extend(keys.first().filter(|own| Some(*own) != of.keys.first()).cloned());
            let keys = if keys.is_empty() { of.keys.to_vec() } else { keys };
            let name = item.and_then(options);
            let of = Of { keys: &keys, name: name.as_deref().or(of.name) };
            let before = one.offers.len();
            for key in ["offers", "offer"] {
                if let Some(inner) = offer.get(key) {
                    read_offers(inner, &format!("{place}.{key}"), &of, one, depth);
                }
            }
            if one.offers.len() > before {
                return;
            }
            let Some(availability) = offer.get("availability").and_then(address_of) else { return };
            let Some(said) = Offer::written(&availability, format!("{place}.availability")) else { return };
            let starts = ["availabilityStarts", "availability_date", "availabilityDate", "releaseDate"];
            one.offers.push(Offer {
                keys: of.keys.to_vec(),
                name: of.name.map(str::to_owned),
                starts: starts.iter().find_map(|key| product::date(&text(offer.get(*key)?)?)),
                ..said.counting(offer.get("inventoryLevel").and_then(quantity))
            });
        }
        _ => {}
    }
}

/// A plain value as text; blank is nothing.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => return all.iter().find_map(text),
        Value::Object(node) => return node.get("@value").or_else(|| node.get("value")).and_then(text),
        _ => return None,
    };
    (!text.is_empty() && text != "null" && text != "undefined").then_some(text)
}

/// A name, or the name of a thing.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(node) => node.get("name").and_then(text),
        Value::Array(all) => all.iter().find_map(name_of),
        other => text(other),
    }
}

/// An address, or the address of a thing.
fn address_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(node) => {
            ["@id", "url", "contentUrl", "@value", "name"].iter().find_map(|key| text(node.get(*key)?))
        }
        Value::Array(all) => all.iter().find_map(address_of),
        other => text(other),
    }
}

fn quantity(value: &Value) -> Option<rust_decimal::Decimal> {
    match value {
        Value::Object(node) => node.get("value").and_then(quantity),
        other => text(other)?.parse().ok(),
    }
}
