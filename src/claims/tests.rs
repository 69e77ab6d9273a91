use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::Availability::{BackOrder, InStock, OutOfStock, PreOrder, SoldOut, Unknown};
use crate::domain::Unknown::{
    Ambiguous, Challenge, ConsentWall, Login, Maintenance, NoClaim, NotAPage, OtherProduct, SoftNotFound,
};
use crate::domain::{Claim, Confidence, Item};

mod choice;
mod data;
mod fixtures;
mod numbers;
mod properties;
mod themes;
mod trust;

/// A page of the fixture shop.
fn page(html: &str) -> Page {
    let url = Url::parse("https://shop.test/p/blue-shirt").unwrap();
    Page {
        requested: url.clone(),
        url,
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html: html.to_owned(),
        charset: "UTF-8",
        cache: None,
        seen_at: Timestamp::UNIX_EPOCH,
    }
}

fn reader() -> Reader {
    Reader::new(&Options::default()).unwrap()
}

fn claim_of(html: &str, sku: Option<&str>) -> Claim {
    let page = page(html);
    let item = Item { sku: sku.map(str::to_owned), url: Some(page.url.clone()), ..Item::default() };
    combine(&reader_once().read(&page), &page, &item)
}

fn availability(html: &str) -> Availability {
    claim_of(html, Some("BLUE-1")).availability
}

#[test]
fn a_reader_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Reader>();
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let page = page(&String::from_utf8_lossy(&bytes));
        let item = Item::default();
        let _ = combine(&reader_once().read(&page), &page, &item);
    }
}

/// Building a reader takes longer than reading a small page.
fn reader_once() -> &'static Reader {
    static READER: std::sync::LazyLock<Reader> = std::sync::LazyLock::new(reader);
    &READER
}

/// What is looked at in a claim: availability, confidence, contradiction.
fn ruling(html: &str) -> (Availability, Confidence, bool) {
    let claim = claim_of(html, Some("BLUE-1"));
    (claim.availability, claim.confidence, claim.contradicts)
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/pages/", $name, ".html"))
    };
}

#[test]
fn an_empty_body_and_one_that_is_not_html_are_no_pages() {
    for html in ["", "  \n ", "{\"error\": true}", "plain words"] {
        assert_eq!(availability(html), Unknown(NotAPage), "{html}");
    }
}

#[test]
fn oscar_says_how_many_and_its_prose_says_nothing() {
    let claim = claim_of(fixture!("oscar_in_stock"), Some("IN-003"));
    assert_eq!((claim.availability, claim.confidence, claim.contradicts), (InStock, Confidence::High, false));
    assert_eq!(claim.quantity, Some(3.into()));
    assert_eq!(claim.signals[0].excerpt, "In stock (3 available)");
    assert!(claim.signals[0].place.ends_with("p.instock.availability"), "{}", claim.signals[0].place);
}

#[test]
fn a_recommended_product_does_not_speak_for_one_that_is_sold_out() {
    let claim = claim_of(fixture!("oscar_sold_out"), Some("OUT-001"));
    assert_eq!((claim.availability, claim.contradicts), (OutOfStock, false));
    assert!(claim.signals.iter().all(|signal| signal.says == OutOfStock), "{:#?}", claim.signals);
    assert_eq!(ruling(fixture!("cards_in_stock")), (OutOfStock, Confidence::Medium, false));
}

#[test]
fn a_bare_buy_button_is_a_weak_promise() {
    let claim = claim_of(fixture!("cartridge_buy"), None);
    assert_eq!(claim.signals.len(), 1, "{:#?}", claim.signals);
    assert_eq!((claim.availability, claim.confidence), (InStock, Confidence::Low));
    assert_eq!((claim.signals[0].kind, claim.signals[0].excerpt.as_str()), (SignalKind::Button, "Buy"));
}

#[test]
fn what_a_customer_cannot_see_is_not_read() {
    let claim = claim_of(fixture!("hidden_templates"), None);
    assert_eq!((claim.availability, claim.signals.len()), (InStock, 1), "{:#?}", claim.signals);
}

#[test]
fn words_that_deny_what_structured_data_promises_win_and_contradict() {
    let html = fixture!("hebrew_contradiction");
    assert_eq!(ruling(html), (OutOfStock, Confidence::Low, true));
    let reading = reader_once().read(&page(html));
    assert_eq!(reading.product.skus, ["BLUE-1"]);
    assert_eq!(reading.product.brand.as_deref(), Some("תכלת"));
    assert_eq!(reading.product.image.as_ref().map(Url::as_str), Some("https://shop.test/blue.jpg"));
    assert_eq!(reading.product.language.as_deref(), Some("he-IL"));
}

