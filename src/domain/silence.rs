//! What nobody is to be told of, and until when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Incident, Matcher};

/// Somebody's word that what fits is not to be told. The incidents go on being watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Row id in the store; `None` before it was stored.
    pub id: Option<i64>,
    /// What it silences. Of a single item: somebody ignores it.
    pub matcher: Matcher,
    /// Who said so.
    pub by: String,
    /// Why.
    pub note: String,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when; `None`: until it is lifted.
    pub until: Option<Timestamp>,
}

impl Silence {
    /// Whether it silences an incident now.
    pub fn covers(&self, incident: &Incident, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until) && self.matcher.fits(incident)
    }

    /// Whether it is of single items: they are ignored.
    pub fn ignores(&self) -> bool {
        !self.matcher.items.is_empty()
    }
}

/// A mismatch that the configuration calls expected, until a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What is expected.
    pub matcher: Matcher,
    /// Until when: the end of the last day.
    pub until: Timestamp,
    /// Why.
    pub because: String,
}

impl Expected {
    /// Whether it covers an incident now.
    pub fn covers(&self, incident: &Incident, now: Timestamp) -> bool {
        now < self.until && self.matcher.fits(incident)
    }
}
