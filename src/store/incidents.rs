//! Incidents as they lie in the database, and what can be asked about them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{Address, Code, Json, Time};
use super::{Result, Store};
use crate::domain::{
    Cause, ChangeKind, Claim, Hand, Incident, IncidentState, ItemKey, Judgement, StockFact, Telling, Verdict,
};

const COLUMNS: &str = "id, shop, item_key, state, verdict, cause, because, first_seen, last_seen, opened_at, \
                       resolved_at, times_opened, streak, ack, severity, item, image, claim, fact, journey";

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
    /// Who did it, where it was a person.
    pub hand: Option<Hand>,
}

/// Which incidents are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In one of these states; none given: in any.
    pub states: Vec<IncidentState>,
    /// Of this shop.
    pub shop: Option<String>,
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

    /// Incidents in the order in which they were first met: at most `limit` of those after the incident `after` (0 to
    /// begin with).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn incidents(&self, wanted: &Wanted, after: i64, limit: usize) -> Result<Vec<Incident>> {
        let states: Vec<&str> = wanted.states.iter().map(|state| state.code()).collect();
        self.read_incidents(
            "id > ?1 AND (?2 IS NULL OR shop = ?2)
             AND (json_array_length(?3) = 0 OR state IN (SELECT value FROM json_each(?3))) ORDER BY id LIMIT ?4",
            params![after, wanted.shop, Json(states), limit],
        )
    }

    /// The incident with this number.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn incident(&self, id: i64) -> Result<Option<Incident>> {
        self.read_incidents("id = ?1", [id]).map(|mut found| found.pop())
    }

    /// Incidents of whatever state whose item goes by this name: its key, SKU, stock key or page.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn find(&self, name: &str) -> Result<Vec<Incident>> {
        self.read_incidents(
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
                    "SELECT run, at, kind, verdict, cause, because, by, note FROM incident_history WHERE incident = ?1 ORDER BY id",
                )?
                .query_map([incident], |row| {
                    Ok(Event {
                        run: row.get(0)?,
                        at: row.get::<_, Time>(1)?.0,
                        kind: row.get::<_, Code<_>>(2)?.0,
                        verdict: row.get::<_, Code<_>>(3)?.0,
                        cause: row.get::<_, Option<Code<_>>>(4)?.map(|cause| cause.0),
                        because: row.get(5)?,
                        hand: match row.get::<_, Option<String>>(6)? {
                            Some(by) => Some(Hand { by, note: row.get::<_, Option<String>>(7)?.unwrap_or_default() }),
                            None => None,
                        },
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.explain("reading an incident's history"))
    }

    /// Whom an incident was told to and who believes it open, in the order of their keys.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn tellings(&self, incident: i64) -> Result<Vec<Telling>> {
        tellings(&self.connection, incident).map_err(self.explain("reading who was told"))
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

    fn read_incidents(&self, which: &str, values: impl rusqlite::Params) -> Result<Vec<Incident>> {
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
            "SELECT {COLUMNS} FROM incidents WHERE shop = ?1 AND id > ?2 AND state NOT IN ('resolved', 'expired')
             ORDER BY id LIMIT ?3"
        ))?
        .query_map(params![shop, after, limit], incident)?
        .collect()
}

/// Suspected, open and acknowledged incidents of all shops: at most `limit` of those after the incident `after`.
pub(super) fn not_over(connection: &Connection, after: i64, limit: usize) -> rusqlite::Result<Vec<Incident>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM incidents WHERE id > ?1 AND state NOT IN ('resolved', 'expired') ORDER BY id LIMIT ?2"
        ))?
        .query_map(params![after, limit], incident)?
        .collect()
}

/// Incidents that are open, or that a recipient believes open, each with whom it was told to: at most `limit` of those
/// after the incident `after`.
pub(super) fn tellable(
    connection: &Connection,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<(Incident, Vec<Telling>)>> {
    let incidents = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM incidents
             WHERE id > ?1 AND (state IN ('open', 'acknowledged') OR EXISTS (SELECT 1 FROM told WHERE incident = id))
             ORDER BY id LIMIT ?2"
        ))?
        .query_map(params![after, limit], incident)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let with_tellings = |incident: Incident| {
        let tellings = tellings(connection, incident.id.unwrap_or_default())?;
        Ok((incident, tellings))
    };
    incidents.into_iter().map(with_tellings).collect()
}

fn tellings(connection: &Connection, incident: i64) -> rusqlite::Result<Vec<Telling>> {
    connection
        .prepare_cached(
            "SELECT told.recipient, told.at, told.times, told.stale, coalesce(notices.state, 'sent') = 'pending'
             FROM told LEFT JOIN notices ON notices.id = told.notice WHERE told.incident = ?1 ORDER BY told.recipient",
        )?
        .query_map([incident], |row| {
            Ok(Telling {
                recipient: row.get(0)?,
                at: row.get::<_, Time>(1)?.0,
                times: row.get(2)?,
                stale: row.get(3)?,
                waits: row.get(4)?,
            })
        })?
        .collect()
}

/// Writes an incident over what was known of its item, and returns its row.
pub(super) fn write(connection: &Connection, incident: &Incident) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            // By its own number, so that what merely goes on uses up none: people type them.
            "INSERT INTO incidents (id, shop, item_key, state, verdict, cause, because, first_seen, last_seen, opened_at,
                resolved_at, times_opened, streak, ack, severity, item, image, claim, fact, journey)
             VALUES ((SELECT id FROM incidents WHERE shop = ?1 AND item_key = ?2), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
             ON CONFLICT DO UPDATE SET state = ?3, verdict = ?4, cause = ?5, because = ?6,
                first_seen = ?7, last_seen = ?8, opened_at = ?9, resolved_at = ?10, times_opened = ?11, streak = ?12,
                ack = ?13, severity = ?14, item = ?15, image = ?16, claim = ?17, fact = ?18, journey = ?19
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
                Json(&incident.streak),
                incident.ack.as_ref().map(Json),
                incident.severity.as_ref().map(Json),
                Json(&incident.item),
                incident.image.clone().map(Address),
                incident.claim.as_ref().map(Json),
                incident.fact.as_ref().map(Json),
                Json(&incident.journey),
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
        streak: row.get::<_, Json<_>>("streak")?.0,
        ack: row.get::<_, Option<Json<_>>>("ack")?.map(|ack| ack.0),
        severity: row.get::<_, Option<Json<_>>>("severity")?.map(|severity| severity.0),
        claim: row.get::<_, Option<Json<_>>>("claim")?.map(|claim| claim.0),
        fact: row.get::<_, Option<Json<_>>>("fact")?.map(|fact| fact.0),
        journey: row.get::<_, Option<Json<_>>>("journey")?.map(|journey| journey.0).unwrap_or_default(),
    })
}
