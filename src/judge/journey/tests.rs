use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::domain::{Availability, Confidence, KeyMatch, Policy, Signal, SignalKind, StockFact};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn claim(touchpoint: Touchpoint, availability: Availability) -> Claim {
    let kind = SignalKind::Button;
    Claim {
        touchpoint,
        url: "https://shop.example/p/1".parse().unwrap(),
        availability,
        quantity: None,
        date: None,
        confidence: Confidence::High,
        contradicts: false,
        signals: vec![Signal::new(kind, availability, String::new(), String::new())],
        cache: None,
        seen_at: NOW,
    }
}

fn stock(sellable: i64) -> StockAnswer {
    StockAnswer::Known(StockFact {
        key: "A".to_owned(),
        matched: KeyMatch::Exact,
        sellable: Some(Decimal::from(sellable)),
        threshold: Decimal::ONE,
        policy: Policy::Tracked,
        as_of: NOW,
        changed_at: None,
        fields: Default::default(),
        source: "erp".to_owned(),
        policy_source: None,
    })
}

fn sighting(touchpoint: Touchpoint, availability: Option<Availability>) -> Sighting {
    let place = (touchpoint != Touchpoint::Cart).then(|| "google".to_owned());
    let claim = availability.map(|availability| claim(touchpoint, availability));
    Sighting { touchpoint, place, claim, failure: None, of_product: false }
}

/// The steps of an item that these touchpoints promise (`true`), deny (`false`) or do not name.
fn way(says: [Option<bool>; 4], answer: Option<&StockAnswer>) -> Vec<Step> {
    let availability = |says: bool| if says { Availability::InStock } else { Availability::OutOfStock };
    let said = Touchpoint::ALL.into_iter().zip(says).filter_map(|(touchpoint, says)| Some((touchpoint, says?)));
    said.map(|(touchpoint, says)| {
        let place = None;
        let seen = Sighting { place, ..sighting(touchpoint, Some(availability(says))) };
        step(&seen, answer, None, NOW)
    })
    .collect()
}

fn judged(says: [Option<bool>; 4], answer: Option<&StockAnswer>) -> (Verdict, Option<BreakPoint>) {
    let steps = way(says, answer);
    let (judgement, _) = on_the_way(&steps);
    let point = break_point(&steps, &judgement.verdict);
    (judgement.verdict, point)
}

#[test]
fn the_truth_comes_out_behind_the_last_promise() {
    use BreakPoint::{AfterPaying, Cart, Listing, Page};
    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);
    for (says, expected) in [
        ([YES, YES, YES, YES], AfterPaying),
        ([YES, YES, YES, NO], Cart),
        // Nobody asked the cart: there at the earliest.
        ([YES, YES, YES, None], Cart),
        ([YES, YES, NO, None], Page),
        ([YES, NO, NO, NO], Listing),
        // Who comes to the page has passed the truth before it, or never met it.
        ([NO, NO, YES, None], Cart),
        ([NO, NO, YES, NO], Cart),
        ([YES, YES, NO, YES], AfterPaying),
        ([NO, NO, NO, YES], AfterPaying),
        ([None, YES, None, None], Cart),
        ([None, None, YES, YES], AfterPaying),
    ] {
        assert_eq!(judged(says, Some(&stock(0))), (Verdict::FalseAvailable, Some(expected)), "{says:?}");
    }
    assert_eq!(judged([NO, NO, NO, NO], Some(&stock(0))), (Verdict::Agrees, None));
    assert_eq!(judged([YES, YES, YES, YES], Some(&stock(5))), (Verdict::Agrees, None));
    assert_eq!(judged([YES, NO, YES, YES], Some(&stock(5))), (Verdict::FalseUnavailable, None), "a sale is lost");
}

#[test]
fn a_touchpoint_of_several_places_tells_the_truth_only_if_all_of_them_do() {
    let mut steps = way([None, None, Some(true), Some(false)], Some(&stock(0)));
    let named = |place: &str, says| {
        let place = Some(place.to_owned());
        step(&Sighting { place, ..sighting(Touchpoint::Feed, Some(says)) }, Some(&stock(0)), None, NOW)
    };
    steps.insert(0, named("google", Availability::OutOfStock));
    assert_eq!(break_point(&steps, &Verdict::FalseAvailable), Some(BreakPoint::Cart));
    let listed = |place: &str, says| {
        let place = Some(place.to_owned());
        step(&Sighting { place, ..sighting(Touchpoint::Listing, Some(says)) }, Some(&stock(0)), None, NOW)
    };
    let denied = listed("sale", Availability::OutOfStock);
    let way =
        |steps: &[&Step]| break_point(&steps.iter().copied().cloned().collect::<Vec<_>>(), &Verdict::FalseAvailable);
    let ad = named("meta", Availability::InStock);
    assert_eq!(way(&[&ad, &denied]), Some(BreakPoint::Listing));
    assert_eq!(way(&[&ad, &denied, &listed("Purim", Availability::InStock)]), Some(BreakPoint::Cart));
}

#[test]
fn where_the_stock_is_not_known_touchpoints_that_disagree_are_contradictory() {
    for answer in [None, Some(StockAnswer::Missing), Some(StockAnswer::Failed("timeout".to_owned()))] {
        let answer = answer.as_ref();
        let torn = judged([Some(true), None, Some(false), None], answer);
        assert_eq!(torn, (Verdict::Contradictory, Some(BreakPoint::Page)));
        let (verdict, _) = judged([Some(true), Some(true), Some(true), None], answer);
        assert!(matches!(verdict, Verdict::Unverified(_)), "they agree, and nobody knows: {verdict:?}");
    }
}

