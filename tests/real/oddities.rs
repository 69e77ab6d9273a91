//! Where django-oscar's own pages and API do not say the same, cache or no cache.

use std::collections::BTreeMap;

use crate::shop::Shop;
use crate::trial::Trial;
use crate::{kit, oscar};

#[test]
fn what_oscar_itself_says_two_ways_is_told_as_it_is() {
    if !kit::has("django-oscar's own contradictions", &["oscar"], &[]) {
        return;
    }
    let shop = Shop::open("oscar");
    let trial = Trial::new(&oscar::configuration(&format!("http://127.0.0.1:{}/", shop.port()), None));
    trial.put("catalogue.csv", &oscar::catalogue(&shop, |sku| oscar::ODD.contains(&sku)));
    let ran = trial.check();
    ran.assert_found(&BTreeMap::from([
        // A parent is shown as available as long as one child is; the API speaks of the parent itself.
        ("CAPE", ("false_available", None, None, Some("open"))),
        // Counted, but without a price it cannot be put into a basket, and the page does not offer it.
        ("NO-PRICE", ("false_unavailable", None, None, Some("open"))),
        // Not shown to customers at all.
        ("HIDDEN", ("gone", None, None, Some("open"))),
    ]));
    assert_eq!(ran.code, 10);
}
