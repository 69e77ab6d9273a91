//! Cartridge shows its Buy button at stock 0 and says no only in the cart. There is no stock API; the stock comes from
//! an export.

use crate::kit;
use crate::post_office::Mail;
use crate::shop::Shop;
use crate::trial::{Found, Trial, all};

const LET_DOWN: Found<'_> = ("false_available", None, None, Some("open"));

#[test]
fn a_buy_button_over_an_empty_shelf_is_found() {
    if !kit::has("a shop whose Buy button lies", &["cartridge"], &[]) {
        return;
    }
    let shop = Shop::open("cartridge");
    let trial = Trial::new(&format!(
        r#"
version: 1
contact: it@sweets.example
shops:
  - name: sweets
    url: http://127.0.0.1:{}/
    catalog:
      csv:
        file: catalogue.csv
        columns:
          sku: SKU
          url: Page
    fetch:
      rate: 200/s
      burst: 20
      concurrency: 4
      allow_private: [127.0.0.1]
    stock:
      sellable: quantity
      untracked_when: counted == "no"
      discontinued_when: on_sale == "no"
      csv:
        file: stock.csv
        key: sku
        fields:
          quantity: quantity
          counted: counted
          on_sale: on sale
    grace: 0s
    confirm_after: 1s
fallback:
  email: esther@shop.test
mail:
  from: stocktruth@shop.test
  transport:
    file:
      folder: outbox
"#,
        shop.port()
    ));
    let rows = shop.skus().map(|sku| format!("{sku},{}\n", shop.path(sku))).collect::<String>();
    trial.put("catalogue.csv", &format!("SKU,Page\n{rows}"));
    let names = |mail: &Mail| mail.names(shop.skus()).into_iter().collect::<Vec<_>>();

    // Promised over an empty shelf: four marzipans, the halva whose name says that it is sold out, and both sizes of
    // one page. Honest: what is there, what is not counted (CARD), and what was switched off (NOUGAT).
    let lies = ["FIGS-L", "FIGS-S", "HALVA", "MARZ-01", "MARZ-02", "MARZ-03", "MARZ-04"];
    trial.put("stock.csv", &shop.stock(&[]));
    let ran = trial.check();
    ran.assert_found(&all(&lies, LET_DOWN));
    assert_eq!((ran.code, ran.count("items"), ran.count("verified")), (10, 23, 23));
    assert_eq!(trial.mails().iter().map(names).collect::<Vec<_>>(), [lies]);

    // One size and one marzipan are made anew.
    trial.put("stock.csv", &shop.stock(&["FIGS-S=3", "MARZ-02=8"]));
    let ran = trial.check();
    let mut lies_still = all(&["HALVA", "MARZ-01", "MARZ-03", "MARZ-04"], LET_DOWN);
    // The page speaks for both sizes.
    lies_still.insert("FIGS-L", ("false_available", None, Some("variant"), Some("open")));
    ran.assert_found(&lies_still);
    assert_eq!((ran.code, ran.count("opened"), ran.count("resolved")), (10, 0, 2));
    assert_eq!(trial.mails().iter().map(names).collect::<Vec<_>>(), [lies.to_vec(), vec!["FIGS-S", "MARZ-02"]]);
}
