//! When people are told.

use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, tz::TimeZone};

use super::{At, values};
use crate::config::raw::cadence as raw;
use crate::config::structure::nearest;
use crate::config::units::{Fault, fault};
use crate::domain::SeverityLevel;
use crate::notify::cadence::{CronFault, Quiet, Schedule};
use crate::notify::{Cadence, Tells};

/// What everybody begins with: the defaults, in this machine's time zone.
pub(super) fn usual() -> Cadence {
    let timezone = TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
    Cadence { timezone, ..Cadence::default() }
}

/// What a section says, and what it does not say as in `usual`.
pub(super) fn cadence(at: &At<'_>, raw: &raw::Cadence, usual: &Cadence, now: Timestamp) -> Cadence {
    let mut cadence = usual.clone();
    if let Some(zone) = at.read("timezone", &raw.timezone, timezone) {
        cadence.timezone = zone;
    }
    if raw.digest.is_some() {
        cadence.digest = at.list("digest", &raw.digest, schedule);
    }
    let levels = SeverityLevel::ALL.map(|level| (level.code(), Some(level)));
    let or_never: Vec<_> = levels.into_iter().chain([("never", None)]).collect();
    if let Some(level) = at.read("at_once", &raw.at_once, |code| values::choice(code, &or_never)) {
        cadence.at_once = level;
    }
    if raw.reminders.is_some() {
        cadence.reminders = at.list("reminders", &raw.reminders, values::some_time);
        if cadence.reminders.iter().any(|pause| *pause < Duration::from_secs(3600)) {
            let help = "a day is usual; people stop reading what comes too often";
            at.key("reminders").warn(fault("this is often", help));
        }
    }
    if raw.quiet.is_some() {
        cadence.quiet = at.list("quiet", &raw.quiet, quiet);
    }
    if raw.holidays.is_some() {
        cadence.holidays = at.list("holidays", &raw.holidays, holiday);
    }
    let choices = [Tells::Changes, Tells::AllOpen].map(|tells| (tells.code(), tells));
    if let Some(tells) = at.read("tells", &raw.tells, |code| values::choice(code, &choices)) {
        cadence.tells = tells;
    }
    if let Some(most) = at.read("max_per_day", &raw.max_per_day, values::at_least_one) {
        cadence.max_per_day = Some(most.get());
    }
    if let Some(least) = at.read("least", &raw.least, level) {
        cadence.least = least;
    }
    find_contradictions(at, raw, &cadence, now);
    cadence
}

/// What each key says is right; what they say together may not be.
fn find_contradictions(at: &At<'_>, raw: &raw::Cadence, cadence: &Cadence, now: Timestamp) {
    let is_wrong = |key: &str| at.key(key).is_spoken_for();
    if is_wrong("digest") || is_wrong("quiet") || is_wrong("timezone") {
        return;
    }
    let own_quiet = raw.quiet.is_some();
    if cadence.is_always_quiet() {
        if own_quiet {
            at.key("quiet").error(fault("this leaves no time to tell anything", "leave some hours of the week"));
        }
        return;
    }
    if raw.digest.is_some() || own_quiet {
        let goes_out = |schedule: &Schedule| {
            Cadence { digest: vec![schedule.clone()], ..cadence.clone() }.next_digest(now).is_some()
        };
        let (good, quiet): (Vec<_>, Vec<_>) =
            cadence.digest.iter().enumerate().partition(|(_, schedule)| goes_out(schedule));
        let help = "a digest in quiet time does not go out, not even afterwards; move one of the two";
        if good.is_empty() && !quiet.is_empty() {
            let key = if raw.digest.is_some() { "digest" } else { "quiet" };
            at.key(key).error(fault("every time of the digest is quiet, so it never goes out", help));
        } else if raw.digest.is_some() {
            for (index, _) in quiet {
                at.key("digest").index(index).warn(fault("this time is always quiet", help));
            }
        }
    }
    if cadence.tells == Tells::AllOpen && cadence.digest.is_empty() && (raw.tells.is_some() || raw.digest.is_some()) {
        let key = if raw.tells.is_some() { "tells" } else { "digest" };
        let help = "give `digest` the times at which it is told, such as `[\"08:00\"]`";
        at.key(key).error(fault("all that is open would be told with every run", help));
    }
    let today = now.to_zoned(TimeZone::get(&cadence.timezone).unwrap_or(TimeZone::UTC)).date();
    let are_over = !cadence.holidays.is_empty() && cadence.holidays.iter().all(|(_, last)| *last < today);
    if raw.holidays.is_some() && are_over && !is_wrong("holidays") {
        at.key("holidays").warn(fault("all of these are over", "add those to come, or remove them"));
    }
}

