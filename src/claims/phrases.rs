//! The phrase files: how shops say "in stock" and "sold out", language by language.
//!
//! They live in `config/phrases/` and are embedded. All languages share three automata (stock, buttons, headings and
//! walls); a match counts only if its language is asked for, if it stands on word boundaries, and if no longer match
//! covers it.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::normal::{Normal, is_unspaced};
use crate::domain::{Availability, Unknown};

macro_rules! files {
    ($($code:literal),* $(,)?) => {
        /// Every phrase file by its language.
        const FILES: &[(&str, &str)] =
            &[$(($code, include_str!(concat!("../../config/phrases/", $code, ".yaml")))),*];
    };
}

files!(
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu", "id", "it", "ja", "ko", "lt",
    "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh",
);

/// What a label on a button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
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
pub(super) enum Meaning {
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
pub(super) struct Found {
    /// What it means.
    pub(super) meaning: Meaning,
    /// Where, in the normalised text.
    pub(super) at: Range<usize>,
}

/// A statement about stock.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    /// What it claims.
    pub(super) says: Availability,
    /// The quantity in it.
    pub(super) quantity: Option<Decimal>,
    /// How much of the text is taken up by phrases that are understood, from 0 to 1.
    pub(super) coverage: f32,
    /// Whether the phrase is one everyday word, such as "available", which may speak of anything.
    pub(super) everyday: bool,
    /// Whether the text also speaks of branches, later times or other things that are no claim.
    pub(super) aside: bool,
    /// Whether a topic such as `Availability:` comes before it.
    pub(super) announced: bool,
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
pub(super) struct Languages(u64);

impl Languages {
    /// Every language.
    pub(super) const ALL: Self = Self(u64::MAX);
}

/// All phrases of all languages.
pub(super) struct Phrases {
    shelves: [Automaton; 4],
}

struct Automaton {
    words: AhoCorasick,
    of: Vec<(u8, Meaning)>,
}

impl Phrases {
    /// Reads the embedded files. The error names the file; it can only come from a broken build.
    pub(super) fn embedded() -> Result<Self, String> {
        let mut drafts: [Vec<(String, (u8, Meaning))>; 4] = Default::default();
        for (number, (code, yaml)) in (0_u8..).zip(FILES) {
            let file: File = serde_yaml::from_str(yaml).map_err(|e| format!("config/phrases/{code}.yaml: {e}"))?;
            for (shelf, meaning, phrases) in file.meanings() {
                for phrase in phrases {
                    let normal = Normal::of(&phrase.replace("{n}", "1")).text;
                    if normal.is_empty() {
                        return Err(format!("config/phrases/{code}.yaml: {phrase:?} holds no word"));
                    }
                    drafts[shelf as usize].push((normal, (number, meaning)));
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
    pub(super) fn languages<'c>(codes: impl IntoIterator<Item = &'c str>) -> Option<Languages> {
        let set = codes.into_iter().filter_map(index_of).fold(0_u64, |set, number| set | 1 << number);
        (set != 0).then_some(Languages(set))
    }

    /// Whether there is a phrase file for the language.
    pub(super) fn knows(code: &str) -> bool {
        index_of(code).is_some()
    }

    /// What a text says of stock; `None` if it says nothing, or nothing that is safe to believe. `announced`: a topic
    /// such as `Availability:` stands before it.
    pub(super) fn statement(&self, text: &str, announced: bool, languages: Languages) -> Option<Statement> {
        let normal = Normal::of(text);
        let found = self.shelves[Shelf::Stock as usize].find(&normal.text, languages);
        statement(&normal, &found, announced)
    }

    /// Whether the text is the label of a statement about stock, such as `Availability:`, and nothing else.
    pub(super) fn is_topic(&self, text: &str, languages: Languages) -> bool {
        let normal = Normal::of(text);
        let found = self.shelves[Shelf::Stock as usize].find(&normal.text, languages);
        found.iter().any(|one| one.meaning == Meaning::Topic && one.at.start == 0 && one.at.end == normal.text.len())
    }

    /// What a button's label means. The phrase must open the label or make up half of it.
    pub(super) fn label(&self, text: &str, languages: Languages) -> Option<Label> {
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
    pub(super) fn announces_others(&self, text: &str) -> bool {
        let normal = Normal::of(text);
        self.shelves[Shelf::Others as usize]
            .find(&normal.text, Languages::ALL)
            .iter()
            .any(|one| one.at.start == 0 || one.at.len() * 2 >= normal.text.len())
    }

    /// The walls a text speaks of, with the length of the phrase that says so.
    pub(super) fn walls(&self, text: &str) -> Vec<(Unknown, usize)> {
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
    fn new(draft: Vec<(String, (u8, Meaning))>) -> Result<Self, String> {
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
                let (language, meaning) = self.of[hit.pattern().as_usize()];
                let at = hit.start()..hit.end();
                (languages.0 >> language & 1 == 1 && on_boundaries(text, &at)).then_some(Found { meaning, at })
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

/// Whether a phrase turns the one after it into something else.
fn turns(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Unless | Meaning::Answers(Availability::OutOfStock))
}

/// The first claim in a text that nothing in front of it turns into something else.
fn statement(normal: &Normal, found: &[Found], announced: bool) -> Option<Statement> {
    let topic = found.first().filter(|one| one.meaning == Meaning::Topic && one.at.start == 0).map(|one| one.at.end);
    let announced = announced || topic.is_some();
    let mut chosen: Option<(Availability, Option<Decimal>, &Found)> = None;
    for (position, one) in found.iter().enumerate() {
        let says = match one.meaning {
            Meaning::Says(says) => says,
            Meaning::Answers(says) if announced && normal.text[topic.unwrap_or(0)..one.at.start].trim().is_empty() => {
                says
            }
            _ => continue,
        };
        let before = position.checked_sub(1).map(|i| &found[i]);
        if before.is_some_and(|b| turns(b.meaning) && normal.text[b.at.end..one.at.start].trim().len() < 12) {
            continue;
        }
        if counts_something_else(normal, found, &one.at) {
            continue;
        }
        let number = number_of(normal, found, position);
        // "In stock: no".
        let answer = found.get(position + 1).and_then(|next| match next.meaning {
            Meaning::Answers(answer) if next.at.start <= one.at.end + 1 && next.at.end == normal.text.len() => {
                Some(answer)
            }
            _ => None,
        });
        let says = match (answer.unwrap_or(says), number) {
            (Availability::InStock | Availability::LimitedAvailability, Some(Some(n))) if n.is_zero() => {
                Availability::OutOfStock
            }
            (says, _) => says,
        };
        let better = match &chosen {
            None => true,
            // A refusal after a promise ("In stock online. Currently unavailable") or the reverse is no clear claim;
            // the first counts, but a count or a date refines a plain promise.
            Some((Availability::InStock, _, _)) => {
                says.fold() == Availability::InStock.fold() && says != Availability::InStock
            }
            Some(_) => false,
        };
        if better {
            chosen = Some((says, number.flatten().filter(|n| !n.is_zero()), one));
        } else if let Some((kept, quantity @ None, _)) = &mut chosen
            && kept.fold() == says.fold()
        {
            *quantity = number.flatten().filter(|n| !n.is_zero());
        }
    }
    let (says, quantity, phrase) = chosen?;
    let understood: usize = found.iter().map(|one| one.at.len()).sum();
    let total = normal.text.bytes().filter(|b| *b != b' ').count().max(1);
    let spaces =
        found.iter().map(|one| normal.text[one.at.clone()].bytes().filter(|b| *b == b' ').count()).sum::<usize>();
    let aside = found.iter().any(|one| one.meaning == Meaning::Aside);
    #[expect(clippy::cast_precision_loss, reason = "lengths of short texts")]
    let coverage = (understood - spaces) as f32 / total as f32;
    let words = &normal.text[phrase.at.clone()];
    let everyday = !words.contains(' ') && !words.chars().any(is_unspaced);
    Some(Statement { says, quantity, coverage, everyday, aside, announced })
}

/// Whether a phrase ends in a number that counts something other than items: "left 3 days".
fn counts_something_else(normal: &Normal, found: &[Found], at: &Range<usize>) -> bool {
    let rest = normal.text[at.end..].trim_start();
    let start = normal.text.len() - rest.len();
    normal.text[at.clone()].ends_with('#')
        && !rest.is_empty()
        && !found.iter().any(|one| matches!(one.meaning, Meaning::Unit | Meaning::Says(_)) && one.at.start == start)
}

/// The number that belongs to a phrase: inside it, right before it, or right after it at the end or before a unit.
fn number_of(normal: &Normal, found: &[Found], position: usize) -> Option<Option<Decimal>> {
    let at = &found[position].at;
    let units = |gap: &Range<usize>| {
        let text = normal.text.get(gap.clone()).unwrap_or_default().trim();
        text.is_empty() || found.iter().any(|one| one.meaning == Meaning::Unit && normal.text[one.at.clone()] == *text)
    };
    for (place, number) in &normal.numbers {
        if at.contains(place) {
            return Some(*number);
        }
        if *place < at.start && units(&(*place + 1..at.start)) {
            return Some(*number);
        }
        if *place >= at.end && normal.text[at.end..*place].trim().is_empty() {
            let rest = normal.text[*place + 1..].trim_start();
            let start = normal.text.len() - rest.len();
            let unit = found.iter().any(|one| one.meaning == Meaning::Unit && one.at.start == start);
            if rest.is_empty() || unit {
                return Some(*number);
            }
        }
    }
    None
}

#[cfg(test)]
#[path = "phrases_tests.rs"]
mod tests;