#[test]
fn the_page_decides_unless_another_is_worse() {
    let answer = stock(0);
    let decides = |says| {
        let steps = way(says, Some(&answer));
        on_the_way(&steps).1.map(|at| steps[at].touchpoint)
    };
    assert_eq!(decides([Some(true), Some(true), Some(true), None]), Some(Touchpoint::Page));
    assert_eq!(decides([Some(true), Some(true), Some(false), None]), Some(Touchpoint::Feed));
    assert_eq!(decides([Some(false), Some(false), Some(false), None]), Some(Touchpoint::Page));
}

#[test]
fn what_decides_is_told_with_what_the_others_say() {
    let steps = vec![
        step(&sighting(Touchpoint::Feed, Some(Availability::InStock)), Some(&stock(0)), None, NOW),
        step(
            &Sighting { place: None, ..sighting(Touchpoint::Page, Some(Availability::OutOfStock)) },
            Some(&stock(0)),
            None,
            NOW,
        ),
    ];
    assert_eq!(
        on_the_way(&steps).0.because,
        "the feed google says InStock (button), the stock source says 0 sellable, below the threshold 1; the page says \
         OutOfStock (button)"
    );
}

#[test]
fn a_card_of_a_product_is_right_while_one_of_its_items_is_left() {
    let card = |says| Sighting { of_product: true, ..sighting(Touchpoint::Listing, Some(says)) };
    let verdict = |says, sellable, product| step(&card(says), Some(&stock(sellable)), product, NOW).judgement.verdict;
    assert_eq!(verdict(Availability::InStock, 0, Some(true)), Verdict::Agrees);
    assert_eq!(verdict(Availability::InStock, 0, Some(false)), Verdict::FalseAvailable);
    assert_eq!(verdict(Availability::InStock, 0, None), Verdict::FalseAvailable);
    assert_eq!(verdict(Availability::OutOfStock, 3, Some(true)), Verdict::FalseUnavailable);
}

#[test]
fn an_ad_that_leads_nowhere_is_gone_unless_it_denies_the_item() {
    let to = "https://shop.example/".parse().unwrap();
    let failures = [
        PageFailure::Status { status: 404 },
        PageFailure::Status { status: 410 },
        PageFailure::Elsewhere { what: "the home page".to_owned(), to },
    ];
    for failure in failures {
        let ad = |says| Sighting { failure: Some(failure.clone()), ..sighting(Touchpoint::Feed, Some(says)) };
        let verdict = |says| step(&ad(says), Some(&stock(5)), None, NOW).judgement.verdict;
        assert_eq!(verdict(Availability::InStock), Verdict::Gone);
        assert_eq!(verdict(Availability::OutOfStock), Verdict::FalseUnavailable);
    }
    let slow = PageFailure::Status { status: 503 };
    let ad = Sighting { failure: Some(slow), ..sighting(Touchpoint::Feed, Some(Availability::InStock)) };
    let unseen = step(&ad, Some(&stock(5)), None, NOW).judgement.verdict;
    assert!(matches!(unseen, Verdict::Unverified(_)), "whether it leads there is not known");
    assert_eq!(
        step(&ad, Some(&stock(0)), None, NOW).judgement.verdict,
        Verdict::FalseAvailable,
        "what was said was said"
    );
}

#[test]
fn what_was_not_seen_says_nothing() {
    let unseen = Sighting { failure: Some(PageFailure::Interrupted), ..sighting(Touchpoint::Cart, None) };
    for nothing in [unseen, sighting(Touchpoint::Listing, None)] {
        let step = step(&nothing, Some(&stock(0)), None, NOW);
        assert!(matches!(step.judgement.verdict, Verdict::Unverified(_)));
        assert_eq!(break_point(&[step], &Verdict::FalseAvailable), Some(BreakPoint::Cart));
    }
}

proptest! {
    /// Nothing is accused that told the truth, and nothing that lied is passed over.
    #[test]
    fn an_item_is_wrong_just_when_a_touchpoint_is(says in any::<[Option<bool>; 4]>(), there in any::<bool>()) {
        let (verdict, point) = judged(says, Some(&stock(i64::from(there) * 7)));
        let is_wrong = says.iter().flatten().any(|says| *says != there);
        prop_assert_eq!(verdict.is_mismatch(), is_wrong);
        prop_assert_eq!(point.is_some(), is_wrong && !there, "only who is let down learns of it anywhere");
    }

    /// The truth never comes out before the last promise, nor where the item is promised.
    #[test]
    fn the_truth_comes_out_where_it_is_told(says in any::<[Option<bool>; 4]>()) {
        let last = says.iter().rposition(|says| *says == Some(true));
        prop_assume!(last.is_some());
        let expected = [BreakPoint::Feed, BreakPoint::Listing, BreakPoint::Page, BreakPoint::Cart];
        let point = break_point(&way(says, Some(&stock(0))), &Verdict::FalseAvailable);
        let at = expected.iter().position(|one| Some(*one) == point);
        prop_assert!(at > last || point == Some(BreakPoint::AfterPaying));
        prop_assert!(at.is_none_or(|at| says[at] == Some(false) || (at == 3 && says[3].is_none())));
    }
}