fn product(head: &str, body: &str) -> String {
    format!(
        "<html lang=en><head><title>Blue shirt</title>{head}</head><body><main><h1>Blue shirt</h1>{body}</main></body></html>"
    )
}

fn ld(json: &str) -> String {
    format!("<script type='application/ld+json'>{json}</script>")
}

const LD_IN: &str =
    r#"{"@type":"Product","name":"Blue shirt","sku":"BLUE-1","offers":{"@type":"Offer","availability":"InStock"}}"#;
const LD_OUT: &str =
    r#"{"@type":"Product","name":"Blue shirt","sku":"BLUE-1","offers":{"@type":"Offer","availability":"SoldOut"}}"#;
const BUY: &str = "<form action='/cart/add'><button name=add>Add to cart</button></form>";

#[test]
fn the_users_rule_wins_and_the_first_that_applies_is_the_only_one() {
    let rule = |css: &str, text: Option<&str>, says| SelectorRule {
        css: css.to_owned(),
        attribute: None,
        text: text.map(str::to_owned),
        says,
    };
    let options = Options {
        selectors: vec![rule(".badge", Some("(?i)gone"), OutOfStock), rule(".badge", None, InStock)],
        ..Options::default()
    };
    let reader = Reader::new(&options).unwrap();
    for (body, meant, contradicts) in [
        ("<b class=badge>All gone</b>", OutOfStock, true),
        ("<b class=badge>Plenty</b>", InStock, false),
        ("<b class=badge hidden>Gone</b>", InStock, false),
    ] {
        let page = page(&product(&ld(LD_IN), body));
        let claim = combine(&reader.read(&page), &page, &Item::default());
        assert_eq!((claim.availability, claim.contradicts), (meant, contradicts), "{body}");
        assert!(claim.confidence >= Confidence::Medium || body.contains("hidden"));
    }
}

#[test]
fn options_that_cannot_be_used_are_all_named() {
    let options = Options {
        languages: vec!["he".to_owned(), "xx".to_owned()],
        sku: SkuFrom { url_pattern: Some("/p/".to_owned()), ..SkuFrom::default() },
        selectors: vec![SelectorRule { css: "p[".to_owned(), attribute: None, text: None, says: InStock }],
    };
    let places: Vec<String> = check(&options).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["languages[1]", "sku.url_pattern", "selectors[0].css"]);
    assert!(Reader::new(&options).is_err());
}

#[test]
fn selectors_that_cannot_be_used_are_refused_in_plain_words() {
    for css in ["", "]", "..x", "p >", "a::", "p:nope(", "@media", "p,,b"] {
        let rule = SelectorRule { css: css.to_owned(), attribute: None, text: None, says: InStock };
        let problems = check(&Options { selectors: vec![rule], ..Options::default() });
        assert_eq!(problems.len(), 1, "{css:?}");
        let what = &problems[0].1;
        assert!(what.starts_with("is no CSS selector that can be used: "), "{css}: {what}");
        assert!(!what.contains("developer") && !what.contains('\n'), "{css}: {what}");
    }
}

const GROUP: &str = r#"{"@type":"ProductGroup","name":"Blue shirt","productGroupID":"BLUE","hasVariant":[
  {"@type":"Product","sku":"BLUE-1","offers":{"availability":"OutOfStock"}},
  {"@type":"Product","sku":"BLUE-2","offers":{"availability":"http://schema.org/PreOrder","availabilityStarts":"2027-01-02"}}]}"#;

#[test]
fn a_variant_speaks_for_itself_and_the_best_one_for_its_parent() {
    let html = product(&ld(GROUP), BUY);
    let of = |sku| claim_of(&html, sku);
    assert_eq!((of(Some("blue-1 ")).availability, of(Some("BLUE-1")).contradicts), (OutOfStock, false));
    assert_eq!(of(Some("BLUE-2")).availability, PreOrder);
    assert_eq!(of(Some("BLUE-2")).date, Some("2027-01-02T00:00:00Z".parse().unwrap()));
    assert_eq!(of(Some("BLUE")).availability, PreOrder);
    assert_eq!((of(None).availability, of(None).contradicts), (PreOrder, false));
    assert_eq!(of(Some("BLUE-3")).availability, Unknown(Ambiguous));
    let denied = html.replace("http://schema.org/PreOrder", "SoldOut");
    assert_eq!(claim_of(&denied, Some("BLUE-3")).availability, OutOfStock);
}

