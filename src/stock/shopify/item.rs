//! What is asked of each variant, and the record it becomes.

use serde_json::{Map, Value as Json};

use super::ShopifyKey;
use crate::stock::record::{Field, Fields, Record};

/// The quantities of an inventory level, by the names Shopify gives them
/// (<https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps>).
const QUANTITIES: [&str; 8] =
    ["available", "on_hand", "committed", "incoming", "reserved", "safety_stock", "damaged", "quality_control"];

/// A variant's own fields: ours, and the path to Shopify's.
const OWN: [(&str, &[&str]); 11] = [
    ("id", &["id"]),
    ("sku", &["sku"]),
    ("barcode", &["barcode"]),
    ("inventory_policy", &["inventoryPolicy"]),
    ("inventory_quantity", &["inventoryQuantity"]),
    ("sellable_online_quantity", &["sellableOnlineQuantity"]),
    ("available_for_sale", &["availableForSale"]),
    ("requires_components", &["requiresComponents"]),
    ("tracked", &["inventoryItem", "tracked"]),
    ("product_status", &["product", "status"]),
    ("is_gift_card", &["product", "isGiftCard"]),
];

/// What is selected of a variant, but for its inventory levels.
pub(super) const VARIANT: &str = "id sku barcode inventoryPolicy inventoryQuantity sellableOnlineQuantity \
                                  availableForSale requiresComponents product { id status isGiftCard }";

/// What is selected of an inventory level.
pub(super) fn level() -> String {
    let names = QUANTITIES.map(|name| format!("\"{name}\"")).join(", ");
    format!("id location {{ id name isActive fulfillsOnlineOrders }} quantities(names: [{names}]) {{ name quantity }}")
}

/// The fields of a record.
pub(super) fn fields() -> Vec<Field> {
    let mut location =
        vec![Field::text("id"), Field::text("name"), Field::flag("is_active"), Field::flag("fulfills_online_orders")];
    location.extend(QUANTITIES.map(Field::number));
    vec![
        Field::text("id"),
        Field::text("sku"),
        Field::text("barcode"),
        Field::text("inventory_policy"),
        Field::number("inventory_quantity"),
        Field::number("sellable_online_quantity"),
        Field::flag("available_for_sale"),
        Field::flag("requires_components"),
        Field::flag("tracked"),
        Field::text("product_status"),
        Field::flag("is_gift_card"),
        Field::list_of("locations", location),
    ]
}

/// The record of a variant and all its inventory levels. `levels` is `None` where they are not asked for.
pub(super) fn record(variant: &Json, levels: Option<&[Json]>, by: ShopifyKey) -> Record {
    let mut fields: Fields =
        OWN.iter().map(|(name, path)| ((*name).to_owned(), at(variant, path).cloned().unwrap_or_default())).collect();
    let locations = levels.map_or(Json::Null, |levels| levels.iter().map(location).collect());
    fields.insert("locations".to_owned(), locations);
    Record::new(key(variant, by), fields)
}

/// The key of a variant; empty where it has none.
pub(super) fn key(variant: &Json, by: ShopifyKey) -> String {
    let name = match by {
        ShopifyKey::Sku => "sku",
        ShopifyKey::Barcode => "barcode",
    };
    variant.get(name).and_then(Json::as_str).unwrap_or_default().trim().to_owned()
}

fn location(level: &Json) -> Json {
    let mut location = Map::new();
    for (name, path) in
        [("id", "id"), ("name", "name"), ("is_active", "isActive"), ("fulfills_online_orders", "fulfillsOnlineOrders")]
    {
        location.insert(name.to_owned(), at(level, &["location", path]).cloned().unwrap_or_default());
    }
    for name in QUANTITIES {
        let all = level.get("quantities").and_then(Json::as_array);
        let one = all.into_iter().flatten().find(|one| one.get("name").is_some_and(|known| known == name));
        location.insert(name.to_owned(), one.and_then(|one| one.get("quantity")).cloned().unwrap_or_default());
    }
    Json::Object(location)
}

fn at<'a>(json: &'a Json, path: &[&str]) -> Option<&'a Json> {
    path.iter().try_fold(json, |json, name| json.get(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_field_is_told_by_its_name() {
        let level = json!({
            "location": {"id": "gid://shopify/Location/1", "name": "Haifa", "isActive": true, "fulfillsOnlineOrders": false},
            "quantities": [{"name": "on_hand", "quantity": 5}, {"name": "available", "quantity": -2}],
        });
        let variant = json!({"sku": " A-1 ", "inventoryItem": {"tracked": false}, "product": {"status": "DRAFT"}});
        let record = record(&variant, Some(&[level]), ShopifyKey::Sku);
        assert_eq!(record.key, "A-1");
        let fields = record.fields.unwrap();
        let mut named: Vec<_> = super::fields().into_iter().map(|field| field.name).collect();
        named.sort();
        assert_eq!(fields.keys().cloned().collect::<Vec<_>>(), named);
        assert_eq!((&fields["tracked"], &fields["product_status"]), (&json!(false), &json!("DRAFT")));
        let place = &fields["locations"][0];
        assert_eq!(
            (&place["name"], &place["available"], &place["damaged"]),
            (&json!("Haifa"), &json!(-2), &json!(null))
        );
    }

    #[test]
    fn a_variant_without_its_key_has_none() {
        assert_eq!(key(&json!({"sku": null, "barcode": "729"}), ShopifyKey::Sku), "");
        assert_eq!(key(&json!({"sku": null, "barcode": "729"}), ShopifyKey::Barcode), "729");
    }
}
