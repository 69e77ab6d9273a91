//! Whether a recipient is to be told of an incident now, and why not if not. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::cadence::{Cadence, Tells};
use super::{Muted, Recipient};
use crate::domain::{Correspondence, Incident, IncidentState, Section, SeverityLevel, Streak, Telling};

/// One incident before one recipient.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Who.
    pub recipient: &'a Recipient,
    /// When they were told of it, if they believe it open.
    pub told: Option<&'a Telling>,
    /// What is remembered of them.
    pub past: &'a Correspondence,
    /// What keeps everybody from being told of it.
    pub muted: Option<&'a Muted>,
    /// Whether a stock source of its shop is not believed: it may rest on that source.
    pub doubted: bool,
    /// What was last seen wrong before then is not said to be wrong still.
    pub seen_since: Timestamp,
    /// Whether it is their time.
    pub turn: &'a Turn,
}

/// Whether it is a recipient's time now, whatever there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Until when it is quiet; `None`: it is not.
    pub quiet_until: Option<Timestamp>,
    /// Whether a time of their digest has come since this was last decided. Who has none is told with every run.
    pub digest_is_due: bool,
    /// When their next digest is; `None`: none is scheduled.
    pub next_digest: Option<Timestamp>,
    /// When their day ends.
    pub day_ends: Timestamp,
}

impl Turn {
    /// By their cadence, where it was last decided who is told at `planned_at`. `None`: never; then no scheduled time has
    /// come yet.
    pub fn of(cadence: &Cadence, planned_at: Option<Timestamp>, now: Timestamp) -> Self {
        Self {
            quiet_until: cadence.quiet_until(now),
            digest_is_due: cadence.digest_since(planned_at.unwrap_or(now).min(now), now),
            next_digest: cadence.next_digest(now),
            day_ends: cadence.day(now).1,
        }
    }
}

/// What is to be said of an incident now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// It is told, as this.
    Tell(Section),
    /// Nothing.
    Not(Why),
}

/// Why nothing is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It may yet turn out to be the shop's ordinary lag, or was not seen often enough.
    Suspected,
    /// It is put right, but they had not been told that it was wrong.
    NobodyWasTold,
    /// The catalogue does not list the item any more.
    LeftCatalogue,
    /// They were told of it, and the next reminder is due only then; `None`: never.
    ToldRecently(Option<Timestamp>),
    /// What tells them of it still waits to be delivered; one thing after the other.
    Undelivered,
    /// They were told of it; whether it is still wrong could not be seen lately.
    NotSeenLately,
    /// They were told of it, and it is right since then, but not for long enough yet to count as put right.
    RightNotForLong {
        /// When it was first seen right.
        since: Timestamp,
        /// How often it opened lately.
        times: usize,
        /// When the first time was.
        first: Option<Timestamp>,
    },
    /// Somebody has taken it on, until then or until it is put right.
    Acknowledged(Option<Timestamp>),
    /// The configuration expects it until then, or somebody silenced or ignores it.
    Muted(Box<Muted>),
    /// A stock source of its shop is not believed, and it may rest on that source.
    StockDoubted,
    /// It harms less than they want to be told of.
    BelowLeast(SeverityLevel),
    /// It is their quiet time until then.
    Quiet(Timestamp),
    /// They were told as often as they want to be in a day; the next one begins then.
    DailyLimit(Timestamp),
    /// It waits for their next digest, at that time. `None`: no digest is scheduled any more.
    WaitsForDigest(Option<Timestamp>),
    /// Their mailbox or webhook lately refused for good, and so did the fallback's; another attempt follows after the
    /// reminder interval.
    Refuses,
}

