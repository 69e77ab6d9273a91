//! The cart is asked where the configuration says so, about suspects and a sample; it is left as it was found.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Route, Says, Seen, World, until};

/// What a cart does with each SKU, time after time; the last one for ever. Otherwise it is an EverShop's.
#[derive(Default)]
struct Cart {
    takes: BTreeMap<String, Vec<bool>>,
    asked: BTreeMap<String, usize>,
    lines: Vec<String>,
    is_sticky: bool,
}

type Shared = Arc<Mutex<Cart>>;

/// A world whose shop has a cart that is asked without waiting.
fn world() -> (World, Shared) {
    let mut world = World::new();
    let cart = Shared::default();
    let (adding, looking, removing) = (Arc::clone(&cart), Arc::clone(&cart), Arc::clone(&cart));
    let add = move |seen: &Seen| {
        let sku = serde_json::from_str::<Value>(&seen.body).expect("JSON")["sku"].as_str().expect("a SKU").to_owned();
        let mut cart = adding.lock().expect("no panic");
        let before = cart.asked.entry(sku.clone()).or_default();
        let nth = *before;
        *before += 1;
        let takes = cart.takes.get(&sku).is_none_or(|takes| takes[nth.min(takes.len() - 1)]);
        if !takes {
            return Answer::json(&json!({"error": {"status": 500, "message": "This item is out of stock"}}))
                .status(500);
        }
        cart.lines.push(sku);
        Answer::json(&json!({"data": {"item": {"uuid": "u-1"}}})).after(Duration::from_millis(30))
    };
    let look = move |_: &Seen| {
        let lines = &looking.lock().expect("no panic").lines;
        let items: Vec<Value> = lines.iter().map(|_| json!({"uuid": "u-1", "qty": 1})).collect();
        Answer::json(&json!({"data": {"myCart": {"items": items}}}))
    };
    let remove = move |_: &Seen| {
        let mut cart = removing.lock().expect("no panic");
        if cart.is_sticky {
            return Answer::json(&json!({"error": {"message": "no"}})).status(500);
        }
        cart.lines.clear();
        Answer::json(&json!({"data": {}}))
    };
    world.shop.on("/api/cart/mine/items", Route::made(add)).on("/api/graphql", Route::made(look));
    world.shop.on("/api/cart/mine/items/u-1", Route::made(remove));
    world.shop.on("/cart", Answer::html("Your cart").header("set-cookie", "sid=s-1; Path=/"));
    world.set("/shops/0/cart", json!({"evershop": {}, "rate": "1000/s", "sample": 0}));
    (world, cart)
}

fn takes(cart: &Shared, sku: &str, takes: &[bool]) {
    cart.lock().expect("no panic").takes.insert(sku.to_owned(), takes.to_vec());
}

fn asked(cart: &Shared) -> Vec<String> {
    let cart = cart.lock().expect("no panic");
    assert!(cart.lines.is_empty() || cart.is_sticky, "the cart is left as it was found: {:?}", cart.lines);
    cart.asked.iter().map(|(sku, times)| format!("{sku} {times}")).collect()
}

/// A number of the last run's probes.
fn probes(world: &World, what: &str) -> i64 {
    world.count(&format!("SELECT json_extract(summary, '$.shops[0].probes.{what}') FROM runs ORDER BY id DESC LIMIT 1"))
}

/// How an item's severity came about: `break_point` and why.
fn break_point(item: &Value) -> &str {
    let factors = item["severity"]["factors"].as_array().expect("factors");
    let factor = factors.iter().find(|factor| factor["kind"] == "break_point").expect("a break point");
    factor["what"].as_str().expect("words")
}

#[test]
fn without_a_word_of_it_no_cart_is_asked() {
    let (mut world, cart) = world();
    world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 5).set("/shops/0/cart", Value::Null);
    world.check(&[]).exits(10);
    assert_eq!(asked(&cart), Vec::<String>::new());
    let posted: Vec<_> = world.shop.seen().into_iter().filter(|seen| seen.method != "GET").collect();
    assert!(posted.is_empty() && world.shop.seen_at("/api/graphql").is_empty(), "{posted:?}");
}

