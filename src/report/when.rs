//! Times as a person reads them.

use jiff::{Timestamp, tz::TimeZone};

use super::words;

/// The present, and the zone in which times are shown.
#[derive(Clone, Debug)]
pub struct When {
    /// Now.
    pub now: Timestamp,
    /// Where the reader's clock hangs.
    pub zone: TimeZone,
}

impl When {
    /// A time to the minute, on the wall: `2026-11-22 14:00 IST`.
    pub fn at(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// `until 2026-11-22 14:00 IST`, or what it lasts for where no time is set.
    pub fn until(&self, until: Option<Timestamp>, otherwise: &str) -> String {
        until.map_or_else(|| otherwise.to_owned(), |until| format!("until {}", self.at(until)))
    }

    /// `2026-11-22 14:00 IST, 3 h ago`.
    pub fn since(&self, at: Timestamp) -> String {
        match words::ago(at, self.now) {
            ago if ago == "now" => self.at(at),
            ago => format!("{}, {ago} ago", self.at(at)),
        }
    }
}
