//! What becomes of an incident that moves from one touchpoint to another.

use super::*;
use crate::domain::{Step, Touchpoint};

/// An item that is wrong at one touchpoint and right at the other.
fn wrong_at(wrong: Touchpoint, right: Touchpoint) -> Judged {
    let step = |touchpoint, verdict| {
        let judgement = Judgement { verdict, cause: None, because: String::new() };
        Step { touchpoint, place: None, claim: None, judgement }
    };
    let mut judged = judged(Verdict::FalseAvailable);
    judged.journey.steps = vec![step(wrong, Verdict::FalseAvailable), step(right, Verdict::Agrees)];
    judged
}

#[test]
fn another_touchpoint_that_is_wrong_in_place_of_the_first_is_another_matter() {
    let (at_the_page, at_the_cart) =
        (wrong_at(Touchpoint::Page, Touchpoint::Cart), wrong_at(Touchpoint::Cart, Touchpoint::Page));
    let first = advance(None, &at_the_page, &AT_ONCE, minute(0)).unwrap().incident;
    let hand = Hand { by: "dana".to_owned(), note: String::new() };
    let taken_on = act(&first, Action::Acknowledge { until: None }, hand, minute(0)).unwrap().incident;
    let again = advance(Some(&taken_on), &at_the_page, &AT_ONCE, minute(1)).unwrap();
    assert_eq!(again.kind, ChangeKind::Continued, "it is what they took on");
    let moved = advance(Some(&taken_on), &at_the_cart, &AT_ONCE, minute(1)).unwrap();
    assert_eq!((moved.kind, moved.incident.is_another_matter(&first)), (ChangeKind::Rearmed, true));
    let mut both = at_the_cart.clone();
    both.journey.steps.extend(at_the_page.journey.steps.clone());
    assert_eq!(advance(Some(&taken_on), &both, &AT_ONCE, minute(1)).unwrap().kind, ChangeKind::Continued);

    let suspect = advance(None, &at_the_page, &POLICY, minute(0)).unwrap().incident;
    assert_eq!(advance(Some(&suspect), &at_the_page, &POLICY, minute(30)).unwrap().kind, ChangeKind::Opened);
    let moved = advance(Some(&suspect), &at_the_cart, &POLICY, minute(30)).unwrap();
    assert_eq!((moved.kind, moved.incident.first_seen), (ChangeKind::Continued, minute(30)), "its grace begins anew");
}
