//! When two keys name the same item.
//!
//! Blanks around a key and its case do not matter. A trade item number (GTIN, EAN, UPC, ISBN) is written with 8, 12, 13
//! or 14 digits, some of them leading zeros (GS1 General Specifications, section 3.3.2); where its check digit is right
//! its lengths are one number. Zeros before any other key are part of it.

/// The form in which keys are compared.
pub(super) fn normal(key: &str) -> String {
    let key = key.trim();
    gtin(key).unwrap_or_else(|| key.to_lowercase())
}

/// The fourteen digits of a trade item number.
fn gtin(key: &str) -> Option<String> {
    if key.len() > 20 || !key.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' ')) {
        return None;
    }
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    if !matches!(digits.len(), 8 | 12 | 13 | 14) {
        return None;
    }
    let weighed = digits.bytes().rev().enumerate().map(|(place, digit)| {
        let digit = u32::from(digit - b'0');
        if place % 2 == 1 { digit * 3 } else { digit }
    });
    (weighed.sum::<u32>() % 10 == 0 && digits.bytes().any(|b| b != b'0')).then(|| format!("{digits:0>14}"))
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
