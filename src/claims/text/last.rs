//! What is read where nothing else speaks: no stock element, no label, no words that stand alone, and no button.

use super::super::phrases::{Label, Statement};
use super::super::sheet::{Marks, Sheet};
use super::{ALONE, LONGEST_ALONE, Scene, Spoken, buyable};

/// Shorter texts are one sentence.
const SHORTEST_NOTICE: usize = 30;
/// Longer texts are no notices.
const LONGEST_NOTICE: usize = 400;

/// The first of: a notice whose first sentence denies, a title that says so beside the name, an offer to write.
pub(super) fn resort(scene: &Scene<'_>) -> Option<Spoken> {
    let all = || 0..scene.sheet.nodes.len();
    all()
        .find_map(|index| notice(scene, index))
        .or_else(|| titled(scene))
        .or_else(|| all().find_map(|index| offered(scene, index)))
}

/// "This product is currently sold out. Leave your address below, and we write to you": a sentence of a longer text,
/// where no prose stands.
fn notice(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    let length = node.to - node.from;
    let plain = sheet.own(index)
        && (SHORTEST_NOTICE..=LONGEST_NOTICE).contains(&length)
        && matches!(sheet.element(index).name(), "p" | "div" | "span" | "strong")
        && !node.within.any(Marks::OVERLAY.with(Marks::PROSE).with(Marks::STORE).with(Marks::DELIVERY))
        && !sheet.holds_heading(index)
        && !super::in_panel(sheet, index);
    if !plain {
        return None;
    }
    let text = sheet.words(index);
    let first = text.split_inclusive(['.', '!', '?']).next().unwrap_or_default().trim();
    if first.len() > LONGEST_ALONE || first.len() < 12 {
        return None;
    }
    let statement = scene.reader.phrases.statement(first, false, scene.languages)?;
    let enough = denies(&statement) && statement.coverage >= ALONE && !statement.everyday;
    enough.then(|| (index, statement, first.to_owned()))
}

/// "Blue shirt (sold out)", "SOLD OUT - Blue shirt".
fn titled(scene: &Scene<'_>) -> Option<Spoken> {
    let at = scene.sheet.heading?;
    let part = |part: &str| {
        let statement = scene.reader.phrases.statement(part, false, scene.languages)?;
        (denies(&statement) && statement.coverage > 0.99).then(|| (at, statement, part.trim().to_owned()))
    };
    let text = scene.sheet.words(at);
    let parts = text.split(['(', ')', '[', ']', '|', '–', '—', '*', ':']).flat_map(|part| part.split(" - "));
    parts.filter(|one| one.trim().len() > 3 && one.trim().len() < text.len()).find_map(part)
}

fn denies(statement: &Statement) -> bool {
    !buyable(statement.says) && statement.against.is_none() && !statement.aside
}

/// The heading or the label of a form that takes an address, to write to when there is stock.
fn offered(scene: &Scene<'_>, index: usize) -> Option<Spoken> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    let text = sheet.words(index);
    let named = matches!(
        sheet.element(index).name(),
        "label" | "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "legend" | "strong" | "span" | "div"
    );
    let plain = sheet.own(index) && !node.within.any(Marks::OVERLAY.with(Marks::PROSE));
    let meant = named
        && plain
        && (6..=90).contains(&text.len())
        && scene.reader.phrases.label(text, scene.languages) == Some(Label::Notify)
        && takes_address(sheet, index);
    meant.then(|| (index, Statement::denial(), text.to_owned()))
}

/// Whether there is a field for an address near.
fn takes_address(sheet: &Sheet<'_>, index: usize) -> bool {
    sheet.ancestors(index).take(4).any(|above| {
        sheet.inside(above).take(60).any(|i| {
            let element = sheet.element(i);
            let kind = element.attr("type").unwrap_or_default();
            let name = element.attr("name").unwrap_or_default();
            element.name() == "input" && (kind.eq_ignore_ascii_case("email") || name.contains("mail"))
        })
    })
}
