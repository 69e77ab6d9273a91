//! Incidents as they lie in the database, and what can be asked about them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{Address, Code, Json, Time};
use super::{Result, Store};
use crate::domain::{Cause, ChangeKind, Claim, Incident, ItemKey, Judgement, StockFact, Verdict};

const COLUMNS: &str = "id, shop, item_key, state, verdict, cause, because, first_seen, last_seen, opened_at, \
                       resolved_at, times_opened, told_at, item, image, claim, fact";

/// One step in an incident's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The run that saw it, while it is kept.
    pub run: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// What changed.
    pub kind: ChangeKind,
    /// What was wrong.
    pub verdict: Verdict,
    /// Why, if that could be seen.
    pub cause: Option<Cause>,
    /// Which rule applied to what.
    pub because: String,
}

/// A mismatch of one run with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The run.
    pub run: i64,
    /// When it was judged.
    pub seen_at: Timestamp,
    /// The verdict.
    pub judgement: Judgement,
    /// What the page claimed, with its signals.
    pub claim: Option<Claim>,
    /// What the stock source said.
    pub fact: Option<StockFact>,
}

impl Store {
    /// What is known of an item.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known(&self, shop: &str, key: &ItemKey) -> Result<Option<Incident>> {
        known(&self.connection, shop, key).map_err(self.explain("reading an incident"))
    }

    /// Open incidents, of one shop or of all, in the order in which they were first met: at most `limit` of those after
    /// the incident `after` (0 to begin with).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn open_incidents(&self, shop: Option<&str>, after: i64, limit: usize) -> Result<Vec<Incident>> {
        self.incidents(
            "state = 'open' AND id > ?1 AND (?2 IS NULL OR shop = ?2) ORDER BY id LIMIT ?3",
            params![after, shop, limit],
        )
    }

    /// Incidents of whatever state whose item goes by this name: its key, SKU, stock key or page.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn find(&self, name: &str) -> Result<Vec<Incident>> {
        self.incidents(
            "item_key = ?1 OR ?1 IN (item ->> 'sku', item ->> 'stock_key', item ->> 'url') ORDER BY id",
            [name],
        )
    }

    /// An incident's life so far, oldest first. That it merely went on is not part of it.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn history(&self, incident: i64) -> Result<Vec<Event>> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT run, at, kind, verdict, cause, because FROM incident_history WHERE incident = ?1 ORDER BY id",
                )?
                .query_map([incident], |row| {
                    Ok(Event {
                        run: row.get(0)?,
                        at: row.get::<_, Time>(1)?.0,
                        kind: row.get::<_, Code<_>>(2)?.0,
                        verdict: row.get::<_, Code<_>>(3)?.0,
                        cause: row.get::<_, Option<Code<_>>>(4)?.map(|cause| cause.0),
                        because: row.get(5)?,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading an incident's history"))
    }

    /// What the last runs found wrong with an item, newest first, at most `limit` of them.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn findings(&self, shop: &str, key: &ItemKey, limit: usize) -> Result<Vec<Finding>> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(
                    "SELECT run, seen_at, verdict, cause, because, claim, fact FROM findings
                     WHERE shop = ?1 AND item_key = ?2 ORDER BY run DESC LIMIT ?3",
                )?
                .query_map(params![shop, key.0, limit], |row| {
                    Ok(Finding {
                        run: row.get(0)?,
                        seen_at: row.get::<_, Time>(1)?.0,
                        judgement: Judgement {
                            verdict: row.get::<_, Code<_>>(2)?.0,
                            cause: row.get::<_, Option<Code<_>>>(3)?.map(|cause| cause.0),
                            because: row.get(4)?,
                        },
                        claim: row.get::<_, Option<Json<_>>>(5)?.map(|claim| claim.0),
                        fact: row.get::<_, Option<Json<_>>>(6)?.map(|fact| fact.0),
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading what was found"))
    }

    fn incidents(&self, which: &str, values: impl rusqlite::Params) -> Result<Vec<Incident>> {
        let read = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM incidents WHERE {which}"))?
                .query_map(values, incident)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading incidents"))
    }
}

pub(super) fn known(connection: &Connection, shop: &str, key: &ItemKey) -> rusqlite::Result<Option<Incident>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM incidents WHERE shop = ?1 AND item_key = ?2"))?
        .query_row(params![shop, key.0], incident)
        .optional()
}

/// Suspected and open incidents of a shop: at most `limit` of those after the incident `after`.
pub(super) fn unresolved(
    connection: &Connection,
    shop: &str,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Incident>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM incidents WHERE shop = ?1 AND id > ?2 AND state <> 'resolved' ORDER BY id LIMIT ?3"
        ))?
        .query_map(params![shop, after, limit], incident)?
        .collect()
}

/// Incidents of which something may have to be said: open ones that nobody was told of or that were seen wrong since
/// `since`, and resolved ones whose owners believe them open. At most `limit` of those after the incident `after`.
pub(super) fn to_be_told(
    connection: &Connection,
    since: Timestamp,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Incident>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM incidents
             WHERE id > ?2 AND (state = 'open' AND (told_at IS NULL OR last_seen >= ?1)
                OR state = 'resolved' AND told_at IS NOT NULL)
             ORDER BY id LIMIT ?3"
        ))?
        .query_map(params![Time(since), after, limit], incident)?
        .collect()
}

