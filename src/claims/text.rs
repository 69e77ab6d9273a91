//! Visible words about stock, where words about stock stand: in elements that call themselves so, after a label such
//! as `Availability:`, or alone in an element of their own. Prose is not believed: "always in stock in our shop" in a
//! description promises nothing.

mod doubt;
mod last;
mod others;
mod told;

use std::cell::LazyCell;

use super::phrases::Statement;
use super::sheet::{Marks, Sheet, excerpt};
use super::{Emitted, Scene, buyable};
use crate::domain::{Availability, Signal, SignalKind};

/// Longer texts are no statements about stock.
const LONGEST: usize = 240;
/// Longer texts do not stand alone.
const LONGEST_ALONE: usize = 90;
/// How much of a text must be understood before it counts without a label or an element that calls itself stock.
const ALONE: f32 = 0.65;
/// How much of a text in a stock element must be understood where the phrase is a single, everyday word.
const EVERYDAY: f32 = 0.5;
/// Elements that are pressed, chosen or read as something else.
const UNREAD: [&str; 6] = ["button", "select", "label", "a", "h1", "input"];
/// What a label may end in, and its value begin with.
const COLON: [char; 4] = [':', '：', '﹕', ' '];
/// So many things to press in one element are sizes or colours, and its words are theirs.
const SEVERAL_CHOICES: usize = 3;
/// How many statements are kept.
const MOST: usize = 6;

/// How much of a text must be a denial before it is heard beside better placed promises.
const UNMISTAKABLE: f32 = 0.9;

/// A statement, the element it stands in, and the words.
type Spoken = (usize, Statement, String);

/// The best kind of statement there is: announced or in a stock element; else about delivery; else alone. Where it
/// promises, plain denials of the other kinds are heard as well: a template says "in stock" more easily than a badge
/// says "sold out".
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    let mut placed = gather(scene, placed, &|_| false);
    placed.extend(titled(scene));
    let buttons = LazyCell::new(|| super::button::signals(scene));
    doubt::weigh(scene, &mut placed, &buttons);
    let mut standing = gather(scene, alone, &|_| false);
    doubt::weigh(scene, &mut standing, &buttons);
    others::drop_lists_that_disagree(scene.sheet, &mut standing);
    others::drop_half_understood(&mut standing, &buttons);
    let mut found = if !placed.is_empty() {
        placed
    } else if !standing.is_empty() {
        standing.clone()
    } else if denied_by_data(scene) {
        // When things are sent says nothing of whether there are any.
        Vec::new()
    } else {
        gather(scene, delivered, &|_| false)
    };
    if found.is_empty() && buttons.is_empty() {
        found.extend(last::resort(scene));
        return found.iter().flat_map(|one| emit(scene.sheet, one)).collect();
    }
    if found.iter().all(|(_, statement, _)| buyable(statement.says)) {
        let denials = standing.into_iter().filter(|(at, statement, _)| {
            !buyable(statement.says)
                && !statement.everyday
                && statement.coverage >= UNMISTAKABLE
                && !found.iter().any(|(other, ..)| scene.sheet.contains(*other, *at))
        });
        let denials: Vec<Spoken> = denials.collect();
        found.extend(denials);
    }
    if found.iter().any(|(_, statement, _)| !buyable(statement.says)) {
        found.retain(|(_, statement, _)| !statement.lead_time);
    }
    found.iter().flat_map(|one| emit(scene.sheet, one)).collect()
}

/// What the words of the card say that the scene is narrowed to. The product's own name says nothing.
pub(super) fn of_card(scene: &Scene<'_>, is_name: &dyn Fn(usize) -> bool) -> Vec<Emitted> {
    let mut found = gather(scene, placed, is_name);
    if found.is_empty() {
        found = gather(scene, alone, is_name);
    }
    found.retain(|(_, statement, text)| !(buyable(statement.says) && doubt::offers_to_write(scene, text)));
    found.iter().flat_map(|one| emit(scene.sheet, one)).collect()
}

