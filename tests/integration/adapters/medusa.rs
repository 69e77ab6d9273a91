//! `medusa` against an Admin API that answers as Medusa does.

use serde_json::{Value, json};

use super::manners::{failure, promising, query, rests_when_asked, tells_no_stranger, told};
use crate::harness::{Answer, Route, Seen, World};

const LOGIN: &str = "/auth/user/emailpass";
const VARIANTS: &str = "/admin/product-variants";
const LOCATIONS: &str = "/admin/stock-locations";

fn level(location: &str, stocked: i64, reserved: i64) -> Value {
    json!({"id": "ilev", "location_id": location, "stocked_quantity": stocked, "reserved_quantity": reserved,
        "available_quantity": stocked - reserved, "incoming_quantity": 0})
}

/// A variant that is one inventory item with these levels, with what is different about it.
fn variant(sku: &str, levels: &[Value], other: Value) -> Value {
    let mut variant = json!({
        "id": format!("variant_{sku}"), "sku": sku, "title": sku, "manage_inventory": true, "allow_backorder": false,
        "product": {"status": "published", "sales_channels": [{"id": "sc_1", "name": "Web"}]},
        "inventory_items": [{"required_quantity": 1, "inventory": {"id": "iitem", "location_levels": levels}}],
    });
    for (name, value) in other.as_object().expect("fields") {
        variant[name] = value.clone();
    }
    variant
}

fn page(seen: &Seen, name: &str, rows: &[Value]) -> Answer {
    let number = |name: &str| query(seen, name).and_then(|number| number.parse::<usize>().ok()).expect("a number");
    assert_eq!(query(seen, "order").as_deref(), Some("id"));
    let page: Vec<&Value> = rows.iter().skip(number("offset")).take(number("limit")).collect();
    Answer::json(&json!({name: page, "count": rows.len(), "offset": number("offset"), "limit": number("limit")}))
}

fn skus_asked(seen: &Seen) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(seen.query.as_bytes());
    pairs.filter(|(name, _)| name == "sku[]").map(|(_, sku)| sku.into_owned()).collect()
}

fn variants(rows: Vec<Value>) -> Route {
    Route::made(move |seen| {
        if !matches!(seen.header("authorization"), Some("Bearer t0ken" | "Basic c2tfczNjcmV0Og==")) {
            return Answer::json(&json!({"message": "Unauthorized"})).status(401);
        }
        let wanted = skus_asked(seen);
        let fits = |row: &&Value| wanted.is_empty() || wanted.iter().any(|sku| row["sku"] == sku.as_str());
        page(seen, "variants", &rows.iter().filter(fits).cloned().collect::<Vec<_>>())
    })
}

fn medusa(skus: &[&str], rows: Vec<Value>) -> World {
    let world = promising(skus, "medusa", |world| {
        json!({"url": world.api.url("/"), "login": {"username": "us@shop.example", "password_file": "password"},
            "page_size": 2, "batch": 2})
    });
    world.file("password", "s3cret\n");
    world.api.on(
        LOGIN,
        Route::made(|seen| match seen.body.contains("\"s3cret\"") {
            true => Answer::json(&json!({"token": "t0ken"})),
            false => Answer::json(&json!({"type": "unauthorized", "message": "Invalid email or password"})).status(401),
        }),
    );
    world.api.on(
        LOCATIONS,
        Route::made(|seen| {
            page(
                seen,
                "stock_locations",
                &[
                    json!({"id": "sloc_1", "name": "Berlin", "sales_channels": [{"id": "sc_1", "name": "Web"}]}),
                    json!({"id": "sloc_2", "name": "Haifa", "sales_channels": [{"id": "sc_2", "name": "Wholesale"}]}),
                ],
            )
        }),
    );
    world.api.on(VARIANTS, variants(rows));
    world
}

fn lamps(number: u32, stocked: i64) -> Vec<Value> {
    (1..=number).map(|n| variant(&format!("LAMP-{n}"), &[level("sloc_1", stocked, 0)], json!({}))).collect()
}

#[test]
fn everything_is_read_to_the_last_page_in_one_session() {
    let world = medusa(&["LAMP-1", "LAMP-5"], lamps(5, 3));
    world.check(&["--dry-run"]).exits(0);
    let asked = [LOGIN, LOCATIONS, VARIANTS].map(|path| world.api.seen_at(path).len());
    assert_eq!(asked, [1, 1, 3]);
    let offsets = world.api.seen_at(VARIANTS);
    assert_eq!(offsets.iter().filter_map(|seen| query(seen, "offset")).collect::<Vec<_>>(), ["0", "2", "4"]);
}

#[test]
fn a_secret_key_goes_where_medusa_wants_it() {
    let mut world = medusa(&["LAMP-1"], lamps(1, 3));
    world.file("key", "sk_s3cret\n");
    world.set("/shops/0/stock/medusa/login", json!(null)).set("/shops/0/stock/medusa/api_key_file", "key");
    world.check(&["--dry-run"]).exits(0);
    assert!(world.api.seen_at(LOGIN).is_empty());
    // `sk_s3cret:`
    assert_eq!(world.api.seen_at(VARIANTS)[0].header("authorization"), Some("Basic c2tfczNjcmV0Og=="));
    tells_no_stranger(&world, VARIANTS, &["sk_s3cret", "c2tfczNjcmV0Og"]);
}

