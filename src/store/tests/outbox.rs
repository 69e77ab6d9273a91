//! The outbox: order, attempts, and the three ends of a notice.

use super::*;
use crate::store::{NoticeCounts, StoreError};

fn queued(store: &mut Store, names: &[&str]) -> Vec<i64> {
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(run).unwrap();
    let ids = names.iter().map(|name| writing.queue(&notice(name, Vec::new())).unwrap()).collect();
    writing.commit().unwrap();
    ids
}

fn due(store: &Store, at: i64, limit: usize) -> Vec<String> {
    store.due_notices(hour(at), limit).unwrap().into_iter().map(|notice| notice.message_id).collect()
}

#[test]
fn a_notice_comes_back_byte_by_byte_with_the_incidents_it_tells_of() {
    let (_folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(run).unwrap();
    let tells: Vec<i64> = ["A", "B"]
        .map(|key| writing.apply(&change(ChangeKind::Opened, incident(key, IncidentState::Open))).unwrap())
        .into();
    let written = notice("<1@x>", tells);
    let id = writing.queue(&written).unwrap();
    writing.commit().unwrap();
    assert_eq!(store.due_notices(hour(0), 9).unwrap(), [Notice { id: Some(id), ..written }]);
}

#[test]
fn the_oldest_goes_first_and_nothing_before_its_time() {
    let (_folder, mut store) = store();
    let ids = queued(&mut store, &["a", "b", "c"]);
    assert_eq!(due(&store, -1, 9), [""; 0]);
    assert_eq!(due(&store, 0, 2), ["a", "b"]);
    store.mark_deferred(ids[0], "450 greylisted", hour(5)).unwrap();
    store.mark_sent(ids[1], hour(1)).unwrap();
    assert_eq!(due(&store, 4, 9), ["c"]);
    assert_eq!(due(&store, 5, 9), ["a", "c"]);
    let deferred = &store.due_notices(hour(5), 1).unwrap()[0];
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
    assert_eq!(store.notice_counts().unwrap(), NoticeCounts { pending: 1, sent: 0, dead: 1 });
    let dead = &store.notices(Some(NoticeState::Dead), 9).unwrap()[0];
    assert_eq!(dead.last_error.as_deref(), Some("550 no such user"));
    for ended in [store.mark_sent(ids[0], hour(1)), store.mark_deferred(99, "?", hour(1)), store.mark_dead(ids[0], "?")]
    {
        assert!(matches!(ended, Err(StoreError::NotPending { .. })));
    }
}

#[test]
fn the_same_message_is_never_queued_twice() {
    let (_folder, mut store) = store();
    queued(&mut store, &["a"]);
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(run).unwrap();
    assert!(matches!(writing.queue(&notice("a", Vec::new())), Err(StoreError::Failed { .. })));
}
