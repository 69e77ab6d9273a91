//! Whether checks happen at all, and whether they check anything: whoever runs the shops is told once that they do not,
//! and once that they do again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Job, RunError, Tools, remember, tell};
use crate::domain::{NoticeState, ShopSummary, Summary};
use crate::notify::{self, Missed};
use crate::store::{Store, Transaction};

/// What the store calls it that no check happened.
const MISSED: &str = "missed_run";

/// And that the last one checked nothing.
const IDLE: &str = "idle_run";

/// Notices to operations that are looked at.
const MOST: usize = 1000;

/// What is to be seen of the runs themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vigil {
    /// That no check happened for too long.
    pub missed: Option<Missed>,
    /// That the last one checked nothing, though nothing else explains it.
    pub idle: Option<Missed>,
    /// The last run and when it finished.
    pub last: Option<(i64, Timestamp)>,
    /// Whether it checked something: only then is what was wrong over.
    pub worked: bool,
}

/// Looks at the last run that came to its end. Without `missed_after` nobody knows when there should have been one.
pub fn vigil(last: Option<&Summary>, missed_after: Option<Duration>, now: Timestamp) -> Vigil {
    let since = last.map(|summary| summary.finished_at);
    let missed = missed_after.and_then(|allowed| {
        let longest = SignedDuration::try_from(allowed).unwrap_or(SignedDuration::MAX);
        let is_late = since.is_none_or(|since| now.duration_since(since) > longest);
        is_late.then_some(Missed::NoRun { since, allowed })
    });
    let idle = last.filter(|summary| is_idle(summary)).map(|summary| Missed::NothingChecked { run: summary.run });
    let worked = last.is_some_and(|summary| summary.shops.iter().any(|shop| shop.verified() > 0));
    Vigil { missed, idle, last: last.map(|summary| (summary.run, summary.finished_at)), worked }
}

/// Whether a run checked nothing. Of stock that is not believed operations are told anyway, and one that was stopped says
/// so itself.
fn is_idle(summary: &Summary) -> bool {
    let doubted = summary.shops.iter().flat_map(|shop| &shop.stock).any(|source| source.doubt.is_some());
    // A plan may find nothing that is to be looked at.
    let nothing_was_due = |shop: &ShopSummary| {
        shop.failed.is_none() && shop.plan.pages > 0 && shop.plan.left == 0 && shop.plan.looked.is_empty()
    };
    let nothing_to_do = !summary.shops.is_empty() && summary.shops.iter().all(nothing_was_due);
    !summary.interrupted && !doubted && !nothing_to_do && summary.shops.iter().all(|shop| shop.verified() == 0)
}

/// Notes what a run that is about to end did, and queues what must be said of that. Returns the number of notices.
pub(super) fn note(
    store: &mut Store,
    options: &notify::Options,
    summary: &Summary,
    now: Timestamp,
) -> Result<u64, RunError> {
    let ended = Summary { finished_at: now, ..summary.clone() };
    let transaction = store.transaction(Some(summary.run))?;
    let queued = queue(&transaction, options, &vigil(Some(&ended), None, now), now)?;
    transaction.commit()?;
    Ok(queued)
}

/// Tells operations what is to be seen, where they were not told yet, and says how many notices were accepted. The lock is
/// not taken: a run that hangs holds it, and that is just when they must hear of it.
///
/// # Errors
/// If the store or the options cannot be used.
pub async fn report(job: &Job, options: &notify::Options, tools: &Tools, seen: &Vigil) -> Result<u64, RunError> {
    let now = tools.clock.now();
    let mut store = Store::open(&job.store)?;
    let transaction = store.transaction(None)?;
    queue(&transaction, options, seen, now)?;
    transaction.commit()?;
    // What tells of no incident is for operations; without runs nobody else would try it again.
    let waiting = store.notices(Some(NoticeState::Pending), MOST)?;
    let waiting = waiting.iter().rev().filter(|notice| notice.tells.is_empty() && notice.next_attempt_at <= now);
    let ids: Vec<i64> = waiting.filter_map(|notice| notice.id).collect();
    tell::deliver_these(options, &store, tools, &ids).await
}

