#![doc = include_str!("../../../config/platforms/shopify.md")]

mod bulk;
mod desk;
mod item;
mod pages;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use url::Url;

use self::desk::{Desk, Refused};
use self::pages::{Pages, Place};
use super::api::{Access, Api};
use super::record::{Field, Record, Told};
use super::{Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch;

/// From so many variants on, `auto` lets Shopify read in bulk.
const MANY: u64 = 1_000;

/// Largest file of a bulk operation, in bytes: some ten million variants.
const LARGEST_FILE: u64 = 8 << 30;

/// Longest time a bulk operation's file may take.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(3_600);

/// A Shopify shop.
#[derive(Clone, Debug)]
pub struct ShopifyOptions {
    /// The shop's own address at Shopify, `https://NAME.myshopify.com/`.
    pub url: Url,
    /// Access token of an app, `shpat_…`.
    pub access_token: SecretString,
    /// Version of the API, such as `2026-07`.
    pub api_version: String,
    /// What an item's key is.
    pub key: ShopifyKey,
    /// Whether the inventory levels of each location are asked for.
    pub locations: bool,
    /// Whether everything is read in bulk.
    pub bulk: ShopifyBulk,
    /// How long a bulk operation is waited for.
    pub bulk_wait: Duration,
    /// Largest number of keys in one question.
    pub batch: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

/// What an item's key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShopifyKey {
    /// The variant's SKU.
    Sku,
    /// The variant's barcode: a GTIN, most often.
    Barcode,
}

/// Whether everything is read in bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShopifyBulk {
    /// Where there is much to read, and Shopify takes the order.
    Auto,
    /// Always.
    Always,
    /// Page by page.
    Never,
}

impl Kind for ShopifyOptions {
    fn name(&self) -> &'static str {
        "shopify"
    }

    fn fields(&self) -> Vec<Field> {
        item::fields()
    }

    fn rules(&self) -> Rules {
        let rule = |text: &str| Some(text.to_owned());
        Rules {
            sellable: rule("sellable_online_quantity"),
            untracked_when: rule("not tracked"),
            backorder_when: rule("inventory_policy == \"CONTINUE\""),
            discontinued_when: rule("product_status == \"ARCHIVED\" or product_status == \"DRAFT\""),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=250).contains(&self.batch) {
            problems.push(("batch".to_owned(), format!("is {}; the API answers 1 to 250 items at once", self.batch)));
        }
        let version = self.api_version.as_bytes();
        let dated =
            version.len() == 7 && version[4] == b'-' && version.iter().filter(|c| c.is_ascii_digit()).count() == 6;
        if !dated && self.api_version != "unstable" {
            let what = format!("`{}` is no version; write year and month, such as 2026-07", self.api_version);
            problems.push(("api_version".to_owned(), what));
        }
        problems
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["admin", "api", &self.api_version, "graphql.json"]);
        }
        let token = ("x-shopify-access-token".to_owned(), self.access_token.clone());
        let api = Api::new(source, &self.fetch, Access::Headers(vec![token]), clock)?;
        // Files lie elsewhere, behind addresses that are secrets themselves: nothing of ours goes there.
        let elsewhere = fetch::Options {
            headers: Vec::new(),
            max_download: LARGEST_FILE,
            total_timeout: LONGEST_DOWNLOAD,
            ..self.fetch.clone()
        };
        let files = Api::new(source, &elsewhere, Access::Open, clock)?;
        let pages = Pages::new(self.locations, self.key);
        Ok(Box::new(Shopify { options: self.clone(), desk: Desk::new(api, url), files, pages }))
    }
}

/// A Shopify shop, ready to be asked.
#[derive(Debug)]
struct Shopify {
    options: ShopifyOptions,
    desk: Desk,
    /// For the files of bulk operations.
    files: Api,
    pages: Pages,
}

impl Shopify {
    /// Whether there is so much that bulk pays.
    async fn is_large(&self) -> Result<bool, Refused> {
        let (data, _) = self.desk.ask("{ productVariantsCount { count precision } }", json!({})).await?;
        // Where it is not exact it is a lower bound, and a high one.
        Ok(data.pointer("/productVariantsCount/count").and_then(Json::as_u64).is_some_and(|count| count >= MANY))
    }

