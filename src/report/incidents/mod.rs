//! Incidents: as a list, the worst first, and one by one with all that is known of it.

mod rows;
mod show;
mod silences;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use jiff::Timestamp;

use super::columns::{BAD, Cell, Columns, GOOD, PLAIN, QUIET, STRONG, WARN, painted};
use super::rows::VERSION;
use super::{Look, When, json, words};
use crate::domain::{Incident, IncidentState, SeverityLevel, Touchpoint, plain};

pub use show::{Shown, Step, Told, show, show_json};
pub use silences::{Covering, silences, silences_json};

const HEADINGS: [&str; 10] =
    ["NO", "SEVERITY", "STATE", "SHOP", "SKU", "PRODUCT", "WHAT IS WRONG", "SINCE", "OWNER", "QUIET"];

/// An incident as it is listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The incident.
    pub incident: Incident,
    /// Who is told of it.
    pub owners: Vec<Named>,
    /// What keeps everybody from being told of it.
    pub mark: Option<Mark>,
}

impl Listed {
    /// Whether nobody owns the item, so that the fallback is told.
    fn is_orphan(&self) -> bool {
        !self.owners.is_empty() && self.owners.iter().all(|owner| owner.by == "fallback")
    }
}

/// Somebody who is told, and what named them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Their address, or the name of a channel.
    pub who: String,
    /// `column`, `rule`, `fallback`, `formerly` or `refused`.
    pub by: &'static str,
    /// The rule, counted from 1.
    pub rule: Option<usize>,
}

impl Named {
    /// What named them, in words.
    pub fn why(&self) -> String {
        match (self.by, self.rule) {
            ("rule", Some(rule)) => format!("rule {rule} of owners"),
            ("column", _) => "the catalogue's owner column".to_owned(),
            ("fallback", _) => "fallback: nobody owns it".to_owned(),
            ("formerly", _) => "was told of it before".to_owned(),
            ("refused", _) => "fallback: its owner's mailbox refuses".to_owned(),
            (other, _) => other.to_owned(),
        }
    }
}

/// What keeps everybody from being told of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// `expected`, `ignored` or `silenced`.
    pub kind: &'static str,
    /// The number of the silence, or of the rule under `expected`.
    pub number: Option<i64>,
    /// Until when; `None`: until it is lifted.
    pub until: Option<Timestamp>,
    /// Who said so; nobody where the configuration does.
    pub by: Option<String>,
    /// Why.
    pub note: String,
}

/// Writes the incidents as a table, in their order.
///
/// # Errors
/// If `out` refused.
pub fn list(listed: &[Listed], when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut shops: Vec<&str> = listed.iter().map(|one| one.incident.shop.as_str()).collect();
    shops.sort_unstable();
    shops.dedup();
    if listed.is_empty() {
        return writeln!(out, "no incidents");
    }
    let rows: Vec<Vec<Cell>> = listed.iter().map(|one| cells(one, shops.len() > 1, when)).collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width, look.colour, look.terminal);
    write!(out, "{}", columns.row(&HEADINGS.map(|heading| Cell::ours(heading, STRONG))))?;
    for row in &rows {
        write!(out, "{}", columns.row(row))?;
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for one in listed {
        *counts.entry(one.incident.state.code()).or_default() += 1;
    }
    let counted = IncidentState::ALL.iter().filter_map(|state| Some((counts.get(state.code())?, state.code())));
    let counted: Vec<String> = counted.map(|(number, state)| format!("{number} {state}")).collect();
    let all = words::count(listed.len() as u64, "incident", "incidents");
    writeln!(out, "\n{all}: {}", counted.join(", "))
}

/// Writes the incidents as one JSON document: `{"format": "stocktruth.incidents", "version": 1, "incidents": […]}`.
/// Fields may be added within a version; none changes its meaning.
///
/// # Errors
/// If `out` refused.
pub fn list_json(listed: &[Listed], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"format\":\"stocktruth.incidents\",\"version\":{VERSION},\n\"incidents\":[")?;
    for (index, one) in listed.iter().enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        json::one(&rows::IncidentRow::from(one), out)?;
    }
    writeln!(out, "\n]}}")
}

fn cells(one: &Listed, several_shops: bool, when: &When) -> Vec<Cell> {
    let incident = &one.incident;
    let level = incident.severity.as_ref().map(|severity| severity.level);
    let owners: Vec<String> = one.owners.iter().map(|owner| plain::harmless(&owner.who)).collect();
    let owners = if one.is_orphan() { format!("nobody ({})", owners.join(", ")) } else { owners.join(", ") };
    vec![
        Cell::ours(incident.id.map(|id| id.to_string()).unwrap_or_default(), PLAIN),
        Cell::ours(level.map_or("", SeverityLevel::code), level.map_or(PLAIN, of_level)),
        Cell::ours(incident.state.code(), of_state(incident.state)),
        Cell::ours(if several_shops { incident.shop.as_str() } else { "" }, PLAIN),
        Cell::theirs(plain::harmless(incident.item.sku.as_deref().unwrap_or(&incident.key.0))),
        Cell::theirs(plain::harmless(incident.item.name.as_deref().unwrap_or_default())),
        Cell::theirs(wrong(incident)),
        Cell::ours(words::ago(incident.first_seen, when.now), PLAIN),
        Cell::ours(owners, PLAIN),
        Cell::ours(quiet(one, when), QUIET),
    ]
}

/// What is wrong, and where, if that is not the page.
fn wrong(incident: &Incident) -> String {
    let decides = incident.journey.decides(&incident.verdict).filter(|step| step.touchpoint != Touchpoint::Page);
    let at = decides.map(|step| format!(" ({})", plain::harmless(&step.at()))).unwrap_or_default();
    format!("{}{at}", words::verdict(&incident.verdict))
}

/// Why nobody is told, in few words.
fn quiet(one: &Listed, when: &When) -> String {
    let mut said = Vec::new();
    if let Some(ack) = &one.incident.ack {
        let until = ack.until.map(|until| format!(" until {}", when.at(until))).unwrap_or_default();
        said.push(format!("taken on by {}{until}", plain::harmless(&ack.by)));
    }
    said.extend(one.mark.as_ref().map(|mark| match mark.until {
        Some(until) => format!("{} until {}", mark.kind, when.at(until)),
        None => mark.kind.to_owned(),
    }));
    said.join(", ")
}

fn of_level(level: SeverityLevel) -> Style {
    match level {
        SeverityLevel::Critical => BAD.bold(),
        SeverityLevel::High => BAD,
        SeverityLevel::Medium => WARN,
        SeverityLevel::Low => PLAIN,
    }
}

fn of_state(state: IncidentState) -> Style {
    match state {
        IncidentState::Open => STRONG,
        IncidentState::Resolved => GOOD,
        IncidentState::Suspected | IncidentState::Acknowledged => PLAIN,
        IncidentState::Expired => QUIET,
    }
}

/// Rows under a heading, set in by two.
fn under(heading: &str, rows: &[Vec<Cell>], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let none = vec![""; rows.iter().map(Vec::len).max().unwrap_or(0)];
    let columns = Columns::fit(&none, rows, look.width.saturating_sub(2), look.colour, look.terminal);
    writeln!(out, "\n{}", painted(heading, STRONG, look.colour))?;
    for line in rows.iter().flat_map(|row| columns.row(row).lines().map(str::to_owned).collect::<Vec<_>>()) {
        writeln!(out, "{}", format!("  {line}").trim_end())?;
    }
    Ok(())
}
