//! Lists of variants without the product around them: those of Shopify's themes beside the options, and Tiendanube's.

use serde_json::{Map, Value};

use super::super::product::Described;
use super::product_json::{VARIANTS, keys, offer, option_name};
use super::said::said;
use super::view::{Found, Tie, View, scalar};

/// Reads `[{"id": 1, "option1": "S", "sku": "A", "available": true, …}]`.
pub(super) fn list(all: &[Value], path: &[&str], view: &View<'_>) -> Option<Found> {
    let variants: Vec<&Map<String, Value>> = all.iter().take(VARIANTS).map_while(Value::as_object).collect();
    let first = variants.first()?;
    if variants.len() < all.len().min(VARIANTS) || !["option0", "option1"].iter().any(|key| first.contains_key(*key)) {
        return None;
    }
    let tie = variants.iter().filter_map(|variant| tie(variant, view)).max();
    let tie = tie.or_else(|| path.is_empty().then_some(Tie::Alike))?;
    let mut one = Described::default();
    for (number, variant) in variants.iter().enumerate() {
        let Some(said) = said(variant, false) else { continue };
        let mut offer = offer(said, &format!("variants[{number}]."));
        offer.keys = keys(variant);
        offer.name = option_name(variant);
        one.variant_skus.extend(offer.keys.first().cloned());
        one.offers.push(offer);
    }
    let choice: Vec<bool> = one.offers.iter().map(|offer| offer.keys.iter().any(|key| view.chooses(key))).collect();
    if choice.iter().filter(|chosen| **chosen).count() == 1 {
        for (offer, chosen) in one.offers.iter_mut().zip(choice) {
            offer.selected = Some(chosen);
        }
    }
    (!one.offers.is_empty()).then_some(Found { tie, one })
}

/// Reads the variant that stands alone beside the options: the chosen one, else the first that can be bought. Where it
/// cannot, none can.
pub(super) fn alone(map: &Map<String, Value>, path: &[&str], view: &View<'_>) -> Option<Found> {
    if !path.is_empty() || !map.contains_key("option1") || !map.contains_key("inventory_management") {
        return None;
    }
    let tie = tie(map, view)?;
    let mut offer = offer(said(map, false)?, "");
    offer.keys = ["sku", "barcode"].iter().filter_map(|key| scalar(map.get(*key)?)).collect();
    let skus = offer.keys.first().cloned().into_iter().collect();
    Some(Found { tie, one: Described { variant_skus: skus, offers: vec![offer], ..Described::default() } })
}

fn tie(variant: &Map<String, Value>, view: &View<'_>) -> Option<Tie> {
    let chosen = variant.get("id").and_then(scalar).is_some_and(|id| view.chooses(&id));
    let own = variant.get("product_id").and_then(scalar).is_some_and(|id| view.is_own_id(&id));
    if chosen || own {
        return Some(Tie::Sure);
    }
    // `"name": "Blue shirt - L"`.
    let name = variant.get("name").and_then(Value::as_str)?;
    let product = name.rsplit_once(" - ").map_or(name, |(product, _)| product);
    view.names(name).max(view.names(product)).max(view.tie(variant))
}
