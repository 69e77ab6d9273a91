//! Cards: the elements of a listing that each show one product.
//!
//! What shows a product links to it, by a picture, a heading or a name. A card is the element around such a link beside
//! which another of its kind shows another product; it never reaches over a link to another product, so that what stands
//! on a card is about its product and no other. Of a card that could be cut in two ways the smaller one counts: a badge
//! that is not read is better than one that is read for the wrong product.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::super::button::adds_to_cart;
use super::super::sheet::{Marks, Sheet, excerpt, link_key};
use crate::domain::bare;

/// How far up a card may reach from the link that gives it away.
const LEVELS: usize = 10;
/// Elements past which nothing is a card.
const LARGEST: usize = 2000;
/// Links of other kinds in one card, such as its brand and its category, past which it is none.
const LINKS: usize = 64;
/// Brothers that are looked at, and links in each.
const BROTHERS: usize = 4;
/// Cards that are read on one page.
const MOST: usize = 3000;

/// One card.
pub(super) struct Card {
    /// Its element.
    pub(super) root: usize,
    /// The product's address, and what it has in common with the others of the same page.
    pub(super) url: Option<Url>,
    pub(super) key: Option<String>,
    /// The product's name, as the link to it says it.
    pub(super) name: Option<String>,
    /// Where the name stands: headings in the links, else links without a picture.
    pub(super) names: Vec<usize>,
}

/// A link to another page, as far as it tells a card.
struct Link {
    at: usize,
    key: usize,
    /// Whether it shows the product: by a picture, or as a heading or name.
    leads: bool,
    /// What it has in common with its like in other cards.
    kind: u64,
    named: bool,
}

/// All links, and the addresses they lead to.
#[derive(Default)]
struct Links {
    all: Vec<Link>,
    urls: Vec<(String, Url)>,
}

/// Finds the cards of a page.
pub(super) fn find(sheet: &Sheet<'_>, base: &Url) -> Vec<Card> {
    let links = links(sheet, base, |index| !sheet.nodes[index].foreign);
    let leading: HashSet<usize> = links.all.iter().filter(|link| link.leads).map(|link| link.key).collect();
    let mut cards: Vec<Card> = Vec::new();
    let mut roots: HashMap<usize, usize> = HashMap::new();
    for link in &links.all {
        // A name in a text shows nothing where there is a picture or a heading as well.
        let tells = link.leads || (link.named && !leading.contains(&link.key));
        if !tells || cards.len() >= MOST {
            continue;
        }
        let Some(root) = root_of(sheet, &links.all, link) else { continue };
        // Around a picture there may be less than around the name beside it.
        if cards.last().is_some_and(|last: &Card| sheet.contains(last.root, root) && last.key == links.key(link)) {
            continue;
        }
        if roots.insert(root, link.key).is_none() {
            cards.retain(|known| cards_apart(sheet, known, root, &links.key(link)));
            cards.push(links.card(sheet, root, link));
        }
    }
    cards.sort_by_key(|card| card.root);
    cards
}

/// Whether a card found before is neither inside the new one nor about the same product there.
fn cards_apart(sheet: &Sheet<'_>, known: &Card, root: usize, key: &Option<String>) -> bool {
    !(sheet.contains(root, known.root) && known.key == *key)
}

/// The cards that the user's selector found.
pub(super) fn chosen(sheet: &Sheet<'_>, roots: &[usize], base: &Url) -> Vec<Card> {
    let links = links(sheet, base, |_| true);
    let card = |&root: &usize| {
        let from = links.all.partition_point(|link| link.at < root);
        let inside = || links.all.iter().skip(from).take_while(|link| sheet.contains(root, link.at));
        match inside().find(|link| link.leads).or_else(|| inside().next()) {
            Some(link) => links.card(sheet, root, link),
            None => Card { root, url: None, key: None, name: None, names: Vec::new() },
        }
    };
    roots.iter().take(MOST).map(card).collect()
}

impl Links {
    fn key(&self, link: &Link) -> Option<String> {
        self.urls.get(link.key).map(|(key, _)| key.clone())
    }

