//! A page as it came over the wire, or the reason why none did.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::CacheEvidence;

/// A body that arrived, decoded to text, whatever its status.
#[derive(Clone, Debug)]
pub struct Page {
    /// The address that was asked for.
    pub requested: Url,
    /// The address that answered, after redirects.
    pub url: Url,
    /// Redirects on the way, in order.
    pub hops: Vec<Hop>,
    /// HTTP status of the last answer.
    pub status: u16,
    /// `Content-Type` as sent, lower case, without parameters; empty if none was sent.
    pub content_type: String,
    /// The body as text.
    pub html: String,
    /// The name of the encoding it was decoded from (WHATWG label).
    pub charset: &'static str,
    /// What the caches on the way said of themselves.
    pub cache: Option<CacheEvidence>,
    /// When the body was complete.
    pub seen_at: Timestamp,
}

/// One redirect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// Status of the answer that redirected.
    pub status: u16,
    /// Where it pointed.
    pub to: Url,
}

/// What came of asking for a page.
pub type Fetched = Result<Page, PageFailure>;

/// Why no page arrived. Trouble of one item, therefore data and not an error of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PageFailure {
    /// robots.txt forbids it.
    #[error("robots.txt forbids {url} to {agent}")]
    RobotsDisallowed {
        /// The page.
        url: Url,
        /// The product token that matched.
        agent: String,
    },
    /// robots.txt itself could not be read, which RFC 9309 section 2.3.1.4 treats as "all forbidden".
    #[error("robots.txt of {host} answered {answer}, so nothing may be fetched (RFC 9309)")]
    RobotsUnreachable {
        /// The host.
        host: String,
        /// What was answered.
        answer: String,
    },
    /// robots.txt wants longer pauses than the configuration grants.
    #[error("robots.txt of {host} asks for {seconds} s between requests, more than fetch.max_retry_after allows")]
    RobotsTooSlow {
        /// The host.
        host: String,
        /// `Crawl-delay`, rounded up.
        seconds: u64,
    },
    /// The address is private, loopback or link-local and the configuration does not allow it.
    #[error("{}; if it is your own, name it under allow_private of the fetch section", private(host, address))]
    PrivateAddress {
        /// The host.
        host: String,
        /// The address it resolved to.
        address: String,
    },
    /// The body went past the cap.
    #[error("the body is larger than {cap} bytes")]
    TooLarge {
        /// The cap in bytes.
        cap: u64,
    },
    /// A deadline passed.
    #[error("no answer in time ({phase})")]
    Timeout {
        /// `connect`, `first byte` or `whole`.
        phase: String,
    },
    /// Too many redirects, or a redirect that cannot be followed.
    #[error("redirects led nowhere: {why}")]
    Redirect {
        /// What was wrong.
        why: String,
    },
    /// The address leads to the shop's front page or a folder above the page instead.
    #[error("it leads to {what}, {to}")]
    Elsewhere {
        /// Where, in words.
        what: String,
        /// Where.
        to: Url,
    },
    /// The connection failed.
    #[error("could not connect: {why}")]
    Connection {
        /// What the network said.
        why: String,
    },
    /// The host answered with a status that is no page (4xx other than 404/410, 5xx), after the allowed retries.
    #[error("the host answered {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The host failed so often that it is left alone for the rest of the run.
    #[error("{host} failed {failures} times in a row and is left alone for now")]
    CircuitOpen {
        /// The host.
        host: String,
        /// Failures in a row.
        failures: u32,
    },
    /// The run was asked to stop before this page's turn.
    #[error("the run was interrupted")]
    Interrupted,
    /// The catalogue names no page for the item.
    #[error("the catalogue names no page")]
    NoUrl,
    /// The cart could not be asked.
    #[error("the cart could not be asked: {why}")]
    NoProbe {
        /// What was in the way.
        why: String,
    },
}

impl PageFailure {
    /// Stable machine name, as written to reports and the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RobotsDisallowed { .. } => "robots_disallowed",
            Self::RobotsUnreachable { .. } => "robots_unreachable",
            Self::RobotsTooSlow { .. } => "robots_too_slow",
            Self::PrivateAddress { .. } => "private_address",
            Self::TooLarge { .. } => "too_large",
            Self::Timeout { .. } => "timeout",
            Self::Redirect { .. } => "redirect",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Connection { .. } => "connection",
            Self::Status { .. } => "http_status",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Interrupted => "interrupted",
            Self::NoUrl => "no_url",
            Self::NoProbe { .. } => "no_probe",
        }
    }
}

/// A private address in words; a host that is written as its address is said once.
fn private(host: &str, address: &str) -> String {
    match host.trim_matches(['[', ']']) == address {
        true => format!("{address} is a private address"),
        false => format!("{host} is at {address}, a private address"),
    }
}
