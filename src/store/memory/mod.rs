//! What is remembered of items and pages from one run to the next, so that a run need look only at what can be wrong: when an
//! item was last looked at and what its page said, what its stock was, by what a page is known to be as it was.
//!
//! There is a row of it for every item and every page of a catalogue, so they are small, times are numbers (milliseconds
//! since 1970), and only what changed is written.

mod claim;
mod standing;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use url::Url;

use super::columns::Json;
use super::{Result, Store, Transaction};
use crate::domain::ItemKey;

pub use claim::{Described, KnownClaim};
pub use standing::{KnownLag, Promises, Standing};

/// A time, in milliseconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_millisecond(value.as_i64()?).map(Self).map_err(FromSqlError::other)
    }
}

/// What is remembered of an item beside what its page said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownItem {
    /// When its page was last looked at.
    pub looked_at: Option<Timestamp>,
    /// Looks in a row that verified nothing.
    pub in_vain: u32,
    /// Whether it could be bought when that was last known.
    pub buyable: Option<bool>,
    /// Between which times that last turned.
    pub turned: Option<(Timestamp, Timestamp)>,
    /// Whether that was after its page was last looked at.
    pub has_turned: bool,
}

/// By what a page is known to be as it was, and how it was read then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPage {
    /// `ETag` as sent.
    pub etag: Option<String>,
    /// `Last-Modified` as sent.
    pub last_modified: Option<String>,
    /// A hash of the body.
    pub body: Option<String>,
    /// What the reading of it depends on beside the body: rules, version, items. Another one must read it again.
    pub reading: String,
    /// Looks in a row at which the shop's word was taken that it is as it was.
    pub trusted: i64,
}

/// What a look at an item's page leaves to remember.
#[derive(Clone, Debug)]
pub struct Looked<'a> {
    /// When.
    pub at: Timestamp,
    /// Verdict code.
    pub verdict: &'a str,
    /// Looks in a row that verified nothing, this one among them.
    pub in_vain: u32,
    /// What the page said. `None`: nothing that could be judged again.
    pub claim: Option<&'a KnownClaim>,
    /// The page that was asked for.
    pub page: Option<&'a Url>,
}

impl Store {
    /// When a shop was last checked, as far as is remembered.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn visited(&self, shop: &str) -> Result<Option<Timestamp>> {
        self.connection
            .query_row("SELECT at FROM visits WHERE shop = ?1", [shop], |row| row.get::<_, Option<Moment>>(0))
            .optional()
            .map(|found| found.flatten().map(|at| at.0))
            .map_err(self.explain("reading when a shop was checked"))
    }

    /// What is remembered of an item.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known_item(&self, shop: &str, key: &ItemKey) -> Result<Option<KnownItem>> {
        item(&self.connection, shop, key).map_err(self.explain("reading what is known of an item"))
    }

    /// What the page of an item said when it was last looked at.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known_claim(&self, shop: &str, key: &ItemKey, page: &Url) -> Result<Option<KnownClaim>> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT claim, described FROM known_items WHERE shop = ?1 AND item_key = ?2 AND claim NOTNULL",
                )?
                .query_row([shop, &key.0], |row| {
                    let described: Option<Json<Described>> = row.get(1)?;
                    let Json(slim) = row.get::<_, Json<claim::Slim>>(0)?;
                    Ok(KnownClaim {
                        claim: slim.whole(page),
                        described: described.map(|one| one.0).unwrap_or_default(),
                    })
                })
                .optional()
        };
        read().map_err(self.explain("reading what a page said"))
    }

    /// By what a page is known to be as it was.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known_page(&self, shop: &str, url: &Url) -> Result<Option<KnownPage>> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT etag, last_modified, body, reading, trusted FROM known_pages WHERE shop = ?1 AND url = ?2",
                )?
                .query_row([shop, url.as_str()], |row| {
                    Ok(KnownPage {
                        etag: row.get(0)?,
                        last_modified: row.get(1)?,
                        body: row.get(2)?,
                        reading: row.get(3)?,
                        trusted: row.get(4)?,
                    })
                })
                .optional()
        };
        read().map_err(self.explain("reading by what a page is known"))
    }

    /// When a page of a shop was last said to be as it was and was not.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn distrusted(&self, shop: &str) -> Result<Option<Timestamp>> {
        self.connection
            .query_row("SELECT distrusted_at FROM visits WHERE shop = ?1", [shop], |row| {
                row.get::<_, Option<Moment>>(0)
            })
            .optional()
            .map(|found| found.flatten().map(|at| at.0))
            .map_err(self.explain("reading by what pages are known"))
    }
}

