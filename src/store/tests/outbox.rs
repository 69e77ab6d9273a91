//! The outbox: order, attempts, and the three ends of a notice.

use super::*;
use crate::store::{NoticeCounts, StoreError};

fn queued(store: &mut Store, names: &[&str]) -> Vec<i64> {
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let ids = names.iter().map(|name| writing.queue(&notice(name, &[])).unwrap()).collect();
    writing.commit().unwrap();
    ids
}

fn due(store: &Store, at: i64, limit: usize) -> Vec<String> {
    store.due_notices(hour(at), None, limit).unwrap().into_iter().map(|notice| notice.message_id).collect()
}

#[test]
fn a_notice_comes_back_byte_by_byte_with_the_incidents_it_tells_of() {
    let (_folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let tells: Vec<i64> = ["A", "B"]
        .map(|key| writing.apply(&change(ChangeKind::Opened, incident(key, IncidentState::Open))).unwrap())
        .into();
    let written = notice("<1@x>", &tells);
    let id = writing.queue(&written).unwrap();
    writing.commit().unwrap();
    assert_eq!(store.due_notices(hour(0), None, 9).unwrap(), [Notice { id: Some(id), ..written }]);
}

#[test]
fn the_oldest_of_the_least_tried_goes_first_and_nothing_before_its_time() {
    let (_folder, mut store) = store();
    let ids = queued(&mut store, &["a", "b", "c"]);
    assert_eq!(due(&store, -1, 9), [""; 0]);
    assert_eq!(due(&store, 0, 2), ["a", "b"]);
    store.mark_deferred(ids[0], "450 greylisted", hour(5)).unwrap();
    store.mark_sent(ids[1], hour(1)).unwrap();
    assert_eq!(due(&store, 4, 9), ["c"]);
    assert_eq!(due(&store, 5, 9), ["c", "a"]);
    let first = &store.due_notices(hour(5), None, 1).unwrap()[0];
    let deferred = &store.due_notices(hour(5), Some(first), 9).unwrap()[0];
    assert_eq!((deferred.attempts, deferred.last_error.as_deref()), (1, Some("450 greylisted")));
    store.mark_sent(ids[0], hour(5)).unwrap();
    let sent = store.notices(Some(NoticeState::Sent), 9).unwrap();
    assert_eq!(sent.iter().map(|notice| notice.attempts).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((sent[1].sent_at, &sent[1].last_error), (Some(hour(5)), &None));
}

#[test]
fn dead_notices_are_kept_and_shown_but_never_tried_again() {
    let (_folder, mut store) = store();
    let ids = queued(&mut store, &["a", "b"]);
    store.mark_dead(ids[0], "550 no such user").unwrap();
    assert_eq!(due(&store, 9999, 9), ["b"]);
    assert_eq!(store.notice_counts().unwrap(), NoticeCounts { pending: 1, sent: 0, dead: 1, dropped: 0 });
    let dead = &store.notices(Some(NoticeState::Dead), 9).unwrap()[0];
    assert_eq!(dead.last_error.as_deref(), Some("550 no such user"));
    for ended in [store.mark_sent(ids[0], hour(1)), store.mark_deferred(99, "?", hour(1)), store.mark_dead(ids[0], "?")]
    {
        assert!(matches!(ended, Err(StoreError::NotPending { .. })));
    }
}

#[test]
fn the_same_message_is_never_there_twice() {
    let (_folder, mut store) = store();
    let ids = queued(&mut store, &["dead", "sent", "dropped"]);
    store.mark_dead(ids[0], "550 no such user").unwrap();
    store.mark_sent(ids[1], hour(1)).unwrap();
    store.drop_notice(ids[2]).unwrap();
    assert_eq!(queued(&mut store, &["dead", "sent", "dropped"]), ids);
    let states = |store: &Store| store.notices(None, 9).unwrap().into_iter().rev().map(|notice| notice.state).collect();
    let now: Vec<NoticeState> = states(&store);
    assert_eq!(
        now,
        [NoticeState::Pending, NoticeState::Sent, NoticeState::Dropped],
        "only what was refused is tried anew"
    );
    assert_eq!(store.notice(ids[0]).unwrap().unwrap().attempts, 0);
}

#[test]
fn a_word_that_all_is_well_counts_as_told_once_it_is_put_back_or_taken_out() {
    for by_hand in [|store: &Store, id| store.retry_notice(id, hour(8)), |store: &Store, id| store.drop_notice(id)] {
        let (_folder, mut store) = store();
        told(&mut store, "new", Section::New, 0);
        let (incident, fixed) = told(&mut store, "fixed", Section::Fixed, 7);
        store.mark_dead(fixed, "550").unwrap();
        assert_eq!(tellings(&store, incident).len(), 1, "its end is still owed");
        assert!(by_hand(&store, fixed).unwrap());
        assert_eq!(tellings(&store, incident), []);
        // Unless it is wrong again, and they know.
        told(&mut store, "again", Section::New, 9);
        store.drop_notice(fixed).unwrap();
        assert_eq!(tellings(&store, incident).len(), 1);
    }
}

/// An open incident in the database, and the number of a notice of it as what the section says.
fn told(store: &mut Store, message_id: &str, section: Section, at: i64) -> (i64, i64) {
    let run = store.begin_run(hour(at)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let incident = writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
    let tells = vec![(incident, section)];
    let id = writing.queue(&Notice { tells, created_at: hour(at), ..notice(message_id, &[]) }).unwrap();
    writing.commit().unwrap();
    (incident, id)
}

fn tellings(store: &Store, incident: i64) -> Vec<(String, Timestamp, u32)> {
    store.tellings(incident).unwrap().into_iter().map(|told| (told.recipient, told.at, told.times)).collect()
}

#[test]
fn a_notice_in_the_outbox_counts_as_told_until_it_is_refused_for_good() {
    let (_folder, mut store) = store();
    let dana = |at, times| vec![("dana@shop.example".to_owned(), hour(at), times)];
    let (incident, first) = told(&mut store, "new", Section::New, 0);
    assert_eq!(tellings(&store, incident), dana(0, 1));
    let (_, reminder) = told(&mut store, "reminder", Section::Still, 5);
    assert_eq!(tellings(&store, incident), dana(5, 2));
    store.mark_dead(first, "550").unwrap();
    assert_eq!(tellings(&store, incident), dana(5, 2), "the reminder told them");
    store.mark_dead(reminder, "550").unwrap();
    assert_eq!(tellings(&store, incident), []);
    assert!(store.retry_notice(reminder, hour(6)).unwrap());
    assert_eq!(tellings(&store, incident), dana(5, 1));
    let (_, fixed) = told(&mut store, "fixed", Section::Fixed, 7);
    assert_eq!(tellings(&store, incident), []);
    store.mark_dead(fixed, "550").unwrap();
    assert_eq!(tellings(&store, incident), dana(5, 1), "its end is still owed");
}

#[test]
fn a_notice_can_be_put_back_or_taken_out_but_not_once_it_was_sent() {
    let (_folder, mut store) = store();
    let (incident, id) = told(&mut store, "a", Section::New, 0);
    store.mark_dead(id, "550 no such user").unwrap();
    assert!(store.drop_notice(id).unwrap());
    assert_eq!(store.notice(id).unwrap().unwrap().state, NoticeState::Dropped);
    assert_eq!(tellings(&store, incident).len(), 1, "who takes it out does not want it told");
    assert!(!store.drop_notice(id).unwrap());
    assert!(store.retry_notice(id, hour(3)).unwrap());
    let again = store.notice(id).unwrap().unwrap();
    assert_eq!((again.state, again.attempts, again.next_attempt_at), (NoticeState::Pending, 0, hour(3)));
    store.mark_sent(id, hour(3)).unwrap();
    assert!(!store.retry_notice(id, hour(4)).unwrap() && !store.drop_notice(id).unwrap());
    assert!(!store.retry_notice(99, hour(4)).unwrap());
}

#[test]
fn what_is_remembered_of_a_recipient() {
    let (_folder, mut store) = store();
    let (_, id) = told(&mut store, "<first@x>", Section::New, 10);
    store.mark_dead(id, "550").unwrap();
    let writing = store.transaction(None).unwrap();
    let past = |recipient: &str, day, lately| writing.correspondence(recipient, hour(day), hour(lately)).unwrap();
    let dana = past("dana@shop.example", 0, 0);
    assert_eq!((dana.thread.as_deref(), dana.refuses, dana.today), (Some("<first@x>"), true, 0), "nobody got it");
    assert_eq!((past("dana@shop.example", 11, 11).today, past("dana@shop.example", 11, 11).refuses), (0, false));
    assert_eq!(past("yossi@shop.example", 0, 0), crate::domain::Correspondence::default());
    writing.end_thread("dana@shop.example").unwrap();
    assert_eq!(past("dana@shop.example", 0, 0).thread, None);

    let day = |n: i8| jiff::civil::date(2026, 11, n);
    for (on, open) in [(1, 3), (20, 5), (22, 1), (22, 4)] {
        writing.note_open("dana@shop.example", day(on), open).unwrap();
    }
    assert_eq!(writing.trend("dana@shop.example", day(10)).unwrap(), [(day(20), 5), (day(22), 4)]);
    assert_eq!(writing.planned_at("dana").unwrap(), None);
    writing.planned("dana", hour(1)).unwrap();
    writing.planned("dana", hour(2)).unwrap();
    assert_eq!(writing.planned_at("dana").unwrap(), Some(hour(2)));
    assert_eq!(writing.planned_at("yossi").unwrap(), None);
}

#[test]
fn an_alarm_is_told_once_until_it_is_over() {
    let (_folder, mut store) = store();
    let writing = store.transaction(None).unwrap();
    assert_eq!(writing.raise("missed_run", "since yesterday", hour(0)).unwrap(), Some(hour(0)));
    assert_eq!(writing.raise("missed_run", "since yesterday", hour(1)).unwrap(), Some(hour(0)), "nobody knows yet");
    writing.alarm_told("missed_run", 7, hour(1)).unwrap();
    assert_eq!(writing.raise("missed_run", "for two days", hour(2)).unwrap(), None);
    assert!(writing.calm("missed_run").unwrap());
    assert!(!writing.calm("missed_run").unwrap());
    assert_eq!(writing.raise("missed_run", "again", hour(9)).unwrap(), Some(hour(9)));
}

#[test]
fn a_reminder_that_dies_leaves_what_was_told_before_it() {
    let (_folder, mut store) = store();
    let (incident, first) = told(&mut store, "new", Section::New, 0);
    assert!(store.tellings(incident).unwrap()[0].waits);
    store.mark_sent(first, hour(0)).unwrap();
    assert!(!store.tellings(incident).unwrap()[0].waits);
    let (_, reminder) = told(&mut store, "reminder", Section::Still, 5);
    store.mark_dead(reminder, "410").unwrap();
    assert_eq!(tellings(&store, incident), [("dana@shop.example".to_owned(), hour(0), 1)]);
}

#[test]
fn what_is_over_is_not_told_anew_by_a_notice_that_is_taken_out() {
    let (_folder, mut store) = store();
    let (incident, old) = told(&mut store, "new", Section::New, 0);
    told(&mut store, "fixed", Section::Fixed, 1);
    assert!(store.drop_notice(old).unwrap());
    assert_eq!(tellings(&store, incident), []);
}
