//! Pages that offer several items to choose from, and what holds for every reading.

use super::*;
use crate::domain::Availability::{InStoreOnly, LimitedAvailability};
use crate::domain::Variant;
use SignalKind::{Button, JsonLd, Microdata, OpenGraph, Selector, State, Text};

fn signal(kind: SignalKind, says: Availability, keys: &[&str]) -> Signal {
    let mut keys = keys.iter().map(|key| (*key).to_owned());
    Signal {
        kind,
        says,
        place: "here".to_owned(),
        excerpt: "words".to_owned(),
        sku: keys.next(),
        also: keys.collect(),
        quantity: None,
        date: None,
    }
}

fn variant(keys: &[&str], selected: Option<bool>) -> Variant {
    Variant { keys: keys.iter().map(|key| (*key).to_owned()).collect(), name: None, selected }
}

/// A page of the parent P with the items A and B, of which A is chosen where `told`.
fn choice(told: bool, signals: Vec<Signal>) -> Reading {
    let selected = |is: bool| told.then_some(is);
    let mut reading = Reading::default();
    reading.product.skus = vec!["P".to_owned()];
    reading.variants = vec![variant(&["A", "11"], selected(true)), variant(&["B", "12"], selected(false))];
    reading.signals = signals;
    reading
}

fn asked_at(reading: &Reading, sku: Option<&str>, address: &str) -> Claim {
    let page = Page { url: Url::parse(address).unwrap(), requested: Url::parse(address).unwrap(), ..page("") };
    let item = Item { sku: sku.map(str::to_owned), url: Some(page.url.clone()), ..Item::default() };
    combine(reading, &page, &item)
}

fn asked(reading: &Reading, sku: Option<&str>) -> (Availability, Confidence, bool) {
    let claim = asked_at(reading, sku, "https://shop.test/p/blue-shirt");
    (claim.availability, claim.confidence, claim.contradicts)
}

#[test]
fn words_and_buttons_are_the_chosen_items() {
    let state = |a, b| vec![signal(State, a, &["A", "11"]), signal(State, b, &["B", "12"])];
    let with = |told: bool, a, b, more: &[(SignalKind, Availability)]| {
        let more = more.iter().map(|(kind, says)| signal(*kind, *says, &[]));
        choice(told, state(a, b).into_iter().chain(more).collect())
    };
    let sold_out = [(Text, OutOfStock), (Button, OutOfStock)];
    // The chosen one is sold out, the other is not: nobody contradicts anybody.
    for told in [true, false] {
        let page = with(told, OutOfStock, InStock, &sold_out);
        assert_eq!(asked(&page, None), (InStock, Confidence::Medium, false), "told: {told}");
        assert_eq!(asked(&page, Some("P")), (InStock, Confidence::Medium, false));
        assert_eq!(asked(&page, Some("B")), (InStock, Confidence::Medium, false));
        let own = if told { Confidence::High } else { Confidence::Medium };
        assert_eq!(asked(&page, Some("A")), (OutOfStock, own, false));
    }
    // The words deny the one that is chosen, which its data promises.
    let page = with(true, InStock, OutOfStock, &sold_out);
    assert_eq!(asked(&page, Some("A")), (OutOfStock, Confidence::Low, true));
    assert_eq!(asked(&page, None), (OutOfStock, Confidence::Low, true));
    // All data promises, the words deny; and the other way round.
    let page = with(false, InStock, InStock, &sold_out);
    assert_eq!(asked(&page, None), (OutOfStock, Confidence::Low, true));
    let page = with(false, OutOfStock, OutOfStock, &[(Text, InStock)]);
    assert_eq!(asked(&page, None), (InStock, Confidence::Low, true));
    let page = with(true, OutOfStock, OutOfStock, &[(Text, InStock)]);
    assert_eq!(asked(&page, Some("A")), (InStock, Confidence::Low, true));
    assert_eq!(asked(&page, Some("B")), (OutOfStock, Confidence::Medium, false));
}

