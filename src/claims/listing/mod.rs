//! What a listing shows: a category, the results of a search, the home page, the page of a campaign.
//!
//! [`Reader::listing`] turns such a page into what it shows, each product once, with everything that is said of it there.
//! The signals are those of product pages, narrowed to one card:
//!
//! | evidence | file |
//! |---|---|
//! | the user's CSS selectors | `rules.rs` |
//! | cards: repeated elements that link to a product, with the words and buttons on them | `cards.rs`, `badge.rs` |
//! | JSON-LD, microdata and the state of the platform's scripts, tied to the cards | `tie.rs` |
//! | where the list goes on | `paging.rs` |
//!
//! What is said of a product on its card is said of the product as a whole; see [`Shown::claim`].

mod badge;
mod cards;
mod frame;
mod paging;
mod rules;
mod tie;

use scraper::Html;
use url::Url;

pub use rules::{ListingKind, ListingOptions, ListingRules};

use super::own::{Products, Subject};
use super::phrases::Languages;
use super::sheet::{self, Sheet};
use super::{Reader, Scene, combine, json_ld, microdata, obstacle, state, text};
use crate::domain::{Availability, Claim, Confidence, Item, Page, Reading, Signal, SignalKind, Unknown};

/// What one page of a listing shows.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// If the page is no listing at all (challenge, login, …), what it is.
    pub obstacle: Option<Unknown>,
    /// The products, in document order as far as cards show them.
    pub shown: Vec<Shown>,
    /// Where the list goes on.
    pub next: Option<Url>,
}

/// A product that a listing shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its page.
    pub url: Option<Url>,
    /// What are surely SKUs of it, or of its items.
    pub skus: Vec<String>,
    /// What else it or its items are called here: GTINs, MPNs, the platform's own numbers.
    pub numbers: Vec<String>,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is surely a product: it has a price, a button that buys, or data. A link may lead to anything.
    pub is_product: bool,
    /// Where on the page it is shown.
    pub place: String,
    /// What is said of it.
    reading: Reading,
}

impl Shown {
    /// Everything that is said of it.
    pub fn signals(&self) -> &[Signal] {
        &self.reading.signals
    }

    /// What it promises of one item of the product, and whether that is said of this very item rather than of the product
    /// as a whole. `promotes`: what is shown without a word on availability is shown to be bought.
    pub fn claim(&self, page: &Page, item: &Item, promotes: bool) -> (Claim, bool) {
        let keys = [item.sku.as_deref(), item.stock_key.as_deref(), item.gtin.as_deref()];
        let keys: Vec<&str> = keys.into_iter().flatten().collect();
        let (mut claim, is_of_item) = combine::listed(&self.reading, page, &keys);
        if promotes && claim.availability == Availability::Unknown(Unknown::NoClaim) {
            claim.availability = Availability::InStock;
            claim.confidence = Confidence::Medium;
            claim.signals = vec![self.promotion()];
        }
        (claim, is_of_item)
    }

    /// What it promises of the product as a whole.
    pub fn overall(&self, page: &Page, promotes: bool) -> Claim {
        self.claim(page, &Item::default(), promotes).0
    }

    /// What a card without a word on availability is taken to say where it promotes what it shows.
    fn promotion(&self) -> Signal {
        Signal::new(SignalKind::Card, Availability::InStock, self.place.clone(), Signal::WORDLESS.to_owned())
    }
}

impl Reader {
    /// Reads one page of a listing. Never fails: a page that cannot be read is a listing that says why.
    pub fn listing(&self, page: &Page, rules: &ListingRules) -> Listing {
        let stands_in_the_way = |obstacle| Listing { obstacle: Some(obstacle), ..Listing::default() };
        if let Some(obstacle) = obstacle::before_parsing(page) {
            return stands_in_the_way(obstacle);
        }
        let needs_a_tree = rules.need_a_tree();
        let tree = (needs_a_tree && !obstacle::too_deep(&page.html)).then(|| Html::parse_document(&page.html));
        let laid_out = match &tree {
            Some(tree) => Some(sheet::of_tree(tree)),
            None => sheet::of_bytes(&page.html),
        };
        let Some(mut sheet) = laid_out.filter(|_| tree.is_some() == needs_a_tree) else {
            return stands_in_the_way(Unknown::NotAPage);
        };
        frame::mark(&mut sheet);
        let chosen = tree.as_ref().map(|tree| rules.find(tree, &sheet)).unwrap_or_default();
        for &root in chosen.cards.iter().flatten() {
            let card = root..sheet.nodes[root].end;
            sheet.nodes[card].iter_mut().for_each(|node| node.foreign = false);
        }
        let base = frame::base(&sheet, &page.url);
        let mut scene = self.scene_of_list(page, &sheet);
        scene.cued = text::cued(&scene);
        if scene.cued.is_empty() && self.languages.is_none() {
            // The page may be written in another language than it says.
            scene.languages = Languages::ALL;
            scene.cued = text::cued(&scene);
        }
        let cards = match &chosen.cards {
            Some(roots) => cards::chosen(&sheet, roots, &base),
            None => cards::find(&sheet, &base),
        };
        let asides = frame::asides(&sheet, &|text| self.phrases.announces_others(text));
        let mut drafts = Vec::with_capacity(cards.len());
        for card in cards {
            scene.card = Some(card.root);
            drafts.push(badge::draft(&scene, card, &chosen.said, &asides));
        }
        scene.card = None;
        let subject = Subject { paths: Vec::new(), names: Vec::new(), keys: Vec::new(), url: &page.url };
        let data = [state::listed(&sheet, &subject), json_ld::listed(&sheet), microdata::listed(&sheet)];
        let shown = tie::together(drafts, data, &sheet, &base);
        let wall = obstacle::read(&scene, &[]).filter(|wall| *wall != Unknown::OtherProduct);
        // Where products are shown, no words make the page a wall; but a page that is not there may recommend some.
        let is_shop = shown.iter().any(|one| one.is_product);
        if let Some(wall) = wall.filter(|wall| !is_shop || *wall == Unknown::SoftNotFound) {
            return stands_in_the_way(wall);
        }
        let next = match chosen.next {
            Some(found) => found.and_then(|index| paging::address(&sheet, index, &base)),
            None => paging::next(&sheet, &page.url, &base),
        };
        Listing { obstacle: None, shown, next }
    }

    /// The scene of a page that has no product of its own.
    fn scene_of_list<'s>(&'s self, page: &'s Page, sheet: &'s Sheet<'s>) -> Scene<'s> {
        let language = sheet.language();
        Scene {
            reader: self,
            page,
            sheet,
            languages: self.languages_of(language.as_deref()),
            cued: Vec::new(),
            language,
            canonical: None,
            card: None,
            labelled: Vec::new(),
            state: Products::default(),
            json_ld: Products::default(),
            microdata: Products::default(),
        }
    }
}

#[cfg(test)]
mod tests;
