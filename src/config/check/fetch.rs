//! How hosts are asked.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::secret::is_secret_header;
use super::{At, values};
use crate::config::raw::fetch::{ApiFetch, ShopFetch};
use crate::config::raw::scalar;
use crate::config::units::{self, fault};
use crate::fetch::{Bypass, Options, Rate};

/// The keys that a shop's pages and an API have in common.
struct Common<'r> {
    rate: &'r Option<scalar::Rate>,
    burst: &'r Option<scalar::Whole>,
    concurrency: &'r Option<scalar::Whole>,
    connect_timeout: &'r Option<scalar::Duration>,
    first_byte_timeout: &'r Option<scalar::Duration>,
    total_timeout: &'r Option<scalar::Duration>,
    max_body: &'r Option<scalar::Size>,
    max_redirects: &'r Option<scalar::Whole>,
    retries: &'r Option<scalar::Whole>,
    backoff: &'r Option<scalar::Duration>,
    max_retry_after: &'r Option<scalar::Duration>,
    circuit_after: &'r Option<scalar::Whole>,
    allow_private: &'r Option<Vec<scalar::Text>>,
    headers: &'r Option<BTreeMap<String, scalar::Text>>,
    ca_file: &'r Option<scalar::FilePath>,
}

macro_rules! common {
    ($raw:expr) => {
        Common {
            rate: &$raw.rate,
            burst: &$raw.burst,
            concurrency: &$raw.concurrency,
            connect_timeout: &$raw.connect_timeout,
            first_byte_timeout: &$raw.first_byte_timeout,
            total_timeout: &$raw.total_timeout,
            max_body: &$raw.max_body,
            max_redirects: &$raw.max_redirects,
            retries: &$raw.retries,
            backoff: &$raw.backoff,
            max_retry_after: &$raw.max_retry_after,
            circuit_after: &$raw.circuit_after,
            allow_private: &$raw.allow_private,
            headers: &$raw.headers,
            ca_file: &$raw.ca_file,
        }
    };
}

/// A shop's pages.
pub(super) fn shop(at: &At<'_>, raw: Option<&ShopFetch>, urls: &[&Url], user_agent: &str) -> Options {
    let headers_to = urls.iter().copied().cloned().collect();
    let mut options = Options { user_agent: user_agent.to_owned(), headers_to, ..Options::default() };
    let Some(raw) = raw else { return options };
    if let Some(size) = at.read("max_download", &raw.max_download, units::size) {
        options.max_download = size;
    }
    common(at, &common!(raw), &mut options, urls);
    let is_ours = urls.iter().all(|url| url.host_str().is_some_and(values::is_local_name));
    if !is_ours && options.rate.requests.get() as f64 / options.rate.per.as_secs_f64() > 20.0 {
        let help = "stay below 20 requests a second unless the shop's operators agreed";
        at.key("rate").warn(fault("this is a lot for a shop that also has customers", help));
    }
    options.robots = at.read("robots", &raw.robots, units::flag).unwrap_or(true);
    if !options.robots && !is_ours {
        let help = "leave it out, unless the shop is your own and its operators agreed";
        at.key("robots").warn(fault("robots.txt will not be obeyed", help));
    }
    if let Some(bypass) = &raw.bypass {
        options.bypass = self::bypass(&at.key("bypass"), bypass, options.bypass);
    }
    options
}

/// A shop's own API. robots.txt is for visitors, and this is the owner.
pub(super) fn api(at: &At<'_>, raw: Option<&ApiFetch>, urls: &[&Url], user_agent: &str) -> Options {
    let ten = std::num::NonZeroU32::MIN.saturating_add(9);
    let mut options = Options {
        user_agent: user_agent.to_owned(),
        rate: Rate { requests: ten, per: Duration::from_secs(1) },
        burst: ten,
        concurrency: 4,
        robots: false,
        first_byte_timeout: Duration::from_secs(30),
        total_timeout: Duration::from_secs(120),
        max_body: 64 << 20,
        ..Options::default()
    };
    if let Some(raw) = raw {
        common(at, &common!(raw), &mut options, urls);
    }
    // An answer is an answer here, read at once or streamed to disk.
    options.max_download = options.max_body;
    options
}

