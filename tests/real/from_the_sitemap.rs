//! A catalogue that nobody exported: django-oscar's own sitemap, with the SKU read from each page.

use std::collections::BTreeMap;

use crate::kit;
use crate::shop::Shop;
use crate::trial::Trial;

#[test]
fn a_sitemap_and_the_pages_themselves_are_catalogue_enough() {
    if !kit::has("a shop's own sitemap", &["oscar"], &[]) {
        return;
    }
    let shop = Shop::open("oscar");
    let url = format!("http://127.0.0.1:{}/", shop.port());
    let trial = Trial::new(&format!(
        r#"
version: 1
contact: it@costumes.example
shops:
  - name: costumes
    url: {url}
    catalog:
      sitemap:
        url: {url}sitemap.xml
        include: [/catalogue/.+_\d+/$]
        exclude: [/catalogue/(cape|mask)-in-sizes_]
    page:
      sku:
        selector: "article.product_page table tr:first-child td"
    fetch:
      rate: 200/s
      burst: 20
      concurrency: 4
      allow_private: [127.0.0.1]
    stock:
      name: warehouse
      sellable: stock - allocated
      untracked_when: counted == "no"
      csv:
        file: stock.csv
        key: UPC
        fields:
          stock: in stock
          allocated: allocated
          counted: counted
    grace: 0s
    confirm_after: 1s
"#
    ));
    // The warehouse's file is ahead of the shop by one product: what it denies, the page still promises.
    let export = shop.stock(&[]);
    let row = "BEE-12,12,0,yes";
    assert!(export.contains(row), "{export}");
    trial.put("stock.csv", &export.replace(row, "BEE-12,12,12,yes"));
    let ran = trial.check();
    ran.assert_found(&BTreeMap::from([
        ("BEE-12", ("false_available", None, None, Some("open"))),
        // Its stock is counted, but it has no price and the page does not offer it.
        ("NO-PRICE", ("false_unavailable", None, None, Some("open"))),
    ]));
    assert_eq!((ran.code, ran.count("items"), ran.count("verified")), (10, 51, 51));
    // The child of a product that has sizes has no line in the sitemap; SAYS-IN is denied by page and warehouse alike.
    assert_eq!(ran.item("SAYS-IN")["page"]["buyable"], false);
}
