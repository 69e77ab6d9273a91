//! What a page promises of one item: signals → claim. Pure.
//!
//! # Which signals speak of the item
//!
//! A signal that names the item's SKU speaks of it. On a page with variants, only such signals do: the button and the
//! words belong to whichever variant happens to be selected. Signals that name no SKU speak of the page's product. A
//! page whose item is unknown, or is the parent of its variants, promises what its best variant promises. A page with
//! several SKUs, none of them the item's, says nothing of it (`Ambiguous`), unless it denies all it names and no words
//! and no structured data without a SKU promise anything; then what denies speaks, and nothing else.
//!
//! # Who wins
//!
//! The question is always what a customer who reads the page would do. The first row that applies decides:
//!
//! | # | evidence | claim |
//! |---|---|---|
//! | 1 | a rule of the user's own | what it says |
//! | 2 | a button that says "sold out" or offers to write | not buyable |
//! | 3 | words that deny | not buyable |
//! | 4 | words that promise | what they say |
//! | 5 | a button that is disabled although nothing has to be chosen | not buyable |
//! | 6 | words that disagree among themselves ("in stock" here, "unavailable" there) | `Unknown(Ambiguous)` |
//! | 7 | structured data that promises, and structured data of lesser rank that denies | `Unknown(Ambiguous)` |
//! | 8 | structured data: JSON-LD, else microdata, else Open Graph | what it says |
//! | 9 | a bare button that can be pressed | buyable, with little confidence |
//!
//! Structured data and buttons never outvote words, however many they are: they are what templates say by default, and
//! words are what customers read.
//!
//! Where no words speak, a button that says "pre-order" refines structured data that says no more than `InStock`.
//!
//! `contradicts` is set when two good witnesses disagree on whether the item can be bought: rule, refusing or disabled
//! button, words, structured data, or two kinds of structured data. A bare button is no good witness, since scripts
//! that did not run here may disable it; it never contradicts anybody. Nothing contradicts a claim that is unknown.

use super::address::{self, Moved};
use super::{button, buyable};
use crate::domain::{
    Availability, Claim, Confidence, Item, Page, Reading, Signal, SignalKind, Touchpoint, Unknown, Variant,
};

/// What the page promises of the item.
pub fn combine(reading: &Reading, page: &Page, item: &Item) -> Claim {
    let keys: Vec<&str> = [item.sku.as_deref(), item.stock_key.as_deref()].into_iter().flatten().collect();
    let unknown = |why| Ruling {
        availability: Availability::Unknown(why),
        winners: Vec::new(),
        contradicts: false,
        confidence: Confidence::Low,
    };
    let (ruling, speaking) = if let Some(obstacle) = reading.obstacle {
        (unknown(obstacle), Vec::new())
    } else if is_other_product(reading, page, &keys) {
        (unknown(Unknown::OtherProduct), Vec::new())
    } else {
        match speaking(reading, &keys) {
            Some((speaking, several)) => (rule(&Voices::hear(&speaking, several)), speaking),
            None => (unknown(Unknown::Ambiguous), Vec::new()),
        }
    };
    let first = |pick: fn(&Signal) -> bool| ruling.winners.iter().copied().find(|signal| pick(signal));
    let quantity = first(|signal| signal.quantity.is_some()).and_then(|signal| signal.quantity);
    let date = first(|signal| signal.date.is_some()).and_then(|signal| signal.date);
    let rest = speaking.iter().copied().filter(|signal| !ruling.winners.iter().any(|one| std::ptr::eq(*one, *signal)));
    Claim {
        touchpoint: Touchpoint::Page,
        url: page.url.clone(),
        availability: ruling.availability,
        quantity,
        date,
        confidence: ruling.confidence,
        contradicts: ruling.contradicts,
        signals: ruling.winners.iter().copied().chain(rest).cloned().collect(),
        cache: page.cache.clone(),
        seen_at: page.seen_at,
    }
}

/// What the page promises of each item it offers to choose from, in document order.
pub fn variants(reading: &Reading, page: &Page) -> Vec<(Variant, Claim)> {
    let claim = |variant: &Variant| {
        let item = Item { sku: variant.keys.first().cloned(), ..Item::default() };
        (variant.clone(), combine(reading, page, &item))
    };
    reading.variants.iter().map(claim).collect()
}

