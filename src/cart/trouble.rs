//! Why a cart could not be asked.

use serde_json::Value as Json;

use crate::domain::{Page, PageFailure, Unknown};
use crate::fetch::{Reply, shown};

/// What was in the way. Trouble of one probe, therefore data.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No answer came.
    Page(PageFailure),
    /// An answer came that is none of the cart's: perhaps a wall in front of it.
    Odd {
        /// What was expected, in words.
        what: String,
        /// What came.
        reply: Box<Reply>,
    },
    /// The item cannot be added in this way.
    Cannot(String),
}

impl From<PageFailure> for Trouble {
    fn from(failure: PageFailure) -> Self {
        Self::Page(failure)
    }
}

impl Trouble {
    pub(super) fn odd(what: &str, reply: &Reply) -> Self {
        Self::Odd { what: what.to_owned(), reply: Box::new(reply.clone()) }
    }

    /// The wall that stood in the way, if one did, or else the failure.
    pub(super) fn told(self, wall: &dyn Fn(&Page) -> Option<Unknown>) -> Result<(Unknown, Box<Reply>), PageFailure> {
        match self {
            Self::Page(failure) => Err(failure),
            Self::Cannot(why) => Err(PageFailure::NoProbe { why }),
            Self::Odd { what, reply } => match wall(&reply.page()) {
                Some(wall) => Ok((wall, reply)),
                None => Err(unexpected(&what, &reply)),
            },
        }
    }
}

/// A status that no cart gives on purpose is a failure of its own. One that says "not there" is not: it speaks of the
/// cart's address, not of the item's page.
fn unexpected(what: &str, reply: &Reply) -> PageFailure {
    match reply.status {
        status @ (401 | 403 | 429 | 500..600) => PageFailure::Status { status },
        status => PageFailure::NoProbe { why: format!("{} answered {status}, {what}", shown(&reply.url).path()) },
    }
}

/// The JSON of an answer that must be JSON.
pub(super) fn json(reply: &Reply) -> Result<Json, Trouble> {
    reply.json().ok_or_else(|| Trouble::odd("and not with JSON", reply))
}

/// The JSON of an answer that must have gone well.
pub(super) fn good_json(reply: &Reply) -> Result<Json, Trouble> {
    let value = json(reply)?;
    if reply.is_success() { Ok(value) } else { Err(Trouble::odd("which is no cart", reply)) }
}
