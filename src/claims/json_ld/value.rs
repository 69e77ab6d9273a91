//! Values in the many shapes that JSON-LD allows them.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// A property by its name, also with a prefix (`schema:offers`, `https://schema.org/offers`) and in other case.
pub(super) fn get<'v>(node: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let bare = |key: &str| key.rsplit(['/', '#', ':']).next().is_some_and(|last| last.eq_ignore_ascii_case(name));
    node.get(name).or_else(|| node.iter().find(|(key, _)| key.len() >= name.len() && bare(key)).map(|(_, value)| value))
}

/// `@type` in any shape: a name, a URL, a list of either; lower case, last part only.
pub(super) fn kinds(node: &Map<String, Value>) -> Vec<String> {
    let name = |value: &Value| {
        let text = value.as_str()?.trim().trim_end_matches('/');
        Some(text.rsplit(['/', '#', ':']).next().unwrap_or(text).to_lowercase())
    };
    match node.get("@type").or_else(|| node.get("type")) {
        Some(Value::Array(all)) => all.iter().filter_map(name).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The parts of a list, of an object that is a list (`{"0": …, "1": …}`), or the one thing there is.
pub(super) fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().collect(),
        Value::Object(node) if is_list(node) => node.values().collect(),
        one => vec![one],
    }
}

fn is_list(node: &Map<String, Value>) -> bool {
    !node.is_empty() && node.iter().all(|(key, value)| key.bytes().all(|b| b.is_ascii_digit()) && value.is_object())
}

/// A plain value as text; blank is nothing. A script's text is not decoded by the browser, but shops encode it.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => decoded(text.trim()).trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => return all.iter().find_map(text),
        Value::Object(node) => return node.get("@value").or_else(|| get(node, "value")).and_then(text),
        _ => return None,
    };
    (!text.is_empty() && !matches!(text.as_str(), "null" | "undefined" | "None" | "N/A")).then_some(text)
}

fn decoded(text: &str) -> Cow<'_, str> {
    if text.contains('&') { htmlize::unescape(text) } else { Cow::Borrowed(text) }
}

/// A name, or the name of a thing.
pub(super) fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(node) => get(node, "name").or_else(|| node.get("@value")).and_then(text),
        Value::Array(all) => all.iter().find_map(name_of),
        other => text(other),
    }
}

/// An address, or the address of a thing.
pub(super) fn address_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(node) => {
            ["@id", "url", "contentUrl", "@value", "name"].iter().find_map(|key| text(get(node, key)?))
        }
        Value::Array(all) => all.iter().find_map(address_of),
        other => text(other),
    }
}

/// A number, or the number of a `QuantitativeValue`.
pub(super) fn quantity(value: &Value) -> Option<rust_decimal::Decimal> {
    match value {
        Value::Object(node) => get(node, "value").and_then(quantity),
        other => text(other)?.parse().ok(),
    }
}
