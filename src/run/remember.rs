//! Stages 6 and 7: what changed since last time, and what must be said, written in one transaction.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Job, Look, RunError, Scope, Shop, Tools, follow, notices};
use crate::domain::{
    Census, Change, ChangeKind, Doubted, Incident, IncidentState, Judged, MISMATCHES, ShopSummary, SourceSummary, Step,
    Summary, Touchpoint, Verdict,
};
use crate::incident;
use crate::judge;
use crate::notify;
use crate::store::{self, Lock, Row, Store, StoreError, Transaction, Worksheet};

/// Rows that are read from a sheet at once.
const ROWS: usize = 500;

/// The store and the lock on it; neither, where nothing is to be remembered.
pub(super) struct Memory {
    open: Option<(Store, Lock)>,
    /// What earlier runs remembered, where this one only looks.
    past: Option<Store>,
    policy: incident::Policy,
    severity: Vec<incident::SeverityRule>,
    /// Whether what is hard to believe is to be believed, this once.
    accepted: bool,
    clock: crate::domain::clock::Clock,
}

impl Memory {
    /// Opens the store and locks it, unless the scope leaves no traces.
    pub(super) fn open(job: &Job, scope: &Scope, tools: &Tools) -> Result<Self, RunError> {
        let clock = tools.clock.clone();
        let (policy, severity) = (job.incidents.clone(), job.severity.clone());
        if !scope.remembers() {
            // A look that leaves no traces is worth having even where nothing can be read of earlier ones.
            let past = if scope.is_ad_hoc() { None } else { Store::peek(&job.store).ok().flatten() };
            return Ok(Self { open: None, past, policy, severity, accepted: false, clock });
        }
        let lock = store::lock(&job.store, &tools.clock)?;
        let store = Store::open(&job.store)?;
        let sources = job.shops.iter().flat_map(|shop| {
            let names = shop.stock.sources.iter().map(|source| source.name.as_str());
            names.chain([MISMATCHES]).map(|source| (shop.name.as_str(), source))
        });
        store.keep_sources(sources)?;
        Ok(Self { open: Some((store, lock)), past: None, policy, severity, accepted: scope.accept_stock, clock })
    }

    /// The store, if there is one.
    pub(super) fn store(&mut self) -> Option<&mut Store> {
        self.open.as_mut().map(|(store, _)| store)
    }

    /// What earlier runs remembered, if any of it is to be used.
    pub(super) fn past(&self) -> Option<&Store> {
        self.open.as_ref().map(|(store, _)| store).or(self.past.as_ref())
    }

    /// The last reading of a source that was believed, where one can be held against it.
    pub(super) fn census(&self, shop: &str, source: &str, scope: &Scope) -> Result<Option<Census>, StoreError> {
        match self.past().filter(|_| !scope.accept_stock) {
            Some(store) => store.census(shop, source),
            None => Ok(None),
        }
    }

    /// Where a bulk reading of a shop's source lies until it is through.
    pub(super) fn spool(&self, shop: &str, number: usize) -> Option<std::path::PathBuf> {
        self.open.as_ref().map(|(store, _)| store.spool(shop, number))
    }

