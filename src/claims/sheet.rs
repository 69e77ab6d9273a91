//! A parsed page laid out flat: elements in document order, each with the range of visible text it holds.
//!
//! Everything that reads pages works on this, so that "is it inside that" is a comparison of numbers and a page nested
//! a hundred thousand deep is no deeper than any other.

use scraper::node::{Element, Node as Parsed};
use scraper::{ElementRef, Html};

use super::marks::{self, Marks};
use super::{open_graph, visible, zones};

/// One element.
pub(super) struct Node<'a> {
    /// Name and attributes.
    pub(super) element: &'a Element,
    /// Index of the parent; its own index for the root.
    pub(super) parent: usize,
    /// Index just past its last descendant.
    pub(super) end: usize,
    /// Where its visible text begins in [`Sheet::text`].
    pub(super) from: usize,
    /// Where its visible text ends.
    pub(super) to: usize,
    /// Whether a customer can see it.
    pub(super) shown: bool,
    /// Whether it belongs to other products or to the site rather than to the page's own product.
    pub(super) foreign: bool,
    /// What its class and id say it is.
    pub(super) marks: Marks,
    /// Marks of its ancestors and its own.
    pub(super) within: Marks,
}

/// One page.
#[derive(Default)]
pub(super) struct Sheet<'a> {
    /// Elements in document order.
    pub(super) nodes: Vec<Node<'a>>,
    /// All visible text, white space collapsed.
    pub(super) text: String,
    /// Contents of `application/ld+json` scripts, with the index of the script element.
    pub(super) linked_data: Vec<(usize, String)>,
    /// The first visible `<h1>`.
    pub(super) heading: Option<usize>,
    /// Contents of `<title>`.
    pub(super) title: String,
}

