//! The adapters against a small server on loopback that records what it was asked.

mod asking;
mod files;
mod listing;
mod noise;
mod resuming;
mod resuming_shops;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request as HttpRequest;
use axum::http::Response;
use jiff::Timestamp;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::Value as Json;

use super::*;
use crate::fetch;

/// What the server was asked.
#[derive(Clone, Debug)]
struct Asked {
    method: String,
    /// Path and query, as sent.
    target: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Asked {
    /// A parameter of the query, decoded.
    fn query(&self, name: &str) -> Option<String> {
        let url = url::Url::parse("http://h").unwrap().join(&self.target).unwrap();
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// An answer: status, headers, body.
type Answer = (u16, Vec<(&'static str, String)>, Vec<u8>);

fn json_answer(json: &Json) -> Answer {
    (200, vec![("content-type", "application/json".to_owned())], json.to_string().into_bytes())
}

/// A server that lives as long as the test's runtime.
struct Server {
    base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    async fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (record, answer) = (Arc::clone(&asked), Arc::new(answer));
        let app = axum::Router::new().fallback(move |request: HttpRequest| {
            let (record, answer) = (Arc::clone(&record), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
                let one = Asked {
                    method: parts.method.to_string(),
                    target: parts.uri.to_string(),
                    headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                let (status, headers, body) = answer(&one);
                record.lock().unwrap().push(one);
                let builder = Response::builder().status(status);
                headers
                    .into_iter()
                    .fold(builder, |builder, (name, value)| builder.header(name, value))
                    .body(Body::from(body))
                    .unwrap()
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|one| one.target).collect()
    }
}

/// Fetch options for loopback: no politeness, no patience.
fn loopback() -> fetch::Options {
    let many = NonZeroU32::new(10_000).unwrap();
    fetch::Options {
        rate: fetch::Rate { requests: many, per: Duration::from_secs(1) },
        burst: many,
        robots: false,
        retries: 0,
        backoff: Duration::from_millis(1),
        circuit_after: 1000,
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        ..fetch::Options::default()
    }
}

fn get(url: String) -> Request {
    Request { method: "GET".to_owned(), url, body: None }
}

/// Items at `$.items`, key at `$.sku`, one field `qty`.
fn http() -> HttpJsonOptions {
    HttpJsonOptions {
        fetch: loopback(),
        auth: None,
        all: None,
        batch: None,
        item: None,
        mapping: Mapping {
            items: Some("$.items[*]".to_owned()),
            key: Some("$.sku".to_owned()),
            fields: [("qty".to_owned(), "$.qty".to_owned())].into(),
            ..Mapping::default()
        },
    }
}

fn options(adapter: Adapter) -> Options {
    Options {
        name: "erp".to_owned(),
        adapter,
        threshold: Decimal::ONE,
        rules: Rules { sellable: Some("qty".to_owned()), ..Rules::default() },
        locations: BTreeMap::new(),
        decides: crate::domain::Decides::default(),
        keys: Keys::default(),
        brake: Brake::default(),
    }
}

fn source(http: HttpJsonOptions) -> Box<dyn StockSource> {
    open(&options(Adapter::HttpJson(Box::new(http))), &Clock::fixed(now())).unwrap()
}

fn now() -> Timestamp {
    "2027-01-02T03:04:05Z".parse().unwrap()
}

/// An answer in short: the quantity, `missing`, or why it failed.
fn told(answer: &StockAnswer) -> String {
    match answer {
        StockAnswer::Known(fact) => fact.sellable.map_or_else(|| "none".to_owned(), |quantity| quantity.to_string()),
        StockAnswer::Missing => "missing".to_owned(),
        StockAnswer::Failed(why) => format!("failed: {why}"),
    }
}

fn all_told(answers: Vec<StockAnswerFor>) -> Vec<(String, String)> {
    answers.into_iter().map(|one| (one.key, told(&one.answer))).collect()
}

/// Everything the source lists, and how it ended.
async fn everything(source: &dyn StockSource) -> (Vec<(String, String)>, Result<(), StockError>) {
    let mut answers = Vec::new();
    let ended = source.everything(&mut |one| answers.push(one)).await;
    (all_told(answers), ended)
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, what)| ((*key).to_owned(), (*what).to_owned())).collect()
}
