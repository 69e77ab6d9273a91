//! Which pages are looked at, run by run, and which need not be read again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::clock::{HOUR, check, noon};
use crate::harness::{Answer, Program, Route, Says, World, page};

/// What the last run says of its plan.
pub(crate) fn plan(world: &World) -> Value {
    let text = world.text("SELECT json_extract(summary, '$.shops[0].plan') FROM runs ORDER BY id DESC LIMIT 1");
    serde_json::from_str(&text).expect("JSON")
}

/// The pages that were asked for since the last time this was asked, without those of the confirmation.
fn pages(world: &World, since: &mut usize) -> BTreeSet<String> {
    let seen = world.shop.seen();
    let new =
        seen.iter().skip(*since).filter(|seen| seen.path.starts_with("/p/")).map(|seen| seen.path[3..].to_owned());
    let new = new.collect();
    *since = seen.len();
    new
}

fn names(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

/// A page with an `ETag` that changes as the page does, for who asks.
fn tagged(sku: &str, says: Says) -> Route {
    let (sku, tag) = (sku.to_owned(), format!("\"{sku}-{says:?}\""));
    Route::made(move |seen| match seen.header("if-none-match") {
        Some(known) if known == tag => Answer::of_status(304).header("etag", &tag),
        _ => Answer::html(page(&sku, says)).header("etag", &tag),
    })
}

#[test]
fn the_table_says_how_many_were_not_looked_at() {
    let mut world = World::new();
    world.sells("A", Says::In, 5).sells("B", Says::In, 5).sells("C", Says::In, 5);
    world.run(&["check"]).exits(0).says(["3  agree\n"]);
    world.set("/shops/0/plan", json!({"budget": 1, "audit_within": "7d"}));
    world.run(&["check"]).exits(0).says(["1  agree\n    2  not looked at in this run\n"]);
}

#[test]
fn at_first_everything_is_looked_at_and_then_what_can_be_wrong() {
    let (mut world, clock) = (World::new(), noon());
    world.sells("plenty", Says::In, 50).sells("last", Says::In, 1).sells("none", Says::Out, 0);
    world.sells("lie", Says::In, 0).sells("denied", Says::Out, 9);
    world.set("/shops/0/plan", json!({"audit_within": "7d"}));
    let mut since = 0;
    check(&world, &clock);
    assert_eq!(pages(&world, &mut since), names(&["plenty", "last", "none", "lie", "denied"]));
    clock.advance(HOUR);
    let (_, result) = check(&world, &clock);
    assert_eq!(pages(&world, &mut since), names(&["last", "none", "lie", "denied", "plenty"]), "one of one is due");
    // A share of many pages is few of them.
    for n in 0..200 {
        world.sells(&format!("also-{n:03}"), Says::In, 50);
    }
    clock.advance(HOUR);
    check(&world, &clock);
    pages(&world, &mut since);
    clock.advance(HOUR);
    check(&world, &clock);
    let looked = pages(&world, &mut since);
    assert!(looked.is_superset(&names(&["last", "none", "lie", "denied"])) && looked.len() < 8, "{looked:?}");
    let plan = plan(&world);
    assert_eq!((&plan["pages"], &plan["left"], &plan["overdue"]), (&json!(205), &json!(0), &json!(0)));
    assert_eq!(plan["looked"], json!({"incident": 2, "sold_out": 1, "near": 1, "audit": 2}));
    assert_eq!(result["items"].as_array().map(Vec::len), Some(5));
    // What was not looked at is neither right nor unverified.
    world.stock("also-007", [0]);
    clock.advance(HOUR);
    let (_, result) = check(&world, &clock);
    let items = result["items"].as_array().expect("items");
    assert!(items.len() < 10, "{items:#?}");
    let turned = items.iter().find(|item| item["sku"] == "also-007").expect("its stock changed");
    assert_eq!(turned["verdict"], "false_available");
}

#[test]
fn a_budget_is_kept_and_the_audit_goes_round() {
    let (mut world, clock) = (World::new(), noon());
    for n in 0..40 {
        world.sells(&format!("A-{n:02}"), Says::In, 50);
    }
    world.sells("lie", Says::In, 0);
    world.set("/shops/0/plan", json!({"audit_within": "11h", "budget": 6}));
    let mut since = 0;
    let mut seen = BTreeSet::new();
    for round in 0..9 {
        check(&world, &clock);
        let looked = pages(&world, &mut since);
        assert!(looked.len() <= 6, "round {round}: {looked:?}");
        assert!(looked.contains("lie"), "round {round}: what is sold out comes before what is new");
        seen.extend(looked);
        clock.advance(HOUR);
    }
    assert_eq!(seen.len(), 41, "five a run, beside the lie");
    assert_eq!(plan(&world)["overdue"], json!(0));
    for round in 0..20 {
        check(&world, &clock);
        let looked = pages(&world, &mut since);
        assert!(looked.len() <= 6 && looked.contains("lie"), "round {round}: {looked:?}");
        let plan = plan(&world);
        assert_eq!((&plan["overdue"], &plan["left"]), (&json!(0), &json!(0)), "round {round}: {plan}");
        clock.advance(HOUR);
    }
    // Who asks for everything gets it.
    let ran = world.run(&["check", "--full", "--no-mail"]);
    ran.exits(10);
    assert_eq!(pages(&world, &mut since).len(), 41);
    assert_eq!(plan(&world)["looked"], json!({"asked": 41}));
}

#[test]
fn what_the_budget_leaves_out_is_told_and_its_incident_stays_as_it_is() {
    let (mut world, clock) = (World::new(), noon());
    for n in 0..4 {
        world.sells(&format!("lie-{n}"), Says::In, 0);
    }
    check(&world, &clock);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 4);
    world.set("/shops/0/plan", json!({"audit_within": "7d", "budget": 1}));
    for n in 0..4 {
        world.page(&format!("lie-{n}"), Says::Out);
    }
    for open in [3, 2, 1, 0] {
        clock.advance(HOUR);
        check(&world, &clock);
        assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), open);
    }
    assert_eq!(plan(&world)["left"], json!(3));
}

