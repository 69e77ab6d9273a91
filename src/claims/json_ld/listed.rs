//! Lists of products: `ItemList` and `OfferCatalog`, wherever they hang, in both of their shapes: with the products in them,
//! and with nothing but their addresses.

use serde_json::{Map, Value};

use super::value::{address_of, each, get, kinds, name_of};
use super::{Found, Search, is_offer, is_product};
use crate::claims::product::Described;

/// Properties under which the things of a list stand.
const ITEMS: [&str; 3] = ["itemListElement", "hasOfferCatalog", "makesOffer"];

impl Search<'_, '_> {
    /// Enters a list or one of its entries. `false`: the node is neither.
    pub(super) fn enter_listed(
        &mut self,
        node: &Map<String, Value>,
        kinds: &[String],
        place: &str,
        depth: usize,
    ) -> bool {
        let is = |name: &str| kinds.iter().any(|kind| kind == name);
        if is("breadcrumblist") {
            return true;
        }
        if is("listitem") {
            self.enter_entry(node, place, depth);
            return true;
        }
        for key in ITEMS {
            let Some(items) = get(node, key) else { continue };
            for (number, item) in each(items).into_iter().enumerate() {
                let place = format!("{place}.{key}[{number}]");
                match self.graph.resolved(item) {
                    // An entry may be no more than an address.
                    Value::String(address) => self.note(Some(address.clone()), None),
                    item => self.enter(item, &place, false, depth),
                }
            }
        }
        false
    }

    /// An entry: what it lists, or the address of that.
    fn enter_entry(&mut self, node: &Map<String, Value>, place: &str, depth: usize) {
        let item = get(node, "item").map(|item| self.graph.resolved(item));
        let before = self.found.len();
        if let Some(Value::Object(inner)) = item
            && (is_product(&kinds_of(inner), inner) || is_offer(inner))
        {
            if let Some(item) = item {
                self.enter(item, &format!("{place}.item"), false, depth);
            }
            let address = get(node, "url").and_then(address_of);
            if let Some(found) = self.found.get_mut(before) {
                found.one.url = found.one.url.take().or(address);
            }
            return;
        }
        let address = get(node, "url").and_then(address_of).or_else(|| item.and_then(address_of));
        self.note(address, get(node, "name").and_then(name_of).or_else(|| item.and_then(named)));
    }

    fn note(&mut self, url: Option<String>, name: Option<String>) {
        if url.is_none() {
            return;
        }
        let one = Described { at: self.at, url, name, ..Described::default() };
        self.found.push(Found { one, id: None, groups: Vec::new(), names: Vec::new(), taken: Vec::new() });
    }
}

fn kinds_of(node: &Map<String, Value>) -> Vec<String> {
    kinds(node)
}

fn named(item: &Value) -> Option<String> {
    item.as_object().and_then(|node| get(node, "name")).and_then(name_of)
}
