//! `priority` against a server that answers as Priority's OData service does.

use serde_json::{Value, json};

use super::manners::{failure, promising, query, rests_when_asked, tells_no_stranger};
use crate::harness::{Answer, Route, Says, Seen, World, page};

const TOKEN: &str = "PAT9F3E77A1";
const APP_KEY: &str = "appkey-6610ffb2";
const PARTS: &str = "/odata/Priority/tabula.ini/demo/LOGPART";
const SKUS: [&str; 5] = ["TR0001", "TR0002", "O'3", "ברגים 4", "TR0005"];

fn part(name: &str, main: f64, orders: f64) -> Value {
    json!({
        "PARTNAME": name, "PARTDES": "Almonds, mascarpone & strawberries tart", "STATDES": "פעיל",
        "LOGCOUNTERS_SUBFORM": [{"BALANCE": main + 20.0, "ORDERS": orders, "PORDERS": 0, "DIFF": 1}],
        "PARTBALANCE_SUBFORM": [
            {"WARHSNAME": "Main", "LOCNAME": "0", "TBALANCE": main - 0.5}, {"WARHSNAME": "Main", "LOCNAME": "A1", "TBALANCE": 0.5},
            {"WARHSNAME": "Rtrn", "LOCNAME": "0", "TBALANCE": 20},
        ],
    })
}

fn stock() -> Vec<Value> {
    SKUS.iter().map(|name| part(name, 3.0, 1.0)).collect()
}

/// The texts in quotes of a filter, with `''` for a quote.
fn literals(filter: &str) -> Vec<String> {
    let marked = filter.replace("''", "\u{1}");
    marked.split('\'').skip(1).step_by(2).map(|text| text.replace('\u{1}', "'")).collect()
}

/// What Priority gives of these parts; it cuts every answer at two, whatever was asked for.
fn given(seen: &Seen, parts: &[Value]) -> Answer {
    let filter = query(seen, "$filter").unwrap_or_default();
    let texts = literals(&filter);
    let wanted = |name: &str| match (filter.contains(" gt "), texts.as_slice()) {
        (true, [last]) => name > last.as_str(),
        (false, []) => true,
        (_, names) => names.iter().any(|wanted| wanted == name),
    };
    let mut found: Vec<&Value> =
        parts.iter().filter(|part| wanted(part["PARTNAME"].as_str().expect("a name"))).collect();
    found.sort_by_key(|part| part["PARTNAME"].as_str());
    found.truncate(2);
    Answer::json(&json!({"@odata.context": "serviceRoot/$metadata#LOGPART", "value": found}))
}

fn served(skus: &[&str], parts: Vec<Value>) -> World {
    let mut world = promising(&[], "priority", |world| {
        world.file("token", TOKEN);
        world.file("app", APP_KEY);
        json!({
            "url": world.api.url("/odata/Priority/tabula.ini/demo"), "token_file": "token", "app_id": "APP017",
            "app_key_file": "app", "select": ["STATDES"], "batch": 2,
            "expand": {"PARTBALANCE_SUBFORM": ["TBALANCE"], "LOGCOUNTERS_SUBFORM": ["ORDERS"]},
        })
    });
    // Some names are no part of an address.
    for (at, sku) in skus.iter().enumerate() {
        let path = format!("/p/{at}");
        world.shop.on(&path, page(sku, Says::In));
        world.set("/shops/0/catalog/list/-", json!({"sku": sku, "url": path}));
    }
    world.set("/shops/0/stock/priority/fetch/concurrency", 2);
    world.set("/shops/0/stock/sellable", "max(0, sum(locations[Main].TBALANCE) - sum(LOGCOUNTERS_SUBFORM.ORDERS))");
    world.api.on(PARTS, Route::made(move |seen| given(seen, &parts)));
    world
}

#[test]
fn every_part_is_read_although_each_answer_is_cut_without_a_word() {
    let world = served(&["TR0001"], stock());
    let checked = world.check(&["--dry-run"]);
    checked.exits(0);
    assert_eq!(checked.item("TR0001")["stock"]["sellable"], "2");
    let seen = world.api.seen_at(PARTS);
    // Five parts, two in an answer, and the empty page that is the end.
    let filters: Vec<Option<String>> = seen.iter().map(|seen| query(seen, "$filter")).collect();
    let after = |name: &str| Some(format!("PARTNAME gt '{name}'"));
    assert_eq!(filters, [None, after("TR0001"), after("TR0005"), after("ברגים 4")]);
    assert_eq!(query(&seen[0], "$top").as_deref(), Some("500"));
    assert_eq!(query(&seen[0], "$orderby").as_deref(), Some("PARTNAME"));
    assert_eq!(query(&seen[0], "$select").as_deref(), Some("PARTNAME,STATDES"));
    let expand = "LOGCOUNTERS_SUBFORM($select=ORDERS),PARTBALANCE_SUBFORM($select=TBALANCE,WARHSNAME)";
    assert_eq!(query(&seen[0], "$expand").as_deref(), Some(expand));
    // The token is the user, and the password is the word PAT.
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Basic UEFUOUYzRTc3QTE6UEFU")));
    assert!(
        seen.iter().all(|seen| seen.header("x-app-id") == Some("APP017") && seen.header("x-app-key") == Some(APP_KEY))
    );
}

