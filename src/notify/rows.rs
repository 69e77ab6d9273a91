//! One incident in the reader's words. Renders what the incident says and nothing else.

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use serde::Serialize;

use super::words::{Of, Words, shorten};
use crate::domain::plain::one_line;
use crate::domain::{CacheEvidence, Claim, Incident, Policy, Section, StockFact, Telling, Verdict};

/// Signals shown of one claim.
const EVIDENCE: usize = 3;

/// What a mail shows of one incident. All texts are on one line and bounded.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    /// The finding in short.
    pub(super) badge: String,
    /// Name, else SKU, else address.
    pub(super) product: String,
    pub(super) sku: Option<String>,
    pub(super) shop: String,
    pub(super) brand: Option<String>,
    /// Only `http` and `https`.
    pub(super) url: Option<String>,
    /// What was wrong, of one that is put right.
    pub(super) was: Option<String>,
    pub(super) promise: Option<Promise>,
    pub(super) stock: Option<Stock>,
    pub(super) since: String,
    pub(super) told: Option<String>,
    pub(super) fixed_at: Option<String>,
    pub(super) cause: Option<String>,
    /// Worst and oldest first.
    #[serde(skip)]
    pub(super) rank: (u8, Timestamp),
}

/// What a touchpoint promises.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Promise {
    pub(super) touchpoint: String,
    pub(super) says: String,
    pub(super) evidence: Vec<Evidence>,
    /// "and 2 more places".
    pub(super) more: Option<String>,
}

/// Where it says so.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Evidence {
    pub(super) kind: String,
    /// Only where it says something else than the page as a whole.
    pub(super) says: Option<String>,
    pub(super) excerpt: Option<String>,
    pub(super) place: String,
}

/// What the stock says.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Stock {
    pub(super) says: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) as_of: String,
    pub(super) unchanged: Option<String>,
    pub(super) source: String,
}

/// Puts an incident into the words of its reader.
pub(super) fn row(
    incident: &Incident,
    section: Section,
    told: Option<&Telling>,
    words: &Words,
    zone: &TimeZone,
) -> Row {
    let fixed = section == Section::Fixed;
    let badge = words.say(Of::Verdict, incident.verdict.code(), &[]);
    let time = |at| words.time(at, zone);
    let isolated_time = |at| words.isolate(&words.time(at, zone));
    Row {
        badge: if fixed { words.say(Of::Verdict, "fixed", &[]) } else { badge.clone() },
        product: product(incident),
        sku: incident.item.sku.as_deref().map(|sku| shorten(&one_line(sku), 80)),
        shop: shorten(&one_line(&incident.shop), 80),
        brand: incident.item.brand.as_deref().map(|brand| shorten(&one_line(brand), 80)),
        url: link(incident),
        was: fixed.then_some(badge),
        promise: (!fixed).then(|| promise(incident, words, zone)),
        stock: incident.fact.as_ref().filter(|_| !fixed).map(|fact| stock(fact, words, zone)),
        since: time(incident.first_seen),
        told: told
            .filter(|_| section == Section::Still)
            .map(|told| words.say(Of::Label, "told", &[("time", &isolated_time(told.at))])),
        fixed_at: incident.resolved_at.filter(|_| fixed).map(time),
        cause: if fixed { None } else { cause(incident, words) },
        rank: (weight(&incident.verdict), incident.first_seen),
    }
}

/// Name, else SKU, else address.
pub(super) fn product(incident: &Incident) -> String {
    let name = incident.item.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    shorten(&name.unwrap_or_else(|| one_line(&incident.key.0)), 140)
}

