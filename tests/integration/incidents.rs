//! What people say of incidents, and what follows from it.

use serde_json::{Value, json};

use crate::harness::{Says, World, scrubbed};

const ALL: &str = "all@shop.example";

/// Two products whose pages promise what is not there, and one whose page denies what is: Dana's, Noa's and nobody's.
fn three() -> World {
    let mut world = World::new();
    world.sells("TEA-1", Says::In, 0).sells("TEA-2", Says::In, 0).sells("CUP-1", Says::Out, 5).tells(ALL);
    world.set("/shops/0/catalog/list/0/brand", "Ahmad").set("/shops/0/catalog/list/2/name", "כוס תה");
    world.set(
        "/owners",
        json!([{"email": "dana@shop.example", "brands": ["Ahmad"]}, {"email": "noa@shop.example", "skus": ["^TEA"]}]),
    );
    world.check(&[]).exits(10);
    world
}

fn listed(world: &World, args: &[&str]) -> Vec<Value> {
    let ran = world.run(&[&["incidents", "list", "--format", "json"], args].concat());
    let document: Value = serde_json::from_str(&ran.exits(0).stdout).expect("JSON");
    assert_eq!((&document["format"], &document["version"]), (&"stocktruth.incidents".into(), &1.into()));
    document["incidents"].as_array().expect("a list").clone()
}

/// SKU and state of each incident that is listed.
fn states(world: &World, args: &[&str]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    listed(world, args).iter().map(|one| format!("{} {}", text(&one["sku"]), text(&one["state"]))).collect()
}

fn shown(world: &World, what: &str) -> Value {
    let ran = world.run(&["incidents", "show", what, "--format", "json"]);
    serde_json::from_str(&ran.exits(0).stdout).expect("JSON")
}

