//! A run as terminal text, JSON, JSON Lines or CSV. Renders; never computes beyond counting widths.
//!
//! | file | what it writes |
//! |---|---|
//! | `table` | the table for people and the calm summary below it |
//! | `json`, `jsonl`, `csv` | the same items for programs, streamed, in constant memory |
//! | `html` | what is wrong as one page, for a browser or a mail |
//! | `junit` | every item as a test case, for build servers |
//! | `prometheus` | the run in numbers, for a monitor |
//! | [`explain`] | one item, with every signal and every step to its verdict |
//! | [`incidents`] | what is remembered of incidents: listed, and one by one |
//! | [`notices`] | the outbox, one notice, and why somebody is told or not |
//! | [`owners`] | who is told of what, and by which rule |
//! | `sources`, `promises`, `way` | what the table says of stock systems and odd data, of touchpoints, of one item's way |
//! | `rows`, `steps`, `shops` | the shape of items, journeys and shops in JSON |
//! | `progress` | the bar on a terminal while the run is under way |
//! | `words`, `columns` | how things are said, and how cells of any script are kept aligned |

mod columns;
mod csv;
pub mod explain;
mod feeds;
mod html;
pub mod incidents;
mod json;
mod jsonl;
mod junit;
mod listings;
pub mod notices;
pub mod owners;
mod progress;
mod prometheus;
mod promises;
mod rows;
#[cfg(test)]
mod samples;
mod severity;
mod shops;
mod sources;
mod steps;
mod table;
mod way;
mod when;
mod words;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::domain::{Finding, Judged, Summary, plain};

pub use progress::Progress;
pub use when::When;

/// The shapes a run can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// An aligned table and a summary, for people.
    #[default]
    Table,
    /// One JSON document: see [`write()`].
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values, RFC 4180.
    Csv,
    /// One HTML page without scripts or files beside it.
    Html,
    /// JUnit XML, as build servers read it.
    Junit,
    /// Prometheus' text format, as its textfile collector reads it.
    Prometheus,
}

impl Format {
    /// All of them, in the order in which help text names them.
    pub const ALL: [Self; 7] =
        [Self::Table, Self::Json, Self::Jsonl, Self::Csv, Self::Html, Self::Junit, Self::Prometheus];

    /// The name on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Junit => "junit",
            Self::Prometheus => "prometheus",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.code() == text)
            .ok_or_else(|| format!("no such format: {text}; choose table, json, jsonl, csv, html, junit or prometheus"))
    }
}

/// What the place can show that is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colour is welcome.
    pub colour: bool,
    /// Columns to fit into.
    pub width: usize,
    /// Whether addresses, reasons and examples are wanted too.
    pub verbose: bool,
    /// Whether a person looks at it on a terminal. Names are then wrapped in bidi isolates (Unicode UAX 9, section
    /// 2.4.2), so that a Hebrew or Arabic one does not reorder its neighbours; a file or pipe gets the plain text.
    pub terminal: bool,
}

impl Default for Look {
    /// What is right for a file: 80 columns, nothing but text.
    fn default() -> Self {
        Self { colour: false, width: 80, verbose: false, terminal: false }
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError<E> {
    /// The judged items could not be read back.
    #[error("the judged items could not be read back: {0}")]
    Row(E),
    /// The output took no more. A [`io::ErrorKind::BrokenPipe`] means that the reader had enough.
    #[error("the report could not be written: {0}")]
    Output(#[from] io::Error),
}

/// What a run found, as it is read: nothing of it is held longer than it takes to write it.
pub struct Found<'a, E> {
    /// The judged items, most severe first.
    pub items: &'a mut dyn Iterator<Item = Result<Judged, E>>,
    /// What is odd about the shops' data: the shop's name and the finding.
    pub findings: &'a mut dyn Iterator<Item = Result<(String, Finding), E>>,
}

/// Writes a run.
///
/// * [`Format::Table`] lists the mismatches, and every item if at most five were in scope; of the unverified ones it
///   keeps a few examples by reason. Its memory grows with the mismatches only.
/// * [`Format::Html`] shows the mismatches, [`Format::Junit`] has every item as a test case, [`Format::Prometheus`] has
///   the numbers only; all in constant memory.
/// * The others write one entry for every item and (CSV does not) every finding, in constant memory. Timestamps are RFC 3339 in UTC, quantities
///   are decimal strings, so that no digit is lost, and what is not known is `null` (empty in CSV).
///
/// [`Format::Json`] is `{"format": "stocktruth.run", "version": 1, "run": …, "shops": […], "items": […],
/// "findings": […]}`; [`Format::Jsonl`] has the same items as one object a line (`"format": "stocktruth.item"`), the
/// findings likewise (`"format": "stocktruth.finding"`), and ends with one line of the rest
/// (`"format": "stocktruth.summary"`). Fields may be added within a version; none changes its meaning.
///
/// # Errors
/// [`ReportError::Row`] if a row could not be read, [`ReportError::Output`] if `out` refused.
pub fn write<E: std::error::Error + 'static>(
    format: Format,
    found: Found<'_, E>,
    summary: &Summary,
    look: Look,
    out: &mut dyn Write,
) -> Result<(), ReportError<E>> {
    match format {
        Format::Table => table::write(found.items, summary, look, out),
        Format::Json => json::write(found, summary, out),
        Format::Jsonl => jsonl::write(found, summary, out),
        Format::Csv => csv::write(found.items, out),
        Format::Html => html::write(found.items, summary, out),
        Format::Junit => junit::write(found.items, summary, out),
        Format::Prometheus => prometheus::write(found.items, summary, out),
    }?;
    Ok(out.flush()?)
}

/// Shows a mail's text part in a frame, as the demonstration does.
///
/// # Errors
/// If `out` refused.
pub fn mail(subject: &str, text: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let line = |text: &str| columns::isolated(&plain::harmless(text), look.terminal);
    writeln!(out, "┌─ {}", columns::painted(&line(subject), columns::STRONG, look.colour))?;
    for one in text.lines() {
        writeln!(out, "{}", format!("│ {}", line(one)).trim_end())?;
    }
    writeln!(out, "└─")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert_eq!(
            "xml".parse::<Format>(),
            Err("no such format: xml; choose table, json, jsonl, csv, html, junit or prometheus".to_owned())
        );
    }

    #[test]
    fn a_mail_is_framed_and_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        mail("שלום", "one\n\nt\u{1b}[31mwo\u{202e}", Look::default(), &mut out).expect("a Vec takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r"
        ┌─ שלום
        │ one
        │
        │ t[31mwo
        └─
        ");
    }
}
