//! What is odd about the shop's data.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rusqlite::params;

use super::{Row, Worksheet, explain};
use crate::domain::{Finding, FindingKind};
use crate::store::Result;
use crate::store::columns::{Code, Json};

/// `id` is the row of the item times [`MOST`], and a number below it: so they lie in the order of the catalogue.
pub(super) const TABLES: &str =
    "CREATE TABLE findings (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, finding TEXT NOT NULL) STRICT;";

/// Findings of one item that are kept: more than a shop has stock sources.
const MOST: i64 = 256;

/// What is odd about no item lies behind what is odd about any, each once.
const OF_NO_ITEM: i64 = 1 << 62;

impl Worksheet {
    /// Notes what is odd about no item of the catalogue. Of the same kind and key the first is kept.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_finding(&self, finding: &Finding) -> Result<()> {
        let mut hasher = rustc_hash::FxHasher::default();
        (finding.kind.code(), &finding.key).hash(&mut hasher);
        let id = OF_NO_ITEM | i64::try_from(hasher.finish() >> 3).unwrap_or_default();
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO findings (id, kind, finding) VALUES (?1, ?2, ?3)")?
                .execute(params![id, Code(finding.kind), Json(finding)])
        };
        put().map(drop).map_err(explain("noting a finding"))
    }

    /// Notes what is odd about the item in a row, in place of what was noted before.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_findings(&self, item: i64, findings: &[Finding]) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            let ids = item * MOST..(item + 1) * MOST;
            self.connection
                .prepare_cached("DELETE FROM findings WHERE id >= ?1 AND id < ?2")?
                .execute([ids.start, ids.end])?;
            for (id, one) in ids.zip(findings) {
                self.connection
                    .prepare_cached("INSERT INTO findings (id, kind, finding) VALUES (?1, ?2, ?3)")?
                    .execute(params![id, Code(one.kind), Json(one)])?;
            }
            Ok(())
        };
        put().map_err(explain("noting a finding"))
    }

    /// Findings, in the order of the catalogue: at most `limit` after the row `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn findings(&self, after: i64, limit: usize) -> Result<Vec<Row<Finding>>> {
        self.rows("SELECT id, finding FROM findings WHERE id > ?1 ORDER BY id LIMIT ?2", after, limit)
    }

    /// The first findings of a kind, at most `limit`.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn findings_of(&self, kind: FindingKind, limit: usize) -> Result<Vec<Finding>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT finding FROM findings WHERE kind = ?1 ORDER BY id LIMIT ?2")?
                .query_map(params![Code(kind), limit], |row| Ok(row.get::<_, Json<_>>(0)?.0))?
                .collect()
        };
        get().map_err(explain("reading findings"))
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
