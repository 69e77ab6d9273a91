//! schema.org in JSON-LD, read as tolerantly as the web is written.
//!
//! A page may hold several blocks; products are looked for at the top, in `@graph`, in `mainEntity` and in whatever
//! wraps them. Lists of items and related products are somebody else's and are not entered. What refers to another node
//! by its `@id` is read there, in whichever block it stands; variants that point back at their group become part of it.

mod listed;
mod offers;
mod value;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::loose_json;
use super::product::Described;
use super::sheet::{Sheet, link_key};
use super::{Emitted, Scene};
use crate::domain::SignalKind;
use offers::{Of, is_offer, options};
use value::{address_of, each, get, kinds, name_of, text};

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
    "isVariantOf",
];

/// Every product of every block, in document order.
pub(super) fn products(sheet: &Sheet<'_>) -> Vec<Described> {
    search(sheet, false)
}

/// The same of a page that lists products: what stands in its lists as well, and addresses that stand there alone.
pub(super) fn listed(sheet: &Sheet<'_>) -> Vec<Described> {
    search(sheet, true)
}

fn search(sheet: &Sheet<'_>, lists: bool) -> Vec<Described> {
    let scripts = sheet.scripts_of("ld+json").enumerate().filter(|(_, script)| script.text.contains('{'));
    let blocks: Vec<(usize, usize, Vec<Value>)> =
        scripts.map(|(number, script)| (number, script.at, loose_json::values(&script.text))).collect();
    let mut graph = Graph::default();
    for value in blocks.iter().flat_map(|(_, _, values)| values) {
        graph.learn(value, DEPTH);
    }
    let mut search = Search { at: 0, lists, graph: &graph, found: Vec::new() };
    for (number, at, values) in &blocks {
        search.at = *at;
        for value in values {
            search.enter(value, &format!("json-ld[{number}]"), false, DEPTH);
        }
    }
    grouped(search.found)
}

/// The nodes that others refer to by their `@id`.
#[derive(Default)]
struct Graph<'v> {
    nodes: HashMap<&'v str, &'v Value>,
    /// What a page says it is about.
    main: HashSet<&'v str>,
}

impl<'v> Graph<'v> {
    fn learn(&mut self, value: &'v Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.learn(one, depth)),
            Value::Object(node) => {
                if let Some(id) = node.get("@id").and_then(Value::as_str).filter(|_| !is_reference(node)) {
                    self.nodes.entry(id).or_insert(value);
                }
                let main = get(node, "mainEntity").and_then(Value::as_object);
                self.main.extend(main.and_then(|main| main.get("@id")?.as_str()));
                node.values().for_each(|inner| self.learn(inner, depth));
            }
            _ => {}
        }
    }

    /// The node a reference leads to, else the value itself.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value.as_object().filter(|node| is_reference(node)).and_then(|node| node.get("@id")?.as_str());
        reference.and_then(|id| self.nodes.get(id).copied()).unwrap_or(value)
    }
}

