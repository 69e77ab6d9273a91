//! The whole way through a real EverShop behind Varnish: cached pages and lists lie, GraphQL knows better, and the shop
//! answers a hasty guest with 429.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::backed::Backed;
use crate::google::Ads;
use crate::kit;
use crate::street::Street;
use crate::trial::{Ran, Trial};
use crate::varnish::Varnish;
use crate::way::{assert_ways, way, why};

/// The category that holds everything.
const CATEGORY: &str = "/accessories";

/// A real shop, the street before it, a page cache before that, and who checks it.
struct Cups {
    shop: Backed,
    street: Street,
    varnish: Varnish,
    ads: Ads,
    trial: Trial,
    config: String,
}

impl Cups {
    fn open() -> Self {
        let shop = Backed::open("evershop");
        let street = Street::before(shop.port());
        let varnish = Varnish::before(street.port());
        let config = format!(
            r"
version: 1
contact: it@cups.example
shops:
  - name: cups
    url: {url}
    catalog:
      csv: {{file: catalogue.csv, columns: {{sku: sku, url: url}}}}
    feeds:
      - {{name: google, file: feed.xml}}
    listings:
      - {{name: accessories, kind: category, url: accessories, pages: 3}}
    cart: {{evershop: {{}}, rate: 100/s, sample: 1, suspects: 10}}
    fetch: {{rate: 100/s, burst: 10, concurrency: 4, retries: 2, max_retry_after: 70s, allow_private: [127.0.0.1]}}
    stock:
      max_sold_out: 100%
      evershop:
        url: {api}
        login: {{username: admin@shop.test, password_file: password}}
        fetch: {{rate: 100/s, allow_private: [127.0.0.1]}}
    grace: 0s
    confirm_after: 0s
fallback: {{email: esther@shop.test}}
mail: {{from: stocktruth@shop.test, transport: {{file: {{folder: outbox}}}}}}
",
            url = varnish.url(),
            api = shop.url(),
        );
        let trial = Trial::new(&config);
        trial.put("password", "admin-pass-1\n");
        let ads = Ads::of_evershop(&street, &varnish.url(), CATEGORY);
        let rows: String = ads.0.iter().map(|(sku, ad)| format!("{sku},{}\n", ad.link)).collect();
        trial.put("catalogue.csv", &format!("sku,url\n{rows}"));
        trial.put("feed.xml", &ads.rss());
        Self { shop, street, varnish, ads, trial, config }
    }

    /// The path of a product's page.
    fn path(&self, sku: &str) -> String {
        let link = &self.ads.0[sku].link;
        format!("/{}", link.strip_prefix(&self.varnish.url()).expect("a page of the shop"))
    }

    /// Changes the stock behind the shop's back.
    fn stock(&self, sku: &str, quantity: u32) {
        self.shop.sql(&format!(
            "update product_inventory set qty = {quantity} from product p \
             where p.product_id = product_inventory_product_id and p.sku = '{sku}'"
        ));
    }

    /// Writes the feed anew, in which this is as given and all else as it was.
    fn advertise(&mut self, sku: &str, is_in_stock: bool) {
        self.ads.0.get_mut(sku).expect("an ad").is_in_stock = is_in_stock;
        self.trial.put("feed.xml", &self.ads.rss());
    }

    /// Runs the check, which must leave nothing in any cart and never go near the checkout.
    fn check(&self) -> Ran {
        self.street.passed();
        let ran = self.trial.check();
        let beyond = self.street.passed().into_iter().find(|passed| passed.target.contains("checkout"));
        assert!(beyond.is_none(), "the check went to the checkout: {beyond:?}");
        self.assert_carts_are_empty();
        ran
    }

    fn assert_carts_are_empty(&self) {
        assert_eq!(self.shop.count("select count(*) from cart_item"), 0, "left in a cart");
    }
}

