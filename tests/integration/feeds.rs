//! The feed touchpoint, through the program: what shopping ads promise, beside the catalogue or as the catalogue.

use serde_json::{Value, json};

use crate::harness::{Answer, Checked, Route, Says, World, gzip, page};

/// An entry of a feed in RSS.
fn ad(world: &World, id: &str, availability: &str, more: &str) -> String {
    let link = world.shop.url(&format!("/p/{id}"));
    format!(
        "<item><g:id>{id}</g:id><title>Thing {id}</title><link>{link}</link>\
         <g:availability>{availability}</g:availability>{more}</item>"
    )
}

fn rss(items: &[String]) -> String {
    format!(
        "<?xml version='1.0'?><rss version='2.0' xmlns:g='http://base.google.com/ns/1.0'><channel>{}</channel></rss>",
        items.concat()
    )
}

/// A shop that sells three items, of which the last is sold out and says so, and a feed.
fn with_feed(feed: impl FnOnce(&World) -> Vec<String>) -> World {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).sells("A-2", Says::In, 5).sells("A-3", Says::Out, 0);
    let feed = rss(&feed(&world));
    world.shop.on("/feed.xml.gz", Answer::new("application/gzip", gzip(feed.as_bytes())));
    let url = world.shop.url("/feed.xml.gz");
    world.set("/shops/0/feeds", json!([{"name": "google", "url": url}]));
    world
}

fn feed_of(checked: &Checked) -> &Value {
    &checked.json["shops"][0]["feeds"][0]
}

fn figures<const N: usize>(checked: &Checked, names: [&str; N]) -> [u64; N] {
    let feed = feed_of(checked);
    names.map(|name| feed[name].as_u64().unwrap_or_else(|| panic!("{name} in {feed:#}")))
}

#[test]
fn an_ad_that_promises_what_is_sold_out_is_found_though_its_page_is_right() {
    let world = with_feed(|world| ["A-1", "A-2", "A-3"].map(|id| ad(world, id, "in stock", "")).to_vec());
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 false_available (feed_lag) open"]);
    let because = checked.item("A-3")["because"].as_str().unwrap_or_default().to_owned();
    assert!(because.contains("google"), "{because}");
    assert_eq!(figures(&checked, ["entries", "unlisted", "troubles"]), [3, 0, 0]);
    assert_eq!(world.shop.seen_at("/feed.xml.gz").len(), 2, "once, and once more before anybody is accused");
}

#[test]
fn a_feed_that_tells_the_truth_accuses_nobody() {
    let world = with_feed(|world| {
        vec![ad(world, "A-1", "in_stock", ""), ad(world, "A-2", "InStock", ""), ad(world, "A-3", "out of stock", "")]
    });
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 agrees"]);
    assert_eq!(world.shop.seen_at("/feed.xml.gz").len(), 1);
}

#[test]
fn what_is_paused_or_expired_promises_nothing() {
    let world = with_feed(|world| {
        let expired = "<g:expiration_date>2020-01-01</g:expiration_date>";
        vec![
            ad(world, "A-3", "in stock", "<g:pause>ads</g:pause>"),
            ad(world, "A-1", "out of stock", expired),
            ad(world, "A-9", "in stock", expired),
        ]
    });
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 agrees"]);
    assert_eq!(figures(&checked, ["entries", "withheld", "unlisted"]), [3, 3, 0]);
}

#[test]
fn a_feed_that_was_put_right_in_between_is_no_mismatch() {
    let world = with_feed(|_| Vec::new());
    let wrong = rss(&[ad(&world, "A-3", "in stock", ""), ad(&world, "A-1", "in stock", "")]);
    for right in [vec![ad(&world, "A-1", "in stock", "")], vec![ad(&world, "A-3", "out of stock", "")]] {
        let answers = [wrong.clone(), rss(&right)].map(|text| Answer::new("text/xml", text));
        world.shop.on("/feed.xml.gz", answers.to_vec());
        let checked = world.check(&[]);
        checked.exits(0);
        assert_eq!(checked.verdict("A-3"), "agrees");
    }
}

#[test]
fn a_feed_that_has_not_changed_need_not_be_sent_again() {
    let world = with_feed(|_| Vec::new());
    let text = rss(&[ad(&world, "A-3", "in stock", "")]);
    world.shop.on(
        "/feed.xml.gz",
        Route::made(move |seen| match seen.header("if-none-match") {
            Some("\"v1\"") => Answer::of_status(304),
            _ => Answer::new("text/xml", text.clone()).header("etag", "\"v1\""),
        }),
    );
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdict("A-3"), "false_available (feed_lag) open");
    let asked: Vec<_> =
        world.shop.seen_at("/feed.xml.gz").iter().map(|seen| seen.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(asked, [None, Some("\"v1\"".to_owned())]);
}