#[test]
fn open_incidents_do_not_hide_what_became_wrong_and_ads_are_judged_without_their_pages() {
    let (mut world, clock) = (World::new(), noon());
    for n in 0..8 {
        world.sells(&format!("old-{n}"), Says::In, 0);
        world.sells(&format!("new-{n}"), Says::Out, 0);
    }
    world.set("/shops/0/plan", json!({"audit_within": "7d"}));
    check(&world, &clock);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 8);
    // Now pages of what is sold out promise it, beside as many incidents as the budget has pages; and so do ads.
    world.set("/shops/0/plan", json!({"audit_within": "7d", "budget": 8}));
    let mut feed = "id,title,availability\n".to_owned();
    for n in 0..8 {
        world.page(&format!("new-{n}"), Says::In);
        feed += &format!(
            "old-{n},Old {n},out_of_stock\nnew-{n},New {n},{}\n",
            if n < 6 { "in_stock" } else { "out_of_stock" }
        );
    }
    world.file("google.csv", feed);
    world.set("/shops/0/feeds", json!([{"name": "google", "file": "google.csv"}]));
    let mut since = world.shop.seen().len();
    clock.advance(HOUR);
    check(&world, &clock);
    assert!(pages(&world, &mut since).len() <= 8);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 14, "all six that the ads promise");
    let feed = "SELECT json_extract(summary, '$.shops[0].touchpoints.feed.known') FROM runs ORDER BY id DESC LIMIT 1";
    assert_eq!(world.count(feed), 16, "and they count");
    for _ in 0..3 {
        clock.advance(HOUR);
        check(&world, &clock);
    }
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 16, "pages have their turn as well");
}

