//! Incidents, people and options for this room's tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Options, Transport};
use crate::domain::*;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn person(email: &str, language: &str) -> Owner {
    Owner { email: email.to_owned(), name: None, language: language.to_owned() }
}

pub(super) fn options() -> Options {
    Options {
        from: "stocktruth <stock@shop.test>".to_owned(),
        owners: vec![],
        fallback: person("ops@shop.test", "en"),
        operations: person("it@shop.test", "en"),
        reminder: Duration::from_secs(86_400),
        timezone: "Asia/Jerusalem".to_owned(),
        max_rows: 20,
        transport: Transport::File { folder: PathBuf::new() },
        max_attempts: 5,
        retry_after: Duration::from_secs(600),
    }
}

pub(super) fn change(kind: ChangeKind) -> Change {
    let (state, told_at, resolved_at) = match kind {
        ChangeKind::Suspected | ChangeKind::Healed => (IncidentState::Suspected, None, None),
        ChangeKind::Opened | ChangeKind::Reopened => (IncidentState::Open, None, None),
        ChangeKind::Continued => (IncidentState::Open, Some(at("2026-11-20T08:00:00Z")), None),
        ChangeKind::Resolved => {
            (IncidentState::Resolved, Some(at("2026-11-20T08:00:00Z")), Some(at("2026-11-22T09:00:00Z")))
        }
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
        told_at,
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
    };
    Change { kind, incident }
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
    let mut digests = super::Digests::new(&options, &[]).unwrap();
    digests.add(&change(ChangeKind::Opened), at("2026-11-22T10:05:00Z"));
    digests.finish(12, at("2026-11-22T10:05:00Z")).unwrap().remove(0)
}
