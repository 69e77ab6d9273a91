//! The user's own selectors for a listing: what a card is, what a badge on it says, where the list goes on.

use scraper::{Html, Selector};

use super::super::sheet::Sheet;
use super::super::{Emitted, OptionsError, SelectorRule, selector};

/// What kind of page a listing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListingKind {
    /// A category: it lists what there is.
    #[default]
    Category,
    /// The results of a search.
    Search,
    /// The home page: it promotes what it shows.
    Home,
    /// The page of a campaign: it promotes what it shows.
    Campaign,
}

/// How a listing is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListingOptions {
    /// What it is called.
    pub name: String,
    /// What kind of page it is.
    pub kind: ListingKind,
    /// Whether what is shown without a word on availability is promised. `None`: as its kind does.
    pub promises: Option<bool>,
    /// How many of its pages are read, following the link to the next.
    pub pages: u32,
    /// CSS selector of the element that shows one product. `None`: cards are found out.
    pub card: Option<String>,
    /// What badges say, first come first served; each is looked for inside of cards.
    pub badges: Vec<SelectorRule>,
    /// CSS selector of the link to the next page. `None`: it is found out.
    pub next: Option<String>,
}

/// Options that were compiled.
pub struct ListingRules {
    card: Option<Selector>,
    badges: Vec<selector::Rule>,
    next: Option<Selector>,
}

/// What the selectors found.
#[derive(Default)]
pub(super) struct Chosen {
    /// The cards, where the user says what one is.
    pub(super) cards: Option<Vec<usize>>,
    /// What badges say, in document order, each with the number of its rule.
    pub(super) said: Vec<(usize, Emitted)>,
    /// The link to the next page, where the user says which that is.
    pub(super) next: Option<Option<usize>>,
}

impl ListingOptions {
    /// Whether what it shows without a word on availability is promised: a home page and a campaign promote what they
    /// show, a category lists what there is.
    pub fn promotes(&self) -> bool {
        self.promises.unwrap_or(matches!(self.kind, ListingKind::Home | ListingKind::Campaign))
    }

    /// What cannot be used: where it is, and what to do. Needs no network.
    pub fn problems(&self) -> Vec<(String, String)> {
        let css = [("card", &self.card), ("next", &self.next)];
        let css = css.into_iter().filter_map(|(path, css)| selector::css(css.as_deref()?, path).err());
        let badges = self.badges.iter().enumerate();
        let badges = badges.filter_map(|(number, rule)| selector::Rule::new(rule, &format!("badges[{number}]")).err());
        css.chain(badges).map(|problem| (problem.path, problem.what)).collect()
    }
}

impl ListingRules {
    /// Compiles the options.
    ///
    /// # Errors
    /// The first option that cannot be used; [`ListingOptions::problems`] lists them all.
    pub fn new(options: &ListingOptions) -> Result<Self, OptionsError> {
        let css = |css: &Option<String>, path| css.as_deref().map(|css| selector::css(css, path)).transpose();
        let badges = options.badges.iter().enumerate();
        Ok(Self {
            card: css(&options.card, "card")?,
            badges: badges
                .map(|(number, rule)| selector::Rule::new(rule, &format!("badges[{number}]")))
                .collect::<Result<_, _>>()?,
            next: css(&options.next, "next")?,
        })
    }

    pub(super) fn need_a_tree(&self) -> bool {
        self.card.is_some() || self.next.is_some() || !self.badges.is_empty()
    }

    /// Looks for everything the selectors name.
    pub(super) fn find(&self, tree: &Html, sheet: &Sheet<'_>) -> Chosen {
        let indexes = sheet.indexes();
        let all = |selector: &Selector| -> Vec<usize> {
            tree.select(selector).filter_map(|element| indexes.get(&element.id()).copied()).collect()
        };
        let cards = self.card.as_ref().map(|selector| {
            let mut past = 0;
            let mut roots = all(selector);
            roots.sort_unstable();
            // A card in a card is a part of it.
            roots.retain(|&root| {
                let apart = root >= past;
                past = past.max(sheet.nodes[root].end);
                apart
            });
            roots
        });
        let mut said: Vec<(usize, Emitted)> = selector::all(&self.badges, tree, sheet, &indexes).collect();
        said.sort_by_key(|(_, one)| one.at);
        Chosen { cards, said, next: self.next.as_ref().map(|selector| all(selector).first().copied()) }
    }
}
