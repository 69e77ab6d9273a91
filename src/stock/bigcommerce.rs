#![doc = include_str!("../../config/platforms/bigcommerce.md")]

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value as Json};
use url::Url;

use super::api::answer::json;
use super::api::batch::comma_lists;
use super::api::{Access, Api, Refused, get};
use super::error::advice;
use super::record::{Field, Fields, Record, Told};
use super::{Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::{self, Document};

/// Largest page (<https://docs.bigcommerce.com/developer/api-reference/rest/admin/management/inventory>).
const LARGEST_PAGE: usize = 1_000;

/// How often a request is sent again when the quota was used up.
const PATIENCE: u32 = 5;

/// A BigCommerce store.
#[derive(Clone, Debug)]
pub struct BigcommerceOptions {
    /// The store's API: `https://api.bigcommerce.com/stores/HASH/`.
    pub url: Url,
    /// Access token of an API account.
    pub token: SecretString,
    /// Items on a page, at most 1,000.
    pub page_size: usize,
    /// Largest number of SKUs in one request.
    pub batch: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

impl Kind for BigcommerceOptions {
    fn name(&self) -> &'static str {
        "bigcommerce"
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::number("variant_id"),
            Field::number("product_id"),
            Field::list_of(
                "locations",
                vec![
                    Field::number("id"),
                    Field::text("code"),
                    Field::text("name"),
                    Field::flag("enabled"),
                    Field::number("available_to_sell"),
                    Field::number("total_inventory_onhand"),
                    Field::number("safety_stock"),
                    Field::flag("is_in_stock"),
                    Field::number("warning_level"),
                ],
            ),
            Field::number("available_to_sell"),
            Field::number("total_inventory_onhand"),
        ]
    }

    fn rules(&self) -> Rules {
        Rules { sellable: Some("available_to_sell".to_owned()), ..Rules::default() }
    }

    fn check(&self) -> Vec<Problem> {
        let wrong = |name: &str, size: usize| {
            (name.to_owned(), format!("is {size}; the API answers 1 to {LARGEST_PAGE} items at once"))
        };
        let sizes = [("page_size", self.page_size), ("batch", self.batch)];
        let bad = |size: &usize| !(1..=LARGEST_PAGE).contains(size);
        sizes.iter().filter(|(_, size)| bad(size)).map(|(name, size)| wrong(name, *size)).collect()
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let token = ("x-auth-token".to_owned(), self.token.clone());
        let api = Api::new(source, &self.fetch, Access::Headers(vec![token]), clock)?;
        Ok(Box::new(Bigcommerce { options: self.clone(), api }))
    }
}

/// A BigCommerce store, ready to be asked.
#[derive(Debug)]
struct Bigcommerce {
    options: BigcommerceOptions,
    api: Api,
}

/// One page of inventory items.
struct Page {
    records: Vec<Record>,
    pages: u64,
}

impl Bigcommerce {
    async fn page(&self, number: u64, skus: Option<&[String]>) -> Result<Page, Refused> {
        let mut url = self.options.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["v3", "inventory", "items"]);
        }
        url.set_query(None);
        if let Some(skus) = skus {
            url.query_pairs_mut().append_pair("sku:in", &skus.join(","));
        }
        url.query_pairs_mut()
            .append_pair("limit", &self.options.page_size.to_string())
            .append_pair("page", &number.to_string());
        let document = self.send(url).await?;
        let answer = json(&document).map_err(|what| refused(&document, what))?;
        let items = answer.get("data").and_then(Json::as_array);
        let pages = answer.pointer("/meta/pagination/total_pages").and_then(Json::as_u64);
        let (Some(items), Some(pages)) = (items, pages) else {
            return Err(refused(&document, "answered JSON without `data` and `meta.pagination`".to_owned()));
        };
        Ok(Page { records: items.iter().map(record).collect(), pages })
    }

    /// Sends a request within the store's quota, which the answers tell
    /// (<https://docs.bigcommerce.com/developer/docs/overview/api-fundamentals/rate-limits>).
    async fn send(&self, url: Url) -> Result<Document, Refused> {
        let mut tries = 0;
        loop {
            let answer = self.api.send(get(url.clone())).await;
            let document = answer?;
            let pause = pause(&document).min(self.options.fetch.max_retry_after);
            if document.status == 429 && tries < PATIENCE && !pause.is_zero() {
                tries += 1;
                tokio::time::sleep(pause).await;
                continue;
            }
            if document.header("x-rate-limit-requests-left") == Some("0") {
                tokio::time::sleep(pause).await;
            }
            return Ok(document);
        }
    }
}

