//! `product:availability` and its relatives in `<meta>` (<https://ogp.me>, Open Graph's product namespace), and the
//! pair of labels that Twitter cards carry.

use super::sheet::{Element, excerpt};
use super::{Emitted, Scene};
use crate::domain::{Availability, Signal, SignalKind};

const AVAILABILITY: &[&str] =
    &["product:availability", "og:availability", "og:product:availability", "product:stock_status", "availability"];

/// At most one signal for each property; outside the vocabulary there is no claim.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    let mut found = Vec::new();
    for &at in &scene.sheet.metas {
        let Some((property, content)) = meta(scene.sheet.element(at)) else { continue };
        let says = if AVAILABILITY.contains(&property) {
            Availability::parse(content)
        } else if let Some(number) = property.strip_prefix("twitter:data") {
            let label = scene.meta(&format!("twitter:label{number}")).unwrap_or_default();
            let named = scene.reader.phrases.is_topic(label, scene.languages);
            named.then(|| scene.reader.phrases.statement(content, true, scene.languages)).flatten().map(|one| one.says)
        } else {
            None
        };
        if let Some(says) = says {
            let signal = Signal {
                kind: SignalKind::OpenGraph,
                says,
                place: format!("meta[property=\"{property}\"]"),
                excerpt: excerpt(content),
                sku: scene.meta("product:retailer_item_id").map(str::to_owned),
                also: Vec::new(),
                quantity: None,
                date: scene.meta("product:availability_date").and_then(super::product::date),
            };
            found.push(Emitted { at, signal });
        }
    }
    found
}

/// Name and content of a `<meta>`.
pub(super) fn meta<'s>(element: Element<'s>) -> Option<(&'s str, &'s str)> {
    let property = element.attr("property").or_else(|| element.attr("name"))?.trim();
    let content = element.attr("content")?.trim();
    (!property.is_empty() && !content.is_empty()).then_some((property, content))
}
