//! A Vendure shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::Basic;
use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Text, Whole};

/// A Vendure shop by its Admin API. Exactly one of `login`, `api_key` and `api_key_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["login"]}, {"required": ["api_key"]}, {"required": ["api_key_file"]}]))]
pub(crate) struct Vendure {
    /// Address of the Admin API, such as `https://shop.example/admin-api`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// A user of the Admin API who may read the catalogue.
    pub(crate) login: Option<Basic>,
    /// An API key, as `${NAME}`, where the shop has switched them on.
    pub(crate) api_key: Option<Secret>,
    /// A file that holds the API key.
    pub(crate) api_key_file: Option<FilePath>,
    /// Token of the channel whose stock counts. Default: the default channel.
    pub(crate) channel: Option<Text>,
    /// Variants on a page. Default: 100.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) page_size: Option<Whole>,
    /// Most SKUs in one request. Default: 100.
    #[schemars(range(min = 1))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
