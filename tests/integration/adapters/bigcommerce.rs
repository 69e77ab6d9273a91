//! `bigcommerce` against an Inventory API that answers as BigCommerce does.

use serde_json::{Value, json};

use super::manners::{failure, promising, query, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, World};

const ITEMS: &str = "/stores/abc/v3/inventory/items";

/// A location of an item: what may be sold, and whether it is enabled and in stock.
fn place(id: u64, name: &str, available: Value, enabled: bool, in_stock: bool) -> Value {
    json!({
        "location_id": id, "location_code": format!("BC-LOCATION-{id}"), "location_name": name, "location_enabled": enabled,
        "available_to_sell": available, "total_inventory_onhand": 5,
        "settings": {"safety_stock": 1, "is_in_stock": in_stock, "warning_level": 2, "bin_picking_number": ""},
    })
}

fn item(sku: &str, locations: Vec<Value>) -> Value {
    json!({"identity": {"sku": sku, "variant_id": 78, "product_id": 130, "sku_id": null}, "locations": locations})
}

fn web(sku: &str, available: i64) -> Value {
    item(sku, vec![place(1, "Default location", available.into(), true, true)])
}

fn items(items: Vec<Value>) -> Route {
    Route::made(move |seen| {
        let skus: Option<Vec<String>> = query(seen, "sku:in").map(|list| list.split(',').map(str::to_owned).collect());
        let fits = |item: &&Value| {
            let sku = item["identity"]["sku"].as_str().expect("an SKU");
            skus.as_ref().is_none_or(|skus| skus.iter().any(|one| one.eq_ignore_ascii_case(sku)))
        };
        let number = |name: &str| query(seen, name).expect("a number").parse::<usize>().expect("a number");
        let (size, page) = (number("limit"), number("page"));
        let found: Vec<Value> = items.iter().filter(fits).cloned().collect();
        let data: Value = found.iter().skip((page - 1) * size).take(size).cloned().collect();
        let pages = json!({"total": found.len(), "per_page": size, "current_page": page, "total_pages": found.len().div_ceil(size)});
        Answer::json(&json!({"data": data, "meta": {"pagination": pages}}))
    })
}

fn store(skus: &[&str], all: Vec<Value>) -> World {
    let mut world =
        promising(skus, "bigcommerce", |world| json!({"url": world.api.url("/stores/abc/"), "token_file": "token"}));
    world.file("token", "t0k3n\n");
    world.api.on(ITEMS, items(all));
    world.set("/shops/0/fetch/rate", "1000/s");
    world
}

#[test]
fn everything_is_read_to_the_last_page() {
    let mut world = store(&["A-1", "A-5"], (1..=5).map(|at| web(&format!("A-{at}"), 3)).collect());
    world.set("/shops/0/stock/bigcommerce/page_size", 2);
    world.check(&[]).exits(0);
    let seen = world.api.seen_at(ITEMS);
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.header("x-auth-token") == Some("t0k3n")));
}

#[test]
fn what_may_be_sold_is_what_the_store_would_sell() {
    let all = vec![
        web("COUNTED", 5),
        web("NONE", 0),
        item("SWITCHED-OFF", vec![place(1, "Web", 5.into(), true, false)]),
        item("CLOSED-PLACE", vec![place(1, "Web", 0.into(), true, true), place(2, "Old", 9.into(), false, true)]),
        item("TWO-PLACES", vec![place(1, "Web", 0.into(), true, true), place(2, "Haifa", 2.into(), true, true)]),
        item("UNREADABLE", vec![place(1, "Web", Value::Null, true, true)]),
        web("counted", 0),
    ];
    let skus = ["COUNTED", "NONE", "SWITCHED-OFF", "CLOSED-PLACE", "TWO-PLACES", "UNREADABLE", "UNCOUNTED"];
    let mut world = store(&skus, all);
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "SWITCHED-OFF: tracked, false_available",
            "CLOSED-PLACE: tracked, false_available",
            "TWO-PLACES: tracked, agrees",
            "UNREADABLE: -, unverified (stock_failed)",
            "UNCOUNTED: -, unverified (stock_missing)",
        ]
    );
    world.set("/shops/0/stock/sellable", "sum(locations[web].available_to_sell)");
    world.set("/shops/0/stock/locations", json!({"web": ["Web"]}));
    assert_eq!(told(&world, &["TWO-PLACES"]), ["TWO-PLACES: tracked, false_available"]);
}

#[test]
fn suspects_are_asked_for_in_batches_by_their_exact_sku() {
    let mut all: Vec<Value> = (1..=5).map(|at| web(&format!("A-{at}"), 0)).collect();
    all.push(web("a-1", 9));
    let mut world = store(&["A-1", "A-2", "A-3", "A-4", "A-5"], all);
    world.set("/shops/0/stock/bigcommerce/batch", 2);
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert!(checked.verdicts().iter().all(|verdict| verdict.ends_with("false_available")), "{:?}", checked.verdicts());
    let asked: Vec<String> = world.api.seen_at(ITEMS).iter().filter_map(|seen| query(seen, "sku:in")).collect();
    assert!(!asked.is_empty() && asked.len().is_multiple_of(3), "five in three batches: {asked:?}");
}

#[test]
fn a_quota_that_is_used_up_is_waited_for() {
    let world = store(&["A-1"], vec![web("A-1", 3)]);
    let page = json!({"data": [web("A-1", 3)], "meta": {"pagination": {"total_pages": 1}}});
    let used_up = Answer::json(&json!({"status": 429, "title": "You have hit your API request limit"})).status(429);
    let used_up = used_up.header("x-rate-limit-time-reset-ms", "700").header("x-rate-limit-requests-left", "0");
    world.api.on(ITEMS, vec![used_up, Answer::json(&page)]);
    world.check(&["--dry-run"]).exits(0);
    let seen = world.api.seen_at(ITEMS);
    let rested = (seen[1].at - seen[0].at).as_millis();
    assert!((690..5_000).contains(&rested), "{rested} ms");
}

#[test]
fn an_error_half_way_accuses_nobody() {
    let mut world = store(&["A-1", "A-3"], Vec::new());
    world.set("/shops/0/stock/bigcommerce/page_size", 2);
    let first = json!({"data": [web("A-1", 3), web("A-2", 3)], "meta": {"pagination": {"total_pages": 2}}});
    world.api.on(ITEMS, vec![Answer::json(&first), Answer::of_status(500)]);
    assert!(failure(&world).contains("answered 500"));
}

#[test]
fn a_missing_scope_is_told_as_such() {
    let world = store(&["A-1"], Vec::new());
    let refusal = json!({"status": 403, "title": "You don't have a required scope to access the endpoint"});
    world.api.on(ITEMS, Answer::json(&refusal).status(403));
    assert!(failure(&world).contains("answered 403"));
    let ran = world.run(&["check", "--dry-run"]);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("Store Inventory, read-only"), "{}", ran.stderr);
}

#[test]
fn credentials_reach_nobody_else() {
    tells_no_stranger(&store(&["A-1"], Vec::new()), ITEMS, &["t0k3n"]);
}

#[test]
fn a_store_that_asks_for_rest_gets_it() {
    let all = || vec![web("A-1", 3)];
    rests_when_asked(&mut store(&["A-1"], all()), "bigcommerce", ITEMS, 503, items(all()));
}
