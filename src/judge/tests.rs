use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::domain::{Cause, Confidence, KeyMatch, Signal, SignalKind, Touchpoint};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-06-01T12:00:00Z")
}

fn claim(availability: Availability) -> Claim {
    let signal = |kind, says| Signal {
        kind,
        says,
        place: "block 1: $.offers".to_owned(),
        excerpt: String::new(),
        sku: None,
        also: Vec::new(),
        quantity: None,
        date: None,
    };
    Claim {
        touchpoint: Touchpoint::Page,
        url: "https://shop.example/p/1".parse().unwrap(),
        availability,
        quantity: None,
        date: None,
        confidence: Confidence::High,
        contradicts: false,
        signals: vec![signal(SignalKind::JsonLd, availability), signal(SignalKind::Button, Availability::OutOfStock)],
        cache: None,
        seen_at: now(),
    }
}

fn fact(policy: Policy, sellable: Option<i64>) -> StockFact {
    StockFact {
        matched: KeyMatch::Exact,
        policy_source: None,
        key: "A".to_owned(),
        sellable: sellable.map(Decimal::from),
        threshold: Decimal::ONE,
        policy,
        as_of: now(),
        changed_at: None,
        fields: Default::default(),
        source: "erp".to_owned(),
    }
}

fn verdict(claim: &Claim, fact: StockFact) -> Verdict {
    judge(&Sight::Claim(claim, 200), Some(&StockAnswer::Known(fact)), now()).verdict
}

#[test]
fn the_four_corners() {
    use Availability::{InStock, OutOfStock};
    assert_eq!(verdict(&claim(InStock), fact(Policy::Tracked, Some(5))), Verdict::Agrees);
    assert_eq!(verdict(&claim(OutOfStock), fact(Policy::Tracked, Some(0))), Verdict::Agrees);
    assert_eq!(verdict(&claim(InStock), fact(Policy::Tracked, Some(0))), Verdict::FalseAvailable);
    assert_eq!(verdict(&claim(OutOfStock), fact(Policy::Tracked, Some(5))), Verdict::FalseUnavailable);
    assert_eq!(verdict(&claim(InStock), fact(Policy::Backorder, Some(0))), Verdict::Agrees);
    assert_eq!(verdict(&claim(InStock), fact(Policy::Discontinued, Some(9))), Verdict::FalseAvailable);
    assert_eq!(verdict(&claim(Availability::InStoreOnly), fact(Policy::Untracked, None)), Verdict::FalseUnavailable);
}

#[test]
fn the_sentence_carries_the_facts() {
    let answer = StockAnswer::Known(fact(Policy::Tracked, Some(0)));
    let judged = judge(&Sight::Claim(&claim(Availability::InStock), 200), Some(&answer), now());
    assert_eq!(
        judged.because,
        "the page says InStock (json_ld), the stock source says 0 sellable, below the threshold 1"
    );
}

#[test]
fn a_truth_with_contradicting_signals_is_contradictory_but_a_lie_stays_a_lie() {
    let mut claim = claim(Availability::InStock);
    claim.contradicts = true;
    let known = |n| StockAnswer::Known(fact(Policy::Tracked, Some(n)));
    let judged = judge(&Sight::Claim(&claim, 200), Some(&known(3)), now());
    assert_eq!(judged.verdict, Verdict::Contradictory);
    assert!(judged.because.contains("InStock (json_ld) but also OutOfStock (button)"), "{}", judged.because);
    assert_eq!(judge(&Sight::Claim(&claim, 200), Some(&known(0)), now()).verdict, Verdict::FalseAvailable);
}

