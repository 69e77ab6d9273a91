//! A listing in a run, in numbers.

use serde::{Deserialize, Serialize};

/// What came of one listing of a shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingSummary {
    /// Its name.
    pub name: String,
    /// If nothing of it could be read: what happened and what to do.
    pub failed: Option<String>,
    /// Pages of it that were read: that came, and show a product.
    pub pages: u64,
    /// Items of the catalogue that it shows.
    pub items: u64,
    /// Pages of it that could not be read.
    pub troubles: u64,
    /// The first few of these in words.
    pub examples: Vec<String>,
}

impl ListingSummary {
    /// How many troubles are told in words.
    const EXAMPLES: usize = 5;

    /// Counts a page that could not be read.
    pub fn trouble(&mut self, what: String) {
        self.troubles += 1;
        if self.examples.len() < Self::EXAMPLES {
            self.examples.push(what);
        }
    }

    /// Why it, or the first of its pages that could not be, could not be read.
    pub fn unread(&self) -> Option<&String> {
        self.failed.as_ref().or(self.examples.first())
    }

    /// Called once after its last page.
    pub fn finish(&mut self) {
        if self.pages == 0 && self.failed.is_none() {
            self.failed = self.examples.first().cloned().or_else(|| Some("it names no page".to_owned()));
        }
    }
}
