//! Which parts of a page speak of its own product, and which of others: the site's frame, recommendations, carts.
//!
//! Four kinds of evidence, each enough: what an element is or calls itself, a heading that announces other products,
//! cards, which are elements with a picture and a name that link to another page, and rows, which are brothers of one
//! kind that each begin with the name of another page. Nothing that contains the page's heading is ever taken for
//! foreign.

use super::Sheet;
use super::marks::Marks;

/// How far up a card may reach from the link that gives it away.
const CARD_LEVELS: usize = 5;

/// What the top of a site calls itself, above the product's name.
const HEADERS: &[&str] = &[
    "header",
    "site-header",
    "page-header",
    "main-header",
    "header-wrapper",
    "masthead",
    "topbar",
    "top-bar",
    "menu",
    "main-menu",
    "mega-menu",
    "navigation",
    "announcement-bar",
];

/// How many brothers make a list of other things.
const ROWS: usize = 3;

/// Longer texts are prose.
const LONGEST_ROW: usize = 300;

/// How far up two links are looked for in one element; on honest pages they are close together.
const COMMON_LEVELS: usize = 32;

/// Sets `foreign` on every element that does not belong to the page's own product.
pub(super) fn mark(sheet: &mut Sheet<'_>, paths: &[&str], is_heading_of_others: &dyn Fn(&str) -> bool) {
    let mut foreign: Vec<usize> = (0..sheet.nodes.len()).filter(|&index| by_name(sheet, index)).collect();
    let mut ranges = by_heading(sheet, is_heading_of_others);
    spread(sheet, &foreign, &ranges);
    let links = product_links(sheet, paths);
    foreign = cards(sheet, &links);
    foreign.extend(rows(sheet, &links));
    ranges.clear();
    spread(sheet, &foreign, &ranges);
}

/// Marks elements, ranges of elements, and all inside them.
fn spread(sheet: &mut Sheet<'_>, elements: &[usize], ranges: &[std::ops::Range<usize>]) {
    let inner: Vec<_> = elements.iter().map(|&index| index..sheet.nodes[index].end).collect();
    for range in inner.iter().chain(ranges) {
        // A range whose first element is marked has been marked before, as a whole or as part of a larger one.
        if sheet.nodes.get(range.start).is_some_and(|node| node.foreign) {
            continue;
        }
        for node in &mut sheet.nodes[range.clone()] {
            node.foreign = true;
        }
    }
}

/// The site's frame, and what calls itself related, recommended, recently viewed, a cart.
fn by_name(sheet: &Sheet<'_>, index: usize) -> bool {
    let node = &sheet.nodes[index];
    let name = sheet.element(index).name();
    if matches!(name, "html" | "body" | "main" | "head" | "meta" | "link" | "script") || sheet.holds_heading(index) {
        return false;
    }
    matches!(name, "header" | "footer" | "nav")
        || node.marks.any(Marks::OTHERS.with(Marks::FRAME))
        || ["id", "class"]
            .iter()
            .filter_map(|one| sheet.element(index).attr(one))
            .any(|value| HEADERS.contains(&value.trim()) && sheet.heading.is_some_and(|heading| index < heading))
}

/// What follows a heading such as "You may also like": the rest of the section it opens.
pub(in crate::claims) fn by_heading(
    sheet: &Sheet<'_>,
    is_heading_of_others: &dyn Fn(&str) -> bool,
) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    for index in 0..sheet.nodes.len() {
        let node = &sheet.nodes[index];
        let titled = node.marks.any(Marks::TITLED)
            || matches!(sheet.element(index).name(), "h2" | "h3" | "h4" | "h5" | "h6" | "legend");
        let length = node.to - node.from;
        if !titled || !node.shown || !(4..=80).contains(&length) || !is_heading_of_others(sheet.words(index)) {
            continue;
        }
        // A heading is often wrapped alone; climb while nothing else is in there.
        let mut top = index;
        for above in sheet.ancestors(index).take(3) {
            if sheet.words(above) != sheet.words(index) {
                break;
            }
            top = above;
        }
        let section = sheet.nodes[top].parent;
        let after_heading = sheet.heading.is_none_or(|own| own < index);
        if after_heading && section != top {
            ranges.push(top..sheet.nodes[section].end);
        }
    }
    ranges
}

/// A link to another page, as far as it tells a card.
struct Link<'a> {
    index: usize,
    key: &'a str,
    picture: bool,
    name: bool,
}

/// Cards of other products: a picture and a name that lead to the same other page.
fn cards(sheet: &Sheet<'_>, links: &[Link<'_>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < links.len() {
        let first = &links[at];
        let mut last = at;
        let (mut picture, mut name) = (first.picture, first.name);
        while last + 1 < links.len() && links[last + 1].key == first.key {
            last += 1;
            picture |= links[last].picture;
            name |= links[last].name;
        }
        if picture && name {
            let core = common(sheet, first.index, links[last].index);
            if !sheet.holds_heading(core) {
                found.push(whole_card(sheet, core, first.key, links));
            }
        }
        at = last + 1;
    }
    found
}

