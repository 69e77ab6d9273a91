#![doc = include_str!("../../../config/platforms/odoo.md")]

mod call;
mod item;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use tokio::sync::OnceCell;
use url::Url;

use self::call::{Arguments, Odoo};
use self::item::{FIELDS, SOMETIMES, Shelves, Types};
use super::api::odata::ask_all;
use super::record::{Field, Record, Told};
use super::{Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch;

/// An Odoo with the module `stock`.
#[derive(Clone, Debug)]
pub struct OdooOptions {
    /// How its host is asked.
    pub fetch: fetch::Options,
    /// The address of Odoo.
    pub url: Url,
    /// How it is spoken to.
    pub protocol: OdooProtocol,
    /// The database; needed for JSON-RPC, and where one server has several.
    pub database: Option<String>,
    /// The user's login, for JSON-RPC.
    pub username: Option<String>,
    /// The API key.
    pub api_key: SecretString,
    /// The field that is the key: `default_code` or `barcode`.
    pub key: String,
    /// Further fields of the product.
    pub fields: Vec<String>,
    /// Which products are asked for: an Odoo domain, a JSON list of conditions.
    pub domain: Option<String>,
    /// Quantities of this warehouse only, by its id.
    pub warehouse: Option<u32>,
    /// Quantities of this location and those below it only, by its id.
    pub location: Option<u32>,
    /// Whether the quantities of each warehouse are asked for, too.
    pub locations: bool,
    /// Whether archived products are among the items.
    pub archived: bool,
    /// Products on a page.
    pub page_size: u32,
    /// Largest number of keys in one request.
    pub batch: usize,
}

/// How an Odoo is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OdooProtocol {
    /// `/json/2`, since Odoo 19.
    Json2,
    /// `/jsonrpc`, until its end in Odoo 22.
    JsonRpc,
}

impl Kind for OdooOptions {
    fn name(&self) -> &'static str {
        "odoo"
    }

    fn fields(&self) -> Vec<Field> {
        let warehouse = vec![
            Field::text("id"),
            Field::text("name"),
            Field::number("quantity"),
            Field::number("reserved_quantity"),
            Field::number("available"),
        ];
        let own = [
            Field::text("default_code"),
            Field::text("barcode"),
            Field::text("type"),
            Field::flag("active"),
            Field::flag("sale_ok"),
            Field::flag("tracked"),
            Field::flag("allow_out_of_stock_order"),
            Field::number("free_qty"),
            Field::number("qty_available"),
            Field::number("virtual_available"),
            Field::number("outgoing_qty"),
        ];
        let locations = self.locations.then(|| Field::list_of("locations", warehouse));
        own.into_iter().chain(locations).chain(self.fields.iter().map(|name| Field::anything(name))).collect()
    }

    fn rules(&self) -> Rules {
        let rule = |text: &str| Some(text.to_owned());
        Rules {
            sellable: rule("free_qty"),
            untracked_when: rule("not tracked"),
            backorder_when: rule("allow_out_of_stock_order"),
            discontinued_when: rule("not active or not sale_ok"),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
        if self.protocol == OdooProtocol::JsonRpc {
            for (option, given) in [("database", &self.database), ("username", &self.username)] {
                if given.is_none() {
                    wrong(option, "is missing, and JSON-RPC needs it with every call".to_owned());
                }
            }
        } else if self.username.is_some() {
            wrong("username", "has no effect with json2: the API key alone says who asks; remove it".to_owned());
        }
        if let Err(why) = self.conditions() {
            wrong("domain", why);
        }
        if !matches!(self.key.as_str(), "default_code" | "barcode") {
            wrong("key", format!("is {}; default_code and barcode can be keys", self.key));
        }
        for name in
            self.fields.iter().filter(|name| FIELDS.contains(&name.as_str()) || SOMETIMES.contains(&name.as_str()))
        {
            wrong("fields", format!("{name} is asked for in any case; take it out"));
        }
        if self.page_size == 0 {
            wrong("page_size", "is 0; give the number of products on a page".to_owned());
        }
        if self.batch == 0 {
            wrong("batch", "is 0; give the number of keys in one request".to_owned());
        }
        problems
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let odoo = Odoo::new(self, source, clock)?;
        Ok(Box::new(Products { options: self.clone(), odoo, types: OnceCell::new() }))
    }
}

impl OdooOptions {
    /// The conditions of the domain.
    fn conditions(&self) -> Result<Vec<Json>, String> {
        let Some(domain) = &self.domain else { return Ok(Vec::new()) };
        match serde_json::from_str(domain) {
            Ok(Json::Array(conditions)) => Ok(conditions),
            Ok(_) => Err("is no list; write it as JSON, such as [[\"categ_id\", \"child_of\", 4]]".to_owned()),
            Err(error) => Err(format!("is no JSON ({error}); write for example [[\"categ_id\", \"child_of\", 4]]")),
        }
    }

    /// What the quantities are computed for. The name of the warehouse's key changed with Odoo 17.
    fn context(&self) -> Json {
        let mut context = json!({"active_test": !self.archived});
        if let Some(warehouse) = self.warehouse {
            context["warehouse"] = warehouse.into();
            context["warehouse_id"] = warehouse.into();
        }
        if let Some(location) = self.location {
            context["location"] = location.into();
        }
        context
    }
}

