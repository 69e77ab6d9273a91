//! What a page promises of one item: signals → claim. Pure.
//!
//! # Which signals speak of the item
//!
//! A page offers one item, or several to choose from ([`Reading::variants`]).
//!
//! * **One item.** Signals that name it or the page's product by any key, and signals that name nothing, speak of it.
//! * **One of several.** Data that names it by any of its keys speaks of it, and so does the user's own rule. Words and
//!   buttons belong to whichever item is chosen when the page opens, so they speak of that one alone, and of none where
//!   the page does not tell which it is.
//! * **All of several**, for the parent's key, or where no key is known: everything on the page, the best item for its
//!   parent. Where the address chooses an item and no key is known, that item is meant. Words, buttons and data without
//!   a key that deny are set aside where an item can be bought and the one that is chosen, as far as is known, cannot:
//!   they are about that one, and nobody contradicts anybody.
//! * **None of several.** Nothing is said (`Ambiguous`), unless the page denies all items and no words and no data
//!   without a key promise anything; then what denies speaks, and nothing else.
//!
//! Keys are compared as [`super::key`] says.
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
//! | 6 | the state of the page's scripts | what it says |
//! | 7 | words that disagree among themselves ("in stock" here, "unavailable" there) | `Unknown(Ambiguous)` |
//! | 8 | structured data that promises, and structured data of lesser rank that denies | `Unknown(Ambiguous)` |
//! | 9 | structured data: JSON-LD, else microdata, else Open Graph | what it says |
//! | 10 | a bare button that can be pressed | buyable, with little confidence |
//!
//! Structured data and buttons never outvote words, however many they are: they are what templates say by default, and
//! words are what customers read. The state is what the page's own button obeys once the scripts run, so it stands above
//! data that is written for search engines.
//!
//! Where no words speak, a button that says "pre-order" refines data that says no more than `InStock`. Of several words
//! on the winning side the one that is said most often gives the claim its name; of several offers the best does, since
//! a customer may take any. The order in which signals stand on the page decides nothing.
//!
//! # Contradictions and confidence
//!
//! `contradicts` is set when two good witnesses disagree on whether the item can be bought: rule, refusing or disabled
//! button, words, data, or two kinds of data. A bare button is no good witness, since scripts that did not run here may
//! disable it; it never contradicts anybody. Nothing contradicts a claim that is unknown.
//!
//! | confidence | when |
//! |---|---|
//! | high | the user's own rule; or two of words, data and button agree, and nobody contradicts |
//! | medium | one of words, data, or a button that refuses or is disabled, and nobody contradicts |
//! | low | a bare button alone; or witnesses contradict each other, or words themselves; or nothing is known |

mod speaking;
mod voices;

use super::address::{self, Moved};
use super::buyable;
use crate::domain::{Availability, Claim, Confidence, Item, Page, Reading, Signal, SignalKind, Touchpoint};
use crate::domain::{Unknown, Variant};
use speaking::{Heard, Index};
use voices::Voices;

/// What the page promises of the item.
pub fn combine(reading: &Reading, page: &Page, item: &Item) -> Claim {
    let keys: Vec<&str> = [item.sku.as_deref(), item.stock_key.as_deref()].into_iter().flatten().collect();
    let index = Index::of(reading);
    let heard = if let Some(obstacle) = reading.obstacle {
        Err(obstacle)
    } else if is_other_product(&index, page, &keys) {
        Err(Unknown::OtherProduct)
    } else {
        speaking(&index, page, item, &keys).ok_or(Unknown::Ambiguous)
    };
    claim(page, heard)
}

/// What the page promises of each item it offers to choose from, in document order.
pub fn variants(reading: &Reading, page: &Page) -> Vec<(Variant, Claim)> {
    let index = Index::of(reading);
    let other = is_other_product(&index, page, &[]);
    let claim = |at: usize| claim(page, if other { Err(Unknown::OtherProduct) } else { Ok(index.of_variant(at)) });
    reading.variants.iter().cloned().enumerate().map(|(at, variant)| (variant, claim(at))).collect()
}

/// What the card of a listing promises of an item, and whether that is said of this very item. What customers see on the
/// card speaks of the product as a whole; where that is silent, data that names the item speaks of it alone.
pub(super) fn listed(reading: &Reading, page: &Page, keys: &[&str]) -> (Claim, bool) {
    let index = Index::of(reading);
    let seen = |one: &Signal| matches!(one.kind, SignalKind::Selector | SignalKind::Text | SignalKind::Button);
    let variant = index.variant(keys).filter(|_| reading.variants.len() > 1 && !reading.signals.iter().any(seen));
    let heard = match variant {
        Some(variant) => index.of_variant(variant),
        None if reading.variants.len() > 1 => index.of_all(),
        None => Heard { signals: reading.signals.iter().collect(), several: None },
    };
    (Claim { touchpoint: Touchpoint::Listing, ..claim(page, Ok(heard)) }, variant.is_some())
}

