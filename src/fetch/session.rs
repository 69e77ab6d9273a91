//! A visit as one customer: cookies are kept from one request to the next, and things are posted.
//!
//! Everything a [`Fetcher`] holds to holds here too: the host's budget, `Retry-After`, caps, deadlines, the guard against
//! private addresses at every redirect. On top of that every address, that of a redirect too, passes the visit's [`Gate`]
//! before it is asked.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::SecretString;
use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::body::Sink;
use super::client::{self, Door};
use super::exchange::{Answer, Ask};
use super::failure::Trouble;
use super::host::after;
use super::jar::Jar;
use super::options::Rate;
use super::{Fetcher, bytes_of, charset, overlay, redirect, retry, text};
use crate::domain::{Hop, Page, PageFailure, shown};

/// What browsers' scripts send for data.
const ACCEPT_DATA: &str = "application/json, text/html;q=0.9, */*;q=0.5";

/// Says whether an address may be asked at all.
pub type Gate = fn(&Url) -> Result<(), PageFailure>;

/// How often somebody may come in: visits of one shop share it.
#[derive(Debug)]
pub struct Visits {
    every: Duration,
    last: Mutex<Option<Instant>>,
}

impl Visits {
    /// At most so many visits per time, evenly spread.
    pub fn new(rate: Rate) -> Self {
        Self { every: rate.per / rate.requests.get(), last: Mutex::new(None) }
    }

    /// Waits for the next one's turn.
    pub async fn turn(&self) {
        let mut last = self.last.lock().await;
        if let Some(last) = *last {
            sleep_until(after(last, self.every)).await;
        }
        *last = Some(Instant::now());
    }
}

/// What is done at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are HTTP's own (RFC 9110 section 9)")]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }
}

/// What is sent along.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Payload {
    /// Nothing.
    #[default]
    Nothing,
    /// The fields of a form.
    Form(Vec<(String, String)>),
    /// A JSON value.
    Json(Json),
}

/// One request of a visit.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is done.
    pub verb: Verb,
    /// Where.
    pub url: Url,
    /// Headers of this request alone: a nonce, a token.
    pub headers: Vec<(String, SecretString)>,
    /// What is sent along.
    pub payload: Payload,
}

impl Call {
    /// Asks for data.
    pub fn get(url: Url) -> Self {
        Self { verb: Verb::Get, url, headers: Vec::new(), payload: Payload::Nothing }
    }

    /// Posts something.
    pub fn post(url: Url, payload: Payload) -> Self {
        Self { verb: Verb::Post, url, headers: Vec::new(), payload }
    }

    /// Takes something away.
    pub fn delete(url: Url) -> Self {
        Self { verb: Verb::Delete, url, headers: Vec::new(), payload: Payload::Nothing }
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned().into()));
        self
    }
}

/// The answer to it. Cookies are not among the headers: they stay in the visit.
#[derive(Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The address that answered, after redirects.
    pub url: Url,
    /// Redirects on the way, in order.
    pub hops: Vec<Hop>,
    /// When it was complete.
    pub seen_at: Timestamp,
    headers: HeaderMap,
    requested: Url,
    body: Vec<u8>,
}

impl fmt::Debug for Reply {
    /// Without headers and body, which may hold tokens.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = shown(&self.url);
        out.debug_struct("Reply").field("status", &self.status).field("url", &url.as_str()).finish_non_exhaustive()
    }
}

impl Reply {
    /// Whether the status says that it went well.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(text)
    }

    /// The body as text, in whatever encoding it came.
    pub fn text(&self) -> String {
        charset::decode_from(&self.body, self.header("content-type").as_deref(), self.url.domain()).0
    }

    /// The body as JSON, if it is that.
    pub fn json(&self) -> Option<Json> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The answer as a page, to be read as one.
    pub fn page(&self) -> Page {
        let content_type = self.header("content-type");
        let (html, charset) = charset::decode_from(&self.body, content_type.as_deref(), self.url.domain());
        let media_type = content_type.as_deref().and_then(|value| value.split(';').next()).unwrap_or_default();
        Page {
            requested: self.requested.clone(),
            url: self.url.clone(),
            hops: self.hops.clone(),
            status: self.status,
            content_type: media_type.trim().to_ascii_lowercase(),
            html,
            charset,
            cache: super::cache::evidence(&self.headers),
            seen_at: self.seen_at,
        }
    }
}

/// One visit.
pub struct Session {
    door: Arc<Door>,
    jar: Jar,
    gate: Gate,
}

impl fmt::Debug for Session {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Session").field("jar", &self.jar).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Begins a visit, without any cookie.
    pub fn session(&self, gate: Gate) -> Session {
        Session { door: Arc::clone(&self.0), jar: Jar::default(), gate }
    }
}

