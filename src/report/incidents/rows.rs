//! The versioned shape of incidents in JSON.

use jiff::Timestamp;
use serde::Serialize;

use super::{Covering, Listed, Mark, Named, Shown, Step, Told};
use crate::domain::{BreakPoint, Cause, Claim, Incident, Matcher, Touchpoint};
use crate::report::rows::{ClaimRow, FactRow};
use crate::report::severity::SeverityRow;
use crate::report::steps::{JourneyRow, PromisedRow};

/// One incident.
#[derive(Debug, Serialize)]
pub(super) struct IncidentRow<'a> {
    /// Its number.
    id: Option<i64>,
    shop: &'a str,
    /// The item's identity within the shop: the SKU, or the page where no SKU is known.
    key: &'a str,
    sku: Option<&'a str>,
    url: Option<&'a str>,
    name: Option<&'a str>,
    brand: Option<&'a str>,
    category: Option<&'a str>,
    supplier: Option<&'a str>,
    image: Option<&'a str>,
    /// `suspected`, `open`, `acknowledged`, `resolved` or `expired`.
    state: &'static str,
    /// `false_available`, `false_unavailable`, `contradictory`, `expired_promise` or `gone`.
    verdict: &'static str,
    cause: Option<&'static str>,
    because: &'a str,
    /// `feed`, `listing`, `page`, `cart` or `after_paying`; null where no customer is let down.
    break_point: Option<&'static str>,
    severity: Option<SeverityRow<'a>>,
    /// Where it is promised or denied, by which the verdict is given.
    promised: Option<PromisedRow<'a>>,
    /// What every touchpoint said when it was last seen wrong.
    journey: JourneyRow<'a>,
    first_seen: Timestamp,
    last_seen: Timestamp,
    opened_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
    times_opened: u32,
    acknowledged: Option<AckRow<'a>>,
    owners: Vec<OwnerRow<'a>>,
    /// Whether nobody owns the item, so that the fallback is told.
    orphan: bool,
    /// What keeps everybody from being told.
    quiet: Option<MarkRow<'a>>,
}

#[derive(Debug, Serialize)]
struct AckRow<'a> {
    by: &'a str,
    note: &'a str,
    at: Timestamp,
    until: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct OwnerRow<'a> {
    recipient: &'a str,
    by: &'static str,
    rule: Option<usize>,
}

#[derive(Debug, Serialize)]
struct MarkRow<'a> {
    /// `expected`, `ignored` or `silenced`.
    kind: &'static str,
    number: Option<i64>,
    until: Option<Timestamp>,
    by: Option<&'a str>,
    note: &'a str,
}

/// One incident with all that is known of it.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    format: &'static str,
    version: u32,
    incident: IncidentRow<'a>,
    page: Option<ClaimRow<'a>>,
    stock: Option<FactRow<'a>>,
    told: Vec<TellingRow<'a>>,
    silences: Vec<SilenceRow<'a>>,
    history: Vec<StepRow<'a>>,
}

/// What a recipient was told, or why not.
#[derive(Debug, Serialize)]
struct TellingRow<'a> {
    recipient: &'a str,
    /// When last; null: not yet.
    at: Option<Timestamp>,
    times: u32,
    /// `new`, `still` or `fixed` where it would be told now.
    due: Option<&'static str>,
    /// Why nothing is to be said now, as a code.
    why: Option<&'static str>,
    until: Option<Timestamp>,
}

/// A silence.
#[derive(Debug, Serialize)]
pub(super) struct SilenceRow<'a> {
    id: Option<i64>,
    matcher: &'a Matcher,
    ignores: bool,
    by: &'a str,
    note: &'a str,
    made_at: Timestamp,
    until: Option<Timestamp>,
    /// Incidents it covers that are not over.
    covers: u64,
}

#[derive(Debug, Serialize)]
struct StepRow<'a> {
    at: Timestamp,
    kind: &'static str,
    verdict: &'static str,
    cause: Option<&'static str>,
    because: &'a str,
    run: Option<i64>,
    by: Option<&'a str>,
    note: Option<&'a str>,
}