#[test]
fn the_worst_come_first_with_whoever_is_told() {
    let world = three();
    let ran = world.run(&["incidents"]);
    insta::assert_snapshot!(scrubbed(&ran.exits(0).stdout, world.folder()), @"
    NO  SEVERITY  STATE  SKU    PRODUCT      WHAT IS WRONG      SINCE  OWNER
    2   high      open   TEA-1  Thing TEA-1  false available    now    dana@shop.example
    3   high      open   TEA-2  Thing TEA-2  false available    now    noa@shop.example
    1   medium    open   CUP-1  כוס תה       false unavailable  now    nobody (all@shop.example)

    3 incidents: 3 open
    ");
}

#[test]
fn lists_can_be_narrowed() {
    let world = three();
    assert_eq!(states(&world, &["--brand", "ahmad"]), ["TEA-1 open"]);
    assert_eq!(states(&world, &["--sku", "^TEA", "--severity", "high"]), ["TEA-1 open", "TEA-2 open"]);
    assert_eq!(states(&world, &["--verdict", "false_unavailable"]), ["CUP-1 open"]);
    assert_eq!(states(&world, &["--state", "resolved,expired"]), Vec::<String>::new());
    world.page("TEA-2", Says::Out).check(&[]).exits(10);
    assert_eq!(states(&world, &["--sku", "TEA"]), ["TEA-1 open"]);
    assert_eq!(states(&world, &["--sku", "TEA", "--all"]), ["TEA-1 open", "TEA-2 resolved"]);
    world.run(&["incidents", "--sku", "nothing"]).exits(0).says(["no incidents"]);
    world
        .run(&["incidents", "--shop", "elsewhere"])
        .exits(2)
        .complains(["no shop \"elsewhere\"", "its shops are shop"]);
    world.run(&["incidents", "--sku", "("]).exits(2).complains(["--sku \"(\" is no pattern"]);
    world.run(&["incidents", "--state", "lost"]).exits(2).complains(["lost", "suspected, open, acknowledged"]);
}

#[test]
fn before_the_first_check_nothing_is_known_and_nothing_is_made() {
    let world = World::lying();
    world.run(&["incidents"]).exits(0).says(["no incidents"]);
    world.run(&["incidents", "silence"]).exits(0).says(["nothing is silenced"]);
    for deed in ["show", "ack", "reopen", "resolve"] {
        world.run(&["incidents", deed, "A-1"]).exits(2).complains(["there is no incident \"A-1\"", "incidents --all"]);
    }
    assert!(!world.database().exists());
}

#[test]
fn one_is_shown_with_all_that_is_known() {
    let world = three();
    world.run(&["incidents", "ack", "TEA-1", "--by", "דנה", "--note", "אני מתקנת"]).exits(0);
    let ran = world.run(&["incidents", "show", "TEA-1"]);
    insta::assert_snapshot!(scrubbed(&ran.exits(0).stdout, world.folder()), @"
    incident 2: false available, acknowledged, high
    shop         shop
    SKU          TEA-1
    product      Thing TEA-1
    page         http://127.0.0.1:PORT/p/TEA-1
    brand        Ahmad
    because      the page says InStock (text), the stock source says 0 sellable, below the threshold 1
    break point  cart
    first seen   TIME UTC
    last seen    TIME UTC
    opened       TIME UTC
    taken on     by דנה at TIME UTC: אני מתקנת

    the page says InStock (text), seen TIME UTC
      text     InStock  In stock                    main > p.stock
      JSON-LD  InStock  https://schema.org/InStock  json-ld[0].offers.availability
      button   InStock  Add to cart                 form > button

    the stock says 0, read TIME UTC
      source     warehouse
      available  0

    severity high, score 100
      direction    × 1.00  false available
      break point  × 1.00  cart
      weight       × 1.00  not known
      age          × 1.00  0 h

    who is told
      dana@shop.example  rule 1 of owners  told TIME UTC  taken on until it is put right

    history
      TIME UTC  opened        false available  run 1
      TIME UTC  acknowledged  false available  by דנה: אני מתקנת
    ");
    let document = shown(&world, "TEA-1");
    assert_eq!(document["incident"]["acknowledged"]["by"], "דנה");
    assert_eq!(document["told"][0]["why"], "acknowledged");
    assert_eq!(document["page"]["availability"], "InStock");
    assert_eq!(document["history"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_taken_on_is_told_no_more_until_it_is_put_right() {
    let mut world = three();
    world.set("/cadence", serde_json::json!({"reminders": ["1ms"]}));
    let before = world.mail.mails_to("dana@shop.example").len();
    let ran = world.run(&["incidents", "ack", "TEA-1", "--by", "Dana", "--note", "on it"]);
    insta::assert_snapshot!(ran.exits(0).stdout, @"incident 2 (TEA-1, shop) is taken on by Dana: nobody is told of it again until it is put right; `stocktruth incidents reopen 2` takes it back");
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails_to("dana@shop.example").len(), before, "nobody is reminded");
    assert_eq!(states(&world, &["--sku", "TEA-1"]), ["TEA-1 acknowledged"]);
    world.run(&["incidents", "reopen", "TEA-1", "--by", "Dana"]).exits(0).says(["(TEA-1, shop)", "open again"]);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails_to("dana@shop.example").len(), before + 1);
    world.run(&["incidents", "reopen", "TEA-1"]).exits(2).complains(["it is open already", "nothing was changed"]);
    world.run(&["incidents", "ack", "TEA-1", "--until", "2001-01-01"]).exits(2).complains(["is over: it is"]);
    world.run(&["incidents", "ack", "TEA-1", "--until", "soon"]).exits(2).complains(["no time", "3d"]);
}

#[test]
fn it_is_all_or_nothing() {
    let world = three();
    world.page("TEA-2", Says::Out).check(&[]).exits(10);
    let ran = world.run(&["incidents", "ack", "TEA-1", "TEA-2", "CUP-1"]);
    ran.exits(2).complains(["(TEA-2, shop): it is over already", "nothing was changed"]);
    assert_eq!(states(&world, &[]), ["TEA-1 open", "CUP-1 open"]);
    world.run(&["incidents", "ack", "TEA-1", "CUP-1"]).exits(0);
    assert_eq!(states(&world, &[]), ["TEA-1 acknowledged", "CUP-1 acknowledged"]);
    let user = shown(&world, "TEA-1")["incident"]["acknowledged"]["by"].as_str().map(str::to_owned);
    assert!(user.is_some_and(|user| !user.is_empty()), "without --by it is the user of the machine");
}

#[test]
fn what_is_called_right_opens_again_if_it_is_not() {
    let world = three();
    world.run(&["incidents", "resolve", "TEA-1", "--by", "Dana"]).exits(0).says(["if the next check sees it wrong"]);
    assert_eq!(states(&world, &["--sku", "TEA-1", "--all"]), ["TEA-1 resolved"]);
    world.check(&[]).exits(10);
    assert_eq!(states(&world, &["--sku", "TEA-1"]), ["TEA-1 open"]);
    let kinds: Vec<_> = shown(&world, "TEA-1")["history"].as_array().expect("a list").clone();
    let kinds: Vec<_> = kinds.iter().map(|step| step["kind"].as_str().expect("a kind").to_owned()).collect();
    assert_eq!(kinds, ["opened", "resolved", "reopened"]);
}

#[test]
fn a_silence_holds_for_what_fits_and_can_be_lifted() {
    let world = three();
    let args = ["incidents", "silence", "--sku", "^TEA", "--for", "3d", "--by", "Noa", "--note", "בספירת מלאי"];
    let ran = world.run(&args);
    insta::assert_snapshot!(scrubbed(&ran.exits(0).stdout, world.folder()), @"silence 1 holds until TIME UTC: nobody is told of skus ^TEA (2 incidents now); `stocktruth incidents silence --lift 1` ends it");
    let quiet: Vec<_> = listed(&world, &[]).iter().map(|one| one["quiet"]["kind"].clone()).collect();
    assert_eq!(quiet, [json!("silenced"), json!("silenced"), Value::Null]);
    insta::assert_snapshot!(scrubbed(&world.run(&["incidents", "silence"]).exits(0).stdout, world.folder()), @"
    NO  WHAT       UNTIL                 COVERS NOW  BY   NOTE
    1   skus ^TEA  TIME UTC  2           Noa  בספירת מלאי
    ");
    assert_eq!(shown(&world, "TEA-2")["silences"][0]["covers"], 2);
    world.run(&["incidents", "silence", "--lift", "7"]).exits(2).complains(["no silence 7"]);
    world.run(&["incidents", "silence", "--lift", "1"]).exits(0).says(["silence 1 is lifted"]);
    world.run(&["incidents", "silence"]).exits(0).says(["nothing is silenced"]);
    let history = shown(&world, "TEA-2")["history"].clone();
    assert_eq!((&history[1]["kind"], &history[1]["note"]), (&json!("silenced"), &json!("בספירת מלאי")));
    assert_eq!(history[2]["kind"], "unsilenced");
    world.run(&["incidents", "silence", "--brand", "x"]).exits(2).complains(["not said for how long", "--for 3d"]);
    world.run(&["incidents", "silence", "--for", "3d"]).exits(2).complains(["what is to be silenced"]);
}

#[test]
fn an_item_is_ignored_whatever_is_wrong_with_it_until_somebody_takes_it_back() {
    let mut world = World::lying();
    let ran = world.run(&["incidents", "ignore", "A-1", "--by", "Dana"]);
    insta::assert_snapshot!(ran.exits(0).stdout, @"A-1 of shop is ignored (no incident of it is known yet, so mind its spelling): nobody is told what is wrong with it; `stocktruth incidents reopen A-1` takes it back");
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 0);
    assert_eq!(listed(&world, &[])[0]["quiet"]["kind"], "ignored");
    world.run(&["incidents", "reopen", "A-1"]).exits(0).says(["A-1 of shop is not ignored any more"]);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails_to(ALL).len(), 1);

    let mut second = world.shop_config();
    second["name"] = json!("second");
    world.set("/shops/-", second);
    world.check(&[]);
    let ran = world.run(&["incidents", "ack", "A-1"]);
    ran.exits(2).complains(["may be any of several incidents: 1 (A-1, shop), 2 (A-1, second)", "--shop"]);
    world.run(&["incidents", "ack", "A-1", "--shop", "second"]).exits(0).says(["incident 2 (A-1, second)"]);
    world.run(&["incidents", "ignore", "NEW"]).exits(2).complains(["several shops", "shop, second"]);
    world.run(&["incidents", "ignore", "NEW", "--shop", "second"]).exits(0).says(["no incident of it is known yet"]);
    world.run(&["incidents", "reopen", "NEW"]).exits(0).says(["NEW of second is not ignored any more"]);
}

#[test]
fn a_number_may_also_be_a_sku() {
    let mut world = World::lying();
    world.sells("2", Says::In, 0);
    world.check(&[]).exits(10);
    let ran = world.run(&["incidents", "show", "2"]);
    ran.exits(2).complains(["\"2\" may be any of several incidents: 2 (A-1, shop), 1 (2, shop)", "`id:2`"]);
    world.run(&["incidents", "show", "id:2"]).exits(0).says(["incident 2", "Thing A-1"]);
    world.run(&["incidents", "show", "id:9"]).exits(2).complains(["there is no incident \"id:9\""]);
}

#[test]
fn what_flaps_is_said_to_be_right_though_it_stays_open() {
    let mut world = World::lying();
    world.set("/incidents", serde_json::json!({"flapping": {"times": 2, "within": "6h"}}));
    for says in [Says::In, Says::Out, Says::In, Says::Out] {
        world.page("A-1", says);
        world.check(&[]);
    }
    let ran = world.run(&["notices", "--why"]);
    ran.exits(0).says(["told; right since", "it opened 2 times since", "counts as put right once"]);
    let why = world.run(&["notices", "--why", "--format", "json"]);
    why.exits(0).says(["\"why\":\"right_not_for_long\""]);
    let ran = world.run(&["incidents", "show", "A-1"]);
    ran.exits(0).says(["right since", "was over"]);
    assert!(!ran.stdout.contains("\nover "), "it is open again: {}", ran.stdout);
}
