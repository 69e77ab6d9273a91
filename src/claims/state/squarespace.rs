//! Squarespace's `data-variants`, beside the options of the page's product; Tiendanube's on the element that holds all.

use serde_json::Value;

use super::super::product::Described;
use super::super::sheet::Element;
use super::product_json::{VARIANTS, keys, offer, option_name};
use super::said::said;
use super::view::{Found, Tie, View};

/// Reads the variants of an element.
pub(super) fn variants(index: usize, element: Element<'_>, view: &View<'_>) -> Option<Found> {
    let class = element.attr("class").unwrap_or_default();
    let own = class.split_ascii_whitespace().any(|name| name == "product-variants") || view.sheet.holds_heading(index);
    if !own {
        return None;
    }
    let Ok(Value::Array(all)) = serde_json::from_str(element.attr("data-variants")?) else { return None };
    let mut one = Described::default();
    for (number, variant) in all.iter().take(VARIANTS).enumerate() {
        let Some(variant) = variant.as_object() else { continue };
        let Some(said) = said(variant, false) else { continue };
        let mut offer = offer(said, &format!("data-variants[{number}]."));
        offer.keys = keys(variant);
        offer.name = option_name(variant);
        one.variant_skus.extend(offer.keys.first().cloned());
        one.offers.push(offer);
    }
    (!one.offers.is_empty()).then_some(Found { tie: Tie::Sure, one })
}
