//! Stage 8: the outbox, what was tried least first. A notice is marked sent after it was accepted, so a kill repeats at
//! most one.

use std::collections::BTreeMap;

use super::{RunError, Tools};
use crate::domain::{Notice, NoticeState};
use crate::notify::{self, Courier, Fault, Next, mask, next_attempt};
use crate::store::{Store, StoreError};

/// Failures of a way in a row after which what else goes there waits for the next run: the server is in trouble, not a
/// mailbox.
const PATIENCE: u32 = 3;

/// Notices that are read from the outbox at once.
const NOTICES: usize = 20;

/// Sends what is due and says how many were accepted. Never fails for a mail server's sake: what was not accepted stays
/// in the outbox.
pub(super) async fn deliver(options: &notify::Options, store: &Store, tools: &Tools) -> Result<u64, RunError> {
    let mut round = Round::begin(options, tools)?;
    // What is put off now is for the next run, however short its pause.
    let begun = tools.clock.now();
    let mut last = None;
    loop {
        let due = store.due_notices(begun, last.as_ref(), NOTICES)?;
        if due.is_empty() || !round.send(&due, store).await? {
            return Ok(round.sent);
        }
        last = due.into_iter().last();
    }
}

/// As [`deliver`], of these notices only.
pub(super) async fn deliver_these(
    options: &notify::Options,
    store: &Store,
    tools: &Tools,
    ids: &[i64],
) -> Result<u64, RunError> {
    let mut round = Round::begin(options, tools)?;
    for id in ids {
        let due = store.notice(*id)?.filter(|notice| notice.state == NoticeState::Pending);
        if !round.send(due.as_slice(), store).await? {
            break;
        }
    }
    Ok(round.sent)
}

/// One time of sending.
struct Round<'a> {
    options: &'a notify::Options,
    tools: &'a Tools,
    courier: Courier,
    /// Of each way, in a row.
    failures: BTreeMap<String, u32>,
    sent: u64,
}

impl<'a> Round<'a> {
    fn begin(options: &'a notify::Options, tools: &'a Tools) -> Result<Self, RunError> {
        let courier = Courier::new(options, &tools.clock).map_err(|error| RunError::Mail(error.to_string()))?;
        Ok(Self { options, tools, courier, failures: BTreeMap::new(), sent: 0 })
    }

    /// Sends some, as far as their ways are not given up; `false`: the run is to stop.
    async fn send(&mut self, due: &[Notice], store: &Store) -> Result<bool, RunError> {
        for notice in due {
            let Some(id) = notice.id else { continue };
            let failed = self.failures.entry(Courier::way_name(notice).to_owned()).or_default();
            if *failed >= PATIENCE {
                continue;
            }
            let Some(answer) = self.tools.stop.or(self.courier.send(notice)).await else { return Ok(false) };
            let now = self.tools.clock.now();
            match answer {
                Ok(()) => {
                    marked(store.mark_sent(id, now))?;
                    tracing::info!("{} to {}: accepted", notice.channel, mask(&notice.to));
                    self.sent += 1;
                    *failed = 0;
                }
                Err(refusal) => {
                    tracing::warn!("{} to {}: {}", notice.channel, mask(&notice.to), refusal.what);
                    let next = next_attempt(notice.attempts + 1, self.options, now);
                    match (refusal.temporary, next) {
                        (true, Next::At(time)) => {
                            let asked = refusal.not_before.and_then(|pause| now.checked_add(pause).ok());
                            marked(store.mark_deferred(
                                id,
                                &refusal.what,
                                asked.map_or(time, |asked| asked.max(time)),
                            ))?;
                        }
                        _ => marked(store.mark_dead(id, &refusal.what))?,
                    }
                    *failed = if refusal.fault == Fault::Way { *failed + 1 } else { 0 };
                }
            }
        }
        Ok(true)
    }
}

/// Somebody may have taken a notice out, or sent it, while it was under way: that is no reason to stop.
fn marked(outcome: Result<(), StoreError>) -> Result<(), StoreError> {
    match outcome {
        Err(error @ StoreError::NotPending { .. }) => {
            tracing::warn!("{error}");
            Ok(())
        }
        outcome => outcome,
    }
}
