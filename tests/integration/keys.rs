//! The catalogue and the stock system call the same things by different names.

use serde_json::{Value, json};

use crate::harness::{Checked, Says, World, page};
use crate::several::{file, holds};

const EAN: &str = "4006381333931";

/// Products that are there by their pages, and one source with these rules for keys and these rows.
fn world(skus: &[&str], keys: Value, rows: &[&str]) -> World {
    let mut world = World::new();
    for sku in skus {
        world.lists(sku, page(sku, Says::In));
    }
    holds(&world, "erp", rows);
    let mut source = file("erp");
    source["keys"] = keys;
    world.set("/shops/0/stock", source);
    world
}

fn mapping() -> Value {
    json!({"mapping": {"file": "map.csv", "from": "sku", "to": "erp"}})
}

/// How an item's key was found, and the key.
fn found(checked: &Checked, sku: &str) -> (String, String) {
    let stock = &checked.item(sku)["stock"];
    let text = |name: &str| stock[name].as_str().unwrap_or("?").to_owned();
    (text("matched"), text("key"))
}

fn pair(matched: &str, key: &str) -> (String, String) {
    (matched.to_owned(), key.to_owned())
}

#[track_caller]
fn is_ambiguous(checked: &Checked, sku: &str, why: &str) {
    assert_eq!(checked.verdict(sku), "unverified (stock_failed)");
    let finding = checked.json["findings"].as_array().expect("findings").iter().find(|one| one["key"] == sku);
    let finding = finding.unwrap_or_else(|| panic!("nothing was found of {sku}: {:#}", checked.json));
    assert_eq!(finding["kind"], "ambiguous_key");
    assert!(finding["what"].as_str().is_some_and(|what| what.contains(why)), "{finding}");
}

#[test]
fn keys_are_compared_as_they_are_unless_told_otherwise() {
    let world = world(&["a-1", "A-2"], json!({}), &["A-1,1,,", "A-2,1,,"]);
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-2 agrees", "a-1 unverified (stock_missing)"]);
    assert_eq!(checked.json["findings"][0]["kind"], "unmapped_key");
    assert_eq!(checked.json["findings"][0]["what"], "erp does not know it");
    assert_eq!(checked.json["shops"][0]["stock"][0]["unlisted"], 1);
    let table = world.run(&["check", "-v"]);
    assert!(table.stdout.contains("erp has 1 key that the catalogue does not name"), "{}", table.stdout);
}

#[test]
fn normal_forms_bring_together_what_is_written_differently() {
    let rules = json!({"normalize": ["trim", "case", "leading_zeros", "separators"]});
    let world = world(&["a-1", "00123", "B.2"], rules, &["A1,1,,", "123,1,,", "B.2,1,,"]);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(found(&checked, "a-1"), pair("normalised", "A1"));
    assert_eq!(found(&checked, "00123"), pair("normalised", "123"));
    assert_eq!(found(&checked, "B.2"), pair("exact", "B.2"));
    assert_eq!(checked.json["shops"][0]["stock"][0]["unlisted"], 0);
    // A few items cannot be asked for by a form that nobody knows beforehand: the file is read all the same.
    let checked = world.check(&["--sku", "a-1"]);
    assert_eq!(checked.verdict("a-1"), "agrees");
}

#[test]
fn a_normal_form_that_fits_twice_fits_nobody() {
    let rules = json!({"normalize": ["case"]});
    let world = world(&["A-1", "b-2", "C-3", "c-3"], rules, &["A-1,1,,", "a-1,0,,", "B-2,1,,", "B-2 ,1,,", "C-3,1,,"]);
    let checked = world.check(&[]);
    assert_eq!(found(&checked, "A-1"), pair("exact", "A-1"), "an exact hit is never ambiguous");
    assert_eq!(found(&checked, "b-2"), pair("normalised", "B-2"), "the same key twice with the same numbers is one");
    assert_eq!(found(&checked, "C-3"), pair("exact", "C-3"));
    is_ambiguous(&checked, "c-3", "C-3 of the catalogue leads to C-3 as well");

    holds(&world, "erp", &["B-2,1,,", "Ab-1,1,,", "aB-1,1,,", "C-3,1,,"]);
    let mut world = world;
    world.lists("AB-1", page("AB-1", Says::In));
    let checked = world.check(&[]);
    is_ambiguous(&checked, "AB-1", "the source lists Ab-1 and aB-1, which are alike once normalised");
}

