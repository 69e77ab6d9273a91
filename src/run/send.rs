//! Telling without looking: what is due now by everybody's cadence, and what waits in the outbox. For timers at the times
//! of digests, between the checks, and for a person who has put a way right.

use jiff::Timestamp;

use super::{Job, Look, RunError, Tools, notices, remember, tell};
use crate::notify;
use crate::store::{self, Store};

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Notices recorded now.
    pub queued: u64,
    /// Notices accepted now, earlier ones among them.
    pub sent: u64,
    /// Notices that wait for another attempt.
    pub pending: u64,
    /// Notices that were given up.
    pub dead: u64,
}

/// Decides who is told what now, records it and sends what is due.
///
/// # Errors
/// If another run is under way, or the store or the options cannot be used.
pub async fn send(job: &Job, options: &notify::Options, tools: &Tools) -> Result<Sent, RunError> {
    let _lock = store::lock(&job.store, &tools.clock)?;
    let mut store = Store::open(&job.store)?;
    let look = last_look(&store, tools.clock.now())?;
    let now = tools.clock.now();
    let transaction = store.transaction(None)?;
    let told = notices::plan(&transaction, options, &look, now)?;
    let queued = told.len() as u64 + remember::queue_alarm(&transaction, options, look.run, now)?;
    transaction.commit()?;
    let sent = tell::deliver(options, &store, tools).await?;
    counted(&store, Sent { queued, sent, ..Sent::default() })
}

/// Sends these notices now, if they wait.
///
/// # Errors
/// As [`send`].
pub async fn send_these(job: &Job, options: &notify::Options, tools: &Tools, ids: &[i64]) -> Result<Sent, RunError> {
    let _lock = store::lock(&job.store, &tools.clock)?;
    let store = Store::open(&job.store)?;
    let sent = tell::deliver_these(options, &store, tools, ids).await?;
    counted(&store, Sent { sent, ..Sent::default() })
}

/// The last run that came to its end, as a look at the shops.
///
/// # Errors
/// If the store cannot be read.
pub fn last_look(store: &Store, now: Timestamp) -> Result<Look, RunError> {
    let last = store.last_run()?;
    Ok(last.map_or(Look { run: 0, began: now, shops: Vec::new() }, |summary| Look {
        run: summary.run,
        began: summary.started_at,
        shops: summary.shops.into_iter().map(|shop| shop.shop).collect(),
    }))
}

fn counted(store: &Store, sent: Sent) -> Result<Sent, RunError> {
    let counts = store.notice_counts()?;
    Ok(Sent { pending: counts.pending, dead: counts.dead, ..sent })
}
