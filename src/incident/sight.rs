//! Whether what was wrong of an item was looked at again. Pure.

use crate::domain::{Incident, Judged, PageFailure, Step, StockFact, Unverified, Verdict};

/// The steps of an incident that were wrong and may be so still: the touchpoint could not be verified this time, or it says
/// nothing of the item and `could_be_seen` knows that it was not read. Nobody saw it put right, unless the stock itself
/// turned, so that what it said is true by now. None, of an incident that is over.
pub fn unseen(known: &Incident, judged: &Judged, could_be_seen: impl Fn(&Step) -> bool) -> Vec<Step> {
    let wrong = known.journey.liars().filter(|_| !known.state.is_over());
    let is_unseen = |step: &&Step| {
        let mut now = judged.journey.at(step.touchpoint).filter(|now| now.place == step.place);
        match now.next() {
            // A page that the item has no more is not out of sight.
            Some(now) if now.judgement.verdict == Verdict::Unverified(Unverified::Page(PageFailure::NoUrl)) => false,
            Some(now) => matches!(now.judgement.verdict, Verdict::Unverified(_)),
            None => !could_be_seen(step),
        }
    };
    wrong.filter(|step| is_wrong_by(judged.fact.as_ref(), &step.judgement.verdict)).filter(is_unseen).cloned().collect()
}

/// Whether a verdict may hold still by what the stock says now.
fn is_wrong_by(fact: Option<&StockFact>, verdict: &Verdict) -> bool {
    let Some(fact) = fact else { return true };
    match verdict {
        Verdict::FalseAvailable | Verdict::ExpiredPromise => !fact.buyable(),
        Verdict::FalseUnavailable => fact.buyable(),
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

        assert_eq!(unseen(&known, &now, |_| false), known.journey.steps[..1], "it could not be read");
        assert_eq!(unseen(&known, &now, |_| true), [], "it was read and does not show the item any more");
        now.journey.steps = vec![step(Touchpoint::Listing, "sale", Verdict::Agrees, claim.clone())];
        assert_eq!(
            unseen(&known, &now, |_| false),
            known.journey.steps[..1],
            "another listing says nothing of that one"
        );
        now.journey.steps.push(step(Touchpoint::Listing, "Purim", Verdict::Agrees, claim));
        assert_eq!(unseen(&known, &now, |_| false), [], "it tells the truth");
        let interrupted = Verdict::Unverified(Unverified::Page(PageFailure::Interrupted));
        now.journey.steps = vec![step(Touchpoint::Listing, "Purim", interrupted, None)];
        assert_eq!(unseen(&known, &now, |_| true), known.journey.steps[..1], "it was sought and could not be seen");
    }

    #[test]
    fn what_the_stock_made_true_is_not_wrong_any_more() {
        let mut known = wrong(Verdict::FalseAvailable);
        known.journey.steps = vec![step(Touchpoint::Feed, "google", Verdict::FalseAvailable, Some(claim()))];
        let mut now = judged(Verdict::Agrees);
        assert_eq!(unseen(&known, &now, |_| false).len(), 1, "nothing is there yet");
        now.fact.as_mut().unwrap().sellable = Some(5.into());
        assert_eq!(unseen(&known, &now, |_| false), [], "whatever the feed says: it can be bought");
        known.journey.steps[0].judgement.verdict = Verdict::Gone;
        assert_eq!(unseen(&known, &now, |_| false).len(), 1, "no stock mends a link");
    }

    #[test]
    fn an_incident_of_before_there_were_journeys_is_in_sight() {
        assert_eq!(unseen(&wrong(Verdict::FalseAvailable), &judged(Verdict::Agrees), |_| false), []);
    }
}
