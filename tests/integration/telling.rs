//! What is said of journeys, in every shape: the way, the likely cause, and what shares one.

use serde_json::{Value, json};

use crate::harness::{Says, World};

/// A shop whose feed still promises three sold-out things that their pages deny.
fn behind() -> World {
    let mut world = World::new();
    let mut feed = "id,title,availability\n".to_owned();
    for n in 1..=3 {
        world.sells(&format!("A-{n}"), Says::Out, 0);
        feed += &format!("A-{n},Thing A-{n},in_stock\n");
    }
    world.sells("B-1", Says::In, 4);
    feed += "B-1,Thing B-1,in_stock\n";
    world.file("google.csv", feed);
    world.set("/shops/0/feeds", json!([{"name": "google", "file": "google.csv"}]));
    world
}

#[test]
fn three_ads_that_lag_are_one_cause_in_every_shape() {
    let world = behind();
    let table = world.run(&["check"]);
    table.exits(10).says([
        "feed ✗  listing ·  page ✓  cart ·  → page  (google)",
        "✓ true  ✗ untrue",
        "3 items wrong, one cause: likely the feed google has not followed the stock",
        "feed        25.0%  4 items",
    ]);

    let json = world.check(&["--dry-run"]);
    let item = json.item("A-1");
    assert_eq!((&item["verdict"], &item["cause"]), (&json!("false_available"), &json!("feed_lag")));
    assert_eq!(item["promised"], json!({"touchpoint": "feed", "place": "google"}));
    assert_eq!(
        (&item["journey"]["break_point"], &item["journey"]["why"]["at"]),
        (&json!("page"), &json!("feed google"))
    );
    assert_eq!(item["journey"]["steps"][1]["verdict"], "agrees");
    let causes = &json.json["shops"][0]["causes"];
    assert_eq!((&causes[0]["cause"], &causes[0]["incidents"]), (&json!("feed_lag"), &json!(3)));

    let html = world.run(&["check", "--dry-run", "--format", "html"]);
    html.exits(10).says(["<b>3 items wrong, one cause:</b>", "the truth comes out: <b>page</b>"]);
    let junit = world.run(&["check", "--dry-run", "--format", "junit"]);
    junit.exits(10).says(["tests=\"5\" failures=\"3\"", "cause: feed lags (feed google)"]);
    let numbers = world.run(&["check", "--dry-run", "--format", "prometheus"]);
    numbers.exits(10).says(["stocktruth_cause_incidents{shop=\"shop\",cause=\"feed_lag\"} 3"]);
}

#[test]
fn incidents_and_explanations_remember_the_way() {
    let world = behind();
    world.run(&["check"]).exits(10);
    world.run(&["incidents", "show", "A-1"]).exits(0).says([
        "feed lags (feed google): it says InStock while the page says OutOfStock",
        "the customer's way",
        "feed ✗  listing ·  page ✓  cart ·",
        "the feed google says InStock",
    ]);
    let shown = world.run(&["incidents", "show", "A-1", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown.exits(0).stdout).expect("JSON");
    assert_eq!(shown["incident"]["journey"]["steps"][0]["place"], "google");
    assert_eq!(shown["page"]["availability"], "OutOfStock", "the page's own claim");
    // The page itself tells the truth; what else was seen is remembered.
    world
        .run(&["explain", "A-1"])
        .says(["the customer's way when it was last seen wrong", "feed ✗  listing ·  page ✓"]);
}
