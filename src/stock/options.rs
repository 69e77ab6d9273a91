//! What the configuration can say of the stock source.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::BigcommerceOptions;
use super::Keys;
use super::MagentoOptions;
use super::SaleorOptions;
use super::api::{OAuth2, Session, Signature};
use super::sql::SqlOptions;
use super::{
    Brake, EvershopOptions, MedusaOptions, OdooOptions, PriorityOptions, SapB1Options, ShopifyOptions, VendureOptions,
    WooCommerceOptions,
};
use crate::domain::Decides;
use crate::fetch;

/// A shop's stock source.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is called in output: the adapter's name unless the configuration says otherwise.
    pub name: String,
    /// How it is asked.
    pub adapter: Adapter,
    /// From this sellable quantity on an item counts as sellable.
    pub threshold: Decimal,
    /// What the fields mean, where that is not what the adapter takes them for.
    pub rules: Rules,
    /// Groups of locations, by the name that expressions use: ids and names of locations as the source tells them.
    pub locations: BTreeMap<String, Vec<String>>,
    /// What its word counts for, beside other sources of the shop.
    pub decides: Decides,
    /// What may lie between the catalogue's keys and its own.
    pub keys: Keys,
    /// What a reading may look like to be believed.
    pub brake: Brake,
}

/// The adapters, one file each.
#[derive(Clone, Debug)]
pub enum Adapter {
    /// Any JSON API over HTTP.
    HttpJson(Box<HttpJsonOptions>),
    /// A CSV file or document.
    Csv(Box<CsvOptions>),
    /// A Vendure shop.
    Vendure(Box<VendureOptions>),
    /// A Medusa shop.
    Medusa(Box<MedusaOptions>),
    /// An EverShop shop.
    Evershop(Box<EvershopOptions>),
    /// A Shopify shop.
    Shopify(Box<ShopifyOptions>),
    /// SAP Business One, by its Service Layer.
    SapB1(Box<SapB1Options>),
    /// Odoo, by its external API.
    Odoo(Box<OdooOptions>),
    /// Priority ERP, by its OData service.
    Priority(Box<PriorityOptions>),
    /// A query of a database.
    Sql(Box<SqlOptions>),
    /// A Magento or Adobe Commerce shop.
    Magento(Box<MagentoOptions>),
    /// A BigCommerce store.
    Bigcommerce(Box<BigcommerceOptions>),
    /// A Saleor shop.
    Saleor(Box<SaleorOptions>),
    /// A WooCommerce shop.
    WooCommerce(Box<WooCommerceOptions>),
}

impl Adapter {
    /// The registry: what the options of each adapter say of themselves.
    pub(super) fn kind(&self) -> &dyn super::Kind {
        match self {
            Self::HttpJson(options) => &**options,
            Self::Csv(options) => &**options,
            Self::Vendure(options) => &**options,
            Self::Medusa(options) => &**options,
            Self::Evershop(options) => &**options,
            Self::Shopify(options) => &**options,
            Self::SapB1(options) => &**options,
            Self::Odoo(options) => &**options,
            Self::Priority(options) => &**options,
            Self::Sql(options) => &**options,
            Self::Magento(options) => &**options,
            Self::Bigcommerce(options) => &**options,
            Self::Saleor(options) => &**options,
            Self::WooCommerce(options) => &**options,
        }
    }
}

/// What the fields of a source mean. Each string is an expression over the named fields; `None` is what the adapter
/// takes it for, if anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The sellable quantity.
    pub sellable: Option<String>,
    /// True where stock is not counted.
    pub untracked_when: Option<String>,
    /// True where the item may be ordered at zero.
    pub backorder_when: Option<String>,
    /// True where the item may be ordered before its release.
    pub preorder_when: Option<String>,
    /// The release date or time (RFC 3339 or ISO 8601 date), with `preorder_when`.
    pub preorder_until: Option<String>,
    /// True where the item is made when ordered.
    pub made_to_order_when: Option<String>,
    /// True where the item is not sold any more.
    pub discontinued_when: Option<String>,
    /// When the fact was true (RFC 3339, ISO 8601 date, or Unix seconds).
    pub as_of: Option<String>,
    /// Since when the quantity stands as it does (same formats).
    pub changed_at: Option<String>,
}

impl Rules {
    /// These, and what they leave open from others.
    pub(super) fn or(&self, others: Self) -> Self {
        let either = |own: &Option<String>, other: Option<String>| own.clone().or(other);
        Self {
            sellable: either(&self.sellable, others.sellable),
            untracked_when: either(&self.untracked_when, others.untracked_when),
            backorder_when: either(&self.backorder_when, others.backorder_when),
            preorder_when: either(&self.preorder_when, others.preorder_when),
            preorder_until: either(&self.preorder_until, others.preorder_until),
            made_to_order_when: either(&self.made_to_order_when, others.made_to_order_when),
            discontinued_when: either(&self.discontinued_when, others.discontinued_when),
            as_of: either(&self.as_of, others.as_of),
            changed_at: either(&self.changed_at, others.changed_at),
        }
    }
}

/// Any JSON API over HTTP. At least one of `all`, `batch` and `item` is given.
#[derive(Clone, Debug)]
pub struct HttpJsonOptions {
    /// How its host is asked.
    pub fetch: fetch::Options,
    /// How it knows us.
    pub auth: Option<Auth>,
    /// One paged reading of everything. Preferred for the bulk read.
    pub all: Option<Listing>,
    /// Many keys in one request.
    pub batch: Option<Batch>,
    /// One key in one request.
    pub item: Option<Request>,
    /// Where in the answer the items and their fields are.
    pub mapping: Mapping,
}

