mod elsewhere;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::domain::{self, Hand, Item, ItemKey, Judgement, KeyMatch, StockFact, Unverified};

const GRACE: Duration = Duration::from_secs(30 * 60);
const POLICY: Policy = with_grace(GRACE);
const AT_ONCE: Policy = with_grace(Duration::ZERO);

const fn with_grace(grace: Duration) -> Policy {
    Policy { grace, usual: Often { open_after: 1, resolve_after: 1 }, by_verdict: BTreeMap::new(), flapping: None }
}

pub(super) fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + n * 60).unwrap()
}

pub(super) fn judged(verdict: Verdict) -> Judged {
    Judged {
        shop: "s".to_owned(),
        key: ItemKey("A".to_owned()),
        item: Item { sku: Some("A".to_owned()), ..Item::default() },
        image: None,
        judgement: Judgement { because: verdict.code().to_owned(), verdict, cause: None },
        claim: None,
        fact: Some(StockFact {
            matched: KeyMatch::Exact,
            policy_source: None,
            key: "A".to_owned(),
            sellable: Some(Decimal::ZERO),
            threshold: Decimal::ONE,
            policy: domain::Policy::Tracked,
            as_of: minute(0),
            changed_at: None,
            fields: Default::default(),
            source: "erp".to_owned(),
        }),
        incident: None,
        since: None,
        severity: None,
        journey: Default::default(),
        looked: None,
    }
}

/// An incident that was seen wrong for the first time at minute 0.
pub(super) fn wrong(verdict: Verdict) -> Incident {
    advance(None, &judged(verdict), &AT_ONCE, minute(0)).unwrap().incident
}

fn changed_at(verdict: Verdict, at: Timestamp) -> Judged {
    let mut judged = judged(verdict);
    judged.fact.as_mut().unwrap().changed_at = Some(at);
    judged
}

/// Runs a story of (minute, verdict) and returns what changed at every step.
fn story(policy: &Policy, steps: &[(i64, Verdict)]) -> (Vec<Option<ChangeKind>>, Option<Incident>) {
    let mut known = None;
    let kinds = steps
        .iter()
        .map(|(at, verdict)| {
            let change = advance(known.as_ref(), &judged(verdict.clone()), policy, minute(*at))?;
            known = kept(&change);
            Some(change.kind)
        })
        .collect();
    (kinds, known)
}

/// What the store keeps of a change.
fn kept(change: &Change) -> Option<Incident> {
    let forgotten = change.kind == ChangeKind::Healed && change.incident.times_opened == 0;
    (!forgotten).then(|| change.incident.clone())
}

#[test]
fn a_whole_life() {
    use ChangeKind::{Continued, Opened, Reopened, Resolved, Suspected};
    use Verdict::{Agrees, FalseAvailable, Gone};
    let (kinds, last) = story(
        &POLICY,
        &[
            (0, FalseAvailable),
            (29, FalseAvailable),
            (30, FalseAvailable),
            (40, Gone),
            (50, Verdict::Unverified(Unverified::NoKey)),
            (60, Agrees),
            (70, Agrees),
            (80, FalseAvailable),
            (110, FalseAvailable),
        ],
    );
    let some = |kinds: &[ChangeKind]| kinds.iter().copied().map(Some).collect::<Vec<_>>();
    assert_eq!(kinds[..4], some(&[Suspected, Continued, Opened, Continued]));
    assert_eq!(kinds[4..7], [None, Some(Resolved), None]);
    assert_eq!(kinds[7..], some(&[Suspected, Reopened]));
    let last = last.unwrap();
    assert_eq!((last.times_opened, last.first_seen, last.resolved_at), (2, minute(80), Some(minute(60))));
}

