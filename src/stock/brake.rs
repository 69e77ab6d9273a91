//! The brake: a reading that is hard to believe accuses nobody. Pure.
//!
//! A share counts only where at least [`FEW`] items make it: in a small shop three costumes are a large share.

use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::domain::{Census, Doubt};

/// Changes by fewer items than this are never doubted.
const FEW: u64 = 10;

/// What a reading may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brake {
    /// How old the newest fact may be. `None`: any age.
    pub max_age: Option<Duration>,
    /// The share of items, from 0 to 1, that may be missing since the last reading.
    pub max_shrink: Decimal,
    /// The share of items, from 0 to 1, that may have sold out since the last reading.
    pub max_sold_out: Decimal,
}

impl Default for Brake {
    fn default() -> Self {
        Self { max_age: None, max_shrink: Decimal::new(3, 1), max_sold_out: Decimal::new(25, 2) }
    }
}

impl Brake {
    /// What speaks against a reading, if anything. `before` is the last reading that was believed, of the same extent;
    /// without one the numbers cannot be compared.
    pub fn doubt(&self, before: Option<&Census>, census: &Census, now: Timestamp) -> Option<Doubt> {
        if let Some(asked) = census.asked
            && census.known == 0
            && asked >= FEW
        {
            return Some(Doubt::Empty { asked });
        }
        self.stale(census, now).or_else(|| {
            let before = before?;
            self.shrunk(before, census).or_else(|| self.sold_out(before, census))
        })
    }

    fn stale(&self, census: &Census, now: Timestamp) -> Option<Doubt> {
        let (max_age, newest) = (self.max_age?, census.newest?);
        let age = Duration::try_from(now.duration_since(newest)).unwrap_or_default();
        (age > max_age).then_some(Doubt::Stale { newest, max_age: max_age.as_secs() })
    }

    fn shrunk(&self, before: &Census, census: &Census) -> Option<Doubt> {
        // A source that is asked by key knows more or less of it as the catalogue grows and shrinks.
        let expected = match (before.asked, census.asked) {
            (None, None) => before.known,
            (Some(asked), Some(now)) => scaled(before.known, asked, now),
            _ => return None,
        };
        let lost = expected.saturating_sub(census.known);
        exceeds(lost, expected, self.max_shrink).then_some(Doubt::Shrunk { before: expected, now: census.known })
    }

    /// What the shop sells is looked at by itself too, where that is known: it may be a small part of a large source.
    fn sold_out(&self, before: &Census, census: &Census) -> Option<Doubt> {
        let doubt = |(before_none, before_of), (now, of)| {
            let expected = scaled(before_none, before_of, of);
            let more = u64::saturating_sub(now, expected);
            exceeds(more, of, self.max_sold_out).then_some(Doubt::SoldOut { before: expected, now, of })
        };
        doubt((before.none, before.known), (census.none, census.known))
            .or_else(|| doubt((before.listed_none, before.listed), (census.listed_none, census.listed)))
    }
}

/// `part` of `whole`, at the size of `other`.
fn scaled(part: u64, whole: u64, other: u64) -> u64 {
    let whole = u128::from(whole.max(1));
    let scaled = (u128::from(part) * u128::from(other) + whole / 2) / whole;
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

fn exceeds(part: u64, whole: u64, share: Decimal) -> bool {
    part >= FEW && Decimal::from(part) > share * Decimal::from(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(known: u64, none: u64) -> Census {
        Census { known, none, newest: Some(now()), ..Census::default() }
    }

    fn now() -> Timestamp {
        "2027-01-02T03:04:05Z".parse().unwrap()
    }

    fn doubt(before: &Census, census: &Census) -> Option<&'static str> {
        Brake::default().doubt(Some(before), census, now()).map(|doubt| match doubt {
            Doubt::Empty { .. } => "empty",
            Doubt::Shrunk { .. } => "shrunk",
            Doubt::SoldOut { .. } => "sold_out",
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn what_shrank_or_sold_out_past_its_share_is_doubted() {
        for (before, census, expected) in [
            (listed(100, 10), listed(70, 10), None),
            (listed(100, 10), listed(69, 10), Some("shrunk")),
            (listed(100, 10), listed(200, 20), None),
            (listed(100, 10), listed(100, 35), None),
            (listed(100, 10), listed(100, 36), Some("sold_out")),
            (listed(100, 90), listed(100, 0), None),
            // Few items are a large share of a small shop, and no reason for doubt.
            (listed(12, 0), listed(3, 3), None),
            (listed(12, 0), listed(12, 9), None),
            (listed(12, 0), listed(12, 10), Some("sold_out")),
            // The sold-out ones of a shop that shrank within its share are fewer too.
            (listed(1000, 500), listed(800, 400), None),
        ] {
            assert_eq!(doubt(&before, &census), expected, "{before:?} {census:?}");
        }
    }

    #[test]
    fn what_is_asked_by_key_is_held_against_what_was_asked() {
        let asked = |asked, known| Census { asked: Some(asked), known, ..Census::default() };
        assert_eq!(doubt(&asked(1000, 900), &asked(100, 90)), None);
        assert_eq!(doubt(&asked(1000, 900), &asked(100, 60)), Some("shrunk"));
        assert_eq!(doubt(&listed(1000, 0), &asked(100, 60)), None);
        assert_eq!(doubt(&asked(20, 20), &asked(20, 0)), Some("empty"));
        assert_eq!(doubt(&asked(9, 9), &asked(9, 0)), None);
    }

    #[test]
    fn what_is_too_old_is_doubted_even_the_first_time() {
        let brake = Brake { max_age: Some(Duration::from_secs(3600)), ..Brake::default() };
        let of = |time: &str| Census { newest: Some(time.parse().unwrap()), ..listed(5, 0) };
        assert_eq!(brake.doubt(None, &of("2027-01-02T02:04:05Z"), now()), None);
        let stale = brake.doubt(None, &of("2027-01-02T02:04:04Z"), now());
        assert_eq!(
            stale.map(|doubt| doubt.to_string()).as_deref(),
            Some("its newest fact is of 2027-01-02T02:04:04Z, older than max_age (3600s) allows")
        );
        assert_eq!(brake.doubt(None, &of("2027-01-02T09:00:00Z"), now()), None);
        assert_eq!(Brake::default().doubt(None, &of("1999-01-01T00:00:00Z"), now()), None);
    }

    #[test]
    fn what_the_shop_sells_is_looked_at_by_itself() {
        let large = |none, listed_none| Census { listed: 30, listed_none, ..listed(500, none) };
        assert_eq!(doubt(&large(0, 0), &large(30, 30)), Some("sold_out"));
        assert_eq!(doubt(&large(0, 0), &large(60, 5)), None);
    }

    proptest! {
        /// A reading like the last one is never doubted, and whatever the numbers are, nothing overflows.
        #[test]
        fn the_same_again_is_believed(known in any::<u64>(), none in any::<u64>(), other in any::<u64>()) {
            let census = listed(known, none.min(known));
            prop_assert_eq!(doubt(&census, &census), None);
            let _ = doubt(&census, &listed(other, none.min(other)));
        }
    }
}
