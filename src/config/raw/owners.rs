//! Who is told.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{MailAddress, MailLanguage, Pattern, Text};

/// Who is told of the items to which all given conditions apply. Within one condition any value may.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnerRule {
    /// Mail address.
    #[schemars(required)]
    pub(crate) email: Option<MailAddress>,
    /// The person's or team's name, for the greeting.
    pub(crate) name: Option<Text>,
    /// Language of the mail, `en` or `he`. Default: `en`.
    pub(crate) language: Option<MailLanguage>,
    /// Names of shops.
    #[schemars(length(min = 1))]
    pub(crate) shops: Option<Vec<Text>>,
    /// Brands, in any case.
    #[schemars(length(min = 1))]
    pub(crate) brands: Option<Vec<Text>>,
    /// Categories, in any case.
    #[schemars(length(min = 1))]
    pub(crate) categories: Option<Vec<Text>>,
    /// Suppliers, in any case.
    #[schemars(length(min = 1))]
    pub(crate) suppliers: Option<Vec<Text>>,
    /// Regular expressions over the SKU.
    #[schemars(length(min = 1))]
    pub(crate) skus: Option<Vec<Pattern>>,
    /// Regular expressions over the page's address.
    #[schemars(length(min = 1))]
    pub(crate) urls: Option<Vec<Pattern>>,
}

/// One person or team.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipient {
    /// Mail address.
    #[schemars(required)]
    pub(crate) email: Option<MailAddress>,
    /// The person's or team's name, for the greeting.
    pub(crate) name: Option<Text>,
    /// Language of the mail, `en` or `he`. Default: `en`.
    pub(crate) language: Option<MailLanguage>,
}
