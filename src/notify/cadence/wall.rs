//! The clock on a recipient's wall, and the moments at which it shows something.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// A clock that is put forward and back as its zone wants it.
pub(super) struct Wall(TimeZone);

impl Wall {
    /// Of this IANA zone, which the configuration has checked; of UTC where this machine does not know it any more.
    pub(super) fn new(zone: &str) -> Self {
        Self(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
    }

    /// What it shows.
    pub(super) fn at(&self, now: Timestamp) -> DateTime {
        self.0.to_datetime(now)
    }

    /// The first moment at which it shows this or, where it leaves that out, more.
    pub(super) fn first(&self, shown: DateTime) -> Option<Timestamp> {
        match self.0.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(shown).ok()
            }
            // By the offset to come the moment lies before the jump.
            AmbiguousOffset::Gap { after, .. } => self.next_change(after.to_timestamp(shown).ok()?),
        }
    }

    /// When it is next put forward or back.
    pub(super) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.following(now).next().map(|change| change.timestamp())
    }

    /// When it next shows this, if it goes on from `now` as it does; at the latest when it is put forward or back.
    pub(super) fn reach(&self, now: Timestamp, shown: DateTime) -> Option<Timestamp> {
        let straight = self.0.to_offset(now).to_timestamp(shown).ok()?;
        Some(self.next_change(now).map_or(straight, |change| change.min(straight)))
    }

    /// The begin and the end of the day it shows.
    pub(super) fn day(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let midnight = |date: Date| self.first(date.to_datetime(Time::midnight()));
        let mut date = self.at(now).date();
        loop {
            let tomorrow = date.saturating_add(1.day());
            let end = midnight(tomorrow).unwrap_or(Timestamp::MAX);
            // Put back over midnight it shows yesterday's evening again; by then today has begun.
            if end > now || tomorrow == date {
                return (midnight(date).unwrap_or(Timestamp::MIN), end);
            }
            date = tomorrow;
        }
    }
}
