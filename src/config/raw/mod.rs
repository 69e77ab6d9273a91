//! The configuration as it is written, one file per section, nothing checked yet.
//!
//! The doc comments become the descriptions in `config/schema.json`, and so the help in an editor. Every key is
//! optional here; which ones must be there is said by `required` and judged with the schema, so that one missing key
//! does not hide the other problems.

pub(crate) mod auth;
pub(crate) mod bigcommerce;
pub(crate) mod cadence;
pub(crate) mod cart;
pub(crate) mod catalog;
pub(crate) mod conditions;
pub(crate) mod csv;
pub(crate) mod evershop;
pub(crate) mod feed;
pub(crate) mod fetch;
pub(crate) mod http_json;
pub(crate) mod incidents;
pub(crate) mod keys;
pub(crate) mod listings;
pub(crate) mod magento;
pub(crate) mod mail;
pub(crate) mod medusa;
pub(crate) mod odoo;
pub(crate) mod owners;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod priority;
pub(crate) mod recipients;
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

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use scalar::{Duration, Percent, Text, Whole};

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
    /// When incidents open and when they are resolved.
    pub(crate) incidents: Option<incidents::Incidents>,
    /// Rules that change how severe something counts; the first that applies.
    pub(crate) severity: Option<Vec<incidents::SeverityRule>>,
    /// What is known to be wrong and nobody is told of, until a date.
    pub(crate) expected: Option<Vec<incidents::Expected>>,
    /// Who is told otherwise than by mail at the usual times, by names of your own.
    pub(crate) recipients: Option<BTreeMap<String, recipients::Recipient>>,
    /// When everybody is told; a recipient's own `cadence` replaces it key by key.
    pub(crate) cadence: Option<cadence::Cadence>,
    /// Who is told of what. The first rule that applies wins; an `owner_email` in the catalogue wins over all rules.
    pub(crate) owners: Option<Vec<owners::OwnerRule>>,
    /// Who is told of what nobody owns. Needed as soon as anybody is told.
    pub(crate) fallback: Option<owners::Told>,
    /// Who is told when a stock source looks wrong or a run does not do its work. Default: as `fallback`.
    pub(crate) operations: Option<owners::Told>,
    /// How mail is written and sent.
    pub(crate) mail: Option<mail::Mail>,
    /// A service that is called when a run begins and ends, and that says so when none did (as Healthchecks does).
    pub(crate) heartbeat: Option<recipients::Hook>,
    /// When the last run that did its work is longer ago than this, operations are told and `stocktruth doctor` says so.
    /// Default: never.
    pub(crate) missed_after: Option<Duration>,
}
