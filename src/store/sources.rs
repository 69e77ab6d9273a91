//! Stock sources: the last reading that was believed, and whether the newest one is not.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::columns::{Json, Time};
use super::{Result, Store, Transaction};
use crate::domain::{Census, Doubted};

impl Store {
    /// The last reading of a source that was believed, if there was one.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn census(&self, shop: &str, source: &str) -> Result<Option<Census>> {
        self.connection
            .query_row(
                "SELECT census FROM sources WHERE shop = ?1 AND source = ?2 AND census IS NOT NULL",
                [shop, source],
                |row| Ok(row.get::<_, Json<Census>>(0)?.0),
            )
            .optional()
            .map_err(self.explain("reading what a stock source said last"))
    }
}

impl Store {
    /// Forgets the sources that the configuration does not name any more; these are the ones it names, by shop and name.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn keep_sources<'a>(&self, named: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
        let named: Vec<(&str, &str)> = named.collect();
        let sql = "DELETE FROM sources WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) AS named
                   WHERE named.value ->> 0 = shop AND named.value ->> 1 = source)";
        let forgotten = self.connection.execute(sql, [Json(named)]);
        forgotten.map(drop).map_err(self.explain("forgetting stock sources"))
    }
}

impl Transaction<'_> {
    /// The shops that have a source that is not believed.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn doubted_shops(&self) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.inner.prepare("SELECT DISTINCT shop FROM sources WHERE doubt IS NOT NULL")?;
            statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading which stock sources are not believed"))
    }

    /// Notes a reading that is believed; with it an earlier doubt is lifted.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn believe(&self, shop: &str, source: &str, census: &Census) -> Result<()> {
        let sql = "INSERT INTO sources (shop, source, census) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
                   SET census = excluded.census, doubted_at = NULL, doubt = NULL, told_at = NULL";
        self.inner
            .execute(sql, params![shop, source, Json(census)])
            .map(drop)
            .map_err(self.explain("noting what a stock source said"))
    }

    /// Notes that a source is not believed. Since when stays as it was, and whether it was told, unless the
    /// reason is another now.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn doubt(&self, doubted: &Doubted) -> Result<()> {
        let sql = "INSERT INTO sources (shop, source, doubted_at, doubt) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
                   SET doubted_at = coalesce(doubted_at, excluded.doubted_at), doubt = excluded.doubt,
                       told_at = iif(doubt ->> 'kind' IS excluded.doubt ->> 'kind', told_at, NULL)";
        self.inner
            .execute(sql, params![doubted.shop, doubted.source, Time(doubted.since), Json(&doubted.doubt)])
            .map(drop)
            .map_err(self.explain("noting that a stock source is not believed"))
    }

    /// Since when a source is not believed; `None`: it is.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn doubted_since(&self, shop: &str, source: &str) -> Result<Option<Timestamp>> {
        let sql = "SELECT doubted_at FROM sources WHERE shop = ?1 AND source = ?2 AND doubt IS NOT NULL";
        self.inner
            .query_row(sql, [shop, source], |row| Ok(row.get::<_, Time>(0)?.0))
            .optional()
            .map_err(self.explain("reading which stock sources are not believed"))
    }

    /// Notes that nothing is held against what was doubted any more.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn undoubt(&self, shop: &str, source: &str) -> Result<()> {
        self.inner
            .execute("DELETE FROM sources WHERE shop = ?1 AND source = ?2", [shop, source])
            .map(drop)
            .map_err(self.explain("noting that a stock source is believed"))
    }

    /// Sources that are not believed and of which nobody was told yet.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn untold_doubts(&self) -> Result<Vec<Doubted>> {
        let read = || -> rusqlite::Result<_> {
            let sql = "SELECT shop, source, doubt, doubted_at FROM sources
                       WHERE doubt IS NOT NULL AND told_at IS NULL ORDER BY shop, source";
            let mut statement = self.inner.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(Doubted {
                    shop: row.get(0)?,
                    source: row.get(1)?,
                    doubt: row.get::<_, Json<_>>(2)?.0,
                    since: row.get::<_, Time>(3)?.0,
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading which stock sources are not believed"))
    }

    /// Notes that whoever runs the shops was told of every doubt there is, by this notice.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn doubts_told(&self, notice: i64, now: Timestamp) -> Result<()> {
        let sql = "UPDATE sources SET told_at = ?1, notice = ?2 WHERE doubt IS NOT NULL AND told_at IS NULL";
        self.inner.execute(sql, params![Time(now), notice]).map(drop).map_err(self.explain("noting who was told"))
    }
}
