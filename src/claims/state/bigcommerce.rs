//! BigCommerce's `BCData`, which the theme's scripts are given on the product's own page.

use serde_json::{Map, Value};

use super::super::product::{Described, Offer};
use super::view::{Found, Tie, View, scalar};
use crate::domain::Availability;

/// Reads `{"product_attributes": {…}}`.
pub(super) fn read(map: &Map<String, Value>, path: &[&str], _: &View<'_>) -> Option<Found> {
    let told = map.get("product_attributes")?.as_object()?;
    let in_stock = told.get("instock")?.as_bool()?;
    if !path.is_empty() || !told.contains_key("purchasable") {
        return None;
    }
    let none = |key: &str| told.get(key).and_then(Value::as_array).map(Vec::is_empty);
    // "In stock" is also what a product with options says of none of them.
    let has_options = none("available_variant_values") == Some(false);
    let (says, excerpt) = match in_stock {
        false => (Availability::OutOfStock, "instock: false"),
        true if has_options && none("in_stock_attributes") == Some(true) => return None,
        true => (Availability::InStock, "instock: true"),
    };
    let mut one = Described {
        skus: told.get("sku").and_then(scalar).into_iter().collect(),
        numbers: ["upc", "gtin", "mpn"].iter().filter_map(|key| scalar(told.get(*key)?)).collect(),
        ..Described::default()
    };
    let mut offer = Offer::new(says, excerpt, "product_attributes.instock");
    offer.quantity = told.get("stock").and_then(scalar).and_then(|stock| stock.parse().ok());
    if !has_options {
        offer.keys = one.skus.iter().chain(&one.numbers).cloned().collect();
    }
    one.offers.push(offer);
    Some(Found { tie: Tie::Sure, one })
}