#[test]
fn a_mapping_file_names_the_keys() {
    let world = world(&["A-1", "A-2", "A-3"], mapping(), &["E-1,1,,", "A-1,0,,", "A-3,1,,"]);
    world.file("map.csv", "sku;erp\nA-1;E-1\nA-2;E-2\n");
    let checked = world.check(&[]);
    assert_eq!(found(&checked, "A-1"), pair("mapped", "E-1"), "what the file says goes before what looks the same");
    assert_eq!(found(&checked, "A-3"), pair("exact", "A-3"), "what the file does not name keeps its key");
    assert_eq!(checked.verdict("A-2"), "unverified (stock_missing)");
    assert_eq!(checked.json["findings"][0]["what"], "erp does not know it, sought as E-2");
    let ran = world.run(&["explain", "A-1"]);
    assert!(ran.stdout.contains("erp, key E-1 (by the mapping file), tracked"), "{}", ran.stdout);
}

#[test]
fn a_mapping_file_that_says_two_things_says_nothing() {
    let world = world(&["A-1", "A-2"], mapping(), &["E-1,1,,", "E-2,1,,", "A-1,1,,"]);
    world.file("map.csv", "sku,erp\nA-1,E-1\nA-2,E-2\nA-2,E-2\nA-1,E-2\n");
    let checked = world.check(&[]);
    is_ambiguous(&checked, "A-1", "the mapping file gives both E-1 and E-2 for A-1");
    assert_eq!(checked.verdict("A-2"), "agrees", "the same said twice is said once");
}

#[test]
fn a_mapping_file_that_cannot_be_read_stops_the_shop() {
    let world = world(&["A-1"], mapping(), &["E-1,1,,"]);
    for (bytes, expected) in [
        (&b"sku,number\nA-1,E-1\n"[..], "no column is called `erp`"),
        (b"sku,erp\nA-1\n", "line 2 has 1 cells and the header has 2"),
        (b"<html>login</html>", "this is no CSV but a web page"),
        (b"", "the file is empty"),
    ] {
        world.file("map.csv", bytes);
        let checked = world.check(&[]);
        checked.exits(4);
        let failed = checked.json["shops"][0]["failed"].as_str().unwrap_or_default();
        assert!(failed.contains(expected) && failed.contains("map.csv"), "{failed}");
        assert!(world.run(&["validate", "--connect"]).stdout.contains(expected));
    }
    let mut world = world;
    world.set("/shops/0/stock/keys/mapping/encoding", "utf-8");
    world.file("map.csv", b"sku,erp\nA-1,E-\xe9\xff\n");
    let failed = world.check(&[]).json["shops"][0]["failed"].as_str().unwrap_or_default().to_owned();
    assert!(
        failed.contains("line 2 is not readable as") && failed.contains("set the mapping's `encoding`"),
        "{failed}"
    );
    std::fs::remove_file(world.folder().join("map.csv")).expect("it was there");
    let failed = world.check(&[]).json["shops"][0]["failed"].as_str().unwrap_or_default().to_owned();
    assert!(failed.contains("map.csv") && failed.contains("cannot be opened"), "{failed}");
}

