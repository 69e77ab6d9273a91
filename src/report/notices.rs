//! Notices: the outbox as a list, one notice, and why somebody is told or not.

use std::io::{self, Write};

use anstyle::Style;
use jiff::Timestamp;
use serde::Serialize;

use super::columns::{BAD, Cell, Columns, GOOD, PLAIN, QUIET, STRONG, WARN, isolated, painted, wrap};
use super::incidents::Named;
use super::rows::VERSION;
use super::{Look, When, json, words};
use crate::domain::{Incident, Notice, NoticeState, Section, plain};

const HEADINGS: [&str; 7] = ["NO", "STATE", "TO", "BY", "SUBJECT", "TRIES", "WHEN"];
const DECISIONS: [&str; 7] = ["NO", "SHOP", "SKU", "STATE", "RECIPIENT", "NAMED BY", "TOLD NOW?"];

/// Writes notices as a table, in their order. Addresses are shown whole: whoever asks has the outbox.
///
/// # Errors
/// If `out` refused.
pub fn list(notices: &[Notice], when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if notices.is_empty() {
        return writeln!(out, "no notice");
    }
    let rows: Vec<Vec<Cell>> = notices.iter().map(|notice| cells(notice, when)).collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width, look.colour, look.terminal);
    write!(out, "{}", columns.row(&HEADINGS.map(|heading| Cell::ours(heading, STRONG))))?;
    for (notice, row) in notices.iter().zip(&rows) {
        write!(out, "{}", columns.row(row))?;
        let error = plain::one_line(notice.last_error.as_deref().unwrap_or_default());
        for line in wrap(&error, look.width.saturating_sub(4)).into_iter().filter(|line| !line.is_empty()) {
            writeln!(out, "    {}", painted(&isolated(line, look.terminal), QUIET, look.colour))?;
        }
    }
    Ok(())
}

/// Writes notices as one JSON document: `{"format": "stocktruth.notices", "version": 1, "notices": […]}`, without the
/// messages themselves. Fields may be added within a version; none changes its meaning.
///
/// # Errors
/// If `out` refused.
pub fn list_json(notices: &[Notice], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"format\":\"stocktruth.notices\",\"version\":{VERSION},\"notices\":")?;
    json::one(&notices.iter().map(NoticeRow::from).collect::<Vec<_>>(), out)?;
    writeln!(out, "}}")
}

/// A notice in JSON.
#[derive(Debug, Serialize)]
struct NoticeRow<'a> {
    id: Option<i64>,
    /// `pending`, `sent`, `dead` or `dropped`.
    state: &'static str,
    /// `mail`, `slack`, …
    channel: &'a str,
    /// The address in lower case, or the name of a channel.
    recipient: &'a str,
    to: &'a str,
    subject: &'a str,
    message_id: &'a str,
    bytes: usize,
    attempts: u32,
    created_at: Timestamp,
    /// Of one that waits.
    next_attempt_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    last_error: Option<&'a str>,
    tells: Vec<TellRow>,
}

#[derive(Debug, Serialize)]
struct TellRow {
    incident: i64,
    /// `new`, `still` or `fixed`.
    section: &'static str,
}

impl<'a> From<&'a Notice> for NoticeRow<'a> {
    fn from(notice: &'a Notice) -> Self {
        let tells =
            notice.tells.iter().map(|(incident, section)| TellRow { incident: *incident, section: section.code() });
        Self {
            id: notice.id,
            state: notice.state.code(),
            channel: &notice.channel,
            recipient: &notice.recipient,
            to: &notice.to,
            subject: &notice.subject,
            message_id: &notice.message_id,
            bytes: notice.message.len(),
            attempts: notice.attempts,
            created_at: notice.created_at,
            next_attempt_at: (notice.state == NoticeState::Pending).then_some(notice.next_attempt_at),
            sent_at: notice.sent_at,
            last_error: notice.last_error.as_deref(),
            tells: tells.collect(),
        }
    }
}

fn cells(notice: &Notice, when: &When) -> Vec<Cell> {
    let at = match (notice.state, notice.sent_at) {
        (NoticeState::Pending, _) if notice.next_attempt_at <= when.now => "now".to_owned(),
        (NoticeState::Pending, _) => when.at(notice.next_attempt_at),
        (_, Some(sent)) => when.at(sent),
        _ => when.at(notice.created_at),
    };
    vec![
        Cell::ours(notice.id.map(|id| id.to_string()).unwrap_or_default(), PLAIN),
        Cell::ours(notice.state.code(), of_state(notice.state)),
        Cell::theirs(plain::harmless(&notice.to)),
        Cell::ours(notice.channel.as_str(), PLAIN),
        Cell::theirs(plain::harmless(&notice.subject)),
        Cell::ours(notice.attempts.to_string(), PLAIN),
        Cell::ours(at, PLAIN),
    ]
}

fn of_state(state: NoticeState) -> Style {
    match state {
        NoticeState::Pending => WARN,
        NoticeState::Sent => GOOD,
        NoticeState::Dead => BAD,
        NoticeState::Dropped => QUIET,
    }
}

/// A notice, what it tells of, and what it says.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The notice.
    pub notice: &'a Notice,
    /// The incidents it tells of, as far as they are still known.
    pub tells: &'a [(Section, Incident)],
    /// What it says, as text.
    pub text: &'a str,
}

