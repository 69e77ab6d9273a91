//! What all adapters over HTTP share: one host's budget, how it knows us, and what an answer is good for.

mod access;
pub(super) mod answer;
pub(super) mod batch;
pub(super) mod counted;
pub(super) mod odata;
pub(super) mod part;
mod refused;

use std::fmt;

use serde_json::{Value as Json, json};
use url::Url;

pub(super) use access::{Access, Headers, Login, basic, check, cookies, masked, stale};
pub use access::{ClientAuth, Encoding, Logout, OAuth2, Session, SessionToken, Signature, Stamp};

pub(super) use refused::Refused;

use super::StockError;
use crate::domain::clock::Clock;
use crate::fetch::{self, Document, Download, Fetcher, Outgoing};

/// A request ready to be sent, but for what makes the API know us.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
}

impl fmt::Debug for Filled {
    /// Without the body, which may hold a password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.method, self.url)
    }
}

/// An address below another, whatever slashes either has.
pub(super) fn below(url: &Url, path: &str) -> Url {
    let mut below = url.clone();
    below.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
    below
}

/// A question without a body.
pub(super) fn get(url: Url) -> Filled {
    Filled { method: "GET".to_owned(), url, body: None }
}

/// A question with a JSON body.
pub(super) fn post(url: Url, body: &Json) -> Filled {
    Filled { method: "POST".to_owned(), url, body: Some(body.to_string().into_bytes()) }
}

/// Text as it may stand anywhere in an address: everything but RFC 3986's unreserved characters is encoded.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

/// One API of one source.
#[derive(Debug)]
pub(super) struct Api {
    source: String,
    fetcher: Fetcher,
    access: Access,
    clock: Clock,
}

impl Api {
    /// Prepares it; nothing is sent yet.
    pub(super) fn new(source: &str, fetch: &fetch::Options, access: Access, clock: &Clock) -> Result<Self, StockError> {
        let fetcher = Fetcher::new(fetch.clone(), clock.clone()).map_err(|error| unreachable(source, error))?;
        Ok(Self { source: source.to_owned(), fetcher, access, clock: clock.clone() })
    }

    /// Sends a request; every final answer is a document, whatever its status. What we are known by is renewed once if
    /// it is no longer accepted (401).
    pub(super) async fn send(&self, request: Filled) -> Result<Document, StockError> {
        let headers = self.headers(&request).await?;
        let document = self.send_once(request.clone(), headers.clone()).await?;
        if document.status == 401 && self.access.forget(&headers).await {
            let headers = self.headers(&request).await?;
            return self.send_once(request, headers).await;
        }
        Ok(document)
    }

    async fn send_once(&self, request: Filled, headers: Headers) -> Result<Document, StockError> {
        let Filled { method, url, body } = request;
        let outgoing = Outgoing { method, url, headers: headers.clone(), body };
        let mut document = self.fetcher.document(outgoing).await.map_err(|error| unreachable(&self.source, error))?;
        // What an API repeats of our secrets must not be quoted from its answer.
        access::mask_echo(&mut document.body, &headers);
        Ok(document)
    }

    async fn headers(&self, request: &Filled) -> Result<Headers, StockError> {
        self.access.headers(request, &self.fetcher, self.clock.now()).await
    }

    /// Streams a document to disk. What we are known by is renewed as for [`Api::send`].
    pub(super) async fn download(&self, url: &Url) -> Result<Download, StockError> {
        let request = get(url.clone());
        let headers = self.headers(&request).await?;
        let download = self.fetcher.download(url, headers.clone()).await;
        let download = match download {
            Err(error) if error.is_status(401) && self.access.forget(&headers).await => {
                self.fetcher.download(url, self.headers(&request).await?).await
            }
            download => download,
        };
        download.map_err(|error| unreachable(&self.source, error))
    }

    /// Sends a request and reads its answer as JSON.
    ///
    /// # Errors
    /// [`StockError::Answer`] for a status other than 2xx and for what is no JSON.
    pub(super) async fn json(&self, request: Filled) -> Result<(Document, Json), StockError> {
        let document = self.send(request).await?;
        match answer::json(&document) {
            Ok(json) => Ok((document, json)),
            Err(what) => Err(answer::refused(&document, what)),
        }
    }

    /// Asks a GraphQL API (<https://spec.graphql.org/October2021/#sec-Response>) and gives its `data`. What we are known
    /// by is renewed once, also where the API says with status 200 that it is no longer accepted.
    ///
    /// # Errors
    /// As [`Api::json`]; [`StockError::Answer`] where the answer carries `errors` or no `data`; [`StockError::Login`]
    /// where its errors say that we may not ask.
    pub(super) async fn graphql(&self, url: &Url, query: &str, variables: Json) -> Result<Json, StockError> {
        let request = post(url.clone(), &json!({"query": query, "variables": variables}));
        let used = self.headers(&request).await?;
        let (mut document, mut answer) = self.json(request.clone()).await?;
        if answer::denies(&answer) && self.access.forget(&used).await {
            (document, answer) = self.json(request).await?;
        }
        answer::graphql_errors(&answer).map_err(|what| match answer::denies(&answer) {
            true => answer::denied(&document, what),
            false => answer::refused(&document, what),
        })?;
        match answer.get_mut("data").map(Json::take) {
            Some(data @ Json::Object(_)) => Ok(data),
            _ => Err(answer::refused(&document, "answered JSON without `data`, which is no GraphQL answer".to_owned())),
        }
    }

    /// HTTP requests sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.fetcher.requests()
    }

    /// Logs out, where there was a login.
    pub(super) async fn close(&self) {
        self.access.leave(&self.fetcher).await;
    }
}

fn unreachable(source: &str, error: fetch::FetchError) -> StockError {
    StockError::Fetch { source_name: source.to_owned(), error: Box::new(error) }
}
