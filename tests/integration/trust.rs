//! Nothing is said that was not seen, and nothing that was seen is lost: what a change of pages, catalogues, runs and
//! mailboxes must not do.

use serde_json::json;

use crate::harness::{Answer, Says, World, page, until};

fn sitemap(world: &World, paths: &[&str]) -> Answer {
    let urls: String = paths.iter().map(|path| format!("<url><loc>{}</loc></url>", world.shop.url(path))).collect();
    Answer::new(
        "application/xml",
        format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>"),
    )
}

#[test]
fn an_honest_page_does_not_heal_another_page_of_the_same_sku() {
    let mut world = World::lying();
    world.shop.on("/sitemap.xml", sitemap(&world, &["/en/A-1", "/he/A-1"]));
    let url = world.shop.url("/sitemap.xml");
    world.set("/shops/0/catalog", json!({"sitemap": {"url": url}})).set("/min_verified", "0%");
    world.shop.on("/en/A-1", page("A-1", Says::In)).on("/he/A-1", page("A-1", Says::Out));
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1);
    world.shop.on("/en/A-1", Answer::of_status(503));
    let second = world.check(&[]);
    assert_eq!(second.json["shops"][0]["resolved"], 0);
    assert_eq!(world.mail.mails().len(), 1, "nobody saw it put right");
    world.shop.on("/en/A-1", Answer::of_status(404));
    world.check(&[]).exits(10);
    assert_eq!(world.count("SELECT count(*) FROM incidents"), 1, "a page that is gone is the same incident");
}

#[test]
fn an_answer_is_forgotten_before_the_source_is_read_anew() {
    let mut world = World::lying();
    world.set("/shops/0/stock/http_json/item", json!(null));
    let sold_out = json!({"items": [{"sku": "A-1", "available": 0}, {"sku": "A-2", "available": 5}]});
    let left_out = json!({"items": [{"sku": "A-2", "available": 5}]});
    world.api.on("/stock", vec![Answer::json(&sold_out), Answer::json(&left_out)]);
    assert_eq!(world.check(&[]).verdict("A-1"), "unverified (stock_missing)");
}

#[test]
fn what_the_catalogue_lists_no_longer_is_settled_without_a_word() {
    let mut world = World::lying();
    world.check(&[]).exits(10);
    let listed = json!([{"sku": "A-2", "url": "/p/A-2"}]);
    world.set("/shops/0/catalog/list", listed);
    world.check(&["--limit", "1"]).exits(0);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 1, "a part proves nothing");
    world.check(&[]).exits(0);
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 0);
    assert_eq!(world.mail.mails().len(), 1, "nobody saw it put right, so nobody says so");
}

#[test]
fn good_news_of_a_run_without_mail_is_told_by_the_next() {
    let world = World::lying();
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out);
    world.check(&["--no-mail"]).exits(0);
    assert_eq!(world.mail.mails().len(), 1);
    world.check(&[]).exits(0);
    assert_eq!(world.mail.mails().len(), 2);
    world.check(&[]).exits(0);
    assert_eq!(world.mail.mails().len(), 2, "once");
}

#[test]
fn a_promise_that_turned_round_is_told_at_once() {
    let world = World::lying();
    world.check(&[]).exits(10);
    world.page("A-1", Says::Out).stock("A-1", [7]);
    assert_eq!(world.check(&[]).verdict("A-1"), "false_unavailable open");
    let mails = world.mail.mails();
    assert_eq!(mails.len(), 2);
    assert!(mails[1].text().contains("Shown as sold out but in stock"), "{}", mails[1].text());
}

#[test]
fn what_a_mailbox_refuses_reaches_the_fallback() {
    let mut world = World::lying();
    world.set("/owners", json!([{"email": "left@shop.example", "skus": ["A-1"]}]));
    world.mail.reply_to("left@shop.example", "550 5.1.1 no such mailbox");
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 0);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails_to("all@shop.example").len(), 1);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1, "once is enough");
}

