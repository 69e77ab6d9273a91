//! What all adapters over HTTP share: one host's budget, how it knows us, and what an answer is good for.

mod access;
pub(super) mod answer;

use secrecy::SecretString;
use serde_json::{Value as Json, json};
use url::Url;

pub(super) use access::{Access, Login};

use super::StockError;
use crate::domain::clock::Clock;
use crate::fetch::{self, Document, Fetcher, Outgoing};

/// A request ready to be sent, but for what makes the API know us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
}

/// A question without a body.
pub(super) fn get(url: Url) -> Filled {
    Filled { method: "GET".to_owned(), url, body: None }
}

/// A question with a JSON body.
pub(super) fn post(url: Url, body: &Json) -> Filled {
    Filled { method: "POST".to_owned(), url, body: Some(body.to_string().into_bytes()) }
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
        let document = self.send_once(request.clone()).await?;
        if document.status == 401 && self.access.forget() {
            return self.send_once(request).await;
        }
        Ok(document)
    }

    async fn send_once(&self, request: Filled) -> Result<Document, StockError> {
        let Filled { method, url, body } = request;
        let headers = self.headers().await?;
        let outgoing = Outgoing { method, url, headers, body };
        self.fetcher.document(outgoing).await.map_err(|error| unreachable(&self.source, error))
    }

    async fn headers(&self) -> Result<Vec<(String, SecretString)>, StockError> {
        self.access.headers(&self.fetcher, self.clock.now()).await
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

    /// Asks a GraphQL API (<https://spec.graphql.org/October2021/#sec-Response>) and gives its `data`.
    ///
    /// # Errors
    /// As [`Api::json`], and [`StockError::Answer`] where the answer carries `errors` or no `data`.
    pub(super) async fn graphql(&self, url: &Url, query: &str, variables: Json) -> Result<Json, StockError> {
        let request = post(url.clone(), &json!({"query": query, "variables": variables}));
        let (document, mut answer) = self.json(request).await?;
        answer::graphql_errors(&answer).map_err(|what| answer::refused(&document, what))?;
        match answer.get_mut("data").map(Json::take) {
            Some(data @ Json::Object(_)) => Ok(data),
            _ => Err(answer::refused(&document, "answered JSON without `data`, which is no GraphQL answer".to_owned())),
        }
    }

    /// HTTP requests sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.fetcher.requests()
    }

    /// The way out itself, for what is streamed to disk.
    pub(super) fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Logs out, where there was a login.
    pub(super) async fn close(&self) {
        self.access.leave(&self.fetcher).await;
    }
}

fn unreachable(source: &str, error: fetch::FetchError) -> StockError {
    StockError::Fetch { source_name: source.to_owned(), error: Box::new(error) }
}
