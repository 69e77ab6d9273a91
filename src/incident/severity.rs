//! How much an incident harms: 100 × direction × break point × weight × age, and a level by it. Pure.
//!
//! | factor | hundredths |
//! |---|---|
//! | direction | false_available 100, expired_promise 90, gone 80, contradictory 60, false_unavailable 60 |
//! | break point | feed 25, listing 40, page 60, cart 100, after_paying 150; 100 where no customer is let down |
//! | weight | cube root of (price × units sold or views, as multiples of what is usual in the shop), from 50 to 200 |
//! | age | 100; 125 from a day on, 150 from three, 200 from a week on |
//!
//! Below 45 the level is low, below 90 medium, below 175 high, else critical: an ordinary sold-out product that is
//! promised up to the cart is high at once and critical after a week.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{BreakPoint, Factor, FactorKind, Incident, Matcher, Severity, SeverityLevel, Usual, Verdict};

/// A rule that changes the level of what it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityRule {
    /// What it fits.
    pub matcher: Matcher,
    /// What it does.
    pub effect: Effect,
}

/// What a rule does to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is this one.
    Set(SeverityLevel),
    /// So many levels up, or down.
    Move(i8),
}

/// Weighs an incident of a shop in which this is usual; the first rule that fits has the last word.
pub fn severity(incident: &Incident, usual: &Usual, rules: &[SeverityRule], now: Timestamp) -> Severity {
    let factors =
        vec![direction(&incident.verdict), break_point(incident), weight(incident, usual), age(incident, now)];
    let score = factors.iter().fold(100_u64, |score, factor| score * u64::from(factor.percent) / 100);
    let score = u32::try_from(score).unwrap_or(u32::MAX);
    let level = level(score);
    let place = rules.iter().position(|rule| rule.matcher.fits(incident));
    let level = match place.map(|place| rules[place].effect) {
        None => level,
        Some(Effect::Set(level)) => level,
        Some(Effect::Move(by)) => level.moved(by),
    };
    Severity { level, score, factors, rule: place.map(|place| place + 1) }
}

fn level(score: u32) -> SeverityLevel {
    match score {
        0..45 => SeverityLevel::Low,
        45..90 => SeverityLevel::Medium,
        90..175 => SeverityLevel::High,
        175.. => SeverityLevel::Critical,
    }
}

fn direction(verdict: &Verdict) -> Factor {
    let percent = match verdict {
        Verdict::FalseAvailable => 100,
        Verdict::ExpiredPromise => 90,
        Verdict::Gone => 80,
        Verdict::Contradictory | Verdict::FalseUnavailable => 60,
        Verdict::Agrees | Verdict::Unverified(_) => 0,
    };
    Factor { kind: FactorKind::Direction, percent, what: verdict.code().to_owned() }
}

fn break_point(incident: &Incident) -> Factor {
    let point = incident.break_point();
    let percent = match point {
        Some(BreakPoint::Feed) => 25,
        Some(BreakPoint::Listing) => 40,
        Some(BreakPoint::Page) => 60,
        Some(BreakPoint::Cart) | None => 100,
        Some(BreakPoint::AfterPaying) => 150,
    };
    Factor { kind: FactorKind::BreakPoint, percent, what: point.map_or("none", BreakPoint::code).to_owned() }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 50..=200 before")]
fn weight(incident: &Incident, usual: &Usual) -> Factor {
    let times = usual.times(&incident.item);
    let product: f64 = times.iter().map(|(_, times)| times).product();
    let percent = (product.cbrt() * 100.0).round().clamp(50.0, 200.0) as u32;
    let what = match times.is_empty() {
        true => "not known".to_owned(),
        false => times.iter().map(|(name, times)| format!("{name} {times:.1} × usual")).collect::<Vec<_>>().join(", "),
    };
    Factor { kind: FactorKind::Weight, percent, what }
}

fn age(incident: &Incident, now: Timestamp) -> Factor {
    let age = now.duration_since(incident.first_seen);
    let days = age.as_hours() / 24;
    let percent = match days {
        ..1 => 100,
        1..3 => 125,
        3..7 => 150,
        7.. => 200,
    };
    let what = if age < SignedDuration::from_hours(48) {
        format!("{} h", age.as_hours().max(0))
    } else {
        format!("{days} days")
    };
    Factor { kind: FactorKind::Age, percent, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Item;
    use crate::incident::tests::{minute, wrong};

    fn weighed(verdict: Verdict, days: i64, item: Item, rules: &[SeverityRule]) -> Severity {
        let mut usual = Usual::default();
        for price in [10, 1_000] {
            usual.note(&Item { price: Some(price.into()), units_sold: Some(4.into()), ..Item::default() });
        }
        let mut incident = wrong(verdict);
        incident.item = item;
        severity(&incident, &usual, rules, minute(days * 24 * 60))
    }

    #[test]
    fn the_score_follows_from_its_factors() {
        let costs = |price: i64| Item { price: Some(price.into()), ..Item::default() };
        for (verdict, days, item, score, level) in [
            (Verdict::FalseAvailable, 0, Item::default(), 100, SeverityLevel::High),
            (Verdict::FalseAvailable, 7, Item::default(), 200, SeverityLevel::Critical),
            (Verdict::FalseAvailable, 0, costs(100), 100, SeverityLevel::High),
            (Verdict::FalseAvailable, 0, costs(800), 200, SeverityLevel::Critical),
            (Verdict::FalseAvailable, 0, costs(1), 50, SeverityLevel::Medium),
            (Verdict::FalseUnavailable, 1, Item::default(), 75, SeverityLevel::Medium),
            (Verdict::Contradictory, 0, Item::default(), 36, SeverityLevel::Low),
            (Verdict::Gone, 3, Item::default(), 72, SeverityLevel::Medium),
        ] {
            let found = weighed(verdict.clone(), days, item.clone(), &[]);
            assert_eq!(
                (found.score, found.level),
                (score, level),
                "{verdict:?} after {days} days, {item:?}: {found:?}"
            );
            let product = found.factors.iter().fold(100, |score, factor| score * factor.percent / 100);
            assert_eq!(found.score, product, "the factors explain it");
        }
        let known =
            Item { price: Some(100.into()), units_sold: Some(32.into()), views: Some(9.into()), ..Item::default() };
        let found = weighed(Verdict::FalseAvailable, 0, known, &[]);
        assert_eq!((found.score, found.factors[2].what.as_str()), (200, "price 1.0 × usual, units sold 8.0 × usual"));
    }

    #[test]
    fn the_first_rule_that_fits_has_the_last_word() {
        let of = |code: &str, effect| SeverityRule {
            matcher: Matcher { verdicts: vec![code.to_owned()], ..Matcher::default() },
            effect,
        };
        let rules = [
            of("gone", Effect::Move(-1)),
            of("false_available", Effect::Set(SeverityLevel::Low)),
            of("false_available", Effect::Set(SeverityLevel::Critical)),
        ];
        let found = weighed(Verdict::FalseAvailable, 0, Item::default(), &rules);
        assert_eq!((found.level, found.rule, found.score), (SeverityLevel::Low, Some(2), 100));
        assert_eq!(weighed(Verdict::Gone, 0, Item::default(), &rules).level, SeverityLevel::Low);
        assert_eq!(weighed(Verdict::Contradictory, 0, Item::default(), &rules).rule, None);
    }
}
