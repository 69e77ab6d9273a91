//! Priority ERP.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Text, Whole};

/// Priority ERP, by its OData service. Exactly one of `token`, `token_file`, `password` and `password_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["token"]}, {"required": ["token_file"]}, {"required": ["password"]}, {"required": ["password_file"]}
]))]
pub(crate) struct Priority {
    /// The service root, such as `https://priority.example/odata/Priority/tabula.ini/company`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// A personal access token, as `${NAME}`.
    pub(crate) token: Option<Secret>,
    /// A file that holds the token.
    pub(crate) token_file: Option<FilePath>,
    /// Name of the API user, with a password.
    pub(crate) username: Option<Text>,
    /// The password, as `${NAME}`.
    pub(crate) password: Option<Secret>,
    /// A file that holds the password.
    pub(crate) password_file: Option<FilePath>,
    /// Id of a licence for one application.
    pub(crate) app_id: Option<Text>,
    /// Key of that licence, as `${NAME}`.
    pub(crate) app_key: Option<Secret>,
    /// A file that holds the licence's key.
    pub(crate) app_key_file: Option<FilePath>,
    /// The form with the parts. Default: `LOGPART`.
    pub(crate) form: Option<Text>,
    /// The column that orders the parts and that no two of them share. Default: `PARTNAME`.
    pub(crate) order: Option<Text>,
    /// The column that is the stock key. Default: `PARTNAME`.
    pub(crate) key: Option<Text>,
    /// Columns of the form for the expressions.
    pub(crate) select: Option<Vec<Text>>,
    /// Subforms for the expressions, and the columns of each.
    pub(crate) expand: Option<BTreeMap<String, Vec<Text>>>,
    /// Which parts are asked for, an OData condition. Default: all.
    pub(crate) filter: Option<Text>,
    /// Parts on a page. Default: 500.
    #[schemars(range(min = 1))]
    pub(crate) page_size: Option<Whole>,
    /// Most keys in one request. Default: 20.
    #[schemars(range(min = 1))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked. Defaults here: `rate` 90/min, `concurrency` 2, `total_timeout` 3m.
    pub(crate) fetch: Option<ApiFetch>,
}
