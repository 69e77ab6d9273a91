//! The brake: stock that is hard to believe accuses nobody, operations are told once, and a good reading lifts it.

use serde_json::{Value, json};

use crate::harness::{Answer, Says, World, page};

const ITEMS: usize = 20;

fn sku(at: usize) -> String {
    format!("A-{at:02}")
}

/// Twenty products in stock, all of which say so, and two people: one for what nobody owns, one for operations.
fn shop() -> World {
    let mut world = World::new();
    for at in 0..ITEMS {
        world.sells(&sku(at), Says::In, 5);
    }
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    world
}

/// Who was told, and of what.
fn told(world: &World) -> Vec<(String, String)> {
    world.mail.mails().into_iter().map(|mail| (mail.to.join(","), mail.subject())).collect()
}

#[track_caller]
fn is_held(world: &World, args: &[&str], why: &str) {
    let checked = world.check(args);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 0, "{:#}", checked.json);
    let failed = checked.json["shops"][0]["failed"].as_str().unwrap_or_default();
    assert!(failed.contains(why), "{failed}");
}

#[test]
fn stock_that_sold_out_at_once_is_held_told_once_and_lifted() {
    let world = shop();
    world.check(&[]).exits(0);
    for at in 0..15 {
        world.stock(&sku(at), [0]);
    }
    let pages = world.shop.seen().len();
    is_held(&world, &[], "15 of 20 items are sold out, where 0 could be expected");
    assert_eq!(world.shop.seen().len(), pages, "pages that nothing can be held against are not fetched");
    is_held(&world, &[], "15 of 20 items are sold out");
    let [(to, subject)] = told(&world).try_into().expect("one notice");
    assert_eq!(to, "it@shop.example");
    assert!(subject.contains("warehouse") && subject.contains("shop"), "{subject}");
    // It is right again: nobody has to be told, and nothing was ever open.
    for at in 0..15 {
        world.stock(&sku(at), [5]);
    }
    world.check(&[]).exits(0);
    assert_eq!(told(&world).len(), 1);
    // And wrong again: that is news.
    for at in 0..15 {
        world.stock(&sku(at), [0]);
    }
    is_held(&world, &[], "15 of 20 items are sold out");
    assert_eq!(told(&world).len(), 2);
}

#[test]
fn stock_that_really_sold_out_is_accepted_by_hand() {
    let world = shop();
    world.check(&[]).exits(0);
    for at in 0..15 {
        world.stock(&sku(at), [0]);
    }
    is_held(&world, &[], "sold out");
    let checked = world.check(&["--accept-stock"]);
    checked.exits(10);
    assert_eq!(checked.json["shops"][0]["mismatches"], 15);
    // What was accepted is what the next reading is held against.
    world.check(&[]).exits(10);
}

#[test]
fn stock_that_shrank_is_held_and_what_is_left_accuses_nobody() {
    let mut world = shop();
    world.check(&[]).exits(0);
    let few: Vec<Value> = (0..5).map(|at| json!({"sku": sku(at), "available": 0})).collect();
    world.set("/shops/0/stock/http_json/item", Value::Null);
    world.api.on("/stock", Answer::json(&json!({"items": few})));
    is_held(&world, &[], "it knows 5 items, where 20 could be expected");
    world
        .set("/min_verified", "10%")
        .set("/shops/0/stock/max_shrink", "80%")
        .set("/shops/0/stock/max_sold_out", "100%");
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"false_available": 5, "unverified": 15}));
}

#[test]
fn stock_that_breaks_off_half_way_is_held_and_what_was_open_stays_open() {
    let world = shop();
    world.stock("A-03", [0]);
    world.check(&[]).exits(10);
    assert_eq!(told(&world).len(), 1);
    world.api.on("/stock", Answer::of_status(500));
    is_held(&world, &[], "500");
    is_held(&world, &[], "500");
    let all = told(&world);
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[1].0, "it@shop.example");
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 1);
}

#[test]
fn stock_that_is_too_old_is_held_even_the_first_time() {
    let mut world = World::new();
    world.lists("A-1", page("A-1", Says::In));
    let file = world.file("stock.csv", "sku,qty\nA-1,0\n");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    std::fs::File::options().write(true).open(&file).and_then(|file| file.set_modified(old)).expect("a time");
    let csv = json!({"file": "stock.csv", "key": "sku", "fields": {"qty": "qty"}});
    world.set("/shops/0/stock", json!({"sellable": "qty", "max_age": "26h", "csv": csv}));
    is_held(&world, &[], "its newest fact is of 2023-11-14T22:13:20Z, older than max_age");
    world.set("/shops/0/stock/max_age", Value::Null);
    world.check(&[]).exits(10);
}

