//! From the text of an expression to its words, numbers, texts and signs.

use std::ops::Range;

use rust_decimal::Decimal;

use super::mistake::Mistake;
use super::value::decimal;

/// A part of an expression, and where it stands in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) is: Is,
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Is {
    /// A field, a function, or a word of the language.
    Word(String),
    /// A number.
    Number(Decimal),
    /// A text without its quotes.
    Text(String),
    /// An operator or bracket.
    Sign(&'static str),
    /// The end of the expression.
    End,
}

/// The signs of the language; the longer ones first.
const SIGNS: [&str; 19] =
    ["==", "!=", "<=", ">=", "//", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "|"];

/// What people write instead, and what to write.
const STRANGERS: [(&str, &str); 18] = [
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("**", "write the multiplication out"),
    ("<>", "write `!=`"),
    ("!", "write `not`"),
    ("&", "write `and`"),
    ("=", "write `==` to compare"),
    ("?", "write `x if condition else y`"),
    (":", "write `x if condition else y`"),
    ("{", "leave out the braces"),
    ("}", "leave out the braces"),
    ("\u{2212}", "write `-`"),
    ("\u{2013}", "write `-`"),
    ("\u{d7}", "write `*`"),
    ("\u{f7}", "write `/`"),
    ("\u{201c}", "write straight quotes"),
    ("\u{201d}", "write straight quotes"),
    ("\u{2019}", "write straight quotes"),
];

/// Most tokens in one expression: whoever needs more has a mistake in a template.
const MOST: usize = 500;

/// Reads the tokens; the last one is [`Is::End`].
pub(super) fn read(text: &str) -> Result<Vec<Token>, Mistake> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if tokens.len() == MOST {
            return Err(Mistake::syntax(at, format!("it grows too long: {MOST} words and signs are the most")));
        }
        let rest = text.get(at..).unwrap_or_default();
        let (is, length) = match first {
            '"' | '\'' => quoted(rest, first, at)?,
            c if c.is_ascii_digit() => number(rest, at)?,
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (Is::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
            }
            _ => sign(rest, first, at)?,
        };
        tokens.push(Token { is, span: at..at + length });
        at += length;
    }
    tokens.push(Token { is: Is::End, span: text.len()..text.len() });
    Ok(tokens)
}

/// Whether a character belongs to a name.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn sign(rest: &str, first: char, at: usize) -> Result<(Is, usize), Mistake> {
    let stranger =
        |(sign, _): &&(&str, &str)| rest.starts_with(sign) && !rest.starts_with("!=") && !rest.starts_with("==");
    if let Some((sign, advice)) = STRANGERS.iter().find(stranger) {
        return Err(Mistake::syntax(at, format!("`{sign}` is not known; {advice}")));
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((Is::Sign(sign), sign.len())),
        None => Err(Mistake::syntax(at, format!("`{first}` has no meaning"))),
    }
}

fn number(rest: &str, at: usize) -> Result<(Is, usize), Mistake> {
    let digits = |from: usize| {
        let rest = rest.get(from..).unwrap_or_default();
        rest.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(rest.len())
    };
    let mut length = digits(0);
    let mut after = rest.get(length..).unwrap_or_default().chars();
    if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
        length += 1 + digits(length + 1);
    }
    let written = rest.get(..length).unwrap_or_default();
    if rest.get(length..).and_then(|after| after.chars().next()).is_some_and(is_word) {
        let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = rest.get(..word).unwrap_or(rest);
        return Err(Mistake::syntax(
            at,
            format!("`{word}` is neither a number nor a name; a name begins with a letter"),
        ));
    }
    match decimal(&written.replace('_', "")) {
        Some(number) => Ok((Is::Number(number), length)),
        None => Err(Mistake::syntax(at, format!("`{written}` has too many digits; 28 are the most"))),
    }
}

fn quoted(rest: &str, quote: char, at: usize) -> Result<(Is, usize), Mistake> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, c)) = letters.next() {
        match c {
            '\\' => match letters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, c @ ('\\' | '\'' | '"'))) => text.push(c),
                _ => {
                    let what = "a backslash stands before something it cannot; write two of them for one";
                    return Err(Mistake::syntax(at + place, what));
                }
            },
            c if c == quote => return Ok((Is::Text(text), place + c.len_utf8())),
            c => text.push(c),
        }
    }
    Err(Mistake::syntax(at, format!("a text begins that does not end; close it with {quote}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_read_with_its_place() {
        let tokens = read("max(0, é.b)|d(1_000.50) != 'it\\'s' // x").unwrap();
        let shown: Vec<_> = tokens
            .iter()
            .map(|token| match &token.is {
                Is::Word(word) => format!("{word}@{}", token.span.start),
                Is::Number(number) => number.to_string(),
                Is::Text(text) => format!("<{text}>"),
                Is::Sign(sign) => (*sign).to_owned(),
                Is::End => "end".to_owned(),
            })
            .collect();
        let expected = [
            "max@0", "(", "0", ",", "é@7", ".", "b@10", ")", "|", "d@13", "(", "1000.50", ")", "!=", "<it's>", "//",
            "x@39", "end",
        ];
        assert_eq!(shown, expected);
    }
}
