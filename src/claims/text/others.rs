//! Words in the page's own part that are nevertheless about something else.

use super::super::phrases::Statement;
use super::super::sheet::{Marks, Sheet};
use super::super::{Emitted, Scene};
use super::{COLON, Spoken, UNMISTAKABLE, buyable};

/// Descendants that are looked at; a short text has no more than that.
const LOOKED_AT: usize = 80;
/// How much of a denial must be understood where a button promises.
const MOSTLY: f32 = 0.8;
/// Longer texts are no names of ways to get things.
const LONGEST_NAME: usize = 30;

/// Whether some of an element's words belong to another product, as in a list of cards: the card is foreign, the list
/// around it is not. Or whether its denial is that of a branch inside of it.
pub(super) fn speaks_for_others(scene: &Scene<'_>, index: usize, denies: bool) -> bool {
    let sheet = scene.sheet;
    let says_so = |words: &str, foreign: bool| {
        let said = || scene.reader.phrases.statement(words, false, scene.languages);
        !words.is_empty() && (foreign || said().is_some_and(|said| !buyable(said.says)))
    };
    sheet.inside(index).take(LOOKED_AT).any(|inside| {
        let node = &sheet.nodes[inside];
        let apart =
            node.foreign || (denies && node.marks.any(Marks::STORE) && !sheet.nodes[index].marks.any(Marks::STORE));
        apart && node.shown && node.to > node.from && says_so(sheet.words(inside), node.foreign)
    })
}

/// Whether the words before it name a way to get the product: `<span>Pickup</span><span>Not available</span>`.
pub(super) fn answers_how(scene: &Scene<'_>, index: usize) -> bool {
    let sheet = scene.sheet;
    let about_ways = sheet.nodes[index].within.any(Marks::DELIVERY.with(Marks::STORE));
    if !about_ways {
        return false;
    }
    let parent = sheet.nodes[index].parent;
    let before = sheet.text.get(sheet.nodes[parent].from..sheet.nodes[index].from).unwrap_or_default();
    let mut inner = sheet.inside(index).take(LOOKED_AT).map(|inside| sheet.words(inside));
    let first = inner.find(|words| !words.is_empty() && words.len() < sheet.words(index).len());
    let among_ways = sheet.nodes[parent].within.any(Marks::DELIVERY.with(Marks::STORE));
    (among_ways && names_a_way(scene, before)) || first.is_some_and(|words| names_a_way(scene, words))
}

fn names_a_way(scene: &Scene<'_>, text: &str) -> bool {
    let name = text.trim().trim_end_matches(COLON);
    (2..=LONGEST_NAME).contains(&name.len())
        && !scene.reader.phrases.is_topic(name, scene.languages)
        && scene.reader.phrases.statement(name, false, scene.languages).is_none()
}

/// Whether a script was to fill it in: `{{ product.available ? "In stock" : "Sold out" }}`; or whether it asks.
pub(super) fn is_unfinished(text: &str) -> bool {
    ["{{", "<%", "${", "{%"].iter().any(|mark| text.contains(mark)) || text.trim_end().ends_with(['?', '？', '؟'])
}

/// Whether a label that is not about stock stands before the words in the same text: `Pickup: not available`.
pub(super) fn is_labelled_otherwise(text: &str, statement: &Statement) -> bool {
    let label = text.split([':', '：']).next().unwrap_or_default().trim();
    !statement.announced
        && label.len() < text.trim().len()
        && (2..=LONGEST_NAME).contains(&label.len())
        && statement.coverage < UNMISTAKABLE
}

/// Takes out denials that were understood by half, such as "This video is not available", where the product can be put
/// into the cart.
pub(super) fn drop_half_understood(found: &mut Vec<Spoken>, buttons: &[Emitted]) {
    let half = |one: &Spoken| !buyable(one.1.says) && one.1.coverage < MOSTLY;
    if found.iter().any(half) && buttons.iter().any(|one| buyable(one.signal.says)) {
        found.retain(|one| !half(one));
    }
}

/// Whether an element that says both yes and no is a list to choose from, such as a filter.
pub(super) fn lists_choices(sheet: &Sheet<'_>, index: usize) -> bool {
    let choices = sheet.inside(index).take(LOOKED_AT).filter(|&inside| {
        let element = sheet.element(inside);
        matches!(element.name(), "li" | "a" | "option")
            || (element.name() == "input" && matches!(element.attr("type"), Some("checkbox" | "radio")))
    });
    choices.take(2).count() == 2
}

/// Takes out what the items of a list say where they disagree with each other or with words that stand in no list:
/// sizes, colours, branches.
pub(super) fn drop_lists_that_disagree(sheet: &Sheet<'_>, found: &mut Vec<Spoken>) {
    let list_of = |index: usize| {
        let item = std::iter::once(index).chain(sheet.ancestors(index)).take(4);
        let item = item.into_iter().find(|&above| matches!(sheet.element(above).name(), "li" | "tr" | "dd"))?;
        (sheet.words(item).len() > sheet.words(index).len()).then(|| sheet.nodes[item].parent)
    };
    let lists: Vec<Option<usize>> = found.iter().map(|one| list_of(one.0)).collect();
    let sides: Vec<bool> = found.iter().map(|one| buyable(one.1.says)).collect();
    let disagrees = |at: usize| {
        let other = |b: usize| (lists[b].is_none() || lists[b] == lists[at]) && sides[b] != sides[at];
        lists[at].is_some() && (0..lists.len()).any(other)
    };
    let mut keep = (0..found.len()).map(|at| !disagrees(at)).collect::<Vec<_>>().into_iter();
    found.retain(|_| keep.next().unwrap_or(true));
}

/// Whether an element holds what is chosen from, such as the sizes, one of which is sold out.
pub(super) fn holds_choices(sheet: &Sheet<'_>, index: usize) -> bool {
    let choices = sheet.inside(index).take(LOOKED_AT).filter(|&inside| {
        let element = sheet.element(inside);
        (element.name() == "input" && matches!(element.attr("type"), Some("checkbox" | "radio")))
            || matches!(element.attr("role"), Some("radio" | "option"))
    });
    choices.take(2).count() == 2
}
