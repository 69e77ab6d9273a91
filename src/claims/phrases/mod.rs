//! The phrase files: how shops say "in stock" and "sold out", language by language.
//!
//! They live in `config/phrases/` and are embedded. All languages share three automata (stock, buttons, headings and
//! walls); a match counts only if its language is asked for, if it stands on word boundaries, and if no longer match
//! covers it.

mod normal;
mod statement;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

pub(in crate::claims) use normal::Normal;
use normal::is_unspaced;
pub(in crate::claims) use statement::Statement;
use statement::statement;

use crate::domain::{Availability, Unknown};

macro_rules! files {
    ($($code:literal),* $(,)?) => {
        /// Every phrase file by its language.
        const FILES: &[(&str, &str)] =
            &[$(($code, include_str!(concat!("../../../config/phrases/", $code, ".yaml")))),*];
    };
}

files!(
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu", "id", "it", "ja", "ko", "lt",
    "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh",
);

/// What a label on a button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::claims) enum Label {
    /// Puts the item into the cart.
    Buy,
    /// Orders it before it is there.
    Preorder,
    /// Says that there is none.
    SoldOut,
    /// Offers to write when there is.
    Notify,
}

/// What a phrase means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::claims) enum Meaning {
    /// It claims an availability.
    Says(Availability),
    /// It claims an availability as an answer to a topic, and nothing on its own: "Availability: yes".
    Answers(Availability),
    /// It speaks of something near availability that is no claim: other branches, later times.
    Aside,
    /// It announces a statement about stock: `Availability:`.
    Topic,
    /// It turns the phrase after it into something else: `not`, `back`, `when`.
    Unless,
    /// It counts: `pieces`.
    Unit,
    /// It says nothing: `this product is`.
    Filler,
    /// It labels a button.
    Label(Label),
    /// It is the heading of other products.
    Others,
    /// It is the text of a page that is no product page.
    Wall(Unknown),
}

/// A phrase found.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::claims) struct Found {
    /// What it means.
    pub(in crate::claims) meaning: Meaning,
    /// Whether a number in it is a quantity.
    pub(in crate::claims) counts: bool,
    /// Where, in the normalised text.
    pub(in crate::claims) at: Range<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    in_stock: Vec<String>,
    low: Vec<String>,
    out: Vec<String>,
    #[serde(default)]
    preorder: Vec<String>,
    #[serde(default)]
    backorder: Vec<String>,
    #[serde(default)]
    made_to_order: Vec<String>,
    #[serde(default)]
    discontinued: Vec<String>,
    #[serde(default)]
    in_store_only: Vec<String>,
    #[serde(default)]
    answers_in_stock: Vec<String>,
    #[serde(default)]
    answers_out: Vec<String>,
    #[serde(default)]
    aside: Vec<String>,
    #[serde(default)]
    topic: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    filler: Vec<String>,
    buttons: Buttons,
    #[serde(default)]
    others: Vec<String>,
    #[serde(default)]
    walls: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Buttons {
    buy: Vec<String>,
    #[serde(default)]
    preorder: Vec<String>,
    sold_out: Vec<String>,
    notify: Vec<String>,
}

/// Which phrases are looked for together.
#[derive(Clone, Copy)]
enum Shelf {
    Stock,
    Buttons,
    Others,
    Walls,
}

/// A set of languages, one bit per phrase file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::claims) struct Languages(u64);

impl Languages {
    /// Every language.
    pub(in crate::claims) const ALL: Self = Self(u64::MAX);
}

/// All phrases of all languages.
pub(in crate::claims) struct Phrases {
    shelves: [Automaton; 4],
}

/// What is known of one phrase.
#[derive(Clone, Copy)]
struct Entry {
    language: u8,
    meaning: Meaning,
    counts: bool,
}

struct Automaton {
    words: AhoCorasick,
    of: Vec<Entry>,
}

