//! A BigCommerce store.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Whole};

/// A BigCommerce store by its Inventory API. Exactly one of `token` and `token_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["token"]}, {"required": ["token_file"]}]))]
pub(crate) struct Bigcommerce {
    /// The store's API: `https://api.bigcommerce.com/stores/` and the store's hash.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// The access token of an API account, as `${NAME}`.
    pub(crate) token: Option<Secret>,
    /// A file that holds the token.
    pub(crate) token_file: Option<FilePath>,
    /// Items on a page. Default: 1000.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) page_size: Option<Whole>,
    /// Most SKUs in one request. Default: 100.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