impl Why {
    /// Stable machine name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::NobodyWasTold => "nobody_was_told",
            Self::LeftCatalogue => "left_catalogue",
            Self::ToldRecently(_) => "told_recently",
            Self::Undelivered => "undelivered",
            Self::NotSeenLately => "not_seen_lately",
            Self::RightNotForLong { .. } => "right_not_for_long",
            Self::Acknowledged(_) => "acknowledged",
            Self::Muted(muted) => muted.code(),
            Self::StockDoubted => "stock_doubted",
            Self::BelowLeast(_) => "below_least",
            Self::Quiet(_) => "quiet",
            Self::DailyLimit(_) => "daily_limit",
            Self::WaitsForDigest(_) => "waits_for_digest",
            Self::Refuses => "refuses",
        }
    }

    /// When it is decided anew at the earliest, where that is known.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::ToldRecently(until) | Self::Acknowledged(until) | Self::WaitsForDigest(until) => *until,
            Self::Muted(muted) => muted.until(),
            Self::Quiet(until) | Self::DailyLimit(until) => Some(*until),
            Self::Suspected
            | Self::NobodyWasTold
            | Self::LeftCatalogue
            | Self::Undelivered
            | Self::NotSeenLately
            | Self::RightNotForLong { .. }
            | Self::StockDoubted
            | Self::BelowLeast(_)
            | Self::Refuses => None,
        }
    }
}

/// Decides: first whether there is anything to say, then whether anybody may, then whether it is the time.
pub fn due(case: &Case<'_>, now: Timestamp) -> Due {
    match section(case, now).and_then(|section| allowed(case, section).map(|()| section)) {
        Ok(section) => Due::Tell(section),
        Err(why) => Due::Not(why),
    }
}

/// What it would be told as.
fn section(case: &Case<'_>, now: Timestamp) -> Result<Section, Why> {
    let ack = case.incident.ack.as_ref().and_then(|ack| ack.until);
    let state = match case.incident.state {
        // Its time is up, whether or not somebody has looked since.
        IncidentState::Acknowledged if ack.is_some_and(|until| until <= now) => IncidentState::Open,
        state => state,
    };
    match (state, case.told) {
        (IncidentState::Suspected, _) => Err(Why::Suspected),
        (IncidentState::Expired, _) => Err(Why::LeftCatalogue),
        (IncidentState::Resolved, None) => Err(Why::NobodyWasTold),
        (IncidentState::Acknowledged, _) => Err(Why::Acknowledged(ack)),
        (IncidentState::Resolved | IncidentState::Open, Some(told)) if told.waits => Err(Why::Undelivered),
        (IncidentState::Resolved, Some(_)) => Ok(Section::Fixed),
        (IncidentState::Open, None) => Ok(Section::New),
        (IncidentState::Open, Some(told)) if told.stale => Ok(Section::New),
        (IncidentState::Open, Some(_)) if case.incident.streak.right > 0 => {
            let Streak { right_since, openings, .. } = &case.incident.streak;
            let since = right_since.unwrap_or(case.incident.last_seen);
            Err(Why::RightNotForLong { since, times: openings.len(), first: openings.first().copied() })
        }
        (IncidentState::Open, Some(_)) if case.incident.last_seen < case.seen_since => Err(Why::NotSeenLately),
        (IncidentState::Open, Some(told)) => {
            let cadence = &case.recipient.cadence;
            if cadence.tells == Tells::AllOpen && !cadence.digest.is_empty() && case.turn.digest_is_due {
                return Ok(Section::Still);
            }
            let next = cadence.reminder_after(told.times).map(|pause| later(told.at, pause));
            if next.is_some_and(|next| next <= now) { Ok(Section::Still) } else { Err(Why::ToldRecently(next)) }
        }
    }
}

/// Whether it may be told, and now.
fn allowed(case: &Case<'_>, section: Section) -> Result<(), Why> {
    let cadence = &case.recipient.cadence;
    // What was stored before severities were has counted all along.
    let level = case.incident.severity.as_ref().map(|severity| severity.level);
    if let Some(muted) = case.muted {
        return Err(Why::Muted(Box::new(muted.clone())));
    }
    if case.doubted {
        return Err(Why::StockDoubted);
    }
    if section != Section::Fixed && level.is_some_and(|level| level < cadence.least) {
        return Err(Why::BelowLeast(cadence.least));
    }
    if let Some(until) = case.turn.quiet_until {
        return Err(Why::Quiet(until));
    }
    if cadence.max_per_day.is_some_and(|most| case.past.today >= most) {
        return Err(Why::DailyLimit(case.turn.day_ends));
    }
    let at_once = cadence.at_once.zip(level).is_some_and(|(least, level)| level >= least) && section != Section::Fixed;
    if !at_once && !case.turn.digest_is_due {
        return Err(Why::WaitsForDigest(case.turn.next_digest));
    }
    Ok(())
}

fn later(then: Timestamp, pause: Duration) -> Timestamp {
    then.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
