//! `check`: verdicts, formats, choices on the command line, exit codes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Says, World, page};

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
