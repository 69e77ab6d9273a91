//! `stocktruth doctor`: whether checks happen, check something and reach people. The dead man's switch: it says so when
//! nothing else would.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::check::counted;
use super::desk::{Desk, failed, stored};
use super::{Exit, Failure, args, terminal};
use crate::domain::plain::one_line;
use crate::domain::{FeedSummary, NoticeState, Summary, clock::Clock};
use crate::notify;
use crate::report::Progress;
use crate::run::{self, Stop, Tools, Vigil};
use crate::store::{self, Store};

/// Room that is always needed, in bytes.
const ROOM: u64 = 100 * 1024 * 1024;

/// Notices that are looked at.
const MOST: usize = 10_000;

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    good: bool,
    said: String,
}

impl Finding {
    fn new(what: &'static str, said: Result<String, String>) -> Self {
        let good = said.is_ok();
        Self { what, good, said: said.unwrap_or_else(|error| error) }
    }
}

pub(super) async fn run(args: args::Doctor, clock: Clock) -> Result<Exit, Failure> {
    let desk = Desk::open(&args.config, &clock)?;
    let names = desk.shops().join(", ");
    let good = format!("good ({}: {names})", counted(desk.shops().len(), "shop"));
    let mut findings = vec![Finding::new("configuration", Ok(good))];
    let opened = Store::peek(&desk.job.store);
    let last = match &opened {
        Ok(Some(store)) => store.last_run().map_err(stored)?,
        _ => None,
    };
    let seen = run::vigil(last.as_ref(), desk.missed_after, desk.now());
    findings.push(Finding::new("database", database(&opened, &desk)));
    findings.push(Finding::new("last check", last_check(last.as_ref(), &seen, &desk)));
    if let Some(last) = &last {
        findings.push(Finding::new("what it checked", checked(last)));
        findings.push(Finding::new("stock", stock(last)));
    }
    findings.push(Finding::new("run under way", under_way(&desk)));
    if let Ok(Some(store)) = &opened {
        findings.push(Finding::new("notices", outbox(store, &desk)?));
    }
    findings.push(Finding::new("free space", space(&desk)));
    let usable = opened.is_ok();
    drop(opened);
    if args.tell && usable {
        findings.push(Finding::new("operations", tell(&desk, &clock, &seen).await?));
    }
    show(&args, &findings);
    Ok(if findings.iter().all(|finding| finding.good) { Exit::Agrees } else { Exit::NotEnough })
}

fn show(args: &args::Doctor, findings: &[Finding]) {
    let healthy = findings.iter().all(|finding| finding.good);
    if args.format == args::Shown::Json {
        let checks: Vec<_> = findings
            .iter()
            .map(|finding| json!({"what": finding.what, "good": finding.good, "said": finding.said}))
            .collect();
        let document = json!({"format": "stocktruth.health", "version": 1, "healthy": healthy, "checks": checks});
        return terminal::say(&format!("{document:#}"));
    }
    let width = findings.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
    for finding in findings.iter().filter(|finding| !args.quiet || !finding.good) {
        let mark = if finding.good { "ok  " } else { "FAIL" };
        terminal::say(&format!("{mark}  {:width$}  {}", finding.what, one_line(&finding.said)));
    }
}

fn database(opened: &Result<Option<Store>, store::StoreError>, desk: &Desk) -> Result<String, String> {
    let file = desk.job.store.file.display();
    match opened {
        Ok(Some(_)) => Ok(file.to_string()),
        Ok(None) => Err(format!("{file} is not there: nothing was ever checked, or `store` names another file now")),
        Err(error) => Err(error.to_string()),
    }
}

fn last_check(last: Option<&Summary>, seen: &Vigil, desk: &Desk) -> Result<String, String> {
    let Some(last) = last else {
        return Err("none has come to its end yet; start one with `stocktruth check`".to_owned());
    };
    let said = format!("run {} finished {}", last.run, desk.when.since(last.finished_at));
    match (desk.missed_after, seen.missed) {
        (Some(_), Some(_)) => {
            Err(format!("{said}: longer ago than missed_after allows; see whether its timer still starts it"))
        }
        (Some(_), None) => Ok(said),
        (None, _) => Ok(format!("{said} (set missed_after, so that it is known when it is late)")),
    }
}

