#![doc = include_str!("../../../config/platforms/medusa.md")]

mod variant;

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use tokio::sync::OnceCell;
use url::Url;

use super::api::counted::{Counted, Step};
use super::api::{Access, Api, Session, answer, below, get, part};
use super::record::{Field, Record, Told};
use super::{Account, Auth, Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch;
use variant::Seen;

/// What is asked of every variant: <https://docs.medusajs.com/api/admin#product-variants>.
const FIELDS: &str = "id,sku,title,manage_inventory,allow_backorder,product.status,product.sales_channels.id,\
    product.sales_channels.name,inventory_items.required_quantity,inventory_items.inventory.id,\
    inventory_items.inventory.location_levels.location_id,inventory_items.inventory.location_levels.stocked_quantity,\
    inventory_items.inventory.location_levels.reserved_quantity,\
    inventory_items.inventory.location_levels.available_quantity,\
    inventory_items.inventory.location_levels.incoming_quantity";

/// Stock locations on a page.
const LOCATIONS: u32 = 100;

/// A Medusa shop.
#[derive(Clone, Debug)]
pub struct MedusaOptions {
    /// Its server, without `admin`.
    pub url: Url,
    /// How it knows us.
    pub access: MedusaAccess,
    /// Id or name of the sales channel that the shop's pages belong to; `None`: all locations count.
    pub sales_channel: Option<String>,
    /// Variants on a page of the listing.
    pub page_size: usize,
    /// Keys in one request.
    pub batch: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

/// How a Medusa shop knows us.
#[derive(Clone, Debug)]
pub enum MedusaAccess {
    /// A user of the Admin API: e-mail address and password.
    Login(Account),
    /// A secret API key.
    ApiKey(SecretString),
}

impl MedusaOptions {
    fn auth(&self) -> Auth {
        match &self.access {
            // A user name without a password: https://docs.medusajs.com/api/admin#3-api-token
            MedusaAccess::ApiKey(key) => {
                Auth::Basic { username: key.expose_secret().to_owned(), password: SecretString::default() }
            }
            MedusaAccess::Login(account) => Auth::Login(Box::new(Session::for_token(
                below(&self.url, "auth/user/emailpass"),
                account.as_json("email"),
                "$.token",
            ))),
        }
    }
}

impl Kind for MedusaOptions {
    fn name(&self) -> &'static str {
        "medusa"
    }

    fn fields(&self) -> Vec<Field> {
        let quantities = ["stocked_quantity", "reserved_quantity", "available_quantity", "incoming_quantity"];
        let location = ["id", "name"].map(Field::text).into_iter().chain(quantities.map(Field::number)).collect();
        vec![
            Field::text("id"),
            Field::text("title"),
            Field::flag("manage_inventory"),
            Field::flag("allow_backorder"),
            Field::flag("published"),
            Field::number("available"),
            Field::number("inventory_items"),
            Field::list_of("locations", location),
        ]
    }

    fn rules(&self) -> Rules {
        Rules {
            sellable: Some("available".to_owned()),
            untracked_when: Some("manage_inventory == false".to_owned()),
            backorder_when: Some("allow_backorder".to_owned()),
            discontinued_when: Some("published == false".to_owned()),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        Vec::new()
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let access = Access::of(Some(&self.auth()), source, &self.url)?;
        let api = Api::new(source, &self.fetch, access, clock)?;
        Ok(Box::new(Medusa { options: self.clone(), api, locations: OnceCell::new() }))
    }
}

/// A Medusa shop, ready to be asked.
#[derive(Debug)]
struct Medusa {
    options: MedusaOptions,
    api: Api,
    /// Asked for once.
    locations: OnceCell<Locations>,
}

/// Names of the stock locations that count, by id.
type Locations = BTreeMap<String, String>;

impl Medusa {
    /// Asks for one page of a list below `admin/`: its rows, and how many there are in all.
    async fn rows(&self, url: Url, name: &str) -> Result<(Vec<Json>, u64), StockError> {
        let (document, answer) = self.api.json(get(url)).await?;
        let read = || Ok((part::list(&answer, name)?.to_vec(), part::count(&answer, "count")?));
        read().map_err(|what: String| answer::refused(&document, format!("answered JSON that {what}")))
    }

    async fn locations(&self) -> Result<&Locations, StockError> {
        self.locations.get_or_try_init(|| self.ask_locations()).await
    }

    /// The stock locations that serve the sales channel, or all of them:
    /// <https://docs.medusajs.com/api/admin#stock-locations>.
    async fn ask_locations(&self) -> Result<Locations, StockError> {
        let (mut found, mut at) = (Locations::new(), Counted::default());
        let first = below(&self.options.url, "admin/stock-locations");
        loop {
            let mut url = first.clone();
            url.query_pairs_mut()
                .append_pair("fields", "id,name,sales_channels.id,sales_channels.name")
                .append_pair("order", "id")
                .append_pair("limit", &LOCATIONS.to_string())
                .append_pair("offset", &at.at().to_string());
            let (rows, total) = self.rows(url, "stock_locations").await?;
            let step = at.read(rows.len(), total).map_err(|what| unusable(&first, what))?;
            if step == Step::Again {
                continue;
            }
            for row in &rows {
                let id = part::text(row, "id")
                    .map_err(|what| unusable(&first, format!("tells of a location that {what}")))?;
                if self.options.sales_channel.as_ref().is_none_or(|channel| variant::is_in(row, channel)) {
                    found.insert(id.to_owned(), row["name"].as_str().unwrap_or(id).to_owned());
                }
            }
            if step == Step::Last {
                break;
            }
        }
        match &self.options.sales_channel {
            // With a channel that is misspelt everything would seem sold out.
            Some(channel) if found.is_empty() => Err(StockError::Answer {
                url: fetch::shown(&first).to_string(),
                what: format!("tells of no stock location that serves the sales channel `{channel}`"),
                advice: "write the channel's id or its name as Medusa's settings show it, and link a location to it",
            }),
            _ => Ok(found),
        }
    }

    /// Every variant, or those with these keys, page by page.
    async fn walk(&self, keys: &[String], mut at: Counted, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let channel = self.options.sales_channel.as_deref();
        let seen = Seen { locations: self.locations().await?, channel };
        let first = below(&self.options.url, "admin/product-variants");
        loop {
            let mut url = first.clone();
            url.query_pairs_mut()
                .append_pair("fields", FIELDS)
                .append_pair("order", "id")
                .append_pair("limit", &self.options.page_size.to_string())
                .append_pair("offset", &at.at().to_string())
                .extend_pairs(keys.iter().map(|key| ("sku[]", key)));
            let (rows, total) = self.rows(url, "variants").await?;
            let step = at.read(rows.len(), total).map_err(|what| unusable(&first, what))?;
            if step == Step::Again {
                continue;
            }
            rows.iter().for_each(|row| sink(Told::Item(variant::record(row, &seen))));
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
        let asked = self.walk(keys, Counted::default(), &mut take).await;
        asked.map_or_else(|error| error.for_keys(keys), |()| Ok(records))
    }
}

fn unusable(url: &Url, what: String) -> StockError {
    let advice = "see whether the address is that of a Medusa server of version 2";
    StockError::Answer { url: fetch::shown(url).to_string(), what, advice }
}

#[async_trait(?Send)]
impl Connection for Medusa {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        self.walk(&[], Counted::from(from), sink).await
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        // Before the batches, so that they do not all ask for them.
        self.locations().await?;
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
