//! What becomes of an incident that moves from one touchpoint to another.

use super::*;
use crate::domain::{Step, Touchpoint};

fn step(touchpoint: Touchpoint, verdict: Verdict) -> Step {
    let judgement = Judgement { verdict, cause: None, because: String::new() };
    Step { touchpoint, place: None, claim: None, judgement }
}

/// An item that is wrong at one touchpoint and right at the other.
fn wrong_at(wrong: Touchpoint, right: Touchpoint) -> Judged {
    let mut judged = judged(Verdict::FalseAvailable);
    judged.journey.steps = vec![step(wrong, Verdict::FalseAvailable), step(right, Verdict::Agrees)];
    judged
}

fn look(known: &Incident, judged: &Judged, policy: &Policy, at: i64) -> Change {
    advance(Some(known), judged, policy, minute(at)).unwrap()
}

#[test]
fn another_touchpoint_that_decides_in_place_of_the_first_is_another_matter() {
    let at_the_page = wrong_at(Touchpoint::Page, Touchpoint::Cart);
    let at_the_cart = wrong_at(Touchpoint::Cart, Touchpoint::Page);
    let first = advance(None, &at_the_page, &AT_ONCE, minute(0)).unwrap().incident;
    let hand = Hand { by: "dana".to_owned(), note: String::new() };
    let taken_on = act(&first, Action::Acknowledge { until: None }, hand, minute(0)).unwrap().incident;
    assert_eq!(look(&taken_on, &at_the_page, &AT_ONCE, 1).kind, ChangeKind::Continued, "it is what they took on");
    let mut both = at_the_cart.clone();
    both.journey.steps =
        vec![step(Touchpoint::Page, Verdict::FalseAvailable), step(Touchpoint::Cart, Verdict::FalseAvailable)];
    let both = look(&taken_on, &both, &AT_ONCE, 1);
    assert_eq!((both.kind, both.incident.is_another_matter(&first)), (ChangeKind::Continued, false));
    let rest = look(&both.incident, &at_the_cart, &AT_ONCE, 2);
    assert_eq!(rest.kind, ChangeKind::Rearmed, "what they took on is done, and something is left to do");
}

#[test]
fn what_goes_to_and_fro_is_another_matter_only_once() {
    let (here, there) = (wrong_at(Touchpoint::Page, Touchpoint::Cart), wrong_at(Touchpoint::Cart, Touchpoint::Page));
    let first = advance(None, &here, &AT_ONCE, minute(0)).unwrap().incident;
    let second = look(&first, &there, &AT_ONCE, 1).incident;
    let third = look(&second, &here, &AT_ONCE, 2).incident;
    let fourth = look(&third, &there, &AT_ONCE, 3).incident;
    let anew = [second.is_another_matter(&first), third.is_another_matter(&second), fourth.is_another_matter(&third)];
    assert_eq!(anew, [true, false, false]);
}

#[test]
fn what_is_wrong_somewhere_all_the_time_has_no_grace_for_moving() {
    let (here, there) = (wrong_at(Touchpoint::Page, Touchpoint::Cart), wrong_at(Touchpoint::Cart, Touchpoint::Page));
    let suspect = advance(None, &here, &POLICY, minute(0)).unwrap().incident;
    let opened = look(&suspect, &there, &POLICY, 30);
    assert_eq!((opened.kind, opened.incident.first_seen), (ChangeKind::Opened, minute(0)));
}

#[test]
fn a_promise_that_turned_round_has_its_own_grace_though_the_incident_is_open() {
    let open = advance(None, &judged(Verdict::FalseAvailable), &AT_ONCE, minute(0)).unwrap().incident;
    let turned = look(&open, &judged(Verdict::FalseUnavailable), &POLICY, 60);
    let suspect = turned.incident;
    assert_eq!((turned.kind, suspect.state), (ChangeKind::Suspected, IncidentState::Suspected));
    assert_eq!((suspect.first_seen, suspect.opened_at), (minute(60), Some(minute(0))));
    let healed = look(&suspect, &judged(Verdict::Agrees), &POLICY, 70);
    assert_eq!(
        (healed.kind, healed.incident.resolved_at),
        (ChangeKind::Resolved, Some(minute(70))),
        "they were told of it"
    );
    let late = look(&suspect, &judged(Verdict::FalseUnavailable), &POLICY, 90);
    assert_eq!((late.kind, late.incident.times_opened), (ChangeKind::Reopened, 2));
    let at_once = look(&open, &judged(Verdict::FalseUnavailable), &AT_ONCE, 60);
    assert_eq!(
        (at_once.kind, at_once.incident.first_seen),
        (ChangeKind::Continued, minute(60)),
        "told as something else"
    );
    let gone = unlisted(&suspect, minute(70)).unwrap();
    assert_eq!(gone.kind, ChangeKind::Expired);
}