/// Whether structured data denies, and none promises.
fn denied_by_data(scene: &Scene<'_>) -> bool {
    scene.described().reduce(|one, other| one || other) == Some(false)
}

/// The elements in whose words something about stock begins: innermost first found, then those around it as far as a
/// statement may reach. Only they are worth a closer look.
pub(super) fn cued(scene: &Scene<'_>) -> Vec<usize> {
    let sheet = scene.sheet;
    let mut found = Vec::new();
    for cue in scene.reader.phrases.cues(sheet.stretches(LONGEST), scene.languages) {
        let Some(inside) = sheet.element_at(cue) else { continue };
        let outer =
            sheet.ancestors(inside).take_while(|&above| sheet.nodes[above].to - sheet.nodes[above].from <= LONGEST);
        found.push(inside);
        found.extend(outer);
    }
    // And what stock elements say in words that nobody taught us.
    let denies = |&index: &usize| {
        let marks = sheet.nodes[index].marks;
        marks.any(Marks::STOCK)
            && marks.any(Marks::DISABLED)
            && (told::class_denies(sheet.element(index)) || told::icon_denies(sheet.element(index)))
    };
    let denying: Vec<usize> = (0..sheet.nodes.len()).filter(denies).collect();
    found.extend(denying.iter().map(|&index| told::speaker(sheet, index)));
    found.sort_unstable();
    found.dedup();
    found
}

