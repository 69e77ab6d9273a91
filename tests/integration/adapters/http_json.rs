//! `http_json` against a GraphQL API with variants below products; its other ways are in `tests/integration/stock.rs`.

use serde_json::{Value, json};

use crate::harness::{Answer, Route, Says, World, page};

/// Three products, a page each: `A` with two variants, `B` with none, `C` with one that is a draft.
fn product(at: usize) -> Value {
    match at {
        0 => json!({"status": "ACTIVE", "variants": [{"sku": "A-1", "free": "0.5"}, {"sku": "A-2", "free": 0}]}),
        1 => json!({"status": "ACTIVE", "variants": []}),
        _ => json!({"status": "DRAFT", "variants": [{"sku": "C-1", "free": 9}]}),
    }
}

/// Relay's connections (<https://relay.dev/graphql/connections.htm>): the last page has an `endCursor` too.
fn connection(at: usize) -> Value {
    let info = json!({"hasNextPage": at < 2, "endCursor": format!("c{at}")});
    json!({"data": {"products": {"nodes": [product(at)], "pageInfo": info}}})
}

fn graphql(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> World {
    let mut world = World::new();
    for sku in ["A-1", "A-2", "C-1"] {
        world.lists(sku, page(sku, Says::In));
    }
    world.api.on(
        "/graphql",
        Route::made(move |seen| {
            let asked: Value = serde_json::from_str(&seen.body).expect("JSON");
            assert_eq!(asked["variables"]["first"], 1);
            let after = asked["variables"]["after"].as_str();
            answer(after.map_or(0, |cursor| cursor[1..].parse::<usize>().expect("a cursor") + 1))
        }),
    );
    let http = json!({
        "all": {
            "url": world.api.url("/graphql"), "method": "POST",
            "body": r#"{"query": "query($first: Int, $after: String) { … }", "variables": {"first": 1, "after": {cursor}}}"#,
            "paging": {"cursor": {"at": "$.data.products.pageInfo.endCursor", "more": "$.data.products.pageInfo.hasNextPage"}},
        },
        "parents": "$.data.products.nodes[*]", "items": "$.variants[*]", "key": "$.sku",
        "fields": {"free": "$.free"}, "parent_fields": {"status": "$.status"},
        "fetch": {"allow_private": ["127.0.0.1"], "retries": 0},
    });
    let stock =
        json!({"sellable": "free", "threshold": 0.5, "discontinued_when": "status == \"DRAFT\"", "http_json": http});
    world.set("/shops/0/stock", stock);
    world
}

#[test]
fn a_graphql_api_is_read_to_its_last_page_with_the_fields_of_parents() {
    let world = graphql(|at| Answer::json(&connection(at)));
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 false_available", "C-1 false_available"]);
    assert_eq!(checked.item("C-1")["stock"]["fields"], json!({"free": "9", "status": "DRAFT"}));
    // Three pages the first time; the suspects after their pages, and once more.
    assert_eq!(world.api.seen_at("/graphql").len(), 9);
}

#[test]
fn an_error_with_status_200_and_half_of_the_data_is_no_answer() {
    let world = graphql(|at| {
        let mut answer = connection(at);
        if at == 1 {
            answer["errors"] = json!([{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]);
        }
        Answer::json(&answer)
    });
    let checked = world.check(&["--dry-run"]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0);
    let failed = checked.json["shops"][0]["failed"].as_str().expect("a reason");
    assert!(failed.contains("answered the error \"Throttled\""), "{failed}");
}

#[test]
fn a_cursor_that_stands_still_is_told() {
    let world = graphql(|_| Answer::json(&connection(0)));
    let checked = world.check(&["--dry-run"]);
    checked.exits(4);
    let failed = checked.json["shops"][0]["failed"].as_str().expect("a reason");
    assert!(failed.contains("page 2 repeats an earlier one"), "{failed}");
}
