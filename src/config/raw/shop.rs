//! One shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::plan::{Plan, Targets};
use super::scalar::{Address, Duration, Language, Percent, Template, Text};
use super::{cart::Cart, catalog::Catalog, feed::Feed, fetch::ShopFetch, listings::Listing, page::Page, stock::Stock};

/// One storefront.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shop {
    /// Short name, used in output, in owner rules and for `--shop`. Must be unique.
    #[schemars(required)]
    pub(crate) name: Option<Text>,
    /// The shop's front page. Relative links of the catalogue start here.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// Main language of the shop. Default: `en`.
    pub(crate) language: Option<Language>,
    /// A product's page in the shop's administration, for links in notices, with `{sku}`, `{stock_key}`, `{gtin}` or
    /// `{url}` in it.
    pub(crate) admin_url: Option<Template>,
    /// Which items exist and where they are promised: exactly one of `list`, `csv`, `sitemap`
    /// and `feed`.
    #[schemars(required)]
    pub(crate) catalog: Option<Catalog>,
    /// The product feeds that its shopping ads are made of: what they promise is checked too.
    pub(crate) feeds: Option<Vec<Feed>>,
    /// How the shop's pages are asked for.
    pub(crate) fetch: Option<ShopFetch>,
    /// How the shop's pages are read.
    pub(crate) page: Option<Page>,
    /// Categories, results of searches, the home page, campaigns: what they show of the catalogue's items is held against
    /// the stock as well.
    pub(crate) listings: Option<Vec<Listing>>,
    /// What the shop's own stock system says.
    #[schemars(required)]
    pub(crate) stock: Option<Stock>,
    /// Whether and how the cart is asked. Default: never.
    pub(crate) cart: Option<Cart>,
    /// How long a page may lag behind the stock before it counts as wrong. Default: `15m`.
    pub(crate) grace: Option<Duration>,
    /// Where a larger share of the items becomes wrong at once (and more than ten do), nobody is told of them but
    /// `operations`, until it is over or accepted with `check --accept-stock`. Default: `20%`.
    pub(crate) max_jump: Option<Percent>,
    /// A suspect is looked at again after this time, with page caches bypassed. Default: `30s`.
    pub(crate) confirm_after: Option<Duration>,
    /// Which pages are looked at in a run. Default: all of them.
    pub(crate) plan: Option<Plan>,
    /// How well each touchpoint is to keep its promises. Default: nothing is asked of it.
    pub(crate) targets: Option<Targets>,
}
