//! The YAML text and where in it each key and value stands.
//!
//! `serde_yaml` turns text into values and forgets the places; this reads the same text once more as events
//! (<https://docs.rs/saphyr-parser>) and keeps them. Syntax errors and duplicate keys are found here.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Value;

use super::path::{Path, Step};
use super::problem::Problem;

/// A piece of one line. Lines count from 1, columns from 0, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The text, and the tree of places.
pub(super) struct Document {
    root: Option<Rc<Node>>,
}

struct Node {
    spot: Spot,
    kind: Kind,
}

enum Kind {
    /// A plain scalar's text as written; `None` where it is quoted.
    Scalar(Option<String>),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

struct Entry {
    key: String,
    spot: Spot,
    value: Rc<Node>,
}

impl Document {
    /// Reads the places. The problems are syntax errors (at most one: nothing after it can be trusted), duplicate keys,
    /// tags, and further documents.
    pub(super) fn read(text: &str) -> (Self, Vec<Problem>) {
        let widths = text.lines().map(|line| line.trim_end().chars().count()).collect();
        let mut reader =
            Reader { events: Parser::new_from_str(text), widths, anchors: HashMap::new(), problems: Vec::new() };
        let root = match reader.document() {
            Ok(root) => root,
            Err(problem) => {
                reader.problems.push(problem);
                None
            }
        };
        (Self { root }, reader.problems)
    }

    /// The values, aliases and merges resolved. A number that YAML would write differently (`1.10`, `1e3`) stays as it
    /// was written: it may be a SKU.
    pub(super) fn values(&self, text: &str) -> Result<Value, Problem> {
        let wrong = |error: serde_yaml::Error| {
            let spot = error.location().map(|at| {
                let from = at.column().saturating_sub(1);
                Spot { line: at.line(), from, to: from + 1 }
            });
            Problem::error(format!("this cannot be read: {error}")).at(spot)
        };
        let mut value: serde_yaml::Value = serde_yaml::from_str(text).map_err(wrong)?;
        value.apply_merge().map_err(wrong)?;
        Ok(self.json(value, &Path::default()))
    }

