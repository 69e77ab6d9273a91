//! States that keep each thing once under its name and let others point to it: Apollo's cache, VTEX' `__STATE__`.

use serde_json::{Map, Value};

use super::flat::LONGEST_TEXT;
use super::product_json;
use super::view::{Found, View};

/// Values that are put in place for one product.
const BUDGET: usize = 20_000;

/// Nesting that is put in place.
const DEPTH: usize = 12;

/// Reads a cache.
pub(super) fn read(cache: &Map<String, Value>, _: &[&str], view: &View<'_>) -> Option<Found> {
    if !cache.contains_key("ROOT_QUERY") && !cache.keys().any(|key| key.starts_with("$ROOT_QUERY")) {
        return None;
    }
    let mut best: Option<Found> = None;
    for one in cache.values().filter_map(Value::as_object) {
        let Some(tie) = view.tie(one) else { continue };
        if best.as_ref().is_some_and(|best| best.tie >= tie) {
            continue;
        }
        let whole = object(one, cache, DEPTH, &mut { BUDGET });
        best = product_json::read(&whole, view).or(best);
    }
    best
}

fn object(
    map: &Map<String, Value>,
    cache: &Map<String, Value>,
    depth: usize,
    budget: &mut usize,
) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, inner) in map {
        // `items({"filter":"ALL"})`: a name and what was asked for.
        let name = key.split('(').next().unwrap_or(key);
        out.insert(name.to_owned(), value(inner, cache, depth, budget));
    }
    out
}

fn value(one: &Value, cache: &Map<String, Value>, depth: usize, budget: &mut usize) -> Value {
    let (Some(left), Some(depth)) = (budget.checked_sub(1), depth.checked_sub(1)) else { return Value::Null };
    *budget = left;
    match one {
        Value::Object(map) => {
            let pointer = match map.get("__ref") {
                Some(pointer) => pointer.as_str(),
                None if map.get("type").and_then(Value::as_str) == Some("id") => map.get("id").and_then(Value::as_str),
                None => None,
            };
            let target = pointer.and_then(|name| cache.get(name)).and_then(Value::as_object);
            Value::Object(object(target.unwrap_or(map), cache, depth, budget))
        }
        Value::Array(all) => Value::Array(all.iter().map(|one| value(one, cache, depth, budget)).collect()),
        Value::String(text) if text.len() > LONGEST_TEXT => Value::Null,
        plain => plain.clone(),
    }
}
