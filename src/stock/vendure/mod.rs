#![doc = include_str!("../../../config/platforms/vendure.md")]

mod login;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use url::Url;

use super::api::counted::{Counted, Step};
use super::api::{Access, Api, part};
use super::record::{Field, Fields, Record, Told};
use super::{Account, Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch;

/// One question for all: <https://docs.vendure.io/reference/graphql-api/admin/queries/#productvariants>.
const QUESTION: &str = "query Stock($options: ProductVariantListOptions!) {
  globalSettings { trackInventory outOfStockThreshold }
  productVariants(options: $options) {
    totalItems
    items {
      id sku name enabled trackInventory useGlobalOutOfStockThreshold outOfStockThreshold
      product { enabled }
      stockLevels { stockOnHand stockAllocated stockLocation { id name } }
    }
  }
}";

/// A Vendure shop.
#[derive(Clone, Debug)]
pub struct VendureOptions {
    /// Its Admin API.
    pub url: Url,
    /// How it knows us.
    pub access: VendureAccess,
    /// Token of the channel; `None`: the default channel.
    pub channel: Option<String>,
    /// Variants on a page of the listing.
    pub page_size: usize,
    /// Keys in one request.
    pub batch: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

/// How a Vendure shop knows us.
#[derive(Clone, Debug)]
pub enum VendureAccess {
    /// A user of the Admin API.
    Login(Account),
    /// An API key, which the shop must have switched on.
    ApiKey(SecretString),
}

impl Kind for VendureOptions {
    fn name(&self) -> &'static str {
        "vendure"
    }

    fn fields(&self) -> Vec<Field> {
        let location = ["id", "name"].map(Field::text).into_iter();
        let location = location.chain(["stock_on_hand", "stock_allocated"].map(Field::number)).collect();
        vec![
            Field::text("id"),
            Field::text("name"),
            Field::flag("enabled"),
            Field::flag("product_enabled"),
            Field::flag("track_inventory"),
            Field::number("out_of_stock_threshold"),
            Field::number("stock_on_hand"),
            Field::number("stock_allocated"),
            Field::list_of("locations", location),
        ]
    }

    fn rules(&self) -> Rules {
        Rules {
            sellable: Some("stock_on_hand - stock_allocated - out_of_stock_threshold".to_owned()),
            untracked_when: Some("track_inventory == false".to_owned()),
            discontinued_when: Some("enabled == false or product_enabled == false".to_owned()),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        Vec::new()
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let access = Access::Login(Box::new(login::Session::new(source, self)));
        let api = Api::new(source, &self.fetch, access, clock)?;
        Ok(Box::new(Vendure { options: self.clone(), api }))
    }
}

/// A Vendure shop, ready to be asked.
#[derive(Debug)]
struct Vendure {
    options: VendureOptions,
    api: Api,
}

/// One answer.
struct Page {
    records: Vec<Record>,
    /// How many variants fit the question.
    total: u64,
}

impl Vendure {
    async fn page(&self, filter: &Json, at: Counted) -> Result<Page, StockError> {
        let options = json!({"skip": at.at(), "take": self.options.page_size, "sort": {"id": "ASC"}, "filter": filter});
        let data = self.api.graphql(&self.options.url, QUESTION, json!({"options": options})).await?;
        page(&data).map_err(|what| self.unusable(what))
    }

    /// Everything that fits the filter, page by page.
    async fn walk(&self, filter: &Json, mut at: Counted, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        loop {
            let page = self.page(filter, at).await?;
            let step = at.read(page.records.len(), page.total).map_err(|what| self.unusable(what))?;
            if step == Step::Again {
                continue;
            }
            page.records.into_iter().for_each(|record| sink(Told::Item(record)));
            if step == Step::Last {
                return Ok(());
            }
            sink(Told::Checkpoint(at.checkpoint()));
        }
    }

    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::new();
        let mut take = |told| {
            if let Told::Item(record) = told {
                records.push(record);
            }
        };
        let asked = self.walk(&json!({"sku": {"in": keys}}), Counted::default(), &mut take).await;
        asked.map_or_else(|error| error.for_keys(keys), |()| Ok(records))
    }

    fn unusable(&self, what: String) -> StockError {
        let advice = "see whether the address is that of the Admin API, and of a Vendure version this program knows";
        StockError::Answer { url: fetch::shown(&self.options.url).to_string(), what, advice }
    }
}

/// The global settings, which a variant may inherit.
struct Settings {
    track_inventory: bool,
    out_of_stock_threshold: Decimal,
}

fn page(data: &Json) -> Result<Page, String> {
    let settings = &data["globalSettings"];
    let settings = Settings {
        track_inventory: part::flag(settings, "trackInventory")?,
        out_of_stock_threshold: part::number(settings, "outOfStockThreshold")?,
    };
    let variants = &data["productVariants"];
    let items = part::list(variants, "items")?;
    Ok(Page {
        total: part::count(variants, "totalItems")?,
        records: items.iter().map(|item| record(item, &settings)).collect(),
    })
}

