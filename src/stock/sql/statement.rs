//! The text of a query: what is visibly none, and where the keys go.
//!
//! What is refused here is refused early and in plain words. The server refuses it too: it runs every query in a
//! read-only transaction, as a single prepared statement.

/// Where the placeholders of the keys belong.
pub(super) const KEYS: &str = "{keys}";

/// Largest number of keys in one run. SQLite took 999 parameters before version 3.32, and takes 32,766 since
/// (<https://sqlite.org/limits.html>).
pub(super) const MOST_KEYS: usize = 10_000;

/// What queries begin with.
const BEGINNINGS: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];

/// Words that stand in statements that write, lock or store, and in no query.
const WRITING: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "REPLACE"];

/// What is visibly wrong with a query, if anything. `escapes`: whether `\` escapes a quote in a string.
pub(super) fn problem(text: &str, escapes: bool) -> Option<String> {
    let Some(code) = code_of(text, escapes) else {
        return Some("holds a quote or a comment that is not closed".to_owned());
    };
    let code = code.trim().trim_end_matches(';');
    if code.contains(';') {
        return Some("holds several statements; write one query".to_owned());
    }
    let words: Vec<(usize, &str)> = words_of(code).collect();
    let Some((_, first)) = words.first() else {
        return Some("is empty; write a query such as SELECT sku, on_hand FROM stock".to_owned());
    };
    if !BEGINNINGS.iter().any(|known| known.eq_ignore_ascii_case(first)) {
        return Some(format!("begins with {first}, which is no query; it may only read, so begin with SELECT or WITH"));
    }
    let is_call = |at: usize, word: &str| code.get(at + word.len()..).unwrap_or_default().trim_start().starts_with('(');
    let writing = words
        .iter()
        .find(|(at, word)| WRITING.iter().any(|known| known.eq_ignore_ascii_case(word)) && !is_call(*at, word))?;
    let word = writing.1;
    Some(format!("holds the word {word}, and it may only read; a column of that name is to be put in quotes"))
}

/// The text without comments, strings and quoted names; each leaves a space. `None` where one is not closed.
fn code_of(text: &str, escapes: bool) -> Option<String> {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        rest = match next {
            '\'' | '"' | '`' => closed(after, next, escapes && next != '`')?,
            '-' if after.starts_with('-') => after.split_once('\n').map_or("", |(_, rest)| rest),
            '/' if after.starts_with('*') => after.split_once("*/")?.1,
            other => {
                code.push(other);
                rest = after;
                continue;
            }
        };
        code.push(' ');
    }
    Some(code)
}

/// What follows the closing quote.
fn closed(text: &str, quote: char, escapes: bool) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if escapes => escaped = true,
            c if c == quote => return text.get(at + c.len_utf8()..),
            _ => {}
        }
    }
    None
}

fn words_of(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    code.split(move |c| !inside(c)).filter(|word| !word.is_empty()).map(move |word| {
        // Both are parts of one string.
        (word.as_ptr() as usize - code.as_ptr() as usize, word)
    })
}

/// The query with a placeholder for each of so many keys.
pub(super) fn with_keys(text: &str, placeholders: impl Iterator<Item = String>) -> String {
    text.replace(KEYS, &placeholders.collect::<Vec<_>>().join(", "))
}

/// The query without a semicolon at its end.
pub(super) fn bare(text: &str) -> &str {
    text.trim().trim_end_matches(';').trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_pass_whatever_their_names_and_strings_say() {
        for text in [
            "SELECT sku, on_hand FROM stock",
            "select a from b where c = 'it''s; DELETE' -- ; drop\n and d = 1;",
            "/* INSERT */ WITH w AS (SELECT 1) SELECT * FROM w",
            "VALUES (1), (2)",
            "SELECT replace(sku, ' ', '') AS sku, \"update\", `delete`, updated_at FROM t",
            "SELECT sku FROM t WHERE note = 'a ''quote'' ; here'",
        ] {
            assert_eq!(problem(text, false), None, "{text}");
        }
        assert_eq!(problem(r"SELECT 'it\'s; so' FROM t", true), None);
    }

    #[test]
    fn what_is_visibly_no_query_is_refused() {
        for (text, expected) in [
            ("", "is empty"),
            ("-- nothing", "is empty"),
            ("DELETE FROM stock", "begins with DELETE"),
            ("update stock set a = 1", "begins with update"),
            ("SELECT 1; DROP TABLE stock", "several statements"),
            ("SELECT 1 /* ; */ ; SELECT 2", "several statements"),
            ("WITH w AS (DELETE FROM t RETURNING *) SELECT * FROM w", "holds the word DELETE"),
            ("SELECT * INTO copy FROM stock", "holds the word INTO"),
            ("SELECT * FROM stock FOR UPDATE", "holds the word UPDATE"),
            ("SELECT 'open FROM stock", "not closed"),
            ("SELECT 1 /* open", "not closed"),
        ] {
            let what = problem(text, false).unwrap_or_default();
            assert!(what.contains(expected), "{text}: {what}");
        }
    }

    #[test]
    fn keys_become_placeholders() {
        let text = with_keys("SELECT a FROM b WHERE c IN ({keys});", (1..=3).map(|at| format!("${at}")));
        assert_eq!(bare(&text), "SELECT a FROM b WHERE c IN ($1, $2, $3)");
    }
}
