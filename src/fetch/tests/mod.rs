//! The door against a small server on loopback that records what it is asked, and when.

mod answers;
mod conditional;
mod delivery;
mod politeness;
mod safety;

use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use tokio::time::Instant;
use url::Url;

use super::{Fetcher, Options, Rate};
use crate::domain::clock::Clock;

/// A request as it came in.
#[derive(Clone, Debug)]
struct Seen {
    method: String,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    at: Instant,
}

/// A server that answers by path and call number, and remembers everything.
struct Shop {
    url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    serving: tokio::task::JoinHandle<()>,
}

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

impl Shop {
    /// Serves; `answer` gets the path with its query, and how often that path was asked before.
    async fn open(answer: impl Fn(&str, usize) -> Response<Body> + Clone + Send + Sync + 'static) -> Self {
        Self::open_slow(move |path, before| {
            let answer = answer(path, before);
            Box::pin(async move { answer })
        })
        .await
    }

    async fn open_slow(answer: impl Fn(&str, usize) -> Answer + Clone + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let seen = Arc::new(Mutex::new(Vec::<Seen>::new()));
        let record = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| {
            let (answer, record) = (answer.clone(), Arc::clone(&record));
            async move {
                let at = Instant::now();
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec();
                let path = head.uri.path_and_query().unwrap().to_string();
                let answer = {
                    let mut seen = record.lock().unwrap();
                    let before = seen.iter().filter(|known| known.path == path).count();
                    let answer = answer(&path, before);
                    seen.push(Seen { method: head.method.to_string(), path, headers: head.headers, body, at });
                    answer
                };
                answer.await
            }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, serving }
    }

    fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let answer = Response::builder().status(status);
    headers.iter().fold(answer, |answer, (name, value)| answer.header(*name, *value)).body(body.into()).unwrap()
}

fn not_found() -> Response<Body> {
    answer(404, &[], "no")
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Loopback allowed, no brakes, short waits.
fn quick() -> Options {
    let many = NonZeroU32::MIN.saturating_add(9_999);
    Options {
        rate: Rate { requests: many, per: Duration::from_secs(1) },
        burst: many,
        concurrency: 8,
        connect_timeout: millis(500),
        first_byte_timeout: millis(1000),
        total_timeout: millis(2000),
        backoff: millis(10),
        allow_private: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        ..Options::default()
    }
}

fn fetcher(options: Options) -> Fetcher {
    Fetcher::new(options, Clock::system()).unwrap()
}
