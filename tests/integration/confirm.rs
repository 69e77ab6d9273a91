//! A mismatch is one that was wrong on every look; what healed in between is never told.

use serde_json::json;

use crate::harness::{Answer, Route, Says, World, page};

#[test]
fn stock_that_moved_while_the_page_loaded_is_no_mismatch() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 0).sells("A-2", Says::Out, 1).tells("all@shop.example");
    world.sells("A-3", Says::In, 1).sells("A-4", Says::In, 1);
    world.stock("A-1", [0, 5]);
    world.stock("A-2", [1, 0]);
    let checked = world.check(&[]);
    checked.exits(0);
    let moved = "unverified (moved)";
    assert_eq!((checked.verdict("A-1").as_str(), checked.verdict("A-2").as_str()), (moved, moved));
    assert_eq!(checked.item("A-1")["stock"]["sellable"], "5", "what is shown is what was seen last");
    assert_eq!(world.mail.mails().len(), 0);
    assert_eq!(world.shop.seen_at("/p/A-1").len(), 1, "the page need not be looked at again");
}

#[test]
fn the_stock_is_read_before_the_page_and_again_after_it() {
    let mut world = World::lying();
    world.set("/shops/0/fetch/robots", false);
    world.check(&[]).exits(10);
    let asked: Vec<_> = world.api.seen().iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(asked, ["/stock", "/stock/A-1", "/stock/A-1"]);
    let looks: Vec<_> = world.shop.seen_at("/p/A-1").iter().map(|seen| seen.bypasses_caches()).collect();
    assert_eq!(looks, [false, false, true], "once, once more as a customer, once past the caches");
    assert_eq!(world.shop.seen_at("/p/A-2").len(), 1, "what is right is asked for once");
}

#[test]
fn a_page_that_healed_in_between_is_no_mismatch() {
    let mut world = World::new();
    let pages = vec![Answer::html(page("A-1", Says::In)), Answer::html(page("A-1", Says::Out))];
    world.sells("A-2", Says::In, 1).lists("A-1", pages).stock("A-1", [0]);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 unverified (moved)", "A-2 agrees"]);
}

#[test]
fn a_page_that_cannot_be_seen_again_is_no_mismatch() {
    let mut world = World::new();
    world.sells("A-2", Says::In, 5);
    world.lists("A-1", vec![Answer::html(page("A-1", Says::In)), Answer::of_status(503)]).stock("A-1", [0]);
    let checked = world.check(&[]);
    checked.exits(0);
    assert!(checked.verdict("A-1").starts_with("unverified"), "{}", checked.verdict("A-1"));
}

#[test]
fn what_only_a_bypassed_cache_heals_is_a_mismatch_of_the_page_cache() {
    let mut world = World::new();
    let cached = Route::cached(&page("A-1", Says::In), &page("A-1", Says::Out));
    world.lists("A-1", cached).stock("A-1", [0]);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 false_available (page_cache) open"]);
    assert_eq!(checked.item("A-1")["page"]["cache"], json!({"age_seconds": 5400, "status": "X-Cache: HIT"}));
}

#[test]
fn the_second_look_comes_after_the_configured_time() {
    let mut world = World::lying();
    world.set("/shops/0/confirm_after", "700ms");
    world.check(&[]).exits(10);
    let looks = world.shop.seen_at("/p/A-1");
    let pause = looks[1].at - looks[0].at;
    assert!(pause.as_millis() >= 600, "{pause:?}");
}

#[test]
fn within_grace_a_mismatch_is_suspected_and_nobody_is_told() {
    let mut world = World::lying();
    world.set("/shops/0/grace", "1h");
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdict("A-1"), "false_available suspected");
    assert_eq!(world.mail.mails().len(), 0);
    world.run(&["check"]).exits(0).says(["in grace", "1 still within grace"]);

    world.set("/shops/0/grace", "1ms");
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdict("A-1"), "false_available open");
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn what_heals_within_grace_is_forgotten() {
    let mut world = World::lying();
    world.set("/shops/0/grace", "1h");
    world.check(&[]).exits(0);
    world.page("A-1", Says::Out);
    let healed = world.check(&[]);
    assert_eq!((healed.verdict("A-1").as_str(), &healed.json["shops"][0]["suspected"]), ("agrees", &json!(0)));
    world.page("A-1", Says::In).stock("A-1", [0]);
    world.set("/shops/0/grace", "0s");
    let opened = world.check(&[]);
    assert_eq!(opened.json["shops"][0]["opened"], 1);
    assert_eq!(world.mail.mails().len(), 1, "only what opened was told, and its healing before never was");
}