/// The signals that speak of the item. `None`: nobody can tell which of the page's items it is.
fn speaking<'r>(index: &Index<'r>, page: &Page, item: &Item, keys: &[&str]) -> Option<Heard<'r>> {
    let variants = &index.reading.variants;
    if variants.len() < 2 {
        return index.of_product(keys).or_else(|| index.of_none());
    }
    if let Some(variant) = index.variant(keys) {
        return Some(index.of_variant(variant));
    }
    if !keys.is_empty() && index.names(keys) {
        return Some(index.of_all());
    }
    let addresses: Vec<_> = item.url.iter().chain([&page.url, &page.requested]).collect();
    match super::variants::chosen(variants, &addresses) {
        Some(variant) => Some(index.of_variant(variant)),
        None if keys.is_empty() => Some(index.of_all()),
        None => index.of_none(),
    }
}

fn claim(page: &Page, heard: Result<Heard<'_>, Unknown>) -> Claim {
    let (ruling, speaking, several) = match heard {
        Ok(heard) => (rule(&Voices::hear(&heard)), heard.signals, heard.several.is_some()),
        Err(why) => (Ruling::unknown(why), Vec::new(), false),
    };
    let deciding = || ruling.winners.iter().filter(|one| one.says == ruling.availability);
    // What is left of one item is not what is left of all.
    let counts = |one: &Signal| !several || matches!(one.kind, SignalKind::Selector | SignalKind::Text);
    let rest = speaking.iter().copied().filter(|signal| !ruling.winners.iter().any(|one| std::ptr::eq(*one, *signal)));
    Claim {
        touchpoint: Touchpoint::Page,
        url: page.url.clone(),
        availability: ruling.availability,
        quantity: ruling.winners.iter().filter(|one| counts(one)).find_map(|one| one.quantity),
        date: deciding().find_map(|one| one.date),
        confidence: ruling.confidence,
        contradicts: ruling.contradicts,
        signals: ruling.winners.iter().copied().chain(rest).cloned().collect(),
        cache: page.cache.clone(),
        seen_at: page.seen_at,
    }
}

/// The SKU to take over for an item whose catalogue names none: that of the item which the address chooses, else the
/// one the page names first. `None` if the page is no product page, is another product's than the address asked for,
/// or offers several items and names no SKU of its own, so that whichever came first would be a guess.
pub fn adopted_sku<'r>(reading: &'r Reading, page: &Page) -> Option<&'r str> {
    if reading.obstacle.is_some() || address::moved(&page.requested, &page.url) != Moved::Same {
        return None;
    }
    if let Some(chosen) = super::variants::chosen(&reading.variants, &[&page.url, &page.requested]) {
        return reading.variants.get(chosen)?.keys.first().map(String::as_str);
    }
    let first = reading.product.skus.first()?;
    Index::of(reading).variant(&[first]).is_none().then_some(first)
}

/// Whether the page is plainly about another product: the shop led us, or its canonical address leads, somewhere else,
/// and nothing on the page names the item.
fn is_other_product(index: &Index<'_>, page: &Page, keys: &[&str]) -> bool {
    if index.names(keys) {
        return false;
    }
    if address::moved(&page.requested, &page.url) != Moved::Same {
        return true;
    }
    let product = &index.reading.product;
    let elsewhere = |canonical| address::moved(&page.requested, canonical) == Moved::Elsewhere;
    product.canonical.as_ref().is_some_and(elsewhere) && !keys.is_empty() && !product.skus.is_empty()
}

struct Ruling<'s> {
    availability: Availability,
    /// The signals on the winning side, the deciding one first.
    winners: Vec<&'s Signal>,
    contradicts: bool,
    confidence: Confidence,
}

impl Ruling<'_> {
    fn unknown(why: Unknown) -> Self {
        Self {
            availability: Availability::Unknown(why),
            winners: Vec::new(),
            contradicts: false,
            confidence: Confidence::Low,
        }
    }
}

/// The table at the head of this file.
fn rule<'s>(voices: &Voices<'s>) -> Ruling<'s> {
    let words = if voices.words_cancel { &[] } else { voices.words.as_slice() };
    let side = |signals: &[&Signal]| signals.first().map(|first| buyable(first.says));
    let (said, data) = (side(words), side(&voices.data));
    let rule = voices.rule.map(|rule| buyable(rule.says));
    let refuses = (!voices.refusing.is_empty()).then_some(false);
    let disabled = (!voices.disabled.is_empty()).then_some(false);
    let by_state = voices.data.first().is_some_and(|one| one.kind == SignalKind::State);
    let data_cancel = data == Some(true) && !voices.data_against.is_empty();
    let unclear = !by_state && (voices.words_cancel || data_cancel);
    let untold = if unclear { None } else { data.or((!voices.pressable.is_empty()).then_some(true)) };
    let Some(verdict) = rule.or(refuses).or(said).or(disabled).or(untold) else {
        let why = if unclear { Unknown::Ambiguous } else { Unknown::NoClaim };
        return Ruling::unknown(why);
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
        (false, false) if voices.words_cancel && refuses.is_none() => Confidence::Low,
        (false, false) if independent > 1 => Confidence::High,
        (false, false) if refuses.or(said).or(disabled).or(data).is_some() => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    Ruling { availability, winners, contradicts, confidence }
}
