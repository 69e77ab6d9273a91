//! Cadences by example, and held to what a scan minute by minute says.

use jiff::civil::{Date, DateTime, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use super::*;

/// A moment by what the clock on the wall shows; of an hour that comes twice the first.
fn wall(shown: &str, zone: &str) -> Timestamp {
    let shown: DateTime = shown.parse().unwrap();
    shown.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp()
}

fn shown(moment: Option<Timestamp>, zone: &str) -> String {
    moment.map_or("never".to_owned(), |moment| {
        moment.to_zoned(TimeZone::get(zone).unwrap()).strftime("%a %Y-%m-%d %H:%M %Z").to_string()
    })
}

fn daily(hour: i8, minute: i8) -> Schedule {
    Schedule::Daily(time(hour, minute, 0, 0))
}

fn cron(text: &str) -> Schedule {
    Schedule::Cron(Cron::new(text).unwrap())
}

fn hours(from: &str, to: &str) -> Quiet {
    Quiet::Hours { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn of(zone: &str, digest: Vec<Schedule>, quiet: Vec<Quiet>) -> Cadence {
    Cadence { timezone: zone.to_owned(), digest, quiet, ..Cadence::default() }
}

#[test]
fn a_digest_in_the_hour_that_is_left_out_goes_out_right_after_it_and_once() {
    // Jerusalem: on 27 March 2026 at 02:00 the clock is put forward to 03:00.
    let zone = "Asia/Jerusalem";
    for (cadence, expected) in [
        (of(zone, vec![daily(2, 30)], vec![]), "Fri 2026-03-27 03:00 IDT"),
        (of(zone, vec![cron("*/10 2 * * *")], vec![]), "Fri 2026-03-27 03:00 IDT"),
        (of(zone, vec![daily(1, 59), daily(2, 0)], vec![]), "Fri 2026-03-27 01:59 IST"),
    ] {
        let next = cadence.next_digest(wall("2026-03-27T00:30", zone));
        assert_eq!(shown(next, zone), expected);
    }
    let cadence = of(zone, vec![daily(2, 30), cron("15,45 2 * * *")], vec![]);
    let first = cadence.next_digest(wall("2026-03-27T00:30", zone)).unwrap();
    assert_eq!(shown(cadence.next_digest(first), zone), "Sat 2026-03-28 02:15 IDT");
}

#[test]
fn a_digest_in_the_hour_that_comes_twice_goes_out_once() {
    // Jerusalem: on 25 October 2026 at 02:00 the clock is put back to 01:00.
    let zone = "Asia/Jerusalem";
    let cadence = of(zone, vec![daily(1, 30)], vec![]);
    let first = cadence.next_digest(wall("2026-10-25T00:30", zone));
    assert_eq!(shown(first, zone), "Sun 2026-10-25 01:30 IDT");
    let second = first.unwrap() + SignedDuration::from_hours(1);
    assert_eq!(shown(Some(second), zone), "Sun 2026-10-25 01:30 IST");
    assert!(!cadence.digest_since(first.unwrap(), second));
    assert_eq!(shown(cadence.next_digest(first.unwrap()), zone), "Mon 2026-10-26 01:30 IST");
}

#[test]
fn quiet_hours_are_quiet_both_times() {
    let zone = "Asia/Jerusalem";
    let cadence = of(zone, vec![], vec![hours("01:00", "01:30")]);
    let first = wall("2026-10-25T01:10", zone);
    assert_eq!(shown(cadence.quiet_until(first), zone), "Sun 2026-10-25 01:30 IDT");
    let second = first + SignedDuration::from_hours(1);
    assert_eq!(shown(cadence.quiet_until(second), zone), "Sun 2026-10-25 01:30 IST");
    // What the clock jumps over ends where it lands.
    let cadence = of(zone, vec![], vec![hours("01:00", "02:30")]);
    assert_eq!(shown(cadence.quiet_until(wall("2026-03-27T01:10", zone)), zone), "Fri 2026-03-27 03:00 IDT");
}

#[test]
fn windows_that_touch_run_into_one_another() {
    let zone = "Asia/Jerusalem";
    let all = of(zone, vec![], vec![Quiet::SHABBAT, hours("20:30", "07:00"), Quiet::Days(vec![Weekday::Sunday])]);
    let with_holiday = Cadence {
        holidays: vec![(date(2026, 9, 12), date(2026, 9, 13)), (date(2026, 9, 14), date(2026, 9, 14))],
        ..all.clone()
    };
    for (cadence, now, expected) in [
        (&all, "2026-11-27T15:29", "never"),
        (&all, "2026-11-27T15:30", "Mon 2026-11-30 07:00 IST"),
        (&all, "2026-11-26T20:29", "never"),
        (&all, "2026-11-26T20:30", "Fri 2026-11-27 07:00 IST"),
        (&all, "2026-11-27T07:00", "never"),
        (&with_holiday, "2026-09-11T20:00", "Tue 2026-09-15 07:00 IDT"),
        (&with_holiday, "2026-09-14T12:00", "Tue 2026-09-15 07:00 IDT"),
        (&of(zone, vec![], vec![Quiet::SHABBAT]), "2026-11-28T20:44:59.9", "Sat 2026-11-28 20:45 IST"),
        (&of(zone, vec![], vec![Quiet::SHABBAT]), "2026-11-28T20:45", "never"),
        (&of(zone, vec![], vec![hours("18:00", "00:00")]), "2026-11-28T23:59", "Sun 2026-11-29 00:00 IST"),
    ] {
        assert_eq!(shown(cadence.quiet_until(wall(now, zone)), zone), expected, "{now}");
    }
}

/// The earliest and the latest times that calendars in Israel print.
#[test]
fn the_sabbath_holds_candles_and_nightfall_all_year() {
    let zone = "Asia/Jerusalem";
    let cadence = of(zone, vec![], vec![Quiet::SHABBAT]);
    for (begin, end) in [
        // Jerusalem in December: candles 40 minutes before sunset.
        ("2026-12-04T15:55", "2026-12-05T17:15"),
        // Haifa in June: nightfall.
        ("2026-06-26T19:15", "2026-06-27T20:35"),
    ] {
        assert!(cadence.quiet_until(wall(begin, zone)) > Some(wall(end, zone)), "{begin}");
    }
}

#[test]
fn a_scheduled_time_in_quiet_time_does_not_count() {
    let zone = "Asia/Jerusalem";
    let cadence = of(zone, vec![daily(8, 0)], vec![Quiet::SHABBAT]);
    let friday = wall("2026-11-27T08:00", zone);
    assert!(!cadence.digest_since(friday, wall("2026-11-28T23:00", zone)));
    assert_eq!(shown(cadence.next_digest(friday), zone), "Sun 2026-11-29 08:00 IST");
    // The very end of quiet time is not quiet any more.
    let cadence = of(zone, vec![cron("45 20 * * 6")], vec![Quiet::SHABBAT]);
    assert_eq!(shown(cadence.next_digest(friday), zone), "Sat 2026-11-28 20:45 IST");
}

#[test]
fn cron_expressions_say_when() {
    let zone = "Europe/Berlin";
    for (text, expected) in [
        ("0 14 * * 0-4", "Mon 2026-11-23 14:00 CET"),
        ("30 6 * * sat", "Sat 2026-11-28 06:30 CET"),
        ("0 8 1 * *", "Tue 2026-12-01 08:00 CET"),
        ("0 8 l * *", "Mon 2026-11-30 08:00 CET"),
        ("0 8 * * 1#1", "Mon 2026-12-07 08:00 CET"),
        ("0 8 29 2 *", "Tue 2028-02-29 08:00 CET"),
        ("0 8 13 * 5", "Fri 2026-11-27 08:00 CET"),
    ] {
        let next = of(zone, vec![cron(text)], vec![]).next_digest(wall("2026-11-23T12:00", zone));
        assert_eq!(shown(next, zone), expected, "{text}");
    }
    for (text, fault) in [
        ("0 8 31 2 *", CronFault::Never),
        ("0 8 30 2 *", CronFault::Never),
        ("0 8 31 4,6,9,11 *", CronFault::Never),
        ("0 0 8 * * *", CronFault::Fields(6)),
        ("0 8 * *", CronFault::Fields(4)),
        ("@daily", CronFault::Fields(1)),
        ("0 25 * * *", CronFault::Unreadable),
        ("60 8 * * *", CronFault::Unreadable),
        ("0 8 * * someday", CronFault::Unreadable),
        ("", CronFault::Fields(0)),
    ] {
        assert_eq!(Cron::new(text).unwrap_err(), fault, "{text}");
    }
}

#[test]
fn what_can_never_be_told_is_found() {
    let days = |days: &[Weekday]| Quiet::Days(days.to_vec());
    use Weekday::*;
    for (quiet, expected) in [
        (vec![], false),
        (vec![hours("00:00", "00:00")], true),
        (vec![hours("21:00", "20:59")], false),
        (vec![hours("21:00", "09:00"), hours("09:00", "21:00")], true),
        (vec![days(&[Monday, Tuesday, Wednesday, Thursday, Friday]), Quiet::SHABBAT], false),
        (vec![days(&[Monday, Tuesday, Wednesday, Thursday, Sunday]), Quiet::SHABBAT, hours("20:45", "15:30")], true),
        (vec![Quiet::Week { from: (Wednesday, Time::midnight()), to: (Wednesday, Time::midnight()) }], true),
    ] {
        assert_eq!(of("UTC", vec![], quiet.clone()).is_always_quiet(), expected, "{quiet:?}");
    }
    let now = wall("2026-11-23T12:00", "UTC");
    let always = of("UTC", vec![daily(8, 0)], vec![hours("00:00", "00:00")]);
    assert_eq!((always.quiet_until(now), always.next_digest(now)), (Some(Timestamp::MAX), None));
    // As long as it takes to find out, nobody waits for it.
    let never = of("UTC", vec![cron("* 8 * * *"), daily(3, 0)], vec![hours("21:00", "09:00")]);
    assert_eq!(never.next_digest(now), None);
    assert!(!never.digest_since(Timestamp::MIN, now));
}

#[test]
fn reminders_grow_and_the_last_one_repeats() {
    let day = Duration::from_secs(86_400);
    let cadence = Cadence::default();
    let pauses: Vec<_> = (0..7).map(|times| cadence.reminder_after(times).unwrap().as_secs() / 86_400).collect();
    assert_eq!(pauses, [1, 1, 2, 4, 7, 7, 7]);
    assert_eq!(cadence.reminder_after(u32::MAX), Some(7 * day));
    assert_eq!(Cadence { reminders: vec![], ..cadence }.reminder_after(1), None);
}

#[test]
fn days_are_the_walls_own() {
    for (zone, now, expected) in [
        ("Asia/Jerusalem", "2026-11-23T12:00", (24, "Mon 2026-11-23 00:00 IST")),
        ("Asia/Jerusalem", "2026-03-27T12:00", (23, "Fri 2026-03-27 00:00 IST")),
        ("Asia/Jerusalem", "2026-10-25T00:00", (25, "Sun 2026-10-25 00:00 IDT")),
        // Beirut leaves out the hour after midnight.
        ("Asia/Beirut", "2026-03-29T12:00", (23, "Sun 2026-03-29 01:00 EEST")),
    ] {
        let (begin, end) = of(zone, vec![], vec![]).day(wall(now, zone));
        let hours = end.duration_since(begin).as_hours();
        assert_eq!((hours, shown(Some(begin), zone).as_str()), expected, "{zone} {now}");
    }
}

/// The zones of the properties below: three that change their clocks on different days, one at an odd offset that never
/// does, and one that does so at midnight.
const ZONES: [&str; 5] = ["Asia/Jerusalem", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Beirut"];

prop_compose! {
    fn a_time()(hour in 0_i8..24, minute in prop::sample::select(vec![0_i8, 1, 15, 30, 45, 59])) -> Time {
        time(hour, minute, 0, 0)
    }
}

fn a_weekday() -> impl Strategy<Value = Weekday> {
    (1_i8..=7).prop_map(|day| Weekday::from_monday_one_offset(day).unwrap())
}

fn a_schedule() -> impl Strategy<Value = Schedule> {
    let crons = vec!["0 14 * * 0-4", "*/20 1-3 * * *", "30 2 * * 5-7", "15 8 1,27 * *", "0 */6 * 3,10,11 *"];
    prop_oneof![a_time().prop_map(Schedule::Daily), prop::sample::select(crons).prop_map(cron)]
}

fn a_quiet() -> impl Strategy<Value = Quiet> {
    prop_oneof![
        (a_time(), a_time()).prop_map(|(from, to)| Quiet::Hours { from, to }),
        (a_weekday(), a_time(), a_weekday(), a_time())
            .prop_map(|(from, at, to, until)| Quiet::Week { from: (from, at), to: (to, until) }),
        prop::collection::vec(a_weekday(), 1..3).prop_map(Quiet::Days),
        Just(Quiet::SHABBAT),
    ]
}

/// A cadence, and a moment near a change of its zone's clock in 2026.
fn a_cadence() -> impl Strategy<Value = (Cadence, Timestamp)> {
    let zone = prop::sample::select(ZONES.to_vec());
    let digest = prop::collection::vec(a_schedule(), 1..4);
    let quiet = prop::collection::vec(a_quiet(), 0..3);
    let holidays = prop::collection::vec((0_i64..5, 0_i64..3), 0..3);
    (zone, digest, quiet, holidays, any::<bool>(), -3 * 24 * 60_i64..2 * 24 * 60, 0_i64..60).prop_map(
        |(zone, digest, quiet, holidays, spring, minutes, seconds)| {
            let start = date(2026, if spring { 3 } else { 10 }, 1).to_zoned(TimeZone::get(zone).unwrap()).unwrap();
            let change = start.time_zone().following(start.timestamp()).next().map(|change| change.timestamp());
            let change = change.unwrap_or(start.timestamp());
            let day = change.to_zoned(start.time_zone().clone()).date();
            let holiday = |(after, length): (i64, i64)| {
                let first = day + (after - 2).days();
                (first, first + length.days())
            };
            let holidays: Vec<(Date, Date)> = holidays.into_iter().map(holiday).collect();
            let now = change + SignedDuration::from_secs(minutes * 60 + seconds);
            (Cadence { holidays, ..of(zone, digest, quiet) }, now)
        },
    )
}

/// Whether the wall's clock shows quiet time, worked out from what it shows alone.
fn is_quiet(cadence: &Cadence, now: Timestamp) -> bool {
    let shown = now.to_zoned(TimeZone::get(&cadence.timezone).unwrap()).datetime();
    let week = |(day, time): (Weekday, Time)| (day.to_monday_zero_offset(), time);
    let (day, time) = week((shown.weekday(), shown.time()));
    let windows = cadence.quiet.iter().any(|quiet| match quiet {
        Quiet::Hours { from, to } if from < to => *from <= time && time < *to,
        Quiet::Hours { from, to } => time >= *from || time < *to,
        Quiet::Week { from, to } if week(*from) < week(*to) => week(*from) <= (day, time) && (day, time) < week(*to),
        Quiet::Week { from, to } => (day, time) >= week(*from) || (day, time) < week(*to),
        Quiet::Days(days) => days.contains(&shown.weekday()),
    });
    windows || cadence.holidays.iter().any(|(first, last)| *first <= shown.date() && shown.date() <= *last)
}

/// The first digest after `since` and up to `until`: the wall's clock is read at every full minute, and what it has
/// shown for the first time since the last look is held against the schedules.
fn scanned(cadence: &Cadence, since: Timestamp, until: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&cadence.timezone).unwrap();
    let mut minute = Timestamp::from_second(since.as_second().div_euclid(60) * 60 - 2 * 86_400).unwrap();
    let mut highest = zone.to_datetime(minute);
    while minute < until {
        minute += SignedDuration::from_mins(1);
        let shown = zone.to_datetime(minute);
        let mut is_due = false;
        while highest < shown {
            highest += 1.minute();
            is_due |= cadence.digest.iter().any(|schedule| schedule.is_at(highest));
        }
        if is_due && since < minute && minute <= until && !is_quiet(cadence, minute) {
            return Some(minute);
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// At the end of quiet time it is not quiet, and at every minute until then it is.
    #[test]
    fn quiet_until_is_the_true_end((cadence, now) in a_cadence()) {
        let Some(until) = cadence.quiet_until(now) else {
            prop_assert!(!is_quiet(&cadence, now));
            return Ok(());
        };
        if cadence.is_always_quiet() {
            return Ok(());
        }
        prop_assert!(until > now && !is_quiet(&cadence, until), "{} is quiet", shown(Some(until), &cadence.timezone));
        let mut minute = now;
        while minute < until {
            prop_assert!(is_quiet(&cadence, minute), "{} is not quiet", shown(Some(minute), &cadence.timezone));
            minute += SignedDuration::from_mins(1);
        }
        prop_assert!(is_quiet(&cadence, until - SignedDuration::from_nanos(1)));
    }

    /// The next digest is the first that a scan of six days finds, and `digest_since` agrees with it at every moment.
    #[test]
    fn digests_are_those_that_a_scan_finds((cadence, now) in a_cadence(), minutes in 0_i64..6 * 24 * 60) {
        let horizon = now + SignedDuration::from_hours(6 * 24);
        let expected = scanned(&cadence, now, horizon);
        let next = cadence.next_digest(now);
        prop_assert_eq!(next.filter(|next| *next <= horizon), expected);
        if let Some(next) = next {
            prop_assert!(next > now && !is_quiet(&cadence, next));
            prop_assert!(cadence.digest_since(now, next));
            prop_assert!(!cadence.digest_since(now, next - SignedDuration::from_nanos(1)));
        }
        let later = now + SignedDuration::from_mins(minutes);
        prop_assert_eq!(cadence.digest_since(now, later), expected.is_some_and(|first| first <= later));
    }

    /// A day holds its moment, and the next one begins where it ends.
    #[test]
    fn days_join((cadence, now) in a_cadence()) {
        let (begin, end) = cadence.day(now);
        prop_assert!(begin <= now && now < end);
        prop_assert_eq!(cadence.day(end).0, end);
    }
}
