//! What one object says of stock, in the words of the platforms.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::super::buyable;
use super::view::scalar;
use super::vocabulary::{Topic, topic};
use crate::domain::Availability;

/// What an object says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) says: Availability,
    /// The key and value that say it.
    pub(super) excerpt: String,
    pub(super) quantity: Option<Decimal>,
}

/// A state by its name, in schema.org's vocabulary and in those that platforms made for themselves.
pub(super) fn status(text: &str) -> Option<Availability> {
    if text.len() > 60 {
        return None;
    }
    if let Some(known) = Availability::parse(text) {
        return Some(known);
    }
    let word: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    Some(match word.as_str() {
        "lowonstock" | "lastitems" | "lastremainingitems" | "almostoutofstock" | "fewleft" => {
            Availability::LimitedAvailability
        }
        "backsoon"
        | "comingsoon"
        | "nostock"
        | "temporarilyoutofstock"
        | "temporarilyunavailable"
        | "currentlyunavailable"
        | "notinstock"
        | "outofstockonline"
        | "stockout" => Availability::OutOfStock,
        "onstock" | "highstock" | "instockonline" => Availability::InStock,
        "nolongeravailable" | "endoflife" => Availability::Discontinued,
        _ => return None,
    })
}

/// Yes or no, also as a number or a word; a label such as `"In stock"` is neither.
fn answer(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::Number(number) => number.as_f64().map(|number| number > 0.0),
        Value::String(text) => match text.as_str() {
            "true" | "True" | "1" | "Y" | "yes" => Some(true),
            "false" | "False" | "0" | "N" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn count(value: &Value) -> Option<Decimal> {
    scalar(value)?.parse().ok()
}

#[derive(Default)]
struct Heard {
    can: Option<bool>,
    status: Option<Availability>,
    at_odds: bool,
    told: Option<Decimal>,
    quantity: Option<Decimal>,
    amount: Option<Decimal>,
    unlimited: Option<bool>,
    preorder: bool,
    backorder: bool,
    goes_on: bool,
    counted: bool,
    excerpt: Option<String>,
}

impl Heard {
    fn note(&mut self, key: &str, value: &Value) {
        if self.excerpt.is_none() {
            let value = value.to_string();
            self.excerpt = Some(format!("{key}: {}", value.chars().take(80).collect::<String>()));
        }
    }

    fn hear(&mut self, key: &str, value: &Value) {
        let Some(topic) = topic(key) else { return };
        // Magento writes "no" as nothing under this key.
        let nothing = key == "is_salable" && value.as_str() == Some("");
        let yes = if nothing { Some(false) } else { answer(value) };
        match topic {
            Topic::Can | Topic::Cannot => {
                // A label, `"outOfStock": "Sold out"`, is no answer.
                let Some(yes) = yes else { return };
                let can = yes == (topic == Topic::Can);
                self.at_odds |= self.can.is_some_and(|known| known != can);
                self.can = Some(can);
                self.note(key, value);
                if topic == Topic::Can && value.is_number() {
                    self.quantity = self.quantity.or(count(value).filter(|count| *count > Decimal::ONE));
                }
            }
            Topic::Status => match value {
                Value::Bool(yes) => {
                    self.at_odds |= self.can.is_some_and(|known| known != *yes);
                    self.can = Some(*yes);
                    self.note(key, value);
                }
                _ => self.hear_status(key, value),
            },
            Topic::Preorder => self.preorder |= value == &Value::Bool(true),
            Topic::Backorder => self.backorder |= value == &Value::Bool(true),
            Topic::Count => {
                self.told = count(value);
                if self.told.is_some() && self.excerpt.is_none() {
                    self.note(key, value);
                }
            }
            Topic::Quantity => self.quantity = self.quantity.or(count(value)),
            Topic::Amount => self.amount = self.amount.or(count(value)),
            Topic::Unlimited => self.unlimited = yes,
            Topic::Policy => self.goes_on = value.as_str() == Some("continue"),
            Topic::Oversold => self.goes_on |= yes == Some(true),
            Topic::Manager => self.counted = value.as_str().is_some_and(|who| !who.is_empty()),
            _ => {}
        }
    }

    fn hear_status(&mut self, key: &str, value: &Value) {
        let Some(state) = value.as_str().and_then(status) else { return };
        self.at_odds |= self.status.is_some_and(|known| buyable(known) != buyable(state));
        self.status = Some(state);
        self.note(key, value);
    }
}

/// What an object says of stock; `detail`: it is the part of a product that is about stock alone. `None` where it says
/// nothing, or two things that cannot both be true.
pub(super) fn said(map: &Map<String, Value>, detail: bool) -> Option<Said> {
    let mut heard = Heard::default();
    for (key, value) in map {
        heard.hear(key, value);
        // `inventory: {status: "in_stock"}`: only here is a bare `status` one of stock.
        if detail && key.eq_ignore_ascii_case("status") {
            heard.hear_status(key, value);
        }
    }
    let Heard { can, status, told, unlimited, goes_on, .. } = heard;
    if heard.at_odds || matches!((can, status), (Some(can), Some(status)) if can != buyable(status)) {
        return None;
    }
    // Elsewhere an amount is what the form puts into the cart.
    let amount = heard.amount.filter(|_| detail || unlimited.is_some());
    let quantity = told.or(heard.quantity).or(amount);
    let some_left = quantity.map(|count| count > Decimal::ZERO);
    let mut says = match (status, can, unlimited) {
        (Some(status), ..) => status,
        (None, Some(true), _) | (None, None, Some(true)) => Availability::InStock,
        (None, Some(false), _) => Availability::OutOfStock,
        // A count that is limited is one that counts.
        (None, None, Some(false)) => told_by(some_left?, goes_on),
        (None, None, None) => told_by(told.map(|count| count > Decimal::ZERO)?, goes_on),
    };
    if says == Availability::InStock {
        if heard.preorder {
            says = Availability::PreOrder;
        } else if heard.backorder || (heard.counted && goes_on && some_left == Some(false)) {
            says = Availability::BackOrder;
        }
    }
    // A count of none beside a promise is one that nobody keeps.
    let kept = says != Availability::InStock || some_left == Some(true);
    let mut excerpt = heard.excerpt.unwrap_or_else(|| format!("quantity: {}", quantity.unwrap_or_default()));
    if says == Availability::BackOrder && goes_on {
        excerpt.push_str(", sold past its stock");
    }
    Some(Said { says, excerpt, quantity: quantity.filter(|_| kept && unlimited != Some(true)) })
}

fn told_by(some_left: bool, goes_on: bool) -> Availability {
    match (some_left, goes_on) {
        (true, _) => Availability::InStock,
        (false, true) => Availability::BackOrder,
        (false, false) => Availability::OutOfStock,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Availability::{BackOrder, InStock, LimitedAvailability, OutOfStock, PreOrder};

    #[test]
    fn platforms_say_it_in_their_own_words() {
        for (object, meant) in [
            (json!({"available": true}), Some(InStock)),
            (json!({"availableForSale": false}), Some(OutOfStock)),
            (json!({"is_in_stock": "1"}), Some(InStock)),
            (json!({"soldOut": true}), Some(OutOfStock)),
            (json!({"soldOut": false, "inStock": true}), Some(InStock)),
            (json!({"stockStatus": "OUT_OF_STOCK"}), Some(OutOfStock)),
            (json!({"availability": "low_on_stock"}), Some(LimitedAvailability)),
            (json!({"availability": "https://schema.org/InStock"}), Some(InStock)),
            (json!({"available": true, "preOrder": true}), Some(PreOrder)),
            (json!({"AvailableQuantity": 0}), Some(OutOfStock)),
            (json!({"qtyInStock": 0, "unlimited": true}), Some(InStock)),
            (json!({"qtyInStock": 0, "unlimited": false}), Some(OutOfStock)),
            (json!({"quantity": 0, "unlimited_quantity": false, "out_of_stock_orderable": true}), Some(BackOrder)),
            (
                json!({"available": true, "inventory_quantity": -2, "inventory_policy": "continue", "inventory_management": "shopify"}),
                Some(BackOrder),
            ),
            (
                json!({"available": true, "inventory_quantity": 0, "inventory_policy": "deny", "inventory_management": null}),
                Some(InStock),
            ),
            // Labels, settings, counts that nobody may keep, and contradictions.
            (json!({"outOfStock": "Sold out", "inStock": "In stock"}), None),
            (json!({"outOfStock": "Sold out"}), None),
            (json!({"stockQuantity": 0}), None),
            (json!({"availability": {"x": 1}}), None),
            (json!({"available": true, "soldOut": true}), None),
            (json!({"available": true, "stockStatus": "outofstock"}), None),
            (json!({"status": "in_stock"}), None),
            (json!({"is_salable": ""}), Some(OutOfStock)),
            (json!({"available": ""}), None),
        ] {
            let map = object.as_object().unwrap();
            assert_eq!(said(map, false).map(|said| said.says), meant, "{object}");
        }
        let inventory = json!({"status": "out_of_stock", "quantity": 0});
        assert_eq!(said(inventory.as_object().unwrap(), true).map(|said| said.says), Some(OutOfStock));
    }

    #[test]
    fn a_count_is_told_where_it_counts() {
        let of = |object: Value| said(object.as_object().unwrap(), false).and_then(|said| said.quantity);
        assert_eq!(of(json!({"available": true, "inventory_quantity": 7})), Some(7.into()));
        assert_eq!(of(json!({"available": true, "inventory_quantity": 0})), None);
        assert_eq!(of(json!({"inStock": 12})), Some(12.into()));
        assert_eq!(of(json!({"inStock": true, "quantity": 1})), None, "what is put into the cart");
    }
}
