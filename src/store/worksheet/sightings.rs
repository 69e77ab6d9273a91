//! What touchpoints other than the product pages showed, and finding the item they showed.

use rusqlite::{OptionalExtension, params};
use url::Url;

use super::super::Result;
use super::super::columns::{Address, Json};
use super::{Row, Worksheet, explain};
use crate::domain::{Gtin, Item, ItemKey, Sighting, Touchpoint, bare};

pub(super) const TABLES: &str = "
    CREATE TABLE sightings (
        item INTEGER NOT NULL, touchpoint INTEGER NOT NULL, place TEXT NOT NULL, sighting TEXT NOT NULL,
        PRIMARY KEY (item, touchpoint, place)
    ) STRICT, WITHOUT ROWID;";

impl Worksheet {
    /// Notes what a touchpoint showed of the item in a row, over what the same feed or listing showed of it before.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_sighting(&self, item: i64, sighting: &Sighting) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO sightings (item, touchpoint, place, sighting) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![item, order(sighting.touchpoint), place(sighting.place.as_deref()), Json(sighting)])
        };
        put().map(drop).map_err(explain("noting what a touchpoint showed"))
    }

    /// What was shown of the item in a row, in the order of the journey.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn sightings(&self, item: i64) -> Result<Vec<Sighting>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT sighting FROM sightings WHERE item = ?1 ORDER BY touchpoint, place")?
                .query_map([item], |row| Ok(row.get::<_, Json<_>>(0)?.0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("reading what touchpoints showed"))
    }

    /// What one feed or listing (or the cart) showed of the item in a row.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn sighting(&self, item: i64, touchpoint: Touchpoint, at: Option<&str>) -> Result<Option<Sighting>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("SELECT sighting FROM sightings WHERE item = ?1 AND touchpoint = ?2 AND place = ?3")?
                .query_row(params![item, order(touchpoint), place(at)], |row| Ok(row.get::<_, Json<_>>(0)?.0))
                .optional()
        };
        get().map_err(explain("reading what a touchpoint showed"))
    }

    /// Forgets what a feed or listing (or the cart) showed of the item in a row: it does not show it any more.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn drop_sighting(&self, item: i64, touchpoint: Touchpoint, at: Option<&str>) -> Result<()> {
        let drop_it = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("DELETE FROM sightings WHERE item = ?1 AND touchpoint = ?2 AND place = ?3")?
                .execute(params![item, order(touchpoint), place(at)])
        };
        drop_it().map(drop).map_err(explain("forgetting what a touchpoint showed"))
    }

    /// The item with this key.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn row_of(&self, key: &ItemKey) -> Result<Option<Row<Item>>> {
        self.found("SELECT id, item FROM items WHERE key = ?1", &key.0).map(|rows| rows.into_iter().next())
    }

    /// The items under this key of the stock source, in the order of the catalogue.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn rows_with_stock_key(&self, key: &str) -> Result<Vec<Row<Item>>> {
        self.index("stock_key").map_err(explain("sorting items"))?;
        self.found("SELECT id, item FROM items WHERE stock_key = ?1 ORDER BY id", key)
    }

    /// The items with this trade item number, however either is written, in the order of the catalogue.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn rows_with_gtin(&self, gtin: &Gtin) -> Result<Vec<Row<Item>>> {
        self.index("gtin").map_err(explain("sorting items"))?;
        self.found("SELECT id, item FROM items WHERE gtin = ?1 ORDER BY id", &gtin.to_string())
    }

    /// The items on this page, in the order of the catalogue: under this very address, else under one that is the same
    /// [`bare`].
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn rows_on(&self, url: &Url) -> Result<Vec<Row<Item>>> {
        for column in ["page", "bare"] {
            self.index(column).map_err(explain("sorting items"))?;
        }
        let mut page = url.clone();
        page.set_fragment(None);
        let exact = self.found("SELECT id, item FROM items WHERE page = ?1 ORDER BY id", page.as_str())?;
        if !exact.is_empty() {
            return Ok(exact);
        }
        self.found("SELECT id, item FROM items WHERE bare = ?1 ORDER BY id", &bare(url))
    }

    /// All items on this page, in the order of the catalogue: also those whose address only chooses another variant of it.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn rows_beside(&self, url: &Url) -> Result<Vec<Row<Item>>> {
        self.index("bare").map_err(explain("sorting items"))?;
        self.found("SELECT id, item FROM items WHERE bare = ?1 ORDER BY id", &bare(url))
    }

    /// Gives the item in a row a page, where the catalogue names none.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn give_page(&self, row: &mut Row<Item>, url: &Url) -> Result<()> {
        if row.value.url.is_some() {
            return Ok(());
        }
        row.value.url = Some(url.clone());
        let page = super::page(&row.value);
        let give = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("UPDATE items SET page = ?2, bare = ?3, item = ?4 WHERE id = ?1")?
                .execute(params![row.id, page.map(Address), bare(url), Json(&row.value)])
        };
        give().map(drop).map_err(explain("noting an item's page"))
    }

    fn found(&self, sql: &str, by: &str) -> Result<Vec<Row<Item>>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(sql)?
                .query_map([by], |row| Ok(Row { id: row.get(0)?, value: row.get::<_, Json<_>>(1)?.0 }))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        get().map_err(explain("looking for an item"))
    }
}

/// Its place on the journey.
fn order(touchpoint: Touchpoint) -> usize {
    Touchpoint::ALL.iter().position(|known| *known == touchpoint).unwrap_or_default()
}

/// SQL's NULL is unlike itself, so no place is the empty one.
fn place(place: Option<&str>) -> &str {
    place.unwrap_or_default()
}