/// What the page claims, whichever touchpoint decides.
fn page(incident: &Incident) -> Option<&Claim> {
    let page = incident.journey.at(Touchpoint::Page).find_map(|step| step.claim.as_ref());
    page.or(incident.claim.as_ref().filter(|claim| claim.touchpoint == Touchpoint::Page))
}

impl<'a> From<&'a Listed> for IncidentRow<'a> {
    fn from(one: &'a Listed) -> Self {
        let incident = &one.incident;
        Self {
            id: incident.id,
            shop: &incident.shop,
            key: &incident.key.0,
            sku: incident.item.sku.as_deref(),
            url: incident.item.url.as_ref().map(url::Url::as_str),
            name: incident.item.name.as_deref(),
            brand: incident.item.brand.as_deref(),
            category: incident.item.category.as_deref(),
            supplier: incident.item.supplier.as_deref(),
            image: incident.image.as_ref().map(url::Url::as_str),
            state: incident.state.code(),
            verdict: incident.verdict.code(),
            cause: incident.cause.map(Cause::code),
            because: &incident.because,
            break_point: incident.break_point().map(BreakPoint::code),
            severity: incident.severity.as_ref().map(SeverityRow::from),
            promised: PromisedRow::of(&incident.journey, &incident.verdict, incident.claim.as_ref()),
            journey: JourneyRow::from(&incident.journey),
            first_seen: incident.first_seen,
            last_seen: incident.last_seen,
            opened_at: incident.opened_at,
            resolved_at: incident.resolved_at,
            times_opened: incident.times_opened,
            acknowledged: incident.ack.as_ref().map(|ack| AckRow {
                by: &ack.by,
                note: &ack.note,
                at: ack.at,
                until: ack.until,
            }),
            owners: one.owners.iter().map(OwnerRow::from).collect(),
            orphan: one.is_orphan(),
            quiet: one.mark.as_ref().map(MarkRow::from),
        }
    }
}

impl<'a> From<&'a Named> for OwnerRow<'a> {
    fn from(one: &'a Named) -> Self {
        Self { recipient: &one.who, by: one.by, rule: one.rule }
    }
}

impl<'a> From<&'a Mark> for MarkRow<'a> {
    fn from(mark: &'a Mark) -> Self {
        Self { kind: mark.kind, number: mark.number, until: mark.until, by: mark.by.as_deref(), note: &mark.note }
    }
}

impl<'a> From<&'a Told> for TellingRow<'a> {
    fn from(one: &'a Told) -> Self {
        let said = one.told.map_or((None, 0), |(at, times)| (Some(at), times));
        Self { recipient: &one.owner.who, at: said.0, times: said.1, due: one.due, why: one.why, until: one.until }
    }
}

impl<'a> From<&'a Covering> for SilenceRow<'a> {
    fn from(one: &'a Covering) -> Self {
        let silence = &one.silence;
        Self {
            id: silence.id,
            matcher: &silence.matcher,
            ignores: silence.ignores(),
            by: &silence.by,
            note: &silence.note,
            made_at: silence.made_at,
            until: silence.until,
            covers: one.covers,
        }
    }
}

impl<'a> From<&'a Step> for StepRow<'a> {
    fn from(step: &'a Step) -> Self {
        Self {
            at: step.at,
            kind: step.kind.code(),
            verdict: step.verdict.code(),
            cause: step.cause.map(Cause::code),
            because: &step.because,
            run: step.run,
            by: step.hand.as_ref().map(|hand| hand.by.as_str()),
            note: step.hand.as_ref().map(|hand| hand.note.as_str()),
        }
    }
}

impl<'a> From<&'a Shown> for Document<'a> {
    fn from(shown: &'a Shown) -> Self {
        let incident = &shown.listed.incident;
        Self {
            format: "stocktruth.incident",
            version: crate::report::rows::VERSION,
            incident: IncidentRow::from(&shown.listed),
            page: page(incident).map(ClaimRow::from),
            stock: incident.fact.as_ref().map(FactRow::from),
            told: shown.told.iter().map(TellingRow::from).collect(),
            silences: shown.silences.iter().map(SilenceRow::from).collect(),
            history: shown.history.iter().map(StepRow::from).collect(),
        }
    }
}
