//! Text brought to the one form in which phrases are looked for.
//!
//! Compatibility forms are folded (NFKC), case and accents are dropped, and so are Hebrew points, Arabic vowel signs,
//! direction marks and everything else that cannot be seen; punctuation and all kinds of space become one space; a
//! run of digits becomes `#`, its value kept aside, and where dates are asked for, a date becomes `@`.

use jiff::Timestamp;
use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use super::date::{self, Slashes};

/// Stands for a date before normalising. A character that no text may hold.
pub(super) const DATE: char = '\u{FDD0}';

/// Normalised text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::claims) struct Normal {
    /// The text; words are separated by single spaces.
    pub(in crate::claims) text: String,
    /// Where in `text` each `#` stands, and its number unless it is open-ended (`10+`, `>10`) or no whole number.
    pub(in crate::claims) numbers: Vec<(usize, Option<Decimal>)>,
    /// Where in `text` each `@` stands, and its date if that is known.
    pub(super) dates: Vec<(usize, Option<Timestamp>)>,
}

impl Normal {
    /// Normalises.
    pub(in crate::claims) fn of(text: &str) -> Self {
        let mut out = Self { text: String::with_capacity(text.len()), ..Self::default() };
        out.add(text);
        out.text.truncate(out.text.trim_end().len());
        out
    }

    fn add(&mut self, text: &str) {
        if text.is_ascii() {
            self.take(text.bytes().map(|byte| byte.to_ascii_lowercase() as char));
        } else {
            self.take(text.nfkd().filter(|c| !is_mark(*c)).nfc().flat_map(char::to_lowercase).filter_map(fold));
        }
    }

    /// Normalises, and marks dates.
    pub(super) fn dated(text: &str, slashes: Slashes) -> Self {
        let dates = if text.contains(DATE) { Vec::new() } else { date::dates(text, slashes) };
        if dates.is_empty() {
            return Self::of(text);
        }
        let mut marked = String::with_capacity(text.len());
        let mut from = 0;
        for (at, _) in &dates {
            marked.push_str(text.get(from..at.start).unwrap_or_default());
            marked.push(DATE);
            from = at.end;
        }
        marked.push_str(text.get(from..).unwrap_or_default());
        let mut normal = Self::of(&marked);
        for ((_, known), (_, date)) in normal.dates.iter_mut().zip(dates) {
            *known = date;
        }
        normal
    }

    /// Pieces of a text, each with its offset there, normalised one after the other; and for each byte of the result the
    /// offset of the piece that it came from or came after. Pieces that do not follow each other are kept apart.
    pub(super) fn traced<'t>(pieces: impl Iterator<Item = (usize, &'t str)>) -> (Self, Vec<usize>) {
        let mut out = Self::default();
        let mut origins: Vec<usize> = Vec::new();
        let mut end = 0;
        for (from, piece) in pieces {
            out.gap();
            if from != end {
                out.text.push_str("| ");
            }
            end = from + piece.len();
            origins.resize(out.text.len(), from);
            out.add(piece);
            origins.resize(out.text.len(), from);
        }
        (out, origins)
    }

    fn take(&mut self, chars: impl Iterator<Item = char>) {
        let mut chars = chars.peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            if c.is_ascii_digit() {
                let mut run = String::from(c);
                while let Some(next) = chars.next_if(|n| n.is_ascii_digit() || matches!(n, '.' | ',')) {
                    run.push(next);
                }
                let spaced = chars.peek().is_some_and(|c| c.is_whitespace()).then(|| chars.next()).flatten();
                let after = chars.peek().copied().unwrap_or(' ');
                let open = (after == '+' && spaced.is_none()) || matches!(before, '>' | '<' | '~' | '≥');
                let open = open || is_no_count(before) || is_no_count(after);
                self.gap();
                self.numbers.push((self.text.len(), if open { None } else { whole_number(&run) }));
                self.text.push_str("# ");
            } else if c.is_alphanumeric() || is_thai_sign(c) {
                match c {
                    'ß' => self.text.push_str("ss"),
                    'æ' => self.text.push_str("ae"),
                    'œ' => self.text.push_str("oe"),
                    _ => self.text.push(c),
                }
            } else if c == DATE {
                self.gap();
                self.dates.push((self.text.len(), None));
                self.text.push_str("@ ");
            } else if !matches!(c, '\'' | '’' | '`' | '´' | '"' | '״' | '׳' | 'ʼ') {
                self.gap();
            }
            if !c.is_whitespace() {
                before = c;
            }
        }
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }
}

