//! A page laid out flat: elements in document order, each with the range of visible text it holds.
//!
//! Everything that reads pages works on this, so that "is it inside that" is a comparison of numbers and a page nested
//! a hundred thousand deep is no deeper than any other.

mod cursor;
mod element;
mod marks;
mod memory;
mod stream;
mod style;
mod tags;
mod tree;
mod visible;
mod zones;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use scraper::ElementRef;

use super::open_graph;
use element::Attribute;
pub(super) use element::Element;
pub(super) use marks::Marks;
use memory::Memory;
pub(super) use stream::{DEEPEST, read as of_bytes};
use tags::Tag;
pub(super) use tree::read as of_tree;
pub(super) use zones::{by_heading, link_key};

/// One element.
pub(super) struct Node<'a> {
    /// Its name; lower case if it is one of HTML's own.
    name: &'a str,
    /// Where its attributes stand in [`Sheet::attributes`].
    attributes: Range<u32>,
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
    /// Where in `text` the words of each stretch begin that stands directly in one element, and that element.
    stretches: Vec<(usize, usize)>,
    attributes: Vec<Attribute<'a>>,
    /// Contents of scripts, in document order.
    pub(super) scripts: Vec<Script<'a>>,
    /// The tree's own numbers of the elements, where the sheet came from a tree.
    ids: Vec<ego_tree::NodeId>,
    /// Indexes of `<meta>` elements.
    pub(super) metas: Vec<usize>,
    /// Indexes of `<link>` elements.
    pub(super) links: Vec<usize>,
    /// Indexes of the elements that open a thing of microdata or RDFa.
    pub(super) things: Vec<usize>,
    /// What `class` values that were met before amount to; the same few stand on most elements of a page.
    classes: Memory,
    /// The same for `id` and its kin.
    names: Memory,
    /// What the page's own style blocks hide.
    styles: style::Styles,
    /// The first visible `<h1>`.
    pub(super) heading: Option<usize>,
    /// Contents of `<title>`.
    pub(super) title: String,
}

/// The contents of a `<script>`.
pub(super) struct Script<'a> {
    /// Index of the element.
    pub(super) at: usize,
    /// What is between its tags.
    pub(super) text: Cow<'a, str>,
}

