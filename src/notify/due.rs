//! Whether a recipient is to be told of an incident now, and why not if not. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::cadence::{Cadence, Tells};
use super::{Muted, Recipient};
use crate::domain::{Correspondence, Incident, IncidentState, Section, SeverityLevel, Telling};

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
    /// They were told of it; whether it is still wrong could not be seen lately.
    NotSeenLately,
    /// Somebody has taken it on, until then or until it is put right.
    Acknowledged(Option<Timestamp>),
    /// The configuration expects it until then, or somebody silenced or ignores it.
    Muted(Muted),
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
            Self::NotSeenLately => "not_seen_lately",
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
            | Self::NotSeenLately
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
    match (case.incident.state, case.told) {
        (IncidentState::Suspected, _) => Err(Why::Suspected),
        (IncidentState::Expired, _) => Err(Why::LeftCatalogue),
        (IncidentState::Resolved, None) => Err(Why::NobodyWasTold),
        (IncidentState::Resolved, Some(_)) => Ok(Section::Fixed),
        (IncidentState::Acknowledged, _) => {
            Err(Why::Acknowledged(case.incident.ack.as_ref().and_then(|ack| ack.until)))
        }
        (IncidentState::Open, None) => Ok(Section::New),
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
        return Err(Why::Muted(muted.clone()));
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
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Acknowledgement, ChangeKind, Severity};
    use crate::notify::samples::{at, change, person, telling};
    use crate::notify::{Quiet, Schedule};

    const NOW: &str = "2026-11-23T12:00:00Z";

    /// A case that would be told as new, for the sample recipient.
    struct Sample {
        incident: Incident,
        recipient: Recipient,
        told: Option<Telling>,
        past: Correspondence,
        muted: Option<Muted>,
        doubted: bool,
        planned_at: Option<Timestamp>,
    }

    impl Sample {
        fn new() -> Self {
            let mut incident = change(ChangeKind::Opened).incident;
            incident.last_seen = at(NOW);
            incident.severity =
                Some(Severity { level: SeverityLevel::High, score: 100, factors: Vec::new(), rule: None });
            Self {
                incident,
                recipient: person("dana@shop.test", "he"),
                told: None,
                past: Correspondence::default(),
                muted: None,
                doubted: false,
                planned_at: Some(at("2026-11-23T11:30:00Z")),
            }
        }

        fn due(&self, now: &str) -> Due {
            let turn = Turn::of(&self.recipient.cadence, self.planned_at, at(now));
            let case = Case {
                incident: &self.incident,
                recipient: &self.recipient,
                told: self.told.as_ref(),
                past: &self.past,
                muted: self.muted.as_ref(),
                doubted: self.doubted,
                seen_since: at("2026-11-23T11:45:00Z"),
                turn: &turn,
            };
            due(&case, at(now))
        }
    }

    fn told(ago: i64, times: u32) -> Option<Telling> {
        Some(Telling { at: at(NOW) - SignedDuration::from_hours(ago), times, ..telling() })
    }

    #[test]
    fn where_an_incident_stands_decides_what_there_is_to_say() {
        use IncidentState::*;
        let next = |hours: i64| Due::Not(Why::ToldRecently(Some(at(NOW) + SignedDuration::from_hours(hours))));
        for (state, told, expected) in [
            (Suspected, None, Due::Not(Why::Suspected)),
            (Open, None, Due::Tell(Section::New)),
            (Open, told(23, 1), next(1)),
            (Open, told(24, 1), Due::Tell(Section::Still)),
            (Open, told(24, 2), next(24)),
            (Open, told(24 * 6, 9), next(24)),
            (Open, told(-1, 1), next(25)),
            (Acknowledged, None, Due::Not(Why::Acknowledged(None))),
            (Acknowledged, told(999, 1), Due::Not(Why::Acknowledged(None))),
            (Resolved, None, Due::Not(Why::NobodyWasTold)),
            (Resolved, told(1, 1), Due::Tell(Section::Fixed)),
            (Expired, told(1, 1), Due::Not(Why::LeftCatalogue)),
        ] {
            let mut sample = Sample::new();
            (sample.incident.state, sample.told) = (state, told.clone());
            assert_eq!(sample.due(NOW), expected, "{state:?} {told:?}");
        }
        let mut sample = Sample::new();
        sample.told = told(999, 1);
        sample.incident.last_seen = at("2026-11-23T11:44:59Z");
        assert_eq!(sample.due(NOW), Due::Not(Why::NotSeenLately));
        sample.recipient.cadence.reminders.clear();
        sample.incident.last_seen = at(NOW);
        assert_eq!(sample.due(NOW), Due::Not(Why::ToldRecently(None)), "who wants no reminders gets none");
        sample.incident.state = Acknowledged;
        let until = Some(at("2026-12-01T00:00:00Z"));
        sample.incident.ack = Some(Acknowledgement { by: "dana".into(), note: String::new(), at: at(NOW), until });
        assert_eq!(sample.due(NOW), Due::Not(Why::Acknowledged(until)));
    }

    #[test]
    fn whoever_may_not_be_told_is_not_and_the_reason_has_a_name() {
        let expected = Muted::Expected { rule: 1, until: at("2026-12-01T00:00:00Z"), because: "sale".to_owned() };
        let high = || Due::Tell(Section::New);
        let why = |change: &dyn Fn(&mut Sample)| {
            let mut sample = Sample::new();
            change(&mut sample);
            match sample.due(NOW) {
                Due::Not(why) => (why.code().to_owned(), why.until().map(|until| until.to_string())),
                Due::Tell(section) => (section.code().to_owned(), None),
            }
        };
        assert_eq!(Sample::new().due(NOW), high());
        for (change, code, until) in [
            (&|sample: &mut Sample| sample.muted = Some(expected.clone()), "expected", Some("2026-12-01T00:00:00Z")),
            (&|sample: &mut Sample| sample.doubted = true, "stock_doubted", None),
            (&|sample: &mut Sample| sample.recipient.cadence.least = SeverityLevel::Critical, "below_least", None),
            (&|sample: &mut Sample| sample.recipient.cadence.least = SeverityLevel::High, "new", None),
            (
                // Jerusalem is two hours ahead: it is two in the afternoon.
                &|sample: &mut Sample| {
                    let hours = |from: i8, to: i8| Quiet::Hours {
                        from: jiff::civil::time(from, 0, 0, 0),
                        to: jiff::civil::time(to, 0, 0, 0),
                    };
                    sample.recipient.cadence.quiet = vec![hours(13, 16)];
                },
                "quiet",
                Some("2026-11-23T14:00:00Z"),
            ),
            (
                &|sample: &mut Sample| {
                    (sample.recipient.cadence.max_per_day, sample.past.today) = (Some(3), 3);
                },
                "daily_limit",
                Some("2026-11-23T22:00:00Z"),
            ),
        ] as [(&dyn Fn(&mut Sample), &str, Option<&str>); 6]
        {
            assert_eq!(why(change), (code.to_owned(), until.map(str::to_owned)));
        }
    }

    #[test]
    fn a_digest_goes_out_with_the_first_decision_after_its_time() {
        let mut sample = Sample::new();
        sample.recipient.cadence.digest = vec![Schedule::Daily(jiff::civil::time(14, 0, 0, 0))];
        let tomorrow = || Due::Not(Why::WaitsForDigest(Some(at("2026-11-24T12:00:00Z"))));
        assert_eq!(sample.due("2026-11-23T11:59:00Z"), Due::Not(Why::WaitsForDigest(Some(at(NOW)))));
        assert_eq!(sample.due("2026-11-23T12:00:00Z"), Due::Tell(Section::New));
        assert_eq!(sample.due("2026-11-23T19:00:00Z"), Due::Tell(Section::New), "nothing ran in between");
        sample.planned_at = Some(at("2026-11-23T12:00:01Z"));
        assert_eq!(sample.due("2026-11-23T12:30:00Z"), tomorrow());
        sample.recipient.cadence.at_once = Some(SeverityLevel::High);
        assert_eq!(sample.due("2026-11-23T12:30:00Z"), Due::Tell(Section::New));
        sample.recipient.cadence.at_once = Some(SeverityLevel::Critical);
        assert_eq!(sample.due("2026-11-23T12:30:00Z"), tomorrow());
        sample.planned_at = None;
        assert_eq!(sample.due("2026-11-23T12:30:00Z"), tomorrow(), "a first run is no time of a digest");
    }

    #[test]
    fn who_wants_all_that_is_open_gets_it_with_every_digest_and_only_then() {
        let mut sample = Sample::new();
        sample.told = told(2, 1);
        sample.recipient.cadence.tells = Tells::AllOpen;
        sample.recipient.cadence.digest = vec![Schedule::Daily(jiff::civil::time(14, 0, 0, 0))];
        assert_eq!(sample.due("2026-11-23T12:00:00Z"), Due::Tell(Section::Still));
        sample.planned_at = Some(at("2026-11-23T12:00:01Z"));
        let recently = at(NOW) + SignedDuration::from_hours(22);
        assert_eq!(sample.due("2026-11-23T12:30:00Z"), Due::Not(Why::ToldRecently(Some(recently))));
    }

    proptest! {
        /// Whatever a life of runs looks like, a recipient hears of a problem before hearing of its end, not again before a
        /// reminder is due, and never while it is quiet or beyond the daily limit.
        #[test]
        fn nothing_is_told_twice_to_the_uninformed_or_out_of_turn(
            states in prop::collection::vec(prop::sample::select(IncidentState::ALL.to_vec()), 1..60),
            digest in any::<bool>(),
            night in any::<bool>(),
            most in prop::option::of(1_u32..3),
        ) {
            let mut sample = Sample::new();
            let cadence = &mut sample.recipient.cadence;
            if digest {
                cadence.digest = vec![Schedule::Daily(jiff::civil::time(8, 0, 0, 0))];
            }
            if night {
                cadence.quiet = vec![Quiet::Hours { from: jiff::civil::time(20, 0, 0, 0), to: jiff::civil::time(7, 0, 0, 0) }];
            }
            cadence.max_per_day = most;
            let cadence = cadence.clone();
            let mut sent: Vec<Timestamp> = Vec::new();
            for (turn, state) in (0_i64..).zip(states) {
                let now = at("2026-11-01T00:00:00Z") + SignedDuration::from_hours(turn * 5);
                (sample.incident.state, sample.incident.last_seen) = (state, at(NOW));
                let day = cadence.day(now).0;
                sample.past.today = u32::try_from(sent.iter().filter(|sent| **sent >= day).count()).unwrap();
                let answer = sample.due(&now.to_string());
                if let Due::Tell(section) = answer {
                    prop_assert!(cadence.quiet_until(now).is_none());
                    prop_assert!(most.is_none_or(|most| sample.past.today < most));
                    prop_assert!(cadence.digest_since(sample.planned_at.unwrap(), now));
                    sent.push(now);
                    match section {
                        Section::New => prop_assert!(sample.told.is_none() && state == IncidentState::Open),
                        Section::Still => {
                            let before = sample.told.as_ref().unwrap();
                            let pause = cadence.reminder_after(before.times).unwrap();
                            prop_assert!(now.duration_since(before.at).unsigned_abs() >= pause);
                        }
                        Section::Fixed => prop_assert!(sample.told.is_some() && state == IncidentState::Resolved),
                    }
                    let times = sample.told.as_ref().map_or(0, |told| told.times) + 1;
                    sample.told =
                        (section != Section::Fixed).then(|| Telling { recipient: "d".to_owned(), at: now, times });
                }
                sample.planned_at = Some(now);
            }
        }
    }
}
