use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::domain::{self, Item, ItemKey, Judgement, KeyMatch, StockFact, Unverified};

const GRACE: Duration = Duration::from_secs(30 * 60);
const POLICY: Policy = Policy { grace: GRACE };
const AT_ONCE: Policy = Policy { grace: Duration::ZERO };

fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + n * 60).unwrap()
}

fn judged(verdict: Verdict) -> Judged {
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
    }
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
fn reopening_forgets_that_it_was_told() {
    let open = advance(None, &judged(Verdict::Gone), &AT_ONCE, minute(0)).unwrap().incident;
    let told = Incident { told_at: Some(minute(1)), id: Some(7), ..open };
    let again = advance(Some(&told), &judged(Verdict::Gone), &AT_ONCE, minute(2)).unwrap().incident;
    assert_eq!(again.told_at, Some(minute(1)), "it goes on being told");
    let resolved = advance(Some(&again), &judged(Verdict::Agrees), &AT_ONCE, minute(3)).unwrap().incident;
    assert_eq!(resolved.told_at, Some(minute(1)), "its resolution must be told to whom it was told");
    let reopened = advance(Some(&resolved), &judged(Verdict::Gone), &AT_ONCE, minute(4)).unwrap();
    assert_eq!((reopened.kind, reopened.incident.told_at, reopened.incident.id), (ChangeKind::Reopened, None, Some(7)));
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

proptest! {
    #[test]
    fn no_story_breaks_the_state_machine(
        grace in 0_u64..60,
        steps in proptest::collection::vec((0_i64..40, any_verdict(), any::<bool>()), 1..40),
    ) {
        let policy = Policy { grace: Duration::from_secs(grace * 60) };
        let (mut known, mut at): (Option<Incident>, _) = (None, 0);
        let mut openings = 0;
        for (pause, verdict, told) in steps {
            at += pause;
            let change = advance(known.as_ref(), &judged(verdict.clone()), &policy, minute(at));
            let before = known.as_ref().map(|known| known.state);
            let Some(change) = change else {
                let settled = matches!(before, None | Some(IncidentState::Resolved));
                prop_assert!(matches!(verdict, Verdict::Unverified(_)) || (verdict == Verdict::Agrees && settled));
                continue;
            };
            prop_assert!(!matches!(verdict, Verdict::Unverified(_)));
            let after = &change.incident;
            let fresh = matches!(before, None | Some(IncidentState::Resolved));
            match change.kind {
                ChangeKind::Suspected => prop_assert!(fresh && after.state == IncidentState::Suspected),
                ChangeKind::Opened | ChangeKind::Reopened => {
                    openings += 1;
                    prop_assert_eq!(change.kind == ChangeKind::Opened, openings == 1);
                    prop_assert!(before != Some(IncidentState::Open) && after.state == IncidentState::Open);
                    prop_assert!(minute(at).duration_since(after.first_seen).unsigned_abs() >= policy.grace);
                    prop_assert_eq!(after.told_at, None);
                    prop_assert_eq!(after.opened_at, Some(minute(at)));
                }
                ChangeKind::Continued => prop_assert!(!fresh && Some(after.state) == before),
                ChangeKind::Resolved => prop_assert!(before == Some(IncidentState::Open)),
                ChangeKind::Healed => prop_assert!(before == Some(IncidentState::Suspected)),
            }
            prop_assert_eq!(after.state == IncidentState::Resolved, verdict == Verdict::Agrees);
            if verdict.is_mismatch() {
                prop_assert_eq!((&after.verdict, after.last_seen), (&verdict, minute(at)));
            }
            prop_assert!(after.first_seen <= after.last_seen);
            prop_assert_eq!(after.times_opened, openings);
            known = kept(&change);
            if let Some(open) = known.as_mut().filter(|open| told && open.state == IncidentState::Open) {
                open.told_at = Some(minute(at));
            }
        }
    }
}
