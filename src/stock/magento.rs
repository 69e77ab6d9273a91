#![doc = include_str!("../../config/platforms/magento.md")]

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value as Json};
use url::Url;

use super::api::answer::json;
use super::api::batch::comma_lists;
use super::api::{Access, Api, Refused, get};
use super::error::advice;
use super::record::{Field, Record, Told};
use super::{Auth, Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::{self, Document};

/// Largest page that shops with a limit on pages allow
/// (<https://developer.adobe.com/commerce/webapi/get-started/api-security/>).
const LARGEST_PAGE: usize = 300;

/// The answer of a web server that does not know an inventory module.
const NO_ROUTE: &str = "does not match any route";

/// What is told of a product's own stock item, in shops without Inventory Management.
const STOCK_ITEM: [&str; 8] = [
    "qty",
    "is_in_stock",
    "manage_stock",
    "backorders",
    "min_qty",
    "min_sale_qty",
    "is_qty_decimal",
    "notify_stock_qty",
];

/// A Magento or Adobe Commerce shop.
#[derive(Clone, Debug)]
pub struct MagentoOptions {
    /// The shop's address; the API is below it at `rest/`.
    pub url: Url,
    /// Access token of an integration.
    pub token: SecretString,
    /// Where stock is kept.
    pub inventory: MagentoInventory,
    /// Code of the website whose stock it is.
    pub website: String,
    /// Code of the store view that is asked; `None`: the default one.
    pub store: Option<String>,
    /// Products on a page, and most SKUs in one question; at most 300.
    pub page_size: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

/// Where a Magento shop keeps its stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MagentoInventory {
    /// In sources and stocks, with reservations (Inventory Management, MSI; since 2.3).
    Msi,
    /// In one stock item for each product.
    Legacy,
}

impl Kind for MagentoOptions {
    fn name(&self) -> &'static str {
        "magento"
    }

    fn fields(&self) -> Vec<Field> {
        match self.inventory {
            MagentoInventory::Msi => vec![Field::number("qty"), Field::flag("is_salable")],
            MagentoInventory::Legacy => vec![
                Field::number("qty"),
                Field::flag("is_in_stock"),
                Field::flag("manage_stock"),
                Field::number("backorders"),
                Field::number("min_qty"),
                Field::number("min_sale_qty"),
                Field::flag("is_qty_decimal"),
                Field::number("notify_stock_qty"),
            ],
        }
    }

    fn rules(&self) -> Rules {
        let rule = |text: &str| Some(text.to_owned());
        match self.inventory {
            MagentoInventory::Msi => Rules {
                sellable: rule("qty if is_salable else 0"),
                backorder_when: rule("is_salable and qty <= 0"),
                ..Rules::default()
            },
            MagentoInventory::Legacy => Rules {
                sellable: rule("qty - min_qty if is_in_stock else 0"),
                untracked_when: rule("not manage_stock"),
                backorder_when: rule("is_in_stock and backorders > 0"),
                ..Rules::default()
            },
        }
    }

    fn check(&self) -> Vec<Problem> {
        if (1..=LARGEST_PAGE).contains(&self.page_size) {
            return Vec::new();
        }
        let what = format!("is {}; shops that limit pages allow 1 to {LARGEST_PAGE} products", self.page_size);
        vec![("page_size".to_owned(), what)]
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let access = Access::of(Some(&Auth::Bearer { token: self.token.clone() }), source, &self.url)?;
        let api = Api::new(source, &self.fetch, access, clock)?;
        Ok(Box::new(Magento { options: self.clone(), api }))
    }
}

/// A Magento shop, ready to be asked.
#[derive(Debug)]
struct Magento {
    options: MagentoOptions,
    api: Api,
}

/// One page of the export of salable quantities.
struct Page {
    records: Vec<Record>,
    /// Products that the search finds, on all pages.
    total: u64,
}

