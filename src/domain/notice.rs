//! One message to one person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// Mail address, RFC 5322 addr-spec.
    pub email: String,
    /// The person's or team's name, for the greeting.
    pub name: Option<String>,
    /// Language of the mail, BCP 47 primary subtag (`he`, `en`).
    pub language: String,
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Recorded, to be sent.
    Pending,
    /// Accepted by the transport.
    Sent,
    /// Refused for good; kept and shown, not tried again.
    Dead,
}

impl NoticeState {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The state with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pending, Self::Sent, Self::Dead].into_iter().find(|state| state.code() == code)
    }
}

/// One message to one person, finished down to its bytes, so that every attempt sends the same mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Row id in the outbox; `None` before it was stored.
    pub id: Option<i64>,
    /// Who is told.
    pub to: String,
    /// Envelope sender.
    pub from: String,
    /// Subject, for lists and logs.
    pub subject: String,
    /// `Message-ID` with its angle brackets, the same on every attempt.
    pub message_id: String,
    /// The whole message, RFC 5322.
    pub message: Vec<u8>,
    /// The incidents it tells of (rows of the store), so that they count as told.
    pub tells: Vec<i64>,
    /// Where it stands.
    pub state: NoticeState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before then.
    pub next_attempt_at: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it was accepted.
    pub sent_at: Option<Timestamp>,
    /// What the transport said last.
    pub last_error: Option<String>,
}
