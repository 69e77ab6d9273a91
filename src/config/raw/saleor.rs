//! A Saleor shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Text, Whole};

/// A Saleor shop by its GraphQL API. Exactly one of `token` and `token_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["token"]}, {"required": ["token_file"]}]))]
pub(crate) struct Saleor {
    /// The GraphQL API, such as `https://shop.saleor.cloud/graphql/`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// The token of an app, as `${NAME}`.
    pub(crate) token: Option<Secret>,
    /// A file that holds the token.
    pub(crate) token_file: Option<FilePath>,
    /// Slug of the channel whose shop it is. Default: `default-channel`.
    pub(crate) channel: Option<Text>,
    /// Variants on a page, and most SKUs in one question. Default: 100.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) page_size: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
