//! Odoo.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Flag, Secret, Text, Whole};

/// Odoo, by its external API. Exactly one of `api_key` and `api_key_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["api_key"]}, {"required": ["api_key_file"]}]))]
pub(crate) struct Odoo {
    /// Address of Odoo.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// `json2` (Odoo 19 and later) or `jsonrpc` (before). Default: `json2`.
    #[schemars(extend("enum" = ["json2", "jsonrpc"]))]
    pub(crate) protocol: Option<Text>,
    /// The database. Needed with `jsonrpc`, and where one server has several.
    pub(crate) database: Option<Text>,
    /// The login of the key's user, with `jsonrpc`.
    pub(crate) username: Option<Text>,
    /// The API key, as `${NAME}`.
    pub(crate) api_key: Option<Secret>,
    /// A file that holds the API key.
    pub(crate) api_key_file: Option<FilePath>,
    /// The field that is the stock key: `default_code` or `barcode`. Default: `default_code`.
    #[schemars(extend("enum" = ["default_code", "barcode"]))]
    pub(crate) key: Option<Text>,
    /// Further fields of the product for the expressions.
    pub(crate) fields: Option<Vec<Text>>,
    /// Which products are asked for: an Odoo domain as JSON. Default: all.
    pub(crate) domain: Option<Text>,
    /// Quantities of this warehouse only, by its id. Default: all.
    pub(crate) warehouse: Option<Whole>,
    /// Quantities of this location and those below it only, by its id. Default: all internal ones.
    pub(crate) location: Option<Whole>,
    /// Whether the quantities of each warehouse are asked for, too, as `locations`. Default: false.
    pub(crate) locations: Option<Flag>,
    /// Whether archived products are among the items. Default: false.
    pub(crate) archived: Option<Flag>,
    /// Products on a page. Default: 500.
    #[schemars(range(min = 1))]
    pub(crate) page_size: Option<Whole>,
    /// Most keys in one request. Default: 100.
    #[schemars(range(min = 1))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
