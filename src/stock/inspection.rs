//! One key under the glass: what the source tells of it, and how the rules come to their answer.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::expression::Traced;
use super::record::{Fields, Record};
use super::rules::Rules;
use crate::domain::StockAnswer;

/// What a source tells of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// What the source is called.
    pub source: String,
    /// Its adapter's name in the configuration.
    pub adapter: &'static str,
    /// How many items were read because the source can only be read whole; `None` where it was asked for the key.
    pub read: Option<u64>,
    /// Requests that were sent for it.
    pub requests: u64,
    /// What it tells of the key: nothing, one record, or several that may contradict each other.
    pub records: Vec<Inspected>,
    /// What follows.
    pub answer: StockAnswer,
}

/// One record and what the rules make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    /// The key under which the source lists it.
    pub key: String,
    /// File and line, where it stands in one.
    pub place: Option<String>,
    /// When the answer as a whole says it was true.
    pub as_of: Option<Timestamp>,
    /// The fields as the source sent them, by name; or why they could not be read.
    pub fields: Result<Vec<(String, Json)>, String>,
    /// The rules as far as they were computed, in the order in which they decide.
    pub rules: Vec<Traced>,
}

impl Inspected {
    pub(super) fn new(record: &Record, rules: &Rules) -> Self {
        let listed = |fields: &Fields| fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Self {
            key: record.key.clone(),
            place: record.line.as_ref().map(|line| format!("{}, line {}", line.file, line.number)),
            as_of: record.as_of,
            fields: record.fields.as_ref().map(listed).map_err(Clone::clone),
            rules: record.fields.as_ref().map(|fields| rules.traced(fields)).unwrap_or_default(),
        }
    }
}
