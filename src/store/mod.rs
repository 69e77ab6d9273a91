//! What outlives a run: runs, incidents, notices. The only room that knows the database.
//!
//! A [`Store`] is one SQLite file in WAL mode. Whatever belongs together is written in one [`Transaction`]: an
//! incident's change, the notice of it, and that it was told. A kill at any moment leaves either all of it or nothing.
//! A [`Lock`] beside the file keeps two runs apart. A [`Worksheet`] is a run's scratch space on disk, so that memory does
//! not grow with the catalogue.

mod alarms;
mod columns;
mod correspondence;
mod error;
mod incidents;
mod lock;
mod memory;
mod options;
mod outbox;
mod retention;
mod runs;
mod schema;
mod silences;
mod sources;
mod space;
#[cfg(test)]
mod tests;
mod transaction;
mod worksheet;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use error::explain;

pub use error::StoreError;
pub use incidents::{Event, Finding, Wanted};
pub use lock::{Holder, Lock, LockError, lock, under_way};
pub use memory::{Described, KnownClaim, KnownItem, KnownLag, KnownPage, Looked, Promises, Standing};
pub use options::Options;
pub use outbox::NoticeCounts;
pub use retention::Retired;
pub use space::room;
pub use transaction::Transaction;
pub use worksheet::{Chosen, Counts, Lists, Moved, PageOf, Placed, Row, Stood, Tally, Worksheet};

type Result<T> = std::result::Result<T, StoreError>;

/// How long another program's short write is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The database. One per run; not shared between threads.
#[derive(Debug)]
pub struct Store {
    options: Options,
    connection: Connection,
}

impl Store {
    /// Opens the database; makes its folder and the file where they are absent and brings an older format up to date.
    ///
    /// # Errors
    /// If the folder cannot be made or the file cannot be opened, is not ours, or comes from a newer version.
    pub fn open(options: &Options) -> Result<Self> {
        Self::open_with(options, PATIENCE)
    }

    /// Opens the database for looking only, if there is one: nothing can be written through it. `None`: nothing has
    /// been remembered yet. An older format is brought up to date nevertheless, so that it can be read.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn peek(options: &Options) -> Result<Option<Self>> {
        if !options.file.exists() {
            return Ok(None);
        }
        let store = Self::open(options)?;
        store.connection.pragma_update(None, "query_only", true).map_err(explain(&options.file, "opening it"))?;
        Ok(Some(store))
    }

    fn open_with(options: &Options, patience: Duration) -> Result<Self> {
        let file = options.file.as_path();
        make_folder(file).map_err(|(folder, why)| StoreError::Folder { folder, why })?;
        let opening = explain(file, "opening it");
        if !file.exists() {
            // SQLite gives its `-wal` and `-shm` the mode of the file, but a new file that of the umask. Where this
            // fails, so does SQLite, and says why.
            let _ = private().write(true).create(true).truncate(false).open(file);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(file, flags).map_err(&opening)?;
        connection.busy_timeout(patience).map_err(&opening)?;
        // A table that is made anew must not take with it what refers to it.
        connection.pragma_update(None, "foreign_keys", false).map_err(&opening)?;
        schema::migrate(&mut connection, file)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(&opening)?;
        // Not every file system can do WAL; then SQLite keeps its former journal, which is as safe and only slower. So it
        // does while another program looks at the file that is not in WAL mode yet; it is put into it the next time.
        match connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            switched => switched.map_err(&opening)?,
        }
        // A mail once sent must stay marked as sent even if the power fails.
        connection.pragma_update(None, "synchronous", "full").map_err(&opening)?;
        // As many kinds of statements as a run repeats for every item.
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { options: options.clone(), connection })
    }

    /// [`Options::spool`] of these options.
    pub fn spool(&self, shop: &str, number: usize) -> PathBuf {
        self.options.spool(shop, number)
    }

    fn explain(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + use<'_> {
        explain(&self.options.file, doing)
    }
}

/// What a file is made with that is nobody else's business: it holds addresses and whole mails. A file that is there
/// already keeps the mode its owner gave it.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the folder a file is to lie in; on failure names it.
fn make_folder(file: &Path) -> std::result::Result<(), (PathBuf, std::io::Error)> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|why| (folder.to_owned(), why)),
        None => Ok(()),
    }
}
