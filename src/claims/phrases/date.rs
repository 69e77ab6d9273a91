//! Dates as shops write them: `2026-12-01`, `01.12.2026`, `12 December 2026`, `12月1日`.
//!
//! A date without a year, or one whose day and month could be either way round, is seen but not known: nobody is told a
//! date that was only guessed.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use unicode_normalization::UnicodeNormalization;

/// Beginnings of the months' names, without accents, long enough to be no other word's. `$` ends a name; else up to five
/// more letters may follow.
const MONTHS: [&str; 12] = [
    "jan$ janua janv janua jaanuar enero$ ene$ genna gen$ stycz leden$ ledna$ sijec ianuar январ янв$ січн януар ינואר \
     يناير ιανουαρ ιαν$ ocak$ tammik sausio$",
    "feb$ febr fev$ fevr fever lut$ lutego$ unor$ unora$ veljac veebr феврал фев$ лютого$ лютий$ פברואר فبراير \
     φεβρουαρ φεβ$ subat helmik vasario$",
    "mar$ march$ mars$ marz$ marzo$ marzec$ maart$ marec$ marca$ marco$ marta$ mart$ marts$ marti$ martie$ martis$ \
     brezen$ brezna$ ozujk marcius март мар$ березн מרץ$ مارس$ μαρτι μαρ$ maalisk kovo$ maret$",
    "apr$ april abril$ abr$ avr$ avril$ aprile$ kwiet duben$ dubna$ travnj апрел апр$ квітн אפריל أبريل ابريل απριλ \
     απρ$ nisan$ huhtik balandzio$",
    "may$ mai$ maj$ maja$ mayo$ maggio$ maio$ mei$ kveten$ kvetna$ svib мая$ май$ травн מאי$ مايو$ μαιο mayis$ toukok \
     geguzes$ maijs$ maija$ majus$",
    "jun$ june$ juni$ juin$ juny$ junio$ junho$ giugno$ giu$ czerwc czerwiec$ cerven$ cervna$ lipnj июнь$ июня$ червн \
     юни$ יוני$ يونيو$ ιουνι haziran$ kesak birzelio$ iunie$ juunil juuni$ juniu junijs$ junija$",
    "jul$ july$ juli$ juil$ juillet$ julio$ julho$ luglio$ lug$ lipca$ lipiec$ cervenec$ cervence$ srpnj июль$ июля$ \
     липн юли$ יולי$ يوليو$ ιουλι temmuz$ heinak liepos$ iulie$ juuli$ julius$ julijs$ julija$",
    "aug$ augus agosto$ ago$ aout$ sierp srpen$ srpna$ kolovoz август авг$ серпн אוגוסט أغسطس اغسطس αυγουστ αυγ$ \
     agustus$ agustos$ elokuu rugpjucio$ avgust",
    "sep$ sept$ septem settem set$ setem septie wrzes zari$ rujna$ rujan$ сентябр сен$ вересн септемвр ספטמבר سبتمبر \
     σεπτεμβ σεπ$ eylul$ syysk rugsejo$ szeptem",
    "oct$ octob octub okt$ oktob oktyab out$ outub ottob ott$ pazdz rijna$ rijen$ listopada$ октябр окт$ жовтн октомвр \
     אוקטובר أكتوبر اكتوبر οκτωβρ οκτ$ ekim$ lokak spalio$",
    "nov$ novem noviem noiem listopad$ listopadu$ studenog studeni$ ноябр ноя$ листопад ноемвр נובמבר نوفمبر νοεμβρ \
     νοε$ kasim$ marrask lapkricio$ nopember$",
    "dec$ decem dez$ dezem dic$ dicem diciem grudnia$ grudzien$ prosin декабр дек$ грудн декемвр דצמבר ديسمبر δεκεμβρ \
     δεκ$ aralik$ jouluk gruodzio$ detsem des$ desem",
];

/// Names of months that are everyday words as well: they need a year beside them.
const EVERYDAY: &[&str] = &[
    "may", "mar", "mars", "march", "set", "out", "gen", "mai", "ago", "marca", "ocak", "aralik", "aralık", "dic", "jan",
];

