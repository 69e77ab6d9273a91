//! An answer that is none, and whom it concerns.

use crate::fetch::{Document, shown};
use crate::stock::StockError;
use crate::stock::record::Record;

/// An answer that is none.
pub(in crate::stock) struct Refused {
    /// What is wrong with it.
    pub(in crate::stock) error: StockError,
    /// Whether asking for other items would meet it too: credentials, scopes, address.
    pub(in crate::stock) for_all: bool,
}

impl Refused {
    /// By its document: what is wrong, in words that follow the address, whether that concerns all, and what to do.
    pub(in crate::stock) fn by(document: &Document, what: String, (for_all, advice): (bool, &'static str)) -> Self {
        Self { error: StockError::Answer { url: shown(&document.url).to_string(), what, advice }, for_all }
    }

    /// What it means for the keys that were asked for: an error for all of them stays one, any other is theirs alone.
    pub(in crate::stock) fn for_keys(self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        if self.for_all { Err(self.error) } else { Ok(Record::all_unreadable(keys, self.error)) }
    }
}

/// There was no answer at all.
impl From<StockError> for Refused {
    fn from(error: StockError) -> Self {
        Self { error, for_all: false }
    }
}

impl From<Refused> for StockError {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}