fn record(item: &Json, settings: &Settings) -> Record {
    let key = item["sku"].as_str().unwrap_or_default().trim();
    match fields(item, settings) {
        Ok(fields) => Record::new(key, fields),
        Err(why) => Record::unreadable(key, format!("the variant {why}")),
    }
}

fn fields(item: &Json, settings: &Settings) -> Result<Fields, String> {
    let track_inventory = match part::text(item, "trackInventory")? {
        "TRUE" => true,
        "FALSE" => false,
        "INHERIT" => settings.track_inventory,
        other => return Err(format!("trackInventory is {other:?}, which is none of TRUE, FALSE and INHERIT")),
    };
    let threshold = match part::flag(item, "useGlobalOutOfStockThreshold")? {
        true => settings.out_of_stock_threshold,
        false => part::number(item, "outOfStockThreshold")?,
    };
    let (mut on_hand, mut allocated, mut locations) = (Decimal::ZERO, Decimal::ZERO, Vec::new());
    for level in part::list(item, "stockLevels")? {
        let here = (part::number(level, "stockOnHand")?, part::number(level, "stockAllocated")?);
        on_hand += here.0;
        allocated += here.1;
        locations.push(json!({
            "id": level["stockLocation"]["id"],
            "name": level["stockLocation"]["name"],
            "stock_on_hand": part::exact(here.0),
            "stock_allocated": part::exact(here.1),
        }));
    }
    let fields = [
        ("id", item["id"].clone()),
        ("name", item["name"].clone()),
        ("enabled", part::flag(item, "enabled")?.into()),
        ("product_enabled", part::flag(&item["product"], "enabled").map_err(|why| format!("product {why}"))?.into()),
        ("track_inventory", track_inventory.into()),
        ("out_of_stock_threshold", part::exact(threshold)),
        ("stock_on_hand", part::exact(on_hand)),
        ("stock_allocated", part::exact(allocated)),
        ("locations", locations.into()),
    ];
    Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[async_trait(?Send)]
impl Connection for Vendure {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        self.walk(&json!({}), Counted::from(from), sink).await
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let batches = stream::iter(keys.chunks(self.options.batch.max(1))).map(|keys| self.ask_batch(keys));
        batches.buffered(self.options.fetch.concurrency.max(1)).try_concat().await
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }

    async fn close(&self) {
        self.api.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(change: &Json) -> Json {
        let mut variant = json!({
            "id": "7", "sku": " A-1 ", "name": "Lamp", "enabled": true, "trackInventory": "INHERIT",
            "useGlobalOutOfStockThreshold": true, "outOfStockThreshold": 0, "product": {"enabled": true},
            "stockLevels": [
                {"stockOnHand": 5, "stockAllocated": 2, "stockLocation": {"id": "1", "name": "Default"}},
                {"stockOnHand": 4, "stockAllocated": 0, "stockLocation": {"id": "2", "name": "Haifa"}},
            ],
        });
        for (name, value) in change.as_object().unwrap() {
            variant[name] = value.clone();
        }
        variant
    }

    fn read(change: &Json) -> Result<Fields, String> {
        let settings = Settings { track_inventory: false, out_of_stock_threshold: Decimal::TWO };
        let record = record(&variant(change), &settings);
        assert_eq!(record.key, "A-1");
        record.fields
    }

    #[test]
    fn what_a_variant_inherits_is_filled_in_and_its_locations_are_added_up() {
        let fields = read(&json!({})).unwrap();
        assert_eq!(fields["track_inventory"], false);
        assert_eq!(fields["out_of_stock_threshold"], 2);
        assert_eq!((&fields["stock_on_hand"], &fields["stock_allocated"]), (&json!(9), &json!(2)));
        assert_eq!(
            fields["locations"][1],
            json!({"id": "2", "name": "Haifa", "stock_on_hand": 4, "stock_allocated": 0})
        );
        let own = json!({"trackInventory": "TRUE", "useGlobalOutOfStockThreshold": false, "outOfStockThreshold": -10});
        let fields = read(&own).unwrap();
        assert_eq!((&fields["track_inventory"], &fields["out_of_stock_threshold"]), (&json!(true), &json!(-10)));
    }

    #[test]
    fn a_variant_that_is_odd_is_unreadable_and_not_sold_out() {
        for (change, why) in [
            (json!({"stockLevels": null}), "the variant stockLevels is null instead of a list"),
            (json!({"trackInventory": "MAYBE"}), "the variant trackInventory is \"MAYBE\", which is none of"),
            (json!({"stockLevels": [{"stockOnHand": null}]}), "the variant stockOnHand is null instead of a number"),
            (json!({"product": null}), "the variant product has no enabled"),
        ] {
            let told = read(&change).unwrap_err();
            assert!(told.starts_with(why), "{told}");
        }
    }

    #[test]
    fn an_answer_without_a_total_is_refused() {
        let data = json!({"globalSettings": {"trackInventory": true, "outOfStockThreshold": 0},
            "productVariants": {"items": [], "totalItems": null}});
        assert_eq!(page(&data).err().as_deref(), Some("totalItems is null instead of a count"));
    }
}