#[test]
fn a_trade_item_number_is_a_bridge() {
    let first = format!("E-1,1,,0{EAN}");
    let rows = [first.as_str(), "E-2,1,,9783161484100", "E-3,1,,12"];
    let mut world = world(&["A-3"], json!({"gtin": "ean"}), &rows);
    // One number is in the catalogue, the other only on the page.
    world.shop.on("/p/A-1", page("A-1", Says::In));
    let with_number = page("A-2", Says::In).replace("\"name\"", "\"gtin13\":\"9783161484100\",\"name\"");
    world.lists("A-2", with_number);
    world.set("/shops/0/catalog/list/-", json!({"sku": "A-1", "url": "/p/A-1", "gtin": EAN}));
    let checked = world.check(&[]);
    assert_eq!(found(&checked, "A-1"), pair("gtin", "E-1"));
    assert_eq!(found(&checked, "A-2"), pair("gtin", "E-2"));
    assert_eq!(checked.verdict("A-3"), "unverified (stock_missing)");
    assert_eq!(checked.json["shops"][0]["stock"][0]["unlisted"], 1);
    let ran = world.run(&["explain", "A-1"]);
    assert!(ran.stdout.contains("erp, key E-1 (by its trade item number)"), "{}", ran.stdout);
}

#[test]
fn a_trade_item_number_of_two_items_is_nobodys() {
    let rows = [format!("E-1,1,,{EAN}"), format!("E-2,1,,{EAN}"), "E-3,1,,9783161484100".to_owned()];
    let mut world = world(&[], json!({"gtin": "ean"}), &rows.each_ref().map(String::as_str));
    for (sku, gtin) in [("A-1", EAN), ("A-2", "9783161484100"), ("A-3", "978-3-16-148410-0")] {
        world.shop.on(&format!("/p/{sku}"), page(sku, Says::In));
        world.set("/shops/0/catalog/list/-", json!({"sku": sku, "url": format!("/p/{sku}"), "gtin": gtin}));
    }
    let checked = world.check(&[]);
    is_ambiguous(&checked, "A-1", "the source lists E-1 and E-2, with the same trade item number");
    is_ambiguous(&checked, "A-2", "A-3 of the catalogue leads to E-3 as well");
    is_ambiguous(&checked, "A-3", "A-2 of the catalogue leads to E-3 as well");
}

#[test]
fn a_key_that_is_listed_twice_with_different_numbers_is_told() {
    let world = world(&["A-1", "A-2"], json!({}), &["A-1,1,,", "A-1,2,,", "A-2,1,,", "A-2,1,,"]);
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-1 unverified (stock_failed)", "A-2 agrees"]);
    assert_eq!(checked.json["shops"][0]["findings"], json!({"duplicate_key": 1}));
    assert_eq!(checked.json["findings"][0]["sources"], json!(["erp"]));
    let table = world.run(&["check"]);
    assert!(table.stdout.contains("that a stock system lists twice, with different numbers"), "{}", table.stdout);
}

#[test]
fn a_source_is_asked_by_its_own_keys() {
    let mut world = World::new();
    world.lists("A-1", page("A-1", Says::Out)).lists("A-2", page("A-2", Says::In)).lists("A-3", page("A-3", Says::In));
    world.stock("E-1", [5]).stock("A-2", [5]);
    world.file("map.csv", "sku,erp\nA-1,E-1\nA-3,E-3\nA-3,E-4\n");
    world.set("/shops/0/stock/http_json/all", json!(null)).set("/shops/0/stock/keys", mapping());
    let checked = world.check(&[]);
    assert_eq!(checked.verdict("A-1"), "false_unavailable open");
    assert_eq!(found(&checked, "A-1"), pair("mapped", "E-1"));
    assert_eq!(found(&checked, "A-2"), pair("exact", "A-2"));
    is_ambiguous(&checked, "A-3", "the mapping file gives both E-3 and E-4 for A-3");
    assert_eq!(world.api.seen_at("/stock/A-1").len(), 0, "it knows no A-1");
    assert_eq!(world.api.seen_at("/stock/E-1").len(), 3, "once before the page, twice after it");
    for unclear in ["A-3", "E-3", "E-4"] {
        assert_eq!(
            world.api.seen_at(&format!("/stock/{unclear}")).len(),
            0,
            "{unclear} is not clear enough to be asked for"
        );
    }
}
