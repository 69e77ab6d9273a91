//! Stage 7, of the targets that shops set their touchpoints: whoever runs the shops is told once of one that is missed, until
//! it is kept again.

use jiff::Timestamp;

use super::{Job, RunError, remember};
use crate::domain::{Summary, Touchpoint};
use crate::notify::{self, Unmet};
use crate::store::Store;

/// The keys of targets in the configuration.
const TARGETS: [&str; 2] = ["truth_rate", "lag_p95"];

/// Notes which targets are missed and queues what must be said of it. Returns the number of notices.
pub(super) fn note(
    store: &mut Store,
    job: &Job,
    options: &notify::Options,
    summary: &Summary,
    now: Timestamp,
) -> Result<u64, RunError> {
    let transaction = store.transaction(Some(summary.run))?;
    let mut untold = Vec::new();
    for (shop, counted) in job.shops.iter().zip(&summary.shops) {
        // Of a shop that could not be checked nothing new is known.
        if counted.failed.is_some() {
            continue;
        }
        for (touchpoint, target) in Touchpoint::ALL.iter().flat_map(|one| TARGETS.map(|target| (one.code(), target))) {
            let kind = format!("target {} {touchpoint} {target}", shop.name);
            let missed = counted
                .targets_missed
                .iter()
                .find(|one| (one.touchpoint.as_str(), one.target.as_str()) == (touchpoint, target));
            let Some(missed) = missed else {
                transaction.calm(&kind)?;
                continue;
            };
            if let Some(since) = transaction.raise(&kind, &missed.was, now)? {
                let summary = counted.touchpoints.get(touchpoint).cloned().unwrap_or_default();
                untold.push((kind, Unmet { shop: shop.name.clone(), target: missed.clone(), summary, since }));
            }
        }
    }
    let refused = remember::refusing(&transaction, options, now)?;
    let (kinds, unmet): (Vec<_>, Vec<_>) = untold.into_iter().unzip();
    let notice = notify::unmet(options, &unmet, &refused, summary.run, now);
    let mut queued = 0;
    if let Some(notice) = notice.map_err(|error| RunError::Mail(error.to_string()))? {
        let id = transaction.queue(&notice)?;
        queued = 1;
        for kind in kinds {
            transaction.alarm_told(&kind, id, now)?;
        }
    }
    transaction.commit()?;
    Ok(queued)
}