/// Authentication. Basic is RFC 7617, bearer is RFC 6750, OAuth2 are the client credentials of RFC 6749 section 4.4.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are the RFCs' own")]
pub enum Auth {
    Bearer { token: SecretString },
    Basic { username: String, password: SecretString },
    Header { name: String, value: SecretString },
    Headers(Vec<(String, SecretString)>),
    OAuth2(Box<OAuth2>),
    Login(Box<Session>),
    Hmac(Box<Signature>),
}

/// Somebody who may log in.
#[derive(Clone, Debug)]
pub struct Account {
    /// User name or e-mail address.
    pub username: String,
    /// Password.
    pub password: SecretString,
}

impl Account {
    /// Both as JSON, the user's name under this key.
    pub(super) fn as_json(&self, username: &str) -> SecretString {
        json!({username: self.username, "password": self.password.expose_secret()}).to_string().into()
    }
}

/// One request. `{key}`, `{keys}` are replaced: percent-encoded in the URL, JSON-escaped in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// HTTP method, `GET` or `POST`.
    pub method: String,
    /// Address with placeholders, absolute.
    pub url: String,
    /// JSON body with placeholders. `{keys}` stands for a JSON array there.
    pub body: Option<String>,
}

/// A paged reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The first request.
    pub request: Request,
    /// How to go on.
    pub paging: Paging,
}

/// How a listing is paged. Where the body has the placeholder `{page}`, `{offset}`, `{cursor}` or `{size}`, the value is put there
/// (as JSON) instead of into the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paging {
    /// One answer holds all.
    None,
    /// A page number in the query; ends with a page that is empty or holds fewer than `size` items.
    Page {
        /// Query parameter of the page number.
        parameter: String,
        /// Number of the first page.
        first: u64,
        /// Query parameter of the page size, if it is to be sent.
        size_parameter: Option<String>,
        /// Items on a page.
        size: u64,
    },
    /// An offset in the query; ends likewise.
    Offset {
        /// Query parameter of the offset, counted in items from 0.
        parameter: String,
        /// Query parameter of the page size, if it is to be sent.
        size_parameter: Option<String>,
        /// Items on a page.
        size: u64,
    },
    /// A cursor from the answer (JSONPath) put into the query; ends where it is absent, null or empty. A cursor
    /// that is itself an absolute URL of the same origin is followed as it is.
    Cursor {
        /// Query parameter of the cursor.
        parameter: String,
        /// JSONPath to the next cursor in an answer.
        at: String,
        /// JSONPath to what is true in an answer while there is more. `None`: there is more while there is a cursor.
        more: Option<String>,
    },
    /// `Link: <…>; rel="next"` (RFC 8288), same origin.
    Link,
}

/// Many keys in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The request; `{keys}` is the keys joined by `separator`.
    pub request: Request,
    /// Largest number of keys in one request.
    pub size: usize,
    /// What stands between keys in a URL.
    pub separator: String,
}

/// Where in an answer things are. All paths are JSONPath (RFC 9535).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// From the answer to the parents of items (products with variants, say). `None`: items have no parents.
    pub parents: Option<String>,
    /// From the answer, or from a parent, to its items; `None`: the answer to `item` is itself the item.
    pub items: Option<String>,
    /// From an item to its key; needed for `all` and `batch`. For `item` the key asked for is used.
    pub key: Option<String>,
    /// From an item to its named fields. A path that finds nothing gives null; one that finds several gives a list.
    pub fields: BTreeMap<String, String>,
    /// From a parent to further named fields of each of its items.
    pub parent_fields: BTreeMap<String, String>,
}

/// A file here or a document on the web.
#[derive(Clone, Debug)]
pub enum Place {
    /// A path; a relative one was resolved against the configuration file's folder.
    File(PathBuf),
    /// An address, fetched through `fetch`.
    Url {
        /// Where.
        url: Url,
        /// How its host is asked.
        fetch: Box<fetch::Options>,
        /// How it knows us.
        auth: Option<Auth>,
    },
    /// What a command writes to its standard output.
    Command(Box<CommandOptions>),
}

/// A command, run without a shell.
#[derive(Clone, Debug)]
pub struct CommandOptions {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// All that it finds in its environment.
    pub environment: Vec<(String, SecretString)>,
    /// Deadline, after which it is killed.
    pub timeout: Duration,
    /// Largest output in bytes.
    pub max_size: u64,
}

/// Stock as CSV (RFC 4180, other delimiters allowed).
#[derive(Clone, Debug)]
pub struct CsvOptions {
    /// Where it is.
    pub from: Place,
    /// The column that holds the key.
    pub key: String,
    /// Field name → column name. Numbers are read as decimals (`1.234,5` with `decimal_comma`).
    pub fields: BTreeMap<String, String>,
    /// Delimiter; `None`: found out from the header line.
    pub delimiter: Option<u8>,
    /// WHATWG encoding label; `None`: found out (BOM, then UTF-8, then a guess).
    pub encoding: Option<String>,
    /// Whether `,` is the decimal sign.
    pub decimal_comma: bool,
    /// How the rows of several locations make one item.
    pub locations: Option<LocationRows>,
    /// A file that whoever writes the table touches when he is done; it must be as new as the table.
    pub done_file: Option<PathBuf>,
    /// What the first cell of the last row holds; the next number in that row is the count of the rows before it.
    pub footer: Option<String>,
}

/// How rows of several locations make one item with a list field `locations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationRows {
    /// The column that names the location: its `id` and `name`.
    pub column: String,
    /// Field of a location → column name.
    pub fields: BTreeMap<String, String>,
}
