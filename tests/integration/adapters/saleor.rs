//! `saleor` against a GraphQL API that answers as Saleor does.

use serde_json::{Value, json};

use super::manners::{failure, promising, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const PATH: &str = "/graphql/";

fn stock(warehouse: &str, quantity: i64, allocated: i64, reserved: i64) -> Value {
    json!({
        "quantity": quantity, "quantityAllocated": allocated, "quantityReserved": reserved,
        "warehouse": {"id": format!("V2FyZWhvdXNlOg=={warehouse}"), "name": warehouse, "slug": warehouse.to_lowercase()},
    })
}

/// A counted variant, with what is different about it.
fn variant(sku: &str, stocks: Vec<Value>, other: Value) -> Value {
    let mut variant = json!({
        "id": format!("UHJvZHVjdFZhcmlhbnQ6{sku}"), "sku": sku, "trackInventory": true, "quantityLimitPerCustomer": null,
        "quantityAvailable": 50, "preorder": null, "product": {"id": "UHJvZHVjdDox", "isAvailable": true}, "stocks": stocks,
    });
    for (name, value) in other.as_object().expect("fields") {
        variant[name] = value.clone();
    }
    variant
}

fn plain(sku: &str, quantity: i64) -> Value {
    variant(sku, vec![stock("Default", quantity, 0, 0)], json!({}))
}

fn variables(seen: &Seen) -> Value {
    let body: Value = serde_json::from_str(&seen.body).expect("JSON");
    body["variables"].clone()
}

fn api(variants: Vec<Value>) -> Route {
    Route::made(move |seen| {
        let asked = variables(seen);
        assert_eq!(asked["channel"], "default-channel");
        let size = usize::try_from(asked["first"].as_u64().expect("a size")).expect("a small one");
        let from: usize = asked["after"].as_str().map_or(0, |cursor| cursor.parse().expect("a cursor"));
        let skus = asked["filter"]["sku"].as_array();
        let fits = |variant: &&Value| skus.is_none_or(|skus| skus.contains(&variant["sku"]));
        let found: Vec<&Value> = variants.iter().filter(fits).collect();
        let edges: Value = found.iter().skip(from).take(size).map(|node| json!({"node": node})).collect();
        let info = json!({"hasNextPage": found.len() > from + size, "endCursor": (from + size).to_string()});
        Answer::json(
            &json!({"data": {"productVariants": {"edges": edges, "pageInfo": info}}, "extensions": {"cost": {"requestedQueryCost": 2, "maximumAvailable": 50000}}}),
        )
    })
}

fn shop(skus: &[&str], variants: Vec<Value>) -> World {
    let mut world = promising(skus, "saleor", |world| json!({"url": world.api.url(PATH), "token_file": "token"}));
    world.file("token", "t0k3n\n");
    world.api.on(PATH, api(variants));
    world.set("/shops/0/fetch/rate", "1000/s");
    world
}

#[test]
fn everything_is_read_to_the_last_page() {
    let mut world = shop(&["A-1", "A-5"], (1..=5).map(|at| plain(&format!("A-{at}"), 3)).collect());
    world.set("/shops/0/stock/saleor/page_size", 2);
    world.check(&[]).exits(0);
    let seen = world.api.seen_at(PATH);
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Bearer t0k3n")));
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let preorder = |end: &str| json!({"trackInventory": false, "preorder": {"globalThreshold": 10, "globalSoldUnits": 4, "endDate": end}});
    let variants = vec![
        plain("COUNTED", 5),
        // The API says 50 of it: what one checkout may take.
        variant("ALLOCATED", vec![stock("Default", 60, 60, 0)], json!({})),
        variant("RESERVED", vec![stock("Default", 3, 1, 2)], json!({})),
        variant("TWO-PLACES", vec![stock("Default", 0, 0, 0), stock("Haifa", 2, 1, 0)], json!({})),
        variant("NOWHERE", Vec::new(), json!({})),
        variant("UNTRACKED", Vec::new(), json!({"trackInventory": false})),
        variant("PREORDER", Vec::new(), preorder("2999-01-01T00:00:00+00:00")),
        variant("EXPIRED", Vec::new(), preorder("2001-01-01T00:00:00+00:00")),
        variant("HIDDEN-STOCKS", Vec::new(), json!({"stocks": null})),
    ];
    let skus = [
        "COUNTED",
        "ALLOCATED",
        "RESERVED",
        "TWO-PLACES",
        "NOWHERE",
        "UNTRACKED",
        "PREORDER",
        "EXPIRED",
        "HIDDEN-STOCKS",
        "UNKNOWN",
    ];
    let mut world = shop(&skus, variants);
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "ALLOCATED: tracked, false_available",
            "RESERVED: tracked, false_available",
            "TWO-PLACES: tracked, agrees",
            "NOWHERE: tracked, false_available",
            "UNTRACKED: untracked, agrees",
            "PREORDER: preorder, agrees",
            "EXPIRED: preorder, expired_promise",
            "HIDDEN-STOCKS: -, unverified (stock_failed)",
            "UNKNOWN: -, unverified (stock_missing)",
        ]
    );
    world.set("/shops/0/stock/sellable", "sum(locations[web].available)");
    world.set("/shops/0/stock/locations", json!({"web": ["Default"]}));
    assert_eq!(told(&world, &["TWO-PLACES"]), ["TWO-PLACES: tracked, false_available"]);
}