#[test]
fn a_look_by_hand_is_not_held_against_the_past() {
    let world = shop();
    world.check(&[]).exits(0);
    world.stock("A-00", [0]);
    let checked = world.check(&["--sku", "A-00"]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-00 false_available"]);
    assert_eq!(told(&world), []);
}

#[test]
fn without_operations_whoever_is_told_of_the_rest_is_told_of_this() {
    let mut world = shop();
    world.set("/operations", Value::Null);
    world.api.on("/stock", Answer::of_status(500));
    is_held(&world, &["--no-mail"], "500");
    assert_eq!(told(&world), []);
    // What an earlier run could not tell is told by the next.
    is_held(&world, &[], "500");
    assert_eq!(told(&world).iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["all@shop.example"]);
}

#[test]
fn the_shop_is_weighed_by_itself_in_a_source_that_knows_much_more() {
    let mut world = shop();
    let listed = |available: u64| {
        let own = (0..ITEMS).map(|at| json!({"sku": sku(at), "available": available}));
        let others = (0..400).map(|at| json!({"sku": format!("X-{at}"), "available": 5}));
        Answer::json(&json!({"items": own.chain(others).collect::<Vec<_>>()}))
    };
    world.set("/shops/0/stock/http_json/item", Value::Null);
    world.api.on("/stock", listed(5));
    world.check(&[]).exits(0);
    world.api.on("/stock", listed(0));
    is_held(&world, &[], "20 of 20 items are sold out, where 0 could be expected");
    is_held(&world, &["--dry-run"], "20 of 20 items are sold out");
}

#[test]
fn what_only_pages_name_is_weighed_too() {
    let mut world = shop();
    let list: Vec<Value> = (0..ITEMS).map(|at| json!({"url": format!("/p/{}", sku(at))})).collect();
    let batch = json!({"url": world.api.url("/stock?sku={keys}"), "size": 50});
    world.set("/shops/0/catalog/list", Value::Array(list)).set("/shops/0/stock/http_json/item", Value::Null);
    world.set("/shops/0/stock/http_json/all", Value::Null).set("/shops/0/stock/http_json/batch", batch);
    world.check(&[]).exits(0);
    for at in 0..ITEMS {
        world.stock(&sku(at), [0]);
    }
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["verdicts"], json!({"unverified": ITEMS}));
    assert_eq!(told(&world).iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["it@shop.example"]);
}

#[test]
fn what_was_found_before_is_not_told_while_the_stock_is_held() {
    let world = shop();
    world.check(&[]).exits(0);
    world.stock("A-03", [0]);
    world.check(&["--no-mail"]).exits(10);
    world.api.on("/stock", Answer::of_status(500));
    is_held(&world, &[], "500");
    assert_eq!(told(&world).iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["it@shop.example"]);
}

#[test]
fn an_alarm_that_is_refused_goes_to_the_fallback() {
    let world = shop();
    world.mail.reply_to("it@shop.example", "550 no such mailbox");
    world.api.on("/stock", Answer::of_status(500));
    is_held(&world, &[], "500");
    is_held(&world, &[], "500");
    is_held(&world, &[], "500");
    assert_eq!(told(&world).iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["all@shop.example"]);
}

#[test]
fn a_limit_on_age_that_nothing_could_hold_is_refused() {
    let mut world = shop();
    world.set("/shops/0/stock/max_age", "26h");
    let ran = world.run(&["validate"]);
    ran.exits(3);
    assert!(ran.stderr.contains("max_age") && ran.stderr.contains("as_of"), "{}", ran.stderr);
}

#[test]
fn a_secret_that_an_answer_repeats_is_not_quoted() {
    let mut world = shop();
    world.set("/shops/0/stock/http_json/auth", json!({"bearer": {"token": "${SECRET}"}}));
    world.api.on("/stock", Answer::json(&json!({"you": "Bearer s3cret-token-0815"})).status(500));
    let ran = world.program(&["check", "-vv"]).env("SECRET", "s3cret-token-0815").run();
    ran.exits(4);
    assert!(ran.stderr.contains("500") || ran.stdout.contains("500"), "{}", ran.stdout);
    let mails = world.mail.mails();
    let mailed = String::from_utf8_lossy(&mails[0].raw).into_owned();
    for text in [&ran.stdout, &ran.stderr, &mailed] {
        assert!(!text.contains("s3cret-token"), "{text}");
    }
}
