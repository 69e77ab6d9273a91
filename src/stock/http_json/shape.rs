//! From an API's answer to its items and their fields.

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::super::Mapping;
use super::super::record::Fields;

/// The compiled paths of a [`Mapping`].
#[derive(Debug)]
pub(super) struct Shape {
    items: Option<Items>,
    key: Option<JsonPath>,
    fields: Vec<(String, JsonPath)>,
}

#[derive(Debug)]
struct Items {
    path: JsonPath,
    /// The list the path goes through, which must be there even if it is empty. `None` where the path is too free
    /// (filters, wildcards, `..`) to say.
    list: Option<JsonPath>,
    text: String,
}

impl Shape {
    /// Compiles the paths; all problems at once.
    pub(super) fn new(mapping: &Mapping) -> Result<Self, Vec<(String, String)>> {
        let mut problems = Vec::new();
        let mut compile = |option: &str, text: &str| match path(text) {
            Ok(path) => Some(path),
            Err(what) => {
                problems.push((option.to_owned(), what));
                None
            }
        };
        let items = mapping.items.as_deref().and_then(|text| {
            let base = text.trim_end_matches("[*]");
            let singular = !base.contains(['*', '?']) && !base.contains("..");
            Some(Items {
                path: compile("items", text)?,
                list: if singular { JsonPath::parse(base).ok() } else { None },
                text: text.to_owned(),
            })
        });
        let key = mapping.key.as_deref().and_then(|text| compile("key", text));
        let fields = mapping
            .fields
            .iter()
            .filter_map(|(name, text)| Some((name.clone(), compile(&format!("fields.{name}"), text)?)))
            .collect();
        if problems.is_empty() { Ok(Self { items, key, fields }) } else { Err(problems) }
    }

    /// Whether items are picked out of an answer, or the answer is the item.
    pub(super) fn picks(&self) -> bool {
        self.items.is_some()
    }

    /// The items in an answer. A list that is empty is an answer; a list that is not there is none.
    pub(super) fn items<'a>(&self, answer: &'a Json) -> Result<Vec<&'a Json>, String> {
        let Some(items) = &self.items else { return Ok(vec![answer]) };
        let found = items.path.query(answer).all();
        if found.is_empty() && items.list.as_ref().is_some_and(|list| list.query(answer).all().is_empty()) {
            return Err(format!("has nothing at {} (mapping items)", items.text));
        }
        match found.as_slice() {
            [Json::Array(list)] => Ok(list.iter().collect()),
            [Json::Null] => Ok(Vec::new()),
            _ => Ok(found),
        }
    }

    /// An item's key; `None` if it has none.
    pub(super) fn key(&self, item: &Json) -> Option<String> {
        match self.key.as_ref()?.query(item).all().as_slice() {
            [Json::String(key)] => Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
            [Json::Number(number)] => Some(number.to_string()),
            _ => None,
        }
    }

    /// An item's named fields: nothing found is null, several finds are a list.
    pub(super) fn fields(&self, item: &Json) -> Fields {
        let value = |path: &JsonPath| {
            let mut found = path.query(item).all();
            match found.len() {
                0 => Json::Null,
                1 => found.pop().cloned().unwrap_or_default(),
                _ => found.into_iter().cloned().collect(),
            }
        };
        self.fields.iter().map(|(name, path)| (name.clone(), value(path))).collect()
    }
}

/// Compiles one JSONPath (RFC 9535).
pub(in crate::stock) fn path(text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text).map_err(|error| {
        let hint = if text.starts_with('$') { "" } else { "; a path begins with $" };
        format!("`{text}` is no JSONPath (RFC 9535), column {}: {}{hint}", error.position() + 1, error.message())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shape(items: Option<&str>, key: &str, field: &str) -> Shape {
        Shape::new(&Mapping {
            items: items.map(str::to_owned),
            key: Some(key.to_owned()),
            fields: [("f".to_owned(), field.to_owned())].into(),
        })
        .unwrap()
    }

    #[test]
    fn items_keys_and_fields_are_found() {
        let answer =
            json!({"d": {"l": [{"id": 7, "w": [{"q": 1}, {"q": 2}]}, {"id": " A ", "w": []}, {"w": [{"q": null}]}]}});
        for items in ["$.d.l", "$.d.l[*]"] {
            let shape = shape(Some(items), "$.id", "$.w[*].q");
            let found = shape.items(&answer).unwrap();
            let all: Vec<_> = found.iter().map(|item| (shape.key(item), shape.fields(item)["f"].clone())).collect();
            assert_eq!(all, [(Some("7".into()), json!([1, 2])), (Some("A".into()), json!(null)), (None, json!(null))]);
        }
    }

    #[test]
    fn an_empty_list_is_an_answer_and_a_missing_one_is_not() {
        for items in ["$.l", "$.l[*]"] {
            let shape = shape(Some(items), "$.id", "$.q");
            assert_eq!(shape.items(&json!({"l": []})), Ok(vec![]));
            assert!(shape.items(&json!({"error": "quota"})).unwrap_err().contains("has nothing at $.l"));
        }
        assert_eq!(shape(Some("$.l[?@.on]"), "$.id", "$.q").items(&json!({})), Ok(vec![]));
    }

    #[test]
    fn wrong_paths_name_their_option() {
        let mapping = Mapping {
            items: Some("items".into()),
            key: Some("$.".into()),
            fields: [("qty".to_owned(), "$[?".to_owned())].into(),
        };
        let problems = Shape::new(&mapping).unwrap_err();
        let options: Vec<_> = problems.iter().map(|(option, _)| option.as_str()).collect();
        assert_eq!(options, ["items", "key", "fields.qty"]);
        assert!(problems[0].1.contains("a path begins with $"), "{problems:?}");
    }
}
