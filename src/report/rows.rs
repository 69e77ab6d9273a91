//! The versioned shape of a run in JSON and JSON Lines: types of the report's own, so that the domain may change
//! without breaking anybody's script.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::{
    Availability, CacheEvidence, Cause, Claim, Confidence, Doubt, Finding, Fold, IncidentState, Judged, Policy,
    ShopSummary, Signal, SourceSummary, StockFact, Summary, Unverified, Verdict,
};

use super::feeds::FeedRow;
use super::severity::SeverityRow;

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
    /// `page_cache`, where the page tells the truth once page caches are bypassed.
    cause: Option<&'static str>,
    /// One sentence: which rule applied to what.
    because: &'a str,
    /// `suspected` (within grace, or not seen often enough), `open`, `acknowledged` or `resolved`.
    state: Option<&'static str>,
    /// Since when it is wrong.
    since: Option<Timestamp>,
    /// How much its incident harms, while it is not over.
    severity: Option<SeverityRow<'a>>,
    /// What the page promises.
    page: Option<ClaimRow<'a>>,
    /// What the stock source says.
    stock: Option<FactRow<'a>>,
}

/// What a touchpoint says.
#[derive(Debug, Serialize)]
pub(super) struct ClaimRow<'a> {
    /// `feed`, `listing`, `page` or `cart`.
    touchpoint: &'static str,
    /// The address that answered.
    url: &'a str,
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
    /// `selector`, `button`, `text`, `state`, `json_ld`, `microdata` or `open_graph`.
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

/// The run itself.
#[derive(Debug, Serialize)]
pub(super) struct RunRow {
    /// Its number in the store; 0 for a dry run.
    number: i64,
    started_at: Timestamp,
    finished_at: Timestamp,
    /// Whether it was cut short.
    interrupted: bool,
    notices: NoticesRow,
}

/// What became of the notices.
#[derive(Debug, Serialize)]
pub(super) struct NoticesRow {
    queued: u64,
    sent: u64,
    waiting: u64,
    given_up: u64,
}

/// One shop in numbers.
#[derive(Debug, Serialize)]
pub(super) struct ShopRow<'a> {
    shop: &'a str,
    /// If it could not be checked at all: what happened and what to do.
    failed: Option<&'a str>,
    /// Why nobody is told of what is wrong in it, if so much became wrong at once that it is hard to believe.
    held: Option<String>,
    items: u64,
    verified: u64,
    mismatches: u64,
    /// Verdict → number of items.
    verdicts: &'a BTreeMap<String, u64>,
    /// Reason → number of unverified items.
    unverified: &'a BTreeMap<String, u64>,
    opened: u64,
    resolved: u64,
    /// Incidents whose items the catalogue does not list any more.
    expired: u64,
    /// Mismatches still within grace.
    suspected: u64,
    catalogue_troubles: u64,
    catalogue_duplicates: u64,
    catalogue_unread: Option<&'a str>,
    catalogue_examples: &'a [String],
    page_requests: u64,
    /// Requests to all of them.
    stock_requests: u64,
    /// The stock sources, in order of precedence.
    stock: Vec<SourceRow<'a>>,
    /// The product feeds; one that is the catalogue first.
    feeds: Vec<FeedRow<'a>>,
    /// Kind of finding → how many there are.
    findings: &'a BTreeMap<String, u64>,
}

/// One stock source in numbers.
#[derive(Debug, Serialize)]
pub(super) struct SourceRow<'a> {
    name: &'a str,
    /// Requests to it, retries among them.
    requests: u64,
    /// Keys it answered for.
    items: u64,
    /// Keys it lists that the catalogue does not name; null where that could not be told.
    unlisted: Option<u64>,
    /// If it could not be read to its end: what happened and what to do.
    failed: Option<String>,
    /// Locations that its expressions choose by and at which no item is.
    nowhere: &'a [String],
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
            page: one.claim.as_ref().map(ClaimRow::from),
            stock: one.fact.as_ref().map(FactRow::from),
        }
    }
}

impl<'a> From<&'a Claim> for ClaimRow<'a> {
    fn from(claim: &'a Claim) -> Self {
        Self {
            touchpoint: claim.touchpoint.code(),
            url: claim.url.as_str(),
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

impl From<&Summary> for RunRow {
    fn from(summary: &Summary) -> Self {
        Self {
            number: summary.run,
            started_at: summary.started_at,
            finished_at: summary.finished_at,
            interrupted: summary.interrupted,
            notices: NoticesRow {
                queued: summary.notices_queued,
                sent: summary.notices_sent,
                waiting: summary.notices_pending,
                given_up: summary.notices_dead,
            },
        }
    }
}

impl<'a> From<&'a ShopSummary> for ShopRow<'a> {
    fn from(shop: &'a ShopSummary) -> Self {
        Self {
            shop: &shop.shop,
            failed: shop.failed.as_deref(),
            held: shop.held.as_ref().map(Doubt::told),
            items: shop.items,
            verified: shop.verified(),
            mismatches: shop.mismatches(),
            verdicts: &shop.verdicts,
            unverified: &shop.unverified,
            opened: shop.opened,
            resolved: shop.resolved,
            expired: shop.expired,
            suspected: shop.suspected,
            catalogue_troubles: shop.catalogue_troubles,
            catalogue_duplicates: shop.catalogue_duplicates,
            catalogue_unread: shop.catalogue_unread.as_deref(),
            catalogue_examples: &shop.catalogue_examples,
            page_requests: shop.page_requests,
            stock_requests: shop.stock_requests(),
            stock: shop.stock.iter().map(SourceRow::from).collect(),
            feeds: shop.feeds.iter().map(FeedRow::from).collect(),
            findings: &shop.findings,
        }
    }
}

impl<'a> From<&'a SourceSummary> for SourceRow<'a> {
    fn from(source: &'a SourceSummary) -> Self {
        Self {
            name: &source.name,
            requests: source.requests,
            items: source.items,
            unlisted: source.unlisted,
            failed: source.doubt.as_ref().map(Doubt::told),
            nowhere: &source.nowhere,
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
