//! Incidents, people and options for this room's tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::message::*;
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

/// A digest as every channel gets it: one new incident with all that can be said of one, and one that is fixed.
pub(super) fn message() -> Message {
    let text = |text: &str| text.to_owned();
    let moment = |time: &str, words: &str| Moment { at: at(time), text: words.to_owned() };
    let new = Row {
        id: Some(7),
        verdict: text("false_available"),
        badge: text("Shown as available but sold out"),
        was: None,
        severity: Some(Rating {
            code: text("critical"),
            label: text("critical"),
            score: 240,
            because: vec![text("ends in the cart"), text("sells a lot")],
        }),
        product: text("Earl Grey <100 g> & more"),
        sku: Some(text("TEA-001")),
        shop: text("teashop"),
        brand: Some(text("Ahmad")),
        url: Some(text("https://shop.test/earl-grey?v=1&u=2")),
        admin_url: Some(text("https://shop.test/admin?sku=TEA-001")),
        image: Some(text("https://shop.test/earl-grey.jpg")),
        promise: Some(Promise {
            code: text("page"),
            touchpoint: text("Product page"),
            says: text("in stock"),
            lies: true,
            evidence: vec![Evidence {
                code: text("button"),
                kind: text("buy button"),
                says: None,
                lies: true,
                excerpt: Some(text("Add to cart")),
                place: text("form#buy > button"),
            }],
            more: None,
        }),
        stock: Some(Stock {
            says: text("0 left to sell"),
            sellable: Some(Decimal::ZERO),
            fields: vec![(text("available"), text("3")), (text("reserved"), text("3"))],
            as_of: text("read 22 Nov 2026, 12:01"),
            unchanged: Some(text("so since 19 Nov 2026, 09:12")),
            source: text("from erp"),
        }),
        since: moment("2026-11-19T07:30:00Z", "19 Nov 2026, 09:30"),
        told: None,
        fixed_at: None,
        cause: Some(text("The page cache still shows the old page. Clear it, and the page is right.")),
        acknowledged: Some(text("Dana is on it: supplier asked")),
        orphan: Some(text("Nobody owns this product.")),
    };
    let fixed = Row {
        id: Some(8),
        badge: text("Right again"),
        was: Some(text("Shown as available but sold out")),
        severity: None,
        product: text("תה ירוק"),
        sku: Some(text("TEA-002")),
        image: None,
        promise: None,
        stock: None,
        fixed_at: Some(moment("2026-11-22T09:00:00Z", "22 Nov 2026, 11:00")),
        cause: None,
        acknowledged: None,
        orphan: None,
        ..new.clone()
    };
    let part = |code: &str, title: &str, row: Row, more: Option<String>, total| Part {
        code: text(code),
        title: text(title),
        total,
        rows: vec![row],
        more,
    };
    Message {
        kind: MessageKind::Digest,
        language: text("en"),
        direction: Direction::Ltr,
        subject: text("3 products shown as available are sold out, 1 fixed: teashop"),
        heading: text("3 products shown as available are sold out"),
        greeting: Some(text("Hello Dana,")),
        summary: Some(Standing {
            open: 12,
            new: 3,
            fixed: 1,
            oldest: Some(moment("2026-11-10T07:30:00Z", "10 Nov 2026, 09:30")),
            figures: vec![Figure { code: text("open"), number: text("12"), label: text("open") }],
            text: text("12 open, 3 new, 1 fixed; the oldest since 10 Nov"),
            trend: None,
        }),
        sections: vec![
            part("new", "New: 3", new, Some(text("… and 2 more, in the attached file")), 3),
            part("fixed", "Fixed: 1", fixed, None, 1),
        ],
        alarms: vec![],
        notes: vec![text("Page and stock were both read again before this was written, and still disagreed.")],
        command: None,
        times: text("Times: Asia/Jerusalem. Run 12, 22 Nov 2026, 12:05."),
        sender: text("Written by stocktruth, which compares what the shop promises with what it has."),
        labels: Labels {
            sku: text("SKU"),
            stock: text("Stock"),
            since: text("Wrong since"),
            fixed_at: text("Right since"),
            was: text("Before"),
            cause: text("Cause"),
            severity: text("Severity"),
            lies: text("untrue"),
            page: text("Open the page"),
            admin: text("Open in the administration"),
        },
        run: 12,
        at: at("2026-11-22T10:05:00Z"),
    }
}

#[test]
fn a_message_says_how_many_more_there_are_in_its_language() {
    assert_eq!(message().and_more(7), "… and 7 more");
    assert_eq!(Message { language: "he".to_owned(), ..message() }.and_more(2), "… ועוד שניים");
}
