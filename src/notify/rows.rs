//! One incident in the reader's words. Renders what the incident says and nothing else.

use std::cmp::Reverse;

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;

use super::links::{admin, listing, page, picture};
use super::message::{Evidence, Moment, Promise, Rating, Reason, Row, Stock};
use super::way;
use super::words::{Of, Words, shorten};
use crate::domain::plain::one_line;
use crate::domain::{
    Acknowledgement, Availability, CacheEvidence, Cause, Claim, Factor, FactorKind, Fold, Incident, Policy, Section,
    Severity, SeverityLevel, StockFact, Telling, Touchpoint, Verdict,
};

/// Signals shown of one claim.
const EVIDENCE: usize = 3;

/// A row and its place among its like: worst and oldest first.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    pub(super) rank: (Reverse<(SeverityLevel, u32)>, u8, Timestamp),
    pub(super) row: Row,
}

/// Who reads, and in which zone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) words: &'static Words,
    pub(super) zone: &'a TimeZone,
    pub(super) now: Timestamp,
}

impl Reader<'_> {
    pub(super) fn moment(self, at: Timestamp) -> Moment {
        Moment { at, text: self.words.time(at, self.zone) }
    }

    /// A time inside a sentence.
    pub(super) fn time(self, at: Timestamp) -> String {
        self.words.isolate(&self.words.time(at, self.zone))
    }
}

/// What is said of an incident beside what it says itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion<'a> {
    /// As what it is told.
    pub(super) section: Section,
    /// Whether it comes to its recipient because nobody owns it.
    pub(super) is_orphan: bool,
    /// When they were told of it before.
    pub(super) told: Option<&'a Telling>,
    /// The address of the shop's products in its administration, with names in braces.
    pub(super) admin_url: Option<&'a str>,
}

/// Puts an incident into the words of its reader.
pub(super) fn row(incident: &Incident, occasion: Occasion<'_>, reader: Reader<'_>) -> Ranked {
    let words = reader.words;
    let label = |key, name, value: &str| words.say(Of::Label, key, &[(name, value)]);
    let fixed = occasion.section == Section::Fixed;
    let badge = words.say(Of::Verdict, way::finding(incident), &[]);
    let short = |text: &Option<String>| {
        text.as_deref().map(|text| shorten(&one_line(text), 80)).filter(|text| !text.is_empty())
    };
    let (product, image) = (product(incident), picture(incident));
    let row = Row {
        id: incident.id,
        verdict: incident.verdict.code().to_owned(),
        badge: if fixed { words.say(Of::Verdict, "fixed", &[]) } else { badge.clone() },
        was: fixed.then_some(badge),
        severity: incident.severity.as_ref().filter(|_| !fixed).map(|severity| rating(severity, incident, reader)),
        sku: short(&incident.item.sku),
        shop: shorten(&one_line(&incident.shop), 80),
        brand: short(&incident.item.brand),
        url: page(incident),
        admin_url: occasion.admin_url.and_then(|template| admin(template, &incident.item)),
        image_text: image.is_some().then(|| label("picture", "product", &words.isolate(&product))),
        image,
        product,
        promise: (!fixed).then(|| promise(incident, reader)),
        journey: if fixed { None } else { way::way(incident, reader) },
        stock: incident.fact.as_ref().filter(|_| !fixed).map(|fact| stock(fact, reader)),
        since: reader.moment(incident.first_seen),
        told: occasion
            .told
            .filter(|_| occasion.section == Section::Still)
            .map(|told| label("told", "time", &reader.time(told.at))),
        fixed_at: incident.resolved_at.filter(|_| fixed).map(|at| reader.moment(at)),
        cause: if fixed { None } else { cause(incident, words) },
        todo: (!fixed && incident.cause.is_none()).then(|| words.say(Of::Todo, way::remedy(incident), &[])),
        why: incident.journey.why.as_ref().filter(|_| !fixed).map(|why| Reason {
            code: why.cause.code().to_owned(),
            at: one_line(&why.at),
            evidence: shorten(&one_line(&why.evidence), 300),
        }),
        acknowledged: incident.ack.as_ref().filter(|_| !fixed).map(|ack| acknowledged(ack, reader)),
        orphan: (occasion.is_orphan && !fixed).then(|| words.say(Of::Label, "orphan", &[])),
    };
    let harm = incident.severity.as_ref().map(|severity| (severity.level, severity.score)).unwrap_or_default();
    Ranked { rank: (Reverse(harm), weight(&incident.verdict), incident.first_seen), row }
}

