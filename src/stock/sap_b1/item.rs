//! From an item of the service to a record.

use jiff::civil::{Date, DateTime};
use serde_json::{Value as Json, json};

use crate::stock::api::odata::{exact, number, rows};
use crate::stock::record::{Fields, Record};

/// One item. What is missing or contradictory fails it.
pub(super) fn record(item: &Json, select: &[String], today: Date) -> Record {
    let key = item["ItemCode"].as_str().unwrap_or_default().trim().to_owned();
    match fields(item, select, today) {
        Ok(fields) => Record::new(key, fields),
        Err(why) => Record::unreadable(key, why),
    }
}

fn fields(item: &Json, select: &[String], today: Date) -> Result<Fields, String> {
    let mut fields = Fields::new();
    let mut set = |name: &str, value: Json| fields.insert(name.to_owned(), value);
    set("item_code", item["ItemCode"].clone());
    set("item_name", item["ItemName"].clone());
    set("quantity_on_stock", exact(number(item, "QuantityOnStock")?));
    set("quantity_ordered_by_customers", exact(number(item, "QuantityOrderedByCustomers")?));
    set("inventory_item", flag(item, "InventoryItem")?.into());
    set("sales_item", flag(item, "SalesItem")?.into());
    set("active", active(item, today)?.into());
    let warehouses = rows(item, "ItemWarehouseInfoCollection")?;
    set("locations", warehouses.iter().map(warehouse).collect::<Result<Json, String>>()?);
    for name in select {
        set(name, item.get(name).cloned().ok_or_else(|| format!("the answer lacks {name}"))?);
    }
    Ok(fields)
}

fn warehouse(row: &Json) -> Result<Json, String> {
    let code = row["WarehouseCode"].as_str().ok_or("a warehouse lacks its WarehouseCode")?;
    let of = |why: String| format!("warehouse {code}: {why}");
    let in_stock = number(row, "InStock").map_err(of)?;
    let committed = number(row, "Committed").map_err(of)?;
    let ordered = number(row, "Ordered").map_err(of)?;
    let available = in_stock.checked_sub(committed).ok_or_else(|| of("its numbers are too large".to_owned()))?;
    Ok(json!({
        "id": code, "name": code, "in_stock": exact(in_stock), "committed": exact(committed),
        "ordered": exact(ordered), "available": exact(available),
    }))
}

/// `tYES` or `tNO`; the service may be configured to write `Y` and `N`.
fn flag(item: &Json, name: &str) -> Result<bool, String> {
    match item[name].as_str() {
        Some("tYES" | "Y") => Ok(true),
        Some("tNO" | "N") => Ok(false),
        _ => Err(format!("{name} is {}, neither tYES nor tNO", item[name])),
    }
}

/// Whether the item may be used today: not frozen, and within its dates where it has any. An item that is neither valid
/// nor frozen is active: old databases are full of them.
fn active(item: &Json, today: Date) -> Result<bool, String> {
    let within = |from: &str, to: &str| -> Result<(bool, bool), String> {
        let (from, to) = (date(item, from)?, date(item, to)?);
        let inside = from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to);
        Ok((from.is_some() || to.is_some(), inside))
    };
    let (_, in_frost) = within("FrozenFrom", "FrozenTo")?;
    let (has_dates, in_time) = within("ValidFrom", "ValidTo")?;
    let frozen = flag(item, "Frozen")? && in_frost;
    let outdated = flag(item, "Valid")? && has_dates && !in_time;
    Ok(!frozen && !outdated)
}

/// A date, as `2026-11-23`, with or without a time.
fn date(item: &Json, name: &str) -> Result<Option<Date>, String> {
    let Some(text) = item[name].as_str().filter(|text| !text.is_empty()) else { return Ok(None) };
    let date = text.parse::<Date>().or_else(|_| text.trim_end_matches('Z').parse::<DateTime>().map(DateTime::date));
    date.map(Some).map_err(|_| format!("{name} is {text} and no date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(change: &Json) -> Json {
        let mut item = json!({
            "ItemCode": "A 1 ", "ItemName": "מברג", "QuantityOnStock": 66.5, "QuantityOrderedByCustomers": 2.0,
            "InventoryItem": "tYES", "SalesItem": "tYES", "Valid": "tYES", "ValidFrom": null, "ValidTo": null,
            "Frozen": "tNO", "FrozenFrom": null, "FrozenTo": null,
            "ItemWarehouseInfoCollection": [
                {"WarehouseCode": "01", "InStock": 66.1, "Committed": 2.2, "Ordered": 5.0},
                {"WarehouseCode": "02", "InStock": 0.4, "Committed": 0.0, "Ordered": 0.0},
            ],
        });
        for (name, value) in change.as_object().into_iter().flatten() {
            item[name] = value.clone();
        }
        item
    }

    fn told(change: &Json) -> Result<Fields, String> {
        record(&item(change), &[], jiff::civil::date(2026, 11, 23)).fields
    }

    #[test]
    fn warehouses_are_locations_with_what_is_left_of_them() {
        let record = record(&item(&json!({"U_Web": 3})), &["U_Web".to_owned()], Date::MIN);
        assert_eq!(record.key, "A 1");
        let fields = record.fields.unwrap();
        assert_eq!(
            fields["locations"][0],
            json!({
                "id": "01", "name": "01", "in_stock": "66.1", "committed": "2.2", "ordered": "5", "available": "63.9",
            })
        );
        assert_eq!(
            (&fields["U_Web"], &fields["active"], &fields["inventory_item"]),
            (&json!(3), &json!(true), &json!(true))
        );
    }

    #[test]
    fn what_is_missing_or_odd_fails_the_item() {
        for (change, expected) in [
            (
                json!({"ItemWarehouseInfoCollection": [{"WarehouseCode": "7", "InStock": null}]}),
                "warehouse 7: the answer lacks InStock",
            ),
            (json!({"ItemWarehouseInfoCollection@odata.nextLink": "Items('A')"}), "does not hold all of"),
            (json!({"InventoryItem": null}), "neither tYES nor tNO"),
            (json!({"QuantityOnStock": "many"}), "no number"),
            (json!({"ValidTo": "soon"}), "no date"),
        ] {
            let why = told(&change).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }

    #[test]
    fn an_item_is_active_as_the_client_reads_it() {
        for (change, expected) in [
            (json!({}), true),
            (json!({"Valid": "tNO"}), true),
            (json!({"Valid": "tNO", "Frozen": "tYES"}), false),
            (json!({"ValidFrom": "2026-11-23", "ValidTo": "2026-11-23T00:00:00Z"}), true),
            (json!({"ValidTo": "2026-11-22"}), false),
            (json!({"ValidFrom": "2026-11-24T00:00:00Z"}), false),
            (json!({"Frozen": "tYES", "FrozenTo": "2026-11-22"}), true),
            (json!({"Frozen": "tYES", "FrozenFrom": "2026-11-01"}), false),
        ] {
            assert_eq!(told(&change).unwrap()["active"], expected, "{change}");
        }
    }
}