/// The SKU to take over for an item whose catalogue names none: the one the page names first. `None` if the page is
/// no product page, is another product's than the address asked for, or offers several variants and names no SKU of
/// its own, so that whichever came first would be a guess.
pub fn adopted_sku<'r>(reading: &'r Reading, page: &Page) -> Option<&'r str> {
    if reading.obstacle.is_some() || address::moved(&page.requested, &page.url) != Moved::Same {
        return None;
    }
    let first = reading.product.skus.first()?;
    let is_variant = reading.signals.iter().any(|signal| signal.sku.as_deref().is_some_and(|sku| same_key(sku, first)));
    let mut named: Vec<&str> = reading.signals.iter().filter_map(|signal| signal.sku.as_deref()).collect();
    named.dedup();
    (!is_variant || named.len() < 2 || named[0] != first).then_some(first)
}

fn same_key(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Whether the page is plainly about another product: the shop led us, or its canonical address leads, somewhere else,
/// and nothing on the page names the item.
fn is_other_product(reading: &Reading, page: &Page, keys: &[&str]) -> bool {
    let named = |key: &&str| {
        let signals = reading.signals.iter().filter_map(|signal| signal.sku.as_ref());
        reading.product.skus.iter().chain(signals).any(|sku| same_key(sku, key))
    };
    if keys.iter().any(named) {
        return false;
    }
    if address::moved(&page.requested, &page.url) != Moved::Same {
        return true;
    }
    let canonical_elsewhere = reading
        .product
        .canonical
        .as_ref()
        .is_some_and(|canonical| address::moved(&page.requested, canonical) == Moved::Elsewhere);
    canonical_elsewhere && !keys.is_empty() && !reading.product.skus.is_empty()
}

/// The signals that speak of the item, and whether they are those of several variants. `None`: nobody can tell.
fn speaking<'r>(reading: &'r Reading, keys: &[&str]) -> Option<(Vec<&'r Signal>, bool)> {
    let all: Vec<&Signal> = reading.signals.iter().collect();
    let is_item = |sku: &str| keys.iter().any(|key| same_key(sku, key));
    let variants = SignalKind::ALL.iter().map(|kind| distinct_skus(&all, *kind)).max().unwrap_or(0);
    let exact: Vec<&Signal> = all.iter().copied().filter(|one| one.sku.as_deref().is_some_and(is_item)).collect();
    if !exact.is_empty() {
        let ours = all.into_iter().filter(|one| match &one.sku {
            Some(sku) => is_item(sku),
            None => variants < 2 || one.kind == SignalKind::Selector,
        });
        return Some((ours.collect(), false));
    }
    let own_sku = |sku: &str| reading.product.skus.iter().any(|own| same_key(own, sku));
    let own: Vec<&Signal> = all.into_iter().filter(|one| one.sku.as_deref().is_none_or(own_sku)).collect();
    let named_on_page = keys.is_empty() || reading.product.skus.iter().any(|sku| is_item(sku));
    if variants < 2 || named_on_page {
        return Some((own, variants > 1));
    }
    if own.iter().any(|one| one.kind == SignalKind::Selector) {
        return Some((own, true));
    }
    let named = || reading.signals.iter().filter(|one| one.sku.is_some());
    let denies_all = named().next().is_some() && named().all(|one| !buyable(one.says));
    // A bare button promises nothing: it is there for whichever variant is selected.
    let promised = own.iter().any(|one| one.kind != SignalKind::Button && buyable(one.says));
    (denies_all && !promised).then(|| (own.into_iter().filter(|one| !buyable(one.says)).collect(), true))
}

fn distinct_skus(signals: &[&Signal], kind: SignalKind) -> usize {
    let mut skus: Vec<String> = signals
        .iter()
        .filter(|one| one.kind == kind)
        .filter_map(|one| one.sku.as_deref().map(|sku| sku.trim().to_lowercase()))
        .collect();
    skus.sort_unstable();
    skus.dedup();
    skus.len()
}

/// The witnesses, each with its signals, the one that matters first.
#[derive(Default)]
struct Voices<'s> {
    rule: Option<&'s Signal>,
    refusing: Vec<&'s Signal>,
    disabled: Vec<&'s Signal>,
    pressable: Vec<&'s Signal>,
    words: Vec<&'s Signal>,
    words_cancel: bool,
    data: Vec<&'s Signal>,
    /// Structured data of lesser rank that says the opposite.
    data_against: Vec<&'s Signal>,
}