#[test]
fn suspects_are_asked_for_in_batches_two_requests_at_a_time() {
    let parts = SKUS.iter().map(|name| part(name, 1.0, 1.0)).collect();
    let world = served(&SKUS, parts);
    world.check(&["--dry-run"]).exits(10);
    let seen = world.api.seen_at(PARTS);
    let batches: Vec<String> =
        seen.iter().filter_map(|seen| query(seen, "$filter")).filter(|filter| filter.contains(" eq ")).collect();
    assert_eq!(batches.len(), 6, "{batches:?}");
    let asked = batches.join(" or ");
    assert_eq!(asked.matches("PARTNAME eq 'O''3'").count(), 2, "{batches:?}");
    assert_eq!(asked.matches("PARTNAME eq 'ברגים 4'").count(), 2, "{batches:?}");
    assert!(seen.iter().all(|seen| seen.at_once <= 2));
    assert!(seen.iter().all(|seen| seen.query.len() <= 2048));
}

#[test]
fn a_configuration_without_the_quantity_is_refused_with_examples() {
    let mut world = served(&["TR0001"], stock());
    world.set("/shops/0/stock/sellable", Value::Null);
    let examples = ["sum(locations[Main].TBALANCE)", "LOGCOUNTERS_SUBFORM.BALANCE", "SAPL_BALANCE"];
    world.run(&["validate"]).exits(3).complains(["no column that is right for every shop"]).complains(examples);
    world.set("/shops/0/stock/sellable", "sum(locations[Main].BALANCE)");
    world.run(&["validate"]).exits(3).complains(["BALANCE"]);
    assert!(world.api.seen().is_empty());
}

#[test]
fn what_is_missing_is_never_zero() {
    let mut parts = stock();
    parts[0]["PARTBALANCE_SUBFORM"][0]["TBALANCE"] = Value::Null;
    let world = served(&["TR0001"], parts);
    let checked = world.check(&["--dry-run"]);
    assert!(checked.verdict("TR0001").starts_with("unverified"), "{}", checked.verdict("TR0001"));
    let mut parts = stock();
    parts[0].as_object_mut().expect("a part").remove("LOGCOUNTERS_SUBFORM");
    let world = served(&["TR0001"], parts);
    let checked = world.check(&["--dry-run"]);
    assert!(checked.item("TR0001").to_string().contains("the answer lacks LOGCOUNTERS_SUBFORM"));
}

#[test]
fn an_error_is_told_in_prioritys_words_and_accuses_nobody() {
    let world = served(&["TR0001"], stock());
    let error = json!({"error": {"code": "", "message": "Could not find a property named 'TBALANS' on type 'Priority.OData.PARTBALANCE'."}});
    world.api.on(PARTS, Answer::json(&error).status(400));
    let why = failure(&world);
    assert!(why.contains("Could not find a property named 'TBALANS'") && why.contains("$metadata"), "{why}");
    world.api.on(PARTS, Answer::of_status(401));
    assert!(failure(&world).contains("REST Interface Access Tokens"));
}

#[test]
fn an_error_half_way_takes_nothing_for_zero() {
    let world = served(&["TR0001"], stock());
    world.api.on(
        PARTS,
        Route::made(|seen| match query(seen, "$filter") {
            None => given(seen, &stock()),
            Some(_) => Answer::of_status(524),
        }),
    );
    let why = failure(&world);
    assert!(why.contains("524"), "{why}");
}

#[test]
fn parts_that_do_not_go_on_are_an_error() {
    let world = served(&["TR0001"], stock());
    world.api.on(PARTS, Answer::json(&json!({"value": [part("TR0001", 1.0, 0.0)]})));
    assert!(failure(&world).contains("do not go on in the order of PARTNAME"));
    assert_eq!(world.api.seen_at(PARTS).len(), 2);
}

#[test]
fn it_rests_when_asked() {
    let mut world = served(&["TR0001"], stock());
    rests_when_asked(&mut world, "priority", PARTS, 503, Route::made(|seen| given(seen, &stock())));
}

#[test]
fn neither_token_nor_licence_goes_to_a_stranger() {
    tells_no_stranger(&served(&["TR0001"], stock()), PARTS, &[TOKEN, APP_KEY, "UEFUOUYzRTc3QTE6UEFU"]);
}

#[test]
fn a_user_with_a_password_may_ask_too_but_not_three_times_at_once() {
    let mut world = served(&["TR0001"], stock());
    let key = "/shops/0/stock/priority";
    world.set(&format!("{key}/token_file"), Value::Null).set(&format!("{key}/password_file"), "token");
    world.run(&["validate"]).exits(3).complains(["`username` is missing"]);
    world.set(&format!("{key}/username"), "api").set(&format!("{key}/fetch/concurrency"), 3);
    world.run(&["validate"]).exits(3).complains(["takes 2 at once"]);
    world.set(&format!("{key}/fetch/concurrency"), 1);
    world.check(&["--dry-run"]).exits(0);
    assert_eq!(world.api.seen()[0].header("authorization"), Some("Basic YXBpOlBBVDlGM0U3N0Ex"));
}
