//! Who is told by another way, in another language or at other times than usual.

use schemars::JsonSchema;
use serde::Deserialize;

use super::cadence::Cadence;
use super::scalar::{Duration, FilePath, MailAddress, MailLanguage, Secret, Text};

/// One person, team or channel. Exactly one of `email`, `slack`, `teams`, `mattermost`, `discord` and `webhook`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["email"]}, {"required": ["slack"]}, {"required": ["teams"]}, {"required": ["mattermost"]},
    {"required": ["discord"]}, {"required": ["webhook"]}
]))]
pub(crate) struct Recipient {
    /// Mail address.
    pub(crate) email: Option<MailAddress>,
    /// An incoming webhook of Slack.
    pub(crate) slack: Option<Hook>,
    /// A Workflows webhook of Microsoft Teams.
    pub(crate) teams: Option<Hook>,
    /// An incoming webhook of Mattermost.
    pub(crate) mattermost: Option<Hook>,
    /// A webhook of Discord.
    pub(crate) discord: Option<Hook>,
    /// Any other program that takes JSON.
    pub(crate) webhook: Option<Webhook>,
    /// The person's or team's name, for the greeting.
    pub(crate) name: Option<Text>,
    /// Language of what they are told. Default: `en`.
    pub(crate) language: Option<MailLanguage>,
    /// When they are told; what is not given here is as in `cadence` at the top.
    pub(crate) cadence: Option<Cadence>,
}

/// An address that is called. Whoever knows it can post, so it is a secret. Exactly one of `url` and `url_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["url"]}, {"required": ["url_file"]}]))]
pub(crate) struct Hook {
    /// The address, as `${NAME}`.
    pub(crate) url: Option<Secret>,
    /// A file that holds the address.
    pub(crate) url_file: Option<FilePath>,
    /// Private networks or addresses it may be at, such as `10.0.0.0/8`. Default: none.
    pub(crate) allow_private: Option<Vec<Text>>,
    /// Deadline for one call. Default: `30s`.
    pub(crate) timeout: Option<Duration>,
}

/// A program that takes JSON. Exactly one of `url` and `url_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "oneOf" = [{"required": ["url"]}, {"required": ["url_file"]}],
    "not" = {"required": ["secret", "secret_file"]}
))]
pub(crate) struct Webhook {
    /// The address, as `${NAME}`.
    pub(crate) url: Option<Secret>,
    /// A file that holds the address.
    pub(crate) url_file: Option<FilePath>,
    /// The secret that each call is signed with (HMAC-SHA256), as `${NAME}`. Default: not signed.
    pub(crate) secret: Option<Secret>,
    /// A file that holds the secret.
    pub(crate) secret_file: Option<FilePath>,
    /// Private networks or addresses it may be at, such as `10.0.0.0/8`. Default: none.
    pub(crate) allow_private: Option<Vec<Text>>,
    /// Deadline for one call. Default: `30s`.
    pub(crate) timeout: Option<Duration>,
}
