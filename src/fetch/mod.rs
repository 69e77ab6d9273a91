//! The one way out to the web.
//!
//! Everything polite and everything safe is here: budgets, robots.txt, retries, caps, deadlines, charsets, redirects
//! and the guard against private addresses. No other room builds an HTTP client.

pub mod charset;
mod options;
pub mod table;

use secrecy::SecretString;
use url::Url;

pub use options::{Bypass, Options, Rate};

use crate::domain::{Fetched, PageFailure, clock::Clock};

/// How a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As a customer would.
    Normal,
    /// Past the page caches: a unique query parameter and `Cache-Control: no-cache` (RFC 9111 section 5.2.1.4).
    BypassCaches,
}

/// One request to an API.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// `GET` or `POST`.
    pub method: String,
    /// Absolute address.
    pub url: Url,
    /// Headers, sent only to this origin and never across a redirect to another.
    pub headers: Vec<(String, SecretString)>,
    /// Body, sent as `application/json` unless the headers say otherwise.
    pub body: Option<Vec<u8>>,
}

/// The answer to it.
#[derive(Clone, Debug)]
pub struct Document {
    /// HTTP status.
    pub status: u16,
    /// The address that answered.
    pub url: Url,
    /// Headers as sent, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Document {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A body streamed to a temporary file that goes when this is dropped.
#[derive(Debug)]
pub struct Download {
    /// The file.
    pub file: tempfile::NamedTempFile,
    /// The address that answered.
    pub url: Url,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// `Last-Modified`, if sent and readable.
    pub last_modified: Option<jiff::Timestamp>,
}

/// Why a document or download did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The web said no, or nothing.
    #[error("{url}: {failure}")]
    Failure {
        /// The address, without its query.
        url: String,
        /// What happened.
        failure: PageFailure,
    },
    /// The options cannot be used (a CA file that cannot be read, a header that is none).
    #[error("{0}")]
    Options(String),
}

/// Asks hosts politely. Cheap to clone; clones share budgets, robots.txt and circuits.
#[derive(Clone, Debug)]
pub struct Fetcher {}

impl Fetcher {
    /// Builds the client.
    pub fn new(_options: Options, _clock: Clock) -> Result<Self, FetchError> {
        Ok(Self {})
    }

    /// Asks for a page. Every final answer is a page, whatever its status.
    pub async fn page(&self, _url: &Url, _mode: Mode) -> Fetched {
        Err(PageFailure::NoUrl)
    }

    /// Asks an API. Every final answer is a document, whatever its status.
    pub async fn document(&self, _request: Outgoing) -> Result<Document, FetchError> {
        Err(FetchError::Options("scaffold".to_owned()))
    }

    /// Streams a body to a temporary file; a status other than 2xx is an error.
    pub async fn download(&self, _url: &Url, _headers: Vec<(String, SecretString)>) -> Result<Download, FetchError> {
        Err(FetchError::Options("scaffold".to_owned()))
    }

    /// HTTP requests sent so far: robots.txt, retries and redirects among them.
    pub fn requests(&self) -> u64 {
        0
    }
}
