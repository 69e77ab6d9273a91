//! Numbers that keep their digits.

use serde_json::Value as Json;

/// Digits that a floating-point number keeps whatever they are (IEEE 754 binary64).
const SAFE_DIGITS: usize = 15;

/// A written number as a value: a JSON number where that keeps every digit, else its text, which expressions take for
/// the number it is. `None` where it is no number.
pub(super) fn number(text: &str) -> Option<Json> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(whole) && part.is_none_or(all_digits) {
        // A column of ten decimals writes all ten of them.
        let part = part.map(|part| part.trim_end_matches('0'));
        let text = if part.is_some() { text.trim_end_matches('0').trim_end_matches('.') } else { text };
        let short = whole.len() + part.map_or(0, str::len) <= SAFE_DIGITS;
        let exact: Option<Json> = match part {
            None => text.parse::<i64>().map(Json::from).ok(),
            Some(_) if short => text.parse::<f64>().map(Json::from).ok(),
            Some(_) => None,
        };
        return Some(exact.unwrap_or_else(|| Json::from(text)));
    }
    // A floating-point number of a database, such as 1e+20.
    let exponent = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains(['e', 'E']);
    text.parse::<f64>().ok().filter(|number| exponent && number.is_finite()).map(Json::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_digit_is_lost() {
        for (text, expected) in [
            ("12", Some(json!(12))),
            ("-3.50", Some(json!(-3.5))),
            ("9007199254740993", Some(json!(9_007_199_254_740_993_i64))),
            ("98765432109876543210", Some(json!("98765432109876543210"))),
            ("12345678901234567890.2500000000", Some(json!("12345678901234567890.25"))),
            ("100.000", Some(json!(100.0))),
            ("0.1234567890123456", Some(json!("0.1234567890123456"))),
            ("1e+20", Some(json!(1e20))),
            ("NaN", None),
            ("1.", None),
            ("+1", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
