//! Verdicts × known incidents × now → changes. Pure.
//!
//! ```text
//!                 wrong, within grace or           grace has passed and
//!                 not often enough                 wrong often enough in a row
//!   (nothing) ──────────────────────▶ suspected ─────────────────────▶ open ──┐ still wrong: continued
//!       ▲                                 │ right: healed              ▲ │ ▲◀──┘
//!       └─────────────────────────────────┘                 time is up │ │ │ somebody takes it on
//!                                                                      │ ▼ │
//!                                                                acknowledged
//!                                                                        │
//!                         wrong again      ┌─────────────────────────────┤ right often enough in a row: resolved
//!              suspected ◀──────────────── resolved                      │
//!              (or at once: reopened) ◀─── expired ◀─────────────────────┘ the catalogue lists it no longer
//! ```
//!
//! `unverified` changes nothing: what was not seen neither opens nor resolves an incident, nor does it break a row. No more
//! does a truth that only shows because the touchpoint that was wrong could not be seen ([`unseen`]).
//! An incident that is over gets its grace anew when the item is wrong again; when that has passed it is reopened, and if
//! the page keeps up in time it is over as before. One that opens again and again ([`Flapping`]) stays open until it was
//! right for long enough, so that its owner is not told of every turn.
//!
//! [`advance`] is what a look does, [`unlisted`] what a catalogue does, [`act`] what a person does; [`severity()`] says
//! how much it all harms.

mod act;
mod jump;
mod severity;
mod sight;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use act::{Action, Impossible, act};
pub use jump::jumped;
pub use severity::{Effect, SeverityRule, severity};
pub use sight::unseen;

use crate::domain::{Change, ChangeKind, Incident, IncidentState, Judged, Step, Streak, Verdict};

/// Openings that are remembered of an incident.
const REMEMBERED: usize = 20;

/// How patient a shop's incidents are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a page may lag the stock before it counts. Zero: a mismatch counts at once.
    pub grace: Duration,
    /// How often it must be seen.
    pub usual: Often,
    /// The same for single verdicts, by their code.
    pub by_verdict: BTreeMap<String, Often>,
    /// When an incident counts as flapping; `None`: never.
    pub flapping: Option<Flapping>,
}

impl Default for Policy {
    /// No grace, everything at the first look, and three openings within a day are flapping.
    fn default() -> Self {
        Self {
            grace: Duration::ZERO,
            usual: Often::default(),
            by_verdict: BTreeMap::new(),
            flapping: Some(Flapping::default()),
        }
    }
}

impl Policy {
    fn often(&self, verdict: &Verdict) -> Often {
        self.by_verdict.get(verdict.code()).copied().unwrap_or(self.usual)
    }
}

/// How often in a row something must be seen, run by run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Often {
    /// Wrong, before an incident opens; at least 1.
    pub open_after: u32,
    /// Right, before it is resolved; at least 1.
    pub resolve_after: u32,
}

impl Default for Often {
    fn default() -> Self {
        Self { open_after: 1, resolve_after: 1 }
    }
}

/// An incident that opened so often within this time flaps: from then on it is resolved only after it was right for as
/// long as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flapping {
    /// So often.
    pub times: u32,
    /// Within this time.
    pub within: Duration,
}

impl Default for Flapping {
    fn default() -> Self {
        Self { times: 3, within: Duration::from_secs(86_400) }
    }
}

/// What this run's judgement changes of what is known of the item. `None`: nothing. The store keeps what is returned;
/// a [`ChangeKind::Healed`] incident that never opened is forgotten there.
pub fn advance(known: Option<&Incident>, judged: &Judged, policy: &Policy, now: Timestamp) -> Option<Change> {
    match judged.judgement.verdict {
        Verdict::Unverified(_) => None,
        Verdict::Agrees => known.and_then(|known| improve(known, policy, now)),
        _ => Some(worsen(known, judged, policy, now)),
    }
}

/// What is known of an item that the catalogue does not list any more. Nobody saw it put right. `None`: it is over
/// already.
pub fn unlisted(known: &Incident, now: Timestamp) -> Option<Change> {
    let mut incident = known.clone();
    let kind = match known.state {
        IncidentState::Resolved | IncidentState::Expired => return None,
        // It never opened in this round, so there is nothing to expire.
        IncidentState::Suspected if known.opened_at.is_none() => ChangeKind::Healed,
        IncidentState::Suspected | IncidentState::Open | IncidentState::Acknowledged => ChangeKind::Expired,
    };
    incident.because = format!("{}; the catalogue lists it no longer", known.because);
    end(&mut incident, if kind == ChangeKind::Expired { IncidentState::Expired } else { IncidentState::Resolved }, now);
    Some(Change { kind, incident, hand: None })
}

/// The page tells the truth again.
fn improve(known: &Incident, policy: &Policy, now: Timestamp) -> Option<Change> {
    let mut incident = known.clone();
    incident.streak.wrong = 0;
    incident.streak.right = incident.streak.right.saturating_add(1);
    let right_since = *incident.streak.right_since.get_or_insert(now);
    let kind = match known.state {
        IncidentState::Resolved | IncidentState::Expired => return None,
        IncidentState::Suspected if known.opened_at.is_none() => {
            end(&mut incident, IncidentState::Resolved, now);
            ChangeKind::Healed
        }
        IncidentState::Suspected | IncidentState::Open | IncidentState::Acknowledged => {
            let often_enough = incident.streak.right >= policy.often(&known.verdict).resolve_after;
            let long_enough = is_calm(&known.streak, right_since, policy, now);
            if often_enough && long_enough {
                end(&mut incident, IncidentState::Resolved, now);
                ChangeKind::Resolved
            } else {
                ChangeKind::Continued
            }
        }
    };
    Some(Change { kind, incident, hand: None })
}