#[test]
fn an_item_is_found_by_any_of_its_keys_and_by_the_address() {
    let mut page = choice(false, vec![signal(State, InStock, &["A", "11"]), signal(State, OutOfStock, &["B", "12"])]);
    page.signals.push(signal(JsonLd, OutOfStock, &["B", "4006381333931"]));
    page.variants[1].keys.push("4006381333931".to_owned());
    for key in ["B", "b ", "12", "04006381333931"] {
        assert_eq!(asked(&page, Some(key)), (OutOfStock, Confidence::Medium, false), "{key}");
    }
    assert_eq!(asked(&page, Some("C")).0, Unknown(Ambiguous));
    let at = |sku, query: &str| asked_at(&page, sku, &format!("https://shop.test/p/blue-shirt?{query}")).availability;
    assert_eq!(at(None, "variant=12"), OutOfStock);
    assert_eq!(at(None, "variant=11"), InStock);
    assert_eq!(at(Some("P"), "variant=12"), InStock, "the parent was asked for");
    assert_eq!(at(Some("C"), "variant=12"), OutOfStock);
    assert_eq!(at(Some("A"), "variant=12"), InStock);
}

#[test]
fn the_state_stands_above_what_is_written_for_search_engines() {
    let one = |signals: &[(SignalKind, Availability)]| {
        let signals = signals.iter().map(|(kind, says)| signal(*kind, *says, &[])).collect();
        asked(&Reading { signals, ..Reading::default() }, None)
    };
    assert_eq!(one(&[(JsonLd, InStock), (State, OutOfStock)]), (OutOfStock, Confidence::Low, true));
    assert_eq!(one(&[(JsonLd, OutOfStock), (State, InStock)]), (InStock, Confidence::Low, true));
    assert_eq!(one(&[(JsonLd, OutOfStock), (State, InStock), (Text, OutOfStock)]), (OutOfStock, Confidence::Low, true));
    assert_eq!(one(&[(State, OutOfStock), (Text, InStock), (Text, OutOfStock)]), (OutOfStock, Confidence::Low, false));
    assert_eq!(one(&[(State, InStock), (JsonLd, InStock)]), (InStock, Confidence::Medium, false));
    // The parent's own data: all items are out, or one is not.
    let of = |b, more: Signal| {
        let state = [signal(State, OutOfStock, &["A", "11"]), signal(State, b, &["B", "12"])];
        asked(&choice(false, state.into_iter().chain([more]).collect()), None)
    };
    assert_eq!(of(OutOfStock, signal(JsonLd, InStock, &["P"])), (OutOfStock, Confidence::Low, true));
    assert_eq!(of(InStock, signal(JsonLd, OutOfStock, &["P"])), (InStock, Confidence::Medium, false));
    assert_eq!(of(InStock, signal(JsonLd, OutOfStock, &["A"])), (InStock, Confidence::Medium, false));
    assert_eq!(of(InStock, signal(JsonLd, OutOfStock, &["B"])), (InStock, Confidence::Low, true));
}

#[test]
fn the_best_item_speaks_for_the_parent_and_what_is_said_most_names_the_claim() {
    let page = choice(false, vec![signal(State, BackOrder, &["A"]), signal(State, LimitedAvailability, &["B"])]);
    assert_eq!(asked(&page, None).0, LimitedAvailability);
    let page = choice(false, vec![signal(State, OutOfStock, &["A"]), signal(State, InStoreOnly, &["B"])]);
    assert_eq!(asked(&page, None).0, InStoreOnly);
    let words = [InStock, LimitedAvailability, InStock].map(|says| signal(Text, says, &[]));
    let said = |words: &[Signal]| asked(&Reading { signals: words.to_vec(), ..Reading::default() }, None).0;
    assert_eq!((said(&words), said(&words[..2])), (InStock, LimitedAvailability));
}

#[test]
fn the_matrix_says_what_each_item_is() {
    let html = product(&ld(GROUP), BUY);
    let page = page(&html);
    let reading = reader_once().read(&page);
    let found: Vec<_> =
        variants(&reading, &page).into_iter().map(|(one, claim)| (one.keys, claim.availability)).collect();
    assert_eq!(found, [(vec!["BLUE-1".to_owned()], OutOfStock), (vec!["BLUE-2".to_owned()], PreOrder)]);
    assert_eq!(reader_once().read(&super::page(&product(&ld(LD_IN), BUY))).variants, []);
}

fn any_signal() -> impl Strategy<Value = Signal> {
    let kinds = prop::sample::select(vec![Button, Text, State, JsonLd, Microdata, OpenGraph]);
    let keys = prop::sample::select(vec![vec![], vec!["P"], vec!["A", "11"], vec!["B"], vec!["12"], vec!["Z"]]);
    (kinds, prop::sample::select(Availability::KNOWN.to_vec()), keys, any::<bool>()).prop_map(
        |(kind, says, keys, disabled)| {
            let end = if disabled { " (disabled)" } else { "" };
            Signal { excerpt: format!("words{end}"), ..signal(kind, says, &keys) }
        },
    )
}