impl Phrases {
    /// Reads the embedded files. The error names the file; it can only come from a broken build.
    pub(in crate::claims) fn embedded() -> Result<Self, String> {
        let mut drafts: [Vec<(String, Entry)>; 4] = Default::default();
        for (number, (code, yaml)) in (0_u8..).zip(FILES) {
            let file: File = serde_yaml::from_str(yaml).map_err(|e| format!("config/phrases/{code}.yaml: {e}"))?;
            for (shelf, meaning, phrases) in file.meanings() {
                for phrase in phrases {
                    let normal = Normal::of(&phrase.replace("{n}", "1").replace("{d}", "1")).text;
                    if normal.is_empty() {
                        return Err(format!("config/phrases/{code}.yaml: {phrase:?} holds no word"));
                    }
                    let counts = !phrase.contains("{d}");
                    drafts[shelf as usize].push((normal, Entry { language: number, meaning, counts }));
                }
            }
        }
        let [stock, buttons, others, walls] = drafts;
        Ok(Self {
            shelves: [
                Automaton::new(stock)?,
                Automaton::new(buttons)?,
                Automaton::new(others)?,
                Automaton::new(walls)?,
            ],
        })
    }

    /// The languages with these codes (BCP 47; only the primary subtag counts). Unknown codes add nothing.
    pub(in crate::claims) fn languages<'c>(codes: impl IntoIterator<Item = &'c str>) -> Option<Languages> {
        let set = codes.into_iter().filter_map(index_of).fold(0_u64, |set, number| set | 1 << number);
        (set != 0).then_some(Languages(set))
    }

    /// Whether there is a phrase file for the language.
    pub(in crate::claims) fn knows(code: &str) -> bool {
        index_of(code).is_some()
    }

    /// What a text says of stock; `None` if it says nothing, or nothing that is safe to believe. `announced`: a topic
    /// such as `Availability:` stands before it.
    pub(in crate::claims) fn statement(&self, text: &str, announced: bool, languages: Languages) -> Option<Statement> {
        let normal = Normal::of(text);
        let found = self.shelves[Shelf::Stock as usize].find(&normal.text, languages);
        statement(&normal, &found, announced)
    }

    /// Whether the text is the label of a statement about stock, such as `Availability:`, and nothing else.
    pub(in crate::claims) fn is_topic(&self, text: &str, languages: Languages) -> bool {
        let normal = Normal::of(text);
        let found = self.shelves[Shelf::Stock as usize].find(&normal.text, languages);
        found.iter().any(|one| one.meaning == Meaning::Topic && one.at.start == 0 && one.at.end == normal.text.len())
    }

    /// What a button's label means. The phrase must open the label or make up half of it.
    pub(in crate::claims) fn label(&self, text: &str, languages: Languages) -> Option<Label> {
        let normal = Normal::of(text);
        let found = self.shelves[Shelf::Buttons as usize].find(&normal.text, languages);
        // "sold out" and "notify me" inside a label say more than "buy" does.
        let rank = |label: Label| match label {
            Label::SoldOut => 0,
            Label::Notify => 1,
            Label::Preorder => 2,
            Label::Buy => 3,
        };
        found
            .iter()
            .filter(|one| one.at.start == 0 || one.at.len() * 2 >= normal.text.len())
            .filter_map(|one| match one.meaning {
                Meaning::Label(label) => Some(label),
                _ => None,
            })
            .min_by_key(|label| rank(*label))
    }

    /// Whether a heading announces other products. The phrase must open it or make up half of it.
    pub(in crate::claims) fn announces_others(&self, text: &str) -> bool {
        let normal = Normal::of(text);
        self.shelves[Shelf::Others as usize]
            .find(&normal.text, Languages::ALL)
            .iter()
            .any(|one| one.at.start == 0 || one.at.len() * 2 >= normal.text.len())
    }

    /// The walls a text speaks of, with the length of the phrase that says so.
    pub(in crate::claims) fn walls(&self, text: &str) -> Vec<(Unknown, usize)> {
        let normal = Normal::of(text);
        let found = self.shelves[Shelf::Walls as usize].find(&normal.text, Languages::ALL);
        found
            .into_iter()
            .filter_map(|one| match one.meaning {
                Meaning::Wall(wall) => Some((wall, one.at.len())),
                _ => None,
            })
            .collect()
    }
}

