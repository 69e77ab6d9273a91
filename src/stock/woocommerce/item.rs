//! One product or variation as the API tells it, made into a record.

use serde_json::Value as Json;

use crate::stock::record::{Field, Fields, Record};

/// What is asked of each product and variation; the rest of it (texts, pictures) would be most of the answer.
pub(super) const ASKED: &str = "id,parent_id,type,status,sku,manage_stock,stock_quantity,stock_status,backorders,\
                                backorders_allowed,backordered,purchasable,low_stock_amount,catalog_visibility";

/// Fields that are told as they come.
const AS_THEY_COME: [&str; 11] = [
    "id",
    "parent_id",
    "status",
    "stock_quantity",
    "stock_status",
    "backorders",
    "backorders_allowed",
    "backordered",
    "purchasable",
    "low_stock_amount",
    "catalog_visibility",
];

/// The fields of a record.
pub(super) fn fields() -> Vec<Field> {
    vec![
        Field::number("id"),
        Field::number("parent_id"),
        Field::text("type"),
        Field::text("status"),
        Field::text("parent_status"),
        Field::flag("manage_stock"),
        Field::flag("managed_by_parent"),
        Field::number("stock_quantity"),
        Field::text("stock_status"),
        Field::text("backorders"),
        Field::flag("backorders_allowed"),
        Field::flag("backordered"),
        Field::flag("purchasable"),
        Field::number("low_stock_amount"),
        Field::text("catalog_visibility"),
    ]
}

/// What is known of the product that variations belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) status: String,
    pub(super) sku: String,
}

impl Parent {
    pub(super) fn of(product: &Json) -> Self {
        Self { status: text(product, "status").to_owned(), sku: sku(product) }
    }
}

/// An id, where there is one.
pub(super) fn id(item: &Json, name: &str) -> Option<u64> {
    item.get(name).and_then(Json::as_u64).filter(|id| *id > 0)
}

/// Whether variations belong to it.
pub(super) fn is_variable(product: &Json) -> bool {
    text(product, "type") == "variable"
}

/// Whether it belongs to a product.
pub(super) fn is_variation(item: &Json) -> bool {
    text(item, "type") == "variation"
}

/// A product.
pub(super) fn product(item: &Json) -> Record {
    record(item, text(item, "type"), text(item, "status"))
}

/// A variation. One without an SKU of its own is told with its product's: it has no key then.
pub(super) fn variation(item: &Json, parent: &Parent) -> Record {
    let mut record = record(item, "variation", &parent.status);
    if record.key == parent.sku {
        record.key.clear();
    }
    record
}

fn record(item: &Json, kind: &str, parent_status: &str) -> Record {
    let key = sku(item);
    let (managed, by_parent) = match item.get("manage_stock") {
        Some(Json::Bool(managed)) => (*managed, false),
        Some(Json::String(who)) if who == "parent" => (true, true),
        other => {
            let found = other.unwrap_or(&Json::Null);
            return Record::unreadable(key, format!("manage_stock is {found} and not true, false or \"parent\""));
        }
    };
    let mut fields: Fields =
        AS_THEY_COME.iter().map(|name| ((*name).to_owned(), item.get(name).cloned().unwrap_or_default())).collect();
    fields.insert("type".to_owned(), kind.into());
    fields.insert("parent_status".to_owned(), parent_status.into());
    fields.insert("manage_stock".to_owned(), managed.into());
    fields.insert("managed_by_parent".to_owned(), by_parent.into());
    Record::new(key, fields)
}

fn sku(item: &Json) -> String {
    text(item, "sku").trim().to_owned()
}

fn text<'a>(item: &'a Json, name: &str) -> &'a str {
    item.get(name).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shirt() -> Parent {
        Parent { status: "draft".to_owned(), sku: "SHIRT".to_owned() }
    }

    #[test]
    fn every_field_is_there_and_is_asked_for() {
        let told = product(&json!({"sku": " A-1 ", "type": "simple", "status": "publish", "manage_stock": false}));
        assert_eq!(told.key, "A-1");
        let named: Vec<String> = fields().into_iter().map(|field| field.name).collect();
        let mut sorted = named.clone();
        sorted.sort();
        assert_eq!(told.fields.unwrap().into_keys().collect::<Vec<_>>(), sorted);
        let derived = ["parent_status", "managed_by_parent"];
        assert!(named.iter().all(|name| ASKED.split(',').any(|asked| asked == name) || derived.contains(&&**name)));
    }

    #[test]
    fn a_variation_counted_with_its_product_says_so() {
        let told =
            variation(&json!({"id": 7, "sku": "SHIRT-M", "manage_stock": "parent", "status": "publish"}), &shirt());
        let fields = told.fields.unwrap();
        let expected =
            [("manage_stock", json!(true)), ("managed_by_parent", json!(true)), ("parent_status", json!("draft"))];
        assert!(expected.iter().all(|(name, value)| fields[*name] == *value), "{fields:?}");
    }

    #[test]
    fn a_variation_without_an_sku_of_its_own_has_no_key() {
        assert_eq!(variation(&json!({"sku": "SHIRT", "manage_stock": true}), &shirt()).key, "");
    }

    #[test]
    fn a_word_that_is_new_fails_its_item() {
        let told = product(&json!({"sku": "A", "manage_stock": "warehouse"}));
        assert!(told.fields.unwrap_err().contains("manage_stock is \"warehouse\""));
    }
}
