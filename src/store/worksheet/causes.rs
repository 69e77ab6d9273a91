//! What only many items together can tell of why they are wrong, and what shares a cause.

use rusqlite::params;

use super::{Row, Worksheet, explain};
use crate::domain::{CauseSummary, Judged, Why};
use crate::store::Result;
use crate::store::columns::{Code, Json};

/// `changes` counts by source and span of time what is wrong; the span [`ALL`] counts them all.
pub(super) const TABLES: &str = "
    CREATE TABLE changes (source TEXT NOT NULL, span INTEGER NOT NULL, items INTEGER NOT NULL,
        PRIMARY KEY (source, span)) STRICT, WITHOUT ROWID;
    CREATE TABLE causes (item INTEGER PRIMARY KEY, cause TEXT NOT NULL, place TEXT NOT NULL, evidence TEXT NOT NULL) STRICT;";

/// Seconds in a span of time.
const SPAN: i64 = 600;
/// The span that stands for any.
const ALL: i64 = -1;
/// Groups that are told apart.
const GROUPS: usize = 100;
/// Items of one page that are looked at.
const SIBLINGS: usize = 50;

impl Worksheet {
    /// Items that are wrong, in the order of the catalogue: at most `limit` after the row `after` (0 to begin with). They
    /// may be judged anew while they are gone through.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn mismatches(&self, after: i64, limit: usize) -> Result<Vec<Row<Judged>>> {
        self.rows("SELECT item, judged FROM judged WHERE mismatch AND item > ?1 ORDER BY item LIMIT ?2", after, limit)
    }

    /// What was judged of the other items on the page of the item in a row.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn siblings(&self, item: i64) -> Result<Vec<Judged>> {
        let get = || -> rusqlite::Result<_> {
            self.connection.execute_batch("CREATE INDEX IF NOT EXISTS judged_by_page ON judged (page)")?;
            self.connection
                .prepare_cached(
                    "SELECT judged FROM judged WHERE page = (SELECT page FROM items WHERE id = ?1) AND item <> ?1 LIMIT ?2",
                )?
                .query_map(params![item, SIBLINGS], |row| Ok(row.get::<_, Json<_>>(0)?.0))?
                .collect()
        };
        get().map_err(explain("looking at the other items of a page"))
    }

    /// Notes that something is wrong whose stock changed at a time, in seconds since 1970.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn note_change(&self, source: &str, second: i64) -> Result<()> {
        let note = || -> rusqlite::Result<_> {
            for span in [ALL, second.max(0) / SPAN] {
                self.connection
                    .prepare_cached(
                        "INSERT INTO changes (source, span, items) VALUES (?1, ?2, 1)
                         ON CONFLICT DO UPDATE SET items = items + 1",
                    )?
                    .execute(params![source, span])?;
            }
            Ok(())
        };
        note().map_err(explain("noting when the stock changed"))
    }

    /// Of what was noted of a source: how many changed at about this time, and how many there are.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn changes(&self, source: &str, second: i64) -> Result<(u64, u64)> {
        let get = || -> rusqlite::Result<_> {
            let span = second.max(0) / SPAN;
            let mut count = self.connection.prepare_cached(
                "SELECT coalesce(sum(items), 0) FROM changes WHERE source = ?1 AND span BETWEEN ?2 AND ?3",
            )?;
            let alike = count.query_row(params![source, (span - 1).max(0), span + 1], |row| row.get(0))?;
            Ok((alike, count.query_row(params![source, ALL, ALL], |row| row.get(0))?))
        };
        get().map_err(explain("counting what changed together"))
    }

    /// Notes why the item in a row is wrong.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn put_cause(&self, item: i64, why: &Why) -> Result<()> {
        let put = || -> rusqlite::Result<_> {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO causes (item, cause, place, evidence) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![item, Code(why.cause), why.at, why.evidence])
        };
        put().map(drop).map_err(explain("noting a cause"))
    }

    /// What shares a cause, the most first. What speaks for it is told of the first item.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn causes(&self) -> Result<Vec<CauseSummary>> {
        let get = || -> rusqlite::Result<_> {
            self.connection
                .prepare(
                    "SELECT cause, place, count(*) AS items, evidence, min(item) AS first FROM causes
                     GROUP BY cause, place ORDER BY items DESC, first LIMIT ?1",
                )?
                .query_map([GROUPS], |row| {
                    let Code(cause) = row.get(0)?;
                    Ok(CauseSummary { cause, at: row.get(1)?, incidents: row.get(2)?, evidence: row.get(3)? })
                })?
                .collect()
        };
        get().map_err(explain("counting what shares a cause"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Cause;

    #[test]
    fn what_shares_a_cause_is_counted_the_most_first() {
        let sheet = Worksheet::new().unwrap();
        let why = |cause, at: &str, evidence: &str| Why { cause, at: at.into(), evidence: evidence.into() };
        for (item, why) in [
            (1, why(Cause::FeedLag, "feed google", "one")),
            (2, why(Cause::ListingLag, "listing Purim campaign", "two")),
            (3, why(Cause::ListingLag, "listing Purim campaign", "three")),
            (4, why(Cause::ListingLag, "listing bestsellers", "four")),
            (4, why(Cause::ListingLag, "listing Purim campaign", "judged anew")),
        ] {
            sheet.put_cause(item, &why).unwrap();
        }
        let counted: Vec<_> = sheet
            .causes()
            .unwrap()
            .into_iter()
            .map(|one| (one.cause.code(), one.at, one.incidents, one.evidence))
            .collect();
        let expected = [("listing_lag", "listing Purim campaign", 3, "two"), ("feed_lag", "feed google", 1, "one")];
        assert_eq!(counted, expected.map(|(cause, at, count, said)| (cause, at.to_owned(), count, said.to_owned())));
    }

    #[test]
    fn changes_at_about_the_same_time_are_alike() {
        let sheet = Worksheet::new().unwrap();
        for second in [10_000, 10_100, 10_700, 50_000] {
            sheet.note_change("erp", second).unwrap();
        }
        sheet.note_change("shop", 10_000).unwrap();
        assert_eq!(sheet.changes("erp", 10_050).unwrap(), (3, 4));
        assert_eq!(sheet.changes("erp", 50_000).unwrap(), (1, 4));
        assert_eq!(sheet.changes("nobody", 10_000).unwrap(), (0, 0));
    }
}
