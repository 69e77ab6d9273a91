//! What the configuration can say of a database.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

use super::super::{LocationRows, Problem};
use super::statement;

/// One read-only query of a database.
#[derive(Clone, Debug)]
pub struct SqlOptions {
    /// Which database.
    pub database: Database,
    /// The query that lists everything.
    pub query: String,
    /// The query for a few keys, with `{keys}` where their placeholders belong.
    pub item: Option<String>,
    /// Largest number of keys in one run of `item`.
    pub batch: usize,
    /// The column that holds the key.
    pub key: String,
    /// Field name → column name.
    pub fields: BTreeMap<String, String>,
    /// How the rows of several locations make one item.
    pub locations: Option<LocationRows>,
    /// Deadline for the connection; a locked SQLite file is waited for as long.
    pub connect_timeout: Duration,
    /// Deadline for a whole reading.
    pub timeout: Duration,
}

/// A database and the way to it.
#[derive(Clone, Debug)]
pub enum Database {
    /// PostgreSQL, and what speaks its protocol.
    Postgres(Server),
    /// MySQL or MariaDB.
    Mysql(Server),
    /// A SQLite file.
    Sqlite {
        /// The file; a relative path was resolved against the configuration file's folder.
        file: PathBuf,
    },
}

/// A database server.
#[derive(Clone, Debug)]
pub struct Server {
    /// How it is reached.
    pub way: Way,
    /// The database on it.
    pub database: String,
    /// Who we are there.
    pub user: String,
    /// The password; `None` where the server asks for none.
    pub password: Option<SecretString>,
}

/// The way to a server.
#[derive(Clone, Debug)]
pub enum Way {
    /// Over the network.
    Network {
        /// Name or address.
        host: String,
        /// TCP port.
        port: u16,
        /// Encryption.
        tls: Tls,
        /// Extra certificate authorities, PEM.
        ca_file: Option<PathBuf>,
        /// Private, loopback or link-local networks in which the server may be.
        allow_private: Vec<IpNet>,
    },
    /// A Unix socket on this machine.
    Socket(PathBuf),
}

/// Encryption of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Encrypted, and the server proves by its certificate that it is the one that is meant.
    Verify,
    /// Encrypted; whoever answers is believed.
    Require,
    /// Not encrypted.
    Off,
}

impl Database {
    /// What it is called in messages, without user and password.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Postgres(server) => format!("postgres at {}", server.place()),
            Self::Mysql(server) => format!("mysql at {}", server.place()),
            Self::Sqlite { file } => file.display().to_string(),
        }
    }

    /// Whether `\` escapes a quote in a string.
    fn escapes(&self) -> bool {
        matches!(self, Self::Mysql(_))
    }
}

impl Server {
    fn place(&self) -> String {
        match &self.way {
            Way::Network { host, port, .. } => format!("{host}:{port}/{}", self.database),
            Way::Socket(path) => format!("{}, database {}", path.display(), self.database),
        }
    }
}

/// What is wrong with the options; paths inside `sql`.
pub(super) fn check(options: &SqlOptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |option: &str, what: String| problems.push((option.to_owned(), what));
    let escapes = options.database.escapes();
    if let Some(what) = statement::problem(&options.query, escapes) {
        wrong("query", what);
    }
    if options.query.contains(statement::KEYS) {
        wrong("query", "lists everything and gets no {keys}; a query for a few keys goes under `item`".to_owned());
    }
    if let Some(item) = &options.item {
        if let Some(what) = statement::problem(item, escapes) {
            wrong("item", what);
        }
        if item.matches(statement::KEYS).count() != 1 {
            wrong("item", "needs {keys} exactly once, such as `WHERE sku IN ({keys})`".to_owned());
        }
    }
    if options.key.trim().is_empty() {
        wrong("key", "is empty; name the column that holds the key".to_owned());
    }
    if options.fields.is_empty() && options.locations.is_none() {
        wrong("fields", "is empty; name at least the column the quantity is in".to_owned());
    }
    if options.batch == 0 || options.batch > statement::MOST_KEYS {
        wrong("batch", format!("must be between 1 and {}", statement::MOST_KEYS));
    }
    problems
}
