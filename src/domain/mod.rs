//! The words of the trade as types: no input or output, no async, no clock of its own.
//!
//! Read them in the order of the customer's way: an [`Item`] is promised at a [`Touchpoint`]; the [`Signal`]s found
//! there make a [`Claim`]; the shop's stock system answers with a [`StockAnswer`]; both give a [`Verdict`]; a mismatch
//! that lasts is an [`Incident`] of a [`Severity`]; an owner is told by a [`Notice`]. All that an item's touchpoints say is
//! its [`Journey`].

mod address;
mod availability;
mod census;
mod claim;
pub mod clock;
mod feed;
mod finding;
mod gtin;
mod incident;
mod item;
mod journey;
mod listing;
mod matcher;
mod notice;
mod page;
pub mod plain;
mod run;
mod severity;
mod sight;
mod silence;
mod source;
mod stock;
mod verdict;

pub use address::{Elsewhere, bare, opens_by_key, shown};
pub use availability::{Availability, Fold, Unknown};
pub use census::{Census, Doubt, Doubted, MISMATCHES};
pub use claim::{CacheEvidence, Claim, Confidence, ProductFacts, Reading, Signal, SignalKind, Touchpoint, Variant};
pub use feed::FeedSummary;
pub use finding::{Finding, FindingKind};
pub use gtin::Gtin;
pub use incident::{Acknowledgement, Change, ChangeKind, Hand, Incident, IncidentState, Streak};
pub use item::{Item, ItemKey};
pub use journey::{Journey, Mark, Sighting, Step, Why};
pub use listing::ListingSummary;
pub use matcher::{Matcher, Pattern};
pub use notice::{Correspondence, Notice, NoticeState, Section, Telling};
pub use page::{Fetched, Hop, Page, PageFailure};
pub use run::{Judged, ShopSummary, SourceSummary, Summary};
pub use severity::{BreakPoint, Factor, FactorKind, Severity, SeverityLevel, Usual};
pub use sight::{CauseSummary, LookReason, PlanSummary, ProbeSummary, TargetMissed, TouchpointSummary};
pub use silence::{Expected, Silence};
pub use source::{Decides, KeyMatch, Testimony, Tolerance};
pub use stock::{Policy, StockAnswer, StockFact};
pub use verdict::{Cause, Judgement, Unverified, Verdict};
