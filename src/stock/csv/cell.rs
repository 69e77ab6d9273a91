//! What a cell says.

use serde_json::Value as Json;

use super::super::exact;

/// A cell as a value: a number where it is one in the table's notation, else text.
pub(super) fn value(cell: &str, decimal_comma: bool) -> Json {
    let plain = plain(cell, decimal_comma);
    let leading_zero = |text: &str| text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    match plain {
        Some(text) if !leading_zero(text.trim_start_matches('-')) => exact::number(&text).unwrap_or(Json::Null),
        _ => Json::from(cell),
    }
}

/// The number without thousands separators and with a point. A separator that does not stand every three digits is
/// none: `1,5` in a table with decimal points stays text, and is then reported instead of read as 15.
fn plain(cell: &str, decimal_comma: bool) -> Option<String> {
    let (point, thousands) = if decimal_comma { (',', '.') } else { ('.', ',') };
    let (sign, digits) = cell.strip_prefix('-').map_or(("", cell), |digits| ("-", digits));
    let (whole, part) = digits.split_once(point).map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let separator = whole.chars().find(|c| *c == thousands || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\''));
    let whole = match separator {
        None => whole.to_owned(),
        Some(separator) => {
            let mut groups = whole.split(separator);
            let first = groups.next().unwrap_or_default();
            if first.len() > 3 || !groups.all(|group| group.len() == 3 && all_digits(group)) {
                return None;
            }
            whole.replace(separator, "")
        }
    };
    if !all_digits(&whole) || !part.is_none_or(all_digits) {
        return None;
    }
    Some(part.map_or_else(|| format!("{sign}{whole}"), |part| format!("{sign}{whole}.{part}")))
}

/// Why a key is none, if so. Spreadsheets show a long number as `7.29E+12` and then write just that; the digits are
/// lost.
pub(super) fn key_problem(key: &str) -> Option<String> {
    let (mantissa, exponent) = key.split_once("E+")?;
    let (whole, part) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rounded = whole.len() == 1 && all_digits(whole) && all_digits(part) && all_digits(exponent);
    rounded.then(|| {
        format!("the key {key} was rounded by a spreadsheet, and its digits are lost; format the column as text there")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_tables_own_notation() {
        for (cell, comma, expected) in [
            ("12", false, Json::from(12)),
            ("-3.50", false, Json::from(-3.5)),
            ("1,234.5", false, Json::from(1234.5)),
            ("1.234,5", true, Json::from(1234.5)),
            ("1\u{a0}234", true, Json::from(1234)),
            ("0,5", true, Json::from(0.5)),
            ("0", false, Json::from(0)),
            ("1,5", false, Json::from("1,5")),
            ("1.5", true, Json::from("1.5")),
            ("0012", false, Json::from("0012")),
            ("12 pcs", false, Json::from("12 pcs")),
            ("1,23,456", false, Json::from("1,23,456")),
            ("-", false, Json::from("-")),
            ("0,12345678901234567", true, Json::from("0.12345678901234567")),
        ] {
            assert_eq!(value(cell, comma), expected, "{cell}");
        }
    }

    #[test]
    fn what_a_spreadsheet_rounded_is_no_key() {
        for rounded in ["1.23E+12", "7,29001E+12", "4E+11"] {
            assert!(key_problem(rounded).is_some_and(|what| what.contains("format the column as text")), "{rounded}");
        }
        for key in ["1E5", "E+12", "A-1.2E+3", "123", "1.23E+", "12.5E+3"] {
            assert_eq!(key_problem(key), None, "{key}");
        }
    }
}
