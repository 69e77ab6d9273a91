//! Product feeds.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Address, FeedFormat, FeedKind, FeedNames, FilePath, Pattern, Size, Text};

/// A product feed: what shopping ads promise. Exactly one of `file` and `url`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}]))]
pub(crate) struct Feed {
    /// Short name, used in output. Must be unique within the shop.
    #[schemars(required)]
    pub(crate) name: Option<Text>,
    /// A file on this machine.
    pub(crate) file: Option<FilePath>,
    /// A document on the web; fetched as the shop's pages are.
    pub(crate) url: Option<Address>,
    /// How it is written. Default: `auto`, found out from its first bytes.
    pub(crate) format: Option<FeedFormat>,
    /// What its entries are: `products`, or `local` for local inventory, with an entry for each item and store. Default:
    /// `products`.
    pub(crate) kind: Option<FeedKind>,
    /// Encoding, such as `windows-1255`. Default: what it says of itself, else found out.
    pub(crate) encoding: Option<Text>,
    /// How its entries name the shop's items. Default: by their `id`, which is the SKU.
    pub(crate) id: Option<FeedId>,
    /// Supplemental feeds: an id and the fields that replace those of the feed. Later ones win.
    pub(crate) supplemental: Option<Vec<Supplement>>,
    /// Largest size, as sent and once it is unpacked. Default: `2GiB`.
    pub(crate) max_size: Option<Size>,
}

/// A catalogue as product feed, which is a touchpoint at the same time. Exactly one of `file` and `url`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}]))]
pub(crate) struct CatalogFeed {
    /// Short name, used in output. Default: `feed`.
    pub(crate) name: Option<Text>,
    /// A file on this machine.
    pub(crate) file: Option<FilePath>,
    /// A document on the web; fetched as the shop's pages are.
    pub(crate) url: Option<Address>,
    /// How it is written. Default: `auto`, found out from its first bytes.
    pub(crate) format: Option<FeedFormat>,
    /// Encoding, such as `windows-1255`. Default: what it says of itself, else found out.
    pub(crate) encoding: Option<Text>,
    /// How its entries name the shop's items. Default: by their `id`, which is the SKU.
    pub(crate) id: Option<FeedId>,
    /// Supplemental feeds: an id and the fields that replace those of the feed. Later ones win.
    pub(crate) supplemental: Option<Vec<Supplement>>,
    /// Largest size, as sent and once it is unpacked. Default: `2GiB`.
    pub(crate) max_size: Option<Size>,
}

/// How a feed's entries name the shop's items.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedId {
    /// What tells which item an entry is of: its id, which is the `sku`, the `stock_key` or the `gtin`; or its `mpn`, which
    /// is the SKU. Default: `sku`.
    pub(crate) is: Option<FeedNames>,
    /// The part of it that counts: the group named `sku`, else the first group. Default: all of it.
    pub(crate) pattern: Option<Pattern>,
}

/// A supplemental feed. Exactly one of `file` and `url`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}]))]
pub(crate) struct Supplement {
    /// A file on this machine.
    pub(crate) file: Option<FilePath>,
    /// A document on the web.
    pub(crate) url: Option<Address>,
}
