//! Which pages can be wrong, which of them are looked at in a run, and whether touchpoints follow the stock as they should.
//! Pure: no input, no output, no clock of its own.
//!
//! The stock is read first, in bulk, so it is known before any page is fetched which pages can be wrong at all. [`reason`]
//! says why the page of an item is to be looked at, [`share`] how many of those for which nothing speaks are due all the
//! same, and [`cut`] what a budget leaves of both: the most telling reasons first, and of those with the same reason the page
//! that was not looked at for longest.
//!
//! What comes of the looks over the runs is in [`follow`] (how long a touchpoint takes to follow a change of stock) and
//! [`Targets`] (how long it may take, and how often it must tell the truth).

mod audit;
mod lag;
mod target;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::domain::LookReason;

pub use audit::{Round, cut, is_overdue, share};
pub use lag::{Lag, Said, Turn, follow, percentile, turned};
pub use target::Targets;

/// Looks in vain, one after the other, after which a page waits for its turn like all others: what robots.txt forbids or
/// what says nothing must not use up the budget run by run.
const IN_VAIN: u32 = 3;

/// What the configuration can say of planning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Most pages in one run; `None`: as many as there is reason to look at.
    pub budget: Option<u64>,
    /// Every page is looked at once within this time. Zero: with every run.
    pub audit_within: Duration,
    /// An item with fewer pieces than this above its threshold is nearly sold out.
    pub near: Decimal,
}

impl Default for Options {
    /// Everything with every run.
    fn default() -> Self {
        Self { budget: None, audit_within: Duration::ZERO, near: Decimal::TWO }
    }
}

impl Options {
    /// As for who asks for everything.
    pub fn without_limits(&self) -> Self {
        Self { near: self.near, ..Self::default() }
    }
}

/// What is known of an item before its page is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Somebody asked for it, or for everything.
    pub asked: bool,
    /// It has an incident that is not over.
    pub incident: bool,
    /// Another touchpoint says the opposite of the stock, or of the page as last seen.
    pub contradiction: bool,
    /// Whether it may be bought. `None`: no stock source says.
    pub buyable: Option<bool>,
    /// Pieces above the threshold, where it is their number that decides.
    pub above: Option<Decimal>,
    /// When its page was last looked at. `None`: never, as far as is remembered.
    pub looked_at: Option<Timestamp>,
    /// Looks in a row that verified nothing.
    pub in_vain: u32,
    /// Whether it was seen to turn from one that may be bought into one that may not, or back, since then.
    pub has_turned: bool,
}

/// Why the page of an item is to be looked at. `None`: only because it is its turn.
pub fn reason(case: &Case, near: Decimal) -> Option<LookReason> {
    let is_near = case.buyable == Some(true) && case.above.is_some_and(|above| above < near);
    let reasons = [
        (case.asked, LookReason::Asked),
        (case.incident, LookReason::Incident),
        (case.contradiction, LookReason::Contradiction),
        (case.has_turned && case.looked_at.is_some(), LookReason::Changed),
        (case.buyable == Some(false), LookReason::SoldOut),
        (is_near, LookReason::Near),
        (case.looked_at.is_none(), LookReason::New),
        ((1..IN_VAIN).contains(&case.in_vain), LookReason::Unverified),
    ];
    reasons.into_iter().find_map(|(is_so, reason)| is_so.then_some(reason))
}
