//! Members and places of values: what stands after a dot or in square brackets.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::evaluate::{Evaluated, Item, Stop};
use super::tree::{Key, Node, Selection};
use super::value::Value;

impl<'a> Item<'a> {
    /// A member; of a list that of each in it. Null has only null.
    pub(super) fn member<'n>(self, of: &Node, value: Value<'a>, name: &str) -> Evaluated<'n, Value<'a>> {
        match value {
            Value::Null => Ok(Value::Null),
            Value::Record(members) => match members.get(name) {
                Some(json) => Value::of(json).map_err(Stop::Other),
                None => Ok(Value::Null),
            },
            Value::List(list) => {
                let each = list.into_iter().map(|one| self.member(of, one, name));
                Ok(Value::List(each.collect::<Result<_, _>>()?))
            }
            other => Err(self.meets(of, &other, &format!("which has no `{name}`"))),
        }
    }

    /// What stands in square brackets after a value. Null has only null.
    pub(super) fn index<'n: 'a>(self, of: &'n Node, key: &'n Key) -> Evaluated<'n, Value<'a>> {
        let value = self.value(of)?;
        let computed;
        let key = match key {
            Key::Computed(node) => {
                computed = self.value(node)?;
                match (&computed, computed.number()) {
                    (Value::Null, _) => return Err(Stop::Null(node)),
                    (_, Some(number)) if number.fract().is_zero() => {
                        At::Position(number.try_into().unwrap_or(i64::MAX))
                    }
                    (Value::Text(name), _) => At::Name(name),
                    _ => return Err(self.meets(node, &computed, "which is neither a position nor a name")),
                }
            }
            Key::Position(position) => At::Position(*position),
            Key::Name(selection) => At::Selection(selection),
        };
        match (value, key) {
            (Value::Null, _) => Ok(Value::Null),
            (Value::List(list), At::Position(position)) => {
                let place = usize::try_from(position)
                    .ok()
                    .or_else(|| list.len().checked_sub(usize::try_from(position.unsigned_abs()).ok()?));
                Ok(place.and_then(|place| list.into_iter().nth(place)).unwrap_or(Value::Null))
            }
            (Value::List(list), At::Selection(selection)) => self.select(of, list, |known| selection.meets(known)),
            (Value::List(list), At::Name(name)) => self.select(of, list, |known| known == name.trim()),
            (record @ Value::Record(_), At::Selection(Selection { label, .. })) => self.member(of, record, label),
            (record @ Value::Record(_), At::Name(name)) => self.member(of, record, name),
            (other, _) => Err(self.meets(of, &other, "which is no list")),
        }
    }

    /// The records of a list whose id or name is wanted.
    fn select<'n>(self, of: &'n Node, list: Vec<Value<'a>>, wanted: impl Fn(&str) -> bool) -> Evaluated<'n, Value<'a>> {
        let mut selected = Vec::new();
        for one in list {
            let Value::Record(members) = &one else {
                return Err(match one {
                    Value::Null => Stop::Null(of),
                    other => self.meets(of, &other, "which has neither id nor name to be chosen by"),
                });
            };
            let called: Vec<Cow<'_, str>> = ["id", "name"].iter().filter_map(|by| label(members.get(*by)?)).collect();
            if called.is_empty() {
                return Err(self.meets(of, &one, "which has neither id nor name to be chosen by"));
            }
            // Not `any`: each name that is met is noted.
            if called.iter().filter(|name| wanted(name)).count() > 0 {
                selected.push(one);
            }
        }
        Ok(Value::List(selected))
    }
}

/// What stands in square brackets, computed.
enum At<'k> {
    Position(i64),
    Name(&'k str),
    Selection(&'k Selection),
}

impl Selection {
    /// Whether an id or name is wanted; notes that it was met.
    fn meets(&self, known: &str) -> bool {
        let mut found = false;
        for wanted in self.wanted.iter().filter(|wanted| wanted.name == known) {
            wanted.meet();
            found = true;
        }
        found
    }
}

/// An id or name as text.
fn label(json: &Json) -> Option<Cow<'_, str>> {
    match json {
        Json::String(text) => Some(Cow::Borrowed(text.trim())),
        Json::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}