    fn card(&self, sheet: &Sheet<'_>, root: usize, link: &Link) -> Card {
        let from = self.all.partition_point(|other| other.at < root);
        let inside = self.all.iter().skip(from).take(LINKS).take_while(|other| sheet.contains(root, other.at));
        let own: Vec<&Link> = inside.filter(|other| other.key == link.key).collect();
        let words = own.iter().filter(|other| other.named).map(|other| name_in(sheet, other.at));
        // A card that is one link as a whole says more than the name.
        let name = words.min_by_key(|words| words.len()).or_else(|| {
            let mut inside = own.iter().flat_map(|other| sheet.inside(other.at).take(12));
            inside.find_map(|index| sheet.element(index).attr("alt").map(str::trim).filter(|alt| !alt.is_empty()))
        });
        let (key, url) = match self.urls.get(link.key) {
            Some((key, url)) => (Some(key.clone()), Some(url.clone())),
            None => (None, None),
        };
        let plain = |at: usize| sheet.inside(at).next().is_none();
        let names = own.iter().filter(|other| other.named);
        let names = names.filter_map(|other| heading_in(sheet, other.at).or(plain(other.at).then_some(other.at)));
        Card { root, url, key, name: name.map(excerpt), names: names.collect() }
    }
}

/// The name in a link: its heading if it has one, else all its words.
fn name_in<'s>(sheet: &'s Sheet<'_>, link: usize) -> &'s str {
    sheet.words(heading_in(sheet, link).unwrap_or(link))
}

fn heading_in(sheet: &Sheet<'_>, link: usize) -> Option<usize> {
    let heads = |index: &usize| is_heading(sheet, *index) && !sheet.words(*index).is_empty();
    sheet.inside(link).take(60).find(heads)
}

fn links(sheet: &Sheet<'_>, base: &Url, counts: impl Fn(usize) -> bool) -> Links {
    let mut found = Links::default();
    let mut keys: HashMap<String, usize> = HashMap::new();
    let mut wordless: Vec<usize> = Vec::new();
    let mut named: HashSet<usize> = HashSet::new();
    for (index, element) in sheet.elements() {
        if element.name() != "a" || !sheet.nodes[index].shown || !counts(index) || is_choice(sheet, index) {
            continue;
        }
        let Some(url) = element.attr("href").and_then(|href| product_address(href, base)) else { continue };
        let key = bare(&url);
        if key == bare(base) {
            continue;
        }
        let number = *keys.entry(key.clone()).or_insert(found.urls.len());
        if number == found.urls.len() {
            found.urls.push((key, url));
        }
        let words = sheet.words(index);
        let is_named = words.chars().filter(|c| c.is_alphabetic()).take(3).count() == 3;
        let picture = sheet.inside(index).take(40).any(|i| matches!(sheet.element(i).name(), "img" | "picture"));
        if is_named {
            named.insert(number);
        }
        if words.is_empty() && !picture {
            wordless.push(found.all.len());
        }
        let leads = picture || (is_named && is_name(sheet, index));
        found.all.push(Link { at: index, key: number, leads, kind: kind_of(sheet, index), named: is_named });
    }
    // A link without words beside one with words to the same page is its picture, drawn by a style.
    for at in wordless {
        if let Some(link) = found.all.get_mut(at) {
            link.leads |= named.contains(&link.key);
        }
    }
    found
}