#[test]
fn a_promised_day_expires_when_it_is_over_and_nothing_came() {
    let mut promise = claim(Availability::PreOrder);
    promise.date = Some(at("2026-05-31T00:00:00Z"));
    assert_eq!(verdict(&promise, fact(Policy::Backorder, Some(0))), Verdict::ExpiredPromise);
    assert_eq!(verdict(&promise, fact(Policy::Tracked, Some(0))), Verdict::ExpiredPromise);
    assert_eq!(verdict(&promise, fact(Policy::Tracked, Some(3))), Verdict::Agrees);
    assert_eq!(verdict(&promise, fact(Policy::MadeToOrder, None)), Verdict::Agrees);
    promise.date = Some(at("2026-06-01T00:00:00Z"));
    assert_eq!(verdict(&promise, fact(Policy::Backorder, Some(0))), Verdict::Agrees, "the day itself is not over");
    promise.date = None;
    assert_eq!(verdict(&promise, fact(Policy::Backorder, Some(0))), Verdict::Agrees, "no date, no broken date");
    promise.availability = Availability::InStock;
    promise.date = Some(at("2026-01-01T00:00:00Z"));
    assert_eq!(verdict(&promise, fact(Policy::Backorder, Some(0))), Verdict::Agrees, "the date of an offer in stock");
}

#[test]
fn the_stock_sources_own_preorder_date_counts_too() {
    let released = Policy::Preorder { until: Some(at("2026-05-01T00:00:00Z")) };
    let coming = Policy::Preorder { until: Some(at("2026-07-01T00:00:00Z")) };
    assert_eq!(verdict(&claim(Availability::InStock), fact(released, Some(0))), Verdict::ExpiredPromise);
    assert_eq!(verdict(&claim(Availability::InStock), fact(released, Some(2))), Verdict::Agrees);
    assert_eq!(verdict(&claim(Availability::SoldOut), fact(released, None)), Verdict::Agrees);
    assert_eq!(verdict(&claim(Availability::SoldOut), fact(released, Some(2))), Verdict::FalseUnavailable);
    assert_eq!(verdict(&claim(Availability::PreOrder), fact(coming, Some(0))), Verdict::Agrees);
}

#[test]
fn what_was_not_seen_is_not_stated() {
    let stock = StockAnswer::Known(fact(Policy::Tracked, Some(0)));
    let in_stock = claim(Availability::InStock);
    let wall = claim(Availability::Unknown(Unknown::Challenge));
    let silent = claim(Availability::Unknown(Unknown::NoClaim));
    let failed = StockAnswer::Failed("half a JSON".to_owned());
    let code = |sight: Sight<'_>, answer| match judge(&sight, answer, now()).verdict {
        Verdict::Unverified(why) => why.code(),
        other => other.code(),
    };
    assert_eq!(code(Sight::Claim(&in_stock, 500), Some(&stock)), "http_status");
    assert_eq!(code(Sight::Claim(&wall, 403), Some(&stock)), "challenge");
    assert_eq!(code(Sight::Claim(&wall, 404), Some(&stock)), "challenge");
    assert_eq!(code(Sight::Claim(&silent, 503), Some(&stock)), "http_status");
    assert_eq!(code(Sight::Claim(&silent, 200), None), "no_claim");
    assert_eq!(code(Sight::Claim(&in_stock, 200), None), "no_key");
    assert_eq!(code(Sight::Claim(&in_stock, 200), Some(&StockAnswer::Missing)), "stock_missing");
    assert_eq!(code(Sight::Claim(&in_stock, 200), Some(&failed)), "stock_failed");
    assert_eq!(code(Sight::Failure(&PageFailure::Interrupted), Some(&stock)), "interrupted");
    assert_eq!(code(Sight::Failure(&PageFailure::Status { status: 410 }), None), "gone");
    assert_eq!(code(Sight::Claim(&silent, 404), Some(&stock)), "gone");
    assert_eq!(code(Sight::Gone { status: 404 }, None), "gone");
}

fn of(verdict: Verdict) -> Judgement {
    Judgement { because: verdict.code().to_owned(), verdict, cause: None }
}

#[test]
fn only_a_bypassed_cache_names_the_cause() {
    let wrong = || of(Verdict::FalseAvailable);
    let looks = |bypassed| Looks { after: wrong(), again: wrong(), bypassed };
    let cause = |bypassed| confirm(&wrong(), &looks(bypassed)).cause;
    assert_eq!(cause(Some(of(Verdict::Agrees))), Some(Cause::PageCache));
    assert_eq!(cause(Some(wrong())), None);
    assert_eq!(cause(Some(of(Verdict::Unverified(Unverified::Moved)))), None);
    assert_eq!(cause(None), None);
}

