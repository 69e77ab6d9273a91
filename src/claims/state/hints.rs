//! Which scripts can speak of the page's product at all, told from their bytes.
//!
//! Whatever ties an object to the page stands in the script as text: a number, the end of the address, a word of the
//! name. A script without any of them is not read any further.

use std::cell::OnceCell;

use aho_corasick::{AhoCorasick, MatchKind};

/// What shapes that need no tie are known by.
const UNTIED: [&str; 5] = ["chooseText", "product_attributes", "is_selling", "option0", "option1"];

/// Words of a name that are shorter are everywhere.
const SHORTEST_WORD: usize = 3;

/// Looks for what ties objects to the page.
#[derive(Default)]
pub(super) struct Hints {
    words: Vec<String>,
    /// A name has no word that is surely written the same way everywhere, so that every script is read.
    blind: bool,
    compiled: OnceCell<Option<AhoCorasick>>,
}

impl Hints {
    /// Takes a name as it stands on the page.
    pub(super) fn name(&mut self, name: &str) {
        // Letters past ASCII may be escaped in a script, and with them the words they are in.
        let words =
            name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.bytes().all(|b| b.is_ascii_alphabetic()));
        match words.max_by_key(|word| word.len()).filter(|word| word.len() >= SHORTEST_WORD) {
            Some(word) => self.words.push(word.to_owned()),
            None => self.blind |= !name.trim().is_empty(),
        }
    }

    /// Takes a number or a part of an address.
    pub(super) fn key(&mut self, key: &str) {
        let key = key.trim();
        // Escaped here, and who knows how there.
        self.blind |= key.contains('%');
        if key.len() > 1 && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
            self.words.push(key.to_owned());
        }
    }

    /// Whether the text names the product.
    pub(super) fn in_text(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(self.words.iter().map(String::as_str).chain(UNTIED))
                .ok()
        });
        self.blind || self.words.is_empty() || compiled.as_ref().is_none_or(|words| words.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_name_or_a_number_is_enough() {
        let mut hints = Hints::default();
        hints.name("Théière Bleue 12");
        hints.key("AB-1");
        for text in ["{name:'Th\\u00e9i\\u00e8re Bleue'}", "{sku:'AB-1'}", "{is_selling:'T'}"] {
            assert!(hints.in_text(text), "{text}");
        }
        assert!(!hints.in_text("{name:'Red hat'}"));
        hints.key("");
        hints.name("חולצה כחולה");
        assert!(hints.in_text("{name:'Red hat'}"), "nobody knows how it is written there");
    }
}
