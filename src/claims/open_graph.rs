//! `product:availability` and its relatives in `<meta>` (<https://ogp.me>, Open Graph's product namespace), and the
//! pair of labels that Twitter cards carry.

use super::sheet::{Element, excerpt};
use super::{Emitted, Scene, buyable};
use crate::domain::{Availability, Signal, SignalKind};

const AVAILABILITY: &[&str] = &[
    "product:availability",
    "og:availability",
    "og:product:availability",
    "product:stock_status",
    "og:stock_status",
    "availability",
];

/// What else the item is called, beside `product:retailer_item_id`.
const NUMBERS: &[&str] = &[
    "product:retailer_part_no",
    "product:mfr_part_no",
    "product:ean",
    "product:upc",
    "product:gtin",
    "product:isbn",
    "og:upc",
    "og:ean",
    "og:isbn",
];

/// At most one signal for each property. Outside the vocabulary there is no claim, and none where these tags contradict
/// each other: they are written by several plugins, and nobody sees which of them is right.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    let mut found: Vec<Emitted> = Vec::new();
    for &at in &scene.sheet.metas {
        let Some((property, content)) = meta(scene.sheet.element(at)) else { continue };
        let written = property.to_ascii_lowercase();
        let says = if AVAILABILITY.contains(&written.as_str()) {
            Availability::parse(content)
        } else if let Some(number) = written.strip_prefix("twitter:data") {
            let label = scene.meta(&format!("twitter:label{number}")).unwrap_or_default();
            let named = scene.reader.phrases.is_topic(label, scene.languages);
            named.then(|| scene.reader.phrases.statement(content, true, scene.languages)).flatten().map(|one| one.says)
        } else {
            None
        };
        let place = format!("meta[property=\"{property}\"]");
        let Some(says) = says.filter(|_| found.iter().all(|one| one.signal.place != place)) else { continue };
        let mut keys = ["product:retailer_item_id"].iter().chain(NUMBERS).filter_map(|name| scene.meta(name));
        let signal = Signal {
            kind: SignalKind::OpenGraph,
            says,
            place,
            excerpt: excerpt(content),
            sku: keys.next().map(str::to_owned),
            also: keys.map(str::to_owned).collect(),
            quantity: None,
            date: scene.meta("product:availability_date").and_then(super::product::date),
        };
        found.push(Emitted { at, signal });
    }
    let promises = found.iter().filter(|one| buyable(one.signal.says)).count();
    if promises > 0 && promises < found.len() {
        found.clear();
    }
    found
}

/// Name and content of a `<meta>`.
pub(super) fn meta<'s>(element: Element<'s>) -> Option<(&'s str, &'s str)> {
    let property = element.attr("property").or_else(|| element.attr("name"))?.trim();
    let content = element.attr("content")?.trim();
    (!property.is_empty() && !content.is_empty()).then_some((property, content))
}
