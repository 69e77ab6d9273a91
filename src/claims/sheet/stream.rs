//! A sheet from the bytes of a page, in one pass and without a tree.
//!
//! Start and end tags are paired as the HTML standard's tree construction pairs them where pages depend on it: void
//! elements, raw text, implied end tags, tables, the scopes that end tags do not leave. Where the standard moves or
//! copies elements (misnested `<b>`, text in tables) they stay where they are written. Time is linear in the size of the
//! page; nesting past [`DEEPEST`] is given up.

use std::borrow::Cow;

use super::Sheet;
use super::cursor::{self, Cursor, Markup};
use super::tags::Tag;

/// Nesting past which no page made to be read goes.
pub(in crate::claims) const DEEPEST: usize = 1024;

/// End tags still to come of elements that were closed early, past which the oldest is forgotten.
const MOST_OWED: usize = 64;

/// Lays a page out. `None` if it nests deeper than any page made to be read.
pub(in crate::claims) fn read(html: &str) -> Option<Sheet<'_>> {
    let mut pass = Pass { cursor: Cursor::new(html), sheet: Sheet::with_room_for(html.len()), ..Pass::default() };
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
    cursor: Cursor<'a>,
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
}

impl<'a> Pass<'a> {
    fn run(&mut self) -> Option<()> {
        loop {
            let (text, markup) = self.cursor.next();
            self.text(text);
            let Some(markup) = markup else { return Some(()) };
            match markup {
                Markup::Declaration => self.cursor.skip_declaration(),
                Markup::End => self.end_tag(),
                Markup::Start => self.start_tag(),
            }
            if self.open.len() > DEEPEST {
                return None;
            }
        }
    }

    fn text(&mut self, text: &'a str) {
        if self.inert > 0 || text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return;
        }
        self.leave_head(Tag::default(), "");
        if let Some(inside) = self.open.last() {
            self.sheet.read(inside.index, cursor::decode(text));
        }
    }

    fn start_tag(&mut self) {
        let name = self.cursor.name();
        if !self.cursor.read_attributes() {
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
            self.raw(name);
        } else if name == "svg" {
            self.cursor.skip_drawing();
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
        let attributes = std::mem::take(&mut self.cursor.attributes);
        self.add(name, Tag::of(name));
        self.cursor.attributes = attributes;
    }

    fn add(&mut self, name: &'a str, tag: Tag) {
        let above = self.open.last().map(|open| open.index);
        let index = self.sheet.open(name, self.cursor.attributes.drain(..).map(cursor::decoded), above);
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
                // Who owes more than that is no page, and looking for a debt is to take no time.
                if self.owed.len() >= MOST_OWED {
                    self.owed.remove(0);
                }
                self.owed.push((last.name, position));
            }
            self.pop();
        }
    }

    fn end_tag(&mut self) {
        let Some(name) = self.cursor.end_tag() else { return };
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
    fn raw(&mut self, name: &'a str) {
        let text = self.cursor.raw(name);
        let inside = self.open.last().filter(|open| open.name == name && self.inert == 0).map(|open| open.index);
        let Some(index) = inside else { return };
        if matches!(name, "script" | "style" | "title") && !text.is_empty() {
            let text = if name == "title" { cursor::decode(text) } else { Cow::Borrowed(text) };
            self.sheet.read(index, text);
        }
        self.pop();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// How long a page of so many pieces takes, at best of three.
    fn time(piece: &str, times: usize) -> Duration {
        let page = piece.repeat(times);
        let once = || {
            let begun = Instant::now();
            std::hint::black_box(read(&page));
            begun.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap_or_default()
    }

    #[test]
    fn tags_that_never_pair_take_time_in_proportion() {
        for piece in ["<a><div></a>", "<a href=x><div></a></p>", "<form><div></form>", "<b><p></b>", "</i></td></li>"] {
            let (little, much) = (time(piece, 2_000), time(piece, 16_000));
            assert!(
                much < little * 40 + Duration::from_millis(50),
                "{piece}: {little:?}, eight times as much {much:?}"
            );
        }
    }

    #[test]
    fn what_nests_too_deep_is_given_up() {
        assert!(read(&"<div>".repeat(DEEPEST + 10)).is_none());
        assert!(read(&"<p>".repeat(DEEPEST + 10)).is_some(), "a paragraph ends where the next begins");
    }
}
