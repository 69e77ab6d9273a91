//! How long a page takes to follow the stock, how often it is right, and what is said where that is less than wanted.

use std::time::Duration;

use serde_json::{Value, json};
use stocktruth::cli::Exit;

use crate::clock::{HOUR, check, noon};
use crate::harness::{Answer, Says, World, feed};

const MINUTE: Duration = Duration::from_secs(60);

/// What the last run says of the shop in numbers, by its path.
fn last(world: &World, path: &str) -> Value {
    let sql = format!("SELECT json_extract(summary, '$.shops[0].{path}') FROM runs ORDER BY id DESC LIMIT 1");
    serde_json::from_str(&world.text(&sql)).expect("JSON")
}

/// How the pages keep their promises, by the last run.
fn pages(world: &World) -> Value {
    last(world, "touchpoints.page")
}

fn lags(world: &World) -> Vec<(i64, Option<i64>)> {
    world.pairs("SELECT at_least / 60000, at_most / 60000 FROM lags ORDER BY turned_by, item_key")
}

#[test]
fn a_lag_is_what_was_seen_between_two_runs() {
    let (mut world, clock) = (World::new(), noon());
    world.sells("quick", Says::In, 5).sells("slow", Says::In, 5);
    world.set("/shops/0/grace", "2h");
    check(&world, &clock);
    assert_eq!(pages(&world)["followed"], json!(0), "nothing has turned yet");
    world.stock("quick", [0]).stock("slow", [0]).page("quick", Says::Out);
    clock.advance(HOUR);
    check(&world, &clock);
    // Some time in this hour: the one may have taken all of it, the other may have turned just now.
    assert_eq!(lags(&world), [(0, Some(60)), (0, None)]);
    for _ in 0..2 {
        clock.advance(30 * MINUTE);
        check(&world, &clock);
    }
    assert_eq!(lags(&world), [(0, Some(60)), (60, None)], "still wrong an hour after it was surely so");
    let page = pages(&world);
    assert_eq!((&page["followed"], &page["behind"]), (&json!(1), &json!(1)));
    assert_eq!((&page["lag_p50"], &page["lag_p95"]), (&json!(0), &json!(3600)));
    world.page("slow", Says::Out);
    clock.advance(30 * MINUTE);
    check(&world, &clock);
    assert_eq!(lags(&world), [(0, Some(60)), (60, Some(150))]);
    // That it is wrong later is no lag of this turn.
    world.page("slow", Says::In);
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!(lags(&world), [(0, Some(60)), (60, Some(150))]);
}

#[test]
fn a_stock_system_that_knows_since_when_is_believed() {
    let (mut world, clock) = (World::new(), noon());
    world.sells("slow", Says::In, 5);
    world.set("/shops/0/grace", "2h");
    world.set("/shops/0/stock/changed_at", "changed");
    world.set("/shops/0/stock/http_json/fields/changed", "$.changed");
    let says = |available: i64, changed: &str| {
        let all = json!({"items": [{"sku": "slow", "available": available, "changed": changed}]});
        world.api.on("/stock", Answer::json(&all));
        world.api.on("/stock/slow", Answer::json(&all));
    };
    says(5, "2026-11-20T00:00:00Z");
    check(&world, &clock);
    says(0, "2026-11-22T12:20:00Z");
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!(lags(&world), [(40, None)]);
    world.page("slow", Says::Out);
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!(lags(&world), [(40, Some(100))]);
}

#[test]
fn a_turn_that_was_undone_is_nothing_to_follow() {
    let (mut world, clock) = (World::new(), noon());
    world.sells("A-1", Says::In, 5);
    world.set("/shops/0/grace", "2d");
    check(&world, &clock);
    let counts = |world: &World| ["followed", "behind", "lag_p95"].map(|key| pages(world)[key].clone());
    for (left, counted) in [(0, [json!(0), json!(1), json!(0)]), (5, [json!(1), json!(0), json!(0)])] {
        world.stock("A-1", [left]);
        clock.advance(HOUR);
        check(&world, &clock);
        assert_eq!(counts(&world), counted, "{left} left");
    }
    // Late for hours, and then overtaken: that hour of lag is of a turn that is no more.
    world.stock("A-1", [0]);
    for late in [0, 7200] {
        clock.advance(2 * HOUR);
        check(&world, &clock);
        assert_eq!(counts(&world), [json!(1), json!(1), json!(late)]);
    }
    world.stock("A-1", [5]);
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!(counts(&world), [json!(2), json!(0), json!(0)]);
}

