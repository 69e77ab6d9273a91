//! What the configuration can say of a feed.

use regex::Regex;
use url::Url;

use super::super::Place;

/// A product feed.
#[derive(Clone, Debug)]
pub struct FeedOptions {
    /// Short name, for output.
    pub name: String,
    /// Where it is.
    pub from: Place,
    /// How it is written; `None`: found out from its first bytes.
    pub format: Option<Format>,
    /// WHATWG encoding label; `None`: what it says of itself, else found out.
    pub encoding: Option<String>,
    /// What its entries are.
    pub kind: Kind,
    /// Supplemental feeds: entries with an id and the fields that replace those of the feed, later ones over earlier ones.
    pub supplemental: Vec<Place>,
    /// How its entries name the shop's items.
    pub id: IdRule,
    /// Largest size in bytes, as sent and once it is unpacked.
    pub max_size: u64,
    /// Base for relative links.
    pub base: Url,
}

impl FeedOptions {
    /// Largest feed unless the configuration says otherwise.
    pub const MAX_SIZE: u64 = 2 * 1024 * 1024 * 1024;
}

/// How a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0 (1.0 too), `<item>`.
    Rss,
    /// Atom 1.0, `<entry>`.
    Atom,
    /// Columns between commas, semicolons or bars.
    Csv,
    /// Columns between tabs.
    Tsv,
}

impl Format {
    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
        }
    }
}

/// What a feed's entries are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// One entry for each item.
    #[default]
    Products,
    /// Local inventory: one entry for each item and store.
    Local,
}

/// How a feed's entries name the shop's items.
#[derive(Clone, Debug, Default)]
pub struct IdRule {
    /// What tells which item it is.
    pub is: Names,
    /// The part of it that counts: the group named `sku`, else the first group.
    pub pattern: Option<Regex>,
}

/// What tells which item an entry is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// Its `id`, which is the SKU.
    #[default]
    Sku,
    /// Its `id`, which is the key of the stock source.
    StockKey,
    /// Its `id`, which is the trade item number.
    Gtin,
    /// Its `mpn`, which is the SKU; the `id` is a number of the platform's own.
    Mpn,
}
