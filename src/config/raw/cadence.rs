//! When people are told.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{AtOnce, Duration, Level, Tells, Text, Whole};

/// When people are told, of what, and how often.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cadence {
    /// Time zone of all times here and of those in notices, such as `Asia/Jerusalem`. Default: this machine's.
    pub(crate) timezone: Option<Text>,
    /// When a digest goes out: times such as `08:00`, and cron expressions such as `0 14 * * 0-4`. Default: with the run
    /// that finds something.
    pub(crate) digest: Option<Vec<Text>>,
    /// What is at least this severe does not wait for a digest: `low`, `medium`, `high`, `critical`, or `never`. Default:
    /// `never`.
    pub(crate) at_once: Option<AtOnce>,
    /// Pauses until the same is told again while it is wrong; the last one repeats. Empty: never. Default:
    /// `[1d, 2d, 4d, 7d]`.
    pub(crate) reminders: Option<Vec<Duration>>,
    /// When nothing is told: `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, and windows such as
    /// `fri 14:00 - sun 08:00`. Default: never.
    pub(crate) quiet: Option<Vec<Text>>,
    /// Days on which nothing is told: dates such as `2026-12-25`, and ranges such as `2026-09-12..2026-09-13`.
    pub(crate) holidays: Option<Vec<Text>>,
    /// What a digest tells: `changes`, or `all_open` for everything that is open. Default: `changes`.
    pub(crate) tells: Option<Tells>,
    /// Most notices on one day. Default: no limit.
    #[schemars(range(min = 1))]
    pub(crate) max_per_day: Option<Whole>,
    /// What is less severe is not told. Default: `low`, so everything is.
    pub(crate) least: Option<Level>,
}
