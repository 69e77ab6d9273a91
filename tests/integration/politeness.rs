//! A guest in the shop: everything polite, asserted on the fixture shop's own record.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Says, Shop, World, page};

/// A world with so many honest products.
fn honest(products: usize) -> World {
    let mut world = World::new();
    for n in 1..=products {
        world.sells(&format!("A-{n}"), Says::In, 1);
    }
    world
}

#[test]
fn the_rate_is_held() {
    let mut world = honest(8);
    world.set("/shops/0/fetch/rate", "10/s").set("/shops/0/fetch/burst", 2);
    world.check(&[]).exits(0);
    let seen = world.shop.seen();
    assert_eq!(seen.len(), 9, "robots.txt and eight pages");
    // Two may come at once, each of the other seven has to wait its 100 ms. On a busy machine an arrival is noted late,
    // never early, so the time between two may look shorter than it was.
    let took = seen[8].at - seen[0].at;
    assert!(took >= Duration::from_millis(500), "{took:?}");
}

#[test]
fn no_more_requests_are_under_way_than_agreed() {
    let mut world = World::new();
    for n in 1..=10 {
        let sku = format!("A-{n}");
        let slow = Answer::html(page(&sku, Says::In)).after(Duration::from_millis(60));
        world.lists(&sku, slow).stock(&sku, [1]);
    }
    world.set("/shops/0/fetch/concurrency", 3);
    world.check(&[]).exits(0);
    let most = world.shop.seen().iter().map(|seen| seen.at_once).max();
    assert_eq!(most, Some(3));
}

#[test]
fn robots_txt_comes_first_and_is_obeyed() {
    let mut world = honest(2);
    world.shop.on("/robots.txt", Answer::text("User-agent: *\nDisallow: /p/A-1\n\nUser-agent: other\nDisallow: /\n"));
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 unverified (robots_disallowed)", "A-2 agrees"]);
    let asked: Vec<_> = world.shop.seen().iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(asked, ["/robots.txt", "/p/A-2"]);
    world.set("/shops/0/fetch/robots", false);
    world.check(&[]).exits(0);
    assert_eq!(world.shop.seen_at("/p/A-1").len(), 1, "unless the configuration says otherwise");
}

#[test]
fn our_own_group_in_robots_txt_counts_and_the_longest_match_wins() {
    let world = honest(3);
    let robots = "User-agent: *\nDisallow: /\n\nUser-agent: stocktruth\nDisallow: /p/\nAllow: /p/*-2$\nAllow: /p/A-3\n";
    world.shop.on("/robots.txt", Answer::text(robots));
    let checked = world.check(&[]);
    assert_eq!(checked.verdicts(), ["A-1 unverified (robots_disallowed)", "A-2 agrees", "A-3 agrees"]);
}

#[test]
fn a_robots_txt_in_trouble_forbids_everything() {
    let world = honest(2);
    world.shop.on("/robots.txt", Answer::of_status(503));
    let checked = world.check(&[]);
    checked.exits(4);
    let reason = "unverified (robots_unreachable)";
    assert_eq!(checked.verdicts(), [format!("A-1 {reason}"), format!("A-2 {reason}")]);
    assert!(world.shop.seen().iter().all(|seen| seen.path == "/robots.txt"));
    world.run(&["check"]).says(["robots.txt"]);
}

#[test]
fn the_crawl_delay_is_honoured() {
    let world = honest(3);
    world.shop.on("/robots.txt", Answer::text("User-agent: *\nCrawl-delay: 0.5\n"));
    world.check(&[]).exits(0);
    let seen = world.shop.seen();
    let took = seen[3].at - seen[1].at;
    assert!(took >= Duration::from_millis(850), "twice half a second, not {took:?}");
}

#[test]
fn retry_after_is_waited_for_and_others_wait_too() {
    let mut world = honest(1);
    let slow_down = Answer::of_status(429).header("retry-after", "1");
    world.lists("B-1", vec![slow_down, Answer::html(page("B-1", Says::In))]).stock("B-1", [1]);
    world.set("/shops/0/fetch/retries", 1).set("/shops/0/fetch/concurrency", 1);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdict("B-1"), "agrees");
    let tries = world.shop.seen_at("/p/B-1");
    assert!(tries[1].at - tries[0].at >= Duration::from_millis(900), "{tries:#?}");
    let others = world.shop.seen().into_iter().filter(|seen| seen.at > tries[0].at && seen.at < tries[1].at);
    assert!(
        others.clone().all(|seen| seen.at - tries[0].at >= Duration::from_millis(900)),
        "{:?}",
        others.collect::<Vec<_>>()
    );
}

