//! What a stock system tells of one item, before any rule is applied to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The named fields of one item as the source sent them.
pub(super) type Fields = BTreeMap<String, Json>;

/// One item as its source tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The key under which the source lists it; empty where it has none.
    pub(super) key: String,
    /// Its fields, or why its part of the answer could not be read. The other items stand.
    pub(super) fields: Result<Fields, String>,
    /// When the answer as a whole says it was true (a file's time, say). `None`: when it was read.
    pub(super) as_of: Option<Timestamp>,
    /// Where it stands in a file, for messages.
    #[serde(skip)]
    pub(super) line: Option<Line>,
}

/// A line of a file; cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The path, or the address without its query.
    pub(super) file: Arc<str>,
    /// Counted from 1.
    pub(super) number: u64,
}

impl Record {
    /// An item that was read just now.
    pub(super) fn new(key: impl Into<String>, fields: Fields) -> Self {
        Self { key: key.into(), fields: Ok(fields), as_of: None, line: None }
    }

    /// An item whose part of the answer could not be read, and why.
    pub(super) fn unreadable(key: impl Into<String>, why: impl Into<String>) -> Self {
        Self { key: key.into(), fields: Err(why.into()), as_of: None, line: None }
    }

    /// Items of which none could be read, for the same reason.
    pub(super) fn all_unreadable(keys: &[String], why: impl std::fmt::Display) -> Vec<Self> {
        let why = why.to_string();
        keys.iter().map(|key| Self::unreadable(key.as_str(), why.clone())).collect()
    }
}

/// What a listing tells, in its order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    /// An item. A key may come twice.
    Item(Record),
    /// Everything up to here was told: a later listing from this point goes on after it.
    Checkpoint(String),
}

/// A named field of a source, for the expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
}

/// What a field holds. Any of these may be null instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Nobody knows before it is there.
    Anything,
    /// A number, or text that is one.
    Number,
    /// True or false.
    Flag,
    /// Text.
    Text,
    /// A moment: RFC 3339, an ISO 8601 date, or Unix seconds.
    Time,
    /// Several of one kind.
    List(Box<Self>),
    /// Named parts.
    Record(Vec<Field>),
}

impl Field {
    fn of(name: &str, holds: Holds) -> Self {
        Self { name: name.to_owned(), holds }
    }

    /// A field of which nothing is known.
    pub fn anything(name: &str) -> Self {
        Self::of(name, Holds::Anything)
    }

    /// A field with a number in it.
    pub fn number(name: &str) -> Self {
        Self::of(name, Holds::Number)
    }

    /// A field that is true or false.
    pub fn flag(name: &str) -> Self {
        Self::of(name, Holds::Flag)
    }

    /// A field with text in it.
    pub fn text(name: &str) -> Self {
        Self::of(name, Holds::Text)
    }

    /// A field with a moment in it.
    pub fn time(name: &str) -> Self {
        Self::of(name, Holds::Time)
    }

    /// A list of records, such as the locations of an item.
    pub fn list_of(name: &str, parts: Vec<Self>) -> Self {
        Self::of(name, Holds::List(Box::new(Holds::Record(parts))))
    }
}
