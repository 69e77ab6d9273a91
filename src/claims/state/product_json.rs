//! A product as most platforms and shop programs write it: an object with a name or number, something it says of stock,
//! and often a list of variants that say it each for themselves.

use serde_json::{Map, Value};

use super::super::buyable;
use super::super::product::{Described, Offer};
use super::said::{Said, said};
use super::view::{Found, View, scalar};
use super::vocabulary::{Topic, Topics, topic};

/// Nesting between a product and what its variants say.
const DEPTH: usize = 8;

/// Variants that are read of one product.
pub(super) const VARIANTS: usize = 1000;

/// Reads any object.
pub(super) fn object(map: &Map<String, Value>, _: &[&str], view: &View<'_>) -> Option<Found> {
    read(map, view)
}

/// The product that an object is, if it is tied to the page and says something of stock.
pub(super) fn read(map: &Map<String, Value>, view: &View<'_>) -> Option<Found> {
    use Topic::{Can, Cannot, Count, Detail, Elsewhere, Id, Name, Number, Parts, Sku, Status, Unlimited, Variants};
    let topics = Topics::of(map);
    let says = topics.any(&[Can, Cannot, Count, Detail, Parts, Status, Unlimited, Variants]);
    let elsewhere = topics.any(&[Elsewhere]) && !topics.any(&[Name]);
    // PrestaShop's has a reader of its own, which knows when it says nothing.
    let read_elsewhere = map.contains_key("allow_oosp");
    if !says || !topics.any(&[Sku, Number, Id, Name]) || elsewhere || read_elsewhere {
        return None;
    }
    let tie = view.tie(map)?;
    let mut one = identity(map);
    gather(map, view, &mut one.offers, "", DEPTH);
    if one.offers.is_empty() {
        return None;
    }
    if let [only] = one.offers.as_mut_slice() {
        // What is not chosen among others goes by its product's name; the platform's own number is nobody's SKU.
        let numbers = one.skus.iter().chain(&one.numbers);
        let mut keys: Vec<String> =
            only.keys.iter().filter(|key| one_of(map, key) || view.is_own_key(key)).cloned().collect();
        keys.extend(numbers.filter(|key| !only.keys.contains(key)).cloned());
        one.variant_skus.extend(keys.first().filter(|key| !one.skus.contains(key)).cloned());
        only.keys = keys;
        only.name = None;
        only.selected = None;
    } else {
        let choice: Vec<bool> = one.offers.iter().map(|offer| offer.keys.iter().any(|key| view.chooses(key))).collect();
        if choice.iter().filter(|chosen| **chosen).count() == 1 {
            for (offer, chosen) in one.offers.iter_mut().zip(choice) {
                offer.selected = Some(chosen);
            }
        }
        one.variant_skus.extend(one.offers.iter().filter_map(|offer| offer.keys.first().cloned()));
    }
    Some(Found { tie, one })
}

/// Whether a key of the only offer is a SKU or a number that names goods, rather than one of the platform's own.
fn one_of(map: &Map<String, Value>, key: &str) -> bool {
    fn named(map: &Map<String, Value>, key: &str, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        map.iter().any(|(name, value)| match topic(name) {
            Some(Topic::Sku | Topic::Number) => scalar(value).is_some_and(|value| value == key),
            Some(Topic::Variants | Topic::Parts | Topic::Detail) => {
                objects(value).into_iter().any(|inner| named(inner, key, depth))
            }
            _ => false,
        })
    }
    named(map, key, DEPTH)
}

/// What the object is called.
fn identity(map: &Map<String, Value>) -> Described {
    let mut one = Described::default();
    for (key, value) in map {
        match topic(key) {
            Some(Topic::Sku) => one.skus.extend(scalar(value)),
            Some(Topic::Number) => one.numbers.extend(scalar(value)),
            Some(Topic::Name) if one.name.is_none() => one.name = value.as_str().map(str::to_owned),
            Some(Topic::Url) if one.url.is_none() => one.url = value.as_str().map(str::to_owned),
            Some(Topic::Slug) if one.slug.is_none() => one.slug = value.as_str().map(str::to_owned),
            _ => {}
        }
    }
    let text = |names: &[&str]| {
        names.iter().find_map(|name| match map.get(*name)? {
            Value::String(text) => Some(text.clone()),
            Value::Object(inner) => inner.get("name")?.as_str().map(str::to_owned),
            _ => None,
        })
    };
    one.brand = text(&["vendor", "brand", "manufacturer"]);
    one.category = text(&["product_type", "productType", "category"]);
    one
}

