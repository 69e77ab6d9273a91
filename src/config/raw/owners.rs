//! Who is told of what.

use schemars::JsonSchema;
use serde::Deserialize;

use super::conditions::conditional;
use super::scalar::{Flag, MailAddress, MailLanguage, Text};

conditional! {
    /// Who is told of what all given conditions apply to. Within one condition any value may. Exactly one of `to` and
    /// `email`.
    #[schemars(extend("oneOf" = [{"required": ["to"]}, {"required": ["email"]}]))]
    pub(crate) struct OwnerRule {
        /// Names of `recipients`, and mail addresses.
        #[schemars(length(min = 1))]
        pub(crate) to: Option<Vec<Text>>,
        /// A single mail address.
        pub(crate) email: Option<MailAddress>,
        /// With `email`: the person's or team's name, for the greeting.
        pub(crate) name: Option<Text>,
        /// With `email`: language of the mail. Default: `en`.
        pub(crate) language: Option<MailLanguage>,
        /// Whether the rules below are looked at as well, for further owners. Default: false.
        #[serde(rename = "continue")]
        pub(crate) goes_on: Option<Flag>,
    }
}

/// Somebody. Exactly one of `to` and `email`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["to"]}, {"required": ["email"]}]))]
pub(crate) struct Told {
    /// Names of `recipients`, and mail addresses.
    #[schemars(length(min = 1))]
    pub(crate) to: Option<Vec<Text>>,
    /// A single mail address.
    pub(crate) email: Option<MailAddress>,
    /// With `email`: the person's or team's name, for the greeting.
    pub(crate) name: Option<Text>,
    /// With `email`: language of the mail. Default: `en`.
    pub(crate) language: Option<MailLanguage>,
}
