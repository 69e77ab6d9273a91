//! A Medusa shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::Basic;
use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Text, Whole};

/// A Medusa shop by its Admin API. Exactly one of `login`, `api_key` and `api_key_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["login"]}, {"required": ["api_key"]}, {"required": ["api_key_file"]}]))]
pub(crate) struct Medusa {
    /// Address of the server; the API is below it at `admin/`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// A user of the Admin API, by e-mail address.
    pub(crate) login: Option<Basic>,
    /// A secret API key, as `${NAME}`.
    pub(crate) api_key: Option<Secret>,
    /// A file that holds the secret API key.
    pub(crate) api_key_file: Option<FilePath>,
    /// Id or name of the sales channel that the shop's pages belong to: only the stock locations that serve it count.
    /// Default: all of them.
    pub(crate) sales_channel: Option<Text>,
    /// Variants on a page. Default: 200.
    #[schemars(range(min = 1))]
    pub(crate) page_size: Option<Whole>,
    /// Most SKUs in one request. Default: 50.
    #[schemars(range(min = 1))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
