//! Which pages are looked at, and how well touchpoints are to keep their promises.

use rust_decimal::Decimal;

use super::{At, values};
use crate::config::raw::plan as raw;
use crate::config::units::{self, Fault, fault};
use crate::plan::{Options, Targets};

pub(super) fn plan(at: &At<'_>, raw: Option<&raw::Plan>) -> Options {
    let usual = Options::default();
    let Some(raw) = raw else { return usual };
    let budget = at.read("budget", &raw.budget, values::at_least_one).map(|budget| u64::from(budget.get()));
    let audit_within = at.read("audit_within", &raw.audit_within, units::duration);
    if budget.is_some() && raw.audit_within.is_none() {
        let help = "say within what time every page is to be looked at, such as `audit_within: 7d`";
        at.key("budget").warn(fault("without `audit_within` every page is wanted with every run", help));
    }
    Options {
        budget,
        audit_within: audit_within.unwrap_or(usual.audit_within),
        near: at.read("near", &raw.near, pieces).unwrap_or(usual.near),
    }
}

pub(super) fn targets(at: &At<'_>, raw: Option<&raw::Targets>) -> Targets {
    let Some(raw) = raw else { return Targets::default() };
    Targets {
        truth_rate: at.read("truth_rate", &raw.truth_rate, units::percent),
        lag_p95: at.read("lag_p95", &raw.lag_p95, values::some_time),
    }
}

fn pieces(text: &str) -> Result<Decimal, Fault> {
    let pieces = units::decimal(text)?;
    let help = "write a number such as `2`, or `0` for never";
    if pieces < Decimal::ZERO { Err(fault("this is less than nothing", help)) } else { Ok(pieces) }
}
