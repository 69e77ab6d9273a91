//! What pages say, in the ways and languages in which pages say it.

use serde_json::json;

use crate::harness::{Answer, World};

/// Each page with its SKU, held against an empty shelf: what promises is false, what denies agrees.
#[track_caller]
fn read(pages: &[(&str, String)]) -> Vec<String> {
    let mut world = World::new();
    for (sku, html) in pages {
        world.lists(sku, Answer::html(html.clone())).stock(sku, [0]);
    }
    world.set("/min_verified", "0%");
    let checked = world.check(&["--dry-run"]);
    pages.iter().map(|(sku, _)| format!("{sku}: {}", checked.verdict(sku))).collect()
}

fn shown(language: &str, words: &str) -> String {
    format!(
        "<html lang=\"{language}\"><body><main><h1>X</h1><p class=\"availability\">{words}</p></main></body></html>"
    )
}

fn described(data: serde_json::Value) -> String {
    format!("<html><head><script type=\"application/ld+json\">{data}</script></head><body><h1>X</h1></body></html>")
}

#[test]
fn visible_words_are_understood_in_many_languages() {
    let words = [
        ("he", "במלאי", "אזל מהמלאי"),
        ("en", "In stock", "Out of stock"),
        ("ar", "متوفر", "نفدت الكمية"),
        ("ru", "В наличии", "Нет в наличии"),
        ("de", "Auf Lager", "Nicht auf Lager"),
        ("fr", "En stock", "Rupture de stock"),
        ("es", "En existencias", "Agotado"),
    ];
    let promising: Vec<_> = words.iter().map(|(language, yes, _)| (*language, shown(language, yes))).collect();
    let denying: Vec<_> = words.iter().map(|(language, _, no)| (*language, shown(language, no))).collect();
    for verdict in read(&promising) {
        assert!(verdict.ends_with(": false_available"), "{verdict}");
    }
    for verdict in read(&denying) {
        assert!(verdict.ends_with(": agrees"), "{verdict}");
    }
}

#[test]
fn structured_data_is_understood_in_its_shapes() {
    let offer = |availability: &str| json!({"@type": "Offer", "availability": availability});
    let product = |sku: &str, offers| json!({"@context": "https://schema.org", "@type": "Product", "sku": sku, "name": "X", "offers": offers});
    let graph =
        json!({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, product("GRAPH", offer("InStock"))]});
    let sum = json!({"@type": "AggregateOffer", "lowPrice": 1, "offers": [offer("http://schema.org/SoldOut")]});
    let microdata = "<html><body><div itemscope itemtype=\"http://schema.org/Product\"><h1 itemprop=\"name\">X</h1>\
        <meta itemprop=\"sku\" content=\"MICRO\"><div itemprop=\"offers\" itemscope itemtype=\"http://schema.org/Offer\">\
        <link itemprop=\"availability\" href=\"http://schema.org/InStock\"></div></div></body></html>";
    let graph_tags = "<html><head><meta property=\"og:type\" content=\"product\"><meta property=\"og:title\" content=\"X\">\
        <meta property=\"product:availability\" content=\"instock\"></head><body><h1>X</h1></body></html>";
    let verdicts = read(&[
        ("GRAPH", described(graph)),
        ("ARRAY", described(json!([product("ARRAY", json!([offer("https://schema.org/OutOfStock")]))]))),
        ("SUM", described(product("SUM", sum))),
        ("MICRO", microdata.to_owned()),
        ("OG", graph_tags.to_owned()),
    ]);
    let expected =
        ["GRAPH: false_available", "ARRAY: agrees", "SUM: agrees", "MICRO: false_available", "OG: false_available"];
    assert_eq!(verdicts, expected);
}

#[test]
fn each_variant_has_its_own_promise() {
    let variant = |sku: &str, says: &str| json!({"@type": "Product", "sku": sku, "name": sku, "offers": {"@type": "Offer", "availability": says}});
    let group = json!({"@context": "https://schema.org", "@type": "ProductGroup", "name": "Shirt", "productGroupID": "V",
        "hasVariant": [variant("V-S", "https://schema.org/InStock"), variant("V-M", "https://schema.org/OutOfStock")]});
    let mut world = World::new();
    world.shop.on("/shirt", Answer::html(described(group)));
    world.set("/shops/0/catalog", json!({"list": [{"sku": "V-S", "url": "/shirt"}, {"sku": "V-M", "url": "/shirt"}]}));
    world.stock("V-S", [0]).stock("V-M", [0]);
    let checked = world.check(&["--dry-run"]);
    assert_eq!(checked.verdicts(), ["V-M agrees", "V-S false_available"]);
    assert_eq!(world.shop.seen_at("/shirt").len(), 3, "one page for both, and twice more for the suspect");
}

#[test]
fn a_page_that_contradicts_itself_is_a_finding() {
    let page = "<html><head><script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\
        \"sku\":\"TORN\",\"name\":\"X\",\"offers\":{\"@type\":\"Offer\",\"availability\":\"InStock\"}}</script></head><body>\
        <main><h1>X</h1><p>Sold out</p><button disabled>Sold out</button></main></body></html>";
    assert_eq!(read(&[("TORN", page.to_owned())]), ["TORN: contradictory"]);
}

#[test]
fn a_page_without_any_word_on_it_is_unverified() {
    assert_eq!(read(&[("MUTE", shown("en", "A fine thing."))]), ["MUTE: unverified (no_claim)"]);
}

#[test]
fn the_users_own_rule_wins_over_everything() {
    let mut world = World::new();
    let offer = "<a itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\"><link itemprop=\"availability\" href=\"InStock\"></a>";
    let html = shown("en", "In stock").replace("<h1>", &format!("<b data-status=\"gone-forever\"></b>{offer}<h1>"));
    world.lists("A-1", Answer::html(html)).stock("A-1", [0]);
    assert_eq!(world.check(&["--dry-run"]).verdict("A-1"), "false_available");
    let rule = json!({"css": "[data-status]", "attribute": "data-status", "text": "^gone", "says": "SoldOut"});
    world.set("/shops/0/page", json!({"selectors": [rule]}));
    let checked = world.check(&["--dry-run"]);
    let claim = &checked.item("A-1")["page"];
    assert_eq!((&claim["availability"], &claim["signals"][0]["kind"]), (&json!("SoldOut"), &json!("selector")));
    assert_eq!(checked.verdict("A-1"), "contradictory", "its readers are still told otherwise");
}

#[test]
fn an_old_hebrew_page_is_read_in_its_own_charset() {
    let html =
        "<html lang=\"he\"><head><meta charset=\"windows-1255\"></head><body><h1>X</h1><p>אזל מהמלאי</p></body></html>";
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1255.encode(html);
    assert!(!unmappable);
    let mut world = World::new();
    world.lists("A-1", Answer::new("text/html", bytes.into_owned())).stock("A-1", [0]);
    assert_eq!(world.check(&["--dry-run"]).verdict("A-1"), "agrees");
    world.stock("A-1", [1]);
    assert_eq!(world.check(&["--dry-run"]).verdict("A-1"), "false_unavailable");
}
