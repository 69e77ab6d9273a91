//! A shop whose stock lies in two systems: which of them is believed, and what is said where they disagree.

use serde_json::{Value, json};

use crate::harness::{Answer, Checked, Says, World};

/// A source that reads a file beside the configuration.
pub(crate) fn file(name: &str) -> Value {
    let fields = json!({"qty": "qty", "terms": "terms", "ean": "ean"});
    json!({
        "name": name, "sellable": "qty", "backorder_when": "terms == 'back'",
        "csv": {"file": format!("{name}.csv"), "key": "key", "fields": fields},
    })
}

/// Writes such a file: lines of `key,qty,terms,ean`.
pub(crate) fn holds(world: &World, name: &str, rows: &[&str]) {
    world.file(&format!("{name}.csv"), format!("key,qty,terms,ean\n{}\n", rows.join("\n")));
}

/// Products whose pages say this, and two files that say what is true: `erp` before `shop`.
fn world(pages: &[(&str, Says)], erp: &[&str], shop: &[&str]) -> World {
    let mut world = World::new();
    for (sku, says) in pages {
        world.sells(sku, *says, 0);
    }
    holds(&world, "erp", erp);
    holds(&world, "shop", shop);
    world.set("/shops/0/stock", json!({"sources": [file("erp"), file("shop")]}));
    world
}

fn findings(checked: &Checked) -> Vec<String> {
    let each = checked.json["findings"].as_array().expect("findings").iter();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("?").to_owned();
    each.map(|one| format!("{} {}: {}", text(one, "kind"), text(one, "key"), text(one, "what"))).collect()
}

#[test]
fn the_first_that_knows_an_item_is_believed() {
    let pages = [("A-1", Says::In), ("A-2", Says::In), ("A-3", Says::In)];
    let world = world(&pages, &["A-1,0,,", "A-2,3,,"], &["A-1,9,,", "A-3,4,,"]);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 false_available open", "A-2 agrees", "A-3 agrees"]);
    for (sku, source, sellable) in [("A-1", "erp", "0"), ("A-2", "erp", "3"), ("A-3", "shop", "4")] {
        let stock = &checked.item(sku)["stock"];
        assert_eq!((&stock["source"], &stock["sellable"]), (&json!(source), &json!(sellable)));
        assert_eq!(stock["policy_source"], Value::Null);
    }
}

#[test]
fn the_quantity_comes_from_one_and_the_terms_from_the_other() {
    let pages = [("A-1", Says::In), ("A-2", Says::In)];
    let mut world = world(&pages, &["A-1,0,,", "A-2,0,,"], &["A-1,9,back,", "A-2,9,,"]);
    world.set("/shops/0/stock/sources/0/decides", "quantity");
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 false_available open"]);
    let stock = &checked.item("A-1")["stock"];
    assert_eq!((&stock["sellable"], &stock["policy"]), (&json!("0"), &json!("backorder")));
    assert_eq!((&stock["source"], &stock["policy_source"]), (&json!("erp"), &json!("shop")));
    assert_eq!((&stock["fields"]["qty"], &stock["fields"]["shop.qty"]), (&json!("0"), &json!("9")));

    // The other way round: the one that decides the terms alone needs no rule for a quantity.
    world.set("/shops/0/stock/sources/0/decides", "policy").set("/shops/0/stock/sources/0/sellable", json!(null));
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees resolved"]);
    assert_eq!(checked.item("A-2")["stock"]["sellable"], "9");
    assert_eq!(findings(&checked), [""; 0], "one counts, the other does not");
}

#[test]
fn what_the_first_could_not_say_is_not_taken_from_the_second() {
    let pages = [("A-1", Says::In), ("A-2", Says::In)];
    let world = world(&pages, &["A-1,many,,", "A-2,1,,"], &["A-1,5,,", "A-2,unknown,,"]);
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-1 unverified (stock_failed)", "A-2 agrees"]);
    let because = checked.item("A-1")["because"].as_str().unwrap_or_default();
    assert!(because.contains("erp: ") && because.contains("many"), "{because}");
}

#[test]
fn a_source_that_is_not_there_holds_up_only_what_it_would_have_decided() {
    let pages = [("A-1", Says::In), ("A-2", Says::In)];
    let world = world(&pages, &["A-1,1,,"], &["A-2,1,,"]);
    std::fs::remove_file(world.folder().join("shop.csv")).expect("it was there");
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 unverified (stock_failed)"]);
    let stock = &checked.json["shops"][0]["stock"];
    assert_eq!((&stock[0]["name"], &stock[0]["items"], &stock[0]["failed"]), (&json!("erp"), &json!(1), &Value::Null));
    assert!(stock[1]["failed"].as_str().is_some_and(|why| why.contains("shop.csv")), "{stock}");
    let table = world.run(&["check"]);
    assert!(table.stdout.contains("could not be read"), "{}", table.stdout);

    std::fs::remove_file(world.folder().join("erp.csv")).expect("it was there");
    let checked = world.check(&[]);
    checked.exits(4);
    let failed = checked.json["shops"][0]["failed"].as_str().unwrap_or_default();
    assert!(failed.contains("erp could not be read: ") && failed.contains("shop could not be read: "), "{failed}");
}

