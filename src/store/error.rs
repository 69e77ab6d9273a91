//! What can go wrong with remembering, in words for the person who runs the program.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

/// Why something could not be remembered or recalled. The text says what happened, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database's folder could not be made.
    #[error("the folder {} for the database could not be made: {why}; make it, or choose another `store.file`", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// The file is something else.
    #[error("{} is not a database; move it away, or choose another `store.file`", file.display())]
    NotADatabase {
        /// The file.
        file: PathBuf,
    },
    /// The file is a database, but not ours.
    #[error("{} is the database of another program; choose another `store.file`", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// A later version of the program has been here.
    #[error(
        "{} was written by a newer stocktruth (its format is {found}, this program knows up to {known}); \
         update this program, or choose another `store.file`",
        file.display()
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its `user_version`.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// Another program holds the database.
    #[error(
        "{} was locked by another program for too long while {doing}; \
         close what has it open (a database browser, a backup) and run again",
        file.display()
    )]
    Busy {
        /// The file.
        file: PathBuf,
        /// What was going on.
        doing: &'static str,
    },
    /// No space is left.
    #[error(
        "no space is left for {} while {doing}; nothing of this step was kept: free some space and run again",
        file.display()
    )]
    Full {
        /// The file.
        file: PathBuf,
        /// What was going on.
        doing: &'static str,
    },
    /// The file may not be written.
    #[error(
        "{} may not be written ({doing}); give this user the right to write the file and its folder, \
         or choose another `store.file`",
        file.display()
    )]
    ReadOnly {
        /// The file.
        file: PathBuf,
        /// What was going on.
        doing: &'static str,
    },
    /// The file could not be opened.
    #[error(
        "{} could not be opened: {why}; check that it is a file and that this user may read and write it and its folder",
        file.display()
    )]
    CannotOpen {
        /// The file.
        file: PathBuf,
        /// What the database said.
        why: String,
    },
    /// The content does not hold together.
    #[error(
        "{} is damaged ({why}, while {doing}); move it away together with its -wal and -shm files and run again: \
         what is still wrong in the shops will be found again",
        file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        why: String,
    },
    /// The disk failed.
    #[error("the disk failed under {} while {doing}: {why}; check that it is mounted, healthy and not full", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        why: String,
    },
    /// A notice was marked that is not waiting. A bug.
    #[error("notice {id} in {} is not waiting to be sent; please report this", file.display())]
    NotPending {
        /// The file.
        file: PathBuf,
        /// The notice.
        id: i64,
    },
    /// The run's scratch space failed.
    #[error(
        "the run's temporary worksheet failed while {doing}: {why}; \
         free the folder for temporary files or point TMPDIR to a larger one, then run again"
    )]
    Worksheet {
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        why: String,
    },
    /// Anything else. A bug.
    #[error("{} failed while {doing}: {why}; please report this", file.display())]
    Failed {
        /// The file.
        file: PathBuf,
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        why: String,
    },
}

/// What the database said, put into the user's words.
pub(super) fn explain(file: &Path, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| {
        let file = file.to_owned();
        let why = error.to_string();
        // The write-ahead log's index could not grow: SQLite's name for a full disk at that place
        // (https://sqlite.org/rescode.html#ioerr_shmsize).
        let no_room = error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_SHMSIZE);
        let unreadable = matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
        );
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { file, doing },
            Some(ErrorCode::DiskFull) => StoreError::Full { file, doing },
            Some(ErrorCode::SystemIoFailure) if no_room => StoreError::Full { file, doing },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { file, doing },
            Some(ErrorCode::NotADatabase) => StoreError::NotADatabase { file },
            Some(ErrorCode::CannotOpen) => StoreError::CannotOpen { file, why },
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { file, doing, why },
            Some(ErrorCode::SystemIoFailure) => StoreError::Io { file, doing, why },
            None if unreadable => StoreError::Damaged { file, doing, why },
            _ => StoreError::Failed { file, doing, why },
        }
    }
}
