//! One message to one person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The part of a notice in which an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Its recipient does not know of it yet.
    New,
    /// They were told, and it is still open.
    Still,
    /// They were told, and it is put right.
    Fixed,
}

impl Section {
    /// All of them, in the order in which they stand in a notice.
    pub const ALL: [Self; 3] = [Self::New, Self::Still, Self::Fixed];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Still => "still",
            Self::Fixed => "fixed",
        }
    }
}

/// When a recipient was told of an incident that they believe open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The recipient's key.
    pub recipient: String,
    /// When last.
    pub at: Timestamp,
    /// How often, reminders among them.
    pub times: u32,
    /// Whether something else has been wrong since.
    pub stale: bool,
    /// Whether what tells them still waits to be delivered.
    pub waits: bool,
}

/// What is remembered of a recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correspondence {
    /// `Message-ID` of the first mail of the thread they follow, with its angle brackets.
    pub thread: Option<String>,
    /// Whether their mailbox or webhook lately refused for good.
    pub refuses: bool,
    /// How many notices were recorded for them since their day began.
    pub today: u32,
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
    /// Taken out of the outbox by hand; kept and shown.
    Dropped,
}

impl NoticeState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Sent, Self::Dead, Self::Dropped];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
        }
    }

    /// The state with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// One message to one person, finished down to its bytes, so that every attempt sends the same mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Row id in the outbox; `None` before it was stored.
    pub id: Option<i64>,
    /// Which way it goes: `mail`, `slack`, …
    pub channel: String,
    /// What the store knows its recipient by: the address in lower case, or the name of a channel.
    pub recipient: String,
    /// Who is told: a mail address, or the name of a channel.
    pub to: String,
    /// Envelope sender; empty where there is no mail.
    pub from: String,
    /// Subject, for lists and logs.
    pub subject: String,
    /// `Message-ID` with its angle brackets, the same on every attempt, whatever the channel.
    pub message_id: String,
    /// The whole message: RFC 5322 for mail, JSON for a webhook.
    pub message: Vec<u8>,
    /// The incidents it tells of (rows of the store) and as what, so that they count as told.
    pub tells: Vec<(i64, Section)>,
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
