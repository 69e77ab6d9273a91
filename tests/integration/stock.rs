//! What is true: any JSON API, in all its ways of paging, knowing us and saying how many there are.

use serde_json::{Value, json};

use crate::harness::{Answer, Route, Says, Seen, World, page};

fn items(skus: &[&str]) -> Value {
    skus.iter().map(|sku| json!({"sku": sku, "available": 1})).collect()
}

/// A value of the query.
fn asked(seen: &Seen, name: &str) -> Option<usize> {
    let pairs = seen.query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).and_then(|(_, value)| value.parse().ok())
}

/// Five items of which a listing, paged like this, gives two at a time.
fn paged(paging: Value, answer: impl Fn(&Seen, &[&str]) -> Answer + Send + Sync + 'static) -> World {
    const SKUS: [&str; 5] = ["A-1", "A-2", "A-3", "A-4", "A-5"];
    let mut world = World::new();
    for sku in SKUS {
        world.lists(sku, page(sku, Says::In));
    }
    world.api.on("/all", Route::made(move |seen| answer(seen, &SKUS)));
    let all = json!({"url": world.api.url("/all?warehouse=1"), "paging": paging});
    world.set("/shops/0/stock/http_json/all", all).set("/shops/0/stock/http_json/item", json!(null));
    world
}

#[track_caller]
fn knows_all(world: &World, questions: usize) {
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"agrees": 5}));
    let seen = world.api.seen_at("/all");
    assert_eq!(seen.len(), questions);
    assert!(seen.iter().all(|seen| seen.query.contains("warehouse=1")), "{seen:?}");
}

#[test]
fn a_listing_in_numbered_pages_is_read_to_its_end() {
    let paging = json!({"page": {"parameter": "p", "first": 1, "size": 2, "size_parameter": "n"}});
    let world = paged(paging, |seen, skus| {
        assert_eq!(asked(seen, "n"), Some(2));
        let from = (asked(seen, "p").expect("a page") - 1) * 2;
        Answer::json(&json!({"items": items(&skus[from..(from + 2).min(skus.len())])}))
    });
    knows_all(&world, 3);
}

#[test]
fn a_listing_by_offset_is_read_to_its_end() {
    let paging = json!({"offset": {"parameter": "skip", "size_parameter": "take", "size": 2}});
    let world = paged(paging, |seen, skus| {
        let from = asked(seen, "skip").unwrap_or(0);
        Answer::json(&json!({"items": items(&skus[from..(from + 2).min(skus.len())])}))
    });
    knows_all(&world, 3);
}

#[test]
fn a_listing_by_cursor_is_read_to_its_end() {
    let paging = json!({"cursor": {"parameter": "after", "at": "$.next"}});
    let world = paged(paging, |seen, skus| {
        let from = asked(seen, "after").unwrap_or(0);
        let next = (from + 2 < skus.len()).then(|| (from + 2).to_string());
        Answer::json(&json!({"items": items(&skus[from..(from + 2).min(skus.len())]), "next": next}))
    });
    knows_all(&world, 3);
}

#[test]
fn a_listing_by_link_header_is_read_to_its_end() {
    let world = paged(json!({"link": {}}), |seen, skus| {
        let from = asked(seen, "from").unwrap_or(0);
        let answer = Answer::json(&json!({"items": items(&skus[from..(from + 2).min(skus.len())])}));
        let next = format!("</all?warehouse=1&from={}>; rel=\"next\"", from + 2);
        if from + 2 < skus.len() { answer.header("link", &next) } else { answer }
    });
    knows_all(&world, 3);
}

#[test]
fn a_listing_that_breaks_half_way_accuses_nobody() {
    let world = paged(json!({"page": {"size": 2}}), |seen, skus| match asked(seen, "page") {
        Some(1) => Answer::json(&json!({"items": items(&skus[..2])})),
        _ => Answer::of_status(500),
    });
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0);
}

