//! Trade item numbers.

use serde::{Deserialize, Serialize};

/// A trade item number (GTIN, EAN, UPC, ISBN-13) as fourteen digits, so that its lengths compare as one.
///
/// It is written with 8, 12, 13 or 14 digits, some of them leading zeros, and ends with a check digit
/// (GS1 General Specifications, sections 3.3.2 and 7.9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gtin(String);

impl Gtin {
    /// Reads a number with or without hyphens and blanks. `None` where it has another length, a wrong check digit, or is
    /// nothing but zeros.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 20 || !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' ')) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return None;
        }
        let weighed = digits.bytes().rev().enumerate().map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            if place % 2 == 1 { digit * 3 } else { digit }
        });
        (weighed.sum::<u32>() % 10 == 0 && digits.bytes().any(|b| b != b'0')).then(|| Self(format!("{digits:0>14}")))
    }

    /// The fourteen digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Gtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_one_number_and_a_wrong_check_digit_is_none() {
        for (one, other) in [
            ("4006381333931", "04006381333931"),
            ("036000291452", "0036000291452"),
            ("978-3-16-148410-0", " 9783161484100 "),
            ("73513537", "00000073513537"),
        ] {
            assert!(Gtin::read(one).is_some());
            assert_eq!(Gtin::read(one), Gtin::read(other), "{one} {other}");
        }
        for wrong in ["4006381333930", "12345", "0000000000000", "40063813E3931", "", "400638133393", "ERP-17"] {
            assert_eq!(Gtin::read(wrong), None, "{wrong}");
        }
    }
}
