//! When a mismatch becomes an incident, how severe it is, and which are expected.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use super::{At, cadence, conditions, values};
use crate::config::raw::incidents as raw;
use crate::config::raw::scalar::Whole;
use crate::config::units::{Fault, fault};
use crate::domain::{Expected, Verdict};
use crate::incident::{Effect, Flapping, Often, Policy, SeverityRule};
use crate::notify::Cadence;

/// The policy; the grace is each shop's own.
pub(super) fn policy(at: &At<'_>, raw: Option<&raw::Incidents>) -> Policy {
    let Some(raw) = raw else { return Policy::default() };
    let usual = often(at, &raw.open_after, &raw.resolve_after, Often::default());
    let mut by_verdict = BTreeMap::new();
    if let Some(raw) = &raw.verdicts {
        for (verdict, raw) in [
            (Verdict::FalseAvailable, &raw.false_available),
            (Verdict::FalseUnavailable, &raw.false_unavailable),
            (Verdict::Contradictory, &raw.contradictory),
            (Verdict::ExpiredPromise, &raw.expired_promise),
            (Verdict::Gone, &raw.gone),
        ] {
            if let Some(raw) = raw {
                let at = at.key("verdicts").key(verdict.code());
                by_verdict.insert(verdict.code().to_owned(), often(&at, &raw.open_after, &raw.resolve_after, usual));
            }
        }
    }
    let flapping = raw.flapping.as_ref().and_then(|raw| {
        let at = at.key("flapping");
        let times = at.read("times", &raw.times, |text| match values::count(text)? {
            0 | 1 => Err(fault("this must be at least 2", "what opens once does not flap; write for example `3`")),
            times => Ok(times),
        });
        let within = at.read("within", &raw.within, values::some_time);
        Some(Flapping { times: times?, within: within? })
    });
    let usually = Policy::default();
    Policy { usual, by_verdict, flapping: flapping.or(usually.flapping), ..usually }
}

fn often(at: &At<'_>, open_after: &Option<Whole>, resolve_after: &Option<Whole>, usual: Often) -> Often {
    let read = |key: &str, raw, usual: u32| at.read(key, raw, values::at_least_one).map_or(usual, |times| times.get());
    Often {
        open_after: read("open_after", open_after, usual.open_after),
        resolve_after: read("resolve_after", resolve_after, usual.resolve_after),
    }
}

/// The rules of severity.
pub(super) fn severity(at: &At<'_>, raw: Option<&[raw::SeverityRule]>, shops: &[&str]) -> Vec<SeverityRule> {
    let raw = raw.unwrap_or_default();
    let mut rules = Vec::with_capacity(raw.len());
    for (index, rule) in raw.iter().enumerate() {
        let at = at.index(index);
        let matcher = conditions::matcher(&at, rule.conditions(), shops);
        let set = at.read("set", &rule.set, cadence::level).map(Effect::Set);
        let raise = at.read("raise", &rule.raise, levels).map(Effect::Move);
        let lower = at.read("lower", &rule.lower, levels).map(|levels| Effect::Move(-levels));
        rules.extend(set.or(raise).or(lower).map(|effect| SeverityRule { matcher, effect }));
    }
    // One without conditions is wrong in itself.
    let all: Vec<_> = raw.iter().map(|rule| (rule.conditions(), rule.conditions().are_given())).collect();
    conditions::find_unreachable(at, &all);
    rules
}

fn levels(text: &str) -> Result<i8, Fault> {
    match values::count(text)? {
        levels @ 1..=3 => i8::try_from(levels).map_err(|_| fault("this is too much", "")),
        _ => Err(fault("this must be from 1 to 3", "there are four levels: low, medium, high and critical")),
    }
}

/// What is expected, until the end of a day in the usual time zone.
pub(super) fn expected(
    at: &At<'_>,
    raw: Option<&[raw::Expected]>,
    shops: &[&str],
    usual: &Cadence,
    now: Timestamp,
) -> Vec<Expected> {
    let zone = TimeZone::get(&usual.timezone).unwrap_or(TimeZone::UTC);
    let mut all = Vec::new();
    for (index, raw) in raw.unwrap_or_default().iter().enumerate() {
        let at = at.index(index);
        let matcher = conditions::matcher(&at, raw.conditions(), shops);
        let because = at.read("because", &raw.because, values::text);
        let until = at.read("until", &raw.until, |text| {
            let end = cadence::day(text)?.tomorrow().and_then(|day| day.to_zoned(zone.clone()));
            end.map(|end| end.timestamp()).map_err(|_| fault("this is too far away", "write an earlier year"))
        });
        if until.is_some_and(|until| until <= now) {
            at.key("until").warn(fault("this has ended", "remove the rule, or give it a later date"));
        }
        if let (Some(until), Some(because)) = (until, because) {
            all.push(Expected { matcher, until, because });
        }
    }
    all
}
