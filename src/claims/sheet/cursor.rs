//! The bytes of a page as tags, text and what is neither: the tokens of the HTML standard
//! (<https://html.spec.whatwg.org/multipage/parsing.html#tokenization>), none of them copied.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::{Attribute, tags};

/// Attributes of one element past which the rest is dropped.
const MOST_ATTRIBUTES: usize = 200;

/// What stands at the cursor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// A start tag, the cursor at its name.
    Start,
    /// An end tag, the cursor at its name.
    End,
    /// A comment, a doctype or the like.
    Declaration,
}

/// A place in a page.
#[derive(Default)]
pub(super) struct Cursor<'a> {
    html: &'a str,
    at: usize,
    /// Whether `</svg` was looked for in vain.
    no_svg_end: bool,
    /// Attributes of the start tag that was read last, character references not resolved.
    pub(super) attributes: Vec<Attribute<'a>>,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a page.
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, ..Self::default() }
    }

    fn rest(&self) -> &'a [u8] {
        self.html.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The text up to the next markup, and what that is. `None` after the last.
    pub(super) fn next(&mut self) -> (&'a str, Option<Markup>) {
        let bytes = self.html.as_bytes();
        let from = self.at;
        while let Some(next) = memchr(b'<', self.rest()) {
            let tag = self.at + next;
            let markup = match bytes.get(tag + 1) {
                Some(b'!' | b'?') => Markup::Declaration,
                Some(b'/') => Markup::End,
                Some(byte) if byte.is_ascii_alphabetic() => Markup::Start,
                _ => {
                    // A bare `<` is text.
                    self.at = tag + 1;
                    continue;
                }
            };
            self.at = tag + 1 + usize::from(markup == Markup::End);
            return (self.html.get(from..tag).unwrap_or_default(), Some(markup));
        }
        self.at = bytes.len();
        (self.html.get(from..).unwrap_or_default(), None)
    }

    /// The end tag at the cursor: its name. `None` for `</>`, which is nothing, and `</3`, which is a comment.
    pub(super) fn end_tag(&mut self) -> Option<&'a str> {
        let name = self.rest().first().is_some_and(u8::is_ascii_alphabetic).then(|| self.name());
        self.at = memchr(b'>', self.rest()).map_or(self.html.len(), |end| self.at + end + 1);
        name
    }

    /// The contents up to the end tag of an element whose contents are no markup, which is passed as well; the whole
    /// rest of the page if there is none.
    pub(super) fn raw(&mut self, name: &str) -> &'a str {
        let rest = self.rest();
        let (length, end) = raw_end(rest, name).unwrap_or((rest.len(), rest.len()));
        let text = self.html.get(self.at..self.at + length).unwrap_or_default();
        self.at += end;
        text
    }

    /// Comments, doctypes and what is left of XML.
    pub(super) fn skip_declaration(&mut self) {
        let rest = self.rest();
        let end = if rest.starts_with(b"!--") {
            // `<!-->` and `<!--->` are comments, too.
            let inner = rest.get(1..).unwrap_or_default();
            memmem::find(inner, b"-->").map(|end| end + 4).or_else(|| rest.starts_with(b"!-->").then_some(4))
        } else {
            memchr(b'>', rest).map(|end| end + 1)
        };
        self.at = end.map_or(self.html.len(), |end| self.at + end);
    }

    /// The name at the cursor, which moves past it.
    pub(super) fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let ends = |byte: &u8| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace();
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let name = self.html.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        tags::lower(name)
    }

    /// Reads attributes up to the end of the tag. Whether there was an end.
    pub(super) fn read_attributes(&mut self) -> bool {
        self.attributes.clear();
        let bytes = self.html.as_bytes();
        let mut at = self.at;
        let skip_space = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            at
        };
        loop {
            at = skip_space(at);
            match bytes.get(at) {
                None => {
                    self.at = bytes.len();
                    return false;
                }
                Some(b'>') => {
                    self.at = at + 1;
                    return true;
                }
                Some(b'/') => {
                    at += 1;
                    continue;
                }
                _ => {}
            }
            let from = at;
            // A name may begin with anything, even `=`.
            at += 1;
            while bytes.get(at).is_some_and(|byte| !matches!(byte, b'>' | b'/' | b'=') && !byte.is_ascii_whitespace()) {
                at += 1;
            }
            let name = tags::lower(self.html.get(from..at).unwrap_or_default());
            let after = skip_space(at);
            let mut value = "";
            if bytes.get(after) == Some(&b'=') {
                at = skip_space(after + 1);
                match bytes.get(at) {
                    Some(quote @ (b'"' | b'\'')) => {
                        let Some(length) = memchr(*quote, bytes.get(at + 1..).unwrap_or_default()) else {
                            self.at = bytes.len();
                            return false;
                        };
                        value = self.html.get(at + 1..at + 1 + length).unwrap_or_default();
                        at += length + 2;
                    }
                    Some(b'>') | None => {}
                    Some(_) => {
                        let from = at;
                        while bytes.get(at).is_some_and(|byte| *byte != b'>' && !byte.is_ascii_whitespace()) {
                            at += 1;
                        }
                        value = self.html.get(from..at).unwrap_or_default();
                    }
                }
            }
            if self.attributes.len() < MOST_ATTRIBUTES {
                self.attributes.push(Attribute { name, value: Cow::Borrowed(value) });
            }
        }
    }

    /// Drawings hold no words about stock, and make up a good part of many pages.
    pub(super) fn skip_drawing(&mut self) {
        if self.no_svg_end {
            return;
        }
        let rest = self.rest();
        let mut depth = 1_usize;
        let mut at = 0;
        while let Some(next) = memmem::find(rest.get(at..).unwrap_or_default(), b"svg") {
            let found = at + next;
            at = found + 3;
            if found >= 2 && rest[found - 2] == b'<' && rest[found - 1] == b'/' {
                depth -= 1;
            } else if found >= 1 && rest[found - 1] == b'<' {
                depth += 1;
            }
            if depth == 0 {
                // The end tag itself is read as any other.
                self.at += found - 2;
                return;
            }
        }
        self.no_svg_end = true;
    }
}

/// How long raw contents are, and where what follows their end tag begins.
fn raw_end(rest: &[u8], name: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        let found = at + memmem::find(rest.get(at..)?, b"</")?;
        let after = found + 2 + name.len();
        let is_end = rest.get(found + 2..after).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
            && rest.get(after).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
        if is_end {
            let end = memchr(b'>', rest.get(after..).unwrap_or_default()).map_or(rest.len(), |end| after + end + 1);
            return Some((found, end));
        }
        at = found + 2;
    }
}

/// Resolves character references.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() { Cow::Borrowed(text) } else { htmlize::unescape(text) }
}

pub(super) fn decoded(attribute: Attribute<'_>) -> Attribute<'_> {
    match attribute.value {
        Cow::Borrowed(value) if memchr(b'&', value.as_bytes()).is_some() => {
            Attribute { value: htmlize::unescape_attribute(value), ..attribute }
        }
        _ => attribute,
    }
}
