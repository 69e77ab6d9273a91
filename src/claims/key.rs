//! When two keys name the same item.
//!
//! Blanks around a key and its case do not matter. A trade item number ([`Gtin`]) is the same in all its lengths where its
//! check digit is right. Zeros before any other key are part of it.

use crate::domain::Gtin;

/// The form in which keys are compared.
pub(super) fn normal(key: &str) -> String {
    let key = key.trim();
    Gtin::read(key).map_or_else(|| key.to_lowercase(), |gtin| gtin.digits().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        normal(one) == normal(other)
    }

    #[test]
    fn a_trade_item_number_is_one_in_every_length() {
        for (one, other) in [
            ("4006381333931", "04006381333931"),
            ("036000291452", "0036000291452"),
            ("978-3-16-148410-0", "9783161484100"),
            (" blue-1 ", "BLUE-1"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn zeros_before_any_other_key_are_part_of_it() {
        for (one, other) in [("0012345", "12345"), ("04006381333930", "4006381333930"), ("00000000", "0000000000000")] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