fn queue(
    transaction: &Transaction<'_>,
    options: &notify::Options,
    seen: &Vigil,
    now: Timestamp,
) -> Result<u64, RunError> {
    let run = seen.last.map_or(0, |(run, _)| run);
    let mut told = Vec::new();
    let mut over = false;
    for (kind, wrong) in [(MISSED, seen.missed), (IDLE, seen.idle)] {
        let Some(wrong) = wrong else {
            // A run that checked nothing for a reason of its own says nothing of whether the former trouble is over.
            over |= seen.worked && transaction.calm(kind)?;
            continue;
        };
        let Some(since) = transaction.raise(kind, &format!("{wrong:?}"), now)? else { continue };
        if is_ripe(wrong, since, now) {
            told.push((Some(kind), wrong));
        }
    }
    // Of what goes on in another shape it is not said that it is over.
    let wrong = seen.missed.or(seen.idle).is_some();
    told.extend(seen.last.filter(|_| over && !wrong).map(|(run, at)| (None, Missed::Over { run, at })));
    let refused = remember::refusing(transaction, options, now)?;
    let mut queued = 0;
    for (kind, what) in told {
        let notice = notify::missed(options, what, &refused, run, now);
        let Some(notice) = notice.map_err(|error| RunError::Mail(error.to_string()))? else { continue };
        let id = transaction.queue(&notice)?;
        queued += 1;
        if let Some(kind) = kind {
            transaction.alarm_told(kind, id, now)?;
        }
    }
    Ok(queued)
}

/// Before the first run, as long is waited for it as between two.
fn is_ripe(wrong: Missed, since: Timestamp, now: Timestamp) -> bool {
    match wrong {
        Missed::NoRun { since: None, allowed } => {
            now.duration_since(since) >= SignedDuration::try_from(allowed).unwrap_or(SignedDuration::MAX)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Doubt, PlanSummary, SourceSummary};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ran(verified: u64) -> Summary {
        let shop = ShopSummary { verdicts: [("agrees".to_owned(), verified)].into(), ..ShopSummary::default() };
        Summary { run: 7, finished_at: at("2026-11-22T12:00:00Z"), shops: vec![shop], ..Summary::default() }
    }

    #[test]
    fn a_run_is_missed_only_after_the_longest_time_between_two() {
        let allowed = Duration::from_secs(3600);
        let missed = |now: &str, allowed| vigil(Some(&ran(1)), allowed, at(now)).missed;
        assert_eq!(missed("2026-11-22T13:00:00Z", Some(allowed)), None);
        let since = Some(at("2026-11-22T12:00:00Z"));
        assert_eq!(missed("2026-11-22T13:00:01Z", Some(allowed)), Some(Missed::NoRun { since, allowed }));
        assert_eq!(missed("2036-11-22T13:00:01Z", None), None, "nobody said when there should be one");
        let never = vigil(None, Some(allowed), at("2026-11-22T12:00:00Z")).missed;
        assert_eq!(never, Some(Missed::NoRun { since: None, allowed }));
    }

    #[test]
    fn a_run_is_idle_only_where_nothing_else_says_why() {
        let idle = |summary: &Summary| vigil(Some(summary), None, summary.finished_at).idle.is_some();
        assert!(idle(&ran(0)) && !idle(&ran(1)));
        let mut stopped = ran(0);
        stopped.interrupted = true;
        let mut doubted = ran(0);
        let doubt = Some(Doubt::Empty { asked: 3 });
        doubted.shops[0].stock = vec![SourceSummary { doubt, ..SourceSummary::default() }];
        assert!(!idle(&stopped) && !idle(&doubted));
        let mut nothing_due = ran(0);
        nothing_due.shops[0].plan = PlanSummary { pages: 9, ..PlanSummary::default() };
        let mut left = nothing_due.clone();
        left.shops[0].plan.left = 1;
        assert!(!idle(&nothing_due) && idle(&left));
        let worked = |summary: &Summary| vigil(Some(summary), None, summary.finished_at).worked;
        assert!(worked(&ran(1)) && !worked(&ran(0)) && !worked(&doubted), "no reason to say that all is well again");
    }
}
