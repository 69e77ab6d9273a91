//! So many new incidents at once that the looking is likelier to be wrong than the shop. Pure.

use rust_decimal::Decimal;

use crate::domain::Doubt;

/// So many new incidents are never called a jump.
const FEW: u64 = 10;

/// What is to be doubted where so many of a shop's items became wrong at once, and a share of them (from 0 to 1) may.
pub fn jumped(opened: u64, items: u64, max_jump: Decimal) -> Option<Doubt> {
    let most = max_jump * Decimal::from(items);
    (opened > FEW && Decimal::from(opened) > most).then_some(Doubt::Jumped { now: opened, of: items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_doubted_and_a_few_never_are() {
        let fifth = Decimal::new(2, 1);
        for (opened, items, is_jump) in [
            (0, 0, false),
            (10, 10, false),
            (11, 11, true),
            (11, 55, false),
            (12, 55, true),
            (2_000, 10_000, false),
            (2_001, 10_000, true),
        ] {
            assert_eq!(jumped(opened, items, fifth).is_some(), is_jump, "{opened} of {items}");
        }
        assert_eq!(jumped(11, 11, Decimal::ONE), None, "who allows everything is never held");
    }
}
