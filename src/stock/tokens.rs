//! The words of an expression and the part each plays, so that a mistake can be shown where it stands.
//!
//! minijinja parses and computes; this only reads along. It finds what minijinja would notice too late (a filter that
//! does not exist) or not at all (a text that is compared as if it were a number).

/// A word, number, text or sign of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// As written; a text without its quotes.
    pub(super) text: &'a str,
    /// Where it begins, in characters, counted from 1.
    pub(super) column: usize,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A field.
    Name,
    /// `name(…)`.
    Function,
    /// `… | name`.
    Filter,
    /// `… is name`.
    Test,
    /// `….name`.
    Member,
    /// `….name(…)`.
    Method,
    /// `and`, `if`, `none` and their like, and the names of named arguments.
    Keyword,
    /// A number.
    Number,
    /// A quoted text.
    Text,
    /// Anything else.
    Sign,
}

/// Words with a meaning of their own; no field can be called so.
pub(super) const KEYWORDS: [&str; 12] =
    ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False"];

/// Reads the tokens. What the language does not know becomes a sign; minijinja has already refused it.
pub(super) fn read(expression: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = expression;
    let mut column = 1;
    while let Some(first) = rest.chars().next() {
        let length = length_of(first, rest);
        let (raw, after) = rest.split_at(length);
        if !first.is_whitespace() {
            let kind = match first {
                '"' | '\'' => Kind::Text,
                c if c.is_ascii_digit() => Kind::Number,
                c if is_word(c) => word(&tokens, raw, after.trim_start()),
                _ => Kind::Sign,
            };
            let text = if kind == Kind::Text { raw.trim_matches(first) } else { raw };
            tokens.push(Token { text, column, kind });
        }
        column += raw.chars().count();
        rest = after;
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn length_of(first: char, rest: &str) -> usize {
    let end = |stop: &dyn Fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    if first.is_whitespace() {
        return end(&|c| !c.is_whitespace());
    }
    match first {
        '"' | '\'' => {
            let mut escaped = false;
            for (at, c) in rest.char_indices().skip(1) {
                if escaped {
                    escaped = false;
                } else if c == '\\' {
                    escaped = true;
                } else if c == first {
                    return at + c.len_utf8();
                }
            }
            rest.len()
        }
        c if c.is_ascii_digit() => end(&|c| !(c.is_ascii_digit() || c == '.' || c == '_')),
        c if is_word(c) => end(&|c| !is_word(c)),
        _ => match rest.as_bytes() {
            [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'/', b'/', ..] | [b'*', b'*', ..] => 2,
            _ => first.len_utf8(),
        },
    }
}

fn word(before: &[Token<'_>], raw: &str, after: &str) -> Kind {
    let called = after.starts_with('(');
    let last = before.last();
    let text = |back: usize| before.len().checked_sub(back).and_then(|at| before.get(at)).map(|token| token.text);
    match last {
        Some(Token { kind: Kind::Sign, text: ".", .. }) => return if called { Kind::Method } else { Kind::Member },
        Some(Token { kind: Kind::Sign, text: "|", .. }) => return Kind::Filter,
        Some(Token { kind: Kind::Keyword, text: "is", .. }) if raw != "not" => return Kind::Test,
        Some(Token { kind: Kind::Keyword, text: "not", .. }) if text(2) == Some("is") => return Kind::Test,
        _ => {}
    }
    let named_argument = after.starts_with('=') && !after.starts_with("==") && matches!(text(1), Some("(" | ","));
    if KEYWORDS.contains(&raw) || raw == "None" || named_argument {
        Kind::Keyword
    } else if called {
        Kind::Function
    } else {
        Kind::Name
    }
}

/// The two sides of a comparison: the token that ends the left side and the one that begins the right side, brackets
/// skipped.
pub(super) fn sides<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> [Option<&'t Token<'a>>; 2] {
    let bracket = |token: &&Token<'_>| token.kind == Kind::Sign && matches!(token.text, "(" | ")" | "-" | "+");
    [
        tokens.get(..at).and_then(|left| left.iter().rev().find(|token| !bracket(token))),
        tokens.get(at + 1..).and_then(|right| right.iter().find(|token| !bracket(token))),
    ]
}

/// Whether the token orders two values: text and number must not meet there.
pub(super) fn orders(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign && matches!(token.text, "<" | "<=" | ">" | ">=")
}

/// Whether the token asks if two values are the same.
pub(super) fn equates(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign && matches!(token.text, "==" | "!=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_known_by_its_part() {
        let kinds: Vec<_> = read("max(0, a.b - c|default(0)) if é is not none and d == 'x y' else 1.5")
            .into_iter()
            .filter(|token| token.kind != Kind::Sign)
            .map(|token| (token.text, token.kind, token.column))
            .collect();
        assert_eq!(
            kinds,
            [
                ("max", Kind::Function, 1),
                ("0", Kind::Number, 5),
                ("a", Kind::Name, 8),
                ("b", Kind::Member, 10),
                ("c", Kind::Name, 14),
                ("default", Kind::Filter, 16),
                ("0", Kind::Number, 24),
                ("if", Kind::Keyword, 28),
                ("é", Kind::Name, 31),
                ("is", Kind::Keyword, 33),
                ("not", Kind::Keyword, 36),
                ("none", Kind::Test, 40),
                ("and", Kind::Keyword, 45),
                ("d", Kind::Name, 49),
                ("x y", Kind::Text, 54),
                ("else", Kind::Keyword, 60),
                ("1.5", Kind::Number, 65),
            ]
        );
    }
}
