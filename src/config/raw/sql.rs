//! Stock in a database.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::csv::LocationRows;
use super::scalar::{DatabaseTls, Duration, FilePath, Secret, Text, Whole};

/// One read-only query of a database. Exactly one of `postgres`, `mysql` and `sqlite`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["postgres"]}, {"required": ["mysql"]}, {"required": ["sqlite"]}]))]
pub(crate) struct Sql {
    /// A PostgreSQL server.
    pub(crate) postgres: Option<SqlServer>,
    /// A MySQL or MariaDB server.
    pub(crate) mysql: Option<SqlServer>,
    /// A SQLite file.
    pub(crate) sqlite: Option<SqlFile>,
    /// The query that lists everything: one SELECT with named columns.
    #[schemars(required)]
    pub(crate) query: Option<Text>,
    /// The same for a few keys: `{keys}` stands where their placeholders belong, `WHERE sku IN ({keys})`.
    pub(crate) item: Option<Text>,
    /// Largest number of keys in one run of `item`. Default: 500.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) batch: Option<Whole>,
    /// The column that holds the SKU or stock key.
    #[schemars(required)]
    pub(crate) key: Option<Text>,
    /// Field name → column name. The names are for the expressions. Needed without `locations`.
    pub(crate) fields: Option<BTreeMap<String, Text>>,
    /// Where an item has a row for each of its locations.
    pub(crate) locations: Option<LocationRows>,
    /// Deadline for the connection; a locked SQLite file is waited for as long. Default: `10s`.
    pub(crate) connect_timeout: Option<Duration>,
    /// Deadline for the whole reading, on the server too. Default: `5m`.
    pub(crate) timeout: Option<Duration>,
}

/// A database server. Exactly one of `host` and `socket`; a password is not needed where the server asks for none.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["host"]}, {"required": ["socket"]}]))]
pub(crate) struct SqlServer {
    /// Name or address of the host.
    pub(crate) host: Option<Text>,
    /// Default: 5432 for PostgreSQL, 3306 for MySQL.
    #[schemars(range(min = 1, max = 65_535))]
    pub(crate) port: Option<Whole>,
    /// A Unix socket on this machine: the socket itself, not its folder.
    pub(crate) socket: Option<FilePath>,
    /// The database on the server.
    #[schemars(required)]
    pub(crate) database: Option<Text>,
    /// Who we are there: a user that may only read.
    #[schemars(required)]
    pub(crate) user: Option<Text>,
    /// The password, as `${NAME}`.
    pub(crate) password: Option<Secret>,
    /// A file that holds the password.
    pub(crate) password_file: Option<FilePath>,
    /// `verify`: encrypted, and the server's certificate names the host. `require`: encrypted, whoever answers. `off`.
    /// Default: `verify`.
    pub(crate) tls: Option<DatabaseTls>,
    /// Extra certificate authorities, a PEM file, with `tls: verify`.
    pub(crate) ca_file: Option<FilePath>,
    /// Private networks or addresses in which the host may be, such as `10.0.0.0/8` or `127.0.0.1`.
    pub(crate) allow_private: Option<Vec<Text>>,
}

/// A SQLite file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SqlFile {
    /// The file. It is opened for reading only.
    #[schemars(required)]
    pub(crate) file: Option<FilePath>,
}
