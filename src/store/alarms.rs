//! Alarms: what is wrong with the runs themselves, and whether whoever runs the shops was told.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::Time;
use super::{Result, Transaction};

impl Transaction<'_> {
    /// Notes that something is wrong, by a name of its own (`missed_run`), and says since when it is, where nobody was told
    /// of it yet.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn raise(&self, kind: &str, what: &str, now: Timestamp) -> Result<Option<Timestamp>> {
        let write = || -> rusqlite::Result<_> {
            self.inner.execute(
                "INSERT INTO alarms (kind, since, what) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET what = excluded.what",
                params![kind, Time(now), what],
            )?;
            self.inner.query_row("SELECT since, told_at IS NULL FROM alarms WHERE kind = ?1", [kind], |row| {
                let (since, untold): (Time, bool) = (row.get(0)?, row.get(1)?);
                Ok(untold.then_some(since.0))
            })
        };
        write().map_err(self.explain("noting that something is wrong with the runs"))
    }

    /// Notes that whoever runs the shops was told of an alarm, by this notice.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn alarm_told(&self, kind: &str, notice: i64, now: Timestamp) -> Result<()> {
        self.inner
            .execute("UPDATE alarms SET told_at = ?2, notice = ?3 WHERE kind = ?1", params![kind, Time(now), notice])
            .map(drop)
            .map_err(self.explain("noting who was told"))
    }

    /// Notes that it is right again; says whether it was wrong and somebody knows.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn calm(&self, kind: &str) -> Result<bool> {
        let sql = "DELETE FROM alarms WHERE kind = ?1 RETURNING told_at IS NOT NULL";
        let lifted = || -> rusqlite::Result<Vec<bool>> {
            self.inner.prepare(sql)?.query_map([kind], |row| row.get(0))?.collect()
        };
        let lifted = lifted().map_err(self.explain("noting that the runs are right again"))?;
        Ok(lifted.into_iter().any(|told| told))
    }
}
