//! JSON as shops write it: inside CDATA or comments, with trailing or missing commas, raw line breaks, single and stray
//! quotes, `NaN`, several values in one script, cut off in the middle.

use serde_json::{Map, Value};

/// Nesting past which nothing sensible is described.
const DEPTH: usize = 96;

/// A key is not longer than this, in bytes.
const LONGEST_KEY: usize = 80;

/// Every object and list in a script, in order. What cannot be understood is left out; of what is cut off, that which
/// came whole is kept.
pub(super) fn values(script: &str) -> Vec<Value> {
    let script = script.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if script.is_empty() {
        return Vec::new();
    }
    if let Some(values) = strictly(script) {
        return values;
    }
    let decoded;
    let script = if script.contains("&quot;") && !script.contains('"') {
        decoded = htmlize::unescape(script);
        decoded.as_ref()
    } else {
        script
    };
    // Quotes are first taken as they stand. Where that leaves errors, a quote that nothing follows which may follow a
    // string is taken for part of it.
    let plain = Loose::read(script, false);
    if plain.errors == 0 {
        return plain.found;
    }
    let guessed = Loose::read(script, true);
    if guessed.errors < plain.errors { guessed.found } else { plain.found }
}

/// One value, or several one after the other.
fn strictly(text: &str) -> Option<Vec<Value>> {
    serde_json::Deserializer::from_str(text).into_iter().collect::<Result<Vec<Value>, _>>().ok()
}

/// Reads what is no JSON. Never goes back, so that the time is in proportion to the text.
struct Loose<'t> {
    rest: &'t str,
    stray_quotes: bool,
    /// Places that could not be understood.
    errors: usize,
    found: Vec<Value>,
}

/// Nothing more can be read: the end, or nesting without end.
struct Over;

impl<'t> Loose<'t> {
    fn read(text: &'t str, stray_quotes: bool) -> Self {
        let mut loose = Self { rest: text, stray_quotes, errors: 0, found: Vec::new() };
        while let Ok(Some(c)) = loose.next() {
            if !matches!(c, '{' | '[') {
                // `;`, `var data =`, what a comment or CDATA leaves.
                loose.skip(c);
                continue;
            }
            if let (Some(value), _) = loose.value(DEPTH, None)
                && !is_empty(&value)
            {
                loose.found.push(value);
            }
        }
        loose
    }

    /// The next character that means something, not taken.
    fn next(&mut self) -> Result<Option<char>, Over> {
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
            match comment(self.rest) {
                Some(after) => self.rest = after,
                None => return Ok(Some(self.rest.chars().next().ok_or(Over)?)),
            }
        }
    }

    fn skip(&mut self, c: char) {
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
    }

    /// A value that begins here, `None` if it says nothing; and whether all of it was there. `inside` closes what the
    /// value stands in.
    fn value(&mut self, depth: usize, inside: Option<char>) -> (Option<Value>, bool) {
        let Ok(Some(c)) = self.next() else { return (None, false) };
        match c {
            '{' | '[' => {
                let Some(depth) = depth.checked_sub(1) else {
                    self.errors += 1;
                    self.rest = "";
                    return (None, false);
                };
                self.skip(c);
                if c == '{' {
                    let mut map = Map::new();
                    let whole = self.object(&mut map, depth).is_ok();
                    (Some(Value::Object(map)), whole)
                } else {
                    let mut all = Vec::new();
                    let whole = self.list(&mut all, depth).is_ok();
                    (Some(Value::Array(all)), whole)
                }
            }
            '"' | '\'' => match self.string(c, inside) {
                Some(text) => (Some(Value::String(text)), true),
                None => (None, false),
            },
            _ => self.bare(),
        }
    }

    fn object(&mut self, map: &mut Map<String, Value>, depth: usize) -> Result<(), Over> {
        while let Some(c) = self.next()? {
            match c {
                '}' => {
                    self.skip(c);
                    return Ok(());
                }
                ',' => self.skip(c),
                '"' | '\'' => {
                    let key = self.string(c, None).ok_or(Over)?;
                    self.member(key, map, depth)?;
                }
                c if c.is_alphabetic() || matches!(c, '_' | '$' | '@') => {
                    let end =
                        self.rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '@' | '-' | ':'));
                    let name = self.rest.get(..end.unwrap_or(self.rest.len())).unwrap_or_default();
                    // `schema:sku: 1` has a colon of its own.
                    let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
                    self.rest = self.rest.get(name.len()..).unwrap_or_default();
                    self.member(name.to_owned(), map, depth)?;
                }
                // The object was not closed.
                ']' => {
                    self.errors += 1;
                    return Ok(());
                }
                c => {
                    self.errors += 1;
                    self.skip(c);
                    if matches!(c, '{' | '[') {
                        self.object(&mut Map::new(), depth.checked_sub(1).ok_or(Over)?)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn member(&mut self, key: String, map: &mut Map<String, Value>, depth: usize) -> Result<(), Over> {
        if self.next()? != Some(':') {
            self.errors += 1;
            return Ok(());
        }
        self.skip(':');
        if matches!(self.next()?, Some(',' | '}')) {
            self.errors += 1;
            return Ok(());
        }
        let (value, whole) = self.value(depth, Some('}'));
        if let Some(value) = value {
            map.insert(key, value);
        }
        if whole { Ok(()) } else { Err(Over) }
    }

    fn list(&mut self, all: &mut Vec<Value>, depth: usize) -> Result<(), Over> {
        while let Some(c) = self.next()? {
            match c {
                ']' => {
                    self.skip(c);
                    return Ok(());
                }
                ',' => self.skip(c),
                '}' | ':' => {
                    self.errors += 1;
                    if c == '}' {
                        return Ok(());
                    }
                    self.skip(c);
                }
                _ => {
                    let (value, whole) = self.value(depth, Some(']'));
                    all.extend(value);
                    if !whole {
                        return Err(Over);
                    }
                }
            }
        }
        Ok(())
    }

    /// A number or a word without quotes. `NaN`, `undefined` and whatever else is no JSON says nothing.
    fn bare(&mut self) -> (Option<Value>, bool) {
        let end = self.rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']' | '{' | '[' | '"' | '\''));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let word = word.trim();
        let value = match word.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" | "nan" | "undefined" | "none" | "infinity" | "-infinity" => None,
            _ => match word.parse::<serde_json::Number>() {
                Ok(number) => Some(Value::Number(number)),
                Err(_) => {
                    self.errors += 1;
                    None
                }
            },
        };
        if end == Some(0) {
            // Nothing that could be a word.
            self.errors += 1;
            self.rest.chars().next().inspect(|c| self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default());
        }
        // A number at the very end may have been cut.
        if end.is_some() { (value, true) } else { (None, false) }
    }

    /// A string whose opening quote comes next. `None` if it has no end.
    fn string(&mut self, quote: char, inside: Option<char>) -> Option<String> {
        self.skip(quote);
        let text = self.rest;
        let mut out = String::new();
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    let after = text.get(at + 1..).unwrap_or_default();
                    if (self.stray_quotes || quote == '\'') && !closes(after, inside) {
                        out.push(c);
                        continue;
                    }
                    self.rest = after;
                    return Some(out);
                }
                '\\' => match chars.next()?.1 {
                    'n' | 'r' | 't' | 'b' | 'f' => out.push(' '),
                    'u' => {
                        let from = chars.offset();
                        let (c, length) = escaped(text.get(from..).unwrap_or_default());
                        out.push(c);
                        for _ in 0..length {
                            chars.next();
                        }
                    }
                    next if next.is_control() => out.push(' '),
                    next => out.push(next),
                },
                c if c.is_control() => out.push(' '),
                c => out.push(c),
            }
        }
        self.rest = "";
        None
    }
}