/// Signs that make a number something else than a count of items: `120 €`, `-20 %`, `#7`.
fn is_no_count(sign: char) -> bool {
    matches!(sign, '$' | '£' | '¥' | '%' | '°' | '#' | '№' | '฿' | '\u{20A0}'..='\u{20CF}')
}

/// `12`, `1,200` and `3.000` are whole numbers; `3.5` is none. A stop at the end belongs to the sentence.
fn whole_number(run: &str) -> Option<Decimal> {
    let run = run.trim_end_matches(['.', ',']);
    let mut groups = run.split(['.', ',']);
    let mut digits = groups.next()?.to_owned();
    for group in groups {
        if group.len() == 3 {
            digits.push_str(group);
        } else if group.bytes().any(|b| b != b'0') {
            return None;
        }
    }
    if digits.len() > 9 { None } else { digits.parse().ok() }
}

/// Signs that are written on letters or never seen: accents, Hebrew points, Arabic vowels, tatweel, direction marks,
/// joiners, soft hyphens.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C2}' | '\u{05C4}'..='\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{061C}' | '\u{FEFF}' | '\u{00AD}')
}

/// Letters that writers exchange freely.
fn fold(c: char) -> Option<char> {
    Some(match c {
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ς' => 'σ',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        'ё' => 'е',
        _ if is_mark(c) => return None,
        '0'..='9' => c,
        _ => match c.to_digit(10).or_else(|| other_digit(c)) {
            Some(digit) => char::from_digit(digit, 10)?,
            None => c,
        },
    })
}

/// Arabic-Indic and Persian digits.
fn other_digit(c: char) -> Option<u32> {
    [0x0660_u32, 0x06F0].iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|digit| *digit < 10))
}

/// Vowel and tone signs without which Thai words fall apart.
fn is_thai_sign(c: char) -> bool {
    matches!(c, '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}')
}

/// Whether a script writes without spaces or glues endings to words, so that a phrase may end inside a word.
pub(in crate::claims) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_makes_no_difference() {
        for (written, meant) in [
            ("  In\u{a0}STOCK! ", "in stock"),
            ("Out-of-stock", "out of stock"),
            ("isn’t", "isnt"),
            ("ÉPUISÉ", "epuise"),
            ("אָזַל מֵהַמְּלַאי", "אזל מהמלאי"),
            ("\u{200f}לא במלאי\u{200e}", "לא במלאי"),
            ("غير متوفّر", "غير متوفر"),
            ("ｉｎ　ｓｔｏｃｋ", "in stock"),
            ("TÜKENDİ", "tukendi"),
            ("在庫あり", "在庫あり"),
            ("GROSSE", "große"),
            ("Εξαντλήθηκε", "ΕΞΑΝΤΛΗΘΗΚΕ"),
            ("Ещё", "еще"),
            ("أضف إلى السلّة", "اضف الى السله"),
            ("لا يوجـــد", "لا يوجد"),
            ("ILIK", "ılık"),
            ("לא־במלאי", "לא במלאי"),
            ("ｼｮｯﾌﾟ", "ショップ"),
        ] {
            assert_eq!(Normal::of(written).text, Normal::of(meant).text, "{written}");
            assert_eq!(Normal::of(meant).text, Normal::of(&Normal::of(meant).text).text);
        }
    }

    #[test]
    fn numbers_are_kept_aside() {
        let read =
            |text| Normal::of(text).numbers.into_iter().map(|(_, n)| n.map(|n| n.to_string())).collect::<Vec<_>>();
        assert_eq!(Normal::of("In stock (3 available)").text, "in stock # available");
        assert_eq!(read("In stock (3 available)"), [Some("3".to_owned())]);
        assert_eq!(read("1,200 pcs"), [Some("1200".to_owned())]);
        assert_eq!(read("3.5 kg, 10+ left, >5"), [None, None, None]);
        assert_eq!(read("120,00 € -20 % $5 ₪ 30 and 7 more"), [None, None, None, None, Some("7".to_owned())]);
        assert_eq!(read("نفد ٣"), [Some("3".to_owned())]);
        assert_eq!(read("only 2."), [Some("2".to_owned())]);
    }
}
