//! A sheet from scraper's tree, for readers that need the tree as well: the user's CSS selectors.

use std::borrow::Cow;

use scraper::Html;
use scraper::node::Node as Parsed;

use super::{Attribute, Sheet};

/// Lays a parsed page out. The node numbers of the tree, in the order of the sheet's elements, come with it.
pub(in crate::claims) fn read(html: &Html) -> Sheet<'_> {
    let mut sheet = Sheet::default();
    let mut open: Vec<usize> = Vec::new();
    let root = html.tree.root();
    let mut at = root.first_child();
    while let Some(node) = at {
        match node.value() {
            Parsed::Element(element) => {
                let attributes = element.attrs().map(|(name, value)| Attribute { name, value: Cow::Borrowed(value) });
                let index = sheet.open(element.name(), attributes, open.last().copied());
                sheet.ids.push(node.id());
                open.push(index);
            }
            Parsed::Text(text) => {
                if let Some(&inside) = open.last() {
                    sheet.read(inside, Cow::Borrowed(text));
                }
            }
            _ => {}
        }
        // Down, else along, else up until there is an along.
        let mut next = node.first_child();
        let mut leaving = node;
        while next.is_none() {
            if leaving.value().is_element()
                && let Some(index) = open.pop()
            {
                sheet.close(index);
            }
            next = leaving.next_sibling();
            match leaving.parent() {
                Some(parent) if next.is_none() && parent != root => leaving = parent,
                _ => break,
            }
        }
        at = next;
    }
    sheet.finish();
    sheet
}
