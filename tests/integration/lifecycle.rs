//! An incident's life over hours and days, and who is told what of it when, by a clock that is moved by hand.

use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};
use stocktruth::domain::clock::Clock;

use crate::clock::{HOUR, check, noon};
use crate::harness::{Says, World};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

fn clock_at(time: &str) -> Clock {
    Clock::fixed(time.parse().expect("a time"))
}

/// How many mails this address has.
fn mails(world: &World, to: &str) -> usize {
    world.mail.mails_to(to).len()
}

/// Moves the clock to this moment of 2026 and checks.
fn check_at(world: &World, clock: &Clock, time: &str) -> Value {
    let then: jiff::Timestamp = time.parse().expect("a time");
    clock.advance(then.duration_since(clock.now()).unsigned_abs());
    assert_eq!(clock.now(), then, "the clock only goes forward");
    check(world, clock).1
}

/// A world whose mails go to `all@shop.example`, with this cadence in UTC.
fn told_by(cadence: Value) -> World {
    let mut world = World::lying();
    world.set("/cadence", cadence).set("/cadence/timezone", "UTC");
    world
}

#[test]
fn a_digest_waits_for_its_time_and_what_is_severe_does_not() {
    let (mut world, clock) = (told_by(json!({"digest": ["08:00"], "at_once": "critical"})), noon());
    world.sells("A-3", Says::In, 0);
    world.set("/severity", json!([{"skus": ["^A-3$"], "set": "critical"}]));
    check_at(&world, &clock, "2026-11-22T12:00:00Z");
    let at_once = world.mail.mails();
    assert_eq!(at_once.len(), 1);
    assert!(at_once[0].text().contains("Thing A-3") && !at_once[0].text().contains("Thing A-1"));
    check_at(&world, &clock, "2026-11-23T07:59:00Z");
    assert_eq!(world.mail.mails().len(), 1);
    check_at(&world, &clock, "2026-11-23T08:10:00Z");
    let digest = world.mail.mails().pop().expect("a digest");
    assert!(digest.text().contains("Thing A-1") && !digest.text().contains("Thing A-3"), "{}", digest.text());
    check_at(&world, &clock, "2026-11-23T08:40:00Z");
    assert_eq!(world.mail.mails().len(), 2);
}

#[test]
fn nobody_is_told_on_shabbat_and_everybody_after_it() {
    let (mut world, clock) = (told_by(json!({"quiet": ["shabbat"]})), clock_at("2026-11-27T15:00:00Z"));
    check_at(&world, &clock, "2026-11-27T15:00:00Z");
    assert_eq!(mails(&world, "all@shop.example"), 1);
    world.sells("A-3", Says::In, 0);
    for time in ["2026-11-27T16:00:00Z", "2026-11-28T12:00:00Z", "2026-11-28T20:44:00Z"] {
        check_at(&world, &clock, time);
        assert_eq!(mails(&world, "all@shop.example"), 1, "{time}");
    }
    check_at(&world, &clock, "2026-11-28T20:45:00Z");
    let mail = world.mail.mails().pop().expect("a mail");
    assert!(mail.text().contains("Thing A-3"), "{}", mail.text());
}

#[test]
fn reminders_come_at_growing_intervals() {
    let (world, clock) = (told_by(json!({"reminders": ["1d", "2d"]})), noon());
    for (later, sent) in [(0, 1), (23, 1), (1, 2), (47, 2), (1, 3), (47, 3), (1, 4)] {
        clock.advance(later * HOUR);
        check(&world, &clock);
        assert_eq!(mails(&world, "all@shop.example"), sent, "{}", clock.now());
    }
}

