//! A WooCommerce shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Text, Whole, WooCommerceAuth};

/// A WooCommerce shop by its REST API, version 3. Exactly one of `consumer_secret` and `consumer_secret_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["consumer_secret"]}, {"required": ["consumer_secret_file"]}]))]
pub(crate) struct WooCommerce {
    /// The address of WordPress; the API is below it at `wp-json/wc/v3/`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// The consumer key, `ck_…`.
    #[schemars(required)]
    pub(crate) consumer_key: Option<Text>,
    /// The consumer secret, as `${NAME}`.
    pub(crate) consumer_secret: Option<Secret>,
    /// A file that holds the consumer secret.
    pub(crate) consumer_secret_file: Option<FilePath>,
    /// `basic`: key and secret as user name and password; `oauth1`: requests signed with the secret. Default: `basic`
    /// over https, `oauth1` over http.
    pub(crate) auth: Option<WooCommerceAuth>,
    /// Most SKUs in one request. Default: 100.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
