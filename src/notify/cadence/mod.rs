//! When a recipient is told: at which times, how often again, and when not at all. Pure, with no clock of its own.
//!
//! All times are the recipient's own, on the wall in [`Cadence::timezone`]. Where a clock is put forward or back, two
//! rules hold: what falls into the hour that is left out happens once, as soon as it is over; and what falls into the
//! hour that comes twice happens once, the first time. Quiet is whatever the clock on the wall calls quiet, in both.
//!
//! A time of a digest that falls into quiet time does not count: who keeps the Sabbath and is told at 08:00 hears on
//! Sunday at 08:00, and not on Saturday night.

mod quiet;
mod schedule;
#[cfg(test)]
mod tests;
mod wall;

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};

use crate::domain::SeverityLevel;

pub use quiet::Quiet;
pub use schedule::{Cron, CronFault, Schedule};

use wall::Wall;

const DAY: Duration = Duration::from_secs(86_400);

/// When a recipient is told, of what, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// IANA time zone of all times below and of those in a notice, such as `Asia/Jerusalem`.
    pub timezone: String,
    /// When a digest goes out. Empty: with the run that finds something.
    pub digest: Vec<Schedule>,
    /// What is at least this severe does not wait for a digest. `None`: everything does.
    pub at_once: Option<SeverityLevel>,
    /// Pauses between being told of the same incident again; the last one repeats. Empty: never again.
    pub reminders: Vec<Duration>,
    /// When nothing is told at all.
    pub quiet: Vec<Quiet>,
    /// Days on which nothing is told either, from the first to the last.
    pub holidays: Vec<(Date, Date)>,
    /// What a digest tells.
    pub tells: Tells,
    /// Most notices on one day.
    pub max_per_day: Option<u32>,
    /// What is less severe is not told at all.
    pub least: SeverityLevel,
}

/// What a digest tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tells {
    /// What is new, what is put right, and what a reminder is due for.
    #[default]
    Changes,
    /// Beside what is new or put right, everything that is open, every time.
    AllOpen,
}

impl Tells {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::AllOpen => "all_open",
        }
    }
}

impl Default for Cadence {
    /// Told with the run that finds it, and again after one, two, four and seven days, then every seven.
    fn default() -> Self {
        Self {
            timezone: "UTC".to_owned(),
            digest: Vec::new(),
            at_once: None,
            reminders: vec![DAY, 2 * DAY, 4 * DAY, 7 * DAY],
            quiet: Vec::new(),
            holidays: Vec::new(),
            tells: Tells::default(),
            max_per_day: None,
            least: SeverityLevel::Low,
        }
    }
}

impl Cadence {
    /// Until when nothing may be told. `None`: it is not quiet now. Windows that touch run into one another.
    ///
    /// Where it is always quiet, [`Timestamp::MAX`]; see [`Cadence::is_always_quiet`].
    pub fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        quiet::until(self, &self.wall(), now)
    }

    /// Whether the quiet times leave no minute of the week.
    pub fn is_always_quiet(&self) -> bool {
        quiet::fill_the_week(&self.quiet)
    }

    /// Whether a digest was to go out after `since` and up to `now`, outside of quiet time. Always so without a
    /// schedule.
    pub fn digest_since(&self, since: Timestamp, now: Timestamp) -> bool {
        let wall = self.wall();
        // Nobody waits for so long that it matters, and long ago there is much to look through.
        let since = since.max(wall.first(years(wall.at(now), -schedule::YEARS)).unwrap_or(since));
        self.digest.is_empty() || self.next_digest(since).is_some_and(|next| next <= now)
    }

    /// When the next digest goes out: the first scheduled time after `now` that is not quiet. `None` without a
    /// schedule, and where there is no such time within twelve years.
    pub fn next_digest(&self, now: Timestamp) -> Option<Timestamp> {
        let wall = self.wall();
        let last = years(wall.at(now), schedule::YEARS).date();
        let mut after = now;
        loop {
            let next = self.digest.iter().filter_map(|schedule| schedule.next(&wall, after, last)).min()?;
            match quiet::until(self, &wall, next) {
                None => return Some(next),
                // What is scheduled for the very end of it is not quiet any more.
                Some(end) => after = end.checked_sub(jiff::SignedDuration::from_nanos(1)).ok()?,
            }
        }
    }

    /// The pause after having been told `times` times of the same incident. `None`: it is not told again.
    pub fn reminder_after(&self, times: u32) -> Option<Duration> {
        let place = usize::try_from(times.saturating_sub(1)).unwrap_or(usize::MAX);
        self.reminders.get(place).or(self.reminders.last()).copied()
    }

    /// The begin and the end of the recipient's day at `now`.
    pub fn day(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        self.wall().day(now)
    }

    fn wall(&self) -> Wall {
        Wall::new(&self.timezone)
    }
}

/// So many years later.
fn years(shown: DateTime, years: i16) -> DateTime {
    shown.saturating_add(years.years())
}
