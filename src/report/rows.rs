//! The versioned shape of a run in JSON and JSON Lines: types of the report's own, so that the domain may change
//! without breaking anybody's script.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::{
    Availability, CacheEvidence, Cause, Claim, Confidence, Finding, Fold, IncidentState, Judged, LookReason, Policy,
    Signal, StockFact, Touchpoint, Unverified, Verdict,
};

use super::severity::SeverityRow;
use super::steps::{JourneyRow, PromisedRow};

/// Version of the formats `stocktruth.run`, `stocktruth.item`, `stocktruth.finding`, `stocktruth.summary` and `stocktruth.explanation`.
pub(super) const VERSION: u32 = 1;

/// One item.
#[derive(Debug, Serialize)]
pub(super) struct ItemRow<'a> {
    /// The shop's name in the configuration.
    shop: &'a str,
    /// The item's identity within the shop: the SKU, or the page where no SKU is known.
    key: &'a str,
    sku: Option<&'a str>,
    /// The product page as the catalogue names it.
    url: Option<&'a str>,
    name: Option<&'a str>,
    brand: Option<&'a str>,
    category: Option<&'a str>,
    supplier: Option<&'a str>,
    image: Option<&'a str>,
    /// `agrees`, `false_available`, `false_unavailable`, `contradictory`, `expired_promise`, `gone`, `unverified`.
    verdict: &'static str,
    /// Of an unverified item: why, as a code.
    reason: Option<&'static str>,
    /// The likely cause, as a code: see `journey.why`.
    cause: Option<&'static str>,
    /// One sentence: which rule applied to what.
    because: &'a str,
    /// `suspected` (within grace, or not seen often enough), `open`, `acknowledged` or `resolved`.
    state: Option<&'static str>,
    /// Since when it is wrong.
    since: Option<Timestamp>,
    /// How much its incident harms, while it is not over.
    severity: Option<SeverityRow<'a>>,
    /// Where it is promised or denied, by which the verdict is given.
    promised: Option<PromisedRow<'a>>,
    /// What the page promises.
    page: Option<ClaimRow<'a>>,
    /// What the stock source says.
    stock: Option<FactRow<'a>>,
    /// What every touchpoint says, and where on the customer's way the truth comes out.
    journey: JourneyRow<'a>,
    /// Why its page was looked at: `asked`, `incident`, `contradiction`, `changed`, `sold_out`, `near`, `new`,
    /// `unverified` or `audit`.
    looked: Option<&'static str>,
}

/// What a touchpoint says.
#[derive(Debug, Serialize)]
pub(super) struct ClaimRow<'a> {
    /// `feed`, `listing`, `page` or `cart`.
    touchpoint: &'static str,
    /// The address that answered.
    url: Cow<'a, str>,
    /// A name of schema.org `ItemAvailability`, or `Unknown(reason)`.
    availability: String,
    /// What that means to somebody who wants to buy now; null where it is unknown.
    buyable: Option<bool>,
    quantity: Option<Decimal>,
    date: Option<Timestamp>,
    /// `low`, `medium` or `high`.
    confidence: &'static str,
    /// Whether signals contradict each other.
    contradicts: bool,
    cache: Option<CacheRow<'a>>,
    seen_at: Timestamp,
    /// The deciding one first.
    signals: Vec<SignalRow<'a>>,
}

/// What caches on the way said.
#[derive(Debug, Serialize)]
pub(super) struct CacheRow<'a> {
    age_seconds: Option<u64>,
    /// The header as sent.
    status: Option<&'a str>,
}

/// One piece of evidence.
#[derive(Debug, Serialize)]
pub(super) struct SignalRow<'a> {
    /// `selector`, `button`, `text`, `state`, `json_ld`, `microdata`, `open_graph`, `card`, `feed` or `cart`.
    kind: &'static str,
    says: String,
    place: &'a str,
    excerpt: &'a str,
    sku: Option<&'a str>,
    /// What else that item is called there: GTIN, MPN, the platform's own number.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    also: &'a [String],
    quantity: Option<Decimal>,
    date: Option<Timestamp>,
}

/// What the stock source says.
#[derive(Debug, Serialize)]
pub(super) struct FactRow<'a> {
    source: &'a str,
    /// Whose policy it is, where that is another source; else null.
    policy_source: Option<&'a str>,
    /// The key under which the source knows the item.
    key: &'a str,
    /// How the item's own key led to it: `exact`, `mapped`, `normalised` or `gtin`.
    matched: &'static str,
    sellable: Option<Decimal>,
    threshold: Decimal,
    /// `tracked`, `untracked`, `backorder`, `preorder`, `made_to_order` or `discontinued`.
    policy: &'static str,
    preorder_until: Option<Timestamp>,
    /// Whether a customer who orders now can be served.
    buyable: bool,
    as_of: Timestamp,
    changed_at: Option<Timestamp>,
    /// The named fields it was computed from.
    fields: &'a BTreeMap<String, String>,
}

