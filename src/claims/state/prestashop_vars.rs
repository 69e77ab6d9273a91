//! PrestaShop 1.6: variables in a script, and the combinations by their number.

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::product::{Described, Offer};
use super::literal::{self, Names};
use super::product_json::VARIANTS;
use super::view::{Found, Tie, View, scalar};
use crate::domain::Availability;

/// Reads `var quantityAvailable = 0; var allowBuyWhenOutOfStock = false; var combinations = {…};`.
pub(super) fn read(view: &View<'_>, found: &mut Vec<Found>) {
    for script in &view.sheet.scripts {
        let text: &str = &script.text;
        if !text.contains("allowBuyWhenOutOfStock") {
            continue;
        }
        let truth = |name: &str| {
            variable(text, name).and_then(|value| match value {
                Value::Bool(yes) => Some(yes),
                other => scalar(&other).map(|text| text == "1"),
            })
        };
        let number =
            |value: Option<Value>| value.as_ref().and_then(scalar).and_then(|count| count.parse::<Decimal>().ok());
        let oversold = truth("allowBuyWhenOutOfStock");
        if oversold.is_none() || truth("stock_management") == Some(false) {
            continue;
        }
        let says = |count: Decimal| match (count > Decimal::ZERO, oversold == Some(true)) {
            (true, _) => Availability::InStock,
            (false, true) => Availability::BackOrder,
            (false, false) => Availability::OutOfStock,
        };
        let mut one = Described { at: script.at, ..Described::default() };
        one.skus.extend(variable(text, "productReference").as_ref().and_then(scalar));
        if let Some(Value::Object(all)) = variable(text, "combinations") {
            for (id, combination) in all.iter().take(VARIANTS) {
                let Some(count) = number(combination.get("quantity").cloned()) else { continue };
                let mut offer = Offer::new(says(count), format!("quantity: {count}"), format!("combinations.{id}"));
                offer.quantity = Some(count);
                offer.keys = ["reference", "ean13"].iter().filter_map(|key| scalar(combination.get(*key)?)).collect();
                offer.keys.push(id.clone());
                let words = combination.get("attributes_values").and_then(Value::as_object);
                let words: Vec<String> = words.into_iter().flatten().filter_map(|(_, word)| scalar(word)).collect();
                offer.name = (!words.is_empty()).then(|| words.join(" / "));
                one.variant_skus.extend(offer.keys.first().cloned());
                one.offers.push(offer);
            }
        }
        if one.offers.is_empty() {
            let Some(count) = number(variable(text, "quantityAvailable")) else { continue };
            let mut offer = Offer::new(says(count), format!("quantityAvailable: {count}"), "quantityAvailable");
            offer.quantity = Some(count);
            offer.keys = one.skus.clone();
            one.offers.push(offer);
        }
        found.push(Found { tie: Tie::Sure, one });
        return;
    }
}

/// The value that a script gives to a variable.
fn variable(text: &str, name: &str) -> Option<Value> {
    let bytes = text.as_bytes();
    let at = memchr::memmem::find_iter(bytes, name.as_bytes()).take(20).find(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = text.get(at + name.len()..).unwrap_or_default().trim_start();
        before.is_none_or(|b| b.is_ascii_whitespace() || *b == b';') && after.starts_with('=')
    })?;
    let value = text.get(at + name.len()..)?.trim_start().strip_prefix('=')?;
    literal::read(value.trim_start(), &Names::new())
}