#[test]
fn an_evershop_behind_varnish_is_checked_as_a_guest_on_the_whole_way() {
    if !kit::has_optional("the way through EverShop", "evershop", &["postgres"], &["node", "varnishd"]) {
        return;
    }
    let mut cups = Cups::open();

    // Honest, while the cache fills.
    let ran = cups.check();
    assert_eq!(ran.findings(), BTreeMap::new());
    assert_eq!((ran.code, ran.count("items"), ran.count("verified"), ran.notices("queued")), (0, 15, 15, 0));
    let skus: Vec<String> = cups.ads.0.keys().cloned().collect();
    let probed: Vec<_> = skus.iter().filter(|sku| way(&ran, sku).ends_with(", cart yes")).collect();
    assert_eq!(probed.len(), 1, "the sample");
    for sku in &skus {
        let way = way(&ran, sku);
        assert!(way.starts_with("feed yes, listing yes, page yes"), "{sku}: {way}");
    }

    // Sold out in the shop. The cache keeps the list and the pages, but for one page; the feed was written anew, but for
    // one ad.
    for sku in ["CUP-001-BLK", "CUP-001-WHT", "VASE-004-BLK", "PEN-002-YEL"] {
        cups.stock(sku, 0);
    }
    for sku in ["CUP-001-WHT", "PEN-002-YEL"] {
        cups.advertise(sku, false);
    }
    for sku in ["VASE-004-BLK", "PEN-002-YEL"] {
        cups.varnish.purge_page(&cups.path(sku));
    }
    let ran = cups.check();
    let lie = "false_available";
    assert_ways(
        &ran,
        &[
            ("CUP-001-BLK", "feed yes, listing yes, page yes, cart no", lie, Some(("cart", 100))),
            ("CUP-001-WHT", "feed no, listing yes, page yes, cart no", lie, Some(("cart", 100))),
            ("VASE-004-BLK", "feed yes, listing yes, page no, cart no", lie, Some(("page", 60))),
            ("PEN-002-YEL", "feed no, listing yes, page no, cart no", lie, Some(("page", 60))),
        ],
    );
    assert_eq!((ran.code, ran.count("opened")), (10, 4));
    assert_eq!(ran.findings().len(), 4, "{:?}", ran.findings());
    assert_eq!(why(&ran, "CUP-001-WHT").as_deref(), Some("page_cache"));
    let cache = &ran.item("CUP-001-WHT")["page"]["cache"];
    assert_eq!(cache["status"], "X-Cache: HIT", "{cache:#}");
    assert!(cache["age_seconds"].is_u64(), "{cache:#}");

    // The cache is purged and the feed written anew.
    cups.varnish.purge();
    for sku in ["CUP-001-BLK", "VASE-004-BLK"] {
        cups.advertise(sku, false);
    }
    let ran = cups.check();
    assert_eq!((ran.code, ran.count("resolved"), ran.findings()), (0, 4, BTreeMap::new()));
    // A list that leaves out what is sold out says nothing of it.
    assert!(way(&ran, "CUP-001-BLK").starts_with("feed no, page no"), "{}", way(&ran, "CUP-001-BLK"));

    // Others have used up what the shop answers in a minute, and the cache is empty: it says 429 and "in a minute". Nobody
    // is accused, nothing is forgotten, and the shop is not asked again and again.
    cups.varnish.purge();
    let short = cups.path("CUP-001-BLK").replace("/accessories/", "/");
    let until_it_refuses = || {
        let mut answers = (0..400).map(|_| cups.street.status(&short));
        answers.find(|(status, _)| *status == 429).expect("EverShop answers 429 after 300 pages").1
    };
    let mut reset = until_it_refuses();
    // It counts by the minute: a minute that is nearly over would be of no use.
    if reset < 30 {
        sleep(Duration::from_secs(reset + 1));
        reset = until_it_refuses();
    }
    cups.stock("VASE-004-WHT", 0);
    cups.advertise("VASE-004-WHT", false);
    cups.trial.put("stocktruth.yaml", &cups.config.replace("max_retry_after: 70s", "max_retry_after: 2s"));
    cups.street.passed();
    let begun = Instant::now();
    let (ran, said) = cups.trial.check_with(&[]);
    cups.assert_carts_are_empty();
    assert_eq!(ran.count("opened"), 0, "{said}");
    let passed = cups.street.passed().into_iter().map(|passed| passed.target);
    let mut pages: Vec<_> = passed.filter(|target| target.starts_with("/accessories/")).collect();
    let asked = pages.len();
    pages.sort();
    pages.dedup();
    assert_eq!(asked, pages.len(), "no page is asked for twice: {pages:?}");
    if ran.code == 0 {
        // The stock system, which is the same shop, was patient first.
        assert!(begun.elapsed() > Duration::from_secs(reset - 5), "{:?} of {reset} s", begun.elapsed());
        assert_eq!((ran.count("verified"), pages.len()), (15, 15), "each page");
    } else {
        assert_eq!(ran.code, 4, "{said}");
        // The mail, if there is one, is about the shop as a whole.
        let last = cups.trial.mails().pop().expect("those of what was found before");
        assert!(last.names(skus.iter().map(String::as_str)).is_empty(), "{}", last.text);
    }
}
