//! Which pages are looked at, and how well touchpoints are to keep their promises.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Duration, Percent, Quantity, Whole};

/// Which pages are looked at in a run. Default: all of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Most pages in one run, those first that are the likeliest to be wrong. Looking again at what was found wrong comes
    /// on top. Default: no limit.
    #[schemars(range(min = 1))]
    pub(crate) budget: Option<Whole>,
    /// Pages that cannot be wrong by what the stock says are looked at once within this time, a share of them with every
    /// run. Default: all of them with every run.
    pub(crate) audit_within: Option<Duration>,
    /// An item with fewer pieces than this above its threshold is nearly sold out, and looked at with every run. Default: `2`.
    pub(crate) near: Option<Quantity>,
}

/// How well each touchpoint is to keep its promises. What is missed is said at the end of the run, by its exit code, and
/// once to `operations`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Targets {
    /// Share of the items of which a touchpoint tells the truth.
    pub(crate) truth_rate: Option<Percent>,
    /// How long a touchpoint may take to follow a change of stock, in 95 of 100 cases.
    pub(crate) lag_p95: Option<Duration>,
}