#[test]
fn what_may_be_sold_is_what_the_shop_would_sell() {
    let needs = |required: i64, levels: &[Value]| json!({"required_quantity": required, "inventory": {"id": "i", "location_levels": levels}});
    let kit = |bulbs: i64| {
        json!({"inventory_items": [
            needs(2, &[level("sloc_1", bulbs, 0)]), needs(1, &[level("sloc_1", 9, 1)]),
        ]})
    };
    let rows = vec![
        variant("COUNTED", &[level("sloc_1", 5, 4)], json!({})),
        variant("RESERVED", &[level("sloc_1", 5, 5)], json!({})),
        variant("ELSEWHERE", &[level("sloc_1", 0, 0), level("sloc_2", 2, 0)], json!({})),
        variant("NO-LEVEL", &[], json!({})),
        variant("UNTRACKED", &[], json!({"manage_inventory": false, "inventory_items": []})),
        variant("BACKORDER", &[level("sloc_1", 0, 3)], json!({"allow_backorder": true})),
        variant("KIT", &[], kit(2)),
        variant("HALF-A-KIT", &[], kit(1)),
        variant("DRAFT", &[level("sloc_1", 5, 0)], json!({"product": {"status": "draft", "sales_channels": []}})),
        variant("UNREADABLE", &[], json!({"inventory_items": []})),
    ];
    let skus = [
        "COUNTED",
        "RESERVED",
        "ELSEWHERE",
        "NO-LEVEL",
        "UNTRACKED",
        "BACKORDER",
        "KIT",
        "HALF-A-KIT",
        "DRAFT",
        "UNREADABLE",
        "UNKNOWN",
    ];
    let mut world = medusa(&skus, rows);
    let mut expected = [
        "COUNTED: tracked, agrees",
        "RESERVED: tracked, false_available",
        "ELSEWHERE: tracked, agrees",
        "NO-LEVEL: tracked, false_available",
        "UNTRACKED: untracked, agrees",
        "BACKORDER: backorder, agrees",
        "KIT: tracked, agrees",
        "HALF-A-KIT: tracked, false_available",
        "DRAFT: discontinued, false_available",
        "UNREADABLE: -, unverified (stock_failed)",
        "UNKNOWN: -, unverified (stock_missing)",
    ];
    assert_eq!(told(&world, &skus), expected);
    // What lies where the channel cannot order from is not there.
    world.set("/shops/0/stock/medusa/sales_channel", "Web");
    expected[2] = "ELSEWHERE: tracked, false_available";
    assert_eq!(told(&world, &skus), expected);
}

#[test]
fn a_sales_channel_that_is_misspelt_does_not_sell_everything_out() {
    let mut world = medusa(&["LAMP-1"], lamps(1, 3));
    world.set("/shops/0/stock/medusa/sales_channel", "Wbe");
    let told = failure(&world);
    assert!(told.contains("no stock location that serves the sales channel `Wbe`"), "{told}");
}

#[test]
fn suspects_are_asked_for_in_batches() {
    let world = medusa(&["LAMP-1", "LAMP-2", "LAMP-3", "LAMP-4", "LAMP-5"], lamps(5, 0));
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert!(checked.verdicts().iter().all(|verdict| verdict.ends_with("false_available")), "{:?}", checked.verdicts());
    let asked: Vec<usize> = world.api.seen_at(VARIANTS).iter().map(|seen| skus_asked(seen).len()).collect();
    let batches: Vec<usize> = asked.into_iter().filter(|keys| *keys > 0).collect();
    assert!(!batches.is_empty() && batches.len().is_multiple_of(3), "ceil(5 / 2) a round: {batches:?}");
    assert_eq!(batches.iter().sum::<usize>(), batches.len() / 3 * 5, "{batches:?}");
}

#[test]
fn an_error_half_way_accuses_nobody() {
    for (broken, why) in [
        (Answer::of_status(500), "answered 500"),
        (Answer::json(&json!({"variants": []})), "answered JSON that has no count"),
        (
            Answer::json(&json!({"variants": [], "count": 5})),
            "says that there are 5 items, but gives none after the first 2",
        ),
    ] {
        let world = medusa(&["LAMP-1", "LAMP-5"], Vec::new());
        let rows = lamps(5, 0);
        world.api.on(
            VARIANTS,
            Route::made(move |seen| match query(seen, "offset").as_deref() {
                Some("2") => broken.clone(),
                _ => page(seen, "variants", &rows),
            }),
        );
        let told = failure(&world);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn credentials_that_are_refused_are_told_as_such() {
    let world = medusa(&["LAMP-1"], lamps(1, 3));
    world.file("password", "other-s3cret\n");
    let told = failure(&world);
    assert!(told.contains("Invalid email or password") && !told.contains("other-s3cret"), "{told}");
    world.file("password", "s3cret\n");
    world.api.on(VARIANTS, Answer::json(&json!({"message": "Unauthorized"})).status(401));
    let told = failure(&world);
    assert!(told.contains("answered 401"), "{told}");
    assert_eq!(world.api.seen_at(LOGIN).len(), 3, "after a 401 the session is begun anew, once");
}

#[test]
fn credentials_reach_nobody_else() {
    tells_no_stranger(&medusa(&["LAMP-1"], lamps(1, 3)), VARIANTS, &["s3cret", "t0ken"]);
}

#[test]
fn a_shop_that_asks_for_rest_gets_it() {
    let mut world = medusa(&["LAMP-1"], lamps(1, 3));
    rests_when_asked(&mut world, "medusa", VARIANTS, 429, variants(lamps(1, 3)));
}
