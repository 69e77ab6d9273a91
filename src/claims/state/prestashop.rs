//! PrestaShop: the product that 1.7 and later write beside the details, and the variables of 1.6.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::super::product::{Described, Offer};
use super::super::sheet::Element;
use super::view::{Found, Tie, View, scalar};
use crate::domain::Availability;

/// Reads `<div id="product-details" data-product="{…}">`.
pub(super) fn details(_: usize, element: Element<'_>, view: &View<'_>) -> Option<Found> {
    let map: Map<String, Value> = serde_json::from_str(element.attr("data-product")?).ok()?;
    object(&map, element.attr("id") == Some("product-details"), view)
}

/// Reads the same object where it stands among other data.
pub(super) fn inline(map: &Map<String, Value>, _: &[&str], view: &View<'_>) -> Option<Found> {
    object(map, false, view)
}

fn object(map: &Map<String, Value>, own: bool, view: &View<'_>) -> Option<Found> {
    let oversold = yes(map.get("allow_oosp")?);
    map.get("id_product")?;
    let tie = if own { Tie::Sure } else { view.tie(map)? };
    let quantity: Option<Decimal> = map.get("quantity").and_then(scalar).and_then(|count| count.parse().ok());
    let none_left = quantity.is_some_and(|count| count <= Decimal::ZERO);
    // Without a word here, stock is not counted or not told.
    let word = map.get("availability").and_then(Value::as_str)?;
    let says = match word {
        "available" | "in_stock" if none_left && oversold => Availability::BackOrder,
        "available" | "in_stock" => Availability::InStock,
        "last_remaining_items" => Availability::LimitedAvailability,
        "unavailable" if none_left && !oversold => Availability::OutOfStock,
        "discontinued" => Availability::Discontinued,
        _ => return None,
    };
    let mut one = Described {
        skus: map.get("reference").and_then(scalar).into_iter().collect(),
        numbers: ["ean13", "isbn", "upc", "mpn"].iter().filter_map(|key| scalar(map.get(*key)?)).collect(),
        name: map.get("name").and_then(scalar),
        ..Described::default()
    };
    let mut offer = Offer::new(says, format!("availability: {word}"), "availability");
    offer.quantity = quantity.filter(|count| says != Availability::InStock || *count > Decimal::ZERO);
    let combination = map.get("id_product_attribute").and_then(scalar).filter(|id| id != "0");
    if combination.is_some() {
        // The combination that is chosen; the others are asked for one by one.
        offer.selected = Some(true);
        offer.keys.extend(map.get("reference_to_display").and_then(scalar));
    }
    offer.keys.extend(one.skus.iter().chain(&one.numbers).cloned());
    offer.keys.dedup();
    if !offer.keys.is_empty() {
        offer.keys.extend(combination);
    }
    one.offers.push(offer);
    Some(Found { tie, one })
}

fn yes(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || scalar(value).is_some_and(|text| text == "1")
}
