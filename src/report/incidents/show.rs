//! One incident with all that is known of it.

use std::io::{self, Write};

use jiff::Timestamp;

use super::super::columns::{Cell, Columns, PLAIN, QUIET, STRONG, painted};
use super::super::{Look, When, json, way, words};
use super::rows::Document;
use super::{Covering, Listed, Named, of_level, under};
use crate::domain::{self, Cause, ChangeKind, FactorKind, Hand, Severity, Verdict, plain};

/// All that is known of an incident.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The incident.
    pub listed: Listed,
    /// Who is or was told of it.
    pub told: Vec<Told>,
    /// The silences over it.
    pub silences: Vec<Covering>,
    /// Its life so far, oldest first.
    pub history: Vec<Step>,
}

/// What one recipient was told, and what is due to them now.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who, and what named them.
    pub owner: Named,
    /// When last, and how often in this round.
    pub told: Option<(Timestamp, u32)>,
    /// `new`, `still` or `fixed` where it would be told now.
    pub due: Option<&'static str>,
    /// Why nothing is to be said now, as a code.
    pub why: Option<&'static str>,
    /// Until when at least.
    pub until: Option<Timestamp>,
    /// All of that in words.
    pub words: String,
}

/// One step of its life.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What changed.
    pub kind: ChangeKind,
    /// What was wrong.
    pub verdict: Verdict,
    /// Why, if that could be seen.
    pub cause: Option<Cause>,
    /// Which rule applied to what.
    pub because: String,
    /// The run that saw it.
    pub run: Option<i64>,
    /// Who did it, where it was a person.
    pub hand: Option<Hand>,
}

/// Writes an incident for a person.
///
/// # Errors
/// If `out` refused.
pub fn show(shown: &Shown, when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    head(shown, when, look, out)?;
    evidence(shown, when, look, out)?;
    if let Some(severity) = &shown.listed.incident.severity {
        under(&format!("severity {}, score {}", severity.level.code(), severity.score), &factors(severity), look, out)?;
    }
    let told: Vec<Vec<Cell>> = shown.told.iter().map(|one| telling(one, when)).collect();
    if told.is_empty() {
        writeln!(
            out,
            "\n{}",
            painted("nobody is told: the configuration has no mail or channels", QUIET, look.colour)
        )?;
    } else {
        under("who is told", &told, look, out)?;
    }
    let silences: Vec<Vec<Cell>> = shown.silences.iter().map(|one| silence(one, when)).collect();
    if !silences.is_empty() {
        under("silences over it", &silences, look, out)?;
    }
    let history: Vec<Vec<Cell>> = shown.history.iter().map(|step| of_step(step, when)).collect();
    under("history", &history, look, out)
}

/// Writes an incident as one JSON document: `"format": "stocktruth.incident"`.
///
/// # Errors
/// If `out` refused.
pub fn show_json(shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    json::one(&Document::from(shown), out)?;
    writeln!(out)
}

fn head(shown: &Shown, when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let incident = &shown.listed.incident;
    let number = incident.id.map(|id| format!("incident {id}")).unwrap_or_default();
    let level = incident.severity.as_ref().map(|severity| severity.level);
    let severity = level.map(|level| format!(", {}", painted(level.code(), of_level(level), look.colour)));
    writeln!(
        out,
        "{}: {}, {}{}",
        painted(&number, STRONG, look.colour),
        words::verdict(&incident.verdict),
        incident.state.code(),
        severity.unwrap_or_default()
    )?;
    let item = &incident.item;
    let mut rows = Vec::new();
    let mut put = |label: &str, value: Option<Cell>| {
        if let Some(value) = value.filter(|value| !value.text.is_empty()) {
            rows.push(vec![Cell::ours(label, STRONG), value]);
        }
    };
    let theirs = |text: Option<&str>| text.map(|text| Cell::theirs(plain::harmless(text)));
    let ours = |text: String| Some(Cell::ours(text, PLAIN));
    put("shop", theirs(Some(&incident.shop)));
    put("SKU", theirs(item.sku.as_deref()));
    put("product", theirs(item.name.as_deref()));
    put("page", theirs(item.url.as_ref().map(url::Url::as_str)));
    put("brand", theirs(item.brand.as_deref()));
    put("category", theirs(item.category.as_deref()));
    put("supplier", theirs(item.supplier.as_deref()));
    put("because", theirs(Some(&incident.because)));
    let why =
        incident.journey.why.as_ref().map(|why| format!("{} ({}): {}", words::cause(why.cause), why.at, why.evidence));
    let cause = why.or_else(|| incident.cause.map(|cause| words::cause(cause).to_owned()));
    put("likely cause", theirs(cause.as_deref()));
    put("break point", incident.break_point().and_then(|point| ours(point.code().replace('_', " "))));
    put("first seen", ours(when.since(incident.first_seen)));
    put("last seen", ours(when.since(incident.last_seen)));
    let times = if incident.times_opened > 1 { format!(" ({} times)", incident.times_opened) } else { String::new() };
    put("opened", incident.opened_at.and_then(|at| ours(when.since(at) + &times)));
    let right = incident.streak.right_since.filter(|_| incident.state.is_open() && incident.streak.right > 0);
    put("right since", right.and_then(|at| ours(when.since(at))));
    put(
        if incident.state.is_over() { "over" } else { "was over" },
        incident.resolved_at.and_then(|at| ours(when.since(at))),
    );
    put(
        "taken on",
        incident.ack.as_ref().map(|ack| {
            let until = ack.until.map(|until| format!(", until {}", when.at(until))).unwrap_or_default();
            let said = format!("by {} at {}{until}{}", ack.by, when.at(ack.at), noted(&ack.note));
            Cell::theirs(plain::harmless(&said))
        }),
    );
    put(
        "quiet",
        shown.listed.mark.as_ref().map(|mark| {
            let by = mark.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            let until = when.until(mark.until, "until it is lifted");
            Cell::theirs(plain::harmless(&format!("{}{by}, {until}{}", mark.kind, noted(&mark.note))))
        }),
    );
    let columns = Columns::fit(&["", ""], &rows, look.width, look.colour, look.terminal);
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))
}

