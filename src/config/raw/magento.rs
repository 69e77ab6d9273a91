//! A Magento or Adobe Commerce shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, MagentoInventory, Secret, Text, Whole};

/// A Magento or Adobe Commerce shop by its REST API. Exactly one of `token` and `token_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["token"]}, {"required": ["token_file"]}]))]
pub(crate) struct Magento {
    /// The shop's address; the API is below it at `rest/`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// The access token of an integration, as `${NAME}`.
    pub(crate) token: Option<Secret>,
    /// A file that holds the token.
    pub(crate) token_file: Option<FilePath>,
    /// Where stock is kept: `msi` (Inventory Management, since 2.3) or `legacy` (one stock item for each product).
    /// Default: `msi`.
    pub(crate) inventory: Option<MagentoInventory>,
    /// Code of the website whose stock it is. Default: `base`.
    pub(crate) website: Option<Text>,
    /// Code of the store view that is asked. Default: the shop's default one.
    pub(crate) store: Option<Text>,
    /// Products on a page, and most SKUs in one question. Default: 100.
    #[schemars(range(min = 1, max = 300))]
    pub(crate) page_size: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
