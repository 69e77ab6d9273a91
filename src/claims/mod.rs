//! Page → claims.
//!
//! [`Reader::read`] turns one page into a [`Reading`]: which product it is about, every signal found, or the wall that
//! stood in the way. [`combine`] turns a reading into what the page promises of one item. One file per signal:
//!
//! | signal | file |
//! |---|---|
//! | the user's CSS selector | `selector.rs` |
//! | buy button | `button.rs` |
//! | visible text | `text.rs`, with the phrases of `config/phrases/` |
//! | state of the platform's scripts | `state/`, one file per shape |
//! | JSON-LD | `json_ld.rs` |
//! | microdata and RDFa Lite | `microdata.rs` |
//! | Open Graph | `open_graph.rs` |
//!
//! A new signal is a file with a function from `Scene` to what it found, and a line in `REGISTRY`.

mod address;
mod button;
mod combine;
mod identity;
mod json_ld;
mod key;
mod listing;
mod loose_json;
mod microdata;
mod obstacle;
mod open_graph;
mod options;
mod own;
mod phrases;
mod product;
mod selector;
mod sheet;
mod state;
mod text;
mod variants;

use scraper::Html;
use url::Url;

use crate::domain::{Availability, Fold, Page, Reading, Signal, SignalKind, Unknown};
pub use combine::{adopted_sku, combine, variants};
pub use key::own_number;
pub use listing::{Listing, ListingKind, ListingOptions, ListingRules, Shown};
pub use options::{Options, SelectorRule, SkuFrom};
use own::{Products, Subject};
use phrases::{Languages, Phrases};
use sheet::Sheet;

/// Finds the signals of one kind.
type Find = fn(&Scene<'_>) -> Vec<Emitted>;

/// Every signal that is read from the page alone, in the order of [`SignalKind::ALL`]. The user's selectors are apart:
/// they need the options, and the first that applies is the only one.
const REGISTRY: [(SignalKind, Find); 6] = [
    (SignalKind::Button, button::signals),
    (SignalKind::Text, text::signals),
    (SignalKind::State, state::signals),
    (SignalKind::JsonLd, json_ld::signals),
    (SignalKind::Microdata, microdata::signals),
    (SignalKind::OpenGraph, open_graph::signals),
];

/// An option that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path} {what}")]
pub struct OptionsError {
    /// Where, inside the options: `selectors[0].css`.
    pub path: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl OptionsError {
    fn new(path: String, what: impl Into<String>) -> Self {
        Self { path, what: what.into() }
    }
}

/// Reads pages. Built once per shop; shared between threads.
pub struct Reader {
    phrases: Phrases,
    languages: Option<Languages>,
    sku_places: identity::SkuPlaces,
    rules: Vec<selector::Rule>,
}

/// A signal and where in the document it was found.
struct Emitted {
    at: usize,
    signal: Signal,
}

/// One page, laid out for the signals to read.
struct Scene<'s> {
    reader: &'s Reader,
    page: &'s Page,
    sheet: &'s Sheet<'s>,
    languages: Languages,
    /// Elements with words about stock, in document order.
    cued: Vec<usize>,
    language: Option<String>,
    canonical: Option<Url>,
    /// The card of a listing that is read alone.
    card: Option<usize>,
    /// What everybody can read: the item number under its label.
    labelled: Vec<String>,
    state: Products,
    json_ld: Products,
    microdata: Products,
}

impl Scene<'_> {
    /// The content of a `<meta>`, by `property` or `name`.
    fn meta(&self, property: &str) -> Option<&str> {
        self.sheet.meta(property)
    }

    /// What structured data says of the page's own product: for each offer whether it promises.
    fn described(&self) -> impl Iterator<Item = bool> {
        self.json_ld.said(SignalKind::JsonLd).chain(self.microdata.said(SignalKind::Microdata))
    }

    /// The words of the first `<h1>`.
    fn heading(&self) -> Option<&str> {
        self.sheet.heading.map(|index| self.sheet.words(index))
    }
}

impl Reader {
    /// Compiles the options.
    ///
    /// # Errors
    /// The first option that cannot be used; [`check`] lists them all.
    pub fn new(options: &Options) -> Result<Self, OptionsError> {
        let mut problems = problems(options);
        if !problems.is_empty() {
            return Err(problems.swap_remove(0));
        }
        Ok(Self {
            phrases: Phrases::embedded().map_err(|what| OptionsError::new("languages".to_owned(), what))?,
            languages: Phrases::languages(options.languages.iter().map(String::as_str)),
            sku_places: identity::SkuPlaces::new(&options.sku)?,
            rules: rules(options).collect::<Result<_, _>>()?,
        })
    }

