//! From an API's answer to its items and their fields.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::super::Mapping;
use super::super::record::Fields;

/// The compiled paths of a [`Mapping`].
#[derive(Debug)]
pub(super) struct Shape {
    parents: Option<List>,
    items: Option<List>,
    key: Option<JsonPath>,
    fields: Vec<(String, JsonPath)>,
    parent_fields: Vec<(String, JsonPath)>,
}

/// An item and, where items belong to parents, the one it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Item<'a> {
    own: &'a Json,
    parent: Option<&'a Json>,
}

impl<'a> Item<'a> {
    /// An answer that is itself the item.
    pub(super) fn alone(own: &'a Json) -> Self {
        Self { own, parent: None }
    }
}

/// A path that leads to several.
#[derive(Debug)]
struct List {
    option: &'static str,
    path: JsonPath,
    /// The list the path goes through, which must be there even if it is empty. `None` where the path is too free
    /// (filters, wildcards, `..`) to say.
    list: Option<JsonPath>,
    text: String,
}

impl List {
    fn new(option: &'static str, text: &str) -> Result<Self, String> {
        let base = text.trim_end_matches("[*]");
        let singular = !base.contains(['*', '?']) && !base.contains("..");
        let list = if singular { JsonPath::parse(base).ok() } else { None };
        Ok(Self { option, path: path(text)?, list, text: text.to_owned() })
    }

    /// What it leads to. A list that is empty is an answer; a list that is not there is none.
    fn of<'a>(&self, answer: &'a Json) -> Result<Vec<&'a Json>, String> {
        let found = self.path.query(answer).all();
        if found.is_empty() && self.list.as_ref().is_some_and(|list| list.query(answer).all().is_empty()) {
            return Err(format!("has nothing at {} (mapping {})", self.text, self.option));
        }
        match found.as_slice() {
            [Json::Array(list)] => Ok(list.iter().collect()),
            [Json::Null] => Ok(Vec::new()),
            _ => Ok(found),
        }
    }
}

impl Shape {
    /// Compiles the paths; all problems at once.
    pub(super) fn new(mapping: &Mapping) -> Result<Self, Vec<(String, String)>> {
        let mut problems = Vec::new();
        fn kept<T>(problems: &mut Vec<(String, String)>, option: &str, compiled: Result<T, String>) -> Option<T> {
            compiled.map_err(|what| problems.push((option.to_owned(), what))).ok()
        }
        let mut list = |option, text: &Option<String>| {
            text.as_deref().and_then(|text| kept(&mut problems, option, List::new(option, text)))
        };
        let (parents, items) = (list("parents", &mapping.parents), list("items", &mapping.items));
        let key = mapping.key.as_deref().and_then(|text| kept(&mut problems, "key", path(text)));
        let mut fields = |option: &str, all: &BTreeMap<String, String>| -> Vec<(String, JsonPath)> {
            let each = all.iter();
            each.filter_map(|(name, text)| {
                Some((name.clone(), kept(&mut problems, &format!("{option}.{name}"), path(text))?))
            })
            .collect()
        };
        let (fields, parent_fields) =
            (fields("fields", &mapping.fields), fields("parent_fields", &mapping.parent_fields));
        if problems.is_empty() { Ok(Self { parents, items, key, fields, parent_fields }) } else { Err(problems) }
    }

    /// Whether items are picked out of an answer, or the answer is the item.
    pub(super) fn picks(&self) -> bool {
        self.items.is_some()
    }

    /// The items in an answer.
    pub(super) fn items<'a>(&self, answer: &'a Json) -> Result<Vec<Item<'a>>, String> {
        let Some(items) = &self.items else { return Ok(vec![Item::alone(answer)]) };
        let Some(parents) = &self.parents else {
            return Ok(items.of(answer)?.into_iter().map(Item::alone).collect());
        };
        let mut found = Vec::new();
        for parent in parents.of(answer)? {
            found.extend(items.of(parent)?.into_iter().map(|own| Item { own, parent: Some(parent) }));
        }
        Ok(found)
    }

    /// An item's key; `None` if it has none.
    pub(super) fn key(&self, item: &Item<'_>) -> Option<String> {
        match self.key.as_ref()?.query(item.own).all().as_slice() {
            [Json::String(key)] => Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
            [Json::Number(number)] => Some(number.to_string()),
            _ => None,
        }
    }

    /// An item's named fields: nothing found is null, several finds are a list.
    pub(super) fn fields(&self, item: &Item<'_>) -> Fields {
        let value = |path: &JsonPath, of: &Json| {
            let mut found = path.query(of).all();
            match found.len() {
                0 => Json::Null,
                1 => found.pop().cloned().unwrap_or_default(),
                _ => found.into_iter().cloned().collect(),
            }
        };
        let nobody = Json::Null;
        let parent = item.parent.unwrap_or(&nobody);
        let own = self.fields.iter().map(|(name, path)| (name.clone(), value(path, item.own)));
        own.chain(self.parent_fields.iter().map(|(name, path)| (name.clone(), value(path, parent)))).collect()
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
            ..Mapping::default()
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
            ..Mapping::default()
        };
        let problems = Shape::new(&mapping).unwrap_err();
        let options: Vec<_> = problems.iter().map(|(option, _)| option.as_str()).collect();
        assert_eq!(options, ["items", "key", "fields.qty"]);
        assert!(problems[0].1.contains("a path begins with $"), "{problems:?}");
    }
}