/// Whether a node says no more than where it is described.
fn is_reference(node: &Map<String, Value>) -> bool {
    node.contains_key("@id") && node.keys().all(|key| matches!(key.as_str(), "@id" | "@type"))
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

/// A product, and what it has to do with others.
struct Found {
    one: Described,
    id: Option<String>,
    /// What its group is called, by `@id` or `productGroupID`.
    groups: Vec<String>,
    /// What it is called as a group.
    names: Vec<String>,
    /// The variants it has taken over from other nodes.
    taken: Vec<String>,
}

struct Search<'g, 'v> {
    at: usize,
    /// Whether lists are entered.
    lists: bool,
    graph: &'g Graph<'v>,
    found: Vec<Found>,
}

impl Search<'_, '_> {
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
                    let found = self.describe(node, place, main);
                    self.found.push(found);
                    return;
                }
                if is_offer(node) {
                    self.enter_offer(value, node, place, main);
                    return;
                }
                if self.lists && self.enter_listed(node, &kinds, place, depth) {
                    return;
                }
                for (key, inner) in node {
                    let alone = key == "itemListElement" && kinds.iter().any(|kind| kind == "itemlist");
                    let elsewhere = ELSEWHERE.contains(&key.as_str()) && !(alone && each(inner).len() == 1);
                    if !elsewhere && (inner.is_object() || inner.is_array()) {
                        let main = main || key == "mainEntity";
                        self.enter(inner, &format!("{place}.{key}"), main, depth);
                    }
                }
            }
            _ => {}
        }
    }

    /// An offer that stands above what it offers.
    fn enter_offer(&mut self, value: &Value, node: &Map<String, Value>, place: &str, main: bool) {
        let item = get(node, "itemOffered").map(|item| self.graph.resolved(item)).and_then(Value::as_object);
        let Some(item) = item.filter(|item| is_product(&kinds(item), item) || get(item, "name").is_some()) else {
            return;
        };
        let mut found = self.describe(item, &format!("{place}.itemOffered"), main);
        if found.one.offers.is_empty() {
            let keys = keys_of(item);
            let of = Of { keys: &keys, name: None, release: get(item, "releaseDate") };
            offers::read(value, place, of, self.graph, &mut found.one);
        }
        self.found.push(found);
    }

    fn describe(&self, node: &Map<String, Value>, place: &str, main: bool) -> Found {
        let id = node.get("@id").and_then(Value::as_str);
        let of_page = get(node, "mainEntityOfPage");
        let page = of_page.and_then(address_of).filter(|address| link_key(address).is_some());
        let mut one = Described {
            at: self.at,
            skus: ["sku", "productGroupID", "productID"].iter().filter_map(|key| text(get(node, key)?)).collect(),
            numbers: numbers(node),
            name: get(node, "name").and_then(text),
            brand: get(node, "brand")
                .or_else(|| get(node, "manufacturer"))
                .and_then(|it| name_of(self.graph.resolved(it))),
            category: get(node, "category").and_then(name_of),
            image: get(node, "image").and_then(|image| address_of(self.graph.resolved(image))),
            url: get(node, "url").and_then(address_of).or(page.clone()).or_else(|| id.map(str::to_owned)),
            // Where a page is named, it has to be this one.
            main: main || (of_page.is_some() && page.is_none()) || id.is_some_and(|id| self.graph.main.contains(id)),
            ..Described::default()
        };
        one.skus.dedup();
        let keys = keys_of(node);
        let release = get(node, "releaseDate");
        let name = options(node);
        if let Some(offers) = get(node, "offers") {
            let of = Of { keys: &keys, name: name.as_deref(), release };
            offers::read(offers, &format!("{place}.offers"), of, self.graph, &mut one);
        }
        let mut taken = Vec::new();
        for key in ["hasVariant", "model", "variants"] {
            let Some(variants) = get(node, key) else { continue };
            for (number, variant) in each(variants).into_iter().enumerate() {
                let Some(variant) = self.graph.resolved(variant).as_object() else { continue };
                taken.extend(variant.get("@id").and_then(Value::as_str).map(str::to_owned));
                let keys = keys_of(variant);
                one.variant_skus.extend(keys.first().cloned());
                one.numbers.extend(numbers(variant));
                let name = options(variant).or_else(|| get(variant, "name").and_then(text));
                if let Some(offers) = get(variant, "offers") {
                    let place = format!("{place}.{key}[{number}].offers");
                    let of =
                        Of { keys: &keys, name: name.as_deref(), release: get(variant, "releaseDate").or(release) };
                    let before = one.offers.len();
                    offers::read(offers, &place, of, self.graph, &mut one);
                    let address = get(variant, "url").and_then(address_of);
                    for offer in one.offers.iter_mut().skip(before).filter(|offer| offer.url.is_none()) {
                        offer.url.clone_from(&address);
                    }
                }
            }
        }
        let group = get(node, "isVariantOf").and_then(|group| each(group).into_iter().next());
        let of_group = group.map(|group| called(group, &["@id", "productGroupID"])).unwrap_or_default();
        let by_number = get(node, "inProductGroupWithID").and_then(text);
        let names = if kinds(node).iter().any(|kind| kind == "productgroup") {
            ["@id", "productGroupID"].iter().filter_map(|key| text(get(node, key)?)).collect()
        } else {
            Vec::new()
        };
        Found { one, id: id.map(str::to_owned), groups: of_group.into_iter().chain(by_number).collect(), names, taken }
    }
}

/// What a node or its bare name says under these keys.
fn called(value: &Value, keys: &[&str]) -> Vec<String> {
    match value {
        Value::Object(node) => keys.iter().filter_map(|key| text(get(node, key)?)).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// Puts variants that point back at their group into it, or together if the group itself is not described; and leaves
/// out those that a group has taken over.
fn grouped(found: Vec<Found>) -> Vec<Described> {
    let taken: HashSet<String> = found.iter().flat_map(|one| &one.taken).cloned().collect();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<Described> = Vec::new();
    let (groups, others): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|one| !one.names.is_empty());
    for group in groups {
        places.extend(group.names.into_iter().map(|name| (name, all.len())));
        all.push(group.one);
    }
    for found in others {
        if found.id.as_ref().is_some_and(|id| taken.contains(id)) {
            continue;
        }
        let known = found.groups.iter().find_map(|name| places.get(name).copied());
        match known.and_then(|place| all.get_mut(place)) {
            Some(group) => {
                group.main |= found.one.main;
                group.variant_skus.extend(found.one.skus.into_iter().chain(found.one.variant_skus));
                group.numbers.extend(found.one.numbers);
                group.offers.extend(found.one.offers);
                group.url = group.url.take().or(found.one.url);
                group.name = group.name.take().or(found.one.name);
                group.brand = group.brand.take().or(found.one.brand);
                group.image = group.image.take().or(found.one.image);
            }
            None => {
                places.extend(found.groups.into_iter().map(|name| (name, all.len())));
                all.push(found.one);
            }
        }
    }
    all.sort_by_key(|one| one.at);
    all
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
    let offers = || get(node, "offers").is_some_and(|offers| offers.is_object() || offers.is_array());
    kinds.iter().any(|kind| is_product_kind(kind))
        || (offers() && !kinds.is_empty() && !kinds.iter().any(|kind| NEVER.contains(&kind.as_str())))
        // A type was forgotten, but not what makes a product.
        || (kinds.is_empty() && offers() && get(node, "name").is_some() && get(node, "sku").is_some())
}

/// The SKU, then the numbers.
fn keys_of(node: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<String> = get(node, "sku").and_then(text).into_iter().chain(numbers(node)).collect();
    keys.dedup();
    keys
}

fn numbers(node: &Map<String, Value>) -> Vec<String> {
    ["gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn", "mpn"]
        .iter()
        .filter_map(|key| text(get(node, key)?))
        .collect()
}