/// Something odd about the shop's data.
#[derive(Debug, Serialize)]
pub(super) struct FindingRow<'a> {
    shop: &'a str,
    /// `sources_disagree`, `unmapped_key`, `duplicate_key` or `ambiguous_key`.
    kind: &'static str,
    /// The item's key.
    key: &'a str,
    /// The stock sources concerned.
    sources: &'a [String],
    /// In words.
    what: &'a str,
}

impl<'a> From<&'a Judged> for ItemRow<'a> {
    fn from(one: &'a Judged) -> Self {
        Self {
            shop: &one.shop,
            key: &one.key.0,
            sku: one.item.sku.as_deref(),
            url: one.item.url.as_ref().map(url::Url::as_str),
            name: one.item.name.as_deref(),
            brand: one.item.brand.as_deref(),
            category: one.item.category.as_deref(),
            supplier: one.item.supplier.as_deref(),
            image: one.image.as_ref().map(url::Url::as_str),
            verdict: one.judgement.verdict.code(),
            reason: reason(&one.judgement.verdict),
            cause: one.judgement.cause.map(Cause::code),
            because: &one.judgement.because,
            state: one.incident.map(IncidentState::code),
            since: one.since,
            severity: one.severity.as_ref().map(SeverityRow::from),
            promised: PromisedRow::of(&one.journey, &one.judgement.verdict, one.claim.as_ref()),
            page: page(one).map(ClaimRow::from),
            stock: one.fact.as_ref().map(FactRow::from),
            journey: JourneyRow::from(&one.journey),
            looked: one.looked.map(LookReason::code),
        }
    }
}

/// What the page claims, whichever touchpoint decides.
pub(super) fn page(one: &Judged) -> Option<&Claim> {
    let page = one.journey.at(Touchpoint::Page).find_map(|step| step.claim.as_ref());
    page.or(one.claim.as_ref().filter(|claim| claim.touchpoint == Touchpoint::Page))
}

impl<'a> From<&'a Claim> for ClaimRow<'a> {
    fn from(claim: &'a Claim) -> Self {
        Self {
            touchpoint: claim.touchpoint.code(),
            url: claim.told_url(),
            availability: claim.availability.name(),
            buyable: buyable(claim.availability),
            quantity: claim.quantity,
            date: claim.date,
            confidence: confidence(claim.confidence),
            contradicts: claim.contradicts,
            cache: claim.cache.as_ref().map(CacheRow::from),
            seen_at: claim.seen_at,
            signals: claim.signals.iter().map(SignalRow::from).collect(),
        }
    }
}

impl<'a> From<&'a CacheEvidence> for CacheRow<'a> {
    fn from(cache: &'a CacheEvidence) -> Self {
        Self { age_seconds: cache.age, status: cache.status.as_deref() }
    }
}

impl<'a> From<&'a Signal> for SignalRow<'a> {
    fn from(signal: &'a Signal) -> Self {
        Self {
            kind: signal.kind.code(),
            says: signal.says.name(),
            place: &signal.place,
            excerpt: &signal.excerpt,
            sku: signal.sku.as_deref(),
            also: &signal.also,
            quantity: signal.quantity,
            date: signal.date,
        }
    }
}

impl<'a> From<&'a StockFact> for FactRow<'a> {
    fn from(fact: &'a StockFact) -> Self {
        Self {
            source: &fact.source,
            policy_source: fact.policy_source.as_deref(),
            key: &fact.key,
            matched: fact.matched.code(),
            sellable: fact.sellable,
            threshold: fact.threshold,
            policy: policy(fact.policy),
            preorder_until: match fact.policy {
                Policy::Preorder { until } => until,
                _ => None,
            },
            buyable: fact.buyable(),
            as_of: fact.as_of,
            changed_at: fact.changed_at,
            fields: &fact.fields,
        }
    }
}

impl<'a> From<&'a (String, Finding)> for FindingRow<'a> {
    fn from((shop, finding): &'a (String, Finding)) -> Self {
        Self { shop, kind: finding.kind.code(), key: &finding.key, sources: &finding.sources, what: &finding.what }
    }
}

/// Why nothing can be said of an item, as a code.
pub(super) fn reason(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Unverified(why) => Some(Unverified::code(why)),
        _ => None,
    }
}

/// Machine name of a policy.
pub(super) fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::Tracked => "tracked",
        Policy::Untracked => "untracked",
        Policy::Backorder => "backorder",
        Policy::Preorder { .. } => "preorder",
        Policy::MadeToOrder => "made_to_order",
        Policy::Discontinued => "discontinued",
    }
}

/// Whether it can be bought now; `None` where that is unknown.
pub(super) fn buyable(availability: Availability) -> Option<bool> {
    match availability.fold() {
        Fold::Buyable => Some(true),
        Fold::NotBuyable => Some(false),
        Fold::Unknown => None,
    }
}

/// Machine name of a confidence.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}
