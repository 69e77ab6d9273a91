//! The one way out to the web.
//!
//! Everything polite and everything safe is here: budgets, robots.txt, retries, caps, deadlines, charsets, redirects
//! and the guard against private addresses. No other room builds an HTTP client.

mod body;
mod cache;
pub mod charset;
mod client;
mod conditional;
mod exchange;
mod failure;
mod guard;
mod host;
mod jar;
mod options;
mod redirect;
mod retry;
mod robots;
mod session;
pub mod table;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, LAST_MODIFIED};
use secrecy::SecretString;
use url::Url;

use body::{Body, Sink};
use cache::Stamp;
use client::Door;
use exchange::{Answer, Ask};
use failure::Trouble;

pub(crate) use crate::domain::shown;
pub use conditional::{Lookup, Validators};
pub(crate) use failure::without_query;
pub(crate) use guard::addresses;
pub use options::{Bypass, Options, Rate};
pub use session::{Call, Gate, Payload, Reply, Session, Verb, Visits};

use crate::domain::{Fetched, Hop, Page, PageFailure, clock::Clock};

/// What browsers send for a page; some shops answer nothing else.
const ACCEPT_PAGES: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
/// What is sent to an API unless its headers say otherwise.
const ACCEPT_DOCUMENTS: &str = "application/json, */*;q=0.5";

/// How a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As a customer would.
    Normal,
    /// Past the page caches: a unique query parameter and `Cache-Control: no-cache` (RFC 9111 section 5.2.1.4).
    BypassCaches,
}

/// One request to an API.
#[derive(Clone)]
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

impl fmt::Debug for Outgoing {
    /// Without the body, which may hold a password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url, headers, body: _ } = self;
        out.debug_struct("Outgoing")
            .field("method", method)
            .field("url", &shown(url).as_str())
            .field("headers", headers)
            .finish_non_exhaustive()
    }
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

    /// How long the host asks to be left alone, by `Retry-After`.
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        retry::pause_in(self.header("retry-after")?, now)
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
    pub last_modified: Option<Timestamp>,
    /// `ETag` as sent.
    pub etag: Option<String>,
}

/// Limits of one download, where they are not those of the options.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    /// Largest body in bytes, after decompression.
    pub largest: u64,
    /// Deadline for the whole exchange, body included.
    pub whole: Duration,
}

impl Default for Within {
    /// Room for what only files of a whole shop need.
    fn default() -> Self {
        Self { largest: 2 * 1024 * 1024 * 1024, whole: Duration::from_secs(30 * 60) }
    }
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
        failure: Box<PageFailure>,
    },
    /// The options cannot be used (a CA file that cannot be read, a header that is none).
    #[error("{0}")]
    Options(String),
    /// The temporary file for a download cannot be written.
    #[error("a temporary file cannot be written: {0}; see that the folder for temporary files (TMPDIR) has room")]
    Disk(String),
}

impl FetchError {
    /// Whether the answer had this status.
    pub fn is_status(&self, expected: u16) -> bool {
        matches!(self, Self::Failure { failure, .. }
            if matches!(**failure, PageFailure::Status { status } if status == expected))
    }

    fn of(url: &Url, trouble: Trouble) -> Self {
        match trouble {
            Trouble::Page(failure) => {
                Self::Failure { url: shown(url).into(), failure: Box::new(without_query(failure)) }
            }
            Trouble::Disk(why) => Self::Disk(why),
        }
    }
}

/// Asks hosts politely. Cheap to clone; clones share budgets, robots.txt and circuits.
#[derive(Clone)]
pub struct Fetcher(Arc<Door>);

impl fmt::Debug for Fetcher {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Fetcher").field("requests", &self.requests()).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`FetchError::Options`] for a CA file that cannot be read or a header that is none.
    pub fn new(options: Options, clock: Clock) -> Result<Self, FetchError> {
        Ok(Self(Arc::new(Door::new(options, clock)?)))
    }

