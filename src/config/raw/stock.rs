//! What the stock system says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::bigcommerce::Bigcommerce;
use super::csv::StockCsv;
use super::evershop::Evershop;
use super::http_json::HttpJson;
use super::keys::Keys;
use super::magento::Magento;
use super::medusa::Medusa;
use super::odoo::Odoo;
use super::priority::Priority;
use super::saleor::Saleor;
use super::sap_b1::SapB1;
use super::scalar::{Decides, Duration, Expression, Percent, Quantity, Text, Tolerance};
use super::shopify::Shopify;
use super::sql::Sql;
use super::vendure::Vendure;
use super::woocommerce::WooCommerce;

/// The shop's stock source: exactly one of the adapters, and what its fields mean. Or `sources`, several of them.
///
/// Expressions calculate over the named fields of the source.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["http_json"]},
    {"required": ["csv"]},
    {"required": ["sql"]},
    {"required": ["odoo"]},
    {"required": ["priority"]},
    {"required": ["magento"]}, {"required": ["bigcommerce"]}, {"required": ["saleor"]}, {"required": ["woocommerce"]},
    {"required": ["vendure"]},
    {"required": ["medusa"]},
    {"required": ["evershop"]},
    {"required": ["sap_b1"]},
    {"required": ["shopify"]},
    {"required": ["sources"]},
]))]
pub(crate) struct Stock {
    /// What the source is called in output. Default: the name of its adapter.
    pub(crate) name: Option<Text>,
    /// The quantity that can be sold, an expression such as `available - reserved`. Some adapters have a default.
    pub(crate) sellable: Option<Expression>,
    /// From this sellable quantity on an item counts as sellable. Default: 1.
    pub(crate) threshold: Option<Quantity>,
    /// True where stock is not counted and the item can always be sold.
    pub(crate) untracked_when: Option<Expression>,
    /// True where the item may be ordered at zero.
    pub(crate) backorder_when: Option<Expression>,
    /// True where the item may be ordered before its release.
    pub(crate) preorder_when: Option<Expression>,
    /// The release date, with `preorder_when`.
    pub(crate) preorder_until: Option<Expression>,
    /// True where the item is made when ordered.
    pub(crate) made_to_order_when: Option<Expression>,
    /// True where the item is not sold any more.
    pub(crate) discontinued_when: Option<Expression>,
    /// When the fact was true. Default: when it was read.
    pub(crate) as_of: Option<Expression>,
    /// Since when the quantity stands as it does.
    pub(crate) changed_at: Option<Expression>,
    /// How old the newest information of the source may be; beyond that it is not believed. Default: any age.
    pub(crate) max_age: Option<Duration>,
    /// The share of items that may be missing since the last reading; beyond that it is not believed. Default: `30%`.
    pub(crate) max_shrink: Option<Percent>,
    /// The share of items that may have sold out since the last reading; beyond that it is not believed. Default: `25%`.
    pub(crate) max_sold_out: Option<Percent>,
    /// Groups of locations for expressions such as `sum(locations[web].available)`: the ids or names of the locations as
    /// the source tells them.
    pub(crate) locations: Option<BTreeMap<String, Vec<Text>>>,
    /// With `sources`: what this one decides of an item. Default: `both`.
    pub(crate) decides: Option<Decides>,
    /// What may lie between the catalogue's keys and those of the source. Default: nothing, they are the same.
    pub(crate) keys: Option<Keys>,
    /// Several sources for one shop, in order of precedence. Each has the keys of a single one and a name of its own.
    #[schemars(length(min = 1))]
    pub(crate) sources: Option<Vec<Stock>>,
    /// With `sources`: by how much two of them may differ before it is a finding. Default: 0.
    pub(crate) tolerance: Option<Tolerance>,
    /// Any JSON API over HTTP.
    pub(crate) http_json: Option<HttpJson>,
    /// A CSV file, here or on the web.
    pub(crate) csv: Option<StockCsv>,
    /// A query of a database.
    pub(crate) sql: Option<Sql>,
    /// A Shopify shop.
    pub(crate) shopify: Option<Shopify>,
    /// SAP Business One, by its Service Layer.
    pub(crate) sap_b1: Option<SapB1>,
    /// Odoo, by its external API.
    pub(crate) odoo: Option<Odoo>,
    /// Priority ERP, by its OData service.
    pub(crate) priority: Option<Priority>,
    /// A Magento or Adobe Commerce shop.
    pub(crate) magento: Option<Magento>,
    /// A BigCommerce store.
    pub(crate) bigcommerce: Option<Bigcommerce>,
    /// A Saleor shop.
    pub(crate) saleor: Option<Saleor>,
    /// A WooCommerce shop.
    pub(crate) woocommerce: Option<WooCommerce>,
    /// A Vendure shop.
    pub(crate) vendure: Option<Vendure>,
    /// A Medusa shop.
    pub(crate) medusa: Option<Medusa>,
    /// An EverShop shop.
    pub(crate) evershop: Option<Evershop>,
}
