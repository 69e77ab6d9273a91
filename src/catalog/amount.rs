//! Numbers as shops write them: `1,299.00`, `1.299,00 ₪`, `$12`, `CHF 1'299.–`.

use rust_decimal::Decimal;

/// What stands after a number that is a thousand or a million times as much, or a share.
const MULTIPLES: [&str; 12] = ["k", "m", "b", "t", "mio", "mln", "mrd", "bn", "tsd", "tys", "thousand", "million"];

/// Currencies with three decimal places.
const THREE_PLACES: [&str; 7] = ["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"];

/// The number in a cell, whatever currency stands beside it. `None`: there is none, or it cannot be told for certain.
///
/// A single separator before exactly three digits parts thousands: prices hardly ever have three decimal places.
pub(super) fn read(cell: &str) -> Option<Decimal> {
    let cell: String = cell.trim().chars().map(plain).collect();
    let first = cell.find(|c: char| c.is_ascii_digit())?;
    let last = cell.rfind(|c: char| c.is_ascii_digit())?;
    let (before, number, after) = (&cell[..first], &cell[first..=last], &cell[last + 1..]);
    // `.50` is a number; `-5` is none that a price, a sale or a view can be.
    let (before, number) = match before.strip_suffix(['.', ',']) {
        Some(before) => (before, format!("0.{number}")),
        None => (before, number.to_owned()),
    };
    // `12.-` and `12,–` have no cents.
    let after = after.trim_start_matches(['.', ',']).trim_start_matches('-');
    let (before, after) = (before.trim().to_lowercase(), after.trim().to_lowercase());
    if before.contains(['-', '(', '%', '<', '>', '~']) || after.contains(['%', '/', '+', ')']) {
        return None;
    }
    let unit: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    if MULTIPLES.contains(&unit.as_str()) {
        return None;
    }
    let has_three_places = THREE_PLACES.iter().any(|code| before.contains(code) || after.contains(code));
    digits(&number, has_three_places)?.parse().ok()
}

/// Digits, separators and signs of other scripts as the usual ones.
fn plain(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) & 0xf, 10).unwrap_or(c),
        '\u{66b}' => ',',
        '\u{66c}' | '\u{2019}' | '\u{b4}' | '`' => '\'',
        '\u{2212}' | '\u{2013}' | '\u{2014}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The digits with a point for what separates the decimal places, if anything does.
fn digits(number: &str, has_three_places: bool) -> Option<String> {
    if !number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ')) {
        return None;
    }
    let place = |separator: char| number.rfind(separator);
    let decimal = match (place('.'), place(',')) {
        (Some(point), Some(comma)) => Some(point.max(comma)),
        (None, None) => None,
        (Some(at), None) | (None, Some(at)) => {
            let is_only = number.matches(['.', ',']).count() == 1;
            let parts_thousands = number.len() - at == 4 && at <= 3 && !number.starts_with('0') && !has_three_places;
            (is_only && !parts_thousands).then_some(at)
        }
    };
    let (whole, places) = decimal.map_or((number, ""), |at| (&number[..at], &number[at + 1..]));
    if !places.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let separators: Vec<char> = whole.chars().filter(|c| !c.is_ascii_digit()).collect();
    let own = decimal.and_then(|at| number[at..].chars().next());
    if separators.windows(2).any(|two| two[0] != two[1]) || separators.first().copied().is_some_and(|c| Some(c) == own)
    {
        return None;
    }
    let groups: Vec<&str> = whole.split(|c: char| !c.is_ascii_digit()).collect();
    // The last group has three digits; those before it three, or two as in India.
    let is_grouped = match groups.as_slice() {
        [_] => true,
        [first, middle @ .., last] => {
            (1..=3).contains(&first.len()) && last.len() == 3 && middle.iter().all(|group| matches!(group.len(), 2 | 3))
        }
        [] => false,
    };
    let whole = groups.concat();
    is_grouped.then(|| if places.is_empty() { whole } else { format!("{whole}.{places}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_shops_write_them() {
        for (cell, expected) in [
            ("12", "12"),
            ("12.5", "12.5"),
            ("1,299.00", "1299.00"),
            ("1.299,00 ₪", "1299.00"),
            ("₪1,299", "1299"),
            ("1.299", "1299"),
            ("0.125", "0.125"),
            ("1.2345", "1.2345"),
            ("1299.000", "1299.000"),
            ("1.250 KWD", "1.250"),
            ("$12", "12"),
            ("USD 12.99", "12.99"),
            ("12,99\u{a0}€", "12.99"),
            ("1\u{202f}299,90 €", "1299.90"),
            ("CHF 1'299.–", "1299"),
            ("12,-", "12"),
            ("12,- Kč", "12"),
            (".50", "0.50"),
            ("1,23,456.50", "123456.50"),
            ("1.234.567", "1234567"),
            ("١٬٢٩٩٫٥٠", "1299.50"),
            ("129 ש\"ח", "129"),
            ("249 kr", "249"),
            ("17 Stk.", "17"),
        ] {
            assert_eq!(read(cell).map(|number| number.to_string()).as_deref(), Some(expected), "{cell}");
        }
    }

    #[test]
    fn what_cannot_be_told_for_certain_is_unknown() {
        for cell in [
            "",
            "-",
            "n/a",
            "on request",
            "12-15",
            "3 x 4",
            "12/15",
            "-5",
            "−5",
            "(5)",
            "1e5",
            "1.2k",
            "3 Mio",
            "12%",
            "<10",
            "10+",
            "1,2,3",
            "1.2.3",
            "12,34.56,78",
            "1,23.4.5",
            "1.299.00",
            "99999999999999999999999999999999999",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