/// How much it harms, and what made it so, as far as that says something.
fn rating(severity: &Severity, incident: &Incident, reader: Reader<'_>) -> Rating {
    let by_rule = severity.rule.map(|rule| reader.words.say(Of::Reason, "rule", &[("rule", &rule.to_string())]));
    let factors = severity.factors.iter().filter_map(|factor| reason(factor, incident, reader));
    Rating {
        code: severity.level.code().to_owned(),
        label: reader.words.say(Of::Severity, severity.level.code(), &[]),
        score: severity.score,
        because: factors.chain(by_rule).collect(),
    }
}

fn reason(factor: &Factor, incident: &Incident, reader: Reader<'_>) -> Option<String> {
    let say = |key: &str, fills: &[(&str, &str)]| Some(reader.words.say(Of::Reason, key, fills));
    match (factor.kind, factor.percent) {
        (FactorKind::Direction, _) => say(&factor.what, &[]),
        // That the page breaks the promise is what the finding says anyhow.
        (FactorKind::BreakPoint, _) if matches!(factor.what.as_str(), "none" | "page") => None,
        (FactorKind::BreakPoint, _) => say(&factor.what, &[]),
        (FactorKind::Weight, 115..) => say("weight_more", &[]),
        (FactorKind::Weight, ..=85) => say("weight_less", &[]),
        (FactorKind::Age, 101..) => {
            let age = u64::try_from(reader.now.duration_since(incident.first_seen).as_secs()).unwrap_or_default();
            say("age", &[("age", &reader.words.age(age))])
        }
        (FactorKind::Weight | FactorKind::Age, _) => None,
    }
}

/// Who has taken it on, what they said, and until when.
pub(super) fn acknowledged(ack: &Acknowledgement, reader: Reader<'_>) -> String {
    let words = reader.words;
    let foreign = |text: &str, limit| words.isolate(&shorten(&one_line(text), limit));
    let mut said = words.say(Of::Label, "acknowledged", &[("by", &foreign(&ack.by, 80))]);
    if let Some(until) = ack.until {
        said = words.say(Of::Label, "acknowledged_until", &[("what", &said), ("time", &reader.time(until))]);
    }
    if !ack.note.trim().is_empty() {
        said = words.say(Of::Label, "acknowledged_note", &[("what", &said), ("note", &foreign(&ack.note, 300))]);
    }
    said
}

/// Name, else SKU, else address.
pub(super) fn product(incident: &Incident) -> String {
    let name = incident.item.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    shorten(&name.unwrap_or_else(|| one_line(&incident.key.0)), 140)
}

/// The touchpoint that decides, and the name of the feed or listing.
fn place(incident: &Incident) -> (Touchpoint, Option<&str>) {
    match incident.journey.decides(&incident.verdict) {
        Some(step) => (step.touchpoint, step.place.as_deref()),
        None => (incident.claim.as_ref().map_or(Touchpoint::Page, |claim| claim.touchpoint), None),
    }
}

/// What it says. Of an ad that leads nowhere that is in its step alone.
fn claim(incident: &Incident) -> Option<&Claim> {
    let step = || incident.journey.decides(&incident.verdict)?.claim.as_ref();
    incident.claim.as_ref().or_else(step)
}

/// The touchpoint that promises, by its name.
pub(super) fn touchpoint(incident: &Incident, words: &Words) -> String {
    let (touchpoint, place) = place(incident);
    way::touchpoint(touchpoint, place, words)
}

/// What the touchpoint says of availability, and quantity and date where it states them.
pub(super) fn says(incident: &Incident, reader: Reader<'_>) -> String {
    let words = reader.words;
    let Some(claim) = claim(incident) else {
        let key = if incident.verdict == Verdict::Gone { "gone" } else { "Unknown" };
        return words.say(Of::Says, key, &[]);
    };
    let mut says = availability(claim.availability, words);
    if let Some(quantity) = claim.quantity {
        says = words.say(Of::Says, "quantity", &[("says", &says), ("quantity", &words.number(quantity))]);
    }
    if let Some(date) = claim.date {
        says = words.say(Of::Says, "date", &[("says", &says), ("date", &reader.time(date))]);
    }
    says
}

pub(super) fn availability(availability: Availability, words: &Words) -> String {
    let name = availability.name();
    words.say(Of::Says, if name.starts_with("Unknown") { "Unknown" } else { &name }, &[])
}

/// The cause and what to do about it, with what the caches themselves say.
pub(super) fn cause(incident: &Incident, words: &Words) -> Option<String> {
    let cause = way::cause(incident.cause?, incident.journey.why.as_ref(), words);
    let cached = incident.claim.as_ref().filter(|_| incident.cause == Some(Cause::PageCache));
    let cache = cached.and_then(|claim| claim.cache.as_ref());
    let hints: Vec<_> = cache.map(|cache| hints(cache, words)).unwrap_or_default();
    Some(if hints.is_empty() { cause } else { format!("{cause} ({})", words.list(&hints)) })
}

