//! How much an incident harms, as a score that can be explained.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::Item;

/// How much an incident harms, from little to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeverityLevel {
    /// Worth putting right some day.
    #[default]
    Low,
    /// Worth putting right this week.
    Medium,
    /// Customers are let down today.
    High,
    /// Many are, or for long already.
    Critical,
}

impl SeverityLevel {
    /// All of them, from little to most.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// So many levels up (or down), at most to the end of the scale.
    #[must_use]
    pub fn moved(self, by: i8) -> Self {
        let last = Self::ALL.len() - 1;
        let place = (self as usize).saturating_add_signed(isize::from(by)).min(last);
        Self::ALL.get(place).copied().unwrap_or(self)
    }
}

/// The first touchpoint on the customer's journey that tells the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakPoint {
    /// The shopping ad: mild.
    Feed,
    /// The category or search page.
    Listing,
    /// The product page.
    Page,
    /// The cart, at the earliest.
    Cart,
    /// None did: the worst.
    AfterPaying,
}

impl BreakPoint {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Listing => "listing",
            Self::Page => "page",
            Self::Cart => "cart",
            Self::AfterPaying => "after_paying",
        }
    }
}

/// What is usual in a shop's catalogue: the geometric mean of what its items cost, sell and are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    price: Mean,
    units_sold: Mean,
    views: Mean,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Mean {
    count: u64,
    logarithms: f64,
}

impl Mean {
    fn note(&mut self, value: Option<Decimal>) {
        if let Some(value) = value.and_then(|value| value.to_f64()).filter(|value| *value > 0.0) {
            self.count += 1;
            self.logarithms += value.ln();
        }
    }

    /// How many times the mean a value is.
    fn times(&self, value: Option<Decimal>) -> Option<f64> {
        let value = value?.to_f64().filter(|value| *value >= 0.0)?;
        (self.count > 1).then(|| value / (self.logarithms / self.count as f64).exp())
    }
}

impl Usual {
    /// Takes an item of the catalogue into account.
    pub fn note(&mut self, item: &Item) {
        self.price.note(item.price);
        self.units_sold.note(item.units_sold);
        self.views.note(item.views);
    }

    /// How many times the usual an item is, by name; what the catalogue does not say of it, or of no other item, is left
    /// out. Views count only where units sold are not known: both say how many customers meet it.
    pub fn times(&self, item: &Item) -> Vec<(&'static str, f64)> {
        let price = self.price.times(item.price).map(|times| ("price", times));
        let sold = self.units_sold.times(item.units_sold).map(|times| ("units sold", times));
        let viewed = self.views.times(item.views).map(|times| ("views", times));
        price.into_iter().chain(sold.or(viewed)).collect()
    }
}

/// What a score is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// Which way the promise is wrong.
    Direction,
    /// Where on the journey the customer learns the truth.
    BreakPoint,
    /// What the item weighs: its price and how much of it is sold or looked at, beside what is usual in the shop.
    Weight,
    /// How long it has been wrong.
    Age,
}

impl FactorKind {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Direction => "direction",
            Self::BreakPoint => "break_point",
            Self::Weight => "weight",
            Self::Age => "age",
        }
    }
}

/// One factor of a score.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Factor {
    /// What it is.
    pub kind: FactorKind,
    /// By how much it multiplies, in hundredths: 150 is "one and a half times".
    pub percent: u32,
    /// Why, in machine words: `false_available`, `cart`, `3.2 times the usual price`, `wrong for 5 days`.
    pub what: String,
}

/// How much an incident harms, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Severity {
    /// The level, a rule of the configuration applied.
    pub level: SeverityLevel,
    /// 100 times all factors; an ordinary sold-out product that is promised up to the cart has 100.
    pub score: u32,
    /// What the score is made of, in order.
    pub factors: Vec<Factor>,
    /// The rule of the configuration that changed the level, counted from 1.
    pub rule: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_move_within_their_scale() {
        use SeverityLevel::*;
        for (level, by, expected) in
            [(Low, 1, Medium), (Low, -1, Low), (High, 5, Critical), (Critical, -2, Medium), (Medium, 0, Medium)]
        {
            assert_eq!(level.moved(by), expected, "{level:?} {by}");
        }
        assert!(SeverityLevel::ALL.is_sorted());
        assert!(SeverityLevel::ALL.iter().all(|level| SeverityLevel::from_code(level.code()) == Some(*level)));
    }
}
