//! One entry of a feed as it is written: its fields, and where they stand. One record serves a whole feed.

use std::fmt;

use super::field::Field;

/// How entries are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Entries of XML, by their number.
    Item,
    /// Rows of a table, by their line.
    Line,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) unit: Unit,
    pub(super) number: u64,
    /// 0: the feed itself; else the number of its supplemental feed.
    pub(super) supplement: u16,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.supplement > 0 {
            write!(f, "supplemental feed {}, ", self.supplement)?;
        }
        match self.unit {
            Unit::Item => write!(f, "item {}", self.number),
            Unit::Line => write!(f, "line {}", self.number),
        }
    }
}

/// A field's value.
#[derive(Clone, Debug)]
struct Cell {
    text: String,
    /// How good a name it stands under; see [`Field::of`]. `None`: there is no value.
    rank: Option<u8>,
    at: At,
}

/// One entry.
#[derive(Debug)]
pub(super) struct Record {
    /// Where it stands.
    pub(super) at: At,
    cells: [Cell; Field::ALL.len()],
}

impl Record {
    pub(super) fn new(unit: Unit) -> Self {
        let at = At { unit, number: 0, supplement: 0 };
        Self { at, cells: std::array::from_fn(|_| Cell { text: String::new(), rank: None, at }) }
    }

    /// Begins the entry that stands there.
    pub(super) fn begin(&mut self, number: u64) {
        self.at.number = number;
        for cell in &mut self.cells {
            cell.rank = None;
        }
    }

    /// Takes a value that stands under a name this good, unless there is one under a better name or an earlier one. `text`
    /// is left with any content.
    pub(super) fn take(&mut self, field: Field, rank: u8, text: &mut String) {
        let cell = &mut self.cells[field as usize];
        if cell.rank.is_some_and(|there| there <= rank) || text.trim().is_empty() {
            return;
        }
        std::mem::swap(&mut cell.text, text);
        (cell.rank, cell.at) = (Some(rank), self.at);
    }

    /// Takes a value over whatever is there.
    pub(super) fn put(&mut self, field: Field, text: &str, at: At) {
        let cell = &mut self.cells[field as usize];
        cell.text.clear();
        cell.text.push_str(text);
        (cell.rank, cell.at) = (Some(0), at);
    }

    /// The value without white space around it.
    pub(super) fn get(&self, field: Field) -> Option<&str> {
        let cell = &self.cells[field as usize];
        cell.rank.map(|_| cell.text.trim())
    }

    /// Where the value stands.
    pub(super) fn place(&self, field: Field) -> At {
        self.cells[field as usize].at
    }
}