fn index_of(code: &str) -> Option<usize> {
    let primary = code.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let known = match primary.as_str() {
        "iw" => "he",
        "no" | "nn" => "nb",
        "in" => "id",
        "sr" | "bs" => "hr",
        other => other,
    };
    FILES.iter().position(|(code, _)| *code == known)
}

impl File {
    fn meanings(self) -> Vec<(Shelf, Meaning, Vec<String>)> {
        let says = |availability| Meaning::Says(availability);
        let mut all = vec![
            (Shelf::Stock, says(Availability::InStock), self.in_stock),
            (Shelf::Stock, says(Availability::LimitedAvailability), self.low),
            (Shelf::Stock, says(Availability::OutOfStock), self.out),
            (Shelf::Stock, says(Availability::PreOrder), self.preorder),
            (Shelf::Stock, says(Availability::BackOrder), self.backorder),
            (Shelf::Stock, says(Availability::MadeToOrder), self.made_to_order),
            (Shelf::Stock, says(Availability::Discontinued), self.discontinued),
            (Shelf::Stock, says(Availability::InStoreOnly), self.in_store_only),
            (Shelf::Stock, Meaning::Answers(Availability::InStock), self.answers_in_stock),
            (Shelf::Stock, Meaning::Answers(Availability::OutOfStock), self.answers_out),
            (Shelf::Stock, Meaning::Aside, self.aside),
            (Shelf::Stock, Meaning::Topic, self.topic),
            (Shelf::Stock, Meaning::Unless, self.unless),
            (Shelf::Stock, Meaning::Unit, self.units),
            (Shelf::Stock, Meaning::Filler, self.filler),
            (Shelf::Buttons, Meaning::Label(Label::Buy), self.buttons.buy),
            (Shelf::Buttons, Meaning::Label(Label::Preorder), self.buttons.preorder),
            (Shelf::Buttons, Meaning::Label(Label::SoldOut), self.buttons.sold_out),
            (Shelf::Buttons, Meaning::Label(Label::Notify), self.buttons.notify.clone()),
            // The words of a notify button, met as plain text, say the same.
            (Shelf::Stock, says(Availability::OutOfStock), self.buttons.notify),
            (Shelf::Others, Meaning::Others, self.others),
        ];
        for (name, phrases) in self.walls {
            if let Ok(Availability::Unknown(wall)) = Availability::try_from(format!("Unknown({name})")) {
                all.push((Shelf::Walls, Meaning::Wall(wall), phrases));
            }
        }
        all
    }
}

impl Automaton {
    fn new(draft: Vec<(String, Entry)>) -> Result<Self, String> {
        let (patterns, of): (Vec<_>, Vec<_>) = draft.into_iter().unzip();
        let words = AhoCorasick::new(patterns).map_err(|e| format!("the phrases cannot be searched for: {e}"))?;
        Ok(Self { words, of })
    }

    /// Phrases on word boundaries, the longest first and none overlapping, in text order.
    fn find(&self, text: &str, languages: Languages) -> Vec<Found> {
        let mut all: Vec<Found> = self
            .words
            .find_overlapping_iter(text)
            .filter_map(|hit| {
                let Entry { language, meaning, counts } = self.of[hit.pattern().as_usize()];
                let at = hit.start()..hit.end();
                let asked_for = languages.0 >> language & 1 == 1;
                (asked_for && on_boundaries(text, &at)).then_some(Found { meaning, counts, at })
            })
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.at.len()));
        let mut kept: Vec<Found> = Vec::new();
        for one in all {
            if kept.iter().all(|other| one.at.end <= other.at.start || other.at.end <= one.at.start) {
                kept.push(one);
            }
        }
        kept.sort_by_key(|one| one.at.start);
        kept
    }
}

fn on_boundaries(text: &str, at: &Range<usize>) -> bool {
    let meets = |inside: Option<char>, outside: Option<char>| match (inside, outside) {
        (Some(inside), Some(outside)) => outside == ' ' || inside == ' ' || is_unspaced(inside),
        _ => true,
    };
    meets(text[at.clone()].chars().next(), text[..at.start].chars().next_back())
        && meets(text[at.clone()].chars().next_back(), text[at.end..].chars().next())
}
