//! Which items exist: a list, a CSV file, a sitemap; and where a page names its own SKU.

use encoding_rs::WINDOWS_1255;
use serde_json::json;

use crate::harness::{Answer, Says, World, page};

/// A world whose catalogue is a CSV file with these bytes, with columns as a Hebrew shop might name them.
fn with_csv(bytes: &[u8]) -> World {
    let mut world = World::new();
    world.file("catalogue.csv", bytes);
    let columns = json!({"sku": "מק\"ט", "url": "קישור", "name": "שם", "brand": "מותג"});
    world.set("/shops/0/catalog", json!({"csv": {"file": "catalogue.csv", "columns": columns}}));
    for sku in ["101", "102"] {
        world.shop.on(&format!("/p/{sku}"), page(sku, Says::In));
        world.stock(sku, [1]);
    }
    world
}

const HEBREW: &str = "\"מק\"\"ט\";שם;מותג;קישור\n101;תחפושת נסיכה;פורים;/p/101\n102;תחפושת פיראט;פורים;/p/102\n";

/// Pages under `/p/`, named in the list alone by their addresses.
fn pages(skus: &[&str]) -> World {
    let mut world = World::new();
    for sku in skus {
        world.shop.on(&format!("/p/{sku}"), page(sku, Says::In));
        world.stock(sku, [1]);
    }
    world.set(
        "/shops/0/catalog",
        json!({"list": skus.iter().map(|sku| json!({"url": format!("/p/{sku}")})).collect::<Vec<_>>()}),
    );
    world
}

fn sitemap(world: &World, paths: &[&str]) -> String {
    let urls: String = paths.iter().map(|path| format!("<url><loc>{}</loc></url>", world.shop.url(path))).collect();
    format!("<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>")
}

fn sitemap_index(world: &World, paths: &[&str]) -> String {
    let maps: String =
        paths.iter().map(|path| format!("<sitemap><loc>{}</loc></sitemap>", world.shop.url(path))).collect();
    format!(
        "<?xml version=\"1.0\"?><sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{maps}</sitemapindex>"
    )
}

#[test]
fn a_csv_with_a_byte_order_mark_is_read() {
    let world = with_csv(format!("\u{feff}{HEBREW}").as_bytes());
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["101 agrees", "102 agrees"]);
    assert_eq!(checked.item("101")["name"], "תחפושת נסיכה");
    assert_eq!(checked.item("102")["brand"], "פורים");
}

#[test]
fn a_csv_in_windows_1255_is_read() {
    let (bytes, _, unmappable) = WINDOWS_1255.encode(HEBREW);
    assert!(!unmappable);
    let mut world = with_csv(&bytes);
    for encoding in [None, Some("windows-1255")] {
        world.set("/shops/0/catalog/csv/encoding", encoding);
        let checked = world.check(&[]);
        checked.exits(0);
        assert_eq!(checked.item("102")["name"], "תחפושת פיראט", "{encoding:?}");
    }
}

#[test]
fn a_csv_on_the_web_is_fetched_as_pages_are() {
    let mut world = with_csv(b"");
    world.shop.on("/export.csv", Answer::new("text/csv", HEBREW));
    let url = world.shop.url("/export.csv");
    world.set("/shops/0/catalog/csv/file", json!(null)).set("/shops/0/catalog/csv/url", url);
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["101 agrees", "102 agrees"]);
    assert_eq!(world.shop.seen()[0].path, "/robots.txt");
}

#[test]
fn bad_rows_are_told_and_do_not_stop_the_good_ones() {
    let rows = "103;;;https:// no address\n;;;\n101;again;;/p/101\n";
    let world = with_csv(format!("{HEBREW}{rows}").as_bytes());
    let checked = world.check(&[]);
    checked.exits(0);
    let shop = &checked.json["shops"][0];
    let counts = ["items", "catalogue_troubles", "catalogue_duplicates"].map(|name| shop[name].as_u64());
    assert_eq!(counts, [Some(2), Some(2), Some(1)], "{shop:#}");
    let told = shop["catalogue_examples"].to_string();
    assert!(told.contains("catalogue.csv, line 4") && told.contains("listed more than once"), "{told}");
}

#[test]
fn the_stock_key_may_differ_from_the_sku() {
    let mut world = World::new();
    world.lists("A-1", page("A-1", Says::In)).stock("ERP-17", [0]);
    world.set("/shops/0/catalog/list/0/stock_key", "ERP-17");
    let checked = world.check(&[]);
    checked.exits(10);
    assert_eq!(checked.item("A-1")["stock"]["key"], "ERP-17");
}

#[test]
fn a_sitemap_index_is_followed_and_filtered() {
    let mut world = pages(&["A-1", "A-2", "A-3"]);
    let one = sitemap(&world, &["/p/A-1", "/about", "/p/A-1/reviews"]);
    let two = sitemap(&world, &["/p/A-2", "/p/A-3"]);
    world.shop.on("/sitemap.xml", Answer::new("application/xml", sitemap_index(&world, &["/one.xml.gz", "/two.xml"])));
    world.shop.on("/one.xml.gz", Answer::new("application/gzip", crate::harness::gzip(one.as_bytes())));
    world.shop.on("/two.xml", Answer::new("application/xml", two));
    let map = json!({"url": world.shop.url("/sitemap.xml"), "include": ["/p/"], "exclude": ["/reviews$", "A-3$"]});
    world.set("/shops/0/catalog", json!({"sitemap": map}));
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees"]);
    let asked: Vec<_> = world.shop.seen().iter().map(|seen| seen.path.clone()).collect();
    assert!(!asked.iter().any(|path| path == "/about" || path.ends_with("reviews") || path == "/p/A-3"), "{asked:?}");
}

