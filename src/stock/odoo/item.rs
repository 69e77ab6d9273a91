//! From a product of Odoo to a record.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::stock::api::odata::{exact, number};
use crate::stock::record::{Fields, Record};

/// Fields that every Odoo with stock has.
pub(super) const FIELDS: [&str; 9] = [
    "default_code",
    "barcode",
    "type",
    "active",
    "sale_ok",
    "free_qty",
    "qty_available",
    "virtual_available",
    "outgoing_qty",
];

/// Fields of some releases and modules: since Odoo 18, and of the module `website_sale_stock`.
pub(super) const SOMETIMES: [&str; 2] = ["is_storable", "allow_out_of_stock_order"];

/// Field → its type, as `fields_get` tells.
pub(super) type Types = BTreeMap<String, String>;

/// Product → warehouse → what lies there.
pub(super) type Shelves = BTreeMap<i64, BTreeMap<String, Shelf>>;

/// What lies in a warehouse.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    name: String,
    quantity: Decimal,
    reserved: Decimal,
}

/// One product. What is missing or contradictory fails it.
pub(super) fn record(product: &Json, key: &str, extra: &[String], types: &Types, shelves: Option<&Shelves>) -> Record {
    let code = product[key].as_str().unwrap_or_default().trim().to_owned();
    match fields(product, extra, types, shelves) {
        Ok(fields) => Record::new(code, fields),
        Err(why) => Record::unreadable(code, why),
    }
}

fn fields(product: &Json, extra: &[String], types: &Types, shelves: Option<&Shelves>) -> Result<Fields, String> {
    let mut fields = Fields::new();
    for name in ["free_qty", "qty_available", "virtual_available", "outgoing_qty"] {
        fields.insert(name.to_owned(), exact(number(product, name)?));
    }
    for name in ["active", "sale_ok"] {
        fields.insert(name.to_owned(), flag(product, name)?.into());
    }
    for name in ["default_code", "barcode", "type"].into_iter().chain(extra.iter().map(String::as_str)) {
        let value = product.get(name).ok_or_else(|| format!("the answer lacks {name}"))?;
        // Odoo writes false where there is nothing.
        let is_nothing = *value == Json::Bool(false) && types.get(name).is_none_or(|kind| kind != "boolean");
        fields.insert(name.to_owned(), if is_nothing { Json::Null } else { value.clone() });
    }
    let tracked = match types.contains_key("is_storable") {
        true => flag(product, "is_storable")?,
        false => product["type"] == "product",
    };
    fields.insert("tracked".to_owned(), tracked.into());
    let continues = types.contains_key("allow_out_of_stock_order") && flag(product, "allow_out_of_stock_order")?;
    fields.insert("allow_out_of_stock_order".to_owned(), continues.into());
    if let Some(shelves) = shelves {
        let id = product["id"].as_i64().ok_or("the answer lacks id")?;
        let locations = shelves.get(&id).into_iter().flatten().map(|(id, shelf)| location(id, shelf));
        fields.insert("locations".to_owned(), locations.collect::<Result<Json, String>>()?);
    }
    Ok(fields)
}

fn location(id: &str, shelf: &Shelf) -> Result<Json, String> {
    let available = shelf.quantity.checked_sub(shelf.reserved).ok_or("the numbers of a warehouse are too large")?;
    Ok(json!({
        "id": id, "name": shelf.name, "quantity": exact(shelf.quantity),
        "reserved_quantity": exact(shelf.reserved), "available": exact(available),
    }))
}

fn flag(product: &Json, name: &str) -> Result<bool, String> {
    product[name].as_bool().ok_or_else(|| format!("{name} is {}, neither true nor false", product[name]))
}