#[test]
fn a_kill_in_the_second_shop_loses_nothing_of_the_first() {
    let mut world = World::lying();
    let mut second = world.shop_config();
    second["name"] = json!("second");
    second["catalog"] = json!({"list": [{"sku": "B-1", "url": "/p/B-1"}]});
    world.shop.on("/p/B-1", Answer::silence());
    world.set("/shops/-", second);
    let running = world.program(&["check"]).start();
    until("the second shop is looked at", || !world.shop.seen_at("/p/B-1").is_empty());
    running.signal("KILL");
    running.end();
    assert_eq!(world.count("SELECT count(*) FROM incidents WHERE state = 'open'"), 1);
    world.shop.on("/p/B-1", page("B-1", Says::In));
    world.stock("B-1", [1]);
    world.check(&[]).exits(10);
    assert_eq!(world.mail.mails().len(), 1);
}

#[test]
fn a_part_of_the_catalogue_that_cannot_be_read_is_not_enough() {
    let mut world = World::lying();
    let maps: String =
        ["/one.xml", "/two.xml"].map(|path| format!("<sitemap><loc>{}</loc></sitemap>", world.shop.url(path))).concat();
    let index = format!("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{maps}</sitemapindex>");
    world.shop.on("/sitemap.xml", Answer::new("application/xml", index));
    world.shop.on("/one.xml", sitemap(&world, &["/p/A-2"])).on("/two.xml", Answer::of_status(500));
    let url = world.shop.url("/sitemap.xml");
    world.set("/shops/0/catalog", json!({"sitemap": {"url": url}}));
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdict("A-2"), "agrees");
    world.run(&["check"]).says(["a part of the catalogue could not be read", "/two.xml"]);
}

#[test]
fn rows_that_cannot_be_used_count_as_not_checked() {
    let mut world = World::lying();
    let rows: String = (0..9).map(|n| format!("X-{n},ftp://nowhere/{n}\n")).collect();
    let file = world.file("catalogue.csv", format!("sku,url\nA-2,/p/A-2\n{rows}"));
    let csv = json!({"file": file, "columns": {"sku": "sku", "url": "url"}});
    world.set("/shops/0/catalog", json!({"csv": csv}));
    world.check(&[]).exits(4);
}

#[test]
fn one_product_is_asked_for_by_its_key_and_an_unknown_one_is_named() {
    let world = World::lying();
    world.check(&["--sku", "A-1"]).exits(10);
    assert!(world.api.seen_at("/stock").is_empty(), "the whole listing was read for one product");
    let known_and_not = world.run(&["check", "--sku", "A-2", "--sku", "A-22"]);
    known_and_not.exits(4).complains(["no catalogue knows the SKU \"A-22\""]);
    let stranger = world.run(&["check", "--sku", "A-2", "--url", "https://other.example/p/1"]);
    stranger.exits(2).complains(["belongs to none of the shops"]);
}

#[test]
fn a_result_file_is_replaced_as_a_whole_and_never_left_old() {
    let world = World::lying();
    let file = world.file("result.txt", "yesterday");
    world.page("A-1", Says::Out);
    world.run(&["check", "--quiet", "--output", "result.txt"]).exits(0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("2  agree"));
    world.run(&["check", "--output", "nowhere/result.txt"]).exits(2).complains(["cannot be written"]);
}

#[test]
fn a_known_product_is_not_called_unknown_because_its_stock_source_failed() {
    let mut world = World::lying();
    world.set("/shops/0/stock/http_json", json!(null));
    world.set("/shops/0/stock/csv", json!({"file": "gone.csv", "key": "sku", "fields": {"available": "n"}}));
    let ran = world.run(&["check", "--sku", "A-1"]);
    ran.exits(4).says(["gone.csv"]);
    assert!(!ran.stderr.contains("no catalogue knows"), "{}", ran.stderr);
}
