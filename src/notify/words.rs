//! The words of a mail by language. A new language is one file in `config/mail/` and one line in [`LANGUAGES`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::message::Direction;

/// Primary subtag of BCP 47 and the file with its words. The first stands in for languages that have none.
pub(super) const LANGUAGES: &[(&str, &str)] = &[
    ("en", include_str!("../../config/mail/en.yaml")),
    ("ar", include_str!("../../config/mail/ar.yaml")),
    ("de", include_str!("../../config/mail/de.yaml")),
    ("es", include_str!("../../config/mail/es.yaml")),
    ("fr", include_str!("../../config/mail/fr.yaml")),
    ("he", include_str!("../../config/mail/he.yaml")),
    ("ru", include_str!("../../config/mail/ru.yaml")),
];

/// Left-to-right mark's counterpart: a line that begins with it is set from the right.
const RIGHT_TO_LEFT_MARK: &str = "\u{200f}";

/// One language.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) language: String,
    pub(super) direction: Direction,
    time: String,
    day: String,
    months: [String; 12],
    number: Numbers,
    pub(super) punctuation: Punctuation,
    subject: BTreeMap<String, String>,
    counted: BTreeMap<String, BTreeMap<String, String>>,
    figure: BTreeMap<String, BTreeMap<String, String>>,
    verdict: BTreeMap<String, String>,
    severity: BTreeMap<String, String>,
    reason: BTreeMap<String, String>,
    says: BTreeMap<String, String>,
    touchpoint: BTreeMap<String, String>,
    signal: BTreeMap<String, String>,
    journey: BTreeMap<String, String>,
    stock: BTreeMap<String, String>,
    cause: BTreeMap<String, String>,
    todo: BTreeMap<String, String>,
    label: BTreeMap<String, String>,
    pub(super) column: BTreeMap<String, String>,
    section: BTreeMap<String, String>,
    alarm: BTreeMap<String, String>,
}

/// How a language writes numbers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    decimal: String,
    group: String,
    /// Numbers of fewer digits are not grouped.
    group_from: usize,
}

/// How a language joins and quotes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Punctuation {
    pub(super) comma: String,
    pub(super) colon: String,
    pub(super) open: String,
    pub(super) close: String,
}

/// A word group of [`Words`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Subject,
    Verdict,
    Severity,
    Reason,
    Says,
    Touchpoint,
    Signal,
    Journey,
    Stock,
    Cause,
    Todo,
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
            Of::Severity => &self.severity,
            Of::Reason => &self.reason,
            Of::Says => &self.says,
            Of::Touchpoint => &self.touchpoint,
            Of::Signal => &self.signal,
            Of::Journey => &self.journey,
            Of::Stock => &self.stock,
            Of::Cause => &self.cause,
            Of::Todo => &self.todo,
            Of::Label => &self.label,
            Of::Section => &self.section,
            Of::Alarm => &self.alarm,
        };
        fill(group.get(key).map_or(key, String::as_str), fills)
    }

    /// A counted phrase in the form its number takes.
    pub(super) fn count(&self, key: &str, count: u64) -> String {
        fill(self.form(&self.counted, key, count), &[("count", &self.whole(count))])
    }

    /// What stands under a number that is shown by itself, in the form this number takes.
    pub(super) fn figure(&self, key: &str, count: u64) -> String {
        self.form(&self.figure, key, count).to_owned()
    }

    fn form<'a>(&self, of: &'a BTreeMap<String, BTreeMap<String, String>>, key: &'a str, count: u64) -> &'a str {
        let forms = of.get(key);
        let form = forms.and_then(|forms| forms.get(self.category(count)).or_else(|| forms.get("other")));
        form.map_or(key, String::as_str)
    }

    /// Which form a number takes, by the Unicode CLDR.
    fn category(&self, count: u64) -> &'static str {
        let category = self.rules().map_or(PluralCategory::Other, |rules| rules.category_for(count));
        category_name(category)
    }

    fn rules(&self) -> Option<PluralRules> {
        let locale = Locale::try_from_str(&self.language).ok()?;
        PluralRules::try_new_cardinal(locale.into()).ok()
    }

    /// A whole number as this language writes it.
    pub(super) fn whole(&self, number: u64) -> String {
        let digits = number.to_string();
        if digits.len() < self.number.group_from {
            return digits;
        }
        let mut written = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                written.push_str(&self.number.group);
            }
            written.push(digit);
        }
        written
    }

    /// A number as this language writes it, without the zeros that say nothing.
    pub(super) fn number(&self, number: Decimal) -> String {
        let plain = number.normalize().abs().to_string();
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let sign = if number.is_sign_negative() && !number.is_zero() { "-" } else { "" };
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| self.whole(whole));
        let decimal = if part.is_empty() { "" } else { &self.number.decimal };
        self.isolate(&format!("{sign}{whole}{decimal}{part}"))
    }

    /// A time as people of this language write it.
    pub(super) fn time(&self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone());
        let month = self.months.get(month(local.date())).map_or("", String::as_str);
        let format = self.time.replace("%b", month);
        jiff::fmt::strtime::format(&format, &local).unwrap_or_else(|_| local.to_string())
    }

    /// A day of this year as people of this language write it.
    pub(super) fn day(&self, date: civil::Date) -> String {
        let month = self.months.get(month(date)).map_or("", String::as_str);
        let format = self.day.replace("%b", month);
        jiff::fmt::strtime::format(&format, date).unwrap_or_else(|_| date.to_string())
    }

    /// A length of time in its largest whole unit.
    pub(super) fn age(&self, seconds: u64) -> String {
        let (unit, count) = match seconds {
            0..120 => ("seconds", seconds),
            120..7_200 => ("minutes", seconds / 60),
            7_200..172_800 => ("hours", seconds / 3_600),
            _ => ("days", seconds / 86_400),
        };
        self.count(unit, count)
    }

    /// The parts of a list, joined.
    pub(super) fn list(&self, parts: &[String]) -> String {
        parts.join(&self.punctuation.comma)
    }

    /// [`isolate`] in this language's direction.
    pub(super) fn isolate(&self, text: &str) -> String {
        isolate(text, self.direction)
    }
}

/// What a line of plain text begins with so that it is set in its language's direction whatever it begins with.
pub(super) fn line_mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "",
        Direction::Rtl => RIGHT_TO_LEFT_MARK,
    }
}

fn month(date: civil::Date) -> usize {
    usize::try_from(date.month() - 1).unwrap_or_default()
}

fn category_name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
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
mod tests;
