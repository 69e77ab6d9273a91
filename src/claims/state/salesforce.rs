//! Salesforce Commerce's element of availability: `data-available`, and whether everything that must be chosen is.

use super::super::product::{Described, Offer};
use super::super::sheet::Element;
use super::view::{Found, Tie, View};
use crate::domain::Availability;

/// Reads `<div class="product-availability" data-ready-to-order="true" data-available="false">`.
pub(super) fn availability(index: usize, element: Element<'_>, view: &View<'_>) -> Option<Found> {
    let class = element.attr("class").unwrap_or_default();
    let is_it = class.split_ascii_whitespace().any(|name| matches!(name, "product-availability" | "availability"));
    let ready = element.attr("data-ready-to-order")?;
    if !is_it || !view.sheet.own(index) {
        return None;
    }
    let says = match (element.attr("data-available")?, ready) {
        ("false", _) => Availability::OutOfStock,
        ("true", "true") => Availability::InStock,
        // Something has to be chosen first, and nothing is said of what.
        _ => return None,
    };
    let excerpt = format!("data-available: {}", says == Availability::InStock);
    let one = Described { offers: vec![Offer::new(says, excerpt, "data-available")], ..Described::default() };
    Some(Found { tie: Tie::Sure, one })
}
