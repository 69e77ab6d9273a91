//! `check`: verdicts, formats, choices on the command line, exit codes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Program, Says, Smtp, World, page, scrubbed};

#[test]
fn every_kind_of_promise_gets_its_verdict() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).sells("A-2", Says::In, 0).sells("A-3", Says::Out, 5).sells("A-4", Says::Out, 0);
    world.lists("A-5", Answer::of_status(404)).stock("A-5", [3]);
    world.lists("A-6", page("A-6", Says::In));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(
        checked.verdicts(),
        [
            "A-1 agrees",
            "A-2 false_available open",
            "A-3 false_unavailable open",
            "A-4 agrees",
            "A-5 gone open",
            "A-6 unverified (stock_missing)"
        ]
    );
    let evidence = &checked.item("A-2")["page"]["signals"];
    assert!(evidence.as_array().is_some_and(|all| all.len() >= 3), "{evidence:#}");
    assert_eq!(checked.item("A-2")["stock"]["sellable"], "0");
}

#[test]
fn the_table_shows_what_is_wrong_and_counts_the_rest() {
    let mut world = World::lying();
    for n in 1..=5 {
        world.sells(&format!("B-{n}"), Says::In, 1);
    }
    let ran = world.run(&["check"]);
    ran.exits(10);
    insta::assert_snapshot!(scrubbed(&ran.stdout, world.folder()), @"
    WHAT IS WRONG    SKU  PRODUCT    PROMISED        STOCK SAYS  SINCE
    false available  A-1  Thing A-1  InStock (text)  0           now

    shop: 7 items in DURATION, 10 requests to the shop, 3 to its stock system
        6  agree
        1  false available    promised, but none: the customer is let down
      incidents: 1 newly open
    notices: 1 queued, 1 sent
    ");
    assert_eq!(ran.stderr, "", "nothing but the result is said");
}

#[test]
fn the_machine_formats_agree_with_each_other() {
    let world = World::lying();
    let json = world.check(&["--dry-run"]);
    assert_eq!((&json.json["format"], &json.json["version"]), (&json!("stocktruth.run"), &json!(1)));
    assert_eq!(json.json["shops"][0]["mismatches"], 1);

    let lines = world.run(&["check", "--dry-run", "--format", "jsonl"]);
    let lines: Vec<Value> =
        lines.exits(10).stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of_items: Vec<_> = lines.iter().filter(|line| line["verdict"].is_string()).map(|line| &line["sku"]).collect();
    assert_eq!(of_items, json.items().iter().map(|item| &item["sku"]).collect::<Vec<_>>());

    let csv = world.run(&["check", "--dry-run", "--format", "csv"]);
    let mut rows = csv::Reader::from_reader(csv.exits(10).stdout.as_bytes());
    let at = |name: &str, of: &csv::StringRecord| of.iter().position(|column| column == name).expect("the column");
    let head = rows.headers().expect("a header").clone();
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    let told: Vec<_> = rows.iter().map(|row| (&row[at("sku", &head)], &row[at("verdict", &head)])).collect();
    assert_eq!(told, [("A-1", "false_available"), ("A-2", "agrees")]);
}

#[test]
fn the_result_goes_to_a_file_and_nowhere_else() {
    let world = World::lying();
    let ran = world.run(&["check", "--format", "json", "--output", "result.json"]);
    assert_eq!(ran.exits(10).stdout, "");
    let written = std::fs::read_to_string(world.folder().join("result.json")).expect("the file");
    let written: Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(written["items"].as_array().map(Vec::len), Some(2));
}

#[test]
fn quiet_says_nothing_when_nothing_is_wrong() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5);
    let ran = world.run(&["check", "--quiet"]);
    assert_eq!((ran.exits(0).stdout.as_str(), ran.stderr.as_str()), ("", ""));
    world.stock("A-1", [0]);
    world.run(&["check", "--quiet"]).exits(10).says(["A-1"]);
}

#[test]
fn a_limit_and_a_shop_narrow_the_run() {
    let mut world = World::new();
    for n in 1..=6 {
        world.sells(&format!("A-{n}"), Says::In, 1);
    }
    let other = World::lying();
    let mut second = other.shop_config();
    second["name"] = "other".into();
    world.set("/shops/-", second);
    let limited = world.check(&["--limit", "2", "--shop", "shop"]);
    limited.exits(0);
    assert_eq!(limited.verdicts(), ["A-1 agrees", "A-2 agrees"]);
    assert_eq!(other.shop.seen().len(), 0, "the other shop is left alone");
    let both = world.check(&[]);
    both.exits(10);
    assert_eq!(both.json["shops"].as_array().map(Vec::len), Some(2));
    world.run(&["check", "--shop", "nobody"]).exits(2).complains(["no shop \"nobody\"", "shop, other"]);
}

