//! The JSON schema of the configuration, for editors and for the check of its structure.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::path::{Path, Step};
use super::raw;

/// The schema as text (JSON Schema 2020-12), as in `config/schema.json`.
pub fn schema() -> String {
    format!("{:#}\n", value())
}

/// The schema.
pub(super) fn value() -> Value {
    let schema =
        SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<raw::Config>();
    let mut schema = schema.to_value();
    without_null(&mut schema);
    schema
}

/// Takes `null` away: an optional key is left out. (One that is there and empty counts as left out; see `structure`.)
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(kinds)) = map.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [only] = kinds.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(options)) = map.get_mut("enum") {
                options.retain(|option| !option.is_null());
            }
            let optional = map.get("anyOf").and_then(Value::as_array).and_then(|both| match both.as_slice() {
                [Value::Object(some), none] if none["type"] == "null" => Some(some.clone()),
                _ => None,
            });
            if let Some(some) = optional {
                map.remove("anyOf");
                map.extend(some);
            }
            map.values_mut().for_each(without_null);
        }
        Value::Array(all) => all.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// The part of the schema that speaks of this path.
pub(super) fn part<'a>(schema: &'a Value, path: &Path) -> Option<&'a Value> {
    path.steps().iter().try_fold(schema, |part, step| {
        let below = match step {
            Step::Key(key) => match part["properties"].get(key) {
                Some(known) => known,
                None => part.get("additionalProperties").filter(|any| any.is_object())?,
            },
            Step::Index(_) => part.get("items")?,
        };
        Some(resolve(schema, below))
    })
}

/// Follows `$ref`.
pub(super) fn resolve<'a>(schema: &'a Value, part: &'a Value) -> &'a Value {
    part["$ref"].as_str().and_then(|name| schema.pointer(name.trim_start_matches('#'))).unwrap_or(part)
}
