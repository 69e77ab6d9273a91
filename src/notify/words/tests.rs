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
    out.retain(|line| {
        ![".language", ".direction", ".time", ".day", ".number", ".punctuation", ".counted", ".figure"]
            .iter()
            .any(|key| line.starts_with(key))
    });
    out.sort();
    out
}

/// The numbers whose forms are looked at: all small ones, and where CLDR has forms for large round ones.
fn numbers() -> impl Iterator<Item = u64> {
    (0..=220).chain([1_000, 1_001, 10_000, 1_000_000, 2_000_000, 1_000_001])
}

#[test]
fn every_language_has_every_key_with_the_same_placeholders() {
    let english = words("en");
    for (name, _) in LANGUAGES {
        let words = words(name);
        assert_eq!(&words.language, name);
        assert_eq!(shape(words), shape(english), "{name}");
        for (group, expected) in [(&words.counted, &english.counted), (&words.figure, &english.figure)] {
            assert!(group.keys().eq(expected.keys()), "{name}");
        }
        assert!(words.months.iter().all(|month| !month.is_empty() && !month.contains('%')), "{name}");
    }
}

#[test]
fn every_counted_phrase_has_the_forms_of_its_language_and_names_its_number() {
    for (name, _) in LANGUAGES {
        let words = words(name);
        let rules = words.rules().expect("CLDR knows the language");
        let mut forms: Vec<_> = rules.categories().map(category_name).collect();
        forms.sort_unstable();
        let of_the_form = |form: &str| numbers().filter(|number| words.category(*number) == form).count();
        for (key, phrases) in words.counted.iter().chain(&words.figure) {
            assert_eq!(phrases.keys().collect::<Vec<_>>(), forms, "{name} {key}");
        }
        for (key, phrases) in &words.counted {
            for (form, phrase) in phrases {
                let ambiguous = of_the_form(form) > 1;
                assert!(!ambiguous || phrase.contains("{count}"), "{name} {key} {form}: which number is meant?");
            }
        }
    }
}

#[test]
fn numbers_and_dates_are_written_as_each_language_writes_them() {
    let at: Timestamp = "2026-11-02T07:05:00Z".parse().unwrap();
    let (zone, number) = (TimeZone::UTC, Decimal::new(-12_345_670, 3));
    let written: Vec<_> = LANGUAGES
        .iter()
        .map(|(name, _)| {
            let words = words(name);
            let day = words.day(at.to_zoned(zone.clone()).date());
            format!("{name} | {} | {day} | {} | {}", words.time(at, &zone), words.number(number), words.whole(1_234))
        })
        .collect();
    insta::assert_snapshot!(written.join("\n"));
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
    for one in crate::domain::Cause::ALL {
        assert!(words.cause.contains_key(one.code()), "{one:?}");
    }
    for one in Verdict::MISMATCHES {
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
    let all = |language: &str, key: &str, numbers: &[u64]| {
        numbers.iter().map(|number| words(language).count(key, *number)).collect::<Vec<_>>()
    };
    assert_eq!(
        all("ru", "days", &[1, 3, 5, 11, 21, 112]),
        ["1 день", "3 дня", "5 дней", "11 дней", "21 день", "112 дней"]
    );
    assert_eq!(
        all("ar", "days", &[1, 2, 3, 11, 100, 1_203]),
        ["يوم واحد", "يومان", "3 أيام", "11 يومًا", "100 يوم", "1,203 أيام"]
    );
    assert_eq!(
        all("fr", "days", &[0, 1, 2, 1_000_000]),
        ["0 jour", "1 jour", "2 jours", "1\u{202f}000\u{202f}000 de jours"]
    );
    assert_eq!(all("es", "days", &[0, 1, 1_234, 12_345]), ["0 días", "1 día", "1234 días", "12.345 días"]);
    assert_eq!(words("de").figure("new", 3), "neu");
}

#[test]
fn what_is_filled_in_is_not_a_phrase() {
    assert_eq!(fill("{a} {b} {", &[("a", "{b}"), ("b", "x")]), "{b} x {");
}

#[test]
fn long_text_is_cut_between_characters() {
    assert_eq!(shorten("שלום עולם", 4), "שלום…");
}
