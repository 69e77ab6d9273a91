//! The phrase files: how shops say "in stock" and "sold out", language by language.
//!
//! They live in `config/phrases/` and are embedded. All languages share three automata (stock, buttons, headings and
//! walls); a match counts only if its language is asked for, if it stands on word boundaries, and if no longer match
//! covers it.

mod automaton;
mod date;
mod file;
mod normal;
mod statement;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use automaton::{Automaton, Entry};
use date::Slashes;
use file::{FILES, File, files_of};
use normal::DATE;
pub(in crate::claims) use normal::Normal;
pub(in crate::claims) use statement::Statement;
use statement::statement;

use crate::domain::{Availability, Unknown};

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

    /// Whether the file with this number is among them.
    fn has(self, file: u8) -> bool {
        self.0 >> file & 1 == 1
    }

    /// Only North America puts the month first, and only English and its Spanish and French are written there. A page
    /// in any other language puts the day first; pages are always read as English too, so English alone tells nothing.
    fn slashes(self) -> Slashes {
        let english = files_of("en").0;
        if self == Self::ALL || self.0 & !english == 0 { Slashes::Unknown } else { Slashes::DayFirst }
    }
}

/// All phrases of all languages.
pub(in crate::claims) struct Phrases {
    shelves: &'static [Automaton; 4],
}

/// The files do not change while the program runs, so they are read once, whoever asks.
static SHELVES: OnceLock<Result<[Automaton; 4], String>> = OnceLock::new();

impl Phrases {
    /// Reads the embedded files. The error names the file; it can only come from a broken build.
    pub(in crate::claims) fn embedded() -> Result<Self, String> {
        let shelves = SHELVES.get_or_init(Self::read).as_ref().map_err(Clone::clone)?;
        Ok(Self { shelves })
    }

    fn read() -> Result<[Automaton; 4], String> {
        let mut drafts: [Vec<(String, Entry)>; 4] = Default::default();
        for (number, (code, yaml)) in (0_u8..).zip(FILES) {
            let file: File = serde_yaml::from_str(yaml).map_err(|e| format!("config/phrases/{code}.yaml: {e}"))?;
            for (shelf, meaning, phrases) in file.meanings() {
                for phrase in phrases {
                    let normal = pattern(&phrase);
                    if normal.is_empty() {
                        return Err(format!("config/phrases/{code}.yaml: {phrase:?} holds no word"));
                    }
                    let counts = !phrase.contains("{d}");
                    drafts[shelf as usize].push((normal, Entry { language: number, meaning, counts }));
                }
            }
        }
        let [stock, buttons, others, walls] = drafts;
        Ok([Automaton::new(stock)?, Automaton::new(buttons)?, Automaton::new(others)?, Automaton::new(walls)?])
    }

    /// The languages with these tags (BCP 47). Unknown ones add nothing.
    pub(in crate::claims) fn languages<'c>(codes: impl IntoIterator<Item = &'c str>) -> Option<Languages> {
        let set = codes.into_iter().fold(0_u64, |set, code| set | files_of(code).0);
        (set != 0).then_some(Languages(set))
    }

    /// Whether there is a phrase file for the language.
    pub(in crate::claims) fn knows(code: &str) -> bool {
        files_of(code).0 != 0
    }

    fn shelf(&self, shelf: Shelf) -> &Automaton {
        &self.shelves[shelf as usize]
    }

    /// What a text says of stock; `None` if it says nothing, or nothing that is safe to believe. `announced`: a topic
    /// such as `Availability:` stands before it.
    pub(in crate::claims) fn statement(&self, text: &str, announced: bool, languages: Languages) -> Option<Statement> {
        let normal = Normal::dated(text, languages.slashes());
        let found = self.shelf(Shelf::Stock).find(&normal.text, languages);
        statement(&normal, &found, announced)
    }

    /// The offsets of the pieces in which something begins that could make the text around it a statement or a topic, in
    /// ascending order. A part of the text without any says nothing. Meant for a whole page at once, its pieces with
    /// their offsets.
    pub(in crate::claims) fn cues<'t>(
        &self,
        pieces: impl Iterator<Item = (usize, &'t str)>,
        languages: Languages,
    ) -> Vec<usize> {
        let speaks = |meaning| matches!(meaning, Meaning::Says(_) | Meaning::Topic);
        let (normal, origins) = Normal::traced(pieces);
        let starts = self.shelf(Shelf::Stock).starts(&normal.text, languages, speaks);
        let mut cues: Vec<usize> = starts.into_iter().filter_map(|at| origins.get(at).copied()).collect();
        cues.dedup();
        cues
    }

    /// Whether the text is the label of a statement about stock, such as `Availability:`, and nothing else.
    pub(in crate::claims) fn is_topic(&self, text: &str, languages: Languages) -> bool {
        let normal = Normal::of(text);
        let found = self.shelf(Shelf::Stock).find(&normal.text, languages);
        found.iter().any(|one| one.meaning == Meaning::Topic && one.at.start == 0 && one.at.end == normal.text.len())
    }

    /// What a button's label means. The phrase must open the label or make up half of it.
    pub(in crate::claims) fn label(&self, text: &str, languages: Languages) -> Option<Label> {
        let normal = Normal::of(text);
        let found = self.shelf(Shelf::Buttons).find(&normal.text, languages);
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
        self.shelf(Shelf::Others)
            .find(&normal.text, Languages::ALL)
            .iter()
            .any(|one| one.at.start == 0 || one.at.len() * 2 >= normal.text.len())
    }

    /// The walls a text speaks of, with the length of the phrase that says so.
    pub(in crate::claims) fn walls(&self, text: &str) -> Vec<(Unknown, usize)> {
        let normal = Normal::of(text);
        let found = self.shelf(Shelf::Walls).find(&normal.text, Languages::ALL);
        found
            .into_iter()
            .filter_map(|one| match one.meaning {
                Meaning::Wall(wall) => Some((wall, one.at.len())),
                _ => None,
            })
            .collect()
    }
}

/// A phrase as it is looked for.
fn pattern(phrase: &str) -> String {
    let date = DATE.to_string();
    Normal::of(&phrase.replace("{n}", "1").replace("{d}", "1").replace("{date}", &date)).text
}