    /// Opens a run and returns its number; 0 where nothing is remembered.
    pub(super) fn begin(&mut self, now: Timestamp) -> Result<i64, RunError> {
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

    /// Books what a shop's sheet holds, and, if there is somebody to tell, queues what must be said of all shops: one
    /// transaction. What an earlier shop or run left untold is found in the store, so nothing is lost by a kill between.
    /// Returns the number of notices queued.
    pub(super) fn record(
        &mut self,
        shop: &Shop,
        sheet: &Worksheet,
        whole: bool,
        counted: &mut ShopSummary,
        summary: &Summary,
        tell: Option<&notify::Options>,
    ) -> Result<u64, RunError> {
        let now = self.clock.now();
        let Self { open: Some((store, _)), policy, severity, accepted, .. } = self else { return Ok(0) };
        // A shop that was never checked before has nothing to jump from.
        let can_jump = !*accepted && store.was_checked(&shop.name)?;
        let transaction = store.transaction(Some(summary.run))?;
        let policy = incident::Policy { grace: shop.grace, ..policy.clone() };
        let asks_the_cart = shop.cart.is_some();
        let mut ledger = Ledger { policy, severity: severity.as_slice(), now, asks_the_cart, counted };
        ledger.wrong_items(&transaction, sheet)?;
        ledger.other_incidents(&transaction, sheet, whole)?;
        ledger.jump(&transaction, shop.max_jump, can_jump)?;
        follow::remember(&transaction, shop, sheet, whole, counted, now)?;
        for source in &counted.stock {
            note_reading(&transaction, &shop.name, source, now)?;
        }
        let queued = match tell {
            Some(options) => {
                let looked = summary.shops.iter().map(|shop| shop.shop.clone()).chain([shop.name.clone()]);
                let look = Look { run: summary.run, began: summary.started_at, shops: looked.collect() };
                let told = notices::plan(&transaction, options, &look, now)?;
                told.len() as u64 + queue_alarm(&transaction, options, summary.run, now)?
            }
            None => 0,
        };
        transaction.commit()?;
        Ok(queued)
    }
}

/// What the next run holds a source's reading against; or that the source is not believed.
fn note_reading(
    transaction: &Transaction<'_>,
    shop: &str,
    source: &SourceSummary,
    now: Timestamp,
) -> Result<(), RunError> {
    match (&source.doubt, &source.census) {
        (Some(doubt), _) => {
            let (shop, source) = (shop.to_owned(), source.name.clone());
            transaction.doubt(&Doubted { shop, source, doubt: doubt.clone(), since: now })?;
        }
        (None, Some(census)) => transaction.believe(shop, &source.name, census)?,
        (None, None) => {}
    }
    Ok(())
}

/// Writes the notice to operations of the sources that are not believed, once, until they are.
pub(super) fn queue_alarm(
    transaction: &Transaction<'_>,
    options: &notify::Options,
    run: i64,
    now: Timestamp,
) -> Result<u64, RunError> {
    let doubted = transaction.untold_doubts()?;
    let refused = refusing(transaction, options, now)?;
    let alarm = notify::alarm(options, &doubted, &refused, run, now);
    let Some(notice) = alarm.map_err(|error| RunError::Mail(error.to_string()))? else { return Ok(0) };
    let id = transaction.queue(&notice)?;
    transaction.doubts_told(id, now)?;
    Ok(1)
}

/// Who of those who are told of alarms lately would not take any, by their keys.
pub(super) fn refusing(
    transaction: &Transaction<'_>,
    options: &notify::Options,
    now: Timestamp,
) -> Result<Vec<String>, RunError> {
    let lately = now.saturating_sub(notify::A_DAY).unwrap_or(Timestamp::MIN);
    let mut refused = Vec::new();
    for recipient in options.operations().chain(options.fallback()) {
        if transaction.correspondence(&recipient.key(), now, lately)?.refuses {
            refused.push(recipient.key());
        }
    }
    Ok(refused)
}

/// Books one shop's changes.
struct Ledger<'a> {
    policy: incident::Policy,
    severity: &'a [incident::SeverityRule],
    now: Timestamp,
    /// Whether the shop's cart is asked at all.
    asks_the_cart: bool,
    counted: &'a mut ShopSummary,
}

