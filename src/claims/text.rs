//! Visible words about stock, where words about stock stand: in elements that call themselves so, after a label such
//! as `Availability:`, or alone in an element of their own. Prose is not believed: "always in stock in our shop" in a
//! description promises nothing.

use super::marks::Marks;
use super::sheet::{Sheet, excerpt};
use super::statement::Statement;
use super::{Emitted, Scene};
use crate::domain::{Signal, SignalKind};

/// Longer texts are no statements about stock.
const LONGEST: usize = 240;
/// Longer texts do not stand alone.
const LONGEST_ALONE: usize = 90;
/// How much of a text must be understood before it counts without a label or an element that calls itself stock.
const ALONE: f32 = 0.65;
/// How much of a text in a stock element must be understood where the phrase is a single, everyday word.
const EVERYDAY: f32 = 0.5;
/// How many statements are kept.
const MOST: usize = 6;

/// The best kind of statement there is: announced or in a stock element; only if there is none, those that stand alone.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    let placed = gather(scene, placed);
    if placed.is_empty() { gather(scene, alone) } else { placed }
}

/// A statement, the element it stands in, and the words.
type Spoken = (usize, Statement, String);

fn gather(scene: &Scene<'_>, read: fn(&Scene<'_>, usize) -> Option<Spoken>) -> Vec<Emitted> {
    let sheet = scene.sheet;
    let mut found: Vec<Spoken> = Vec::new();
    for index in 0..sheet.nodes.len() {
        let node = &sheet.nodes[index];
        let readable = sheet.own(index)
            && node.to > node.from
            && node.to - node.from <= LONGEST
            && !node.within.any(Marks::OVERLAY)
            && !matches!(node.element.name(), "button" | "select" | "label" | "a" | "h1" | "input")
            && !sheet.holds_heading(index);
        if !readable {
            continue;
        }
        if let Some(one) = read(scene, index) {
            // The innermost element says it best.
            found.retain(|(outer, ..)| !sheet.contains(*outer, one.0));
            if found.len() < MOST && !found.iter().any(|(at, _, text)| *at == one.0 || *text == one.2) {
                found.push(one);
            }
        }
    }
    found.into_iter().map(|(at, statement, text)| emit(sheet, at, &statement, &text)).collect()
}

fn emit(sheet: &Sheet<'_>, at: usize, statement: &Statement, text: &str) -> Emitted {
    let signal = Signal {
        kind: SignalKind::Text,
        says: statement.says,
        place: sheet.place(at),
        excerpt: excerpt(text),
        sku: None,
        quantity: statement.quantity,
        date: None,
    };
    Emitted { at, signal }
}

/// In an element that calls itself stock, or after a label.
fn placed(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    if node.within.any(Marks::STORE) || in_choice(sheet, index) {
        return None;
    }
    let text = sheet.words(index);
    let stock = node.marks.any(Marks::STOCK) || node.element.attr("itemprop") == Some("availability");
    let delivery = !stock && node.marks.any(Marks::DELIVERY);
    let called_so = stock || delivery;
    let statement = || scene.reader.phrases.statement(text, false, scene.languages);
    if called_so {
        let statement = statement()?;
        let everyday = statement.everyday && !statement.announced;
        // "Delivery available" is an offer to deliver; "ships in 3 days" is a promise.
        let enough = statement.coverage >= EVERYDAY && !delivery;
        return (!everyday || enough).then(|| (index, statement, text.to_owned()));
    }
    if is_label(node.element.name()) && text.len() <= 40 && scene.reader.phrases.is_topic(text, scene.languages) {
        let (at, value) = value_of(sheet, index)?;
        let announced = format!("{text}: {value}");
        let statement = scene.reader.phrases.statement(value, true, scene.languages)?;
        return (statement.coverage >= EVERYDAY || !statement.everyday).then_some((at, statement, announced));
    }
    if text.contains(':') && text.len() <= LONGEST_ALONE {
        let statement = statement()?;
        return (statement.announced && statement.coverage >= EVERYDAY).then(|| (index, statement, text.to_owned()));
    }
    None
}

fn is_label(name: &str) -> bool {
    matches!(name, "th" | "td" | "dt" | "span" | "strong" | "b" | "div" | "p" | "li" | "em" | "h3" | "h4" | "h5" | "h6")
}

/// What a label speaks of: the rest of its parent's text, or what stands beside it.
fn value_of<'s>(sheet: &'s Sheet<'_>, label: usize) -> Option<(usize, &'s str)> {
    if let Some(next) = sheet.next_sibling(label) {
        let words = sheet.words(next);
        if !words.is_empty() {
            return (words.len() <= LONGEST && sheet.own(next)).then_some((next, words));
        }
    }
    for above in sheet.ancestors(label).take(2) {
        let node = &sheet.nodes[above];
        let rest = sheet.text.get(sheet.nodes[label].to..node.to)?.trim();
        if !rest.is_empty() {
            return (rest.len() <= LONGEST).then_some((above, rest));
        }
        if let Some(next) = sheet.next_sibling(above).filter(|&next| sheet.own(next)) {
            let words = sheet.words(next);
            if !words.is_empty() {
                return (words.len() <= LONGEST).then_some((next, words));
            }
        }
    }
    None
}

/// Alone in an element of its own.
fn alone(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    let text = sheet.words(index);
    if text.len() > LONGEST_ALONE
        || text.len() < 4
        || node.within.any(Marks::PROSE)
        || node.within.any(Marks::STORE)
        || node.element.attr("itemprop") == Some("description")
        || in_choice(sheet, index)
        || answers_another_question(sheet, index)
    {
        return None;
    }
    let statement = scene.reader.phrases.statement(text, false, scene.languages)?;
    let promise = statement.says.fold() == crate::domain::Fold::Buyable;
    let enough = !(statement.aside || statement.mixed)
        && statement.coverage >= ALONE
        && !(statement.everyday && (promise || statement.coverage < 0.9));
    enough.then(|| (index, statement, text.to_owned()))
}

/// The value of a label that is not about stock: `Delivery: not available`.
fn answers_another_question(sheet: &Sheet<'_>, index: usize) -> bool {
    let node = &sheet.nodes[index];
    matches!(node.element.name(), "dd" | "td") || sheet.text[..node.from].trim_end().ends_with(':')
}

/// Inside something that is pressed or chosen: a size, a colour, a link.
fn in_choice(sheet: &Sheet<'_>, index: usize) -> bool {
    sheet.nodes[index].within.any(Marks::CHOOSER)
        || sheet.ancestors(index).take(6).any(|above| {
            let element = sheet.nodes[above].element;
            matches!(element.name(), "button" | "label" | "select" | "a" | "fieldset")
                || element
                    .attr("role")
                    .is_some_and(|role| matches!(role, "radio" | "option" | "radiogroup" | "listbox"))
        })
}
