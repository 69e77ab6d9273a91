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