    /// Asks for a page. Every final answer is a page, whatever its status; 429 and 5xx only after the retries.
    pub async fn page(&self, url: &Url, mode: Mode) -> Fetched {
        let mut ask = self.get(url.clone(), Sink::Memory(self.0.options.max_body));
        ask.open.insert(ACCEPT, HeaderValue::from_static(ACCEPT_PAGES));
        let bypass = &self.0.options.bypass;
        let stamp = match mode {
            Mode::BypassCaches => Stamp::new(bypass, self.0.clock.now()),
            Mode::Normal => None,
        };
        if mode == Mode::BypassCaches && bypass.headers {
            cache::ask_the_origin(&mut ask.open);
        }
        let outcome = match &stamp {
            Some(stamp) => {
                let stamped = Ask { url: stamp.on(url), ..ask.clone() };
                match self.0.ask(stamped).await {
                    // Many shops forbid robots any query. The page itself may be allowed, and the headers still ask.
                    Err(Trouble::Page(PageFailure::RobotsDisallowed { .. })) => self.0.ask(ask).await,
                    outcome => outcome,
                }
            }
            None => self.0.ask(ask).await,
        };
        let answer = outcome.map_err(|trouble| match trouble {
            Trouble::Page(failure) => failure,
            Trouble::Disk(why) => PageFailure::Connection { why },
        })?;
        Ok(self.page_of(url, answer, stamp.as_ref()))
    }

    /// Asks an API. Every final answer is a document, whatever its status; 429 and 5xx only after the retries.
    ///
    /// # Errors
    /// [`FetchError::Failure`] when no answer came, [`FetchError::Options`] for a method or header that is none.
    pub async fn document(&self, request: Outgoing) -> Result<Document, FetchError> {
        let ask = self.get(request.url.clone(), Sink::Memory(self.0.options.max_body));
        self.answer(ask, request).await
    }

    /// As [`Fetcher::document`], but without the configured extra headers: for another host than theirs, which must not
    /// see them.
    ///
    /// # Errors
    /// As [`Fetcher::document`].
    pub async fn document_elsewhere(&self, request: Outgoing) -> Result<Document, FetchError> {
        let mut ask = self.get(request.url.clone(), Sink::Memory(self.0.options.max_body));
        ask.secret.clear();
        self.answer(ask, request).await
    }

    /// Delivers something to an address that is itself a secret, such as a webhook's: once, as who delivers keeps what
    /// was not taken and tries again later. A redirect is an answer like any other, robots.txt is not asked, a body is cut at
    /// `max_body`, and of the address no error and no log line says more than the host.
    ///
    /// # Errors
    /// As [`Fetcher::document`].
    pub async fn deliver(&self, request: Outgoing) -> Result<Document, FetchError> {
        let origin = origin(&request.url);
        let mut ask = self.get(request.url.clone(), Sink::Remark(self.0.options.max_body));
        fill(&mut ask, request)?;
        let answer = self.0.ask_once(&ask).await;
        match &answer {
            Ok(answer) => tracing::debug!("{} {origin}: {}", ask.method, answer.status),
            Err(Trouble::Page(failure)) => tracing::debug!("{} {origin}: {failure}", ask.method),
            Err(Trouble::Disk(why)) => tracing::debug!("{} {origin}: {why}", ask.method),
        }
        Ok(document(answer.map_err(|trouble| FetchError::of(&origin, trouble))?))
    }

    async fn answer(&self, mut ask: Ask, request: Outgoing) -> Result<Document, FetchError> {
        fill(&mut ask, request)?;
        let asked = ask.url.clone();
        Ok(document(self.0.ask(ask).await.map_err(|trouble| FetchError::of(&asked, trouble))?))
    }

    /// Streams a body to a temporary file; a status other than 2xx is an error.
    ///
    /// # Errors
    /// As [`Fetcher::document`], and [`FetchError::Disk`] when the temporary file cannot be written.
    pub async fn download(&self, url: &Url, headers: Vec<(String, SecretString)>) -> Result<Download, FetchError> {
        let Options { max_download: largest, total_timeout: whole, .. } = self.0.options;
        self.download_within(url, headers, Within { largest, whole }).await
    }

