//! How the stock moved since the last run, and what every touchpoint said of every item in this one.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::super::memory::Moment;
use super::{Result, Worksheet, explain};
use crate::domain::{ItemKey, Touchpoint};

pub(super) const TABLES: &str = "
    CREATE TABLE moved (
        item INTEGER PRIMARY KEY, buyable INTEGER NOT NULL, turned_from INTEGER, turned_by INTEGER
    ) STRICT;
    CREATE TABLE stood (
        item INTEGER NOT NULL, touchpoint INTEGER NOT NULL, place TEXT NOT NULL, said INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (item, touchpoint, place)
    ) STRICT, WITHOUT ROWID;";

/// How the stock of an item moved since the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Whether it may be bought now.
    pub buyable: bool,
    /// Between which times that turned. `None`: it is known for the first time.
    pub turned: Option<(Timestamp, Timestamp)>,
}

/// What a touchpoint said of an item in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stood {
    /// The item's row.
    pub item: i64,
    /// The item.
    pub key: ItemKey,
    /// Where.
    pub touchpoint: Touchpoint,
    /// The feed's or listing's name, else nothing.
    pub place: String,
    /// What it said, as a number of who noted it.
    pub said: u8,
    /// When.
    pub at: Timestamp,
}

impl Worksheet {
    /// Notes that the stock of the item in a row is not as it is remembered.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_moved(&self, item: i64, moved: Moved) -> Result<()> {
        let (from, by) = (moved.turned.map(|turned| Moment(turned.0)), moved.turned.map(|turned| Moment(turned.1)));
        self.put_plan(
            "INSERT OR REPLACE INTO moved (item, buyable, turned_from, turned_by) VALUES (?1, ?2, ?3, ?4)",
            params![item, moved.buyable, from, by],
        )
    }

    /// Items whose stock is not as it is remembered: at most `limit` after the row `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn moved(&self, after: i64, limit: usize) -> Result<Vec<(i64, ItemKey, Moved)>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT id, key, buyable, turned_from, turned_by FROM moved JOIN items ON items.id = moved.item
                     WHERE moved.item > ?1 ORDER BY moved.item LIMIT ?2",
                )?
                .query_map(params![after, limit], |row| {
                    let turned: (Option<Moment>, Option<Moment>) = (row.get(3)?, row.get(4)?);
                    let turned = turned.0.zip(turned.1).map(|(from, by)| (from.0, by.0));
                    Ok((row.get(0)?, ItemKey(row.get(1)?), Moved { buyable: row.get(2)?, turned }))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("listing items whose stock moved"))
    }

    /// Notes what a touchpoint said of the item in a row, over what was noted before.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_stood(&self, item: i64, at: Touchpoint, place: &str, said: u8, when: Timestamp) -> Result<()> {
        let order = Touchpoint::ALL.iter().position(|known| *known == at).unwrap_or_default();
        self.put_plan(
            "INSERT OR REPLACE INTO stood (item, touchpoint, place, said, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![item, order, place, said, Moment(when)],
        )
    }

    /// What touchpoints said, item by item: at most `limit` items after the row `after` (0 to begin with).
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn stood(&self, after: i64, limit: usize) -> Result<Vec<Stood>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT id, key, touchpoint, place, said, stood.at FROM stood JOIN items ON items.id = stood.item
                     WHERE stood.item IN (SELECT DISTINCT item FROM stood WHERE item > ?1 ORDER BY item LIMIT ?2)
                     ORDER BY stood.item, touchpoint, place",
                )?
                .query_map(params![after, limit], |row| {
                    let touchpoint = Touchpoint::ALL.get(row.get::<_, usize>(2)?).copied().unwrap_or(Touchpoint::Page);
                    Ok(Stood {
                        item: row.get(0)?,
                        key: ItemKey(row.get(1)?),
                        touchpoint,
                        place: row.get(3)?,
                        said: row.get(4)?,
                        at: row.get::<_, Moment>(5)?.0,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("listing what touchpoints said"))
    }

    /// Of how many items a touchpoint said something that could be held against the stock, and of how many it was the truth:
    /// in all its places.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_stood(&self, at: Touchpoint) -> Result<(u64, u64)> {
        let order = Touchpoint::ALL.iter().position(|known| *known == at).unwrap_or_default();
        let sql = "SELECT count(*), coalesce(sum(NOT wrong), 0) FROM (
                    SELECT max(said) AS wrong FROM stood WHERE touchpoint = ?1 AND said < 3 GROUP BY item)";
        let count = || self.connection.query_row(sql, [order], |row| Ok((row.get(0)?, row.get(1)?)));
        count().map_err(explain("counting what touchpoints said"))
    }

    /// The feeds or listings (or the page, or the cart, which have no name) that said something in this run.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn places(&self, at: Touchpoint) -> Result<Vec<String>> {
        let order = Touchpoint::ALL.iter().position(|known| *known == at).unwrap_or_default();
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT DISTINCT place FROM sightings WHERE touchpoint = ?1 ORDER BY place")?
                .query_map([order], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("listing touchpoints"))
    }

    /// Whether a feed or listing shows an item in this run.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn shows(&self, at: Touchpoint, place: &str, key: &ItemKey) -> Result<bool> {
        let row = self
            .connection
            .prepare_cached("SELECT id FROM items WHERE key = ?1")
            .and_then(|mut statement| statement.query_row([&key.0], |row| row.get::<_, i64>(0)).optional());
        match row.map_err(explain("looking for an item"))? {
            Some(row) => Ok(self.sighting(row, at, Some(place))?.is_some()),
            None => Ok(false),
        }
    }
}
