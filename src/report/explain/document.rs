//! The shape of an explanation in JSON.

use serde::Serialize;
use url::Url;

use crate::domain::{Cause, Item, ProductFacts, StockAnswer, Testimony, Unknown};
use crate::report::rows::{CacheRow, ClaimRow, FactRow, SignalRow, VERSION, reason};

use crate::report::steps::JourneyRow;

use super::matrix::VariantRow;
use super::{Explanation, decision};

/// One item, explained.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    format: &'static str,
    version: u32,
    item: ItemRow<'a>,
    /// What was answered; null if nothing was.
    answer: Option<AnswerRow<'a>>,
    /// What the page says of its own product.
    product: Option<ProductRow<'a>>,
    /// What kind of page it is instead of a product page, as a code.
    obstacle: Option<&'static str>,
    /// Every signal of the page, in document order, those of other items too.
    signals: Vec<SignalRow<'a>>,
    /// What the page promises of each item it offers to choose from; empty where it offers one.
    variants: Vec<VariantRow<'a>>,
    claim: Option<ClaimRow<'a>>,
    /// Which signal decided and how the others stand to it, in words.
    decided_by: Option<String>,
    /// `not_asked`, `known`, `missing` or `failed`.
    stock_answer: &'static str,
    stock: Option<FactRow<'a>>,
    /// What each stock source says, in order of precedence.
    sources: Vec<TestimonyRow<'a>>,
    verdict: &'static str,
    reason: Option<&'static str>,
    cause: Option<&'static str>,
    because: &'a str,
    /// Its whole way when it was last seen wrong; null where that is not known.
    remembered: Option<RememberedRow<'a>>,
}

#[derive(Serialize)]
struct RememberedRow<'a> {
    incident: Option<i64>,
    state: &'static str,
    verdict: &'static str,
    last_seen: jiff::Timestamp,
    journey: JourneyRow<'a>,
}

#[derive(Serialize)]
struct AnswerRow<'a> {
    requested: &'a str,
    url: &'a str,
    status: u16,
    content_type: &'a str,
    charset: &'a str,
    redirects: Vec<RedirectRow<'a>>,
    cache: Option<CacheRow<'a>>,
    seen_at: jiff::Timestamp,
}

#[derive(Serialize)]
struct RedirectRow<'a> {
    status: u16,
    to: &'a str,
}

/// What one stock source says.
#[derive(Serialize)]
struct TestimonyRow<'a> {
    source: &'a str,
    /// The key under which it knows the item, or was asked for it.
    key: &'a str,
    /// How the item's own key led to it: `exact`, `mapped`, `normalised` or `gtin`.
    matched: &'static str,
    /// `known`, `missing` or `failed`.
    answer: &'static str,
    /// Why it failed.
    why: Option<&'a str>,
    stock: Option<FactRow<'a>>,
}

impl<'a> From<&'a Testimony> for TestimonyRow<'a> {
    fn from(one: &'a Testimony) -> Self {
        Self {
            source: &one.source,
            key: &one.key,
            matched: one.matched.code(),
            answer: kind(&one.answer),
            why: match &one.answer {
                StockAnswer::Failed(why) => Some(why),
                StockAnswer::Known(_) | StockAnswer::Missing => None,
            },
            stock: match &one.answer {
                StockAnswer::Known(fact) => Some(FactRow::from(fact)),
                StockAnswer::Missing | StockAnswer::Failed(_) => None,
            },
        }
    }
}

fn kind(answer: &StockAnswer) -> &'static str {
    match answer {
        StockAnswer::Known(_) => "known",
        StockAnswer::Missing => "missing",
        StockAnswer::Failed(_) => "failed",
    }
}

/// The item as the catalogue describes it.
#[derive(Serialize)]
struct ItemRow<'a> {
    sku: Option<&'a str>,
    url: Option<&'a str>,
    stock_key: Option<&'a str>,
    gtin: Option<&'a str>,
    name: Option<&'a str>,
    brand: Option<&'a str>,
    category: Option<&'a str>,
    supplier: Option<&'a str>,
}

impl<'a> From<&'a Item> for ItemRow<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            sku: item.sku.as_deref(),
            url: item.url.as_ref().map(Url::as_str),
            stock_key: item.stock_key.as_deref(),
            gtin: item.gtin.as_deref(),
            name: item.name.as_deref(),
            brand: item.brand.as_deref(),
            category: item.category.as_deref(),
            supplier: item.supplier.as_deref(),
        }
    }
}

/// The page's own product as the page describes it.
#[derive(Serialize)]
struct ProductRow<'a> {
    /// SKUs, and GTINs and MPNs after them, best first.
    skus: &'a [String],
    name: Option<&'a str>,
    brand: Option<&'a str>,
    category: Option<&'a str>,
    image: Option<&'a str>,
    canonical: Option<&'a str>,
    language: Option<&'a str>,
}

impl<'a> From<&'a ProductFacts> for ProductRow<'a> {
    fn from(facts: &'a ProductFacts) -> Self {
        Self {
            skus: &facts.skus,
            name: facts.name.as_deref(),
            brand: facts.brand.as_deref(),
            category: facts.category.as_deref(),
            image: facts.image.as_ref().map(Url::as_str),
            canonical: facts.canonical.as_ref().map(Url::as_str),
            language: facts.language.as_deref(),
        }
    }
}

impl<'a> From<&Explanation<'a>> for Document<'a> {
    fn from(explanation: &Explanation<'a>) -> Self {
        let Explanation { item, page, reading, variants, claim, testimonies, answer, judgement, remembered } =
            *explanation;
        Self {
            format: "stocktruth.explanation",
            version: VERSION,
            item: ItemRow::from(item),
            answer: page.map(|page| AnswerRow {
                requested: page.requested.as_str(),
                url: page.url.as_str(),
                status: page.status,
                content_type: &page.content_type,
                charset: page.charset,
                redirects: page
                    .hops
                    .iter()
                    .map(|hop| RedirectRow { status: hop.status, to: hop.to.as_str() })
                    .collect(),
                cache: page.cache.as_ref().map(CacheRow::from),
                seen_at: page.seen_at,
            }),
            product: reading.map(|reading| ProductRow::from(&reading.product)),
            obstacle: reading.and_then(|reading| reading.obstacle).map(Unknown::code),
            signals: reading.iter().flat_map(|reading| &reading.signals).map(SignalRow::from).collect(),
            variants: variants.iter().map(VariantRow::from).collect(),
            claim: claim.map(ClaimRow::from),
            decided_by: claim.and_then(decision),
            stock_answer: answer.map_or("not_asked", kind),
            stock: match answer {
                Some(StockAnswer::Known(fact)) => Some(FactRow::from(fact)),
                _ => None,
            },
            sources: testimonies.iter().map(TestimonyRow::from).collect(),
            verdict: judgement.verdict.code(),
            reason: reason(&judgement.verdict),
            cause: judgement.cause.map(Cause::code),
            because: &judgement.because,
            remembered: remembered.map(|incident| RememberedRow {
                incident: incident.id,
                state: incident.state.code(),
                verdict: incident.verdict.code(),
                last_seen: incident.last_seen,
                journey: JourneyRow::from(&incident.journey),
            }),
        }
    }
}
