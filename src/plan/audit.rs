//! How many of the pages for which nothing speaks are due in a run, and what a budget leaves.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::LookReason;

/// The pages for which nothing speaks but that they were not looked at for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// How many they are.
    pub pages: u64,
    /// How long ago the run before this one was. `None`: there was none.
    pub since_last: Option<SignedDuration>,
    /// Each of them is to be looked at once within this time.
    pub within: Duration,
}

impl Round {
    /// Whether a page that was last looked at then would be overdue by the next run, if that comes after as long a pause as
    /// this one.
    pub fn cannot_wait(&self, looked_at: Timestamp, now: Timestamp) -> bool {
        let pause = self.since_last.unwrap_or(SignedDuration::MAX);
        let age = now.duration_since(looked_at);
        age.checked_add(pause).is_none_or(|age| age > signed(self.within))
    }
}

/// How many of them are due now, those first that were not looked at for longest: the share of them that the pause since
/// the last run is of the time in which each has its turn. So the looks are spread evenly, and a run that comes late makes
/// up for those that did not come. What [cannot wait](Round::cannot_wait) is due beside that, in case the pauses
/// grow.
///
/// The time is counted shorter by one pause: what was looked at just after a run began to be too old would be seen only by the next.
pub fn share(round: &Round) -> u64 {
    let within = signed(round.within).as_millis();
    let Some(pause) = round.since_last.map(|pause| pause.as_millis().max(0)) else { return round.pages };
    let spread_over = within - pause;
    if spread_over <= pause {
        return round.pages;
    }
    let due = (u128::from(round.pages) * pause.unsigned_abs()).div_ceil(spread_over.unsigned_abs());
    u64::try_from(due).unwrap_or(u64::MAX).min(round.pages)
}

/// Whether a page that was not looked at in this run has waited for too long.
pub fn is_overdue(looked_at: Option<Timestamp>, within: Duration, now: Timestamp) -> bool {
    looked_at.is_none_or(|at| now.duration_since(at) > signed(within))
}

/// A fifth of a budget is kept for pages of which nothing is known to be wrong: new ones, those that could not be seen, and
/// those whose turn it is. Else whatever is sold out for long would use it up run by run, and the rest would never be seen.
const KEPT: u64 = 5;

/// How many of the pages wanted for each reason, the most telling first, a budget lets through. While others are suspected
/// too, open incidents have at most half of what is left to them: what is known to be wrong must not hide what became so.
pub fn cut<const N: usize>(wanted: [u64; N], budget: Option<u64>) -> [u64; N] {
    let budget = budget.unwrap_or(u64::MAX);
    let unsuspected = (LookReason::New as usize).min(N.saturating_sub(1));
    let incidents = LookReason::Incident as usize;
    let others: u64 = wanted.iter().skip(unsuspected).sum();
    let suspected: u64 = wanted.iter().take(unsuspected).skip(incidents + 1).sum();
    let kept = others.min(budget.div_ceil(KEPT)).min(budget.saturating_sub(1));
    let mut rest = budget - kept;
    let mut reason = 0;
    wanted.map(|wanted| {
        if reason == unsuspected {
            rest += kept;
        }
        let held_back = if reason == incidents { suspected.min(rest / 2) } else { 0 };
        reason += 1;
        let granted = wanted.min(rest - held_back);
        rest -= granted;
        granted
    })
}

pub(super) fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
