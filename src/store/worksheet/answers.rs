//! What the stock sources answered, and by what else than its key an answer can be found. Sources go by number, in order
//! of precedence.

use rusqlite::{OptionalExtension, params};

use super::{Worksheet, explain};
use crate::domain::{Census, StockAnswer};
use crate::store::Result;
use crate::store::columns::Json;

/// `answers` is keyed by what it is looked up by. `aliases` and `mapping` get their indexes when they are first looked
/// into, after everything is in: sorting once is many times faster than keeping order all the time.
pub(super) const TABLES: &str = "
    CREATE TABLE answers (source INTEGER NOT NULL, key TEXT NOT NULL, answer TEXT NOT NULL, sold INTEGER,
        PRIMARY KEY (source, key)) STRICT;
    CREATE TABLE aliases (source INTEGER NOT NULL, catalogue INTEGER NOT NULL, alias TEXT NOT NULL, key TEXT NOT NULL)
        STRICT;
    CREATE TABLE mapping (source INTEGER NOT NULL, key TEXT NOT NULL, becomes TEXT NOT NULL) STRICT;
    CREATE TABLE wanted (source INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (source, key)) STRICT, WITHOUT ROWID;
    CREATE TABLE used (source INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (source, key)) STRICT, WITHOUT ROWID;";

/// Who lists a key under an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// The stock source.
    Source,
    /// The catalogue.
    Catalogue,
}

