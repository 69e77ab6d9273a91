//! An EverShop shop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::Basic;
use super::fetch::ApiFetch;
use super::scalar::{Address, Whole};

/// An EverShop shop by the GraphQL API of its administration.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evershop {
    /// The shop's address; the API is below it at `api/`.
    #[schemars(required)]
    pub(crate) url: Option<Address>,
    /// A user of the administration, by e-mail address.
    #[schemars(required)]
    pub(crate) login: Option<Basic>,
    /// Products in one request. Default: 100.
    #[schemars(range(min = 1))]
    pub(crate) batch: Option<Whole>,
    /// So many product numbers in a row that no product has are the end of the listing. Default: 1000.
    pub(crate) gap: Option<Whole>,
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
}
