//! A small run for the tests of this room.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use url::Url;

use crate::domain::{
    Availability, CacheEvidence, Cause, Claim, Confidence, Factor, FactorKind, Finding, FindingKind, IncidentState,
    Item, Journey, Judged, Judgement, KeyMatch, PageFailure, Policy, Severity, SeverityLevel, ShopSummary, Signal,
    SignalKind, SourceSummary, StockFact, Summary, Touchpoint, Unknown, Unverified, Verdict,
};

use super::{Format, Found, Look};

mod ways;

pub(super) use ways::{hostile, incident, journeys, promises, told};

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(super) fn signal(kind: SignalKind, says: Availability, excerpt: &str) -> Signal {
    let place = if kind == SignalKind::JsonLd { "json-ld[0].offers" } else { "form > button.buy" };
    Signal {
        kind,
        says,
        place: place.into(),
        excerpt: excerpt.into(),
        sku: None,
        also: Vec::new(),
        quantity: None,
        date: None,
    }
}

pub(super) fn claim(signals: Vec<Signal>) -> Claim {
    Claim {
        touchpoint: Touchpoint::Page,
        url: Url::parse("https://shop.example/p/1").expect("a URL"),
        availability: signals[0].says,
        quantity: None,
        date: None,
        confidence: Confidence::High,
        contradicts: signals.iter().any(|one| one.says.fold() != signals[0].says.fold()),
        signals,
        cache: None,
        seen_at: at("2026-11-10T11:59:58Z"),
    }
}

pub(super) fn fact(sellable: i64, policy: Policy) -> StockFact {
    StockFact {
        matched: KeyMatch::Exact,
        policy_source: None,
        key: "COS-101".into(),
        sellable: Some(Decimal::from(sellable)),
        threshold: Decimal::ONE,
        policy,
        as_of: at("2026-11-10T11:59:00Z"),
        changed_at: None,
        fields: BTreeMap::from([("on_hand".into(), "5".into()), ("reserved".into(), "5".into())]),
        source: "http_json".into(),
    }
}

fn judged(sku: &str, name: &str, verdict: Verdict, claim: Option<Claim>, fact: Option<StockFact>) -> Judged {
    let url = Url::parse(&format!("https://shop.example/p/{sku}")).expect("a URL");
    let item = Item { sku: Some(sku.into()), url: Some(url), name: Some(name.into()), ..Item::default() };
    let wrong = verdict.is_mismatch();
    Judged {
        shop: "demo".into(),
        key: item.item_key(),
        item,
        image: None,
        judgement: Judgement { verdict, cause: None, because: "the page was held against the stock".into() },
        claim,
        fact,
        incident: wrong.then_some(IncidentState::Open),
        severity: wrong.then(severity),
        since: wrong.then(|| at("2026-11-10T08:30:00Z")),
        journey: Journey::default(),
        looked: None,
    }
}

fn severity() -> Severity {
    let factor = |kind, percent, what: &str| Factor { kind, percent, what: what.into() };
    let factors = vec![factor(FactorKind::Direction, 100, "false_available"), factor(FactorKind::Age, 125, "36 h")];
    Severity { level: SeverityLevel::High, score: 125, factors, rule: None }
}

/// Five mismatches and two that could not be checked.
pub(super) fn rows() -> Vec<Judged> {
    use Availability::{InStock, OutOfStock, PreOrder, SoldOut};
    use SignalKind::{Button, JsonLd, Text};
    let mut cached = claim(vec![signal(JsonLd, InStock, "\"availability\": \"InStock\"")]);
    cached.cache = Some(CacheEvidence { age: Some(5400), status: Some("X-Cache: HIT".into()) });
    let mut expired = claim(vec![signal(JsonLd, PreOrder, "PreOrder")]);
    expired.date = Some(at("2026-11-01T00:00:00Z"));
    let until = Policy::Preorder { until: Some(at("2026-11-01T00:00:00Z")) };
    let forbidden = PageFailure::RobotsDisallowed {
        url: Url::parse("https://shop.example/p/LMP-208").expect("a URL"),
        agent: "stocktruth".into(),
    };
    let mut rows = vec![
        judged(
            "COS-101",
            "תחפושת \"נסיכה\", ורודה",
            Verdict::FalseAvailable,
            Some(cached),
            Some(fact(0, Policy::Tracked)),
        ),
        judged(
            "猫-7",
            "猫の皿（小）",
            Verdict::FalseUnavailable,
            Some(claim(vec![signal(Text, SoldOut, "売り切れ")])),
            Some(fact(7, Policy::Tracked)),
        ),
        judged(
            "ATR-402",
            "بخور العود الملكي الفاخر من كمبوديا، علبة هدية كبيرة",
            Verdict::Contradictory,
            Some(claim(vec![signal(JsonLd, InStock, "InStock"), signal(Button, OutOfStock, "نفدت الكمية")])),
            Some(fact(0, Policy::Tracked)),
        ),
        judged("GAM-205", "Board game", Verdict::ExpiredPromise, Some(expired), Some(fact(0, until))),
        judged("CHR-209", "Chair", Verdict::Gone, None, Some(fact(3, Policy::Tracked))),
        judged("BAG-206", "Bag", Verdict::Unverified(Unverified::Claim(Unknown::Challenge)), None, None),
        judged("LMP-208", "Lamp", Verdict::Unverified(Unverified::Page(forbidden)), None, None),
    ];
    rows[0].judgement.cause = Some(Cause::PageCache);
    rows[1].incident = Some(IncidentState::Suspected);
    rows
}

