//! RSS and Atom → records.
//!
//! A field is a child of an `<item>` or `<entry>`. It counts by the namespace it is in, whatever the prefix is called: that
//! of Merchant Center (`http://base.google.com/ns/1.0`) before none; other namespaces are passed over. A prefix `g` that is
//! never declared is taken for Merchant Center's, as everybody means it. Entities are never expanded, so that none can
//! grow.

use std::io::BufReader;

use jiff::Timestamp;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::Halt;
use super::field::Field;
use super::input::Input;
use super::record::{Record, Unit};
use super::words;

/// Deepest nesting; feeds have six levels or so.
const DEEPEST: usize = 64;
/// Added to the rank of a name outside Merchant Center's namespace.
const PLAIN: u8 = 100;
/// Bytes taken from the decoder at once.
const PORTION: usize = 64 * 1024;

/// Reads the entries until `found` says `false`. `written` is told when the feed was written, if it says so before them.
pub(super) fn read(
    input: Input,
    mut written: impl FnMut(Timestamp),
    mut found: impl FnMut(&mut Record) -> bool,
) -> Result<(), Halt> {
    let Input { text, watch, .. } = input;
    let mut reader = Reader::from_reader(BufReader::with_capacity(PORTION, text));
    // `?a=1&b=2` without `&amp;` is wrong and common, and cannot be misread.
    reader.config_mut().allow_dangling_amp = true;
    let mut place = Place::default();
    let mut record = Record::new(Unit::Item);
    let mut text = String::new();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        watch.reset();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return Err(Halt::new(watch.failure().unwrap_or_else(|| error.to_string()), place.entries)),
        };
        match event {
            Event::Start(tag) => {
                place.open(&tag)?;
                if place.begins_entry {
                    record.begin(place.entries);
                }
                text.clear();
            }
            Event::Empty(tag) => {
                place.open(&tag)?;
                if let Some((field, rank)) = place.field {
                    take_address(&tag, field, rank, &mut record);
                }
                place.close();
            }
            Event::Text(part) if place.is_heard() => text.push_str(&part),
            Event::CData(part) if place.is_heard() => text.push_str(&part),
            Event::GeneralRef(name) if place.is_heard() => match name.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => text.push_str(&htmlize::unescape(format!("&{};", &*name))),
            },
            Event::End(_) => {
                if let Some((field, rank)) = place.field {
                    record.take(field, rank, &mut text);
                } else if place.is_date {
                    words::written(&text).into_iter().for_each(&mut written);
                }
                text.clear();
                if place.ends_entry() && !found(&mut record) {
                    return Ok(());
                }
                place.close();
            }
            Event::Eof => {
                return match (watch.failure(), place.depth) {
                    (Some(why), _) => Err(Halt::new(why, place.entries)),
                    (None, 0) if place.is_over => Ok(()),
                    (None, 0) => Err(Halt::new("no XML element is in it".to_owned(), 0)),
                    (None, _) => Err(Halt::new("it ends inside an element".to_owned(), place.entries)),
                };
            }
            _ => {}
        }
    }
}

/// Atom writes a link as `<link rel="alternate" href="…"/>`.
fn take_address(tag: &BytesStart<'_>, field: Field, rank: u8, record: &mut Record) {
    if !matches!(field, Field::Link | Field::MobileLink) {
        return;
    }
    let value = |name: &str| tag.try_get_attribute(name).ok().flatten();
    let is_page = value("rel").is_none_or(|rel| rel.value.as_ref() == "alternate");
    if let (true, Some(href)) = (is_page, value("href")) {
        let mut address = htmlize::unescape_attribute(href.value.as_ref()).into_owned();
        record.take(field, rank, &mut address);
    }
}

/// Whose names an element's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    /// Merchant Center's.
    Google,
    /// RSS's, Atom's, or nobody's.
    Plain,
    /// Somebody else's.
    Foreign,
}

/// A prefix and what it stands for, from a depth on.
#[derive(Debug)]
struct Binding {
    depth: usize,
    prefix: String,
    space: Space,
}

/// Where in the document the reader is.
#[derive(Debug, Default)]
struct Place {
    depth: usize,
    /// Entries begun.
    entries: u64,
    /// Depth of the entry that is open.
    entry: Option<usize>,
    /// Whether the element opened last is an entry.
    begins_entry: bool,
    /// The field that is open, and how good its name is.
    field: Option<(Field, u8)>,
    /// Whether the element that is open says when the feed was written.
    is_date: bool,
    /// Whether the root was closed.
    is_over: bool,
    bindings: Vec<Binding>,
}

