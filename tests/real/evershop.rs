//! Stock from a real EverShop, read before and after it changes.

use crate::backed::Backed;
use crate::kit;
use crate::pages::Pages;
use crate::trial::Trial;

#[test]
fn what_evershop_would_sell_is_told_exactly_also_where_its_list_hides_it() {
    if !kit::has_optional("stock from a real EverShop", "evershop", &["postgres"], &["node"]) {
        return;
    }
    let shop = Backed::open("evershop");
    let pages = Pages::open();
    let adapter = r"      evershop:
        url: {api}
        login: {username: admin@shop.test, password_file: password}
        batch: 10
        gap: 20
        fetch: {rate: 100/s, allow_private: [127.0.0.1]}";
    let trial = Trial::new(&shop.configuration(&pages, adapter));
    trial.put("password", "admin-pass-1\n");
    let skus: Vec<&str> = shop.seeded().as_array().expect("SKUs").iter().filter_map(|sku| sku.as_str()).collect();
    let rows: String = skus.iter().map(|sku| format!("{sku},/p/{sku}\n")).collect();
    trial.put("catalogue.csv", &format!("sku,url\n{rows}"));
    let told = |skus: &[&str]| -> Vec<String> {
        trial.check().stock(skus).into_iter().map(|(sku, stock)| format!("{sku} {stock}")).collect()
    };

    let ran = trial.check();
    assert_eq!((ran.code, ran.count("items"), ran.count("verified")), (0, 15, 15), "{:?}", ran.findings());
    let cups = ["CUP-001-BLK", "CUP-001-WHT", "CUP-001-YEL"];
    assert_eq!(
        told(&[&cups[..], &["VASE-004-BLK", "THERMO-005-WHT"]].concat()),
        [
            "CUP-001-BLK tracked 100",
            "CUP-001-WHT tracked 100",
            "CUP-001-YEL tracked 100",
            "VASE-004-BLK tracked 60",
            "THERMO-005-WHT tracked 120",
        ]
    );

    // Sold out, switched off, not counted, disabled: EverShop's list shows none of these but the third. The newest
    // product of all is sold out too, and one is gone.
    let set = |sku: &str, what: &str| {
        shop.sql(&format!(
            "update product_inventory set {what} from product p \
             where p.product_id = product_inventory_product_id and p.sku = '{sku}'"
        ));
    };
    set("CUP-001-BLK", "qty = 0");
    set("CUP-001-WHT", "stock_availability = false");
    set("CUP-001-YEL", "qty = 0, manage_stock = false");
    set("THERMO-005-YEL", "qty = 0");
    set("VASE-004-BLK", "qty = 7");
    shop.sql("update product set status = false where sku = 'VASE-004-WHT'");
    shop.sql("delete from product where sku = 'BOWL-003-BLK'");
    let ran = trial.check();
    let changed = [&cups[..], &["THERMO-005-YEL", "VASE-004-BLK", "VASE-004-WHT"]].concat();
    assert_eq!(
        ran.stock(&changed).into_iter().map(|(sku, stock)| format!("{sku} {stock}")).collect::<Vec<_>>(),
        [
            "CUP-001-BLK tracked 0",
            "CUP-001-WHT tracked 0",
            "CUP-001-YEL untracked 0",
            "THERMO-005-YEL tracked 0",
            "VASE-004-BLK tracked 7",
            "VASE-004-WHT discontinued 60",
        ]
    );
    let findings = ran.findings();
    assert_eq!(findings["BOWL-003-BLK"].1, Some("stock_missing"), "{findings:?}");
    let let_down: Vec<&str> =
        findings.iter().filter(|(_, found)| found.0 == "false_available").map(|(sku, _)| *sku).collect();
    assert_eq!(let_down, ["CUP-001-BLK", "CUP-001-WHT", "THERMO-005-YEL", "VASE-004-WHT"]);
}
