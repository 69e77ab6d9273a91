//! Whether a table is whole: a file that is still being written looks like one that has little to say.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::fetch::table::Row;

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    size: u64,
    modified: Option<SystemTime>,
}

impl State {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { size: metadata.len(), modified: metadata.modified().ok() })
    }

    /// When it was last written.
    pub(super) fn written(self) -> Option<Timestamp> {
        Timestamp::try_from(self.modified?).ok()
    }
}

/// That nobody wrote to the file since.
pub(super) fn unchanged(file: &File, before: State) -> Result<(), String> {
    match State::of(file) {
        Ok(now) if now == before => Ok(()),
        Ok(now) => Err(format!("was written while it was read: {} bytes before and {} after", before.size, now.size)),
        Err(error) => Err(format!("cannot be looked at again: {error}")),
    }
}

/// That the file which says so says it of this table and not of one before.
pub(super) fn done(done_file: &Path, table: State) -> Result<(), String> {
    match std::fs::metadata(done_file).and_then(|metadata| metadata.modified()) {
        Err(error) => Err(format!("is not said to be complete: {}: {error}", done_file.display())),
        Ok(done) if table.modified.is_some_and(|written| written > done) => {
            Err(format!("is newer than {}, which says that it is complete", done_file.display()))
        }
        Ok(_) => Ok(()),
    }
}

/// The last row of a table, which counts the others.
#[derive(Debug)]
pub(super) struct Footer<'a> {
    mark: &'a str,
    found: Option<Option<u64>>,
}

impl<'a> Footer<'a> {
    pub(super) fn new(mark: &'a str) -> Self {
        Self { mark, found: None }
    }

    /// Whether this row is it. None may follow.
    pub(super) fn is_in(&mut self, row: &Row<'_>) -> Result<bool, String> {
        if self.found.is_some() {
            return Err(format!("goes on in line {} after its footer {}", row.line, self.mark));
        }
        if row.cell(0) != Some(self.mark) {
            return Ok(false);
        }
        self.found = Some(row.cells().skip(1).find_map(|cell| cell.trim().parse().ok()));
        Ok(true)
    }

    /// That it is there and counts as many rows as came.
    pub(super) fn counts(&self, rows: u64) -> Result<(), String> {
        match self.found {
            None => Err(format!("ends without its footer {}", self.mark)),
            Some(None) => Err(format!("has a footer {} without a count of rows", self.mark)),
            Some(Some(count)) if count != rows => Err(format!("has {rows} rows, and its footer counts {count}")),
            Some(Some(_)) => Ok(()),
        }
    }
}
