//! A run's scratch space: what the catalogue holds, what the stock source answered and what was judged, on disk instead
//! of in memory.
//!
//! It is an anonymous SQLite database in the folder for temporary files (<https://sqlite.org/inmemorydb.html#temp_db>):
//! no other process sees it, and it is gone when it is closed or its process ends. It keeps no journal and is never
//! committed: whatever happens to the run, nobody will look at it again. Memory stays the same however long the
//! catalogue is; everything is read in portions, each after the last row of the one before.

mod answers;
mod causes;
mod findings;
mod plan;
mod sightings;
mod stood;

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::columns::{Address, Json};
use super::{Result, StoreError};
use crate::domain::{Gtin, Item, ItemKey, Judged, Unverified, Verdict, bare};

pub use answers::Lists;
pub use plan::Chosen;
pub use stood::{Moved, Stood};

/// `judged` is keyed by what it is looked up by. The other indexes of `items` are made when they are
/// first needed, after the catalogue is in: sorting once is many times faster than keeping order all the time.
const TABLES: &str = "
    PRAGMA journal_mode = off;
    PRAGMA synchronous = off;
    PRAGMA temp_store = file;
    PRAGMA cache_size = -16384;
    CREATE TABLE items (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, page TEXT, bare TEXT, stock_key TEXT, gtin TEXT, item TEXT NOT NULL
    ) STRICT;
    CREATE TABLE judged (
        item INTEGER PRIMARY KEY, page TEXT, verdict TEXT NOT NULL, reason TEXT, mismatch INTEGER NOT NULL,
        judged TEXT NOT NULL
    ) STRICT;
    CREATE INDEX suspects ON judged (page, item) WHERE mismatch;";

/// A run's scratch space for one shop.
#[derive(Debug)]
pub struct Worksheet {
    connection: Connection,
}

/// What became of an item that was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is there now, in this row.
    New(i64),
    /// An item with the same key was there already, in this row; it was left as it was.
    Duplicate(i64),
}

/// A row and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<T> {
    /// Its number, in the order of the catalogue.
    pub id: i64,
    /// What is in it.
    pub value: T,
}

/// A page and all the rows that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PageOf<T> {
    /// The page, without fragment.
    pub url: Url,
    /// The rows, in the order of the catalogue.
    pub rows: Vec<Row<T>>,
}

/// The worksheet in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items.
    pub items: u64,
    /// Different pages among them.
    pub pages: u64,
    /// Items without a page.
    pub without_page: u64,
    /// Keys the stock sources answered for.
    pub answers: u64,
    /// Items that were judged.
    pub judged: u64,
}

/// The verdicts in numbers, by machine name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Verdict → items.
    pub verdicts: BTreeMap<String, u64>,
    /// Reason → items, of the unverified ones.
    pub unverified: BTreeMap<String, u64>,
}

impl Worksheet {
    /// An empty one.
    ///
    /// # Errors
    /// If no temporary file can be made.
    #[expect(clippy::disallowed_methods, reason = "this is store, and the database has no name")]
    pub fn new() -> Result<Self> {
        let open = || -> rusqlite::Result<_> {
            let connection = Connection::open("")?;
            connection.execute_batch(TABLES)?;
            connection.execute_batch(answers::TABLES)?;
            connection.execute_batch(causes::TABLES)?;
            connection.execute_batch(findings::TABLES)?;
            connection.execute_batch(sightings::TABLES)?;
            connection.execute_batch(plan::TABLES)?;
            connection.execute_batch(stood::TABLES)?;
            connection.execute_batch("BEGIN")?;
            connection.set_prepared_statement_cache_capacity(64);
            Ok(Self { connection })
        };
        open().map_err(explain("making it"))
    }

