//! What every adapter over HTTP keeps to, whatever it speaks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Route, Says, Seen, Shop, World, page};

/// A shop that promises these SKUs and asks this stock system, as the example server of an adapter tells of it.
pub(super) fn promising(skus: &[&str], adapter: &str, options: impl FnOnce(&World) -> Value) -> World {
    let mut world = World::new();
    for sku in skus {
        world.lists(sku, page(sku, Says::In));
    }
    let mut options = options(&world);
    options["fetch"] = json!({
        "rate": "1000/s", "burst": 100, "concurrency": 4, "retries": 0, "backoff": "10ms", "allow_private": ["127.0.0.1"],
    });
    world.set("/shops/0/stock", json!({adapter: options}));
    world
}

/// A value of the query, decoded.
pub(super) fn query(seen: &Seen, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(seen.query.as_bytes());
    pairs.into_owned().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Why a shop could not be checked; nobody is accused of anything.
#[track_caller]
pub(super) fn failure(world: &World) -> String {
    let checked = world.check(&["--dry-run"]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0, "{:#}", checked.json);
    checked.json["shops"][0]["failed"].as_str().expect("a reason").to_owned()
}

/// What an item's policy is, and what became of it.
#[track_caller]
pub(super) fn told(world: &World, skus: &[&str]) -> Vec<String> {
    let checked = world.check(&["--dry-run"]);
    let told = |sku: &&str| {
        let item = checked.item(sku);
        let policy = item["stock"]["policy"].as_str().unwrap_or("-");
        format!("{sku}: {policy}, {}", checked.verdict(sku))
    };
    skus.iter().map(told).collect()
}

/// A stock system that sends us to a stranger: he learns no credential, and nobody reads one in what is said of it.
#[track_caller]
pub(super) fn tells_no_stranger(world: &World, path: &str, secrets: &[&str]) {
    let stranger = Shop::open();
    stranger.on("/*", Answer::json(&json!([])));
    world.api.on(path, Answer::redirect(&stranger.url("/elsewhere")));
    let ran = world.run(&["check", "-vv"]);
    let seen = format!("{:?}", stranger.seen());
    assert!(!stranger.seen().is_empty(), "nobody came:\n{}", ran.stderr);
    for secret in secrets {
        assert!(
            !ran.stdout.contains(secret) && !ran.stderr.contains(secret),
            "{secret}:\n{}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(!seen.contains(secret), "{secret}: {seen}");
    }
}

/// A stock system that asks for a second's rest gets it, and then answers.
#[track_caller]
pub(super) fn rests_when_asked(world: &mut World, adapter: &str, path: &str, status: u16, answer: Route) {
    let first = std::sync::atomic::AtomicBool::new(true);
    let answers = Route::made(move |seen| {
        if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Answer::of_status(status).header("retry-after", "1");
        }
        match &answer {
            Route::Made(make) => make(seen),
            Route::Sequence(answers) => answers[0].clone(),
        }
    });
    world.set(&format!("/shops/0/stock/{adapter}/fetch/retries"), 1);
    world.api.on(path, answers);
    world.check(&["--dry-run"]).exits(0);
    let seen = world.api.seen_at(path);
    let rested = seen[1].at - seen[0].at;
    assert!(rested >= Duration::from_millis(990), "{rested:?}");
}
