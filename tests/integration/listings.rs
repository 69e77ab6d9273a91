//! The listing touchpoint, through the program: what categories and campaigns show, beside what the pages say.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Checked, Route, Says, World, until};

/// A card of a listing. `badge`: what stands on it.
fn card(sku: &str, badge: &str) -> String {
    format!(
        "<li class=\"item\"><a href=\"/p/{sku}\"><img src=\"/{sku}.jpg\" alt=\"\"></a><h3><a href=\"/p/{sku}\">Thing {sku}</a></h3>\
         <span class=\"price\">10 €</span>{badge}</li>"
    )
}

const SOLD_OUT: &str = "<span class=\"badge\">Sold out</span>";
const BUTTON: &str = "<button class=\"add-to-cart\">Add to cart</button>";

fn listing(cards: &[String], more: &str) -> Answer {
    let cards = cards.concat();
    Answer::new(
        "text/html",
        format!(
            "<!doctype html><html lang=\"en\"><head><title>Things</title></head><body><main><h1>Things</h1><ul>{cards}</ul>{more}\
             </main></body></html>"
        ),
    )
}

/// A shop that sells two items, and has a third that is sold out and says so on its page.
fn shop(listings: Value) -> World {
    let mut world = World::new();
    world.sells("A-1", Says::In, 5).sells("A-2", Says::In, 5).sells("A-3", Says::Out, 0);
    world.set("/shops/0/listings", listings);
    world
}

fn summary(checked: &Checked) -> &Value {
    &checked.json["shops"][0]["listings"][0]
}

fn because<'c>(checked: &'c Checked, sku: &str) -> &'c str {
    checked.item(sku)["because"].as_str().unwrap_or_default()
}

#[test]
fn a_category_that_shows_a_sold_out_item_as_available_is_found_though_its_page_is_right() {
    let world = shop(json!([{"name": "shirts", "url": "/shirts"}]));
    world.shop.on("/shirts", listing(&[card("A-1", BUTTON), card("A-2", ""), card("A-3", BUTTON)], ""));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 false_available (listing_lag) open"]);
    assert!(because(&checked, "A-3").contains("listing shirts says InStock"), "{}", because(&checked, "A-3"));
    assert_eq!((summary(&checked)["pages"].as_u64(), summary(&checked)["items"].as_u64()), (Some(1), Some(3)));
    assert_eq!(world.shop.seen_at("/shirts").len(), 2, "once, and once more before anybody is accused");
}

#[test]
fn a_category_that_tells_the_truth_or_nothing_accuses_nobody() {
    let world = shop(json!([{"name": "shirts", "url": "/shirts"}]));
    world.shop.on("/shirts", listing(&[card("A-1", BUTTON), card("A-2", ""), card("A-3", SOLD_OUT)], ""));
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 agrees"]);
    assert_eq!(world.shop.seen_at("/shirts").len(), 1);
}

#[test]
fn a_badge_that_denies_what_can_be_bought_loses_a_sale() {
    let world = shop(json!([{"name": "shirts", "url": "/shirts"}]));
    world.shop.on("/shirts", listing(&[card("A-1", SOLD_OUT), card("A-2", BUTTON)], ""));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 false_unavailable (listing_lag) open", "A-2 agrees", "A-3 agrees"]);
}

#[test]
fn a_campaign_that_promotes_what_is_sold_out_is_named() {
    let world = shop(json!([{"name": "Purim campaign", "url": "/purim", "kind": "campaign"}]));
    world.shop.on("/purim", listing(&[card("A-1", ""), card("A-3", "")], ""));
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 false_available (listing_lag) open"]);
    assert!(because(&checked, "A-3").contains("Purim campaign"), "{}", because(&checked, "A-3"));
    let steps = checked.item("A-3")["journey"]["steps"].as_array().cloned().unwrap_or_default();
    let campaign = steps.iter().find(|step| step["touchpoint"] == "listing");
    assert!(campaign.is_some_and(|step| step["place"] == "Purim campaign"), "{steps:#?}");
    let told = world.run(&["check"]);
    assert!(told.stdout.contains("Purim campaign"), "{}", told.stdout);
}

#[test]
fn what_a_card_means_without_a_word_can_be_said() {
    let world = shop(json!([
        {"name": "new", "url": "/new", "kind": "campaign", "shown_means": "nothing"},
        {"name": "outlet", "url": "/outlet", "shown_means": "in_stock"},
    ]));
    world.shop.on("/new", listing(&[card("A-1", ""), card("A-3", "")], ""));
    world.shop.on("/outlet", listing(&[card("A-1", ""), card("A-2", "")], ""));
    world.check(&[]).exits(0);
    world.shop.on("/outlet", listing(&[card("A-1", ""), card("A-3", "")], ""));
    let checked = world.check(&[]);
    checked.exits(10);
    assert!(because(&checked, "A-3").contains("outlet"), "{}", because(&checked, "A-3"));
}

