//! Notices: written once, tried until they are accepted or refused for good.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{Code, Time};
use super::{Result, Store, StoreError};
use crate::domain::{Notice, NoticeState};

const COLUMNS: &str = "id, recipient, sender, subject, message_id, message, state, attempts, next_attempt_at, \
                       created_at, sent_at, last_error, \
                       (SELECT group_concat(incident) FROM notice_incidents WHERE notice = notices.id) AS tells";

/// The outbox in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    /// Waiting for their first or next attempt.
    pub pending: u64,
    /// Accepted by the transport, and still kept.
    pub sent: u64,
    /// Refused for good.
    pub dead: u64,
}

impl Store {
    /// Notices whose turn has come, oldest first, at most `limit`. What was marked since is not among them, so that
    /// calling again after marking gives the next ones.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn due_notices(&self, now: Timestamp, limit: usize) -> Result<Vec<Notice>> {
        self.read_notices("state = 'pending' AND next_attempt_at <= ?1 ORDER BY id LIMIT ?2", params![Time(now), limit])
    }

    /// Notices in one state or in any, newest first, at most `limit`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn notices(&self, state: Option<NoticeState>, limit: usize) -> Result<Vec<Notice>> {
        self.read_notices("(?1 IS NULL OR state = ?1) ORDER BY id DESC LIMIT ?2", params![state.map(Code), limit])
    }

    /// How many notices there are in each state.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn notice_counts(&self) -> Result<NoticeCounts> {
        self.connection
            .query_row(
                "SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'sent'),
                    count(*) FILTER (WHERE state = 'dead') FROM notices",
                [],
                |row| Ok(NoticeCounts { pending: row.get(0)?, sent: row.get(1)?, dead: row.get(2)? }),
            )
            .map_err(self.explain("counting notices"))
    }

    /// Notes that a notice was accepted.
    ///
    /// # Errors
    /// If the notice is not pending or the database cannot be written.
    pub fn mark_sent(&self, id: i64, now: Timestamp) -> Result<()> {
        self.mark(id, "state = 'sent', sent_at = ?2, last_error = NULL", params![id, Time(now)])
    }

    /// Notes that a notice was refused for now, and when it is to be tried again.
    ///
    /// # Errors
    /// If the notice is not pending or the database cannot be written.
    pub fn mark_deferred(&self, id: i64, error: &str, next_at: Timestamp) -> Result<()> {
        self.mark(id, "last_error = ?2, next_attempt_at = ?3", params![id, error, Time(next_at)])
    }

    /// Notes that a notice was refused for good. It is kept and shown, and not tried again; of the open incidents it tells
    /// of, nobody was told after all.
    ///
    /// # Errors
    /// If the notice is not pending or the database cannot be written.
    pub fn mark_dead(&self, id: i64, error: &str) -> Result<()> {
        let both = self.connection.unchecked_transaction().map_err(self.explain("marking a notice"))?;
        self.mark(id, "state = 'dead', last_error = ?2", params![id, error])?;
        both.execute(
            "UPDATE incidents SET told_at = NULL
             WHERE state = 'open' AND id IN (SELECT incident FROM notice_incidents WHERE notice = ?1)",
            [id],
        )
        .map_err(self.explain("marking a notice"))?;
        // A notice of no incident is the one to operations; what it told of has been told to nobody.
        both.execute(
            "UPDATE sources SET told_at = NULL WHERE NOT EXISTS (SELECT 1 FROM notice_incidents WHERE notice = ?1)",
            [id],
        )
        .map_err(self.explain("marking a notice"))?;
        both.commit().map_err(self.explain("marking a notice"))
    }

    /// One attempt more, and what came of it.
    fn mark(&self, id: i64, outcome: &str, values: impl rusqlite::Params) -> Result<()> {
        let update =
            format!("UPDATE notices SET attempts = attempts + 1, {outcome} WHERE id = ?1 AND state = 'pending'");
        match self.connection.execute(&update, values).map_err(self.explain("marking a notice"))? {
            0 => Err(StoreError::NotPending { file: self.options.file.clone(), id }),
            _ => Ok(()),
        }
    }

    fn read_notices(&self, which: &str, values: impl rusqlite::Params) -> Result<Vec<Notice>> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM notices WHERE {which}"))?
                .query_map(values, notice)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading notices"))
    }
}

/// Addresses whose newest notice was refused for good since `since`.
pub(super) fn refused(connection: &Connection, since: Timestamp) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT recipient FROM notices
             WHERE id IN (SELECT max(id) FROM notices GROUP BY lower(recipient))
                AND state = 'dead' AND created_at >= ?1",
        )?
        .query_map([Time(since)], |row| row.get(0))?
        .collect()
}

pub(super) fn write(connection: &Connection, run: i64, notice: &Notice) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO notices (run, recipient, sender, subject, message_id, message, state, attempts,
                next_attempt_at, created_at, sent_at, last_error)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            run,
            notice.to,
            notice.from,
            notice.subject,
            notice.message_id,
            notice.message,
            Code(notice.state),
            notice.attempts,
            Time(notice.next_attempt_at),
            Time(notice.created_at),
            notice.sent_at.map(Time),
            notice.last_error,
        ])?;
    let id = connection.last_insert_rowid();
    let mut tells =
        connection.prepare_cached("INSERT OR IGNORE INTO notice_incidents (notice, incident) VALUES (?1, ?2)")?;
    notice.tells.iter().try_for_each(|incident| tells.execute([id, *incident]).map(drop))?;
    Ok(id)
}

fn notice(row: &rusqlite::Row<'_>) -> rusqlite::Result<Notice> {
    let tells: Option<String> = row.get("tells")?;
    Ok(Notice {
        id: row.get("id")?,
        to: row.get("recipient")?,
        from: row.get("sender")?,
        subject: row.get("subject")?,
        message_id: row.get("message_id")?,
        message: row.get("message")?,
        tells: tells.iter().flat_map(|all| all.split(',')).filter_map(|id| id.parse().ok()).collect(),
        state: row.get::<_, Code<_>>("state")?.0,
        attempts: row.get("attempts")?,
        next_attempt_at: row.get::<_, Time>("next_attempt_at")?.0,
        created_at: row.get::<_, Time>("created_at")?.0,
        sent_at: row.get::<_, Option<Time>>("sent_at")?.map(|at| at.0),
        last_error: row.get("last_error")?,
    })
}
