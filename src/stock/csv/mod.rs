//! Stock as a CSV file, here or on the web: a nightly export, most often.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value as Json;
use tokio::sync::mpsc;

use super::record::{Field, Line, Record, Told};
use super::{Connection, CsvOptions, Kind, Place, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::table::{Row, Table, TableError};
use crate::fetch::{Download, FetchError, Fetcher, shown};

/// Records that travel together from the reading thread.
const BUNDLE: usize = 256;

type Bundle = Result<Vec<Record>, StockError>;

impl Kind for CsvOptions {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn fields(&self) -> Vec<Field> {
        self.fields.keys().map(|name| Field::anything(name)).collect()
    }

    fn rules(&self) -> Rules {
        Rules::default()
    }

    fn check(&self) -> Vec<Problem> {
        check(self)
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let unreachable = |error| StockError::Fetch { source_name: source.to_owned(), error: Box::new(error) };
        let fetcher = match &self.from {
            Place::File(_) => None,
            Place::Url { fetch, .. } => Some(Fetcher::new((**fetch).clone(), clock.clone()).map_err(unreachable)?),
        };
        Ok(Box::new(Csv { name: source.to_owned(), options: Arc::new(self.clone()), fetcher }))
    }
}

/// A CSV file, ready to be read.
#[derive(Debug)]
struct Csv {
    name: String,
    options: Arc<CsvOptions>,
    fetcher: Option<Fetcher>,
}

impl Csv {
    /// Fetches the file, where it is not here already, and says what it is called in messages.
    async fn fetch(&self) -> Result<(Option<Download>, String), StockError> {
        match (&self.options.from, &self.fetcher) {
            (Place::Url { url, auth, .. }, Some(fetcher)) => {
                let download =
                    fetcher.download(url, super::auth_headers(auth.as_ref())).await.map_err(|error: FetchError| {
                        StockError::Fetch { source_name: self.name.clone(), error: Box::new(error) }
                    })?;
                Ok((Some(download), shown(url).to_string()))
            }
            (Place::File(path), _) => Ok((None, path.display().to_string())),
            (Place::Url { url, .. }, None) => Ok((None, shown(url).to_string())),
        }
    }
}

#[async_trait(?Send)]
impl Connection for Csv {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        false
    }

    async fn list(&self, _from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let (download, place) = self.fetch().await?;
        let (sender, mut bundles) = mpsc::channel::<Bundle>(4);
        let (options, place) = (Arc::clone(&self.options), Arc::from(place));
        let reading = tokio::task::spawn_blocking(move || {
            let read = Reading { options: &options, place: &place, sender: &sender }.run(download);
            if let Err(error) = read {
                // Nobody listens any more where this fails.
                let _ = sender.blocking_send(Err(error));
            }
        });
        while let Some(bundle) = bundles.recv().await {
            bundle?.into_iter().map(Told::Item).for_each(&mut *sink);
        }
        reading.await.map_err(|error| StockError::Machine { doing: "reading the table", what: error.to_string() })
    }

    /// Only reading it all tells what is in a file; [`super::source`] does that where it must.
    async fn ask(&self, _keys: &[String]) -> Result<Vec<Record>, StockError> {
        Ok(Vec::new())
    }

    fn requests(&self) -> u64 {
        self.fetcher.as_ref().map_or(0, Fetcher::requests)
    }
}

/// One reading of the table, on a thread of its own.
struct Reading<'a> {
    options: &'a CsvOptions,
    place: &'a Arc<str>,
    sender: &'a mpsc::Sender<Bundle>,
}

