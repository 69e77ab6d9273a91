//! The carts of real shops: what they say of what is there and what is not, and that nothing stays in them. The shops'
//! own databases are asked for that.

use std::process::Command;

use crate::backed::Backed;
use crate::kit;
use crate::process::output;
use crate::shop::Shop;
use crate::trial::Trial;

fn configuration(port: u16, catalog: &str, stock: &str, cart: &str) -> String {
    format!(
        r"
version: 1
contact: it@shop.example
shops:
  - name: shop
    url: http://127.0.0.1:{port}/
    catalog: {catalog}
    fetch: {{rate: 500/s, burst: 50, allow_private: [127.0.0.1]}}
    stock:
      max_sold_out: 100%
{stock}
    max_jump: 100%
    grace: 0s
    confirm_after: 0s
    cart: {{{cart}: {{}}, rate: 100/s, sample: 20}}
fallback: {{email: esther@shop.test}}
mail: {{from: stocktruth@shop.test, transport: {{file: {{folder: outbox}}}}}}
"
    )
}

/// What the log says of each SKU's cart: `Some(true)` taken, `Some(false)` refused, `None` neither.
fn answers(said: &str) -> Vec<(String, Option<bool>)> {
    let lines =
        said.lines().filter_map(|line| line.split_once("the cart on ")).filter_map(|(_, rest)| rest.split_once(": "));
    let taken = |words: &str| match words {
        words if words.starts_with("InStock") => Some(true),
        words if words.starts_with("OutOfStock") => Some(false),
        _ => None,
    };
    lines.map(|(sku, words)| (sku.to_owned(), taken(words))).collect()
}

/// Counts rows of a shop's own SQLite database.
fn rows(shop: &Shop, environment: &str, file: &str, table: &str) -> String {
    let mut command = Command::new(kit::environment(environment).join("bin/python"));
    let script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from ' + sys.argv[2]).fetchone()[0])";
    command.args(["-c", script]).arg(shop.data().join(file)).arg(table);
    output(command).trim().to_owned()
}

#[test]
fn oscars_basket_says_what_it_has_and_is_empty_afterwards() {
    if !kit::has("Oscar's basket", &["oscar"], &[]) {
        return;
    }
    let shop = Shop::open("oscar");
    let stock = format!(
        r#"      sellable: coalesce(available, 0)
      untracked_when: buyable and available is none
      http_json:
        item: {{url: "http://127.0.0.1:{}/api/products/{{key}}/availability/"}}
        fields: {{available: $.num_available, buyable: $.is_available_to_buy}}
        fetch: {{rate: 500/s, burst: 50, allow_private: [127.0.0.1]}}"#,
        shop.port()
    );
    let catalog = "{csv: {file: catalogue.csv, columns: {sku: sku, url: url, stock_key: id}}}";
    let trial = Trial::new(&configuration(shop.port(), catalog, &stock, "oscar"));
    let skus = ["BEE-01", "BEE-02", "KING-03", "ALL-TAKEN", "MASK-RED", "CAPE-S", "CAPE-M"];
    let row = |sku: &str| format!("{sku},{},{}\n", shop.path(sku), shop.product(sku)["id"]);
    trial.put("catalogue.csv", &format!("sku,url,id\n{}", skus.map(row).concat()));
    let (ran, said) = trial.check_with(&["-v"]);
    let mut answers = answers(&said);
    answers.sort();
    let expected = [
        ("ALL-TAKEN", false),
        ("BEE-01", true),
        ("BEE-02", true),
        ("CAPE-M", false),
        ("CAPE-S", true),
        ("KING-03", false),
        ("MASK-RED", false),
    ];
    assert_eq!(answers, expected.map(|(sku, taken)| (sku.to_owned(), Some(taken))), "{said}");
    assert_eq!(ran.code, 0, "an honest shop is honest to its cart: {said}");
    assert_eq!(rows(&shop, "oscar", "shop.sqlite", "basket_line"), "0");
    assert_eq!(rows(&shop, "oscar", "shop.sqlite", "order_order"), "0");
}

#[test]
fn cartridges_cart_tells_what_its_button_does_not_and_is_empty_afterwards() {
    if !kit::has("Cartridge's cart", &["cartridge"], &[]) {
        return;
    }
    let shop = Shop::open("cartridge");
    let stock = r#"      sellable: quantity
      untracked_when: counted == "no"
      discontinued_when: on_sale == "no"
      csv: {file: stock.csv, key: sku, fields: {quantity: quantity, counted: counted, on_sale: on sale}}"#;
    let catalog = "{csv: {file: catalogue.csv, columns: {sku: sku, url: url}}}";
    let trial = Trial::new(&configuration(shop.port(), catalog, stock, "cartridge"));
    let skus = ["HAM-01", "MARZ-01", "HALVA", "CARD", "NOUGAT", "DATES-L", "FIGS-S"];
    let row = |sku: &str| format!("{sku},{}\n", shop.path(sku));
    trial.put("catalogue.csv", &format!("sku,url\n{}", skus.map(row).concat()));
    trial.put("stock.csv", &shop.stock(&[]));
    let (ran, said) = trial.check_with(&["-v"]);
    let mut answers = answers(&said);
    answers.sort();
    let expected = [
        ("CARD", Some(true)),
        ("DATES-L", Some(true)),
        ("FIGS-S", Some(false)),
        ("HALVA", Some(false)),
        ("HAM-01", Some(true)),
        ("MARZ-01", Some(false)),
        ("NOUGAT", None),
    ];
    assert_eq!(answers, expected.map(|(sku, taken)| (sku.to_owned(), taken)), "{said}");
    assert_eq!(ran.code, 10, "{said}");
    assert!(ran.text().contains("the cart says OutOfStock"), "{}", ran.text());
    assert_eq!(rows(&shop, "cartridge", "project/dev.db", "shop_cartitem"), "0");
    assert_eq!(rows(&shop, "cartridge", "project/dev.db", "shop_order"), "0");
}

#[test]
fn evershops_cart_says_what_it_has_and_is_empty_afterwards() {
    if !kit::has_optional("EverShop's cart", "evershop", &["postgres"], &["node"]) {
        return;
    }
    let shop = Backed::open("evershop");
    shop.sql(
        "update product_inventory set qty = 0 from product p
         where p.product_id = product_inventory_product_id and p.sku = 'CUP-001-WHT'",
    );
    let stock = format!(
        r"      evershop:
        url: {}
        login: {{username: admin@shop.test, password_file: password}}
        gap: 20
        fetch: {{rate: 100/s, allow_private: [127.0.0.1]}}",
        shop.url()
    );
    let catalog = "{list: [{sku: CUP-001-BLK, url: /ceramic-coffee-cup-black}, {sku: CUP-001-WHT, url: /ceramic-coffee-cup-white}]}";
    let port = shop.url().trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let trial = Trial::new(&configuration(port, catalog, &stock, "evershop"));
    trial.put("password", "admin-pass-1\n");
    let (_, said) = trial.check_with(&["-v", "--sku", "CUP-001-BLK", "--sku", "CUP-001-WHT"]);
    let mut answers = answers(&said);
    answers.sort();
    let expected = [("CUP-001-BLK", true), ("CUP-001-WHT", false)];
    assert_eq!(answers, expected.map(|(sku, taken)| (sku.to_owned(), Some(taken))), "{said}");
    shop.sql(
        "do $$ begin if exists (select 1 from cart_item) or exists (select 1 from \"order\")
         then raise exception 'something was left'; end if; end $$",
    );
}
