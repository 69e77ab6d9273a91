#![doc = include_str!("../../../config/platforms/csv.md")]

mod cell;
mod command;
mod whole;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value as Json;
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use super::api::{self, Access, Api};
use super::grouped::{self, Grouped};
use super::record::{Field, Line, Record, Told};
use super::{Connection, CsvOptions, Kind, Place, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::shown;
use crate::fetch::table::{Row, Table, TableError};

/// Records that travel together from the reading thread.
const BUNDLE: usize = 256;

type Bundle = Result<Vec<Record>, StockError>;

impl Kind for CsvOptions {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn fields(&self) -> Vec<Field> {
        grouped::fields(&self.fields, self.locations.as_ref())
    }

    fn rules(&self) -> Rules {
        Rules::default()
    }

    fn is_dated(&self) -> bool {
        !matches!(self.from, Place::Command(_))
    }

    fn check(&self) -> Vec<Problem> {
        check(self)
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let api = match &self.from {
            Place::File(_) | Place::Command(_) => None,
            Place::Url { url, fetch, auth } => {
                Some(Api::new(source, fetch, Access::of(auth.as_ref(), source, url)?, clock)?)
            }
        };
        Ok(Box::new(Csv { options: Arc::new(self.clone()), api }))
    }
}

/// A CSV file, ready to be read.
#[derive(Debug)]
struct Csv {
    options: Arc<CsvOptions>,
    api: Option<Api>,
}

/// A table that is here now.
struct Here {
    /// What it is called in messages.
    place: Arc<str>,
    /// A copy that was fetched; `None`: the file itself.
    copy: Option<NamedTempFile>,
    /// When it was written, where its sender says.
    written: Option<Timestamp>,
}

impl Csv {
    /// Fetches the file, where it is not here already.
    async fn fetch(&self) -> Result<Here, StockError> {
        let here = |place: String, copy, written| Here { place: place.into(), copy, written };
        match (&self.options.from, &self.api) {
            (Place::Url { url, .. }, Some(api)) => {
                let download = api.download(url).await?;
                Ok(here(shown(url).to_string(), Some(download.file), download.last_modified))
            }
            (Place::Url { url, .. }, None) => Ok(here(shown(url).to_string(), None, None)),
            (Place::File(path), _) => Ok(here(path.display().to_string(), None, None)),
            (Place::Command(options), _) => {
                Ok(here(format!("output of {}", command::name(options)), Some(command::run(options).await?), None))
            }
        }
    }

    async fn rows(&self, each: &mut dyn FnMut(Record)) -> Result<(), StockError> {
        let here = self.fetch().await?;
        let (sender, mut bundles) = mpsc::channel::<Bundle>(4);
        let options = Arc::clone(&self.options);
        let reading = tokio::task::spawn_blocking(move || {
            let read = Reading { options: &options, here: &here, sender: &sender }.run();
            if let Err(error) = read {
                // Nobody listens any more where this fails.
                let _ = sender.blocking_send(Err(error));
            }
        });
        while let Some(bundle) = bundles.recv().await {
            bundle?.into_iter().for_each(&mut *each);
        }
        reading.await.map_err(|error| StockError::Machine { doing: "reading the table", what: error.to_string() })
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
        let Some(locations) = &self.options.locations else {
            return self.rows(&mut |record| sink(Told::Item(record))).await;
        };
        let mut grouped = Grouped::new(locations).map_err(grouped::on_disk)?;
        let mut kept = Ok(());
        let mut keep = |record: Record| {
            if kept.is_ok() {
                kept = grouped.add(&record);
            }
        };
        self.rows(&mut keep).await?;
        kept.and_then(|()| grouped.finish(&mut |record| sink(Told::Item(record)))).map_err(grouped::on_disk)
    }

    /// Only reading it all tells what is in a file; [`super::source`] does that where it must.
    async fn ask(&self, _keys: &[String]) -> Result<Vec<Record>, StockError> {
        Ok(Vec::new())
    }

    fn requests(&self) -> u64 {
        self.api.as_ref().map_or(0, Api::requests)
    }

    async fn close(&self) {
        if let Some(api) = &self.api {
            api.close().await;
        }
    }
}

/// One reading of the table, on a thread of its own.
struct Reading<'a> {
    options: &'a CsvOptions,
    here: &'a Here,
    sender: &'a mpsc::Sender<Bundle>,
}