impl<'a> Sheet<'a> {
    /// What the start tag says.
    pub(super) fn element(&self, index: usize) -> Element<'_> {
        let node = &self.nodes[index];
        let range = node.attributes.start as usize..node.attributes.end as usize;
        Element { name: node.name, attributes: &self.attributes[range] }
    }

    /// Every element with its index, in document order.
    pub(super) fn elements(&self) -> impl Iterator<Item = (usize, Element<'_>)> {
        (0..self.nodes.len()).map(|index| (index, self.element(index)))
    }

    /// Scripts whose `type` holds `kind`, with the index of the element.
    pub(super) fn scripts_of(&self, kind: &str) -> impl Iterator<Item = &Script<'a>> {
        self.scripts.iter().filter(move |script| {
            self.element(script.at).attr("type").is_some_and(|it| it.to_ascii_lowercase().contains(kind))
        })
    }

    /// A sheet with room for a page of so many bytes.
    fn with_room_for(bytes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(bytes / 100),
            attributes: Vec::with_capacity(bytes / 60),
            text: String::with_capacity(bytes / 12),
            ..Self::default()
        }
    }

    fn open(&mut self, name: &'a str, attributes: impl Iterator<Item = Attribute<'a>>, parent: Option<usize>) -> usize {
        let index = self.nodes.len();
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let first = self.attributes.len();
        self.attributes.extend(attributes);
        let tag = Tag::of(name);
        let own = &self.attributes[first..];
        let mut marks = Marks::default();
        let mut hidden = tag.is(Tag::NEVER_SHOWN) || visible::waits_to_be_opened(Element { name, attributes: own });
        let mut styled = false;
        let mut shows_itself = false;
        for attribute in own {
            match attribute.name {
                "class" => {
                    let seen = self.classes.of(&attribute.value, &self.styles);
                    marks.add(seen.marks);
                    hidden |= seen.hides;
                    styled |= seen.styled;
                }
                "id" | "name" | "data-testid" | "data-test" | "data-hook" | "data-role" => {
                    let seen = self.names.of_name(&attribute.value, &self.styles);
                    marks.add(seen.marks);
                    styled |= seen.styled && attribute.name == "id";
                }
                "style" if visible::style_shows(&attribute.value) => shows_itself = true,
                "role" => marks.add(marks::of_role(&attribute.value)),
                "itemtype" | "typeof" => {
                    if self.things.last() != Some(&index) {
                        self.things.push(index);
                    }
                }
                key => hidden |= visible::hides(name, key, &attribute.value),
            }
        }
        let marks = marks.on(name);
        hidden |= styled && !shows_itself && name != "main";
        // Pages that show themselves once their scripts have run: `<body style="opacity:0">`.
        hidden &= !matches!(name, "html" | "body");
        match name {
            "meta" => self.metas.push(index),
            "link" => self.links.push(index),
            _ => {}
        }
        let (shown, within) = match parent.map(|i| &self.nodes[i]) {
            Some(above) => (above.shown && !hidden, above.within.with(marks)),
            None => (!hidden, marks),
        };
        self.space();
        self.nodes.push(Node {
            name,
            attributes: number(first)..number(self.attributes.len()),
            parent: parent.unwrap_or(index),
            end: index + 1,
            from: self.text.len(),
            to: self.text.len(),
            shown,
            foreign: false,
            marks,
            within,
        });
        index
    }

    fn close(&mut self, index: usize) {
        let (end, to) = (self.nodes.len(), self.text.len());
        self.nodes[index].end = end;
        self.nodes[index].to = to;
    }

    fn read(&mut self, inside: usize, text: Cow<'a, str>) {
        let node = &self.nodes[inside];
        if node.shown {
            self.space();
            self.stretches.push((self.text.len(), inside));
            for word in text.split_whitespace() {
                self.text.push_str(word);
                self.text.push(' ');
            }
        } else if node.name == "script" {
            match self.scripts.last_mut().filter(|script| script.at == inside) {
                Some(script) => script.text.to_mut().push_str(&text),
                None => self.scripts.push(Script { at: inside, text }),
            }
        } else if node.name == "style" {
            self.learn(inside, &text);
        } else if node.name == "title" && self.title.is_empty() {
            self.title = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    /// Takes over what a `<style>` hides of what comes after it.
    fn learn(&mut self, index: usize, css: &str) {
        let for_all = self.element(index).attr("media").is_none_or(|media| {
            let media = media.trim();
            media.is_empty() || media.eq_ignore_ascii_case("all") || media.eq_ignore_ascii_case("screen")
        });
        let applies = for_all && !self.ancestors(index).any(|above| self.nodes[above].name == "noscript");
        if applies && self.styles.learn(css) {
            (self.classes, self.names) = Default::default();
        }
    }

    /// Called once after the last element.
    fn finish(&mut self) {
        let heads = |&i: &usize| self.nodes[i].name == "h1" && self.nodes[i].shown && !self.words(i).is_empty();
        let all = || (0..self.nodes.len()).filter(heads);
        self.heading = all().find(|&i| !zones::leads_home(self, i)).or_else(|| all().next());
        self.forget_frame();
    }

    /// What holds the page's heading is its frame, and marks nothing inside: whole pages stand in
    /// `dialog-off-canvas-main-canvas`, and whole products in `product-with-variants`.
    fn forget_frame(&mut self) {
        let Some(heading) = self.heading else { return };
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            let above = if node.parent == index { Marks::default() } else { self.nodes[node.parent].within };
            let framing = index < heading && heading < node.end;
            let within = if framing { Marks::default() } else { above.with(node.marks) };
            self.nodes[index].within = within;
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

    /// The words that stand directly in one element, with their offset in [`Sheet::text`]: those of the page's own
    /// product, as far as they are no longer than `longest` bytes.
    pub(super) fn stretches(&self, longest: usize) -> impl Iterator<Item = (usize, &str)> {
        self.stretches.iter().enumerate().filter_map(move |(number, &(from, element))| {
            let to = self.stretches.get(number + 1).map_or(self.text.len(), |(next, _)| *next);
            let short = to - from <= longest + 1 && !self.nodes[element].foreign;
            short.then(|| self.text.get(from..to).map(|words| (from, words))).flatten()
        })
    }

    /// The innermost element that holds the word at this offset of [`Sheet::text`].
    pub(super) fn element_at(&self, offset: usize) -> Option<usize> {
        let next = self.stretches.partition_point(|(from, _)| *from <= offset);
        self.stretches.get(next.checked_sub(1)?).map(|(_, element)| *element)
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
    pub(super) fn inside(&self, index: usize) -> Range<usize> {
        index + 1..self.nodes[index].end
    }

    /// The next element with the same parent.
    pub(super) fn next_sibling(&self, index: usize) -> Option<usize> {
        let next = self.nodes[index].end;
        (next < self.nodes.len() && self.nodes[next].parent == self.nodes[index].parent).then_some(next)
    }

    /// A short CSS path that a person finds the element by.
    pub(super) fn place(&self, index: usize) -> String {
        let mut steps = vec![step(self.element(index))];
        for above in self.ancestors(index).take(12) {
            let element = self.element(above);
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
    pub(super) fn meta(&self, property: &str) -> Option<&str> {
        self.metas.iter().find_map(|&index| {
            let (name, content) = open_graph::meta(self.element(index))?;
            name.eq_ignore_ascii_case(property).then_some(content)
        })
    }

    /// `<html lang>`.
    pub(super) fn language(&self) -> Option<String> {
        let root = (!self.nodes.is_empty()).then(|| self.element(0))?;
        let code = root.attr("lang").or_else(|| root.attr("xml:lang"))?.trim();
        (!code.is_empty()).then(|| code.to_owned())
    }

    /// The indexes of all elements of the tree the sheet came from.
    pub(super) fn indexes(&self) -> HashMap<ego_tree::NodeId, usize> {
        self.ids.iter().enumerate().map(|(index, id)| (*id, index)).collect()
    }

    /// The index of an element found by a selector in the tree the sheet came from.
    pub(super) fn index_of(&self, found: ElementRef<'_>) -> Option<usize> {
        self.ids.iter().position(|id| *id == found.id())
    }
}

/// `p.instock.availability`, at most two classes.
fn step(element: Element<'_>) -> String {
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
