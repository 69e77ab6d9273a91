//! `notices list`, `show`, `retry`, `drop` and `send`.

use super::super::args::notices as args;
use super::super::check::counted;
use super::super::desk::{Desk, failed, stored};
use super::super::{Exit, Failure, terminal};
use super::options;
use crate::domain::{Incident, Notice, NoticeState, Section};
use crate::notify;
use crate::report::notices;
use crate::run::{self, RunError, Sent, Tools};
use crate::store::{LockError, Store};

/// Most that are read of what was given up or waits: nobody reads more.
const MOST: usize = 10_000;

pub(super) fn list(args: &args::List, desk: &Desk) -> Result<(), Failure> {
    use NoticeState::{Dead, Dropped, Pending, Sent};
    let mut all: Vec<Notice> = Vec::new();
    if let Some(store) = desk.peek()? {
        let wanted = |state: &NoticeState| args.state.is_empty() || args.state.contains(state);
        for state in [Dead, Pending].iter().filter(|state| wanted(state)) {
            all.extend(store.notices(Some(*state), MOST).map_err(stored)?);
        }
        let mut past = Vec::new();
        for state in [Sent, Dropped].iter().filter(|state| wanted(state)) {
            past.extend(store.notices(Some(*state), args.limit).map_err(stored)?);
        }
        past.sort_by_key(|notice| std::cmp::Reverse(notice.id));
        all.extend(past.into_iter().take(args.limit));
    }
    let mut out = anstream::stdout();
    // A reader that went away is no trouble.
    let _ = match args.format {
        super::super::args::Shown::Json => notices::list_json(&all, &mut out),
        super::super::args::Shown::Table => notices::list(&all, &desk.when, terminal::look(false), &mut out),
    };
    Ok(())
}

pub(super) fn show(args: &args::Show, desk: &Desk) -> Result<(), Failure> {
    let store = desk.peek()?;
    let notice = the(args.id, store.as_ref())?;
    if args.eml {
        return terminal::hand_out(&notice.message);
    }
    let mut tells: Vec<(Section, Incident)> = Vec::new();
    for (id, section) in &notice.tells {
        let incident = store.as_ref().map(|store| store.incident(*id)).transpose().map_err(stored)?.flatten();
        tells.extend(incident.map(|incident| (*section, incident)));
    }
    let text = said(&notice);
    let shown = notices::Shown { notice: &notice, tells: &tells, text: &text };
    let _ = notices::show(&shown, &desk.when, terminal::look(false), &mut anstream::stdout());
    Ok(())
}

/// What a notice says, as text: the text part of a mail, what a webhook is sent.
pub(super) fn said(notice: &Notice) -> String {
    if let Some(opened) = notify::open(&notice.message) {
        return opened.text;
    }
    match serde_json::from_slice::<serde_json::Value>(&notice.message) {
        Ok(document) => format!("{document:#}"),
        Err(_) => String::from_utf8_lossy(&notice.message).into_owned(),
    }
}

pub(super) async fn retry(args: &args::Retry, desk: &Desk, tools: &Tools) -> Result<Exit, Failure> {
    let options = options(desk)?;
    let store = desk.peek()?;
    let mut ids = args.id.clone();
    match &store {
        Some(store) if args.dead => {
            let dead = store.notices(Some(NoticeState::Dead), MOST).map_err(stored)?;
            ids.extend(dead.iter().rev().filter_map(|notice| notice.id));
        }
        _ => {}
    }
    for id in &ids {
        let notice = the(*id, store.as_ref())?;
        if notice.state == NoticeState::Sent {
            return Err(unfit(&notice, "was sent already", "nothing was changed"));
        }
    }
    drop(store);
    if ids.is_empty() {
        terminal::say("no notice was given up");
        return Ok(Exit::Agrees);
    }
    let store = desk.store()?;
    for id in &ids {
        store.retry_notice(*id, desk.now()).map_err(stored)?;
    }
    drop(store);
    match run::send_these(&desk.job, options, tools, &ids).await {
        Ok(sent) => Ok(told(&sent, ids.len() as u64)),
        // Whoever holds the lock sends what waits before it ends.
        Err(RunError::Lock(LockError::Held { .. })) => {
            let back = counted(ids.len(), "notice");
            terminal::say(&format!(
                "a run is under way: {back} wait in the outbox, and go out with it or the next one"
            ));
            Ok(Exit::Agrees)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// What came of sending them, and how it ends.
fn told(sent: &Sent, of: u64) -> Exit {
    let what = if sent.sent == of { String::new() } else { format!(" of {of}") };
    let rest = match (sent.sent < of, sent.pending, sent.dead) {
        (false, ..) => "",
        _ => "; `stocktruth notices` shows what was said to the rest",
    };
    let number = usize::try_from(sent.sent).unwrap_or(usize::MAX);
    terminal::say(&format!("{}{what} accepted{rest}", counted(number, "notice")));
    if sent.sent == of { Exit::Agrees } else { Exit::NotEnough }
}

pub(super) fn drop_out(args: &args::Drop, desk: &Desk) -> Result<(), Failure> {
    let store = desk.peek()?;
    for id in &args.id {
        let notice = the(*id, store.as_ref())?;
        if !matches!(notice.state, NoticeState::Pending | NoticeState::Dead) {
            let how = if notice.state == NoticeState::Sent { "was sent already" } else { "was taken out already" };
            return Err(unfit(&notice, how, "nothing was changed"));
        }
    }
    drop(store);
    let store = desk.store()?;
    for id in &args.id {
        if store.drop_notice(*id).map_err(stored)? {
            terminal::say(&format!(
                "notice {id} is taken out: what it tells of counts as told; `stocktruth notices retry {id}` sends it after all"
            ));
        } else {
            terminal::say(&format!("notice {id} was sent meanwhile"));
        }
    }
    Ok(())
}

pub(super) async fn send(args: &args::Send, desk: &Desk, tools: &Tools) -> Result<Exit, Failure> {
    let options = options(desk)?;
    let sent = run::send(&desk.job, options, tools).await.map_err(|error| failed(&error))?;
    let said = [
        (sent.queued, "written"),
        (sent.sent, "sent"),
        (sent.pending, "waiting for another attempt"),
        (sent.dead, "given up"),
    ];
    let said: Vec<String> =
        said.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    let good = sent.pending == 0 && sent.dead == 0;
    if !args.quiet || !good {
        let nothing = "notices: nothing is due now; `stocktruth notices --why` says why";
        let said = if said.is_empty() { nothing.to_owned() } else { format!("notices: {}", said.join(", ")) };
        terminal::say(&said);
    }
    Ok(if sent.pending == 0 { Exit::Agrees } else { Exit::NotEnough })
}

/// The notice with this number.
fn the(id: i64, store: Option<&Store>) -> Result<Notice, Failure> {
    let found = match store {
        Some(store) => store.notice(id).map_err(stored)?,
        None => None,
    };
    found.ok_or_else(|| {
        Failure::new(Exit::Usage, format!("there is no notice {id}"), "`stocktruth notices` lists those that are kept")
    })
}

fn unfit(notice: &Notice, how: &str, help: &str) -> Failure {
    Failure::new(Exit::Usage, format!("notice {} {how}", notice.id.unwrap_or_default()), help)
}
