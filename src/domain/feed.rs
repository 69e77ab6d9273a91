//! A product feed in numbers.

use serde::{Deserialize, Serialize};

/// What came of reading a product feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedSummary {
    /// Its name.
    pub name: String,
    /// If it could not be read, or not to its end: what happened and what to do.
    pub failed: Option<String>,
    /// Entries that name an item.
    pub entries: u64,
    /// Entries among them that are not shown: paused or expired.
    pub withheld: u64,
    /// Items that only the feed names; they are checked as well.
    pub unlisted: u64,
    /// Entries or fields that could not be used.
    pub troubles: u64,
    /// Entries that name an item again; the first one counts.
    pub duplicates: u64,
    /// The first few of both in words.
    pub examples: Vec<String>,
    /// Ads that lead to another page than the item's.
    pub links: u64,
    /// Those among them that were looked at.
    pub links_looked: u64,
    /// Those that lead nowhere.
    pub links_dead: u64,
}

impl FeedSummary {
    /// How many troubles are told in words.
    const EXAMPLES: usize = 5;

    /// Keeps an example of what is wrong, while there is room.
    pub fn example(&mut self, what: impl FnOnce() -> String) {
        if self.examples.len() < Self::EXAMPLES {
            self.examples.push(what());
        }
    }
}