/// How `01/02/2026` is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slashes {
    /// The second of them names the month.
    DayFirst,
    /// Nobody knows.
    Unknown,
}

/// A number or a word, and where it stands.
struct Token<'t> {
    at: Range<usize>,
    text: &'t str,
    number: Option<u32>,
}

/// A date and where it stands. `None`: not known, though it is one.
pub(super) type Seen = (Range<usize>, Option<Timestamp>);

/// Every date in a text, in order.
pub(super) fn dates(text: &str, slashes: Slashes) -> Vec<Seen> {
    let mut found: Vec<Seen> = Vec::new();
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return found;
    }
    let tokens = tokens(text);
    let mut next = 0;
    while next < tokens.len() {
        let rest = &tokens[next..];
        let one = numeric(text, rest, slashes).or_else(|| eastern(text, rest)).or_else(|| named(text, rest));
        match one {
            Some((end, length, date)) => {
                found.push((rest[0].at.start..end, date.and_then(midnight)));
                next += length.max(1);
            }
            None => next += 1,
        }
    }
    found
}

/// Where a date ends, how many tokens it takes, and what it is.
type Read = (usize, usize, Option<Date>);

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let digit = c.is_ascii_digit();
        let mut end = start + c.len_utf8();
        while let Some((at, next)) = chars.next_if(|(_, n)| {
            n.is_alphanumeric() && n.is_ascii_digit() == digit || !digit && ('\u{0300}'..='\u{036F}').contains(n)
        }) {
            end = at + next.len_utf8();
        }
        let word = &text[start..end];
        all.push(Token { at: start..end, text: word, number: if digit { word.parse().ok() } else { None } });
    }
    all
}

fn number(token: Option<&Token<'_>>) -> Option<(u32, usize)> {
    token.and_then(|one| one.number.map(|number| (number, one.text.len())))
}

