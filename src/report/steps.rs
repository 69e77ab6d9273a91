//! An item's journey in JSON.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{BreakPoint, Claim, Journey, Step, Touchpoint, Verdict, Why};

use super::rows::{SignalRow, buyable, reason};

/// What every touchpoint says, in the order in which a customer meets them.
#[derive(Debug, Serialize)]
pub(super) struct JourneyRow<'a> {
    steps: Vec<StepRow<'a>>,
    /// The first touchpoint that tells the truth, as far as was looked: `feed`, `listing`, `page`, `cart` (or later, where
    /// the cart was not asked) or `after_paying`; null where no customer is let down.
    break_point: Option<&'static str>,
    /// The likely cause of what is wrong.
    why: Option<WhyRow<'a>>,
}

/// One touchpoint.
#[derive(Debug, Serialize)]
struct StepRow<'a> {
    /// `feed`, `listing`, `page` or `cart`.
    touchpoint: &'static str,
    /// The name of the feed or listing in the configuration.
    place: Option<&'a str>,
    /// A name of schema.org `ItemAvailability`, or `Unknown(reason)`; null where it could not be seen.
    availability: Option<String>,
    buyable: Option<bool>,
    /// As of an item, of this touchpoint alone.
    verdict: &'static str,
    reason: Option<&'static str>,
    because: &'a str,
    url: Option<Cow<'a, str>>,
    seen_at: Option<Timestamp>,
    signals: Vec<SignalRow<'a>>,
}

/// Why it is wrong.
#[derive(Debug, Serialize)]
pub(super) struct WhyRow<'a> {
    cause: &'static str,
    /// What all that is wrong for this one reason shares.
    at: &'a str,
    evidence: &'a str,
}

/// Where something is promised.
#[derive(Debug, Serialize)]
pub(super) struct PromisedRow<'a> {
    touchpoint: &'static str,
    place: Option<&'a str>,
}

impl<'a> PromisedRow<'a> {
    /// The touchpoint by which a verdict is given.
    pub(super) fn of(journey: &'a Journey, verdict: &Verdict, claim: Option<&Claim>) -> Option<Self> {
        let step = journey.decides(verdict).map(|step| (step.touchpoint, step.place.as_deref()));
        let (touchpoint, place) = step.or_else(|| claim.map(|claim| (claim.touchpoint, None)))?;
        Some(Self { touchpoint: touchpoint.code(), place })
    }
}

impl<'a> From<&'a Journey> for JourneyRow<'a> {
    fn from(journey: &'a Journey) -> Self {
        Self {
            steps: journey.steps.iter().map(StepRow::from).collect(),
            break_point: journey.break_point.map(BreakPoint::code),
            why: journey.why.as_ref().map(WhyRow::from),
        }
    }
}

impl<'a> From<&'a Step> for StepRow<'a> {
    fn from(step: &'a Step) -> Self {
        let claim = step.claim.as_ref();
        Self {
            touchpoint: Touchpoint::code(step.touchpoint),
            place: step.place.as_deref(),
            availability: claim.map(|claim| claim.availability.name()),
            buyable: claim.and_then(|claim| buyable(claim.availability)),
            verdict: step.judgement.verdict.code(),
            reason: reason(&step.judgement.verdict),
            because: &step.judgement.because,
            url: claim.map(Claim::told_url),
            seen_at: claim.map(|claim| claim.seen_at),
            signals: claim.iter().flat_map(|claim| &claim.signals).map(SignalRow::from).collect(),
        }
    }
}

impl<'a> From<&'a Why> for WhyRow<'a> {
    fn from(why: &'a Why) -> Self {
        Self { cause: why.cause.code(), at: &why.at, evidence: &why.evidence }
    }
}
