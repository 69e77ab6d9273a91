//! A sheet from the bytes of a page, in one pass and without a tree.
//!
//! Start and end tags are paired as the HTML standard's tree construction pairs them where pages depend on it: void
//! elements, raw text, implied end tags, tables, the scopes that end tags do not leave. Where the standard moves or
//! copies elements (misnested `<b>`, text in tables) they stay where they are written. Time is linear in the size of the
//! page; nesting past [`DEEPEST`] is given up.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::tags::{self, Tag};
use super::{Attribute, Sheet};

/// Nesting past which no page made to be read goes.
const DEEPEST: usize = 1024;

/// Attributes of one element past which the rest is dropped.
const MOST_ATTRIBUTES: usize = 200;

/// Lays a page out. `None` if it nests deeper than any page made to be read.
pub(in crate::claims) fn read(html: &str) -> Option<Sheet<'_>> {
    let mut pass = Pass { html, at: 0, sheet: Sheet::with_room_for(html.len()), open: Vec::new(), ..Pass::default() };
    pass.run()?;
    while let Some(last) = pass.open.pop() {
        pass.sheet.close(last.index);
    }
    pass.sheet.finish();
    Some(pass.sheet)
}

/// An element whose end was not met yet.
#[derive(Clone, Copy)]
struct Open<'a> {
    index: usize,
    name: &'a str,
    tag: Tag,
}

/// How many elements of a name are open, for the names that end each other.
#[derive(Default)]
struct Counts {
    p: usize,
    li: usize,
    dd: usize,
    a: usize,
    button: usize,
    form: usize,
    select: usize,
    table: usize,
}

