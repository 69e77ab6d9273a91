//! When a digest goes out.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ToSpan};

use super::wall::Wall;

/// So many years are looked ahead: the 29th of February may be eight away.
pub(super) const YEARS: i16 = 12;

/// Within so many every day of the year falls on every day of the week.
const ALL_YEARS: i16 = 40;

/// When a digest goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every day at this time.
    Daily(Time),
    /// As a cron expression says.
    Cron(Cron),
}

impl Schedule {
    /// The first scheduled moment after `after`, up to the day `last`.
    pub(super) fn next(&self, wall: &Wall, after: Timestamp, last: Date) -> Option<Timestamp> {
        let shown = wall.at(after);
        let dates = std::iter::successors(Some(shown.date()), |date| date.tomorrow().ok());
        dates.take_while(|date| *date <= last).filter(|date| self.is_on(*date)).find_map(|date| {
            // What the wall has shown already is over, even if it shows it again.
            let times = self.times().iter().map(|time| date.to_datetime(*time)).filter(|time| *time > shown);
            times.filter_map(|time| wall.first(time)).find(|moment| *moment > after)
        })
    }

    fn is_on(&self, date: Date) -> bool {
        match self {
            Self::Daily(_) => true,
            Self::Cron(cron) => cron.is_on(date),
        }
    }

    fn times(&self) -> &[Time] {
        match self {
            Self::Daily(time) => std::slice::from_ref(time),
            Self::Cron(cron) => &cron.times,
        }
    }

    /// Whether the wall's clock at its full minute is one of the scheduled times.
    #[cfg(test)]
    pub(super) fn is_at(&self, shown: jiff::civil::DateTime) -> bool {
        self.is_on(shown.date()) && self.times().contains(&shown.time())
    }
}

/// A cron expression of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).
#[derive(Clone)]
pub struct Cron {
    text: String,
    days: Box<croner::Cron>,
    /// The times of such a day, in order.
    times: Vec<Time>,
}

/// Why a cron expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronFault {
    /// There are more or fewer than five fields.
    #[error("a cron expression has five fields, and this has {0}")]
    Fields(usize),
    /// A field cannot be read.
    #[error("this is no cron expression")]
    Unreadable,
    /// No day is like that, such as the 31st of February.
    #[error("there is never such a day")]
    Never,
}

impl Cron {
    /// Reads an expression such as `0 14 * * 0-4`.
    ///
    /// # Errors
    /// If it is none, or names a day that there never is.
    pub fn new(text: &str) -> Result<Self, CronFault> {
        let fields = text.split_whitespace().count();
        if fields != 5 {
            return Err(CronFault::Fields(fields));
        }
        let days: croner::Cron = text.parse().map_err(|_| CronFault::Unreadable)?;
        let is_at = |hour: i8, minute: i8| {
            let both = (days.pattern.hour_match(unsigned(hour)), days.pattern.minute_match(unsigned(minute)));
            matches!(both, (Ok(true), Ok(true)))
        };
        let minutes = (0..24).flat_map(|hour| (0..60).map(move |minute| (hour, minute)));
        let times = minutes.filter(|(hour, minute)| is_at(*hour, *minute));
        let times = times.filter_map(|(hour, minute)| Time::new(hour, minute, 0, 0).ok()).collect();
        let cron = Self { text: text.trim().to_owned(), days: Box::new(days), times };
        let any = Date::new(2000, 1, 1).unwrap_or(Date::ZERO);
        let last = any.saturating_add(ALL_YEARS.years());
        let ever = any.series(1.day()).take_while(|date| *date < last).any(|date| cron.is_on(date));
        if ever && !cron.times.is_empty() { Ok(cron) } else { Err(CronFault::Never) }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn is_on(&self, date: Date) -> bool {
        use croner::Weekday as Day;
        let weekday = match date.weekday() {
            Weekday::Sunday => Day::Sunday,
            Weekday::Monday => Day::Monday,
            Weekday::Tuesday => Day::Tuesday,
            Weekday::Wednesday => Day::Wednesday,
            Weekday::Thursday => Day::Thursday,
            Weekday::Friday => Day::Friday,
            Weekday::Saturday => Day::Saturday,
        };
        let (month, day) = (unsigned(date.month()), unsigned(date.day()));
        let pattern = &self.days.pattern;
        matches!(pattern.month_match(month), Ok(true))
            && matches!(pattern.day_match(date.year().into(), month, day, weekday), Ok(true))
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cron({:?})", self.text)
    }
}

fn unsigned(number: i8) -> u32 {
    u32::from(number.unsigned_abs())
}