impl Magento {
    fn address(&self, below: &[&str]) -> Url {
        let mut url = self.options.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("rest");
            path.extend(self.options.store.as_deref()).push("V1").extend(below);
        }
        url.set_query(None);
        url
    }

    /// A page of the products that are switched on, with what may be sold of each; by id, so that new ones come last.
    async fn page(&self, number: u64, skus: Option<&[String]>) -> Result<Page, Refused> {
        let mut url =
            self.address(&["inventory", "export-stock-salable-qty", "website", self.options.website.as_str()]);
        let size = self.options.page_size.to_string();
        let mut filters = vec![("status", "1".to_owned(), "eq")];
        match skus {
            // The API parts its lists at commas.
            Some([only]) => filters.push(("sku", only.clone(), "eq")),
            Some(several) => filters.push(("sku", several.join(","), "in")),
            None => {}
        }
        let mut query = url.query_pairs_mut();
        for (group, (field, value, condition)) in filters.iter().enumerate() {
            let filter = format!("searchCriteria[filter_groups][{group}][filters][0]");
            query.append_pair(&format!("{filter}[field]"), field);
            query.append_pair(&format!("{filter}[value]"), value);
            query.append_pair(&format!("{filter}[condition_type]"), condition);
        }
        query.append_pair("searchCriteria[sortOrders][0][field]", "entity_id");
        query.append_pair("searchCriteria[sortOrders][0][direction]", "ASC");
        query.append_pair("searchCriteria[pageSize]", &size);
        query.append_pair("searchCriteria[currentPage]", &number.to_string());
        drop(query);
        let document = self.send(url).await?;
        let answer = json(&document).map_err(|what| refused(&document, what))?;
        let items = answer.get("items").and_then(Json::as_array);
        let total = answer.get("total_count").and_then(Json::as_u64);
        let (Some(items), Some(total)) = (items, total) else {
            return Err(refused(&document, "answered JSON without `items` and `total_count`".to_owned()));
        };
        Ok(Page { records: items.iter().map(|item| record(item, &["qty", "is_salable"])).collect(), total })
    }

    /// The stock item of a product. `None`: the shop does not know the SKU.
    async fn stock_item(&self, sku: &str) -> Result<Option<Record>, Refused> {
        let document = self.send(self.address(&["stockItems", sku])).await?;
        let answer = json(&document);
        // Only the shop itself can say that there is none: a web server that cannot stand a slash answers 404 too.
        let message = serde_json::from_slice::<Json>(&document.body).ok().and_then(|body| body.get("message").cloned());
        if document.status == 404 && message.is_some_and(|told| told.as_str().is_some_and(|it| !it.contains(NO_ROUTE)))
        {
            return Ok(None);
        }
        let answer = answer.map_err(|what| refused(&document, what))?;
        Ok(Some(Record { key: sku.to_owned(), ..record(&answer, &STOCK_ITEM) }))
    }

    async fn send(&self, url: Url) -> Result<Document, Refused> {
        Ok(self.api.send(get(url)).await?)
    }

    async fn ask_batch(&self, batch: &[String]) -> Result<Vec<Record>, Refused> {
        if self.options.inventory == MagentoInventory::Legacy {
            let mut records = Vec::new();
            for sku in batch {
                match self.stock_item(sku).await {
                    Ok(record) => records.extend(record),
                    Err(refused) if refused.for_all => return Err(refused),
                    Err(refused) => records.push(Record::unreadable(sku, refused.error.to_string())),
                }
            }
            return Ok(records);
        }
        // SKUs are unique, so what a batch finds fits on a page.
        let page = self.page(1, Some(batch)).await?;
        Ok(page.records.into_iter().filter(|record| batch.contains(&record.key)).collect())
    }
}

#[async_trait(?Send)]
impl Connection for Magento {
    fn reach(&self) -> Reach {
        match self.options.inventory {
            MagentoInventory::Msi => Reach::All,
            MagentoInventory::Legacy => Reach::Keys { batch: 1 },
        }
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        if self.options.inventory == MagentoInventory::Legacy {
            let what = "legacy: stock items are told one by one, so not everything can be listed".to_owned();
            return Err(StockError::Options { option: "magento.inventory".to_owned(), what });
        }
        let mut number = from.and_then(|told| told.parse::<u64>().ok()).unwrap_or(0);
        loop {
            number += 1;
            let page = self.page(number, None).await?;
            page.records.into_iter().map(Told::Item).for_each(&mut *sink);
            sink(Told::Checkpoint(number.to_string()));
            // Beyond the last page the API repeats it, so only the count says where the end is.
            if number.saturating_mul(self.options.page_size as u64) >= page.total {
                return Ok(());
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::with_capacity(keys.len());
        for batch in comma_lists(keys, self.options.page_size) {
            match self.ask_batch(&batch).await {
                Ok(found) => records.extend(found),
                Err(refused) => records.extend(refused.for_keys(&batch)?),
            }
        }
        Ok(records)
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }
}

fn record(item: &Json, names: &[&str]) -> Record {
    let key = item.get("sku").and_then(Json::as_str).unwrap_or_default().trim();
    let empty = Map::new();
    let given = item.as_object().unwrap_or(&empty);
    let field = |name: &&str| ((*name).to_owned(), given.get(*name).cloned().unwrap_or_default());
    Record::new(key, names.iter().map(field).collect())
}

fn refused(document: &Document, what: String) -> Refused {
    let (for_all, advice) = match document.status {
        401 => (
            true,
            "check the token and its integration: it needs the resource Magento_InventoryApi::stock (legacy: \
             Magento_CatalogInventory::cataloginventory), and since 2.4.4 Stores → Configuration → Services → OAuth must \
             allow access tokens as bearer tokens",
        ),
        403 => (true, "something before Magento (a firewall) refused: let this machine in"),
        404 if what.contains(NO_ROUTE) => {
            (true, "this shop has no Inventory Management: write `inventory: legacy`; else check url and store")
        }
        404 => {
            (true, "check url, website (its code, not its name) and store; a web server may refuse a slash in an SKU")
        }
        503 => (true, "the shop is in maintenance, or overloaded; try again later"),
        status => (false, advice(status)),
    };
    // One SKU that a web server does not let through says nothing of the others.
    let for_all = for_all
        && !(document.status == 404 && document.url.path().contains("/stockItems/") && !what.contains(NO_ROUTE));
    Refused::by(document, what, (for_all, advice))
}