impl Counts {
    fn of(&mut self, name: &str) -> Option<&mut usize> {
        Some(match name {
            "p" => &mut self.p,
            "li" => &mut self.li,
            "dd" | "dt" => &mut self.dd,
            "a" => &mut self.a,
            "button" => &mut self.button,
            "form" => &mut self.form,
            "select" => &mut self.select,
            "table" => &mut self.table,
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Pass<'a> {
    html: &'a str,
    at: usize,
    sheet: Sheet<'a>,
    open: Vec<Open<'a>>,
    counts: Counts,
    /// Elements closed early because something around them was, whose own end tags are still to come: the name, and how
    /// many elements were open around it.
    owed: Vec<(&'a str, usize)>,
    /// Open `<template>`s, whose contents are no part of the page.
    inert: usize,
    has_head: bool,
    has_body: bool,
    /// Whether `</svg` was looked for in vain.
    no_svg_end: bool,
    attributes: Vec<Attribute<'a>>,
}

impl<'a> Pass<'a> {
    fn bytes(&self) -> &'a [u8] {
        self.html.as_bytes()
    }

    fn run(&mut self) -> Option<()> {
        let bytes = self.bytes();
        let mut text_from = 0;
        while let Some(next) = memchr(b'<', bytes.get(self.at..).unwrap_or_default()) {
            let tag = self.at + next;
            let is_markup =
                bytes.get(tag + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'));
            if !is_markup {
                // A bare `<` is text.
                self.at = tag + 1;
                continue;
            }
            self.text(text_from, tag);
            self.at = tag + 1;
            match bytes.get(self.at) {
                Some(b'!' | b'?') => self.skip_declaration(),
                Some(b'/') => self.end_tag(),
                _ => self.start_tag(),
            }
            text_from = self.at;
            if self.open.len() > DEEPEST {
                return None;
            }
        }
        self.text(text_from, bytes.len());
        Some(())
    }

    fn text(&mut self, from: usize, to: usize) {
        if self.inert > 0 || from >= to {
            return;
        }
        let text = self.html.get(from..to).unwrap_or_default();
        let Some(first) = text.bytes().find(|byte| !byte.is_ascii_whitespace()) else { return };
        let _ = first;
        self.leave_head(Tag::default(), "");
        if let Some(inside) = self.open.last() {
            self.sheet.read(inside.index, decode(text));
        }
    }

    /// Comments, doctypes and what is left of XML.
    fn skip_declaration(&mut self) {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
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
    fn name(&mut self) -> &'a str {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace();
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let name = self.html.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        tags::lower(name)
    }

    fn start_tag(&mut self) {
        let name = self.name();
        if !self.read_attributes() {
            // The page ends inside the tag: there is no such element.
            return;
        }
        let tag = Tag::of(name);
        if self.inert > 0 {
            self.inert += usize::from(name == "template");
        } else if self.makes_room(name, tag) {
            self.add(name, tag);
        }
        if tag.is(Tag::RAW) {
            self.raw(name, tag);
        } else if name == "svg" {
            self.skip_drawing();
        }
    }

    /// Reads attributes up to the end of the tag. Whether there was an end.
    fn read_attributes(&mut self) -> bool {
        self.attributes.clear();
        let bytes = self.bytes();
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

    /// Ends what the element ends, and opens what it needs around it. Whether there is a place for it.
    fn makes_room(&mut self, name: &'a str, tag: Tag) -> bool {
        match name {
            "html" if !self.open.is_empty() => return false,
            "head" if self.has_head || self.has_body => return false,
            "body" if self.has_body => return false,
            _ => {}
        }
        if self.open.is_empty() && name != "html" {
            self.imply("html");
        }
        self.leave_head(tag, name);
        if tag.is(Tag::TABLE_PART) {
            return self.makes_room_in_table(name);
        }
        if tag.is(Tag::ENDS_P) && self.counts.p > 0 {
            self.end_up_to(|open| open.name == "p", |open| open.tag.is(Tag::SCOPE) || open.name == "button");
        }
        match name {
            "li" if self.counts.li > 0 => self.end_item(&["li"]),
            "dd" | "dt" if self.counts.dd > 0 => self.end_item(&["dd", "dt"]),
            "option" | "optgroup" => {
                while self
                    .open
                    .last()
                    .is_some_and(|open| open.name == "option" || (open.name == "optgroup" && name == "optgroup"))
                {
                    self.pop();
                }
            }
            "a" if self.counts.a > 0 => self.end_early("a"),
            "button" if self.counts.button > 0 => {
                self.end_up_to(|open| open.name == "button", |open| open.tag.is(Tag::SCOPE));
            }
            "select" | "input" | "textarea" if self.counts.select > 0 => {
                self.end_up_to(|open| open.name == "select", |open| open.tag.is(Tag::SCOPE));
                return name != "select";
            }
            "form" if self.counts.form > 0 => return false,
            _ if tag.is(Tag::HEADING) && self.open.last().is_some_and(|open| open.tag.is(Tag::HEADING)) => self.pop(),
            _ => {}
        }
        true
    }

    /// A head ends where something begins that cannot be in one; then there is a body, if nobody opened it.
    fn leave_head(&mut self, tag: Tag, name: &str) {
        if tag.is(Tag::HEAD) || matches!(name, "head" | "html" | "frameset") || self.has_body {
            self.has_head |= name == "head";
            return;
        }
        while self.open.last().is_some_and(|open| open.name == "head") {
            self.pop();
        }
        self.has_body = true;
        if name != "body" {
            if self.open.is_empty() {
                self.imply("html");
            }
            self.imply("body");
        }
    }

    fn makes_room_in_table(&mut self, name: &str) -> bool {
        if self.counts.table == 0 {
            return false;
        }
        let around: &[&str] = match name {
            "td" | "th" => &["tr", "table"],
            "tr" => &["tbody", "thead", "tfoot", "table"],
            "col" => &["colgroup", "table"],
            _ => &["table"],
        };
        while self.open.last().is_some_and(|open| !around.contains(&open.name) && open.name != "template") {
            self.pop();
        }
        true
    }

    /// Ends the list item that is open, unless a list or another block has begun in it.
    fn end_item(&mut self, names: &[&str]) {
        self.end_up_to(
            |open| names.contains(&open.name),
            |open| open.tag.is(Tag::SPECIAL) && !matches!(open.name, "address" | "div" | "p"),
        );
    }

    fn imply(&mut self, name: &'a str) {
        let attributes = std::mem::take(&mut self.attributes);
        self.add(name, Tag::of(name));
        self.attributes = attributes;
    }

    fn add(&mut self, name: &'a str, tag: Tag) {
        let above = self.open.last().map(|open| open.index);
        let index = self.sheet.open(name, self.attributes.drain(..).map(decoded), above);
        if tag.is(Tag::VOID) {
            self.sheet.close(index);
            return;
        }
        if name == "template" {
            self.inert = 1;
        }
        self.open.push(Open { index, name, tag });
        if let Some(count) = self.counts.of(name) {
            *count += 1;
        }
    }

    fn pop(&mut self) {
        let Some(last) = self.open.pop() else { return };
        self.sheet.close(last.index);
        if let Some(count) = self.counts.of(last.name) {
            *count = count.saturating_sub(1);
        }
    }

    /// Ends the innermost element that `is` it and everything inside, unless something that `bars` comes first.
    fn end_up_to(&mut self, is: impl Fn(&Open<'a>) -> bool, bars: impl Fn(&Open<'a>) -> bool) {
        let found = self.open.iter().rposition(|open| is(open) || bars(open));
        if let Some(position) = found.filter(|&position| is(&self.open[position])) {
            while self.open.len() > position {
                self.pop();
            }
        }
    }

    /// Ends the innermost element of the name although others inside are open: their end tags are then to be ignored.
    fn end_early(&mut self, name: &str) {
        let found = self.open.iter().rposition(|open| open.name == name || open.tag.is(Tag::SCOPE));
        let Some(position) = found.filter(|&position| self.open[position].name == name) else { return };
        while self.open.len() > position {
            let depth = self.open.len() - 1;
            if let Some(last) = self.open.last().filter(|_| depth > position) {
                self.owed.push((last.name, position));
            }
            self.pop();
        }
    }

    fn end_tag(&mut self) {
        self.at += 1;
        if !self.bytes().get(self.at).is_some_and(u8::is_ascii_alphabetic) {
            // `</>` is nothing, and `</3` a comment.
            let rest = self.bytes().get(self.at..).unwrap_or_default();
            self.at = memchr(b'>', rest).map_or(self.html.len(), |end| self.at + end + 1);
            return;
        }
        let name = self.name();
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        self.at = memchr(b'>', rest).map_or(self.html.len(), |end| self.at + end + 1);
        if self.inert > 0 {
            self.inert -= usize::from(name == "template");
            if self.inert == 0 {
                self.end_up_to(|open| open.name == "template", |_| false);
            }
            return;
        }
        // Debts of elements that have ended since are forgiven.
        while self.owed.last().is_some_and(|(_, depth)| *depth > self.open.len()) {
            self.owed.pop();
        }
        if let Some(debt) = self.owed.iter().rposition(|(owed, depth)| *owed == name && *depth == self.open.len()) {
            self.owed.remove(debt);
            return;
        }
        self.end(name);
    }

    fn end(&mut self, name: &str) {
        let tag = Tag::of(name);
        match name {
            // What comes after them belongs to the body all the same.
            "html" | "body" => {}
            "a" => self.end_early("a"),
            "form" if self.counts.form > 0 => self.end_early("form"),
            "li" => self.end_up_to(
                |open| open.name == "li",
                |open| open.tag.is(Tag::SCOPE) || matches!(open.name, "ul" | "ol"),
            ),
            "p" if self.counts.p == 0 => {}
            "tr" | "tbody" | "thead" | "tfoot" | "td" | "th" | "caption" => {
                self.end_up_to(|open| open.name == name, |open| open.name == "table");
            }
            _ if tag.is(Tag::HEADING) => {
                self.end_up_to(|open| open.tag.is(Tag::HEADING), |open| open.tag.is(Tag::SCOPE));
            }
            "table" => self.end_up_to(|open| open.name == "table", |open| open.name == "template"),
            _ if tag.is(Tag::SPECIAL) => self.end_up_to(|open| open.name == name, |open| open.tag.is(Tag::SCOPE)),
            _ => self.end_up_to(|open| open.name == name, |open| open.tag.is(Tag::SPECIAL)),
        }
    }

    /// Contents that are no markup, up to their end tag; the whole rest of the page if there is none.
    fn raw(&mut self, name: &'a str, tag: Tag) {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let (length, end) = raw_end(rest, name).unwrap_or((rest.len(), rest.len()));
        let text = self.html.get(self.at..self.at + length).unwrap_or_default();
        let inside = self.open.last().filter(|open| open.name == name && self.inert == 0).map(|open| open.index);
        if let Some(index) = inside {
            if matches!(name, "script" | "style" | "title") && !text.is_empty() {
                let text = if name == "title" { decode(text) } else { Cow::Borrowed(text) };
                self.sheet.read(index, text);
            }
            self.pop();
        }
        debug_assert!(tag.is(Tag::RAW), "only these have contents that are no markup");
        self.at += end;
    }

    /// Drawings hold no words about stock, and make up a good part of many pages.
    fn skip_drawing(&mut self) {
        if self.no_svg_end {
            return;
        }
        let rest = self.bytes().get(self.at..).unwrap_or_default();
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
fn decode(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() { Cow::Borrowed(text) } else { htmlize::unescape(text) }
}

fn decoded(attribute: Attribute<'_>) -> Attribute<'_> {
    match attribute.value {
        Cow::Borrowed(value) if memchr(b'&', value.as_bytes()).is_some() => {
            Attribute { value: htmlize::unescape_attribute(value), ..attribute }
        }
        _ => attribute,
    }
}