impl Place {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Halt> {
        self.depth += 1;
        (self.begins_entry, self.field, self.is_date) = (false, None, false);
        if self.depth > DEEPEST {
            return Err(Halt::new(format!("elements are nested more than {DEEPEST} deep"), self.entries));
        }
        let declares = tag.attributes_raw().contains("xmlns");
        if declares {
            self.declare(tag);
        }
        let name = tag.name();
        let local = tag.local_name();
        let local: &str = local.as_ref();
        match self.entry {
            Some(entry) if self.depth == entry + 1 => {
                let prefix = name.as_ref().strip_suffix(local).and_then(|prefix: &str| prefix.strip_suffix(':'));
                let plain = match self.space(prefix.unwrap_or_default()) {
                    Space::Google => 0,
                    Space::Plain => PLAIN,
                    Space::Foreign => return Ok(()),
                };
                self.field = Field::of(local).map(|(field, rank)| (field, rank + plain));
            }
            Some(_) => {}
            None if self.depth == 1 => root(local)?,
            None if self.depth <= 3 && matches!(local, "item" | "entry") => {
                self.entry = Some(self.depth);
                self.entries += 1;
                self.begins_entry = true;
            }
            None => {
                self.is_date = self.entries == 0
                    && self.depth <= 3
                    && matches!(local, "lastBuildDate" | "pubDate" | "updated" | "modified" | "date");
            }
        }
        Ok(())
    }

    fn declare(&mut self, tag: &BytesStart<'_>) {
        for attribute in tag.attributes().flatten() {
            let key: &str = attribute.key.as_ref();
            let prefix = if key == "xmlns" { "" } else { key.strip_prefix("xmlns:").unwrap_or(":") };
            if prefix != ":" {
                let space = space_of(attribute.value.as_ref(), prefix.is_empty());
                self.bindings.push(Binding { depth: self.depth, prefix: prefix.to_owned(), space });
            }
        }
    }

    fn space(&self, prefix: &str) -> Space {
        let bound = self.bindings.iter().rev().find(|binding| binding.prefix == prefix);
        match bound {
            Some(binding) => binding.space,
            None if prefix.eq_ignore_ascii_case("g") => Space::Google,
            None if prefix.is_empty() => Space::Plain,
            None => Space::Foreign,
        }
    }

    /// Whether text that comes now is a field's.
    fn is_heard(&self) -> bool {
        self.field.is_some() || self.is_date
    }

    fn ends_entry(&self) -> bool {
        self.entry == Some(self.depth)
    }

    fn close(&mut self) {
        if self.ends_entry() {
            self.entry = None;
        }
        while self.bindings.last().is_some_and(|binding| binding.depth == self.depth) {
            self.bindings.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        (self.begins_entry, self.field, self.is_date) = (false, None, false);
        self.is_over |= self.depth == 0;
    }
}

/// Whose namespace an address is. What is nobody's prefix is everybody's names, whatever it is called.
fn space_of(address: &str, is_default: bool) -> Space {
    let bare = address.trim().trim_end_matches('/');
    let bare = bare.split_once("://").map_or(bare, |(_, bare)| bare);
    match bare {
        "base.google.com/ns/1.0" => Space::Google,
        "www.w3.org/2005/Atom" | "purl.org/rss/1.0" | "purl.org/atom/ns#" => Space::Plain,
        _ if is_default => Space::Plain,
        _ => Space::Foreign,
    }
}

fn root(name: &str) -> Result<(), Halt> {
    let what = match name {
        "rss" | "feed" | "RDF" | "channel" => return Ok(()),
        "html" | "HTML" => {
            "it is a web page (HTML) and no feed; it may be a login, a challenge or a page for visitors".into()
        }
        "urlset" | "sitemapindex" => {
            "it is a sitemap; a catalogue may be one (`catalog.sitemap`), a feed may not".into()
        }
        other => {
            let name: String = other.chars().take(60).collect();
            format!("it begins with <{name}>; a feed begins with <rss> or <feed>")
        }
    };
    Err(Halt::new(what, 0))
}