#[test]
fn a_card_of_a_product_of_which_one_variant_is_left_is_no_lie() {
    let mut world = shop(json!([{"name": "shirts", "url": "/shirts", "kind": "campaign"}]));
    for (sku, left) in [("B-S", 0), ("B-L", 2)] {
        world.set("/shops/0/catalog/list/-", json!({"sku": sku, "url": "/p/B"})).stock(sku, [left]);
    }
    let variant = |sku: &str, says: &str| json!({"@type": "Product", "sku": sku, "name": sku, "offers": {"@type": "Offer", "availability": says}});
    let group = json!({"@context": "https://schema.org", "@type": "ProductGroup", "name": "Thing B", "productGroupID": "B",
        "hasVariant": [variant("B-S", "OutOfStock"), variant("B-L", "InStock")]});
    let page = format!(
        "<html lang=\"en\"><head><title>Thing B</title><script type=\"application/ld+json\">{group}</script></head>\
         <body><h1>Thing B</h1></body></html>"
    );
    world.shop.on("/p/B", Answer::new("text/html", page));
    world.shop.on("/shirts", listing(&[card("A-1", BUTTON), card("B", BUTTON)], ""));
    let checked = world.check(&[]);
    checked.exits(0);
    let verdicts = checked.verdicts();
    assert!(verdicts.contains(&"B-S agrees".to_owned()) && verdicts.contains(&"B-L agrees".to_owned()), "{verdicts:?}");
    world.stock("B-L", [0]);
    let checked = world.check(&[]);
    let verdicts = checked.verdicts();
    assert!(verdicts.contains(&"B-S false_available (listing_lag) open".to_owned()), "none is left: {verdicts:?}");
}

#[test]
fn pages_are_followed_as_far_as_is_wanted() {
    let pages = |world: &World| {
        world.shop.on("/shirts", listing(&[card("A-1", ""), card("A-2", "")], "<a href=\"/shirts/page/2/\">2</a>"));
        world.shop.on("/shirts/page/2/", listing(&[card("A-2", ""), card("A-3", BUTTON)], "<a href=\"/shirts\">1</a>"));
    };
    let world = shop(json!([{"name": "shirts", "url": "/shirts"}]));
    pages(&world);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(summary(&checked)["pages"], 2);
    assert_eq!(world.shop.seen_at("/shirts").len(), 1, "only the page that was wrong is looked at again");
    assert_eq!(world.shop.seen_at("/shirts/page/2/").len(), 2);
    let world = shop(json!([{"name": "shirts", "url": "/shirts", "pages": 1}]));
    pages(&world);
    world.check(&[]).exits(0);
}

#[test]
fn a_listing_that_was_put_right_in_between_is_no_mismatch() {
    let world = shop(json!([{"name": "shirts", "url": "/shirts"}]));
    for then in [vec![card("A-1", ""), card("A-3", SOLD_OUT)], vec![card("A-1", ""), card("A-2", "")]] {
        let wrong = listing(&[card("A-1", ""), card("A-3", BUTTON)], "");
        world.shop.on("/shirts", vec![wrong, listing(&then, "")]);
        let checked = world.check(&[]);
        checked.exits(0);
        assert_eq!(checked.verdicts()[2], "A-3 agrees");
    }
}

#[test]
fn a_wall_before_a_listing_is_told_and_stops_nothing() {
    let world = shop(json!([
        {"name": "Purim campaign", "url": "/purim", "kind": "campaign"},
        {"name": "gone", "url": "/gone"},
        {"name": "shirts", "url": "/shirts"},
    ]));
    let wall = "<html><head><title>Just a moment...</title></head><body><h1>Verify you are human</h1>\
                <div id=\"challenge-stage\"></div><script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\"></script></body></html>";
    world.shop.on("/purim", Answer::new("text/html", wall));
    world.shop.on("/shirts", listing(&[card("A-1", BUTTON), card("A-2", BUTTON)], ""));
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees", "A-3 agrees"]);
    let failed = |at: usize| checked.json["shops"][0]["listings"][at]["failed"].as_str().unwrap_or_default().to_owned();
    assert!(failed(0).contains("challenge"), "{}", failed(0));
    assert!(failed(1).contains("404"), "{}", failed(1));
    assert_eq!(failed(2), "");
    let told = world.run(&["check"]);
    assert!(told.stdout.contains("listing Purim campaign: could not be read"), "{}", told.stdout);
}

