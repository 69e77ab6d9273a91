//! Scripts cut into the few kinds of piece that matter for finding data in them.

/// A piece of script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// What is between quotes, escapes unresolved.
    Text(&'t str),
    /// A name or a word of the language.
    Word(&'t str),
    /// A number without sign.
    Number(&'t str),
    /// Anything else, one byte of it. A regular expression is one `/`.
    Mark(u8),
}

/// Cuts a script into pieces; white space and comments are left out. Never fails: what makes no sense is a mark.
#[derive(Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Whether a value ended just now, so that a slash divides.
    after_value: bool,
    /// Up to where it is known that nothing ends what a `"`, a `'`, a backtick or a slash begins: so much is looked
    /// through once.
    barren: [usize; 4],
}

impl<'t> Lexer<'t> {
    /// From the beginning.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, after_value: false, barren: [0; 4] }
    }

    /// Where the next piece is looked for.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Moves past white space and comments.
    fn skip_gaps(&mut self) {
        let bytes = self.text.as_bytes();
        loop {
            match self.byte(self.at) {
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                Some(b'/') if self.byte(self.at + 1) == Some(b'/') => {
                    let rest = bytes.get(self.at..).unwrap_or_default();
                    self.at = memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| self.at + end);
                }
                Some(b'/') if self.byte(self.at + 1) == Some(b'*') => {
                    let rest = bytes.get(self.at + 2..).unwrap_or_default();
                    let end = memchr::memmem::find(rest, b"*/");
                    self.at = end.map_or(bytes.len(), |end| self.at + 2 + end + 2);
                }
                _ => return,
            }
        }
    }

    /// What is between the quote here and the one that ends it. Strings in quotes do not go on after a line's end.
    fn quoted(&mut self, quote: u8) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        let barren = match quote {
            b'"' => 0,
            b'\'' => 1,
            _ => 2,
        };
        if self.at < self.barren[barren] {
            return None;
        }
        let from = self.at + 1;
        let mut to = from;
        loop {
            let rest = bytes.get(to..).unwrap_or_default();
            to += memchr::memchr3(quote, b'\\', b'\n', rest).unwrap_or(rest.len());
            match self.byte(to) {
                Some(b'\\') => to += 2,
                Some(b'\n') if quote == b'`' => to += 1,
                Some(b'\n') | None => {
                    self.barren[barren] = to;
                    return None;
                }
                Some(_) => return self.text.get(from..to),
            }
        }
    }

    /// The end of the regular expression that the slash here begins.
    fn pattern_end(&mut self) -> Option<usize> {
        if self.at < self.barren[3] {
            return None;
        }
        let mut in_class = false;
        let mut to = self.at + 1;
        loop {
            match self.byte(to) {
                Some(b'\n') | None => {
                    self.barren[3] = to;
                    return None;
                }
                Some(b'\\') => to += 1,
                Some(b'[') => in_class = true,
                Some(b']') => in_class = false,
                Some(b'/') if !in_class => return Some(to + 1),
                Some(_) => {}
            }
            to += 1;
        }
    }

    fn run(&self, keep: impl Fn(u8) -> bool) -> &'t str {
        let mut to = self.at;
        while self.byte(to).is_some_and(&keep) {
            to += 1;
        }
        self.text.get(self.at..to).unwrap_or_default()
    }
}

impl<'t> Iterator for Lexer<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.skip_gaps();
        let byte = self.byte(self.at)?;
        let divides = std::mem::replace(&mut self.after_value, false);
        let token = match byte {
            b'"' | b'\'' | b'`' => match self.quoted(byte) {
                Some(text) => {
                    self.at += text.len() + 2;
                    self.after_value = true;
                    return Some(Token::Text(text));
                }
                None => Token::Mark(byte),
            },
            b'/' if !divides => {
                self.at = self.pattern_end().unwrap_or(self.at + 1);
                self.after_value = true;
                return Some(Token::Mark(byte));
            }
            b'0'..=b'9' => Token::Number(self.run(|b| b.is_ascii_alphanumeric() || b == b'.')),
            b'.' if self.byte(self.at + 1).is_some_and(|b| b.is_ascii_digit()) => {
                Token::Number(self.run(|b| b.is_ascii_alphanumeric() || b == b'.'))
            }
            b if is_word(b) => Token::Word(self.run(is_word)),
            mark => Token::Mark(mark),
        };
        self.at += match token {
            Token::Word(text) | Token::Number(text) | Token::Text(text) => text.len(),
            Token::Mark(_) => 1,
        };
        self.after_value = match token {
            Token::Word(word) => !matches!(word, "return" | "typeof" | "case" | "in" | "of" | "void"),
            Token::Number(_) | Token::Text(_) => true,
            Token::Mark(mark) => matches!(mark, b')' | b']' | b'}'),
        };
        Some(token)
    }
}

/// Bytes past ASCII are letters, so that a name never ends within a character.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// What a string's contents mean.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut high: Option<u32> = None;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let mut chars = rest[at + 1..].chars();
        let Some(c) = chars.next() else { return out };
        rest = chars.as_str();
        let digits = match c {
            'u' if rest.starts_with('{') => rest.find('}').map(|end| (1, end, end + 1)),
            'u' => Some((0, 4, 4)),
            'x' => Some((0, 2, 2)),
            _ => None,
        };
        if let Some((from, to, after)) = digits {
            let code = rest.get(from..to).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let Some(code) = code else { continue };
            rest = rest.get(after..).unwrap_or_default();
            match (high.take(), code) {
                (_, 0xD800..0xDC00) => high = Some(code),
                (Some(high), 0xDC00..0xE000) => {
                    out.extend(char::from_u32(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)));
                }
                _ => out.extend(char::from_u32(code)),
            }
            continue;
        }
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' | 'b' | 'f' | 'v' | '0' => out.push(' '),
            '\n' => {}
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_patterns_and_comments_open_nothing() {
        let words = |text: &'static str| {
            Lexer::new(text)
                .filter_map(|token| if let Token::Word(word) = token { Some(word) } else { None })
                .collect::<Vec<_>>()
        };
        assert_eq!(words("a = /['\"]/g; b // it's\n; c /* \" */ = d / e / f"), ["a", "g", "b", "c", "d", "e", "f"]);
        assert_eq!(words("it's\nb"), ["it", "s", "b"]);
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(unescaped(r#"{\"a\":\"\u05d0\x41\ud83d\ude00\/\n\"}"#), "{\"a\":\"אA😀/\n\"}");
        for text in ["\\", "\\u", "\\u12", "\\ud83d", "\\x", "\\u{zz}", "א\\א"] {
            let _ = unescaped(text);
        }
    }
}
