//! What is written comes back, and what is old goes.

use super::*;
use crate::domain::{Cause, Unverified};

#[test]
fn an_incident_comes_back_as_it_was_written_and_stays_the_same_row() {
    let (folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let first = incident("A", IncidentState::Open);
    let writing = store.transaction(Some(run)).unwrap();
    let id = writing.apply(&change(ChangeKind::Opened, first.clone())).unwrap();
    assert_eq!(writing.known("main", &first.key).unwrap().unwrap().id, Some(id), "seen inside the transaction");
    writing.queue(&notice("<1@x>", &[id])).unwrap();
    writing.commit().unwrap();
    drop(store);

    let mut store = Store::open(&options(&folder)).unwrap();
    let known = store.known("main", &first.key).unwrap().unwrap();
    assert_eq!(known, Incident { id: Some(id), ..first });
    assert_eq!(store.known("other", &known.key).unwrap(), None);
    assert_eq!(store.tellings(id).unwrap().len(), 1);

    let gone = Incident { verdict: Verdict::Gone, cause: Some(Cause::PageCache), claim: None, image: None, ..known };
    let writing = store.transaction(Some(run)).unwrap();
    assert_eq!(writing.apply(&change(ChangeKind::Continued, gone.clone())).unwrap(), id);
    assert_eq!(writing.apply(&change(ChangeKind::Continued, gone.clone())).unwrap(), id);
    writing.commit().unwrap();
    assert_eq!(store.known("main", &gone.key).unwrap().unwrap(), gone);
    assert!(store.tellings(id).unwrap()[0].stale, "something else is wrong now");
    let history: Vec<_> = store.history(id).unwrap().into_iter().map(|event| (event.kind, event.verdict)).collect();
    let expected = [(ChangeKind::Opened, Verdict::FalseAvailable), (ChangeKind::Continued, Verdict::Gone)];
    assert_eq!(history, expected, "that it went on unchanged is no event");
}

#[test]
fn what_healed_before_it_opened_is_forgotten_and_what_had_opened_before_is_not() {
    let (_folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let suspect = Incident { times_opened: 0, opened_at: None, ..incident("A", IncidentState::Suspected) };
    let again = incident("B", IncidentState::Resolved);
    let writing = store.transaction(Some(run)).unwrap();
    writing.apply(&change(ChangeKind::Suspected, suspect.clone())).unwrap();
    writing.apply(&change(ChangeKind::Healed, suspect.clone())).unwrap();
    writing.apply(&change(ChangeKind::Healed, again.clone())).unwrap();
    writing.apply(&change(ChangeKind::Healed, incident_never_stored())).unwrap();
    writing.commit().unwrap();
    assert_eq!(store.known("main", &suspect.key).unwrap(), None);
    assert_eq!(store.known("main", &again.key).unwrap().unwrap().state, IncidentState::Resolved);
}

fn incident_never_stored() -> Incident {
    Incident { times_opened: 0, ..incident("never", IncidentState::Resolved) }
}

#[test]
fn a_transaction_that_is_not_committed_never_was() {
    let (_folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let id = writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
    writing.queue(&notice("<1@x>", &[id])).unwrap();
    drop(writing);
    assert_eq!(store.known("main", &ItemKey("A".to_owned())).unwrap(), None);
    assert_eq!(store.notice_counts().unwrap().pending, 0);
}

#[test]
fn open_incidents_come_in_portions_and_can_be_found_by_every_name() {
    let (_folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    for n in 0..5 {
        writing.apply(&change(ChangeKind::Opened, incident(&format!("A{n}"), IncidentState::Open))).unwrap();
    }
    writing.apply(&change(ChangeKind::Resolved, incident("A9", IncidentState::Resolved))).unwrap();
    let other = Incident { shop: "outlet".to_owned(), ..incident("A1", IncidentState::Open) };
    writing.apply(&change(ChangeKind::Opened, other)).unwrap();
    writing.commit().unwrap();

    let wanted = Wanted { states: vec![IncidentState::Open, IncidentState::Suspected], shop: Some("main".to_owned()) };
    let mut keys = Vec::new();
    let mut after = 0;
    loop {
        let portion = store.incidents(&wanted, after, 2).unwrap();
        let Some(last) = portion.last() else { break };
        after = last.id.unwrap();
        keys.extend(portion.into_iter().map(|incident| incident.key.0));
    }
    assert_eq!(keys, ["A0", "A1", "A2", "A3", "A4"]);
    assert_eq!(store.incidents(&Wanted::default(), 0, 100).unwrap().len(), 7);
    assert_eq!(store.incident(after).unwrap().unwrap().key.0, "A4");
    assert_eq!(store.incident(99).unwrap(), None);
    assert_eq!(store.find("A1").unwrap().len(), 2, "in both shops");
    assert_eq!(store.find("https://shop.example/p/A9").unwrap()[0].state, IncidentState::Resolved);
    assert!(store.find("nobody").unwrap().is_empty());
}

#[test]
fn runs_and_the_evidence_of_their_mismatches() {
    let (_folder, mut store) = store();
    assert_eq!(store.last_run().unwrap(), None);
    let (first, killed) = (store.begin_run(hour(0)).unwrap(), store.begin_run(hour(1)).unwrap());
    store.finish_run(first, &summary(hour(1))).unwrap();
    let writing = store.transaction(Some(first)).unwrap();
    let wrong = judged("A", Verdict::FalseAvailable);
    writing.record(&wrong, hour(1)).unwrap();
    writing.record(&wrong, hour(1)).unwrap();
    writing.record(&judged("B", Verdict::Agrees), hour(1)).unwrap();
    writing.record(&judged("C", Verdict::Unverified(Unverified::NoKey)), hour(1)).unwrap();
    writing.commit().unwrap();
    assert!(first < killed);
    assert_eq!(store.last_run().unwrap(), Some(summary(hour(1))));
    let found = store.findings("main", &wrong.key, 9).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].judgement, &found[0].claim, &found[0].fact), (&wrong.judgement, &wrong.claim, &wrong.fact));
    for key in ["B", "C"] {
        assert!(store.findings("main", &ItemKey(key.to_owned()), 9).unwrap().is_empty(), "{key} is no mismatch");
    }
}

#[test]
fn only_what_is_old_and_done_with_is_forgotten() {
    let (_folder, mut store) = store();
    let old = store.begin_run(hour(0)).unwrap();
    store.finish_run(old, &summary(hour(1))).unwrap();
    store.begin_run(hour(1)).unwrap();
    let young = store.begin_run(hour(20 * DAY)).unwrap();
    let writing = store.transaction(Some(old)).unwrap();
    let resolved = |key: &str, at| Incident { resolved_at: Some(at), ..incident(key, IncidentState::Resolved) };
    let kept = [
        change(ChangeKind::Opened, incident("open", IncidentState::Open)),
        change(
            ChangeKind::Suspected,
            Incident { resolved_at: Some(hour(0)), ..incident("again", IncidentState::Suspected) },
        ),
        change(ChangeKind::Resolved, resolved("lately", hour(20 * DAY))),
    ];
    let kept = kept.map(|change| writing.apply(&change).unwrap());
    let gone = writing.apply(&change(ChangeKind::Resolved, resolved("long ago", hour(2)))).unwrap();
    let notices = ["sent", "waiting", "dead", "sent lately"].map(|id| writing.queue(&notice(id, &[gone])).unwrap());
    writing.record(&judged("A", Verdict::Gone), hour(1)).unwrap();
    writing.commit().unwrap();
    store.mark_sent(notices[0], hour(1)).unwrap();
    store.mark_deferred(notices[1], "greylisted", hour(1)).unwrap();
    store.mark_dead(notices[2], "no such user").unwrap();
    store.mark_sent(notices[3], hour(29 * DAY)).unwrap();

    assert_eq!(store.retire(hour(30 * DAY)).unwrap(), crate::store::Retired::default(), "nothing is older yet");
    let retired = store.retire(hour(31 * DAY)).unwrap();
    assert_eq!(retired, crate::store::Retired { runs: 2, incidents: 1, notices: 2 });
    for id in kept {
        assert_eq!(store.history(id).unwrap().len(), 1, "its history outlives the run");
        assert_eq!(store.history(id).unwrap()[0].run, None);
    }
    assert!(store.history(gone).unwrap().is_empty());
    assert!(store.findings("main", &ItemKey("A".to_owned()), 9).unwrap().is_empty());
    let left = store.notices(None, 9).unwrap();
    assert_eq!(left.iter().map(|notice| notice.message_id.as_str()).collect::<Vec<_>>(), ["sent lately", "waiting"]);
    assert!(left.iter().all(|notice| notice.tells.is_empty()), "of an incident that is no more");
    store.finish_run(young, &summary(hour(31 * DAY))).unwrap();
    assert_eq!(store.last_run().unwrap().unwrap().finished_at, hour(31 * DAY));
}

#[cfg(unix)]
#[test]
fn what_is_made_is_its_owners_alone_and_what_is_there_keeps_its_mode() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder);
    let beside = |end: &str| PathBuf::from(format!("{}{end}", options.file.display()));
    let mode = |end| metadata(beside(end)).unwrap().permissions().mode() & 0o777;
    let clock = crate::domain::clock::Clock::fixed(hour(0));
    let (store, lock) = (Store::open(&options).unwrap(), crate::store::lock(&options, &clock).unwrap());
    store.begin_run(hour(0)).unwrap();
    for end in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(end), 0o600, "{end}");
    }
    drop((store, lock));
    for end in ["", ".lock"] {
        set_permissions(beside(end), Permissions::from_mode(0o640)).unwrap();
    }
    let _kept = (Store::open(&options).unwrap(), crate::store::lock(&options, &clock).unwrap());
    assert_eq!(["", ".lock"].map(mode), [0o640; 2]);
}