/// The page, if a mail may link to it.
pub(super) fn link(incident: &Incident) -> Option<String> {
    let url = incident.item.url.as_ref().or(incident.claim.as_ref().map(|claim| &claim.url))?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// What the page says of availability, and quantity and date where it states them.
pub(super) fn says(incident: &Incident, words: &Words, zone: &TimeZone) -> String {
    let Some(claim) = &incident.claim else {
        let key = if incident.verdict == Verdict::Gone { "gone" } else { "Unknown" };
        return words.say(Of::Says, key, &[]);
    };
    let name = claim.availability.name();
    let key = if name.starts_with("Unknown") { "Unknown" } else { &name };
    let mut says = words.say(Of::Says, key, &[]);
    if let Some(quantity) = claim.quantity {
        says = words.say(Of::Says, "quantity", &[("says", &says), ("quantity", &number(quantity, words))]);
    }
    if let Some(date) = claim.date {
        says = words.say(Of::Says, "date", &[("says", &says), ("date", &words.isolate(&words.time(date, zone)))]);
    }
    says
}

/// The cause and what to do about it, with what the caches themselves say.
pub(super) fn cause(incident: &Incident, words: &Words) -> Option<String> {
    let cause = words.say(Of::Cause, incident.cause?.code(), &[]);
    let cache = incident.claim.as_ref().and_then(|claim| claim.cache.as_ref());
    let hints: Vec<_> = cache.map(|cache| hints(cache, words)).unwrap_or_default();
    Some(if hints.is_empty() { cause } else { format!("{cause} ({})", hints.join("; ")) })
}

fn hints(cache: &CacheEvidence, words: &Words) -> Vec<String> {
    let age = cache.age.map(|seconds| {
        let age = words.isolate(&words.age(seconds));
        words.say(Of::Cause, "age", &[("age", &age)])
    });
    let status = cache.status.as_deref().map(|status| words.isolate(&shorten(&one_line(status), 80)));
    age.into_iter().chain(status).collect()
}

fn promise(incident: &Incident, words: &Words, zone: &TimeZone) -> Promise {
    let claim = incident.claim.as_ref();
    let touchpoint = claim.map_or("page", |claim| claim.touchpoint.code());
    let signals = claim.map_or(&[][..], |claim: &Claim| &claim.signals);
    let evidence = signals.iter().take(EVIDENCE).map(|signal| Evidence {
        kind: words.say(Of::Signal, signal.kind.code(), &[]),
        says: claim
            .filter(|claim| claim.availability != signal.says)
            .map(|_| words.say(Of::Says, &signal.says.name(), &[])),
        excerpt: Some(shorten(&one_line(&signal.excerpt), 200)).filter(|excerpt| !excerpt.is_empty()),
        place: shorten(&one_line(&signal.place), 120),
    });
    let more = signals.len().saturating_sub(EVIDENCE);
    Promise {
        touchpoint: words.say(Of::Touchpoint, touchpoint, &[]),
        says: says(incident, words, zone),
        evidence: evidence.collect(),
        more: (more > 0).then(|| words.count("more_evidence", more)),
    }
}

fn stock(fact: &StockFact, words: &Words, zone: &TimeZone) -> Stock {
    let time = |at| words.isolate(&words.time(at, zone));
    let label = |key, name, value: &str| words.say(Of::Label, key, &[(name, value)]);
    let fields = fact.fields.iter().take(12);
    let source = words.isolate(&shorten(&one_line(&fact.source), 80));
    Stock {
        says: quantity(fact, words, zone),
        fields: fields.map(|(name, value)| (shorten(&one_line(name), 40), shorten(&one_line(value), 60))).collect(),
        as_of: label("as_of", "time", &time(fact.as_of)),
        unchanged: fact.changed_at.map(|at| label("unchanged", "time", &time(at))),
        source: label("source", "source", &source),
    }
}

fn quantity(fact: &StockFact, words: &Words, zone: &TimeZone) -> String {
    let say = |key, fills: &[(&str, &str)]| words.say(Of::Stock, key, fills);
    match (fact.policy, fact.sellable) {
        (Policy::Untracked, _) => say("untracked", &[]),
        (Policy::Backorder, _) => say("backorder", &[]),
        (Policy::Preorder { until: None }, _) => say("preorder", &[]),
        (Policy::Preorder { until: Some(until) }, _) => {
            say("preorder_until", &[("date", &words.isolate(&words.time(until, zone)))])
        }
        (Policy::MadeToOrder, _) => say("made_to_order", &[]),
        (Policy::Discontinued, _) => say("discontinued", &[]),
        (Policy::Tracked, None) => say("unknown", &[]),
        (Policy::Tracked, Some(sellable)) => {
            let key = if fact.threshold > Decimal::ONE { "threshold" } else { "tracked" };
            say(key, &[("quantity", &number(sellable, words)), ("threshold", &number(fact.threshold, words))])
        }
    }
}

fn number(value: Decimal, words: &Words) -> String {
    words.isolate(&value.normalize().to_string())
}

/// What harms the customer most stands first.
fn weight(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::FalseAvailable => 0,
        Verdict::ExpiredPromise => 1,
        Verdict::Gone => 2,
        Verdict::Contradictory => 3,
        Verdict::FalseUnavailable => 4,
        Verdict::Agrees | Verdict::Unverified(_) => 5,
    }
}
