//! Stages 6 and 7: what changed since last time, and what must be said, written in one transaction.

use super::{Job, RunError, Scope, Tools, incident_policy};
use crate::domain::{Change, ChangeKind, Incident, IncidentState, Judged, ShopSummary, Summary};
use crate::incident;
use crate::notify::{ComposeError, Digests};
use crate::store::{self, Lock, Row, Store, Transaction, Worksheet};

/// Rows that are read from a sheet at once.
const ROWS: usize = 500;

/// The store and the lock on it; neither, where nothing is to be remembered.
pub(super) struct Memory {
    open: Option<(Store, Lock)>,
    clock: crate::domain::clock::Clock,
}

impl Memory {
    /// Opens the store and locks it, unless the scope leaves no traces.
    pub(super) fn open(job: &Job, scope: &Scope, tools: &Tools) -> Result<Self, RunError> {
        let open = if scope.remembers() {
            let lock = store::lock(&job.store, &tools.clock)?;
            let store = Store::open(&job.store)?;
            Some((store, lock))
        } else {
            None
        };
        Ok(Self { open, clock: tools.clock.clone() })
    }

    /// The store, if there is one.
    pub(super) fn store(&mut self) -> Option<&mut Store> {
        self.open.as_mut().map(|(store, _)| store)
    }

    /// Opens a run and returns its number; 0 where nothing is remembered.
    pub(super) fn begin(&mut self, now: jiff::Timestamp) -> Result<i64, RunError> {
        Ok(match self.store() {
            Some(store) => store.begin_run(now)?,
            None => 0,
        })
    }

    /// Closes the run and forgets what is older than the configuration wants kept.
    pub(super) fn finish(&mut self, summary: &Summary) -> Result<(), RunError> {
        let now = self.clock.now();
        if let Some(store) = self.store() {
            store.finish_run(summary.run, summary)?;
            store.retire(now)?;
        }
        Ok(())
    }

    /// Carries what the sheets hold into incidents and notices.
    pub(super) fn record(
        &mut self,
        job: &Job,
        scope: &Scope,
        sheets: &[Worksheet],
        summary: &mut Summary,
    ) -> Result<(), RunError> {
        let now = self.clock.now();
        let run = summary.run;
        let Some(store) = self.store() else { return Ok(()) };
        let options = job.notify.as_ref().filter(|_| !scope.no_mail);
        let mut digests = options.map(Digests::new).transpose().map_err(unwritable)?;
        let transaction = store.transaction(run)?;
        for ((shop, sheet), counted) in job.shops.iter().zip(sheets).zip(&mut summary.shops) {
            let mut ledger = Ledger { policy: incident_policy(shop), now, digests: digests.as_mut(), counted };
            ledger.wrong_items(&transaction, sheet)?;
            ledger.healed_items(&transaction, sheet)?;
        }
        if let Some(digests) = digests {
            for notice in digests.finish(run, now).map_err(unwritable)? {
                transaction.queue(&notice)?;
                transaction.told(&notice.tells, now)?;
                summary.notices_queued += 1;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Books one shop's changes.
struct Ledger<'a, 'n> {
    policy: incident::Policy,
    now: jiff::Timestamp,
    digests: Option<&'a mut Digests<'n>>,
    counted: &'a mut ShopSummary,
}

impl Ledger<'_, '_> {
    /// Mismatches of this run: new incidents, or known ones that go on.
    fn wrong_items(&mut self, transaction: &Transaction<'_>, sheet: &Worksheet) -> Result<(), RunError> {
        let mut after = None;
        loop {
            let pages = sheet.suspects(after.as_ref(), ROWS)?;
            let Some(last) = pages.last() else { return Ok(()) };
            after = Some(last.url.clone());
            for row in pages.into_iter().flat_map(|page| page.rows) {
                let known = transaction.known(&row.value.shop, &row.value.key)?;
                self.advance(known.as_ref(), row, transaction, sheet)?;
            }
        }
    }

    /// Incidents of earlier runs whose items agree now.
    fn healed_items(&mut self, transaction: &Transaction<'_>, sheet: &Worksheet) -> Result<(), RunError> {
        let mut after = 0;
        loop {
            let batch = transaction.unresolved(&self.counted.shop, after, ROWS)?;
            let Some(last) = batch.last().and_then(|incident| incident.id) else { return Ok(()) };
            after = last;
            for known in batch {
                if let Some(row) = sheet.judged_of(&known.key)?
                    && !row.value.judgement.verdict.is_mismatch()
                {
                    self.advance(Some(&known), row, transaction, sheet)?;
                }
            }
        }
    }

    fn advance(
        &mut self,
        known: Option<&Incident>,
        row: Row<Judged>,
        transaction: &Transaction<'_>,
        sheet: &Worksheet,
    ) -> Result<(), RunError> {
        let mut judged = row.value;
        let Some(change) = incident::advance(known, &judged, &self.policy, self.now) else { return Ok(()) };
        // What healed before it counted is forgotten, so there is nothing to be called resolved.
        judged.incident = (change.kind != ChangeKind::Healed).then_some(change.incident.state);
        judged.since = judged.judgement.verdict.is_mismatch().then_some(change.incident.first_seen);
        sheet.put_judged(row.id, &judged)?;
        transaction.record(&judged, self.now)?;
        self.book(change, transaction)
    }

    fn book(&mut self, mut change: Change, transaction: &Transaction<'_>) -> Result<(), RunError> {
        change.incident.id = Some(transaction.apply(&change)?);
        match change.kind {
            ChangeKind::Opened | ChangeKind::Reopened => self.counted.opened += 1,
            ChangeKind::Resolved => self.counted.resolved += 1,
            ChangeKind::Suspected | ChangeKind::Continued | ChangeKind::Healed => {}
        }
        if change.incident.state == IncidentState::Suspected && change.kind != ChangeKind::Healed {
            self.counted.suspected += 1;
        }
        if let Some(digests) = self.digests.as_deref_mut() {
            digests.add(&change, self.now);
        }
        Ok(())
    }
}

fn unwritable(error: ComposeError) -> RunError {
    RunError::Mail(error.to_string())
}
