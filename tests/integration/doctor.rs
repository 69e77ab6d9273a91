//! The dead man's switch: what is said when checks do not happen, check nothing, or reach nobody.

use std::io::Write as _;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};
use stocktruth::cli::{Cli, Exit, run};
use stocktruth::domain::clock::Clock;

use crate::harness::{Answer, Says, World};

const ALL: &str = "all@shop.example";
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A command at the clock's time.
fn at(world: &World, clock: &Clock, args: &[&str]) -> Exit {
    world.write_config();
    let config = world.folder().join("stocktruth.yaml");
    let words = ["stocktruth"].iter().chain(args).map(Into::into);
    run(Cli::parse_from(words.chain(["-c".into(), config.into_os_string()])), clock.clone())
}

fn subjects(world: &World) -> Vec<String> {
    world.mail.mails_to("it@shop.example").iter().map(crate::harness::Mail::subject).collect()
}

/// A world in which something is checked, and whoever runs it is somebody else than the owners.
fn watched() -> World {
    let mut world = World::lying();
    world.set("/operations", json!({"email": "it@shop.example"})).set("/missed_after", "26h");
    world
}

#[test]
fn a_healthy_shop_is_a_calm_list() {
    let world = watched();
    let ran = world.run(&["doctor"]);
    ran.exits(4).says(["ok    configuration", "FAIL  database", "FAIL  last check", "none has come to its end yet"]);
    assert!(!world.database().exists(), "to look makes nothing");
    world.check(&[]).exits(10);
    let ran = world.run(&["doctor"]);
    ran.exits(0).says([
        "ok    configuration    good (1 shop: shop)",
        "ok    last check       run 1 finished ",
        "ok    what it checked  2 of 2 items verified",
        "ok    stock            1 source believed",
        "ok    run under way    none",
        "ok    notices          1 sent, 0 waiting",
        "ok    free space ",
    ]);
    assert_eq!(world.run(&["doctor", "--quiet"]).exits(0).stdout, "");
    let document: Value = serde_json::from_str(&world.run(&["doctor", "--format", "json"]).stdout).expect("JSON");
    assert_eq!((&document["format"], &document["healthy"]), (&json!("stocktruth.health"), &json!(true)));
    world.file("broken.yaml", "version: 1\n");
    world.run(&["doctor", "-c", "broken.yaml"]).exits(3);
}

#[test]
fn a_check_that_is_missed_is_told_once_and_that_it_happens_again_once() {
    let (world, clock) = (watched(), Clock::fixed("2026-11-22T12:00:00Z".parse().expect("a time")));
    assert_eq!(at(&world, &clock, &["check", "--quiet"]), Exit::Mismatches);
    assert_eq!(at(&world, &clock, &["doctor", "--tell"]), Exit::Agrees);
    assert_eq!(subjects(&world), Vec::<String>::new());
    clock.advance(27 * HOUR);
    assert_eq!(at(&world, &clock, &["doctor"]), Exit::NotEnough);
    assert_eq!(subjects(&world).len(), 0, "to look tells nobody");
    for _ in 0..3 {
        assert_eq!(at(&world, &clock, &["doctor", "--tell"]), Exit::NotEnough);
        clock.advance(HOUR);
    }
    let told = subjects(&world);
    assert!(told.len() == 1 && told[0].starts_with("Nothing has been checked since"), "{told:?}");
    assert_eq!(at(&world, &clock, &["check", "--quiet"]), Exit::Mismatches);
    assert_eq!(at(&world, &clock, &["doctor", "--tell"]), Exit::Agrees);
    assert_eq!(subjects(&world)[1..], ["Checks happen again"]);
    clock.advance(27 * HOUR);
    at(&world, &clock, &["doctor", "--tell"]);
    assert_eq!(subjects(&world).len(), 3, "it can be missed again");
}

#[test]
fn before_the_first_check_there_is_time_to_start_one() {
    let (world, clock) = (watched(), Clock::fixed("2026-11-22T12:00:00Z".parse().expect("a time")));
    for (later, mails) in [(0, 0), (25, 0), (1, 1), (1, 1)] {
        clock.advance(later * HOUR);
        assert_eq!(at(&world, &clock, &["doctor", "--tell"]), Exit::NotEnough);
        assert_eq!(subjects(&world).len(), mails, "after {later} h more");
    }
    assert_eq!(subjects(&world), ["Nothing has been checked yet"]);
}

#[test]
fn an_alarm_that_is_not_accepted_is_tried_again_without_any_check() {
    let (mut world, clock) = (watched(), Clock::fixed("2026-11-22T12:00:00Z".parse().expect("a time")));
    world.set("/mail/retry_after", "1h");
    at(&world, &clock, &["check", "--quiet"]);
    world.mail.reply_to("it@shop.example", "451 not now");
    clock.advance(27 * HOUR);
    at(&world, &clock, &["doctor", "--tell"]);
    world.mail.behave();
    at(&world, &clock, &["doctor", "--tell"]);
    assert_eq!(subjects(&world).len(), 0, "not before its pause is over");
    clock.advance(HOUR);
    at(&world, &clock, &["doctor", "--tell"]);
    assert_eq!(subjects(&world).len(), 1);
}

#[test]
fn a_check_that_checks_nothing_says_so_itself_once() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).tells(ALL).set("/operations", json!({"email": "it@shop.example"}));
    world.shop.on("/p/A-1", Answer::of_status(500));
    for _ in 0..2 {
        world.check(&[]).exits(4);
    }
    assert_eq!(subjects(&world), ["The last run checked nothing"]);
    world.run(&["doctor"]).exits(4).says(["FAIL  what it checked  0 of 1 items verified"]);
    world.page("A-1", Says::In);
    for _ in 0..2 {
        world.check(&[]).exits(0);
    }
    assert_eq!(subjects(&world), ["The last run checked nothing", "Checks happen again"]);
    assert_eq!(world.mail.mails_to(ALL).len(), 0, "the merchandisers need not know");
}

#[test]
fn what_was_given_up_and_what_hangs_is_no_health() {
    let world = watched();
    world.mail.reply_to(ALL, "550 no such user");
    world.check(&[]).exits(10);
    world.run(&["doctor"]).exits(4).says(["FAIL  notices          1 notice given up", "notices retry --dead"]);
    world.run(&["notices", "drop", "1"]).exits(0);
    world.run(&["doctor"]).exits(0);

    let mut lock = std::fs::File::create(world.folder().join("stocktruth.db.lock")).expect("the lock's file");
    let holder = json!({"pid": 4242, "host": "web", "since": "2026-01-01T00:00:00Z", "command": "stocktruth check"});
    write!(lock, "{holder}").expect("written");
    world.run(&["doctor"]).exits(0).says(["ok    run under way    none"]);
    lock.lock().expect("the lock");
    let ran = world.run(&["doctor"]);
    ran.exits(4).says(["FAIL  run under way", "process 4242 on web", "it seems to hang"]);
    assert!(ran.stdout.contains("ok    last check"), "{}", ran.stdout);
}

#[test]
fn a_stock_that_is_not_believed_is_no_health() {
    let world = watched();
    world.api.on("/stock", Answer::text("no").status(401));
    world.check(&[]).exits(4);
    let ran = world.run(&["doctor"]);
    ran.exits(4).says(["FAIL  what it checked", "FAIL  stock", "warehouse could not be read"]);
    let told = subjects(&world);
    assert!(told.len() == 1 && told[0].contains("could not be read"), "one trouble is one notice: {told:?}");
}