#[test]
fn a_suspect_is_asked_about_and_its_break_point_is_where_the_truth_comes_out() {
    let (mut world, cart) = world();
    world.sells("HONEST", Says::In, 0).sells("LYING", Says::In, 0).sells("FINE", Says::In, 5).tells("all@shop.example");
    takes(&cart, "HONEST", &[false]);
    let checked = world.check(&[]);
    checked.exits(10);
    let of = |sku: &str| checked.item(sku)["verdict"].clone();
    assert_eq!(["FINE", "HONEST", "LYING"].map(of), ["agrees", "false_available", "false_available"]);
    // What the cart says against the stock it is asked twice.
    assert_eq!(asked(&cart), ["HONEST 1", "LYING 2"]);
    assert_eq!(break_point(checked.item("HONEST")), "cart");
    assert_eq!(break_point(checked.item("LYING")), "after_paying");
    let because = checked.item("HONEST")["because"].as_str().expect("words");
    assert!(because.ends_with("the cart says OutOfStock (cart)"), "{because}");
    assert_eq!(["asked", "refused", "accepted", "failed"].map(|what| probes(&world, what)), [2, 1, 1, 0]);
    let seen = world.shop.seen_at("/api/cart/mine/items");
    assert!(seen.iter().all(|seen| seen.body.contains("\"qty\":1")), "one unit, never more: {seen:?}");
}

#[test]
fn a_sample_of_what_agrees_is_asked_about_and_a_cart_that_lies_is_asked_twice() {
    let (mut world, cart) = world();
    world.sells("DENIED", Says::In, 5).sells("ONCE", Says::In, 5).sells("FINE", Says::In, 5);
    world.set("/shops/0/cart/sample", 3);
    takes(&cart, "DENIED", &[false]);
    takes(&cart, "ONCE", &[false, true]);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["DENIED false_unavailable open", "FINE agrees", "ONCE agrees"]);
    assert_eq!(asked(&cart), ["DENIED 2", "FINE 1", "ONCE 2"]);
}

#[test]
fn a_cart_that_was_right_because_the_stock_moved_accuses_nobody() {
    let (mut world, cart) = world();
    world.sells("A-1", Says::In, 5).set("/shops/0/cart/sample", 1);
    world.stock("A-1", [5, 0]);
    takes(&cart, "A-1", &[false]);
    let checked = world.check(&[]);
    assert!(!checked.verdict("A-1").starts_with("false"), "{}", checked.verdict("A-1"));
    assert_eq!(asked(&cart), ["A-1 1"], "once is enough");
}

#[test]
fn no_more_are_asked_about_than_the_configuration_says() {
    let (mut world, cart) = world();
    for sku in ["A-1", "A-2", "A-3"] {
        world.sells(sku, Says::In, 0);
        takes(&cart, sku, &[false]);
    }
    for sku in ["B-1", "B-2", "B-3", "B-4"] {
        world.sells(sku, Says::In, 5);
    }
    world.set("/shops/0/cart/suspects", 1).set("/shops/0/cart/sample", 2);
    world.check(&[]).exits(10);
    let asked = asked(&cart);
    let of = |kind: &str| asked.iter().filter(|sku| sku.starts_with(kind)).count();
    assert_eq!((of("A"), of("B")), (1, 2), "{asked:?}");
}

#[test]
fn a_dry_run_leaves_the_cart_alone_and_one_sku_asks_for_it() {
    let (mut world, cart) = world();
    world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 5).set("/shops/0/cart/sample", 5);
    takes(&cart, "A-1", &[false]);
    world.check(&["--dry-run"]).exits(10);
    assert_eq!(asked(&cart), Vec::<String>::new());
    let checked = world.check(&["--sku", "A-1"]);
    checked.exits(10);
    assert_eq!(asked(&cart), ["A-1 1"]);
    assert!(checked.item("A-1")["because"].as_str().expect("words").contains("the cart says OutOfStock"));
}

