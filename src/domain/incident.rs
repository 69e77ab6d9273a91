//! A mismatch that lasts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BreakPoint, Cause, Claim, Item, ItemKey, Journey, Severity, StockFact, Verdict};

/// Where an incident stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Seen, but still within the shop's grace.
    Suspected,
    /// Wrong for long enough and often enough: it counts, and its owners are told.
    Open,
    /// Open, and somebody has taken it on: nobody is reminded until it is put right.
    Acknowledged,
    /// Put right.
    Resolved,
    /// The catalogue does not list the item any more, so nobody can say whether it was put right.
    Expired,
}

impl IncidentState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Suspected, Self::Open, Self::Acknowledged, Self::Resolved, Self::Expired];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
            Self::Expired => "expired",
        }
    }

    /// The state with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it counts and is not put right yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Acknowledged)
    }

    /// Whether it is over, for now.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Resolved | Self::Expired)
    }
}

/// What the last looks at an item came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// How often in a row it was seen wrong. Looks that could say nothing do not count.
    pub wrong: u32,
    /// How often in a row it was seen right since.
    pub right: u32,
    /// Since when it was seen right, if it was lately.
    pub right_since: Option<Timestamp>,
    /// When it opened the last few times, oldest first.
    pub openings: Vec<Timestamp>,
    /// The touchpoints ([`Step::at`](super::Step::at)) that decided it since it was first seen wrong this time.
    #[serde(default)]
    pub places: Vec<String>,
}

/// Somebody has taken an incident on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// What they say of it.
    pub note: String,
    /// When.
    pub at: Timestamp,
    /// Until when they want to be left in peace; `None`: until it is put right.
    pub until: Option<Timestamp>,
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
    /// What the last looks came to.
    pub streak: Streak,
    /// Who has taken it on, of an acknowledged one.
    pub ack: Option<Acknowledgement>,
    /// How much it harms, as of the last look.
    pub severity: Option<Severity>,
    /// The claim as last seen wrong. `None` where the page is gone.
    pub claim: Option<Claim>,
    /// The stock fact it was held against.
    pub fact: Option<StockFact>,
    /// What every touchpoint said of it when it was last seen wrong.
    pub journey: Journey,
}

impl Incident {
    /// The first touchpoint that tells the customer the truth, as far as was looked. Where only the page is known to have
    /// been looked at: one that promises what is not there leaves it to the cart, at the earliest. `None`: no customer is
    /// let down, a sale is lost.
    pub fn break_point(&self) -> Option<BreakPoint> {
        if self.journey.break_point.is_some() {
            return self.journey.break_point;
        }
        match self.verdict {
            Verdict::FalseAvailable | Verdict::ExpiredPromise => Some(BreakPoint::Cart),
            Verdict::Gone | Verdict::Contradictory => Some(BreakPoint::Page),
            Verdict::FalseUnavailable | Verdict::Agrees | Verdict::Unverified(_) => None,
        }
    }

    /// Whether something else is to be done about it than before: another verdict; or what decided it is right by now, or
    /// says nothing of the item any more, and a touchpoint decides it that did not this time.
    pub fn is_another_matter(&self, before: &Self) -> bool {
        if self.verdict != before.verdict {
            return true;
        }
        let was = before.journey.decides(&before.verdict);
        let Some((was, is)) = was.zip(self.journey.decides(&self.verdict)) else { return false };
        !self.journey.may_be_wrong_at(was) && !before.streak.places.contains(&is.at())
    }
}

/// What became of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// First seen, within grace or not often enough yet.
    Suspected,
    /// Opened for the first time.
    Opened,
    /// Opened again after it had been over.
    Reopened,
    /// Seen wrong again, or right but not often enough yet; nothing else changed.
    Continued,
    /// Somebody has taken it on.
    Acknowledged,
    /// What was acknowledged is to be told again: its time is up, something else is wrong now, or somebody said so.
    Rearmed,
    /// Put right, or called so.
    Resolved,
    /// A suspected one healed before it opened; it is forgotten.
    Healed,
    /// The catalogue does not list the item any more.
    Expired,
    /// Somebody silenced it among others.
    Silenced,
    /// Somebody ignores the item.
    Ignored,
    /// A silence over it was lifted.
    Unsilenced,
}

impl ChangeKind {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Continued => "continued",
            Self::Acknowledged => "acknowledged",
            Self::Rearmed => "rearmed",
            Self::Resolved => "resolved",
            Self::Healed => "healed",
            Self::Expired => "expired",
            Self::Silenced => "silenced",
            Self::Ignored => "ignored",
            Self::Unsilenced => "unsilenced",
        }
    }
}

/// A person's hand in a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Who.
    pub by: String,
    /// What they said of it.
    pub note: String,
}

/// An incident as it stands after a change, and what changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// The incident after the change.
    pub incident: Incident,
    /// Who did it, where it was a person and not a run.
    pub hand: Option<Hand>,
}