#[test]
fn a_supplemental_feed_has_the_last_word() {
    let mut world = with_feed(|world| ["A-1", "A-3"].map(|id| ad(world, id, "in stock", "")).to_vec());
    world.file("sold-out.tsv", "id\tavailability\nA-3\tout of stock\n");
    world.set("/shops/0/feeds/0/supplemental", json!([{"file": "sold-out.tsv"}]));
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdict("A-3"), "agrees");
    world.file("sold-out.tsv", "");
    let checked = world.check(&[]);
    checked.exits(4);
    assert!(feed_of(&checked)["failed"].as_str().is_some_and(|why| why.contains("sold-out.tsv: is empty")));
}

#[test]
fn local_inventory_promises_what_any_store_has() {
    let mut world = with_feed(|_| Vec::new());
    // The rows of an item need not stand together.
    let rows = "store code\tid\tquantity\tavailability\nHaifa\tA-3\t0\tout of stock\nHaifa\tA-1\t0\tout of stock\n\
                Acre\tA-3\t2\tin stock\nAcre\tA-1\t1\tlimited availability\nEilat\tA-3\t1\tin stock\n";
    world.file("stores.tsv", rows);
    world.set("/shops/0/feeds", json!([{"name": "stores", "file": "stores.tsv", "kind": "local"}]));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 false_available (feed_lag) open"]);
    assert_eq!(figures(&checked, ["entries", "duplicates", "troubles"]), [5, 0, 0]);
}

#[test]
fn an_item_without_a_page_is_looked_at_again_in_its_feed() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).stock("S-1", [0]);
    for (second, exit, expected) in
        [("in stock", 10, "S-1 false_available open"), ("out of stock", 0, "S-1 unverified (no_url)")]
    {
        let text = |says: &str| Answer::new("text/tab-separated-values", format!("id\tavailability\nS-1\t{says}\n"));
        world.shop.on("/stores.tsv", vec![text("in stock"), text(second)]);
        let url = world.shop.url("/stores.tsv");
        world.set("/shops/0/feeds", json!([{"name": "stores", "url": url, "kind": "local"}]));
        let checked = world.check(&["--dry-run"]);
        checked.exits(exit);
        assert!(
            checked.verdicts().iter().any(|verdict| expected.starts_with(verdict.as_str())),
            "{:?}",
            checked.verdicts()
        );
        let table = world.run(&["check", "--dry-run"]);
        assert!(table.stdout.contains("S-1") || exit == 0, "{}", table.stdout);
    }
}

#[test]
fn an_ad_for_what_the_catalogue_does_not_list_is_checked_too() {
    let world = with_feed(|world| vec![ad(world, "A-1", "in stock", ""), ad(world, "X-1", "in stock", "")]);
    world.shop.on("/p/X-1", page("X-1", Says::In));
    world.stock("X-1", [0]);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdict("X-1"), "false_available open");
    assert_eq!(figures(&checked, ["entries", "unlisted"]), [2, 1]);
    assert_eq!(checked.json["shops"][0]["items"], 4);
    let one = world.check(&["--sku", "A-1"]);
    one.exits(0);
    assert_eq!(one.verdicts(), ["A-1 agrees"], "who asks for one item is not shown another");
    let unlisted = world.check(&["--sku", "X-1"]);
    unlisted.exits(10);
    assert_eq!(unlisted.items().len(), 1);
}

#[test]
fn items_are_found_by_id_by_number_and_by_page() {
    let mut world = with_feed(|_| Vec::new());
    world.set("/shops/0/catalog/list/1/gtin", "4006381333931");
    let link = |path: &str| world.shop.url(path);
    let rows = [
        "id,availability,gtin,item_group_id,link".to_owned(),
        format!("shopify_IL_1_A-1,in stock,,,{}", link("/elsewhere")),
        format!("n2,in stock,04006381333931,,{}", link("/elsewhere")),
        format!("n3,in stock,,,{}", link("/p/A-3?utm_source=google#top")),
        // Variants share a page: which of them the catalogue's item is cannot be known.
        format!("n4,in stock,,G,{}", link("/p/A-3")),
    ];
    world.shop.on("/elsewhere", page("A-1", Says::In));
    world.file("feed.csv", rows.join("\n"));
    world.set(
        "/shops/0/feeds",
        json!([{"name": "meta", "file": "feed.csv", "id": {"pattern": "^(?:shopify_IL_1_)?(.+)$"}}]),
    );
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(
        checked.verdicts(),
        ["A-1 agrees", "A-2 agrees", "A-3 false_available (feed_lag) open", "n4 contradictory open"]
    );
    assert_eq!(figures(&checked, ["entries", "unlisted", "links", "links_looked", "links_dead"]), [4, 1, 2, 2, 0]);
}

