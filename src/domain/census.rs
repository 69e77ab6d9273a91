//! A reading of a stock source in numbers, and what makes it hard to believe.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::StockAnswer;

/// One reading of a stock source in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// How many keys it was asked for; `None`: it listed everything by itself.
    pub asked: Option<u64>,
    /// Items it knows.
    pub known: u64,
    /// Items of these that cannot be sold.
    pub none: u64,
    /// Items it knows that the catalogue names by their very keys: a source may know much that the shop does not sell.
    #[serde(default)]
    pub listed: u64,
    /// Items of these that cannot be sold.
    #[serde(default)]
    pub listed_none: u64,
    /// When its newest fact was true.
    pub newest: Option<Timestamp>,
}

impl Census {
    /// Counts one answer, to a key that was not answered before. A fact that claims to be of a later day than `now` says
    /// nothing of how new the others are.
    pub fn note(&mut self, answer: &StockAnswer, now: Timestamp) {
        let StockAnswer::Known(fact) = answer else { return };
        self.known += 1;
        self.none += u64::from(!fact.buyable());
        if fact.as_of.duration_since(now) <= SignedDuration::from_hours(24) {
            self.newest = self.newest.max(Some(fact.as_of));
        }
    }

    /// Takes another part of the same reading in.
    pub fn add(&mut self, part: &Self) {
        self.asked = self.asked.map(|asked| asked + part.asked.unwrap_or_default());
        self.known += part.known;
        self.none += part.none;
        self.newest = self.newest.max(part.newest);
    }
}

/// Why a stock source is not believed for now: what it says is held, nobody is accused by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Doubt {
    /// It could not be read to its end.
    Broken {
        /// What happened and what to do.
        why: String,
    },
    /// It answers, but knows none of the items.
    Empty {
        /// How many it was asked for.
        asked: u64,
    },
    /// What it says is older than it may be.
    Stale {
        /// When its newest fact was true.
        newest: Timestamp,
        /// How old that may be, in seconds.
        max_age: u64,
    },
    /// It knows far fewer items than the last time.
    Shrunk {
        /// How many it could be expected to know, by the last reading that was believed.
        before: u64,
        /// How many it knows.
        now: u64,
    },
    /// Far more items are sold out than the last time.
    SoldOut {
        /// How many could be expected to be sold out, by the last reading that was believed.
        before: u64,
        /// How many are.
        now: u64,
        /// Of how many.
        of: u64,
    },
    /// An expression selects locations that no item is at: what lies there goes by another name, and would count as none.
    NoLocation {
        /// What is selected.
        locations: Vec<String>,
    },
    /// Not of a source, but of all that is held against it: far more items became wrong at once than ordinary days bring.
    Jumped {
        /// How many became wrong.
        now: u64,
        /// Of how many.
        of: u64,
    },
}

/// What stands for the mismatches of a shop where otherwise the name of a stock source stands.
pub const MISMATCHES: &str = "mismatches";

impl Doubt {
    /// What is said of the source, in words that follow its name.
    pub fn told(&self) -> String {
        match self {
            Self::Broken { why } => format!("could not be read: {why}"),
            Self::Shrunk { .. } | Self::SoldOut { .. } => format!(
                "is not believed: {self}; if that is right, run `stocktruth check --accept-stock` once, or see \
                 max_shrink and max_sold_out"
            ),
            Self::Jumped { .. } => format!(
                "{self}: nobody is told of them before somebody has looked; if they are right, run `stocktruth check \
                 --accept-stock` once, or see max_jump"
            ),
            doubt => format!("is not believed: {doubt}"),
        }
    }
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken { why } => f.write_str(why),
            Self::Empty { asked } => write!(f, "it knows none of the {asked} items it was asked for"),
            Self::Stale { newest, max_age } => {
                let limit = std::time::Duration::from_secs(*max_age);
                write!(f, "its newest fact is of {newest:.0}, older than max_age ({limit:?}) allows")
            }
            Self::Shrunk { before, now } => write!(f, "it knows {now} items, where {before} could be expected"),
            Self::SoldOut { before, now, of } => {
                write!(f, "{now} of {of} items are sold out, where {before} could be expected")
            }
            Self::Jumped { now, of } => write!(f, "{now} of {of} items became wrong at once"),
            Self::NoLocation { locations } => {
                write!(f, "no item is at {}; correct or remove the name under stock.locations", locations.join(" or "))
            }
        }
    }
}

/// A stock source that is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubted {
    /// The shop.
    pub shop: String,
    /// The source.
    pub source: String,
    /// Why.
    pub doubt: Doubt,
    /// Since when.
    pub since: Timestamp,
}
