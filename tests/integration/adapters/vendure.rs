//! `vendure` against an Admin API that answers as Vendure does.

use serde_json::{Value, json};

use super::manners::{failure, promising, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const API: &str = "/admin-api";

/// A variant at one location, with what is different about it.
fn variant(sku: &str, on_hand: i64, other: Value) -> Value {
    let mut variant = json!({
        "id": sku, "sku": sku, "name": sku, "enabled": true, "trackInventory": "INHERIT",
        "useGlobalOutOfStockThreshold": true, "outOfStockThreshold": 0, "product": {"enabled": true},
        "stockLevels": [level("Default Stock Location", on_hand, 0)],
    });
    for (name, value) in other.as_object().expect("fields") {
        variant[name] = value.clone();
    }
    variant
}

fn level(name: &str, on_hand: i64, allocated: i64) -> Value {
    json!({"stockOnHand": on_hand, "stockAllocated": allocated, "stockLocation": {"id": name, "name": name}})
}

fn asked(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).expect("JSON")
}

fn is_question(seen: &Seen) -> bool {
    seen.body.contains("productVariants")
}

/// The questions for variants, without logins and logouts.
fn questions(world: &World) -> Vec<Value> {
    world.api.seen_at(API).iter().filter(|seen| is_question(seen)).map(asked).collect()
}

/// Vendure for who is not logged in, and for who was and is no more.
fn forbidden() -> Answer {
    Answer::json(&json!({"data": null, "errors": [{
        "message": "You are not currently authorized to perform this action", "path": ["productVariants"],
        "extensions": {"code": "FORBIDDEN"},
    }]}))
}

/// What a session may ask.
fn told_of(seen: &Seen, variants: &[Value]) -> Answer {
    let options = &asked(seen)["variables"]["options"];
    let number = |name: &str| options[name].as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number");
    assert_eq!(options["sort"], json!({"id": "ASC"}));
    let wanted = options["filter"]["sku"]["in"].as_array();
    let same = |one: &Value, other: &Value| one.as_str().unwrap().eq_ignore_ascii_case(other.as_str().unwrap());
    let fits = |variant: &&Value| wanted.is_none_or(|skus| skus.iter().any(|sku| same(sku, &variant["sku"])));
    let fitting: Vec<&Value> = variants.iter().filter(fits).collect();
    let page: Vec<&Value> = fitting.iter().skip(number("skip")).take(number("take")).copied().collect();
    Answer::json(&json!({"data": {
        "globalSettings": {"trackInventory": true, "outOfStockThreshold": 0},
        "productVariants": {"totalItems": fitting.len(), "items": page},
    }}))
}

fn served(variants: Vec<Value>) -> Route {
    Route::made(move |seen| {
        let body = asked(seen);
        let query = body["query"].as_str().expect("a query");
        if query.contains("login(") {
            let good = body["variables"]["password"] == "s3cret";
            let kind = if good {
                json!({"__typename": "CurrentUser"})
            } else {
                json!({"__typename": "InvalidCredentialsError", "errorCode": "INVALID_CREDENTIALS_ERROR",
                    "message": "The provided credentials are invalid"})
            };
            return Answer::json(&json!({"data": {"login": kind}})).header("vendure-auth-token", "t0ken");
        }
        if seen.header("authorization") != Some("Bearer t0ken") {
            return forbidden();
        }
        if query.contains("logout") {
            return Answer::json(&json!({"data": {"logout": {"success": true}}}));
        }
        told_of(seen, &variants)
    })
}

fn vendure(skus: &[&str], variants: Vec<Value>) -> World {
    let world = promising(skus, "vendure", |world| {
        json!({"url": world.api.url(API), "login": {"username": "us", "password_file": "password"},
            "channel": "lamps", "page_size": 2, "batch": 2})
    });
    world.file("password", "s3cret\n");
    world.api.on(API, served(variants));
    world
}

fn lamps(number: u32, on_hand: i64) -> Vec<Value> {
    (1..=number).map(|n| variant(&format!("LAMP-{n}"), on_hand, json!({}))).collect()
}