    /// Puts an item in, unless one with the same key is there.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_item(&self, item: &Item) -> Result<Placed> {
        let key = item.item_key();
        let bare = item.url.as_ref().map(bare);
        let gtin = item.gtin.as_deref().and_then(Gtin::read).map(|gtin| gtin.to_string());
        let put = || -> rusqlite::Result<_> {
            let added = self
                .connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO items (key, page, bare, stock_key, gtin, item) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![key.0, page(item).map(Address), bare, item.key(), gtin, Json(item)])?;
            Ok(if added == 1 { Placed::New(self.connection.last_insert_rowid()) } else { self.there(&key)? })
        };
        put().map_err(explain("noting an item"))
    }

    fn there(&self, key: &ItemKey) -> rusqlite::Result<Placed> {
        self.connection
            .prepare_cached("SELECT id FROM items WHERE key = ?1")?
            .query_row([&key.0], |row| row.get(0))
            .map(Placed::Duplicate)
    }

    /// Whether the catalogue (still) holds an item.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn contains(&self, key: &ItemKey) -> Result<bool> {
        self.there(key).optional().map(|there| there.is_some()).map_err(explain("looking for an item"))
    }

    /// The items, in the order of the catalogue: at most `limit` after the row `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn items(&self, after: i64, limit: usize) -> Result<Vec<Row<Item>>> {
        self.rows("SELECT id, item FROM items WHERE id > ?1 ORDER BY id LIMIT ?2", after, limit)
    }

    /// Pages and the items on them, in the order of their addresses: at most `limit` pages of those after `after`.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn pages(&self, after: Option<&Url>, limit: usize) -> Result<Vec<PageOf<Item>>> {
        let get = || -> rusqlite::Result<_> {
            self.index("page")?;
            self.by_page("SELECT id, page, item FROM items WHERE page > ?1 ORDER BY page, id", after, limit)
        };
        get().map_err(explain("listing pages"))
    }

    /// Items for which the catalogue names no page, in the order of the catalogue: at most `limit` after the row `after`
    /// (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn items_without_page(&self, after: i64, limit: usize) -> Result<Vec<Row<Item>>> {
        self.rows("SELECT id, item FROM items WHERE page IS NULL AND id > ?1 ORDER BY id LIMIT ?2", after, limit)
    }

    /// Writes down what was judged of the item in a row, over what was judged before.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_judged(&self, item: i64, judged: &Judged) -> Result<()> {
        let verdict = &judged.judgement.verdict;
        let reason = match verdict {
            Verdict::Unverified(why) => Some(Unverified::code(why)),
            _ => None,
        };
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO judged (item, page, verdict, reason, mismatch, judged)
                     VALUES (?1, coalesce((SELECT page FROM items WHERE id = ?1), 'about:blank?' || ?1), ?2, ?3, ?4, ?5)",
                )?
                .execute(params![item, verdict.code(), reason, verdict.is_mismatch(), Json(judged)])
        };
        put().map(drop).map_err(explain("noting a verdict"))
    }

    /// Mismatches, by page, so that a page with many of them needs to be fetched only once more: at most `limit` pages of
    /// those after `after`. They may be judged anew while they are gone through. An item without a page may be wrong in a feed
    /// or listing: it stands under an `about:` address of its own.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn suspects(&self, after: Option<&Url>, limit: usize) -> Result<Vec<PageOf<Judged>>> {
        let sql = "SELECT item, page, judged FROM judged WHERE mismatch AND page > ?1 ORDER BY page, item";
        self.by_page(sql, after, limit).map_err(explain("listing suspects"))
    }

    /// What was judged, in the order of the catalogue: at most `limit` after the row `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn judged(&self, after: i64, limit: usize) -> Result<Vec<Row<Judged>>> {
        self.rows("SELECT item, judged FROM judged WHERE item > ?1 ORDER BY item LIMIT ?2", after, limit)
    }

    /// What was judged of the item with this key.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn judged_of(&self, key: &ItemKey) -> Result<Option<Row<Judged>>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT item, judged FROM judged WHERE item = (SELECT id FROM items WHERE key = ?1)")?
                .query_row([&key.0], |row| Ok(Row { id: row.get(0)?, value: row.get::<_, Json<_>>(1)?.0 }))
                .optional()
        };
        get().map_err(explain("looking for a verdict"))
    }

    /// How much there is of everything.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn counts(&self) -> Result<Counts> {
        let count = || -> rusqlite::Result<_> {
            self.index("page")?;
            self.connection.query_row(
                "SELECT (SELECT count(*) FROM items), (SELECT count(DISTINCT page) FROM items),
                    (SELECT count(*) FROM items WHERE page IS NULL), (SELECT count(*) FROM answers),
                    (SELECT count(*) FROM judged)",
                [],
                |row| {
                    Ok(Counts {
                        items: row.get(0)?,
                        pages: row.get(1)?,
                        without_page: row.get(2)?,
                        answers: row.get(3)?,
                        judged: row.get(4)?,
                    })
                },
            )
        };
        count().map_err(explain("counting"))
    }

    /// How many items got which verdict.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn tally(&self) -> Result<Tally> {
        let count = || -> rusqlite::Result<_> {
            let mut tally = Tally::default();
            let mut statement =
                self.connection.prepare("SELECT verdict, reason, count(*) FROM judged GROUP BY verdict, reason")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (verdict, reason, n): (String, Option<String>, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                *tally.verdicts.entry(verdict).or_default() += n;
                if let Some(reason) = reason {
                    *tally.unverified.entry(reason).or_default() += n;
                }
            }
            Ok(tally)
        };
        count().map_err(explain("counting verdicts"))
    }

    fn index(&self, column: &str) -> rusqlite::Result<()> {
        self.connection.execute_batch(&format!("CREATE INDEX IF NOT EXISTS items_by_{column} ON items ({column})"))
    }

    fn rows<T: serde::de::DeserializeOwned>(&self, sql: &str, after: i64, limit: usize) -> Result<Vec<Row<T>>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(sql)?
                .query_map(params![after, limit], |row| {
                    Ok(Row { id: row.get(0)?, value: row.get::<_, Json<T>>(1)?.0 })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("reading rows"))
    }

    /// Groups rows (number, page, value) that come ordered by page.
    fn by_page<T>(&self, sql: &str, after: Option<&Url>, limit: usize) -> rusqlite::Result<Vec<PageOf<T>>>
    where
        T: serde::de::DeserializeOwned,
    {
        let mut pages: Vec<PageOf<T>> = Vec::new();
        // A page may promise thousands of items; then fewer pages make a portion.
        let mut rows_so_far = 0;
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([after.map_or("", Url::as_str)])?;
        while let Some(row) = rows.next()? {
            let Address(url) = row.get(1)?;
            let is_next = pages.last().is_none_or(|last| last.url != url);
            if is_next && (pages.len() == limit || rows_so_far >= limit.saturating_mul(4)) {
                break;
            }
            rows_so_far += 1;
            if is_next {
                pages.push(PageOf { url, rows: Vec::new() });
            }
            if let Some(page) = pages.last_mut() {
                page.rows.push(Row { id: row.get(0)?, value: row.get::<_, Json<T>>(2)?.0 });
            }
        }
        Ok(pages)
    }
}

/// The page that is fetched for an item: what differs only behind the `#` is the same page.
fn page(item: &Item) -> Option<Url> {
    let mut url = item.url.clone()?;
    url.set_fragment(None);
    Some(url)
}

fn explain(doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| StoreError::Worksheet { doing, why: error.to_string() }
}
