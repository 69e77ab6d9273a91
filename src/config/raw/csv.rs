//! Stock as CSV.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::Auth;
use super::fetch::ApiFetch;
use super::scalar::{Address, Duration, FilePath, Flag, Size, Text};

/// Stock as CSV. Exactly one of `file`, `url` and `command`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}, {"required": ["command"]}]))]
pub(crate) struct StockCsv {
    /// A file on this machine.
    pub(crate) file: Option<FilePath>,
    /// A document on the web.
    pub(crate) url: Option<Address>,
    /// A command that writes the table to its standard output: the program and its arguments. No shell is involved.
    #[schemars(length(min = 1))]
    pub(crate) command: Option<Vec<Text>>,
    /// How its host is asked, with `url`.
    pub(crate) fetch: Option<ApiFetch>,
    /// How its host knows us, with `url`.
    pub(crate) auth: Option<Auth>,
    /// What the command finds in its environment, beside PATH, HOME and SSH_AUTH_SOCK. Secret values as `${NAME}`.
    pub(crate) environment: Option<BTreeMap<String, Text>>,
    /// Deadline for the command. Default: `5m`.
    pub(crate) timeout: Option<Duration>,
    /// Largest output of the command. Default: `256MiB`.
    pub(crate) max_size: Option<Size>,
    /// A file that must be as new as `file`: whoever writes the table touches it when he is done.
    pub(crate) done_file: Option<FilePath>,
    /// What the first cell of the last row holds. The next number there must be the count of the rows above it.
    pub(crate) footer: Option<Text>,
    /// The column that holds the SKU or stock key.
    #[schemars(required)]
    pub(crate) key: Option<Text>,
    /// Field name → column name. The names are for the expressions. Needed without `locations`.
    pub(crate) fields: Option<BTreeMap<String, Text>>,
    /// Where an item has a row for each of its locations.
    pub(crate) locations: Option<LocationRows>,
    /// What separates the columns: one character, or `tab`. Default: found out from the header line.
    pub(crate) delimiter: Option<Text>,
    /// Encoding, such as `windows-1255`. Default: found out.
    pub(crate) encoding: Option<Text>,
    /// Whether `,` is the decimal sign. Default: false.
    pub(crate) decimal_comma: Option<Flag>,
}

/// The rows of an item, one for each location, become its field `locations`, a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocationRows {
    /// The column that names the location. It is `id` and `name` of the location.
    #[schemars(required)]
    pub(crate) column: Option<Text>,
    /// Field of a location → column name.
    #[schemars(required)]
    pub(crate) fields: Option<BTreeMap<String, Text>>,
}
