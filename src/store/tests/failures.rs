//! Full disks, locked databases, foreign files.

use rusqlite::Connection;

use super::*;
use crate::store::{StoreError, schema};

/// The file as another program sees it.
#[expect(clippy::disallowed_methods, reason = "a second look at the file, past the store")]
fn raw(options: &Options) -> Connection {
    std::fs::create_dir_all(options.file.parent().unwrap()).unwrap();
    Connection::open(&options.file).unwrap()
}

fn refused(options: &Options) -> StoreError {
    Store::open_with(options, Duration::from_millis(50)).unwrap_err()
}

#[test]
fn a_database_of_every_former_format_is_brought_up_to_date() {
    for format in 0..=usize::try_from(schema::KNOWN).unwrap() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder);
        let mut old = raw(&options);
        schema::migrate_to(&mut old, &options.file, format).unwrap();
        drop(old);
        let mut store = Store::open(&options).unwrap();
        let version: i64 = store.connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, schema::KNOWN, "from format {format}");
        let run = store.begin_run(hour(0)).unwrap();
        let writing = store.transaction(Some(run)).unwrap();
        let id = writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
        writing.queue(&notice("<1@x>", &[id])).unwrap();
        writing.commit().unwrap();
        drop(store);
        assert_eq!(
            Store::open(&options).unwrap().incidents(&Wanted::default(), 0, 9).unwrap().len(),
            1,
            "opening is no reset"
        );
    }
}

#[test]
fn what_the_second_format_knew_of_who_was_told_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder);
    let mut old = raw(&options);
    schema::migrate_to(&mut old, &options.file, 2).unwrap();
    let time = "2026-06-01T12:00:00.000000000Z";
    let incident = |id, state: &str, told: &str| {
        format!(
            "INSERT INTO incidents VALUES ({id}, 'main', 'K{id}', '{state}', 'false_available', NULL, 'because', '{time}',
                '{time}', '{time}', NULL, 1, {told}, '{{}}', NULL, NULL, NULL);
             INSERT INTO incident_history VALUES ({id}, {id}, NULL, '{time}', 'opened', 'false_available', NULL, 'because');"
        )
    };
    let notice = |id, to: &str, state: &str, incident| {
        format!(
            "INSERT INTO notices VALUES ({id}, NULL, '{to}', 'from@x', 's', '<{id}@x>', x'00', '{state}', 0, '{time}',
                '{time}', NULL, NULL);
             INSERT INTO notice_incidents VALUES ({id}, {incident});"
        )
    };
    let told = format!("'{time}'");
    for step in [
        incident(1, "open", &told),
        incident(2, "resolved", &told),
        incident(3, "open", "NULL"),
        incident(4, "open", &told),
        notice(1, "Former@shop.example", "sent", 1),
        notice(2, "Dana@shop.example", "pending", 1),
        notice(3, "dana@shop.example", "sent", 2),
        notice(4, "dana@shop.example", "dead", 4),
    ] {
        old.execute_batch(&step).unwrap();
    }
    drop(old);
    let store = Store::open(&options).unwrap();
    let told = |id| store.tellings(id).unwrap().into_iter().map(|told| told.recipient).collect::<Vec<_>>();
    assert_eq!([told(1), told(2)], [["dana@shop.example"], ["dana@shop.example"]]);
    assert!(told(3).is_empty() && told(4).is_empty());
    assert!((1..=4).all(|id| store.history(id).unwrap().len() == 1), "the history is kept");
    let waiting = store.notice(2).unwrap().unwrap();
    assert_eq!(
        (waiting.to.as_str(), waiting.channel.as_str(), waiting.state),
        ("Dana@shop.example", "mail", NoticeState::Pending)
    );
    assert_eq!(waiting.tells, [(1, Section::New)]);
    let broken: i64 =
        store.connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let (folder, store) = store();
    drop(store);
    raw(&options(&folder)).pragma_update(None, "user_version", 99).unwrap();
    let error = refused(&options(&folder));
    assert!(matches!(error, StoreError::Newer { found: 99, .. }));
    assert!(error.to_string().contains("its format is 99, this program knows up to 4"), "{error}");
}

