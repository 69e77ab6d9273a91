//! What is old enough to forget.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::columns::Time;
use super::memory::Moment;
use super::{Result, Store};

/// How much was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// Runs, with what they found.
    pub runs: usize,
    /// Resolved incidents, with their history.
    pub incidents: usize,
    /// Notices that were sent or refused for good.
    pub notices: usize,
}

impl Store {
    /// Forgets, in one step, what is older than the configuration keeps: runs that ended (or were killed) before then,
    /// incidents that were over before then, notices sent, refused for good or dropped before then, and silences that ended
    /// before then, and all that is known of shops that were not checked since then. What is suspected, open or
    /// waiting to be sent is never forgotten.
    ///
    /// # Errors
    /// If the database cannot be written; then nothing is forgotten.
    pub fn retire(&mut self, now: Timestamp) -> Result<Retired> {
        let keep = SignedDuration::try_from(self.options.keep).unwrap_or(SignedDuration::MAX);
        let before = Time(now.checked_sub(keep).unwrap_or(Timestamp::MIN));
        let file = self.options.file.clone();
        let mut retire = || -> rusqlite::Result<_> {
            let all = self.connection.transaction()?;
            let retired = Retired {
                notices: all.execute(
                    "DELETE FROM notices WHERE (state = 'sent' AND sent_at < ?1)
                        OR (state IN ('dead', 'dropped') AND next_attempt_at < ?1)",
                    params![before],
                )?,
                incidents: all.execute(
                    "DELETE FROM incidents WHERE state IN ('resolved', 'expired') AND resolved_at < ?1",
                    params![before],
                )?,
                runs: all.execute("DELETE FROM runs WHERE coalesce(finished_at, started_at) < ?1", params![before])?,
            };
            all.execute("DELETE FROM silences WHERE until < ?1", params![before])?;
            let before = Moment(before.0);
            all.execute("DELETE FROM lags WHERE turned_by < ?1", params![before])?;
            // A shop that was not checked for so long is not in the configuration any more.
            for table in ["known_items", "known_pages", "standings", "lags"] {
                let sql = format!("DELETE FROM {table} WHERE shop IN (SELECT shop FROM visits WHERE at < ?1)");
                all.execute(&sql, params![before])?;
            }
            all.execute("DELETE FROM visits WHERE at < ?1", params![before])?;
            all.commit().map(|()| retired)
        };
        retire().map_err(super::explain(&file, "forgetting what is old"))
    }
}