/// Writes one notice for a person.
///
/// # Errors
/// If `out` refused.
pub fn show(shown: &Shown<'_>, when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let notice = shown.notice;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut put = |label: &str, value: Cell| {
        if !value.text.is_empty() {
            rows.push(vec![Cell::ours(label, STRONG), value]);
        }
    };
    let theirs = |text: &str| Cell::theirs(plain::harmless(text));
    put("notice", Cell::ours(notice.id.map(|id| id.to_string()).unwrap_or_default(), PLAIN));
    put("state", Cell::ours(notice.state.code(), of_state(notice.state)));
    put("channel", Cell::ours(notice.channel.as_str(), PLAIN));
    put("from", theirs(&notice.from));
    put("to", theirs(&notice.to));
    put("subject", theirs(&notice.subject));
    put("Message-ID", theirs(&notice.message_id));
    put("written", Cell::ours(when.since(notice.created_at), PLAIN));
    put("tries", Cell::ours(notice.attempts.to_string(), PLAIN));
    if notice.state == NoticeState::Pending {
        put("next try", Cell::ours(when.at(notice.next_attempt_at), PLAIN));
    }
    put("sent", Cell::ours(notice.sent_at.map(|at| when.since(at)).unwrap_or_default(), PLAIN));
    put("last error", theirs(notice.last_error.as_deref().unwrap_or_default()));
    for (section, incident) in shown.tells {
        let what = words::verdict(&incident.verdict);
        let id = incident.id.unwrap_or_default();
        put(section.code(), theirs(&format!("incident {id}: {}, {what}, {}", incident.key, incident.state.code())));
    }
    let columns = Columns::fit(&["", ""], &rows, look.width, look.colour, look.terminal);
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))?;
    writeln!(out)?;
    for line in shown.text.lines() {
        writeln!(out, "{}", isolated(&plain::harmless(line), look.terminal).trim_end())?;
    }
    Ok(())
}

/// What was decided for one recipient of one incident.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The incident's number.
    pub incident: Option<i64>,
    /// Its shop.
    pub shop: String,
    /// Its item's key.
    pub key: String,
    /// Code of its state.
    pub state: &'static str,
    /// Code of its verdict.
    pub verdict: &'static str,
    /// Who, and what named them.
    pub owner: Named,
    /// `new`, `still` or `fixed` where it would be told now.
    pub tell: Option<&'static str>,
    /// Why nothing is to be said now, as a code.
    pub why: Option<&'static str>,
    /// Until when at least.
    pub until: Option<Timestamp>,
    /// All of that in words.
    pub words: String,
}

/// A decision in JSON.
#[derive(Debug, Serialize)]
struct DecisionRow<'a> {
    incident: Option<i64>,
    shop: &'a str,
    key: &'a str,
    state: &'static str,
    verdict: &'static str,
    recipient: &'a str,
    /// `column`, `rule`, `fallback`, `formerly` or `refused`.
    by: &'static str,
    rule: Option<usize>,
    /// `new`, `still` or `fixed`; null: nothing is to be said.
    tell: Option<&'static str>,
    /// Why not, as a code.
    why: Option<&'static str>,
    until: Option<Timestamp>,
}

/// Writes decisions as a table.
///
/// # Errors
/// If `out` refused.
pub fn decisions(decisions: &[Decision], look: Look, out: &mut dyn Write) -> io::Result<()> {
    if decisions.is_empty() {
        return writeln!(out, "there is nothing anybody could be told of");
    }
    let several = decisions.iter().any(|one| one.shop != decisions[0].shop);
    let rows: Vec<Vec<Cell>> = decisions
        .iter()
        .map(|one| {
            vec![
                Cell::ours(one.incident.map(|id| id.to_string()).unwrap_or_default(), PLAIN),
                Cell::ours(if several { one.shop.as_str() } else { "" }, PLAIN),
                Cell::theirs(plain::harmless(&one.key)),
                Cell::ours(one.state, PLAIN),
                Cell::theirs(plain::harmless(&one.owner.who)),
                Cell::ours(one.owner.why(), QUIET),
                Cell::theirs(plain::harmless(&one.words)).styled(if one.tell.is_some() { GOOD } else { PLAIN }),
            ]
        })
        .collect();
    let columns = Columns::fit(&DECISIONS, &rows, look.width, look.colour, look.terminal);
    write!(out, "{}", columns.row(&DECISIONS.map(|heading| Cell::ours(heading, STRONG))))?;
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))?;
    let told = decisions.iter().filter(|one| one.tell.is_some()).count() as u64;
    let summary = match told {
        0 => "nobody is told of anything now".to_owned(),
        _ => format!("{} told now", words::count(told, "of these is", "of these are")),
    };
    writeln!(out, "\n{}", painted(&summary, PLAIN, look.colour))
}

/// Writes decisions as one JSON document: `{"format": "stocktruth.decisions", "version": 1, "decisions": […]}`.
///
/// # Errors
/// If `out` refused.
pub fn decisions_json(decisions: &[Decision], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"format\":\"stocktruth.decisions\",\"version\":{VERSION},\n\"decisions\":[")?;
    for (index, one) in decisions.iter().enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        let row = DecisionRow {
            incident: one.incident,
            shop: &one.shop,
            key: &one.key,
            state: one.state,
            verdict: one.verdict,
            recipient: &one.owner.who,
            by: one.owner.by,
            rule: one.owner.rule,
            tell: one.tell,
            why: one.why,
            until: one.until,
        };
        json::one(&row, out)?;
    }
    writeln!(out, "\n]}}")
}
