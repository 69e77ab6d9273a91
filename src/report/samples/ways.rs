//! Journeys for the tests of this room, and a shop of which everything is said.

use std::collections::BTreeMap;

use url::Url;

use super::*;
use crate::domain::{
    Availability, BreakPoint, Cause, CauseSummary, Claim, Incident, IncidentState, Journey, Judged, Judgement,
    PlanSummary, Policy, ProbeSummary, ShopSummary, SignalKind, Step, Streak, TargetMissed, Touchpoint,
    TouchpointSummary, Unknown, Unverified, Verdict, Why,
};
use crate::report::{Format, Look};

/// A step of a journey.
fn step(touchpoint: Touchpoint, place: Option<&str>, says: Availability, verdict: Verdict) -> Step {
    let kind = match touchpoint {
        Touchpoint::Feed => SignalKind::Feed,
        Touchpoint::Listing => SignalKind::Card,
        Touchpoint::Page => SignalKind::JsonLd,
        Touchpoint::Cart => SignalKind::Cart,
    };
    let claim = Claim { touchpoint, ..claim(vec![signal(kind, says, "words")]) };
    let because = format!("the {} says {says}", touchpoint.code());
    Step {
        touchpoint,
        place: place.map(str::to_owned),
        claim: Some(claim),
        judgement: Judgement { verdict, cause: None, because },
    }
}

/// Items that are wrong at several places on their way: the feed alone, a campaign, all of it up to the cart, one that is
/// denied, and one whose ad leads nowhere.
pub(in crate::report) fn journeys() -> Vec<Judged> {
    use Availability::{InStock, OutOfStock};
    use Touchpoint::{Cart, Feed, Listing, Page};
    use Verdict::{Agrees, FalseAvailable, FalseUnavailable, Gone};
    let wrong = |sku: &str, name: &str, sellable: i64, verdict: Verdict, point, steps: Vec<Step>| {
        let mut one = judged(sku, name, verdict, None, Some(fact(sellable, Policy::Tracked)));
        one.journey = Journey { steps, break_point: point, why: None };
        one.claim = one.journey.decides(&one.judgement.verdict).and_then(|step| step.claim.clone());
        one
    };
    let mut behind = wrong(
        "COS-101",
        "תחפושת \"נסיכה\", ורודה",
        0,
        FalseAvailable,
        Some(BreakPoint::Page),
        vec![
            step(Feed, Some("google"), InStock, FalseAvailable),
            step(Feed, Some("meta"), OutOfStock, Agrees),
            step(Page, None, OutOfStock, Agrees),
        ],
    );
    behind.judgement.cause = Some(Cause::FeedLag);
    behind.journey.why = Some(Why {
        cause: Cause::FeedLag,
        at: "feed google".into(),
        evidence: "it says InStock while the page says OutOfStock, as the stock does".into(),
    });
    let unclear = Verdict::Unverified(Unverified::Claim(Unknown::Challenge));
    vec![
        behind,
        wrong(
            "COS-102",
            "Clown",
            0,
            FalseAvailable,
            Some(BreakPoint::Cart),
            vec![
                step(Listing, Some("Purim campaign"), InStock, FalseAvailable),
                step(Page, None, Availability::Unknown(Unknown::Challenge), unclear),
            ],
        ),
        wrong(
            "COS-103",
            "Queen",
            0,
            FalseAvailable,
            Some(BreakPoint::AfterPaying),
            vec![
                step(Feed, Some("google"), InStock, FalseAvailable),
                step(Listing, Some("Costumes"), InStock, FalseAvailable),
                step(Page, None, InStock, FalseAvailable),
                step(Cart, None, InStock, FalseAvailable),
            ],
        ),
        wrong(
            "COS-104",
            "Pirate",
            4,
            FalseUnavailable,
            None,
            vec![step(Listing, Some("Costumes"), InStock, Agrees), step(Page, None, OutOfStock, FalseUnavailable)],
        ),
        wrong(
            "COS-105",
            "Wings",
            3,
            Gone,
            None,
            vec![step(Feed, Some("google"), InStock, Gone), step(Page, None, InStock, Agrees)],
        ),
    ]
}

/// Gives a shop everything that can be said of its touchpoints.
pub(in crate::report) fn promises(shop: &mut ShopSummary) {
    let touchpoint = |places, known, true_now, followed, p50, p95| TouchpointSummary {
        places,
        items: known,
        agreed: true_now,
        known,
        true_now,
        followed,
        behind: 0,
        lag_p50: p50,
        lag_p95: p95,
    };
    shop.touchpoints = BTreeMap::from([
        ("feed".into(), touchpoint(2, 1180, 1139, 12, Some(2_400), Some(10_800))),
        ("listing".into(), touchpoint(3, 60, 60, 0, None, None)),
        ("page".into(), touchpoint(1180, 1180, 1179, 40, Some(130), Some(540))),
    ]);
    shop.plan = PlanSummary {
        pages: 5_200,
        looked: BTreeMap::from([("sold_out".into(), 260), ("changed".into(), 41), ("audit".into(), 700)]),
        unchanged: 650,
        left: 12,
        overdue: 3,
    };
    let cause = |cause, at: &str, incidents, evidence: &str| CauseSummary {
        cause,
        at: at.into(),
        incidents,
        evidence: evidence.into(),
    };
    shop.causes = vec![
        cause(Cause::FeedLag, "feed google", 41, "it says InStock while the page says OutOfStock, as the stock does"),
        cause(Cause::PageCache, "page cache", 1, "with page caches bypassed the page tells the truth"),
    ];
    shop.probes = ProbeSummary {
        asked: 12,
        refused: 9,
        accepted: 2,
        failed: 1,
        why_failed: Some("COS-101: no variant id was found on its page".into()),
        not_cleaned: vec!["COS-103: 1 unit; empty it".into()],
    };
    shop.targets_missed = vec![TargetMissed {
        touchpoint: "feed".into(),
        target: "truth_rate".into(),
        wanted: "99.5%".into(),
        was: "96.5% of 1180 items".into(),
    }];
}

/// The journeys, of a shop of which everything is said.
pub(in crate::report) fn told(format: Format) -> String {
    let mut rows = journeys().into_iter().map(Ok::<_, std::fmt::Error>);
    let mut summary = summary();
    promises(&mut summary.shops[0]);
    text(format, &mut rows, &summary, Look::default())
}

/// One item with this name and address.
pub(in crate::report) fn hostile(format: Format, name: &str, url: &str) -> String {
    let mut row = journeys().remove(0);
    row.item.name = Some(name.into());
    row.item.url = Some(Url::parse(url).expect("a URL"));
    text(format, &mut std::iter::once(Ok::<_, std::fmt::Error>(row)), &summary(), Look::default())
}

/// What is remembered of an item that was seen wrong.
pub(in crate::report) fn incident(judged: &Judged) -> Incident {
    let seen = at("2026-11-10T12:00:00Z");
    Incident {
        id: Some(7),
        shop: judged.shop.clone(),
        key: judged.key.clone(),
        item: judged.item.clone(),
        image: None,
        verdict: judged.judgement.verdict.clone(),
        cause: judged.judgement.cause,
        because: judged.judgement.because.clone(),
        state: IncidentState::Open,
        first_seen: at("2026-11-10T08:30:00Z"),
        last_seen: seen,
        opened_at: Some(seen),
        resolved_at: None,
        times_opened: 1,
        streak: Streak::default(),
        ack: None,
        severity: judged.severity.clone(),
        claim: judged.claim.clone(),
        fact: judged.fact.clone(),
        journey: judged.journey.clone(),
    }
}