#[test]
fn a_disagreement_is_told_and_changes_nothing() {
    let pages = [("A-1", Says::In), ("A-2", Says::In), ("A-3", Says::In)];
    let rows = ["A-1,10,,", "A-2,1,,", "A-3,100,,"];
    let mut world = world(&pages, &rows, &["A-1,12,,", "A-2,0,,", "A-3,100,,"]);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(
        findings(&checked),
        [
            "sources_disagree A-1: erp says 10 sellable, shop says 12 sellable",
            "sources_disagree A-2: erp says 1 sellable, shop says 0 sellable",
        ]
    );
    assert_eq!(checked.json["shops"][0]["findings"], json!({"sources_disagree": 2}));
    assert_eq!(checked.json["findings"][0]["sources"], json!(["erp", "shop"]));
    let table = world.run(&["check"]);
    assert!(table.stdout.contains("2 items of which the stock systems say different things"), "{}", table.stdout);
    assert!(table.stdout.contains("A-1: erp says 10 sellable, shop says 12 sellable"), "{}", table.stdout);
    let lines = world.run(&["check", "--format", "jsonl"]);
    assert_eq!(lines.stdout.matches("\"format\":\"stocktruth.finding\"").count(), 2);

    // Within the tolerance only the one that is sold here and not there is left.
    for tolerance in [json!(2), json!("20%")] {
        world.set("/shops/0/stock/tolerance", tolerance);
        let checked = world.check(&[]);
        assert_eq!(findings(&checked), ["sources_disagree A-2: erp says 1 sellable, shop says 0 sellable"]);
    }
}

#[test]
fn what_moved_between_two_readings_is_no_disagreement() {
    let mut world = World::new();
    world.sells("A-1", Says::Out, 0);
    // The shop system is asked a second time, as the page seems wrong, and agrees by then.
    world.stock("A-1", [0, 5]);
    holds(&world, "erp", &["A-1,5,,"]);
    let warehouse = world.shop_config()["stock"].clone();
    world.set("/shops/0/stock", json!({"sources": [file("erp"), warehouse]}));
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-1 false_unavailable open"]);
    assert_eq!(findings(&checked), [""; 0]);
}

#[test]
fn requests_are_counted_for_each_source() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).sells("A-2", Says::In, 5);
    let first = world.shop_config()["stock"].clone();
    let mut second = first.clone();
    second["name"] = json!("second");
    second["http_json"]["all"] = Value::Null;
    second["http_json"]["item"] = json!({"url": world.api.url("/stock/{key}")});
    world.set("/shops/0/stock", json!({"sources": [first, second]}));
    let checked = world.check(&[]);
    checked.exits(0);
    let stock = &checked.json["shops"][0]["stock"];
    assert_eq!((&stock[0]["name"], &stock[0]["requests"]), (&json!("warehouse"), &json!(1)));
    assert_eq!(
        (&stock[1]["name"], &stock[1]["requests"], &stock[1]["items"]),
        (&json!("second"), &json!(2), &json!(2))
    );
    assert_eq!(checked.json["shops"][0]["stock_requests"], 3);
    let table = world.run(&["check"]);
    assert!(table.stdout.contains("3 to its stock systems (warehouse 1, second 2)"), "{}", table.stdout);
}

#[test]
fn explain_shows_each_source_and_what_came_of_them() {
    let mut world = world(&[("A-1", Says::In)], &["A-1,0,,"], &["A-1,9,back,"]);
    world.set("/shops/0/stock/sources/0/decides", "quantity");
    let ran = world.run(&["explain", "A-1"]);
    for expected in ["erp, key A-1: 0, tracked", "shop, key A-1: 9, backorder, backorder", "backorder by shop"] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    let ran = world.run(&["explain", "A-1", "--json"]);
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((&told["sources"][1]["source"], &told["sources"][1]["answer"]), (&json!("shop"), &json!("known")));
    assert_eq!(told["stock"]["policy_source"], "shop");
}

#[test]
fn connecting_asks_every_source() {
    let world = world(&[("A-1", Says::In)], &["A-1,1,,"], &["B-1,1,,"]);
    let ran = world.run(&["validate", "--connect"]);
    assert!(ran.stdout.contains("shop stock erp") && ran.stdout.contains("shop stock shop"), "{}", ran.stdout);
}

#[test]
fn a_failing_api_in_second_place_fails_only_what_it_decides() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).sells("A-2", Says::In, 5);
    let api = world.shop_config()["stock"].clone();
    world.api.on("/stock", Answer::of_status(500));
    holds(&world, "erp", &["A-1,5,,"]);
    world.set("/shops/0/stock", json!({"sources": [file("erp"), api]}));
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 unverified (stock_failed)"]);
}
