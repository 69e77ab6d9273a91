//! `shopify` against an Admin GraphQL API that answers as Shopify does.

mod bulk;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::manners::{failure, promising, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const PATH: &str = "/admin/api/2026-07/graphql.json";

/// A tracked variant of an active product, with what is different about it.
fn variant(id: u64, sku: &str, sellable: i64, other: Value) -> Value {
    let mut variant = json!({
        "id": format!("gid://shopify/ProductVariant/{id}"), "sku": sku, "barcode": format!("72900000{id:05}"),
        "inventoryPolicy": "DENY", "inventoryQuantity": sellable, "sellableOnlineQuantity": sellable,
        "availableForSale": sellable > 0, "requiresComponents": false,
        "product": {"id": "gid://shopify/Product/1", "status": "ACTIVE", "isGiftCard": false},
        "inventoryItem": {"id": format!("gid://shopify/InventoryItem/{id}"), "tracked": true},
    });
    for (path, value) in other.as_object().expect("fields") {
        *variant.pointer_mut(path).expect("a field") = value.clone();
    }
    variant
}

fn level(at: &str, available: i64) -> Value {
    json!({
        "id": format!("gid://shopify/InventoryLevel/{at}"),
        "location": {"id": format!("gid://shopify/Location/{at}"), "name": at, "isActive": true, "fulfillsOnlineOrders": true},
        "quantities": [{"name": "available", "quantity": available}, {"name": "on_hand", "quantity": available + 1}],
    })
}

fn question(seen: &Seen) -> (String, Value) {
    let body: Value = serde_json::from_str(&seen.body).expect("JSON");
    (body["query"].as_str().expect("a query").to_owned(), body["variables"].clone())
}

fn data(data: &Value, cost: f64) -> Answer {
    let status = json!({"maximumAvailable": 2000.0, "currentlyAvailable": 1900, "restoreRate": 100.0});
    let cost = json!({"requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": status});
    Answer::json(&json!({"data": data, "extensions": {"cost": cost}}))
}

fn error(code: &str, message: &str) -> Answer {
    Answer::json(&json!({"errors": [{"message": message, "extensions": {"code": code}}]}))
}

/// The SKUs of a search, as `sku:'A' OR sku:'B'` names them.
fn searched(query: &str) -> Vec<String> {
    query.split(" OR ").filter_map(|term| Some(term.strip_prefix("sku:'")?.strip_suffix('\'')?.to_owned())).collect()
}

fn number(variant: &Value) -> u64 {
    variant["id"].as_str().and_then(|id| id.rsplit('/').next()).expect("an id").parse().expect("a number")
}

/// A page of variants with their levels. The cursor is the number of the last one; each variant costs four points.
fn page(variants: &[(Value, Vec<Value>)], asked: &Value) -> Answer {
    let size = usize::try_from(asked["first"].as_u64().expect("a size")).expect("a small one");
    let after = asked["after"].as_str().map_or(0, |cursor| cursor.parse().expect("a cursor"));
    let filter = asked["query"].as_str().unwrap_or_default();
    let later = filter.strip_prefix("id:>").map_or(0, |id| id.parse().expect("an id"));
    let skus = searched(filter);
    let fits = |variant: &Value| {
        let known = variant["sku"].as_str().unwrap_or_default();
        skus.is_empty() || skus.iter().any(|sku| sku.eq_ignore_ascii_case(known))
    };
    let found: Vec<_> = variants
        .iter()
        .filter(|(variant, _)| number(variant) > after.max(later) && fits(variant))
        .map(|(variant, levels)| {
            let mut variant = variant.clone();
            let first: Vec<Value> = levels.iter().take(10).cloned().collect();
            let info = json!({"hasNextPage": levels.len() > 10, "endCursor": "levels"});
            variant["inventoryItem"]["inventoryLevels"] = json!({"nodes": first, "pageInfo": info});
            variant
        })
        .collect();
    let nodes: Vec<_> = found.iter().take(size).cloned().collect();
    let cursor = nodes.last().map(|variant| number(variant).to_string());
    let info = json!({"hasNextPage": found.len() > size, "endCursor": cursor});
    data(&json!({"productVariants": {"nodes": nodes, "pageInfo": info}}), size as f64 * 4.0)
}

fn api(variants: Vec<(Value, Vec<Value>)>) -> Route {
    Route::made(move |seen| {
        let (query, asked) = question(seen);
        if query.contains("productVariantsCount") {
            return data(&json!({"productVariantsCount": {"count": variants.len(), "precision": "EXACT"}}), 10.0);
        }
        if query.contains("inventoryItem(id: $id)") {
            let of = |(variant, _): &&(Value, Vec<Value>)| variant["inventoryItem"]["id"] == asked["id"];
            let levels = &variants.iter().find(of).expect("a variant").1[10..];
            let rest = json!({"nodes": levels, "pageInfo": {"hasNextPage": false, "endCursor": "x"}});
            return data(&json!({"inventoryItem": {"inventoryLevels": rest}}), 60.0);
        }
        page(&variants, &asked)
    })
}

fn shop(skus: &[&str], variants: Vec<(Value, Vec<Value>)>, bulk: &str) -> World {
    let mut world = promising(
        skus,
        "shopify",
        |world| json!({"url": world.api.url("/"), "access_token_file": "token", "bulk": bulk}),
    );
    world.file("token", "shpat_s3cret\n");
    world.api.on(PATH, api(variants));
    world.set("/shops/0/fetch/rate", "1000/s");
    world
}

fn plain(count: u64) -> Vec<(Value, Vec<Value>)> {
    (1..=count).map(|id| (variant(id, &format!("A-{id}"), 3, json!({})), vec![level("Warehouse", 3)])).collect()
}

/// The sizes of the pages that were asked for.
fn sizes(world: &World) -> Vec<u64> {
    world.api.seen_at(PATH).iter().filter_map(|seen| question(seen).1["first"].as_u64()).collect()
}

#[test]
fn pages_grow_to_what_can_be_paid_and_are_read_to_the_last() {
    let world = shop(&["A-1", "A-250"], plain(250), "auto");
    world.check(&[]).exits(0);
    // The count, then 25 variants for 100 points: 900 points buy 225.
    assert_eq!(sizes(&world), [25, 225]);
    assert!(world.api.seen().iter().all(|seen| seen.header("x-shopify-access-token") == Some("shpat_s3cret")));
}

#[test]
fn a_page_that_is_too_dear_is_halved() {
    let world = shop(&["A-1", "A-20"], plain(20), "never");
    let variants = plain(20);
    world.api.on(
        PATH,
        Route::made(move |seen| match question(seen).1 {
            asked if asked["first"].as_u64() > Some(12) => {
                error("MAX_COST_EXCEEDED", "Query cost is 1602, which exceeds the single query max cost limit (1000).")
            }
            asked => page(&variants, &asked),
        }),
    );
    world.check(&[]).exits(0);
    assert_eq!(sizes(&world)[..2], [25, 12]);
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let variants: Vec<_> = [
        variant(1, "COUNTED", 5, json!({})),
        variant(2, "NONE", 0, json!({})),
        variant(3, "OVERSOLD", -4, json!({})),
        variant(4, "ELSEWHERE", 0, json!({"/inventoryQuantity": 40})),
        variant(5, "CONTINUE", -4, json!({"/inventoryPolicy": "CONTINUE"})),
        variant(6, "UNTRACKED", 0, json!({"/inventoryItem/tracked": false})),
        variant(7, "GIFT-CARD", 0, json!({"/inventoryItem/tracked": false, "/product/isGiftCard": true})),
        variant(8, "DRAFT", 5, json!({"/product/status": "DRAFT"})),
        variant(9, "ARCHIVED", 5, json!({"/product/status": "ARCHIVED"})),
        variant(10, "UNLISTED", 5, json!({"/product/status": "UNLISTED"})),
        variant(11, "TWICE", 5, json!({})),
        variant(12, "TWICE", 0, json!({})),
        variant(13, "", 0, json!({"/sku": null})),
        variant(14, "UNREADABLE", 0, json!({"/sellableOnlineQuantity": null})),
        variant(15, "counted", 0, json!({})),
    ]
    .into_iter()
    .map(|variant| (variant, Vec::new()))
    .collect();
    let skus = [
        "COUNTED",
        "NONE",
        "OVERSOLD",
        "ELSEWHERE",
        "CONTINUE",
        "UNTRACKED",
        "GIFT-CARD",
        "DRAFT",
        "ARCHIVED",
        "UNLISTED",
        "TWICE",
        "UNREADABLE",
        "UNKNOWN",
    ];
    let world = shop(&skus, variants, "never");
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "OVERSOLD: tracked, false_available",
            "ELSEWHERE: tracked, false_available",
            "CONTINUE: backorder, agrees",
            "UNTRACKED: untracked, agrees",
            "GIFT-CARD: untracked, agrees",
            "DRAFT: discontinued, false_available",
            "ARCHIVED: discontinued, false_available",
            "UNLISTED: tracked, agrees",
            "TWICE: -, unverified (stock_failed)",
            "UNREADABLE: -, unverified (stock_failed)",
            "UNKNOWN: -, unverified (stock_missing)",
        ]
    );
}

