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
        let writing = store.transaction(run).unwrap();
        let id = writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
        writing.queue(&notice("<1@x>", vec![id])).unwrap();
        writing.commit().unwrap();
        drop(store);
        assert_eq!(Store::open(&options).unwrap().open_incidents(None, 0, 9).unwrap().len(), 1, "opening is no reset");
    }
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let (folder, store) = store();
    drop(store);
    raw(&options(&folder)).pragma_update(None, "user_version", 99).unwrap();
    let error = refused(&options(&folder));
    assert!(matches!(error, StoreError::Newer { found: 99, .. }));
    assert!(error.to_string().contains("its format is 99, this program knows up to 2"), "{error}");
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
    let writing = store.transaction(run).unwrap();
    writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
    writing.commit().unwrap();
    raw(&options(&folder)).execute("UPDATE incidents SET claim = '{\"half'", []).unwrap();
    assert!(matches!(store.open_incidents(None, 0, 9), Err(StoreError::Damaged { .. })));
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
    assert!(matches!(store.transaction(1), Err(StoreError::Busy { .. })));
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
    let writing = store.transaction(run).unwrap();
    let id = writing.apply(&change(ChangeKind::Opened, incident("A", IncidentState::Open))).unwrap();
    writing.queue(&notice("<1@x>", vec![id])).unwrap();
    writing.commit().unwrap();

    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update_and_check(None, "max_page_count", pages + 3, |_| Ok(())).unwrap();
    let writing = store.transaction(run).unwrap();
    let opened = change(ChangeKind::Opened, incident("B", IncidentState::Open));
    let id = writing.apply(&opened).unwrap();
    let large = Notice { message: vec![7; 1_000_000], ..notice("<2@x>", vec![id]) };
    let error = writing.queue(&large).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("no space is left for"), "{error}");
    drop(writing);
    assert_eq!(store.known("main", &opened.incident.key).unwrap(), None, "the change went with its notice");
    assert_eq!(store.due_notices(hour(0), 9).unwrap().len(), 1, "what was there before is still there");

    store.connection.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    let writing = store.transaction(run).unwrap();
    let id = writing.apply(&opened).unwrap();
    writing.queue(&Notice { tells: vec![id], ..large }).unwrap();
    writing.commit().unwrap();
    drop(store);
    assert_eq!(Store::open(&options(&folder)).unwrap().due_notices(hour(0), 9).unwrap().len(), 2);
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