#[test]
fn suspects_are_asked_for_in_batches() {
    let mut world =
        shop(&["A-1", "A-2", "A-3", "A-4", "A-5"], (1..=5).map(|at| plain(&format!("A-{at}"), 0)).collect());
    world.set("/shops/0/stock/saleor/page_size", 2);
    world.check(&["--dry-run"]).exits(10);
    let asked: Vec<Value> =
        world.api.seen_at(PATH).iter().map(variables).filter(|asked| !asked["filter"].is_null()).collect();
    assert!(!asked.is_empty() && asked.len().is_multiple_of(3), "five in three batches: {asked:?}");
}

#[test]
fn an_error_half_way_accuses_nobody() {
    let mut world = shop(&["A-1", "A-3"], Vec::new());
    world.set("/shops/0/stock/saleor/page_size", 2);
    let all: Vec<Value> = (1..=3).map(|at| plain(&format!("A-{at}"), 3)).collect();
    let Route::Made(make) = api(all) else { panic!("a made route") };
    world.api.on(
        PATH,
        Route::made(move |seen| match variables(seen)["after"].as_str() {
            None => make(seen),
            Some(_) => Answer::json(
                &json!({"errors": [{"message": "Internal Server Error"}], "data": {"productVariants": null}}),
            ),
        }),
    );
    assert!(failure(&world).contains("Internal Server Error"));
}

#[test]
fn a_missing_permission_is_told_as_such() {
    let world = shop(&["A-1"], Vec::new());
    let message = "To access this path, you need one of the following permissions: MANAGE_PRODUCTS, MANAGE_ORDERS";
    let errors = json!([{"message": message, "path": ["productVariants"], "extensions": {"exception": {"code": "PermissionDenied"}}}]);
    world.api.on(PATH, Answer::json(&json!({"errors": errors, "data": {"productVariants": null}})));
    assert!(failure(&world).contains("MANAGE_PRODUCTS"));
    let ran = world.run(&["check", "--dry-run"]);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("give the app the permission"), "{}", ran.stderr);
}

#[test]
fn credentials_reach_nobody_else() {
    tells_no_stranger(&shop(&["A-1"], Vec::new()), PATH, &["t0k3n"]);
}

#[test]
fn a_shop_that_asks_for_rest_gets_it() {
    let all = || vec![plain("A-1", 3)];
    rests_when_asked(&mut shop(&["A-1"], all()), "saleor", PATH, 429, api(all()));
}
