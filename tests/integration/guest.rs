//! A guest on the whole way: lists and carts are visited as politely as pages, and a cart only where its owner said so.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, OnTheWay, Seen, Way};

/// So many items that are what everything says of them.
fn honest<'a>(skus: &[&'a str]) -> Vec<OnTheWay<'a>> {
    skus.iter().map(|sku| (*sku, [Some(true); 4], Some(5))).collect()
}

const FOUR: [&str; 4] = ["A-1", "A-2", "A-3", "A-4"];

fn at<'a>(seen: &'a [Seen], path: &str) -> Vec<&'a Seen> {
    seen.iter().filter(|seen| seen.path == path).collect()
}

#[test]
fn lists_and_pages_share_the_rate_of_their_host() {
    let mut way = Way::with(&honest(&FOUR));
    way.world.set("/shops/0/cart", json!(null));
    way.world.set("/shops/0/fetch/rate", "10/s").set("/shops/0/fetch/burst", 1);
    way.check().exits(0);
    let seen = way.world.shop.seen();
    assert_eq!((seen.len(), at(&seen, "/all").len()), (6, 1), "robots.txt, the list once, and four pages");
    let took = seen[5].at - seen[0].at;
    assert!(took >= Duration::from_millis(450), "five times 100 ms, not {took:?}");
}

#[test]
fn a_list_that_robots_txt_forbids_is_left_alone_and_said_to_be() {
    let mut way = Way::with(&honest(&FOUR));
    way.world.set("/shops/0/cart", json!(null));
    way.world.shop.on("/robots.txt", Answer::text("User-agent: *\nDisallow: /all\n"));
    let checked = way.check();
    assert_eq!(checked.verdicts(), FOUR.map(|sku| format!("{sku} agrees")));
    assert_eq!(at(&way.world.shop.seen(), "/all").len(), 0);
    way.world.run(&["check"]).says(["all things", "robots.txt"]);
}

#[test]
fn a_list_that_asks_for_patience_gets_it() {
    let mut way = Way::with(&honest(&FOUR[..1]));
    way.world.set("/shops/0/cart", json!(null)).set("/shops/0/fetch/retries", 1);
    let list = "<html><body><ul><li><a href=\"/p/A-1\">Thing A-1</a> In stock</li></ul></body></html>";
    let slow_down = Answer::of_status(429).header("retry-after", "1");
    way.world.shop.on("/all", vec![slow_down, Answer::html(list)]);
    way.check().exits(0);
    let seen = way.world.shop.seen();
    let tries = at(&seen, "/all");
    assert!(tries[1].at - tries[0].at >= Duration::from_millis(900), "{tries:#?}");
    let between = seen.iter().filter(|seen| seen.at > tries[0].at && seen.at < tries[1].at);
    assert_eq!(between.count(), 0, "nobody else asks meanwhile");
}

#[test]
fn no_cart_is_touched_unless_its_owner_said_so() {
    let mut way = Way::with(&[("A-1", [Some(true); 4], Some(0)), ("A-2", [Some(true); 4], Some(5))]);
    way.world.set("/shops/0/cart", json!(null));
    way.check().exits(10);
    let touched: Vec<_> = way.world.shop.seen().into_iter().filter(|seen| seen.method != "GET").collect();
    assert!(touched.is_empty() && way.cart.visitors() == 0, "{touched:#?}");
}

#[test]
fn carts_are_visited_at_a_rate_of_their_own() {
    let mut way = Way::with(&honest(&FOUR));
    way.world.set("/shops/0/cart/rate", "4/s");
    way.check().exits(0);
    let seen = way.world.shop.seen();
    let adds = at(&seen, "/cart/add.js");
    assert_eq!(adds.len(), 4);
    let took = adds[3].at - adds[0].at;
    assert!(took >= Duration::from_millis(650), "three times 250 ms, not {took:?}");
    assert!(seen.iter().all(|seen| !seen.path.contains("checkout")));
}

#[test]
fn only_so_many_suspects_and_others_are_probed() {
    let lies = ["B-1", "B-2", "B-3"].map(|sku| (sku, [Some(true), Some(true), Some(true), Some(false)], Some(0)));
    let mut way = Way::with(&[honest(&FOUR), lies.to_vec()].concat());
    way.world.set("/shops/0/cart/suspects", 2).set("/shops/0/cart/sample", 1);
    way.check().exits(10);
    assert_eq!(way.cart.visitors(), 3);
}

#[test]
fn a_cart_that_wants_to_be_left_alone_accuses_nobody() {
    let way = Way::with(&honest(&FOUR));
    way.world.shop.on("/cart/add.js", Answer::of_status(429).header("retry-after", "3600"));
    let checked = way.check();
    // What the cart says of all of them is not known, so the run did not do all it should.
    checked.exits(4);
    assert_eq!(checked.verdicts(), FOUR.map(|sku| format!("{sku} agrees")));
    assert_eq!(at(&way.world.shop.seen(), "/cart/add.js").len(), FOUR.len(), "nothing is asked twice");
}

#[test]
fn what_could_not_be_taken_out_of_a_cart_is_said_loudly() {
    let way = Way::with(&honest(&FOUR[..1]));
    for path in ["/cart/change.js", "/cart/clear.js"] {
        way.world.shop.on(path, Answer::of_status(500));
    }
    let checked = way.world.check(&[]);
    assert_eq!(way.cart.left().len(), 1, "this shop keeps it");
    let left = &checked.json["shops"][0]["probes"]["not_cleaned"];
    assert!(left[0].as_str().is_some_and(|line| line.contains("A-1")), "{left:#}");
    way.world.run(&["check"]).says(["A-1", "cart"]);
}
