//! A variant of Medusa: how many of it can be sold, and where.
//!
//! A variant is made of inventory items, each of which it needs so many times. How many variants there are is the
//! smallest number that any of its items suffices for, as in Medusa's own `computeVariantAvailability`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::stock::api::part;
use crate::stock::record::{Fields, Record};

/// What counts for the shop.
pub(super) struct Seen<'a> {
    /// Names of the stock locations, by id.
    pub(super) locations: &'a BTreeMap<String, String>,
    /// Id or name of the sales channel.
    pub(super) channel: Option<&'a str>,
}

/// One inventory item of a variant.
struct Item {
    required: Decimal,
    levels: BTreeMap<String, Level>,
}

/// How many of an inventory item there are at a location.
#[derive(Clone, Copy)]
struct Level {
    stocked: Decimal,
    reserved: Decimal,
    available: Decimal,
    incoming: Decimal,
}

/// Whether something belongs to a sales channel, by its id or name.
pub(super) fn is_in(row: &Json, channel: &str) -> bool {
    let channels = row["sales_channels"].as_array().map_or(&[][..], Vec::as_slice);
    channels.iter().any(|one| one["id"] == channel || one["name"] == channel)
}

pub(super) fn record(row: &Json, seen: &Seen<'_>) -> Record {
    let key = row["sku"].as_str().unwrap_or_default().trim();
    match fields(row, seen) {
        Ok(fields) => Record::new(key, fields),
        Err(why) => Record::unreadable(key, format!("the variant {why}")),
    }
}

fn fields(row: &Json, seen: &Seen<'_>) -> Result<Fields, String> {
    let managed = part::flag(row, "manage_inventory")?;
    let items = part::list(row, "inventory_items")?;
    let items: Vec<Item> = items.iter().map(|item| read(item, seen)).collect::<Result<_, _>>()?;
    let available = items.iter().map(|item| enough_for(item, item.levels.values())).collect::<Result<Vec<_>, _>>()?;
    let available = available.into_iter().min();
    if managed && available.is_none() {
        return Err("counts its stock (manage_inventory), but has no inventory item".to_owned());
    }
    let status = part::text(&row["product"], "status").map_err(|why| format!("is of a product that {why}"))?;
    let offered = status == "published" && seen.channel.is_none_or(|channel| is_in(&row["product"], channel));
    let fields = [
        ("id", row["id"].clone()),
        ("title", row["title"].clone()),
        ("manage_inventory", managed.into()),
        ("allow_backorder", part::flag(row, "allow_backorder")?.into()),
        ("published", offered.into()),
        ("available", available.map_or(Json::Null, part::exact)),
        ("inventory_items", items.len().into()),
        ("locations", locations(&items, seen)?.into()),
    ];
    Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn read(link: &Json, seen: &Seen<'_>) -> Result<Item, String> {
    let required = part::number(link, "required_quantity").map_err(|why| format!("needs an inventory item: {why}"))?;
    if required <= Decimal::ZERO {
        return Err(format!("needs {required} of an inventory item, which is no quantity"));
    }
    let mut levels = BTreeMap::new();
    let told = part::list(&link["inventory"], "location_levels");
    for level in told.map_err(|why| format!("needs an inventory item that {why}"))? {
        let place = part::text(level, "location_id")?;
        if !seen.locations.contains_key(place) {
            continue;
        }
        let level = Level {
            stocked: part::number(level, "stocked_quantity")?,
            reserved: part::number(level, "reserved_quantity")?,
            available: part::number(level, "available_quantity")?,
            incoming: part::number(level, "incoming_quantity")?,
        };
        if levels.insert(place.to_owned(), level).is_some() {
            return Err(format!("has two levels at the location {place}"));
        }
    }
    Ok(Item { required, levels })
}

/// How many variants these levels of one item suffice for.
fn enough_for<'l>(item: &Item, levels: impl Iterator<Item = &'l Level>) -> Result<Decimal, String> {
    let available: Decimal = levels.map(|level| level.available).sum();
    let suffices = available.checked_div(item.required).ok_or("has quantities too large to be divided")?;
    Ok(suffices.floor())
}

