//! What the stock source says of one item.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::KeyMatch;

/// On what terms an item may be sold beyond what lies on the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Only what is sellable may be sold.
    Tracked,
    /// Stock is not counted: always sellable.
    Untracked,
    /// May be ordered at zero; delivered later.
    Backorder,
    /// May be ordered before release, until the date if one is known.
    Preorder {
        /// When it is released.
        until: Option<Timestamp>,
    },
    /// Made when ordered.
    MadeToOrder,
    /// Not sold any more, whatever lies on the shelf.
    Discontinued,
}

/// What the stock source says of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockFact {
    /// The key under which the source knows the item.
    pub key: String,
    /// How the item's own key led to it.
    #[serde(default)]
    pub matched: KeyMatch,
    /// Sellable quantity by the user's expression. `None` only where the policy makes it irrelevant.
    pub sellable: Option<Decimal>,
    /// From this quantity on the item counts as sellable (the shop's threshold, 1 if not configured).
    pub threshold: Decimal,
    /// The policy.
    pub policy: Policy,
    /// When the source says this was true; the time of reading where it does not say.
    pub as_of: Timestamp,
    /// Since when the quantity stands as it does, if the source knows.
    pub changed_at: Option<Timestamp>,
    /// The named fields it was computed from, as evidence.
    pub fields: BTreeMap<String, String>,
    /// The name of the source. Of several: the one whose quantity this is, or whose policy where none told a quantity.
    pub source: String,
    /// The name of the source whose policy this is, where that is another one.
    #[serde(default)]
    pub policy_source: Option<String>,
}

impl StockFact {
    /// Whether a customer who orders now can be served on the shop's terms.
    pub fn buyable(&self) -> bool {
        match self.policy {
            Policy::Discontinued => false,
            Policy::Untracked | Policy::Backorder | Policy::Preorder { .. } | Policy::MadeToOrder => true,
            Policy::Tracked => self.sellable.is_some_and(|quantity| quantity >= self.threshold),
        }
    }
}

/// The answer to one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockAnswer {
    /// The source knows the item.
    Known(StockFact),
    /// The source answered and does not know the key.
    Missing,
    /// The source did not answer for this item, or its answer could not be read; why.
    Failed(String),
}
