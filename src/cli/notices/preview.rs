//! `notices preview`: what would be sent now.

use super::super::args::notices as args;
use super::super::desk::{self, Desk, stored};
use super::super::{Failure, terminal};
use super::options;
use super::outbox::said;
use crate::domain::Notice;
use crate::notify::{self, Cadence};
use crate::report;
use crate::run::{self, Tools};

pub(super) async fn preview(args: &args::Preview, desk: &Desk, _tools: &Tools) -> Result<(), Failure> {
    let mut notices = due(args, desk)?;
    if let Some(to) = &args.to {
        notices.retain(|notice| is_for(notice, to, desk));
    }
    if notices.is_empty() {
        let whom = args.to.as_ref().map_or_else(|| "nobody is".to_owned(), |to| format!("{to} is not"));
        terminal::say(&format!(
            "{whom} told of anything now; `stocktruth notices --why` says why, --anyway looks past it"
        ));
        return Ok(());
    }
    let look = terminal::look(false);
    let mut out = anstream::stdout();
    for notice in &notices {
        let head = format!("{} ({})", notice.to, notice.channel);
        // A reader that went away is no trouble.
        let _ = report::mail(&format!("{head}: {}", notice.subject), &said(notice), look, &mut out);
    }
    Ok(())
}

/// What would be sent now. It is decided and written as ever, in a transaction that is dropped.
fn due(args: &args::Preview, desk: &Desk) -> Result<Vec<Notice>, Failure> {
    let options = options(desk)?;
    let options = if args.anyway { anyway(options) } else { options.clone() };
    if desk.peek()?.is_none() {
        return Ok(Vec::new());
    }
    let mut store = desk.store()?;
    let (run, seen_since) = run::last_look(&store, desk.now()).map_err(|error| desk::failed(&error))?;
    let transaction = store.transaction(None).map_err(stored)?;
    run::plan(&transaction, &options, run, seen_since, desk.now(), |_| {}).map_err(|error| desk::failed(&error))
}

/// The same, as if it were everybody's time.
fn anyway(options: &notify::Options) -> notify::Options {
    let mut options = options.clone();
    for recipient in options.recipients.iter_mut().chain([&mut options.usual]) {
        recipient.cadence = Cadence {
            digest: Vec::new(),
            at_once: None,
            reminders: vec![std::time::Duration::ZERO],
            quiet: Vec::new(),
            holidays: Vec::new(),
            max_per_day: None,
            ..recipient.cadence.clone()
        };
    }
    options
}

/// Whether a notice goes to somebody, by their address or name.
fn is_for(notice: &Notice, to: &str, desk: &Desk) -> bool {
    let named = desk.job.notify.as_ref().and_then(|options| options.recipient(to)).map(notify::Recipient::key);
    notice.recipient == named.unwrap_or_else(|| to.to_lowercase())
}