#[test]
fn everything_is_read_to_the_last_page_in_one_session() {
    let world = vendure(&["LAMP-1", "LAMP-5"], lamps(5, 3));
    world.check(&["--dry-run"]).exits(0);
    let seen = world.api.seen_at(API);
    assert_eq!(seen.len(), 5, "a login, three pages and a logout: {seen:?}");
    assert!(seen[0].body.contains("login(") && seen[0].header("authorization").is_none());
    assert!(seen[1..].iter().all(|seen| seen.header("authorization") == Some("Bearer t0ken")));
    assert!(seen[1..].iter().all(|seen| seen.header("vendure-token") == Some("lamps")));
    assert!(seen[4].body.contains("logout"));
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let threshold = |threshold: i64| json!({"useGlobalOutOfStockThreshold": false, "outOfStockThreshold": threshold});
    let two = json!({"stockLevels": [level("Berlin", 3, 3), level("Haifa", 2, 1)]});
    let variants = vec![
        variant("COUNTED", 5, json!({})),
        variant("NONE", 0, json!({})),
        variant("ALLOCATED", 0, json!({"stockLevels": [level("Berlin", 3, 3)]})),
        variant("TWO-PLACES", 0, two),
        variant("KEPT-BACK", 5, threshold(5)),
        variant("BACKORDERS", 0, threshold(-10)),
        variant("UNTRACKED", 0, json!({"trackInventory": "FALSE"})),
        variant("SWITCHED-OFF", 5, json!({"enabled": false})),
        variant("PRODUCT-OFF", 5, json!({"product": {"enabled": false}})),
        variant("UNREADABLE", 5, json!({"stockLevels": null})),
        variant("TWICE", 5, json!({})),
        variant("TWICE", 6, json!({})),
    ];
    let skus = [
        "COUNTED",
        "NONE",
        "ALLOCATED",
        "TWO-PLACES",
        "KEPT-BACK",
        "BACKORDERS",
        "UNTRACKED",
        "SWITCHED-OFF",
        "PRODUCT-OFF",
        "UNREADABLE",
        "TWICE",
        "UNKNOWN",
    ];
    let world = vendure(&skus, variants);
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "ALLOCATED: tracked, false_available",
            "TWO-PLACES: tracked, agrees",
            "KEPT-BACK: tracked, false_available",
            "BACKORDERS: tracked, agrees",
            "UNTRACKED: untracked, agrees",
            "SWITCHED-OFF: discontinued, false_available",
            "PRODUCT-OFF: discontinued, false_available",
            "UNREADABLE: -, unverified (stock_failed)",
            "TWICE: -, unverified (stock_failed)",
            "UNKNOWN: -, unverified (stock_missing)",
        ]
    );
}

#[test]
fn only_the_locations_that_are_meant_count() {
    let two = json!({"stockLevels": [level("Berlin", 3, 0), level("Haifa", 2, 2)]});
    let mut world = vendure(&["LAMP"], vec![variant("LAMP", 0, two)]);
    let sellable = "sum(locations[web].stock_on_hand) - sum(locations[web].stock_allocated)";
    world.set("/shops/0/stock/sellable", sellable).set("/shops/0/stock/locations", json!({"web": ["Haifa"]}));
    assert_eq!(told(&world, &["LAMP"]), ["LAMP: tracked, false_available"]);
    world.set("/shops/0/stock/locations", json!({"web": ["Haifa", "Berlin"]}));
    assert_eq!(told(&world, &["LAMP"]), ["LAMP: tracked, agrees"]);
}

#[test]
fn suspects_are_asked_for_in_batches_by_their_exact_sku() {
    let mut variants = lamps(5, 0);
    variants.push(variant("lamp-1", 9, json!({})));
    let world = vendure(&["LAMP-1", "LAMP-2", "LAMP-3", "LAMP-4", "LAMP-5"], variants);
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert!(checked.verdicts().iter().all(|verdict| verdict.ends_with("false_available")), "{:?}", checked.verdicts());
    let asked = questions(&world);
    let batches =
        asked.iter().filter_map(|question| question["variables"]["options"]["filter"]["sku"]["in"].as_array());
    let sizes: Vec<usize> = batches.map(Vec::len).collect();
    assert!(sizes.iter().all(|size| *size <= 2) && sizes.contains(&2) && sizes.contains(&1), "{sizes:?}");
    // A round is five keys in three batches, and the first batch again for its second page: `in` compares without case.
    assert_eq!((sizes.len() % 4, sizes.iter().sum::<usize>() % 7), (0, 0), "{sizes:?}");
}

