//! Magento's configurable products: `jsonConfig` of swatches, `spConfig` of selects, Hyvä's, and Magento 1's
//! `Product.Config`. An option lists the items that have it; an item that an option does not list cannot be bought.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::product::{Described, Offer};
use super::product_json::VARIANTS;
use super::view::{Found, Tie, View, scalar};
use crate::domain::Availability;

/// One attribute, such as the size.
struct Attribute<'c> {
    id: &'c str,
    options: Vec<&'c Map<String, Value>>,
}

/// Reads a configuration of options.
pub(super) fn read(map: &Map<String, Value>, path: &[&str], view: &View<'_>) -> Option<Found> {
    let attributes = map.get("attributes")?.as_object()?;
    let known = ["optionPrices", "chooseText", "basePrice"].iter().any(|key| map.contains_key(*key));
    // Cards of other products have swatches too; theirs are named by the product.
    let of_card = path.iter().any(|key| key.contains("swatch-option-"));
    let product = map.get("productId").and_then(scalar);
    let of_other = view.knows_ids() && product.as_deref().is_some_and(|id| !view.is_own_id(id));
    if !known || of_card || of_other || attributes.is_empty() {
        return None;
    }
    let attributes: Vec<Attribute<'_>> = attributes
        .iter()
        .filter_map(|(id, attribute)| {
            let options = attribute.get("options")?.as_array()?;
            Some(Attribute { id, options: options.iter().filter_map(Value::as_object).collect() })
        })
        .collect();
    let salable = map.get("salable").and_then(Value::as_object).filter(|all| !all.is_empty());
    let shows_all = map.get("canDisplayShowOutOfStockStatus") == Some(&Value::Bool(true));
    let mut items: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    let index = map.get("index").and_then(Value::as_object);
    items.extend(index.into_iter().flatten().take(VARIANTS).map(|(id, _)| (id.clone(), (0, Vec::new()))));
    // Which items have which option of which attribute.
    let mut having: HashMap<(&str, String), Vec<&String>> = HashMap::new();
    for (item, chosen) in index.into_iter().flatten().take(VARIANTS) {
        for (attribute, option) in chosen.as_object().into_iter().flatten() {
            having.entry((attribute.as_str(), scalar(option).unwrap_or_default())).or_default().push(item);
        }
    }
    let has_index = !items.is_empty();
    for attribute in &attributes {
        for option in &attribute.options {
            let id = option.get("id").and_then(scalar).unwrap_or_default();
            let label = option.get("label").and_then(scalar);
            let listed = listed(option.get("products"));
            let sold: HashSet<String> = match salable {
                Some(salable) => listed_set(salable.get(attribute.id).and_then(|of| of.get(&id))),
                None if shows_all && map.contains_key("salable") => HashSet::new(),
                None => listed.iter().cloned().collect(),
            };
            let in_index = having.get(&(attribute.id, id)).into_iter().flatten();
            let named: Vec<String> = if has_index { in_index.map(|id| (*id).clone()).collect() } else { listed };
            for item in named {
                if items.len() >= VARIANTS && !items.contains_key(&item) {
                    continue;
                }
                let (times, labels) = items.entry(item.clone()).or_default();
                *times += usize::from(sold.contains(&item));
                labels.extend(label.clone());
            }
        }
    }
    let mut one = Described::default();
    let skus = ["sku", "skus"].iter().find_map(|key| map.get(*key)?.as_object());
    for (id, (times, labels)) in items {
        let says = if times >= attributes.len() { Availability::InStock } else { Availability::OutOfStock };
        let excerpt = format!("{} of {} options list {id}", times.min(attributes.len()), attributes.len());
        let mut offer = Offer::new(says, excerpt, format!("index.{id}"));
        offer.keys = skus.and_then(|skus| skus.get(&id)).and_then(scalar).into_iter().collect();
        offer.keys.push(id);
        offer.name = (!labels.is_empty()).then(|| labels.join(" / "));
        one.variant_skus.extend(offer.keys.first().cloned());
        one.offers.push(offer);
    }
    (!one.offers.is_empty()).then_some(Found { tie: Tie::Sure, one })
}

fn listed(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(all)) => all.iter().filter_map(scalar).take(VARIANTS).collect(),
        Some(Value::Object(all)) => all.values().filter_map(scalar).take(VARIANTS).collect(),
        _ => Vec::new(),
    }
}

fn listed_set(value: Option<&Value>) -> HashSet<String> {
    listed(value).into_iter().collect()
}
