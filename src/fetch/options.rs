//! What the configuration can say of fetching.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

/// Everything about how hosts are asked. One value per shop and one per stock source.
#[derive(Clone, Debug)]
pub struct Options {
    /// The whole `User-Agent`, with a contact in it (RFC 9110 section 10.1.5).
    pub user_agent: String,
    /// Requests per time, per host.
    pub rate: Rate,
    /// How many requests may come at once after a pause, per host.
    pub burst: NonZeroU32,
    /// Requests under way at once, per host.
    pub concurrency: usize,
    /// Whether robots.txt is obeyed (RFC 9309). Off only for the shop's own API.
    pub robots: bool,
    /// Deadline for the connection.
    pub connect_timeout: Duration,
    /// Deadline from the request to the answer's head.
    pub first_byte_timeout: Duration,
    /// Deadline for the whole exchange, body included.
    pub total_timeout: Duration,
    /// Largest body in bytes, counted after decompression.
    pub max_body: u64,
    /// Largest file in bytes (a catalogue, a stock table) that is streamed to disk, as sent after decompression.
    pub max_download: u64,
    /// Largest number of redirects followed.
    pub max_redirects: usize,
    /// How often a temporary failure (connection, 429, 5xx) is tried again.
    pub retries: u32,
    /// First pause before a retry; it doubles, with jitter. `Retry-After` wins over it.
    pub backoff: Duration,
    /// Longest `Retry-After` that is waited for; a longer one counts as a failure. A `Crawl-delay` that is longer closes
    /// the host.
    pub max_retry_after: Duration,
    /// Failures in a row after which a host is left alone for the rest of the run.
    pub circuit_after: u32,
    /// Private, loopback or link-local networks that may be reached all the same.
    pub allow_private: Vec<IpNet>,
    /// Extra request headers, sent only to the origin that was asked first and never across a redirect to another
    /// origin (scheme, host and port).
    pub headers: Vec<(String, SecretString)>,
    /// Addresses whose origins these headers are for (with or without `www.`), as feeds and pages name others; empty: for
    /// whatever is asked.
    pub headers_to: Vec<Url>,
    /// Extra certificate authorities, PEM.
    pub ca_file: Option<PathBuf>,
    /// How page caches are bypassed.
    pub bypass: Bypass,
}

/// A rate: so many requests per time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many requests.
    pub requests: NonZeroU32,
    /// In what time.
    pub per: Duration,
}

/// How page caches are bypassed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bypass {
    /// Query parameter that gets a value never used before; `None` sends none.
    pub query: Option<String>,
    /// Whether `Cache-Control: no-cache` and `Pragma: no-cache` are sent.
    pub headers: bool,
}

impl Default for Options {
    /// Polite towards an unknown host: 2 requests a second, 2 at once.
    fn default() -> Self {
        Self {
            user_agent: format!("stocktruth/{} (+https://crates.io/crates/stocktruth)", env!("CARGO_PKG_VERSION")),
            rate: Rate { requests: NonZeroU32::MIN.saturating_add(1), per: Duration::from_secs(1) },
            burst: NonZeroU32::MIN.saturating_add(3),
            concurrency: 2,
            robots: true,
            connect_timeout: Duration::from_secs(5),
            first_byte_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(30),
            max_body: 8 * 1024 * 1024,
            max_download: 256 * 1024 * 1024,
            max_redirects: 5,
            retries: 2,
            backoff: Duration::from_secs(1),
            max_retry_after: Duration::from_secs(60),
            circuit_after: 10,
            allow_private: Vec::new(),
            headers: Vec::new(),
            headers_to: Vec::new(),
            ca_file: None,
            bypass: Bypass { query: Some("_stocktruth".to_owned()), headers: true },
        }
    }
}
