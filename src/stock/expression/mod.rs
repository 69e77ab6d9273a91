//! One expression of the configuration: checked when it is loaded, strict when it is computed.
//!
#![doc = include_str!("../../../config/expressions.md")]
//!
//! # Why it is our own
//!
//! No kept library has exact decimals, types that are checked at load, errors that point into the expression, strict
//! nulls and a trace: minijinja, evalexpr and CEL compute in binary fractions, and rhai, which has decimals, finds types
//! out only as it computes.

mod check;
mod choose;
mod evaluate;
mod follow;
mod lexer;
mod mistake;
mod parser;
mod steps;
#[cfg(test)]
mod tests;
mod tree;
mod value;
mod words;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::record::Fields;
use evaluate::{Item, Stop};
use tree::{Key, Node, Part};
use value::Value;

pub(super) use check::Wanted;
pub use steps::{Step, Traced};
pub(super) use tree::Names;
pub(super) use value::excerpt;
pub(super) use words::KEYWORDS;

/// Decimal places of a result.
const PLACES: u32 = 20;

/// A compiled expression over named fields.
#[derive(Debug)]
pub(super) struct Expression {
    /// The option it comes from, e.g. `sellable`.
    name: &'static str,
    text: String,
    wanted: Wanted,
    tree: Node,
    /// The fields it names.
    uses: Vec<String>,
}

impl Expression {
    /// Compiles it. The error says what is wrong and where in the expression.
    pub(super) fn new(name: &'static str, text: &str, wanted: Wanted, names: Names<'_>) -> Result<Self, String> {
        let compiled = lexer::read(text).and_then(|tokens| {
            let mut tree = parser::parse(&tokens, names)?;
            check::check(&mut tree, wanted, names, text)?;
            Ok(tree)
        });
        let tree = compiled.map_err(|mistake| mistake.told(text))?;
        let uses = fields_of(&tree);
        Ok(Self { name, text: text.to_owned(), wanted, tree, uses })
    }

    /// A quantity.
    pub(super) fn quantity(&self, fields: &Fields) -> Result<Decimal, String> {
        let value = self.value(fields)?;
        match (value.number(), &value) {
            (Some(number), _) => Ok(number.round_dp(PLACES).normalize()),
            (None, Value::Flag(_)) => {
                Err(self.failed(fields, &format!("gives {value}, not a quantity; write `1 if … else 0`")))
            }
            (None, Value::Text(_)) => Err(self.failed(fields, &format!("gives the text {value}, not a number"))),
            (None, _) => Err(self.failed(fields, &format!("gives {value}, not a quantity"))),
        }
    }

    /// A yes or no.
    pub(super) fn truth(&self, fields: &Fields) -> Result<bool, String> {
        let value = self.value(fields)?;
        value
            .flag()
            .ok_or_else(|| self.failed(fields, &format!("gives {value}, not true or false; compare it with something")))
    }

    /// A moment: RFC 3339, an ISO 8601 date (its beginning in UTC), a date and time without offset (UTC), or Unix
    /// seconds. `None` where it is null.
    pub(super) fn moment(&self, fields: &Fields) -> Result<Option<Timestamp>, String> {
        let value = self.item(fields).value(&self.tree).map_err(|stop| self.why(fields, &stop))?;
        if matches!(value, Value::Null) {
            return Ok(None);
        }
        value.moment().map(Some).ok_or_else(|| {
            self.failed(fields, &format!("gives {value}, not a time (RFC 3339, ISO date or Unix seconds)"))
        })
    }

    /// The location ids and names it chooses by that no item had so far, as `"Hafia" of locations[web]`.
    pub(super) fn unmatched(&self) -> Vec<String> {
        let never = self.wanted().into_iter().filter(|(_, wanted)| !wanted.met());
        never.map(|(part, wanted)| format!("\"{}\" of {}", wanted.name, self.source(part))).collect()
    }

    /// Whether locations are selected and no item was at any of them.
    pub(super) fn is_nowhere(&self) -> bool {
        let wanted = self.wanted();
        !wanted.is_empty() && !wanted.iter().any(|(_, wanted)| wanted.met())
    }

    fn wanted(&self) -> Vec<(&Node, &tree::Wanted)> {
        let mut parts = Vec::new();
        self.tree.every(&mut parts);
        let selected = parts.into_iter().filter_map(|part| match &part.is {
            Part::Index(_, Key::Name(selection)) => Some((part, selection)),
            _ => None,
        });
        selected.flat_map(|(part, selection)| selection.wanted.iter().map(move |wanted| (part, wanted))).collect()
    }

    fn item<'a>(&'a self, fields: &'a Fields) -> Item<'a> {
        Item { fields, text: &self.text }
    }

    fn source(&self, node: &Node) -> &str {
        self.text.get(node.span.clone()).unwrap_or_default()
    }

    /// The value, which must not be null.
    fn value<'a>(&'a self, fields: &'a Fields) -> Result<Value<'a>, String> {
        match self.item(fields).value(&self.tree) {
            Ok(Value::Null) => Err(self.why(fields, &Stop::Null(&self.tree))),
            Ok(value) => Ok(value),
            Err(stop) => Err(self.why(fields, &stop)),
        }
    }

    fn why(&self, fields: &Fields, stop: &Stop<'_>) -> String {
        let Some((first, all)) = self.nulls(fields, stop) else {
            return self.failed(fields, &self.brief(fields, stop));
        };
        format!(
            "{all} is null, and {} needs it (`{}`); if null means none, write {first}|default(0); if it means that \
             stock is not counted, set untracked_when to `{first} is none`",
            self.name, self.text
        )
    }

    /// Why there is no value, in a few words.
    fn brief(&self, fields: &Fields, stop: &Stop<'_>) -> String {
        match (self.nulls(fields, stop), stop) {
            (Some((_, all)), _) => format!("{all} is null"),
            (None, Stop::Null(node)) => format!("met a null at `{}`", self.source(node)),
            (None, Stop::Other(what)) => what.clone(),
        }
    }

    /// The first field or path that is null and must not be, and all of them.
    fn nulls(&self, fields: &Fields, stop: &Stop<'_>) -> Option<(String, String)> {
        let Stop::Null(node) = stop else { return None };
        let mut nulls = fields_of(node);
        nulls.retain(|name| fields.get(name).is_none_or(serde_json::Value::is_null));
        if nulls.is_empty() && matches!(node.is, Part::Member(..) | Part::Index(..)) {
            nulls.push(self.source(node).to_owned());
        }
        Some((nulls.first()?.clone(), nulls.join(" and ")))
    }

    fn failed(&self, fields: &Fields, what: &str) -> String {
        let with: Vec<String> = self
            .uses
            .iter()
            .map(|name| format!("{name}: {}", fields.get(name).map_or_else(|| "null".into(), excerpt)))
            .collect();
        let with = if with.is_empty() { String::new() } else { format!("; {}", with.join(", ")) };
        format!("{} (`{}`) {what}{with}", self.name, self.text)
    }
}

/// The fields a part names, in order, each once.
fn fields_of(node: &Node) -> Vec<String> {
    let mut parts = Vec::new();
    node.every(&mut parts);
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        if let Part::Field(name) = &part.is
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}
