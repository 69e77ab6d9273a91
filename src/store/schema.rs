//! The shape of the database, as a list of steps.
//!
//! Rules, because databases of every published version are out there:
//!
//! 1. A step that was published is never changed. A mistake is put right by a further step.
//! 2. New steps go to the end; the number of steps is the format's number, kept in `PRAGMA user_version`.
//! 3. A step runs in one transaction together with its number: a kill in between leaves the former format.
//! 4. A step keeps what users have: incidents, and notices that wait.
//! 5. A database with a higher number than there are steps is refused, not guessed at.
//! 6. A table whose checks change is made anew and renamed; references to it are looked after only when all steps are
//!    done (<https://www.sqlite.org/lang_altertable.html#otheralter>).
//! 7. Times are text of fixed width (see `columns`), machine names and JSON are those of `domain`. In what is remembered of
//!    every item of a catalogue (see `memory`) times are milliseconds since 1970 and JSON has short names, for their number.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{StoreError, explain};

/// Marks the file as ours (`PRAGMA application_id`): "stkt".
const APPLICATION: i64 = 0x7374_6b74;

const STEPS: [&str; 4] = [
    // 1: runs, incidents, findings, the outbox
    "CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        summary TEXT
    ) STRICT;

    CREATE TABLE incidents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        shop TEXT NOT NULL,
        item_key TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('suspected', 'open', 'resolved')),
        verdict TEXT NOT NULL,
        cause TEXT,
        because TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        opened_at TEXT,
        resolved_at TEXT,
        times_opened INTEGER NOT NULL,
        told_at TEXT,
        item TEXT NOT NULL,
        image TEXT,
        claim TEXT,
        fact TEXT,
        UNIQUE (shop, item_key)
    ) STRICT;
    CREATE INDEX incidents_by_state ON incidents (state, id);

    CREATE TABLE incident_history (
        id INTEGER PRIMARY KEY,
        incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
        run INTEGER REFERENCES runs ON DELETE SET NULL,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        verdict TEXT NOT NULL,
        cause TEXT,
        because TEXT NOT NULL
    ) STRICT;
    CREATE INDEX history_by_incident ON incident_history (incident, id);
    CREATE INDEX history_by_run ON incident_history (run);

    CREATE TABLE findings (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        shop TEXT NOT NULL,
        item_key TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        verdict TEXT NOT NULL,
        cause TEXT,
        because TEXT NOT NULL,
        claim TEXT,
        fact TEXT,
        PRIMARY KEY (run, shop, item_key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX findings_by_item ON findings (shop, item_key, run);

    CREATE TABLE notices (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER REFERENCES runs ON DELETE SET NULL,
        recipient TEXT NOT NULL,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        message BLOB NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
        attempts INTEGER NOT NULL,
        next_attempt_at TEXT NOT NULL,
        created_at TEXT NOT NULL,
        sent_at TEXT,
        last_error TEXT
    ) STRICT;
    CREATE INDEX notices_by_state ON notices (state, id);
    CREATE INDEX notices_by_run ON notices (run);

    CREATE TABLE notice_incidents (
        notice INTEGER NOT NULL REFERENCES notices ON DELETE CASCADE,
        incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
        PRIMARY KEY (notice, incident)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notice_incidents_by_incident ON notice_incidents (incident);",
    // 2: what the stock sources said last, and whether they are believed
    "CREATE TABLE sources (
        shop TEXT NOT NULL,
        source TEXT NOT NULL,
        census TEXT,
        doubted_at TEXT,
        doubt TEXT,
        told_at TEXT,
        PRIMARY KEY (shop, source)
    ) STRICT, WITHOUT ROWID;",
    // 3: who was told of what and when, one row per recipient; acknowledgements, silences, severity; channels beside mail
    "CREATE TABLE told (
        incident INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
        recipient TEXT NOT NULL,
        at TEXT NOT NULL,
        times INTEGER NOT NULL,
        stale INTEGER NOT NULL DEFAULT 0,
        notice INTEGER REFERENCES notices ON DELETE SET NULL,
        PRIMARY KEY (incident, recipient)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX told_by_notice ON told (notice);
    INSERT INTO told (incident, recipient, at, times, notice)
        SELECT incidents.id, lower(notices.recipient), incidents.told_at, 1, notices.id FROM incidents
        JOIN notices ON notices.id = (SELECT max(notice) FROM notice_incidents WHERE incident = incidents.id)
        WHERE incidents.told_at IS NOT NULL AND notices.state <> 'dead';

    CREATE TABLE incidents_3 (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        shop TEXT NOT NULL,
        item_key TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('suspected', 'open', 'acknowledged', 'resolved', 'expired')),
        verdict TEXT NOT NULL,
        cause TEXT,
        because TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        opened_at TEXT,
        resolved_at TEXT,
        times_opened INTEGER NOT NULL,
        streak TEXT NOT NULL,
        ack TEXT,
        severity TEXT,
        item TEXT NOT NULL,
        image TEXT,
        claim TEXT,
        fact TEXT,
        UNIQUE (shop, item_key)
    ) STRICT;
    INSERT INTO incidents_3 SELECT id, shop, item_key, state, verdict, cause, because, first_seen, last_seen, opened_at,
        resolved_at, times_opened, '{\"wrong\":1,\"right\":0,\"right_since\":null,\"openings\":[]}', NULL, NULL, item, image,
        claim, fact FROM incidents;
    DROP TABLE incidents;
    ALTER TABLE incidents_3 RENAME TO incidents;
    CREATE INDEX incidents_by_state ON incidents (state, id);

    ALTER TABLE incident_history ADD COLUMN by TEXT;
    ALTER TABLE incident_history ADD COLUMN note TEXT;

    CREATE TABLE notices_3 (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER REFERENCES runs ON DELETE SET NULL,
        channel TEXT NOT NULL,
        recipient TEXT NOT NULL,
        address TEXT NOT NULL,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'dropped')),
        attempts INTEGER NOT NULL,
        next_attempt_at TEXT NOT NULL,
        created_at TEXT NOT NULL,
        sent_at TEXT,
        last_error TEXT,
        message BLOB NOT NULL
    ) STRICT;
    INSERT INTO notices_3 SELECT id, run, 'mail', lower(recipient), recipient, sender, subject, message_id, state, attempts,
        next_attempt_at, created_at, sent_at, last_error, message FROM notices;
    DROP TABLE notices;
    ALTER TABLE notices_3 RENAME TO notices;
    CREATE INDEX notices_by_state ON notices (state, id);
    CREATE INDEX notices_by_run ON notices (run);
    CREATE INDEX notices_by_recipient ON notices (recipient, id);
    ALTER TABLE notice_incidents ADD COLUMN section TEXT NOT NULL DEFAULT 'new';

    CREATE TABLE planning (
        recipient TEXT PRIMARY KEY,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE threads (
        recipient TEXT PRIMARY KEY,
        message_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE trend (
        recipient TEXT NOT NULL,
        day TEXT NOT NULL,
        open INTEGER NOT NULL,
        PRIMARY KEY (recipient, day)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE silences (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        matcher TEXT NOT NULL,
        by TEXT NOT NULL,
        note TEXT NOT NULL,
        made_at TEXT NOT NULL,
        until TEXT
    ) STRICT;

    CREATE TABLE alarms (
        kind TEXT PRIMARY KEY,
        since TEXT NOT NULL,
        what TEXT NOT NULL,
        told_at TEXT,
        notice INTEGER
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE sources ADD COLUMN notice INTEGER;",
    // 4: what every touchpoint said; what is remembered of items and pages, so that only what can be wrong is looked at
    "ALTER TABLE incidents ADD COLUMN journey TEXT;

    CREATE TABLE visits (shop TEXT PRIMARY KEY, at INTEGER, distrusted_at INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE known_items (
        shop TEXT NOT NULL, item_key TEXT NOT NULL, looked_at INTEGER, in_vain INTEGER NOT NULL DEFAULT 0, verdict TEXT,
        buyable INTEGER, turned_from INTEGER, turned_by INTEGER, has_turned INTEGER NOT NULL DEFAULT 0, claim TEXT, described TEXT,
        PRIMARY KEY (shop, item_key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE known_pages (
        shop TEXT NOT NULL, url TEXT NOT NULL, etag TEXT, last_modified TEXT, body TEXT, reading TEXT NOT NULL,
        trusted INTEGER NOT NULL,
        PRIMARY KEY (shop, url)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE standings (
        shop TEXT NOT NULL, touchpoint TEXT NOT NULL, item_key TEXT NOT NULL, place TEXT NOT NULL, is_true INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (shop, touchpoint, item_key, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX wrong_standings ON standings (shop, touchpoint, place) WHERE NOT is_true;
    CREATE TABLE lags (
        shop TEXT NOT NULL, touchpoint TEXT NOT NULL, place TEXT NOT NULL, item_key TEXT NOT NULL, turned_by INTEGER NOT NULL,
        at_least INTEGER NOT NULL, at_most INTEGER,
        PRIMARY KEY (shop, touchpoint, place, item_key, turned_by)
    ) STRICT, WITHOUT ROWID;",
];

/// The newest format.
pub(super) const KNOWN: i64 = STEPS.len() as i64;

/// Brings a database to the newest format, one step after the other.
pub(super) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), StoreError> {
    migrate_to(connection, file, STEPS.len())
}

/// As [`migrate`], but only so far: for tests that begin with an old database.
pub(super) fn migrate_to(connection: &mut Connection, file: &Path, target: usize) -> Result<(), StoreError> {
    let reading = explain(file, "reading its format");
    let changing = explain(file, "changing its format");
    // One statement sees one state of the file, even while another program is making it.
    let (mut found, application, tables) = connection
        .query_row(
            "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)
             FROM pragma_user_version, pragma_application_id",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
        )
        .map_err(&reading)?;
    if application != APPLICATION && (found, application, tables) != (0, 0, 0) {
        return Err(StoreError::Foreign { file: file.to_owned() });
    }
    if found > KNOWN {
        return Err(StoreError::Newer { file: file.to_owned(), found, known: KNOWN });
    }
    for (number, step) in (1..).zip(STEPS.iter().take(target)) {
        if number <= found {
            continue;
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&changing)?;
        // Another program may have taken the step while this one waited for its turn.
        found = version(&transaction).map_err(&reading)?;
        if number <= found {
            continue;
        }
        transaction.execute_batch(step).map_err(&changing)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(&changing)?;
        transaction.pragma_update(None, "user_version", number).map_err(&changing)?;
        transaction.commit().map_err(&changing)?;
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
