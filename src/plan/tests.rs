//! Stories over many runs, and properties that hold for all of them.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::domain::{Touchpoint, TouchpointSummary};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

const NEAR: Decimal = Decimal::TWO;

#[test]
fn of_several_reasons_the_most_telling_counts() {
    let calm = Case { buyable: Some(true), looked_at: Some(at(0)), ..Case::default() };
    assert_eq!(reason(&calm, NEAR), None);
    let mut case = Case { in_vain: 1, ..calm };
    assert_eq!(reason(&case, NEAR), Some(LookReason::Unverified));
    case.looked_at = None;
    assert_eq!(reason(&case, NEAR), Some(LookReason::New));
    case.above = Some(Decimal::ONE);
    assert_eq!(reason(&case, NEAR), Some(LookReason::Near));
    case.buyable = Some(false);
    assert_eq!(reason(&case, NEAR), Some(LookReason::SoldOut));
    (case.looked_at, case.has_turned) = (Some(at(0)), true);
    assert_eq!(reason(&case, NEAR), Some(LookReason::Changed));
    case.contradiction = true;
    assert_eq!(reason(&case, NEAR), Some(LookReason::Contradiction));
    case.incident = true;
    assert_eq!(reason(&case, NEAR), Some(LookReason::Incident));
    case.asked = true;
    assert_eq!(reason(&case, NEAR), Some(LookReason::Asked));
}

#[test]
fn what_was_never_looked_at_is_not_changed_and_plenty_is_not_near() {
    let seen = Case { buyable: Some(true), looked_at: Some(at(5)), ..Case::default() };
    assert_eq!(reason(&Case { looked_at: None, has_turned: true, ..seen }, NEAR), Some(LookReason::New));
    assert_eq!(reason(&Case { above: Some(NEAR), ..seen }, NEAR), None);
    assert_eq!(reason(&Case { above: Some(NEAR), buyable: None, ..seen }, NEAR), None);
}

#[test]
fn a_page_that_never_says_anything_waits_for_its_turn() {
    let case = |in_vain| Case { in_vain, looked_at: Some(at(0)), ..Case::default() };
    let reasons = [0, 1, 2, 3, 9].map(|in_vain| reason(&case(in_vain), NEAR));
    assert_eq!(reasons, [None, Some(LookReason::Unverified), Some(LookReason::Unverified), None, None]);
}

#[test]
fn a_lag_is_what_was_proved() {
    let exact = turned(at(0), Some(at(100)), at(600));
    assert_eq!(exact, Turn { from: at(100), by: at(100) });
    for elsewhere in [None, Some(at(-1)), Some(at(601))] {
        assert_eq!(turned(at(0), elsewhere, at(600)), Turn { from: at(0), by: at(600) }, "{elsewhere:?}");
    }
    let lag = |least, most: Option<i64>| {
        Some(Lag { at_least: SignedDuration::from_secs(least), at_most: most.map(SignedDuration::from_secs) })
    };
    assert_eq!(follow(None, exact, Said::Right, at(700)), lag(0, Some(600)), "right at the first look");
    let behind = follow(None, exact, Said::Behind, at(700));
    assert_eq!(behind, lag(600, None));
    let still = follow(behind, exact, Said::Behind, at(1_100));
    assert_eq!(still, lag(1_000, None));
    assert_eq!(follow(still, exact, Said::Wrong, at(1_200)), None, "gone is not behind");
    let done = follow(still, exact, Said::Right, at(1_300));
    assert_eq!(done, lag(1_000, Some(1_200)));
    assert_eq!(follow(done, exact, Said::Behind, at(1_400)), None, "it followed once");
    let some_time = turned(at(0), None, at(600));
    assert_eq!(follow(None, some_time, Said::Behind, at(650)), lag(50, None), "it may have turned just now");
    assert_eq!(follow(None, some_time, Said::Right, at(650)), lag(0, Some(650)), "or long ago");
}

#[test]
fn percentiles_are_of_what_was_measured() {
    assert_eq!(percentile(&[], 95), None);
    assert_eq!((percentile(&[7], 50), percentile(&[7], 95)), (Some(7), Some(7)));
    let hundred: Vec<u64> = (1..=100).collect();
    assert_eq!((percentile(&hundred, 50), percentile(&hundred, 95)), (Some(50), Some(95)));
}

#[test]
fn a_few_items_make_no_silly_percentages() {
    let targets = Targets { truth_rate: Some(Decimal::new(995, 3)), lag_p95: Some(Duration::from_secs(900)) };
    let page = |known, true_now, lag_p95| {
        let summary = TouchpointSummary { known, true_now, lag_p95, followed: 3, ..TouchpointSummary::default() };
        targets.missed(Touchpoint::Page, &summary).into_iter().map(|missed| missed.was).collect::<Vec<_>>()
    };
    assert!(page(0, 0, None).is_empty() && page(8, 7, None).is_empty() && page(200, 199, Some(900)).is_empty());
    assert_eq!(page(8, 6, None), ["75% (6 of 8 items)"]);
    assert_eq!(page(20_000, 19_899, None), ["99.49% (19899 of 20000 items)"], "not rounded up to what is wanted");
    assert!(page(20_000, 19_900, None).is_empty());
    assert_eq!(page(0, 0, Some(5_430)), ["at least 1h30m (3 changes of stock)"]);
    let every = Targets { truth_rate: Some(Decimal::ONE), lag_p95: None };
    let one_of_two = TouchpointSummary { known: 2, true_now: 1, ..TouchpointSummary::default() };
    assert_eq!(every.missed(Touchpoint::Feed, &one_of_two)[0].wanted, "100%");
}