/// Adds up quants by product and warehouse. The error says which quant cannot be read.
pub(super) fn shelves(quants: &[Json]) -> Result<Shelves, String> {
    let mut shelves = Shelves::new();
    for quant in quants {
        let of = |why: String| format!("quant {}: {why}", quant["id"]);
        let (product, _) = relation(quant, "product_id").ok_or_else(|| of("has no product".to_owned()))?;
        // A location outside every warehouse stands for itself.
        let place = relation(quant, "warehouse_id").map(|(id, name)| (id.to_string(), name));
        let place = place.or_else(|| relation(quant, "location_id").map(|(id, name)| (format!("location {id}"), name)));
        let (id, name) = place.ok_or_else(|| of("has no location".to_owned()))?;
        let shelf = shelves.entry(product).or_default().entry(id).or_default();
        name.clone_into(&mut shelf.name);
        let add = |to: &mut Decimal, name: &str| -> Result<(), String> {
            *to = to.checked_add(number(quant, name)?).ok_or("its numbers are too large")?;
            Ok(())
        };
        add(&mut shelf.quantity, "quantity").map_err(of)?;
        add(&mut shelf.reserved, "reserved_quantity").map_err(of)?;
    }
    Ok(shelves)
}

/// A many2one field: `[id, display name]`, or false.
fn relation<'q>(record: &'q Json, name: &str) -> Option<(i64, &'q str)> {
    Some((record[name][0].as_i64()?, record[name][1].as_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(more: &[(&str, &str)]) -> Types {
        more.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect()
    }

    fn product(change: &Json) -> Json {
        let mut product = json!({
            "id": 7, "default_code": " FURN_7777", "barcode": false, "type": "product", "active": true, "sale_ok": true,
            "free_qty": 4.5, "qty_available": 6.0, "virtual_available": 10.0, "outgoing_qty": 1.5,
        });
        for (name, value) in change.as_object().into_iter().flatten() {
            product[name] = value.clone();
        }
        product
    }

    #[test]
    fn what_is_tracked_is_told_by_the_release() {
        let told = |change: Json, known: &[(&str, &str)]| {
            let record = record(&product(&change), "default_code", &[], &types(known), None);
            assert_eq!(record.key, "FURN_7777");
            let fields = record.fields.unwrap();
            assert_eq!(fields["barcode"], Json::Null);
            (fields["tracked"].clone(), fields["allow_out_of_stock_order"].clone())
        };
        let (yes, no) = (json!(true), json!(false));
        assert_eq!(told(json!({}), &[]), (yes.clone(), no.clone()));
        assert_eq!(told(json!({"type": "consu"}), &[]), (no.clone(), no.clone()));
        let newer = [("is_storable", "boolean"), ("allow_out_of_stock_order", "boolean")];
        let change = json!({"type": "consu", "is_storable": true, "allow_out_of_stock_order": true});
        assert_eq!(told(change, &newer), (yes.clone(), yes));
    }

    #[test]
    fn what_is_missing_or_odd_fails_the_product() {
        for (change, expected) in [
            (json!({"free_qty": null}), "lacks free_qty"),
            (json!({"free_qty": false}), "no number"),
            (json!({"active": "yes"}), "neither true nor false"),
        ] {
            let why = record(&product(&change), "default_code", &[], &types(&[]), None).fields.unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
        let lacking = record(&product(&json!({})), "default_code", &["x_web".to_owned()], &types(&[]), None);
        assert_eq!(lacking.fields, Err("the answer lacks x_web".to_owned()));
    }

    #[test]
    fn quants_are_added_up_by_warehouse() {
        let quant = |warehouse: Json, quantity: f64, reserved: f64| {
            json!({"id": 1, "product_id": [7, "[A] Chair"], "warehouse_id": warehouse, "location_id": [8, "WH/Stock"],
                "quantity": quantity, "reserved_quantity": reserved})
        };
        let main = json!([1, "Main"]);
        let quants = [quant(main.clone(), 0.1, 0.0), quant(main, 0.2, 0.1), quant(json!(false), 5.0, 0.0)];
        let shelves = shelves(&quants).unwrap();
        let record = record(&product(&json!({})), "default_code", &[], &types(&[]), Some(&shelves));
        let expected = json!([
            {"id": "1", "name": "Main", "quantity": "0.3", "reserved_quantity": "0.1", "available": "0.2"},
            {"id": "location 8", "name": "WH/Stock", "quantity": "5", "reserved_quantity": "0", "available": "5"},
        ]);
        assert_eq!(record.fields.unwrap()["locations"], expected);
        assert!(super::shelves(&[json!({"id": 3, "product_id": [7, ""], "location_id": [8, ""]})]).is_err());
    }
}
