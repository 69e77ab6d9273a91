//! Notices: written once, tried until they are accepted or refused for good.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{Code, Json, Time};
use super::{Result, Store, StoreError, correspondence};
use crate::domain::{Notice, NoticeState, Section};

const COLUMNS: &str = "id, channel, recipient, address, sender, subject, message_id, message, state, attempts, \
                       next_attempt_at, created_at, sent_at, last_error, \
                       (SELECT json_group_array(json_array(incident, section)) FROM notice_incidents \
                        WHERE notice = notices.id) AS tells";

/// The outbox in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    /// Waiting for their first or next attempt.
    pub pending: u64,
    /// Accepted by the transport, and still kept.
    pub sent: u64,
    /// Refused for good.
    pub dead: u64,
    /// Taken out by hand.
    pub dropped: u64,
}

impl Store {
    /// Notices whose turn has come, after this one, at most `limit`: those that were tried least first, the oldest of them
    /// first. A notice that fails whenever it is tried then never stands before one that was not tried yet.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn due_notices(&self, now: Timestamp, after: Option<&Notice>, limit: usize) -> Result<Vec<Notice>> {
        let (attempts, id) = after.map_or((0, 0), |notice| (notice.attempts, notice.id.unwrap_or_default()));
        self.read_notices(
            "state = 'pending' AND next_attempt_at <= ?1 AND (attempts, id) > (?2, ?3) ORDER BY attempts, id LIMIT ?4",
            params![Time(now), attempts, id, limit],
        )
    }

    /// Notices in one state or in any, newest first, at most `limit`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn notices(&self, state: Option<NoticeState>, limit: usize) -> Result<Vec<Notice>> {
        self.read_notices("(?1 IS NULL OR state = ?1) ORDER BY id DESC LIMIT ?2", params![state.map(Code), limit])
    }

    /// The notice with this number.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn notice(&self, id: i64) -> Result<Option<Notice>> {
        self.read_notices("id = ?1", [id]).map(|mut found| found.pop())
    }

    /// Puts a notice that was refused for good, or taken out, back into the outbox, or lets one that waits be tried at
    /// once. Its attempts are counted anew, and its recipient counts as told again. `false`: there is none that was not
    /// sent.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn retry_notice(&self, id: i64, now: Timestamp) -> Result<bool> {
        let retry = || -> rusqlite::Result<_> {
            let both = self.connection.unchecked_transaction()?;
            let found = both.execute(
                "UPDATE notices SET state = 'pending', attempts = 0, next_attempt_at = ?2
                 WHERE id = ?1 AND state <> 'sent'",
                params![id, Time(now)],
            )?;
            if found > 0 {
                both.execute(TOLD_BY_NOTICE, [id])?;
                both.execute(OVER_BY_NOTICE, [id])?;
            }
            both.commit().map(|()| found > 0)
        };
        retry().map_err(self.explain("putting a notice back"))
    }

    /// Takes a notice that waits, or was refused for good, out of the outbox. It is kept and shown; what it tells of
    /// counts as told. `false`: there is none.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn drop_notice(&self, id: i64) -> Result<bool> {
        let drop = || -> rusqlite::Result<_> {
            let both = self.connection.unchecked_transaction()?;
            let found = both
                .execute("UPDATE notices SET state = 'dropped' WHERE id = ?1 AND state IN ('pending', 'dead')", [id])?;
            if found > 0 {
                both.execute(TOLD_BY_NOTICE, [id])?;
                both.execute(OVER_BY_NOTICE, [id])?;
            }
            both.commit().map(|()| found > 0)
        };
        drop().map_err(self.explain("taking a notice out"))
    }

    /// How many notices there are in each state.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn notice_counts(&self) -> Result<NoticeCounts> {
        self.connection
            .query_row(
                "SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'sent'),
                    count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state = 'dropped')
                 FROM notices",
                [],
                |row| {
                    Ok(NoticeCounts {
                        pending: row.get(0)?,
                        sent: row.get(1)?,
                        dead: row.get(2)?,
                        dropped: row.get(3)?,
                    })
                },
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

    /// Notes that a notice was refused for good. It is kept and shown, and not tried again; of what it tells
    /// its recipient knows what they knew before it.
    ///
    /// # Errors
    /// If the notice is not pending or the database cannot be written.
    pub fn mark_dead(&self, id: i64, error: &str) -> Result<()> {
        let both = self.connection.unchecked_transaction().map_err(self.explain("marking a notice"))?;
        self.mark(id, "state = 'dead', last_error = ?2", params![id, error])?;
        for step in [
            "DELETE FROM told WHERE notice = ?1",
            TOLD_BEFORE,
            "UPDATE sources SET told_at = NULL WHERE notice = ?1",
            "UPDATE alarms SET told_at = NULL WHERE notice = ?1",
        ] {
            both.execute(step, [id]).map_err(self.explain("marking a notice"))?;
        }
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

/// Counts the recipient of a notice as told of what it tells of, where that is not over and they were told nothing of it
/// since.
const TOLD_BY_NOTICE: &str = "INSERT OR IGNORE INTO told (incident, recipient, at, times, notice)
    SELECT mine.incident, notices.recipient, notices.created_at, 1, notices.id
    FROM notice_incidents AS mine JOIN notices ON notices.id = mine.notice JOIN incidents ON incidents.id = mine.incident
    WHERE mine.notice = ?1 AND mine.section <> 'fixed' AND incidents.state NOT IN ('resolved', 'expired')
        AND NOT EXISTS (SELECT 1 FROM notice_incidents AS later JOIN notices AS its ON its.id = later.notice
            WHERE later.incident = mine.incident AND its.recipient = notices.recipient AND its.state <> 'dead'
                AND its.id > notices.id)";

/// Of what a notice tells as right again nothing is owed to its recipient any more, unless they were told since that it is
/// wrong.
const OVER_BY_NOTICE: &str = "DELETE FROM told WHERE EXISTS (
    SELECT 1 FROM notice_incidents AS mine JOIN notices ON notices.id = mine.notice
    WHERE mine.notice = ?1 AND mine.section = 'fixed' AND mine.incident = told.incident
        AND notices.recipient = told.recipient AND told.at <= notices.created_at)";

