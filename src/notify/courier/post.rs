//! Posting to a webhook: what every way over HTTP shares.
//!
//! Whoever knows a webhook's address can post to it, so the address is a secret: texts name the recipient and the host.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{CourierError, Refusal};
use crate::domain::PageFailure;
use crate::domain::clock::Clock;
use crate::domain::plain::one_line;
use crate::fetch::{self, Document, FetchError, Fetcher, Outgoing, Rate};
use crate::notify::Hook;
use crate::notify::words::shorten;

/// Beside the deadline of a call: what waiting for the host's turn may take.
const TURN: Duration = Duration::from_secs(5);

/// Largest part of an answer that is read, in bytes.
const ANSWER: u64 = 16 * 1024;

/// Most characters of an answer that are quoted.
const QUOTED: usize = 200;

/// Longest pause that a host may ask for; one that asks for more is tried again after this.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// A webhook.
pub(super) struct Post {
    recipient: String,
    /// Its key in the configuration.
    service: &'static str,
    url: Url,
    timeout: Duration,
    fetcher: Fetcher,
    clock: Clock,
    /// The host asked to be left alone until then.
    resting: Mutex<Option<Timestamp>>,
}

/// What an answer means beyond what HTTP says.
pub(super) enum Reading {
    /// What its status says.
    AsUsual,
    /// The webhook is no more.
    Gone,
    /// It is there, and cannot be used until somebody puts it right.
    Unusable(&'static str),
}

impl Post {
    pub(super) fn new(
        recipient: &str,
        service: &'static str,
        hook: &Hook,
        clock: &Clock,
    ) -> Result<Self, CourierError> {
        let wrong = |what: &str| CourierError::Webhook { recipient: recipient.to_owned(), what: what.to_owned() };
        // The library's own words are not quoted: the next version of them might quote the address.
        let url = Url::parse(hook.url.expose_secret().trim()).map_err(|_| wrong("its url is no address"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong("its url is no address of the web"));
        }
        let fetcher = Fetcher::new(options(hook), clock.clone()).map_err(|error| wrong(&error.to_string()))?;
        let recipient = recipient.to_owned();
        let (timeout, resting) = (hook.timeout, Mutex::new(None));
        Ok(Self { recipient, service, url, timeout, fetcher, clock: clock.clone(), resting })
    }

    pub(super) fn place(&self) -> String {
        let kind = if self.service == "webhook" { String::new() } else { format!("{} ", self.service) };
        format!("{kind}webhook of {} at {}", self.recipient, self.url.host_str().unwrap_or_default())
    }

    pub(super) fn deadline(&self) -> Duration {
        self.timeout + TURN
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Posts a body. `read` says what an answer other than 2xx means to this service; its body is given as text.
    pub(super) async fn send(
        &self,
        body: &[u8],
        headers: Vec<(String, SecretString)>,
        read: impl Fn(u16, &str) -> Reading,
    ) -> Result<(), Refusal> {
        let resting = *self.resting();
        if let Some(until) = resting.filter(|until| self.now() < *until) {
            let what = format!("{} asked to be left alone until {until:.0}", self.place());
            let pause = Duration::try_from(until.duration_since(self.now())).unwrap_or_default();
            return Err(self.refusal(&what, true).not_before(pause));
        }
        let request =
            Outgoing { method: "POST".to_owned(), url: self.url.clone(), headers, body: Some(body.to_owned()) };
        let answer = self.fetcher.deliver(request).await.map_err(|error| self.unreachable(&error))?;
        self.judge(&answer, read)
    }

    /// Asks the host for its front page, which needs no secret.
    pub(super) async fn probe(&self) -> Result<String, Refusal> {
        let mut front = self.url.clone();
        front.set_path("/");
        front.set_query(None);
        front.set_fragment(None);
        let request = Outgoing { method: "HEAD".to_owned(), url: front, headers: vec![], body: None };
        let answer = self.fetcher.deliver(request).await.map_err(|error| self.unreachable(&error))?;
        Ok(format!("{}: the host answers ({}); nothing was posted", self.place(), answer.status))
    }

    fn judge(&self, answer: &Document, read: impl Fn(u16, &str) -> Reading) -> Result<(), Refusal> {
        let said = self.quoted(&answer.body);
        let reading = read(answer.status, &said);
        if matches!(reading, Reading::AsUsual) && (200..300).contains(&answer.status) {
            return Ok(());
        }
        let words = if said.is_empty() { String::new() } else { format!(" ({said})") };
        let answered = format!("{} answered {}{words}", self.place(), answer.status);
        let key = format!("recipients.{}.{}.url", self.recipient, self.service);
        Err(match (reading, answer.status) {
            (Reading::Gone, _) => {
                let what = format!("{answered}: the webhook is gone; make a new one and put its address in {key}");
                self.refusal(&what, false)
            }
            (Reading::Unusable(advice), _) => self.refusal(&format!("{answered}: {advice}"), true),
            (_, 300..400) => {
                let what = format!("{answered}, which leads elsewhere and is not followed; correct {key}");
                self.refusal(&what, true)
            }
            // 408 and 425 are of this moment (RFC 9110 section 15.5.9, RFC 8470 section 5.2).
            (_, 408 | 425 | 429 | 500..) => {
                let refusal = self.refusal(&answered, true);
                match answer.retry_after(self.now()).map(|asked| asked.min(LONGEST_PAUSE)) {
                    Some(pause) => {
                        *self.resting() = self.now().checked_add(pause).ok();
                        refusal.not_before(pause)
                    }
                    None => refusal,
                }
            }
            _ => self.refusal(&format!("{answered}: it does not take this message"), false),
        })
    }

    fn unreachable(&self, error: &FetchError) -> Refusal {
        let what = match error {
            FetchError::Failure { failure, .. } => match &**failure {
                PageFailure::PrivateAddress { address, .. } => format!(
                    "is at {address}, a private address; if it is your own, allow it with recipients.{}.{}.allow_private",
                    self.recipient, self.service
                ),
                failure => failure.to_string(),
            },
            FetchError::Options(what) | FetchError::Disk(what) => what.clone(),
        };
        self.refusal(&format!("{}: {what}", self.place()), true)
    }

    /// One webhook says nothing of the next one, so its trouble is its recipient's.
    fn refusal(&self, what: &str, temporary: bool) -> Refusal {
        Refusal::of_the_recipient(what, temporary)
    }

    /// What an answer says, on one line and bounded, without the parts of the address that make it a secret.
    fn quoted(&self, body: &[u8]) -> String {
        let mut said = String::from_utf8_lossy(body).into_owned();
        let parts = self.url.path_segments().into_iter().flatten().map(str::to_owned);
        let values = self.url.query_pairs().map(|(_, value)| value.into_owned());
        let login = [self.url.username(), self.url.password().unwrap_or_default()].map(str::to_owned);
        for part in parts.chain(values).chain(login).filter(|part| part.len() >= 6) {
            said = said.replace(&part, "…");
        }
        shorten(&one_line(&said), QUOTED)
    }

    fn resting(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A few messages at once and then one a second: what chat services grant a webhook.
fn options(hook: &Hook) -> fetch::Options {
    fetch::Options {
        rate: Rate { requests: NonZeroU32::MIN, per: Duration::from_secs(1) },
        concurrency: 1,
        connect_timeout: hook.timeout,
        first_byte_timeout: hook.timeout,
        total_timeout: hook.timeout,
        max_body: ANSWER,
        allow_private: hook.allow_private.clone(),
        ..fetch::Options::default()
    }
}
