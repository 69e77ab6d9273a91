//! Puts together what cards and data say of the same product.
//!
//! Data is tied to a card by the product's address, by the element it stands in, by a SKU or number, by the last part of
//! the address, or by a name that one card alone has. What cannot be tied to any is a product of its own.

use std::collections::HashMap;

use url::Url;

use super::super::phrases::Normal;
use super::super::product::Described;
use super::super::sheet::Sheet;
use super::super::{key, variants};
use super::Shown;
use super::cards::{Card, product_address};
use crate::domain::{ProductFacts, Reading, Signal, SignalKind, bare};

/// Products that are kept of one page.
const MOST: usize = 3000;

/// A product, while what is said of it is put together.
#[derive(Default)]
pub(super) struct Draft {
    root: Option<usize>,
    key: Option<String>,
    url: Option<Url>,
    name: Option<String>,
    pub(super) skus: Vec<String>,
    pub(super) numbers: Vec<String>,
    pub(super) is_product: bool,
    pub(super) place: String,
    /// What the card itself says.
    pub(super) signals: Vec<Signal>,
    pub(super) state: Vec<Described>,
    json_ld: Vec<Described>,
    microdata: Vec<Described>,
}

impl Draft {
    pub(super) fn of(card: Card) -> Self {
        Self { root: Some(card.root), key: card.key, url: card.url, name: card.name, ..Self::default() }
    }

    /// Takes over another card of the same product.
    fn join(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.is_product |= other.is_product;
        for (own, more) in [(&mut self.skus, other.skus), (&mut self.numbers, other.numbers)] {
            for key in more {
                if !own.contains(&key) {
                    own.push(key);
                }
            }
        }
        self.signals.extend(other.signals);
        self.state.extend(other.state);
    }

    fn shown(self) -> Shown {
        let own = [&self.state, &self.json_ld, &self.microdata].map(|kind| kind.iter().collect::<Vec<_>>());
        let variants = variants::of(&own, &[]);
        let kinds = [SignalKind::State, SignalKind::JsonLd, SignalKind::Microdata];
        let mut signals = self.signals;
        signals.extend(own.iter().zip(kinds).flat_map(|(all, kind)| all.iter().flat_map(move |one| one.signals(kind))));
        let described = || own.iter().flatten();
        let mut skus = self.skus;
        let mut numbers = self.numbers;
        for one in described() {
            let told = one.skus.iter().chain(&one.variant_skus);
            // State that names no SKU goes by the platform's own number.
            let (sure, unsure): (Vec<&String>, Vec<&String>) =
                told.partition(|sku| one.skus.contains(sku) || !sku.bytes().all(|byte| byte.is_ascii_digit()));
            skus.extend(sure.into_iter().cloned());
            numbers.extend(unsure.into_iter().chain(&one.numbers).cloned());
        }
        for keys in [&mut skus, &mut numbers] {
            let mut seen = std::collections::HashSet::new();
            keys.retain(|key| seen.insert(key::normal(key)));
        }
        let name = self.name.or_else(|| described().find_map(|one| one.name.clone()));
        let place = if self.place.is_empty() {
            signals.first().map(|one| one.place.clone()).unwrap_or_default()
        } else {
            self.place
        };
        let is_product = self.is_product || !signals.is_empty();
        let all_keys = skus.iter().chain(&numbers).cloned().collect();
        let product = ProductFacts { skus: all_keys, name: name.clone(), ..ProductFacts::default() };
        let reading = Reading { product, variants, signals, ..Reading::default() };
        Shown { url: self.url, skus, numbers, name, is_product, place, reading }
    }
}

/// Where drafts are found.
#[derive(Default)]
struct Index {
    drafts: Vec<Draft>,
    by_key: HashMap<String, usize>,
    by_number: HashMap<String, Option<usize>>,
    by_slug: HashMap<String, Option<usize>>,
    by_name: HashMap<String, Option<usize>>,
    /// Elements of cards, in document order: first, past the last, draft.
    roots: Vec<(usize, usize, usize)>,
}

/// What stands under a key, or nothing where two things do.
fn note(map: &mut HashMap<String, Option<usize>>, key: String, at: usize) {
    let known = map.entry(key).or_insert(Some(at));
    if *known != Some(at) {
        *known = None;
    }
}

fn slug_of(url: &Url) -> Option<String> {
    let last = url.path_segments()?.rfind(|part| !part.is_empty())?;
    Some(last.trim_end_matches(".html").to_lowercase())
}

