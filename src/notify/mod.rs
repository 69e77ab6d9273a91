//! Which notice is due to whom and why (pure), how it looks, how it is delivered.
//!
//! A [`Change`](crate::domain::Change) goes through [`due()`] (is there anything to say?) and [`owner()`] (to whom?)
//! into [`Digests`], which make one [`Notice`](crate::domain::Notice) per recipient, finished down to its bytes. The
//! store records it; [`Courier`] hands it to the mail system; what was refused for now waits for [`next_attempt`].

mod alarm;
mod chart;
mod compose;
mod courier;
mod digest;
mod due;
mod example;
mod letter;
mod message;
mod opened;
mod options;
mod owners;
mod retry;
mod rows;
#[cfg(test)]
mod samples;
mod sheet;
mod templates;
mod words;

pub use alarm::alarm;
pub use compose::ComposeError;
pub use courier::{Courier, CourierError, Fault, Refusal, mask};
pub use digest::Digests;
pub use due::{Due, Why, due};
pub use message::{
    AlarmRow, Direction, Evidence, Figure, Labels, Message, MessageKind, Moment, Part, Promise, Rating, Row, Standing,
    Stock, Trend, TrendDay,
};
pub use templates::{TemplateProblem, check_templates};
pub use opened::{Opened, open};
pub use options::{Options, OwnerRule, SmtpSecurity, Transport};
pub use owners::{By, Ownership, is_address, owner};
pub use retry::{Next, next_attempt};
