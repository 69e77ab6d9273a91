//! The customer's journey: every touchpoint judged by itself, and what comes of them all.

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::{Sight, because, gone, judge_at, unverified};
use crate::domain::{
    BreakPoint, Claim, Fold, Judgement, PageFailure, Sighting, Step, StockAnswer, Touchpoint, Unknown, Unverified,
    Verdict,
};

/// Judges what one touchpoint other than the page showed of an item. `product_buyable`: whether any item of the same
/// product may be bought, of what speaks of the product as a whole; `None` where that is not known.
pub fn step(sighting: &Sighting, answer: Option<&StockAnswer>, product_buyable: Option<bool>, now: Timestamp) -> Step {
    let Sighting { touchpoint, place, claim, failure, of_product } = sighting;
    let judgement = match (claim, failure) {
        // Who is denied the item is not led anywhere by its ad.
        (claim, Some(failure)) if leads_nowhere(failure) && claim.as_ref().is_none_or(promises) => {
            gone(&because::dead_link(*touchpoint, place.as_deref(), failure), answer)
        }
        (Some(claim), _) => {
            let judgement = judge_at(&Sight::Claim(claim, 200), place.as_deref(), answer, now);
            let is_let_down = matches!(judgement.verdict, Verdict::FalseAvailable | Verdict::ExpiredPromise);
            if *of_product && is_let_down && product_buyable == Some(true) {
                let because = format!("{}; another item of the product may be bought", judgement.because);
                Judgement { verdict: Verdict::Agrees, cause: None, because }
            } else if let (Verdict::Agrees, Some(failure), true) = (&judgement.verdict, failure, promises(claim)) {
                // Whether its ad leads to it is not known.
                let because = because::unseen_link(*touchpoint, place.as_deref(), failure);
                unverified(Unverified::Page(failure.clone()), because)
            } else {
                judgement
            }
        }
        (None, Some(failure)) => {
            let because = because::unseen(*touchpoint, place.as_deref(), failure);
            unverified(Unverified::Page(failure.clone()), because)
        }
        (None, None) => {
            let because = because::silent(*touchpoint, place.as_deref());
            unverified(Unverified::Claim(Unknown::NoClaim), because)
        }
    };
    Step { touchpoint: *touchpoint, place: place.clone(), claim: claim.clone(), judgement }
}

/// What comes of all steps of an item, in the order of the way:
///
/// 1. A page that is gone is gone, whatever the others say of it.
/// 2. Else the worst step: false_available, expired_promise, gone, false_unavailable, contradictory; of several that are as
///    bad the page's, else the first on the way.
/// 3. Else, where the stock is not known, touchpoints that say opposite things are contradictory.
/// 4. Else the page's, or of an item without one what the others agree on.
///
/// The number of the step that decides comes with it; `None` where no single one does.
pub fn on_the_way(steps: &[Step]) -> (Judgement, Option<usize>) {
    let page = steps.iter().position(|step| step.touchpoint == Touchpoint::Page);
    let worst = (0..steps.len()).filter(|at| steps[*at].judgement.verdict.is_mismatch()).min_by_key(|at| {
        let is_page = Some(*at) == page;
        (badness(&steps[*at].judgement.verdict, is_page), !is_page, *at)
    });
    if let Some(at) = worst {
        return (told(steps, at), Some(at));
    }
    let is_page_seen = page.is_some_and(|at| steps[at].judgement.verdict == Verdict::Agrees);
    let agreed = steps.iter().position(|step| step.judgement.verdict == Verdict::Agrees);
    if let Some(torn) = agreed.is_none().then(|| torn(steps)).flatten() {
        return (torn, None);
    }
    match page
        .filter(|at| is_page_seen || !is_missing(&steps[*at]))
        .or(agreed)
        .or(page)
        .or((!steps.is_empty()).then_some(0))
    {
        Some(at) => (told(steps, at), Some(at)),
        None => (unverified(Unverified::Page(PageFailure::NoUrl), because::failure(&PageFailure::NoUrl)), None),
    }
}