impl Worksheet {
    /// Notes what a stock source answered; the last answer to a key counts.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_answer(&self, source: usize, key: &str, answer: &StockAnswer) -> Result<()> {
        let sold = match answer {
            StockAnswer::Known(fact) => Some(fact.buyable()),
            StockAnswer::Missing | StockAnswer::Failed(_) => None,
        };
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO answers (source, key, answer, sold) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![source, key, Json(answer), sold])
        };
        put().map(drop).map_err(explain("noting an answer of the stock source"))
    }

    /// Forgets all answers of a source, before it is read anew: what it lists no longer must not be remembered.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn forget_answers(&self, source: usize) -> Result<()> {
        let forget = || -> rusqlite::Result<_> {
            self.connection.execute("DELETE FROM aliases WHERE source = ?1 AND NOT catalogue", [source])?;
            self.connection.execute("DELETE FROM answers WHERE source = ?1", [source])
        };
        forget().map(drop).map_err(explain("forgetting answers"))
    }

    /// What a stock source answered to a key. `None`: nothing yet.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn answer(&self, source: usize, key: &str) -> Result<Option<StockAnswer>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT answer FROM answers WHERE source = ?1 AND key = ?2")?
                .query_row(params![source, key], |row| Ok(row.get::<_, Json<_>>(0)?.0))
                .optional()
        };
        get().map_err(explain("reading an answer of the stock source"))
    }

    /// Notes by what else than itself a key can be found: one of the source, or one by which the catalogue seeks there.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_alias(&self, source: usize, lists: Lists, alias: &str, key: &str) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("INSERT INTO aliases (source, catalogue, alias, key) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![source, lists == Lists::Catalogue, alias, key])
        };
        put().map(drop).map_err(explain("noting an alias"))
    }

    /// The different keys that go by an alias, in order; two of them say enough.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn keys_by_alias(&self, source: usize, lists: Lists, alias: &str) -> Result<Vec<String>> {
        let get = || -> rusqlite::Result<_> {
            self.sorted("aliases", "source, catalogue, alias, key")?;
            self.connection
                .prepare_cached(
                    "SELECT DISTINCT key FROM aliases WHERE source = ?1 AND catalogue = ?2 AND alias = ?3
                     ORDER BY key LIMIT 2",
                )?
                .query_map(params![source, lists == Lists::Catalogue, alias], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("looking for a key by its alias"))
    }

    /// Notes what a mapping file says: the source knows this key of the catalogue as another one.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_mapping(&self, source: usize, key: &str, becomes: &str) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("INSERT INTO mapping (source, key, becomes) VALUES (?1, ?2, ?3)")?
                .execute(params![source, key, becomes])
        };
        put().map(drop).map_err(explain("noting a row of the mapping"))
    }

    /// The different keys that a mapping file gives for a key of the catalogue, in order; two of them say enough.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn mapped(&self, source: usize, key: &str) -> Result<Vec<String>> {
        let get = || -> rusqlite::Result<_> {
            self.sorted("mapping", "source, key, becomes")?;
            self.connection
                .prepare_cached(
                    "SELECT DISTINCT becomes FROM mapping WHERE source = ?1 AND key = ?2 ORDER BY becomes LIMIT 2",
                )?
                .query_map(params![source, key], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("looking into the mapping"))
    }

    /// Keys of items that a source has not answered for, in order: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn keys_without_answer(&self, source: usize, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        self.index("stock_key").map_err(explain("listing keys to ask for"))?;
        self.keys_to_ask(
            "SELECT DISTINCT stock_key FROM items WHERE stock_key > ?2
                AND NOT EXISTS (SELECT 1 FROM answers WHERE source = ?1 AND key = stock_key)
             ORDER BY stock_key LIMIT ?3",
            source,
            after,
            limit,
        )
    }

    /// Brings the catalogue's keys into the words of a source's mapping, for [`Worksheet::mapped_keys_without_answer`].
    /// A key for which the mapping gives several is left out.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn map_keys(&self, source: usize) -> Result<()> {
        let map = || -> rusqlite::Result<_> {
            self.sorted("mapping", "source, key, becomes")?;
            self.connection.execute(
                "INSERT OR IGNORE INTO wanted (source, key)
                 SELECT ?1, coalesce(min(becomes), stock_key) FROM items
                    LEFT JOIN mapping ON mapping.source = ?1 AND mapping.key = stock_key
                 WHERE stock_key IS NOT NULL GROUP BY stock_key HAVING count(DISTINCT becomes) < 2",
                [source],
            )
        };
        map().map(drop).map_err(explain("mapping keys"))
    }

    /// As [`Worksheet::keys_without_answer`], in the words of the source's mapping.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn mapped_keys_without_answer(&self, source: usize, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        self.keys_to_ask(
            "SELECT key FROM wanted WHERE source = ?1 AND key > ?2
                AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.source = ?1 AND answers.key = wanted.key)
             ORDER BY key LIMIT ?3",
            source,
            after,
            limit,
        )
    }

    fn keys_to_ask(&self, sql: &str, source: usize, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(sql)?
                .query_map(params![source, after.unwrap_or_default(), limit], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("listing keys to ask for"))
    }

    /// Notes that an item goes by a key of a source that is not the catalogue's own key.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_used(&self, source: usize, key: &str) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO used (source, key) VALUES (?1, ?2)")?
                .execute(params![source, key])
        };
        put().map(drop).map_err(explain("noting a key that is used"))
    }

    /// How many keys a source answered for, and how many of these no item goes by.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn answered(&self, source: usize) -> Result<(u64, u64)> {
        let count = || -> rusqlite::Result<_> {
            self.index("stock_key")?;
            self.connection.query_row(
                "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM items WHERE stock_key = answers.key)
                    AND NOT EXISTS (SELECT 1 FROM used WHERE used.source = ?1 AND used.key = answers.key))
                 FROM answers WHERE source = ?1 AND answer <> '\"missing\"'",
                [source],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        };
        count().map_err(explain("counting answers"))
    }

    /// Counts what a source knows, key by key, and what of it the catalogue names by the very key. Everything else in the
    /// census stays as it is.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn count_answers(&self, source: usize, census: Census) -> Result<Census> {
        let count = || -> rusqlite::Result<_> {
            self.index("stock_key")?;
            let listed = "EXISTS (SELECT 1 FROM items WHERE stock_key = answers.key)";
            self.connection.query_row(
                &format!(
                    "SELECT count(sold), count(*) FILTER (WHERE sold = 0), count(sold) FILTER (WHERE {listed}),
                        count(*) FILTER (WHERE sold = 0 AND {listed}) FROM answers WHERE source = ?1"
                ),
                [source],
                |row| {
                    let (known, none, listed, listed_none) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                    Ok(Census { known, none, listed, listed_none, ..census })
                },
            )
        };
        count().map_err(explain("counting answers"))
    }

    /// Sorts a table, once.
    fn sorted(&self, table: &str, columns: &str) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(&format!("CREATE INDEX IF NOT EXISTS {table}_sorted ON {table} ({columns})"))?
            .execute([])
            .map(drop)
    }
}
