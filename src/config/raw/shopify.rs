//! A Shopify shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, Duration, FilePath, Flag, Secret, ShopifyBulk, ShopifyKey, Text, Whole};

/// A Shopify shop by its Admin GraphQL API. Exactly one of `access_token` and `access_token_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["access_token"]}, {"required": ["access_token_file"]}]))]
pub(crate) struct Shopify {
    /// The shop's own address at Shopify, such as `https://books.myshopify.com/`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// The access token of an app, `shpat_…`, as `${NAME}`.
    pub(crate) access_token: Option<Secret>,
    /// A file that holds the access token.
    pub(crate) access_token_file: Option<FilePath>,
    /// Version of the API. Default: `2026-07`.
    pub(crate) api_version: Option<Text>,
    /// What an item's key is: `sku` or `barcode`. Default: `sku`.
    pub(crate) key: Option<ShopifyKey>,
    /// Whether the quantities of each location are asked for, which makes pages smaller. Default: true.
    pub(crate) locations: Option<Flag>,
    /// Whether everything is read by a bulk operation: `auto` (from 1,000 variants on), `always` or `never`. Default:
    /// `auto`.
    pub(crate) bulk: Option<ShopifyBulk>,
    /// Longest time a bulk operation is waited for. Default: `30m`.
    pub(crate) bulk_wait: Option<Duration>,
    /// Most keys in one question. Default: 50.
    #[schemars(range(min = 1, max = 250))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
