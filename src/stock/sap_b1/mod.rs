#![doc = include_str!("../../../config/platforms/sap_b1.md")]

mod item;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};
use url::Url;

use super::api::odata::{self, all_of, literal, one_of};
use super::api::{Access, Api};
use super::record::{Field, Record, Told};
use super::{Connection, Kind, Logout, Problem, Reach, Rules, Session, StockError};
use crate::domain::clock::Clock;
use crate::fetch;

/// The columns of an item that are always asked for.
const COLUMNS: [&str; 13] = [
    "ItemCode",
    "ItemName",
    "QuantityOnStock",
    "QuantityOrderedByCustomers",
    "InventoryItem",
    "SalesItem",
    "Valid",
    "ValidFrom",
    "ValidTo",
    "Frozen",
    "FrozenFrom",
    "FrozenTo",
    "ItemWarehouseInfoCollection",
];

/// Longest filter in an address, in bytes: Apache, before the service, takes 8190 for the whole line.
const ROOM: usize = 6000;

/// SAP Business One, by its Service Layer.
#[derive(Clone, Debug)]
pub struct SapB1Options {
    /// How its host is asked.
    pub fetch: fetch::Options,
    /// The address of the server, without `b1s/…`.
    pub url: Url,
    /// Version of the service: 1 (OData 3) or 2 (OData 4).
    pub version: u8,
    /// The company's database.
    pub company: String,
    /// User name.
    pub username: String,
    /// Password.
    pub password: SecretString,
    /// Further columns of the item, such as user-defined fields.
    pub select: Vec<String>,
    /// Which items are listed and asked for: an OData condition.
    pub filter: Option<String>,
    /// Items on a page.
    pub page_size: u32,
    /// Largest number of keys in one request.
    pub batch: usize,
}

impl SapB1Options {
    fn root(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/b1s/v{}/{path}", self.url.path().trim_end_matches('/'), self.version));
        url
    }

    fn session(&self) -> Session {
        let body = json!({
            "CompanyDB": self.company, "UserName": self.username, "Password": self.password.expose_secret(),
        });
        Session {
            url: self.root("Login"),
            method: "POST".to_owned(),
            body: Some(body.to_string().into()),
            token: None,
            lasts: None,
            logout: Some(Logout { url: self.root("Logout"), method: "POST".to_owned() }),
        }
    }

    fn items(&self, filter: Option<String>) -> Url {
        let columns = COLUMNS.iter().copied().chain(self.select.iter().map(String::as_str));
        odata::with_options(
            &self.root("Items"),
            &[
                ("$select", Some(columns.collect::<Vec<_>>().join(","))),
                ("$filter", all_of(&[filter, self.filter.clone()])),
                ("$orderby", Some("ItemCode".to_owned())),
            ],
        )
    }
}

impl Kind for SapB1Options {
    fn name(&self) -> &'static str {
        "sap_b1"
    }

    fn fields(&self) -> Vec<Field> {
        let warehouse = vec![
            Field::text("id"),
            Field::text("name"),
            Field::number("in_stock"),
            Field::number("committed"),
            Field::number("ordered"),
            Field::number("available"),
        ];
        let own = [
            Field::text("item_code"),
            Field::text("item_name"),
            Field::number("quantity_on_stock"),
            Field::number("quantity_ordered_by_customers"),
            Field::flag("inventory_item"),
            Field::flag("sales_item"),
            Field::flag("active"),
            Field::list_of("locations", warehouse),
        ];
        own.into_iter().chain(self.select.iter().map(|name| Field::anything(name))).collect()
    }

    fn rules(&self) -> Rules {
        let rule = |text: &str| Some(text.to_owned());
        Rules {
            sellable: rule("sum(locations.available)"),
            untracked_when: rule("not inventory_item"),
            discontinued_when: rule("not active or not sales_item"),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
        if self.url.path().contains("b1s") {
            wrong("url", "ends before b1s/…: name the server, such as https://sap.example:50000".to_owned());
        }
        if !(1..=2).contains(&self.version) {
            wrong("version", format!("is {}; the Service Layer has v1 and v2", self.version));
        }
        for name in self.select.iter().filter(|name| COLUMNS.contains(&name.as_str())) {
            wrong("select", format!("{name} is asked for in any case; take it out"));
        }
        if self.page_size == 0 {
            wrong("page_size", "is 0; give the number of items on a page".to_owned());
        }
        if self.batch == 0 {
            wrong("batch", "is 0; give the number of keys in one request".to_owned());
        }
        problems
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let mut fetch = self.fetch.clone();
        // A batch comes on one page, too.
        let page_size = self.batch.max(usize::try_from(self.page_size).unwrap_or(usize::MAX));
        fetch.headers.push(("prefer".to_owned(), format!("odata.maxpagesize={page_size}").into()));
        let access = Access::session(self.session(), source)?;
        let api = Api::new(source, &fetch, access, clock)?;
        Ok(Box::new(SapB1 { options: self.clone(), api, clock: clock.clone() }))
    }
}

/// A company's database, ready to be asked.
#[derive(Debug)]
struct SapB1 {
    options: SapB1Options,
    api: Api,
    clock: Clock,
}

impl SapB1 {
    async fn page(&self, filter: Option<String>) -> Result<odata::Page, StockError> {
        odata::page(&self.api, self.options.items(filter), advice).await
    }

    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let page = self.page(Some(one_of("ItemCode", keys))).await?;
        if page.more {
            return Err(self.endless("gives only a part of a batch; lower sap_b1.batch".to_owned()));
        }
        Ok(self.records(&page.items))
    }

    fn records(&self, items: &[Json]) -> Vec<Record> {
        let today = self.clock.now().to_zoned(TimeZone::UTC).date();
        items.iter().map(|item| item::record(item, &self.options.select, today)).collect()
    }

    fn endless(&self, what: String) -> StockError {
        StockError::Answer {
            url: self.options.root("Items").to_string(),
            what,
            advice: "see PageSize in the Service Layer's b1s.conf",
        }
    }
}

#[async_trait(?Send)]
impl Connection for SapB1 {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    /// By the order of the codes and not by `$skip`, which misses items where others are deleted meanwhile.
    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut last = from.map(str::to_owned);
        loop {
            let page = self.page(last.as_ref().map(|last| format!("ItemCode gt {}", literal(last)))).await?;
            self.records(&page.items).into_iter().map(Told::Item).for_each(&mut *sink);
            if !page.more {
                return Ok(());
            }
            let reached = page.items.last().and_then(|item| item["ItemCode"].as_str()).map(str::to_owned);
            match reached {
                Some(reached) if last.as_ref() != Some(&reached) => {
                    sink(Told::Checkpoint(reached.clone()));
                    last = Some(reached);
                }
                _ => return Err(self.endless("says that there is more, and does not give it".to_owned())),
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let batches = odata::batches(keys, "ItemCode", self.options.batch, ROOM);
        odata::ask_all(batches, self.options.fetch.concurrency, async |keys| {
            self.ask_batch(keys).await.or_else(|error| error.for_keys(keys))
        })
        .await
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }

    async fn close(&self) {
        self.api.close().await;
    }
}

fn advice(status: u16) -> &'static str {
    match status {
        401 => "the session was not accepted: see whether the user may use the Service Layer",
        403 => "the user may not read items: give it the authorisation for item master data",
        404 => "check sap_b1.url and sap_b1.version; releases before 10.0 have v1 only",
        400..=499 => "compare sap_b1.select and sap_b1.filter with the columns of Items in $metadata",
        _ => "the Service Layer is in trouble; try again later, or ask whoever runs it",
    }
}