/// Two sources that disagree, and an item that none of them knows.
pub(super) fn findings() -> Vec<Finding> {
    let finding = |kind, key: &str, sources: &[&str], what: &str| Finding {
        kind,
        key: key.into(),
        sources: sources.iter().map(|name| (*name).to_owned()).collect(),
        what: what.into(),
    };
    vec![
        finding(
            FindingKind::SourcesDisagree,
            "COS-101",
            &["erp", "shopify"],
            "erp says 0 sellable, shopify says 4 sellable",
        ),
        finding(FindingKind::UnmappedKey, "BAG-206", &[], "erp and shopify do not know it"),
    ]
}

pub(super) fn summary() -> Summary {
    let numbers = |pairs: &[(&str, u64)]| pairs.iter().map(|(code, number)| ((*code).to_owned(), *number)).collect();
    Summary {
        run: 3,
        started_at: at("2026-11-10T11:59:56.8Z"),
        finished_at: at("2026-11-10T12:00:00Z"),
        shops: vec![ShopSummary {
            shop: "demo".into(),
            items: 7,
            verdicts: numbers(&[
                ("false_available", 1),
                ("false_unavailable", 1),
                ("contradictory", 1),
                ("expired_promise", 1),
                ("gone", 1),
                ("unverified", 2),
            ]),
            unverified: numbers(&[("challenge", 1), ("robots_disallowed", 1)]),
            catalogue_troubles: 2,
            catalogue_examples: vec!["products.csv line 7: no SKU and no page".into(), "line 9: twice".into()],
            opened: 4,
            suspected: 1,
            page_requests: 9,
            stock: vec![SourceSummary { name: "http_json".into(), requests: 1, items: 7, ..SourceSummary::default() }],
            ..ShopSummary::default()
        }],
        notices_queued: 2,
        notices_sent: 1,
        notices_pending: 1,
        ..Summary::default()
    }
}

/// The first `number` rows (starting over after the last) in this format.
pub(super) fn written(format: Format, number: usize, look: Look) -> String {
    let rows = rows();
    let mut rows = rows.iter().cycle().take(number).cloned().map(Ok::<_, std::fmt::Error>);
    text(format, &mut rows, &summary(), look)
}

/// A check of one item that agrees.
pub(super) fn single() -> String {
    let row = judged(
        "MUG-201",
        "Mug",
        Verdict::Agrees,
        Some(claim(vec![signal(SignalKind::Button, Availability::InStock, "Add to cart")])),
        Some(fact(40, Policy::Tracked)),
    );
    let mut summary = summary();
    summary.shops = vec![ShopSummary {
        shop: "demo".into(),
        items: 1,
        verdicts: BTreeMap::from([("agrees".into(), 1)]),
        page_requests: 2,
        stock: vec![SourceSummary { name: "http_json".into(), requests: 1, items: 7, ..SourceSummary::default() }],
        ..ShopSummary::default()
    }];
    (summary.notices_queued, summary.notices_sent, summary.notices_pending) = (0, 0, 0);
    text(Format::Table, &mut std::iter::once(Ok::<_, std::fmt::Error>(row)), &summary, Look::default())
}

/// A shop whose stock system did not answer, in a run that was interrupted.
pub(super) fn failed() -> String {
    let mut summary = summary();
    summary.shops[0].failed = Some("the stock system at https://api.example answered 500; try again later".into());
    summary.interrupted = true;
    text(Format::Table, &mut std::iter::empty::<Result<Judged, std::fmt::Error>>(), &summary, Look::default())
}

fn text(
    format: Format,
    rows: &mut dyn Iterator<Item = Result<Judged, std::fmt::Error>>,
    summary: &Summary,
    look: Look,
) -> String {
    let mut out = Vec::new();
    let mut findings = findings().into_iter().map(|one| Ok(("demo".to_owned(), one)));
    let found = Found { items: rows, findings: &mut findings };
    super::write(format, found, summary, look, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("UTF-8")
}