impl Reading<'_> {
    fn run(&self) -> Result<(), StockError> {
        let opened = match (&self.here.copy, &self.options.from) {
            (Some(copy), _) => copy.reopen(),
            (None, Place::File(path)) => File::open(path),
            (None, _) => Err(std::io::Error::other("it was not fetched")),
        };
        let file = opened.map_err(|error| self.table(&TableError::from(error)))?;
        let state = whole::State::of(&file).map_err(|error| self.table(&TableError::from(error)))?;
        if let Some(done_file) = &self.options.done_file {
            whole::done(done_file, state).map_err(|what| self.unfinished(what))?;
        }
        let again = file.try_clone().map_err(|error| self.table(&TableError::from(error)))?;
        let written = if self.here.copy.is_some() { self.here.written } else { state.written() };
        let listens = self.read(file, written)?;
        if listens && self.here.copy.is_none() {
            whole::unchanged(&again, state).map_err(|what| self.unfinished(what))?;
        }
        Ok(())
    }

    /// Tells the rows; false where nobody listens any more.
    fn read(&self, file: File, as_of: Option<Timestamp>) -> Result<bool, StockError> {
        let table = Table::open(file, self.options.encoding.as_deref(), self.options.delimiter);
        let mut table = table.map_err(|error| self.table(&error))?;
        let column = |table: &mut Table, name: &str| table.column(name).map_err(|error| self.table(&error));
        let key = column(&mut table, &self.options.key)?;
        let mut columns = BTreeMap::new();
        for (field, name) in grouped::columns(&self.options.fields, self.options.locations.as_ref()) {
            columns.insert(field, column(&mut table, &name)?);
        }
        let mut bundle = Vec::with_capacity(BUNDLE);
        let mut rows = 0_u64;
        let mut footer = self.options.footer.as_deref().map(whole::Footer::new);
        while let Some(row) = table.row().map_err(|error| self.table(&error))? {
            if let Some(footer) = &mut footer
                && footer.is_in(&row).map_err(|what| self.unfinished(what))?
            {
                continue;
            }
            if row.is_cut_off() {
                return Err(self.unfinished(format!("line {}, the last one, breaks off in the middle", row.line)));
            }
            rows += 1;
            bundle.push(self.record(key, &row, &columns, as_of)?);
            if bundle.len() == BUNDLE && self.sender.blocking_send(Ok(std::mem::take(&mut bundle))).is_err() {
                return Ok(false);
            }
        }
        footer.map_or(Ok(()), |footer| footer.counts(rows)).map_err(|what| self.unfinished(what))?;
        Ok(self.sender.blocking_send(Ok(bundle)).is_ok())
    }

    fn record(
        &self,
        key: usize,
        row: &Row<'_>,
        columns: &BTreeMap<String, usize>,
        as_of: Option<Timestamp>,
    ) -> Result<Record, StockError> {
        let key = row.cell(key).unwrap_or_default();
        if key.contains(char::REPLACEMENT_CHARACTER) {
            let what = format!("line {}: the key {key} has letters that cannot be read; name the encoding", row.line);
            return Err(self.table(&TableError::Read(what)));
        }
        let decimal_comma = self.options.decimal_comma;
        let value = |at: &usize| row.cell(*at).map_or(Json::Null, |text| cell::value(text, decimal_comma));
        let fields = match row.trouble().or_else(|| cell::key_problem(key)) {
            Some(trouble) => Err(trouble),
            None => Ok(columns.iter().map(|(name, at)| (name.clone(), value(at))).collect()),
        };
        let line = Line { file: Arc::clone(&self.here.place), number: row.line };
        Ok(Record { key: key.to_owned(), fields, as_of, line: Some(line) })
    }

    fn table(&self, error: &TableError) -> StockError {
        StockError::Table { place: self.here.place.to_string(), what: error.to_string() }
    }

    fn unfinished(&self, what: String) -> StockError {
        StockError::Unfinished { place: self.here.place.to_string(), what }
    }
}

/// What is wrong with the options; paths inside `csv`.
fn check(options: &CsvOptions) -> Vec<Problem> {
    let mut problems = match &options.from {
        Place::Url { auth, .. } => api::check(auth.as_ref()),
        Place::File(_) | Place::Command(_) => Vec::new(),
    };
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
    if let Place::Command(command) = &options.from
        && command.words.first().is_none_or(|program| program.trim().is_empty())
    {
        wrong("command", "names no program; write a list such as [ssh, erp, cat, stock.csv]".to_owned());
    }
    if options.fields.is_empty() && options.locations.is_none() {
        wrong("fields", "is empty; name at least the column the quantity is in".to_owned());
    }
    problems.extend(grouped::check(options.locations.as_ref()));
    problems
}
