//! What the platform's own scripts are told of the product: the page's embedded state.
//!
//! A shop's theme hands its scripts the variants, what can be bought of them, and often the count. Data is found in
//! scripts (`script.rs`, `lexer.rs`, `literal.rs`) and in attributes, whatever platform wrote it; each object in it is
//! shown to the `READERS`. What only stands in the page itself, such as the classes of a product's element, is read by
//! `ELEMENTS`. A new shape is a file with one such function, and a line in the registry.
//!
//! States hold menus, carts and recommendations too. An object speaks only if it is tied to the page (`view.rs`): by the
//! page's address, by a number that the page gives its product, by its name, or by standing where nothing but the
//! page's own product stands.

mod bigcommerce;
mod cafe24;
mod flat;
mod hints;
mod lexer;
mod literal;
mod magento;
mod next_flight;
mod normalised;
mod nuxt;
mod prestashop;
mod prestashop_vars;
mod product_json;
mod said;
mod salesforce;
mod script;
mod shopify;
mod squarespace;
mod view;
mod vocabulary;
mod walk;
mod woocommerce;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::own::{Products, Subject};
use super::product::Described;
use super::sheet::{Element, Sheet};
use super::{Emitted, Scene, buyable, json_ld};
use crate::domain::{Signal, SignalKind};
use view::{Found, Tie, View};

/// Reads one object of the data, which stands under the given keys.
type ReadObject = fn(&Map<String, Value>, &[&str], &View<'_>) -> Option<Found>;

/// Reads a list of objects, which stands under the given keys.
type ReadList = fn(&[Value], &[&str], &View<'_>) -> Option<Found>;

/// Reads an element that has the attribute.
type ReadElement = fn(usize, Element<'_>, &View<'_>) -> Option<Found>;

/// Reads the page's scripts.
type ReadScripts = fn(&View<'_>, &mut Vec<Found>);

/// Tried in this order; the first that knows an object is the only one.
const READERS: &[ReadObject] = &[
    magento::read,
    bigcommerce::read,
    cafe24::read,
    prestashop::inline,
    shopify::alone,
    normalised::read,
    product_json::object,
];

/// Lists that are variants by their own shape.
const LISTS: &[ReadList] = &[shopify::list, flat::read];

/// Elements by the attribute that tells.
const ELEMENTS: &[(&str, ReadElement)] = &[
    ("data-product_variations", woocommerce::variations),
    ("class", woocommerce::post),
    ("data-variants", squarespace::variants),
    ("data-product", prestashop::details),
    ("data-available", salesforce::availability),
];

/// What is no literal as it stands, but has to be put together or taken apart first.
const SCRIPTS: &[ReadScripts] = &[next_flight::read, nuxt::read, prestashop_vars::read];

/// Products tied to the page that are kept.
const PRODUCTS: usize = 64;

/// Products of a list that are kept.
const LISTED: usize = 2000;

fn opens_literal(value: &str) -> bool {
    value.bytes().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| matches!(first, b'{' | b'['))
}

/// The products of the state that are the page's own. `others`: what other data says of the page's own product.
pub(super) fn products(sheet: &Sheet<'_>, subject: &Subject<'_>, others: &[&Described]) -> Products {
    own(found(&View::new(sheet, subject, others)))
}

/// Every product that the state of a page which lists products tells an address, a SKU or a number of.
pub(super) fn listed(sheet: &Sheet<'_>, subject: &Subject<'_>) -> Vec<Described> {
    found(&View::of_list(sheet, subject)).into_iter().map(|found| found.one).collect()
}

fn found(view: &View<'_>) -> Vec<Found> {
    let sheet = view.sheet;
    let mut found: Vec<Found> = Vec::new();
    for (index, element) in sheet.elements() {
        if sheet.nodes[index].foreign || element.name() == "script" {
            continue;
        }
        for (name, value) in element.attrs() {
            let may_be_known = name.len() == 5 || name.len() > 11;
            let reader =
                ELEMENTS.iter().filter(|_| may_be_known).find(|(attribute, _)| name.eq_ignore_ascii_case(attribute));
            if let Some(mut one) = reader.and_then(|(_, read)| read(index, element, view)) {
                one.one.at = index;
                found.push(one);
            } else if value.len() > 30 && opens_literal(value) && name != "class" {
                walk::literal(value, view, index, &mut found);
            }
        }
        if found.len() >= view.most() {
            break;
        }
    }
    walk::scripts(view, &mut found);
    for read in SCRIPTS {
        read(view, &mut found);
    }
    for one in &mut found {
        let place = sheet.place(one.one.at);
        for offer in &mut one.one.offers {
            offer.place = format!("{place} {}", offer.place);
            // What is owed to others is no count of what is left.
            offer.quantity = offer.quantity.filter(|count| !count.is_sign_negative());
        }
    }
    found
}

/// Those that are surely the page's, else those that have its name and do not disagree, else none.
fn own(mut found: Vec<Found>) -> Products {
    let best = found.iter().map(|one| one.tie).max();
    found.retain(|one| Some(one.tie) == best);
    let best_says = |one: &Found| one.one.offers.iter().any(|offer| buyable(offer.says));
    let agree = found.iter().all(|one| best_says(one) == best_says(&found[0]));
    if best < Some(Tie::Sure) && !agree {
        found.clear();
    }
    let found = together(found);
    Products::all_own(found.into_iter().take(PRODUCTS).map(|one| one.one).collect())
}

/// Items that are listed one by one under one name, each a product of its own, are one product's to choose from.
fn together(found: Vec<Found>) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut lists: HashMap<(usize, Option<String>), usize> = HashMap::new();
    for one in found {
        let single = matches!(one.one.offers.as_slice(), [only] if !only.keys.is_empty());
        let list = (one.one.at, one.one.name.clone());
        match lists.get(&list).and_then(|at| all.get_mut(*at)).filter(|_| single) {
            Some(known) => {
                known.one.variant_skus.extend(one.one.skus);
                known.one.numbers.extend(one.one.numbers);
                known.one.offers.extend(one.one.offers);
            }
            None => {
                if single {
                    lists.insert(list, all.len());
                }
                all.push(one);
            }
        }
    }
    for one in all.iter_mut().filter(|one| one.one.offers.len() > 1) {
        let skus = std::mem::take(&mut one.one.skus);
        let of_items = |sku: &String| one.one.offers.iter().any(|offer| offer.keys.contains(sku));
        let (items, own): (Vec<String>, Vec<String>) = skus.into_iter().partition(of_items);
        one.one.variant_skus.splice(0..0, items);
        one.one.skus = own;
    }
    all
}

/// The page's own products' offers; what is said twice is told once.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    let mut emitted = json_ld::product_signals(&scene.state.all, &scene.state.own(), SignalKind::State);
    let mut seen = HashSet::new();
    emitted.retain(|Emitted { signal, .. }| seen.insert(what(signal)));
    emitted
}

fn what(signal: &Signal) -> (Option<String>, String) {
    (signal.sku.clone(), signal.says.name())
}

#[cfg(test)]
mod tests;