#[test]
fn without_grace_it_opens_and_reopens_at_once_even_when_the_clock_was_set_back() {
    use Verdict::{Agrees, FalseAvailable};
    let (kinds, _) = story(&AT_ONCE, &[(5, FalseAvailable), (6, Agrees), (1, FalseAvailable)]);
    assert_eq!(kinds, [Some(ChangeKind::Opened), Some(ChangeKind::Resolved), Some(ChangeKind::Reopened)]);
    let suspect = advance(None, &judged(FalseAvailable), &POLICY, minute(5)).unwrap().incident;
    let later = advance(Some(&suspect), &judged(FalseAvailable), &AT_ONCE, minute(1)).unwrap();
    assert_eq!(later.kind, ChangeKind::Opened, "grace was taken out of the configuration");
}

#[test]
fn a_suspect_that_heals_is_forgotten_but_a_resolved_incident_is_not() {
    use Verdict::{Agrees, FalseAvailable};
    let (kinds, known) = story(&POLICY, &[(0, FalseAvailable), (5, Agrees)]);
    assert_eq!((kinds[1], known), (Some(ChangeKind::Healed), None));
    let (kinds, known) =
        story(&POLICY, &[(0, FalseAvailable), (30, FalseAvailable), (31, Agrees), (60, FalseAvailable), (61, Agrees)]);
    assert_eq!(kinds[3..], [Some(ChangeKind::Suspected), Some(ChangeKind::Healed)]);
    let known = known.unwrap();
    assert_eq!((known.state, known.resolved_at, known.times_opened), (IncidentState::Resolved, Some(minute(31)), 1));
}

#[test]
fn a_source_that_knows_when_it_changed_shortens_grace_but_never_prolongs_it() {
    let long_ago = changed_at(Verdict::FalseAvailable, minute(-31));
    assert_eq!(advance(None, &long_ago, &POLICY, minute(0)).unwrap().kind, ChangeKind::Opened);
    let gone = changed_at(Verdict::Gone, minute(-31));
    assert_eq!(advance(None, &gone, &POLICY, minute(0)).unwrap().kind, ChangeKind::Suspected);
    let first = advance(None, &changed_at(Verdict::FalseUnavailable, minute(-1)), &POLICY, minute(0)).unwrap();
    let moving = changed_at(Verdict::FalseUnavailable, minute(29));
    assert_eq!(advance(Some(&first.incident), &moving, &POLICY, minute(30)).unwrap().kind, ChangeKind::Opened);
}

#[test]
fn a_suspect_whose_promise_turned_round_gets_its_grace_anew() {
    use Verdict::{Contradictory, FalseAvailable, FalseUnavailable};
    let (kinds, _) = story(&POLICY, &[(0, FalseAvailable), (20, FalseUnavailable), (40, FalseUnavailable)]);
    assert_eq!(kinds[2], Some(ChangeKind::Continued));
    let (kinds, known) = story(&POLICY, &[(0, FalseAvailable), (20, Contradictory), (40, Contradictory)]);
    assert_eq!((kinds[2], known.unwrap().verdict), (Some(ChangeKind::Opened), Contradictory));
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    proptest::sample::select(vec![
        Verdict::Agrees,
        Verdict::FalseAvailable,
        Verdict::FalseUnavailable,
        Verdict::Contradictory,
        Verdict::Gone,
        Verdict::Unverified(Unverified::Moved),
    ])
}

#[test]
fn a_mismatch_must_be_seen_as_often_as_the_policy_says() {
    use ChangeKind::{Continued, Healed, Opened, Resolved, Suspected};
    use Verdict::{Agrees, FalseAvailable, Gone};
    let policy = Policy {
        usual: Often { open_after: 2, resolve_after: 2 },
        by_verdict: [("gone".to_owned(), Often { open_after: 3, resolve_after: 1 })].into(),
        ..AT_ONCE
    };
    let kinds = |steps: &[(i64, Verdict)]| story(&policy, steps).0;
    let blind = Verdict::Unverified(Unverified::NoKey);
    let some = |kinds: &[ChangeKind]| kinds.iter().copied().map(Some).collect::<Vec<_>>();
    let wrong_and_right =
        [(0, FalseAvailable), (1, FalseAvailable), (2, Agrees), (3, FalseAvailable), (4, Agrees), (5, Agrees)];
    assert_eq!(kinds(&wrong_and_right), some(&[Suspected, Opened, Continued, Continued, Continued, Resolved]));
    assert_eq!(kinds(&[(0, Gone), (1, Gone), (2, Gone), (3, Agrees)]), some(&[Suspected, Continued, Opened, Resolved]));
    assert_eq!(kinds(&[(0, FalseAvailable), (1, Agrees), (2, FalseAvailable)]), some(&[Suspected, Healed, Suspected]));
    let interrupted = kinds(&[(0, FalseAvailable), (1, blind), (2, FalseAvailable)]);
    assert_eq!(interrupted, [Some(Suspected), None, Some(Opened)], "what says nothing breaks no row");
}

