//! Stories over a whole database, some of them with a second process.

mod failures;
mod keeping;
mod kill;
mod memory;
mod outbox;
mod sightings;
mod worksheet;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use tempfile::TempDir;

use super::{Options, Store, Wanted};
use crate::domain::{
    Availability, Change, ChangeKind, Claim, Confidence, Incident, IncidentState, Item, ItemKey, Judged, Judgement,
    KeyMatch, Notice, NoticeState, Policy, Section, Signal, SignalKind, StockFact, Streak, Summary, Touchpoint,
    Verdict,
};

const DAY: i64 = 24;

/// So many hours after a fixed moment with nanoseconds.
fn hour(n: i64) -> Timestamp {
    Timestamp::new(1_800_000_000, 123_456_789).unwrap() + SignedDuration::from_hours(n)
}

fn options(folder: &TempDir) -> Options {
    Options { file: folder.path().join("state/stocktruth.db"), keep: Duration::from_secs(30 * 24 * 3600) }
}

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&options(&folder)).unwrap();
    (folder, store)
}

fn claim() -> Claim {
    Claim {
        touchpoint: Touchpoint::Page,
        url: "https://shop.example/p/1#red".parse().unwrap(),
        availability: Availability::InStock,
        quantity: Some("2.50".parse().unwrap()),
        date: Some(hour(3)),
        confidence: Confidence::High,
        contradicts: true,
        signals: vec![Signal {
            kind: SignalKind::JsonLd,
            says: Availability::InStock,
            place: "block 1: $.offers".to_owned(),
            excerpt: "במלאי \"InStock\"".to_owned(),
            sku: Some("A".to_owned()),
            also: Vec::new(),
            quantity: None,
            date: None,
        }],
        cache: None,
        seen_at: hour(0),
    }
}

fn fact() -> StockFact {
    StockFact {
        matched: KeyMatch::Exact,
        policy_source: None,
        key: "A".to_owned(),
        sellable: Some(Decimal::ZERO),
        threshold: Decimal::ONE,
        policy: Policy::Preorder { until: Some(hour(9)) },
        as_of: hour(0),
        changed_at: Some(hour(-1)),
        fields: [("available".to_owned(), "0".to_owned())].into(),
        source: "erp".to_owned(),
    }
}

fn incident(key: &str, state: IncidentState) -> Incident {
    Incident {
        id: None,
        shop: "main".to_owned(),
        key: ItemKey(key.to_owned()),
        item: Item {
            sku: Some(key.to_owned()),
            url: Some(format!("https://shop.example/p/{key}").parse().unwrap()),
            ..Item::default()
        },
        image: Some("https://shop.example/i/1.jpg".parse().unwrap()),
        verdict: Verdict::FalseAvailable,
        cause: None,
        because: "the page says InStock".to_owned(),
        state,
        first_seen: hour(0),
        last_seen: hour(1),
        opened_at: Some(hour(1)),
        resolved_at: (state == IncidentState::Resolved).then(|| hour(2)),
        times_opened: 1,
        streak: Streak { wrong: 2, right: 0, right_since: None, openings: vec![hour(1)], places: vec![] },
        ack: None,
        severity: None,
        claim: Some(claim()),
        fact: Some(fact()),
        journey: Default::default(),
    }
}

fn change(kind: ChangeKind, incident: Incident) -> Change {
    Change { kind, incident, hand: None }
}

fn judged(key: &str, verdict: Verdict) -> Judged {
    let Incident { shop, key, item, image, because, claim, fact, .. } = incident(key, IncidentState::Open);
    let judgement = Judgement { verdict, cause: None, because };
    Judged {
        shop,
        key,
        item,
        image,
        judgement,
        claim,
        fact,
        incident: None,
        since: None,
        severity: None,
        journey: Default::default(),
        looked: None,
    }
}

fn notice(message_id: &str, tells: &[i64]) -> Notice {
    let tells = tells.iter().map(|id| (*id, Section::New)).collect();
    Notice {
        id: None,
        channel: "mail".to_owned(),
        recipient: "dana@shop.example".to_owned(),
        to: "Dana@shop.example".to_owned(),
        from: "stocktruth@shop.example".to_owned(),
        subject: "2 products".to_owned(),
        message_id: message_id.to_owned(),
        message: b"Subject: 2 products\r\n\r\n\xff\x00".to_vec(),
        tells,
        state: NoticeState::Pending,
        attempts: 0,
        next_attempt_at: hour(0),
        created_at: hour(0),
        sent_at: None,
        last_error: None,
    }
}

fn summary(finished_at: Timestamp) -> Summary {
    Summary { finished_at, notices_queued: 3, ..Summary::default() }
}

/// This test program once more, running one ignored test as another process that is told its folder.
pub(super) fn child(test: &str, folder: &TempDir) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", test, "--nocapture", "--test-threads=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{}", folder.path().display()).unwrap();
    child
}

/// The folder [`child`] tells; `None` when somebody runs the ignored tests by hand.
pub(super) fn folder_from_parent() -> Option<PathBuf> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok()?;
    let folder = PathBuf::from(line.trim());
    (folder.is_absolute() && folder.exists()).then_some(folder)
}