/// The address of a page that a link leads to, if a product may be there.
pub(super) fn product_address(href: &str, base: &Url) -> Option<Url> {
    const AWAY: [&str; 12] = [
        "wishlist",
        "compare",
        "login",
        "logout",
        "register",
        "/account",
        "/checkout",
        "sharer",
        "/share",
        "quickview",
        "quick-view",
        "/policies/",
    ];
    let href = href.trim();
    if link_key(href).is_none() && !href.contains('?') || href.starts_with('#') || href.len() > 2000 {
        return None;
    }
    let lower = href.to_ascii_lowercase();
    if adds_to_cart(href) || AWAY.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let mut url = base.join(href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    // Shopify: a product in a collection is the product.
    if let Some((folder, rest)) = url.path().split_once("/collections/")
        && let Some((_, product)) = rest.split_once("/products/")
    {
        let path = format!("{folder}/products/{product}");
        url.set_path(&path);
    }
    Some(url)
}

/// Whether a link leads to a colour or a size of the product beside it.
fn is_choice(sheet: &Sheet<'_>, link: usize) -> bool {
    std::iter::once(link).chain(sheet.ancestors(link).take(2)).any(|index| {
        let marks = sheet.nodes[index].marks;
        marks.any(Marks::CHOOSER) && sheet.element(index).attr("class").is_some_and(|class| class.contains("swatch"))
    })
}

fn is_heading(sheet: &Sheet<'_>, index: usize) -> bool {
    matches!(sheet.element(index).name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        || sheet.nodes[index].marks.any(Marks::TITLED)
}

/// Whether a link is what a product is called: a heading, in one or around one, or marked as a name.
fn is_name(sheet: &Sheet<'_>, link: usize) -> bool {
    let called = |index: usize| {
        let element = sheet.element(index);
        is_heading(sheet, index)
            || element.attr("itemprop").is_some_and(|name| matches!(name, "name" | "url"))
            || element.attr("class").is_some_and(|class| class.contains("name") || class.contains("product-item-link"))
    };
    called(link) || called(sheet.nodes[link].parent) || sheet.inside(link).take(20).any(called)
}

/// What a link shares with those that stand in its place in other cards: its class, and what it stands in.
fn kind_of(sheet: &Sheet<'_>, link: usize) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = rustc_hash::FxHasher::default();
    first_class(sheet, link).hash(&mut hasher);
    let parent = sheet.nodes[link].parent;
    sheet.element(parent).name().hash(&mut hasher);
    first_class(sheet, parent).hash(&mut hasher);
    hasher.finish()
}

fn first_class<'s>(sheet: &'s Sheet<'_>, index: usize) -> Option<&'s str> {
    sheet.element(index).attr("class")?.split_ascii_whitespace().next()
}

/// The card around a link.
fn root_of(sheet: &Sheet<'_>, links: &[Link], link: &Link) -> Option<usize> {
    let others = |index: usize, most: usize| {
        let from = links.partition_point(|other| other.at < index);
        let inside = links.iter().skip(from).take_while(move |other| sheet.contains(index, other.at));
        let shows_another = |other: &Link| other.key != link.key && (other.leads || other.kind == link.kind);
        let mut seen = 0;
        inside.take(most + 1).any(|other| {
            seen += 1;
            seen > most || shows_another(other)
        })
    };
    let mut alone = None;
    for index in std::iter::once(link.at).chain(sheet.ancestors(link.at)).take(LEVELS) {
        let name = sheet.element(index).name();
        let too_large = sheet.nodes[index].end - index > LARGEST;
        if matches!(name, "body" | "main" | "html") || too_large || sheet.holds_heading(index) || others(index, LINKS) {
            break;
        }
        if brothers(sheet, index).any(|brother| shows(sheet, links, brother, link)) {
            return Some(index);
        }
        if matches!(name, "li" | "article" | "tr") || is_called_card(sheet, index) {
            alone = Some(index);
        }
    }
    alone.or_else(|| link.leads.then_some(link.at))
}

/// Whether an element shows another product than a link does.
fn shows(sheet: &Sheet<'_>, links: &[Link], index: usize, link: &Link) -> bool {
    let from = links.partition_point(|other| other.at < index);
    let mut inside = links.iter().skip(from).take(BROTHERS * 2).take_while(|other| sheet.contains(index, other.at));
    inside.any(|other| other.key != link.key && (other.leads || other.kind == link.kind))
}

/// Elements beside one that are of its kind: the first few, and those that follow.
fn brothers<'s>(sheet: &'s Sheet<'_>, index: usize) -> impl Iterator<Item = usize> + 's {
    let parent = sheet.nodes[index].parent;
    let first = (parent != index && parent + 1 < sheet.nodes.len()).then_some(parent + 1);
    let following = sheet.next_sibling(index);
    let chain = |from: Option<usize>| std::iter::successors(from, |&at| sheet.next_sibling(at)).take(BROTHERS);
    let name = sheet.element(index).name();
    let class = first_class(sheet, index);
    chain(first).chain(chain(following)).filter(move |&other| {
        other != index && sheet.element(other).name() == name && first_class(sheet, other) == class
    })
}

/// What an element that shows one product calls itself, where nothing beside it helps.
fn is_called_card(sheet: &Sheet<'_>, index: usize) -> bool {
    const NAMES: [&str; 8] = ["product", "card", "item", "tile", "teaser", "grid__item", "product_pod", "thumbnail"];
    sheet.element(index).attr("class").is_some_and(|class| {
        class.split_ascii_whitespace().any(|name| {
            let name = name.to_ascii_lowercase();
            NAMES.iter().any(|one| {
                name.strip_prefix(one).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
                    || name.ends_with(&format!("-{one}"))
            })
        })
    })
}
