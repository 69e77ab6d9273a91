//! A row of a result as a record.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::exact;
use super::super::record::Record;
use super::{Reading, StockError};
use crate::fetch::table::place_of;

/// Which columns of a result are wanted, and where they stand.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    key: usize,
    /// Field name and place.
    fields: Vec<(&'a str, usize)>,
}

impl<'a> Columns<'a> {
    /// Finds the columns by their names.
    ///
    /// # Errors
    /// One is not there, or there twice; the error names those there are.
    pub(super) fn find(names: &[String], reading: &Reading<'a>) -> Result<Self, StockError> {
        let find = |name: &str| place_of(names, name).map_err(|error| reading.failed(error.to_string(), COLUMNS));
        let mut fields = Vec::with_capacity(reading.columns.len());
        for (field, column) in reading.columns {
            fields.push((field.as_str(), find(column)?));
        }
        Ok(Self { key: find(reading.key)?, fields })
    }

    /// The record of one row; `cell` gives what stands in a column, or why it cannot be read.
    pub(super) fn record(&self, mut cell: impl FnMut(usize) -> Result<Json, String>) -> Record {
        let key = match cell(self.key) {
            Ok(key) => key_of(&key),
            Err(why) => return Record::unreadable("", why),
        };
        let mut fields = BTreeMap::new();
        for (field, at) in &self.fields {
            match cell(*at) {
                Ok(value) => fields.insert((*field).to_owned(), value),
                Err(why) => return Record::unreadable(key, format!("field {field}: {why}")),
            };
        }
        Record::new(key, fields)
    }

    /// The places of the columns that are wanted, each once, in the order of the result.
    pub(super) fn places(&self) -> Vec<usize> {
        let mut places: Vec<usize> = self.fields.iter().map(|(_, at)| *at).chain([self.key]).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

const COLUMNS: &str = "compare key and fields of stock.sql with the columns of its query; AS gives a column a name";

/// A key as text; empty where there is none.
fn key_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A number as the database writes it, with all its digits; text where it is none (`NaN`).
pub(super) fn number(text: &str) -> Json {
    exact::number(text).unwrap_or_else(|| Json::from(text))
}

/// A moment as databases write it, `2026-11-23 08:00:00.5`, in the notation of RFC 3339. `utc`: it is in UTC;
/// otherwise its zone is not known.
pub(super) fn moment(text: &str, utc: bool) -> String {
    let text = text.strip_suffix("+00").unwrap_or(text).replacen(' ', "T", 1);
    if utc { format!("{text}Z") } else { text }
}

/// Bytes as text, or why they are none.
pub(super) fn text(bytes: &[u8]) -> Result<Json, String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Json::from(text)),
        Err(_) => Err("holds bytes that are no text; convert them in the query".to_owned()),
    }
}

/// A JSON document.
pub(super) fn json(text: &str) -> Result<Json, String> {
    serde_json::from_str(text).map_err(|error| format!("holds JSON that cannot be read: {error}"))
}
