//! Words that are on the page and are not meant: denials that a style sheet hides, that speak of one choice among
//! several, or that stand in another part of the page; and offers to write when there is stock.

use std::ops::Deref;

use super::super::phrases::Label;
use super::super::sheet::Sheet;
use super::{Emitted, Scene, Spoken, buyable, told};
use crate::domain::SignalKind;

/// How far up a badge looks for the price it belongs to.
const PRICE_LEVELS: usize = 6;

/// How often a denial stands on the page of a product that can be bought before it is one of a list.
const REPEATED: usize = 3;

/// How much of an item of a list is its denial where there is nothing else in it.
const ALL_OF_IT: f32 = 0.99;

/// How many bytes longer than its denial one of several choices may be: the name of a size or a colour.
const FEW: usize = 24;

/// How many elements inside one are looked at.
const HELD: usize = 40;

/// Takes out of `found` what is not meant, given all that was found and the page's buttons.
pub(super) fn weigh(scene: &Scene<'_>, found: &mut Vec<Spoken>, buttons: &impl Deref<Target = Vec<Emitted>>) {
    let denies = |one: &Spoken| !buyable(one.1.says);
    if !found.iter().any(denies) {
        return;
    }
    let pressable = buttons.iter().filter(|one| buyable(one.signal.says)).map(|one| one.at).min();
    let promised =
        pressable.is_some() || found.iter().any(|one| buyable(one.1.says) && !offers_to_write(scene, &one.2));
    found.retain_mut(|one| {
        if buyable(one.1.says) || !offers_to_write(scene, &one.2) {
            return true;
        }
        // "Notify me when this is in stock" promises nothing by its last words.
        one.1.against = None;
        !promised
    });
    let Some(button) = pressable else { return };
    let end = end_of_buy_box(scene.sheet, button);
    // What the button obeys and the button itself agree: the words wait for a style sheet to show them.
    let settled = scene.state.promise_all(SignalKind::State) == Some(true);
    let stated = |one: &Spoken| told::class_denies(scene.sheet.element(one.0));
    let meant = |one: &Spoken| !settled && one.0 < end && (stated(one) || !is_one_of_a_list(scene.sheet, &one.2));
    found.retain(|one| buyable(one.1.says) || one.1.announced || meant(one));
}

/// The index of the first heading after the buy button: what follows is another part of the page.
fn end_of_buy_box(sheet: &Sheet<'_>, button: usize) -> usize {
    let after_title = sheet.heading.unwrap_or(0).max(button);
    (after_title + 1..sheet.nodes.len())
        .find(|&index| {
            let node = &sheet.nodes[index];
            node.shown && node.to > node.from && matches!(sheet.element(index).name(), "h2" | "h3" | "h4" | "h5" | "h6")
        })
        .unwrap_or(usize::MAX)
}

/// Whether the words are an offer to write when there is stock.
pub(super) fn offers_to_write(scene: &Scene<'_>, text: &str) -> bool {
    scene.reader.phrases.label(text, scene.languages) == Some(Label::Notify)
}

/// Whether a style sheet shows the element only while the price around it says "sold out". Themes write the badge into
/// every price (`price__badge-sold-out`) and the state into the price itself (`price--sold-out`).
pub(super) fn waits_for_its_price(sheet: &Sheet<'_>, index: usize) -> bool {
    let upwards = || std::iter::once(index).chain(sheet.ancestors(index)).take(PRICE_LEVELS);
    let inside = || sheet.inside(index).take(4);
    let any = |mut nodes: Box<dyn Iterator<Item = usize> + '_>, pick: fn(&str) -> bool| {
        nodes.any(|i| sheet.element(i).attr("class").is_some_and(|class| class.split_ascii_whitespace().any(pick)))
    };
    // The badge's own element, one around it, or one that holds nothing but it.
    any(Box::new(upwards().chain(inside())), is_price_badge) && !any(Box::new(upwards()), is_price_sold_out)
}

fn is_price_badge(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("price") && name.contains("badge") && says_sold_out(&name)
}

fn is_price_sold_out(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("price") && !name.contains("badge") && (says_sold_out(&name) || name.ends_with("unavailable"))
}

fn says_sold_out(name: &str) -> bool {
    ["sold-out", "soldout", "sold_out", "out-of-stock"].iter().any(|one| name.contains(one))
}

/// Whether the element stands with a few other words in one of several alike: `XL Sold out`, beside `L`. So it is, too, if
/// it holds a list, whose items speak for themselves.
pub(super) fn one_of_several(scene: &Scene<'_>, index: usize, coverage: f32) -> bool {
    let sheet = scene.sheet;
    // Cards are alike, and each speaks for itself.
    let in_card = |above: &usize| scene.card.is_none_or(|card| *above != card && sheet.contains(card, *above));
    let upwards = || std::iter::once(index).chain(sheet.ancestors(index)).take(4).take_while(in_card);
    let is_item = |i: &usize| sheet.element(*i).name() == "li";
    let more = |item: usize| coverage < ALL_OF_IT || sheet.words(index).len() < sheet.words(item).len();
    if let Some(item) = upwards().find(is_item) {
        return more(item) && has_alike(sheet, item, |_| true);
    }
    let few = |item: &usize| sheet.words(*item).len() <= sheet.words(index).len() + FEW;
    let of_its_class = |item: usize| {
        // The first name tells what it is; those after it tell how it is: `size out`, beside `size`.
        let kind =
            |item: usize| sheet.element(item).attr("class").and_then(|class| class.split_ascii_whitespace().next());
        let own = kind(item);
        own.is_some() && has_alike(sheet, item, |other| kind(other) == own)
    };
    upwards().take_while(few).any(|item| more(item) && of_its_class(item))
        || sheet.inside(index).take(HELD).any(|i| is_item(&i))
}

/// Whether an element of the same name with words of its own stands beside it, that is alike.
fn has_alike(sheet: &Sheet<'_>, item: usize, alike: impl Fn(usize) -> bool) -> bool {
    let parent = sheet.nodes[item].parent;
    let name = sheet.element(item).name();
    let beside = |other: usize| {
        other != item && sheet.element(other).name() == name && !sheet.words(other).is_empty() && alike(other)
    };
    parent != item && siblings(sheet, parent + 1).take(8).any(beside)
}

fn siblings<'s>(sheet: &'s Sheet<'_>, first: usize) -> impl Iterator<Item = usize> + 's {
    std::iter::successors((first < sheet.nodes.len()).then_some(first), |&at| sheet.next_sibling(at))
}

/// Whether a text stands alone so often, on the page's own part, that it cannot be about the product.
fn is_one_of_a_list(sheet: &Sheet<'_>, text: &str) -> bool {
    let innermost = |index: usize| sheet.nodes[index].end == index + 1;
    let same = |&index: &usize| sheet.own(index) && innermost(index) && sheet.words(index) == text;
    (0..sheet.nodes.len()).filter(same).take(REPEATED).count() == REPEATED
}
