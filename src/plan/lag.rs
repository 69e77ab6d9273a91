//! How long touchpoints take to follow a change of stock.
//!
//! Only what was seen is counted: between two looks a touchpoint may have followed at any moment. So a lag is *at least* the
//! time from the change to the last look at which the touchpoint was still wrong, and nothing where it was right at the first;
//! and it is *at most* the time to the first look at which it was right.

use jiff::{SignedDuration, Timestamp};

/// When what may be bought turned into what may not, or back: at some time between these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub by: Timestamp,
}

/// When an item turned that was otherwise at the last run. A stock source that says since when the quantity is as it is says
/// it to the second; else it was some time since.
pub fn turned(last_run: Timestamp, changed_at: Option<Timestamp>, now: Timestamp) -> Turn {
    match changed_at.filter(|at| (last_run..=now).contains(at)) {
        Some(at) => Turn { from: at, by: at },
        None => Turn { from: last_run.min(now), by: now },
    }
}

/// What a touchpoint said of an item on one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// What the stock says.
    Right,
    /// The opposite: what may have been right before the stock turned.
    Behind,
    /// Something wrong that no turn of the stock explains: it is gone, it contradicts itself.
    Wrong,
}

/// How a touchpoint follows one turn of an item's stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    /// At least so long.
    pub at_least: SignedDuration,
    /// At most so long. `None`: it has not followed yet.
    pub at_most: Option<SignedDuration>,
}

/// What one more look after a turn says of the lag. `None`: nothing.
pub fn follow(before: Option<Lag>, turn: Turn, said: Said, at: Timestamp) -> Option<Lag> {
    let since = |then: Timestamp| at.duration_since(then).max(SignedDuration::ZERO);
    let so_far = before.map_or(SignedDuration::ZERO, |lag| lag.at_least);
    match (before, said) {
        // It followed once; that it is wrong again is no lag.
        (Some(Lag { at_most: Some(_), .. }), _) | (_, Said::Wrong) => None,
        (_, Said::Behind) => Some(Lag { at_least: since(turn.by).max(so_far), at_most: None }),
        (_, Said::Right) => Some(Lag { at_least: so_far, at_most: Some(since(turn.from)) }),
    }
}

/// The value that so many percent of them do not exceed (nearest rank); they come in order.
pub fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}
