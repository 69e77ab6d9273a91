//! Text from outside, made fit for a terminal, a header, a log line and a spreadsheet: one rule for all who show it.

use rust_decimal::Decimal;

/// The text on one line, without characters that could steer a terminal or reorder the line: line breaks and tabs
/// become a blank, other control characters nothing, and explicit bidi formatting
/// (UAX #9 section 2, <https://www.unicode.org/reports/tr9/>) is taken out. Blanks stay as they are.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            _ if is_bidi_formatting(one) => {}
            '\u{2028}' | '\u{2029}' => blank(&mut out),
            _ if one.is_control() && one.is_whitespace() => blank(&mut out),
            _ if one.is_control() => {}
            _ => out.push(one),
        }
    }
    out
}

/// [`harmless`], with every run of blanks as one and none at the ends.
pub fn one_line(text: &str) -> String {
    harmless(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A cell that a spreadsheet shows and never computes. Quoting it is the writer's part.
///
/// An apostrophe goes before whatever could begin a formula (<https://owasp.org/www-community/attacks/CSV_Injection>):
/// at the cell's start, and also after a semicolon, a tab and a line break, which a spreadsheet may take for a cell's
/// end even within quotes. Numbers stay numbers.
pub fn cell(text: &str) -> String {
    if text.parse::<Decimal>().is_ok() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut at_start = true;
    for one in text.chars() {
        // A tab or a line break at the very start is itself on OWASP's list.
        let begins_formula = matches!(one, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠')
            || (out.is_empty() && ends_cell(one));
        if at_start && begins_formula {
            out.push('\'');
        }
        at_start = one == ';' || ends_cell(one) || (at_start && is_passed_over(one));
        out.push(one);
    }
    out
}

fn blank(out: &mut String) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

fn is_bidi_formatting(one: char) -> bool {
    matches!(one, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn ends_cell(one: char) -> bool {
    matches!(one, '\t' | '\r' | '\n')
}

/// What may stand before a formula's first character: blanks, quotes and characters nobody sees.
fn is_passed_over(one: char) -> bool {
    one.is_whitespace()
        || matches!(one, '"' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || one.is_control()
        || is_bidi_formatting(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_on_its_line_and_steers_nothing() {
        assert_eq!(one_line("a\r\nBcc: x@y.test\t\u{202e}b\u{0}"), "a Bcc: x@y.test b");
        assert_eq!(one_line(" a\u{2028}b \u{85} c\n"), "a b c");
        assert_eq!(harmless("a\u{1b}]0;x\u{7}b\r\n\tc\u{202e}d\u{2068}e\u{9b}f"), "a]0;xb cdef");
        assert_eq!(harmless("  1.  שלום 👩‍👧"), "  1.  שלום 👩‍👧");
    }

    #[test]
    fn no_cell_can_be_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("  =1", "  '=1"),
            (" \t=1+1", " \t'=1+1"),
            ("\t=1", "'\t'=1"),
            ("\rx", "'\rx"),
            ("\nx", "'\nx"),
            ("\u{200b}=cmd|'/c calc'!A0", "\u{200b}'=cmd|'/c calc'!A0"),
            ("\u{200f}\u{1}=1", "\u{200f}\u{1}'=1"),
            ("\"=1", "\"'=1"),
            ("+972", "+972"),
            ("-3.50", "-3.50"),
            ("-3+cmd", "'-3+cmd"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("%x", "'%x"),
            ("|x", "'|x"),
            ("＝1+1", "'＝1+1"),
            ("tea;=1+1", "tea;'=1+1"),
            ("tea\r\n=1+1", "tea\r\n'=1+1"),
            ("a=b", "a=b"),
            ("mug = nice", "mug = nice"),
            ("Earl Grey - 100 g", "Earl Grey - 100 g"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