/// The products of a page. `data`: state, JSON-LD, microdata.
pub(super) fn together(cards: Vec<Draft>, data: [Vec<Described>; 3], sheet: &Sheet<'_>, base: &Url) -> Vec<Shown> {
    let mut index = Index::default();
    for card in cards {
        index.add_card(card, sheet);
    }
    for (kind, all) in data.into_iter().enumerate() {
        for one in all {
            if index.drafts.len() >= MOST {
                break;
            }
            let url = one.url.as_deref().and_then(|url| product_address(url, base));
            let at = index.find(&one, url.as_ref(), base, sheet);
            if let Some(at) = at.or_else(|| index.add_described(&one, url.filter(|url| bare(url) != bare(base)))) {
                index.take(at, kind, one);
            }
        }
    }
    index.drafts.into_iter().map(Draft::shown).collect()
}

impl Index {
    fn add_card(&mut self, card: Draft, sheet: &Sheet<'_>) {
        let root = card.root;
        let known = card.key.as_ref().and_then(|key| self.by_key.get(key).copied());
        let at = match known {
            Some(at) => {
                if let Some(draft) = self.drafts.get_mut(at) {
                    draft.join(card);
                }
                at
            }
            None => self.add(card),
        };
        if let Some(root) = root {
            self.roots.push((root, sheet.nodes[root].end, at));
        }
    }

    fn add(&mut self, draft: Draft) -> usize {
        let at = self.drafts.len();
        if let Some(key) = &draft.key {
            self.by_key.insert(key.clone(), at);
        }
        for number in draft.skus.iter().chain(&draft.numbers) {
            note(&mut self.by_number, key::normal(number), at);
        }
        if let Some(slug) = draft.url.as_ref().and_then(slug_of) {
            note(&mut self.by_slug, slug, at);
        }
        if let Some(name) = draft.name.as_deref().map(|name| Normal::of(name).text).filter(|name| name.len() > 3) {
            note(&mut self.by_name, name, at);
        }
        self.drafts.push(draft);
        at
    }

    /// The draft that data speaks of.
    fn find(&self, one: &Described, url: Option<&Url>, base: &Url, sheet: &Sheet<'_>) -> Option<usize> {
        let key = url.map(bare).filter(|key| *key != bare(base));
        if let Some(at) = key.as_ref().and_then(|key| self.by_key.get(key).copied()) {
            return Some(at);
        }
        let numbered = || one.keys().find_map(|number| self.by_number.get(&key::normal(number)).copied().flatten());
        if key.is_some() {
            return numbered();
        }
        let slug = || one.slug.as_deref().and_then(|slug| slug.trim_matches('/').rsplit('/').next());
        let slugged = || self.by_slug.get(&slug()?.trim_end_matches(".html").to_lowercase()).copied().flatten();
        let named = || self.by_name.get(&Normal::of(one.name.as_deref()?).text).copied().flatten();
        self.around(one.at, sheet).or_else(slugged).or_else(numbered).or_else(named)
    }

    /// The one card that an element is in, or that is in an element.
    fn around(&self, at: usize, sheet: &Sheet<'_>) -> Option<usize> {
        let after = self.roots.partition_point(|(root, ..)| *root <= at);
        // The innermost card around it is among the last that begin before it.
        let before = self.roots.get(..after)?.iter().rev().take(8).find(|(_, end, _)| at < *end);
        if let Some((.., draft)) = before {
            return Some(*draft);
        }
        let inside = |(root, ..): &&(usize, usize, usize)| sheet.contains(at, *root);
        let mut inside = self.roots.get(after..)?.iter().take_while(inside);
        let (.., first) = *inside.next()?;
        inside.take(64).all(|(.., other)| *other == first).then_some(first)
    }

    /// A product that no card shows.
    fn add_described(&mut self, one: &Described, url: Option<Url>) -> Option<usize> {
        if url.is_none() && one.skus.is_empty() && one.variant_skus.is_empty() && one.numbers.is_empty() {
            return None;
        }
        let draft = Draft {
            key: url.as_ref().map(bare),
            url,
            name: one.name.clone(),
            skus: one.skus.clone(),
            ..Draft::default()
        };
        Some(self.add(draft))
    }

    fn take(&mut self, at: usize, kind: usize, one: Described) {
        let Some(draft) = self.drafts.get_mut(at) else { return };
        let all = match kind {
            0 => &mut draft.state,
            1 => &mut draft.json_ld,
            _ => &mut draft.microdata,
        };
        all.push(one);
    }
}
