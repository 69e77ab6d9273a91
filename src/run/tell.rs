//! Stage 8: the outbox, oldest first. A notice is marked sent after it was accepted, so a kill repeats at most one.

use super::remember::Memory;
use super::{Job, RunError, Scope, Tools};
use crate::domain::Summary;
use crate::notify::{Courier, Fault, Next, mask, next_attempt};

/// Failures of the way in a row after which the rest waits for the next run: the server is in trouble, not a mailbox.
const PATIENCE: u32 = 3;

/// Notices that are read from the outbox at once.
const NOTICES: usize = 20;

/// Sends what is due. Never fails for a mail server's sake: what was not accepted stays in the outbox.
pub(super) async fn deliver(
    job: &Job,
    scope: &Scope,
    tools: &Tools,
    memory: &mut Memory,
    summary: &mut Summary,
) -> Result<(), RunError> {
    let Some(store) = memory.store() else { return Ok(()) };
    if let (Some(options), false) = (&job.notify, scope.no_mail) {
        let courier = Courier::new(options, &tools.clock).map_err(|error| RunError::Mail(error.to_string()))?;
        let mut failures = 0;
        // What is put off now is for the next run, however short its pause.
        let begun = tools.clock.now();
        'outbox: loop {
            let due = store.due_notices(begun, NOTICES)?;
            if due.is_empty() {
                break;
            }
            for notice in &due {
                let Some(id) = notice.id else { continue };
                let Some(answer) = tools.stop.or(courier.send(notice)).await else { break 'outbox };
                let now = tools.clock.now();
                match answer {
                    Ok(()) => {
                        store.mark_sent(id, now)?;
                        tracing::info!("{} to {}: accepted", notice.channel, mask(&notice.to));
                        summary.notices_sent += 1;
                        failures = 0;
                    }
                    Err(refusal) => {
                        tracing::warn!("{} to {}: {}", notice.channel, mask(&notice.to), refusal.what);
                        let next = next_attempt(notice.attempts + 1, options, now);
                        match (refusal.temporary, next) {
                            (true, Next::At(time)) => {
                                let asked = refusal.not_before.and_then(|pause| now.checked_add(pause).ok());
                                store.mark_deferred(id, &refusal.what, asked.map_or(time, |asked| asked.max(time)))?;
                            }
                            _ => store.mark_dead(id, &refusal.what)?,
                        }
                        failures = if refusal.fault == Fault::Way { failures + 1 } else { 0 };
                    }
                }
                if failures >= PATIENCE {
                    break 'outbox;
                }
            }
        }
    }
    let counts = store.notice_counts()?;
    (summary.notices_pending, summary.notices_dead) = (counts.pending, counts.dead);
    Ok(())
}
