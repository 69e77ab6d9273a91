//! `stocktruth stock`: one key of the stock source under the glass; and what `validate --connect` says of locations.

use serde_json::{Value, json};

use crate::harness::{Answer, Says, World};

/// A shop that sells one thing.
fn shop() -> World {
    let mut world = World::new();
    world.sells("A-1", Says::In, 3);
    world
}

/// A warehouse with locations, asked key by key.
fn places() -> World {
    let mut world = shop();
    world.api.on(
        "/stock/A-1",
        Answer::json(&json!({
            "sku": "A-1", "kept": true, "release": null, "safety": "2", "read": "2026-11-22T19:04:06+02:00",
            "places": [{"id": 17, "name": "Haifa", "free": 3}, {"id": 18, "name": "Main", "free": 4.5}],
        })),
    );
    let fields =
        json!({"kept": "$.kept", "release": "$.release", "safety": "$.safety", "places": "$.places", "read": "$.read"});
    world
        .set("/shops/0/stock/as_of", "read")
        .set("/shops/0/stock/http_json/all", Value::Null)
        .set("/shops/0/stock/http_json/items", Value::Null)
        .set("/shops/0/stock/http_json/key", Value::Null)
        .set("/shops/0/stock/http_json/fields", fields)
        .set("/shops/0/stock/locations", json!({"web": ["17", "Main"]}))
        .set("/shops/0/stock/untracked_when", "not kept")
        .set("/shops/0/stock/backorder_when", "release is not none")
        .set("/shops/0/stock/sellable", "sum(places[web].free) - safety");
    world
}