#[test]
fn a_session_that_ran_out_is_begun_anew_once() {
    let world = vendure(&["LAMP-1"], lamps(3, 3));
    let tired = std::sync::atomic::AtomicBool::new(true);
    let Route::Made(served) = served(lamps(3, 3)) else { panic!("a made route") };
    world.api.on(
        API,
        Route::made(move |seen| {
            let second = asked(seen)["variables"]["options"]["skip"] == 2;
            if second && tired.swap(false, std::sync::atomic::Ordering::SeqCst) { forbidden() } else { served(seen) }
        }),
    );
    world.check(&["--dry-run"]).exits(0);
    let logins = world.api.seen_at(API).iter().filter(|seen| seen.body.contains("login(")).count();
    assert_eq!(logins, 2);
}

#[test]
fn what_moves_up_while_it_is_read_is_not_passed_over() {
    // LAMP-1 is deleted after the first page: LAMP-3 moves up to its end.
    let world = vendure(&["LAMP-2", "LAMP-3", "LAMP-5"], Vec::new());
    let Route::Made(before) = served(lamps(5, 3)) else { panic!("a made route") };
    let Route::Made(after) = served(lamps(5, 3)[1..].to_vec()) else { panic!("a made route") };
    let began = std::sync::atomic::AtomicBool::new(false);
    world.api.on(
        API,
        Route::made(move |seen| {
            let first = is_question(seen) && !began.swap(true, std::sync::atomic::Ordering::SeqCst);
            if first || !is_question(seen) { before(seen) } else { after(seen) }
        }),
    );
    let checked = world.check(&["--dry-run"]);
    assert_eq!(checked.verdicts(), ["LAMP-2 agrees", "LAMP-3 agrees", "LAMP-5 agrees"]);
}

#[test]
fn an_error_half_way_accuses_nobody() {
    for (broken, why) in [
        (Answer::of_status(502), "answered 502"),
        (
            Answer::json(&json!({"errors": [{"message": "Database is gone"}]})),
            "answered the error \"Database is gone\"",
        ),
        (
            Answer::json(&json!({"data": {"globalSettings": {"trackInventory": true, "outOfStockThreshold": 0},
            "productVariants": {"totalItems": 5, "items": []}}})),
            "says that there are 5 items, but gives none after the first 2",
        ),
    ] {
        let world = vendure(&["LAMP-1", "LAMP-5"], Vec::new());
        let Route::Made(served) = served(lamps(5, 0)) else { panic!("a made route") };
        world.api.on(
            API,
            Route::made(move |seen| match asked(seen)["variables"]["options"]["skip"] == 2 {
                true => broken.clone(),
                false => served(seen),
            }),
        );
        let told = failure(&world);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn credentials_that_are_refused_are_told_as_such() {
    let world = vendure(&["LAMP-1"], lamps(1, 3));
    world.file("password", "other-s3cret\n");
    let told = failure(&world);
    assert!(told.contains("refused the login: INVALID_CREDENTIALS_ERROR") && !told.contains("other-s3cret"), "{told}");
    // A user whose role may not read the catalogue.
    world.file("password", "s3cret\n");
    let Route::Made(served) = served(Vec::new()) else { panic!("a made route") };
    world.api.on(API, Route::made(move |seen| if is_question(seen) { forbidden() } else { served(seen) }));
    let told = failure(&world);
    assert!(told.contains("You are not currently authorized"), "{told}");
}

#[test]
fn credentials_reach_nobody_else() {
    tells_no_stranger(&vendure(&["LAMP-1"], lamps(1, 3)), API, &["s3cret", "t0ken"]);
    let mut world = vendure(&["LAMP-1"], lamps(1, 3));
    world.set("/shops/0/stock/vendure/login", json!(null)).set("/shops/0/stock/vendure/api_key_file", "password");
    tells_no_stranger(&world, API, &["s3cret"]);
    let seen = world.api.seen_at(API);
    assert!(seen.iter().all(|seen| seen.header("vendure-api-key") == Some("s3cret")), "{seen:?}");
}

#[test]
fn a_shop_that_asks_for_rest_gets_it() {
    let mut world = vendure(&["LAMP-1"], lamps(1, 3));
    rests_when_asked(&mut world, "vendure", API, 429, served(lamps(1, 3)));
}