/// Rows of other things without pictures: brothers of one kind, each beginning with the name of another page and
/// saying more than that.
fn rows(sheet: &Sheet<'_>, links: &[Link<'_>]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut run: Vec<(usize, &str)> = Vec::new();
    let mut close = |run: &mut Vec<(usize, &str)>| {
        let keys: std::collections::HashSet<&str> = run.iter().map(|(_, key)| *key).collect();
        if keys.len() >= ROWS {
            found.extend(run.iter().map(|(row, _)| *row));
        }
        run.clear();
    };
    for link in links.iter().filter(|link| link.name) {
        let Some(row) = row_of(sheet, link.index) else { continue };
        let alike = run.last().is_some_and(|(last, _)| {
            let (one, other) = (sheet.element(*last), sheet.element(row));
            sheet.nodes[*last].parent == sheet.nodes[row].parent
                && one.name() == other.name()
                && one.attr("class") == other.attr("class")
        });
        if !alike {
            close(&mut run);
        }
        run.push((row, link.key));
    }
    close(&mut run);
    found
}

/// The largest element that begins with the link and says more than it, up to the brothers it stands among.
fn row_of(sheet: &Sheet<'_>, link: usize) -> Option<usize> {
    let begins = sheet.nodes[link].from;
    let more = |row: usize| sheet.words(row).len() > sheet.words(link).len() + 1;
    let same_start = |row: &usize| {
        sheet.text.get(sheet.nodes[*row].from..begins).is_some_and(|before| before.trim().is_empty())
            && !sheet.holds_heading(*row)
            && !matches!(sheet.element(*row).name(), "body" | "main" | "html")
    };
    let row = sheet.ancestors(link).take(CARD_LEVELS).take_while(same_start).find(|row| more(*row))?;
    // A row of one word and its neighbour is no row; a block of prose that begins with a link is none either.
    (sheet.words(row).len() <= LONGEST_ROW).then_some(row)
}

fn product_links<'s>(sheet: &'s Sheet<'_>, paths: &[&str]) -> Vec<Link<'s>> {
    let mut links = Vec::new();
    for (index, node) in sheet.nodes.iter().enumerate() {
        if node.foreign || !node.shown || sheet.element(index).name() != "a" {
            continue;
        }
        let Some(key) = sheet.element(index).attr("href").and_then(link_key) else { continue };
        if paths.contains(&key) {
            continue;
        }
        let picture = sheet.inside(index).any(|i| matches!(sheet.element(i).name(), "img" | "picture"));
        let words = sheet.words(index);
        // A link without words beside one with words to the same page is its picture, drawn by a style.
        let picture = picture || words.is_empty();
        let name = words.chars().filter(|c| c.is_alphabetic()).take(3).count() == 3;
        links.push(Link { index, key, picture, name });
    }
    links
}

/// The path of a link that leads to another page, without host, query, fragment and closing slash.
pub(in crate::claims) fn link_key(href: &str) -> Option<&str> {
    let href = href.trim();
    let path = match href.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            rest.split_once('/').map_or("", |(_, path)| path)
        }
        _ if href.starts_with('/') => &href[1..],
        _ if href.starts_with('#') || href.contains(':') => return None,
        _ => href,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let ending = path.rsplit('.').next().unwrap_or_default();
    let picture =
        ["jpg", "jpeg", "png", "webp", "gif", "avif", "svg", "pdf"].iter().any(|e| ending.eq_ignore_ascii_case(e));
    (!path.is_empty() && !picture).then_some(path)
}

/// Whether a heading is the shop's own name: all of it leads to the front page.
pub(super) fn leads_home(sheet: &Sheet<'_>, heading: usize) -> bool {
    let home = |href: &str| link_key(href).is_none() && (href.starts_with('/') || href.contains("://"));
    let around = sheet.nodes[heading].parent;
    sheet.inside(heading).take(4).chain([around]).any(|index| {
        let element = sheet.element(index);
        element.name() == "a"
            && sheet.words(index) == sheet.words(heading)
            && element.attr("href").map(str::trim).is_some_and(home)
    })
}

/// The nearest element that holds both.
fn common(sheet: &Sheet<'_>, first: usize, last: usize) -> usize {
    if sheet.contains(first, last) {
        return first;
    }
    sheet.ancestors(first).take(COMMON_LEVELS).find(|&above| sheet.contains(above, last)).unwrap_or(first)
}

/// Grows a card to the element beside which the next card stands. A card that stands alone grows to the list item or
/// article it is in, and no further: what is around it may be the page's own product.
fn whole_card(sheet: &Sheet<'_>, core: usize, key: &str, links: &[Link<'_>]) -> usize {
    let mut card = core;
    let mut alone = core;
    for above in sheet.ancestors(core).take(CARD_LEVELS) {
        if sheet.holds_heading(above) || matches!(sheet.element(above).name(), "body" | "main" | "html") {
            return alone;
        }
        let first = links.partition_point(|link| link.index < above);
        let others = links[first..].iter().take_while(|link| sheet.contains(above, link.index));
        if others.into_iter().any(|link| link.key != key && link.picture) {
            return card;
        }
        card = above;
        if matches!(sheet.element(above).name(), "li" | "article") {
            alone = above;
        }
    }
    alone
}