#[test]
fn what_opens_again_and_again_stays_open_until_it_was_right_for_long() {
    use ChangeKind::{Continued, Opened, Reopened, Resolved};
    use Verdict::{Agrees, FalseAvailable};
    let policy = Policy { flapping: Some(Flapping { times: 2, within: Duration::from_secs(3600) }), ..AT_ONCE };
    let flips = [
        (0, FalseAvailable),
        (1, Agrees),
        (2, FalseAvailable),
        (3, Agrees),
        (4, FalseAvailable),
        (10, Agrees),
        (69, Agrees),
        (70, Agrees),
    ];
    let (kinds, _) = story(&policy, &flips);
    let expected = [Opened, Resolved, Reopened, Continued, Continued, Continued, Continued, Resolved];
    assert_eq!(kinds, expected.map(Some));
    let (kinds, _) = story(&policy, &[(0, FalseAvailable), (1, Agrees), (61, FalseAvailable), (62, Agrees)]);
    assert_eq!(kinds, [Opened, Resolved, Reopened, Resolved].map(Some), "an hour lies between the openings");
}

#[test]
fn what_is_taken_on_is_told_again_when_its_time_is_up_or_something_else_is_wrong() {
    let hand = || Hand { by: "dana".to_owned(), note: "on it".to_owned() };
    let open = advance(None, &judged(Verdict::FalseAvailable), &AT_ONCE, minute(0)).unwrap().incident;
    let take_on = |until: Option<i64>| {
        act(&open, Action::Acknowledge { until: until.map(minute) }, hand(), minute(1)).unwrap().incident
    };
    let look = |known: &Incident, verdict, at| advance(Some(known), &judged(verdict), &AT_ONCE, minute(at)).unwrap();
    let held = look(&take_on(None), Verdict::FalseAvailable, 9_999);
    assert_eq!((held.kind, held.incident.state), (ChangeKind::Continued, IncidentState::Acknowledged));
    assert_eq!(held.incident.ack.as_ref().map(|ack| ack.by.as_str()), Some("dana"));
    assert_eq!(look(&take_on(Some(10)), Verdict::FalseAvailable, 9).kind, ChangeKind::Continued);
    for again in [look(&take_on(Some(10)), Verdict::FalseAvailable, 10), look(&take_on(None), Verdict::Gone, 5)] {
        assert_eq!((again.kind, again.incident.state), (ChangeKind::Rearmed, IncidentState::Open));
        assert_eq!((again.incident.ack, again.incident.times_opened), (None, 1));
    }
    let fixed = look(&held.incident, Verdict::Agrees, 10_000);
    assert_eq!((fixed.kind, &fixed.incident.ack), (ChangeKind::Resolved, &None));
    let reopened = look(&fixed.incident, Verdict::FalseAvailable, 10_001);
    assert_eq!((reopened.kind, reopened.incident.state), (ChangeKind::Reopened, IncidentState::Open));
}

