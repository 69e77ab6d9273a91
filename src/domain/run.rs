//! What a run found, item by item and in numbers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    CauseSummary, Census, Claim, Doubt, FeedSummary, Finding, IncidentState, Item, ItemKey, Journey, Judgement,
    ListingSummary, LookReason, PlanSummary, ProbeSummary, Severity, StockFact, TargetMissed, TouchpointSummary, Usual,
};

/// One item, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The shop's name.
    pub shop: String,
    /// The item's identity within the shop.
    pub key: ItemKey,
    /// The item as the catalogue and the page describe it.
    pub item: Item,
    /// Picture of the product, if the page names one.
    pub image: Option<url::Url>,
    /// The verdict.
    pub judgement: Judgement,
    /// The claim that decides the verdict, if anything was read: the page's, unless another touchpoint is the one that is
    /// wrong.
    pub claim: Option<Claim>,
    /// What the stock source says, if it knows.
    pub fact: Option<StockFact>,
    /// The incident's state after this run, if there is one.
    pub incident: Option<IncidentState>,
    /// Since when it is wrong, if it is.
    pub since: Option<Timestamp>,
    /// How much its incident harms, if there is one that is not over.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// What every touchpoint says of it.
    #[serde(default)]
    pub journey: Journey,
    /// Why its page was looked at.
    #[serde(default)]
    pub looked: Option<LookReason>,
}

/// A run in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of the run in the store; 0 for a dry run.
    pub run: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Shop by shop, in the order of the configuration.
    pub shops: Vec<ShopSummary>,
    /// Notices recorded by this run.
    pub notices_queued: u64,
    /// Notices accepted by the transport during this run (earlier ones among them).
    pub notices_sent: u64,
    /// Notices that wait for another attempt.
    pub notices_pending: u64,
    /// Notices that were given up.
    pub notices_dead: u64,
    /// Whether the run was asked to stop before it was through.
    pub interrupted: bool,
    /// SKUs that were asked for and that no catalogue knows.
    pub unknown_skus: Vec<String>,
}

/// A shop in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShopSummary {
    /// Its name.
    pub shop: String,
    /// If the shop could not be checked at all: what happened and what to do.
    pub failed: Option<String>,
    /// Items in the catalogue that were within the scope.
    pub items: u64,
    /// Rows of the catalogue that could not be used.
    pub catalogue_troubles: u64,
    /// Rows of the catalogue that name an item again; the first row counts.
    pub catalogue_duplicates: u64,
    /// The first few of both in words.
    pub catalogue_examples: Vec<String>,
    /// If a part of the catalogue could not be read: which, and why.
    pub catalogue_unread: Option<String>,
    /// Verdict code → number of items.
    pub verdicts: BTreeMap<String, u64>,
    /// Reason code → number of items, of the unverified ones.
    pub unverified: BTreeMap<String, u64>,
    /// Incidents that opened or reopened in this run.
    pub opened: u64,
    /// Incidents resolved in this run.
    pub resolved: u64,
    /// Why nobody is told of what is wrong in it, if so many items became wrong at once that it is hard to believe.
    #[serde(default)]
    pub held: Option<Doubt>,
    /// Incidents whose items the catalogue does not list any more.
    #[serde(default)]
    pub expired: u64,
    /// What is usual in its catalogue.
    #[serde(default)]
    pub usual: Usual,
    /// Mismatches still within grace.
    pub suspected: u64,
    /// Incidents that stay as they are, though nothing is seen wrong: what was wrong could not be seen this time.
    #[serde(default)]
    pub out_of_sight: u64,
    /// HTTP requests to the shop, robots.txt and retries among them.
    pub page_requests: u64,
    /// Its stock sources in numbers, in order of precedence.
    #[serde(default)]
    pub stock: Vec<SourceSummary>,
    /// Kind of finding → how many there are.
    #[serde(default)]
    pub findings: BTreeMap<String, u64>,
    /// The first few of each kind.
    #[serde(default)]
    pub finding_examples: Vec<Finding>,
    /// Its product feeds in numbers; one that is its catalogue first.
    #[serde(default)]
    pub feeds: Vec<FeedSummary>,
    /// Its listings in numbers.
    #[serde(default)]
    pub listings: Vec<ListingSummary>,
    /// Touchpoint code → how it keeps its promises.
    #[serde(default)]
    pub touchpoints: BTreeMap<String, TouchpointSummary>,
    /// Which pages were looked at, and why.
    #[serde(default)]
    pub plan: PlanSummary,
    /// Incidents that share a cause, those with the most first.
    #[serde(default)]
    pub causes: Vec<CauseSummary>,
    /// What came of asking the cart.
    #[serde(default)]
    pub probes: ProbeSummary,
    /// The shop's own targets that were missed.
    #[serde(default)]
    pub targets_missed: Vec<TargetMissed>,
}

/// A stock source in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSummary {
    /// Its name.
    pub name: String,
    /// Requests to it, retries among them.
    pub requests: u64,
    /// Keys it answered for.
    pub items: u64,
    /// Keys it lists that the catalogue does not name. `None` where it was not read as a whole, or the catalogue was not.
    pub unlisted: Option<u64>,
    /// Its bulk reading in numbers, where it can be held against others.
    #[serde(default)]
    pub census: Option<Census>,
    /// Why it is not believed, if it is not.
    #[serde(default)]
    pub doubt: Option<Doubt>,
    /// Locations that its expressions choose by and at which no item is, as `"Hafia" of locations[web]`.
    #[serde(default)]
    pub nowhere: Vec<String>,
}

impl ShopSummary {
    /// Requests to all stock sources.
    pub fn stock_requests(&self) -> u64 {
        self.stock.iter().map(|source| source.requests).sum()
    }

    /// Items with this verdict.
    pub fn count(&self, verdict: &str) -> u64 {
        self.verdicts.get(verdict).copied().unwrap_or(0)
    }

    /// Items for which something could be said.
    pub fn verified(&self) -> u64 {
        self.verdicts.iter().filter(|(code, _)| *code != "unverified").map(|(_, n)| n).sum()
    }

    /// Items that are wrong.
    pub fn mismatches(&self) -> u64 {
        self.verdicts.iter().filter(|(code, _)| *code != "unverified" && *code != "agrees").map(|(_, n)| n).sum()
    }
}