#[test]
fn several_owners_are_each_told_by_their_own_cadence() {
    let (mut world, clock) = (told_by(json!({})), noon());
    world.set(
        "/recipients",
        json!({
            "dana": {"email": "dana@shop.example", "language": "he", "cadence": {"digest": ["14:00"]}},
            "yossi": {"email": "yossi@shop.example", "cadence": {"least": "critical"}},
        }),
    );
    world.set(
        "/owners",
        json!([
            {"to": ["dana"], "skus": ["^A-"], "continue": true},
            {"to": ["yossi", "noa@shop.example"], "skus": ["^A-1$"]},
            {"to": ["nobody@shop.example"], "skus": ["^A-"]},
        ]),
    );
    check_at(&world, &clock, "2026-11-22T12:00:00Z");
    let sent =
        |world: &World| ["dana", "yossi", "noa", "nobody", "all"].map(|to| mails(world, &format!("{to}@shop.example")));
    assert_eq!(sent(&world), [0, 0, 1, 0, 0]);
    check_at(&world, &clock, "2026-11-22T14:05:00Z");
    assert_eq!(sent(&world), [1, 0, 1, 0, 0]);
    world.page("A-1", Says::Out);
    check_at(&world, &clock, "2026-11-22T15:00:00Z");
    assert_eq!(sent(&world), [1, 0, 2, 0, 0], "she hears that it is fixed with her next digest");
    check_at(&world, &clock, "2026-11-23T14:05:00Z");
    assert_eq!(sent(&world), [2, 0, 2, 0, 0]);
    check_at(&world, &clock, "2026-11-29T14:05:00Z");
    assert_eq!(sent(&world), [2, 0, 2, 0, 0], "who was never told hears of no end either");
}

#[test]
fn what_heals_before_the_digest_is_never_mailed() {
    let (world, clock) = (told_by(json!({"digest": ["08:00"]})), noon());
    check_at(&world, &clock, "2026-11-22T12:00:00Z");
    world.page("A-1", Says::Out);
    check_at(&world, &clock, "2026-11-22T13:00:00Z");
    check_at(&world, &clock, "2026-11-23T08:10:00Z");
    assert_eq!(world.mail.mails().len(), 0);
    world.page("A-1", Says::In);
    check_at(&world, &clock, "2026-11-23T09:00:00Z");
    check_at(&world, &clock, "2026-11-24T08:00:00Z");
    assert_eq!(world.mail.mails().len(), 1);
    world.page("A-1", Says::Out);
    check_at(&world, &clock, "2026-11-24T09:00:00Z");
    world.page("A-1", Says::In);
    check_at(&world, &clock, "2026-11-24T10:00:00Z");
    check_at(&world, &clock, "2026-11-25T07:00:00Z");
    let digest = check_at(&world, &clock, "2026-11-25T08:00:00Z");
    let mails = world.mail.mails();
    assert_eq!(mails.len(), 2, "{digest}");
    assert!(mails[1].subject().starts_with("Still"), "they never heard that it was right: {}", mails[1].subject());
}

#[test]
fn nobody_gets_more_in_a_day_than_they_want() {
    let (mut world, clock) = (told_by(json!({"max_per_day": 2})), noon());
    for n in 3..8 {
        check(&world, &clock);
        clock.advance(HOUR);
        world.sells(&format!("A-{n}"), Says::In, 0);
    }
    check(&world, &clock);
    assert_eq!(mails(&world, "all@shop.example"), 2);
    check_at(&world, &clock, "2026-11-23T00:00:00Z");
    let last = world.mail.mails().pop().expect("a mail").text();
    assert!((4..8).all(|n| last.contains(&format!("Thing A-{n}"))), "{last}");
    assert_eq!(mails(&world, "all@shop.example"), 3);
}

#[test]
fn all_that_is_open_comes_with_every_digest_to_who_wants_it() {
    let (mut world, clock) = (told_by(json!({"digest": ["08:00"], "tells": "all_open"})), noon());
    check_at(&world, &clock, "2026-11-22T12:00:00Z");
    check_at(&world, &clock, "2026-11-23T08:00:00Z");
    world.sells("A-3", Says::In, 0);
    check_at(&world, &clock, "2026-11-23T12:00:00Z");
    assert_eq!(world.mail.mails().len(), 1);
    check_at(&world, &clock, "2026-11-24T08:00:00Z");
    let mail = world.mail.mails().pop().expect("a mail").text();
    assert!(mail.contains("Thing A-1") && mail.contains("Thing A-3"), "{mail}");
    check_at(&world, &clock, "2026-11-25T08:00:00Z");
    assert_eq!(world.mail.mails().len(), 3, "nothing changed, and all is told");
}