fn hints(cache: &CacheEvidence, words: &Words) -> Vec<String> {
    let age = cache.age.map(|seconds| words.say(Of::Cause, "age", &[("age", &words.age(seconds))]));
    let status = cache.status.as_deref().map(|status| words.isolate(&shorten(&one_line(status), 80)));
    age.into_iter().chain(status).collect()
}

fn promise(incident: &Incident, reader: Reader<'_>) -> Promise {
    let words = reader.words;
    let claim = claim(incident);
    let (touchpoint, place) = place(incident);
    let truth = truth(incident);
    let lies = |says: Availability| truth.is_some_and(|truth| says.fold() != Fold::Unknown && says.fold() != truth);
    let signals = claim.map_or(&[][..], |claim: &Claim| &claim.signals);
    let evidence = signals.iter().take(EVIDENCE).map(|signal| Evidence {
        code: signal.kind.code().to_owned(),
        kind: words.say(Of::Signal, signal.kind.code(), &[]),
        says: match claim {
            _ if signal.is_wordless() => Some(words.say(Of::Says, "wordless", &[])),
            Some(claim) if claim.availability != signal.says => Some(words.say(Of::Says, &signal.says.name(), &[])),
            _ => None,
        },
        lies: lies(signal.says),
        excerpt: signal.quote().map(|quote| shorten(&one_line(quote), 200)).filter(|excerpt| !excerpt.is_empty()),
        place: shorten(&one_line(&signal.place), 120),
    });
    let more = signals.len().saturating_sub(EVIDENCE);
    Promise {
        code: touchpoint.code().to_owned(),
        place: place.map(|place| shorten(&one_line(place), 60)),
        touchpoint: way::touchpoint(touchpoint, place, words),
        url: claim.filter(|_| touchpoint == Touchpoint::Listing).and_then(|claim| listing(&claim.url)),
        says: says(incident, reader),
        lies: claim.is_some_and(|claim| lies(claim.availability)),
        evidence: evidence.collect(),
        more: (more > 0).then(|| words.count("more_evidence", more as u64)),
    }
}

/// What a customer would have to be told, by the stock: the verdict says it, and where touchpoints merely disagree,
/// the stock does if it is known.
fn truth(incident: &Incident) -> Option<Fold> {
    match incident.verdict {
        Verdict::FalseAvailable | Verdict::ExpiredPromise | Verdict::Gone => Some(Fold::NotBuyable),
        Verdict::FalseUnavailable => Some(Fold::Buyable),
        Verdict::Contradictory => {
            let fact = incident.fact.as_ref()?;
            match (fact.policy, fact.sellable) {
                (Policy::Tracked, sellable) if sellable? < fact.threshold => Some(Fold::NotBuyable),
                (Policy::Discontinued, _) => Some(Fold::NotBuyable),
                _ => Some(Fold::Buyable),
            }
        }
        Verdict::Agrees | Verdict::Unverified(_) => None,
    }
}

fn stock(fact: &StockFact, reader: Reader<'_>) -> Stock {
    let label = |key, name, value: &str| reader.words.say(Of::Label, key, &[(name, value)]);
    let fields = fact.fields.iter().take(12);
    let source = reader.words.isolate(&shorten(&one_line(&fact.source), 80));
    Stock {
        says: quantity(fact, reader),
        sellable: fact.sellable.map(|sellable| sellable.normalize()),
        fields: fields.map(|(name, value)| (shorten(&one_line(name), 40), shorten(&one_line(value), 60))).collect(),
        as_of: label("as_of", "time", &reader.time(fact.as_of)),
        unchanged: fact.changed_at.map(|at| label("unchanged", "time", &reader.time(at))),
        source: label("source", "source", &source),
    }
}

fn quantity(fact: &StockFact, reader: Reader<'_>) -> String {
    let words = reader.words;
    let say = |key, fills: &[(&str, &str)]| words.say(Of::Stock, key, fills);
    match (fact.policy, fact.sellable) {
        (Policy::Untracked, _) => say("untracked", &[]),
        (Policy::Backorder, _) => say("backorder", &[]),
        (Policy::Preorder { until: None }, _) => say("preorder", &[]),
        (Policy::Preorder { until: Some(until) }, _) => say("preorder_until", &[("date", &reader.time(until))]),
        (Policy::MadeToOrder, _) => say("made_to_order", &[]),
        (Policy::Discontinued, _) => say("discontinued", &[]),
        (Policy::Tracked, None) => say("unknown", &[]),
        (Policy::Tracked, Some(sellable)) => {
            let key = if fact.threshold > Decimal::ONE { "threshold" } else { "tracked" };
            say(key, &[("quantity", &words.number(sellable)), ("threshold", &words.number(fact.threshold))])
        }
    }
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