#[test]
fn files_that_are_not_ours_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder);
    raw(&options).execute_batch("CREATE TABLE customers (name TEXT)").unwrap();
    let before = std::fs::read(&options.file).unwrap();
    assert!(matches!(refused(&options), StoreError::Foreign { .. }));
    assert_eq!(std::fs::read(&options.file).unwrap(), before);

    std::fs::write(&options.file, "a spreadsheet, perhaps, and long enough to be more than a header ".repeat(99))
        .unwrap();
    let error = refused(&options);
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
    assert!(error.to_string().contains("is not a database; move it away"), "{error}");
}

#[test]
fn a_damaged_row_is_named_as_damage_and_not_as_a_bug() {
    let (folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
    writing.commit().unwrap();
    raw(&options(&folder)).execute("UPDATE incidents SET claim = '{\"half'", []).unwrap();
    assert!(matches!(store.incidents(&Wanted::default(), 0, 9), Err(StoreError::Damaged { .. })));
}

#[test]
fn places_where_nothing_can_be_kept() {
    let here = |file: &std::path::Path| Options { file: file.to_owned(), keep: Duration::ZERO };
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refused(&here(folder.path())), StoreError::CannotOpen { .. }), "a folder is no file");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(refused(&here(&file.join("db"))), StoreError::Folder { .. }), "a file is no folder");
}

#[test]
fn looking_makes_nothing_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Store::peek(&options(&folder)).unwrap().is_none());
    assert!(!options(&folder).file.parent().unwrap().exists());
    drop(Store::open(&options(&folder)).unwrap());
    let store = Store::peek(&options(&folder)).unwrap().unwrap();
    let error = store.begin_run(hour(0)).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("may not be written"), "{error}");
}

#[test]
fn a_locked_database_is_waited_for_and_then_named() {
    let (folder, store) = store();
    drop(store);
    let other = raw(&options(&folder));
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut store = Store::open_with(&options(&folder), Duration::from_millis(50)).unwrap();
    let error = store.begin_run(hour(0)).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    assert!(error.to_string().contains("was locked by another program"), "{error}");
    assert!(matches!(store.transaction(Some(1)), Err(StoreError::Busy { .. })));
    assert_eq!(store.notice_counts().unwrap().pending, 0, "reading goes on");
    let journal: String = other.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(journal, "wal", "which lets readers and a writer work at once");

    let waiting = Store::open_with(&options(&folder), Duration::from_secs(30)).unwrap();
    let unlocked = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        other.execute_batch("ROLLBACK").unwrap();
    });
    waiting.begin_run(hour(0)).expect("a short write of somebody else is waited for");
    unlocked.join().unwrap();
}

#[test]
fn a_full_disk_loses_the_step_and_nothing_else() {
    let (folder, mut store) = store();
    let run = store.begin_run(hour(0)).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let id = writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
    writing.queue(&notice("<1@x>", &[id])).unwrap();
    writing.commit().unwrap();

    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update_and_check(None, "max_page_count", pages + 3, |_| Ok(())).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let opened = change(ChangeKind::Opened, incident("B", IncidentState::Open));
    let id = writing.apply(&opened).unwrap();
    let large = Notice { message: vec![7; 1_000_000], ..notice("<2@x>", &[id]) };
    let error = writing.queue(&large).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("no space is left for"), "{error}");
    drop(writing);
    assert_eq!(store.known("main", &opened.incident.key).unwrap(), None, "the change went with its notice");
    assert_eq!(store.due_notices(hour(0), None, 9).unwrap().len(), 1, "what was there before is still there");

    store.connection.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    let writing = store.transaction(Some(run)).unwrap();
    let id = writing.apply(&opened).unwrap();
    writing.queue(&Notice { tells: vec![(id, Section::New)], ..large }).unwrap();
    writing.commit().unwrap();
    drop(store);
    assert_eq!(Store::open(&options(&folder)).unwrap().due_notices(hour(0), None, 9).unwrap().len(), 2);
}

#[test]
fn two_programs_may_make_the_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..10 {
        let options = Options { file: folder.path().join(format!("{round}.db")), keep: Duration::ZERO };
        let open = || Store::open(&options).and_then(|store| store.begin_run(hour(0))).unwrap();
        let runs = std::thread::scope(|scope| {
            [scope.spawn(open), scope.spawn(open), scope.spawn(open)].map(|one| one.join().unwrap())
        });
        assert_eq!(runs.iter().sum::<i64>(), 1 + 2 + 3);
    }
}