#[test]
fn a_sitemap_sent_with_gzip_encoding_is_read_too() {
    let mut world = pages(&["A-1"]);
    let map = sitemap(&world, &["/p/A-1"]);
    world.shop.on("/sitemap.xml", Answer::new("application/xml", map).gzipped());
    let url = world.shop.url("/sitemap.xml");
    world.set("/shops/0/catalog", json!({"sitemap": {"url": url, "sku_from_url": "/p/(.+)$"}}));
    assert_eq!(world.check(&[]).verdicts(), ["A-1 agrees"]);
}

#[test]
fn a_page_names_its_sku_in_its_structured_data() {
    let world = pages(&["A-1", "A-2"]);
    let microdata = "<html><body><main itemscope itemtype=\"https://schema.org/Product\"><h1 itemprop=\"name\">Thing</h1>\
        <meta itemprop=\"sku\" content=\"A-2\"><div itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\">\
        <link itemprop=\"availability\" href=\"https://schema.org/InStock\"></div></main></body></html>";
    world.shop.on("/p/A-2", Answer::html(microdata));
    let checked = world.check(&[]);
    checked.exits(0);
    assert_eq!(checked.verdicts(), ["A-1 agrees", "A-2 agrees"]);
    let asked: Vec<_> = world.api.seen().iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(asked, ["/stock"], "the bulk answer knew them already");
}

#[test]
fn a_page_names_its_sku_where_the_configuration_says() {
    let shown = "<html><body><main><h1>Thing</h1><b data-code=\"S-1\">No. S-1</b><p>In stock</p>\
        <button>Add to cart</button></main></body></html>";
    let mut world = World::new();
    world.shop.on("/thing/77", Answer::html(shown));
    world.set("/shops/0/catalog", json!({"list": [{"url": "/thing/77"}]}));
    world.stock("S-1", [1]).stock("77", [0]);
    world.set("/shops/0/page", json!({"sku": {"selector": "[data-code]", "attribute": "data-code"}}));
    assert_eq!(world.check(&[]).verdicts(), ["S-1 agrees"]);
    world.set("/shops/0/page", json!({"sku": {"url_pattern": "/thing/(?<sku>[0-9]+)"}}));
    assert_eq!(world.check(&["--dry-run"]).verdicts(), ["77 false_available"]);
}

#[test]
fn a_page_without_any_sku_is_unverified() {
    let mut world = pages(&["A-1"]);
    world.shop.on(
        "/p/A-1",
        Answer::html("<html><body><h1>Thing</h1><p>In stock</p><button>Add to cart</button></body></html>"),
    );
    world.set("/min_verified", "0%");
    let checked = world.check(&[]);
    assert_eq!(checked.verdict("A-1"), "unverified (no_key)");
}

#[test]
fn a_stock_source_that_can_only_be_asked_by_key_is_asked_in_batches() {
    let mut world = World::new();
    for n in 1..=5 {
        world.sells(&format!("A-{n}"), Says::In, 1);
    }
    let answer = |seen: &crate::harness::Seen| {
        let asked: serde_json::Value = serde_json::from_str(&seen.body).expect("JSON");
        let items = asked["skus"].as_array().expect("keys").iter().map(|sku| json!({"sku": sku, "available": 1}));
        Answer::json(&json!({"items": items.collect::<Vec<_>>()}))
    };
    world.api.on("/query", crate::harness::Route::made(answer));
    let batch = json!({"url": world.api.url("/query"), "method": "POST", "body": "{\"skus\": {keys}}", "size": 2});
    world.set("/shops/0/stock/http_json/all", json!(null)).set("/shops/0/stock/http_json/item", json!(null));
    world.set("/shops/0/stock/http_json/batch", batch);
    world.check(&[]).exits(0);
    let asked = world.api.seen_at("/query");
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|seen| seen.method == "POST"), "{asked:?}");
}

#[test]
fn stock_may_come_as_csv() {
    let mut world = World::new();
    world.sells("A-1", Says::In, 0).sells("A-2", Says::In, 0).sells("A-3", Says::In, 0);
    world.file("stock.csv", "Article\tQuantity\tSafety stock\nA-1\t1,5\t1,5\nA-2\t7\t2\n");
    let csv = json!({"file": "stock.csv", "key": "Article", "decimal_comma": true,
        "fields": {"on_hand": "Quantity", "safety": "Safety stock"}});
    world.set("/shops/0/stock", json!({"sellable": "on_hand - safety", "csv": csv}));
    let checked = world.check(&[]);
    checked.exits(10);
    let expected = ["A-1 false_available open", "A-2 agrees", "A-3 unverified (stock_missing)"];
    assert_eq!(checked.verdicts(), expected);
}

#[test]
fn a_part_of_the_catalogue_that_cannot_be_read_is_not_enough() {
    let mut world = pages(&["A-1"]);
    world.shop.on("/sitemap.xml", Answer::new("application/xml", sitemap_index(&world, &["/one.xml", "/gone.xml"])));
    let one = sitemap(&world, &["/p/A-1"]);
    world.shop.on("/one.xml", Answer::new("application/xml", one));
    let map = json!({"url": world.shop.url("/sitemap.xml")});
    world.set("/shops/0/catalog", json!({"sitemap": map}));
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.verdicts(), ["A-1 agrees"], "what could be read was checked");
    assert!(checked.json["shops"][0].to_string().contains("/gone.xml"), "{:#}", checked.json["shops"]);
}