    fn json(&self, value: serde_yaml::Value, path: &Path) -> Value {
        match value {
            serde_yaml::Value::Null => Value::Null,
            serde_yaml::Value::Bool(yes) => yes.into(),
            serde_yaml::Value::String(text) => text.into(),
            serde_yaml::Value::Number(number) => {
                let number = serde_json::to_value(number).unwrap_or_default();
                let as_yaml = number.to_string();
                match self.plain(path) {
                    Some(written) if written != as_yaml => written.into(),
                    _ => number,
                }
            }
            serde_yaml::Value::Sequence(items) => {
                items.into_iter().enumerate().map(|(index, item)| self.json(item, &path.index(index))).collect()
            }
            serde_yaml::Value::Mapping(map) => map
                .into_iter()
                .map(|(key, value)| {
                    let key = match key {
                        serde_yaml::Value::String(key) => key,
                        other => serde_yaml::to_string(&other).unwrap_or_default().trim().to_owned(),
                    };
                    let value = self.json(value, &path.key(&key));
                    (key, value)
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
            serde_yaml::Value::Tagged(tagged) => self.json(tagged.value, path),
        }
    }

    /// Where the key of this path stands, or its value where it has none; the nearest one above if it is not there.
    pub(super) fn key(&self, path: &Path) -> Option<Spot> {
        self.locate(path).map(|(key, value)| key.unwrap_or(value.spot))
    }

    /// Where the value of this path stands. A list or map is shown by its key.
    pub(super) fn value(&self, path: &Path) -> Option<Spot> {
        self.locate(path).map(|(key, value)| match (&value.kind, key) {
            (Kind::Scalar(_), _) | (_, None) => value.spot,
            (_, Some(key)) => key,
        })
    }

    /// What stands there, if it is a scalar without quotes.
    pub(super) fn plain(&self, path: &Path) -> Option<&str> {
        let node =
            path.steps().iter().try_fold(self.root.as_ref()?, |node, step| node.down(step).map(|(_, node)| node));
        match &node?.kind {
            Kind::Scalar(plain) => plain.as_deref(),
            _ => None,
        }
    }

    /// The keys that are written there, if it is a map.
    pub(super) fn keys(&self, path: &Path) -> Vec<String> {
        match self.locate(path).map(|(_, node)| &node.kind) {
            Some(Kind::Map(entries)) => entries.iter().map(|entry| entry.key.clone()).collect(),
            _ => Vec::new(),
        }
    }

    fn locate(&self, path: &Path) -> Option<(Option<Spot>, &Node)> {
        let mut found = (None, self.root.as_deref()?);
        for step in path.steps() {
            match found.1.down(step) {
                Some((key, node)) => found = (key, node),
                None => break,
            }
        }
        Some(found)
    }
}

impl Node {
    fn down(&self, step: &Step) -> Option<(Option<Spot>, &Rc<Self>)> {
        match (&self.kind, step) {
            (Kind::List(items), Step::Index(index)) => items.get(*index).map(|item| (None, item)),
            (Kind::Map(entries), Step::Key(key)) => entries
                .iter()
                .find(|entry| entry.key == *key)
                .map(|entry| (Some(entry.spot), &entry.value))
                .or_else(|| self.merged().find_map(|node| node.down(step))),
            _ => None,
        }
    }

    /// What `<<` brings in (<https://yaml.org/type/merge.html>).
    fn merged(&self) -> impl Iterator<Item = &Self> {
        let sources = match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == "<<"),
            _ => None,
        };
        sources.into_iter().flat_map(|entry| match &entry.value.kind {
            Kind::List(items) => items.iter().map(Rc::as_ref).collect(),
            _ => vec![entry.value.as_ref()],
        })
    }
}

struct Reader<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// Characters of each line, without spaces at its end.
    widths: Vec<usize>,
    anchors: HashMap<usize, Rc<Node>>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Problem> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let (line, from) = (error.marker().line(), error.marker().col());
                let help = match error.info().contains("tab") {
                    true => "YAML is indented with spaces, never with tabs",
                    false => "often a quote, a bracket, a colon or the indentation of this line or the one above",
                };
                Err(Problem::error(format!("this is not YAML: {}", error.info()))
                    .at(Spot { line, from, to: from + 1 })
                    .help(help))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn document(&mut self) -> Result<Option<Rc<Node>>, Problem> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                _ if root.is_some() => {
                    let problem = Problem::error("a second document starts here".to_owned());
                    self.problems.push(problem.at(self.spot(span)).help("one file holds one configuration"));
                    return Ok(root);
                }
                event => root = Some(self.node(event, span)?),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Rc<Node>, Problem> {
        let spot = self.spot(span);
        let (anchor, tagged, kind) = match event {
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                return Ok(known.unwrap_or_else(|| Rc::new(Node { spot, kind: Kind::Scalar(None) })));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = (style == ScalarStyle::Plain).then(|| text.into_owned());
                (anchor, tag.is_some(), Kind::Scalar(plain))
            }
            Event::SequenceStart(anchor, tag) => (anchor, tag.is_some(), Kind::List(self.items()?)),
            Event::MappingStart(anchor, tag) => (anchor, tag.is_some(), Kind::Map(self.entries()?)),
            _ => (0, false, Kind::Scalar(None)),
        };
        if tagged {
            let problem = Problem::error("YAML tags (`!…`) mean nothing here".to_owned()).at(spot);
            self.problems.push(problem.help("remove the tag"));
        }
        let node = Rc::new(Node { spot, kind });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        Ok(node)
    }

    fn items(&mut self) -> Result<Vec<Rc<Node>>, Problem> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn entries(&mut self) -> Result<Vec<Entry>, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (key, spot) = match self.next()? {
                (Event::MappingEnd | Event::StreamEnd, _) => return Ok(entries),
                (Event::Scalar(key, ..), span) => (key.into_owned(), self.spot(span)),
                (event, span) => {
                    let spot = self.spot(span);
                    self.node(event, span)?;
                    self.problems.push(Problem::error("a key must be a single word".to_owned()).at(spot));
                    (String::new(), spot)
                }
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                let problem = Problem::error(format!("`{key}` is given twice")).at_key(spot);
                self.problems.push(problem.help(format!("the first one is in line {}; keep one", first.spot.line)));
            }
            entries.push(Entry { key, spot, value });
        }
    }

    /// The part of a span that lies on its first line.
    fn spot(&self, span: Span) -> Spot {
        let (line, from) = (span.start.line().max(1), span.start.col());
        let width = self.widths.get(line - 1).copied().unwrap_or(0);
        let to = if span.end.line() == span.start.line() { span.end.col() } else { width };
        Spot { line, from, to: to.min(width).max(from + 1) }
    }
}