#[test]
fn what_was_not_read_is_no_kept_promise() {
    let lies = |world: &mut World| {
        world.sells("A", Says::In, 5).sells("B", Says::Out, 0).sells("C", Says::Out, 0);
        world.set("/shops/0/grace", "7d").set("/shops/0/targets", json!({"truth_rate": "90%"}));
    };
    let kept = |world: &World, at: &str| {
        let (at, missed) = (last(world, &format!("touchpoints.{at}")), last(world, "targets_missed"));
        [at["known"].as_u64(), at["true_now"].as_u64(), missed.as_array().map(|missed| missed.len() as u64)]
    };

    let (mut world, clock) = (World::new(), noon());
    lies(&mut world);
    let ads = world.shop.url("/feed.xml");
    world.set("/shops/0/feeds", json!([{"name": "google", "url": ads}]));
    let all = feed(&world.shop, [("A", Says::In), ("B", Says::In), ("C", Says::In)]);
    let torn = all.split("<item><g:id>B").next().expect("a beginning").to_owned();
    let honest = feed(&world.shop, [("A", Says::In)]);
    for (xml, expected) in [(all, [3, 1, 1]), (torn, [3, 1, 1]), (honest, [1, 1, 0])] {
        world.shop.on("/feed.xml", Answer::new("application/xml", xml));
        clock.advance(HOUR);
        check(&world, &clock);
        assert_eq!(kept(&world, "feed"), expected.map(Some));
    }

    let (mut world, clock) = (World::new(), noon());
    lies(&mut world);
    world.set("/shops/0/listings", json!([{"name": "Purim", "urls": ["/one", "/two"], "kind": "campaign"}]));
    let shows = |skus: &[&str]| {
        let cards: String = skus.iter().map(|sku| format!("<li><a href=\"/p/{sku}\">Thing {sku}</a></li>")).collect();
        Answer::html(format!("<html lang=\"en\"><body><main><ul>{cards}</ul></main></body></html>"))
    };
    world.shop.on("/one", shows(&["A"]));
    for (two, expected) in
        [(shows(&["A", "B", "C"]), [3, 1, 1]), (Answer::of_status(503), [3, 1, 1]), (shows(&["A"]), [1, 1, 0])]
    {
        world.shop.on("/two", two);
        clock.advance(HOUR);
        check(&world, &clock);
        assert_eq!(kept(&world, "listing"), expected.map(Some));
    }
}

#[test]
fn how_many_tell_the_truth_is_known_of_what_was_not_looked_at_too() {
    let (mut world, clock) = (World::new(), noon());
    for n in 0..100 {
        world.sells(&format!("A-{n:02}"), Says::In, 50);
    }
    world.sells("lie", Says::In, 0);
    world.set("/shops/0/plan", json!({"audit_within": "7d"}));
    check(&world, &clock);
    clock.advance(HOUR);
    check(&world, &clock);
    let page = pages(&world);
    let counts = ["known", "true_now", "items", "agreed"].map(|key| page[key].as_i64().unwrap_or(-1));
    assert_eq!(counts[..2], [101, 100]);
    assert!(counts[2] < 5 && counts[3] == counts[2] - 1, "{page}");
    // What turned and was not seen since is not known. The incident and the budget leave no room for it.
    world.stock("A-50", [0]);
    world.set("/shops/0/plan/budget", 1);
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!((&pages(&world)["known"], &pages(&world)["true_now"]), (&json!(100), &json!(99)));
}

#[test]
fn a_missed_target_ends_the_run_with_its_own_code_and_is_told_once() {
    let (mut world, clock) = (World::new(), noon());
    for sku in ["A-1", "A-2", "A-3", "A-4"] {
        world.sells(sku, Says::In, 5);
    }
    world.tells("all@shop.example");
    world.set("/operations", json!({"email": "it@shop.example"}));
    world.set("/shops/0/grace", "7d").set("/shops/0/targets", json!({"truth_rate": "90%", "lag_p95": "45m"}));
    assert_eq!(check(&world, &clock).0, Exit::Agrees);
    world.stock("A-1", [0]);
    clock.advance(HOUR);
    assert_eq!(check(&world, &clock).0, Exit::Agrees, "one of four is no rate, and it may have turned just now");
    clock.advance(HOUR);
    assert_eq!(check(&world, &clock).0, Exit::TargetMissed, "an hour is proved");
    let told = || world.mail.mails_to("it@shop.example");
    assert_eq!(told().len(), 1);
    assert!(told()[0].text().contains("60 minutes") && told()[0].text().contains("45m"), "{}", told()[0].text());
    clock.advance(HOUR);
    assert_eq!(check(&world, &clock).0, Exit::TargetMissed);
    assert_eq!(told().len(), 1, "once");
    world.stock("A-2", [0]);
    clock.advance(10 * MINUTE);
    assert_eq!(check(&world, &clock).0, Exit::TargetMissed);
    assert_eq!(told().len(), 2, "that is another target");
    assert!(told()[1].text().contains("2 of 4 items") && told()[1].text().contains("90%"), "{}", told()[1].text());
    // As the binary says it.
    let ran = world.run(&["check", "--no-mail"]);
    assert!(matches!(ran.code, Some(10 | 11)), "{ran:?}");
    for sku in ["A-1", "A-2"] {
        world.page(sku, Says::Out);
    }
    clock.advance(8 * 24 * HOUR);
    assert_eq!(check(&world, &clock).0, Exit::Agrees, "the lag is of another week");
    assert_eq!(told().len(), 2, "that all is well again is no news");
}