fn between<'t>(text: &'t str, tokens: &[Token<'_>], first: usize) -> &'t str {
    match (tokens.get(first), tokens.get(first + 1)) {
        (Some(one), Some(other)) => text.get(one.at.end..other.at.start).unwrap_or_default(),
        (Some(one), None) => text.get(one.at.end..).unwrap_or_default(),
        _ => "",
    }
}

/// Only digits: year first, or year last, or (with full stops) no year.
fn numeric(text: &str, tokens: &[Token<'_>], slashes: Slashes) -> Option<Read> {
    let (a, a_digits) = number(tokens.first())?;
    let (b, b_digits) = number(tokens.get(1))?;
    let gap = between(text, tokens, 0).trim();
    if !matches!(gap, "." | "/" | "-" | "‑" | "–") || b_digits > 2 {
        return None;
    }
    let same = between(text, tokens, 1).trim() == gap;
    let third = number(tokens.get(2)).filter(|_| same);
    if a_digits == 4 {
        let (c, _) = third.filter(|(_, digits)| *digits <= 2)?;
        return ((1..=12).contains(&b) && (1..=31).contains(&c)).then(|| (tokens[2].at.end, 3, date(a, b, c)));
    }
    if a_digits > 2 || a == 0 || b == 0 || a > 31 || b > 31 || (a > 12 && b > 12) {
        return None;
    }
    let Some((year, digits)) = third.filter(|(_, digits)| matches!(digits, 2 | 4)) else {
        let ends = tokens[1].at.end;
        let stop = gap == "." && text.get(ends..).is_some_and(|rest| rest.starts_with('.'));
        return (stop && a_digits == 2 && b_digits == 2 && b <= 12 && third.is_none()).then_some((ends, 2, None));
    };
    let year = if digits == 2 { 2000 + year } else { year };
    let known = match gap {
        "." => date(year, b, a),
        _ if a > 12 || a == b => date(year, b, a),
        _ if b > 12 => date(year, a, b),
        _ if slashes == Slashes::DayFirst => date(year, b, a),
        _ => None,
    };
    Some((tokens[2].at.end, 3, known))
}

/// `2026年12月1日`, `12月1日`, `2026년 12월 1일`.
fn eastern(text: &str, tokens: &[Token<'_>]) -> Option<Read> {
    let sign = |index: usize, signs: [char; 2]| {
        tokens.get(index).is_some_and(|one| one.text.starts_with(signs)) && between(text, tokens, index - 1).is_empty()
    };
    let (first, digits) = number(tokens.first())?;
    let year = (digits == 4 && sign(1, ['年', '년'])).then_some(first);
    let at = if year.is_some() { 2 } else { 0 };
    let (month, _) = number(tokens.get(at)).filter(|(month, _)| (1..=12).contains(month))?;
    let (day, _) = number(tokens.get(at + 2)).filter(|(day, _)| (1..=31).contains(day))?;
    if !sign(at + 1, ['月', '월']) || !sign(at + 3, ['日', '일']) {
        return None;
    }
    let end = tokens[at + 3].at.start + tokens[at + 3].text.chars().next().map_or(0, char::len_utf8);
    Some((end, at + 4, year.and_then(|year| date(year, month, day))))
}

/// A month by its name: `12 December 2026`, `December 12th, 2026`, `2026. december 12.`
fn named(text: &str, tokens: &[Token<'_>]) -> Option<Read> {
    let day_at =
        |index: usize| number(tokens.get(index)).filter(|(day, digits)| *digits <= 2 && (1..=31).contains(day));
    let year_at = |index: usize| {
        number(tokens.get(index)).filter(|(year, digits)| *digits == 4 && (1990..2100).contains(year)).map(|(y, _)| y)
    };
    let month_at = |index: usize| tokens.get(index).filter(|one| one.number.is_none()).and_then(|one| month(one.text));
    let ordinal = |index: usize| {
        let ending =
            tokens.get(index).is_some_and(|one| matches!(one.text, "st" | "nd" | "rd" | "th" | "er" | "º" | "ª"));
        usize::from(ending && between(text, tokens, index - 1).is_empty())
    };
    let of =
        |index: usize| usize::from(tokens.get(index).is_some_and(|one| matches!(one.text, "de" | "of" | "ta" | "г")));
    let close = |from: usize, to: usize| {
        (from..to).all(|i| between(text, tokens, i).chars().all(|c| " .,-'\u{a0}".contains(c)))
    };
    if let Some((day, _)) = day_at(0) {
        let at = 1 + ordinal(1);
        let at = at + of(at);
        let month = month_at(at)?;
        let next = at + 1 + of(at + 1);
        let year = year_at(next).filter(|_| close(0, next));
        let last = if year.is_some() { next } else { at };
        let sure = year.is_some() || !is_everyday(tokens[at].text);
        return (sure && close(0, last))
            .then(|| (tokens[last].at.end, last + 1, year.and_then(|y| date(y, month, day))));
    }
    let (year, at) = match year_at(0) {
        Some(year) if month_at(1).is_some() => (Some(year), 1),
        _ => (None, 0),
    };
    let month = month_at(at)?;
    if let Some((day, _)) = day_at(at + 1) {
        let after = at + 2 + ordinal(at + 2);
        let later = year_at(after).filter(|_| close(at, after));
        let last = if year.is_none() && later.is_some() { after } else { after - 1 };
        let sure = year.or(later).is_some() || !is_everyday(tokens[at].text);
        return (sure && close(0, last))
            .then(|| (tokens[last].at.end, last + 1, year.or(later).and_then(|y| date(y, month, day))));
    }
    // A month of a year is no day.
    year_at(at + 1).filter(|_| year.is_none() && close(0, at + 1)).map(|_| (tokens[at + 1].at.end, at + 2, None))
}

fn is_everyday(word: &str) -> bool {
    EVERYDAY.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// [`MONTHS`] by their first letter, with their numbers.
static BY_LETTER: LazyLock<HashMap<char, Vec<(&str, u32)>>> = LazyLock::new(|| {
    let mut by_letter: HashMap<char, Vec<(&str, u32)>> = HashMap::new();
    for (number, names) in (1_u32..).zip(MONTHS) {
        for name in names.split_whitespace() {
            by_letter.entry(name.chars().next().unwrap_or_default()).or_default().push((name, number));
        }
    }
    by_letter
});

/// The month that a word names, 1 to 12. Hebrew writes "in" and "to" onto the name.
fn month(word: &str) -> Option<u32> {
    if word.len() > 40 {
        return None;
    }
    let plain: String = word
        .nfkd()
        .filter(|c| !matches!(c, '\u{0300}'..='\u{036F}'))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ı' => 'i',
            'ł' => 'l',
            other => other,
        })
        .collect();
    let named = |name: &str| {
        let known = BY_LETTER.get(&name.chars().next()?)?;
        known.iter().find_map(|(one, number)| {
            let fits = match one.strip_suffix('$') {
                Some(whole) => name == whole,
                None => name.strip_prefix(one).is_some_and(|rest| rest.chars().count() <= 5),
            };
            fits.then_some(*number)
        })
    };
    named(&plain).or_else(|| plain.strip_prefix(['ב', 'ל']).and_then(named))
}

/// A day of the calendar; Buddhist years, as Thai shops write them, are 543 ahead.
fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = if (2400..2700).contains(&year) { year - 543 } else { year };
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, slashes: Slashes) -> Vec<Option<String>> {
        let day = |at: Timestamp| at.to_string().get(..10).unwrap_or_default().to_owned();
        dates(text, slashes).into_iter().map(|(_, at)| at.map(day)).collect()
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        let first = Some("2026-12-01".to_owned());
        for text in [
            "2026-12-01",
            "2026/12/01",
            "01.12.2026",
            "1. 12. 2026",
            "01.12.26",
            "1 December 2026",
            "1st of December, 2026",
            "December 1, 2026",
            "Dec. 1st 2026",
            "1. Dezember 2026",
            "1er décembre 2026",
            "1 de diciembre de 2026",
            "1 dicembre 2026",
            "1 de dezembro de 2026",
            "1 декабря 2026 г.",
            "1 בדצמבר 2026",
            "1 ديسمبر 2026",
            "1 grudnia 2026",
            "1. prosince 2026",
            "1 Aralık 2026",
            "2026. december 1.",
            "2026年12月1日",
            "2026년 12월 1일",
            "1 desember 2026",
            "1 Δεκεμβρίου 2026",
            "1 грудня 2026",
            "1 joulukuuta 2026",
            "1/12/2026",
            "01-12-2026",
        ] {
            assert_eq!(read(text, Slashes::DayFirst), std::slice::from_ref(&first), "{text}");
        }
    }

    #[test]
    fn what_could_be_two_days_is_none() {
        assert_eq!(read("01/12/2026", Slashes::Unknown), [None]);
        assert_eq!(read("12/25/2026", Slashes::Unknown), [Some("2026-12-25".to_owned())]);
        assert_eq!(read("25/12/2026", Slashes::Unknown), [Some("2026-12-25".to_owned())]);
        assert_eq!(read("available from 12 December", Slashes::DayFirst), [None]);
        assert_eq!(read("ab 24.12. lieferbar", Slashes::DayFirst), [None]);
        assert_eq!(read("in December 2026", Slashes::DayFirst), [None]);
        assert_eq!(read("31.02.2026", Slashes::DayFirst), [None]);
    }

    #[test]
    fn other_numbers_are_no_dates() {
        for text in [
            "3 in stock",
            "12.50 EUR",
            "1,200",
            "2-3 Werktage",
            "10-14 days",
            "24/7",
            "3 may differ",
            "2 marcas",
            "1.2.3.4.5",
            "99/99/2026",
        ] {
            assert!(read(text, Slashes::DayFirst).iter().all(Option::is_none), "{text}");
        }
        for text in ["3 in stock", "12.50 EUR", "2-3 Werktage", "3 may differ", "24/7", "10/12"] {
            assert_eq!(read(text, Slashes::DayFirst).len(), 0, "{text}");
        }
    }
}
