//! What the configuration can say of reading pages.

use crate::domain::Availability;

/// How a shop's pages are read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Languages whose phrases are looked for (BCP 47 primary subtags); empty: the page's own language and English,
    /// or all of them where the page names none.
    pub languages: Vec<String>,
    /// Where a page names its SKU, if not in its structured data.
    pub sku: SkuFrom,
    /// Rules of the user's own, tried in order; the first that applies wins over every other signal.
    pub selectors: Vec<SelectorRule>,
}

/// Where a page names its SKU.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkuFrom {
    /// CSS selector of the element.
    pub selector: Option<String>,
    /// The attribute that holds it; `None`: the element's text.
    pub attribute: Option<String>,
    /// Regular expression over the page's URL: the group named `sku`, else the first group.
    pub url_pattern: Option<String>,
}

/// `css` (and, if given, `text`) found on the page means `says`.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectorRule {
    /// CSS selector.
    pub css: String,
    /// The attribute to look at; `None`: the element's visible text.
    pub attribute: Option<String>,
    /// Regular expression that must match; `None`: the element's presence is enough.
    pub text: Option<String>,
    /// What it then says.
    pub says: Availability,
}
