//! How django-oscar is checked: what its catalogue looks like, and what its open API says of stock.

use crate::shop::Shop;

/// What is wrong in the shop as it stands, without any cache, and therefore has a test of its own.
pub(crate) const ODD: [&str; 3] = ["CAPE", "HIDDEN", "NO-PRICE"];

/// The shop's products as an export would hold them; `wanted` chooses.
pub(crate) fn catalogue(shop: &Shop, wanted: impl Fn(&str) -> bool) -> String {
    let mut csv = "SKU,Page,API id,Name,Category\n".to_owned();
    for sku in shop.skus().filter(|sku| wanted(sku)) {
        let kind = sku.split('-').next().unwrap_or(sku);
        csv += &format!("{sku},{},{},\"{}\",{kind}\n", shop.path(sku), shop.product(sku)["id"], shop.title(sku));
    }
    csv
}

/// A shop at `url` with that catalogue and the stock of the API. On loopback nobody minds a fast guest.
///
/// The API says of every product whether it can be bought, and how many there are where they are counted.
pub(crate) fn configuration(url: &str) -> String {
    format!(
        r#"
version: 1
contact: it@costumes.example
shops:
  - name: costumes
    url: {url}
    catalog:
      csv:
        file: catalogue.csv
        columns:
          sku: SKU
          url: Page
          stock_key: API id
          name: Name
          category: Category
    fetch:
      rate: 200/s
      burst: 20
      concurrency: 4
      allow_private: [127.0.0.1]
    stock:
      sellable: coalesce(available, 0)
      untracked_when: buyable and available is none
      http_json:
        item:
          url: {url}api/products/{{key}}/availability/
        fields:
          buyable: $.is_available_to_buy
          available: $.num_available
        fetch:
          rate: 200/s
          burst: 20
          allow_private: [127.0.0.1]
    grace: 0s
    confirm_after: 1s
"#
    )
}
