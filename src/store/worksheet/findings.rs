//! What is odd about the shop's data.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Row, Worksheet, explain};
use crate::domain::Finding;
use crate::store::Result;
use crate::store::columns::{Code, Json};

/// `item` is the row of the item.
pub(super) const TABLES: &str = "
    CREATE TABLE findings (
        id INTEGER PRIMARY KEY, item INTEGER NOT NULL, kind TEXT NOT NULL, finding TEXT NOT NULL
    ) STRICT;
    CREATE INDEX findings_by_item ON findings (item);";

impl Worksheet {
    /// Notes what is odd about the item in a row, in place of what was noted before.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_findings(&self, item: i64, findings: &[Finding]) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            self.connection.prepare_cached("DELETE FROM findings WHERE item = ?1")?.execute([item])?;
            for one in findings {
                self.connection
                    .prepare_cached("INSERT INTO findings (item, kind, finding) VALUES (?1, ?2, ?3)")?
                    .execute(params![item, Code(one.kind), Json(one)])?;
            }
            Ok(())
        };
        put().map_err(explain("noting a finding"))
    }

    /// Findings, in the order in which they were noted: at most `limit` after the row `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn findings(&self, after: i64, limit: usize) -> Result<Vec<Row<Finding>>> {
        self.rows("SELECT id, finding FROM findings WHERE id > ?1 ORDER BY id LIMIT ?2", after, limit)
    }

    /// Kind of finding → how many there are.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_findings(&self) -> Result<BTreeMap<String, u64>> {
        let count = || -> rusqlite::Result<_> {
            self.connection
                .prepare("SELECT kind, count(*) FROM findings GROUP BY kind")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        count().map_err(explain("counting findings"))
    }
}
