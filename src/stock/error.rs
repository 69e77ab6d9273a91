//! What can go wrong with a whole stock source. The trouble of one item is a `StockAnswer::Failed` instead.

use super::record::Record;
use crate::fetch::{Document, FetchError};

/// Why a stock source cannot be used, or stopped half-way. Answers given before it stand; the rest is unknown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// The options cannot be used. `stock::check` finds the same before a run.
    #[error("{option}: {what}")]
    Options {
        /// The option's path inside `stock`.
        option: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// It could not be reached.
    #[error("{source_name} could not be read: {error}")]
    Fetch {
        /// The source's name.
        source_name: String,
        /// What happened.
        error: Box<FetchError>,
    },
    /// It answered, but not with what was asked for.
    #[error("{url} {what}")]
    Answer {
        /// The address, without its query.
        url: String,
        /// Status, content type and first words, or what is missing from the answer.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// It did not let us in.
    #[error("{url} {what}")]
    Login {
        /// The address of the login or of the token endpoint, without its query.
        url: String,
        /// Its words, without the secrets.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// The pages of a listing do not come to an end, or lead elsewhere.
    #[error("{url}: {what}")]
    Paging {
        /// The address, without its query.
        url: String,
        /// What happened.
        what: String,
    },
    /// A file that cannot be read as a stock table.
    #[error("{place}: {what}")]
    Table {
        /// The path, or the address without its query.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// A file that was still being written, or whose transfer broke off.
    #[error("{place}: {what}")]
    Unfinished {
        /// The path, or the address without its query.
        place: String,
        /// What shows it.
        what: String,
    },
    /// A command that should write a table and did not.
    #[error("the command {name} {what}")]
    Command {
        /// Its program.
        name: String,
        /// What happened, in its own last words where it said something.
        what: String,
    },
    /// A database that cannot be reached, or does not answer the query to its end.
    #[error("{place}: {what}")]
    Database {
        /// The kind of database and where it is, without user and password.
        place: String,
        /// What happened, in the server's words where it said something.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// The source has nothing at all to say, which is never taken for "all sold out".
    #[error("{place} lists no items at all")]
    Empty {
        /// The source's name.
        place: String,
    },
    /// It lists items, but none of them has a key.
    #[error("{place} lists {items} items, but none of them has a key")]
    Keyless {
        /// The source's name.
        place: String,
        /// How many items it lists.
        items: u64,
    },
    /// The sellable quantity is that at certain locations, and no item is at any of them.
    #[error("{place} has no item at {}", locations.join(" or "))]
    Nowhere {
        /// The source's name.
        place: String,
        /// What is selected.
        locations: Vec<String>,
    },
    /// The machine refused (a temporary file, a task).
    #[error("{doing}: {what}")]
    Machine {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        what: String,
    },
}

impl StockError {
    /// Options that `stock::check` would have refused: the first of their problems.
    pub(super) fn of_options(problems: Vec<super::Problem>) -> Self {
        let (option, what) = problems.into_iter().next().unwrap_or_default();
        Self::Options { option, what }
    }

    /// What it means for the keys that were asked for: an error that other keys would meet too stays one, any other is
    /// theirs alone.
    pub(super) fn for_keys(self, keys: &[String]) -> Result<Vec<Record>, Self> {
        match self {
            Self::Login { .. } | Self::Options { .. } => Err(self),
            other => Ok(Record::all_unreadable(keys, other)),
        }
    }

    /// What happened and what to do about it, in one line.
    pub fn advised(&self) -> String {
        self.help().map_or_else(|| self.to_string(), |help| format!("{self}; {help}"))
    }

    /// What to do about it, if there is something to be said.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Options { .. } => None,
            Self::Fetch { .. } => Some("see whether the address is right and reachable from this machine"),
            Self::Answer { advice, .. } | Self::Database { advice, .. } | Self::Login { advice, .. } => Some(advice),
            Self::Paging { .. } => Some("compare stock.http_json.all.paging with the API's documentation"),
            Self::Table { .. } => Some("compare the file with stock.csv (or keys.mapping) in the configuration"),
            Self::Unfinished { .. } => {
                Some("let the export write under another name and rename the file when it is complete")
            }
            Self::Command { .. } => Some(
                "run it by hand as the user that runs stocktruth; of the environment it gets PATH, HOME, SSH_AUTH_SOCK \
                 and what stock.csv.environment names",
            ),
            Self::Empty { .. } => Some("see whether the export ran and whether the credentials may see the items"),
            Self::Keyless { .. } => Some("compare the key in the configuration with one item as the source tells it"),
            Self::Nowhere { .. } => {
                Some("compare the names in stock.locations and in sellable with those of the source")
            }
            Self::Machine { .. } => Some("see whether the disk is full and the temporary folder writable"),
        }
    }
}

/// An answer in short: status, content type and first words.
pub(super) fn in_short(document: &Document) -> String {
    let kind = document.header("content-type").map_or("no content type", |kind| kind.split(';').next().unwrap_or(kind));
    let start = document.body.get(..400).unwrap_or(&document.body);
    let start = String::from_utf8_lossy(start);
    let words = start.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().take(100).collect();
    if words.is_empty() {
        return format!("{} ({kind}) and nothing else", document.status);
    }
    format!("{} ({kind}): {words}", document.status)
}

/// What to do about an answer of this status.
pub(super) fn advice(status: u16) -> &'static str {
    match status {
        401 => "the credentials were not accepted: check those of the stock source and whether they have expired",
        403 => "the credentials are known but may not read stock: check the token's scopes and any address allow-list",
        404 | 410 => "check the address of the stock source",
        429 => "the API asks for fewer requests: lower fetch.rate of the stock source",
        400..=499 => "the API did not understand the request: compare method, url and body with its documentation",
        500..=599 => "the API is in trouble; try again later, or ask whoever runs it",
        _ => "an API that answers something other than JSON is often a login page or a proxy: open the address by hand",
    }
}
