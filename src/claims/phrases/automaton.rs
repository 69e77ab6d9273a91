//! Looks for all phrases of a shelf at once.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::normal::is_unspaced;
use super::{Found, Languages, Meaning};
use crate::domain::Fold;

/// What is known of one phrase.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Number of its file.
    pub(super) language: u8,
    /// What it means.
    pub(super) meaning: Meaning,
    /// Whether a number in it is a quantity.
    pub(super) counts: bool,
}

/// The phrases of one shelf.
pub(super) struct Automaton {
    words: AhoCorasick,
    of: Vec<Entry>,
}

impl Automaton {
    /// Phrases, normalised. The error says what the search would not take.
    pub(super) fn new(draft: Vec<(String, Entry)>) -> Result<Self, String> {
        let (patterns, of): (Vec<_>, Vec<_>) = draft.into_iter().unzip();
        let words = AhoCorasick::new(patterns).map_err(|e| format!("the phrases cannot be searched for: {e}"))?;
        Ok(Self { words, of })
    }

    /// Phrases on word boundaries, the longest first and none overlapping, in text order.
    pub(super) fn find(&self, text: &str, languages: Languages) -> Vec<Found> {
        let mut all: Vec<Found> = self
            .words
            .find_overlapping_iter(text)
            .filter_map(|hit| {
                let Entry { language, meaning, counts } = self.of[hit.pattern().as_usize()];
                let at = hit.start()..hit.end();
                (languages.has(language) && on_boundaries(text, &at, meaning)).then_some(Found { meaning, counts, at })
            })
            .collect();
        if all.len() < 2 {
            return all;
        }
        // Of the same words, what they say in one language matters more than how they turn others in another.
        all.sort_by_key(|one| (std::cmp::Reverse(one.at.len()), weight(one.meaning)));
        let mut kept: Vec<Found> = Vec::with_capacity(all.len());
        for one in all {
            if kept.iter().all(|other| one.at.end <= other.at.start || other.at.end <= one.at.start) {
                kept.push(one);
            }
        }
        kept.sort_by_key(|one| one.at.start);
        kept
    }

    /// Where phrases that `wanted` picks begin, wherever in a word that may be.
    pub(super) fn starts(&self, text: &str, languages: Languages, wanted: fn(Meaning) -> bool) -> Vec<usize> {
        let hits = self.words.find_overlapping_iter(text).filter(|hit| {
            let entry = self.of[hit.pattern().as_usize()];
            languages.has(entry.language) && wanted(entry.meaning)
        });
        let mut starts: Vec<usize> = hits.map(|hit| hit.start()).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

fn weight(meaning: Meaning) -> u8 {
    match meaning {
        Meaning::Says(_) => 0,
        Meaning::Aside | Meaning::Topic => 1,
        Meaning::Answers(_) => 2,
        _ => 3,
    }
}

fn on_boundaries(text: &str, at: &Range<usize>, meaning: Meaning) -> bool {
    let meets = |inside: Option<char>, outside: Option<char>| match (inside, outside) {
        (Some(inside), Some(outside)) => outside == ' ' || inside == ' ' || is_unspaced(inside),
        _ => true,
    };
    let phrase = &text[at.clone()];
    meets(phrase.chars().next_back(), text[at.end..].chars().next())
        && (meets(phrase.chars().next(), text[..at.start].chars().next_back())
            || follows_a_glued_word(phrase, &text[..at.start], meaning))
}

/// Hebrew and Arabic write "and" onto the next word, and Hebrew "that": `ואזל מהמלאי`, `שאזל מהמלאי`. A single word is
/// not looked for behind it, since with one letter more it is often another word; nor is a promise behind "that", which
/// narrows what is spoken of.
fn follows_a_glued_word(phrase: &str, before: &str, meaning: Meaning) -> bool {
    let mut letters = before.chars().rev();
    let (glued, stands_alone) = (letters.next(), letters.next().is_none_or(|c| c == ' '));
    let denies = matches!(meaning, Meaning::Says(says) if says.fold() == Fold::NotBuyable);
    let hebrew = phrase.starts_with(|c| matches!(c, 'א'..='ת'));
    let arabic = phrase.starts_with(|c| matches!(c, '\u{0620}'..='\u{064A}'));
    let joins = match glued {
        Some('ו') => hebrew,
        Some('ש') => hebrew && denies,
        Some('و') => arabic,
        _ => false,
    };
    joins && stands_alone && phrase.contains(' ')
}
