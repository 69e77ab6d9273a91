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

impl Options {
    /// Where a reading of a shop's stock source lies until it is through, beside the database. `number` tells the
    /// sources of a shop apart.
    pub fn spool(&self, shop: &str, number: usize) -> PathBuf {
        let plain: String = shop.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let mut name = self.file.clone().into_os_string();
        name.push(format!(".{plain}.{number}.part"));
        name.into()
    }
}
