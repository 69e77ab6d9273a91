//! Which pages are to be looked at in this run and why, and what was seen of them.

use jiff::Timestamp;
use rusqlite::params;
use url::Url;

use super::super::columns::{Address, Json};
use super::super::memory::{KnownPage, Moment};
use super::{PageOf, Result, Row, Worksheet, explain};
use crate::domain::{Item, ItemKey, LookReason};

pub(super) const TABLES: &str = "
    CREATE TABLE wrong (item INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE planned (page TEXT PRIMARY KEY, reason INTEGER NOT NULL, looked_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE chosen (turn INTEGER PRIMARY KEY, page TEXT NOT NULL UNIQUE, reason INTEGER NOT NULL) STRICT;
    CREATE TABLE looked (
        page TEXT PRIMARY KEY, unchanged INTEGER NOT NULL, etag TEXT, last_modified TEXT, body TEXT, reading TEXT, trusted INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unsound (page TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE planning (at INTEGER NOT NULL) STRICT;
    CREATE TABLE distrusted (at INTEGER NOT NULL) STRICT;";

/// A page whose turn it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its number in the order of the looks.
    pub turn: i64,
    /// Why it is looked at.
    pub reason: LookReason,
    /// The page and its items.
    pub page: PageOf<Item>,
}

impl Worksheet {
    /// Marks an item of which something was wrong in an earlier run, if the catalogue still lists it.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn mark_wrong(&self, key: &ItemKey) -> Result<()> {
        self.put_plan("INSERT OR IGNORE INTO wrong SELECT id FROM items WHERE key = ?1", params![key.0])
    }

    /// Whether the item in a row was marked.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn is_wrong(&self, item: i64) -> Result<bool> {
        let read = || -> rusqlite::Result<_> {
            self.connection.prepare_cached("SELECT 1 FROM wrong WHERE item = ?1")?.exists([item])
        };
        read().map_err(explain("looking for an incident"))
    }

    /// Notes why a page is to be looked at (`None`: for nothing but that it is its turn some time) and when it last was.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_planned(&self, page: &Url, reason: LookReason, looked_at: Option<Timestamp>) -> Result<()> {
        let looked_at = looked_at.map_or(0, |at| at.as_millisecond());
        self.put_plan(
            "INSERT OR REPLACE INTO planned (page, reason, looked_at) VALUES (?1, ?2, ?3)",
            params![page.as_str(), reason as u8, looked_at],
        )
    }

    /// How many pages there are for each reason, the most telling first.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_planned(&self) -> Result<[u64; LookReason::ALL.len()]> {
        let count = || -> rusqlite::Result<_> {
            let mut counts = [0; LookReason::ALL.len()];
            let mut statement = self.connection.prepare("SELECT reason, count(*) FROM planned GROUP BY reason")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(count) = counts.get_mut(row.get::<_, usize>(0)?) {
                    *count = row.get(1)?;
                }
            }
            Ok(counts)
        };
        count().map_err(explain("counting pages"))
    }

    /// How many pages that were planned for this reason were last looked at before then.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_older(&self, reason: LookReason, than: Timestamp) -> Result<u64> {
        let sql = "SELECT count(*) FROM planned WHERE reason = ?1 AND looked_at < ?2";
        let count = || self.connection.query_row(sql, params![reason as u8, Moment(than)], |row| row.get(0));
        count().map_err(explain("counting pages"))
    }

    /// Chooses so many of the pages for each reason, the most telling first; of those with the same reason, the ones that
    /// were not looked at for longest.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn choose(&self, granted: [u64; LookReason::ALL.len()]) -> Result<()> {
        for (reason, granted) in granted.into_iter().enumerate() {
            self.put_plan(
                "INSERT INTO chosen (page, reason)
                 SELECT page, reason FROM planned WHERE reason = ?1 ORDER BY looked_at, page LIMIT ?2",
                params![reason, i64::try_from(granted).unwrap_or(i64::MAX)],
            )?;
        }
        Ok(())
    }

    /// How many pages are chosen.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_chosen(&self) -> Result<u64> {
        let count = || self.connection.query_row("SELECT count(*) FROM chosen", [], |row| row.get(0));
        count().map_err(explain("counting pages"))
    }

    /// Chosen pages with their items, in order: at most `limit` of those after the turn `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn chosen(&self, after: i64, limit: usize) -> Result<Vec<Chosen>> {
        let get = || -> rusqlite::Result<_> {
            self.index("page")?;
            let mut statement = self.connection.prepare_cached(
                "SELECT turn, reason, items.page, items.id, items.item FROM chosen JOIN items USING (page)
                 WHERE turn > ?1 ORDER BY turn, items.id",
            )?;
            let mut rows = statement.query([after])?;
            let (mut chosen, mut rows_so_far) = (Vec::<Chosen>::new(), 0);
            while let Some(row) = rows.next()? {
                let turn = row.get(0)?;
                let is_next = chosen.last().is_none_or(|last| last.turn != turn);
                // A page may promise thousands of items; then fewer pages make a portion.
                if is_next && (chosen.len() == limit || rows_so_far >= limit.saturating_mul(4)) {
                    break;
                }
                rows_so_far += 1;
                if is_next {
                    let reason = LookReason::ALL.get(row.get::<_, usize>(1)?).copied().unwrap_or(LookReason::Audit);
                    let Address(url) = row.get(2)?;
                    chosen.push(Chosen { turn, reason, page: PageOf { url, rows: Vec::new() } });
                }
                if let Some(last) = chosen.last_mut() {
                    last.page.rows.push(Row { id: row.get(3)?, value: row.get::<_, Json<Item>>(4)?.0 });
                }
            }
            Ok(chosen)
        };
        get().map_err(explain("listing pages"))
    }

    /// Pages that something other than themselves accuses and that were not chosen, with their items: at most `limit` of
    /// those after `after`.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn left_out(&self, after: Option<&Url>, limit: usize) -> Result<Vec<PageOf<Item>>> {
        let (incident, contradiction) = (LookReason::Incident as u8, LookReason::Contradiction as u8);
        let sql = format!(
            "SELECT id, page, item FROM planned JOIN items USING (page)
             WHERE page > ?1 AND reason IN ({incident}, {contradiction}) AND page NOT IN (SELECT page FROM chosen)
             ORDER BY page, id"
        );
        self.by_page(&sql, after, limit).map_err(explain("listing pages"))
    }

    /// How many pages were last looked at before then, and not in this run either.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_overdue(&self, before: Timestamp) -> Result<u64> {
        let sql = "SELECT count(*) FROM planned
                   WHERE looked_at < ?1 AND NOT EXISTS (SELECT 1 FROM looked WHERE looked.page = planned.page)
                     AND (looked_at > 0 OR EXISTS (SELECT 1 FROM planned WHERE looked_at > 0 AND looked_at < ?1))";
        let count = || self.connection.query_row(sql, [Moment(before)], |row| row.get(0));
        count().map_err(explain("counting pages"))
    }

    /// Notes that a page was looked at, whether it was as it had been, and by what it is known. `None`: by nothing.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_looked(&self, page: &Url, unchanged: bool, known: Option<&KnownPage>) -> Result<()> {
        self.put_plan(
            "INSERT OR REPLACE INTO looked (page, unchanged, etag, last_modified, body, reading, trusted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                page.as_str(),
                unchanged,
                known.map(|known| &known.etag),
                known.map(|known| &known.last_modified),
                known.map(|known| &known.body),
                known.map(|known| &known.reading),
                known.map(|known| known.trusted),
            ],
        )
    }

    /// For each reason, as many pages as were looked at, and how many of all were as they had been.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_looked(&self) -> Result<(Vec<(LookReason, u64)>, u64)> {
        let count = || -> rusqlite::Result<_> {
            let mut looked = Vec::new();
            let mut statement = self
                .connection
                .prepare("SELECT reason, count(*) FROM chosen JOIN looked USING (page) GROUP BY reason")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(reason) = LookReason::ALL.get(row.get::<_, usize>(0)?) {
                    looked.push((*reason, row.get(1)?));
                }
            }
            let unchanged =
                self.connection.query_row("SELECT count(*) FROM looked WHERE unchanged", [], |row| row.get(0))?;
            Ok((looked, unchanged))
        };
        count().map_err(explain("counting pages"))
    }

    /// Notes that a page said something that is not to be remembered, so that it must be read again.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_unsound(&self, item: i64) -> Result<()> {
        self.put_plan(
            "INSERT OR IGNORE INTO unsound SELECT page FROM items WHERE id = ?1 AND page NOTNULL",
            params![item],
        )
    }

    /// Notes that the shop said of a page that it is as it was, and it was not.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_distrusted(&self, at: Timestamp) -> Result<()> {
        self.put_plan("INSERT INTO distrusted (at) VALUES (?1)", [Moment(at)])
    }

    /// Whether that was noted.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn is_distrusted(&self) -> Result<bool> {
        let read = || self.connection.prepare_cached("SELECT 1 FROM distrusted")?.exists([]);
        read().map_err(explain("reading whether the shop is taken at its word"))
    }

    /// Notes when it was planned what to look at, the stock having been read.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_planning(&self, at: Timestamp) -> Result<()> {
        self.put_plan("INSERT INTO planning (at) VALUES (?1)", [Moment(at)])
    }

    /// When it was planned what to look at. `None`: it never came to that.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn planned_at(&self) -> Result<Option<Timestamp>> {
        let read = || {
            let sql = "SELECT max(at) FROM planning";
            self.connection.query_row(sql, [], |row| Ok(row.get::<_, Option<Moment>>(0)?.map(|at| at.0)))
        };
        read().map_err(explain("reading when it was planned what to look at"))
    }

    /// Pages that were looked at, with what they are known by, where all that they say is to be remembered: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn looked(&self, after: &str, limit: usize) -> Result<Vec<(Url, Option<KnownPage>)>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT page, etag, last_modified, body, iif(page IN (SELECT page FROM unsound), NULL, reading), trusted
                     FROM looked WHERE page > ?1 ORDER BY page LIMIT ?2",
                )?
                .query_map(params![after, limit], |row| {
                    let (etag, last_modified, body) = (row.get(1)?, row.get(2)?, row.get(3)?);
                    let (reading, trusted): (Option<String>, Option<i64>) = (row.get(4)?, row.get(5)?);
                    let known = reading.zip(trusted);
                    let known =
                        known.map(|(reading, trusted)| KnownPage { etag, last_modified, body, reading, trusted });
                    Ok((row.get::<_, Address>(0)?.0, known))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("listing pages"))
    }

    /// Whether the catalogue names a page.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn names_page(&self, page: &str) -> Result<bool> {
        let read = || -> rusqlite::Result<_> {
            self.index("page")?;
            self.connection.prepare_cached("SELECT 1 FROM items WHERE page = ?1")?.exists([page])
        };
        read().map_err(explain("looking for a page"))
    }

    pub(super) fn put_plan(&self, sql: &str, values: impl rusqlite::Params) -> Result<()> {
        let put = || self.connection.prepare_cached(sql)?.execute(values);
        put().map(drop).map_err(explain("noting what to look at"))
    }
}
