//! The configuration as it is written, one file per section, nothing checked yet.
//!
//! The doc comments become the descriptions in `config/schema.json`, and so the help in an editor. Every key is
//! optional here; which ones must be there is said by `required` and judged with the schema, so that one missing key
//! does not hide the other problems.

pub(crate) mod auth;
pub(crate) mod bigcommerce;
pub(crate) mod catalog;
pub(crate) mod csv;
pub(crate) mod evershop;
pub(crate) mod fetch;
pub(crate) mod http_json;
pub(crate) mod keys;
pub(crate) mod magento;
pub(crate) mod mail;
pub(crate) mod medusa;
pub(crate) mod odoo;
pub(crate) mod owners;
pub(crate) mod page;
pub(crate) mod priority;
pub(crate) mod saleor;
pub(crate) mod sap_b1;
pub(crate) mod scalar;
pub(crate) mod shop;
pub(crate) mod shopify;
pub(crate) mod sql;
pub(crate) mod stock;
pub(crate) mod store;
pub(crate) mod vendure;
pub(crate) mod woocommerce;

use schemars::JsonSchema;
use serde::Deserialize;

use scalar::{Percent, Text, Whole};

/// Configuration of stocktruth, which finds the products a shop still promises although they cannot be bought.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "stocktruth")]
pub(crate) struct Config {
    /// The version of this format, which is 1.
    #[schemars(required, extend("const" = 1))]
    pub(crate) version: Option<Whole>,
    /// Whom a shop's operator can ask about our visits: a mail address or an https address. Sent in the `User-Agent`.
    #[schemars(required)]
    pub(crate) contact: Option<Text>,
    /// The smallest share of items for which something must be found out; below it the run ends with exit code 4.
    /// Default: `50%`.
    pub(crate) min_verified: Option<Percent>,
    /// Where things are remembered.
    pub(crate) store: Option<store::Store>,
    /// The shops to check.
    #[schemars(required, length(min = 1))]
    pub(crate) shops: Option<Vec<shop::Shop>>,
    /// Who is told of what. The first rule that applies wins; an `owner_email` in the catalogue wins over all rules.
    pub(crate) owners: Option<Vec<owners::OwnerRule>>,
    /// Who is told of what nobody owns. Needed with `mail`.
    pub(crate) fallback: Option<owners::Recipient>,
    /// Who is told when a stock source looks wrong, so that nothing is reported from it. Default: as `fallback`.
    pub(crate) operations: Option<owners::Recipient>,
    /// How mail is written and sent. Without it nobody is told; results are shown all the same.
    pub(crate) mail: Option<mail::Mail>,
}
