//! A severity in JSON: its level, and the score with what it is made of.

use serde::Serialize;

use crate::domain::{Factor, Severity};

/// How much an incident harms.
#[derive(Debug, Serialize)]
pub(super) struct SeverityRow<'a> {
    /// `low`, `medium`, `high` or `critical`.
    level: &'static str,
    /// 100 times all factors.
    score: u32,
    factors: Vec<FactorRow<'a>>,
    /// The rule of the configuration that changed the level, counted from 1.
    rule: Option<usize>,
}

/// One factor of a score.
#[derive(Debug, Serialize)]
pub(super) struct FactorRow<'a> {
    /// `direction`, `break_point`, `weight` or `age`.
    kind: &'static str,
    /// By how much it multiplies, in hundredths.
    percent: u32,
    what: &'a str,
}

impl<'a> From<&'a Severity> for SeverityRow<'a> {
    fn from(severity: &'a Severity) -> Self {
        let factor =
            |factor: &'a Factor| FactorRow { kind: factor.kind.code(), percent: factor.percent, what: &factor.what };
        let factors = severity.factors.iter().map(factor).collect();
        Self { level: severity.level.code(), score: severity.score, factors, rule: severity.rule }
    }
}