#[test]
fn a_mismatch_counts_only_when_it_was_seen_often_enough() {
    let (mut world, clock) = (told_by(json!({})), noon());
    world.set("/incidents", json!({"open_after": 3, "verdicts": {"gone": {"open_after": 1}}, "resolve_after": 2}));
    world.lists("A-9", crate::harness::Answer::of_status(404)).stock("A-9", [4]);
    let mut states = Vec::new();
    for right in [false, false, false, true, false, true, true] {
        world.page("A-1", if right { Says::Out } else { Says::In });
        clock.advance(HOUR);
        let result = check(&world, &clock).1;
        let state = |sku: &str| {
            let items = result["items"].as_array().expect("items");
            let item = items.iter().find(|item| item["sku"] == sku).expect("an item");
            item["state"].as_str().unwrap_or("-").to_owned()
        };
        states.push(format!("{} {}", state("A-1"), state("A-9")));
    }
    let expected = ["suspected", "suspected", "open", "open", "open", "open", "resolved"];
    assert_eq!(states, expected.map(|state| format!("{state} open")));
    let subjects: Vec<String> = world.mail.mails().iter().map(|mail| mail.subject()).collect();
    assert_eq!(subjects.len(), 3, "gone, wrong, right again: {subjects:?}");
}

#[test]
fn what_flaps_is_told_a_few_times_and_not_at_every_turn() {
    let (mut world, clock) = (told_by(json!({})), noon());
    world.set("/incidents", json!({"flapping": {"times": 2, "within": "6h"}}));
    for turn in 0..20 {
        world.page("A-1", if turn % 2 == 0 { Says::In } else { Says::Out });
        check(&world, &clock);
        clock.advance(10 * MINUTE);
    }
    assert_eq!(mails(&world, "all@shop.example"), 3, "wrong, right, wrong, and no end of it");
    for _ in 0..7 {
        check(&world, &clock);
        clock.advance(HOUR);
    }
    let last = world.mail.mails().pop().expect("a mail");
    assert_eq!(mails(&world, "all@shop.example"), 4);
    assert!(last.subject().contains("Right again"), "{}", last.subject());
}