/// What the page says and what the stock says.
fn evidence(shown: &Shown, when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let incident = &shown.listed.incident;
    if incident.journey.is_more_than_a_page() {
        let line = way::line(&incident.journey, &incident.verdict, look);
        let steps = way::steps(&incident.journey, |at| when.at(at));
        under("the customer's way", &steps, look, out)?;
        writeln!(out, "  {line}")?;
    }
    if let Some(claim) = &incident.claim {
        let step = incident.journey.decides(&incident.verdict);
        let at = step.map_or_else(|| claim.touchpoint.code().to_owned(), domain::Step::at);
        let said = format!("the {} says {}, seen {}", plain::one_line(&at), words::said(claim), when.at(claim.seen_at));
        let rows: Vec<Vec<Cell>> = claim
            .signals
            .iter()
            .map(|signal| {
                vec![
                    Cell::ours(words::signal(signal.kind), PLAIN),
                    Cell::ours(signal.says.name(), PLAIN),
                    Cell::theirs(plain::one_line(&signal.excerpt)),
                    Cell::theirs(plain::one_line(&signal.place)),
                ]
            })
            .collect();
        under(&said, &rows, look, out)?;
    }
    if let Some(fact) = &incident.fact {
        let said = format!("the stock says {}, read {}", words::stock(fact), when.at(fact.as_of));
        let source = vec![Cell::ours("source", PLAIN), Cell::theirs(plain::one_line(&fact.source))];
        let since = fact.changed_at.map(|at| vec![Cell::ours("unchanged", PLAIN), Cell::ours(when.since(at), PLAIN)]);
        let fields = fact
            .fields
            .iter()
            .map(|(name, value)| vec![Cell::theirs(plain::one_line(name)), Cell::theirs(plain::one_line(value))]);
        let rows: Vec<Vec<Cell>> = [source].into_iter().chain(since).chain(fields).collect();
        under(&said, &rows, look, out)?;
    }
    Ok(())
}

fn factors(severity: &Severity) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = severity
        .factors
        .iter()
        .map(|factor| {
            let name = match factor.kind {
                FactorKind::Direction => "direction",
                FactorKind::BreakPoint => "break point",
                FactorKind::Weight => "weight",
                FactorKind::Age => "age",
            };
            let times = format!("× {}.{:02}", factor.percent / 100, factor.percent % 100);
            let what = plain::harmless(&factor.what.replace('_', " "));
            vec![Cell::ours(name, PLAIN), Cell::ours(times, PLAIN), Cell::ours(what, PLAIN)]
        })
        .collect();
    if let Some(rule) = severity.rule {
        let what = format!("rule {rule} under `severity` makes it {}", severity.level.code());
        rows.push(vec![Cell::ours("rule", PLAIN), Cell::ours("", PLAIN), Cell::ours(what, PLAIN)]);
    }
    rows
}

fn telling(one: &Told, when: &When) -> Vec<Cell> {
    let told = match one.told {
        Some((at, 1)) => format!("told {}", when.at(at)),
        Some((at, times)) => format!("told {times} times, last {}", when.at(at)),
        None => "not told".to_owned(),
    };
    vec![
        Cell::theirs(plain::harmless(&one.owner.who)),
        Cell::ours(one.owner.why(), QUIET),
        Cell::ours(told, PLAIN),
        Cell::ours(one.words.as_str(), PLAIN),
    ]
}

fn silence(one: &Covering, when: &When) -> Vec<Cell> {
    let silence = &one.silence;
    vec![
        Cell::ours(silence.id.map(|id| id.to_string()).unwrap_or_default(), PLAIN),
        Cell::theirs(plain::harmless(&silence.matcher.in_words())),
        Cell::ours(when.until(silence.until, "until it is lifted"), PLAIN),
        Cell::theirs(plain::harmless(&format!("by {}{}", silence.by, noted(&silence.note)))),
    ]
}

fn of_step(step: &Step, when: &When) -> Vec<Cell> {
    let by = match (&step.hand, step.run) {
        (Some(hand), _) => format!("by {}{}", hand.by, noted(&hand.note)),
        (None, Some(run)) => format!("run {run}"),
        (None, None) => String::new(),
    };
    let what = match step.cause {
        Some(cause) => format!("{} ({})", words::verdict(&step.verdict), words::cause(cause)),
        None => words::verdict(&step.verdict).to_owned(),
    };
    vec![
        Cell::ours(when.at(step.at), PLAIN),
        Cell::ours(step.kind.code(), STRONG),
        Cell::ours(what, PLAIN),
        Cell::theirs(plain::harmless(&by)),
    ]
}

fn noted(note: &str) -> String {
    if note.is_empty() { String::new() } else { format!(": {note}") }
}