fn common(at: &At<'_>, raw: &Common<'_>, options: &mut Options, urls: &[&Url]) {
    fn set<T>(to: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *to = value;
        }
    }
    let count = |value: Option<u32>| value.and_then(|value| usize::try_from(value).ok());
    set(&mut options.rate, at.read("rate", raw.rate, units::rate));
    set(&mut options.burst, at.read("burst", raw.burst, values::at_least_one));
    set(
        &mut options.concurrency,
        count(at.read("concurrency", raw.concurrency, values::at_least_one).map(std::num::NonZero::get)),
    );
    set(&mut options.connect_timeout, at.read("connect_timeout", raw.connect_timeout, values::some_time));
    set(&mut options.first_byte_timeout, at.read("first_byte_timeout", raw.first_byte_timeout, values::some_time));
    set(&mut options.total_timeout, at.read("total_timeout", raw.total_timeout, values::some_time));
    set(&mut options.max_body, at.read("max_body", raw.max_body, units::size));
    set(&mut options.max_redirects, count(at.read("max_redirects", raw.max_redirects, values::count)));
    set(&mut options.retries, at.read("retries", raw.retries, values::count));
    set(&mut options.backoff, at.read("backoff", raw.backoff, values::some_time));
    set(&mut options.max_retry_after, at.read("max_retry_after", raw.max_retry_after, units::duration));
    let circuit = at.read("circuit_after", raw.circuit_after, values::at_least_one);
    set(&mut options.circuit_after, circuit.map(std::num::NonZero::get));
    options.allow_private = at.list("allow_private", raw.allow_private, values::network);
    options.ca_file = at.ca_file(raw.ca_file);
    if options.total_timeout < options.first_byte_timeout && raw.total_timeout.is_some() {
        let help = "make it at least as long as `first_byte_timeout`";
        at.key("total_timeout").warn(fault("this is shorter than `first_byte_timeout`", help));
    }
    let headers = at.key("headers");
    options.headers = headers.headers(raw.headers.as_ref());
    if let Some((name, _)) = options.headers.iter().find(|(name, _)| is_secret_header(name)) {
        headers.key(name).needs_encryption(urls);
    }
}

fn bypass(at: &At<'_>, raw: &crate::config::raw::fetch::Bypass, default: Bypass) -> Bypass {
    let query = match raw.query.as_ref().map(AsRef::as_ref) {
        Some("") => None,
        Some(_) => at.read("query", &raw.query, |name| {
            let good = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
            if good {
                Ok(name.to_owned())
            } else {
                Err(fault("this is no query parameter", "write a name such as `_stocktruth`"))
            }
        }),
        None => default.query,
    };
    Bypass { query, headers: at.read("headers", &raw.headers, units::flag).unwrap_or(default.headers) }
}

impl At<'_> {
    /// Credentials go only where nobody listens.
    pub(super) fn needs_encryption(&self, urls: &[&Url]) {
        if let Some(url) = urls.iter().find(|url| values::is_exposed(url)) {
            let host = url.host_str().unwrap_or_default();
            let what = format!("credentials would travel to {host} unencrypted");
            self.error(fault(what, "use an `https://` address"));
        }
    }

    /// A PEM file that is there and holds certificates.
    pub(super) fn ca_file(&self, raw: &Option<scalar::FilePath>) -> Option<std::path::PathBuf> {
        let path = self.file("ca_file", raw)?;
        let at = self.key("ca_file");
        match std::fs::read(&path) {
            Err(error) => at.error(fault(
                format!("{} cannot be read: {error}", path.display()),
                "name a PEM file with the certificate authority, or leave the key out",
            )),
            Ok(bytes) if memchr::memmem::find(&bytes, b"-----BEGIN CERTIFICATE-----").is_none() => at.error(fault(
                format!("there is no certificate in {}", path.display()),
                "a PEM file holds lines `-----BEGIN CERTIFICATE-----`",
            )),
            Ok(_) => {}
        }
        Some(path)
    }
}
