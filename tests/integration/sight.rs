//! What could not be seen again is not right: an incident waits until the touchpoint that was wrong was seen to be right.

use serde_json::{Value, json};

use crate::harness::{Answer, Checked, Says, Shop, World, feed};

/// A sold-out product that its page denies, and a second that is there.
fn honest() -> World {
    let mut world = World::new();
    world.sells("here", Says::In, 5).sells("gone", Says::Out, 0);
    world
}

fn tile(sku: &str) -> String {
    format!("<li><a href=\"/p/{sku}\"><img src=\"/{sku}.jpg\" alt=\"\"><h3>Thing {sku}</h3></a><span>10 €</span></li>")
}

fn campaign(skus: &[&str]) -> Answer {
    let tiles: String = skus.iter().map(|sku| tile(sku)).collect();
    Answer::html(format!("<html lang=\"en\"><body><main><h1>Purim</h1><ul>{tiles}</ul></main></body></html>"))
}

fn number(checked: &Checked, name: &str) -> u64 {
    checked.json["shops"][0][name].as_u64().unwrap_or_else(|| panic!("{name} of {}", checked.json["shops"][0]))
}

/// Checks once with the lie, once blind, once with the truth. Only the last one may call it right.
fn three_looks(world: &World, path: &str, blind: Answer, mended: Answer) {
    let first = world.check(&[]);
    assert_eq!((number(&first, "opened"), number(&first, "resolved")), (1, 0), "{:?}", first.verdicts());
    world.shop.on(path, blind);
    let second = world.check(&[]);
    assert_eq!(number(&second, "resolved"), 0, "nobody saw it right: {:?}", second.verdicts());
    assert_eq!(number(&second, "out_of_sight"), 1, "and it is said");
    world.shop.on(path, mended);
    let third = world.check(&[]);
    assert_eq!((number(&third, "opened"), number(&third, "resolved")), (0, 1), "{:?}", third.verdicts());
}

#[test]
fn a_campaign_that_cannot_be_read_resolves_nothing() {
    for unreadable in [503, 403] {
        let mut world = honest();
        world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
        world.shop.on("/purim", campaign(&["here", "gone"]));
        three_looks(&world, "/purim", Answer::of_status(unreadable), campaign(&["here"]));
    }
}

#[test]
fn what_cannot_be_read_twice_in_a_row_is_told_to_operations_once() {
    let mut world = honest();
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    let told = || world.mail.mails_to("it@shop.example");
    for (round, mails) in [(1, 0), (2, 1), (3, 1)] {
        world.shop.on("/purim", Answer::of_status(404));
        world.check(&[]).exits(4);
        assert_eq!(told().len(), mails, "round {round}");
    }
    let text = told()[0].text();
    assert!(text.contains("Purim") && text.contains("404") && text.contains("validate --connect"), "{text}");
    world.shop.on("/purim", campaign(&["here"]));
    world.check(&[]).exits(0);
    world.shop.on("/purim", Answer::of_status(404));
    world.check(&[]).exits(4);
    assert_eq!(told().len(), 1, "it worked between, so this is a first time again");
    world.check(&[]).exits(4);
    assert_eq!(told().len(), 2);
}

#[test]
fn an_incident_that_moves_to_another_touchpoint_is_told_anew() {
    let mut world = honest();
    world.tells("all@shop.example");
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    world.shop.on("/purim", campaign(&["here", "gone"]));
    let told = || world.mail.mails_to("all@shop.example");
    world.check(&[]).exits(10);
    world.check(&[]).exits(10);
    assert_eq!(told().len(), 1, "it goes on: {:?}", told());
    assert!(told()[0].text().contains(&world.shop.url("/purim")), "where it is mended: {}", told()[0].text());
    world.shop.on("/purim", campaign(&["here"]));
    world.page("gone", Says::In);
    world.check(&[]).exits(10);
    assert_eq!(told().len(), 2, "now it is the page");
    assert!(told()[1].text().contains("Product page: in stock"), "{}", told()[1].text());
    assert_eq!(world.count("SELECT count(*) FROM incidents"), 1);
}

#[test]
fn what_was_out_of_sight_for_long_must_be_seen_right_as_well() {
    let mut world = honest();
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    world.page("gone", Says::In);
    world.shop.on("/purim", campaign(&["here", "gone"]));
    assert_eq!(number(&world.check(&[]), "opened"), 1, "page and campaign are wrong");
    world.shop.on("/purim", Answer::of_status(404));
    world.check(&[]);
    world.page("gone", Says::Out);
    let blind = world.check(&[]);
    assert_eq!(number(&blind, "resolved"), 0, "nobody saw the campaign since: {:?}", blind.verdicts());
    world.shop.on("/purim", campaign(&["here", "gone"]));
    let lies_still = world.check(&[]);
    assert_eq!(["opened", "resolved"].map(|what| number(&lies_still, what)), [0, 0]);
    world.shop.on("/purim", campaign(&["here"]));
    assert_eq!(number(&world.check(&[]), "resolved"), 1);
}

#[test]
fn what_the_stock_made_true_is_right_whatever_cannot_be_read() {
    let mut world = honest();
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    world.shop.on("/purim", campaign(&["here", "gone"]));
    assert_eq!(number(&world.check(&[]), "opened"), 1);
    world.stock("gone", [5]).page("gone", Says::In);
    world.shop.on("/purim", Answer::of_status(404));
    assert_eq!(number(&world.check(&[]), "resolved"), 1, "it can be bought, so no campaign can promise it falsely");
}

