//! What can go wrong with a whole catalogue. A bad line is an `Entry::Trouble` instead.

use url::Url;

use crate::fetch::FetchError;

/// Why a catalogue cannot be read, or not to its end. Items read before it stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// It could not be fetched.
    #[error("it could not be fetched: {0}")]
    Fetch(Box<FetchError>),
    /// A file that cannot be read as a catalogue.
    #[error("{place}: {what}")]
    Table {
        /// The path, or the address without its query.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// A sitemap that is none, or not to its end.
    #[error("{place}: {what}")]
    Sitemap {
        /// The address without its query.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// A product feed that is none, or not to its end.
    #[error("{place}: {what}")]
    Feed {
        /// The path, or the address without its query.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// There is nothing in it that could be checked.
    #[error("{place} names no item: {what}")]
    Empty {
        /// The path, or the address without its query.
        place: String,
        /// What there was instead.
        what: String,
    },
    /// The reading thread did not end as it should. A bug.
    #[error("the catalogue's reader stopped: {0}")]
    Reader(String),
}

impl CatalogError {
    /// What happened and what to do about it, in one line.
    pub fn advised(&self) -> String {
        format!("{self}; {}", self.help())
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Fetch(_) => "see whether the address is right and reachable from this machine",
            Self::Table { .. } => "compare the file with catalog.csv in the configuration",
            Self::Sitemap { .. } => "open the address in a browser; robots.txt of the shop names its real sitemap",
            Self::Feed { .. } => "open it as its readers would (RSS, Atom, CSV or TSV), and see whether its export ran",
            Self::Empty { .. } => {
                "see whether the export ran, and whether include and exclude fit the shop's addresses"
            }
            Self::Reader(_) => "please report it",
        }
    }
}

/// A link as an address a page can be asked at.
pub(super) fn page_at(base: &Url, link: &str) -> Result<Url, String> {
    let short: String = link.chars().take(120).collect();
    match base.join(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(url) => Err(format!("`{short}` is no page: {} addresses cannot be asked", url.scheme())),
        Err(error) => Err(format!("`{short}` is no address: {error}")),
    }
}
