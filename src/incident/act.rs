//! What a person does to an incident.

use jiff::Timestamp;

use super::{end, open};
use crate::domain::{Acknowledgement, Change, ChangeKind, Hand, Incident, IncidentState};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Somebody takes it on: nobody is reminded until it is put right, or until then.
    Acknowledge {
        /// Until when at most.
        until: Option<Timestamp>,
    },
    /// It counts (again): an acknowledgement is taken back, what was over is open.
    Reopen,
    /// It is called put right. If it is seen wrong again, it opens again.
    Resolve,
}

/// Why something cannot be done to an incident: what it is, and what can be done instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// Only what is open can be taken on.
    #[error("it is only suspected; nobody is told of it unless it stays wrong. To be left in peace with it, ignore it")]
    OnlySuspected,
    /// It is over.
    #[error("it is over already; it opens by itself if the item is seen wrong again")]
    Over,
    /// It is open.
    #[error("it is open already")]
    Open,
    /// The time until which it was to hold is past.
    #[error("the time until which it is to hold has passed already")]
    Past,
}

/// Does it, in somebody's name.
///
/// # Errors
/// Where the incident's state does not allow it.
pub fn act(known: &Incident, action: Action, hand: Hand, now: Timestamp) -> Result<Change, Impossible> {
    use IncidentState::{Acknowledged, Expired, Open, Resolved, Suspected};
    let mut incident = known.clone();
    let kind = match (action, known.state) {
        (Action::Acknowledge { until: Some(until) }, Open | Acknowledged) if until <= now => {
            return Err(Impossible::Past);
        }
        (Action::Acknowledge { until }, Open | Acknowledged) => {
            incident.state = Acknowledged;
            incident.ack = Some(Acknowledgement { by: hand.by.clone(), note: hand.note.clone(), at: now, until });
            ChangeKind::Acknowledged
        }
        (Action::Acknowledge { .. } | Action::Reopen, Suspected) => return Err(Impossible::OnlySuspected),
        (Action::Acknowledge { .. } | Action::Resolve, Resolved | Expired) => return Err(Impossible::Over),
        (Action::Reopen, Open) => return Err(Impossible::Open),
        (Action::Reopen, Acknowledged) => {
            (incident.state, incident.ack) = (Open, None);
            ChangeKind::Rearmed
        }
        (Action::Reopen, Resolved | Expired) => {
            incident.first_seen = now;
            open(&mut incident, now);
            // Of one that was called put right while it was only suspected it is the first time.
            if incident.times_opened == 1 { ChangeKind::Opened } else { ChangeKind::Reopened }
        }
        (Action::Resolve, Suspected | Open | Acknowledged) => {
            // It never opened in this round; still it is kept, since somebody had a word on it.
            incident.resolved_at = Some(now);
            end(&mut incident, Resolved, now);
            ChangeKind::Resolved
        }
    };
    Ok(Change { kind, incident, hand: Some(hand) })
}
