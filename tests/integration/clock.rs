//! Hours and days, by a clock that is moved by hand. The program is called as its `main` calls it, in this process.

use std::time::Duration;

use clap::Parser;
use serde_json::Value;
use stocktruth::cli::{Cli, Exit, run};
use stocktruth::domain::clock::Clock;

use crate::harness::{Says, World};

const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

pub(crate) fn noon() -> Clock {
    Clock::fixed("2026-11-22T12:00:00Z".parse().expect("a time"))
}

/// One check at the clock's time, and its result.
pub(crate) fn check(world: &World, clock: &Clock) -> (Exit, Value) {
    world.write_config();
    let (config, result) = (world.folder().join("stocktruth.yaml"), world.folder().join("result.json"));
    let words = ["stocktruth", "check", "--quiet", "--format", "json", "-c"].map(Into::into);
    let files = [config.into_os_string(), "--output".into(), result.clone().into_os_string()];
    let exit = run(Cli::parse_from(words.into_iter().chain(files)), clock.clone());
    let text = std::fs::read_to_string(result).expect("a result");
    (exit, serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn a_page_may_lag_for_as_long_as_grace_says() {
    let (mut world, clock) = (World::lying(), noon());
    world.set("/shops/0/grace", "15m");
    for (later, state, mails) in [(0, "suspected", 0), (14, "suspected", 0), (1, "open", 1)] {
        clock.advance(later * MINUTE);
        let (exit, result) = check(&world, &clock);
        assert_eq!(exit, if state == "open" { Exit::Mismatches } else { Exit::Agrees });
        let item = &result["items"][0];
        let since = "2026-11-22T12:00:00Z";
        assert_eq!((&item["state"], &item["since"]), (&state.into(), &since.into()));
        assert_eq!(world.mail.mails().len(), mails);
    }
}

#[test]
fn reminders_come_after_a_day_and_then_after_two() {
    let (world, clock) = (World::lying(), noon());
    for (later, mails) in [(0, 1), (1, 1), (22, 1), (1, 2), (47, 2), (1, 3)] {
        clock.advance(later * HOUR);
        check(&world, &clock);
        assert_eq!(world.mail.mails().len(), mails, "{}", clock.now());
    }
    assert!(world.mail.mails()[2].subject().starts_with("Still"));
    world.page("A-1", Says::Out);
    clock.advance(HOUR);
    assert_eq!(check(&world, &clock).0, Exit::Agrees);
    assert_eq!(world.mail.mails().len(), 4);
}

#[test]
fn the_pause_between_attempts_doubles() {
    let (mut world, clock) = (World::lying(), noon());
    world.set("/mail/retry_after", "5m").set("/mail/max_attempts", 4);
    world.mail.reply_to("all@shop.example", "451 not now");
    for (later, attempts) in [(0, 1), (4, 1), (1, 2), (9, 2), (1, 3), (19, 3), (1, 4)] {
        clock.advance(later * MINUTE);
        let (_, result) = check(&world, &clock);
        assert_eq!(world.mail.envelopes().len(), attempts, "{}", clock.now());
        assert_eq!(result["run"]["notices"]["given_up"], u64::from(attempts == 4));
    }
    world.mail.behave();
    clock.advance(HOUR);
    check(&world, &clock);
    assert_eq!(world.mail.envelopes().len(), 4, "a mailbox that refused is left alone for the reminder interval");
    clock.advance(23 * HOUR);
    check(&world, &clock);
    assert_eq!(world.mail.mails().len(), 1, "what was given up is not lost: it is written anew");
}

#[test]
fn what_is_resolved_is_kept_for_as_long_as_configured() {
    let (mut world, clock) = (World::lying(), noon());
    world.set("/store", serde_json::json!({"keep": "7d"}));
    check(&world, &clock);
    world.page("A-1", Says::Out);
    check(&world, &clock);
    let incidents = || world.count("SELECT count(*) FROM incidents");
    clock.advance(7 * 24 * HOUR - MINUTE);
    check(&world, &clock);
    assert_eq!(incidents(), 1);
    clock.advance(2 * MINUTE);
    check(&world, &clock);
    assert_eq!(incidents(), 0);
}
