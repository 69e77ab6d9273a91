//! When nothing is told.

use jiff::civil::{Date, DateTime, Time, Weekday, time};
use jiff::{Timestamp, ToSpan};

use super::Cadence;
use super::wall::Wall;

/// Minutes of a day and of a week; a clock on the wall is read to the nanosecond, windows begin and end at minutes.
const DAY: i32 = 24 * 60;
const WEEK: i32 = 7 * DAY;

/// A time when nothing is told. It begins at its first minute and ends before its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// Every day; over midnight if it ends before it begins, and the whole day if it ends as it begins.
    Hours {
        /// Its begin.
        from: Time,
        /// Its end.
        to: Time,
    },
    /// Every week, likewise.
    Week {
        /// Its begin.
        from: (Weekday, Time),
        /// Its end.
        to: (Weekday, Time),
    },
    /// These days of the week, from midnight to midnight.
    Days(Vec<Weekday>),
}

impl Quiet {
    /// The Sabbath: from Friday 15:30 to Saturday 20:45, all year. That holds what calendars in Israel print for the
    /// lighting of the candles and for nightfall, in every season and town, with no table of sunsets to keep.
    pub const SHABBAT: Self =
        Self::Week { from: (Weekday::Friday, time(15, 30, 0, 0)), to: (Weekday::Saturday, time(20, 45, 0, 0)) };

    /// As minutes of the week, from Monday: begin and length.
    fn windows(&self) -> Vec<(i32, i32)> {
        let length = |from: i32, to: i32, all: i32| if to > from { to - from } else { to - from + all };
        match self {
            Self::Hours { from, to } => {
                let long = length(minute(*from), minute(*to), DAY);
                (0..7).map(|day| (day * DAY + minute(*from), long)).collect()
            }
            Self::Week { from, to } => {
                let (from, to) = (minute_of_week(*from), minute_of_week(*to));
                vec![(from, length(from, to, WEEK))]
            }
            Self::Days(days) => days.iter().map(|day| (minute_of_week((*day, Time::midnight())), DAY)).collect(),
        }
    }

    /// Where the clock on the wall shows `now` within it: what it shows at its end.
    fn end(&self, now: DateTime) -> Option<DateTime> {
        let minute = minute_of_week((now.weekday(), now.time()));
        let ends = self.windows().into_iter().filter_map(|(begin, length)| {
            let passed = (minute - begin).rem_euclid(WEEK);
            (passed < length).then_some(length - passed)
        });
        let full = now.date().to_datetime(Time::new(now.hour(), now.minute(), 0, 0).ok()?);
        ends.max().map(|left| full.saturating_add(left.minutes()))
    }
}

/// Until when it is quiet.
pub(super) fn until(cadence: &Cadence, wall: &Wall, now: Timestamp) -> Option<Timestamp> {
    if cadence.is_always_quiet() {
        return Some(Timestamp::MAX);
    }
    let mut until = now;
    // Each step goes to the end of a window or to where the clock is changed, whichever is first, and looks again.
    while let Some(end) = end(cadence, wall.at(until)) {
        match wall.reach(until, end) {
            Some(reached) if reached > until => until = reached,
            _ => return Some(Timestamp::MAX),
        }
    }
    (until > now).then_some(until)
}

/// Where the clock on the wall shows `now` within a window or a holiday: what it shows at the end of the longest.
fn end(cadence: &Cadence, now: DateTime) -> Option<DateTime> {
    let today = now.date();
    let holidays = cadence.holidays.iter().filter(|(first, last)| (*first..=*last).contains(&today));
    let holidays = holidays.map(|(_, last)| after(*last));
    cadence.quiet.iter().filter_map(|quiet| quiet.end(now)).chain(holidays).max()
}

/// The midnight that ends a day.
fn after(date: Date) -> DateTime {
    date.tomorrow().map_or(DateTime::MAX, |next| next.to_datetime(Time::midnight()))
}

/// Whether these leave no minute of the week.
pub(super) fn fill_the_week(quiet: &[Quiet]) -> bool {
    let mut windows: Vec<(i32, i32)> = quiet.iter().flat_map(Quiet::windows).collect();
    // What goes over the end of the week goes on at its begin.
    let over: Vec<(i32, i32)> = windows
        .iter()
        .filter(|(begin, length)| begin + length > WEEK)
        .map(|(begin, length)| (0, begin + length - WEEK))
        .collect();
    windows.extend(over);
    windows.sort_unstable();
    let covered =
        windows.into_iter().try_fold(
            0,
            |covered: i32, (begin, length)| {
                if begin > covered { Err(covered) } else { Ok(covered.max(begin + length)) }
            },
        );
    covered.is_ok_and(|covered| covered >= WEEK)
}

fn minute(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

fn minute_of_week((day, time): (Weekday, Time)) -> i32 {
    i32::from(day.to_monday_zero_offset()) * DAY + minute(time)
}
