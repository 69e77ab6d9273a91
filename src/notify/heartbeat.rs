//! Tells a monitor that a run began and how it ended, so that somebody hears of it when there is none. The requests are
//! those of Healthchecks (<https://healthchecks.io/docs/http_api/>), which other monitors understand as well.
//!
//! Whoever knows the address can call a run good, so it is a secret. A monitor that does not answer is a warning and
//! changes nothing of the run.

use std::fmt;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use url::Url;

use super::words::shorten;
use super::{Hook, mask};
use crate::domain::PageFailure;
use crate::domain::clock::Clock;
use crate::fetch::{self, FetchError, Fetcher, Outgoing};

/// Deadline for one ping, its second try included.
const DEADLINE: Duration = Duration::from_secs(10);

/// Pause before the second try: a ping that is lost is an alarm for nothing.
const PAUSE: Duration = Duration::from_secs(1);

/// Most characters sent along; Healthchecks keeps 100 kB.
const LONGEST: usize = 10_000;

/// The exit codes with which a run has done its work: all agree, mismatches were found.
const SUCCESS: [u8; 3] = [0, 10, 11];

/// The line to a monitor; without one every call does nothing.
pub struct Heartbeat(Option<Line>);

impl fmt::Debug for Heartbeat {
    /// Without the address.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.as_ref().and_then(|line| line.url.host_str());
        out.debug_tuple("Heartbeat").field(&host).finish()
    }
}

struct Line {
    url: Url,
    fetcher: Fetcher,
}

impl Heartbeat {
    /// Prepares the line, if there is to be one. Nothing is sent yet.
    pub fn new(hook: Option<&Hook>, clock: &Clock) -> Self {
        Self(hook.and_then(|hook| {
            let line = Line::new(hook, clock);
            line.inspect_err(|what| tracing::warn!("heartbeat: {what}; nobody is told that this run happens")).ok()
        }))
    }

    /// A run begins.
    pub async fn begin(&self) {
        self.ping("/start", String::new()).await;
    }

    /// A run ended with this exit code; `said` is what came of it, in a few lines.
    pub async fn end(&self, code: u8, said: &str) {
        let path = if SUCCESS.contains(&code) { String::new() } else { format!("/{code}") };
        self.ping(&path, shorten(&mask(said), LONGEST)).await;
    }

    async fn ping(&self, below: &str, body: String) {
        let Some(line) = &self.0 else { return };
        let in_time = tokio::time::timeout(DEADLINE, line.ping(below, body)).await;
        if let Err(what) = in_time.unwrap_or_else(|_| Err(format!("no answer within {DEADLINE:?}"))) {
            let host = line.url.host_str().unwrap_or_default();
            tracing::warn!("heartbeat at {host}: {what}; check heartbeat.url");
        }
    }
}

impl Line {
    fn new(hook: &Hook, clock: &Clock) -> Result<Self, String> {
        let url = Url::parse(hook.url.expose_secret().trim()).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let timeout = hook.timeout.min(DEADLINE);
        let options = fetch::Options {
            connect_timeout: timeout,
            first_byte_timeout: timeout,
            total_timeout: timeout,
            max_body: 1_000,
            allow_private: hook.allow_private.clone(),
            ..fetch::Options::default()
        };
        let fetcher = Fetcher::new(options, clock.clone()).map_err(|error| error.to_string())?;
        Ok(Self { url: url.ok_or("heartbeat.url is no address of the web")?, fetcher })
    }

    /// Asks, and once more if that failed. A query in the address stays where it is.
    async fn ping(&self, below: &str, body: String) -> Result<(), String> {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{below}", self.url.path().trim_end_matches('/')));
        let text = ("Content-Type".to_owned(), "text/plain; charset=utf-8".into());
        let request = Outgoing { method: "POST".to_owned(), url, headers: vec![text], body: Some(body.into_bytes()) };
        match self.ask(request.clone()).await {
            Ok(()) => Ok(()),
            Err(_) => {
                tokio::time::sleep(PAUSE).await;
                self.ask(request).await
            }
        }
    }

    async fn ask(&self, request: Outgoing) -> Result<(), String> {
        match self.fetcher.deliver(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status)),
            Err(FetchError::Failure { failure, .. }) => Err(match *failure {
                PageFailure::PrivateAddress { address, .. } => {
                    format!(
                        "it is at {address}, a private address; if it is your own, allow it with heartbeat.allow_private"
                    )
                }
                failure => failure.to_string(),
            }),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(url: &str) -> Hook {
        Hook { url: url.into(), allow_private: vec![], timeout: Duration::from_secs(1) }
    }

    #[tokio::test]
    async fn without_an_address_nothing_is_done() {
        for hook in [None, Some(hook("")), Some(hook("mailto:a@b.test"))] {
            let heartbeat = Heartbeat::new(hook.as_ref(), &Clock::system());
            assert!(heartbeat.0.is_none());
            heartbeat.begin().await;
            heartbeat.end(0, "").await;
        }
    }

    #[test]
    fn the_address_is_not_shown() {
        let heartbeat = Heartbeat::new(Some(&hook("https://hc.test/ping/s3cret")), &Clock::system());
        assert_eq!(format!("{heartbeat:?}"), r#"Heartbeat(Some("hc.test"))"#);
    }
}