    /// As [`Fetcher::download`], within other limits than the options have.
    ///
    /// # Errors
    /// As [`Fetcher::download`].
    pub async fn download_within(
        &self,
        url: &Url,
        headers: Vec<(String, SecretString)>,
        within: Within,
    ) -> Result<Download, FetchError> {
        let mut ask = self.get(url.clone(), Sink::File(within.largest));
        ask.whole = Some(within.whole.max(self.0.options.total_timeout));
        overlay(&mut ask.secret, client::headers(&headers)?);
        let answer = self.0.ask(ask).await.map_err(|trouble| FetchError::of(url, trouble))?;
        match answer.body {
            Body::File(file) => {
                let sent = |name| answer.headers.get(name).map(text);
                let last_modified = sent(LAST_MODIFIED)
                    .and_then(|date| Timestamp::try_from(httpdate::parse_http_date(&date).ok()?).ok());
                let (content_type, etag) = (sent(CONTENT_TYPE), sent(ETAG));
                Ok(Download { file, url: answer.url, content_type, last_modified, etag })
            }
            Body::Bytes(_) => Err(FetchError::of(url, PageFailure::Status { status: answer.status }.into())),
        }
    }

    /// The time by its clock.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// HTTP requests sent so far: robots.txt, retries and redirects among them.
    pub fn requests(&self) -> u64 {
        self.0.requests()
    }

    fn get(&self, url: Url, sink: Sink) -> Ask {
        Ask {
            method: Method::GET,
            open: HeaderMap::new(),
            secret: self.0.headers_for(&url),
            url,
            body: None,
            sink,
            max_redirects: self.0.options.max_redirects,
            robots: self.0.options.robots,
            whole: None,
        }
    }

    fn page_of(&self, requested: &Url, answer: Answer, stamp: Option<&Stamp>) -> Page {
        let seen_at = self.0.clock.now();
        let unstamped = |url: Url| stamp.map_or_else(|| url.clone(), |stamp| stamp.off(&url));
        let content_type = answer.headers.get(CONTENT_TYPE).map(text);
        let bytes = bytes_of(answer.body);
        let (html, charset) = charset::decode_from(&bytes, content_type.as_deref(), answer.url.domain());
        let media_type = content_type.as_deref().and_then(|value| value.split(';').next()).unwrap_or_default();
        Page {
            requested: requested.clone(),
            url: unstamped(answer.url),
            hops: answer.hops.into_iter().map(|hop| Hop { to: unstamped(hop.to), ..hop }).collect(),
            status: answer.status,
            content_type: media_type.trim().to_ascii_lowercase(),
            html,
            charset,
            cache: cache::evidence(&answer.headers),
            seen_at,
        }
    }
}

/// Makes a question of a request.
fn fill(ask: &mut Ask, request: Outgoing) -> Result<(), FetchError> {
    ask.method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| FetchError::Options(format!("{:?} is no HTTP method; use GET or POST", request.method)))?;
    ask.open.insert(ACCEPT, HeaderValue::from_static(ACCEPT_DOCUMENTS));
    if let Some(body) = request.body {
        ask.open.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        ask.body = Some(body.into());
    }
    overlay(&mut ask.secret, client::headers(&request.headers)?);
    Ok(())
}

fn document(answer: Answer) -> Document {
    let headers = answer.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    Document { status: answer.status, url: answer.url, headers, body: bytes_of(answer.body) }
}

/// What may be said of an address that is a secret.
fn origin(url: &Url) -> Url {
    let mut origin = shown(url);
    origin.set_path("/");
    origin
}

/// A request's own header replaces a configured one of the same name.
fn overlay(headers: &mut HeaderMap, own: HeaderMap) {
    for name in own.keys() {
        headers.remove(name);
    }
    headers.extend(own);
}

fn bytes_of(body: Body) -> Vec<u8> {
    match body {
        Body::Bytes(bytes) => bytes,
        Body::File(_) => Vec::new(),
    }
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