/// One run over pages for which nothing speaks: those that are due are looked at, as far as the budget goes.
fn run(pages: &mut [Timestamp], since_last: SignedDuration, within: Duration, budget: u64, now: Timestamp) -> u64 {
    let round = Round { pages: pages.len() as u64, since_last: Some(since_last), within };
    pages.sort();
    let cannot_wait = pages.iter().filter(|looked_at| round.cannot_wait(**looked_at, now)).count() as u64;
    let [granted] = cut([share(&round).max(cannot_wait)], Some(budget));
    for page in pages.iter_mut().take(usize::try_from(granted).unwrap()) {
        *page = now;
    }
    granted
}

proptest! {
    #[test]
    fn never_more_than_the_budget_and_the_least_telling_is_left_out(
        wanted in prop::array::uniform9(0_u64..1_000), budget in prop::option::of(0_u64..5_000)
    ) {
        let granted = cut(wanted, budget);
        let all: u64 = granted.iter().sum();
        prop_assert!(budget.is_none_or(|budget| all <= budget));
        prop_assert_eq!(all, wanted.iter().sum::<u64>().min(budget.unwrap_or(u64::MAX)));
        // Once something is left out, nothing less telling is looked at, but for a share of what is not suspected.
        let new = LookReason::New as usize;
        let first_cut = |reasons: std::ops::Range<usize>| reasons.clone().find(|at| granted[*at] < wanted[*at]);
        let is_last = |at: usize, end: usize| granted[at + 1..end].iter().all(|granted| *granted == 0);
        let [asked, incidents] = [LookReason::Asked, LookReason::Incident].map(|reason| reason as usize);
        prop_assert!(first_cut(asked..incidents).is_none_or(|at| is_last(at, new)));
        prop_assert!(first_cut(incidents + 1..new).is_none_or(|at| is_last(at, new)));
        prop_assert!(first_cut(new..9).is_none_or(|at| is_last(at, 9)));
        // That share never stands still, nor does it take more than its own from what is suspected.
        let share = budget.map_or(u64::MAX, |budget| budget.div_ceil(5));
        let (unsuspected, seen): (u64, u64) = (wanted[new..].iter().sum(), granted[new..].iter().sum());
        prop_assert!(budget.is_some_and(|budget| budget < 2) || seen >= unsuspected.min(share));
        prop_assert!(first_cut(0..new).is_none() || seen <= share);
        // So an incident is left out only where incidents are more than half of the rest, and then the half is theirs.
        let rest = budget.map_or(u64::MAX, |budget| (budget - share.min(budget)).saturating_sub(wanted[asked]));
        prop_assert!(granted[incidents] >= wanted[incidents].min(rest - rest / 2));
        let others: u64 = wanted[incidents + 1..new].iter().sum();
        prop_assert!(granted[incidents + 1..new].iter().sum::<u64>() >= others.min(rest / 2));
    }

    #[test]
    fn everything_is_seen_in_time_and_evenly(
        pages in 1_usize..400, pause in 60_i64..20_000, rounds in 3_i64..40
    ) {
        let within = Duration::from_secs(u64::try_from(pause * rounds).unwrap());
        let mut all = vec![at(0); pages];
        let mut most = 0;
        for run_number in 1..rounds * 4 {
            let now = at(run_number * pause);
            for looked_at in &all {
                prop_assert!(!is_overdue(Some(*looked_at), within, now), "run {}", run_number);
            }
            most = most.max(run(&mut all, SignedDuration::from_secs(pause), within, u64::MAX, now));
        }
        let even = (pages as u64).div_ceil(u64::try_from(rounds - 1).unwrap());
        prop_assert!(most <= even, "{most} at once of {pages} in {rounds} rounds");
    }

    #[test]
    fn runs_at_any_time_see_everything_in_time_but_for_the_longest_pause(
        pages in 1_usize..300, pauses in prop::collection::vec(60_i64..8_000, 10..80)
    ) {
        let within = Duration::from_secs(40_000);
        let longest = Duration::from_secs(u64::try_from(*pauses.iter().max().unwrap()).unwrap());
        let (mut all, mut now) = (vec![at(0); pages], at(0));
        for pause in pauses {
            let pause = SignedDuration::from_secs(pause);
            now += pause;
            for looked_at in &all {
                prop_assert!(!is_overdue(Some(*looked_at), within + longest, now));
            }
            run(&mut all, pause, within, u64::MAX, now);
        }
    }

    #[test]
    fn a_budget_that_suffices_for_the_share_suffices_for_all(pages in 40_usize..400, pause in 60_i64..5_000) {
        let within = Duration::from_secs(u64::try_from(pause * 20).unwrap());
        let budget = (pages as u64).div_ceil(19);
        let mut all = vec![at(0); pages];
        for run_number in 1..80 {
            let now = at(run_number * pause);
            prop_assert!(all.iter().all(|looked_at| !is_overdue(Some(*looked_at), within, now)));
            prop_assert!(run(&mut all, SignedDuration::from_secs(pause), within, budget, now) <= budget);
        }
    }
}
