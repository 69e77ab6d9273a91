//! A mismatch that lasts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cause, Claim, Item, ItemKey, StockFact, Verdict};

/// Where an incident stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Seen, but still within the shop's grace.
    Suspected,
    /// Wrong for longer than grace allows: it counts, and its owner is told.
    Open,
    /// Put right.
    Resolved,
}

impl IncidentState {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Open => "open",
            Self::Resolved => "resolved",
        }
    }

    /// The state with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Suspected, Self::Open, Self::Resolved].into_iter().find(|state| state.code() == code)
    }
}

/// A mismatch that lasts. One per item of a shop; reopening is the same incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Row id in the store; `None` before it was stored.
    pub id: Option<i64>,
    /// The shop's name.
    pub shop: String,
    /// The item's identity within the shop.
    pub key: ItemKey,
    /// The item as the catalogue and the page describe it.
    pub item: Item,
    /// Picture of the product, if the page names one.
    pub image: Option<url::Url>,
    /// What is wrong.
    pub verdict: Verdict,
    /// Why, if that could be seen.
    pub cause: Option<Cause>,
    /// One sentence: which rule applied to what.
    pub because: String,
    /// Where it stands.
    pub state: IncidentState,
    /// When it was first seen wrong (this time).
    pub first_seen: Timestamp,
    /// When it was last seen wrong.
    pub last_seen: Timestamp,
    /// When it opened (this time).
    pub opened_at: Option<Timestamp>,
    /// When it was resolved (last time).
    pub resolved_at: Option<Timestamp>,
    /// How often it has opened.
    pub times_opened: u32,
    /// When a notice last told of it as new or still open, this time round. `None`: nobody was told yet. Of a resolved
    /// incident: its owner believes it open, and the good news is owed.
    pub told_at: Option<Timestamp>,
    /// The claim as last seen wrong. `None` where the page is gone.
    pub claim: Option<Claim>,
    /// The stock fact it was held against.
    pub fact: Option<StockFact>,
}

/// What a run changed of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// First seen, within grace.
    Suspected,
    /// Opened for the first time.
    Opened,
    /// Opened again after it had been resolved.
    Reopened,
    /// Seen wrong again; nothing else changed.
    Continued,
    /// An open incident was put right.
    Resolved,
    /// A suspected one healed before it opened; it is forgotten.
    Healed,
}

impl Change {
    /// An incident as it stands, when what changed it last is not known any more: it merely continues, or is put right.
    pub fn as_it_stands(incident: Incident) -> Self {
        let kind = match incident.state {
            IncidentState::Suspected => ChangeKind::Suspected,
            IncidentState::Open => ChangeKind::Continued,
            IncidentState::Resolved => ChangeKind::Resolved,
        };
        Self { kind, incident }
    }
}

/// An incident as it stands after this run, and what the run changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// The incident after the change.
    pub incident: Incident,
}