impl Transaction<'_> {
    /// As [`Store::known_item`], with what this transaction has written so far.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known_item(&self, shop: &str, key: &ItemKey) -> Result<Option<KnownItem>> {
        item(&self.inner, shop, key).map_err(self.explain("reading what is known of an item"))
    }

    /// Notes that a shop was checked.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn visit(&self, shop: &str, now: Timestamp) -> Result<()> {
        self.put(
            "INSERT INTO visits (shop, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at = ?2",
            params![shop, Moment(now)],
        )
    }

    /// Notes that a page of a shop was said to be as it was and was not.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn distrust(&self, shop: &str, now: Timestamp) -> Result<()> {
        self.put(
            "INSERT INTO visits (shop, distrusted_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET distrusted_at = ?2",
            params![shop, Moment(now)],
        )
    }

    /// Notes whether an item may be bought, and when that turned.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn know_stock(
        &self,
        shop: &str,
        key: &ItemKey,
        buyable: bool,
        turned: Option<(Timestamp, Timestamp)>,
    ) -> Result<()> {
        let (from, by) = (turned.map(|turned| Moment(turned.0)), turned.map(|turned| Moment(turned.1)));
        self.put(
            "INSERT INTO known_items (shop, item_key, buyable, turned_from, turned_by) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET buyable = ?3, turned_from = coalesce(?4, turned_from),
                turned_by = coalesce(?5, turned_by), has_turned = has_turned OR ?5 NOTNULL",
            params![shop, key.0, buyable, from, by],
        )
    }

    /// Notes what came of a look at an item. That its stock turned is settled by a look that saw something, or by the third
    /// that did not.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn know_look(&self, shop: &str, key: &ItemKey, looked: &Looked<'_>) -> Result<()> {
        let claim = looked.claim.map(|known| Json(claim::Slim::of(&known.claim, looked.page)));
        let described = looked.claim.map(|known| &known.described).filter(|described| !described.is_empty()).map(Json);
        self.put(
            "INSERT INTO known_items (shop, item_key, looked_at, verdict, in_vain, claim, described)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET looked_at = ?3, verdict = ?4, in_vain = ?5, claim = ?6, described = ?7,
                has_turned = has_turned AND ?5 IN (1, 2)",
            params![shop, key.0, Moment(looked.at), looked.verdict, looked.in_vain, claim, described],
        )
    }

    /// Notes by what a page is known.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn know_page(&self, shop: &str, url: &Url, page: &KnownPage) -> Result<()> {
        let KnownPage { etag, last_modified, body, reading, trusted } = page;
        self.put(
            "INSERT INTO known_pages (shop, url, etag, last_modified, body, reading, trusted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET etag = ?3, last_modified = ?4, body = ?5, reading = ?6, trusted = ?7
             WHERE (etag, last_modified, body, reading, trusted) IS NOT (?3, ?4, ?5, ?6, ?7)",
            params![shop, url.as_str(), etag, last_modified, body, reading, trusted],
        )
    }

    /// Forgets by what a page is known.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn forget_page(&self, shop: &str, url: &Url) -> Result<()> {
        self.put("DELETE FROM known_pages WHERE shop = ?1 AND url = ?2", params![shop, url.as_str()])
    }

    /// Forgets the items and pages of a shop that its catalogue does not list any more, by what is asked of each.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub fn forget_unlisted(
        &self,
        shop: &str,
        listed: u64,
        mut is_listed: impl FnMut(&ItemKey) -> Result<bool>,
    ) -> Result<u64> {
        let known: u64 = self
            .inner
            .query_row("SELECT count(*) FROM known_items WHERE shop = ?1", [shop], |row| row.get(0))
            .map_err(self.explain("counting what is known"))?;
        if known <= listed {
            return Ok(0);
        }
        let mut forgotten = 0;
        let mut after = String::new();
        loop {
            let keys = self.keys_after(shop, &after)?;
            let Some(last) = keys.last() else { return Ok(forgotten) };
            after.clone_from(last);
            for key in keys.into_iter().map(ItemKey) {
                if !is_listed(&key)? {
                    forgotten += 1;
                    for table in ["known_items", "standings", "lags"] {
                        let sql = match table {
                            "known_items" => "DELETE FROM known_items WHERE shop = ?1 AND item_key = ?2",
                            "standings" => {
                                "DELETE FROM standings WHERE shop = ?1 AND touchpoint IN ('feed', 'listing', 'page', 'cart')
                                    AND item_key = ?2"
                            }
                            _ => "DELETE FROM lags WHERE shop = ?1 AND item_key = ?2",
                        };
                        self.put(sql, params![shop, key.0])?;
                    }
                }
            }
        }
    }

    fn keys_after(&self, shop: &str, after: &str) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<_> {
            self.inner
                .prepare_cached(
                    "SELECT item_key FROM known_items WHERE shop = ?1 AND item_key > ?2 ORDER BY item_key LIMIT 1000",
                )?
                .query_map([shop, after], |row| row.get(0))?
                .collect()
        };
        read().map_err(self.explain("reading which items are known"))
    }

    /// As [`Transaction::forget_unlisted`], of pages.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub fn forget_pages(
        &self,
        shop: &str,
        listed: u64,
        mut is_listed: impl FnMut(&str) -> Result<bool>,
    ) -> Result<u64> {
        let known: u64 = self
            .inner
            .query_row("SELECT count(*) FROM known_pages WHERE shop = ?1", [shop], |row| row.get(0))
            .map_err(self.explain("counting what is known"))?;
        if known <= listed {
            return Ok(0);
        }
        let (mut forgotten, mut after) = (0, String::new());
        loop {
            let read = || -> rusqlite::Result<Vec<String>> {
                self.inner
                    .prepare_cached("SELECT url FROM known_pages WHERE shop = ?1 AND url > ?2 ORDER BY url LIMIT 1000")?
                    .query_map([shop, after.as_str()], |row| row.get(0))?
                    .collect()
            };
            let urls = read().map_err(self.explain("reading which pages are known"))?;
            let Some(last) = urls.last() else { break };
            after.clone_from(last);
            for url in urls {
                if !is_listed(&url)? {
                    forgotten += 1;
                    self.put("DELETE FROM known_pages WHERE shop = ?1 AND url = ?2", params![shop, url])?;
                }
            }
        }
        Ok(forgotten)
    }

    pub(super) fn put(&self, sql: &str, values: impl rusqlite::Params) -> Result<()> {
        let put = || self.inner.prepare_cached(sql)?.execute(values);
        put().map(drop).map_err(self.explain("noting what is known"))
    }
}

fn item(connection: &Connection, shop: &str, key: &ItemKey) -> rusqlite::Result<Option<KnownItem>> {
    connection
        .prepare_cached(
            "SELECT looked_at, in_vain, buyable, turned_from, turned_by, has_turned FROM known_items
             WHERE shop = ?1 AND item_key = ?2",
        )?
        .query_row([shop, &key.0], |row| {
            let turned: (Option<Moment>, Option<Moment>) = (row.get(3)?, row.get(4)?);
            Ok(KnownItem {
                looked_at: row.get::<_, Option<Moment>>(0)?.map(|at| at.0),
                in_vain: row.get(1)?,
                buyable: row.get(2)?,
                turned: turned.0.zip(turned.1).map(|(from, by)| (from.0, by.0)),
                has_turned: row.get(5)?,
            })
        })
        .optional()
}
