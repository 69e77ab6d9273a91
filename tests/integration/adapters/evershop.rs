//! `evershop` against an administration that answers as EverShop does.

use serde_json::{Map, Value, json};

use super::manners::{failure, promising, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const LOGIN: &str = "/api/user/tokens";
const API: &str = "/api/admin/graphql";

fn product(id: u64, sku: &str, qty: i64, other: Value) -> Value {
    let mut product = json!({
        "productId": id, "uuid": format!("u-{id}"), "sku": sku, "name": sku, "status": 1,
        "inventory": {"qty": qty, "isInStock": qty > 0, "manageStock": 1, "stockAvailability": 1},
    });
    for (name, value) in other.as_object().expect("fields") {
        match name.as_str() {
            "status" => product[name] = value.clone(),
            name => product["inventory"][name] = value.clone(),
        }
    }
    product
}

/// The numbers that a question asks for.
fn numbers(seen: &Seen) -> Vec<u64> {
    let parts = seen.body.split("product(id: ").skip(1);
    parts.map(|part| part.split(')').next().and_then(|number| number.parse().ok()).expect("a number")).collect()
}

/// The list shows only what can be bought, the newest first; by number everything is found.
fn products(all: Vec<Value>) -> Route {
    Route::made(move |seen| {
        if seen.header("authorization") != Some("Bearer t0ken") {
            return Answer::json(&json!({"error": {"status": 401, "message": "Unauthorized"}})).status(401);
        }
        if seen.body.contains("products(") {
            let newest = all.iter().rev().find(|product| product["inventory"]["isInStock"] == true);
            let items: Vec<Value> =
                newest.into_iter().map(|product| json!({"productId": product["productId"]})).collect();
            return Answer::json(&json!({"data": {"products": {"items": items}}}));
        }
        let find = |number: u64| all.iter().find(|product| product["productId"] == number).cloned().unwrap_or_default();
        let found: Map<String, Value> =
            numbers(seen).into_iter().map(|number| (format!("p{number}"), find(number))).collect();
        Answer::json(&json!({"data": found}))
    })
}

fn evershop(skus: &[&str], all: Vec<Value>) -> World {
    let world = promising(skus, "evershop", |world| {
        json!({"url": world.api.url("/"), "login": {"username": "us@shop.example", "password_file": "password"},
            "batch": 4, "gap": 6})
    });
    world.file("password", "s3cret\n");
    world.api.on(
        LOGIN,
        Route::made(|seen| match seen.body.contains("\"s3cret\"") {
            true => Answer::json(&json!({"data": {"accessToken": "t0ken", "refreshToken": "other"}})),
            false => {
                Answer::json(&json!({"error": {"message": "Invalid email or password", "status": 400}})).status(400)
            }
        }),
    );
    world.api.on(API, products(all));
    world
}

#[test]
fn products_are_found_by_number_however_many_are_gone_in_between() {
    // The list ends at 9: the two after it are sold out. Eleven numbers, and six after the last.
    let all = vec![
        product(1, "CUP", 3, json!({})),
        product(9, "BOWL", 2, json!({})),
        product(11, "VASE", 0, json!({})),
        product(14, "PEN", 0, json!({})),
        product(90, "TOO-FAR", 7, json!({"isInStock": false})),
    ];
    let world = evershop(&["CUP", "BOWL", "VASE", "PEN", "TOO-FAR"], all);
    assert_eq!(
        told(&world, &["CUP", "BOWL", "VASE", "PEN", "TOO-FAR"]),
        [
            "CUP: tracked, agrees",
            "BOWL: tracked, agrees",
            "VASE: tracked, false_available",
            "PEN: tracked, false_available",
            "TOO-FAR: -, unverified (stock_missing)",
        ]
    );
    let asked: Vec<Vec<u64>> = world.api.seen_at(API).iter().map(numbers).collect();
    let first: Vec<u64> = asked.iter().take(7).flatten().copied().collect();
    assert_eq!(first, (1..=24).collect::<Vec<u64>>(), "one question for the newest, six for the numbers: {asked:?}");
    assert_eq!(world.api.seen_at(LOGIN).len(), 1);
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let all = vec![
        product(1, "COUNTED", 3, json!({})),
        product(2, "NONE", 0, json!({})),
        product(3, "SWITCHED-OFF", 3, json!({"stockAvailability": 0, "isInStock": false})),
        product(4, "UNCOUNTED", 0, json!({"manageStock": 0, "isInStock": true})),
        product(5, "DISABLED", 3, json!({"status": 0})),
        product(6, "UNREADABLE", 3, json!({"qty": null})),
    ];
    let skus = ["COUNTED", "NONE", "SWITCHED-OFF", "UNCOUNTED", "DISABLED", "UNREADABLE", "UNKNOWN"];
    assert_eq!(
        told(&evershop(&skus, all), &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "SWITCHED-OFF: tracked, false_available",
            "UNCOUNTED: untracked, agrees",
            "DISABLED: discontinued, false_available",
            "UNREADABLE: -, unverified (stock_failed)",
            "UNKNOWN: -, unverified (stock_missing)",
        ]
    );
}

#[test]
fn an_error_half_way_accuses_nobody() {
    for (broken, why) in [
        (
            Answer::json(&json!({"error": {"status": 500, "message": "Connection terminated"}})).status(500),
            "answered 500",
        ),
        (Answer::json(&json!({"data": {"p5": null}})), "says nothing of product 6, which was asked for"),
    ] {
        let world = evershop(&["CUP"], Vec::new());
        let Route::Made(served) = products(vec![product(1, "CUP", 0, json!({}))]) else { panic!("a made route") };
        world.api.on(
            API,
            Route::made(move |seen| match numbers(seen).first() {
                Some(5) => broken.clone(),
                _ => served(seen),
            }),
        );
        let told = failure(&world);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_token_that_ran_out_is_asked_for_anew() {
    let world = evershop(&["CUP"], Vec::new());
    let Route::Made(served) = products(vec![product(1, "CUP", 2, json!({}))]) else { panic!("a made route") };
    let tired = std::sync::atomic::AtomicBool::new(true);
    world.api.on(
        API,
        Route::made(move |seen| {
            let expired = !numbers(seen).is_empty() && tired.swap(false, std::sync::atomic::Ordering::SeqCst);
            if expired {
                Answer::json(&json!({"error": {"status": 401, "message": "Unauthorized"}})).status(401)
            } else {
                served(seen)
            }
        }),
    );
    world.check(&["--dry-run"]).exits(0);
    assert_eq!(world.api.seen_at(LOGIN).len(), 2);
}

#[test]
fn credentials_that_are_refused_are_told_as_such() {
    let world = evershop(&["CUP"], Vec::new());
    world.file("password", "other-s3cret\n");
    let told = failure(&world);
    assert!(told.contains("Invalid email or password") && !told.contains("other-s3cret"), "{told}");
}

#[test]
fn credentials_reach_nobody_else() {
    tells_no_stranger(&evershop(&["CUP"], vec![product(1, "CUP", 2, json!({}))]), API, &["s3cret", "t0ken"]);
}

#[test]
fn a_shop_that_asks_for_rest_gets_it() {
    let all = vec![product(1, "CUP", 2, json!({}))];
    let mut world = evershop(&["CUP"], all.clone());
    rests_when_asked(&mut world, "evershop", API, 429, products(all));
}