impl<'s> Voices<'s> {
    fn hear(signals: &[&'s Signal], several: bool) -> Self {
        let mut voices = Self::default();
        for signal in signals.iter().copied() {
            match signal.kind {
                SignalKind::Selector => voices.rule = voices.rule.or(Some(signal)),
                SignalKind::Button if buyable(signal.says) => voices.pressable.push(signal),
                SignalKind::Button if button::is_only_disabled(signal) => voices.disabled.push(signal),
                SignalKind::Button => voices.refusing.push(signal),
                SignalKind::Text => voices.words.push(signal),
                SignalKind::State | SignalKind::JsonLd | SignalKind::Microdata | SignalKind::OpenGraph => {}
            }
        }
        voices.words_cancel = voices.words.iter().any(|one| buyable(one.says) != buyable(voices.words[0].says));
        for kind in [SignalKind::State, SignalKind::JsonLd, SignalKind::Microdata, SignalKind::OpenGraph] {
            for described in described_apart(signals, kind, several) {
                // Of several offers the best one counts: a customer may take any.
                let promise = described.iter().copied().find(|one| buyable(one.says));
                let Some(spokesman) = promise.or_else(|| described.first().copied()) else { continue };
                match voices.data.first() {
                    Some(first) if buyable(first.says) != buyable(spokesman.says) => {
                        if !several {
                            voices.data_against.push(spokesman);
                        }
                    }
                    _ => voices.data.push(spokesman),
                }
            }
        }
        voices
    }
}

/// The signals of one kind, those of one described product together; all together where they are variants.
fn described_apart<'s>(signals: &[&'s Signal], kind: SignalKind, several: bool) -> Vec<Vec<&'s Signal>> {
    let mut groups: Vec<(&str, Vec<&Signal>)> = Vec::new();
    for signal in signals.iter().copied().filter(|signal| signal.kind == kind) {
        let product = match kind {
            SignalKind::JsonLd if !several => signal.place.split(".offers").next().unwrap_or_default(),
            _ => "",
        };
        match groups.iter_mut().find(|(name, _)| *name == product) {
            Some((_, group)) => group.push(signal),
            None => groups.push((product, vec![signal])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

struct Ruling<'s> {
    availability: Availability,
    /// The signals on the winning side, the deciding one first.
    winners: Vec<&'s Signal>,
    contradicts: bool,
    confidence: Confidence,
}

/// The table at the head of this file.
fn rule<'s>(voices: &Voices<'s>) -> Ruling<'s> {
    let words = if voices.words_cancel { &[] } else { voices.words.as_slice() };
    let side = |signals: &[&Signal]| signals.first().map(|first| buyable(first.says));
    let (said, data) = (side(words), side(&voices.data));
    let rule = voices.rule.map(|rule| buyable(rule.says));
    let refuses = (!voices.refusing.is_empty()).then_some(false);
    let disabled = (!voices.disabled.is_empty()).then_some(false);
    let unclear = voices.words_cancel || (data == Some(true) && !voices.data_against.is_empty());
    let untold = if unclear { None } else { data.or((!voices.pressable.is_empty()).then_some(true)) };
    let Some(verdict) = rule.or(refuses).or(said).or(disabled).or(untold) else {
        let why = if unclear { Unknown::Ambiguous } else { Unknown::NoClaim };
        return Ruling {
            availability: Availability::Unknown(why),
            winners: Vec::new(),
            contradicts: false,
            confidence: Confidence::Low,
        };
    };
    let witnesses = [rule, refuses, said, disabled, data];
    let contradicts = witnesses.iter().flatten().any(|one| *one != verdict) || !voices.data_against.is_empty();

    let of_side =
        |signals: &[&'s Signal]| signals.iter().copied().filter(|one| buyable(one.says) == verdict).collect::<Vec<_>>();
    let mut winners: Vec<&Signal> = voices.rule.into_iter().collect();
    let groups = [&voices.refusing, words, &voices.disabled, &voices.data, &voices.pressable].map(of_side);
    let [refusing, spoken, disabling, described, pressable] = groups.each_ref().map(|group| !group.is_empty());
    let independent = usize::from(spoken) + usize::from(described) + usize::from(refusing || disabling || pressable);
    winners.extend(groups.into_iter().flatten());
    let decided = winners.first().map_or(Availability::Unknown(Unknown::NoClaim), |first| first.says);
    // "In stock" in structured data is what templates say by default; a button that says "pre-order" knows better.
    let knows_better = voices.pressable.iter().find(|one| one.says != Availability::InStock);
    let availability = match knows_better {
        Some(button) if rule.is_none() && decided == Availability::InStock && said.is_none() => button.says,
        _ => decided,
    };
    let confidence = match (rule.is_some(), contradicts) {
        (true, _) => Confidence::High,
        (false, true) => Confidence::Low,
        (false, false) if independent > 1 => Confidence::High,
        (false, false) if refuses.or(said).or(disabled).or(data).is_some() => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    Ruling { availability, winners, contradicts, confidence }
}
