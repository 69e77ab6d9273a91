//! The words of a mail by language. A new language is one file in `config/mail/` and one line in [`LANGUAGES`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::message::Direction;

/// Primary subtag of BCP 47 and the file with its words. The first stands in for languages that have none.
pub(super) const LANGUAGES: &[(&str, &str)] =
    &[("en", include_str!("../../config/mail/en.yaml")), ("he", include_str!("../../config/mail/he.yaml"))];

/// Left-to-right mark's counterpart: a line that begins with it is set from the right.
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';

/// One language.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) language: String,
    pub(super) direction: Direction,
    plurals: Plurals,
    time: String,
    pub(super) subject: BTreeMap<String, String>,
    counted: BTreeMap<String, BTreeMap<String, String>>,
    verdict: BTreeMap<String, String>,
    says: BTreeMap<String, String>,
    touchpoint: BTreeMap<String, String>,
    signal: BTreeMap<String, String>,
    stock: BTreeMap<String, String>,
    cause: BTreeMap<String, String>,
    age: BTreeMap<String, String>,
    label: BTreeMap<String, String>,
    pub(super) column: BTreeMap<String, String>,
    section: BTreeMap<String, String>,
    alarm: BTreeMap<String, String>,
}

/// Which form a number takes, by the rules of CLDR
/// (<https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>) for whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Plurals {
    OneOther,
    OneTwoOther,
}

impl Plurals {
    fn form(self, count: usize) -> &'static str {
        match (self, count) {
            (_, 1) => "one",
            (Self::OneTwoOther, 2) => "two",
            _ => "other",
        }
    }
}

/// A word group of [`Words`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Subject,
    Verdict,
    Says,
    Touchpoint,
    Signal,
    Stock,
    Cause,
    Age,
    Label,
    Section,
    Alarm,
}

/// All languages, read and checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Languages {
    all: &'static [Words],
    fallback: &'static Words,
}

impl Languages {
    /// Reads the built-in files, once.
    pub(super) fn load() -> Result<Self, String> {
        static ALL: OnceLock<Result<Vec<Words>, String>> = OnceLock::new();
        let all = ALL.get_or_init(|| {
            let read = |(name, text): &(&str, &str)| {
                serde_yaml::from_str(text).map_err(|error| format!("config/mail/{name}.yaml: {error}"))
            };
            LANGUAGES.iter().map(read).collect()
        });
        let all = all.as_ref().map_err(Clone::clone)?;
        let fallback = all.first().ok_or_else(|| "no language is built in".to_owned())?;
        Ok(Self { all, fallback })
    }

    /// The words of a language: its primary subtag decides (`he-IL` is `he`), and what is not known is English.
    pub(super) fn of(self, language: &str) -> &'static Words {
        let subtag = language.split(['-', '_']).next().unwrap_or_default();
        self.all.iter().find(|words| words.language.eq_ignore_ascii_case(subtag)).unwrap_or(self.fallback)
    }
}

impl Words {
    /// One word or phrase, with its `{braces}` filled. A missing word shows its key: a mail that is a little ugly
    /// beats none, and a test compares the keys of all languages.
    pub(super) fn say(&self, of: Of, key: &str, fills: &[(&str, &str)]) -> String {
        let group = match of {
            Of::Subject => &self.subject,
            Of::Verdict => &self.verdict,
            Of::Says => &self.says,
            Of::Touchpoint => &self.touchpoint,
            Of::Signal => &self.signal,
            Of::Stock => &self.stock,
            Of::Cause => &self.cause,
            Of::Age => &self.age,
            Of::Label => &self.label,
            Of::Section => &self.section,
            Of::Alarm => &self.alarm,
        };
        fill(group.get(key).map_or(key, String::as_str), fills)
    }

    /// A counted phrase in the form its number takes.
    pub(super) fn count(&self, key: &str, count: usize) -> String {
        let forms = self.counted.get(key);
        let form = forms.and_then(|forms| forms.get(self.plurals.form(count)).or_else(|| forms.get("other")));
        fill(form.map_or(key, String::as_str), &[("count", &count.to_string())])
    }

    /// A time as people of this language write it.
    pub(super) fn time(&self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone());
        jiff::fmt::strtime::format(&self.time, &local).unwrap_or_else(|_| local.to_string())
    }

    /// A length of time in its largest whole unit.
    pub(super) fn age(&self, seconds: u64) -> String {
        let (unit, count) = match seconds {
            0..120 => ("seconds", seconds),
            120..7_200 => ("minutes", seconds / 60),
            7_200..172_800 => ("hours", seconds / 3_600),
            _ => ("days", seconds / 86_400),
        };
        self.say(Of::Age, unit, &[("count", &count.to_string())])
    }

    /// [`isolate`] in this language's direction.
    pub(super) fn isolate(&self, text: &str) -> String {
        isolate(text, self.direction)
    }

    /// What a line of plain text begins with so that it is set in this language's direction whatever it begins with.
    pub(super) fn line_mark(&self) -> String {
        match self.direction {
            Direction::Ltr => String::new(),
            Direction::Rtl => RIGHT_TO_LEFT_MARK.to_string(),
        }
    }
}