#[test]
fn what_could_not_be_taken_out_is_said_loudly() {
    let (mut world, cart) = world();
    world.sells("A-1", Says::In, 5).set("/shops/0/cart/sample", 1);
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    cart.lock().expect("no panic").is_sticky = true;
    let checked = world.check(&[]);
    checked.exits(4);
    let told = world.mail.mails_to("it@shop.example");
    assert!(told.len() == 1 && told[0].text().contains("A-1: one unit is still in a cart"), "{told:?}");
    checked.ran.complains(["the cart could not be left as it was", "A-1: one unit is still in a cart", "empty that"]);
    assert_eq!(world.count("SELECT json_array_length(summary, '$.shops[0].probes.not_cleaned') FROM runs"), 1);
    // Of what a cart holds that nobody knows of, nothing is said.
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(["asked", "failed"].map(|what| probes(&world, what)), [1, 1]);
    let why = checked.json["shops"][0]["probes"]["why_failed"].as_str().unwrap_or_default();
    assert!(why.contains("already held 1 line"), "{why}");
}

#[test]
fn what_each_run_leaves_in_a_cart_is_told() {
    let (mut world, cart) = world();
    world.sells("A-1", Says::In, 5).set("/shops/0/cart/sample", 1);
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    cart.lock().expect("no panic").is_sticky = true;
    for runs in 1..=3 {
        world.check(&[]).exits(4);
        let told = world.mail.mails_to("it@shop.example");
        assert_eq!(told.len(), runs, "each leaves another unit");
        assert_eq!(told[runs - 1].subject(), "shop: something was left in a cart");
        // Another visit has a cart of its own.
        cart.lock().expect("no panic").lines.clear();
    }
}

#[test]
fn a_cart_that_cannot_be_asked_is_data_and_operations_hear_of_it() {
    let (mut world, _) = world();
    world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 5).set("/shops/0/cart/sample", 5);
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    let wall =
        "<html><head><title>Just a moment...</title></head><body><form id=\"challenge-form\"></form></body></html>";
    let walled = || Answer::html(wall).status(403).header("cf-mitigated", "challenge");
    let look = Answer::json(&json!({"data": {"myCart": {"items": []}}}));
    let told = |world: &World| world.mail.mails_to("it@shop.example");
    world.shop.on("/api/graphql", walled());
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdicts(), ["A-1 false_available open", "A-2 agrees"]);
    assert_eq!(["asked", "failed"].map(|what| probes(&world, what)), [2, 2]);
    assert_eq!(told(&world).len(), 0, "the first time may be a restart of the shop");
    let ran = world.run(&["check"]);
    ran.exits(4).says(["2 items tried in a cart: 2 could not be told", "the cart said nothing: A-1: ", "challenge"]);
    assert_eq!(told(&world).len(), 1);
    assert!(told(&world)[0].text().contains("challenge"), "{}", told(&world)[0].text());
    world.check(&[]).exits(4);
    assert_eq!(told(&world).len(), 1, "once");
    // One that cannot be asked of one item is no such thing.
    world.shop.on("/api/graphql", look);
    world.check(&[]).exits(10);
    world.shop.on("/api/graphql", walled());
    world.check(&[]).exits(4);
    assert_eq!(told(&world).len(), 1, "it is the first time again");
}

#[test]
fn a_run_that_is_stopped_brings_its_probe_to_an_end() {
    let (mut world, cart) = world();
    for n in 0..20 {
        world.sells(&format!("A-{n}"), Says::In, 5);
    }
    world.set("/shops/0/cart/sample", 20);
    let running = world.program(&["check"]).start();
    until("something is in the cart", || !cart.lock().expect("no panic").lines.is_empty());
    running.signal("TERM");
    let ran = running.end();
    assert!(!ran.stderr.contains("still in a cart"), "{}", ran.stderr);
    assert!(asked(&cart).len() < 20, "it stops all the same");
}

#[test]
fn probes_keep_their_own_rate() {
    let (mut world, _) = world();
    for sku in ["A-1", "A-2", "A-3"] {
        world.sells(sku, Says::In, 5);
    }
    world.set("/shops/0/cart/sample", 3).set("/shops/0/cart/rate", "4/s");
    world.check(&[]).exits(0);
    let at: Vec<_> = world.shop.seen_at("/api/cart/mine/items").iter().map(|seen| seen.at).collect();
    assert_eq!(at.len(), 3);
    // From turn to turn; how long a visit takes until it adds varies.
    assert!(at[2] - at[0] >= Duration::from_millis(400), "{at:?}");
}
