//! Whether what was wrong of an item was looked at again. Pure.

use crate::domain::{Incident, Judged, PageFailure, Step, Unverified, Verdict};

/// The steps of an incident that were wrong and may be so still: the touchpoint could not be verified this time, or it says
/// nothing of the item and `could_be_seen` knows that it was not read. Nobody saw it put right, unless the stock itself
/// turned: `buyable` is whether the item may be bought now, if that is known. None, of an incident that is over.
pub fn unseen(
    known: &Incident,
    judged: &Judged,
    buyable: Option<bool>,
    could_be_seen: impl Fn(&Step) -> bool,
) -> Vec<Step> {
    let wrong = known.journey.liars().filter(|_| !known.state.is_over());
    let is_unseen = |step: &&Step| match judged.journey.now(step).map(|now| &now.judgement.verdict) {
        // A page that the item has no more is not out of sight.
        Some(Verdict::Unverified(Unverified::Page(PageFailure::NoUrl))) => false,
        Some(now) => matches!(now, Verdict::Unverified(_)),
        None => !could_be_seen(step),
    };
    wrong.filter(|step| is_wrong_by(buyable, &step.judgement.verdict)).filter(is_unseen).cloned().collect()
}

/// Whether a verdict may hold still by what the stock says now. A date that is over is not mended by an item that may be
/// ordered for another.
fn is_wrong_by(buyable: Option<bool>, verdict: &Verdict) -> bool {
    match verdict {
        Verdict::FalseAvailable => buyable != Some(true),
        Verdict::FalseUnavailable => buyable != Some(false),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{judged, minute, wrong};
    use super::*;
    use crate::domain::{Availability, Claim, Confidence, Judgement, Touchpoint};

    fn step(touchpoint: Touchpoint, place: &str, verdict: Verdict, claim: Option<Claim>) -> Step {
        let judgement = Judgement { verdict, cause: None, because: String::new() };
        Step { touchpoint, place: Some(place.to_owned()), claim, judgement }
    }

    fn claim() -> Claim {
        Claim {
            touchpoint: Touchpoint::Listing,
            url: "https://shop.example/purim".parse().unwrap(),
            availability: Availability::InStock,
            quantity: None,
            date: None,
            confidence: Confidence::Low,
            contradicts: false,
            signals: Vec::new(),
            cache: None,
            seen_at: minute(0),
        }
    }

    #[test]
    fn what_was_wrong_must_be_seen_right() {
        let claim = Some(claim());
        let lie = step(Touchpoint::Listing, "Purim", Verdict::FalseAvailable, claim.clone());
        let mut known = wrong(Verdict::FalseAvailable);
        known.journey.steps = vec![lie, step(Touchpoint::Feed, "google", Verdict::Agrees, claim.clone())];
        let mut now = judged(Verdict::Agrees);

        assert_eq!(unseen(&known, &now, Some(false), |_| false), known.journey.steps[..1], "it could not be read");
        assert_eq!(unseen(&known, &now, Some(false), |_| true), [], "it was read and does not show the item any more");
        now.journey.steps = vec![step(Touchpoint::Listing, "sale", Verdict::Agrees, claim.clone())];
        assert_eq!(
            unseen(&known, &now, Some(false), |_| false),
            known.journey.steps[..1],
            "another listing says nothing of that one"
        );
        now.journey.steps.push(step(Touchpoint::Listing, "Purim", Verdict::Agrees, claim));
        assert_eq!(unseen(&known, &now, Some(false), |_| false), [], "it tells the truth");
        let interrupted = Verdict::Unverified(Unverified::Page(PageFailure::Interrupted));
        now.journey.steps = vec![step(Touchpoint::Listing, "Purim", interrupted, None)];
        assert_eq!(
            unseen(&known, &now, Some(false), |_| true),
            known.journey.steps[..1],
            "it was sought and could not be seen"
        );
    }

    #[test]
    fn what_the_stock_made_true_is_not_wrong_any_more() {
        let mut known = wrong(Verdict::FalseAvailable);
        known.journey.steps = vec![step(Touchpoint::Feed, "google", Verdict::FalseAvailable, Some(claim()))];
        let now = judged(Verdict::Agrees);
        let mut left = |verdict, buyable| {
            known.journey.steps[0].judgement.verdict = verdict;
            unseen(&known, &now, buyable, |_| false).len()
        };
        assert_eq!(left(Verdict::FalseAvailable, Some(false)), 1, "nothing is there yet");
        assert_eq!(left(Verdict::FalseAvailable, None), 1, "nobody knows");
        assert_eq!(left(Verdict::FalseAvailable, Some(true)), 0, "whatever the feed says: it can be bought");
        assert_eq!(left(Verdict::FalseUnavailable, Some(true)), 1);
        assert_eq!(left(Verdict::FalseUnavailable, Some(false)), 0);
        assert_eq!(left(Verdict::ExpiredPromise, Some(true)), 1, "the day is over all the same");
        assert_eq!(left(Verdict::Gone, Some(true)), 1, "no stock mends a link");
    }

    #[test]
    fn an_incident_of_before_there_were_journeys_is_in_sight() {
        assert_eq!(unseen(&wrong(Verdict::FalseAvailable), &judged(Verdict::Agrees), None, |_| false), []);
    }
}
