//! The whole way through a real Cartridge: a campaign that somebody wrote by hand, a Buy button that stands over an empty
//! shelf, and a cart that tells the truth.

use std::collections::BTreeMap;

use crate::kit;
use crate::shop::Shop;
use crate::street::Street;
use crate::trial::{Ran, Trial};
use crate::way::{assert_ways, way};

/// A real shop in a street, and who checks it.
struct Sweets {
    shop: Shop,
    street: Street,
    trial: Trial,
}

impl Sweets {
    fn open() -> Self {
        let shop = Shop::open("cartridge");
        let street = Street::before(shop.port());
        let trial = Trial::new(&format!(
            r#"
version: 1
contact: it@sweets.example
shops:
  - name: sweets
    url: {url}
    catalog:
      csv: {{file: catalogue.csv, columns: {{sku: SKU, url: Page}}}}
    listings:
      - {{name: sweets, kind: category, url: sweets/, pages: 5}}
      - {{name: Purim campaign, kind: campaign, url: purim/}}
    cart: {{cartridge: {{}}, rate: 100/s, sample: 100, suspects: 100}}
    fetch: {{rate: 200/s, burst: 20, concurrency: 4, allow_private: [127.0.0.1]}}
    stock:
      sellable: quantity
      untracked_when: counted == "no"
      discontinued_when: on_sale == "no"
      csv: {{file: stock.csv, key: sku, fields: {{quantity: quantity, counted: counted, on_sale: on sale}}}}
    grace: 0s
    confirm_after: 1s
fallback: {{email: esther@shop.test}}
mail: {{from: stocktruth@shop.test, transport: {{file: {{folder: outbox}}}}}}
"#,
            url = street.url()
        ));
        // All but some of many that are alike: every cart takes nine requests.
        let skus = shop.skus().filter(|sku| !("HAM-06".."HAM-99").contains(sku));
        let rows = skus.map(|sku| format!("{sku},{}\n", shop.path(sku))).collect::<String>();
        trial.put("catalogue.csv", &format!("SKU,Page\n{rows}"));
        Self { shop, street, trial }
    }

    /// Runs the check, which must leave nothing in any cart and never go near the checkout.
    fn check(&self) -> Ran {
        self.street.passed();
        let ran = self.trial.check();
        let beyond = self.street.passed().into_iter().find(|passed| passed.target.contains("checkout"));
        assert!(beyond.is_none(), "the check went to the checkout: {beyond:?}");
        assert_eq!(self.shop.count("project/dev.db", "select count(*) from shop_cartitem"), 0, "left in a cart");
        ran
    }
}

#[test]
fn a_campaign_for_what_is_sold_out_is_found_by_its_name_and_the_cart_tells_the_truth() {
    if !kit::has("the way through Cartridge", &["cartridge"], &[]) {
        return;
    }
    let sweets = Sweets::open();

    // Everything is there, and everything says so: the campaign too, and every cart.
    let empty = ["FIGS-L", "FIGS-S", "HALVA", "MARZ-01", "MARZ-02", "MARZ-03", "MARZ-04"];
    let filled = empty.map(|sku| format!("{sku}=5"));
    sweets.trial.put("stock.csv", &sweets.shop.stock(&filled.each_ref().map(String::as_str)));
    let ran = sweets.check();
    assert_eq!(ran.findings(), BTreeMap::new());
    assert_eq!((ran.code, ran.notices("queued"), ran.count("verified")), (0, 0, 16));
    for (sku, expected) in [
        // What the category shows without a word is no promise; what a campaign shows is one.
        ("HAM-01", "listing ?, page yes, cart yes"),
        ("HAM-03", "listing yes, listing ?, page yes, cart yes"),
        ("MARZ-01", "listing yes, listing ?, page yes, cart yes"),
        ("DATES-S", "listing yes, listing ?, page yes, cart yes"),
        ("FIGS-L", "listing ?, page yes, cart yes"),
        ("CARD", "listing ?, page yes, cart yes"),
    ] {
        assert_eq!(way(&ran, sku), expected, "{sku}");
    }

    // Sold out again. The button stays, and the campaign goes on. And of one thing the shop's own counter is wrong: the
    // warehouse has none, so that even the cart lies.
    let sold_out = empty.map(|sku| format!("{sku}=0"));
    let stock = sweets.shop.stock(&sold_out.each_ref().map(String::as_str));
    assert!(stock.contains("\nHAM-05,5,"), "{stock}");
    sweets.trial.put("stock.csv", &stock.replace("\nHAM-05,5,", "\nHAM-05,0,"));
    let ran = sweets.check();
    let cart = Some(("cart", 100));
    let lie = "false_available";
    assert_ways(
        &ran,
        &[
            ("MARZ-01", "listing yes, listing ?, page yes, cart no", lie, cart),
            ("MARZ-02", "listing ?, page yes, cart no", lie, cart),
            ("HALVA", "listing ?, page yes, cart no", lie, cart),
            ("FIGS-S", "listing ?, page yes, cart no", lie, cart),
            ("FIGS-L", "listing ?, page yes, cart no", lie, cart),
            ("HAM-05", "listing ?, page yes, cart yes", lie, Some(("after_paying", 150))),
            ("HAM-03", "listing yes, listing ?, page yes, cart yes", "agrees", None),
        ],
    );
    assert_eq!((ran.code, ran.findings().len(), ran.count("opened")), (10, 8, 8));
    let shown = sweets.trial.shown();
    assert!(shown.contains("Purim campaign"), "{shown}");

    // The shelves are filled, and the campaign is true again.
    let stock = sweets.shop.stock(&filled.each_ref().map(String::as_str));
    sweets.trial.put("stock.csv", &stock);
    let ran = sweets.check();
    assert_eq!((ran.code, ran.count("resolved"), ran.findings()), (0, 8, BTreeMap::new()));
}
