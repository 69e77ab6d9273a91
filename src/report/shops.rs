//! The run and its shops in JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::feeds::FeedRow;
use super::listings::ListingRow;
use crate::domain::{CauseSummary, Doubt, ShopSummary, SourceSummary, Summary, TargetMissed, TouchpointSummary};

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
    /// Incidents kept open though nothing is seen wrong, as what was wrong could not be seen.
    out_of_sight: u64,
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
    /// The listings.
    listings: Vec<ListingRow<'a>>,
    /// Kind of finding → how many there are.
    findings: &'a BTreeMap<String, u64>,
    /// Touchpoint → how it keeps its promises.
    touchpoints: BTreeMap<&'a str, TouchpointRow>,
    /// Which pages were looked at.
    plan: PlanRow<'a>,
    /// What shares a cause, the most first.
    causes: Vec<CauseRow<'a>>,
    /// What came of asking the cart.
    probes: ProbesRow<'a>,
    targets_missed: Vec<TargetRow<'a>>,
}

/// A touchpoint in numbers.
#[derive(Debug, Serialize)]
pub(super) struct TouchpointRow {
    /// Feeds or listings that were read, pages that were looked at, carts that were asked.
    places: u64,
    /// Items of which it said something that could be held against the stock, in this run.
    items: u64,
    /// Those among them of which it told the truth.
    agreed: u64,
    /// Items of which it is known whether it tells the truth, by this run or an earlier one.
    known: u64,
    /// Those among them of which it does.
    true_now: u64,
    /// Their share, from 0 to 1; null where none is known.
    truth_rate: Option<f64>,
    /// Changes of stock that it was watched to follow.
    followed: u64,
    /// Changes that it has not followed yet.
    behind: u64,
    lag_p50_seconds: Option<u64>,
    lag_p95_seconds: Option<u64>,
}

/// Pages in numbers.
#[derive(Debug, Serialize)]
pub(super) struct PlanRow<'a> {
    pages: u64,
    /// Reason → pages looked at for it.
    looked: &'a BTreeMap<String, u64>,
    unchanged: u64,
    /// Left out by the budget.
    left: u64,
    /// Not looked at within `audit_within`.
    overdue: u64,
}

/// Items that share a cause.
#[derive(Debug, Serialize)]
pub(super) struct CauseRow<'a> {
    /// `page_cache`, `feed_lag`, `listing_lag`, `template`, `variant`, `sync_window`, `untracked_option` or
    /// `source_suspect`. All but the first are likely, not certain.
    cause: &'static str,
    /// What they share: `listing Purim campaign`, `json_ld of the page`.
    at: &'a str,
    incidents: u64,
    /// What speaks for it, of the first of them.
    evidence: &'a str,
}

/// Carts in numbers.
#[derive(Debug, Serialize)]
pub(super) struct ProbesRow<'a> {
    asked: u64,
    refused: u64,
    accepted: u64,
    failed: u64,
    /// The first that failed, and why, in words; null where none did.
    why_failed: Option<&'a str>,
    /// What may still lie in a cart, and what to do.
    not_cleaned: &'a [String],
}

/// A target that was missed.
#[derive(Debug, Serialize)]
pub(super) struct TargetRow<'a> {
    touchpoint: &'a str,
    /// `truth_rate` or `lag_p95`.
    target: &'a str,
    wanted: &'a str,
    was: &'a str,
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
            out_of_sight: shop.out_of_sight,
            catalogue_troubles: shop.catalogue_troubles,
            catalogue_duplicates: shop.catalogue_duplicates,
            catalogue_unread: shop.catalogue_unread.as_deref(),
            catalogue_examples: &shop.catalogue_examples,
            page_requests: shop.page_requests,
            stock_requests: shop.stock_requests(),
            stock: shop.stock.iter().map(SourceRow::from).collect(),
            feeds: shop.feeds.iter().map(FeedRow::from).collect(),
            listings: shop.listings.iter().map(ListingRow::from).collect(),
            findings: &shop.findings,
            touchpoints: shop.touchpoints.iter().map(|(code, one)| (code.as_str(), TouchpointRow::from(one))).collect(),
            plan: PlanRow {
                pages: shop.plan.pages,
                looked: &shop.plan.looked,
                unchanged: shop.plan.unchanged,
                left: shop.plan.left,
                overdue: shop.plan.overdue,
            },
            causes: shop.causes.iter().map(CauseRow::from).collect(),
            probes: ProbesRow {
                asked: shop.probes.asked,
                refused: shop.probes.refused,
                accepted: shop.probes.accepted,
                failed: shop.probes.failed,
                why_failed: shop.probes.why_failed.as_deref(),
                not_cleaned: &shop.probes.not_cleaned,
            },
            targets_missed: shop.targets_missed.iter().map(TargetRow::from).collect(),
        }
    }
}

impl From<&TouchpointSummary> for TouchpointRow {
    fn from(one: &TouchpointSummary) -> Self {
        Self {
            places: one.places,
            items: one.items,
            agreed: one.agreed,
            known: one.known,
            true_now: one.true_now,
            truth_rate: (one.known > 0).then(|| one.true_now as f64 / one.known as f64),
            followed: one.followed,
            behind: one.behind,
            lag_p50_seconds: one.lag_p50,
            lag_p95_seconds: one.lag_p95,
        }
    }
}

impl<'a> From<&'a CauseSummary> for CauseRow<'a> {
    fn from(one: &'a CauseSummary) -> Self {
        Self { cause: one.cause.code(), at: &one.at, incidents: one.incidents, evidence: &one.evidence }
    }
}

impl<'a> From<&'a TargetMissed> for TargetRow<'a> {
    fn from(one: &'a TargetMissed) -> Self {
        Self { touchpoint: &one.touchpoint, target: &one.target, wanted: &one.wanted, was: &one.was }
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