#[test]
fn what_is_expected_is_told_only_when_its_time_is_over() {
    let (mut world, clock) = (told_by(json!({})), noon());
    world.set(
        "/expected",
        json!([{"skus": ["^A-1$"], "verdicts": ["false_available"], "until": "2026-11-23", "because": "clearance"}]),
    );
    let result = check_at(&world, &clock, "2026-11-22T12:00:00Z");
    assert_eq!(result["items"][0]["state"], "open", "it is watched all the same");
    check_at(&world, &clock, "2026-11-23T23:59:00Z");
    assert_eq!(world.mail.mails().len(), 0);
    check_at(&world, &clock, "2026-11-24T00:00:00Z");
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn what_leaves_the_catalogue_expires_without_a_word() {
    let (mut world, clock) = (told_by(json!({})), noon());
    check(&world, &clock);
    let list = world.shop_config()["catalog"]["list"].clone();
    world.set("/shops/0/catalog/list", json!([list[1]]));
    clock.advance(HOUR);
    let (_, result) = check(&world, &clock);
    assert_eq!(result["shops"][0]["incidents"]["expired"].as_u64().or(result["shops"][0]["expired"].as_u64()), Some(1));
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'expired'"), 1);
    clock.advance(10 * DAY);
    check(&world, &clock);
    assert_eq!(mails(&world, "all@shop.example"), 1, "nobody saw it put right, and nobody is reminded");
    world.set("/shops/0/catalog/list", list);
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!(mails(&world, "all@shop.example"), 2, "it is back, and wrong");
    assert_eq!(world.count("SELECT times_opened FROM incidents"), 2, "the same incident");
}

#[test]
fn whoever_was_told_hears_of_the_end_even_if_they_own_it_no_more() {
    let (mut world, clock) = (told_by(json!({})), noon());
    check(&world, &clock);
    world.set("/owners", json!([{"email": "noa@shop.example", "skus": ["^A-"]}]));
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!([mails(&world, "all@shop.example"), mails(&world, "noa@shop.example")], [1, 1]);
    world.page("A-1", Says::Out);
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!([mails(&world, "all@shop.example"), mails(&world, "noa@shop.example")], [2, 2]);
}

#[test]
fn the_dearest_and_oldest_stand_first_and_the_score_says_why() {
    let (mut world, clock) = (World::new(), noon());
    let header = "sku,url,name,price,sold\n";
    let row = |sku: &str, price: &str, sold: &str| format!("{sku},/p/{sku},Thing {sku},\"{price}\",{sold}\n");
    let rows = [row("CHEAP", "10", "1"), row("DEAR", "1,000.00", "50"), row("USUAL", "100", "?")];
    for sku in ["CHEAP", "DEAR", "USUAL"] {
        world.lists(sku, crate::harness::page(sku, Says::In)).stock(sku, [0]);
    }
    let file = world.file("items.csv", header.to_owned() + &rows.concat());
    let columns = json!({"sku": "sku", "url": "url", "name": "name", "price": "price", "units_sold": "sold"});
    world.set("/shops/0/catalog", json!({"csv": {"file": file, "columns": columns}}));
    world.tells("all@shop.example");
    let (_, result) = check(&world, &clock);
    let level = |sku: &str| {
        let items = result["items"].as_array().expect("items");
        let item = items.iter().find(|item| item["sku"] == sku).expect("an item");
        (item["severity"]["level"].as_str().expect("a level").to_owned(), item["severity"]["score"].as_u64())
    };
    assert_eq!(level("DEAR"), ("critical".to_owned(), Some(200)));
    assert_eq!(level("USUAL"), ("high".to_owned(), Some(100)));
    assert_eq!(level("CHEAP"), ("medium".to_owned(), Some(50)));
    let text = world.mail.mails()[0].text();
    let place = |sku: &str| text.find(&format!("Thing {sku}")).expect("a row");
    assert!(place("DEAR") < place("USUAL") && place("USUAL") < place("CHEAP"), "{text}");
}

#[test]
fn what_is_right_again_is_told_only_after_what_was_wrong_has_arrived() {
    let (world, clock) = (told_by(json!({})), noon());
    world.mail.reply_to("all@shop.example", "451 not now");
    check(&world, &clock);
    world.page("A-1", Says::Out);
    world.mail.behave();
    clock.advance(HOUR);
    check(&world, &clock);
    let subjects = || world.mail.mails().iter().map(|mail| mail.subject()).collect::<Vec<_>>();
    assert_eq!(subjects().len(), 1, "{:?}", subjects());
    assert!(subjects()[0].starts_with("Shown as available"), "{:?}", subjects());
    clock.advance(HOUR);
    check(&world, &clock);
    assert!(subjects()[1].contains("Right again"), "{:?}", subjects());
}

#[test]
fn a_digest_whose_time_came_before_the_quiet_is_told_after_it() {
    let cadence = json!({"digest": ["20:58"], "quiet": ["21:00-07:00"]});
    let (world, clock) = (told_by(cadence), noon());
    check_at(&world, &clock, "2026-11-22T20:05:00Z");
    for time in ["2026-11-22T21:05:00Z", "2026-11-23T06:05:00Z"] {
        check_at(&world, &clock, time);
        assert_eq!(world.mail.mails().len(), 0, "{time}");
    }
    check_at(&world, &clock, "2026-11-23T07:05:00Z");
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn shops_that_are_checked_one_by_one_remind_each_for_itself() {
    let (mut world, clock) = (told_by(json!({"reminders": ["1h"]})), noon());
    let mut other = world.shop_config();
    other["name"] = "other".into();
    other["catalog"]["list"] = json!([{"sku": "A-1", "url": "/p/A-1", "name": "Thing of the other"}]);
    world.set("/shops/1", other);
    check(&world, &clock);
    world.write_config();
    let only = |shop: &str| {
        let config = world.folder().join("stocktruth.yaml");
        let words = ["stocktruth", "check", "--quiet", "--shop", shop, "-c"].map(std::ffi::OsString::from);
        let cli = stocktruth::cli::Cli::try_parse_from(words.into_iter().chain([config.into_os_string()]));
        stocktruth::cli::run(cli.expect("arguments"), clock.clone());
    };
    clock.advance(30 * MINUTE);
    only("shop");
    only("other");
    clock.advance(30 * MINUTE);
    only("other");
    let last = world.mail.mails().pop().expect("a reminder").text();
    assert!(last.contains("Thing A-1") && last.contains("Thing of the other"), "{last}");
}
