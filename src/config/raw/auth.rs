//! How an API knows us.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Address, Duration, FilePath, JsonPath, Secret, Text};

/// Exactly one of the keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct Auth {
    /// `Authorization: Bearer …` (RFC 6750).
    pub(crate) bearer: Option<Bearer>,
    /// `Authorization: Basic …` (RFC 7617).
    pub(crate) basic: Option<Basic>,
    /// A header of the API's own.
    pub(crate) header: Option<Header>,
    /// Several headers, name and value. Secret ones as `${NAME}`.
    pub(crate) headers: Option<BTreeMap<String, Text>>,
    /// A token that is fetched first: OAuth 2.0 client credentials (RFC 6749).
    pub(crate) oauth2: Option<OAuth2>,
    /// A session that is logged in first and logged out at the end.
    pub(crate) login: Option<Login>,
    /// A signature of each request.
    pub(crate) hmac: Option<Hmac>,
}

/// Exactly one of `token` and `token_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["token"]}, {"required": ["token_file"]}]))]
pub(crate) struct Bearer {
    /// The token, as `${NAME}`.
    pub(crate) token: Option<Secret>,
    /// A file that holds the token.
    pub(crate) token_file: Option<FilePath>,
}

/// User name, and exactly one of `password` and `password_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["password"]}, {"required": ["password_file"]}]))]
pub(crate) struct Basic {
    /// User name.
    #[schemars(required)]
    pub(crate) username: Option<Text>,
    /// The password, as `${NAME}`.
    pub(crate) password: Option<Secret>,
    /// A file that holds the password.
    pub(crate) password_file: Option<FilePath>,
}

/// Header name, and exactly one of `value` and `value_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["value"]}, {"required": ["value_file"]}]))]
pub(crate) struct Header {
    /// Header name, such as `X-Api-Key`.
    #[schemars(required)]
    pub(crate) name: Option<Text>,
    /// The value, with the secret as `${NAME}`.
    pub(crate) value: Option<Secret>,
    /// A file that holds the value.
    pub(crate) value_file: Option<FilePath>,
}

/// OAuth 2.0 client credentials (RFC 6749 section 4.4). Exactly one of `client_secret` and `client_secret_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["client_secret"]}, {"required": ["client_secret_file"]}]))]
pub(crate) struct OAuth2 {
    /// Address of the token endpoint.
    #[schemars(required)]
    pub(crate) token_url: Option<Address>,
    /// Client id.
    #[schemars(required)]
    pub(crate) client_id: Option<Text>,
    /// The client's secret, as `${NAME}`.
    pub(crate) client_secret: Option<Secret>,
    /// A file that holds the client's secret.
    pub(crate) client_secret_file: Option<FilePath>,
    /// How both are sent: `basic` or `body`. Default: `basic`.
    #[schemars(extend("enum" = ["basic", "body"]))]
    pub(crate) client_auth: Option<Text>,
    /// What is asked for.
    pub(crate) scope: Option<Text>,
    /// Further parameters of the request for a token, such as `audience`.
    pub(crate) parameters: Option<BTreeMap<String, Text>>,
}

/// A session. At most one of `body` and `body_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("not" = {"required": ["body", "body_file"]}))]
pub(crate) struct Login {
    /// Where to log in.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// Default: `POST`.
    #[schemars(extend("enum" = ["GET", "POST"]))]
    pub(crate) method: Option<Text>,
    /// JSON, as text, with the password as `${NAME}`.
    pub(crate) body: Option<Secret>,
    /// A file that holds the body.
    pub(crate) body_file: Option<FilePath>,
    /// JSONPath from the answer to a token. Cookies that the answer sets are always sent back.
    pub(crate) token: Option<JsonPath>,
    /// The header the token goes into. Default: `Authorization`.
    pub(crate) header: Option<Text>,
    /// What goes into the header. Default: `Bearer {token}` for `Authorization`, else `{token}`.
    pub(crate) value: Option<Text>,
    /// After so long the session is begun anew. Default: when the API answers 401.
    pub(crate) lasts: Option<Duration>,
    /// How to log out, which is done at the end of every run.
    pub(crate) logout: Option<Logout>,
}

/// The end of a session.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logout {
    /// Where to log out.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// Default: `POST`.
    #[schemars(extend("enum" = ["GET", "POST", "DELETE"]))]
    pub(crate) method: Option<Text>,
}

/// Signed requests: HMAC-SHA256 (RFC 2104). Exactly one of `key` and `key_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["key"]}, {"required": ["key_file"]}]))]
pub(crate) struct Hmac {
    /// The shared secret, as `${NAME}`.
    pub(crate) key: Option<Secret>,
    /// A file that holds the shared secret.
    pub(crate) key_file: Option<FilePath>,
    /// What is signed. Default: `{method}\n{path}\n{timestamp}\n{body}`.
    pub(crate) over: Option<Text>,
    /// `hex` or `base64`. Default: `hex`.
    #[schemars(extend("enum" = ["hex", "base64"]))]
    pub(crate) encoding: Option<Text>,
    /// The header the signature goes into, such as `X-Signature`.
    #[schemars(required)]
    pub(crate) header: Option<Text>,
    /// What goes into the header. Default: `{signature}`.
    pub(crate) value: Option<Text>,
    /// The header the time goes into.
    pub(crate) timestamp_header: Option<Text>,
    /// How the time is written: `seconds` or `milliseconds` since 1970, or `rfc3339`. Default: `seconds`.
    #[schemars(extend("enum" = ["seconds", "milliseconds", "rfc3339"]))]
    pub(crate) timestamp: Option<Text>,
}
