//! JSON as shops write it: inside CDATA or comments, with trailing commas, raw line breaks and stray quotes.

use serde_json::Value;

/// Every value in a script, in order. What cannot be repaired is left out: half a statement is no statement.
pub(super) fn values(script: &str) -> Vec<Value> {
    let script = script.trim();
    if script.is_empty() {
        return Vec::new();
    }
    if let Some(values) = strictly(script) {
        return values;
    }
    let decoded;
    let script = if script.contains("&quot;") && !script.contains('"') {
        decoded = script.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        decoded.as_str()
    } else {
        script
    };
    strictly(&repaired(script, false)).or_else(|| strictly(&repaired(script, true))).unwrap_or_default()
}

/// One value, or several one after the other.
fn strictly(text: &str) -> Option<Vec<Value>> {
    serde_json::Deserializer::from_str(text).into_iter().collect::<Result<Vec<Value>, _>>().ok()
}

/// The text with everything put right that can be put right without guessing at content. With `stray_quotes`, a quote
/// that nothing follows which may follow a string is taken for part of it.
fn repaired(text: &str, stray_quotes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '"' {
            rest = string(&rest[1..], stray_quotes, &mut out);
        } else if let Some(after) = comment(rest) {
            rest = after;
        } else {
            rest = &rest[c.len_utf8()..];
            match c {
                '}' | ']' => {
                    let kept = out.trim_end().trim_end_matches(',').len();
                    out.truncate(kept);
                    out.push(c);
                }
                ';' => {}
                c if c.is_control() || c == '\u{a0}' || c == '\u{feff}' => out.push(' '),
                c => out.push(c),
            }
        }
    }
    let kept = out.trim_end().trim_end_matches(',').len();
    out.truncate(kept);
    out
}

/// Copies a string whose opening quote was read; returns what follows its closing quote.
fn string<'t>(text: &'t str, stray_quotes: bool, out: &mut String) -> &'t str {
    out.push('"');
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if !stray_quotes || closes(&text[at + 1..]) => {
                out.push('"');
                return &text[at + 1..];
            }
            '"' => out.push_str("\\\""),
            '\\' => match chars.next() {
                Some((_, next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u'))) => {
                    out.push('\\');
                    out.push(next);
                }
                Some((_, next)) if !next.is_control() => out.push(next),
                _ => out.push(' '),
            },
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    ""
}

/// Whether a quote before this text may be the end of a string.
fn closes(after: &str) -> bool {
    let after = after.trim_start();
    match after.chars().next() {
        None | Some('}' | ']' | ':') => true,
        // `"17", "` goes on with another string or value; `17", black` does not.
        Some(',') => after[1..]
            .trim_start()
            .starts_with(|c: char| matches!(c, '"' | '{' | '[' | '}' | ']' | '-' | '0'..='9' | 't' | 'f' | 'n')),

        _ => false,
    }
}

/// What follows a comment or a CDATA or HTML comment mark, if the text starts with one.
fn comment(text: &str) -> Option<&str> {
    for mark in ["<!--", "-->", "<![CDATA[", "]]>", "//<![CDATA[", "//]]>"] {
        if let Some(after) = text.strip_prefix(mark) {
            return Some(after);
        }
    }
    if let Some(after) = text.strip_prefix("/*") {
        return Some(after.split_once("*/").map_or("", |(_, after)| after));
    }
    let after = text.strip_prefix("//")?;
    Some(after.find('\n').map_or("", |end| &after[end..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_shops_write_is_read() {
        let meant = vec![json!({"a": [1, {"b": "x y"}]})];
        for written in [
            "{\"a\":[1,{\"b\":\"x y\"}]}",
            "//<![CDATA[\n{\"a\":[1,{\"b\":\"x y\"}]}\n//]]>",
            "<![CDATA[ {\"a\":[1,{\"b\":\"x y\"}]} ]]>",
            "/* made by a plugin */ {\"a\":[1,{\"b\":\"x y\",},],}",
            "<!-- {\"a\":[1,{\"b\":\"x\ny\"}]} -->",
            "{\"a\":[1,{\"b\":\"x\ty\"}]};",
            "{&quot;a&quot;:[1,{&quot;b&quot;:&quot;x y&quot;}]}",
            "{\"a\": // a list\n [1,{\"b\":\"x y\"}]}",
        ] {
            assert_eq!(values(written), meant, "{written}");
        }
        assert_eq!(
            values("{\"name\": \"17\" screen, \\'new\\'\", \"sku\": \"1\"}"),
            vec![json!({"name": "17\" screen, 'new'", "sku": "1"})]
        );
        assert_eq!(values("{\"a\":1} {\"b\":2}"), vec![json!({"a": 1}), json!({"b": 2})]);
    }

    #[test]
    fn a_slash_inside_a_string_is_no_comment() {
        assert_eq!(values("{\"u\":\"https://schema.org/InStock\",}"), vec![json!({"u": "https://schema.org/InStock"})]);
    }

    #[test]
    fn half_a_statement_is_none() {
        for text in ["", "{\"a\":", "<html>", "{\"a\":[1,2", "\u{0}\u{1}"] {
            assert_eq!(values(text), Vec::<Value>::new(), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(values(&deep), Vec::<Value>::new());
    }
}