#[test]
fn an_ad_that_leads_nowhere_is_gone_there() {
    let world = with_feed(|world| {
        let lead = |id: &str, path: &str| ad(world, id, "in stock", "").replace(&format!("/p/{id}"), path);
        let phone = |path: &str| format!("<g:mobile_link>{}</g:mobile_link>", world.shop.url(path));
        vec![lead("A-1", "/old/A-1"), ad(world, "A-2", "in stock", &phone("/m/A-2")), lead("A-3", "/old/A-3")]
    });
    world.shop.on("/old/A-1", Answer::of_status(404));
    world.shop.on("/m/A-2", Answer::of_status(302).header("location", "/"));
    world.shop.on("/", "<html><body><h1>Welcome</h1></body></html>".to_owned());
    world.shop.on("/old/A-3", page("A-3", Says::Out));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 gone open", "A-2 gone open", "A-3 false_available (feed_lag) open"]);
    assert_eq!(figures(&checked, ["links", "links_looked", "links_dead"]), [3, 3, 2]);
    assert_eq!(world.shop.seen_at("/old/A-1").len(), 2, "once, and once more before anybody is accused");
}

#[test]
fn a_feed_is_a_catalogue_and_a_touchpoint_at_the_same_time() {
    let mut world = World::new();
    let rows = ["A-1\tin stock", "A-2\tout of stock", "A-2\tin stock", "A-3\tin stock", "A-4\twho knows"];
    let mut feed = "id\tavailability\tlink\ttitle\tbrand\tprice\tmobile link\n".to_owned();
    for row in rows {
        let id = &row[..3];
        let mobile = if id == "A-1" { "/m/A-1" } else { "" };
        feed.push_str(&format!("{row}\t/p/{id}\tThing {id}\tAcme\t12,90 EUR\t{mobile}\n"));
        world.shop.on(&format!("/p/{id}"), page(id, Says::In));
        world.stock(id, [4]);
    }
    world.shop.on("/p/A-3", page("A-3", Says::Out));
    world.stock("A-3", [0]);
    world.file("feed.tsv", feed);
    world.set("/shops/0/catalog", json!({"feed": {"name": "google", "file": "feed.tsv"}}));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(
        checked.verdicts(),
        ["A-1 gone open", "A-2 false_unavailable (feed_lag) open", "A-3 false_available (feed_lag) open", "A-4 agrees"]
    );
    assert_eq!(checked.item("A-1")["brand"], "Acme");
    let shop = &checked.json["shops"][0];
    assert_eq!((shop["items"].as_u64(), shop["catalogue_duplicates"].as_u64()), (Some(4), Some(1)));
    let examples = feed_of(&checked)["examples"].to_string();
    assert!(examples.contains("line 6: A-4: `who knows` is no availability that is known"), "{examples}");
}

#[test]
fn a_broken_feed_is_told_and_the_rest_checked() {
    let mut world = with_feed(|world| vec![ad(world, "A-3", "in stock", ""), ad(world, "A-1", "in stock", "")]);
    let whole = rss(&[ad(&world, "A-3", "in stock", ""), ad(&world, "A-1", "in stock", "")]);
    world.file("broken.xml", &whole[..whole.len() - 90]);
    for broken in [
        json!({"name": "meta", "file": "broken.xml"}),
        json!({"name": "meta", "file": "nowhere.xml"}),
        json!({"name": "meta", "url": world.shop.url("/nothing.xml")}),
    ] {
        let google = world.shop_config()["feeds"][0].clone();
        world.set("/shops/0/feeds", json!([broken, google]));
        let checked = world.check(&[]);
        checked.exits(4);
        assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 false_available (feed_lag) open"]);
        let failed = feed_of(&checked)["failed"].to_string();
        assert!(
            failed.contains("broken.xml: breaks off after") || failed.contains("nowhere.xml") || failed.contains("404")
        );
        let table = world.run(&["check", "--dry-run"]);
        assert!(table.stdout.contains("feed meta: could not be read"), "{}", table.stdout);
        world.set("/shops/0/feeds", json!([google]));
        let doctor = world.run(&["doctor"]);
        assert!(doctor.stdout.contains("feed meta of shop could not be read"), "{}", doctor.stdout);
    }
}

#[test]
fn feeds_are_asked_when_a_configuration_is_tried() {
    let mut world = with_feed(|world| vec![ad(world, "A-3", "in stock", "")]);
    let ran = world.run(&["validate", "--connect"]);
    assert!(
        ran.stdout.contains("shop feed google") && ran.stdout.contains("its first ad, of A-3, says InStock"),
        "{}",
        ran.stdout
    );
    world.shop.on("/feed.xml.gz", "<html>Please log in</html>".to_owned());
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(4);
    assert!(ran.stdout.contains("it is a web page (HTML) and no feed"), "{}", ran.stdout);
    world.set("/shops/0/feeds/0/kind", "store");
    world.run(&["validate"]).exits(3);
}