#[async_trait(?Send)]
impl Connection for Bigcommerce {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut number = from.and_then(|told| told.parse::<u64>().ok()).unwrap_or(0);
        loop {
            number += 1;
            let page = self.page(number, None).await?;
            page.records.into_iter().map(Told::Item).for_each(&mut *sink);
            sink(Told::Checkpoint(number.to_string()));
            if number >= page.pages {
                return Ok(());
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::with_capacity(keys.len());
        for batch in comma_lists(keys, self.options.batch.min(self.options.page_size)) {
            // SKUs are unique in a store, so what a batch finds fits on a page.
            match self.page(1, Some(&batch)).await {
                Ok(page) => records.extend(page.records.into_iter().filter(|record| batch.contains(&record.key))),
                Err(refused) => records.extend(refused.for_keys(&batch)?),
            }
        }
        Ok(records)
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }
}

/// How long until the quota is full again.
fn pause(document: &Document) -> Duration {
    let reset = document.header("x-rate-limit-time-reset-ms").and_then(|reset| reset.trim().parse().ok());
    Duration::from_millis(reset.unwrap_or(0))
}

/// An item and its locations. A location that is switched off sells nothing, and one that is not in stock sells nothing
/// whatever it counts.
fn record(item: &Json) -> Record {
    let identity = |name: &str| item.pointer(&format!("/identity/{name}")).cloned().unwrap_or_default();
    let key = identity("sku").as_str().unwrap_or_default().trim().to_owned();
    let Some(places) = item.get("locations").and_then(Json::as_array) else {
        return Record::unreadable(key, "its locations are not told");
    };
    let locations: Vec<Json> = places.iter().map(location).collect();
    let mut fields: Fields = ["variant_id", "product_id"].map(|name| (name.to_owned(), identity(name))).into();
    for (name, counts) in [("available_to_sell", "is_in_stock"), ("total_inventory_onhand", "enabled")] {
        fields.insert(name.to_owned(), total(&locations, name, counts));
    }
    fields.insert("locations".to_owned(), locations.into());
    Record::new(key, fields)
}

fn location(place: &Json) -> Json {
    let mut location = Map::new();
    for (name, path) in [
        ("id", "/location_id"),
        ("code", "/location_code"),
        ("name", "/location_name"),
        ("enabled", "/location_enabled"),
        ("available_to_sell", "/available_to_sell"),
        ("total_inventory_onhand", "/total_inventory_onhand"),
        ("safety_stock", "/settings/safety_stock"),
        ("is_in_stock", "/settings/is_in_stock"),
        ("warning_level", "/settings/warning_level"),
    ] {
        location.insert(name.to_owned(), place.pointer(path).cloned().unwrap_or_default());
    }
    Json::Object(location)
}

/// The sum over the enabled locations of which `counts` holds; null as soon as one of them does not say.
fn total(locations: &[Json], name: &str, counts: &str) -> Json {
    let mut sum = 0_i64;
    for location in locations {
        match (location["enabled"].as_bool(), location[counts].as_bool(), location[name].as_i64()) {
            (Some(false), _, _) | (_, Some(false), _) => {}
            (Some(true), Some(true), Some(quantity)) => sum = sum.saturating_add(quantity),
            _ => return Json::Null,
        }
    }
    sum.into()
}

fn refused(document: &Document, what: String) -> Refused {
    let (for_all, advice) = match document.status {
        401 | 403 => (true, "check the token: its API account needs the scope Store Inventory, read-only"),
        404 => (true, "check url: https://api.bigcommerce.com/stores/ and the store's hash"),
        429 => (false, "other programs use up the store's quota: lower fetch.rate, or let them rest"),
        status => (false, advice(status)),
    };
    Refused::by(document, what, (for_all, advice))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(enabled: Json, in_stock: Json, available: Json) -> Json {
        json!({"enabled": enabled, "is_in_stock": in_stock, "available_to_sell": available})
    }

    #[test]
    fn only_locations_that_sell_are_added_up() {
        let sum = |places: &[Json]| total(places, "available_to_sell", "is_in_stock");
        let open = place(json!(true), json!(true), json!(4));
        let off = place(json!(false), json!(true), json!(9));
        let held = place(json!(true), json!(false), json!(9));
        assert_eq!(sum(&[open.clone(), off, held]), json!(4));
        assert_eq!(sum(&[]), json!(0));
        // What is not said is not zero.
        assert_eq!(sum(&[open.clone(), place(json!(true), json!(true), json!(null))]), json!(null));
        assert_eq!(sum(&[open, place(json!(null), json!(true), json!(1))]), json!(null));
    }
}