/// Sets a foreign piece of text apart so that it cannot reorder what stands around it (UAX #9 section 2.4): its own
/// first strong character decides its direction, and where it has none (a number) it runs left to right.
pub(super) fn isolate(text: &str, around: Direction) -> String {
    if around == Direction::Ltr && !text.chars().any(is_right_to_left) {
        return text.to_owned();
    }
    let strong = text.chars().any(char::is_alphabetic);
    format!("{}{text}\u{2069}", if strong { '\u{2068}' } else { '\u{2066}' })
}

/// Whether a character belongs to a script that runs from the right (the blocks of bidi classes R and AL).
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Replaces each `{name}` once, left to right; what is filled in is never looked into again.
fn fill(phrase: &str, fills: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(phrase.len());
    let mut rest = phrase;
    while let Some((before, (name, after))) = next_brace(rest) {
        out.push_str(before);
        out.push_str(fills.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn next_brace(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, after) = text.split_once('{')?;
    Some((before, after.split_once('}')?))
}

/// The first `limit` characters, with `…` if that is not all.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: &str) -> &'static Words {
        Languages::load().unwrap().of(language)
    }

    /// Every key and placeholder of a language file, as text.
    fn shape(words: &Words) -> Vec<String> {
        fn walk(at: &str, value: &serde_json::Value, out: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(map) => {
                    map.iter().for_each(|(key, value)| walk(&format!("{at}.{key}"), value, out))
                }
                serde_json::Value::String(text) => {
                    let fills: Vec<_> =
                        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|p| p.0).collect();
                    out.push(format!("{at} {}", fills.join(" ")));
                }
                _ => {}
            }
        }
        let mut out = vec![];
        walk("", &serde_json::to_value(words).unwrap(), &mut out);
        out.retain(|line| ![".language", ".direction", ".plurals", ".time"].iter().any(|key| line.starts_with(key)));
        out.retain(|line| !line.starts_with(".counted."));
        out.sort();
        out
    }

    #[test]
    fn every_language_has_every_key_with_the_same_placeholders() {
        let english = words("en");
        for (name, _) in LANGUAGES {
            let words = words(name);
            assert_eq!(&words.language, name);
            assert_eq!(shape(words), shape(english), "{name}");
            assert!(words.counted.keys().eq(english.counted.keys()), "{name}");
            for (key, forms) in &words.counted {
                let expected: &[&str] =
                    if words.plurals == Plurals::OneOther { &["one", "other"] } else { &["one", "other", "two"] };
                assert!(forms.keys().eq(expected), "{name} {key}");
                assert!(forms["other"].contains("{count}"), "{name} {key}");
            }
        }
    }

    #[test]
    fn every_word_of_the_domain_has_a_translation() {
        use crate::domain::{Availability, SignalKind, Touchpoint, Verdict};
        let words = words("en");
        for one in Availability::KNOWN {
            assert!(words.says.contains_key(&one.name()), "{one}");
        }
        for one in SignalKind::ALL {
            assert!(words.signal.contains_key(one.code()), "{one:?}");
        }
        for one in [Touchpoint::Feed, Touchpoint::Listing, Touchpoint::Page, Touchpoint::Cart] {
            assert!(words.touchpoint.contains_key(one.code()), "{one:?}");
        }
        for one in [
            Verdict::FalseAvailable,
            Verdict::FalseUnavailable,
            Verdict::Contradictory,
            Verdict::ExpiredPromise,
            Verdict::Gone,
        ] {
            assert!(words.verdict.contains_key(one.code()) && words.counted.contains_key(one.code()), "{one:?}");
        }
    }

    #[test]
    fn an_unknown_language_is_answered_in_english() {
        assert_eq!(words("he-IL").language, "he");
        assert_eq!(words("xx").language, "en");
        assert_eq!(words("").language, "en");
    }

    #[test]
    fn numbers_take_their_form() {
        let (en, he) = (words("en"), words("he"));
        assert_eq!(en.count("fixed", 0), "0 products are right again");
        assert_eq!(en.count("fixed", 1), "1 product is right again");
        assert_eq!(en.count("fixed", 2), "2 products are right again");
        assert_eq!(he.count("fixed", 1), "מוצר אחד תוקן");
        assert_eq!(he.count("fixed", 2), "שני מוצרים תוקנו");
        assert_eq!(he.count("fixed", 11), "11 מוצרים תוקנו");
    }

    #[test]
    fn what_is_filled_in_is_not_a_phrase() {
        assert_eq!(fill("{a} {b} {", &[("a", "{b}"), ("b", "x")]), "{b} x {");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shorten("שלום עולם", 4), "שלום…");
    }
}
