//! Which items exist.

use schemars::JsonSchema;
use serde::Deserialize;

use super::feed::CatalogFeed;
use super::scalar::{Address, FilePath, MailAddress, Pattern, Text};

/// Exactly one of the keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct Catalog {
    /// Items written here.
    #[schemars(length(min = 1))]
    pub(crate) list: Option<Vec<ListItem>>,
    /// A CSV file, here or on the web.
    pub(crate) csv: Option<CatalogCsv>,
    /// The shop's sitemap.
    pub(crate) sitemap: Option<Sitemap>,
    /// A product feed, which is a touchpoint at the same time.
    pub(crate) feed: Option<CatalogFeed>,
}

/// One item. At least `sku` or `url`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["sku"]}, {"required": ["url"]}]))]
pub(crate) struct ListItem {
    /// The shop's own key.
    pub(crate) sku: Option<Text>,
    /// The product page, absolute or relative to the shop's `url`.
    pub(crate) url: Option<Text>,
    /// The key under which the stock source knows the item. Default: the SKU.
    pub(crate) stock_key: Option<Text>,
    /// The trade item number (GTIN, EAN, UPC, ISBN-13), by which a stock source may know the item too.
    pub(crate) gtin: Option<Text>,
    /// Product name, for output.
    pub(crate) name: Option<Text>,
    /// Brand, for choosing an owner.
    pub(crate) brand: Option<Text>,
    /// Category, for choosing an owner.
    pub(crate) category: Option<Text>,
    /// Supplier, for choosing an owner.
    pub(crate) supplier: Option<Text>,
    /// Who is told of this item, whatever the rules say.
    pub(crate) owner_email: Option<MailAddress>,
}

/// A catalogue as CSV. Exactly one of `file` and `url`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}]))]
pub(crate) struct CatalogCsv {
    /// A file on this machine.
    pub(crate) file: Option<FilePath>,
    /// A document on the web; fetched as the shop's pages are, within the same limits.
    pub(crate) url: Option<Address>,
    /// Which column holds what.
    #[schemars(required)]
    pub(crate) columns: Option<Columns>,
    /// What separates the columns: one character, or `tab`. Default: found out from the header line.
    pub(crate) delimiter: Option<Text>,
    /// Encoding, such as `windows-1255`. Default: found out.
    pub(crate) encoding: Option<Text>,
    /// Where relative links of the `url` column start. Default: the shop's `url`.
    pub(crate) base: Option<Address>,
}

/// Column names, as in the header line. At least `sku` or `url`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["sku"]}, {"required": ["url"]}]))]
pub(crate) struct Columns {
    /// Column of the shop's own key.
    pub(crate) sku: Option<Text>,
    /// Column of the product page.
    pub(crate) url: Option<Text>,
    /// Column of the key under which the stock source knows the item. Default: the SKU.
    pub(crate) stock_key: Option<Text>,
    /// Column of the trade item number (GTIN, EAN, UPC, ISBN-13), by which a stock source may know the item too.
    pub(crate) gtin: Option<Text>,
    /// Column of the product name.
    pub(crate) name: Option<Text>,
    /// Column of the brand.
    pub(crate) brand: Option<Text>,
    /// Column of the category.
    pub(crate) category: Option<Text>,
    /// Column of the supplier.
    pub(crate) supplier: Option<Text>,
    /// Column of the price, which weighs in how severe a mismatch is.
    pub(crate) price: Option<Text>,
    /// Column of the units sold in some time, which weighs likewise.
    pub(crate) units_sold: Option<Text>,
    /// Column of the views of the page in some time; weighs where units sold are not known.
    pub(crate) views: Option<Text>,
    /// Column of the address of whoever is told of the item, whatever the rules say.
    pub(crate) owner_email: Option<Text>,
}

/// A sitemap or sitemap index (<https://www.sitemaps.org/protocol.html>), also gzipped.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sitemap {
    /// Its address.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// A page counts if its address matches one of these. Default: every page counts.
    pub(crate) include: Option<Vec<Pattern>>,
    /// A page does not count if its address matches one of these.
    pub(crate) exclude: Option<Vec<Pattern>>,
    /// The SKU from the page's address: the group named `sku`, else the first group.
    pub(crate) sku_from_url: Option<Pattern>,
}
