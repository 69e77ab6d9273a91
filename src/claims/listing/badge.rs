//! What stands on one card: words about stock, buttons, the platform's own classes, numbers.

use std::collections::HashSet;

use super::super::product::Described;
use super::super::sheet::{Marks, Sheet, excerpt};
use super::super::{Emitted, Scene, button, text};
use super::cards::Card;
use super::frame::Aside;
use super::tie::Draft;
use crate::domain::{Availability, Signal, SignalKind};

/// Longer values are no numbers.
const LONGEST_KEY: usize = 64;
/// How far from a word a name is looked for.
const LEVELS: usize = 4;

/// Attributes that hold a SKU.
const SKUS: [&str; 7] = [
    "data-sku",
    "data-product-sku",
    "data-product_sku",
    "data-item-sku",
    "data-variant-sku",
    "data-product-code",
    "data-article-number",
];

/// Attributes that hold another number.
const NUMBERS: [&str; 11] = [
    "data-gtin",
    "data-ean",
    "data-ean13",
    "data-barcode",
    "data-product-id",
    "data-product_id",
    "data-productid",
    "data-id-product",
    "data-item-id",
    "data-pid",
    "data-variant-id",
];

/// Fields by which the forms of cards name the product.
const FIELDS: [&str; 5] = ["product", "product_id", "id_product", "add-to-cart", "product-id"];

/// Reads one card. `said`: what the user's rules found on the whole page.
pub(super) fn draft(scene: &Scene<'_>, card: Card, said: &[(usize, Emitted)], asides: &[Aside]) -> Draft {
    let sheet = scene.sheet;
    let root = card.root;
    let mut found: Vec<Emitted> = text::of_card(scene, &|index| is_name(sheet, &card, index));
    found.extend(button::of_card(scene, root));
    let from = said.partition_point(|(_, one)| one.at < root);
    let rules = said.iter().skip(from).take_while(|(_, one)| sheet.contains(root, one.at));
    let rule = rules.min_by_key(|(number, _)| *number).map(|(_, one)| &one.signal);
    let mut signals: Vec<Signal> = rule.into_iter().cloned().collect();
    found.sort_by_key(|one| one.at);
    signals.extend(found.into_iter().map(|one| one.signal));
    let bought = signals.iter().any(|one| matches!(one.kind, SignalKind::Button | SignalKind::Selector));
    let mut place = sheet.place(root);
    if let Some(aside) = asides.iter().find(|aside| aside.range.contains(&root)) {
        place = format!("{place}, {}", aside.name);
        for signal in &mut signals {
            signal.place = format!("{}, {}", signal.place, aside.name);
        }
    }
    let mut draft = Draft::of(card);
    draft.is_product = bought || has_price(sheet, root);
    (draft.place, draft.signals) = (place, signals);
    draft.state.extend(class_state(sheet, root).map(|signal| class_offer(root, signal)));
    take_numbers(sheet, root, &mut draft);
    draft
}

/// Whether words are the product's name, which says nothing of stock whatever it is.
fn is_name(sheet: &Sheet<'_>, card: &Card, index: usize) -> bool {
    let words = sheet.words(index);
    if card.names.iter().any(|name| sheet.contains(index, *name)) {
        return true;
    }
    if card.name.as_deref() == Some(words) && !sheet.nodes[index].marks.any(Marks::STOCK) {
        return true;
    }
    let titled = |at: usize| {
        let element = sheet.element(at);
        matches!(element.name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
            || element.attr("itemprop") == Some("name")
            || (sheet.nodes[at].marks.any(Marks::TITLED) && sheet.words(at) == words)
    };
    std::iter::once(index)
        .chain(sheet.ancestors(index).take(LEVELS))
        .take_while(|&at| sheet.contains(card.root, at))
        .any(titled)
}

/// Whether a price stands on the card.
fn has_price(sheet: &Sheet<'_>, root: usize) -> bool {
    const CURRENCIES: [char; 11] = ['$', '€', '£', '¥', '₪', '₹', '₽', '₺', '₩', '₴', '฿'];
    const CLASSES: [&str; 8] = ["price", "preis", "prix", "precio", "prezzo", "cena", "amount", "money"];
    let words = sheet.words(root);
    let in_words = words.contains(CURRENCIES) && words.bytes().any(|byte| byte.is_ascii_digit());
    in_words
        || (root..sheet.nodes[root].end).any(|index| {
            let element = sheet.element(index);
            element.attr("itemprop") == Some("price")
                || element.attr("class").is_some_and(|class| {
                    let words = sheet.words(index);
                    CLASSES.iter().any(|one| class.contains(one)) && words.bytes().any(|byte| byte.is_ascii_digit())
                })
        })
}

/// The state that a platform writes among the classes of a card: WordPress those of the product, themes "sold out".
fn class_state(sheet: &Sheet<'_>, root: usize) -> Option<Signal> {
    (root..sheet.nodes[root].end).take(12).find_map(|index| {
        let element = sheet.element(index);
        let class = element.attr("class").filter(|_| matches!(element.name(), "li" | "div" | "article" | "section"))?;
        let names: HashSet<&str> = class.split_ascii_whitespace().collect();
        let is = |wanted: &[&str]| wanted.iter().any(|one| names.contains(one));
        let wordpress = is(&["type-product", "product", "wc-block-grid__product", "wp-block-post"]);
        let says = if wordpress && is(&["outofstock"]) {
            Availability::OutOfStock
        } else if wordpress && is(&["onbackorder"]) {
            Availability::BackOrder
        } else if wordpress && is(&["instock"]) && is(&["type-product"]) {
            Availability::InStock
        } else if index == root
            && is(&["sold-out", "soldout", "is-sold-out", "is-soldout", "out-of-stock", "outofstock"])
        {
            Availability::OutOfStock
        } else {
            return None;
        };
        Some(Signal::new(SignalKind::State, says, format!("{} class", sheet.place(index)), excerpt(class)))
    })
}

fn class_offer(root: usize, signal: Signal) -> Described {
    let offer = super::super::product::Offer::new(signal.says, signal.excerpt, signal.place);
    Described { at: root, offers: vec![offer], ..Described::default() }
}

/// Takes over what the card calls its product.
fn take_numbers(sheet: &Sheet<'_>, root: usize, draft: &mut Draft) {
    let is_key = |value: &&str| {
        (1..=LONGEST_KEY).contains(&value.len()) && !value.contains(['{', '[', '<', '"']) && *value != "0"
    };
    let add = |keys: &mut Vec<String>, value: &str| {
        if keys.len() < 16 && !keys.iter().any(|known| known == value) {
            keys.push(value.to_owned());
        }
    };
    for index in root..sheet.nodes[root].end {
        let element = sheet.element(index);
        for (name, value) in element.attrs() {
            let value = value.trim();
            if name.len() < 4 || !is_key(&value) {
                continue;
            }
            if SKUS.contains(&name) {
                add(&mut draft.skus, value);
            } else if NUMBERS.contains(&name) {
                add(&mut draft.numbers, value);
            }
        }
        let named = element.name() == "input" && element.attr("name").is_some_and(|name| FIELDS.contains(&name));
        if let Some(value) = element.attr("value").map(str::trim).filter(|_| named).filter(is_key) {
            add(&mut draft.numbers, value);
        }
    }
}