#[test]
fn what_a_person_may_do_depends_on_where_it_stands() {
    let hand = || Hand { by: "dana".to_owned(), note: String::new() };
    let mut incident = advance(None, &judged(Verdict::FalseAvailable), &POLICY, minute(0)).unwrap().incident;
    let mut tried = Vec::new();
    for state in IncidentState::ALL {
        incident.state = state;
        let to = [Action::Acknowledge { until: None }, Action::Reopen, Action::Resolve].map(|action| {
            match act(&incident, action, hand(), minute(1)) {
                Ok(change) => {
                    assert_eq!(change.hand, Some(hand()));
                    change.incident.state.code().to_owned()
                }
                Err(why) => format!("{why:?}"),
            }
        });
        tried.push(format!("{}: {}", state.code(), to.join(", ")));
    }
    let expected = [
        "suspected: OnlySuspected, OnlySuspected, resolved",
        "open: acknowledged, Open, resolved",
        "acknowledged: acknowledged, open, resolved",
        "resolved: Over, open, Over",
        "expired: Over, open, Over",
    ];
    assert_eq!(tried, expected);
    incident.state = IncidentState::Open;
    let past = act(&incident, Action::Acknowledge { until: Some(minute(1)) }, hand(), minute(1));
    assert_eq!(past, Err(Impossible::Past));
}

#[test]
fn what_leaves_the_catalogue_expires_and_opens_again_if_it_comes_back_wrong() {
    let open = advance(None, &judged(Verdict::Gone), &AT_ONCE, minute(0)).unwrap().incident;
    let expired = unlisted(&open, minute(1)).unwrap();
    assert_eq!((expired.kind, expired.incident.state), (ChangeKind::Expired, IncidentState::Expired));
    assert_eq!(expired.incident.resolved_at, Some(minute(1)));
    assert_eq!(unlisted(&expired.incident, minute(2)), None);
    assert_eq!(advance(Some(&expired.incident), &judged(Verdict::Agrees), &AT_ONCE, minute(3)), None);
    let back = advance(Some(&expired.incident), &judged(Verdict::Gone), &AT_ONCE, minute(4)).unwrap();
    assert_eq!((back.kind, back.incident.times_opened), (ChangeKind::Reopened, 2));
    let suspect = advance(None, &judged(Verdict::Gone), &POLICY, minute(0)).unwrap().incident;
    assert_eq!(unlisted(&suspect, minute(1)).unwrap().kind, ChangeKind::Healed);
}

/// One step of a life.
#[derive(Clone, Debug)]
enum Stage {
    Look(Verdict),
    Do(Action),
    Unlist,
}

fn any_step() -> impl Strategy<Value = Stage> {
    prop_oneof![
        8 => any_verdict().prop_map(Stage::Look),
        1 => proptest::option::of(1_i64..100)
            .prop_map(|minutes| Stage::Do(Action::Acknowledge { until: minutes.map(|n| minute(n * 20)) })),
        1 => proptest::sample::select(vec![Stage::Do(Action::Reopen), Stage::Do(Action::Resolve), Stage::Unlist]),
    ]
}

