//! What the tests are made of: a shop, a stock system and a mail server that do as they are told, and the real binary.

mod answer;
mod cart;
mod pages;
mod program;
mod shop;
mod smtp;
mod way;
mod world;

pub(crate) use answer::{Answer, gzip};
pub(crate) use cart::{Cart, Takes};
pub(crate) use pages::{Says, page};
pub(crate) use program::{Program, Ran, scrubbed};
pub(crate) use shop::{Route, Seen, Shop};
pub(crate) use smtp::{Mail, Smtp, Step};
pub(crate) use way::{OnTheWay, Way, feed};
pub(crate) use world::{Checked, World};

use std::io::Write as _;
use std::time::{Duration, Instant};

/// Says that a test is skipped: not by `eprintln!`, which the test harness keeps to itself when a test passes.
///
/// # Panics
/// With `CI=true`: there nothing may be skipped.
#[expect(clippy::disallowed_methods, reason = "a test that is skipped must not look like one that passed on CI")]
pub(crate) fn skipped(test: &str, why: &str) {
    let line = format!("SKIPPED: {test}: {why}");
    assert!(!std::env::var("CI").is_ok_and(|value| value == "true"), "{line}");
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Waits until something is so; fails when it is not within ten seconds.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
