//! The listings of a shop: categories, results of searches, the home page, campaigns.

use schemars::JsonSchema;
use serde::Deserialize;

use super::page::SelectorRule;
use super::scalar::{Address, ListingKind, Pattern, ShownMeans, Text, Whole};

/// A listing. Exactly one of `url`, `urls` and `sitemap`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["url"]}, {"required": ["urls"]}, {"required": ["sitemap"]}]))]
pub(crate) struct Listing {
    /// What it is called in output and notices. Must be unique within the shop.
    #[schemars(required)]
    pub(crate) name: Option<Text>,
    /// Its address, absolute or relative to the shop's `url`.
    pub(crate) url: Option<Text>,
    /// Several addresses that go by one name.
    #[schemars(length(min = 1))]
    pub(crate) urls: Option<Vec<Text>>,
    /// All pages of a sitemap that match.
    pub(crate) sitemap: Option<ListingSitemap>,
    /// `category`, `search`, `home` or `campaign`. A home page and a campaign promote what they show: what is shown there
    /// without a word on availability counts as promised. Default: `category`.
    pub(crate) kind: Option<ListingKind>,
    /// How many pages are read of each, following the link to the next. Default: 5.
    pub(crate) pages: Option<Whole>,
    /// CSS selector of the link to the next page. Default: found out.
    pub(crate) next: Option<Text>,
    /// CSS selector of the element that shows one product. Default: found out.
    pub(crate) card: Option<Text>,
    /// What badges on cards say. The first that applies to a card wins over everything else the card says.
    pub(crate) badges: Option<Vec<SelectorRule>>,
    /// What a card says that shows a product without a word on availability: `in_stock` or `nothing`. Default: by `kind`.
    pub(crate) shown_means: Option<ShownMeans>,
}

/// The listings that a sitemap names.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListingSitemap {
    /// Its address.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// A page is a listing if its address matches one of these.
    #[schemars(required, length(min = 1))]
    pub(crate) include: Option<Vec<Pattern>>,
    /// A page is none if its address matches one of these.
    pub(crate) exclude: Option<Vec<Pattern>>,
}
