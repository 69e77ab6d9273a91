//! `magento` against a REST API that answers as Magento does.

use serde_json::{Value, json};

use super::manners::{failure, promising, query, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const EXPORT: &str = "/rest/V1/inventory/export-stock-salable-qty/website/base";

/// What the export says of a product; null: it is not assigned to the stock.
fn item(sku: &str, qty: f64, is_salable: bool) -> (String, Value) {
    (sku.to_owned(), json!({"sku": sku, "qty": qty, "is_salable": is_salable}))
}

/// A filter of the search, by its field: its value and condition.
fn filter(seen: &Seen, field: &str) -> Option<(String, String)> {
    (0..4).find_map(|group| {
        let part = |part: &str| query(seen, &format!("searchCriteria[filter_groups][{group}][filters][0][{part}]"));
        (part("field").as_deref() == Some(field))
            .then(|| (part("value").expect("a value"), part("condition_type").expect("a condition")))
    })
}

/// The export. It counts products that it then leaves out, and repeats the last page for all behind it.
fn export(items: Vec<(String, Value)>) -> Route {
    Route::made(move |seen| {
        assert_eq!(filter(seen, "status"), Some(("1".to_owned(), "eq".to_owned())));
        let wanted = filter(seen, "sku");
        let fits = |sku: &str| match &wanted {
            Some((list, condition)) if condition == "in" => list.split(',').any(|one| one.eq_ignore_ascii_case(sku)),
            Some((one, _)) => one.eq_ignore_ascii_case(sku),
            None => true,
        };
        let found: Vec<&Value> = items.iter().filter(|(sku, _)| fits(sku)).map(|(_, item)| item).collect();
        let number = |name: &str| query(seen, name).expect("a number").parse::<usize>().expect("a number");
        let (size, page) = (number("searchCriteria[pageSize]"), number("searchCriteria[currentPage]"));
        let page = page.min(found.len().div_ceil(size).max(1));
        let told: Value =
            found.iter().skip((page - 1) * size).take(size).filter(|item| !item.is_null()).copied().cloned().collect();
        Answer::json(&json!({"items": told, "search_criteria": {}, "total_count": found.len()}))
    })
}

fn shop(skus: &[&str], items: Vec<(String, Value)>) -> World {
    let mut world = promising(skus, "magento", |world| json!({"url": world.api.url("/"), "token_file": "token"}));
    world.file("token", "t0k3n\n");
    world.api.on(EXPORT, export(items));
    world.set("/shops/0/fetch/rate", "1000/s");
    world
}

fn many(count: usize) -> Vec<(String, Value)> {
    (1..=count).map(|at| item(&format!("A-{at}"), 4.0, true)).collect()
}

/// Magento for a path it does not know.
fn no_route() -> Answer {
    Answer::json(&json!({"message": "Request does not match any route.", "trace": null})).status(404)
}

#[test]
fn everything_is_read_to_the_page_that_the_count_says_is_the_last() {
    let mut items = many(5);
    items[4].1 = Value::Null;
    let mut world = shop(&["A-1", "A-4"], items);
    world.set("/shops/0/stock/magento/page_size", 2);
    world.check(&[]).exits(0);
    let seen = world.api.seen_at(EXPORT);
    assert_eq!(seen.len(), 3, "five products, one of them left out");
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Bearer t0k3n")));
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let mut items = vec![
        item("COUNTED", 5.0, true),
        item("NONE", 0.0, false),
        item("SWITCHED-OUT", 7.0, false),
        item("BACKORDER", -3.0, true),
        item("UNCOUNTED", 0.0, true),
        item("CONFIGURABLE", 0.0, true),
        item("HALF", 0.5, true),
        item("counted", 0.0, false),
    ];
    items.push(("NOT-ASSIGNED".to_owned(), Value::Null));
    items.push(("UNREADABLE".to_owned(), json!({"sku": "UNREADABLE", "qty": null, "is_salable": true})));
    let skus = [
        "COUNTED",
        "NONE",
        "SWITCHED-OUT",
        "BACKORDER",
        "UNCOUNTED",
        "CONFIGURABLE",
        "HALF",
        "NOT-ASSIGNED",
        "UNREADABLE",
    ];
    let world = shop(&skus, items);
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "SWITCHED-OUT: tracked, false_available",
            "BACKORDER: backorder, agrees",
            "UNCOUNTED: backorder, agrees",
            "CONFIGURABLE: backorder, agrees",
            "HALF: tracked, false_available",
            "NOT-ASSIGNED: -, unverified (stock_missing)",
            "UNREADABLE: -, unverified (stock_failed)",
        ]
    );
}

