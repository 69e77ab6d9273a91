//! A shop with one cart, in the language of one platform.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use serde_json::Value as Json;
use url::Url;

use crate::cart::{Options, Platform, Probe, Prober, Wanted};
use crate::domain::clock::Clock;
use crate::domain::{Item, Page, Unknown};
use crate::fetch::{self, Fetcher, Rate};

/// How the shop takes what is put into its cart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mood {
    /// It has it.
    #[default]
    Accepts,
    /// It has none, and says so.
    Refuses,
    /// It says yes, and the cart stays empty.
    Drops,
    /// A challenge stands before everything that changes the cart.
    Challenges,
    /// Every new cart has something in it already.
    Dirty,
    /// What is in the cart stays there.
    Sticky,
    /// What is in the cart goes at the second attempt.
    Stubborn,
    /// The first token is stale.
    Stale,
    /// The session ends after something was put into the cart.
    Expires,
    /// It breaks after something was put into the cart.
    Breaks,
    /// Whatever is added leads to the checkout.
    LeadsToTheTill,
    /// It asks for options first.
    Asks,
    /// It does not know the product.
    Unknowing,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) at: Instant,
    pub(super) method: String,
    /// With its query.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A field of a form.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.body.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub(super) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.split('?').next() == Some(path)
    }
}

/// The one cart of the shop.
#[derive(Clone, Debug, Default)]
pub(super) struct Till {
    pub(super) mood: Mood,
    pub(super) lines: u32,
    pub(super) added: u32,
    pub(super) removals: u32,
    pub(super) tokens: u32,
}

impl Till {
    /// Puts one in, or does not.
    pub(super) fn add(&mut self) {
        self.added += 1;
        if !matches!(self.mood, Mood::Refuses | Mood::Drops | Mood::Asks | Mood::Unknowing) {
            self.lines += 1;
        }
    }

    /// Takes all out, or does not.
    pub(super) fn remove(&mut self) -> bool {
        self.removals += 1;
        let works = match self.mood {
            Mood::Sticky => false,
            Mood::Stubborn => self.removals > 1,
            _ => true,
        };
        if works {
            self.lines = 0;
        }
        works
    }
}

/// What a platform answers; `None` is 404.
pub(super) type Script = fn(&Seen, &mut Till) -> Option<Response<Body>>;

pub(super) struct Shop {
    pub(super) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    till: Arc<Mutex<Till>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Shop {
    pub(super) async fn open(script: Script, mood: Mood) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let lines = u32::from(mood == Mood::Dirty);
        let till = Arc::new(Mutex::new(Till { mood, lines, ..Till::default() }));
        let seen = Arc::new(Mutex::new(Vec::<Seen>::new()));
        let (record, drawer) = (Arc::clone(&seen), Arc::clone(&till));
        let app = Router::new().fallback(move |request: Request| {
            let (record, drawer) = (Arc::clone(&record), Arc::clone(&drawer));
            async move {
                let at = Instant::now();
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let seen = Seen {
                    at,
                    method: head.method.to_string(),
                    path: head.uri.path_and_query().unwrap().to_string(),
                    headers: head.headers,
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                record.lock().unwrap().push(seen.clone());
                let mut till = drawer.lock().unwrap_or_else(PoisonError::into_inner);
                let changes = seen.method != "GET" && !seen.path.contains("graphql");
                match till.mood {
                    Mood::Challenges if changes => html(403, "<title>Just a moment...</title><div id=challenge-form>"),
                    Mood::Breaks if till.added > 0 && !seen.path.contains("/products/") => html(502, "Bad gateway"),
                    _ => script(&seen, &mut till).unwrap_or_else(|| html(404, "no such page")),
                }
            }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, till, serving }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// `GET /cart.js`, one after the other.
    pub(super) fn asked(&self) -> Vec<String> {
        self.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    pub(super) fn till(&self) -> Till {
        self.till.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn options(&self, platform: Platform) -> Options {
        let rate = Rate { requests: NonZeroU32::MIN.saturating_add(999), per: Duration::from_secs(1) };
        Options { url: self.url.clone(), platform, rate, suspects: 50, sample: 10 }
    }

    /// The item that is put into the cart.
    pub(super) fn item(&self, page: &str) -> Item {
        Item { sku: Some("MUG-1".to_owned()), url: Some(self.url.join(page).unwrap()), ..Item::default() }
    }

    pub(super) async fn probe(&self, platform: Platform, item: &Item) -> Probe {
        probe(&web(), &self.options(platform), item).await
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub(super) async fn probe(web: &Fetcher, options: &Options, item: &Item) -> Probe {
    let wall = |page: &Page| page.html.contains("Just a moment").then_some(Unknown::Challenge);
    Prober::new(options, web, &wall).probe(Wanted { item, numbers: &[] }).await
}

/// Loopback allowed, no brakes.
pub(super) fn fetching() -> fetch::Options {
    let many = NonZeroU32::MIN.saturating_add(9_999);
    fetch::Options {
        rate: Rate { requests: many, per: Duration::from_secs(1) },
        burst: many,
        total_timeout: Duration::from_secs(5),
        backoff: Duration::from_millis(5),
        retries: 1,
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        ..fetch::Options::default()
    }
}

pub(super) fn web() -> Fetcher {
    Fetcher::new(fetching(), Clock::system()).unwrap()
}

pub(super) fn html(status: u16, body: &str) -> Response<Body> {
    answer(status, "text/html", body)
}

pub(super) fn json(status: u16, value: &Json) -> Response<Body> {
    answer(status, "application/json", &value.to_string())
}

pub(super) fn leads(to: &str) -> Response<Body> {
    Response::builder().status(302).header("location", to).body(Body::empty()).unwrap()
}

fn answer(status: u16, kind: &str, body: &str) -> Response<Body> {
    Response::builder().status(status).header("content-type", kind).body(body.to_owned().into()).unwrap()
}
