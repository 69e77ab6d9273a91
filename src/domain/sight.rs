//! Which looks a run took and what they were worth, in numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Cause;

/// Why a page is looked at. The most telling reason comes first: of several it is the one that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookReason {
    /// Somebody asked for it, or for everything.
    Asked,
    /// Something on it was wrong and is not known to be right.
    Incident,
    /// Another touchpoint says the opposite of the stock system, or of the page as last seen.
    Contradiction,
    /// The stock of something on it changed since it was last looked at.
    Changed,
    /// Something on it cannot be bought.
    SoldOut,
    /// Something on it is nearly sold out.
    Near,
    /// It was never looked at.
    New,
    /// It could not be seen the last time.
    Unverified,
    /// It is its turn.
    Audit,
}

impl LookReason {
    /// All of them, the most telling first.
    pub const ALL: [Self; 9] = [
        Self::Asked,
        Self::Incident,
        Self::Contradiction,
        Self::Changed,
        Self::SoldOut,
        Self::Near,
        Self::New,
        Self::Unverified,
        Self::Audit,
    ];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Incident => "incident",
            Self::Contradiction => "contradiction",
            Self::Changed => "changed",
            Self::SoldOut => "sold_out",
            Self::Near => "near",
            Self::New => "new",
            Self::Unverified => "unverified",
            Self::Audit => "audit",
        }
    }

    /// The reason with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Which pages of a shop were looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// Pages that its items are on.
    pub pages: u64,
    /// Reason code → pages that were looked at for it.
    pub looked: BTreeMap<String, u64>,
    /// Pages among them that were as they had been, so that they were not read again.
    pub unchanged: u64,
    /// Pages that there was reason to look at and that the budget left out.
    pub left: u64,
    /// Pages that were not looked at for longer than the configuration wants.
    pub overdue: u64,
}

/// How a touchpoint of a shop keeps its promises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TouchpointSummary {
    /// Feeds or listings that were read; pages that were looked at; carts that were asked.
    pub places: u64,
    /// Items of which it said something in this run that could be held against the stock.
    pub items: u64,
    /// Those among them of which it told the truth.
    pub agreed: u64,
    /// Items of which it is known whether it tells the truth, by this run or an earlier one.
    pub known: u64,
    /// Those among them of which it does.
    pub true_now: u64,
    /// Changes of stock, lately, that it was seen to follow.
    pub followed: u64,
    /// Those that it has not followed yet.
    #[serde(default)]
    pub behind: u64,
    /// How long it takes at least to follow a change of stock, in seconds: half of the changes no longer, as far as that is
    /// proved; what it has not followed yet counts with the time that has passed.
    pub lag_p50: Option<u64>,
    /// The same for 95 of 100.
    pub lag_p95: Option<u64>,
}

impl TouchpointSummary {
    /// Changes of stock, lately, that it was watched to follow.
    pub fn changes(&self) -> u64 {
        self.followed + self.behind
    }
}

/// Incidents of a shop that share a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseSummary {
    /// The cause.
    pub cause: Cause,
    /// What they share, as [`Why::at`](super::Why::at).
    pub at: String,
    /// How many there are.
    pub incidents: u64,
    /// What speaks for it, in words.
    pub evidence: String,
}

/// What came of asking a shop's cart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeSummary {
    /// Items that were put into a cart, or were to be.
    pub asked: u64,
    /// Those that the shop would not put there.
    pub refused: u64,
    /// Those that it did.
    pub accepted: u64,
    /// Those of which it could not be found out.
    pub failed: u64,
    /// The first of these, and why, in words.
    #[serde(default)]
    pub why_failed: Option<String>,
    /// What may still lie in a cart, one line each: the item, what remains and what to do.
    pub not_cleaned: Vec<String>,
}

impl ProbeSummary {
    /// Why nothing came of it, where the cart was asked and said nothing of any item.
    pub fn all_failed(&self) -> Option<&String> {
        self.why_failed.as_ref().filter(|_| self.asked > 0 && self.failed == self.asked)
    }
}

/// One of a shop's own targets that was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetMissed {
    /// Touchpoint code.
    pub touchpoint: String,
    /// Its key in the configuration: `truth_rate` or `lag_p95`.
    pub target: String,
    /// What is wanted, as people write it: `99.5%`, `15m`.
    pub wanted: String,
    /// What it was, likewise, and of how many.
    pub was: String,
}