#[test]
fn record_rules_and_fact_are_shown_step_by_step() {
    let world = places();
    let ran = world.run(&["stock", "A-1"]);
    ran.exits(0);
    insta::assert_snapshot!(ran.stdout, @r#"
    warehouse (http_json) was asked for "A-1", 1 request

    record
      kept     flag  true
      places   list  [{"id":17,"name":"Haifa","free":3},{"id":18,"name":"Main","free":4.5}]
      read     text  "2026-11-22T19:04:06+02:00"
      release  null
      safety   text  "2"

    rules, in the order in which they decide
      untracked_when  not kept                        → false
      backorder_when  release is not none             → false
      sellable        sum(places[web].free) - safety
        places[web].free       → [3, 4.5]
        sum(places[web].free)  → 7.5
        … - safety             → 5.5
      as_of           read                            → 2026-11-22T17:04:06Z

    fact
      sellable   5.5
      threshold  1
      policy     tracked: only what is sellable may be sold
      as of      2026-11-22T17:04:06Z
      buyable    yes
    "#);
    assert_eq!(world.api.seen_at("/stock/A-1").len(), 1);
}

#[test]
fn programs_get_the_same_as_json() {
    let world = places();
    let ran = world.run(&["stock", "A-1", "--format", "json", "--shop", "shop"]);
    ran.exits(0);
    let whole: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let source = &whole["sources"][0];
    assert_eq!((&whole["shop"], &whole["key"]), (&json!("shop"), &json!("A-1")));
    assert_eq!((&source["asked"], &source["requests"], &source["buyable"]), (&json!("key"), &json!(1), &json!(true)));
    let record = &source["records"][0];
    assert_eq!(record["fields"]["places"][1], json!({"id": 18, "name": "Main", "free": 4.5}));
    let sellable = &record["rules"][2];
    assert_eq!((&sellable["rule"], &sellable["value"]), (&json!("sellable"), &json!("5.5")));
    assert_eq!(sellable["steps"][0], json!({"text": "places[web].free", "value": "[3, 4.5]"}));
    assert_eq!(source["answer"]["known"]["sellable"], "5.5");
}

#[test]
fn a_rule_that_fails_is_shown_at_the_step_that_fails() {
    let mut world = places();
    world.set("/shops/0/stock/sellable", "sum(places.free) - release");
    let ran = world.run(&["stock", "A-1"]);
    ran.exits(4).says([
        "    sum(places.free)  → 7.5\n    … - release       fails: release is null\n",
        "\nfact\n  none: release is null, and sellable needs it (`sum(places.free) - release`); if null means none",
    ]);
}

#[test]
fn what_cannot_be_found_out_ends_with_4() {
    let mut world = places();
    world.api.on("/stock/A-2", Answer::of_status(500));
    world.api.on("/stock/A-4", Answer::of_status(401));
    world
        .run(&["stock", "A-3"])
        .exits(4)
        .says(["warehouse (http_json) was asked for \"A-3\", 1 request", "does not know \"A-3\""]);
    world.run(&["stock", "A-2"]).exits(4).says(["none: ", "answered 500"]);
    world.run(&["stock", "A-4"]).exits(4).says([
        "warehouse could not be asked: ",
        "401",
        "the credentials were not accepted",
    ]);
    let failed = world.run(&["stock", "A-4", "--format", "json"]);
    let whole: Value = serde_json::from_str(&failed.exits(4).stdout).expect("JSON");
    assert!(whole["sources"][0]["error"].as_str().is_some_and(|error| error.contains("401")), "{whole}");

    let mut other = world.shop_config();
    other["name"] = json!("other");
    world.set("/shops/-", other);
    world
        .run(&["stock", "A-1"])
        .exits(2)
        .complains(["the configuration has 2 shops", "name one with --shop; the shops are shop, other"]);
    world.run(&["stock", "A-1", "--shop", "third"]).exits(2).complains(["no shop \"third\""]);
    world.run(&["stock", "A-1", "--shop", "other"]).exits(0);
}

#[test]
fn a_source_that_can_only_be_read_whole_is_read_and_searched() {
    let mut world = shop();
    world.file("stock.csv", "sku;q\nA-1;3\nA-2;1\nA-2;5\n");
    world.set(
        "/shops/0/stock",
        json!({"sellable": "q", "csv": {"file": "stock.csv", "key": "sku", "fields": {"q": "q"}}}),
    );
    world.run(&["stock", "A-1"]).exits(0).says([
        "csv (csv) can only be read whole: 3 items, 0 requests",
        "stock.csv, line 2)",
        "buyable    yes",
    ]);
    // Two rows that contradict each other: both are shown, and nothing is made of them.
    world.run(&["stock", "A-2"]).exits(4).says([
        "record 1  (",
        "line 3)",
        "record 2  (",
        "line 4)",
        "\nfact\n  none: ",
    ]);
}

#[test]
fn secrets_are_not_shown() {
    let mut world = places();
    world.api.on("/stock/A-2", Answer::of_status(401));
    world.set("/shops/0/stock/http_json/auth", json!({"bearer": {"token": "${TOKEN}"}}));
    for (args, exit) in [(["stock", "A-1", "-vv"], 0), (["stock", "A-2", "-vv"], 4)] {
        let ran = world.program(&args).env("TOKEN", "hunter2").run();
        ran.exits(exit);
        assert!(ran.stderr.contains(&format!("/stock/{}", args[1])), "{}", ran.stderr);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hunter2"));
    }
    assert_eq!(world.api.seen_at("/stock/A-1")[0].header("authorization"), Some("Bearer hunter2"));
}

#[test]
fn a_location_that_no_item_is_at_is_named() {
    let mut world = shop();
    let item = |sku: &str| json!({"sku": sku, "places": [{"id": 17, "name": "Haifa", "free": 3}]});
    world.api.on("/stock", Answer::json(&json!({"items": [item("A-1"), item("A-2")]})));
    world
        .set("/shops/0/stock/http_json/item", Value::Null)
        .set("/shops/0/stock/http_json/fields", json!({"places": "$.places"}))
        .set("/shops/0/stock/locations", json!({"web": ["17", "Hafia"]}))
        .set("/shops/0/stock/sellable", "sum(places[web].free)");
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(4)
        .says(["FAIL  shop stock", "warehouse knows 2 items, 1 request; no item is at \"Hafia\" of places[web]"]);
    let said = world.run(&["check", "--dry-run"]);
    said.exits(4).says(["is not believed: no item is at \"Hafia\" of places[web]"]);
    world.set("/shops/0/stock/locations", json!({"web": ["17"]}));
    world.run(&["validate", "--connect"]).says(["ok    shop stock", "warehouse knows 2 items, 1 request\n"]);

    // Also where every item is asked for by its key.
    let mut asked = places();
    asked.set("/shops/0/stock/locations", json!({"web": ["17", "Hafia"]}));
    let said = asked.run(&["check", "--dry-run"]);
    said.exits(4).says(["is not believed: no item is at \"Hafia\" of places[web]"]);
    let one = "warehouse says 1 sellable of A-1, 1 request; it is not at \"Hafia\" of places[web]";
    asked.run(&["validate", "--connect"]).exits(0).says([one]);
}

/// Two files for one shop: the first counts and knows its own keys, the second knows the terms.
fn two() -> World {
    let mut world = shop();
    world.file("count.csv", "sku;q\na1;0\nB-2;5\n");
    world.file("terms.csv", "sku;q;later\nT7;3;yes\nB-2;4;no\n");
    world.file("keys.csv", "ours;theirs\nA-1;T7\n");
    let keys = json!({"normalize": ["case", "leading_zeros", "separators"]});
    let csv = |file: &str, fields: Value| json!({"file": file, "key": "sku", "fields": fields});
    world.set(
        "/shops/0/stock",
        json!({"sources": [
            {"name": "count", "sellable": "q", "keys": keys, "decides": "quantity", "csv": csv("count.csv", json!({"q": "q"}))},
            {
                "name": "terms", "sellable": "q", "backorder_when": "later == \"yes\"",
                "keys": {"mapping": {"file": "keys.csv", "from": "ours", "to": "theirs"}},
                "csv": csv("terms.csv", json!({"q": "q", "later": "later"})),
            },
        ]}),
    );
    world
}

#[test]
fn every_source_of_a_shop_is_asked_and_what_follows_together_is_said() {
    let world = two();
    world.run(&["stock", "A-1"]).exits(0).says([
        "count (csv) can only be read whole: 2 items, 0 requests\n\nrecord \"a1\"  (",
        "terms (csv) knows it as \"T7\" by its mapping file, can only be read whole: 2 items, 0 requests\n\nrecord  (",
        "all together\n  sellable   0\n  threshold  1\n  policy     backorder: may be ordered at zero, says terms\n",
    ]);
    let both = world.run(&["stock", "B-2", "--format", "json"]);
    let whole: Value = serde_json::from_str(&both.exits(0).stdout).expect("JSON");
    assert_eq!((&whole["buyable"], &whole["findings"][0]["kind"]), (&json!(true), &json!("sources_disagree")));
    world.run(&["stock", "B-2"]).exits(0).says(["they disagree: count says 5 sellable, terms says 4 sellable"]);
}

#[test]
fn a_key_that_is_only_alike_is_told_as_the_source_has_it() {
    let mut world = two();
    let only = world.shop_config()["stock"]["sources"][0].clone();
    world.set("/shops/0/stock", only).set("/shops/0/stock/decides", Value::Null);
    world.file("count.csv", "sku;q\na-1;3\nB-2;5\n");
    world.run(&["stock", "A 1"]).exits(0).says(["can only be read whole: 2 items", "record \"a-1\"  ("]);
    world.file("count.csv", "sku;q\n00-A1;0\n00A1;4\n");
    world.run(&["stock", "00 a1"]).exits(4).says(["none: the key is ambiguous: the source lists 00-A1 and 00A1"]);
    world.run(&["stock", "00A1"]).exits(0).says(["sellable   4"]);
}
