//! How pages are read.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Language, Pattern, SchemaOrg, Text};

/// How the shop's pages are read.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    /// Languages whose phrases are looked for. Default: the page's own language and `en`.
    pub(crate) languages: Option<Vec<Language>>,
    /// Where a page names its SKU, if not in its structured data.
    pub(crate) sku: Option<SkuFrom>,
    /// Rules of your own, tried in order. The first that applies wins over everything else the page says.
    pub(crate) selectors: Option<Vec<SelectorRule>>,
}

/// Where a page names its SKU.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkuFrom {
    /// CSS selector of the element.
    pub(crate) selector: Option<Text>,
    /// The attribute that holds it. Default: the element's text.
    pub(crate) attribute: Option<Text>,
    /// Regular expression over the page's address: the group named `sku`, else the first group.
    pub(crate) url_pattern: Option<Pattern>,
}

/// If `css` (and, if given, `text`) is found, the page says `says`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SelectorRule {
    /// CSS selector.
    #[schemars(required)]
    pub(crate) css: Option<Text>,
    /// The attribute to look at. Default: the element's visible text.
    pub(crate) attribute: Option<Text>,
    /// Regular expression that must match. Default: the element's presence is enough.
    pub(crate) text: Option<Pattern>,
    /// What the page then says, a schema.org availability.
    #[schemars(required)]
    pub(crate) says: Option<SchemaOrg>,
}
