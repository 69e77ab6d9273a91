//! The silences that hold.

use std::io::{self, Write};

use super::super::columns::{Cell, Columns, PLAIN, STRONG};
use super::super::rows::VERSION;
use super::super::{Look, When, json};
use super::rows::SilenceRow;
use crate::domain::{Silence, plain};

const HEADINGS: [&str; 6] = ["NO", "WHAT", "UNTIL", "COVERS NOW", "BY", "NOTE"];

/// A silence, and how much it covers.
#[derive(Clone, Debug)]
pub struct Covering {
    /// The silence.
    pub silence: Silence,
    /// Incidents it covers that are not over.
    pub covers: u64,
}

/// Writes the silences as a table.
///
/// # Errors
/// If `out` refused.
pub fn silences(all: &[Covering], when: &When, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if all.is_empty() {
        return writeln!(out, "nothing is silenced or ignored");
    }
    let rows: Vec<Vec<Cell>> = all.iter().map(|one| cells(one, when)).collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width, look.colour, look.terminal);
    write!(out, "{}", columns.row(&HEADINGS.map(|heading| Cell::ours(heading, STRONG))))?;
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))
}

/// Writes the silences as one JSON document: `{"format": "stocktruth.silences", "version": 1, "silences": […]}`.
///
/// # Errors
/// If `out` refused.
pub fn silences_json(all: &[Covering], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"format\":\"stocktruth.silences\",\"version\":{VERSION},\"silences\":")?;
    json::one(&all.iter().map(SilenceRow::from).collect::<Vec<_>>(), out)?;
    writeln!(out, "}}")
}

fn cells(one: &Covering, when: &When) -> Vec<Cell> {
    let silence = &one.silence;
    vec![
        Cell::ours(silence.id.map(|id| id.to_string()).unwrap_or_default(), PLAIN),
        Cell::theirs(plain::harmless(&silence.matcher.in_words())),
        Cell::ours(silence.until.map_or_else(|| "it is lifted".to_owned(), |until| when.at(until)), PLAIN),
        Cell::ours(one.covers.to_string(), PLAIN),
        Cell::theirs(plain::harmless(&silence.by)),
        Cell::theirs(plain::harmless(&silence.note)),
    ]
}
