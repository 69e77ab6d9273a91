//! What the configuration can say of the catalogue.

use std::path::PathBuf;

use regex::Regex;
use url::Url;

use super::feed::FeedOptions;
use crate::domain::Item;

/// Where the catalogue comes from.
#[derive(Clone, Debug)]
pub enum Options {
    /// Items written in the configuration.
    List(Vec<Item>),
    /// A CSV file.
    Csv(Box<CsvOptions>),
    /// A sitemap (<https://www.sitemaps.org/protocol.html>).
    Sitemap(SitemapOptions),
    /// A product feed. It is a touchpoint at the same time.
    Feed(Box<FeedOptions>),
}

/// Pages that are named, or found in a sitemap.
#[derive(Clone, Debug)]
pub enum Pages {
    /// Named in the configuration.
    Named(Vec<Url>),
    /// Those of a sitemap that match.
    Sitemap(SitemapOptions),
}

/// A file here or a document on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A path; a relative one was resolved against the configuration file's folder.
    File(PathBuf),
    /// An address, fetched through `fetch`.
    Url(Url),
}

/// A catalogue as CSV (RFC 4180, other delimiters allowed).
#[derive(Clone, Debug)]
pub struct CsvOptions {
    /// Where it is.
    pub from: Place,
    /// Which column holds what.
    pub columns: Columns,
    /// Delimiter; `None`: found out from the header line.
    pub delimiter: Option<u8>,
    /// WHATWG encoding label; `None`: found out (BOM, then UTF-8, then a guess).
    pub encoding: Option<String>,
    /// Base for relative links in the URL column.
    pub base: Url,
}

/// Column names of a catalogue CSV. At least one of `sku` and `url` is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of domain::Item")]
pub struct Columns {
    pub sku: Option<String>,
    pub url: Option<String>,
    pub stock_key: Option<String>,
    pub gtin: Option<String>,
    pub name: Option<String>,
    pub brand: Option<String>,
    pub category: Option<String>,
    pub supplier: Option<String>,
    pub price: Option<String>,
    pub units_sold: Option<String>,
    pub views: Option<String>,
    pub owner_email: Option<String>,
}

/// A catalogue as sitemap.
#[derive(Clone, Debug)]
pub struct SitemapOptions {
    /// The sitemap or sitemap index.
    pub url: Url,
    /// A page counts if it matches one of these; empty: every page counts.
    pub include: Vec<Regex>,
    /// A page does not count if it matches one of these.
    pub exclude: Vec<Regex>,
    /// The SKU from the page's URL: the group named `sku`, else the first group.
    pub sku_from_url: Option<Regex>,
}