/// What four hexadecimal digits stand for, and a second half after them; and how many characters they take.
fn escaped(text: &str) -> (char, usize) {
    let unit = |text: &str| text.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(first) = unit(text) else { return (char::REPLACEMENT_CHARACTER, 0) };
    if let Some(c) = char::from_u32(u32::from(first)) {
        return (c, 4);
    }
    let second = text.get(4..).and_then(|text| text.strip_prefix("\\u")).and_then(unit);
    let both = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    both.map_or((char::REPLACEMENT_CHARACTER, 4), |c| (c, 10))
}

/// Whether a quote before this text may be the end of a string. `inside` closes what the string stands in; a key stands
/// in nothing.
fn closes(after: &str, inside: Option<char>) -> bool {
    let after = after.trim_start();
    let Some(next) = after.chars().next() else { return true };
    let Some(end) = inside else { return next == ':' };
    match next {
        '}' | ']' => true,
        ',' => {
            let more = after.get(1..).unwrap_or_default().trim_start();
            match end {
                '}' => is_key(more) || more.starts_with(['}', '/']) || more.is_empty(),
                _ => more.starts_with(|c: char| {
                    matches!(c, '"' | '\'' | '{' | '[' | ']' | '-' | '0'..='9' | 't' | 'f' | 'n')
                }),
            }
        }
        // The comma is missing.
        '"' => end == '}' && is_key(after),
        '/' => comment(after).is_some(),
        _ => false,
    }
}

/// Whether a text begins with `"name":`.
fn is_key(text: &str) -> bool {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else { return text.starts_with(|c: char| c.is_alphabetic() || c == '@') };
    let name = text.get(1..).unwrap_or_default();
    let end = name.char_indices().take(LONGEST_KEY).find(|(_, c)| *c == quote || *c == '\n');
    end.and_then(|(at, _)| name.get(at..)?.strip_prefix(quote)).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(all) => all.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => true,
    }
}

/// What follows a comment or a CDATA or HTML comment mark, if the text starts with one.
fn comment(text: &str) -> Option<&str> {
    if !text.starts_with(['<', '-', ']', '/', '!']) {
        return None;
    }
    for mark in ["<!--", "-->", "<![CDATA[", "]]>", "//<![CDATA[", "//]]>", "//-->"] {
        if let Some(after) = text.strip_prefix(mark) {
            return Some(after);
        }
    }
    if let Some(after) = text.strip_prefix("/*") {
        return Some(after.split_once("*/").map_or("", |(_, after)| after));
    }
    let after = text.strip_prefix("//")?;
    Some(after.find('\n').and_then(|end| after.get(end..)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
