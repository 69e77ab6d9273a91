//! SQLite: runs, incidents, notices. The only room that knows the database.

mod options;

pub use options::Options;
