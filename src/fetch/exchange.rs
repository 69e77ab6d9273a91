//! One question and its final answer: redirects followed, failures retried, every step within its host's budget.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::body::{self, Body, Sink};
use super::client::Door;
use super::failure::{self, Trouble};
use super::host::{Host, after};
use super::robots::{self, Robots};
use super::{redirect, retry};
use crate::domain::{Hop, PageFailure, shown};

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    /// Headers for whoever answers.
    pub(super) open: HeaderMap,
    /// Headers for the origin of `url` alone.
    pub(super) secret: HeaderMap,
    pub(super) body: Option<bytes::Bytes>,
    pub(super) sink: Sink,
    pub(super) max_redirects: usize,
    /// Whether robots.txt is asked first; off for robots.txt itself.
    pub(super) robots: bool,
    /// Deadline for the whole exchange, where it is not that of the options.
    pub(super) whole: Option<Duration>,
}

/// The final answer to it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) url: Url,
    pub(super) hops: Vec<Hop>,
    pub(super) body: Body,
}

impl Door {
    /// Asks and follows redirects. What is secret stays behind for good once the origin changes: a stranger who sends
    /// us back could otherwise choose what is asked in our name.
    pub(super) async fn ask(&self, mut ask: Ask) -> Result<Answer, Trouble> {
        let mut hops: Vec<Hop> = Vec::new();
        loop {
            let mut answer = self.ask_one(&ask).await?;
            let next = redirect::next(answer.status, &answer.headers, &ask.url, &ask.method, ask.body.is_some())?;
            let Some(next) = next else {
                answer.hops = hops;
                return Ok(answer);
            };
            if hops.len() == ask.max_redirects {
                return Err(PageFailure::Redirect { why: format!("more than {} in a row", ask.max_redirects) }.into());
            }
            hops.push(Hop { status: answer.status, to: next.url.clone() });
            if !next.same_origin {
                ask.secret.clear();
            }
            if !next.keeps_body {
                ask.body = None;
            }
            ask.url = next.url;
            ask.method = next.method;
        }
    }

    /// Asks one address a single time: nothing is followed, nothing tried again, and no answer is held against the host.
    pub(super) async fn ask_once(&self, ask: &Ask) -> Result<Answer, Trouble> {
        self.guard.check(&ask.url)?;
        let host = self.hosts.of(&ask.url, &self.options);
        self.try_once(ask, &host).await
    }

    /// Asks one address of one host. A redirect is an answer like any other.
    pub(super) async fn ask_one(&self, ask: &Ask) -> Result<Answer, Trouble> {
        self.guard.check(&ask.url)?;
        let host = self.hosts.of(&ask.url, &self.options);
        host.is_up()?;
        if ask.robots {
            let robots = host.robots(&ask.url).get_or_init(|| self.robots_of(ask, &host)).await;
            robots.permit(&ask.url)?;
        }
        let outcome = self.persist(ask, &host).await;
        host.note(match &outcome {
            Ok(answer) => retry::is_temporary(answer.status),
            Err(Trouble::Page(PageFailure::Connection { .. } | PageFailure::Timeout { .. })) => true,
            // An open circuit is no new failure, and no success either.
            Err(Trouble::Page(PageFailure::CircuitOpen { .. })) => return outcome,
            Err(_) => false,
        });
        outcome
    }

