//! Claims × stock facts → verdicts. Pure: no input, no output, no clock of its own.
//!
//! [`judge`] holds one look at a touchpoint against one answer of the stock source. The rules, in this order; the first
//! that applies decides:
//!
//! | the page | the stock source | verdict |
//! |---|---|---|
//! | could not be fetched | any | `unverified(the failure)` |
//! | was a challenge, consent wall, login or maintenance page | any | `unverified(the obstacle)` |
//! | answered 404 or 410, or leads to the home page or a folder above | any | `gone`: whoever lists the item still promises it |
//! | answered another status than 2xx | any | `unverified(http_status)` |
//! | could not be read as a promise | any | `unverified(why)` |
//! | read | no key, no such item, no readable answer | `unverified(no_key, stock_missing, stock_failed)` |
//! | buyable, and it (or the stock source) named a day that is over | nothing sellable | `expired_promise` |
//! | buyable | not buyable | `false_available` |
//! | not buyable | buyable | `false_unavailable` |
//! | agrees, but its signals contradict each other | | `contradictory` |
//! | agrees | | `agrees` |
//!
//! [`step`] does the same for the other touchpoints of the customer's journey, [`on_the_way`] makes one judgement of them all and
//! [`break_point`] says where on the way the truth comes out.
//!
//! [`confirm()`] holds the later looks at a suspect against the first one: only what was wrong on every look is wrong.

mod because;
mod cause;
mod confirm;
mod journey;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Availability, Claim, Fold, Judgement, PageFailure, Policy, StockAnswer, StockFact, Unknown, Unverified, Verdict,
};

pub use cause::{Around, Patterns, likely};
pub use confirm::{Looks, confirm};
pub use journey::{break_point, leads_nowhere, on_the_way, step};

