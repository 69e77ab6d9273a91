//! `notices preview`: what would be sent now.

use std::path::Path;

use super::super::args::notices as args;
use super::super::check::counted;
use super::super::desk::{self, Desk, stored};
use super::super::{Exit, Failure, terminal};
use super::options;
use super::outbox::said;
use crate::domain::Notice;
use crate::notify::{self, Cadence};
use crate::report;
use crate::run::{self, Tools};

pub(super) async fn preview(args: &args::Preview, desk: &Desk, tools: &Tools) -> Result<(), Failure> {
    let mut notices = due(args, desk)?;
    if let Some(to) = &args.to {
        let key = key(to, options(desk)?)?;
        notices.retain(|notice| notice.recipient == key);
    }
    if notices.is_empty() {
        let whom = args.to.as_ref().map_or_else(|| "nobody is".to_owned(), |to| format!("{to} is not"));
        terminal::say(&format!(
            "{whom} told of anything now; `stocktruth notices --why` says why, --anyway looks past it"
        ));
        return Ok(());
    }
    if args.html.is_some() || args.send_test.is_some() {
        let [only] = notices.as_slice() else { return Err(several(&notices)) };
        if let Some(file) = &args.html {
            write_html(only, file)?;
        }
        if let Some(address) = &args.send_test {
            send_test(only, address, desk, tools).await?;
        }
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

fn several(notices: &[Notice]) -> Failure {
    let whom: Vec<&str> = notices.iter().map(|notice| notice.to.as_str()).collect();
    Failure::new(
        Exit::Usage,
        format!("{} would be told now", counted(notices.len(), "recipient")),
        format!("choose one with --to: {}", whom.join(", ")),
    )
}

/// Its HTML as a page of its own.
fn write_html(notice: &Notice, file: &Path) -> Result<(), Failure> {
    let opened = notify::open(&notice.message).ok_or_else(|| no_mail(notice, "there is no HTML to write"))?;
    std::fs::write(file, opened.page()).map_err(|error| {
        Failure::new(
            Exit::Usage,
            format!("{} cannot be written: {}", file.display(), error.kind()),
            "name a file in a folder that exists and may be written to",
        )
    })?;
    terminal::say(&format!("wrote {}: {}", file.display(), notice.subject));
    Ok(())
}

/// Sends it to somebody who tries things out. Nothing is recorded.
async fn send_test(notice: &Notice, address: &str, desk: &Desk, tools: &Tools) -> Result<(), Failure> {
    let wrong = |what: String| Failure::new(Exit::Usage, what, "name one mail address, such as dana@shop.example");
    let copy = notify::copy_for_test(notice, address, desk.now());
    let copy = copy.map_err(|_| wrong(format!("{address:?} is no mail address")))?;
    let copy = copy.ok_or_else(|| no_mail(notice, "it cannot be sent to an address"))?;
    let courier = notify::Courier::new(options(desk)?, &tools.clock).map_err(|error| {
        Failure::new(Exit::Configuration, error.to_string(), "check the mail section with `stocktruth validate`")
    })?;
    courier.send(&copy).await.map_err(|refusal| {
        Failure::new(Exit::NotEnough, refusal.what, "`stocktruth validate --connect` tries the way without sending")
    })?;
    terminal::say(&format!("sent to {address}: {}", copy.subject));
    Ok(())
}

fn no_mail(notice: &Notice, what: &str) -> Failure {
    let help = "choose somebody who is told by mail with --to";
    Failure::new(Exit::Usage, format!("{} is told by {}: {what}", notice.to, notice.channel), help)
}

/// What would be sent now. It is decided and written as ever, in a transaction that is dropped.
fn due(args: &args::Preview, desk: &Desk) -> Result<Vec<Notice>, Failure> {
    let options = options(desk)?;
    let options = if args.anyway { anyway(options) } else { options.clone() };
    if desk.peek()?.is_none() {
        return Ok(Vec::new());
    }
    let mut store = desk.store()?;
    let look = run::last_look(&store, desk.now()).map_err(|error| desk::failed(&error))?;
    let transaction = store.transaction(None).map_err(stored)?;
    run::plan(&transaction, &options, &look, desk.now()).map_err(|error| desk::failed(&error))
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

/// What the store knows somebody by, by their address or name.
fn key(to: &str, options: &notify::Options) -> Result<String, Failure> {
    let named = options.recipient(to).map(notify::Recipient::key);
    let known = named.or_else(|| notify::is_address(to).then(|| to.to_lowercase()));
    known.ok_or_else(|| {
        let names: Vec<&str> = options.recipients.iter().map(|recipient| recipient.id.as_str()).collect();
        Failure::new(
            Exit::Usage,
            format!("{to:?} is no address and no recipient of the configuration"),
            format!("its recipients are {}", names.join(", ")),
        )
    })
}
