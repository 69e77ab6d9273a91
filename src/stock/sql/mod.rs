#![doc = include_str!("../../../config/platforms/sql.md")]

mod mysql;
mod network;
mod options;
mod postgres;
mod row;
mod sqlite;
mod statement;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::grouped::{self, Grouped};
use super::record::{Field, Record, Told};
use super::{Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;

pub use options::{Database, Server, SqlOptions, Tls, Way};

/// What reads a database hands its records to.
type Each<'a> = &'a mut dyn FnMut(Record);

impl Kind for SqlOptions {
    fn name(&self) -> &'static str {
        "sql"
    }

    fn fields(&self) -> Vec<Field> {
        grouped::fields(&self.fields, self.locations.as_ref())
    }

    fn rules(&self) -> Rules {
        Rules::default()
    }

    fn check(&self) -> Vec<Problem> {
        options::check(self)
    }

    fn open(&self, _source: &str, _clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let columns = grouped::columns(&self.fields, self.locations.as_ref());
        Ok(Box::new(Sql { options: self.clone(), columns, queries: AtomicU64::new(0) }))
    }
}

/// A database, ready to be asked. Every reading has a connection of its own, which is closed at its end.
struct Sql {
    options: SqlOptions,
    /// Name → column, those of the locations included.
    columns: BTreeMap<String, String>,
    queries: AtomicU64,
}

/// One reading: a query and what is wanted of its rows.
struct Reading<'a> {
    place: String,
    /// The query, with placeholders for the keys.
    text: &'a str,
    keys: &'a [String],
    key: &'a str,
    columns: &'a BTreeMap<String, String>,
    connect_timeout: Duration,
    timeout: Duration,
}

impl Reading<'_> {
    /// The error of the whole source.
    fn failed(&self, what: impl Into<String>, advice: &'static str) -> StockError {
        StockError::Database { place: self.place.clone(), what: what.into(), advice }
    }

    fn is_late(&self, doing: &str, deadline: Duration) -> StockError {
        let what = format!("{doing} took longer than {} s", deadline.as_secs_f64());
        self.failed(
            what,
            "see whether the database is busy or the query slow; stock.sql has timeout and connect_timeout",
        )
    }
}

impl Sql {
    async fn read(&self, text: &str, keys: &[String], each: Each<'_>) -> Result<(), StockError> {
        let reading = Reading {
            place: self.options.database.place(),
            text: statement::bare(text),
            keys,
            key: &self.options.key,
            columns: &self.columns,
            connect_timeout: self.options.connect_timeout,
            timeout: self.options.timeout,
        };
        self.queries.fetch_add(1, Ordering::Relaxed);
        let rows = async {
            match &self.options.database {
                Database::Postgres(server) => postgres::read(server, &reading, each).await,
                Database::Mysql(server) => mysql::read(server, &reading, each).await,
                Database::Sqlite { file } => sqlite::read(file, &reading, each).await,
            }
        };
        let late = |_| reading.is_late("the reading", reading.timeout);
        tokio::time::timeout(self.options.timeout, rows).await.map_err(late)?
    }

    /// A placeholder for each of so many keys, as the database writes them.
    fn placeholders(&self, count: usize) -> impl Iterator<Item = String> {
        let numbered = matches!(self.options.database, Database::Postgres(_));
        (1..=count).map(move |at| if numbered { format!("${at}") } else { "?".to_owned() })
    }
}

#[async_trait(?Send)]
impl Connection for Sql {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        self.options.item.is_some()
    }

    async fn list(&self, _from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let Some(locations) = &self.options.locations else {
            return self.read(&self.options.query, &[], &mut |record| sink(Told::Item(record))).await;
        };
        let mut grouped = Grouped::new(locations).map_err(grouped::on_disk)?;
        let mut kept = Ok(());
        let mut keep = |record| {
            if kept.is_ok() {
                kept = grouped.add(&record);
            }
        };
        self.read(&self.options.query, &[], &mut keep).await?;
        kept.and_then(|()| grouped.finish(&mut |record| sink(Told::Item(record)))).map_err(grouped::on_disk)
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::with_capacity(keys.len());
        let Some(item) = &self.options.item else { return Ok(records) };
        for batch in keys.chunks(self.options.batch.max(1)) {
            let text = statement::with_keys(item, self.placeholders(batch.len()));
            self.read(&text, batch, &mut |record| records.push(record)).await?;
        }
        Ok(match &self.options.locations {
            Some(locations) => grouped::together(&records, locations),
            None => records,
        })
    }

    fn requests(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }
}