/// Whether the last run did anything.
fn checked(last: &Summary) -> Result<String, String> {
    let (items, verified) =
        last.shops.iter().fold((0, 0), |(items, verified), shop| (items + shop.items, verified + shop.verified()));
    let failed: Vec<String> = last
        .shops
        .iter()
        .filter_map(|shop| Some(format!("{} could not be checked: {}", shop.shop, shop.failed.as_ref()?)))
        .chain(last.shops.iter().flat_map(|shop| {
            let unread = |feed: &FeedSummary| {
                Some(format!("feed {} of {} could not be read: {}", feed.name, shop.shop, feed.failed.as_ref()?))
            };
            shop.feeds.iter().filter_map(unread).collect::<Vec<_>>()
        }))
        .collect();
    let said = format!("{verified} of {items} items verified");
    match (verified, failed.is_empty()) {
        (_, false) => Err(format!("{said}; {}", failed.join("; "))),
        (0, true) => Err(format!("{said}: nothing is known of the shop; `stocktruth check -v` says why")),
        (_, true) => Ok(said),
    }
}

/// Whether the stock sources are believed, and what was found with them.
fn stock(last: &Summary) -> Result<String, String> {
    let sources = last.shops.iter().flat_map(|shop| shop.stock.iter().map(move |source| (shop, source)));
    let doubted: Vec<String> = sources
        .clone()
        .filter_map(|(shop, source)| Some(format!("{}: {} {}", shop.shop, source.name, source.doubt.as_ref()?.told())))
        .collect();
    let jumped = last.shops.iter().filter_map(|shop| Some(format!("{}: {}", shop.shop, shop.held.as_ref()?.told())));
    let all: Vec<String> = doubted.into_iter().chain(jumped).collect();
    match all.is_empty() {
        true => Ok(format!("{} believed", counted(sources.count(), "source"))),
        false => Err(format!("{}; what rests on it is held", all.join("; "))),
    }
}

/// Whether a run takes too long.
fn under_way(desk: &Desk) -> Result<String, String> {
    let Some(holder) = store::under_way(&desk.job.store) else { return Ok("none".to_owned()) };
    let longest = desk.missed_after.unwrap_or(notify::A_DAY);
    match is_longer(holder.since, longest, desk.now()) {
        true => Err(format!("{holder}: it seems to hang; look at it, and stop it with `kill {}`", holder.pid)),
        false => Ok(holder.to_string()),
    }
}

/// Whether notices reach people.
fn outbox(store: &Store, desk: &Desk) -> Result<Result<String, String>, Failure> {
    let counts = store.notice_counts().map_err(stored)?;
    let waiting = store.notices(Some(NoticeState::Pending), MOST).map_err(stored)?;
    let overdue = waiting.iter().filter(|notice| is_longer(notice.created_at, notify::A_DAY, desk.now())).count();
    let mut wrong = Vec::new();
    if counts.dead > 0 {
        let dead = counted(usize::try_from(counts.dead).unwrap_or(usize::MAX), "notice");
        wrong.push(format!(
            "{dead} given up: see `stocktruth notices`, then `notices retry --dead` or `notices drop ID`"
        ));
    }
    if overdue > 0 {
        let why = waiting.last().and_then(|notice| notice.last_error.as_deref()).unwrap_or("no run tried to send it");
        wrong.push(format!("{} waiting for more than a day: {why}", counted(overdue, "notice")));
    }
    Ok(match wrong.is_empty() {
        true => Ok(format!("{} sent, {} waiting", counts.sent, counts.pending)),
        false => Err(wrong.join("; ")),
    })
}

fn space(desk: &Desk) -> Result<String, String> {
    let (free, used) =
        store::room(&desk.job.store).map_err(|error| format!("the file system does not say: {error}"))?;
    let needed = ROOM.max(used);
    let megabytes = |bytes: u64| format!("{} MB", bytes / 1_000_000);
    match free < needed {
        true => Err(format!(
            "{} left where {} is; at least {} are needed",
            megabytes(free),
            desk.job.store.file.display(),
            megabytes(needed)
        )),
        false => Ok(format!("{} left, the database has {}", megabytes(free), megabytes(used))),
    }
}

/// Tells operations what they were not told yet.
async fn tell(desk: &Desk, clock: &Clock, seen: &Vigil) -> Result<Result<String, String>, Failure> {
    let Some(options) = &desk.job.notify else {
        return Ok(Err("cannot be told: the configuration names no `operations` or `fallback`".to_owned()));
    };
    let (_pull, stop) = Stop::new();
    let tools = Tools { clock: clock.clone(), stop, progress: Progress::new(false) };
    let sent = run::report(&desk.job, options, &tools, seen).await.map_err(|error| failed(&error))?;
    Ok(Ok(match sent {
        0 => "nothing new to be told".to_owned(),
        _ => format!("told ({})", counted(usize::try_from(sent).unwrap_or(usize::MAX), "notice")),
    }))
}

fn is_longer(since: Timestamp, than: Duration, now: Timestamp) -> bool {
    now.duration_since(since) > SignedDuration::try_from(than).unwrap_or(SignedDuration::MAX)
}