/// The products of a database, ready to be asked for.
#[derive(Debug)]
struct Products {
    options: OdooOptions,
    odoo: Odoo,
    /// The fields this database has.
    types: OnceCell<Types>,
}

impl Products {
    /// Which of the fields this database has, and of what type: asked once, because an unknown field is an error.
    async fn types(&self) -> Result<&Types, StockError> {
        self.types.get_or_try_init(|| self.ask_types()).await
    }

    async fn ask_types(&self) -> Result<Types, StockError> {
        let extra = self.options.fields.iter().map(String::as_str);
        let wanted: Vec<&str> = FIELDS.into_iter().chain(extra).collect();
        let all: Vec<&str> = wanted.iter().copied().chain(SOMETIMES).collect();
        let arguments = arguments(json!({"allfields": all, "attributes": ["type"]}));
        let answer = self.odoo.call("product.product", "fields_get", &arguments).await?;
        let kind =
            |(name, told): (&String, &Json)| (name.clone(), told["type"].as_str().unwrap_or_default().to_owned());
        let types: Types = answer.as_object().into_iter().flatten().map(kind).collect();
        let absent: Vec<&str> = wanted.into_iter().filter(|name| !types.contains_key(*name)).collect();
        if absent.is_empty() {
            return Ok(types);
        }
        let what = format!("has products without {}", absent.join(", "));
        Err(self
            .odoo
            .lacks(what, "see whether the module `stock` is installed, and compare odoo.fields with the database"))
    }

    /// Products that meet the conditions, as records and with the id of the last one.
    async fn products(
        &self,
        conditions: Vec<Json>,
        limit: Option<u32>,
    ) -> Result<(Vec<Record>, Option<i64>), StockError> {
        let types = self.types().await?;
        let OdooOptions { key, fields, .. } = &self.options;
        let mut domain = conditions;
        domain.extend(self.options.conditions().unwrap_or_default());
        let mut arguments = arguments(json!({
            "domain": domain, "fields": types.keys().collect::<Vec<_>>(), "order": "id asc",
            "context": self.options.context(),
        }));
        arguments.extend(limit.map(|limit| ("limit".to_owned(), limit.into())));
        let products = self.read("product.product", &arguments).await?;
        let ids: Vec<i64> = products.iter().filter_map(|product| product["id"].as_i64()).collect();
        let shelves = if self.options.locations { Some(self.shelves(&ids).await?) } else { None };
        let record = |product| item::record(product, key, fields, types, shelves.as_ref());
        Ok((products.iter().map(record).collect(), ids.last().copied()))
    }

    /// What lies where, of these products: in internal locations only, as Odoo counts itself.
    async fn shelves(&self, products: &[i64]) -> Result<Shelves, StockError> {
        let mut domain = vec![json!(["product_id", "in", products]), json!(["location_id.usage", "=", "internal"])];
        domain.extend(self.options.warehouse.map(|id| json!(["warehouse_id", "=", id])));
        domain.extend(self.options.location.map(|id| json!(["location_id", "child_of", id])));
        let fields = ["product_id", "warehouse_id", "location_id", "quantity", "reserved_quantity"];
        let arguments = arguments(json!({
            "domain": domain, "fields": fields, "order": "id asc", "context": {"active_test": false},
        }));
        let quants = self.read("stock.quant", &arguments).await?;
        item::shelves(&quants).map_err(|what| self.odoo.lacks(what, "look at this quant in Odoo"))
    }

    async fn read(&self, model: &str, arguments: &Arguments) -> Result<Vec<Json>, StockError> {
        match self.odoo.call(model, "search_read", arguments).await? {
            Json::Array(records) => Ok(records),
            _ => Err(self.odoo.lacks(format!("gives no list of {model}"), "see whether odoo.url is Odoo itself")),
        }
    }

    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        Ok(self.products(vec![json!([self.options.key, "in", keys])], None).await?.0)
    }
}

fn arguments(object: Json) -> Arguments {
    match object {
        Json::Object(arguments) => arguments,
        _ => Arguments::new(),
    }
}

#[async_trait(?Send)]
impl Connection for Products {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    /// By id and not by offset, which misses products where others are archived meanwhile.
    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut last = from.and_then(|from| from.parse::<i64>().ok());
        loop {
            let mut conditions = vec![json!([self.options.key, "!=", false])];
            conditions.extend(last.map(|last| json!(["id", ">", last])));
            let (records, reached) = self.products(conditions, Some(self.options.page_size)).await?;
            let is_full = u32::try_from(records.len()).is_ok_and(|count| count >= self.options.page_size);
            records.into_iter().map(Told::Item).for_each(&mut *sink);
            match reached {
                Some(reached) if is_full && last.is_none_or(|last| reached > last) => {
                    sink(Told::Checkpoint(reached.to_string()));
                    last = Some(reached);
                }
                _ if is_full => {
                    let advice = "see whether a module changes how products are listed";
                    return Err(self.odoo.lacks("lists the same products again and again".to_owned(), advice));
                }
                _ => return Ok(()),
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        // What the database has is found out once, and not by every batch beside it.
        self.types().await?;
        let batches = keys.chunks(self.options.batch.max(1)).collect();
        ask_all(batches, self.options.fetch.concurrency, async |keys| {
            self.ask_batch(keys).await.or_else(|error| error.for_keys(keys))
        })
        .await
    }

    fn requests(&self) -> u64 {
        self.odoo.requests()
    }
}
