//! How well a shop wants its touchpoints to keep their promises, and where they do not.

use std::time::Duration;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::{TargetMissed, Touchpoint, TouchpointSummary};

/// What a shop wants of each of its touchpoints; `None`: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Share of the items, from 0 to 1, of which it must tell the truth.
    pub truth_rate: Option<Decimal>,
    /// How long it may take to follow a change of stock, in 95 of 100 cases.
    pub lag_p95: Option<Duration>,
}

impl Targets {
    /// The targets that a touchpoint missed.
    pub fn missed(&self, touchpoint: Touchpoint, summary: &TouchpointSummary) -> Vec<TargetMissed> {
        let missed = |target: &str, wanted, was| TargetMissed {
            touchpoint: touchpoint.code().to_owned(),
            target: target.to_owned(),
            wanted,
            was,
        };
        let mut all = Vec::new();
        if let Some(rate) = self.truth_rate.filter(|rate| is_too_low(*rate, summary)) {
            let was = share(summary.true_now, summary.known);
            let was = format!("{}% ({} of {} items)", percent(was), summary.true_now, summary.known);
            all.push(missed("truth_rate", format!("{}%", (rate * Decimal::ONE_HUNDRED).normalize()), was));
        }
        if let (Some(longest), Some(lag)) = (self.lag_p95, summary.lag_p95)
            && Duration::from_secs(lag) > longest
        {
            let of = if summary.changes() == 1 { "1 change" } else { &format!("{} changes", summary.changes()) };
            all.push(missed("lag_p95", span(longest.as_secs()), format!("at least {} ({of} of stock)", span(lag))));
        }
        all
    }
}

/// Whether more items are wrong than the rate grants. One wrong item among a few is no rate: unless every one is to be
/// right, one is always granted.
fn is_too_low(rate: Decimal, summary: &TouchpointSummary) -> bool {
    let wrong = Decimal::from(summary.known.saturating_sub(summary.true_now));
    let least = if rate == Decimal::ONE { Decimal::ZERO } else { Decimal::ONE };
    wrong > ((Decimal::ONE - rate) * Decimal::from(summary.known)).max(least)
}

fn share(part: u64, of: u64) -> Decimal {
    Decimal::from(part).checked_div(Decimal::from(of)).unwrap_or_default()
}

/// Never rounded up to a share that was not reached.
fn percent(share: Decimal) -> Decimal {
    (share * Decimal::ONE_HUNDRED).round_dp_with_strategy(2, RoundingStrategy::ToZero).normalize()
}

/// A length of time as the configuration writes it: `1h30m`.
fn span(seconds: u64) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, length) in units {
        if rest >= length {
            parts.push(format!("{}{unit}", rest / length));
            rest %= length;
        }
    }
    // Seconds beside days say nothing.
    parts.truncate(2);
    if parts.is_empty() { "0s".to_owned() } else { parts.concat() }
}