/// A level of severity.
pub(super) fn level(code: &str) -> Result<SeverityLevel, Fault> {
    values::choice(code, &SeverityLevel::ALL.map(|level| (level.code(), level)))
}

/// A date.
pub(super) fn day(text: &str) -> Result<Date, Fault> {
    text.trim().parse().map_err(|_| fault("this is no date", "write it as year, month and day: `2026-12-31`"))
}

fn timezone(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    TimeZone::get(name)
        .map(|_| name.to_owned())
        .map_err(|_| fault("this time zone is not known", "write an IANA name such as `Asia/Jerusalem` or `UTC`"))
}

fn schedule(text: &str) -> Result<Schedule, Fault> {
    const HELP: &str = "write a time such as `08:00`, or minute, hour, day, month and weekday such as `0 14 * * 0-4`";
    let text = text.trim();
    if text.contains(':') && !text.contains(' ') {
        return match time(text) {
            Some(time) => Ok(Schedule::Daily(time)),
            None => Err(fault("this is no time of the day", HELP)),
        };
    }
    crate::notify::cadence::Cron::new(text).map(Schedule::Cron).map_err(|error| match error {
        CronFault::Fields(1) => fault("this is neither a time nor a cron expression", HELP),
        CronFault::Fields(_) | CronFault::Unreadable => fault(error.to_string(), HELP),
        CronFault::Never => fault(error.to_string(), "name a day that there is"),
    })
}

fn quiet(text: &str) -> Result<Quiet, Fault> {
    let written = text.trim().to_lowercase().replace(['\u{2013}', '\u{2014}'], "-");
    let parts: Vec<&str> = written.split('-').map(str::trim).collect();
    match parts.as_slice() {
        ["shabbat"] => return Ok(Quiet::SHABBAT),
        [one] => {
            if let Some(day) = weekday(one) {
                return Ok(Quiet::Days(vec![day]));
            }
        }
        [from, to] => {
            if let (Some(from), Some((to, _))) = (time(from), end(to)) {
                if from == to {
                    let help = "for whole days write their names, such as `sat` or `fri-sat`";
                    return Err(fault("this ends when it begins", help));
                }
                return Ok(Quiet::Hours { from, to });
            }
            if let (Some(from), Some(to)) = (weekday(from), weekday(to)) {
                let days = from.cycle_forward().take(7);
                let after = days.clone().position(|day| day == to).unwrap_or(0);
                return Ok(Quiet::Days(days.take(after + 1).collect()));
            }
            if let (Some((from, begin)), Some((to, end_of_it))) = (from.split_once(' '), to.split_once(' '))
                && let (Some(from), Some(begin)) = (weekday(from), time(begin))
                && let (Some(to), Some((until, is_midnight))) = (weekday(to), end(end_of_it))
            {
                let to = if is_midnight { to.next() } else { to };
                return Ok(Quiet::Week { from: (from, begin), to: (to, until) });
            }
        }
        _ => {}
    }
    let known = "write `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, or a window such as \
                 `fri 14:00 - sun 08:00`";
    Err(match nearest(&written, ["shabbat"].into_iter()) {
        Some(nearest) => fault("this is no quiet time", format!("did you mean `{nearest}`?")),
        None => fault("this is no quiet time", known),
    })
}

fn holiday(text: &str) -> Result<(Date, Date), Fault> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let range = |_| fault("this is no date", "write a day such as `2026-12-25`, or several: `2026-09-12..2026-09-13`");
    let (first, last) = (day(first).map_err(range)?, day(last).map_err(range)?);
    if last < first {
        return Err(fault("this ends before it begins", "write the earlier day first"));
    }
    Ok((first, last))
}

/// `8:00` or `08:00`.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !is_number(hour) || !is_number(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// The end of a window, and whether it is the midnight after the day.
fn end(text: &str) -> Option<(Time, bool)> {
    if text.trim() == "24:00" { Some((Time::midnight(), true)) } else { time(text).map(|time| (time, false)) }
}

fn weekday(text: &str) -> Option<Weekday> {
    let all = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let text = text.trim();
    all.into_iter().find(|(name, _)| *name == text || name[..3] == *text).map(|(_, day)| day)
}
