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
        incident.severity = Some(Severity { level: SeverityLevel::High, score: 100, factors: Vec::new(), rule: None });
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
    let (right_since, first) = (at("2026-11-23T11:00:00Z"), at("2026-11-23T08:00:00Z"));
    let openings = vec![first, at("2026-11-23T10:00:00Z")];
    sample.incident.streak = Streak { wrong: 0, right: 1, right_since: Some(right_since), openings, places: vec![] };
    let right = Why::RightNotForLong { since: right_since, times: 2, first: Some(first) };
    assert_eq!(sample.due(NOW), Due::Not(right), "seen right, and not for long enough");
    sample.incident.streak = Streak::default();
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
                    (section != Section::Fixed).then(|| Telling { at: now, times, ..telling() });
            }
            sample.planned_at = Some(now);
        }
    }
}

#[test]
fn what_waits_to_be_delivered_is_not_overtaken_and_something_else_is_news() {
    let mut sample = Sample::new();
    sample.told = told(48, 1);
    let mut due = |state, waits, stale| {
        sample.incident.state = state;
        let told = sample.told.as_mut().unwrap();
        (told.waits, told.stale) = (waits, stale);
        sample.due(NOW)
    };
    use IncidentState::{Open, Resolved};
    assert_eq!(due(Resolved, true, false), Due::Not(Why::Undelivered));
    assert_eq!(due(Open, true, false), Due::Not(Why::Undelivered));
    assert_eq!(due(Open, false, true), Due::Tell(Section::New), "they were told of something else");
    assert_eq!(due(Resolved, false, true), Due::Tell(Section::Fixed), "and believe it wrong");
}

#[test]
fn an_acknowledgement_ends_with_its_time_whether_or_not_somebody_looks() {
    let mut sample = Sample::new();
    sample.incident.state = IncidentState::Acknowledged;
    let ack = |until: &str| {
        Some(Acknowledgement { by: "dana".into(), note: String::new(), at: at(NOW), until: Some(at(until)) })
    };
    sample.incident.ack = ack("2026-11-23T12:00:01Z");
    assert!(matches!(sample.due(NOW), Due::Not(Why::Acknowledged(Some(_)))));
    sample.incident.ack = ack(NOW);
    assert_eq!(sample.due(NOW), Due::Tell(Section::New));
}