#[test]
fn it_knows_us_by_token_password_or_header() {
    for (auth, header, value) in [
        (json!({"bearer": {"token": "${SECRET}"}}), "authorization", "Bearer s3cret"),
        (json!({"basic": {"username": "us", "password": "${SECRET}"}}), "authorization", "Basic dXM6czNjcmV0"),
        (json!({"header": {"name": "X-Api-Key", "value": "${SECRET}"}}), "x-api-key", "s3cret"),
    ] {
        let mut world = World::lying();
        world.set("/shops/0/stock/http_json/auth", auth);
        world.program(&["check"]).env("SECRET", "s3cret").run().exits(10);
        let seen = world.api.seen();
        assert!(!seen.is_empty() && seen.iter().all(|seen| seen.header(header) == Some(value)), "{seen:?}");
    }
}

#[test]
fn the_sellable_quantity_is_the_users_expression() {
    let mut world = World::new();
    world.lists("A-1", page("A-1", Says::In)).lists("A-2", page("A-2", Says::In)).lists("A-3", page("A-3", Says::In));
    let stand =
        |sku: &str, on_hand: i64, reserved: i64| json!({"id": sku, "qty": {"on_hand": on_hand, "reserved": reserved}});
    let answer = json!({"data": {"stock": [stand("A-1", 5, 2), stand("A-2", 5, 4), stand("A-3", 5, 5)]}});
    world.api.on("/everything", Answer::json(&answer));
    let http = json!({
        "all": {"url": world.api.url("/everything")}, "items": "$.data.stock[*]", "key": "$.id",
        "fields": {"on_hand": "$.qty.on_hand", "reserved": "$.qty.reserved"},
        "fetch": {"allow_private": ["127.0.0.1"]},
    });
    world.set("/shops/0/stock", json!({"sellable": "on_hand - reserved", "threshold": 2, "http_json": http}));
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    let expected = ["A-1 agrees", "A-2 false_available", "A-3 false_available"];
    assert_eq!(checked.verdicts(), expected);
    assert_eq!(checked.item("A-2")["stock"]["fields"], json!({"on_hand": "5", "reserved": "4"}));
}

#[test]
fn what_is_not_counted_or_may_be_ordered_is_not_zero() {
    let mut world = World::new();
    let stands = [
        ("UNTRACKED", json!({"tracked": false})),
        ("BACKORDER", json!({"backorder": true})),
        ("MADE", json!({"kind": "custom"})),
        ("PREORDER", json!({"release": "2999-01-01"})),
        ("EXPIRED", json!({"release": "2001-01-01"})),
        ("DISCONTINUED", json!({"kind": "discontinued"})),
        ("NONE", json!({})),
    ];
    let mut all = Vec::new();
    for (sku, mut stand) in stands {
        world.lists(sku, page(sku, Says::In));
        stand["sku"] = sku.into();
        stand["available"] = 0.into();
        all.push(stand);
    }
    world.api.on("/stock", Answer::json(&json!({"items": all})));
    let fields = json!({"available": "$.available", "tracked": "$.tracked", "backorder": "$.backorder",
        "release": "$.release", "kind": "$.kind"});
    world.set("/shops/0/stock/http_json/fields", fields).set("/shops/0/stock/http_json/item", json!(null));
    for (key, expression) in [
        ("untracked_when", "tracked == false"),
        ("backorder_when", "backorder == true"),
        ("preorder_when", "release is not none"),
        ("preorder_until", "release"),
        ("made_to_order_when", "kind == \"custom\""),
        ("discontinued_when", "kind == \"discontinued\""),
    ] {
        world.set(&format!("/shops/0/stock/{key}"), expression);
    }
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    let told = |sku: &&str| {
        let policy = checked.item(sku)["stock"]["policy"].as_str().expect("a policy");
        format!("{sku}: {policy}, {}", checked.verdict(sku))
    };
    let skus = ["UNTRACKED", "BACKORDER", "MADE", "PREORDER", "EXPIRED", "DISCONTINUED", "NONE"];
    assert_eq!(
        skus.iter().map(told).collect::<Vec<_>>(),
        [
            "UNTRACKED: untracked, agrees",
            "BACKORDER: backorder, agrees",
            "MADE: made_to_order, agrees",
            "PREORDER: preorder, agrees",
            "EXPIRED: preorder, expired_promise",
            "DISCONTINUED: discontinued, false_available",
            "NONE: tracked, false_available",
        ]
    );
}
