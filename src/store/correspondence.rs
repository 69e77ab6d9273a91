//! What is remembered of whom: the thread they follow, how much was open for them day by day; and when was last decided who
//! is told.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::Time;
use super::{Result, Transaction};
use crate::domain::{Correspondence, Notice};

/// Days of which the trend is kept.
const KEPT: i64 = 60;

impl Transaction<'_> {
    /// What is remembered of a recipient whose day began at `day`; a mailbox that refused for good since `lately` still
    /// refuses.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn correspondence(&self, recipient: &str, day: Timestamp, lately: Timestamp) -> Result<Correspondence> {
        let read = || -> rusqlite::Result<_> {
            let thread = self
                .inner
                .prepare_cached("SELECT message_id FROM threads WHERE recipient = ?1")?
                .query_row([recipient], |row| row.get(0))
                .optional()?;
            let refuses = self
                .inner
                .prepare_cached(
                    "SELECT state = 'dead' AND created_at >= ?2 FROM notices WHERE recipient = ?1 ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![recipient, Time(lately)], |row| row.get(0))
                .optional()?;
            let today = self
                .inner
                .prepare_cached(
                    "SELECT count(*) FROM notices WHERE recipient = ?1 AND created_at >= ?2 AND state IN ('pending', 'sent')
                        AND EXISTS (SELECT 1 FROM notice_incidents WHERE notice = notices.id)",
                )?
                .query_row(params![recipient, Time(day)], |row| row.get(0))?;
            Ok(Correspondence { thread, refuses: refuses.unwrap_or_default(), today })
        };
        read().map_err(self.explain("reading what a recipient was told"))
    }

    /// Notes how much is open for a recipient on a day, and forgets days that are long past.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn note_open(&self, recipient: &str, day: Date, open: u32) -> Result<()> {
        let long_past = day.saturating_sub(jiff::Span::new().days(KEPT));
        let write = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached(
                    "INSERT INTO trend (recipient, day, open) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET open = excluded.open",
                )?
                .execute(params![recipient, day.to_string(), open])?;
            self.inner.execute("DELETE FROM trend WHERE day < ?1", [long_past.to_string()])
        };
        write().map(drop).map_err(self.explain("noting how much is open"))
    }

    /// How much was open for a recipient at the end of each day since then, oldest first; days on which nobody looked are
    /// left out.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn trend(&self, recipient: &str, since: Date) -> Result<Vec<(Date, u32)>> {
        let read = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached("SELECT day, open FROM trend WHERE recipient = ?1 AND day >= ?2 ORDER BY day")?
                .query_map(params![recipient, since.to_string()], |row| {
                    let day: String = row.get(0)?;
                    let day = day.parse().map_err(|error| {
                        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
                    });
                    Ok((day?, row.get(1)?))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading how much was open"))
    }

    /// When was last decided what a recipient is told, at a time when they could be told; `None`: never.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn planned_at(&self, recipient: &str) -> Result<Option<Timestamp>> {
        self.inner
            .prepare_cached("SELECT at FROM planning WHERE recipient = ?1")
            .and_then(|mut found| found.query_row([recipient], |row| Ok(row.get::<_, Time>(0)?.0)).optional())
            .map_err(self.explain("reading when was last decided who is told"))
    }

    /// Notes that it was decided now.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn planned(&self, recipient: &str, now: Timestamp) -> Result<()> {
        self.inner
            .execute("INSERT OR REPLACE INTO planning (recipient, at) VALUES (?1, ?2)", params![recipient, Time(now)])
            .map(drop)
            .map_err(self.explain("noting that it was decided who is told"))
    }

    /// When each shop was last looked at by a run that came to its end: when that run began.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn last_looks(&self) -> Result<BTreeMap<String, Timestamp>> {
        let read = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached(
                    "SELECT shop.value ->> 'shop', max(runs.started_at) FROM runs, json_each(summary, '$.shops') AS shop
                     GROUP BY 1",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get::<_, Time>(1)?.0)))?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(self.explain("reading earlier runs"))
    }

    /// Ends the thread a recipient follows: nothing is open for them, and what comes next is another story.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn end_thread(&self, recipient: &str) -> Result<()> {
        self.inner
            .execute("DELETE FROM threads WHERE recipient = ?1", [recipient])
            .map(drop)
            .map_err(self.explain("ending a thread"))
    }
}

/// Notes that a thread has begun with a notice, unless its recipient follows one already.
pub(super) fn written(connection: &Connection, notice: &Notice) -> rusqlite::Result<()> {
    // A notice of no incident is none of a correspondence about them.
    if notice.tells.is_empty() {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT OR IGNORE INTO threads (recipient, message_id) VALUES (?1, ?2)")?
        .execute([&notice.recipient, &notice.message_id])
        .map(drop)
}