fn any_reading() -> impl Strategy<Value = Reading> {
    (prop::collection::vec(any_signal(), 0..8), any::<bool>(), any::<bool>()).prop_map(|(signals, several, told)| {
        let mut reading = choice(told, signals);
        if !several {
            reading.variants.clear();
        }
        reading
    })
}

const ASKED: [Option<&str>; 5] = [None, Some("P"), Some("A"), Some("12"), Some("C")];

proptest! {
    #[test]
    fn the_order_of_signals_decides_nothing(reading in any_reading(), turn in 0_usize..8, swap in any::<bool>()) {
        let mut other = reading.clone();
        let length = other.signals.len().max(1);
        other.signals.rotate_left(turn % length);
        if swap {
            other.signals.reverse();
        }
        for sku in ASKED {
            prop_assert_eq!(asked(&reading, sku), asked(&other, sku));
        }
    }

    #[test]
    fn a_signal_that_agrees_never_lowers_confidence(reading in any_reading(), more in any_signal()) {
        // On a list of products one more name changes who is heard.
        let mut reading = reading;
        if reading.variants.is_empty() {
            reading.signals.retain(|one| one.sku.as_deref().is_none_or(|sku| sku == "P"));
        }
        for sku in [None, Some("P"), Some("A")] {
            let (says, confidence, contradicts) = asked(&reading, sku);
            // Agrees with the claim, of the same item, and by a witness of its own weight.
            let agreeing = Signal { says, sku: sku.map(str::to_owned), also: Vec::new(), ..more.clone() };
            // Naming an item for the first time changes who is heard.
            let named = |one: &Signal| one.sku.iter().chain(&one.also).any(|key| Some(key.as_str()) == sku);
            let known = sku.is_none_or(|sku| sku == "P" || reading.signals.iter().any(named));
            if !known || matches!(says, Unknown(_)) || agreeing.excerpt.ends_with("(disabled)") {
                continue;
            }
            let mut other = reading.clone();
            other.signals.push(agreeing);
            let after = asked(&other, sku);
            prop_assert!(after.1 >= confidence, "{:?} {:?} {:?}", (says, confidence, contradicts), after, other);
        }
    }

    #[test]
    fn where_nothing_is_said_nothing_is_claimed(several in any::<bool>(), told in any::<bool>()) {
        let mut reading = choice(told, Vec::new());
        if !several {
            reading.variants.clear();
        }
        for sku in [None, Some("P"), Some("A")] {
            prop_assert_eq!(asked(&reading, sku), (Unknown(NoClaim), Confidence::Low, false));
        }
    }
}

#[test]
fn a_rule_of_the_users_own_speaks_of_every_item() {
    let mut page = choice(true, vec![signal(State, InStock, &["A"]), signal(State, InStock, &["B"])]);
    page.signals.push(signal(Selector, OutOfStock, &[]));
    for sku in [None, Some("A"), Some("B"), Some("C")] {
        assert_eq!((asked(&page, sku).0, asked(&page, sku).1), (OutOfStock, Confidence::High), "{sku:?}");
    }
}

/// Wholesalers offer thousands of sizes on one page.
#[test]
fn thousands_of_items_are_read_in_time() {
    let one = |n: usize| {
        format!(
            r#"{{"@type":"Product","sku":"V-{n}","mpn":"M","size":"{n}","offers":{{"availability":"{}","url":"/p/blue-shirt?variant={n}"}}}}"#,
            if n == 7 { "InStock" } else { "OutOfStock" }
        )
    };
    let all: Vec<String> = (0..4_000).map(one).collect();
    let group = format!(r#"{{"@type":"ProductGroup","name":"Blue shirt","hasVariant":[{}]}}"#, all.join(","));
    for html in [product(&ld(&group), BUY), product(&ld(&format!("[{}]", all.join(","))), BUY)] {
        let started = std::time::Instant::now();
        let page = page(&html);
        let reading = reader_once().read(&page);
        let matrix = variants(&reading, &page);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
        assert_eq!(combine(&reading, &page, &Item::default()).availability, InStock);
        assert_eq!(matrix.len(), 4_000);
        assert_eq!(matrix.iter().filter(|(_, claim)| claim.availability == InStock).count(), 1);
    }
}
