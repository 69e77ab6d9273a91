//! `woocommerce` against a REST API that answers as WooCommerce does.

use serde_json::{Value, json};

use super::manners::{failure, promising, query, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const PRODUCTS: &str = "/wp-json/wc/v3/products";
const VARIATIONS: &str = "/wp-json/wc/v3/variations";

/// A simple product that is counted, with what is different about it.
fn product(id: u64, sku: &str, quantity: i64, other: Value) -> Value {
    let mut product = json!({
        "id": id, "parent_id": 0, "type": "simple", "status": "publish", "sku": sku, "manage_stock": true,
        "stock_quantity": quantity, "stock_status": if quantity > 0 { "instock" } else { "outofstock" },
        "backorders": "no", "backorders_allowed": false, "backordered": false, "purchasable": true,
        "low_stock_amount": null, "catalog_visibility": "visible",
    });
    for (name, value) in other.as_object().expect("fields") {
        product[name] = value.clone();
    }
    product
}

fn variation(id: u64, parent: u64, sku: &str, quantity: i64, other: Value) -> Value {
    let mut variation = product(id, sku, quantity, other);
    variation["parent_id"] = parent.into();
    variation["type"] = "variation".into();
    variation
}

/// What a page of these items looks like, with the headers of WordPress.
fn paged(seen: &Seen, items: &[Value]) -> Answer {
    let number: usize = query(seen, "page").expect("a page").parse().expect("a number");
    let size: usize = query(seen, "per_page").expect("a size").parse().expect("a number");
    let page: Vec<Value> = items.iter().skip((number - 1) * size).take(size).cloned().collect();
    let pages = items.len().div_ceil(size).to_string();
    Answer::json(&Value::from(page)).header("x-wp-total", &items.len().to_string()).header("x-wp-totalpages", &pages)
}

fn list(seen: &Seen, name: &str) -> Option<Vec<String>> {
    query(seen, name).map(|list| list.split(',').map(str::to_owned).collect())
}

/// The products controller: `sku` finds variations too and compares without case, as its database does.
fn products(items: Vec<Value>) -> Route {
    Route::made(move |seen| {
        let (mut skus, ids) = (list(seen, "sku"), list(seen, "include"));
        // The list itself may be an SKU.
        skus.iter_mut().for_each(|skus| skus.extend(query(seen, "sku")));
        let fits = |item: &&Value| match (&skus, &ids) {
            (Some(skus), _) => {
                skus.iter().any(|sku| item["sku"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(sku)))
            }
            (None, Some(ids)) => ids.contains(&item["id"].to_string()),
            (None, None) => item["type"] != "variation",
        };
        paged(seen, &items.iter().filter(fits).cloned().collect::<Vec<_>>())
    })
}

fn variations(items: Vec<Value>) -> Route {
    Route::made(move |seen| {
        let parents = list(seen, "parent").expect("parents");
        let fits = |item: &&Value| item["type"] == "variation" && parents.contains(&item["parent_id"].to_string());
        paged(seen, &items.iter().filter(fits).cloned().collect::<Vec<_>>())
    })
}

/// WordPress for an address it does not know.
fn no_route() -> Answer {
    Answer::json(&json!({"code": "rest_no_route", "message": "No route was found.", "data": {"status": 404}}))
        .status(404)
}

fn woo(skus: &[&str], items: Vec<Value>) -> World {
    let mut world = promising(
        skus,
        "woocommerce",
        |world| json!({"url": world.api.url("/"), "consumer_key": "ck_us", "consumer_secret_file": "woo", "auth": "basic"}),
    );
    world.file("woo", "cs_s3cret\n");
    world.api.on(PRODUCTS, products(items.clone())).on(VARIATIONS, variations(items));
    world.set("/shops/0/fetch/rate", "1000/s");
    world
}

/// A shirt in two sizes, and many plain things around it.
fn shirts() -> Vec<Value> {
    let mut items: Vec<Value> = (1..=201).map(|id| product(id, &format!("P-{id}"), 4, json!({}))).collect();
    items[149] = product(
        150,
        "SHIRT",
        0,
        json!({"type": "variable", "manage_stock": false, "stock_quantity": null, "stock_status": "instock"}),
    );
    items.push(variation(301, 150, "SHIRT-M", 3, json!({})));
    items.push(variation(302, 150, "SHIRT-L", 2, json!({})));
    items
}

#[test]
fn everything_is_read_to_the_last_page_with_the_variations_of_each() {
    let world = woo(&["P-1", "P-201", "SHIRT", "SHIRT-M", "SHIRT-L"], shirts());
    world.check(&[]).exits(0);
    assert_eq!(world.api.seen_at(PRODUCTS).len(), 3, "201 products");
    let seen = world.api.seen_at(VARIATIONS);
    assert_eq!(seen.iter().map(|seen| query(seen, "parent").expect("parents")).collect::<Vec<_>>(), ["150"]);
    // `ck_us:cs_s3cret`
    let basic = Some("Basic Y2tfdXM6Y3NfczNjcmV0");
    assert!(world.api.seen().iter().all(|seen| seen.header("authorization") == basic));
}

#[test]
fn a_shop_before_10_3_tells_variations_product_by_product() {
    let items = shirts();
    // An older shop names neither type nor parent here.
    let mut sizes = items[201..].to_vec();
    for size in &mut sizes {
        size.as_object_mut().expect("fields").retain(|name, _| name != "type" && name != "parent_id");
    }
    let world = woo(&["SHIRT-M", "SHIRT-L"], items);
    let below = format!("{PRODUCTS}/150/variations");
    world.api.on(VARIATIONS, no_route()).on(&below, Route::made(move |seen| paged(seen, &sizes)));
    world.check(&[]).exits(0);
    assert_eq!((world.api.seen_at(VARIATIONS).len(), world.api.seen_at(&below).len()), (1, 1));
}

#[test]
fn a_listing_of_variations_that_ignores_the_products_is_not_believed() {
    let items = shirts();
    let sizes = items[201..].to_vec();
    let world = woo(&["SHIRT-M"], items);
    let strangers = [variation(400, 9, "P-1", 0, json!({}))];
    let below = format!("{PRODUCTS}/150/variations");
    world.api.on(VARIATIONS, Route::made(move |seen| paged(seen, &strangers)));
    world.api.on(&below, Route::made(move |seen| paged(seen, &sizes)));
    world.check(&[]).exits(0);
    assert_eq!(world.api.seen_at(&below).len(), 1);
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let variable = json!({"type": "variable", "manage_stock": false, "stock_quantity": null});
    let mut draft = variable.clone();
    draft["status"] = "draft".into();
    let items = vec![
        product(1, "COUNTED", 5, json!({})),
        product(2, "NONE", 0, json!({})),
        product(3, "BELOW-THRESHOLD", 3, json!({"stock_status": "outofstock"})),
        product(4, "OVERSOLD", -2, json!({})),
        product(5, "UNCOUNTED", 0, json!({"manage_stock": false, "stock_quantity": null, "stock_status": "instock"})),
        product(6, "UNCOUNTED-OUT", 0, json!({"manage_stock": false, "stock_quantity": null})),
        product(
            7,
            "NOTIFY",
            -1,
            json!({"stock_status": "onbackorder", "backorders": "notify", "backorders_allowed": true}),
        ),
        product(8, "DRAFT", 5, json!({"status": "draft"})),
        product(9, "NO-PRICE", 5, json!({"purchasable": false})),
        product(10, "SHIRT", 1, variable),
        product(11, "HIDDEN-SHIRT", 1, draft),
        product(
            12,
            "ELSEWHERE",
            1,
            json!({"type": "external", "purchasable": false, "manage_stock": false, "stock_quantity": null}),
        ),
        product(13, "UNREADABLE", 1, json!({"stock_quantity": null})),
        variation(21, 10, "SHIRT-M", 2, json!({"manage_stock": "parent"})),
        variation(22, 10, "SHIRT-OFF", 2, json!({"status": "private"})),
        variation(23, 11, "HIDDEN-SHIRT-M", 2, json!({})),
        // Without an SKU of their own the API gives them their product's.
        variation(24, 10, "SHIRT", 0, json!({})),
    ];
    let skus = [
        "COUNTED",
        "NONE",
        "BELOW-THRESHOLD",
        "OVERSOLD",
        "UNCOUNTED",
        "UNCOUNTED-OUT",
        "NOTIFY",
        "DRAFT",
        "NO-PRICE",
        "SHIRT",
        "SHIRT-M",
        "SHIRT-OFF",
        "HIDDEN-SHIRT-M",
        "ELSEWHERE",
        "UNREADABLE",
        "UNKNOWN",
    ];
    let world = woo(&skus, items);
    assert_eq!(
        told(&world, &skus),
        [
            "COUNTED: tracked, agrees",
            "NONE: tracked, false_available",
            "BELOW-THRESHOLD: tracked, false_available",
            "OVERSOLD: tracked, false_available",
            "UNCOUNTED: untracked, agrees",
            "UNCOUNTED-OUT: tracked, false_available",
            "NOTIFY: backorder, agrees",
            "DRAFT: discontinued, false_available",
            "NO-PRICE: discontinued, false_available",
            "SHIRT: untracked, agrees",
            "SHIRT-M: tracked, agrees",
            "SHIRT-OFF: discontinued, false_available",
            "HIDDEN-SHIRT-M: discontinued, false_available",
            "ELSEWHERE: untracked, agrees",
            "UNREADABLE: -, unverified (stock_failed)",
            "UNKNOWN: -, unverified (stock_missing)",
        ]
    );
}

#[test]
fn suspects_are_asked_for_in_batches_by_their_exact_sku() {
    let mut items: Vec<Value> = (1..=5).map(|id| product(id, &format!("A-{id}"), 0, json!({}))).collect();
    items.push(product(6, "a-1", 9, json!({})));
    items.push(product(7, "B,C", 0, json!({})));
    let mut world = woo(&["A-1", "A-2", "A-3", "A-4", "A-5", "B,C"], items);
    world.set("/shops/0/stock/woocommerce/batch", 2);
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert!(checked.verdicts().iter().all(|verdict| verdict.ends_with("false_available")), "{:?}", checked.verdicts());
    let asked: Vec<String> = world.api.seen_at(PRODUCTS).iter().filter_map(|seen| query(seen, "sku")).collect();
    assert_eq!(asked.len() % 4, 0, "five in three batches, and the one with a comma: {asked:?}");
    assert!(asked.contains(&"B,C".to_owned()) && asked.iter().all(|list| list.split(',').count() <= 2), "{asked:?}");
}

#[test]
fn an_error_half_way_accuses_nobody() {
    let world = woo(&["P-1", "P-201"], shirts());
    let listed = shirts();
    world.api.on(
        PRODUCTS,
        Route::made(move |seen| match query(seen, "page").as_deref() {
            Some("1") => paged(seen, &listed[..201]),
            _ => Answer::of_status(502),
        }),
    );
    assert!(failure(&world).contains("answered 502"));
}

#[test]
fn a_cache_that_repeats_the_first_page_is_noticed() {
    let world = woo(&["P-1", "P-201"], shirts());
    let first: Value = shirts()[..100].iter().cloned().collect();
    world.api.on(PRODUCTS, Answer::json(&first).header("x-wp-totalpages", "3"));
    assert!(failure(&world).contains("answered page 2 with the items of the page before"));
}

#[test]
fn credentials_that_are_refused_are_told_as_such() {
    let world = woo(&["P-1"], shirts());
    let refusal = json!({"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list resources.", "data": {"status": 401}});
    world.api.on(PRODUCTS, Answer::json(&refusal).status(401));
    let failure = failure(&world);
    assert!(failure.contains("answered 401") && failure.contains("woocommerce_rest_cannot_view"), "{failure}");
    let ran = world.run(&["check", "--dry-run"]);
    assert!(
        ran.stdout.contains("permission Read") || ran.stderr.contains("permission Read"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn credentials_reach_nobody_else() {
    let world = woo(&["P-1"], shirts());
    tells_no_stranger(&world, PRODUCTS, &["cs_s3cret", "Y2tfdXM6Y3NfczNjcmV0"]);
}

#[test]
fn a_shop_that_asks_for_rest_gets_it() {
    for status in [429, 503] {
        let mut world = woo(&["P-1"], shirts());
        rests_when_asked(&mut world, "woocommerce", PRODUCTS, status, products(shirts()));
    }
}

#[test]
fn over_plain_http_requests_are_signed_and_the_secret_stays_here() {
    let mut world = woo(&["P-1", "P-201"], shirts());
    world.set("/shops/0/stock/woocommerce/auth", json!(null));
    world.check(&[]).exits(0);
    let seen = world.api.seen_at(PRODUCTS);
    let mut nonces: Vec<_> = seen.iter().map(|seen| query(seen, "oauth_nonce").expect("a nonce")).collect();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), seen.len(), "a nonce is used once");
    for seen in &seen {
        assert_eq!(query(seen, "oauth_signature_method").as_deref(), Some("HMAC-SHA256"));
        assert_eq!(query(seen, "oauth_signature").map(|signature| signature.len()), Some(44));
        assert!(seen.header("authorization").is_none() && !format!("{seen:?}").contains("cs_s3cret"), "{seen:?}");
    }
}
