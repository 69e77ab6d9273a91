//! The client's errors in this program's words, without addresses that may hold a secret.

use std::error::Error;

use super::guard::Refused;
use crate::domain::{PageFailure, shown};

/// What can go wrong on the way to a body.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The web's part.
    Page(PageFailure),
    /// This machine's part: the temporary file cannot be written.
    Disk(String),
}

impl Trouble {
    pub(super) fn disk(error: std::io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<PageFailure> for Trouble {
    fn from(failure: PageFailure) -> Self {
        Self::Page(failure)
    }
}

/// Why the answer's head did not arrive.
pub(super) fn of_request(error: &reqwest::Error) -> PageFailure {
    let mut chain = std::iter::successors(Some(error as &(dyn Error + 'static)), |error| (*error).source());
    if let Some(refused) = chain.find_map(|error| error.downcast_ref::<Refused>()) {
        return PageFailure::PrivateAddress { host: refused.host.clone(), address: refused.address.to_string() };
    }
    if error.is_timeout() {
        let phase = if error.is_connect() { "connect" } else { "first byte" };
        return PageFailure::Timeout { phase: phase.to_owned() };
    }
    PageFailure::Connection { why: innermost(error) }
}

/// Why the body broke off.
pub(super) fn of_body(error: &reqwest::Error) -> PageFailure {
    PageFailure::Connection { why: format!("the body broke off: {}", innermost(error)) }
}

/// The first cause says it best ("connection refused"), and unlike the outer ones it never quotes the URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &(dyn Error + 'static) = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    match cause.downcast_ref::<reqwest::Error>() {
        Some(_) => "the request could not be sent".to_owned(),
        None => cause.to_string(),
    }
}

/// The failure without the one address it may carry in full.
pub(crate) fn without_query(failure: PageFailure) -> PageFailure {
    match failure {
        PageFailure::RobotsDisallowed { url, agent } => PageFailure::RobotsDisallowed { url: shown(&url), agent },
        other => other,
    }
}
