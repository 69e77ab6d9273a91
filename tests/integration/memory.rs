//! What outlives a run: incidents and their lives, the lock, and what is forgotten in time.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Checked, Says, World, page, scrubbed, until};

/// Opened, resolved, suspected.
fn news(checked: &Checked) -> (i64, i64, i64) {
    let shop = &checked.json["shops"][0];
    let number = |name: &str| shop[name].as_i64().expect("a number");
    (number("opened"), number("resolved"), number("suspected"))
}

#[test]
fn an_incident_opens_lasts_is_resolved_and_opens_again() {
    let world = World::lying();
    let opened = world.check(&[]);
    assert_eq!((news(&opened), world.mail.mails().len()), ((1, 0, 0), 1));
    let lasts = world.check(&[]);
    assert_eq!((news(&lasts), world.mail.mails().len()), ((0, 0, 0), 1), "nobody is told twice");
    assert_eq!(lasts.item("A-1")["since"], opened.item("A-1")["since"]);

    world.page("A-1", Says::Out);
    let resolved = world.check(&[]);
    resolved.exits(0);
    assert_eq!((news(&resolved), world.mail.mails().len()), ((0, 1, 0), 2));
    assert_eq!(resolved.verdict("A-1"), "agrees resolved");
    world.check(&[]).exits(0);
    assert_eq!(world.mail.mails().len(), 2, "it is resolved once");

    world.page("A-1", Says::In);
    assert_eq!((news(&world.check(&[])), world.mail.mails().len()), ((1, 0, 0), 3));
    assert_eq!(world.count("SELECT count(*) FROM incidents"), 1, "reopening is the same incident");
    assert_eq!(world.count("SELECT times_opened FROM incidents"), 2);
    assert_eq!(world.count("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL"), 5);
}

#[test]
fn what_could_not_be_seen_neither_opens_nor_resolves() {
    let mut world = World::lying();
    world.set("/min_verified", "0%");
    world.check(&[]).exits(10);
    world.shop.on("/p/A-1", Answer::of_status(503));
    assert_eq!(news(&world.check(&[])), (0, 0, 0));
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 1);
    world.page("A-1", Says::Out);
    assert_eq!(news(&world.check(&[])), (0, 1, 0));
    assert_eq!(world.mail.mails().len(), 2);
}

#[test]
fn nobody_hears_the_end_of_what_they_were_not_told() {
    let world = World::lying();
    world.check(&["--no-mail"]).exits(10);
    world.page("A-1", Says::Out);
    assert_eq!(news(&world.check(&[])), (0, 1, 0));
    assert_eq!(world.mail.envelopes().len(), 0);
}

#[test]
fn a_run_with_mail_tells_what_one_without_found() {
    let world = World::lying();
    world.check(&["--no-mail"]).exits(10);
    assert_eq!(world.mail.envelopes().len(), 0);
    assert_eq!(news(&world.check(&[])), (0, 0, 0));
    assert_eq!(world.mail.mails().len(), 1);
    assert!(world.mail.mails()[0].text().contains("A-1"));
}

#[test]
fn what_stays_wrong_is_told_again_after_the_reminder_interval() {
    let mut world = World::lying();
    world.set("/cadence", serde_json::json!({"reminders": ["1h"]}));
    world.check(&[]).exits(10);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1);
    world.set("/cadence", serde_json::json!({"reminders": ["1ms"]}));
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 2);
    assert!(world.mail.mails()[1].subject().starts_with("Still"), "{}", world.mail.mails()[1].subject());
}

