//! Templates: text with `{name}` in it.

use std::collections::BTreeMap;

/// What a filled template is for, as values are written differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// An address: values are percent-encoded, but for the whole addresses `{shop}` and `{page}`.
    Address,
    /// JSON: values are escaped as inside a string.
    Json,
    /// As it is.
    Plain,
}

/// Fills a template.
pub(super) fn fill(template: &str, values: &BTreeMap<String, String>, purpose: Purpose) -> Result<String, String> {
    let mut filled = String::with_capacity(template.len());
    for part in parts(template) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Name(name) => {
                let value = values.get(name).ok_or_else(|| format!("nothing is known for {{{name}}} of the recipe"))?;
                match purpose {
                    Purpose::Address if !matches!(name, "shop" | "page") => {
                        filled.extend(
                            url::form_urlencoded::byte_serialize(value.as_bytes()).map(|part| part.replace('+', "%20")),
                        );
                    }
                    Purpose::Json => {
                        let quoted = serde_json::Value::String(value.clone()).to_string();
                        filled.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
                    }
                    Purpose::Address | Purpose::Plain => filled.push_str(value),
                }
            }
        }
    }
    Ok(filled)
}

/// The names in a template.
pub(super) fn names(template: &str) -> impl Iterator<Item = &str> {
    parts(template).into_iter().filter_map(|part| match part {
        Part::Name(name) => Some(name),
        Part::Text(_) => None,
    })
}

enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Only `{name}` in small letters is a name: JSON has braces of its own.
fn parts(template: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        let name = after.get(1..).and_then(|after| after.split_once('}')).map(|(name, _)| name);
        let is_name = |name: &&str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        match name.filter(is_name) {
            Some(name) => {
                parts.push(Part::Text(before));
                parts.push(Part::Name(name));
                rest = after.get(name.len() + 2..).unwrap_or_default();
            }
            None => {
                let (text, after) = rest.split_at(open + 1);
                parts.push(Part::Text(text));
                rest = after;
            }
        }
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_the_place_wants_them() {
        let values = [("sku", "A \"1\"/ב+"), ("shop", "https://shop.example/")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let filled = |template, purpose| fill(template, &values, purpose).unwrap();
        assert_eq!(
            filled("{shop}add?sku={sku}", Purpose::Address),
            "https://shop.example/add?sku=A%20%221%22%2F%D7%91%2B"
        );
        assert_eq!(filled(r#"{"a": {"sku": "{sku}"}}"#, Purpose::Json), r#"{"a": {"sku": "A \"1\"/ב+"}}"#);
        assert_eq!(filled("{sku}{", Purpose::Plain), "A \"1\"/ב+{");
        assert_eq!(fill("{id}", &values, Purpose::Plain).unwrap_err(), "nothing is known for {id} of the recipe");
        assert_eq!(names(r#"{"a": "{sku}", "b": {number}}"#).collect::<Vec<_>>(), ["sku", "number"]);
    }
}
