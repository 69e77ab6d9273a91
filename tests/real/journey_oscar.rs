//! The whole way through a real django-oscar: its own Google feed, its category, its pages and its basket; honest first,
//! then lying at every touchpoint, alone and together.

use serde_yaml::Value;

use crate::google::Ads;
use crate::shop::Shop;
use crate::street::{Kept, Street};
use crate::trial::{Ran, Trial};
use crate::way::{assert_ways, way, why};
use crate::{kit, oscar};

/// The category that holds everything, a page after the other.
const CATEGORY: &str = "/catalogue/category/costumes/children_2/";

/// What is looked at: some of everything the shop has. More would only take longer, as every basket takes seven requests.
const SOLD: [&str; 31] = [
    "BEE-01",
    "BEE-04",
    "BEE-05",
    "BEE-06",
    "BEE-07",
    "BEE-20",
    "BEE-21",
    "BEE-22",
    "BEE-23",
    "KING-01",
    "KING-02",
    "KING-09",
    "KING-10",
    "ALL-TAKEN",
    "OVERSOLD",
    "SOME-TAKEN",
    "UNKNOWN",
    "NO-RECORD",
    "PATTERN-1",
    "PATTERN-2",
    "SAYS-IN",
    "SAYS-OUT",
    "TWO-HOUSES",
    "CAPE-S",
    "CAPE-M",
    "CAPE-L",
    "MASK-RED",
    "MASK-BLUE",
    "BEE-02",
    "BEE-30",
    "KING-05",
];

/// A real shop in a street that may hold on to old pages, and who checks it.
struct Costumes {
    shop: Shop,
    street: Street,
    ads: Ads,
    trial: Trial,
}

impl Costumes {
    /// `stock`: a section of its own instead of the shop's API.
    fn open(sample: u32, stock: Option<&str>) -> Self {
        let shop = Shop::open("oscar");
        let street = Street::before(shop.port());
        let mut config: Value = yaml(&oscar::configuration(&street.url(), None));
        let checked = &mut config["shops"][0];
        checked["feeds"] = yaml("[{name: google, file: feed.xml}]");
        checked["listings"] =
            yaml(&format!("[{{name: children, kind: category, pages: 5, url: \"{}\"}}]", &CATEGORY[1..]));
        checked["cart"] = yaml(&format!("{{oscar: {{}}, rate: 100/s, sample: {sample}, suspects: 100}}"));
        if let Some(stock) = stock {
            checked["stock"] = yaml(stock);
        }
        let trial = Trial::new(&serde_yaml::to_string(&config).expect("YAML"));
        trial.put("catalogue.csv", &oscar::catalogue(&shop, |sku| SOLD.contains(&sku)));
        let mut ads = Ads::of_oscar(&shop, &street);
        // What is advertised is checked, also where the catalogue does not name it.
        ads.0.retain(|sku, _| SOLD.contains(&sku.as_str()));
        trial.put("feed.xml", &ads.rss());
        Self { shop, street, ads, trial }
    }

    /// Writes the feed anew, in which these are as the shop says now and all others as they were.
    fn feed_again(&mut self, skus: &[&str]) {
        self.ads.ask_oscar(&self.street, skus);
        self.trial.put("feed.xml", &self.ads.rss());
    }

    /// Runs the check, which must leave nothing in any basket and never go near the checkout.
    fn check(&self) -> Ran {
        self.street.passed();
        let ran = self.trial.check();
        let passed = self.street.passed();
        let beyond = passed.iter().find(|passed| passed.target.contains("checkout"));
        assert!(beyond.is_none(), "the check went to the checkout: {beyond:?}");
        assert_eq!(self.shop.count("shop.sqlite", "select count(*) from basket_line"), 0, "left in a basket");
        ran
    }
}

#[test]
fn an_oscar_that_lies_anywhere_on_the_way_is_told_where_and_an_honest_one_nothing() {
    if !kit::has("the way through django-oscar", &["oscar"], &[]) {
        return;
    }
    let mut costumes = Costumes::open(100, None);

    // Honest: everybody agrees, everywhere, and the basket too, of every item.
    let ran = costumes.check();
    assert_eq!(ran.findings(), [].into());
    assert_eq!((ran.code, ran.notices("queued")), (0, 0));
    let baskets = costumes.shop.count("shop.sqlite", "select count(*) from basket_basket");
    assert!(baskets >= 30, "so few baskets for as many probes: {baskets}");
    let list = [1, 2, 3].map(|page| costumes.street.body(&format!("{CATEGORY}?page={page}"))).concat();
    for sku in SOLD {
        let (is_there, way) = (ran.item(sku)["stock"]["buyable"].as_bool().expect("known"), way(&ran, sku));
        let word = if is_there { "yes" } else { "no" };
        let expected = match sku {
            // Without a price or a record it is not advertised, and its card has no word on it.
            "NO-RECORD" => "listing ?, page no, cart no".to_owned(),
            // Children have no cards of their own, and Oscar's own list shows one product twice and another not at all.
            unlisted if !list.contains(costumes.shop.path(unlisted)) => {
                format!("feed {word}, page {word}, cart {word}")
            }
            _ => format!("feed {word}, listing {word}, page {word}, cart {word}"),
        };
        assert_eq!(way, expected, "{sku}");
    }

    // Sold out, while some feeds, lists and pages go on as before: each alone and in every combination. The first page of
    // the list is as it should be, the second is an old one.
    let second = format!("{CATEGORY}?page=2");
    let pages: Vec<&str> = ["BEE-06", "BEE-07", "BEE-22", "BEE-23"].map(|sku| costumes.shop.path(sku)).to_vec();
    costumes.street.keep(&pages, Kept::ByACache);
    costumes.street.keep(&[&second], Kept::ByTheShop);
    let sold_out = ["BEE-04", "BEE-05", "BEE-06", "BEE-07", "BEE-20", "BEE-21", "BEE-22", "BEE-23"];
    costumes.shop.stock(&sold_out.map(|sku| format!("{sku}=0")).each_ref().map(String::as_str));
    costumes.feed_again(&["BEE-04", "BEE-06", "BEE-20", "BEE-22"]);
    let ran = costumes.check();
    assert_ways(
        &ran,
        &[
            ("BEE-04", "feed no, listing no, page no, cart no", "agrees", None),
            ("BEE-05", "feed yes, listing no, page no, cart no", "false_available", Some(("listing", 40))),
            ("BEE-06", "feed no, listing no, page yes, cart no", "false_available", Some(("cart", 100))),
            ("BEE-07", "feed yes, listing no, page yes, cart no", "false_available", Some(("cart", 100))),
            ("BEE-20", "feed no, listing yes, page no, cart no", "false_available", Some(("page", 60))),
            ("BEE-21", "feed yes, listing yes, page no, cart no", "false_available", Some(("page", 60))),
            ("BEE-22", "feed no, listing yes, page yes, cart no", "false_available", Some(("cart", 100))),
            ("BEE-23", "feed yes, listing yes, page yes, cart no", "false_available", Some(("cart", 100))),
        ],
    );
    assert_eq!((ran.code, ran.findings().len(), ran.count("opened")), (10, 7, 7));
    let causes = ["BEE-05", "BEE-06", "BEE-20"].map(|sku| why(&ran, sku));
    assert_eq!(causes, ["feed_lag", "page_cache", "listing_lag"].map(|cause| Some(cause.to_owned())));
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}