/// Whether an incident that is right since then does not flap, or not any more.
fn is_calm(streak: &Streak, right_since: Timestamp, policy: &Policy, now: Timestamp) -> bool {
    let Some(Flapping { times, within }) = policy.flapping else { return true };
    let within = signed(within);
    let Some(last) = streak.openings.last() else { return true };
    let lately = streak.openings.iter().filter(|at| last.duration_since(**at) < within).count();
    lately < times as usize || now.duration_since(right_since) >= within
}

/// Over, for now. Whatever was suspected of an incident that is over already (reopening it) is over as it was before.
fn end(incident: &mut Incident, state: IncidentState, now: Timestamp) {
    if incident.opened_at.is_some() {
        incident.resolved_at = Some(now);
    }
    incident.state = state;
    incident.ack = None;
    incident.severity = None;
}

/// The item is wrong.
fn worsen(known: Option<&Incident>, judged: &Judged, policy: &Policy, now: Timestamp) -> Change {
    let before = known.map(|known| known.state);
    let mut incident = seen(known, judged, now);
    let is_early =
        within_grace(&incident, policy, now) || incident.streak.wrong < policy.often(&incident.verdict).open_after;
    let turned = known.is_some_and(|known| turned_round(&known.verdict, &incident.verdict));
    let kind = match before {
        Some(IncidentState::Open) if !(turned && is_early) => ChangeKind::Continued,
        Some(IncidentState::Acknowledged) if !(turned && is_early) => match rearmed(known, &incident, now) {
            true => {
                (incident.state, incident.ack) = (IncidentState::Open, None);
                ChangeKind::Rearmed
            }
            false => ChangeKind::Continued,
        },
        _ if is_early => {
            (incident.state, incident.ack) = (IncidentState::Suspected, None);
            if before == Some(IncidentState::Suspected) { ChangeKind::Continued } else { ChangeKind::Suspected }
        }
        _ => {
            open(&mut incident, now);
            if incident.times_opened == 1 { ChangeKind::Opened } else { ChangeKind::Reopened }
        }
    };
    Change { kind, incident, hand: None }
}

fn open(incident: &mut Incident, now: Timestamp) {
    incident.state = IncidentState::Open;
    incident.opened_at = Some(now);
    incident.times_opened = incident.times_opened.saturating_add(1);
    let openings = &mut incident.streak.openings;
    openings.push(now);
    openings.drain(..openings.len().saturating_sub(REMEMBERED));
}

/// Whether what somebody has taken on is to be told again: they took on something else, or their time is up.
fn rearmed(known: Option<&Incident>, incident: &Incident, now: Timestamp) -> bool {
    let until = incident.ack.as_ref().and_then(|ack| ack.until);
    known.is_none_or(|known| incident.is_another_matter(known)) || until.is_some_and(|until| until <= now)
}

/// The incident with what was seen now. What begins anew (never known, over before, or the promise turned round) is first
/// seen now.
fn seen(known: Option<&Incident>, judged: &Judged, now: Timestamp) -> Incident {
    let verdict = judged.judgement.verdict.clone();
    let new_round = known.is_none_or(|known| known.state.is_over());
    let turned = known.is_some_and(|known| turned_round(&known.verdict, &verdict));
    let anew = new_round || turned;
    let same_round = known.filter(|_| !new_round);
    let decides = judged.journey.decides(&verdict);
    let mut places = known.filter(|_| !anew).map(|known| known.streak.places.clone()).unwrap_or_default();
    places.extend(decides.map(Step::at).filter(|place| !places.contains(place)));
    let claim = decides.and_then(|step| step.claim.clone()).or_else(|| judged.claim.clone());
    Incident {
        id: known.and_then(|known| known.id),
        shop: judged.shop.clone(),
        key: judged.key.clone(),
        item: judged.item.clone(),
        image: judged.image.clone().or_else(|| known.and_then(|known| known.image.clone())),
        cause: judged.judgement.cause,
        because: judged.judgement.because.clone(),
        state: known.map_or(IncidentState::Suspected, |known| known.state),
        first_seen: known.filter(|_| !anew).map_or(now, |known| known.first_seen),
        last_seen: now,
        opened_at: same_round.and_then(|known| known.opened_at),
        resolved_at: known.and_then(|known| known.resolved_at),
        times_opened: known.map_or(0, |known| known.times_opened),
        streak: Streak {
            wrong: known.filter(|_| !anew).map_or(0, |known| known.streak.wrong).saturating_add(1),
            right: 0,
            right_since: None,
            openings: known.map(|known| known.streak.openings.clone()).unwrap_or_default(),
            places,
        },
        ack: same_round.and_then(|known| known.ack.clone()),
        severity: same_round.and_then(|known| known.severity.clone()),
        claim: if verdict == Verdict::Gone { None } else { claim },
        fact: judged.fact.clone(),
        journey: judged.journey.clone(),
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
    let grace = signed(policy.grace);
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

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