proptest! {
    #[test]
    fn no_life_breaks_the_state_machine(
        grace in 0_u64..60,
        often in (1_u32..4, 1_u32..4),
        times in proptest::option::of(1_u32..4),
        steps in proptest::collection::vec((0_i64..40, any_step()), 1..60),
    ) {
        let within = Duration::from_secs(90 * 60);
        let policy = Policy {
            usual: Often { open_after: often.0, resolve_after: often.1 },
            flapping: times.map(|times| Flapping { times, within }),
            ..with_grace(Duration::from_secs(grace * 60))
        };
        let (mut known, mut at): (Option<Incident>, _) = (None, 0);
        let (mut wrong, mut right) = (0, 0);
        let mut openings: Vec<i64> = Vec::new();
        for (pause, step) in steps {
            at += pause;
            let now = minute(at);
            let before = known.as_ref().map(|known| known.state);
            let was_over = before.is_none_or(IncidentState::is_over);
            let has_opened = known.as_ref().is_some_and(|known| !known.state.is_over() && known.opened_at.is_some());
            let change = match &step {
                Stage::Look(verdict) => {
                    match verdict {
                        Verdict::Unverified(_) => {}
                        Verdict::Agrees => { wrong = 0; right += 1; }
                        _ => { wrong += 1; right = 0; }
                    }
                    advance(known.as_ref(), &judged(verdict.clone()), &policy, now)
                }
                Stage::Do(action) => {
                    let hand = Hand { by: "dana".to_owned(), note: String::new() };
                    known.as_ref().and_then(|known| act(known, *action, hand, now).ok())
                }
                Stage::Unlist => known.as_ref().and_then(|known| unlisted(known, now)),
            };
            let Some(change) = change else {
                if let Stage::Look(verdict) = &step {
                    prop_assert!(!verdict.is_mismatch() && (was_over || *verdict != Verdict::Agrees));
                }
                continue;
            };
            let after = &change.incident;
            let looked = matches!(step, Stage::Look(_));
            match change.kind {
                ChangeKind::Suspected => {
                    let turned = known.as_ref().is_some_and(|known| turned_round(&known.verdict, &after.verdict));
                    prop_assert!((was_over || turned) && after.state == IncidentState::Suspected);
                }
                ChangeKind::Opened | ChangeKind::Reopened => {
                    prop_assert_eq!(change.kind == ChangeKind::Opened, openings.is_empty());
                    prop_assert!(before.is_none_or(|before| !before.is_open()) && after.state == IncidentState::Open);
                    prop_assert_eq!((after.opened_at, &after.ack), (Some(now), &None));
                    if looked {
                        prop_assert!(now.duration_since(after.first_seen).unsigned_abs() >= policy.grace);
                        prop_assert!(wrong >= often.0);
                    }
                    openings.push(at);
                }
                ChangeKind::Continued => prop_assert!(!was_over && Some(after.state) == before),
                ChangeKind::Acknowledged => prop_assert!(before.is_some_and(IncidentState::is_open) && after.ack.is_some()),
                ChangeKind::Rearmed => prop_assert!(before == Some(IncidentState::Acknowledged) && after.ack.is_none()),
                ChangeKind::Resolved => {
                    prop_assert!(!was_over && after.state == IncidentState::Resolved);
                    prop_assert!(!looked || right >= often.1, "right {right} times");
                }
                ChangeKind::Healed => prop_assert!(before == Some(IncidentState::Suspected) && !has_opened),
                ChangeKind::Expired => prop_assert!(matches!(step, Stage::Unlist) && has_opened),
                ChangeKind::Silenced | ChangeKind::Ignored | ChangeKind::Unsilenced => prop_assert!(false),
            }
            prop_assert_eq!(after.ack.is_some(), after.state == IncidentState::Acknowledged);
            prop_assert!(after.first_seen <= after.last_seen.max(now));
            prop_assert_eq!(after.times_opened as usize, openings.len());
            known = kept(&change);
            if known.is_none() {
                openings.clear();
            }
        }
    }

    /// However an item flips, its incident is not told as new more often than flapping allows.
    #[test]
    fn flapping_bounds_how_often_an_incident_opens(
        times in 1_u32..4,
        looks in proptest::collection::vec((1_i64..30, any::<bool>()), 1..80),
    ) {
        let policy = Policy { flapping: Some(Flapping { times, within: Duration::from_secs(3600) }), ..AT_ONCE };
        let (mut known, mut at, mut openings) = (None, 0, Vec::new());
        for (pause, wrong) in looks {
            at += pause;
            let verdict = if wrong { Verdict::FalseAvailable } else { Verdict::Agrees };
            let Some(change) = advance(known.as_ref(), &judged(verdict), &policy, minute(at)) else { continue };
            if matches!(change.kind, ChangeKind::Opened | ChangeKind::Reopened) {
                openings.push(at);
                let lately = openings.iter().filter(|opened| at - **opened < 60).count();
                prop_assert!(lately <= times as usize, "{openings:?}");
            }
            known = kept(&change);
        }
    }
}
