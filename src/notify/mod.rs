//! Which notice is due to whom and why (pure), how it looks, how it is delivered.
//!
//! An [`Incident`](crate::domain::Incident) goes to its [`owners()`]; for each of them [`due()`] decides whether it is told
//! now, and why not if not, by what [`muted()`] it and by the recipient's [`Cadence`]. [`Digests`] make one
//! [`Notice`](crate::domain::Notice) per recipient of it, finished down to its bytes. The store records it; [`Courier`]
//! hands it over; what was refused for now waits for [`next_attempt`].

mod alarm;
pub mod cadence;
mod chart;
mod compose;
mod copy;
mod courier;
mod digest;
mod dkim;
mod due;
mod example;
mod headline;
mod heartbeat;
mod letter;
mod links;
#[cfg(test)]
mod mails;
mod message;
mod muted;
mod opened;
mod options;
mod owners;
mod retry;
mod rows;
#[cfg(test)]
mod samples;
mod sheet;
mod standing;
mod templates;
mod way;
mod words;

pub use alarm::{Hindered, Hindrance, Missed, Unmet, alarm, hindered, missed, trial, unmet};
pub use cadence::{Cadence, Quiet, Schedule, Tells};
pub use compose::ComposeError;
pub use copy::copy_for_test;
pub use courier::{Courier, CourierError, Fault, Refusal, check_secret, mask, webhook_schema};
pub use digest::Digests;
pub use dkim::{DKIM_IS_BUILT_IN, DkimError, check_dkim};
pub use due::{Case, Due, Turn, Why, due};
pub use heartbeat::Heartbeat;
pub use message::{
    AlarmRow, Direction, Evidence, Figure, Labels, Message, MessageKind, Moment, Part, Promise, Rating, Reason, Row,
    Shared, Spot, Standing, Station, Stock, Stop, Trend, TrendDay, Way,
};
pub use muted::{Muted, muted};
pub use opened::{Opened, open};
pub use options::{Channel, Dkim, Hook, MailOptions, Options, OwnerRule, Recipient, SmtpSecurity, Transport};
pub use owners::{By, Owner, Ownership, is_address, owners};
pub use retry::{Next, next_attempt};
pub use standing::Overview;
pub use templates::{TemplateProblem, check_templates};

/// How long a mailbox that refused for good is left alone where its recipient has no reminders.
pub const A_DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// The languages of notices, by their short names.
pub fn languages() -> impl Iterator<Item = &'static str> {
    words::LANGUAGES.iter().map(|(name, _)| *name)
}
