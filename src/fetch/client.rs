//! The client behind every request, and what all questions of one fetcher share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, redirect};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::FetchError;
use super::guard::Guard;
use super::host::Hosts;
use super::options::Options;
use crate::domain::clock::Clock;

/// What the clones of a fetcher share.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) options: Options,
    pub(super) clock: Clock,
    pub(super) client: Client,
    pub(super) guard: Guard,
    pub(super) hosts: Hosts,
    /// The configured extra headers, checked.
    headers: HeaderMap,
    requests: AtomicU64,
}

impl Door {
    pub(super) fn new(options: Options, clock: Clock) -> Result<Self, FetchError> {
        let guard = Guard::new(&options.allow_private);
        let extra = authorities(&options)?;
        let client = match builder(&options, &guard).tls_certs_merge(extra.clone()).build() {
            Ok(client) => client,
            // A bare container has no certificate authorities at all. Plain http works there all the same, and https
            // fails where it is asked for, with a certificate that nobody vouches for.
            Err(error) => {
                tracing::debug!(%error, "no certificate authorities on this machine, only those of ca_file");
                let client = builder(&options, &guard).tls_certs_only(extra).build();
                client.map_err(|error| FetchError::Options(format!("no HTTP client can be built: {error}")))?
            }
        };
        let headers = headers(&options.headers)?;
        Ok(Self { options, clock, client, guard, hosts: Hosts::default(), headers, requests: AtomicU64::new(0) })
    }

    /// The configured extra headers, where they are meant for this address.
    pub(super) fn headers_for(&self, url: &Url) -> HeaderMap {
        let own = &self.options.headers_to;
        if own.is_empty() || own.iter().any(|own| is_same_shop(own, url)) {
            self.headers.clone()
        } else {
            HeaderMap::new()
        }
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// The same origin but for a `www.`.
fn is_same_shop(one: &Url, other: &Url) -> bool {
    let place = |url: &Url| {
        let host = url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
        (url.scheme().to_owned(), host, url.port_or_known_default())
    };
    place(one) == place(other)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that builds HTTP clients")]
fn builder(options: &Options, guard: &Guard) -> ClientBuilder {
    Client::builder()
        .user_agent(options.user_agent.as_str())
        .connect_timeout(options.connect_timeout)
        .dns_resolver(Arc::new(guard.clone()))
        // Followed in `exchange`, where each hop is checked.
        .redirect(redirect::Policy::none())
        // Retried in `exchange`, within the host's budget.
        .retry(reqwest::retry::never())
        // A proxy would resolve names behind the guard's back; the environment must not choose one.
        .no_proxy()
        .referer(false)
        // Old shops send headers with blanks and worse in their names; browsers shrug, so customers see the page.
        .http1_ignore_invalid_headers_in_responses(true)
}

fn authorities(options: &Options) -> Result<Vec<Certificate>, FetchError> {
    let Some(path) = &options.ca_file else { return Ok(Vec::new()) };
    let cannot = |why: String| {
        FetchError::Options(format!("fetch.ca_file {}: {why}; give a file of certificates in PEM", path.display()))
    };
    let pem = std::fs::read(path).map_err(|error| cannot(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|_| cannot("holds what is no certificate".to_owned()))?;
    if found.is_empty() { Err(cannot("holds no certificate".to_owned())) } else { Ok(found) }
}

/// Checks headers and marks their values as secret. The value is never quoted.
pub(super) fn headers(given: &[(String, SecretString)]) -> Result<HeaderMap, FetchError> {
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let key = HeaderName::from_bytes(name.trim().as_bytes())
            .map_err(|_| FetchError::Options(format!("{name:?} is no header name; use letters, digits and hyphens")))?;
        let mut value = HeaderValue::from_str(value.expose_secret().trim()).map_err(|_| {
            FetchError::Options(format!(
                "the value of header {name} holds a line break or another character it may not"
            ))
        })?;
        value.set_sensitive(true);
        headers.append(key, value);
    }
    Ok(headers)
}
