//! The stock sources of a shop, where it has several: what each says of an item, and what its word counts for.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{FindingKind, StockAnswer};

/// What of an item a source decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decides {
    /// How many there are, and on what terms they are sold.
    #[default]
    Both,
    /// Only how many there are.
    Quantity,
    /// Only on what terms: untracked, backorder, preorder, made to order, discontinued.
    Policy,
}

impl Decides {
    /// Whether the sellable quantity may come from it.
    pub fn quantity(self) -> bool {
        self != Self::Policy
    }

    /// Whether the policy may come from it.
    pub fn policy(self) -> bool {
        self != Self::Quantity
    }
}

/// How an item's key led to the key of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyMatch {
    /// They are the same.
    #[default]
    Exact,
    /// The mapping file says so.
    Mapped,
    /// They are the same once both are brought to a normal form.
    Normalised,
    /// Both name the same trade item number.
    Gtin,
}

impl KeyMatch {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Mapped => "mapped",
            Self::Normalised => "normalised",
            Self::Gtin => "gtin",
        }
    }
}

/// What one source says of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Testimony {
    /// The source's name.
    pub source: String,
    /// What its word counts for.
    pub decides: Decides,
    /// The key under which the source knows the item, or was asked for it.
    pub key: String,
    /// How the item's own key led to it.
    pub matched: KeyMatch,
    /// What it says.
    pub answer: StockAnswer,
    /// What is odd about the key, where that is why there is no answer.
    pub trouble: Option<FindingKind>,
}

/// By how much two sources may differ before it is worth a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// So many units.
    Units(Decimal),
    /// This share of the larger quantity, from 0 to 1.
    Share(Decimal),
}

impl Default for Tolerance {
    /// Not at all.
    fn default() -> Self {
        Self::Units(Decimal::ZERO)
    }
}

impl Tolerance {
    /// Whether two quantities differ by no more than this.
    pub fn covers(self, one: Decimal, other: Decimal) -> bool {
        // Quantities too far apart to be subtracted are not alike.
        let Some(apart) = one.checked_sub(other).map(|apart| apart.abs()) else { return false };
        match self {
            Self::Units(units) => apart <= units,
            Self::Share(share) => one.abs().max(other.abs()).checked_mul(share).is_some_and(|most| apart <= most),
        }
    }
}
