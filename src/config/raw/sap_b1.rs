//! SAP Business One.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fetch::ApiFetch;
use super::scalar::{Address, FilePath, Secret, Text, Whole};

/// SAP Business One, by its Service Layer. Exactly one of `password` and `password_file`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["password"]}, {"required": ["password_file"]}]))]
pub(crate) struct SapB1 {
    /// Address of the server, without `b1s/…`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// Version of the service, 1 or 2. Default: 1.
    #[schemars(range(min = 1, max = 2))]
    pub(crate) version: Option<Whole>,
    /// The company's database.
    #[schemars(required)]
    pub(crate) company: Option<Text>,
    /// User name.
    #[schemars(required)]
    pub(crate) username: Option<Text>,
    /// The password, as `${NAME}`.
    pub(crate) password: Option<Secret>,
    /// A file that holds the password.
    pub(crate) password_file: Option<FilePath>,
    /// Further columns of the item for the expressions, such as user-defined fields.
    pub(crate) select: Option<Vec<Text>>,
    /// Which items are asked for, an OData condition. Default: all.
    pub(crate) filter: Option<Text>,
    /// Items on a page. Default: 200.
    #[schemars(range(min = 1))]
    pub(crate) page_size: Option<Whole>,
    /// Most keys in one request. Default: 20.
    #[schemars(range(min = 1))]
    pub(crate) batch: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