/// The keys of one item: SKU, then GTIN and MPN, then the platform's own number.
pub(super) fn keys(map: &Map<String, Value>) -> Vec<String> {
    let of = |wanted: Topic| {
        map.iter().filter(move |(key, _)| topic(key) == Some(wanted)).filter_map(|(_, value)| scalar(value))
    };
    let mut all: Vec<String> = Vec::new();
    for key in of(Topic::Sku).chain(of(Topic::Number)).chain(of(Topic::Id)) {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

/// What an object's variants say; where it has none that do, what it says itself.
fn gather(map: &Map<String, Value>, view: &View<'_>, offers: &mut Vec<Offer>, place: &str, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let own = said(map, false).or_else(|| said_in_details(map, DEPTH));
    let before = offers.len();
    for (key, value) in map {
        let list = offers.len();
        let loose = match topic(key) {
            Some(Topic::Variants) => false,
            Some(Topic::Parts) => true,
            Some(Topic::Detail) if key.to_ascii_lowercase().starts_with("detail") => true,
            _ => continue,
        };
        for (number, inner) in objects(value).into_iter().enumerate() {
            if offers.len() >= VARIANTS {
                return;
            }
            // A thing with a page of its own is another product, unless it is called a variant.
            if loose && view.leads_elsewhere(inner) {
                continue;
            }
            let from = offers.len();
            gather(inner, view, offers, &format!("{place}{key}[{number}]."), depth);
            let (keys, name) = (keys(inner), option_name(inner));
            for offer in offers.iter_mut().skip(from) {
                complete(offer, &keys, name.as_deref());
            }
        }
        // A list of anything: where it denies what the product says of itself, it is one of wrappings or guarantees.
        let found = offers.get(list..).unwrap_or_default();
        let promised = found.iter().any(|offer| buyable(offer.says));
        if loose && !found.is_empty() && own.as_ref().is_some_and(|own| buyable(own.says) != promised) {
            offers.truncate(list);
        }
    }
    if offers.len() > before {
        return;
    }
    if let Some(said) = own {
        let mut offer = offer(said, place);
        offer.keys = keys(map);
        offer.name = option_name(map);
        offers.push(offer);
    }
}

/// Adds what the object around an offer tells of it: the colour of a size.
fn complete(offer: &mut Offer, keys: &[String], name: Option<&str>) {
    if offer.keys.is_empty() {
        offer.keys = keys.to_vec();
    }
    let Some(name) = name else { return };
    match &offer.name {
        None => offer.name = Some(name.to_owned()),
        Some(inner) if inner != name && !inner.contains(name) => offer.name = Some(format!("{name} / {inner}")),
        Some(_) => {}
    }
}

pub(super) fn offer(said: Said, place: &str) -> Offer {
    let key = said.excerpt.split(':').next().unwrap_or_default();
    let mut offer = Offer::new(said.says, said.excerpt.clone(), format!("{place}{key}"));
    offer.quantity = said.quantity;
    offer
}

/// What the parts of an object that are about stock say: the best of them, since a customer may take any.
fn said_in_details(map: &Map<String, Value>, depth: usize) -> Option<Said> {
    let depth = depth.checked_sub(1)?;
    let mut best: Option<Said> = None;
    for (key, value) in map {
        let is_detail = matches!(topic(key), Some(Topic::Detail | Topic::Status));
        // What one shop of brick and stone has is not what is sold here.
        let inner = objects(value).into_iter().filter(|inner| is_detail && !Topics::of(inner).any(&[Topic::Elsewhere]));
        for inner in inner {
            let one = said(inner, true).or_else(|| said_in_details(inner, depth));
            if one.as_ref().is_some_and(|one| best.as_ref().is_none_or(|best| buyable(one.says) && !buyable(best.says)))
            {
                best = one;
            }
        }
        if best.is_none() && topic(key) == Some(Topic::Detail) {
            // `stock: "out_of_stock"`.
            best = value.as_str().and_then(super::said::status).map(|says| Said {
                says,
                excerpt: format!("{key}: {value}"),
                quantity: None,
            });
        }
    }
    best
}

/// The objects in a value: itself, those of a list, those of a connection (`nodes`, `edges`), those kept by their number.
pub(super) fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Array(all) => all
            .iter()
            .filter_map(|one| match one {
                Value::Object(map) => Some(map.get("node").and_then(Value::as_object).unwrap_or(map)),
                _ => None,
            })
            .take(VARIANTS)
            .collect(),
        Value::Object(map) => {
            if let Some(inner) =
                ["nodes", "edges"].iter().find_map(|key| map.get(*key).filter(|value| value.is_array()))
            {
                return objects(inner);
            }
            let kept = map.len() > 1 || map.keys().all(|key| key.bytes().all(|b| b.is_ascii_digit()));
            if kept && map.values().all(Value::is_object) {
                return map.values().filter_map(Value::as_object).take(VARIANTS).collect();
            }
            vec![map]
        }
        _ => Vec::new(),
    }
}

/// The options that make a variant: `Blue / L`.
pub(super) fn option_name(map: &Map<String, Value>) -> Option<String> {
    let word = |value: &Value| match value {
        Value::Object(inner) => ["value", "name", "label", "title"].iter().find_map(|key| scalar(inner.get(*key)?)),
        other => scalar(other),
    };
    let joined = |words: Vec<String>| (!words.is_empty()).then(|| words.join(" / "));
    let numbered = ["option0", "option1", "option2", "option3"].iter().filter_map(|key| scalar(map.get(*key)?));
    if let Some(name) = joined(numbered.filter(|word| word != "Default Title").collect()) {
        return Some(name);
    }
    for key in [
        "selectedOptions",
        "optionValues",
        "option_values",
        "options",
        "attributes",
        "attributes_values",
        "optionsSelections",
    ] {
        let words = match map.get(key) {
            Some(Value::Array(all)) => all.iter().filter_map(word).collect(),
            Some(Value::Object(inner)) => inner.values().filter_map(word).collect(),
            _ => Vec::new(),
        };
        if let Some(name) = joined(words.into_iter().filter(|word| word != "Default Title").take(6).collect()) {
            return Some(name);
        }
    }
    let plain = ["color", "colour", "size"].iter().filter_map(|key| word(map.get(*key)?));
    joined(plain.collect()).or_else(|| {
        let name = ["option_value", "title", "name", "label", "skuname"].iter().find_map(|key| scalar(map.get(*key)?));
        name.filter(|name| name != "Default Title")
    })
}
