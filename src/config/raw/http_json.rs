//! Any JSON API over HTTP.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::Auth;
use super::fetch::ApiFetch;
use super::scalar::{JsonPath, Method, Text, Whole};

/// A JSON API. At least one of `all`, `batch` and `item`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["all"]}, {"required": ["batch"]}, {"required": ["item"]}]))]
pub(crate) struct HttpJson {
    /// How its host is asked.
    pub(crate) fetch: Option<ApiFetch>,
    /// How it knows us.
    pub(crate) auth: Option<Auth>,
    /// One paged reading of everything. Preferred for the first look.
    pub(crate) all: Option<Listing>,
    /// Many keys in one request.
    pub(crate) batch: Option<Batch>,
    /// One key in one request.
    pub(crate) item: Option<Request>,
    /// JSONPath from an answer to the parents of items, such as products with variants. Then `items` begins at a parent.
    pub(crate) parents: Option<JsonPath>,
    /// JSONPath from an answer to its items. Without it the answer to `item` is itself the item.
    pub(crate) items: Option<JsonPath>,
    /// JSONPath from an item to its SKU or stock key. Needed for `all` and `batch`.
    pub(crate) key: Option<JsonPath>,
    /// Field name → JSONPath from an item to it. The names are for the expressions.
    #[schemars(required)]
    pub(crate) fields: Option<BTreeMap<String, JsonPath>>,
    /// Field name → JSONPath from a parent to it, with `parents`.
    pub(crate) parent_fields: Option<BTreeMap<String, JsonPath>>,
}

/// One request. `{key}` is replaced by the item's key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Absolute address with `{key}` in it, or in the body.
    #[schemars(required)]
    pub(crate) url: Option<Text>,
    /// Default: `GET`.
    pub(crate) method: Option<Method>,
    /// JSON body, as text.
    pub(crate) body: Option<Text>,
}

/// Many keys in one request. `{keys}` is replaced by them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// Absolute address with `{keys}` in it, or in the body.
    #[schemars(required)]
    pub(crate) url: Option<Text>,
    /// Default: `GET`.
    pub(crate) method: Option<Method>,
    /// JSON body, as text. `{keys}` stands for a JSON array there.
    pub(crate) body: Option<Text>,
    /// Largest number of keys in one request. Default: 50.
    #[schemars(range(min = 1))]
    pub(crate) size: Option<Whole>,
    /// What stands between keys in the address. Default: `,`.
    pub(crate) separator: Option<Text>,
}

/// A reading of everything.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// Absolute address of the first request.
    #[schemars(required)]
    pub(crate) url: Option<Text>,
    /// Default: `GET`.
    pub(crate) method: Option<Method>,
    /// JSON body, as text. `{page}`, `{offset}`, `{cursor}` and `{size}` are replaced by what the paging says, as JSON.
    pub(crate) body: Option<Text>,
    /// How to go on. Default: one answer holds everything.
    pub(crate) paging: Option<Paging>,
}

/// Exactly one of the keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct Paging {
    /// A page number in the query.
    pub(crate) page: Option<PageNumber>,
    /// An offset in the query.
    pub(crate) offset: Option<Offset>,
    /// A cursor from the answer, put into the query.
    pub(crate) cursor: Option<Cursor>,
    /// The header `Link: <…>; rel="next"` (RFC 8288).
    pub(crate) link: Option<Link>,
}

/// A page number; ends with a page that is empty or holds fewer than `size` items.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageNumber {
    /// Query parameter of the page number. Default: `page`.
    pub(crate) parameter: Option<Text>,
    /// Number of the first page. Default: 1.
    pub(crate) first: Option<Whole>,
    /// Query parameter of the page size, if it is to be sent.
    pub(crate) size_parameter: Option<Text>,
    /// Items on a page.
    #[schemars(required, range(min = 1))]
    pub(crate) size: Option<Whole>,
}

/// An offset counted in items from 0; ends with a page that is empty or holds fewer than `size` items.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offset {
    /// Query parameter of the offset. Default: `offset`.
    pub(crate) parameter: Option<Text>,
    /// Query parameter of the page size, if it is to be sent.
    pub(crate) size_parameter: Option<Text>,
    /// Items on a page.
    #[schemars(required, range(min = 1))]
    pub(crate) size: Option<Whole>,
}

/// A cursor; ends where the answer holds none. A cursor that is an absolute address is followed as it is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// Query parameter of the cursor. Default: `cursor`.
    pub(crate) parameter: Option<Text>,
    /// JSONPath from an answer to the next cursor.
    #[schemars(required)]
    pub(crate) at: Option<JsonPath>,
    /// JSONPath to what is true while there is more. Default: there is more while there is a cursor.
    pub(crate) more: Option<JsonPath>,
}

/// Nothing to set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {}