fn gather(
    scene: &Scene<'_>,
    read: fn(&Scene<'_>, usize) -> Option<Spoken>,
    is_name: &dyn Fn(usize) -> bool,
) -> Vec<Spoken> {
    let sheet = scene.sheet;
    let mut found: Vec<Spoken> = Vec::new();
    let cued = match scene.card {
        Some(card) => {
            let from = scene.cued.partition_point(|index| *index < card);
            let rest = scene.cued.get(from..).unwrap_or_default();
            rest.get(..rest.partition_point(|index| sheet.contains(card, *index))).unwrap_or_default()
        }
        None => &scene.cued,
    };
    for &index in cued {
        let node = &sheet.nodes[index];
        let readable = sheet.own(index)
            && node.to > node.from
            && node.to - node.from <= LONGEST
            && !node.within.any(Marks::OVERLAY)
            && !UNREAD.contains(&sheet.element(index).name())
            && !sheet.holds_heading(index)
            && !is_name(index);
        if !readable {
            continue;
        }
        if let Some(one) = read(scene, index)
            && !others::speaks_for_others(scene, one.0, !buyable(one.1.says))
            && !others::is_unfinished(&one.2)
            && !(one.1.against.is_some() && others::lists_choices(sheet, one.0))
        {
            // The innermost element says it best.
            found.retain(|(outer, ..)| !sheet.contains(*outer, one.0));
            if found.len() < MOST && !found.iter().any(|(at, _, text)| *at == one.0 || *text == one.2) {
                found.push(one);
            }
        }
    }
    found
}

/// One signal; two where the text says both yes and no. A promise that counts is sure of itself.
fn emit(sheet: &Sheet<'_>, (at, statement, text): &Spoken) -> impl Iterator<Item = Emitted> {
    let sure = statement.says == Availability::LimitedAvailability || statement.quantity.is_some();
    let signal = Signal {
        quantity: statement.quantity,
        date: statement.date,
        ..Signal::new(SignalKind::Text, statement.says, sheet.place(*at), excerpt(text))
    };
    // "Not available. We do not know when it will be available again", in an element that is called sold out.
    let sure = sure || (!buyable(statement.says) && sheet.nodes[*at].marks.any(Marks::DISABLED));
    let against = statement.against.filter(|_| !sure).map(|says| Signal { says, ..signal.clone() });
    let at = *at;
    std::iter::once(signal).chain(against).map(move |signal| Emitted { at, signal })
}

/// In an element that calls itself stock, or after a label.
fn placed(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    if sheet.nodes[index].within.any(Marks::STORE) {
        return None;
    }
    announced(scene, index).filter(|_| !in_choice(scene, index) && !doubt::waits_for_its_price(sheet, index))
}

fn announced(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    let text = sheet.words(index);
    let statement = || scene.reader.phrases.statement(text, false, scene.languages);
    if node.marks.any(Marks::STOCK) || sheet.element(index).attr("itemprop") == Some("availability") {
        let read = match told::class_denies(sheet.element(index)) {
            true => Some(told::denied(statement())),
            false => statement(),
        };
        let statement = match read {
            Some(statement) => statement,
            // Of a product with variants the icon may speak of one that nobody can choose.
            None if told::bears_denial(sheet, index)
                && (scene.card.is_some() || !super::button::has_chooser(sheet)) =>
            {
                Statement::denial()
            }
            None => counted(scene, text)?,
        };
        // Of several branches some have it and some do not.
        let branches =
            statement.against.is_some() && matches!(sheet.element(index).name(), "table" | "tbody" | "ul" | "dl");
        let enough = !branches && (!statement.everyday || statement.announced || statement.coverage >= EVERYDAY);
        return enough.then(|| (index, statement, text.to_owned()));
    }
    if is_label(sheet.element(index).name()) && text.len() <= 40 && scene.reader.phrases.is_topic(text, scene.languages)
    {
        let (at, value) = value_of(sheet, index)?;
        let announced = format!("{}: {}", text.trim_end_matches(COLON), value.trim_start_matches(COLON));
        let statement = scene.reader.phrases.statement(value, true, scene.languages);
        let statement = statement.or_else(|| told::counted(value).filter(|_| counts(node.within)))?;
        return (statement.coverage >= EVERYDAY || !statement.everyday).then_some((at, statement, announced));
    }
    if text.contains(':') && text.len() <= LONGEST_ALONE {
        let statement = statement().or_else(|| counted(scene, text).filter(|_| counts(node.within)))?;
        return (statement.announced && statement.coverage >= EVERYDAY).then(|| (index, statement, text.to_owned()));
    }
    None
}

/// `Stock: 3`.
fn counted(scene: &Scene<'_>, text: &str) -> Option<Statement> {
    let (label, answer) = text.split_once(':')?;
    let statement = told::counted(answer).filter(|_| scene.reader.phrases.is_topic(label, scene.languages))?;
    Some(Statement { announced: true, ..statement })
}

/// Whether a number may be one of pieces. Where things are delivered it is one of days.
fn counts(within: Marks) -> bool {
    !within.any(Marks::DELIVERY)
}

/// An icon in an element that calls itself stock, by what it is titled: `<i class="stock-icon" title="Out of stock">`,
/// `<img class="availability" alt="In stock">`.
fn titled(scene: &Scene<'_>) -> Vec<Spoken> {
    let sheet = scene.sheet;
    let mut found = Vec::new();
    for index in 0..sheet.nodes.len() {
        let node = &sheet.nodes[index];
        let stock = node.marks.any(Marks::STOCK) || sheet.nodes[node.parent].marks.any(Marks::STOCK);
        let plain = sheet.own(index) && node.to == node.from && !node.within.any(Marks::OVERLAY.with(Marks::STORE));
        let element = sheet.element(index);
        if !stock || !plain || !matches!(element.name(), "img" | "i" | "span" | "div") || in_choice(scene, index) {
            continue;
        }
        let said = ["title", "alt", "aria-label"].iter().find_map(|one| element.attr(one)).map(str::trim);
        let Some(said) = said.filter(|said| (4..=60).contains(&said.len())) else { continue };
        let statement = scene.reader.phrases.statement(said, false, scene.languages);
        let clear = |one: &Statement| one.coverage >= UNMISTAKABLE && !one.aside && one.against.is_none();
        if let Some(statement) = statement.filter(clear) {
            found.push((index, statement, said.to_owned()));
        }
    }
    found.truncate(2);
    found
}

/// In an element that speaks of delivery. "Delivery available" is an offer to deliver; "ships in 3 days" is a promise.
fn delivered(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    if !node.marks.any(Marks::DELIVERY) || node.within.any(Marks::STORE) || in_choice(scene, index) {
        return None;
    }
    let text = sheet.words(index);
    let statement = scene.reader.phrases.statement(text, false, scene.languages)?;
    // "Not available for delivery to islands".
    let stands = if buyable(statement.says) || statement.announced {
        !statement.everyday || statement.announced
    } else {
        !statement.everyday && statement.coverage >= UNMISTAKABLE
    };
    (stands && !others::answers_how(scene, index)).then(|| (index, statement, text.to_owned()))
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
        || sheet.element(index).attr("itemprop") == Some("description")
        || in_choice(scene, index)
        || answers_another_question(sheet, index)
        || others::answers_how(scene, index)
        || others::holds_choices(sheet, index)
    {
        return None;
    }
    let statement = scene.reader.phrases.statement(text, false, scene.languages)?;
    let promise = buyable(statement.says);
    let doubtful = match promise {
        true => in_panel(sheet, index),
        false => doubt::one_of_several(scene, index, statement.coverage) || doubt::waits_for_its_price(sheet, index),
    };
    if doubtful {
        return None;
    }
    if others::is_labelled_otherwise(text, &statement) {
        return None;
    }
    // "Not available for delivery to islands".
    if !promise && node.within.any(Marks::DELIVERY) && statement.coverage < UNMISTAKABLE {
        return None;
    }
    let offers = !promise && doubt::offers_to_write(scene, text);
    let enough = (offers || !(statement.aside || statement.against.is_some()))
        && statement.coverage >= ALONE
        && !(statement.everyday && (promise || statement.coverage < 0.9));
    (enough && !wraps_a_choice(sheet, index)).then(|| (index, statement, text.to_owned()))
}

/// Whether all its words are those of something that is pressed or chosen, which speak for that alone.
fn wraps_a_choice(sheet: &Sheet<'_>, index: usize) -> bool {
    let words = sheet.words(index);
    let pressed = |i: &usize| UNREAD.contains(&sheet.element(*i).name()) && !sheet.words(*i).is_empty();
    let mut inside = sheet.inside(index).take(200).filter(pressed);
    let whole = inside.clone().any(|i| sheet.words(i) == words);
    whole || inside.nth(SEVERAL_CHOICES - 1).is_some()
}

/// The value of a label that is not about stock: `Delivery: not available`.
fn answers_another_question(sheet: &Sheet<'_>, index: usize) -> bool {
    let node = &sheet.nodes[index];
    matches!(sheet.element(index).name(), "dd" | "td") || sheet.text[..node.from].trim_end().ends_with(':')
}

/// Inside something that speaks of delivery, or opens on demand: general terms rather than this product.
fn in_panel(sheet: &Sheet<'_>, index: usize) -> bool {
    sheet.nodes[index].within.any(Marks::DELIVERY)
        || std::iter::once(index).chain(sheet.ancestors(index)).any(|above| {
            let element = sheet.element(above);
            element.name() == "details" || element.attr("role") == Some("tabpanel")
        })
}

/// Inside something that is pressed or chosen: a size, a colour, a link.
fn in_choice(scene: &Scene<'_>, index: usize) -> bool {
    let sheet = scene.sheet;
    let in_card = |above: &usize| scene.card.is_none_or(|card| sheet.contains(card, *above));
    sheet.nodes[index].within.any(Marks::CHOOSER)
        || sheet.ancestors(index).take(6).take_while(in_card).any(|above| {
            let element = sheet.element(above);
            // A card is often one link as a whole.
            (element.name() == "a" && scene.card.is_none())
                || matches!(element.name(), "button" | "label" | "select" | "fieldset")
                || element
                    .attr("role")
                    .is_some_and(|role| matches!(role, "radio" | "option" | "radiogroup" | "listbox"))
        })
}
