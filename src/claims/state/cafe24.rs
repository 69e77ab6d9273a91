//! Cafe24's `option_stock_data`: items by their code, each with what may be sold of it.

use serde_json::{Map, Value};

use super::super::product::{Described, Offer};
use super::product_json::VARIANTS;
use super::view::{Found, Tie, View, scalar};
use crate::domain::Availability;

/// Reads `{"P0000ABC000A": {"use_stock": true, "is_selling": "T", "stock_number": 3, …}}`.
pub(super) fn read(map: &Map<String, Value>, _: &[&str], _: &View<'_>) -> Option<Found> {
    let (_, first) = map.iter().next()?;
    first.get("is_selling")?;
    first.get("stock_number")?;
    let mut one = Described::default();
    for (code, item) in map.iter().take(VARIANTS) {
        let flag = |key: &str| item.get(key).is_some_and(|value| value == &Value::Bool(true) || value == "T");
        let left = item.get("stock_number").and_then(scalar).and_then(|count| count.parse().ok());
        let counted = flag("use_stock") && (flag("use_soldout") || flag("is_auto_soldout"));
        let none_left = left.is_some_and(|left: rust_decimal::Decimal| left <= 0.into());
        let selling = flag("is_selling") && !(counted && none_left);
        let says = if selling { Availability::InStock } else { Availability::OutOfStock };
        let excerpt = format!("is_selling: {}, stock_number: {}", flag("is_selling"), left.unwrap_or_default());
        let mut offer = Offer::new(says, excerpt, format!("{code}.is_selling"));
        offer.quantity = left.filter(|_| counted);
        offer.keys.push(code.clone());
        offer.name = item.get("option_value").and_then(scalar);
        one.variant_skus.push(code.clone());
        one.offers.push(offer);
    }
    Some(Found { tie: Tie::Named, one })
}
