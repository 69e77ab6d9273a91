//! Whether something must be said of an incident, and why not if not. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Change, ChangeKind, IncidentState};

/// What is to be said of an incident now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Its owner does not know of it yet.
    New,
    /// Its owner was told, long enough ago, and it is still open.
    Reminder,
    /// Its owner was told, and it is put right.
    Resolved,
    /// Nothing.
    Not(Why),
}

/// Why nothing is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It may yet turn out to be the shop's ordinary lag.
    WithinGrace,
    /// It healed before it counted.
    HealedWithinGrace,
    /// It is put right, but nobody had been told that it was wrong.
    NobodyWasTold,
    /// It was told of, and the reminder interval is not over.
    ToldRecently,
    /// It was put right in an earlier run.
    AlreadyResolved,
    /// The mailbox lately refused mail for good, and so did the fallback's; another attempt follows after the reminder
    /// interval.
    MailboxRefuses,
}

impl Why {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::WithinGrace => "within_grace",
            Self::HealedWithinGrace => "healed_within_grace",
            Self::NobodyWasTold => "nobody_was_told",
            Self::ToldRecently => "told_recently",
            Self::AlreadyResolved => "already_resolved",
            Self::MailboxRefuses => "mailbox_refuses",
        }
    }
}

/// Decides what is to be said of `change`, when an incident that stays open is told of again every `reminder`.
///
/// An incident that opened (again) is new whatever was said of it before. One that merely continues is new as long as
/// nobody was told, so that nothing is lost if an earlier run could not record its notice.
pub fn due(change: &Change, reminder: Duration, now: Timestamp) -> Due {
    let told_at = change.incident.told_at;
    match change.kind {
        ChangeKind::Suspected => Due::Not(Why::WithinGrace),
        ChangeKind::Healed => Due::Not(Why::HealedWithinGrace),
        ChangeKind::Opened | ChangeKind::Reopened => Due::New,
        ChangeKind::Resolved if told_at.is_none() => Due::Not(Why::NobodyWasTold),
        ChangeKind::Resolved => Due::Resolved,
        ChangeKind::Continued => match (change.incident.state, told_at) {
            (IncidentState::Suspected, _) => Due::Not(Why::WithinGrace),
            (IncidentState::Resolved, _) => Due::Not(Why::AlreadyResolved),
            (IncidentState::Open, None) => Due::New,
            (IncidentState::Open, Some(told_at)) if elapsed(told_at, now) >= reminder => Due::Reminder,
            (IncidentState::Open, Some(_)) => Due::Not(Why::ToldRecently),
        },
    }
}

/// Time from `then` to `now`; nothing if the clock was set back in between.
fn elapsed(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::notify::samples::{at, change};

    const DAY: Duration = Duration::from_secs(86_400);

    fn ask(kind: ChangeKind, state: IncidentState, told: Option<&str>) -> Due {
        let mut change = change(kind);
        change.incident.state = state;
        change.incident.told_at = told.map(at);
        due(&change, DAY, at("2026-11-22T12:00:00Z"))
    }

    #[test]
    fn each_case_has_its_answer_and_reason() {
        use ChangeKind::*;
        use IncidentState as State;
        let long_ago = Some("2026-11-21T12:00:00Z");
        let lately = Some("2026-11-21T12:00:01Z");
        let ahead = Some("2026-11-23T12:00:00Z");
        for (kind, state, told, expected) in [
            (Suspected, State::Suspected, None, Due::Not(Why::WithinGrace)),
            (Continued, State::Suspected, None, Due::Not(Why::WithinGrace)),
            (Healed, State::Suspected, None, Due::Not(Why::HealedWithinGrace)),
            (Opened, State::Open, None, Due::New),
            (Reopened, State::Open, None, Due::New),
            (Reopened, State::Open, lately, Due::New),
            (Continued, State::Open, None, Due::New),
            (Continued, State::Open, lately, Due::Not(Why::ToldRecently)),
            (Continued, State::Open, long_ago, Due::Reminder),
            (Continued, State::Open, ahead, Due::Not(Why::ToldRecently)),
            (Continued, State::Resolved, long_ago, Due::Not(Why::AlreadyResolved)),
            (Resolved, State::Resolved, None, Due::Not(Why::NobodyWasTold)),
            (Resolved, State::Resolved, lately, Due::Resolved),
        ] {
            assert_eq!(ask(kind, state, told), expected, "{kind:?} {state:?} told {told:?}");
        }
    }

    proptest! {
        /// Whatever a life of runs looks like, an owner hears of a problem before hearing of its end, and not twice
        /// within the reminder interval.
        #[test]
        fn nothing_is_announced_twice_or_to_the_uninformed(wrong in prop::collection::vec(any::<bool>(), 1..60)) {
            let start = at("2026-11-01T00:00:00Z");
            let mut known = change(ChangeKind::Opened).incident;
            known.state = IncidentState::Resolved;
            let mut last_told: Option<Timestamp> = None;
            for (hour, wrong) in (0_i64..).zip(wrong) {
                let now = start + jiff::SignedDuration::from_hours(hour * 5);
                let kind = match (known.state, wrong) {
                    (IncidentState::Open, true) => ChangeKind::Continued,
                    (IncidentState::Open, false) => ChangeKind::Resolved,
                    (_, true) => { known.told_at = None; ChangeKind::Reopened }
                    (_, false) => continue,
                };
                known.state = if wrong { IncidentState::Open } else { IncidentState::Resolved };
                let answer = due(&Change { kind, incident: known.clone() }, DAY, now);
                match answer {
                    Due::New => { prop_assert_eq!(known.told_at, None); last_told = Some(now); known.told_at = Some(now); }
                    Due::Reminder => {
                        prop_assert!(elapsed(last_told.unwrap(), now) >= DAY);
                        last_told = Some(now);
                        known.told_at = Some(now);
                    }
                    Due::Resolved => prop_assert!(last_told.take().is_some()),
                    Due::Not(why) => prop_assert_eq!(why, Why::ToldRecently),
                }
            }
        }
    }
}
