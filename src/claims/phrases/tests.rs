use std::collections::BTreeMap;

use super::*;

fn phrases() -> &'static Phrases {
    static PHRASES: std::sync::LazyLock<Phrases> = std::sync::LazyLock::new(|| Phrases::embedded().unwrap());
    &PHRASES
}

fn says(text: &str, language: &str) -> Option<Availability> {
    let languages = Phrases::languages([language]).unwrap();
    phrases().statement(text, false, languages).map(|one| one.says)
}

#[test]
fn every_file_is_embedded() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config/phrases")).unwrap();
    let mut there: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".yaml").to_owned()).collect();
    there.sort();
    assert_eq!(there, FILES.iter().map(|(code, _)| (*code).to_owned()).collect::<Vec<_>>());
}

/// Every phrase of every language, read on its own, says what its file says; so no phrase is hidden by another, broken
/// by a boundary or filed twice.
#[test]
fn every_phrase_says_what_its_file_says() {
    let mut wrong = Vec::new();
    for (code, yaml) in FILES {
        let file: File = serde_yaml::from_str(yaml).unwrap();
        let languages = Phrases::languages([*code]).unwrap();
        for (shelf, meaning, list) in file.meanings() {
            for phrase in list {
                let text = phrase.replace("{n}", "3").replace("{d}", "2").replace("{date}", "24.12.2026");
                let holds = match (shelf, meaning) {
                    (Shelf::Stock, Meaning::Says(meant)) => says(&text, code) == Some(meant),
                    (Shelf::Buttons, Meaning::Label(label)) => phrases().label(&text, languages) == Some(label),
                    (Shelf::Stock, Meaning::Topic) => {
                        phrases().is_topic(&text, languages) || says(&text, code).is_some()
                    }
                    (Shelf::Stock, Meaning::Aside) => says(&text, code).is_none(),
                    (Shelf::Stock, Meaning::Answers(meant)) => {
                        phrases().statement(&text, true, languages).map(|one| one.says.fold()) == Some(meant.fold())
                    }
                    (Shelf::Others, _) => phrases().announces_others(&text),
                    (Shelf::Walls, Meaning::Wall(wall)) => phrases().walls(&text).iter().any(|(one, _)| *one == wall),
                    _ => true,
                };
                if !holds {
                    wrong.push(format!("{code}: {phrase:?} is filed as {meaning:?}, read as {:?}", says(&text, code)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} phrases:\n{}", wrong.len(), wrong.join("\n"));
}

/// Languages are often searched together, so none may say the opposite of another with the same words.
#[test]
fn no_language_contradicts_another() {
    let mut seen: BTreeMap<String, (&str, bool)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (code, yaml) in FILES {
        let file: File = serde_yaml::from_str(yaml).unwrap();
        for (shelf, meaning, list) in file.meanings() {
            let (Shelf::Stock, Meaning::Says(says)) = (shelf, meaning) else { continue };
            for phrase in list {
                let key =
                    Normal::of(&phrase.replace("{n}", "3").replace("{d}", "2").replace("{date}", "24.12.2026")).text;
                let buyable = says.fold() == crate::domain::Fold::Buyable;
                if let Some((other, there)) = seen.insert(key.clone(), (code, buyable))
                    && there != buyable
                {
                    wrong.push(format!("{key:?}: {other} and {code}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_longest_phrase_wins_and_denials_are_no_promises() {
    use Availability::{BackOrder, Discontinued, InStock, LimitedAvailability, OutOfStock, PreOrder};
    for (language, text, meant) in [
        ("en", "In Stock", Some(InStock)),
        ("en", "Not in stock", Some(OutOfStock)),
        ("en", "This item isn’t currently available.", Some(OutOfStock)),
        ("en", "Back in stock", None),
        ("en", "Available in 5 colours", None),
        ("en", "Out of stock in stores", None),
        ("en", "Never in stock", None),
        ("en", "Only 2 left in stock - order soon", Some(LimitedAvailability)),
        ("en", "Available on backorder", Some(BackOrder)),
        ("en", "No longer available", Some(Discontinued)),
        ("en", "livestock", None),
        ("he", "לא במלאי", Some(OutOfStock)),
        ("he", "אָזַל מֵהַמְּלַאי", Some(OutOfStock)),
        ("he", "\u{200f}במלאי\u{200f}", Some(InStock)),
        ("he", "המוצר אינו במלאי", Some(OutOfStock)),
        ("he", "יחזור למלאי", None),
        ("he", "הזמנה מראש", Some(PreOrder)),
        ("ar", "غير متوفّر حالياً", Some(OutOfStock)),
        ("ar", "متوفر", Some(InStock)),
        ("ru", "НЕТ В НАЛИЧИИ", Some(OutOfStock)),
        ("ru", "В наличии", Some(InStock)),
        ("de", "Nicht auf Lager", Some(OutOfStock)),
        ("de", "Nur noch 3 auf Lager", Some(LimitedAvailability)),
        ("de", "Wieder verfügbar", None),
        ("fr", "EPUISE", Some(OutOfStock)),
        ("fr", "N’est plus disponible", Some(Discontinued)),
        ("es", "No disponible", Some(OutOfStock)),
        ("ja", "在庫切れ", Some(OutOfStock)),
        ("zh", "1448包已售出", None),
        ("sk", "Momentálne nie je možné kúpiť", Some(OutOfStock)),
        ("sk", "Na objednanie do 20 prac. dní", Some(BackOrder)),
    ] {
        assert_eq!(says(text, language), meant, "{language}: {text}");
    }
}

#[test]
fn quantities_are_read_and_none_is_none() {
    let read = |text| {
        let one = phrases().statement(text, false, Phrases::languages(["en", "he"]).unwrap()).unwrap();
        (one.says, one.quantity.map(|n| n.to_string()))
    };
    let three = Some("3".to_owned());
    assert_eq!(read("In stock (3 available)"), (Availability::InStock, three.clone()));
    assert_eq!(read("3 pieces in stock"), (Availability::InStock, three.clone()));
    assert_eq!(read("In stock: 3 pcs"), (Availability::InStock, three.clone()));
    assert_eq!(read("נותרו רק 3 יחידות"), (Availability::LimitedAvailability, three));
    assert_eq!(read("In stock, 14 day returns"), (Availability::InStock, None));
    assert_eq!(read("10+ in stock"), (Availability::InStock, None));
    assert_eq!(read("More than 10 in stock"), (Availability::InStock, None));
    assert_eq!(read("Ships within 3 days"), (Availability::InStock, None));
    assert_eq!(read("0 in stock"), (Availability::OutOfStock, None));
    assert_eq!(read("In stock: 0"), (Availability::OutOfStock, None));
    assert_eq!(read("Only 0 left"), (Availability::OutOfStock, None));
}

#[test]
fn an_answer_needs_its_question() {
    let languages = Phrases::languages(["ru", "en"]).unwrap();
    let read = |text, announced| phrases().statement(text, announced, languages).map(|one| one.says);
    assert_eq!(read("нет", false), None);
    assert_eq!(read("нет", true), Some(Availability::OutOfStock));
    assert_eq!(read("Наличие: есть", false), Some(Availability::InStock));
    assert_eq!(read("In stock: yes", false), Some(Availability::InStock));
    assert_eq!(read("In stock: no", false), Some(Availability::OutOfStock));
}

#[test]
fn labels_mean_what_they_say() {
    let label = |text| phrases().label(text, Phrases::languages(["en", "he", "de"]).unwrap());
    assert_eq!(label("Add to cart - €19.90"), Some(Label::Buy));
    assert_eq!(label("הוספה לסל"), Some(Label::Buy));
    assert_eq!(label("Sold out"), Some(Label::SoldOut));
    assert_eq!(label("Notify me when it's back"), Some(Label::Notify));
    assert_eq!(label("In den Warenkorb"), Some(Label::Buy));
    assert_eq!(label("Jetzt vorbestellen"), Some(Label::Preorder));
    assert_eq!(label("View cart"), None);
    assert_eq!(label("Write a review of the shop where you could buy"), None);
}

/// Thirteen statements a language, as its shops make them: a promise, a shortage, a denial and so on, and one that says
/// nothing. Each is read in its own language beside English, and among all languages.
#[test]
fn every_language_says_the_thirteen_things() {
    use Availability::{BackOrder, InStock, LimitedAvailability, OutOfStock, PreOrder};
    let mut wrong = Vec::new();
    let mut languages: Vec<String> = Vec::new();
    for line in include_str!("statements.txt").lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [code, there, low, out, denied, pre, back, notify, buy, sold_out, aside, yes, no, zero] = parts[..] else {
            panic!("{line}")
        };
        languages.push(code.to_owned());
        for asked in [Phrases::languages([code, "en"]).unwrap(), Languages::ALL] {
            let mut hold = |text: &str, holds: bool| {
                if !holds {
                    wrong.push(format!("{code}: {text:?} reads {:?}", phrases().statement(text, false, asked)));
                }
            };
            let read = |text: &str| phrases().statement(text, false, asked);
            let said = |text: &str| read(text).map(|one| one.says);
            hold(there, said(there) == Some(InStock));
            hold(low, said(low) == Some(LimitedAvailability));
            hold(low, read(low).is_some_and(|one| one.quantity.is_some_and(|n| n.to_string() == "2")));
            hold(out, said(out) == Some(OutOfStock));
            hold(denied, said(denied) == Some(OutOfStock));
            hold(pre, said(pre) == Some(PreOrder));
            hold(back, said(back) == Some(BackOrder));
            hold(notify, phrases().label(notify, asked) == Some(Label::Notify));
            hold(buy, phrases().label(buy, asked) == Some(Label::Buy));
            hold(sold_out, phrases().label(sold_out, asked) == Some(Label::SoldOut));
            hold(aside, said(aside).is_none());
            hold(yes, said(yes) == Some(InStock));
            hold(no, said(no) == Some(OutOfStock));
            hold(zero, said(zero) == Some(OutOfStock));
        }
    }
    languages.sort();
    assert_eq!(languages, FILES.iter().map(|(code, _)| (*code).to_owned()).collect::<Vec<_>>());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dates_denials_and_sales_are_told_apart() {
    use Availability::{BackOrder, Discontinued, InStock, MarketplaceOnly, OutOfStock, PreOrder};
    let day = |text: &str, language: &str| {
        let one = phrases().statement(text, false, Phrases::languages([language, "en"]).unwrap())?;
        Some((one.says, one.date.map(|at| at.to_string().get(..10).unwrap_or_default().to_owned())))
    };
    let first = |says| Some((says, Some("2026-12-01".to_owned())));
    assert_eq!(day("Available from 1 December 2026", "en"), first(PreOrder));
    assert_eq!(day("ab 01.12.2026 lieferbar", "de"), first(PreOrder));
    assert_eq!(day("Disponible à partir du 01/12/2026", "fr"), first(PreOrder));
    assert_eq!(day("В продаже с 1 декабря 2026", "ru"), first(PreOrder));
    assert_eq!(day("זמין מתאריך 01/12/2026", "he"), first(PreOrder));
    assert_eq!(day("Back in stock on 2026-12-01", "en"), first(OutOfStock));
    assert_eq!(day("Forventes på lager 01-12-2026", "da"), first(OutOfStock));
    assert_eq!(day("In stock on December 1, 2026.", "en"), first(BackOrder));
    assert_eq!(day("Available from 02/03/2026", "en"), Some((PreOrder, None)));
    for (language, text, meant) in [
        ("en", "15 sold", None),
        ("en", "Sold: 15", None),
        ("ru", "Продано 15", None),
        ("en", "4 out of 5 stars", None),
        ("en", "Stock photo", None),
        ("en", "Is discontinued by manufacturer: No", None),
        ("en", "Sold out: no", None),
        ("en", "Available from these sellers", Some(MarketplaceOnly)),
        ("en", "Usually ships within 1 to 2 months", Some(BackOrder)),
        ("en", "Out of stock, but available to backorder", Some(BackOrder)),
        ("en", "3 in stock (can be backordered)", Some(InStock)),
        ("de", "Lieferbar ist dieser Artikel leider nicht", None),
        ("he", "המוצר שאזל מהמלאי", Some(OutOfStock)),
        ("he", "ולא במלאי", Some(OutOfStock)),
        ("he", "כשחזר למלאי", None),
        ("fr", "Ce produit n'est plus disponible", Some(Discontinued)),
        ("zh-TW", "無法供貨", Some(OutOfStock)),
        ("zh", "缺货", Some(OutOfStock)),
    ] {
        assert_eq!(says(text, language), meant, "{language}: {text}");
    }
}

#[test]
fn chinese_is_told_apart_by_script_and_region() {
    let set = |tag: &str| Phrases::languages([tag]);
    assert_eq!(set("zh-TW"), set("zh-Hant"));
    assert_eq!(set("zh-HK"), set("zh-hant-hk"));
    assert_eq!(set("zh_CN"), set("zh-Hans"));
    assert_eq!(set("zh"), Phrases::languages(["zh-Hans", "zh-Hant"]));
    assert_ne!(set("zh-TW"), set("zh-CN"));
    assert_eq!(set("no"), set("nb"));
    assert_eq!(set("tlh"), None);
}