fn availability() -> impl Strategy<Value = Availability> {
    prop_oneof![
        proptest::sample::select(Availability::KNOWN.to_vec()),
        proptest::sample::select(vec![Unknown::NoClaim, Unknown::Challenge, Unknown::Ambiguous])
            .prop_map(Availability::Unknown),
    ]
}

fn day() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((-400_i64..400).prop_map(|h| now() + SignedDuration::from_hours(h)))
}

fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        Just(Policy::Tracked),
        Just(Policy::Untracked),
        Just(Policy::Backorder),
        day().prop_map(|until| Policy::Preorder { until }),
        Just(Policy::MadeToOrder),
        Just(Policy::Discontinued),
    ]
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    proptest::sample::select(vec![
        Verdict::Agrees,
        Verdict::FalseAvailable,
        Verdict::FalseUnavailable,
        Verdict::Contradictory,
        Verdict::ExpiredPromise,
        Verdict::Gone,
        Verdict::Unverified(Unverified::NoKey),
        Verdict::Unverified(Unverified::StockMissing),
    ])
}

proptest! {
    #[test]
    fn a_verdict_needs_a_promise_and_a_fact(
        says in availability(), status in 100_u16..600, contradicts: bool, date in day(),
        answer in proptest::option::of(prop_oneof![
            (policy(), proptest::option::of(-3_i64..5)).prop_map(|(p, n)| StockAnswer::Known(fact(p, n))),
            Just(StockAnswer::Missing),
            Just(StockAnswer::Failed("timeout".to_owned())),
        ]),
    ) {
        let claim = Claim { contradicts, date, ..claim(says) };
        let judged = judge(&Sight::Claim(&claim, status), answer.as_ref(), now());
        prop_assert!(!judged.because.is_empty() && !judged.because.contains('\n'));
        let known = matches!(answer, Some(StockAnswer::Known(_)));
        let seen = (200..300).contains(&status) && says.fold() != Fold::Unknown;
        match judged.verdict {
            Verdict::Unverified(_) => prop_assert!(!(known && seen)),
            Verdict::Gone => prop_assert!(status == 404 || status == 410),
            _ => prop_assert!(known && seen),
        }
    }

    #[test]
    fn more_on_the_shelf_never_makes_a_promise_false(
        says in availability(), date in day(), policy in policy(), less in -3_i64..5, more in 0_i64..5,
    ) {
        let claim = Claim { date, ..claim(says) };
        let kept = verdict(&claim, fact(policy, Some(less))) == Verdict::Agrees;
        let then = verdict(&claim, fact(policy, Some(less + more)));
        prop_assert!(!kept || !matches!(then, Verdict::FalseAvailable | Verdict::ExpiredPromise));
    }

    #[test]
    fn only_what_was_wrong_on_every_look_is_wrong(
        first in any_verdict(), after in any_verdict(), again in any_verdict(),
        bypassed in proptest::option::of(any_verdict()),
    ) {
        let looks = Looks { after: of(after.clone()), again: of(again.clone()), bypassed: bypassed.clone().map(of) };
        let confirmed = confirm(&of(first.clone()), &looks);
        if !first.is_mismatch() {
            prop_assert_eq!(confirmed, of(first));
        } else if confirmed.verdict.is_mismatch() {
            prop_assert!(first == after && after == again && confirmed.verdict == again);
            prop_assert_eq!(confirmed.cause.is_some(), bypassed == Some(Verdict::Agrees));
        } else {
            let moved = [&after, &again].into_iter().any(|look| {
                *look != first && !matches!(look, Verdict::Unverified(_))
            });
            prop_assert_eq!(confirmed.verdict == Verdict::Unverified(Unverified::Moved), moved);
            prop_assert!(confirmed.verdict != Verdict::Agrees, "a suspect is never waved through on one look");
            prop_assert_eq!(confirmed.cause, None);
        }
    }
}
