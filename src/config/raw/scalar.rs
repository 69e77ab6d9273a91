//! The single values a user writes. Each keeps what was written until it is checked, so that a wrong unit gets a
//! sentence of its own; each tells editors what is wanted by a pattern or a list.
//!
//! Every pattern allows `${NAME}`, which is expanded before the check.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};

/// The schema keyword that holds what a scalar wants, in words that fit after "expected".
pub(crate) const WANTS: &str = "x-wants";

macro_rules! scalars {
    ($($(#[$doc:meta])* $name:ident, $wants:literal, $schema:tt;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub(crate) struct $name(pub(crate) String);

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                written(from).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!($schema);
                schema.insert(WANTS.to_owned(), $wants.into());
                schema
            }
        }
    )*};
}

/// Any scalar, as text.
fn written<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => Ok(text),
        other @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Ok(other.to_string()),
        _ => Err(D::Error::custom("expected a single value")),
    }
}

scalars! {
    /// Free text.
    Text, "text", {"type": ["string", "number", "boolean"]};
    /// A length of time.
    Duration, "a duration such as `30s`, `15m`, `24h` or `7d`",
        {"type": "string", "pattern": r"^([0-9]+(ms|s|m|h|d|w))+$|\$\{"};
    /// A number of bytes.
    Size, "a size such as `500KB` or `8MiB`", {"type": "string", "pattern": r"^[0-9]+ ?([KMG]i?)?B$|\$\{"};
    /// Requests per time.
    Rate, "a rate such as `2/s` or `30/min`", {"type": "string", "pattern": r"^[0-9]+ ?/ ?[0-9]*(s|m|min|h)$|\$\{"};
    /// A share.
    Percent, "a percentage such as `50%`", {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$|\$\{"};
    /// A whole number.
    Whole, "a whole number", {"type": ["integer", "string"], "minimum": 0, "pattern": r"\$\{"};
    /// A number.
    Quantity, "a number", {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$|\$\{"};
    /// Yes or no.
    Flag, "`true` or `false`", {"type": ["boolean", "string"], "pattern": r"\$\{"};
    /// An absolute address on the web.
    Address, "an address such as `https://shop.example/`", {"type": "string", "pattern": r"^https?://|\$\{"};
    /// A path; a relative one starts at the folder of the configuration file.
    FilePath, "a path", {"type": "string", "minLength": 1};
    /// A regular expression (<https://docs.rs/regex/latest/regex/#syntax>).
    Pattern, "a regular expression", {"type": ["string", "number"]};
    /// A mail address.
    MailAddress, "a mail address", {"type": "string", "pattern": r"@|\$\{"};
    /// A secret: only `${NAME}`, never the secret itself.
    Secret, "a secret as `${NAME}`", {"type": "string", "pattern": r"\$\{"};
    /// An expression over the named fields.
    Expression, "an expression such as `available - reserved`", {"type": ["string", "number", "boolean"]};
    /// A JSONPath (RFC 9535).
    JsonPath, "a JSONPath such as `$.results[*]`", {"type": "string", "pattern": r"^\$"};
    /// A language of notices.
    MailLanguage, "a language of notices", {"enum": (crate::notify::languages().collect::<Vec<_>>())};
    /// A level of severity.
    Level, "`low`, `medium`, `high` or `critical`", {"enum": ["low", "medium", "high", "critical"]};
    /// A level of severity, or none.
    AtOnce, "`low`, `medium`, `high`, `critical` or `never`", {"enum": ["low", "medium", "high", "critical", "never"]};
    /// What a digest tells.
    Tells, "`changes` or `all_open`", {"enum": ["changes", "all_open"]};
    /// What is wrong with an item.
    Mismatch, "a verdict such as `false_available`",
        {"enum": ["false_available", "false_unavailable", "contradictory", "expired_promise", "gone"]};
    /// A date.
    Day, "a date such as `2026-12-31`", {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$|\$\{"};
    /// An address on the web with `{sku}` and the like in it.
    Template, "an address such as `https://shop.example/admin?sku={sku}`",
        {"type": "string", "pattern": r"^https?://|\$\{"};
    /// A language tag.
    Language, "a language such as `en`", {"type": "string", "pattern": r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$|\$\{"};
    /// An HTTP method.
    Method, "`GET` or `POST`", {"enum": ["GET", "POST"]};
    /// Encryption of a database connection.
    DatabaseTls, "`verify`, `require` or `off`", {"enum": ["verify", "require", "off"]};
    /// SMTP encryption.
    Security, "`tls`, `starttls` or `none`", {"enum": ["tls", "starttls", "none"]};
    /// How a feed is written.
    FeedFormat, "`auto`, `rss`, `atom`, `csv` or `tsv`", {"enum": ["auto", "rss", "atom", "csv", "tsv"]};
    /// What a feed's entries are.
    FeedKind, "`products` or `local`", {"enum": ["products", "local"]};
    /// What tells which item an entry of a feed is of.
    FeedNames, "`sku`, `stock_key`, `gtin` or `mpn`", {"enum": ["sku", "stock_key", "gtin", "mpn"]};
    /// What a stock source decides.
    Decides, "`both`, `quantity` or `policy`", {"enum": ["both", "quantity", "policy"]};
    /// What does not tell keys apart.
    KeyRule, "`trim`, `case`, `leading_zeros` or `separators`",
        {"enum": ["trim", "case", "leading_zeros", "separators"]};
    /// A quantity, or a share of one.
    Tolerance, "a quantity such as `2` or a share such as `5%`",
        {"type": ["number", "string"], "pattern": r"^[0-9]+(\.[0-9]+)?( ?%)?$|\$\{"};
    /// What a Shopify item's key is.
    ShopifyKey, "`sku` or `barcode`", {"enum": ["sku", "barcode"]};
    /// Whether a Shopify shop is read in bulk.
    ShopifyBulk, "`auto`, `always` or `never`", {"enum": ["auto", "always", "never"]};
    /// Where a Magento shop keeps its stock.
    MagentoInventory, "`msi` or `legacy`", {"enum": ["msi", "legacy"]};
    /// How a WooCommerce shop knows us.
    WooCommerceAuth, "`basic` or `oauth1`", {"enum": ["basic", "oauth1"]};
    /// What kind of page a listing is.
    ListingKind, "`category`, `search`, `home` or `campaign`", {"enum": ["category", "search", "home", "campaign"]};
    /// What a product shown without a word on availability means.
    ShownMeans, "`in_stock` or `nothing`", {"enum": ["in_stock", "nothing"]};
    /// An availability of schema.org, or the one it lacks.
    SchemaOrg, "a schema.org availability such as `OutOfStock`", {"enum": [
        "InStock", "LimitedAvailability", "OnlineOnly", "InStoreOnly", "PreOrder", "PreSale", "BackOrder",
        "MadeToOrder", "Reserved", "OutOfStock", "SoldOut", "Discontinued", "MarketplaceOnly"
    ]};
}