#[test]
fn aggregates_with_offers_speak_through_them() {
    let json = r#"{"@type":"Product","name":"Blue shirt","offers":{"@type":"AggregateOffer","availability":"OutOfStock","offers":[
      {"@type":"Offer","sku":"A","availability":"InStock"},{"@type":"Offer","sku":"BLUE-1","availability":["https://schema.org/BackOrder"]}]}}"#;
    assert_eq!(availability(&product(&ld(json), "")), BackOrder);
    let none_left = LD_IN.replace("InStock\"", "InStock\",\"inventoryLevel\":{\"value\":0}");
    assert_eq!(availability(&product(&ld(&none_left), "")), OutOfStock);
    let outside = LD_IN.replace("InStock", "3-5 days");
    assert_eq!(availability(&product(&ld(&outside), "")), Unknown(NoClaim));
}

#[test]
fn another_products_structured_data_does_not_speak() {
    let others = r#"[{"@type":"Product","name":"Red hat","offers":{"availability":"InStock"}},{"@type":"Product","name":"Green hat","offers":{"availability":"InStock"}}]"#;
    assert_eq!(availability(&product(&ld(others), "")), Unknown(NoClaim));
    let among = format!("{}{}", ld(others), ld(LD_OUT));
    assert_eq!(availability(&product(&among, "")), SoldOut);
    let related = "<section class=related><div itemscope itemtype='https://schema.org/Product'><meta itemprop=availability content=InStock></div></section>";
    assert_eq!(availability(&product("", related)), Unknown(NoClaim));
}

#[test]
fn microdata_is_read_from_any_element_and_by_reference() {
    for body in [
        "<div itemscope itemtype='https://schema.org/Product'><span itemprop=sku>BLUE-1</span><div itemprop=offers itemscope itemtype='https://schema.org/Offer'><span itemprop=availability content='https://schema.org/OutOfStock'></span></div></div>",
        "<div itemscope itemtype='http://schema.org/Product' itemref=o><b itemprop=name>Blue shirt</b></div><p id=o itemprop=offers itemscope itemtype='http://schema.org/Offer'><link itemprop=availability href='http://schema.org/OutOfStock'></p>",
        "<div vocab='https://schema.org/' typeof=Product><div property=offers typeof=Offer><link property=availability href='https://schema.org/OutOfStock'></div></div>",
    ] {
        assert_eq!(availability(&product("", body)), OutOfStock, "{body}");
    }
    assert_eq!(availability(&product("<meta property='product:availability' content='oos'>", "")), OutOfStock);
    let card = "<meta name='twitter:label2' content='Availability'><meta name='twitter:data2' content='Out of stock'>";
    assert_eq!(availability(&product(card, "")), OutOfStock);
}

#[test]
fn walls_are_named_and_never_judged() {
    let wall = |title: &str, body: &str| {
        availability(&format!("<html><head><title>{title}</title></head><body>{body}</body></html>"))
    };
    assert_eq!(wall("Just a moment...", "<div id=cf-chl-widget>Verify you are human</div>"), Unknown(Challenge));
    assert_eq!(
        wall("Robot Check", "<p>Enter the characters you see below</p><form><input><button>Continue</button></form>"),
        Unknown(Challenge)
    );
    assert_eq!(wall("Access Denied", "<h1>Access Denied</h1>"), Unknown(Challenge));
    assert_eq!(
        wall("Before you continue", "<p>We value your privacy</p><button>Accept all cookies</button>"),
        Unknown(ConsentWall)
    );
    assert_eq!(
        wall("Sign in", "<form><input name=u><input type=password><button>Sign in</button></form>"),
        Unknown(Login)
    );
    assert_eq!(wall("Shop", "<h1>Under maintenance</h1><p>We'll be back soon</p>"), Unknown(Maintenance));
    assert_eq!(wall("404 Not Found", "<h1>Page not found</h1>"), Unknown(SoftNotFound));
    assert_eq!(wall("404", "<p>Nothing here</p>"), Unknown(SoftNotFound));
    assert_eq!(wall("Kettle, 1.5 l: 404 model", "<h1>Kettle, 1.5 l | 2</h1><p class=stock>Sold out</p>"), OutOfStock);
    assert_eq!(wall("הדף לא נמצא", "<h1>העמוד לא נמצא</h1>"), Unknown(SoftNotFound));
    let small = "<header><form><input type=password></form></header><p class=stock>Sold out</p>";
    assert_eq!(availability(&product("", small)), OutOfStock);
    // Words of a wall on a page that describes a product are words.
    let review =
        product(&ld(LD_IN), "<p>Are you a human? Page not found. Access denied.</p><form><input type=password></form>");
    assert_eq!(availability(&review), InStock);
}