/// Writes an incident over what was known of its item, and returns its row.
pub(super) fn write(connection: &Connection, incident: &Incident) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO incidents (shop, item_key, state, verdict, cause, because, first_seen, last_seen, opened_at,
                resolved_at, times_opened, told_at, item, image, claim, fact)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (shop, item_key) DO UPDATE SET state = ?3, verdict = ?4, cause = ?5, because = ?6,
                first_seen = ?7, last_seen = ?8, opened_at = ?9, resolved_at = ?10, times_opened = ?11, told_at = ?12,
                item = ?13, image = ?14, claim = ?15, fact = ?16
             RETURNING id",
        )?
        .query_row(
            params![
                incident.shop,
                incident.key.0,
                Code(incident.state),
                Code(&incident.verdict),
                incident.cause.map(Code),
                incident.because,
                Time(incident.first_seen),
                Time(incident.last_seen),
                incident.opened_at.map(Time),
                incident.resolved_at.map(Time),
                incident.times_opened,
                incident.told_at.map(Time),
                Json(&incident.item),
                incident.image.clone().map(Address),
                incident.claim.as_ref().map(Json),
                incident.fact.as_ref().map(Json),
            ],
            |row| row.get(0),
        )
}

fn incident(row: &rusqlite::Row<'_>) -> rusqlite::Result<Incident> {
    let time = |column: &str| -> rusqlite::Result<_> { Ok(row.get::<_, Option<Time>>(column)?.map(|time| time.0)) };
    Ok(Incident {
        id: row.get("id")?,
        shop: row.get("shop")?,
        key: ItemKey(row.get("item_key")?),
        item: row.get::<_, Json<_>>("item")?.0,
        image: row.get::<_, Option<Address>>("image")?.map(|image| image.0),
        verdict: row.get::<_, Code<_>>("verdict")?.0,
        cause: row.get::<_, Option<Code<_>>>("cause")?.map(|cause| cause.0),
        because: row.get("because")?,
        state: row.get::<_, Code<_>>("state")?.0,
        first_seen: row.get::<_, Time>("first_seen")?.0,
        last_seen: row.get::<_, Time>("last_seen")?.0,
        opened_at: time("opened_at")?,
        resolved_at: time("resolved_at")?,
        times_opened: row.get("times_opened")?,
        told_at: time("told_at")?,
        claim: row.get::<_, Option<Json<_>>>("claim")?.map(|claim| claim.0),
        fact: row.get::<_, Option<Json<_>>>("fact")?.map(|fact| fact.0),
    })
}