#[test]
fn a_longer_retry_after_than_agreed_is_not_waited_for() {
    let mut world = honest(1);
    world.lists("B-1", Answer::of_status(503).header("retry-after", "3600"));
    world.stock("B-1", [1]);
    world.set("/shops/0/fetch/max_retry_after", "2s").set("/shops/0/fetch/retries", 3);
    let checked = world.check(&[]);
    assert_eq!(checked.verdict("B-1"), "unverified (http_status)");
    assert_eq!(world.shop.seen_at("/p/B-1").len(), 1);
}

#[test]
fn a_host_that_keeps_failing_is_left_alone() {
    let mut world = honest(12);
    world.shop.on("/p/*", Answer::of_status(500));
    for n in 1..=12 {
        world.shop.on(&format!("/p/A-{n}"), Answer::of_status(500));
    }
    world.set("/shops/0/fetch/circuit_after", 3).set("/shops/0/fetch/concurrency", 1);
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["unverified"], json!({"circuit_open": 9, "http_status": 3}));
    assert_eq!(world.shop.seen().iter().filter(|seen| seen.path.starts_with("/p/")).count(), 3);
}

#[test]
fn the_user_agent_is_honest_and_names_a_contact() {
    let world = honest(1);
    world.check(&[]).exits(0);
    let expected = format!("stocktruth/{} (+it@shop.example)", env!("CARGO_PKG_VERSION"));
    for seen in world.shop.seen().iter().chain(&world.api.seen()) {
        assert_eq!(seen.header("user-agent"), Some(expected.as_str()), "{}", seen.path);
    }
}

#[test]
fn private_addresses_are_refused_unless_allowed() {
    let mut world = honest(1);
    world.set("/shops/0/fetch/allow_private", json!(["10.0.0.0/8"]));
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdicts(), ["A-1 unverified (private_address)"]);
    assert_eq!(world.shop.seen().len(), 0);
    let by_name = world.shop.url("/p/A-1").replace("127.0.0.1", "localhost");
    world.set("/shops/0/url", by_name.replace("/p/A-1", "/"));
    world.set("/shops/0/catalog/list", json!([{"sku": "A-1", "url": by_name}]));
    assert_eq!(world.check(&[]).verdicts(), ["A-1 unverified (private_address)"], "also when a name leads there");
    assert_eq!(world.shop.seen().len(), 0);
}

#[test]
fn a_redirect_does_not_lead_to_a_private_address() {
    let mut world = honest(1);
    let inner = Shop::open();
    let inside = inner.url("/admin").replace("127.0.0.1", "127.0.0.2");
    world.lists("B-1", Answer::redirect(&inside)).lists("B-2", Answer::redirect("http://169.254.169.254/latest"));
    world.stock("B-1", [1]).stock("B-2", [1]);
    let checked = world.check(&[]);
    let refused = "unverified (private_address)";
    assert_eq!((checked.verdict("B-1").as_str(), checked.verdict("B-2").as_str()), (refused, refused));
    assert_eq!(inner.seen().len(), 0);
}

#[test]
fn a_temporary_failure_is_tried_again_and_within_the_budget() {
    let mut world = honest(1);
    let pages = vec![Answer::of_status(502), Answer::of_status(503), Answer::html(page("B-1", Says::In))];
    world.lists("B-1", pages).stock("B-1", [1]);
    world.set("/shops/0/fetch/retries", 2).set("/shops/0/fetch/rate", "5/s").set("/shops/0/fetch/burst", 1);
    assert_eq!(world.check(&[]).exits(0).verdict("B-1"), "agrees");
    let seen = world.shop.seen();
    let took = seen[4].at - seen[0].at;
    assert!(took >= Duration::from_millis(650), "four times 200 ms, retries included, not {took:?}");
}

#[test]
fn packed_answers_are_asked_for_and_read() {
    let mut world = honest(1);
    world.lists("B-1", Answer::html(page("B-1", Says::In)).gzipped()).stock("B-1", [1]);
    assert_eq!(world.check(&[]).exits(0).verdict("B-1"), "agrees");
    let seen = &world.shop.seen_at("/p/B-1")[0];
    let accepted = seen.header("accept-encoding").unwrap_or_default().to_owned();
    assert!(["gzip", "br", "zstd", "deflate"].iter().all(|one| accepted.contains(one)), "{accepted}");
}

#[test]
fn both_hosts_have_budgets_of_their_own() {
    let mut world = honest(4);
    world.set("/shops/0/stock/http_json/fetch/rate", "1/s").set("/shops/0/stock/http_json/fetch/burst", 1);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.json["shops"][0]["page_requests"], 5, "robots.txt and four pages");
    assert_eq!(
        checked.json["shops"][0]["stock_requests"], 1,
        "the stock system's robots.txt is not asked: it is the shop's own"
    );
}
