//! Incidents, people and options for this room's tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Cadence, Channel, MailOptions, Options, Recipient, Transport};
use crate::domain::*;

pub(super) use super::example::digest as message;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn person(email: &str, language: &str) -> Recipient {
    Recipient {
        id: email.to_owned(),
        name: None,
        language: language.to_owned(),
        channel: Channel::Mail { email: email.to_owned() },
        cadence: Cadence { timezone: "Asia/Jerusalem".to_owned(), ..Cadence::default() },
    }
}

pub(super) fn options() -> Options {
    Options {
        recipients: vec![person("ops@shop.test", "en"), person("it@shop.test", "en")],
        owners: vec![],
        fallback: vec!["ops@shop.test".to_owned()],
        operations: vec!["it@shop.test".to_owned()],
        usual: person("", "en"),
        mail: Some(MailOptions {
            from: "stocktruth <stock@shop.test>".to_owned(),
            max_rows: 20,
            transport: Transport::File { folder: PathBuf::new() },
            templates: None,
            dkim: None,
        }),
        admin_urls: BTreeMap::new(),
        expected: Vec::new(),
        max_attempts: 5,
        retry_after: Duration::from_secs(600),
    }
}

pub(super) fn change(kind: ChangeKind) -> Change {
    let resolved = Some(at("2026-11-22T09:00:00Z"));
    let (state, resolved_at) = match kind {
        ChangeKind::Suspected | ChangeKind::Healed => (IncidentState::Suspected, None),
        ChangeKind::Acknowledged => (IncidentState::Acknowledged, None),
        ChangeKind::Resolved => (IncidentState::Resolved, resolved),
        ChangeKind::Expired => (IncidentState::Expired, resolved),
        _ => (IncidentState::Open, None),
    };
    let url: url::Url = "https://shop.test/earl-grey?v=1&u=2".parse().unwrap();
    let signal = |kind, place: &str, excerpt: &str| Signal {
        kind,
        says: Availability::InStock,
        place: place.to_owned(),
        excerpt: excerpt.to_owned(),
        sku: Some("TEA-001".to_owned()),
        also: Vec::new(),
        quantity: None,
        date: None,
    };
    let incident = Incident {
        id: Some(7),
        shop: "teashop".to_owned(),
        key: ItemKey("TEA-001".to_owned()),
        item: Item {
            sku: Some("TEA-001".to_owned()),
            url: Some(url.clone()),
            name: Some("Earl Grey 100 g".to_owned()),
            brand: Some("Ahmad".to_owned()),
            ..Item::default()
        },
        image: None,
        verdict: Verdict::FalseAvailable,
        cause: Some(Cause::PageCache),
        because: "the page says InStock, sellable 0 < 1".to_owned(),
        state,
        first_seen: at("2026-11-19T07:30:00Z"),
        last_seen: at("2026-11-22T10:00:00Z"),
        opened_at: Some(at("2026-11-19T08:30:00Z")),
        resolved_at,
        times_opened: 1,
        streak: Streak::default(),
        ack: None,
        severity: None,
        claim: Some(Claim {
            touchpoint: Touchpoint::Page,
            url,
            availability: Availability::InStock,
            quantity: None,
            date: None,
            confidence: Confidence::High,
            contradicts: false,
            signals: vec![
                signal(SignalKind::Button, "form#buy > button", "Add to cart"),
                signal(SignalKind::JsonLd, "block 1: $.offers.availability", "https://schema.org/InStock"),
            ],
            cache: Some(CacheEvidence { age: Some(11_000), status: Some("X-Cache: HIT".to_owned()) }),
            seen_at: at("2026-11-22T10:00:00Z"),
        }),
        fact: Some(StockFact {
            matched: KeyMatch::Exact,
            policy_source: None,
            key: "TEA-001".to_owned(),
            sellable: Some(Decimal::ZERO),
            threshold: Decimal::ONE,
            policy: Policy::Tracked,
            as_of: at("2026-11-22T10:01:00Z"),
            changed_at: Some(at("2026-11-19T07:12:00Z")),
            fields: BTreeMap::from([("available".to_owned(), "3".to_owned()), ("reserved".to_owned(), "3".to_owned())]),
            source: "erp".to_owned(),
        }),
        journey: Default::default(),
    };
    Change { kind, incident, hand: None }
}

/// A new one that a campaign promotes although its page and the ad deny it.
pub(super) fn campaign(id: i64) -> Incident {
    let mut incident = numbered(ChangeKind::Opened, id).incident;
    let page = incident.claim.take().unwrap();
    let says = |touchpoint, kind, says: Availability| Claim {
        touchpoint,
        availability: says,
        signals: vec![Signal { kind, says, place: "li.card".to_owned(), ..page.signals[0].clone() }],
        cache: None,
        ..page.clone()
    };
    let step = |place: Option<&str>, claim: Claim| Step {
        touchpoint: claim.touchpoint,
        place: place.map(str::to_owned),
        judgement: Judgement {
            verdict: if claim.availability == Availability::InStock {
                Verdict::FalseAvailable
            } else {
                Verdict::Agrees
            },
            cause: None,
            because: String::new(),
        },
        claim: Some(claim),
    };
    incident.journey.steps = vec![
        step(Some("google"), says(Touchpoint::Feed, SignalKind::Feed, Availability::OutOfStock)),
        step(Some("Purim campaign"), says(Touchpoint::Listing, SignalKind::Card, Availability::InStock)),
        step(None, says(Touchpoint::Page, SignalKind::Button, Availability::OutOfStock)),
    ];
    incident.journey.break_point = Some(BreakPoint::Feed);
    incident.journey.why = Some(Why {
        cause: Cause::ListingLag,
        at: "listing Purim campaign".to_owned(),
        evidence: "it says InStock while the page says OutOfStock, as the stock does".to_owned(),
    });
    incident.cause = Some(Cause::ListingLag);
    incident.claim = incident.journey.steps[1].claim.clone();
    incident
}

/// The same change for another product, named after its number.
pub(super) fn numbered(kind: ChangeKind, id: i64) -> Change {
    let mut change = change(kind);
    change.incident.id = Some(id);
    change.incident.key = ItemKey(format!("TEA-{id:03}"));
    change.incident.item.sku = Some(format!("TEA-{id:03}"));
    change.incident.item.name = Some(format!("Tea no. {id}"));
    change
}

/// A finished notice about one product, to `ops@shop.test`.
pub(super) fn notice() -> Notice {
    let options = options();
    let now = at("2026-11-22T10:05:00Z");
    let mut digests = super::Digests::new(&options, now).unwrap();
    digests.add(&change(ChangeKind::Opened).incident, &options.recipients[0], Section::New, false, None);
    digests.finish(12, now).unwrap().remove(0)
}

/// That somebody was told of the sample.
pub(super) fn telling() -> Telling {
    Telling {
        recipient: "ops@shop.test".to_owned(),
        at: at("2026-11-20T08:00:00Z"),
        times: 1,
        stale: false,
        waits: false,
    }
}
