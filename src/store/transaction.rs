//! What belongs together is written together.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{TransactionBehavior, params};

use super::columns::{Code, Json, Time};
use super::error::explain;
use super::{Result, Store, StoreError, incidents, outbox};
use crate::domain::{Change, ChangeKind, Incident, ItemKey, Judged, Notice};

/// One step of a run: changes of incidents, the notices of them, and that they were told. Dropped without
/// [`Transaction::commit`] (or killed before) nothing of it happened.
#[derive(Debug)]
pub struct Transaction<'a> {
    file: &'a Path,
    run: i64,
    pub(super) inner: rusqlite::Transaction<'a>,
}

impl Store {
    /// Begins to write what belongs together, on behalf of a run that was begun.
    ///
    /// # Errors
    /// If another program holds the database.
    pub fn transaction(&mut self, run: i64) -> Result<Transaction<'_>> {
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

    /// Incidents of all shops of which something may have to be said, what this transaction has written among them: open
    /// ones that nobody was told of or that were seen wrong since `since`, and resolved ones whose owners believe them
    /// open. At most `limit` of those after the incident `after` (0 to begin with).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn to_be_told(&self, since: Timestamp, after: i64, limit: usize) -> Result<Vec<Incident>> {
        incidents::to_be_told(&self.inner, since, after, limit).map_err(self.explain("reading incidents"))
    }

    /// Addresses whose newest notice was refused for good since `since`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn refused(&self, since: Timestamp) -> Result<Vec<String>> {
        outbox::refused(&self.inner, since).map_err(self.explain("reading notices"))
    }

    /// Writes a change and returns the incident's row. A suspect that healed before it ever opened is forgotten. All
    /// but "went on as it was" is entered in the incident's history, at the time it was last seen (or resolved).
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn apply(&self, change: &Change) -> Result<i64> {
        self.write(change).map_err(self.explain("writing an incident"))
    }

    fn write(&self, change: &Change) -> rusqlite::Result<i64> {
        let Change { kind, incident } = change;
        let before = incidents::known(&self.inner, &incident.shop, &incident.key)?;
        if *kind == ChangeKind::Healed && incident.times_opened == 0 {
            let id = before.and_then(|before| before.id).unwrap_or(0);
            self.inner.execute("DELETE FROM incidents WHERE id = ?1", [id])?;
            return Ok(id);
        }
        let id = incidents::write(&self.inner, incident)?;
        let went_on = *kind == ChangeKind::Continued
            && before.is_some_and(|before| (&before.verdict, before.cause) == (&incident.verdict, incident.cause));
        if !went_on {
            let at = match kind {
                ChangeKind::Resolved => incident.resolved_at.unwrap_or(incident.last_seen),
                _ => incident.last_seen,
            };
            self.inner
                .prepare_cached(
                    "INSERT INTO incident_history (incident, run, at, kind, verdict, cause, because)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    id,
                    self.run,
                    Time(at),
                    Code(kind),
                    Code(&incident.verdict),
                    incident.cause.map(Code),
                    incident.because,
                ])?;
        }
        Ok(id)
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

    /// Puts a notice into the outbox, with the incidents it tells of, and returns its row.
    ///
    /// # Errors
    /// If the database cannot be written, or a notice with this Message-ID is there already.
    pub fn queue(&self, notice: &Notice) -> Result<i64> {
        outbox::write(&self.inner, self.run, notice).map_err(self.explain("writing a notice"))
    }

    /// Notes that notices now tell of these incidents. From here on the notice is as good as told: it lies in the outbox.
    /// Of a resolved incident nothing is owed any more.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn told(&self, incidents: &[i64], now: Timestamp) -> Result<()> {
        let write = || -> rusqlite::Result<_> {
            let mut statement = self.inner.prepare_cached(
                "UPDATE incidents SET told_at = CASE state WHEN 'resolved' THEN NULL ELSE ?2 END WHERE id = ?1",
            )?;
            incidents.iter().try_for_each(|id| statement.execute(params![id, Time(now)]).map(drop))
        };
        write().map_err(self.explain("noting who was told"))
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