/// A promised date mostly names a day (`2026-05-01`, read as its first moment): it has passed when the day is over.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What one look at a touchpoint gave.
#[derive(Clone, Copy, Debug)]
pub enum Sight<'a> {
    /// A page arrived with this HTTP status and was read. Every status may be passed; [`judge`] sorts them.
    Claim(&'a Claim, u16),
    /// No page arrived.
    Failure(&'a PageFailure),
    /// The page is gone (404, 410) and there was nothing to read.
    Gone {
        /// HTTP status.
        status: u16,
    },
}

/// Holds what was seen against what the stock source answered. `answer` is `None` where neither catalogue nor page names
/// a key to ask by. `now` decides whether a promised date has passed.
pub fn judge(sight: &Sight<'_>, answer: Option<&StockAnswer>, now: Timestamp) -> Judgement {
    judge_at(sight, None, answer, now)
}

/// As [`judge`], of a feed or listing of this name.
fn judge_at(sight: &Sight<'_>, place: Option<&str>, answer: Option<&StockAnswer>, now: Timestamp) -> Judgement {
    let claim = match *sight {
        Sight::Failure(&PageFailure::Status { status }) if is_gone(status) => {
            return gone(&because::dead_page(status), answer);
        }
        Sight::Failure(PageFailure::Elsewhere { what, .. }) => return gone(&because::led_away(what), answer),
        Sight::Failure(failure) => return unverified(Unverified::Page(failure.clone()), because::failure(failure)),
        Sight::Gone { status } => return gone(&because::dead_page(status), answer),
        Sight::Claim(claim, status) => match standing(claim, status) {
            Standing::Promise => claim,
            Standing::Gone => return gone(&because::dead_page(status), answer),
            Standing::Nothing(why, because) => return unverified(why, because),
        },
    };
    let fact = match answer {
        None => return unverified(Unverified::NoKey, because::no_key(claim, place)),
        Some(StockAnswer::Missing) => return unverified(Unverified::StockMissing, because::missing(claim, place)),
        Some(StockAnswer::Failed(why)) => {
            return unverified(Unverified::StockFailed(why.clone()), because::failed(claim, place, why));
        }
        Some(StockAnswer::Known(fact)) => fact,
    };
    let promised = claim.availability.fold() == Fold::Buyable;
    let expired = if promised { expired(claim, fact, now) } else { None };
    let (verdict, because) = match (promised, buyable(fact, now)) {
        _ if expired.is_some() => (Verdict::ExpiredPromise, because::expired(claim, place, fact, expired)),
        (true, false) => (Verdict::FalseAvailable, because::both(claim, place, fact)),
        (false, true) => (Verdict::FalseUnavailable, because::both(claim, place, fact)),
        _ if claim.contradicts => (Verdict::Contradictory, because::contradiction(claim, place, fact)),
        _ => (Verdict::Agrees, because::both(claim, place, fact)),
    };
    Judgement { verdict, cause: None, because }
}

/// What a page that arrived is good for.
enum Standing {
    Promise,
    Gone,
    Nothing(Unverified, String),
}

fn standing(claim: &Claim, status: u16) -> Standing {
    let unknown = match claim.availability {
        Availability::Unknown(why) => Some(why),
        _ => None,
    };
    match unknown {
        // A wall in front of the page says more than the status it stands there with, a 404 included.
        Some(why) if is_wall(why) => Standing::Nothing(Unverified::Claim(why), because::unknown(why)),
        _ if is_gone(status) => Standing::Gone,
        _ if !(200..300).contains(&status) => {
            let failure = PageFailure::Status { status };
            let because = because::failure(&failure);
            Standing::Nothing(Unverified::Page(failure), because)
        }
        Some(why) => Standing::Nothing(Unverified::Claim(why), because::unknown(why)),
        None => Standing::Promise,
    }
}

fn is_gone(status: u16) -> bool {
    matches!(status, 404 | 410)
}

fn is_wall(why: Unknown) -> bool {
    matches!(why, Unknown::Challenge | Unknown::ConsentWall | Unknown::Login | Unknown::Maintenance)
}

fn unverified(why: Unverified, because: String) -> Judgement {
    Judgement { verdict: Verdict::Unverified(why), cause: None, because }
}

fn gone(what: &str, answer: Option<&StockAnswer>) -> Judgement {
    Judgement { verdict: Verdict::Gone, cause: None, because: because::gone(what, answer) }
}

/// Whether what the stock source answered can be bought. `None`: it did not say.
pub fn may_be_bought(answer: Option<&StockAnswer>, now: Timestamp) -> Option<bool> {
    match answer {
        Some(StockAnswer::Known(fact)) => Some(buyable(fact, now)),
        _ => None,
    }
}

/// Whether there is enough on the shelf, or the shelf is not counted.
fn sellable(fact: &StockFact) -> bool {
    match fact.policy {
        Policy::Discontinued => false,
        Policy::Untracked | Policy::MadeToOrder => true,
        Policy::Tracked | Policy::Backorder | Policy::Preorder { .. } => {
            fact.sellable.is_some_and(|quantity| quantity >= fact.threshold)
        }
    }
}

/// [`StockFact::buyable`], but a preorder whose release day is over is an order like any other.
pub fn buyable(fact: &StockFact, now: Timestamp) -> bool {
    match fact.policy {
        Policy::Preorder { until: Some(until) } if is_over(until, now) => sellable(fact),
        _ => fact.buyable(),
    }
}

/// The promised day that is over although nothing is there to keep the promise with.
fn expired(claim: &Claim, fact: &StockFact, now: Timestamp) -> Option<Timestamp> {
    if sellable(fact) {
        return None;
    }
    let on_the_page =
        matches!(claim.availability, Availability::PreOrder | Availability::PreSale | Availability::BackOrder)
            .then_some(claim.date)
            .flatten();
    let in_stock_source = match fact.policy {
        Policy::Preorder { until } => until,
        _ => None,
    };
    [on_the_page, in_stock_source].into_iter().flatten().find(|day| is_over(*day, now))
}

fn is_over(day: Timestamp, now: Timestamp) -> bool {
    day.checked_add(A_DAY).is_ok_and(|end| end <= now)
}