#[test]
fn what_is_left_when_the_first_thing_was_mended_is_told() {
    let mut world = honest();
    world.tells("all@shop.example");
    let ads = world.shop.url("/feed.xml");
    world.set("/shops/0/feeds", json!([{"name": "google", "url": ads}]));
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    let xml = |says: Says| Answer::new("application/xml", feed(&world.shop, [("here", Says::In), ("gone", says)]));
    world.shop.on("/feed.xml", xml(Says::In)).on("/purim", campaign(&["here", "gone"]));
    let told = || world.mail.mails_to("all@shop.example");
    world.check(&[]).exits(10);
    assert!(told()[0].text().contains("Shopping ad “google”: in stock"), "{}", told()[0].text());
    assert!(told()[0].text().contains(&world.shop.url("/purim")), "the campaign is linked too: {}", told()[0].text());
    world.shop.on("/feed.xml", xml(Says::Out));
    world.check(&[]).exits(10);
    assert_eq!(told().len(), 2, "the campaign promotes it still");
    assert!(told()[1].text().contains("Listing “Purim”: in stock"), "{}", told()[1].text());
    world.check(&[]).exits(10);
    assert_eq!(told().len(), 2);
}

#[test]
fn a_feed_that_cannot_be_read_to_its_end_resolves_nothing() {
    let mut world = honest();
    let ads = world.shop.url("/feed.xml");
    world.set("/shops/0/feeds", json!([{"name": "google", "url": ads}]));
    let xml = |says: Says| Answer::new("application/xml", feed(&world.shop, [("here", Says::In), ("gone", says)]));
    let torn = || {
        let whole = feed(&world.shop, [("here", Says::In)]);
        Answer::new("application/xml", whole[..whole.len() - 30].to_owned())
    };
    for broken in [Answer::of_status(404), torn()] {
        world.shop.on("/feed.xml", xml(Says::In));
        three_looks(&world, "/feed.xml", broken, xml(Says::Out));
    }
}

#[test]
fn variants_with_addresses_of_their_own_are_still_one_product() {
    let mut world = World::new();
    let variant = |sku: &str, says: &str| json!({"@type": "Product", "sku": sku, "name": sku, "offers": {"@type": "Offer", "availability": says}});
    let group = json!({"@context": "https://schema.org", "@type": "ProductGroup", "name": "Thing B", "productGroupID": "B",
        "hasVariant": [variant("B-S", "OutOfStock"), variant("B-L", "InStock")]});
    let page = format!(
        "<html lang=\"en\"><head><script type=\"application/ld+json\">{group}</script></head><body><h1>Thing B</h1></body></html>"
    );
    for (sku, left) in [("B-S", 0), ("B-L", 2)] {
        world.set("/shops/0/catalog/list/-", json!({"sku": sku, "url": format!("/p/B?variant={sku}")}));
        world.stock(sku, [left]);
    }
    world.shop.on("/p/B", Answer::html(page));
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    for link in ["B", "B?variant=B-S"] {
        world.shop.on("/purim", campaign(&[link]));
        let checked = world.check(&[]);
        let verdicts = checked.verdicts();
        assert!(verdicts.iter().all(|verdict| verdict.contains(" agrees")), "{link}: {verdicts:?}");
        let shown: Vec<&Value> =
            ["B-S", "B-L"].iter().map(|sku| &checked.item(sku)["journey"]["steps"][0]["place"]).collect();
        assert_eq!(shown, ["Purim", "Purim"], "the card speaks for both: {link}");
    }
}

#[test]
fn the_shops_headers_go_to_no_host_that_a_feed_or_a_listing_names() {
    let other = Shop::open();
    let mut world = honest();
    world.set("/shops/0/fetch/headers", json!({"X-Staging": "${STAGING}"}));
    let ads = world.shop.url("/feed.xml");
    world.set("/shops/0/feeds", json!([{"name": "google", "url": ads}]));
    world.set("/shops/0/listings", json!([{"name": "Purim", "url": "/purim", "kind": "campaign"}]));
    let ads = feed(&other, [("here", Says::In), ("only in the feed", Says::In)]);
    world.shop.on("/feed.xml", Answer::new("application/xml", ads));
    let next = format!("<a rel=\"next\" href=\"{}\">more</a>", other.url("/purim?page=2"));
    let purim = format!("<html lang=\"en\"><body><main><ul>{}</ul>{next}</main></body></html>", tile("here"));
    world.shop.on("/purim", Answer::html(purim));
    world.program(&["check"]).env("STAGING", "hdr-51ac09ff").run();
    assert!(world.shop.seen().iter().all(|seen| seen.header("x-staging") == Some("hdr-51ac09ff")));
    let elsewhere = other.seen();
    assert!(!elsewhere.is_empty(), "the ad leads there, so it is looked at");
    assert!(elsewhere.iter().all(|seen| seen.header("x-staging").is_none()), "{elsewhere:#?}");
    assert!(elsewhere.iter().all(|seen| !seen.path.starts_with("/purim")), "a listing goes on in its own shop");
}