/// Where a customer who is promised an item that is not there learns the truth: the first touchpoint behind the last one that
/// promises it all of whose claims deny it. Who meets the last promise has passed what told the truth before it, or came
/// another way. Where none does, the cart at the earliest, or nobody, if the cart was asked and took it.
pub fn break_point(steps: &[Step], verdict: &Verdict) -> Option<BreakPoint> {
    match verdict {
        Verdict::FalseAvailable | Verdict::ExpiredPromise => {}
        Verdict::Gone | Verdict::Contradictory => return Some(BreakPoint::Page),
        Verdict::FalseUnavailable | Verdict::Agrees | Verdict::Unverified(_) => return None,
    }
    let folds = |touchpoint: Touchpoint| {
        let claims =
            steps.iter().filter(move |step| step.touchpoint == touchpoint).filter_map(|step| step.claim.as_ref());
        claims.map(|claim| claim.availability.fold()).filter(|fold| *fold != Fold::Unknown)
    };
    let denies = |touchpoint: &Touchpoint| {
        folds(*touchpoint).next().is_some() && folds(*touchpoint).all(|fold| fold == Fold::NotBuyable)
    };
    let promises = |touchpoint: &Touchpoint| folds(*touchpoint).any(|fold| fold == Fold::Buyable);
    let last = Touchpoint::ALL.into_iter().rev().find(promises);
    let behind = Touchpoint::ALL.into_iter().filter(|touchpoint| last.is_none_or(|last| *touchpoint > last));
    Some(match behind.into_iter().find(denies) {
        Some(Touchpoint::Feed) => BreakPoint::Feed,
        Some(Touchpoint::Listing) => BreakPoint::Listing,
        Some(Touchpoint::Page) => BreakPoint::Page,
        Some(Touchpoint::Cart) => BreakPoint::Cart,
        None if folds(Touchpoint::Cart).next().is_some() => BreakPoint::AfterPaying,
        None => BreakPoint::Cart,
    })
}

fn badness(verdict: &Verdict, is_page: bool) -> u8 {
    match verdict {
        Verdict::Gone if is_page => 0,
        Verdict::FalseAvailable => 1,
        Verdict::ExpiredPromise => 2,
        Verdict::Gone => 3,
        Verdict::FalseUnavailable => 4,
        Verdict::Contradictory => 5,
        Verdict::Agrees | Verdict::Unverified(_) => 6,
    }
}

/// The judgement of a step, with what the other touchpoints say of the item.
fn told(steps: &[Step], at: usize) -> Judgement {
    let mut judgement = steps[at].judgement.clone();
    let others = steps.iter().enumerate().filter(|(other, _)| *other != at).filter_map(|(_, step)| because::says(step));
    for other in others {
        judgement.because.push_str("; ");
        judgement.because.push_str(&other);
    }
    judgement
}

/// Touchpoints that say opposite things of what no stock source knows.
fn torn(steps: &[Step]) -> Option<Judgement> {
    let is_unknown = |step: &&Step| {
        matches!(
            step.judgement.verdict,
            Verdict::Unverified(Unverified::NoKey | Unverified::StockMissing | Unverified::StockFailed(_))
        )
    };
    let fold = |step: &Step| step.claim.as_ref().map_or(Fold::Unknown, |claim| claim.availability.fold());
    let says = |wanted: Fold| steps.iter().filter(is_unknown).find(|step| fold(step) == wanted);
    let (promise, denial) = (says(Fold::Buyable)?, says(Fold::NotBuyable)?);
    let because = [promise, denial].into_iter().filter_map(because::says).collect::<Vec<_>>().join(", but ");
    Some(Judgement {
        verdict: Verdict::Contradictory,
        cause: None,
        because: format!("{because}; what is true is not known: {}", promise.judgement.because),
    })
}

fn promises(claim: &Claim) -> bool {
    claim.availability.fold() == Fold::Buyable
}

/// Whether this is why an address leads to no page any more.
pub fn leads_nowhere(failure: &PageFailure) -> bool {
    matches!(failure, PageFailure::Status { status: 404 | 410 } | PageFailure::Elsewhere { .. })
}

fn is_missing(step: &Step) -> bool {
    step.judgement.verdict == Verdict::Unverified(Unverified::Page(PageFailure::NoUrl))
}