#[test]
fn silences_are_in_the_history_of_what_they_cover_and_end_by_themselves() {
    use ChangeKind::{Ignored, Opened, Silenced, Unsilenced};

    use crate::domain::{Hand, Matcher, Silence};
    let (_folder, mut store) = store();
    let writing = store.transaction(None).unwrap();
    let [a, b, over] = [("A", IncidentState::Open), ("B", IncidentState::Suspected), ("C", IncidentState::Resolved)]
        .map(|(key, state)| writing.apply(&change(Opened, incident(key, state))).unwrap());
    let silence = |matcher, until: Option<i64>| Silence {
        id: None,
        matcher,
        by: "dana".to_owned(),
        note: "sale".to_owned(),
        made_at: hour(3),
        until: until.map(hour),
    };
    let all = writing.silence(&silence(Matcher::default(), Some(9))).unwrap();
    assert_eq!(all.1, 2, "what is over is not silenced");
    let one = silence(Matcher::of_item("main", &ItemKey("A".to_owned())), None);
    let (ignored, covered) = writing.silence(&one).unwrap();
    assert_eq!(covered, 1);
    assert_eq!(writing.silences(hour(8)).unwrap().len(), 2);
    assert_eq!(writing.silences(hour(9)).unwrap(), [Silence { id: Some(ignored), ..one.clone() }]);
    let hand = Hand { by: "yossi".to_owned(), note: String::new() };
    assert_eq!(writing.unsilence(ignored, &hand, hour(9)).unwrap(), Some(Silence { id: Some(ignored), ..one }));
    assert_eq!(writing.unsilence(all.0, &hand, hour(9)).unwrap(), None, "it has ended by itself");
    writing.commit().unwrap();
    let kinds = |id| store.history(id).unwrap().into_iter().map(|event| event.kind).collect::<Vec<_>>();
    assert_eq!(kinds(a), [Opened, Silenced, Ignored, Unsilenced]);
    assert_eq!((kinds(b), kinds(over)), (vec![Opened, Silenced], vec![Opened]));
    let last = store.history(a).unwrap().pop().unwrap();
    assert_eq!((last.hand, last.at, last.run), (Some(hand), hour(9), None));
}