/// What a recipient was told of the incidents of a dead notice before it: that counts again, whether it was to remind them
/// or to say that all is well.
const TOLD_BEFORE: &str = "INSERT OR IGNORE INTO told (incident, recipient, at, times, notice)
    SELECT mine.incident, before.recipient, before.created_at, 1, before.id
    FROM notice_incidents AS mine JOIN notices AS dead ON dead.id = mine.notice
    JOIN notice_incidents AS its ON its.incident = mine.incident JOIN notices AS before ON before.id = its.notice
    WHERE mine.notice = ?1 AND before.recipient = dead.recipient AND its.section <> 'fixed'
        AND before.id = (SELECT max(other.id) FROM notice_incidents AS theirs JOIN notices AS other ON other.id = theirs.notice
            WHERE theirs.incident = mine.incident AND other.recipient = dead.recipient AND other.state <> 'dead'
                AND other.id <> dead.id)";

/// Writes a notice. The same message of the same run to the same recipient is the same notice, so it is there once: one
/// that was refused for good is tried anew, and one that waits, was sent or was taken out stays as it is.
pub(super) fn write(connection: &Connection, run: Option<i64>, notice: &Notice) -> rusqlite::Result<i64> {
    let id = connection
        .prepare_cached(
            "INSERT INTO notices (run, channel, recipient, address, sender, subject, message_id, message, state,
                attempts, next_attempt_at, created_at, sent_at, last_error)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT (message_id) DO UPDATE
             SET state = iif(state = 'dead', 'pending', state), attempts = iif(state = 'dead', 0, attempts),
                next_attempt_at = iif(state = 'dead', excluded.next_attempt_at, next_attempt_at)
             RETURNING id",
        )?
        .query_row(
            params![
                run,
                notice.channel,
                notice.recipient,
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
            ],
            |row| row.get(0),
        )?;
    for (incident, section) in &notice.tells {
        tell(connection, id, notice, *incident, *section)?;
    }
    correspondence::written(connection, notice)?;
    Ok(id)
}

/// Notes that a notice tells of an incident.
fn tell(connection: &Connection, id: i64, notice: &Notice, incident: i64, section: Section) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO notice_incidents (notice, incident, section) VALUES (?1, ?2, ?3)")?
        .execute(params![id, incident, Code(section)])?;
    if section == Section::Fixed {
        connection
            .prepare_cached("DELETE FROM told WHERE incident = ?1 AND recipient = ?2")?
            .execute(params![incident, notice.recipient])?;
    } else {
        connection
            .prepare_cached(
                "INSERT INTO told (incident, recipient, at, times, notice) VALUES (?1, ?2, ?3, 1, ?4)
                 ON CONFLICT DO UPDATE
                 SET at = excluded.at, times = iif(stale, 1, times + 1), stale = 0, notice = excluded.notice",
            )?
            .execute(params![incident, notice.recipient, Time(notice.created_at), id])?;
    }
    Ok(())
}

fn notice(row: &rusqlite::Row<'_>) -> rusqlite::Result<Notice> {
    Ok(Notice {
        id: row.get("id")?,
        channel: row.get("channel")?,
        recipient: row.get("recipient")?,
        to: row.get("address")?,
        from: row.get("sender")?,
        subject: row.get("subject")?,
        message_id: row.get("message_id")?,
        message: row.get("message")?,
        tells: row.get::<_, Json<_>>("tells")?.0,
        state: row.get::<_, Code<_>>("state")?.0,
        attempts: row.get("attempts")?,
        next_attempt_at: row.get::<_, Time>("next_attempt_at")?.0,
        created_at: row.get::<_, Time>("created_at")?.0,
        sent_at: row.get::<_, Option<Time>>("sent_at")?.map(|at| at.0),
        last_error: row.get("last_error")?,
    })
}
