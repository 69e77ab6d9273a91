//! Where things are remembered.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Duration, FilePath};

/// Where runs, incidents and unsent mail are remembered.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Store {
    /// The database file; its folder is made if absent. Default: `stocktruth.db` in `$STATE_DIRECTORY` where systemd
    /// sets it, else beside this file.
    pub(crate) file: Option<FilePath>,
    /// How long finished runs, resolved incidents and sent mail are kept. Default: `90d`.
    pub(crate) keep: Option<Duration>,
}