    /// Reads one page. Never fails: a page that cannot be read is a reading that says why.
    pub fn read(&self, page: &Page) -> Reading {
        if let Some(obstacle) = obstacle::before_parsing(page) {
            return Reading { obstacle: Some(obstacle), ..Reading::default() };
        }
        // A tree is built only for those who look for things in it: the user's own CSS selectors.
        let needs_a_tree = self.sku_places.need_a_tree() || !self.rules.is_empty();
        let tree = (needs_a_tree && !obstacle::too_deep(&page.html)).then(|| Html::parse_document(&page.html));
        let laid_out = match &tree {
            Some(tree) => Some(sheet::of_tree(tree)),
            None => sheet::of_bytes(&page.html),
        };
        let Some(mut sheet) = laid_out.filter(|_| tree.is_some() == needs_a_tree) else {
            return Reading { obstacle: Some(Unknown::NotAPage), ..Reading::default() };
        };
        let canonical = identity::canonical(&sheet, &page.url);
        let shared = sheet.meta("og:url").and_then(|address| page.url.join(address).ok());
        let addresses = [Some(&page.url), Some(&page.requested), canonical.as_ref(), shared.as_ref()];
        let paths: Vec<&str> = addresses.into_iter().flatten().map(|url| url.path().trim_matches('/')).collect();
        sheet.mark_zones(&paths, &|text| self.phrases.announces_others(text));

        let names = [sheet.heading.map(|index| sheet.words(index)), sheet.meta("og:title"), Some(sheet.title.as_str())];
        let names =
            names.into_iter().flatten().map(|name| phrases::Normal::of(name).text).filter(|name| name.len() > 2);
        let keys = identity::labelled(&sheet);
        let subject = Subject { paths, names: names.collect(), keys, url: &page.url };
        let [json_ld, microdata] = Products::of([json_ld::products(&sheet), microdata::products(&sheet)], &subject);
        // States hold the whole shop: what the page's data is sure of tells which of it is the page's product.
        let others: Vec<&product::Described> = json_ld.own().into_iter().chain(microdata.own()).collect();
        let state = state::products(&sheet, &subject, &others);
        let language = sheet.language();
        let mut scene = Scene {
            reader: self,
            page,
            sheet: &sheet,
            languages: self.languages_of(language.as_deref()),
            cued: Vec::new(),
            labelled: subject.keys,
            state,
            json_ld,
            microdata,
            language,
            canonical: canonical.clone(),
            card: None,
        };
        let mut emitted = emit(&mut scene);
        let spoken = |emitted: &[Emitted]| {
            emitted.iter().any(|one| matches!(one.signal.kind, SignalKind::Text | SignalKind::Button))
        };
        if !spoken(&emitted) && self.languages.is_none() {
            // The page is written in another language than it says.
            scene.languages = Languages::ALL;
            emitted = emit(&mut scene);
        }
        let mut product = identity::read(tree.as_ref(), &scene);
        emitted.extend(tree.as_ref().and_then(|tree| selector::first(&self.rules, tree, &sheet)));
        let obstacle = obstacle::read(&scene, &emitted);
        if obstacle.is_some() {
            // A wall's own reference number is no item's.
            product.skus.clear();
        }
        emitted.sort_by_key(|one| one.at);
        let signals = if obstacle.is_some() { Vec::new() } else { emitted.into_iter().map(|one| one.signal).collect() };
        let own = [scene.state.own(), scene.json_ld.own(), scene.microdata.own()];
        let variants = if obstacle.is_some() { Vec::new() } else { variants::of(&own, &[&page.url, &page.requested]) };
        Reading { obstacle, product, variants, signals }
    }

    /// The configured languages; else the page's own and English; else all.
    fn languages_of(&self, page: Option<&str>) -> Languages {
        self.languages
            .or_else(|| page.filter(|code| Phrases::knows(code)).and_then(|code| Phrases::languages([code, "en"])))
            .unwrap_or(Languages::ALL)
    }
}

fn emit(scene: &mut Scene<'_>) -> Vec<Emitted> {
    scene.cued = text::cued(scene);
    let scene = &*scene;
    REGISTRY.iter().flat_map(|(_, signals)| signals(scene)).collect()
}

fn rules(options: &Options) -> impl Iterator<Item = Result<selector::Rule, OptionsError>> + '_ {
    options
        .selectors
        .iter()
        .enumerate()
        .map(|(number, rule)| selector::Rule::new(rule, &format!("selectors[{number}]")))
}

/// Every option that cannot be used: where it is, and what to do. Needs no network.
pub fn check(options: &Options) -> Vec<(String, String)> {
    problems(options).into_iter().map(|problem| (problem.path, problem.what)).collect()
}

fn problems(options: &Options) -> Vec<OptionsError> {
    let languages =
        options.languages.iter().enumerate().filter(|(_, code)| !Phrases::knows(code)).map(|(number, code)| {
            OptionsError::new(
                format!("languages[{number}]"),
                format!("there are no phrases for {code:?}; use a code such as `en` or `he`"),
            )
        });
    let sku = identity::SkuPlaces::new(&options.sku).err();
    languages.chain(sku).chain(rules(options).filter_map(Result::err)).collect()
}

/// Whether a customer is told that the item can be ordered.
fn buyable(says: Availability) -> bool {
    says.fold() == Fold::Buyable
}

#[cfg(test)]
mod tests;
