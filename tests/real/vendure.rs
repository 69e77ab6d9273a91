//! Stock from a real Vendure, read before and after it changes.

use crate::backed::Backed;
use crate::kit;
use crate::pages::Pages;
use crate::trial::{Ran, Trial};

/// `locations` and the rule for them, or nothing.
fn configuration(shop: &Backed, pages: &Pages, more: &str) -> String {
    let adapter = r"      vendure:
        url: {api}admin-api
        login: {username: superadmin, password_file: password}
        page_size: 10
        batch: 10
        fetch: {rate: 200/s, burst: 20, allow_private: [127.0.0.1]}
";
    shop.configuration(pages, &format!("{adapter}{more}"))
}

/// Each lamp's policy and sellable quantity, as the check says.
fn told(ran: &Ran, skus: &[&str]) -> Vec<String> {
    ran.stock(skus).into_iter().map(|(sku, stock)| format!("{sku} {stock}")).collect()
}

#[test]
fn what_vendure_would_sell_is_told_exactly_whatever_is_ordered_or_changed() {
    if !kit::has("stock from a real Vendure", &["vendure", "postgres"], &["node"]) {
        return;
    }
    let shop = Backed::open("vendure");
    let pages = Pages::open();
    let skus: Vec<&str> = shop.seeded().as_array().expect("SKUs").iter().filter_map(|sku| sku.as_str()).collect();
    let trial = Trial::new(&configuration(&shop, &pages, ""));
    trial.put("password", "superadmin\n");
    let rows: String = skus.iter().map(|sku| format!("{sku},/p/{sku}\n")).collect();
    trial.put("catalogue.csv", &format!("sku,url\n{rows}"));
    assert!(trial.connect().contains("ok    lamps stock"));

    let ran = trial.check();
    assert_eq!((ran.count("items"), ran.count("verified")), (32, 32), "{:?}", ran.findings());
    // LAMP-01 to LAMP-25 have 1, 2, 3, 4, 0, 1 … on hand: every fifth is sold out.
    for (number, (sku, stock)) in ran.stock(&skus[..25]).iter().enumerate() {
        assert_eq!(stock, &format!("tracked {}", (number + 1) % 5), "{sku}");
    }
    let odd = ["TWO-PLACES", "ONLY-HAIFA", "BACKORDERS", "KEPT-BACK", "UNTRACKED", "TRACKED", "SWITCHED-OFF"];
    assert_eq!(
        told(&ran, &odd),
        [
            "TWO-PLACES tracked 5",
            "ONLY-HAIFA tracked 4",
            "BACKORDERS tracked 10",
            "KEPT-BACK tracked 0",
            "UNTRACKED untracked 0",
            "TRACKED tracked 3",
            "SWITCHED-OFF discontinued 3",
        ]
    );
    let let_down: Vec<&str> = ran.findings().into_keys().collect();
    assert_eq!(let_down, ["KEPT-BACK", "LAMP-05", "LAMP-10", "LAMP-15", "LAMP-20", "LAMP-25", "SWITCHED-OFF"]);

    // A customer buys the last two of one, and as many as there are here of another: both stay on the shelf until they
    // are sent, but are allocated. The warehouse counts a third anew, and one more comes to Haifa.
    assert_eq!(shop.clerk(&["order", "LAMP-02", "2"]), "PaymentAuthorized");
    assert_eq!(shop.clerk(&["order", "TWO-PLACES", "2"]), "PaymentAuthorized");
    assert_eq!(shop.clerk(&["order", "BACKORDERS", "3"]), "PaymentAuthorized");
    shop.clerk(&["set", "LAMP-05=7@Haifa", "LAMP-04=0@Default Stock Location"]);
    let ran = trial.check();
    let changed = ["LAMP-02", "TWO-PLACES", "BACKORDERS", "LAMP-05", "LAMP-04"];
    assert_eq!(
        told(&ran, &changed),
        ["LAMP-02 tracked 0", "TWO-PLACES tracked 3", "BACKORDERS tracked 7", "LAMP-05 tracked 7", "LAMP-04 tracked 0"]
    );
    let fields = &ran.item("LAMP-02")["stock"]["fields"];
    assert_eq!((&fields["stock_on_hand"], &fields["stock_allocated"]), (&"2".into(), &"2".into()), "{fields:#}");

    // What is not said of a variant is inherited: from now on nothing is counted but what says so itself.
    shop.clerk(&["global", "track=false", "threshold=0"]);
    let ran = trial.check();
    assert_eq!(told(&ran, &["LAMP-02", "TRACKED"]), ["LAMP-02 untracked 0", "TRACKED tracked 3"]);
    shop.clerk(&["global", "track=true", "threshold=2"]);
    let ran = trial.check();
    assert_eq!(
        told(&ran, &["TRACKED", "LAMP-03", "KEPT-BACK"]),
        ["TRACKED tracked 1", "LAMP-03 tracked 1", "KEPT-BACK tracked 0"]
    );

    // Only one of the places serves the web.
    let web = "      sellable: sum(locations[web].stock_on_hand) - sum(locations[web].stock_allocated)
      locations: {web: [Haifa]}";
    trial.put("stocktruth.yaml", &configuration(&shop, &pages, web));
    let ran = trial.check();
    assert_eq!(
        told(&ran, &["TWO-PLACES", "ONLY-HAIFA", "LAMP-05", "LAMP-03"]),
        ["TWO-PLACES tracked 3", "ONLY-HAIFA tracked 4", "LAMP-05 tracked 7", "LAMP-03 tracked 0"]
    );

    // The wrong password is told as such, and not shown.
    trial.put("password", "wr0ng-password\n");
    let (ran, said) = trial.check_and_listen();
    let failed = ran.failed();
    assert!(
        failed.contains("INVALID_CREDENTIALS_ERROR")
            && !failed.contains("wr0ng-password")
            && !said.contains("wr0ng-password"),
        "{failed} {said}"
    );
    assert_eq!(ran.code, 4);
}