#[test]
fn a_second_run_ends_at_once_and_names_the_first() {
    let world = World::lying();
    world.shop.on("/p/A-2", Answer::silence());
    let first = world.program(&["check"]).start();
    until("the first run looks at pages", || !world.shop.seen_at("/p/A-2").is_empty());
    let second = world.run(&["check"]);
    second.exits(5).complains([&format!("process {}", first.pid()) as &str]);
    insta::assert_snapshot!(scrubbed(&second.stderr, world.folder()), @"error: another run holds ./stocktruth.db.lock: process PID on HOST, since TIME, called as `stocktruth check`; wait for it to end, or stop it");
    assert!(second.took < Duration::from_secs(5), "{:?}", second.took);
    let ad_hoc = world.check(&["--sku", "A-1"]);
    assert_eq!(ad_hoc.verdicts(), ["A-1 false_available"], "one product can be asked for all the same");
    first.signal("KILL");
    assert_eq!(first.end().code, None);
    world.page("A-2", Says::In);
    world.check(&[]).exits(10);
}

#[test]
fn two_configurations_do_not_wait_for_each_other() {
    let (one, other) = (World::lying(), World::lying());
    one.shop.on("/p/A-2", Answer::silence());
    let first = one.program(&["check"]).start();
    until("the first run looks at pages", || !one.shop.seen_at("/p/A-2").is_empty());
    other.check(&[]).exits(10);
    first.signal("KILL");
    first.end();
}

#[test]
fn what_is_over_is_forgotten_in_time_and_what_lasts_is_not() {
    let mut world = World::lying();
    world.sells("A-3", Says::In, 0);
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out);
    world.check(&[]).exits(10);
    assert_eq!(world.count("SELECT count(*) FROM incidents"), 2);
    assert_eq!(world.count("SELECT count(*) FROM runs"), 2);
    world.set("/store", json!({"keep": "1ms"}));
    world.check(&[]).exits(10);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'resolved'"), 0);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 1, "what lasts is kept");
    assert_eq!(world.count("SELECT count(*) FROM notices"), 0);
    assert!(world.count("SELECT count(*) FROM runs") <= 1);
}

#[test]
fn a_mismatch_is_remembered_with_its_evidence() {
    let world = World::lying();
    world.check(&[]).exits(10);
    let evident = "item_key = 'A-1' AND verdict = 'false_available' AND claim LIKE '%json-ld%' AND fact LIKE '%\"0\"%'";
    assert_eq!(world.count(&format!("SELECT count(*) FROM findings WHERE {evident}")), 1);
    assert_eq!(world.count("SELECT count(*) FROM findings"), 1, "what agrees is counted, not kept");
    assert_eq!(world.count("SELECT count(*) FROM notice_incidents"), 1);
}

#[test]
fn a_run_over_a_part_resolves_only_what_it_saw() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 0);
    assert_eq!(news(&world.check(&[])), (2, 0, 0));
    world.page("A-1", Says::Out).page("A-2", Says::Out);
    assert_eq!(news(&world.check(&["--limit", "1"])), (0, 1, 0));
    assert_eq!(news(&world.check(&[])), (0, 1, 0));
}

#[test]
fn another_promise_turned_round_is_told_as_new() {
    let world = World::lying();
    world.check(&[]).exits(10);
    world.shop.on("/p/A-1", page("A-1", Says::Out));
    world.stock("A-1", [7]);
    let turned = world.check(&[]);
    turned.exits(10);
    assert_eq!(turned.verdict("A-1"), "false_unavailable open");
}

#[test]
fn what_the_catalogue_lists_no_longer_is_settled_without_a_word() {
    let mut world = World::lying();
    world.check(&[]).exits(10);
    world.set("/shops/0/catalog/list", json!([{"sku": "A-2", "url": "/p/A-2"}]));
    world.check(&[]).exits(0);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 0);
    assert_eq!(world.mail.mails().len(), 1, "nobody put anything right");
}

#[test]
fn a_kill_loses_nothing_of_the_shops_before() {
    let mut world = World::lying();
    let slow = World::lying();
    slow.shop.on("/p/A-1", Answer::silence());
    let mut second = slow.shop_config();
    second["name"] = "slow".into();
    world.set("/shops/-", second);
    let run = world.program(&["check"]).start();
    until("the second shop is looked at", || !slow.shop.seen_at("/p/A-1").is_empty());
    run.signal("KILL");
    run.end();
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open' AND shop = 'shop'"), 1);
    slow.page("A-1", Says::Out);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1, "and the next run tells it");
}
