//! What keeps everybody from being told of an incident. Pure.

use jiff::Timestamp;

use crate::domain::{Expected, Incident, Silence};

/// What keeps everybody from being told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Muted {
    /// A rule of the configuration expects it.
    Expected {
        /// The rule, counted from 1.
        rule: usize,
        /// Until when.
        until: Timestamp,
        /// Why.
        because: String,
    },
    /// Somebody ignores the item.
    Ignored(Silence),
    /// Somebody silenced it among others.
    Silenced(Silence),
}

impl Muted {
    /// Stable machine name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expected { .. } => "expected",
            Self::Ignored(_) => "ignored",
            Self::Silenced(_) => "silenced",
        }
    }

    /// Until when; `None`: until somebody lifts it.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Expected { until, .. } => Some(*until),
            Self::Ignored(silence) | Self::Silenced(silence) => silence.until,
        }
    }
}

/// The first thing that keeps everybody from being told of an incident now: what is expected, what is ignored or silenced.
pub fn muted(incident: &Incident, expected: &[Expected], silences: &[Silence], now: Timestamp) -> Option<Muted> {
    let rule = expected.iter().position(|one| one.covers(incident, now)).map(|place| {
        let Expected { until, because, .. } = &expected[place];
        Muted::Expected { rule: place + 1, until: *until, because: because.clone() }
    });
    rule.or_else(|| {
        let silence = silences.iter().find(|one| one.covers(incident, now))?.clone();
        Some(if silence.ignores() { Muted::Ignored(silence) } else { Muted::Silenced(silence) })
    })
}
