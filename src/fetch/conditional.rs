//! Conditional requests (RFC 9110 section 13): a page that is as it was need not be sent, or at least not be read again.

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use sha2::{Digest, Sha256};
use url::Url;

use super::body::{Body, Sink};
use super::exchange::Answer;
use super::failure::Trouble;
use super::{ACCEPT_PAGES, Fetcher, cache, text};
use crate::domain::{CacheEvidence, Page, PageFailure};

/// Not Modified (RFC 9110 section 15.4.5).
const NOT_MODIFIED: u16 = 304;

/// Longest validator that is kept; a longer one is no use to anybody.
const LONGEST: usize = 200;

/// By what a page is known to be as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag` as sent.
    pub etag: Option<String>,
    /// `Last-Modified` as sent.
    pub last_modified: Option<String>,
    /// A hash of the body and of all by which it is understood: status, type, and the address that answered.
    pub body: Option<String>,
}

impl Validators {
    /// Those that the shop states of itself.
    pub fn stated(&self) -> (Option<&str>, Option<&str>) {
        (self.etag.as_deref(), self.last_modified.as_deref())
    }

    fn of(answer: &Answer) -> Self {
        let sent = |name: HeaderName| answer.headers.get(name).map(text).filter(|value| value.len() <= LONGEST);
        let body = match &answer.body {
            Body::Bytes(bytes) => {
                let mut hash = Sha256::new();
                let kind = answer.headers.get(reqwest::header::CONTENT_TYPE).map(text).unwrap_or_default();
                hash.update(format!("{} {} {kind}\n", answer.status, answer.url));
                hash.update(bytes);
                Some(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
            }
            Body::File(_) => None,
        };
        Self { etag: sent(ETAG), last_modified: sent(LAST_MODIFIED), body }
    }
}

/// What came of asking for a page that was seen before.
#[derive(Debug)]
pub enum Lookup {
    /// It is as it was.
    Same {
        /// The address that answered, after redirects.
        url: Url,
        /// What the caches on the way said of themselves.
        cache: Option<CacheEvidence>,
        /// When that was known.
        seen_at: Timestamp,
    },
    /// It is new, or may be.
    New(Box<Page>, Validators),
}

impl Fetcher {
    /// Asks for a page as a customer would, and says so where it is as it was when `known` was noted. With `trust` the shop is
    /// asked to send it only if it changed; without, it is sent in any case, and only the same body makes it the same page.
    ///
    /// # Errors
    /// As [`Fetcher::page`].
    pub async fn page_if_changed(
        &self,
        url: &Url,
        known: Option<&Validators>,
        trust: bool,
    ) -> Result<Lookup, PageFailure> {
        let mut ask = self.get(url.clone(), Sink::Memory(self.0.options.max_body));
        ask.open.insert(ACCEPT, HeaderValue::from_static(ACCEPT_PAGES));
        let is_conditional = trust && known.is_some_and(|known| state(known, &mut ask.open));
        let answer = self.0.ask(ask).await.map_err(|trouble| match trouble {
            Trouble::Page(failure) => failure,
            Trouble::Disk(why) => PageFailure::Connection { why },
        })?;
        let found = Validators::of(&answer);
        let same_body = known.is_some_and(|known| known.body.is_some() && known.body == found.body);
        if same_body || (is_conditional && answer.status == NOT_MODIFIED) {
            let cache = cache::evidence(&answer.headers);
            return Ok(Lookup::Same { url: answer.url, cache, seen_at: self.0.clock.now() });
        }
        Ok(Lookup::New(Box::new(self.page_of(url, answer, None)), found))
    }
}

/// States what is known. An `ETag` wins over a date (RFC 9110 section 13.1.3), but not every server knows that one does; `false`:
/// nothing is known that can be stated.
fn state(known: &Validators, headers: &mut HeaderMap) -> bool {
    let pairs = [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)];
    let mut is_stated = false;
    for (name, value) in pairs {
        if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
            is_stated = true;
        }
    }
    is_stated
}
