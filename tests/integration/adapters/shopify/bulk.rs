//! Everything by a bulk operation.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::super::manners::failure;
use super::{PATH, data, page, plain, question, shop};
use crate::harness::{Answer, Route, Shop, World};

const OPERATION: &str = "gid://shopify/BulkOperation/9";

/// What an operation says of itself, look by look, and its file on a host of its own.
fn bulk(world: &World, looks: Vec<Value>, variants: u64) {
    let look = AtomicUsize::new(0);
    world.api.on(
        PATH,
        Route::made(move |seen| {
            let (query, asked) = question(seen);
            if query.contains("bulkOperationRunQuery") {
                let inner = asked["query"].as_str().expect("a query");
                assert!(inner.contains("inventoryLevels { edges") && query.contains("groupObjects: true"), "{inner}");
                let operation = json!({"id": OPERATION, "status": "CREATED"});
                return data(&json!({"bulkOperationRunQuery": {"bulkOperation": operation, "userErrors": []}}), 10.0);
            }
            if query.contains("productVariantsCount") {
                return data(&json!({"productVariantsCount": {"count": variants, "precision": "EXACT"}}), 10.0);
            }
            if query.contains("BulkOperation") {
                assert_eq!(asked["id"], OPERATION);
                let at = look.fetch_add(1, Ordering::SeqCst).min(looks.len() - 1);
                return data(&json!({"node": looks[at]}), 1.0);
            }
            page(&plain(3), &asked)
        }),
    );
}

fn operation(status: &str, file: Option<&str>, roots: u64) -> Value {
    json!({
        "id": OPERATION, "status": status, "errorCode": null, "url": file, "createdAt": "2026-11-23T01:02:03Z",
        "rootObjectCount": roots.to_string(),
    })
}

/// The lines of variants 1 to 3, each with a level that belongs to its inventory item.
fn lines() -> String {
    let mut text = String::new();
    for (variant, levels) in plain(3) {
        text += &format!("{variant}\n");
        for mut level in levels {
            level["__parentId"] = variant["inventoryItem"]["id"].clone();
            text += &format!("{level}\n");
        }
    }
    text
}

#[test]
fn many_variants_are_read_in_bulk_from_a_file_that_learns_no_token() {
    let mut world = shop(&["A-1", "A-3"], plain(3), "auto");
    let files = Shop::open();
    files.on("/result.jsonl", Answer::new("application/jsonl", lines()));
    bulk(
        &world,
        vec![
            operation("RUNNING", None, 0),
            operation("COMPLETED", Some(&files.url("/result.jsonl?signature=f1le")), 3),
        ],
        2_000,
    );
    world.set("/shops/0/stock/sellable", "sum(locations[web].available)");
    world.set("/shops/0/stock/locations", json!({"web": ["Warehouse"]}));
    world.set("/shops/0/stock/shopify/fetch/headers", json!({"X-Ours": "ours"}));
    let checked = world.check(&["-vv"]);
    checked.exits(0);
    assert_eq!(checked.item("A-1")["stock"]["as_of"], "2026-11-23T01:02:03Z");
    assert!(!checked.ran.stderr.contains("f1le"), "{}", checked.ran.stderr);
    let seen = files.seen_at("/result.jsonl");
    assert_eq!(seen.len(), 1);
    assert!(seen[0].header("x-shopify-access-token").is_none() && seen[0].header("x-ours").is_none(), "{seen:?}");
}

#[test]
fn half_a_file_accuses_nobody() {
    for (file, roots, expected) in [
        (lines(), 4, "counts 4 variants, and its file holds 3"),
        (lines()[..700].to_owned(), 3, "is no JSON"),
        (String::new(), 3, "its file holds 0"),
    ] {
        let world = shop(&["A-1", "A-3"], plain(3), "always");
        let files = Shop::open();
        files.on("/result.jsonl", Answer::new("application/jsonl", file));
        bulk(&world, vec![operation("COMPLETED", Some(&files.url("/result.jsonl")), roots)], 3);
        let failure = failure(&world);
        assert!(failure.contains(expected), "{expected}: {failure}");
    }
}

#[test]
fn an_operation_that_fails_or_takes_too_long_is_told() {
    let mut failed = operation("FAILED", None, 0);
    failed["errorCode"] = "INTERNAL_SERVER_ERROR".into();
    for (look, expected) in [
        (failed, "failed: INTERNAL_SERVER_ERROR"),
        (
            operation("RUNNING", None, 0),
            "has not finished the bulk operation gid://shopify/BulkOperation/9 in 1 s (it is RUNNING)",
        ),
    ] {
        let mut world = shop(&["A-1"], plain(3), "always");
        world.set("/shops/0/stock/shopify/bulk_wait", "1s");
        bulk(&world, vec![look], 3);
        let failure = failure(&world);
        assert!(failure.contains(expected), "{expected}: {failure}");
    }
}

#[test]
fn where_no_operation_can_begin_auto_reads_by_pages_and_always_says_so() {
    for (bulk, code) in [("auto", 0), ("always", 4)] {
        let world = shop(&["A-1"], plain(3), bulk);
        world.api.on(PATH, Route::made(|seen| {
            let (query, asked) = question(seen);
            if query.contains("bulkOperationRunQuery") {
                let errors = json!([{"field": null, "message": "A bulk query operation for this app and shop is already in progress."}]);
                return data(&json!({"bulkOperationRunQuery": {"bulkOperation": null, "userErrors": errors}}), 10.0);
            }
            if query.contains("productVariantsCount") {
                return data(&json!({"productVariantsCount": {"count": 10_000, "precision": "AT_LEAST"}}), 10.0);
            }
            page(&plain(3), &asked)
        }));
        let checked = world.check(&["--dry-run"]);
        checked.exits(code);
        if code == 4 {
            let failed = checked.json["shops"][0]["failed"].as_str().expect("a reason");
            assert!(failed.contains("already in progress"), "{failed}");
        }
    }
}