#[test]
fn listings_are_found_through_the_sitemap_and_strange_products_are_told() {
    let world = shop(json!([]));
    let mut world = world;
    let url = |path: &str| world.shop.url(path);
    let pages = ["/category/a", "/category/b", "/about"].map(|path| format!("<url><loc>{}</loc></url>", url(path)));
    let sitemap = format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{}</urlset>", pages.concat());
    let listings = json!([{"name": "categories", "sitemap": {"url": url("/sitemap.xml"), "include": ["/category/"]}}]);
    world.shop.on("/sitemap.xml", Answer::new("application/xml", sitemap));
    world.shop.on("/category/a", listing(&[card("A-1", BUTTON), card("X-9", BUTTON)], ""));
    world.shop.on("/category/b", listing(&[card("A-2", BUTTON), card("A-3", BUTTON)], ""));
    world.set("/shops/0/listings", listings);
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.verdicts()[2], "A-3 false_available (listing_lag) open");
    assert_eq!((&summary(&checked)["pages"], &summary(&checked)["items"]), (&json!(2), &json!(3)));
    assert!(world.shop.seen_at("/about").is_empty());
    assert_eq!(checked.json["shops"][0]["findings"]["shown_unlisted"], 1);
    let told = world.run(&["check"]);
    assert!(told.stdout.contains("1 product that listings show"), "{}", told.stdout);
}

/// What operations were told so far.
fn alarms(world: &World) -> Vec<String> {
    world.mail.mails_to("it@shop.example").iter().map(|mail| mail.text()).collect()
}

fn with_operations(listings: Value) -> World {
    let mut world = shop(listings);
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    world
}

#[test]
fn a_listing_that_shows_no_product_at_all_could_not_be_read() {
    let world = with_operations(json!([{"name": "shirts", "urls": ["/shirts", "/hats"]}]));
    let (shell, shirts) = (listing(&[], ""), listing(&[card("A-1", BUTTON), card("A-2", BUTTON)], ""));
    world.shop.on("/shirts", shell.clone()).on("/hats", shell.clone());
    let checked = world.check(&[]);
    checked.exits(4);
    let failed = summary(&checked)["failed"].as_str().unwrap_or_default();
    assert!(failed.contains("no product was found on it"), "{failed}");
    assert_eq!((&summary(&checked)["pages"], &summary(&checked)["troubles"]), (&json!(0), &json!(2)));
    assert_eq!(alarms(&world).len(), 0, "once may be a restart of the shop");
    world.check(&[]).exits(4);
    assert!(alarms(&world).len() == 1 && alarms(&world)[0].contains("no product was found"), "{:?}", alarms(&world));

    // Where one page of two can be read, the run is worth something, and operations hear of the other all the same.
    let world = with_operations(json!([{"name": "shirts", "urls": ["/shirts", "/hats"]}]));
    world.shop.on("/shirts", shirts.clone()).on("/hats", shell);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!((&summary(&checked)["pages"], &summary(&checked)["troubles"]), (&json!(1), &json!(1)));
    world.check(&[]).exits(0);
    assert!(alarms(&world).len() == 1 && alarms(&world)[0].contains("/hats"), "{:?}", alarms(&world));
    world.shop.on("/hats", shirts);
    world.check(&[]).exits(0);
    assert_eq!(alarms(&world).len(), 1);
}

#[test]
fn a_run_that_is_cut_short_knows_nothing_of_what_it_did_not_read() {
    let world = with_operations(json!([{"name": "gone", "url": "/gone"}]));
    let gone = || Answer::of_status(404);
    world.shop.on("/gone", gone());
    world.check(&[]).exits(4);
    world.check(&[]).exits(4);
    assert_eq!(alarms(&world).len(), 1);
    let asked = world.shop.seen_at("/gone").len();
    world.shop.on("/gone", gone().after(Duration::from_secs(20)));
    let running = world.program(&["check"]).start();
    until("the listing is asked for", || world.shop.seen_at("/gone").len() > asked);
    running.signal("TERM");
    assert_eq!(running.end().code, Some(4));
    world.shop.on("/gone", gone());
    world.check(&[]).exits(4);
    world.check(&[]).exits(4);
    assert_eq!(alarms(&world).len(), 1, "it has been known all along");
}

#[test]
fn an_empty_shell_at_the_second_look_heals_nothing() {
    let world = shop(json!([{"name": "shirts", "url": "/shirts"}]));
    world.shop.on("/shirts", listing(&[card("A-1", BUTTON), card("A-3", BUTTON)], ""));
    world.check(&[]).exits(10);
    let mut looks = 0;
    let full = listing(&[card("A-1", BUTTON), card("A-3", BUTTON)], "");
    let flaky = std::sync::Mutex::new(move || {
        looks += 1;
        if looks == 1 {
            full.clone()
        } else {
            Answer::html("<html lang=\"en\"><body><div id=\"app\"></div></body></html>")
        }
    });
    world.shop.on("/shirts", Route::made(move |_| (flaky.lock().expect("no panic"))()));
    let checked = world.check(&[]);
    assert_eq!(checked.item("A-3")["verdict"], "unverified");
    assert_eq!(checked.json["shops"][0]["resolved"], 0);
}
