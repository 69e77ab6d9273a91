//! Verdicts × known incidents × now → changes. Pure.
//!
//! ```text
//!                 wrong, within grace            grace has passed
//!   (nothing) ───────────────────────▶ suspected ────────────────▶ open ──┐ still wrong: continued
//!       ▲                                  │ agrees: healed         ▲ │◀──┘
//!       └──────────────────────────────────┘                        │ │ agrees
//!                                                          reopened │ ▼
//!                                          suspected ◀──────────── resolved
//!                                                     wrong again
//! ```
//!
//! `unverified` changes nothing: what was not seen neither opens nor resolves an incident. An incident that had been
//! resolved gets its grace anew when the item is wrong again; when that has passed it is reopened, and if the page keeps
//! up in time it is simply resolved as before.

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Change, ChangeKind, Incident, IncidentState, Judged, Verdict};

/// How patient a shop's incidents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a page may lag the stock before it counts. Zero: a mismatch counts at once.
    pub grace: Duration,
}

/// What this run's judgement changes of what is known of the item. `None`: nothing. The store keeps what is returned;
/// a [`ChangeKind::Healed`] incident that never opened is forgotten there.
pub fn advance(known: Option<&Incident>, judged: &Judged, policy: &Policy, now: Timestamp) -> Option<Change> {
    match judged.judgement.verdict {
        Verdict::Unverified(_) => None,
        Verdict::Agrees => known.and_then(|known| settle(known, now)),
        _ => Some(worsen(known, judged, policy, now)),
    }
}

/// What is known of an item that the catalogue does not list any more. Nobody saw it put right, so nobody is told so.
/// `None`: it is settled already.
pub fn unlisted(known: &Incident, now: Timestamp) -> Option<Change> {
    let mut change = settle(known, now)?;
    change.incident.told_at = None;
    change.incident.because = format!("{}; the catalogue lists it no longer", known.because);
    Some(change)
}

/// The page tells the truth again.
fn settle(known: &Incident, now: Timestamp) -> Option<Change> {
    let mut incident = known.clone();
    incident.state = IncidentState::Resolved;
    let kind = match known.state {
        IncidentState::Resolved => return None,
        IncidentState::Suspected => ChangeKind::Healed,
        IncidentState::Open => {
            incident.resolved_at = Some(now);
            ChangeKind::Resolved
        }
    };
    Some(Change { kind, incident })
}

/// The item is wrong.
fn worsen(known: Option<&Incident>, judged: &Judged, policy: &Policy, now: Timestamp) -> Change {
    let before = known.map(|known| known.state);
    let mut incident = seen(known, judged, now);
    let kind = match before {
        Some(IncidentState::Open) => ChangeKind::Continued,
        _ if within_grace(&incident, policy, now) => {
            incident.state = IncidentState::Suspected;
            if before == Some(IncidentState::Suspected) { ChangeKind::Continued } else { ChangeKind::Suspected }
        }
        _ => {
            incident.state = IncidentState::Open;
            incident.opened_at = Some(now);
            incident.times_opened = incident.times_opened.saturating_add(1);
            if incident.times_opened == 1 { ChangeKind::Opened } else { ChangeKind::Reopened }
        }
    };
    Change { kind, incident }
}

/// The incident with what was seen now. What begins anew (never known, resolved before, or the promise turned round)
/// is first seen now; a new round has not been told to anybody.
fn seen(known: Option<&Incident>, judged: &Judged, now: Timestamp) -> Incident {
    let verdict = judged.judgement.verdict.clone();
    let new_round = known.is_none_or(|known| known.state == IncidentState::Resolved);
    let turned = known.is_some_and(|known| {
        known.state == IncidentState::Suspected && turned_round(&known.verdict, &judged.judgement.verdict)
    });
    let first_seen = known.filter(|_| !new_round && !turned).map_or(now, |known| known.first_seen);
    Incident {
        id: known.and_then(|known| known.id),
        shop: judged.shop.clone(),
        key: judged.key.clone(),
        item: judged.item.clone(),
        image: judged.image.clone().or_else(|| known.and_then(|known| known.image.clone())),
        cause: judged.judgement.cause,
        because: judged.judgement.because.clone(),
        state: known.map_or(IncidentState::Suspected, |known| known.state),
        first_seen,
        last_seen: now,
        opened_at: known.filter(|_| !new_round).and_then(|known| known.opened_at),
        resolved_at: known.and_then(|known| known.resolved_at),
        times_opened: known.map_or(0, |known| known.times_opened),
        // What the owner was told is worth nothing when something else is wrong now.
        told_at: known.filter(|known| !new_round && known.verdict == verdict).and_then(|known| known.told_at),
        claim: if verdict == Verdict::Gone { None } else { judged.claim.clone() },
        fact: judged.fact.clone(),
        verdict,
    }
}

/// From promised-but-none to denied-but-there or back: the stock moved between the runs, and the page's lag began anew.
fn turned_round(before: &Verdict, now: &Verdict) -> bool {
    matches!(
        (before, now),
        (Verdict::FalseAvailable, Verdict::FalseUnavailable) | (Verdict::FalseUnavailable, Verdict::FalseAvailable)
    )
}

fn within_grace(incident: &Incident, policy: &Policy, now: Timestamp) -> bool {
    let grace = SignedDuration::try_from(policy.grace).unwrap_or(SignedDuration::MAX);
    !grace.is_zero() && now.duration_since(wrong_since(incident)) < grace
}

/// Since when the page lags. A source that knows when the quantity changed knows better than our first look, but only
/// towards the past: a quantity that keeps moving (50, 49, 48 of an item the page denies) must not put off the day.
/// Grace forgives lag behind the stock; a page that is gone, contradicts itself or broke a date has none to show.
fn wrong_since(incident: &Incident) -> Timestamp {
    let changed_at = incident.fact.as_ref().and_then(|fact| fact.changed_at);
    match (&incident.verdict, changed_at) {
        (Verdict::FalseAvailable | Verdict::FalseUnavailable, Some(changed_at)) => changed_at.min(incident.first_seen),
        _ => incident.first_seen,
    }
}
