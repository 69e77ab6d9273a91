//! From an item's key to the key under which a source knows it.
//!
//! In this order, the first that hits: what the mapping file says, the key itself, its normal form, its trade item number.
//! Only the first two can be asked for; the others need a source that lists everything.

use std::fs::File;
use std::path::PathBuf;

use crate::domain::{Gtin, Item, StockAnswer};
use crate::fetch::table::{Table, TableError};

use super::{Field, StockAnswerFor, StockError};

/// What may lie between an item's key and that of a source. By default nothing: keys are the same, or they are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Whether upper and lower case are the same.
    pub case: bool,
    /// Whether a key of nothing but digits is the same without the zeros in front, which spreadsheets lose.
    pub leading_zeros: bool,
    /// Whether blanks, hyphens, underscores, full stops and slashes count for nothing.
    pub separators: bool,
    /// A file that names the source's keys.
    pub mapping: Option<KeyFile>,
    /// The field of the source that holds the trade item number.
    pub gtin: Option<String>,
}

/// A CSV file with one key of the catalogue and one of the source in every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// Where it is; a relative path was resolved against the configuration file's folder.
    pub file: PathBuf,
    /// The column with the catalogue's keys.
    pub from: String,
    /// The column with the source's keys.
    pub to: String,
    /// Delimiter; `None`: found out from the header line.
    pub delimiter: Option<u8>,
    /// WHATWG encoding label; `None`: found out (BOM, then UTF-8, then a guess).
    pub encoding: Option<String>,
}

impl Keys {
    /// Whether a key may be found that cannot be asked for, so that the source has to list everything.
    pub fn need_everything(&self) -> bool {
        self.case || self.leading_zeros || self.separators || self.gtin.is_some()
    }

    /// What is wrong with them, given the fields of the source.
    pub(super) fn problem(&self, fields: &[Field]) -> Option<String> {
        let wanted = self.gtin.as_deref()?;
        if fields.iter().any(|field| field.name == wanted) {
            return None;
        }
        let known = fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
        Some(format!("no field is called `{wanted}`; there are {known}"))
    }

    /// The normal form of a key, marked as one. `None` where keys are taken as they are, or nothing is left of this one.
    pub fn normal(&self, key: &str) -> Option<String> {
        if !(self.case || self.leading_zeros || self.separators) {
            return None;
        }
        let mut normal = key.trim().to_owned();
        if self.case {
            normal = normal.to_lowercase();
        }
        if self.separators {
            normal.retain(|c| !(c.is_whitespace() || matches!(c, '-' | '_' | '.' | '/')));
        }
        if self.leading_zeros && !normal.is_empty() && normal.bytes().all(|byte| byte.is_ascii_digit()) {
            let digits = normal.trim_start_matches('0');
            normal = if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
        }
        (!normal.is_empty()).then(|| format!("={normal}"))
    }

    /// The trade item number of an item, marked as one, if this source knows items by theirs.
    pub fn number(&self, item: &Item) -> Option<String> {
        self.gtin.as_ref()?;
        Gtin::read(item.gtin.as_deref()?).map(|gtin| marked(&gtin))
    }

    /// What an answer of the source can be found by, beside its key.
    pub fn aliases(&self, one: &StockAnswerFor) -> Vec<String> {
        let number = match (&self.gtin, &one.answer) {
            (Some(field), StockAnswer::Known(fact)) => fact.fields.get(field).and_then(|text| Gtin::read(text)),
            _ => None,
        };
        self.normal(&one.key).into_iter().chain(number.map(|gtin| marked(&gtin))).collect()
    }
}

fn marked(gtin: &Gtin) -> String {
    format!("#{gtin}")
}

impl KeyFile {
    /// Reads the file row by row: the catalogue's key, and the source's. A row with an empty cell maps nothing.
    ///
    /// # Errors
    /// Where it cannot be read to its end: with a row lost, an item would be sought by a key that is not its own.
    pub fn read(&self, each: &mut dyn FnMut(&str, &str)) -> Result<(), StockError> {
        let wrong = |what: String| StockError::Table { place: self.file.display().to_string(), what };
        let bad = |error: TableError| wrong(error.to_string());
        let file = File::open(&self.file).map_err(|error| wrong(format!("cannot be opened: {error}")))?;
        let mut table = Table::open(file, self.encoding.as_deref(), self.delimiter).map_err(bad)?;
        let (from, to) = (table.column(&self.from).map_err(bad)?, table.column(&self.to).map_err(bad)?);
        while let Some(row) = table.row().map_err(bad)? {
            if let Some(what) = row.trouble() {
                return Err(wrong(format!("line {} {what}", row.line)));
            }
            let (Some(from), Some(to)) = (row.cell(from), row.cell(to)) else { continue };
            if from.contains('\u{fffd}') || to.contains('\u{fffd}') {
                let told = self.encoding.as_deref().unwrap_or("the encoding that was guessed");
                let line = row.line;
                return Err(wrong(format!("line {line} is not readable as {told}; set the mapping's `encoding`")));
            }
            each(from, to);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn each_rule_forgives_one_thing() {
        let none = Keys::default();
        let case = Keys { case: true, ..Keys::default() };
        let zeros = Keys { leading_zeros: true, ..Keys::default() };
        let separators = Keys { separators: true, ..Keys::default() };
        let all = Keys { case: true, leading_zeros: true, separators: true, ..Keys::default() };
        let same = |keys: &Keys, one, other| keys.normal(one).is_some() && keys.normal(one) == keys.normal(other);
        assert!(!same(&none, "A", "A") && !none.need_everything());
        assert!(same(&case, "É-1a", "é-1A") && !same(&case, "A-1", "A1"));
        assert!(same(&zeros, "00123", "123") && same(&zeros, "000", "0") && !same(&zeros, "0A", "A"));
        assert!(same(&separators, "A 1/2_3.x", "A-12-3x") && !same(&separators, "A", "a"));
        assert!(same(&all, "00-12 ", "12") && same(&all, "ab.1", "AB-1") && !same(&all, "012-A", "12-A"));
        assert_eq!(separators.normal("-"), None, "a key of nothing but separators is like no other");
    }

    fn read(bytes: &[u8], encoding: Option<&str>) -> Result<Vec<(String, String)>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let map = KeyFile {
            file: file.path().to_owned(),
            from: "sku".into(),
            to: "erp".into(),
            delimiter: None,
            encoding: encoding.map(str::to_owned),
        };
        let mut rows = Vec::new();
        map.read(&mut |from, to| rows.push((from.to_owned(), to.to_owned()))).map_err(|error| error.to_string())?;
        Ok(rows)
    }

    #[test]
    fn a_mapping_is_read_whole_or_not_at_all() {
        let rows = read(b"sku;erp;note\nA ;1;x\nB;;\n;3;\n", None).unwrap();
        assert_eq!(rows, [("A".to_owned(), "1".to_owned())]);
        for (bytes, encoding, expected) in [
            (&b"sku,code\nA,1\n"[..], None, "no column is called `erp`"),
            (b"sku,erp\nA\n", None, "line 2 has 1 cells and the header has 2"),
            (b"", None, "empty"),
            (b"sku,erp\nA,\xe9\xff\n", Some("utf-8"), "line 2 is not UTF-8, which `encoding` says"),
        ] {
            let why = read(bytes, encoding).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
