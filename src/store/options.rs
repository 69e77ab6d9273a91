//! What the configuration can say of remembering.

use std::path::PathBuf;
use std::time::Duration;

/// Where things are remembered, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The database file; its folder is made if absent. The lock is `<file>.lock` beside it.
    pub file: PathBuf,
    /// How long finished runs, resolved incidents and sent notices are kept.
    pub keep: Duration,
}