impl Session {
    /// Looks at a page as any visitor may: robots.txt is obeyed, and temporary failures are tried again.
    ///
    /// # Errors
    /// Why no answer came. Every status is an answer.
    pub async fn page(&mut self, url: &Url) -> Result<Reply, PageFailure> {
        let robots = self.door.options.robots;
        self.send(Call::get(url.clone()), super::ACCEPT_PAGES, robots).await
    }

    /// Does something at one of the cart's own addresses, for which robots.txt is not asked: it speaks to crawlers, and the
    /// shop's owner has asked for this. What is not a `GET` goes out once; only an answer of 429 says for certain that
    /// nothing was done, and is tried again.
    ///
    /// # Errors
    /// Why no answer came. Every status is an answer.
    pub async fn call(&mut self, call: Call) -> Result<Reply, PageFailure> {
        self.send(call, ACCEPT_DATA, false).await
    }

    /// The value of a cookie that the shop set and wants to see in a form or a header as well.
    pub fn cookie(&self, name: &str, url: &Url) -> Option<&str> {
        self.jar.value(name, url)
    }

    async fn send(&mut self, call: Call, accept: &'static str, robots: bool) -> Result<Reply, PageFailure> {
        let requested = call.url.clone();
        let own = client::headers(&call.headers).map_err(|error| PageFailure::NoProbe { why: error.to_string() })?;
        let mut secret = self.door.headers_for(&call.url);
        overlay(&mut secret, own);
        let mut open = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        let body = match call.payload {
            Payload::Nothing => None,
            Payload::Form(fields) => {
                open.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                Some(form.extend_pairs(fields).finish().into_bytes().into())
            }
            Payload::Json(value) => {
                open.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Some(value.to_string().into_bytes().into())
            }
        };
        let sink = Sink::Memory(self.door.options.max_body);
        let max_redirects = self.door.options.max_redirects;
        let mut ask = Ask {
            method: call.verb.method(),
            url: call.url,
            open,
            secret,
            body,
            sink,
            max_redirects,
            robots,
            whole: None,
        };
        let mut hops = Vec::new();
        loop {
            (self.gate)(&ask.url)?;
            let mut answer = self.one(&ask).await.map_err(|trouble| match trouble {
                Trouble::Page(failure) => failure,
                Trouble::Disk(why) => PageFailure::Connection { why },
            })?;
            let now = self.door.clock.now();
            self.jar.take(&answer.headers, &ask.url, now);
            answer.headers.remove(SET_COOKIE);
            let next = redirect::next(answer.status, &answer.headers, &ask.url, &ask.method, ask.body.is_some())?;
            let Some(next) = next else {
                let Answer { status, headers, url, body, .. } = answer;
                return Ok(Reply { status, url, hops, seen_at: now, headers, requested, body: bytes_of(body) });
            };
            if hops.len() == ask.max_redirects {
                return Err(PageFailure::Redirect { why: format!("more than {} in a row", ask.max_redirects) });
            }
            hops.push(Hop { status: answer.status, to: next.url.clone() });
            if !next.same_origin {
                ask.secret.clear();
            }
            if !next.keeps_body {
                ask.body = None;
                ask.open.remove(CONTENT_TYPE);
            }
            (ask.url, ask.method) = (next.url, next.method);
        }
    }

    /// One address, with the cookies that belong there.
    async fn one(&self, ask: &Ask) -> Result<Answer, Trouble> {
        let mut ask = ask.clone();
        if let Some(cookies) = self.jar.header(&ask.url) {
            ask.secret.insert(COOKIE, cookies);
        }
        if ask.method == Method::GET {
            return self.door.ask_one(&ask).await;
        }
        let mut left = self.door.options.retries;
        loop {
            let outcome = self.door.ask_once(&ask).await;
            match &outcome {
                Ok(answer) => tracing::debug!("{} {}: {}", ask.method, shown(&ask.url), answer.status),
                Err(Trouble::Page(failure)) => tracing::debug!("{} {}: {failure}", ask.method, shown(&ask.url)),
                Err(Trouble::Disk(why)) => tracing::debug!("{} {}: {why}", ask.method, shown(&ask.url)),
            }
            let pause = match &outcome {
                Ok(answer) if answer.status == 429 => retry::pause_asked(&answer.headers, self.door.clock.now()),
                _ => return outcome,
            };
            let pause = pause.unwrap_or(self.door.options.backoff);
            if left == 0 || pause > self.door.options.max_retry_after {
                return outcome;
            }
            left -= 1;
            self.door.hosts.of(&ask.url, &self.door.options).pause(pause);
        }
    }
}