#[test]
fn a_redirect_to_something_else_is_another_product() {
    let answer = |to: &str, sku: &str| {
        let html = product(&ld(&LD_IN.replace("BLUE-1", sku)), BUY);
        let page = Page { url: Url::parse(&format!("https://shop.test{to}")).unwrap(), ..page(&html) };
        let item = Item { sku: Some("BLUE-1".to_owned()), ..Item::default() };
        combine(&reader_once().read(&page), &page, &item).availability
    };
    assert_eq!(answer("/p/red-trousers", "RED-9"), Unknown(OtherProduct));
    assert_eq!(answer("/", "RED-9"), Unknown(OtherProduct));
    assert_eq!(answer("/p/red-trousers", "BLUE-1"), InStock);
    assert_eq!(answer("/p/blue-shirt/", "4006381333931"), InStock);
    let elsewhere = format!("<link rel=canonical href='/p/red-trousers'>{}", ld(&LD_IN.replace("BLUE-1", "RED-9")));
    assert_eq!(availability(&product(&elsewhere, "")), Unknown(OtherProduct));
}

#[test]
fn a_sku_is_adopted_only_where_it_is_no_guess() {
    let adopted = |html: &str, options: &Options| {
        let page = page(html);
        let reading = Reader::new(options).unwrap().read(&page);
        adopted_sku(&reading, &page).map(str::to_owned)
    };
    let plain = Options::default();
    assert_eq!(adopted(&product(&ld(LD_IN), ""), &plain).as_deref(), Some("BLUE-1"));
    let sizes = r#"{"@type":"Product","name":"Blue shirt","offers":[{"sku":"S","availability":"InStock"},{"sku":"M","availability":"SoldOut"}]}"#;
    assert_eq!(adopted(&product(&ld(sizes), ""), &plain), None);
    let from = SkuFrom {
        url_pattern: Some("/p/(?<sku>[^/]+)".to_owned()),
        selector: Some("#code".to_owned()),
        attribute: None,
    };
    let configured = Options { sku: from, ..Options::default() };
    assert_eq!(adopted(&product("", "<i id=code> X-7 </i>"), &configured).as_deref(), Some("X-7"));
    assert_eq!(adopted(&product("", ""), &configured).as_deref(), Some("blue-shirt"));
}

#[test]
fn a_delivery_option_is_no_stock() {
    assert_eq!(availability(&product("", "<p class=delivery-info>Delivery available</p>")), Unknown(NoClaim));
    assert_eq!(availability(&product("", "<dl><dt>Delivery</dt><dd>Not available</dd></dl>")), Unknown(NoClaim));
    assert_eq!(availability(&product("", "<p class=store-pickup-stock>Unavailable</p>")), Unknown(NoClaim));
    assert_eq!(availability(&product("", "<p class=delivery-time>Ships in 3 days</p>")), InStock);
    assert_eq!(
        availability(&product("", "<p>Check in-store availability is temporarily unavailable</p>")),
        Unknown(NoClaim)
    );
}

/// A page nested or repeated without end takes time in proportion to its size, and a deep one no more stack.
#[test]
fn hostile_pages_are_read_in_time() {
    for piece in [
        "<div>",
        "<b>",
        "<div itemscope itemtype=Product>",
        "<div itemscope itemtype=Product><p itemprop=offers>",
        "<div itemscope itemtype=Product id=a itemref='a b c'><p itemprop=hasVariant itemscope>",
        "<p itemprop=offers itemscope itemtype=Offer>",
        "<a href=/x><img>abc",
        "<p class=stock>In stock",
        "<table>",
        "<h2>Related</h2>",
    ] {
        let html = format!("<html><body>{}", piece.repeat(20_000));
        let started = std::time::Instant::now();
        let _ = reader_once().read(&page(&html));
        assert!(started.elapsed().as_secs() < 20, "{piece}");
    }
}