    /// Reads the host's robots.txt. The shop's own headers go along, as the host may let nobody in without them.
    async fn robots_of(&self, ask: &Ask, host: &Host) -> Robots {
        let name = ask.url.host_str().unwrap_or_default();
        let mut url = shown(&ask.url);
        url.set_path("/robots.txt");
        let secret = if ask.secret.is_empty() { HeaderMap::new() } else { self.headers_for(&url) };
        let question = Ask {
            method: Method::GET,
            url,
            open: HeaderMap::new(),
            secret,
            body: None,
            sink: Sink::Prefix(robots::CAP),
            max_redirects: robots::MAX_REDIRECTS,
            robots: false,
            whole: None,
        };
        // Boxed, as asking for robots.txt is asking again.
        let robots = match Box::pin(self.ask(question)).await {
            Ok(Answer { status, body: Body::Bytes(body), .. }) => {
                Robots::from_answer(name, &self.options.user_agent, status, &body)
            }
            Ok(Answer { status, .. }) => Robots::from_answer(name, &self.options.user_agent, status, b""),
            Err(Trouble::Page(failure)) => Robots::from_failure(name, failure),
            Err(Trouble::Disk(why)) => Robots::from_failure(name, PageFailure::Connection { why }),
        };
        let robots = robots.no_slower_than(name, self.options.max_retry_after);
        if let Some(delay) = robots.delay() {
            tracing::debug!(host = name, ?delay, "robots.txt asks for a distance between requests");
            host.keep_distance(delay);
        }
        robots
    }

    /// Tries until there is an answer that will not change soon, or no try is left.
    async fn persist(&self, ask: &Ask, host: &Host) -> Result<Answer, Trouble> {
        let mut attempt = 0;
        loop {
            let outcome = self.try_once(ask, host).await;
            match &outcome {
                Ok(answer) => tracing::debug!("{} {}: {}", ask.method, shown(&ask.url), answer.status),
                Err(Trouble::Page(failure)) => {
                    tracing::debug!("{} {}: {failure}", ask.method, shown(&ask.url));
                }
                Err(Trouble::Disk(why)) => tracing::debug!("{} {}: {why}", ask.method, shown(&ask.url)),
            }
            let asked = match &outcome {
                Ok(answer) if retry::is_temporary(answer.status) => {
                    retry::pause_asked(&answer.headers, self.clock.now())
                }
                Err(Trouble::Page(failure)) if retry::may_pass(failure) => None,
                _ => return outcome,
            };
            if asked.is_some_and(|asked| asked > self.options.max_retry_after) {
                return outcome;
            }
            if let Some(asked) = asked {
                // For everybody, also where this question is given up: the host does not want to be asked.
                host.pause(asked);
            }
            if attempt == self.options.retries || host.is_up().is_err() {
                return outcome;
            }
            if asked.is_none() {
                tokio::time::sleep(retry::backoff(self.options.backoff, attempt)).await;
            }
            attempt += 1;
            tracing::debug!(host = ask.url.host_str(), attempt, "trying again");
        }
    }

    /// Sends one request, in the host's turn, and reads its answer.
    async fn try_once(&self, ask: &Ask, host: &Host) -> Result<Answer, Trouble> {
        let _turn = host.turn().await?;
        let late = |phase: &str| PageFailure::Timeout { phase: phase.to_owned() };
        let begun = Instant::now();
        let whole = after(begun, ask.whole.unwrap_or(self.options.total_timeout));
        let first_byte = after(begun, self.options.first_byte_timeout);
        let (until, phase) = if first_byte < whole { (first_byte, "first byte") } else { (whole, "whole") };

        let mut request = self.client.request(ask.method.clone(), ask.url.clone()).headers(ask.open.clone());
        request = request.headers(ask.secret.clone());
        if let Some(body) = &ask.body {
            request = request.body(body.clone());
        }
        self.count_request();
        let response = timeout_at(until, request.send()).await.map_err(|_| late(phase))?;
        let mut response = response.map_err(|error| failure::of_request(&error))?;

        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let sink = match ask.sink {
            // Nobody reads the body of a redirect, nor wants a file with an error in it.
            _ if matches!(status, 301 | 302 | 303 | 307 | 308) => Sink::Prefix(0),
            Sink::File(_) if !(200..300).contains(&status) => Sink::Prefix(0),
            sink => sink,
        };
        let body = match timeout_at(whole, body::read(response, sink)).await.unwrap_or(Err(late("whole").into())) {
            // The status has said it. Were this a failure, what was taken would be delivered again.
            Err(Trouble::Page(_)) if matches!(sink, Sink::Remark(_)) => Body::Bytes(Vec::new()),
            read => read?,
        };
        Ok(Answer { status, headers, url: ask.url.clone(), hops: Vec::new(), body })
    }
}
