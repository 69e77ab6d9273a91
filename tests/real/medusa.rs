//! Stock from a real Medusa, read before and after it changes.

use crate::backed::Backed;
use crate::kit;
use crate::pages::Pages;
use crate::trial::{Ran, Trial};

fn configuration(shop: &Backed, pages: &Pages, more: &str) -> String {
    let adapter = r"      medusa:
        url: {api}
        login: {username: admin@shop.test, password_file: password}
        page_size: 5
        batch: 5
        fetch: {rate: 200/s, burst: 20, allow_private: [127.0.0.1]}
";
    shop.configuration(pages, &format!("{adapter}{more}"))
}

fn told(ran: &Ran, skus: &[&str]) -> Vec<String> {
    ran.stock(skus).into_iter().map(|(sku, stock)| format!("{sku} {stock}")).collect()
}

#[test]
fn what_medusa_would_sell_is_told_exactly_whatever_is_ordered_or_changed() {
    if !kit::has("stock from a real Medusa", &["medusa", "postgres"], &["node"]) {
        return;
    }
    let shop = Backed::open("medusa");
    let pages = Pages::open();
    let skus: Vec<&str> =
        shop.seeded()["skus"].as_array().expect("SKUs").iter().filter_map(|sku| sku.as_str()).collect();
    let trial = Trial::new(&configuration(&shop, &pages, ""));
    trial.put("password", "admin-pass-1\n");
    let rows: String = skus.iter().map(|sku| format!("{sku},/p/{sku}\n")).collect();
    trial.put("catalogue.csv", &format!("sku,url\n{rows}"));
    assert!(trial.connect().contains("ok    lamps stock"));

    let ran = trial.check();
    assert_eq!((ran.count("items"), ran.count("verified")), (22, 22), "{:?}", ran.findings());
    // LAMP-01 to LAMP-12 have 1, 2, 3, 4, 0, 1 … in stock.
    for number in 1..=12 {
        let sku = format!("LAMP-{number:02}");
        assert_eq!(ran.stock(&[&sku])[0].1, format!("tracked {}", number % 5), "{sku}");
    }
    let odd =
        ["TWO-PLACES", "ONLY-ATTIC", "NO-LEVEL", "BACKORDER", "UNTRACKED", "DRAFT", "SHADE", "BULB", "KIT", "PAIR"];
    assert_eq!(
        told(&ran, &odd),
        [
            "TWO-PLACES tracked 5",
            "ONLY-ATTIC tracked 7",
            "NO-LEVEL tracked 0",
            "BACKORDER backorder 0",
            "UNTRACKED untracked -",
            "DRAFT discontinued 3",
            "SHADE tracked 7",
            "BULB tracked 9",
            "KIT tracked 4",
            "PAIR tracked 3",
        ]
    );
    let let_down: Vec<&str> = ran.findings().into_keys().collect();
    assert_eq!(let_down, ["DRAFT", "LAMP-05", "LAMP-10", "NO-LEVEL"]);

    // A customer buys two of one and a kit of others: they are reserved, and stay in stock until they are sent.
    assert_eq!(shop.clerk(&["order", "LAMP-02", "2"]), "order");
    assert_eq!(shop.clerk(&["order", "KIT", "3"]), "order");
    shop.clerk(&["set", "LAMP-05=6@Berlin", "LAMP-04=0@Berlin", "TWO-PLACES=1@Haifa"]);
    let ran = trial.check();
    assert_eq!(
        told(&ran, &["LAMP-02", "LAMP-05", "LAMP-04", "TWO-PLACES", "SHADE", "BULB", "KIT", "PAIR"]),
        [
            "LAMP-02 tracked 0",
            "LAMP-05 tracked 6",
            "LAMP-04 tracked 0",
            "TWO-PLACES tracked 3",
            "SHADE tracked 4",
            "BULB tracked 3",
            "KIT tracked 1",
            "PAIR tracked 2",
        ]
    );

    // The attic does not serve the web: what lies there cannot be ordered, as the shop itself says.
    let channel = format!("        sales_channel: {}", shop.seeded()["channel"]);
    trial.put("stocktruth.yaml", &configuration(&shop, &pages, &channel));
    let ran = trial.check();
    assert_eq!(told(&ran, &["ONLY-ATTIC", "TWO-PLACES"]), ["ONLY-ATTIC tracked 0", "TWO-PLACES tracked 3"]);

    // Only one of the places.
    let haifa = "      sellable: sum(locations[web].available_quantity)\n      locations: {web: [Haifa]}";
    trial.put("stocktruth.yaml", &configuration(&shop, &pages, haifa));
    let ran = trial.check();
    assert_eq!(
        told(&ran, &["TWO-PLACES", "SHADE", "LAMP-03"]),
        ["TWO-PLACES tracked 1", "SHADE tracked 2", "LAMP-03 tracked 0"]
    );

    trial.put("password", "wr0ng-password\n");
    let (ran, said) = trial.check_and_listen();
    let failed = ran.failed();
    assert!(
        failed.contains("Invalid email or password")
            && !failed.contains("wr0ng-password")
            && !said.contains("wr0ng-password"),
        "{failed} {said}"
    );
    assert_eq!(ran.code, 4);
}