/// The locations, one by one. What is stocked and reserved there can only be said of a variant that is one inventory
/// item, once; of a kit only how many there suffice for.
fn locations(items: &[Item], seen: &Seen<'_>) -> Result<Vec<Json>, String> {
    let at = |place: &String| items.iter().any(|item| item.levels.contains_key(place));
    let mut found = Vec::new();
    for (place, name) in seen.locations.iter().filter(|(place, _)| at(place)) {
        let each = items.iter().map(|item| enough_for(item, item.levels.get(place).into_iter()));
        let available = each.collect::<Result<Vec<_>, _>>()?.into_iter().min();
        let single = match items {
            [item] if item.required == Decimal::ONE => item.levels.get(place),
            _ => None,
        };
        let told = |quantity: fn(&Level) -> Decimal| single.map_or(Json::Null, |level| part::exact(quantity(level)));
        found.push(json!({
            "id": place,
            "name": name,
            "stocked_quantity": told(|level| level.stocked),
            "reserved_quantity": told(|level| level.reserved),
            "available_quantity": available.map_or(Json::Null, part::exact),
            "incoming_quantity": told(|level| level.incoming),
        }));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(place: &str, stocked: i64, reserved: i64) -> Json {
        json!({"location_id": place, "stocked_quantity": stocked, "reserved_quantity": reserved,
            "available_quantity": stocked - reserved, "incoming_quantity": 0})
    }

    fn variant(items: &[(i64, &[Json])]) -> Json {
        let item = |(required, levels): &(i64, &[Json])| json!({"required_quantity": required, "inventory": {"location_levels": levels}});
        json!({"id": "v1", "sku": "A-1", "title": "Lamp", "manage_inventory": true, "allow_backorder": false,
            "product": {"status": "published", "sales_channels": [{"id": "sc_1", "name": "Web"}]},
            "inventory_items": items.iter().map(item).collect::<Vec<_>>()})
    }

    fn read(row: &Json, channel: Option<&str>) -> Result<Fields, String> {
        let locations = [("l1", "Main"), ("l2", "Haifa")].map(|(id, name)| (id.to_owned(), name.to_owned())).into();
        record(row, &Seen { locations: &locations, channel }).fields
    }

    #[test]
    fn a_variant_of_one_item_is_what_is_available_where_it_counts() {
        let row = variant(&[(1, &[level("l1", 5, 2), level("l2", 1, 0), level("elsewhere", 90, 0)])]);
        let fields = read(&row, None).unwrap();
        assert_eq!(fields["available"], 4);
        let main = json!({"id": "l1", "name": "Main", "stocked_quantity": 5, "reserved_quantity": 2,
            "available_quantity": 3, "incoming_quantity": 0});
        assert_eq!(fields["locations"][0], main);
        assert_eq!(read(&variant(&[(1, &[])]), None).unwrap()["available"], 0);
    }

    #[test]
    fn a_kit_is_as_many_as_its_scarcest_part_suffices_for() {
        let row = variant(&[(2, &[level("l1", 3, 0), level("l2", 4, 0)]), (1, &[level("l1", 9, 1)])]);
        let fields = read(&row, None).unwrap();
        assert_eq!((&fields["available"], &fields["inventory_items"]), (&json!(3), &json!(2)));
        let there = |at: usize| {
            let location = &fields["locations"][at];
            (location["available_quantity"].clone(), location["stocked_quantity"].clone())
        };
        assert_eq!((there(0), there(1)), ((json!(1), Json::Null), (json!(0), Json::Null)));
    }

    #[test]
    fn only_what_the_channel_offers_is_published() {
        let row = variant(&[(1, &[])]);
        let published = |row: &Json, channel| read(row, channel).unwrap()["published"] == true;
        assert!(published(&row, None) && published(&row, Some("Web")) && published(&row, Some("sc_1")));
        assert!(!published(&row, Some("Wholesale")));
        let mut draft = row;
        draft["product"]["status"] = "draft".into();
        assert!(!published(&draft, None));
    }

    #[test]
    fn a_variant_that_is_odd_is_unreadable_and_not_sold_out() {
        let plain = || variant(&[(1, &[level("l1", 1, 0)])]);
        let mut untracked = plain();
        untracked["manage_inventory"] = false.into();
        untracked["inventory_items"] = json!([]);
        assert_eq!(read(&untracked, None).unwrap()["available"], Json::Null);
        let level_at = "/inventory_items/0/inventory/location_levels/0";
        for (pointer, value, why) in [
            ("/inventory_items", json!([]), "has no inventory item"),
            ("/inventory_items/0/required_quantity", json!(0), "needs 0 of an inventory item"),
            ("/inventory_items/0/inventory", json!(null), "needs an inventory item that has no location_levels"),
            (&format!("{level_at}/available_quantity"), json!(null), "available_quantity is null"),
            ("/product", json!(null), "is of a product that has no status"),
            ("/manage_inventory", json!("yes"), "manage_inventory is \"yes\" instead of true or false"),
        ] {
            let mut row = plain();
            *row.pointer_mut(pointer).unwrap() = value;
            let told = read(&row, None).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
        let twice = variant(&[(1, &[level("l1", 1, 0), level("l1", 1, 0)])]);
        assert!(read(&twice, None).unwrap_err().contains("two levels at the location l1"));
    }
}
