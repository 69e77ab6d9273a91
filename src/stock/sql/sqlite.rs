//! A SQLite file, opened for reading only. It is read on a thread of its own, a bundle of rows at a time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, params_from_iter};
use serde_json::Value as Json;
use tokio::sync::mpsc;

use super::row::{self, Columns};
use super::{Each, Reading, StockError};
use crate::stock::record::Record;

/// Records that travel together from the reading thread.
const BUNDLE: usize = 256;

type Bundle = Result<Vec<Record>, StockError>;

/// Reads one query.
pub(super) async fn read(file: &Path, reading: &Reading<'_>, each: Each<'_>) -> Result<(), StockError> {
    let (sender, mut bundles) = mpsc::channel::<Bundle>(4);
    let (handle, interrupt) = std::sync::mpsc::channel();
    let job = Job {
        file: file.to_owned(),
        place: reading.place.clone(),
        text: reading.text.to_owned(),
        keys: reading.keys.to_vec(),
        key: reading.key.to_owned(),
        columns: reading.columns.clone(),
        connect_timeout: reading.connect_timeout,
        timeout: reading.timeout,
    };
    let thread = tokio::task::spawn_blocking(move || {
        if let Err(error) = job.run(&sender, &handle) {
            // Nobody listens any more where this fails.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let _stop = Stop(interrupt);
    while let Some(bundle) = bundles.recv().await {
        bundle?.into_iter().for_each(&mut *each);
    }
    thread.await.map_err(|error| StockError::Machine { doing: "reading the database file", what: error.to_string() })
}

/// Stops a query nobody waits for any more.
struct Stop(std::sync::mpsc::Receiver<InterruptHandle>);

impl Drop for Stop {
    fn drop(&mut self) {
        if let Ok(handle) = self.0.try_recv() {
            handle.interrupt();
        }
    }
}

/// A reading that a thread can take along.
struct Job {
    file: PathBuf,
    place: String,
    text: String,
    keys: Vec<String>,
    key: String,
    columns: std::collections::BTreeMap<String, String>,
    connect_timeout: Duration,
    timeout: Duration,
}

impl Job {
    fn run(
        &self,
        sender: &mpsc::Sender<Bundle>,
        handle: &std::sync::mpsc::Sender<InterruptHandle>,
    ) -> Result<(), StockError> {
        let reading = Reading {
            place: self.place.clone(),
            text: &self.text,
            keys: &self.keys,
            key: &self.key,
            columns: &self.columns,
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
        };
        let failed = |error: rusqlite::Error| reading.failed(error.to_string(), advice(&error));
        if let Err(error) = std::fs::metadata(&self.file) {
            let advice = "see whether stock.sql.sqlite.file is right and the user that runs stocktruth may read it";
            return Err(reading.failed(format!("cannot be opened: {error}"), advice));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(&self.file, flags).map_err(failed)?;
        // Nobody interrupts any more where this fails.
        let _ = handle.send(database.get_interrupt_handle());
        database.busy_timeout(self.connect_timeout).map_err(failed)?;
        database.pragma_update(None, "query_only", true).map_err(failed)?;
        let mut statement = database.prepare(reading.text).map_err(failed)?;
        if !statement.readonly() {
            return Err(reading.failed("the query would write", "write a query that only reads: SELECT"));
        }
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let columns = Columns::find(&names, &reading)?;
        let mut rows = statement.query(params_from_iter(reading.keys)).map_err(failed)?;
        let mut bundle = Vec::with_capacity(BUNDLE);
        while let Some(row) = rows.next().map_err(failed)? {
            bundle.push(columns.record(|at| row.get_ref(at).map_err(|error| error.to_string()).and_then(cell)));
            if bundle.len() == BUNDLE && sender.blocking_send(Ok(std::mem::take(&mut bundle))).is_err() {
                return Ok(());
            }
        }
        // Nobody listens any more where this fails.
        let _ = sender.blocking_send(Ok(bundle));
        Ok(())
    }
}

/// A value by its own type: in SQLite a column has none that binds (<https://sqlite.org/datatype3.html>).
fn cell(value: ValueRef<'_>) -> Result<Json, String> {
    match value {
        ValueRef::Null => Ok(Json::Null),
        ValueRef::Integer(number) => Ok(Json::from(number)),
        ValueRef::Real(number) => Ok(Json::from(number)),
        ValueRef::Text(bytes) => row::text(bytes),
        ValueRef::Blob(_) => Err("holds bytes that are no text; convert them in the query".to_owned()),
    }
}

fn advice(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds the file locked; a longer connect_timeout of stock.sql waits for it"
        }
        Some(ErrorCode::NotADatabase) => "see whether stock.sql.sqlite.file is a SQLite database, and not encrypted",
        Some(ErrorCode::DatabaseCorrupt) => "see whether the file was copied while a program wrote it",
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "the user that runs stocktruth must be able to read the file, and in WAL mode to write its -shm file beside it"
        }
        _ => "try the query with the sqlite3 shell, as the same user",
    }
}