impl<'a> Sheet<'a> {
    /// Lays a parsed page out.
    pub(super) fn of(html: &'a Html) -> Self {
        let mut sheet = Self::default();
        let mut open: Vec<usize> = Vec::new();
        let root = html.tree.root();
        let mut at = root.first_child();
        while let Some(node) = at {
            match node.value() {
                Parsed::Element(element) => {
                    let index = sheet.open(element, open.last().copied());
                    open.push(index);
                }
                Parsed::Text(text) => {
                    if let Some(&inside) = open.last() {
                        sheet.read(inside, text);
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
        sheet.heading = (0..sheet.nodes.len())
            .find(|&i| sheet.nodes[i].element.name() == "h1" && sheet.nodes[i].shown && !sheet.words(i).is_empty());
        sheet
    }

    fn open(&mut self, element: &'a Element, parent: Option<usize>) -> usize {
        let index = self.nodes.len();
        let marks = marks::of(element);
        let (shown, within) = match parent.map(|i| &self.nodes[i]) {
            Some(above) => (above.shown, above.within.with(marks)),
            None => (true, marks),
        };
        let shown = shown && !visible::hides(element);
        self.space();
        self.nodes.push(Node {
            element,
            parent: parent.unwrap_or(index),
            end: index + 1,
            from: self.text.len(),
            to: self.text.len(),
            shown,
            foreign: false,
            marks,
            within,
        });
        if element.name() == "script"
            && element.attr("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"))
        {
            self.linked_data.push((index, String::new()));
        }
        index
    }

    fn close(&mut self, index: usize) {
        let (end, to) = (self.nodes.len(), self.text.len());
        self.nodes[index].end = end;
        self.nodes[index].to = to;
    }

    fn read(&mut self, inside: usize, text: &str) {
        let node = &self.nodes[inside];
        if node.shown {
            self.space();
            for word in text.split_whitespace() {
                self.text.push_str(word);
                self.text.push(' ');
            }
        } else if let Some((_, script)) = self.linked_data.last_mut().filter(|(at, _)| *at == inside) {
            script.push_str(text);
        } else if node.element.name() == "title" && self.title.is_empty() {
            self.title = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    /// Words of neighbouring elements never run together.
    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Marks what does not belong to the page's own product. `paths`: the page's own addresses, without query.
    pub(super) fn mark_zones(&mut self, paths: &[&str], is_heading_of_others: &dyn Fn(&str) -> bool) {
        zones::mark(self, paths, is_heading_of_others);
    }

    /// The visible text of an element.
    pub(super) fn words(&self, index: usize) -> &str {
        let node = &self.nodes[index];
        self.text.get(node.from..node.to).unwrap_or_default().trim()
    }

    /// Whether `inner` is `outer` or inside of it.
    pub(super) fn contains(&self, outer: usize, inner: usize) -> bool {
        outer <= inner && inner < self.nodes[outer].end
    }

    /// Whether the page's heading is inside the element.
    pub(super) fn holds_heading(&self, index: usize) -> bool {
        self.heading.is_some_and(|heading| self.contains(index, heading))
    }

    /// Whether the element can be seen and speaks of the page's own product.
    pub(super) fn own(&self, index: usize) -> bool {
        self.nodes[index].shown && !self.nodes[index].foreign
    }

    /// The element's ancestors, nearest first, itself not among them.
    pub(super) fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = index;
        std::iter::from_fn(move || {
            let above = self.nodes[at].parent;
            (above != at).then(|| {
                at = above;
                above
            })
        })
    }

    /// Indexes of the descendants.
    pub(super) fn inside(&self, index: usize) -> std::ops::Range<usize> {
        index + 1..self.nodes[index].end
    }

    /// The next element with the same parent.
    pub(super) fn next_sibling(&self, index: usize) -> Option<usize> {
        let next = self.nodes[index].end;
        (next < self.nodes.len() && self.nodes[next].parent == self.nodes[index].parent).then_some(next)
    }

    /// A short CSS path that a person finds the element by.
    pub(super) fn place(&self, index: usize) -> String {
        let mut steps = vec![step(self.nodes[index].element)];
        for above in self.ancestors(index).take(12) {
            let element = self.nodes[above].element;
            if element.attr("id").is_some() || element.attr("class").is_some() || steps.len() == 1 {
                steps.push(step(element));
            }
            if steps.len() > 2 || element.attr("id").is_some() {
                break;
            }
        }
        steps.reverse();
        steps.join(" > ")
    }

    /// The content of a `<meta>`, by `property` or `name`.
    pub(super) fn meta(&self, property: &str) -> Option<&'a str> {
        self.nodes.iter().filter(|node| node.element.name() == "meta").find_map(|node| {
            let (name, content) = open_graph::meta(node.element)?;
            name.eq_ignore_ascii_case(property).then_some(content)
        })
    }

    /// `<html lang>`.
    pub(super) fn language(&self) -> Option<String> {
        let root = self.nodes.first()?.element;
        let code = root.attr("lang").or_else(|| root.attr("xml:lang"))?.trim();
        (!code.is_empty()).then(|| code.to_owned())
    }

    /// The index of an element found by a selector.
    pub(super) fn index_of(&self, found: ElementRef<'_>) -> Option<usize> {
        self.nodes.iter().position(|node| std::ptr::eq(node.element, found.value()))
    }
}

/// `p.instock.availability`, at most two classes.
fn step(element: &Element) -> String {
    let mut step = element.name().to_owned();
    if let Some(id) = element.attr("id").filter(|id| !id.is_empty() && id.len() <= 40) {
        step.push('#');
        step.push_str(id);
        return step;
    }
    for class in element.attr("class").unwrap_or_default().split_ascii_whitespace().take(2) {
        step.push('.');
        step.extend(class.chars().take(40));
    }
    step
}

/// At most 200 characters, white space collapsed.
pub(super) fn excerpt(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(200) {
        Some((end, _)) => joined[..end].to_owned(),
        None => joined,
    }
}
