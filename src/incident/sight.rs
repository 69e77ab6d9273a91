//! Whether what was wrong of an item was looked at again. Pure.

use crate::domain::{Incident, Judged, Step, Verdict};

/// Whether an item that seems right is only out of sight: a touchpoint that was wrong could not be verified this time, or
/// says nothing of it, and `could_be_seen` knows that it was not read. Such an incident stays as it is: nobody saw it put right.
pub fn is_out_of_sight(known: &Incident, judged: &Judged, could_be_seen: impl Fn(&Step) -> bool) -> bool {
    let mut wrong = known.journey.steps.iter().filter(|step| step.judgement.verdict.is_mismatch());
    wrong.any(|step| {
        let mut now = judged.journey.at(step.touchpoint).filter(|now| now.place == step.place);
        match now.next() {
            Some(now) => matches!(now.judgement.verdict, Verdict::Unverified(_)),
            None => !could_be_seen(step),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{judged, minute, wrong};
    use super::*;
    use crate::domain::{Availability, Claim, Confidence, Judgement, PageFailure, Touchpoint, Unverified};

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

        assert!(is_out_of_sight(&known, &now, |_| false), "it could not be read");
        assert!(!is_out_of_sight(&known, &now, |_| true), "it was read and does not show the item any more");
        now.journey.steps = vec![step(Touchpoint::Listing, "sale", Verdict::Agrees, claim.clone())];
        assert!(is_out_of_sight(&known, &now, |_| false), "another listing says nothing of that one");
        now.journey.steps.push(step(Touchpoint::Listing, "Purim", Verdict::Agrees, claim));
        assert!(!is_out_of_sight(&known, &now, |_| false), "it tells the truth");
        let unseen = Verdict::Unverified(Unverified::Page(PageFailure::Interrupted));
        now.journey.steps = vec![step(Touchpoint::Listing, "Purim", unseen, None)];
        assert!(is_out_of_sight(&known, &now, |_| true), "it was sought and could not be seen");
    }

    #[test]
    fn an_incident_of_before_there_were_journeys_is_in_sight() {
        assert!(!is_out_of_sight(&wrong(Verdict::FalseAvailable), &judged(Verdict::Agrees), |_| false));
    }
}
