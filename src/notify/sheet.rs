//! All rows as a CSV that opens in a spreadsheet as what it is: UTF-8 with BOM, and no cell is ever a formula.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use super::message::Row;
use super::rows::{Reader, cause, product, says, touchpoint};
use super::way;
use super::words::{Of, Words};
use crate::domain::{Incident, Section, Signal, plain};

/// Larger than this it would not pass a mail server (base64 adds a third; Postfix takes 10 MB unless told otherwise).
const MOST_BYTES: usize = 6 << 20;

/// Columns, by their key in the language files.
const COLUMNS: [&str; 26] = [
    "section",
    "severity",
    "score",
    "why",
    "verdict",
    "shop",
    "sku",
    "name",
    "brand",
    "url",
    "admin",
    "touchpoint",
    "claim",
    "journey",
    "breaks",
    "evidence",
    "sellable",
    "threshold",
    "fields",
    "as_of",
    "since",
    "fixed_at",
    "cause",
    "acknowledged",
    "orphan",
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

    /// Adds an incident, and what its row in the notice says of it, unless the sheet is full; then it is counted as left
    /// out.
    pub(super) fn add(&mut self, incident: &Incident, row: &Row, section: Section, reader: Reader<'_>) {
        if self.text.len() >= MOST_BYTES {
            self.left_out += 1;
            return;
        }
        self.rows += 1;
        let words = reader.words;
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |at: Option<Timestamp>| at.map(|at| local(at, reader.zone)).unwrap_or_default();
        let fact = incident.fact.as_ref();
        let claim = incident.claim.as_ref();
        let rating = row.severity.as_ref();
        let evidence = claim.and_then(|claim| claim.signals.first());
        let fields =
            fact.map(|fact| fact.fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>());
        self.line([
            words.say(Of::Section, section.code(), &[]),
            rating.map(|rating| rating.label.clone()).unwrap_or_default(),
            rating.map(|rating| rating.score.to_string()).unwrap_or_default(),
            rating.map(|rating| words.list(&rating.because)).unwrap_or_default(),
            words.say(Of::Verdict, way::finding(incident), &[]),
            incident.shop.clone(),
            known(&incident.item.sku),
            product(incident),
            known(&incident.item.brand),
            known(&row.url),
            known(&row.admin_url),
            touchpoint(incident, words),
            says(incident, reader),
            row.journey.as_ref().map(|way| way.text(&words.punctuation.comma)).unwrap_or_default(),
            row.journey.as_ref().and_then(|way| way.comes_out.clone()).unwrap_or_default(),
            evidence.map(|signal| shown(signal, words)).unwrap_or_default(),
            fact.and_then(|fact| fact.sellable).map(|n| n.normalize().to_string()).unwrap_or_default(),
            fact.map(|fact| fact.threshold.normalize().to_string()).unwrap_or_default(),
            fields.unwrap_or_default().join(", "),
            time(fact.map(|fact| fact.as_of)),
            time(Some(incident.first_seen)),
            time(incident.resolved_at.filter(|_| section == Section::Fixed)),
            cause(incident, words).unwrap_or_default(),
            known(&row.acknowledged),
            known(&row.orphan),
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

/// What a touchpoint shows, and where.
fn shown(signal: &Signal, words: &Words) -> String {
    let wordless = signal.is_wordless().then(|| words.say(Of::Says, "wordless", &[]));
    match wordless.as_deref().or(signal.quote()) {
        None | Some("") => signal.place.clone(),
        Some(quote) => format!("{quote} — {}", signal.place),
    }
}

/// A time as every spreadsheet reads it, in the reader's zone.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    jiff::fmt::strtime::format("%Y-%m-%d %H:%M", &at.to_zoned(zone.clone())).unwrap_or_else(|_| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Acknowledgement, ChangeKind};
    use crate::notify::rows::{Occasion, row};
    use crate::notify::samples::change;
    use crate::notify::words::Languages;

    fn parsed(sheet: &Sheet) -> Vec<csv::StringRecord> {
        let bytes = sheet.text().strip_prefix('\u{feff}').expect("a BOM");
        csv::Reader::from_reader(bytes.as_bytes()).records().map(Result::unwrap).collect()
    }

    fn add(sheet: &mut Sheet, incident: &Incident, language: &str) {
        let words = Languages::load().unwrap().of(language);
        let reader = Reader { words, zone: &TimeZone::UTC, now: Timestamp::UNIX_EPOCH };
        let admin_url = Some("https://admin.test/{sku}");
        let occasion = Occasion { section: Section::New, is_orphan: true, told: None, admin_url };
        let row = row(incident, occasion, reader).row;
        sheet.add(incident, &row, Section::New, reader);
    }

    #[test]
    fn hostile_products_stay_in_their_cells() {
        let words = Languages::load().unwrap().of("en");
        let mut sheet = Sheet::new(words);
        let mut incident = change(ChangeKind::Opened).incident;
        incident.item.name = Some("=HYPERLINK(\"http://evil.test\",\"tea\")".into());
        incident.item.sku = Some("a\",\"b\r\n@x".into());
        incident.item.url = Some("javascript:alert(1)".parse().unwrap());
        incident.ack = Some(Acknowledgement {
            by: "=cmd|' /C calc'!A0".into(),
            note: String::new(),
            at: Timestamp::UNIX_EPOCH,
            until: None,
        });
        add(&mut sheet, &incident, "en");
        let rows = parsed(&sheet);
        assert_eq!(rows.len(), 1);
        let cell = |column: &str| &rows[0][COLUMNS.iter().position(|known| *known == column).unwrap()];
        assert_eq!(cell("sku"), "a\",\"b @x");
        assert_eq!(cell("name"), "'=HYPERLINK(\"http://evil.test\",\"tea\")");
        assert_eq!(cell("url"), "");
        assert_eq!(cell("admin"), "https://admin.test/a%22%2C%22b%0D%0A%40x");
        assert_eq!(cell("acknowledged"), "'=cmd|' /C calc'!A0 is taking care of it");
        assert_eq!(cell("orphan"), words.say(Of::Label, "orphan", &[]));
    }

    #[test]
    fn it_stops_growing_and_says_so() {
        let mut sheet = Sheet::new(Languages::load().unwrap().of("he"));
        let mut incident = change(ChangeKind::Opened).incident;
        incident.because = "x".repeat(MOST_BYTES / 2);
        for _ in 0..5 {
            add(&mut sheet, &incident, "he");
        }
        assert_eq!((sheet.rows(), sheet.is_whole()), (2, false));
        assert_eq!(parsed(&sheet).len(), 2);
    }
}
