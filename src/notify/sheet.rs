//! All rows as a CSV that opens in a spreadsheet as what it is: UTF-8 with BOM, and no cell is ever a formula.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use super::rows::{cause, link, product, says};
use super::words::{Of, Words};
use crate::domain::{Incident, Section, plain};

/// Larger than this it would not pass a mail server (base64 adds a third; Postfix takes 10 MB unless told otherwise).
const MOST_BYTES: usize = 6 << 20;

/// Columns, by their key in the language files.
const COLUMNS: [&str; 17] = [
    "section",
    "verdict",
    "shop",
    "sku",
    "name",
    "brand",
    "url",
    "claim",
    "evidence",
    "sellable",
    "threshold",
    "fields",
    "as_of",
    "since",
    "fixed_at",
    "cause",
    "because",
];

/// A CSV that grows row by row up to a cap.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
    rows: usize,
    left_out: usize,
}

impl Sheet {
    pub(super) fn new(words: &Words) -> Self {
        let mut sheet = Self { text: "\u{feff}".to_owned(), rows: 0, left_out: 0 };
        sheet.line(COLUMNS.map(|key| words.column.get(key).cloned().unwrap_or_else(|| key.to_owned())));
        sheet
    }

    /// Adds a row, unless the sheet is full; then it is counted as left out.
    pub(super) fn add(&mut self, incident: &Incident, section: Section, words: &Words, zone: &TimeZone) {
        if self.text.len() >= MOST_BYTES {
            self.left_out += 1;
            return;
        }
        self.rows += 1;
        let item = &incident.item;
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |at: Option<Timestamp>| at.map(|at| local(at, zone)).unwrap_or_default();
        let fact = incident.fact.as_ref();
        let claim = incident.claim.as_ref();
        let evidence = claim.and_then(|claim| claim.signals.first());
        let fields =
            fact.map(|fact| fact.fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>());
        self.line([
            words.say(Of::Section, section.code(), &[]),
            words.say(Of::Verdict, incident.verdict.code(), &[]),
            incident.shop.clone(),
            known(&item.sku),
            product(incident),
            known(&item.brand),
            link(incident).unwrap_or_default(),
            says(incident, words, zone),
            evidence.map(|signal| format!("{} — {}", signal.excerpt, signal.place)).unwrap_or_default(),
            fact.and_then(|fact| fact.sellable).map(|n| n.normalize().to_string()).unwrap_or_default(),
            fact.map(|fact| fact.threshold.normalize().to_string()).unwrap_or_default(),
            fields.unwrap_or_default().join(", "),
            time(fact.map(|fact| fact.as_of)),
            time(Some(incident.first_seen)),
            time(incident.resolved_at.filter(|_| section == Section::Fixed)),
            cause(incident, words).unwrap_or_default(),
            incident.because.clone(),
        ]);
    }

    /// Rows in it, without the headings.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether every row that was added is in it.
    pub(super) fn is_whole(&self) -> bool {
        self.left_out == 0
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn line(&mut self, cells: [String; COLUMNS.len()]) {
        for (place, value) in cells.iter().enumerate() {
            let separator = if place == 0 { "" } else { "," };
            let value = plain::cell(&plain::one_line(value));
            let _infallible = write!(self.text, "{separator}\"{}\"", value.replace('"', "\"\""));
        }
        self.text.push_str("\r\n");
    }
}

/// A time as every spreadsheet reads it, in the reader's zone.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    jiff::fmt::strtime::format("%Y-%m-%d %H:%M", &at.to_zoned(zone.clone())).unwrap_or_else(|_| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChangeKind;
    use crate::notify::samples::change;

    fn parsed(sheet: &Sheet) -> Vec<csv::StringRecord> {
        let bytes = sheet.text().strip_prefix('\u{feff}').expect("a BOM");
        csv::Reader::from_reader(bytes.as_bytes()).records().map(Result::unwrap).collect()
    }

    #[test]
    fn hostile_products_stay_in_their_cells() {
        let words = crate::notify::words::Languages::load().unwrap().of("en");
        let mut sheet = Sheet::new(words);
        let mut incident = change(ChangeKind::Opened).incident;
        incident.item.name = Some("=HYPERLINK(\"http://evil.test\",\"tea\")".into());
        incident.item.sku = Some("a\",\"b\r\n@x".into());
        incident.item.url = Some("javascript:alert(1)".parse().unwrap());
        sheet.add(&incident, Section::New, words, &TimeZone::UTC);
        let rows = parsed(&sheet);
        assert_eq!(rows.len(), 1);
        assert_eq!(&rows[0][3], "a\",\"b @x");
        assert_eq!(&rows[0][4], "'=HYPERLINK(\"http://evil.test\",\"tea\")");
        assert_eq!(&rows[0][6], "");
    }

    #[test]
    fn it_stops_growing_and_says_so() {
        let words = crate::notify::words::Languages::load().unwrap().of("he");
        let mut sheet = Sheet::new(words);
        let mut incident = change(ChangeKind::Opened).incident;
        incident.because = "x".repeat(MOST_BYTES / 2);
        for _ in 0..5 {
            sheet.add(&incident, Section::New, words, &TimeZone::UTC);
        }
        assert_eq!((sheet.rows(), sheet.is_whole()), (2, false));
        assert_eq!(parsed(&sheet).len(), 2);
    }
}