#[test]
fn one_product_is_answered_at_once_and_leaves_no_traces() {
    let mut world = World::lying();
    world.set("/shops/0/confirm_after", "30s").set("/shops/0/grace", "1h");
    let by_sku = world.check(&["--sku", "A-1"]);
    by_sku.exits(10);
    assert_eq!(by_sku.verdicts(), ["A-1 false_available"]);
    assert!(by_sku.ran.took < Duration::from_secs(5), "{:?}", by_sku.ran.took);
    let by_page = world.check(&["--url", &world.shop.url("/p/A-2")]);
    by_page.exits(0);
    assert_eq!(by_page.verdicts(), ["A-2 agrees"]);
    assert_eq!(world.mail.envelopes().len(), 0);
    let left = |folder: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect()
    };
    let mut files = left(world.folder());
    files.sort();
    assert_eq!(files, ["stocktruth.yaml", "tmp"], "no database, no lock");
    assert_eq!(left(&world.folder().join("tmp")).len(), 0);
}

#[test]
fn a_page_outside_the_catalogue_names_its_own_sku() {
    let world = World::lying();
    world.shop.on("/p/Z-9", page("Z-9", Says::In));
    world.stock("Z-9", [0]);
    let checked = world.check(&["--url", &world.shop.url("/p/Z-9")]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["Z-9 false_available"]);
}

#[test]
fn what_no_shop_knows_is_said() {
    let world = World::lying();
    let unknown = world.run(&["check", "--sku", "NO-SUCH"]);
    unknown.exits(4).complains(["no catalogue knows the SKU \"NO-SUCH\"", "--url"]);
    let foreign = world.run(&["check", "--url", "https://elsewhere.example/p/1"]);
    foreign.exits(2).complains(["belongs to none of the shops", &world.shop.url("/")]);
}

#[test]
fn a_dry_run_looks_but_neither_remembers_nor_tells() {
    let world = World::lying();
    let checked = world.check(&["--dry-run"]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 false_available", "A-2 agrees"]);
    assert!(!world.database().exists() && world.mail.envelopes().is_empty());
}

#[test]
fn the_exit_code_says_what_came_of_it() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 1);
    world.run(&["check"]).exits(0);
    world.run(&["check", "--no-such-flag"]).exits(2).complains(["--no-such-flag"]);
    world.run(&["check", "-c", "nowhere.yaml"]).exits(3).complains(["nowhere.yaml"]);
    world.stock("A-1", [0]);
    world.run(&["check"]).exits(10);
}

#[test]
fn too_little_verified_is_a_finding_and_wins_over_mismatches() {
    let mut world = World::lying();
    world.lists("C-1", page("C-1", Says::In)).lists("C-2", page("C-2", Says::In)).lists("C-3", page("C-3", Says::In));
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdict("A-1"), "false_available open");
    assert_eq!(world.mail.mails().len(), 1, "the mismatch is mailed all the same");
    world.set("/min_verified", "40%");
    world.check(&[]).exits(10);
    world.set("/min_verified", "41%");
    world.check(&[]).exits(4);
}

#[test]
fn one_shop_in_trouble_does_not_stop_the_others() {
    let mut world = World::lying();
    world.set("/operations", json!({"email": "it@shop.example"}));
    let mut broken = world.shop_config();
    broken["name"] = "broken".into();
    broken["stock"]["http_json"]["all"]["url"] = world.api.url("/nowhere").into();
    world.set("/shops/-", broken);
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdict("A-1"), "false_available open");
    let why = checked.json["shops"][1]["failed"].as_str().expect("a reason");
    assert!(why.contains("404") && why.contains("/nowhere"), "{why}");
    assert_eq!(world.mail.mails_to("all@shop.example").len(), 1);
    assert_eq!(world.mail.mails_to("it@shop.example").len(), 1);
}

#[test]
fn a_check_without_mail_needs_no_mail_server() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 0);
    drop(std::mem::replace(&mut world.mail, Smtp::open()));
    world.run(&["check"]).exits(10);
}

#[test]
fn colour_and_progress_are_for_terminals() {
    let world = World::lying();
    world.write_config();
    let piped = Program::in_shell("exec \"$0\" check --dry-run 2>&1", world.folder()).env("TERM", "xterm").run();
    assert!(!piped.exits(10).stdout.contains('\u{1b}'), "{}", piped.stdout);
    let line = "command -v script > /dev/null || exit 77; exec script -qec \"$0 check --dry-run\" /dev/null";
    let shown = Program::in_shell(line, world.folder()).env("TERM", "xterm").run();
    if shown.code == Some(77) {
        crate::harness::skipped("colour_and_progress_are_for_terminals", "`script` (util-linux) is not installed");
        return;
    }
    shown.exits(10).says(["\u{1b}[", "shop: reading pages", "false available"]);
}
