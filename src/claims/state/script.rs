//! Where in a script there is data: object and list literals, and strings that hold such literals in turn.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::lexer::{Lexer, Token, unescaped};

/// Strings within strings that are looked into.
const DEPTH: usize = 3;

/// Literals that do not end after which no more are looked for: each costs the rest of the script.
const UNENDED: usize = 4;

/// Without one of these in its keys, a script says nothing of stock. So few and so short that they are looked for many
/// bytes at a time.
const TELLING: &[&str] = &[
    "vailab",
    "VAILAB",
    "tock",
    "TOCK",
    "old_out",
    "oldOut",
    "oldout",
    "OLD_OUT",
    "nventory",
    "alable",
    "aleable",
    "rderable",
    "uyable",
    "nlimited",
    "is_selling",
    "chooseText",
];

static KEYS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    // Only for the leftmost match are many bytes compared at a time.
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(TELLING).ok()
});

/// Where in the text a telling key stands, as far as its bytes show: the key ends in a quote, a colon or an escape.
fn telling(text: &str) -> Vec<usize> {
    let Some(keys) = KEYS.as_ref() else { return Vec::new() };
    let bytes = text.as_bytes();
    let is_key = |end: usize| {
        let rest = bytes.get(end..).unwrap_or_default();
        let tail = rest.iter().take(24).take_while(|b| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-')).count();
        matches!(rest.get(tail), Some(b'"' | b'\'' | b':' | b'\\'))
    };
    keys.find_iter(text).filter(|found| is_key(found.end())).map(|found| found.start()).collect()
}

/// Whether there can be anything in it.
pub(super) fn may_tell(text: &str) -> bool {
    !telling(text).is_empty()
}

/// Hands over every outermost literal that has a telling key in it.
pub(super) fn literals(text: &str, take: &mut dyn FnMut(&str)) {
    within(text, DEPTH, take);
}

fn within(text: &str, depth: usize, take: &mut dyn FnMut(&str)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let telling = telling(text);
    let tells =
        |from: usize, to: usize| telling.get(telling.partition_point(|at| *at < from)).is_some_and(|at| *at < to);
    let Some(last) = telling.last().copied() else { return };
    let mut lexer = Lexer::new(text);
    let mut unended = 0;
    let mut opens_value = true;
    while lexer.at() <= last {
        let Some(token) = lexer.next() else { return };
        match token {
            Token::Mark(b'{' | b'[') if opens_value && unended < UNENDED => {
                let from = lexer.at() - 1;
                match end_of(lexer.clone()) {
                    Some(after) => {
                        let to = after.at();
                        if tells(from, to) {
                            take(text.get(from..to).unwrap_or_default());
                        }
                        lexer = after;
                        opens_value = false;
                        continue;
                    }
                    None => unended += 1,
                }
            }
            Token::Text(inner) if inner.len() > 20 && tells(lexer.at() - inner.len(), lexer.at()) => {
                within(&unescaped(inner), depth, take);
            }
            _ => {}
        }
        opens_value = match token {
            Token::Mark(mark) => matches!(mark, b'=' | b'(' | b',' | b':' | b'[' | b'?' | b'|' | b'&'),
            Token::Word(word) => word == "return",
            Token::Number(_) | Token::Text(_) => false,
        };
    }
}

/// The lexer past the end of the literal whose opening mark it has just read.
pub(super) fn end_of(mut lexer: Lexer<'_>) -> Option<Lexer<'_>> {
    let mut open = 1_usize;
    loop {
        match lexer.next()? {
            Token::Mark(b'{' | b'[') => open += 1,
            Token::Mark(b'}' | b']') => {
                open -= 1;
                if open == 0 {
                    return Some(lexer);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        literals(text, &mut |literal| found.push(literal.to_owned()));
        found
    }

    #[test]
    fn literals_are_found_in_code() {
        for (text, meant) in [
            ("{\"available\":true}", vec!["{\"available\":true}"]),
            ("var a = {b: 1}; var p = {\"available\": true};", vec!["{\"available\": true}"]),
            ("(function(){ if (x) { f({soldOut: true}) } })()", vec!["{soldOut: true}"]),
            (
                "x = JSON.parse('{\\\"available\\\":false,\\\"sku\\\":\\\"A\\\"}')",
                vec!["{\"available\":false,\"sku\":\"A\"}"],
            ),
            ("var t = \"sold out: }\"; x = [{in_stock:1}]", vec!["[{in_stock:1}]"]),
            (
                "x.push([1,\"3:[\\\"$\\\",{\\\"inStock\\\":true}]\\n\"])",
                vec!["[1,\"3:[\\\"$\\\",{\\\"inStock\\\":true}]\\n\"]"],
            ),
            ("var a = 'is it available?'", vec![]),
            ("{\"a\": {\"available\":", vec![]),
        ] {
            assert_eq!(all(text), meant, "{text}");
        }
    }

    #[test]
    fn hostile_scripts_take_time_in_proportion() {
        for piece in ["x={\"available\":", "[", "\\\"available\\\"", "'", "/[", "`", "{a:'", "/*", "x=\"\\"] {
            let text = format!("{}\"available\":1", piece.repeat(200_000));
            let started = std::time::Instant::now();
            let _ = all(&text);
            assert!(started.elapsed().as_secs() < 10, "{piece}");
        }
    }
}
