//! From the literals of scripts and attributes to the objects in them.

use serde_json::Value;

use super::literal::{self, Names};
use super::view::{Found, View};
use super::{LISTS, READERS, next_flight, script, vocabulary};

/// Nesting that is entered.
const DEPTH: usize = 40;

/// Strings within data that are read as data once more.
const TEXTS: usize = 3;

/// Shorter strings hold no data, in bytes.
const SHORTEST_TEXT: usize = 40;

/// Longest script that is read, in bytes.
pub(super) const LONGEST: usize = 16 << 20;

/// Every script but structured data, which has readers of its own.
pub(super) fn scripts(view: &View<'_>, found: &mut Vec<Found>) {
    for script in &view.sheet.scripts {
        let kind = view.sheet.element(script.at).attr("type").unwrap_or_default();
        let foreign = view.sheet.nodes.get(script.at).is_none_or(|node| node.foreign);
        let text: &str = &script.text;
        let has_readers = kind.contains("ld+json") || text.contains(next_flight::PUSHES);
        if foreign || has_readers || text.len() > LONGEST || !script::may_tell(text) || !view.is_named_in(text) {
            continue;
        }
        literal(&script.text, view, script.at, found);
    }
}

/// Everything in one text.
pub(super) fn literal(text: &str, view: &View<'_>, at: usize, found: &mut Vec<Found>) {
    let names = Names::new();
    script::literals(text, &mut |piece| {
        if let Some(value) = literal::read(piece, &names) {
            tree(&value, view, at, found);
        }
    });
}

/// Everything in one value.
pub(super) fn tree(value: &Value, view: &View<'_>, at: usize, found: &mut Vec<Found>) {
    Walk { view, at, found, texts: TEXTS }.enter(value, &mut Vec::new(), DEPTH);
}

struct Walk<'w, 'v> {
    view: &'w View<'v>,
    at: usize,
    found: &'w mut Vec<Found>,
    texts: usize,
}

impl Walk<'_, '_> {
    fn keep(&mut self, one: Option<Found>, path: &[&str]) {
        let Some(mut one) = one.filter(|_| self.found.len() < self.view.most()) else { return };
        one.one.at = self.at;
        for offer in &mut one.one.offers {
            offer.place = format!("{}{}{}", path.join("."), if path.is_empty() { "" } else { "." }, offer.place);
        }
        self.found.push(one);
    }

    fn enter<'t>(&mut self, value: &'t Value, path: &mut Vec<&'t str>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::Object(map) => {
                let one = READERS.iter().find_map(|read| read(map, path, self.view));
                // What a product's variants say was read with it.
                let read = one.is_some();
                self.keep(one, path);
                for (key, inner) in map {
                    let leads = match inner {
                        Value::Object(_) | Value::Array(_) => !(read && vocabulary::belongs(key)),
                        Value::String(text) => text.len() > SHORTEST_TEXT,
                        _ => false,
                    };
                    if leads && !vocabulary::leads_away(key) {
                        path.push(key);
                        self.enter(inner, path, depth);
                        path.pop();
                    }
                }
            }
            Value::Array(all) => {
                let one = LISTS.iter().find_map(|read| read(all, path, self.view));
                let read = one.is_some();
                self.keep(one, path);
                for inner in all.iter().filter(|_| !read) {
                    self.enter(inner, path, depth);
                }
            }
            Value::String(text) if text.len() > SHORTEST_TEXT && self.texts > 0 && script::may_tell(text) => {
                self.texts -= 1;
                let names = Names::new();
                let mut values = Vec::new();
                script::literals(text, &mut |piece| values.extend(literal::read(piece, &names)));
                for inner in &values {
                    Walk { view: self.view, at: self.at, found: self.found, texts: self.texts }.enter(
                        inner,
                        &mut path.clone(),
                        depth,
                    );
                }
                self.texts += 1;
            }
            _ => {}
        }
    }
}