#[test]
fn a_group_of_locations_is_summed_also_where_there_are_many() {
    let mut levels: Vec<Value> = (1..=11).map(|at| level(&format!("Store {at}"), 9)).collect();
    levels.push(level("Warehouse", 2));
    let variants = vec![
        (variant(1, "MANY", 0, json!({})), levels),
        (variant(2, "STORE-ONLY", 7, json!({})), vec![level("Store 1", 7)]),
    ];
    let mut world = shop(&["MANY", "STORE-ONLY"], variants, "never");
    world.set("/shops/0/stock/sellable", "sum(locations[web].available)");
    world.set("/shops/0/stock/locations", json!({"web": ["Warehouse"]}));
    assert_eq!(
        told(&world, &["MANY", "STORE-ONLY"]),
        ["MANY: tracked, agrees", "STORE-ONLY: tracked, false_available"]
    );
}

#[test]
fn suspects_are_asked_for_in_batches_by_their_exact_sku() {
    let mut variants: Vec<_> =
        (1..=5).map(|id| (variant(id, &format!("A-{id}"), 0, json!({})), vec![level("Warehouse", 0)])).collect();
    variants.push((variant(6, "a-1", 9, json!({})), vec![]));
    let mut world = shop(&["A-1", "A-2", "A-3", "A-4", "A-5"], variants, "never");
    world.set("/shops/0/stock/shopify/batch", 2);
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert!(checked.verdicts().iter().all(|verdict| verdict.ends_with("false_available")), "{:?}", checked.verdicts());
    let asked: Vec<String> = world
        .api
        .seen_at(PATH)
        .iter()
        .filter_map(|seen| question(seen).1["query"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(asked.len() % 3, 0, "five in three batches: {asked:?}");
    assert!(asked.iter().all(|query| searched(query).len() <= 2), "{asked:?}");
}

#[test]
fn too_early_a_question_waits_for_its_points_and_is_asked_again() {
    let world = shop(&["A-1"], plain(1), "never");
    let asked = AtomicUsize::new(0);
    let variants = plain(1);
    world.api.on(
        PATH,
        Route::made(move |seen| {
            if asked.fetch_add(1, Ordering::SeqCst) > 0 {
                return page(&variants, &question(seen).1);
            }
            let status = json!({"maximumAvailable": 1000.0, "currentlyAvailable": 0, "restoreRate": 100.0});
            let cost = json!({"requestedQueryCost": 80, "actualQueryCost": null, "throttleStatus": status});
            let errors = json!([{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]);
            Answer::json(&json!({"errors": errors, "extensions": {"cost": cost}}))
        }),
    );
    world.check(&[]).exits(0);
    let seen = world.api.seen_at(PATH);
    let waited = (seen[1].at - seen[0].at).as_millis();
    assert!((750..3000).contains(&waited), "80 points at 100 a second: {waited} ms");
}

#[test]
fn an_error_half_way_accuses_nobody() {
    let world = shop(&["A-1", "A-30"], plain(30), "never");
    let variants = plain(30);
    world.api.on(
        PATH,
        Route::made(move |seen| match question(seen).1 {
            asked if asked["after"].is_null() => page(&variants, &asked),
            _ => error("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end."),
        }),
    );
    assert!(failure(&world).contains("Internal error"));
}

#[test]
fn a_missing_scope_and_a_wrong_token_are_told_as_such() {
    for (answer, expected, advice) in [
        (error("ACCESS_DENIED", "Access denied for inventoryLevels field."), "Access denied", "read_inventory"),
        (
            Answer::json(
                &json!({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}),
            )
            .status(401),
            "answered 401",
            "shpat_",
        ),
    ] {
        let world = shop(&["A-1"], plain(1), "never");
        world.api.on(PATH, answer);
        let failure = failure(&world);
        assert!(failure.contains(expected), "{failure}");
        let ran = world.run(&["check", "--dry-run"]);
        assert!(ran.stdout.contains(advice) || ran.stderr.contains(advice), "{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn credentials_reach_nobody_else() {
    let world = shop(&["A-1"], plain(1), "never");
    tells_no_stranger(&world, PATH, &["shpat_s3cret"]);
}

#[test]
fn a_shop_that_asks_for_rest_gets_it() {
    let mut world = shop(&["A-1"], plain(1), "never");
    rests_when_asked(&mut world, "shopify", PATH, 429, api(plain(1)));
}
