//! Whether touchpoints tell the truth of items, and how long they took to follow a change of stock.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::Moment;
use crate::domain::{ItemKey, Touchpoint};
use crate::store::{Result, Transaction};

/// What a touchpoint last said of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it was the truth.
    pub is_true: bool,
    /// When that was seen; of what goes on being true, when it was first seen since the stock turned.
    pub seen_at: Timestamp,
}

/// How long a touchpoint took to follow one turn of the stock of an item, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownLag {
    /// At least.
    pub at_least: i64,
    /// At most. `None`: it has not followed yet.
    pub at_most: Option<i64>,
}

/// How a touchpoint keeps its promises, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    /// Items of which it is known whether it tells the truth.
    pub known: u64,
    /// Those of which it does.
    pub true_now: u64,
    /// The least time that it took to follow each change of stock, in seconds, the shortest first.
    pub lags: Vec<u64>,
    /// Those changes among them that it has not followed yet.
    pub behind: u64,
}

impl Transaction<'_> {
    /// What a touchpoint last said of an item. `place`: the feed's or listing's name, else nothing.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn standing(&self, shop: &str, at: Touchpoint, place: &str, key: &ItemKey) -> Result<Option<Standing>> {
        let read = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached(
                    "SELECT is_true, seen_at FROM standings
                     WHERE shop = ?1 AND touchpoint = ?2 AND item_key = ?3 AND place = ?4",
                )?
                .query_row(params![shop, at.code(), key.0, place], |row| {
                    Ok(Standing { is_true: row.get(0)?, seen_at: row.get::<_, Moment>(1)?.0 })
                })
                .optional()
        };
        read().map_err(self.explain("reading what a touchpoint said"))
    }

    /// Notes what a touchpoint says of an item.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn put_standing(
        &self,
        shop: &str,
        at: Touchpoint,
        place: &str,
        key: &ItemKey,
        standing: Standing,
    ) -> Result<()> {
        self.put(
            "INSERT OR REPLACE INTO standings (shop, touchpoint, item_key, place, is_true, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![shop, at.code(), key.0, place, standing.is_true, Moment(standing.seen_at)],
        )
    }

    /// Forgets what was wrong at a feed or listing that was read to its end in this run, where it shows the item no more.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub fn forget_unshown(
        &self,
        shop: &str,
        at: Touchpoint,
        place: &str,
        mut is_shown: impl FnMut(&ItemKey) -> Result<bool>,
    ) -> Result<()> {
        let read = || -> rusqlite::Result<Vec<String>> {
            self.inner
                .prepare_cached(
                    "SELECT item_key FROM standings WHERE shop = ?1 AND touchpoint = ?2 AND place = ?3 AND NOT is_true",
                )?
                .query_map([shop, at.code(), place], |row| row.get(0))?
                .collect()
        };
        for key in read().map_err(self.explain("reading what a touchpoint said"))?.into_iter().map(ItemKey) {
            if !is_shown(&key)? {
                self.put(
                    "DELETE FROM standings WHERE shop = ?1 AND touchpoint = ?2 AND item_key = ?3 AND place = ?4",
                    params![shop, at.code(), key.0, place],
                )?;
            }
        }
        Ok(())
    }

    /// How a touchpoint follows the turn of an item's stock at this time.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn lag(
        &self,
        shop: &str,
        at: Touchpoint,
        place: &str,
        key: &ItemKey,
        turned_by: Timestamp,
    ) -> Result<Option<KnownLag>> {
        let read = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached(
                    "SELECT at_least, at_most FROM lags
                     WHERE shop = ?1 AND touchpoint = ?2 AND place = ?3 AND item_key = ?4 AND turned_by = ?5",
                )?
                .query_row(params![shop, at.code(), place, key.0, Moment(turned_by)], |row| {
                    Ok(KnownLag { at_least: row.get(0)?, at_most: row.get(1)? })
                })
                .optional()
        };
        read().map_err(self.explain("reading how a touchpoint follows the stock"))
    }

    /// Notes how it does.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn put_lag(
        &self,
        shop: &str,
        at: Touchpoint,
        place: &str,
        key: &ItemKey,
        turned_by: Timestamp,
        lag: KnownLag,
    ) -> Result<()> {
        self.put(
            "INSERT OR REPLACE INTO lags (shop, touchpoint, place, item_key, turned_by, at_least, at_most)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![shop, at.code(), place, key.0, Moment(turned_by), lag.at_least, lag.at_most],
        )
    }

    /// Forgets what feeds or listings said that are not looked at any more: all but those of these names.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub fn keep_places(&self, shop: &str, at: Touchpoint, names: &[&str]) -> Result<()> {
        for table in ["standings", "lags"] {
            let read = || -> rusqlite::Result<Vec<String>> {
                self.inner
                    .prepare_cached(&format!("SELECT DISTINCT place FROM {table} WHERE shop = ?1 AND touchpoint = ?2"))?
                    .query_map([shop, at.code()], |row| row.get(0))?
                    .collect()
            };
            let places = read().map_err(self.explain("reading whose promises are known"))?;
            for place in places.iter().filter(|place| !names.contains(&place.as_str())) {
                let sql = format!("DELETE FROM {table} WHERE shop = ?1 AND touchpoint = ?2 AND place = ?3");
                self.put(&sql, params![shop, at.code(), place])?;
            }
        }
        Ok(())
    }

    /// How a touchpoint keeps its promises: of all items of which it is known since their stock last turned, and of the
    /// turns since then that it followed, with those that it has not followed to this day, however old. An item that
    /// several feeds or listings show is told truly where all of them do.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn promises(&self, shop: &str, at: Touchpoint, since: Timestamp) -> Result<Promises> {
        let read = || -> rusqlite::Result<_> {
            let (known, true_now) = self
                .inner
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(good), 0) FROM (
                        SELECT min(is_true) AS good FROM standings LEFT JOIN known_items USING (shop, item_key)
                        WHERE shop = ?1 AND touchpoint = ?2 AND seen_at >= coalesce(turned_by, 0)
                        GROUP BY item_key)",
                )?
                .query_row([shop, at.code()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            // What it did not follow before the stock turned back it never will, and need not.
            let lags = self
                .inner
                .prepare_cached(
                    "SELECT at_least / 1000, at_most IS NULL FROM lags LEFT JOIN known_items USING (shop, item_key)
                     WHERE shop = ?1 AND touchpoint = ?2
                        AND CASE WHEN at_most IS NULL THEN lags.turned_by = known_items.turned_by
                            ELSE lags.turned_by >= ?3 END
                     ORDER BY 1",
                )?
                .query_map(params![shop, at.code(), Moment(since)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<Vec<(u64, bool)>>>()?;
            let behind = lags.iter().filter(|(_, is_behind)| *is_behind).count() as u64;
            Ok(Promises { known, true_now, lags: lags.into_iter().map(|(lag, _)| lag).collect(), behind })
        };
        read().map_err(self.explain("reading how a touchpoint keeps its promises"))
    }
}
