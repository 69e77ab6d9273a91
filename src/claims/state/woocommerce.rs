//! WooCommerce: the variations that the form is given, and the classes of the product's own element.

use serde_json::{Map, Value};

use super::super::product::{Described, Offer};
use super::super::sheet::{Element, Sheet};
use super::product_json::VARIANTS;
use super::view::{Found, Tie, View, scalar};
use crate::domain::Availability;

/// Reads `data-product_variations`. It is `false` where there are too many, which are then asked for one by one.
pub(super) fn variations(index: usize, element: Element<'_>, view: &View<'_>) -> Option<Found> {
    let product = element.attr("data-product_id").unwrap_or_default();
    // Cards and the parts of a set have such forms too.
    let own = if view.knows_ids() && !product.is_empty() { view.is_own_id(product) } else { view.sheet.own(index) };
    if !own {
        return None;
    }
    let Ok(Value::Array(all)) = serde_json::from_str(element.attr("data-product_variations")?) else { return None };
    let preset = preset(view.sheet, index);
    let mut one = Described::default();
    for (number, variation) in all.iter().take(VARIANTS).enumerate() {
        let Some(variation) = variation.as_object() else { continue };
        // One that is switched off is not shown.
        if ["variation_is_active", "variation_is_visible"]
            .iter()
            .any(|key| variation.get(*key) == Some(&Value::Bool(false)))
        {
            continue;
        }
        let place = format!("data-product_variations[{number}].is_in_stock");
        one.offers.extend(offer(variation, place, &preset));
    }
    one.variant_skus.extend(one.offers.iter().filter_map(|offer| offer.keys.first().cloned()));
    (!one.offers.is_empty()).then_some(Found { tie: Tie::Sure, one })
}

fn offer(variation: &Map<String, Value>, place: String, preset: &[(String, String)]) -> Option<Offer> {
    let in_stock = variation.get("is_in_stock")?.as_bool()?;
    let told = variation.get("availability_html").and_then(Value::as_str).unwrap_or_default();
    let says = match in_stock {
        false => Availability::OutOfStock,
        true if told.contains("available-on-backorder") => Availability::BackOrder,
        true => Availability::InStock,
    };
    let mut offer = Offer::new(says, format!("is_in_stock: {in_stock}"), place);
    offer.quantity = if in_stock { only_number(told) } else { None };
    let keys = ["sku", "variation_gtin", "gtin", "ean", "global_unique_id", "variation_id"];
    offer.keys = keys.iter().filter_map(|key| scalar(variation.get(*key)?)).collect();
    let chosen: Vec<(&String, &str)> = variation
        .get("attributes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name, value.as_str()?)))
        .collect();
    let words: Vec<&str> = chosen.iter().map(|(_, value)| *value).filter(|value| !value.is_empty()).collect();
    offer.name = (!words.is_empty()).then(|| words.join(" / "));
    if !preset.is_empty() {
        let fits = chosen.iter().all(|(name, value)| {
            value.is_empty() || preset.iter().any(|(other, chosen)| other == *name && chosen == value)
        });
        offer.selected = Some(fits);
    }
    Some(offer)
}

/// The number in `<p class="stock in-stock">3 in stock</p>`, if there is just one.
fn only_number(html: &str) -> Option<rust_decimal::Decimal> {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let first = numbers.next()?;
    if numbers.next().is_some() { None } else { first.parse().ok() }
}

/// What the form's lists of options have chosen already: attribute and value.
fn preset(sheet: &Sheet<'_>, form: usize) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut list: Option<&str> = None;
    for index in sheet.inside(form) {
        let element = sheet.element(index);
        match element.name() {
            "select" => list = element.attr("name").filter(|name| name.starts_with("attribute_")),
            "option" if element.attr("selected").is_some() => {
                let value = element.attr("value").unwrap_or_default();
                all.extend(list.filter(|_| !value.is_empty()).map(|name| (name.to_owned(), value.to_owned())));
            }
            _ => {}
        }
    }
    all
}

/// Reads the state that WordPress writes among the classes of a product's element, if that is the page's own.
pub(super) fn post(index: usize, element: Element<'_>, view: &View<'_>) -> Option<Found> {
    let class = element.attr("class")?;
    if !class.contains("type-product") || matches!(element.name(), "li" | "html") {
        return None;
    }
    let mut says = None;
    let mut post = None;
    let mut is_product = false;
    for name in class.split_ascii_whitespace() {
        match name {
            "type-product" => is_product = true,
            "instock" => says = Some(Availability::InStock),
            "outofstock" => says = Some(Availability::OutOfStock),
            "onbackorder" => says = Some(Availability::BackOrder),
            _ => post = post.or(name.strip_prefix("post-").filter(|id| id.bytes().all(|b| b.is_ascii_digit()))),
        }
    }
    let own = post.is_some_and(|id| view.is_own_id(id))
        || (view.sheet.holds_heading(index) && !(view.knows_ids() && post.is_some()));
    let says = says.filter(|_| is_product && own)?;
    let excerpt = super::super::sheet::excerpt(class);
    let one = Described { offers: vec![Offer::new(says, excerpt, "class")], ..Described::default() };
    Some(Found { tie: Tie::Sure, one })
}