#[test]
fn a_page_that_is_as_it_was_is_not_sent_again_and_judged_by_what_it_said() {
    let (mut world, clock) = (World::new(), noon());
    world.lists("tag", tagged("tag", Says::Out)).stock("tag", [0]);
    world.sells("hash", Says::Out, 0);
    // Shops that put the time of the day into a page send another one each time.
    let restless = Route::made(|seen| Answer::html(page("other", Says::Out) + &format!("<!-- {:?} -->", seen.at)));
    world.lists("other", restless).stock("other", [0]);
    check(&world, &clock);
    let mut not_sent = 0;
    for _ in 0..8 {
        clock.advance(HOUR);
        let (_, result) = check(&world, &clock);
        let agrees = result["items"].as_array().expect("items").iter().filter(|item| item["verdict"] == "agrees");
        assert_eq!(agrees.count(), 3, "{result:#}");
        assert_eq!(result["items"][0]["name"], "Thing tag");
        assert_eq!(plan(&world)["unchanged"], json!(2));
        not_sent += usize::from(
            world
                .shop
                .seen()
                .iter()
                .rfind(|seen| seen.path == "/p/tag")
                .is_some_and(|seen| seen.header("if-none-match").is_some()),
        );
    }
    assert_eq!(not_sent, 6, "every fourth look is not left to the shop");
    // The stock turns and the page does not: it is read for that, and what it says is evidence again.
    world.stock("tag", [4]);
    clock.advance(HOUR);
    let (_, result) = check(&world, &clock);
    assert_eq!(result["items"][0]["verdict"], "false_unavailable", "{result:#}");
    let asked = world.shop.seen().into_iter().rfind(|seen| seen.path == "/p/tag").expect("it was looked at");
    assert_eq!(asked.header("if-none-match"), None);
    let signals = result["items"][0]["page"]["signals"].as_array();
    assert!(signals.is_some_and(|signals| signals.len() > 1), "{result:#}");
}

#[test]
fn another_rule_of_reading_reads_every_page_again() {
    let mut world = World::new();
    world.lists("tag", tagged("tag", Says::Out)).stock("tag", [0]);
    world.check(&[]).exits(0);
    world.check(&[]).exits(0);
    assert_eq!(plan(&world)["unchanged"], json!(1));
    world.set("/shops/0/page", json!({"selectors": [{"css": "h1", "says": "InStock"}]}));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdict("tag"), "false_available open");
}

#[test]
fn a_shop_whose_word_was_worth_nothing_is_not_taken_at_it_again() {
    let (mut world, clock) = (World::new(), noon());
    let promises = Arc::new(AtomicBool::new(false));
    // The tag is the product's and not the page's: it stays the same whatever the page says.
    for sku in ["A-1", "A-2", "A-3", "A-4"] {
        let promises = Arc::clone(&promises);
        let answer = move |seen: &crate::harness::Seen| {
            let says = if promises.load(Ordering::SeqCst) { Says::In } else { Says::Out };
            match seen.header("if-none-match") {
                Some(_) => Answer::of_status(304),
                None => Answer::html(page(sku, says)).header("etag", &format!("\"{sku}\"")),
            }
        };
        world.lists(sku, Route::made(answer)).stock(sku, [0]);
    }
    check(&world, &clock);
    promises.store(true, Ordering::SeqCst);
    let mut open = Vec::new();
    for _ in 0..4 {
        clock.advance(HOUR);
        check(&world, &clock);
        open.push(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"));
    }
    assert!(open[0] >= 1 && open[0] < 4, "some page is read every time: {open:?}");
    assert_eq!(open[1..], [4, 4, 4], "and then none is trusted: {open:?}");
}

#[test]
fn a_thousand_items_cost_only_the_pages_that_can_be_wrong() {
    let mut world = World::new();
    let none = |n: usize| n.is_multiple_of(20);
    for n in 0..1_000 {
        let says = if none(n) { Says::Out } else { Says::In };
        world.sells(&format!("A-{n:04}"), says, if none(n) { 0 } else { 9 });
    }
    world.set("/shops/0/plan", json!({"audit_within": "7d"}));
    world.set("/shops/0/fetch/rate", "100000/s");
    world.set("/shops/0/fetch/burst", 10_000);
    let run = |world: &World| {
        world.write_config();
        Program::in_folder(world.folder()).args(["check", "--quiet"]).run()
    };
    run(&world).exits(0);
    let all = world.shop.seen().len();
    assert!(all >= 1_000, "{all}");
    // Lies come up: of what is sold out five pages promise it.
    for n in (0..100).step_by(20) {
        world.page(&format!("A-{n:04}"), Says::In);
    }
    run(&world).exits(10);
    let asked = world.shop.seen().len() - all;
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 5);
    // 50 that can be wrong, robots.txt, one of the audit, and two more looks at each lie.
    assert!(asked <= 50 + 1 + 1 + 2 * 5, "{asked}");
}