impl Reading<'_> {
    fn run(&self, download: Option<Download>) -> Result<(), StockError> {
        let (file, as_of) = match (&download, &self.options.from) {
            (Some(download), _) => (download.file.reopen(), download.last_modified),
            (None, Place::File(path)) => opened(path),
            (None, Place::Url { .. }) => (Err(std::io::Error::other("it was not fetched")), None),
        };
        let file = file.map_err(|error| self.table(&TableError::from(error)))?;
        let table = Table::open(file, self.options.encoding.as_deref(), self.options.delimiter);
        let mut table = table.map_err(|error| self.table(&error))?;
        let column = |table: &mut Table, name: &str| table.column(name).map_err(|error| self.table(&error));
        let key = column(&mut table, &self.options.key)?;
        let mut columns = BTreeMap::new();
        for (field, name) in &self.options.fields {
            columns.insert(field.as_str(), column(&mut table, name)?);
        }
        let mut bundle = Vec::with_capacity(BUNDLE);
        while let Some(row) = table.row().map_err(|error| self.table(&error))? {
            bundle.push(self.record(key, &row, &columns, as_of));
            if bundle.len() == BUNDLE && self.sender.blocking_send(Ok(std::mem::take(&mut bundle))).is_err() {
                return Ok(());
            }
        }
        // Nobody listens any more where this fails.
        let _ = self.sender.blocking_send(Ok(bundle));
        Ok(())
    }

    fn record(&self, key: usize, row: &Row<'_>, columns: &BTreeMap<&str, usize>, as_of: Option<Timestamp>) -> Record {
        let value = |at: &usize| row.cell(*at).map_or(Json::Null, |cell| value(cell, self.options.decimal_comma));
        let fields = match row.trouble() {
            Some(trouble) => Err(trouble.to_string()),
            None => Ok(columns.iter().map(|(name, at)| ((*name).to_owned(), value(at))).collect()),
        };
        let line = Line { file: Arc::clone(self.place), number: row.line };
        Record { key: row.cell(key).unwrap_or_default().to_owned(), fields, as_of, line: Some(line) }
    }

    fn table(&self, error: &TableError) -> StockError {
        StockError::Table { place: self.place.to_string(), what: error.to_string() }
    }
}

/// The file, and when it was written.
fn opened(path: &Path) -> (std::io::Result<File>, Option<Timestamp>) {
    let file = File::open(path);
    let written = file.as_ref().ok().and_then(|file| file.metadata().ok()?.modified().ok());
    (file, written.and_then(|written| Timestamp::try_from(written).ok()))
}

/// A cell as a value: a number where it is one in the table's notation, else text.
fn value(cell: &str, decimal_comma: bool) -> Json {
    let plain = plain(cell, decimal_comma);
    let leading_zero = |text: &str| text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    match plain {
        Some(text) if !leading_zero(text.trim_start_matches('-')) => serde_json::from_str(&text).unwrap_or(Json::Null),
        _ => Json::from(cell),
    }
}

/// The number without thousands separators and with a point. A separator that does not stand every three digits is
/// none: `1,5` in a table with decimal points stays text, and is then reported instead of read as 15.
fn plain(cell: &str, decimal_comma: bool) -> Option<String> {
    let (point, thousands) = if decimal_comma { (',', '.') } else { ('.', ',') };
    let (sign, digits) = cell.strip_prefix('-').map_or(("", cell), |digits| ("-", digits));
    let (whole, part) = digits.split_once(point).map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let separator = whole.chars().find(|c| *c == thousands || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\''));
    let whole = match separator {
        None => whole.to_owned(),
        Some(separator) => {
            let mut groups = whole.split(separator);
            let first = groups.next().unwrap_or_default();
            if first.len() > 3 || !groups.all(|group| group.len() == 3 && all_digits(group)) {
                return None;
            }
            whole.replace(separator, "")
        }
    };
    if !all_digits(&whole) || !part.is_none_or(all_digits) {
        return None;
    }
    Some(part.map_or_else(|| format!("{sign}{whole}"), |part| format!("{sign}{whole}.{part}")))
}

/// What is wrong with the options; paths inside `csv`.
fn check(options: &CsvOptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
    if let Some(label) = &options.encoding
        && encoding_rs::Encoding::for_label(label.trim().as_bytes()).is_none()
    {
        wrong("encoding", format!("`{label}` is no known encoding; use a name such as utf-8 or windows-1255"));
    }
    if let Place::Url { url, .. } = &options.from
        && !matches!(url.scheme(), "http" | "https")
    {
        wrong("url", format!("{} addresses cannot be fetched; use https", url.scheme()));
    }
    if options.key.trim().is_empty() {
        wrong("key", "is empty; name the column that holds the key".to_owned());
    }
    if options.fields.is_empty() {
        wrong("fields", "is empty; name at least the column the quantity is in".to_owned());
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_tables_own_notation() {
        for (cell, comma, expected) in [
            ("12", false, Json::from(12)),
            ("-3.50", false, Json::from(-3.5)),
            ("1,234.5", false, Json::from(1234.5)),
            ("1.234,5", true, Json::from(1234.5)),
            ("1\u{a0}234", true, Json::from(1234)),
            ("0,5", true, Json::from(0.5)),
            ("0", false, Json::from(0)),
            ("1,5", false, Json::from("1,5")),
            ("1.5", true, Json::from("1.5")),
            ("0012", false, Json::from("0012")),
            ("12 pcs", false, Json::from("12 pcs")),
            ("1,23,456", false, Json::from("1,23,456")),
            ("-", false, Json::from("-")),
        ] {
            assert_eq!(value(cell, comma), expected, "{cell}");
        }
    }
}