#[test]
fn suspects_are_asked_for_in_batches_by_their_exact_sku() {
    let mut items: Vec<_> = (1..=4).map(|at| item(&format!("A-{at}"), 0.0, false)).collect();
    items.push(item("a-1", 9.0, true));
    items.push(item("B,C", 0.0, false));
    let mut world = shop(&["A-1", "A-2", "A-3", "A-4", "B,C"], items);
    world.set("/shops/0/stock/magento/page_size", 3);
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert!(checked.verdicts().iter().all(|verdict| verdict.ends_with("false_available")), "{:?}", checked.verdicts());
    let asked: Vec<_> = world.api.seen_at(EXPORT).iter().filter_map(|seen| filter(seen, "sku")).collect();
    assert_eq!(asked.len() % 3, 0, "four in two batches, and the one with a comma: {asked:?}");
    assert!(asked.contains(&("B,C".to_owned(), "eq".to_owned())), "{asked:?}");
}

/// A stock item of a shop without Inventory Management, as `GET /V1/stockItems/SKU` tells it.
fn stock_item(qty: f64, other: Value) -> Answer {
    let mut item = json!({
        "item_id": 1, "product_id": 1, "stock_id": 1, "qty": qty, "is_in_stock": qty > 0.0, "is_qty_decimal": false,
        "use_config_min_qty": true, "min_qty": 0, "min_sale_qty": 1, "use_config_backorders": true, "backorders": 0,
        "notify_stock_qty": 1, "use_config_manage_stock": true, "manage_stock": true,
    });
    for (name, value) in other.as_object().expect("fields") {
        item[name] = value.clone();
    }
    Answer::json(&item)
}

#[test]
fn a_shop_without_inventory_management_is_asked_item_by_item() {
    let skus = ["COUNTED", "NONE", "KEPT-BACK", "UNCOUNTED", "BACKORDER", "A/B C", "UNKNOWN", "SLASH/REFUSED"];
    let mut world = shop(&[], Vec::new());
    for sku in skus {
        let path = format!("/p/{}", sku.replace(['/', ' '], "-"));
        world.shop.on(&path, crate::harness::page(sku, crate::harness::Says::In));
        world.set("/shops/0/catalog/list/-", json!({"sku": sku, "url": path}));
    }
    world.set("/shops/0/stock/magento/inventory", "legacy");
    let unknown = json!({"message": "The product with the \"%1\" SKU doesn't exist.", "parameters": ["UNKNOWN"]});
    for (path, answer) in [
        ("COUNTED", stock_item(5.0, json!({}))),
        ("NONE", stock_item(0.0, json!({}))),
        ("KEPT-BACK", stock_item(3.0, json!({"min_qty": 3}))),
        ("UNCOUNTED", stock_item(0.0, json!({"manage_stock": false}))),
        ("BACKORDER", stock_item(-1.0, json!({"backorders": 2, "is_in_stock": true}))),
        ("A%2FB%20C", stock_item(4.0, json!({}))),
        ("UNKNOWN", Answer::json(&unknown).status(404)),
    ] {
        world.api.on(&format!("/rest/V1/stockItems/{path}"), answer);
    }
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "KEPT-BACK: tracked, false_available",
            "UNCOUNTED: untracked, agrees",
            "BACKORDER: backorder, agrees",
            "A/B C: tracked, agrees",
            "UNKNOWN: -, unverified (stock_missing)",
            "SLASH/REFUSED: -, unverified (stock_failed)",
        ]
    );
}

#[test]
fn a_shop_that_lacks_inventory_management_says_what_to_write() {
    let world = shop(&["A-1"], Vec::new());
    world.api.on(EXPORT, no_route());
    assert!(failure(&world).contains("does not match any route"));
    let ran = world.run(&["check", "--dry-run"]);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("`inventory: legacy`"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn an_error_half_way_accuses_nobody() {
    let mut world = shop(&["A-1", "A-5"], many(5));
    world.set("/shops/0/stock/magento/page_size", 2);
    let first = json!({"items": [{"sku": "A-1", "qty": 4, "is_salable": true}], "total_count": 5});
    world.api.on(EXPORT, vec![Answer::json(&first), Answer::torn("application/json", "{\"items\": [{\"sku\": \"A-")]);
    let failure = failure(&world);
    assert!(failure.contains("could not be read") || failure.contains("broke off"), "{failure}");
}

#[test]
fn an_integration_without_the_resource_is_told_which() {
    let world = shop(&["A-1"], Vec::new());
    let refusal = json!({
        "message": "The consumer isn't authorized to access %resources.",
        "parameters": {"resources": "Magento_InventoryApi::stock"},
    });
    world.api.on(EXPORT, Answer::json(&refusal).status(401));
    assert!(failure(&world).contains("answered 401"));
    let ran = world.run(&["check", "--dry-run"]);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("Magento_InventoryApi::stock"), "{}", ran.stderr);
}

#[test]
fn credentials_reach_nobody_else() {
    tells_no_stranger(&shop(&["A-1"], many(1)), EXPORT, &["t0k3n"]);
}

#[test]
fn maintenance_is_waited_for() {
    rests_when_asked(&mut shop(&["A-1"], many(1)), "magento", EXPORT, 503, export(many(1)));
}
