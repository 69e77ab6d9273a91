//! What belongs together is written together.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{TransactionBehavior, params};

use super::columns::{Code, Json, Time};
use super::error::explain;
use super::{Result, Store, StoreError, incidents, outbox};
use crate::domain::{Change, ChangeKind, Hand, Incident, ItemKey, Judged, Notice, Telling};

/// One step of a run: changes of incidents, the notices of them, and that they were told. Dropped without
/// [`Transaction::commit`] (or killed before) nothing of it happened.
#[derive(Debug)]
pub struct Transaction<'a> {
    file: &'a Path,
    pub(super) run: Option<i64>,
    pub(super) inner: rusqlite::Transaction<'a>,
}

impl Store {
    /// Begins to write what belongs together, on behalf of a run that was begun; `None`: of a person.
    ///
    /// # Errors
    /// If another program holds the database.
    pub fn transaction(&mut self, run: Option<i64>) -> Result<Transaction<'_>> {
        let file = self.options.file.as_path();
        let inner = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(explain(file, "beginning to write"))?;
        Ok(Transaction { file, run, inner })
    }
}

impl Transaction<'_> {
    /// As [`Store::known`], with what this transaction has written so far.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known(&self, shop: &str, key: &ItemKey) -> Result<Option<Incident>> {
        incidents::known(&self.inner, shop, key).map_err(self.explain("reading an incident"))
    }

    /// Suspected and open incidents of a shop, what this transaction has written among them: at most `limit` of those
    /// after the incident `after` (0 to begin with).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn unresolved(&self, shop: &str, after: i64, limit: usize) -> Result<Vec<Incident>> {
        incidents::unresolved(&self.inner, shop, after, limit).map_err(self.explain("reading incidents"))
    }

    /// Incidents of all shops of which something may have to be said, what this transaction has written among them, each
    /// with whom it was told to: open ones, and those that a recipient believes open. At most `limit` of those after the
    /// incident `after` (0 to begin with).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn tellable(&self, after: i64, limit: usize) -> Result<Vec<(Incident, Vec<Telling>)>> {
        incidents::tellable(&self.inner, after, limit).map_err(self.explain("reading incidents"))
    }

    /// How many incidents of a shop are open that opened since then.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn opened_since(&self, shop: &str, since: Timestamp) -> Result<u64> {
        self.inner
            .query_row(
                "SELECT count(*) FROM incidents
                 WHERE shop = ?1 AND state IN ('open', 'acknowledged') AND opened_at >= ?2",
                params![shop, Time(since)],
                |row| row.get(0),
            )
            .map_err(self.explain("counting incidents"))
    }

    /// Writes a change and returns the incident's row. A suspect that healed before it ever opened is forgotten. All
    /// but "went on as it was" is entered in the incident's history, at the time it was last seen (or resolved).
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn apply(&self, change: &Change) -> Result<i64> {
        self.write(change, None).map_err(self.explain("writing an incident"))
    }

    /// As [`Transaction::apply`], of what a person did now.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn apply_by_hand(&self, change: &Change, now: Timestamp) -> Result<i64> {
        self.write(change, Some(now)).map_err(self.explain("writing an incident"))
    }

    fn write(&self, change: &Change, by_hand: Option<Timestamp>) -> rusqlite::Result<i64> {
        let Change { kind, incident, hand } = change;
        let before = incidents::known(&self.inner, &incident.shop, &incident.key)?;
        if *kind == ChangeKind::Healed && incident.times_opened == 0 {
            let id = before.and_then(|before| before.id).unwrap_or(0);
            self.inner.execute("DELETE FROM incidents WHERE id = ?1", [id])?;
            return Ok(id);
        }
        let id = incidents::write(&self.inner, incident)?;
        // What somebody was told is not enough when something else is wrong now, though its end is owed to them; and of what
        // nobody saw put right nobody is told that it was.
        let something_else = before.as_ref().is_some_and(|before| incident.is_another_matter(before));
        let unseen = *kind == ChangeKind::Expired || (*kind == ChangeKind::Resolved && hand.is_some());
        if unseen {
            self.inner.prepare_cached("DELETE FROM told WHERE incident = ?1")?.execute([id])?;
        } else if something_else {
            self.inner.prepare_cached("UPDATE told SET stale = 1 WHERE incident = ?1")?.execute([id])?;
        }
        let went_on = *kind == ChangeKind::Continued
            && !something_else
            && before.is_some_and(|before| before.cause == incident.cause);
        if !went_on {
            let at = match kind {
                ChangeKind::Resolved | ChangeKind::Expired => incident.resolved_at.unwrap_or(incident.last_seen),
                ChangeKind::Acknowledged => incident.ack.as_ref().map_or(incident.last_seen, |ack| ack.at),
                ChangeKind::Opened | ChangeKind::Reopened => incident.opened_at.unwrap_or(incident.last_seen),
                _ => incident.last_seen,
            };
            self.enter(id, by_hand.unwrap_or(at), *kind, incident, hand.as_ref())?;
        }
        Ok(id)
    }

    /// Enters a step into an incident's history.
    pub(super) fn enter(
        &self,
        id: i64,
        at: Timestamp,
        kind: ChangeKind,
        incident: &Incident,
        hand: Option<&Hand>,
    ) -> rusqlite::Result<()> {
        self.inner
            .prepare_cached(
                "INSERT INTO incident_history (incident, run, at, kind, verdict, cause, because, by, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                id,
                self.run,
                Time(at),
                Code(kind),
                Code(&incident.verdict),
                incident.cause.map(Code),
                incident.because,
                hand.map(|hand| &hand.by),
                hand.map(|hand| &hand.note),
            ])
            .map(drop)
    }

    /// Keeps the evidence of a mismatch, one per item and run; whatever is no mismatch is passed over.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn record(&self, judged: &Judged, now: Timestamp) -> Result<()> {
        if !judged.judgement.verdict.is_mismatch() {
            return Ok(());
        }
        let write = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached(
                    "INSERT OR REPLACE INTO findings
                        (run, shop, item_key, seen_at, verdict, cause, because, claim, fact)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    self.run,
                    judged.shop,
                    judged.key.0,
                    Time(now),
                    Code(&judged.judgement.verdict),
                    judged.judgement.cause.map(Code),
                    judged.judgement.because,
                    judged.claim.as_ref().map(Json),
                    judged.fact.as_ref().map(Json),
                ])
        };
        write().map_err(self.explain("writing what was found"))?;
        Ok(())
    }

    /// Puts a notice into the outbox and returns its row. From here on its recipient counts as told of the incidents it
    /// tells of; of one that is told as fixed nothing is owed to them any more. A notice with this Message-ID that is there
    /// already is that notice: it is put back where it was refused for good, and else left as it is.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn queue(&self, notice: &Notice) -> Result<i64> {
        outbox::write(&self.inner, self.run, notice).map_err(self.explain("writing a notice"))
    }

    /// Makes all of it happened.
    ///
    /// # Errors
    /// If the database cannot be written; then nothing of it happened.
    pub fn commit(self) -> Result<()> {
        let explain = explain(self.file, "committing what a run found");
        self.inner.commit().map_err(explain)
    }

    pub(super) fn explain(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + use<'_> {
        explain(self.file, doing)
    }
}