impl Ledger<'_> {
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

    /// Incidents of earlier runs: those whose items agree now, and, where the whole catalogue was read, those whose items
    /// it does not list any more.
    fn other_incidents(
        &mut self,
        transaction: &Transaction<'_>,
        sheet: &Worksheet,
        whole: bool,
    ) -> Result<(), RunError> {
        let mut after = 0;
        loop {
            let batch = transaction.unresolved(&self.counted.shop, after, ROWS)?;
            let Some(last) = batch.last().and_then(|incident| incident.id) else { return Ok(()) };
            after = last;
            for known in batch {
                match sheet.judged_of(&known.key)? {
                    Some(row) if !row.value.judgement.verdict.is_mismatch() => {
                        if !self.unseen(&known, &row.value).is_empty() {
                            self.counted.out_of_sight += u64::from(row.value.judgement.verdict == Verdict::Agrees);
                            continue;
                        }
                        self.advance(Some(&known), row, transaction, sheet)?;
                    }
                    None if whole && !sheet.contains(&known.key)? => {
                        if let Some(change) = incident::unlisted(&known, self.now) {
                            self.book(&change, transaction)?;
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// What was wrong and could not be seen now.
    fn unseen(&self, known: &Incident, judged: &Judged) -> Vec<Step> {
        let buyable = judged.fact.as_ref().map(|fact| judge::buyable(fact, self.now));
        incident::unseen(known, judged, buyable, |step| self.could_be_seen(step))
    }

    /// Whether a feed or listing was read to its end, or is not looked at any more; what a cart would say is only seen by
    /// asking it.
    fn could_be_seen(&self, step: &Step) -> bool {
        let is_it = |name: &String| step.place.as_ref() == Some(name);
        match step.touchpoint {
            Touchpoint::Feed => !self.counted.feeds.iter().any(|feed| is_it(&feed.name) && feed.failed.is_some()),
            Touchpoint::Listing => !self
                .counted
                .listings
                .iter()
                .any(|listing| is_it(&listing.name) && (listing.failed.is_some() || listing.troubles > 0)),
            // Whose page was looked at has it on its way.
            Touchpoint::Page => false,
            Touchpoint::Cart => !self.asks_the_cart,
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
        // What was wrong and could not be seen now is not forgotten for that.
        let unseen = known.map(|known| self.unseen(known, &judged));
        let journey = judged.journey.clone().with(unseen.unwrap_or_default());
        let looked_at = Judged { journey, ..judged.clone() };
        let Some(mut change) = incident::advance(known, &looked_at, &self.policy, self.now) else { return Ok(()) };
        if !change.incident.state.is_over() {
            let severity = incident::severity(&change.incident, &self.counted.usual, self.severity, self.now);
            change.incident.severity = Some(severity);
        }
        // What healed before it counted is forgotten, so there is nothing to be called resolved.
        judged.incident = (change.kind != ChangeKind::Healed).then_some(change.incident.state);
        judged.severity.clone_from(&change.incident.severity);
        judged.since = judged.judgement.verdict.is_mismatch().then_some(change.incident.first_seen);
        sheet.put_judged(row.id, &judged)?;
        transaction.record(&judged, self.now)?;
        self.book(&change, transaction)
    }

    /// Holds what would be told of the shop where too much became wrong at once, until that is over or accepted.
    fn jump(&mut self, transaction: &Transaction<'_>, limit: Decimal, can_jump: bool) -> Result<(), RunError> {
        let shop = self.counted.shop.clone();
        let since = transaction.doubted_since(&shop, MISMATCHES)?;
        let opened = match since {
            Some(since) => transaction.opened_since(&shop, since)?,
            None => self.counted.opened,
        };
        self.counted.held = incident::jumped(opened, self.counted.items, limit).filter(|_| can_jump);
        match &self.counted.held {
            Some(doubt) => transaction.doubt(&Doubted {
                shop,
                source: MISMATCHES.to_owned(),
                doubt: doubt.clone(),
                since: self.now,
            })?,
            None => transaction.undoubt(&shop, MISMATCHES)?,
        }
        Ok(())
    }

    fn book(&mut self, change: &Change, transaction: &Transaction<'_>) -> Result<(), RunError> {
        transaction.apply(change)?;
        match change.kind {
            ChangeKind::Opened | ChangeKind::Reopened => self.counted.opened += 1,
            ChangeKind::Resolved => self.counted.resolved += 1,
            ChangeKind::Expired => self.counted.expired += 1,
            _ => {}
        }
        if change.incident.state == IncidentState::Suspected && change.kind != ChangeKind::Healed {
            self.counted.suspected += 1;
        }
        Ok(())
    }
}
