//! Runs.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::columns::{Json, Time};
use super::{Result, Store};
use crate::domain::Summary;

impl Store {
    /// Notes that a run began and gives it its number. A run that is killed stays unfinished.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn begin_run(&self, started_at: Timestamp) -> Result<i64> {
        self.connection
            .execute("INSERT INTO runs (started_at) VALUES (?1)", params![Time(started_at)])
            .map_err(self.explain("noting that a run began"))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes how a run ended.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn finish_run(&self, run: i64, summary: &Summary) -> Result<()> {
        self.connection
            .execute(
                "UPDATE runs SET finished_at = ?2, summary = ?3 WHERE id = ?1",
                params![run, Time(summary.finished_at), Json(summary)],
            )
            .map_err(self.explain("noting how a run ended"))?;
        Ok(())
    }

    /// Whether a run that is still kept has found items in a shop.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn was_checked(&self, shop: &str) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM runs, json_each(summary, '$.shops') AS shop
                   WHERE shop.value ->> 'shop' = ?1 AND shop.value ->> 'items' > 0)";
        let asked = self.connection.query_row(sql, [shop], |row| row.get(0));
        asked.map_err(self.explain("reading earlier runs"))
    }

    /// The last run that came to its end, in numbers.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn last_run(&self) -> Result<Option<Summary>> {
        self.connection
            .query_row("SELECT summary FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1", [], |row| {
                Ok(row.get::<_, Json<Summary>>(0)?.0)
            })
            .optional()
            .map_err(self.explain("reading the last run"))
    }
}
