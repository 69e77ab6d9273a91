//! Silences: what nobody is to be told of.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Json, Time};
use super::{Result, Store, Transaction};
use crate::domain::{ChangeKind, Hand, Silence};

/// Incidents whose histories are written at once.
const ROWS: usize = 500;

impl Store {
    /// The silences that hold now, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn silences(&self, now: Timestamp) -> Result<Vec<Silence>> {
        read(&self.connection, now).map_err(self.explain("reading silences"))
    }
}

impl Transaction<'_> {
    /// As [`Store::silences`], with what this transaction has written so far.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn silences(&self, now: Timestamp) -> Result<Vec<Silence>> {
        read(&self.inner, now).map_err(self.explain("reading silences"))
    }

    /// Keeps a silence, enters it into the history of every incident it covers that is not over, and returns its number
    /// and how many these are.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn silence(&self, silence: &Silence) -> Result<(i64, u64)> {
        let write = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached("INSERT INTO silences (matcher, by, note, made_at, until) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                    Json(&silence.matcher),
                    silence.by,
                    silence.note,
                    Time(silence.made_at),
                    silence.until.map(Time)
                ])?;
            Ok(self.inner.last_insert_rowid())
        };
        let id = write().map_err(self.explain("writing a silence"))?;
        let kind = if silence.ignores() { ChangeKind::Ignored } else { ChangeKind::Silenced };
        let hand = Hand { by: silence.by.clone(), note: silence.note.clone() };
        let covered = self.enter_for_all(silence, kind, &hand, silence.made_at)?;
        Ok((id, covered))
    }

    /// Lifts a silence and says which it was; `None`: there is none with this number.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn unsilence(&self, id: i64, hand: &Hand, now: Timestamp) -> Result<Option<Silence>> {
        // One that has ended by itself is as good as gone.
        let Some(silence) = self.silences(now)?.into_iter().find(|silence| silence.id == Some(id)) else {
            return Ok(None);
        };
        self.inner.execute("DELETE FROM silences WHERE id = ?1", [id]).map_err(self.explain("lifting a silence"))?;
        self.enter_for_all(&silence, ChangeKind::Unsilenced, hand, now)?;
        Ok(Some(silence))
    }

    fn enter_for_all(&self, silence: &Silence, kind: ChangeKind, hand: &Hand, now: Timestamp) -> Result<u64> {
        let (mut after, mut covered) = (0, 0);
        loop {
            let batch =
                super::incidents::not_over(&self.inner, after, ROWS).map_err(self.explain("reading incidents"))?;
            let Some(last) = batch.last().and_then(|incident| incident.id) else { return Ok(covered) };
            after = last;
            for incident in batch.iter().filter(|incident| silence.covers(incident, now)) {
                covered += 1;
                let id = incident.id.unwrap_or_default();
                self.enter(id, now, kind, incident, Some(hand)).map_err(self.explain("writing a history"))?;
            }
        }
    }
}

fn read(connection: &rusqlite::Connection, now: Timestamp) -> rusqlite::Result<Vec<Silence>> {
    connection
        .prepare_cached(
            "SELECT id, matcher, by, note, made_at, until FROM silences WHERE until IS NULL OR until > ?1 ORDER BY id",
        )?
        .query_map([Time(now)], |row| {
            Ok(Silence {
                id: row.get(0)?,
                matcher: row.get::<_, Json<_>>(1)?.0,
                by: row.get(2)?,
                note: row.get(3)?,
                made_at: row.get::<_, Time>(4)?.0,
                until: row.get::<_, Option<Time>>(5)?.map(|until| until.0),
            })
        })?
        .collect()
}