    async fn list_in_bulk(
        &self,
        known: Option<&str>,
        sink: &mut dyn FnMut(Told),
    ) -> Result<Option<String>, StockError> {
        let begun = match known {
            Some(id) => bulk::wait(&self.desk, id, self.options.bulk_wait).await?,
            None => None,
        };
        let operation = match begun {
            Some(operation) => operation,
            None => {
                let id = match bulk::begin(&self.desk, self.options.locations).await? {
                    Ok(id) => id,
                    Err(why) => return Ok(Some(why)),
                };
                // Nothing was told yet; but a run that dies from here on can wait for the same operation.
                sink(Told::Checkpoint(format!("bulk {id}")));
                let Some(operation) = bulk::wait(&self.desk, &id, self.options.bulk_wait).await? else {
                    return Err(self.desk.error(
                        format!("has let go of the bulk operation {id} before its end"),
                        "somebody else may have cancelled it; try again, or read page by page with `bulk: never`",
                    ));
                };
                operation
            }
        };
        let (by, levels) = (self.options.key, self.options.locations);
        bulk::tell(&self.desk, &self.files, &operation, by, levels, sink).await?;
        Ok(None)
    }

    async fn list_by_pages(&self, mut place: Place, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        loop {
            let (records, next, ended) = self.pages.next(&self.desk, &place).await?;
            records.into_iter().map(Told::Item).for_each(&mut *sink);
            if let Some(last) = next.last() {
                sink(Told::Checkpoint(format!("id {last}")));
            }
            if ended {
                return Ok(());
            }
            place = next;
        }
    }
}

#[async_trait(?Send)]
impl Connection for Shopify {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let from = from.unwrap_or_default();
        if let Some(last) = from.strip_prefix("id ").and_then(|last| last.parse().ok()) {
            return self.list_by_pages(Place::after(last), sink).await;
        }
        let known = from.strip_prefix("bulk ");
        let in_bulk = match self.options.bulk {
            ShopifyBulk::Always => true,
            ShopifyBulk::Never => false,
            ShopifyBulk::Auto => known.is_some() || self.is_large().await?,
        };
        if in_bulk {
            match self.list_in_bulk(known, sink).await? {
                None => return Ok(()),
                Some(why) if self.options.bulk == ShopifyBulk::Always => {
                    return Err(self.desk.error(
                        format!("takes no bulk operation now: {why}"),
                        "wait until the app's other bulk operation is done, or write `bulk: auto`",
                    ));
                }
                Some(why) => tracing::info!(why, "no bulk operation now, so page by page"),
            }
        }
        self.list_by_pages(Place::default(), sink).await
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::with_capacity(keys.len());
        for batch in keys.chunks(self.options.batch.max(1)) {
            match self.pages.search(&self.desk, &search(batch, self.options.key)).await {
                // The search compares without case, and by words.
                Ok(found) => records.extend(found.into_iter().filter(|record| batch.contains(&record.key))),
                Err(Refused::All(error)) => return Err(error),
                Err(refused) => records.extend(Record::all_unreadable(batch, StockError::from(refused))),
            }
        }
        Ok(records)
    }

    fn requests(&self) -> u64 {
        self.desk.api.requests() + self.files.requests()
    }
}

/// A search for these keys (<https://shopify.dev/docs/api/usage/search-syntax>).
fn search(keys: &[String], by: ShopifyKey) -> String {
    let name = match by {
        ShopifyKey::Sku => "sku",
        ShopifyKey::Barcode => "barcode",
    };
    let quoted = |key: &String| format!("{name}:'{}'", key.replace('\\', "\\\\").replace('\'', "\\'"));
    keys.iter().map(quoted).collect::<Vec<_>>().join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_holds_stays_inside_its_quotes() {
        let keys = ["A-1".to_owned(), "5' pole \\ OR sku:*".to_owned()];
        assert_eq!(search(&keys, ShopifyKey::Sku), "sku:'A-1' OR sku:'5\\' pole \\\\ OR sku:*'");
        assert_eq!(search(&keys[..1], ShopifyKey::Barcode), "barcode:'A-1'");
    }
}
