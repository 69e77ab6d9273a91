//! Offers, wherever they hang.

use serde_json::{Map, Value};

use super::value::{address_of, each, get, kinds, name_of, quantity, text};
use super::{DEPTH, Graph, keys_of};
use crate::claims::product::{self, Described, Offer};
use crate::domain::Availability;

/// What is on offer, as far as it is known before the offer is read.
#[derive(Clone, Copy)]
pub(super) struct Of<'k> {
    pub(super) keys: &'k [String],
    pub(super) name: Option<&'k str>,
    /// The product's own release date, which says when a pre-order comes.
    pub(super) release: Option<&'k Value>,
}

/// What tells a variant from its siblings: `Blue / L`.
pub(super) fn options(variant: &Map<String, Value>) -> Option<String> {
    let named = ["color", "size", "material", "pattern"].iter().filter_map(|key| name_of(get(variant, key)?));
    let options: Vec<String> = named.collect();
    (!options.is_empty()).then(|| options.join(" / "))
}

/// Takes an offer, a list of them, or an aggregate with offers of its own. An aggregate that holds offers is not read
/// itself.
pub(super) fn read(value: &Value, place: &str, of: Of<'_>, graph: &Graph<'_>, one: &mut Described) {
    deep(value, place, of, graph, one, DEPTH);
}

fn deep(value: &Value, place: &str, of: Of<'_>, graph: &Graph<'_>, one: &mut Described, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let value = graph.resolved(value);
    let parts = each(value);
    if !matches!(parts.as_slice(), [only] if std::ptr::eq(*only, value)) {
        for (number, part) in parts.into_iter().enumerate() {
            deep(part, &format!("{place}[{number}]"), of, graph, one, depth);
        }
        return;
    }
    let Value::Object(offer) = value else { return };
    let item = get(offer, "itemOffered").map(|item| graph.resolved(item)).and_then(Value::as_object);
    let mut keys = keys_of(offer);
    keys.extend(item.map(keys_of).unwrap_or_default());
    one.variant_skus.extend(keys.first().filter(|own| Some(*own) != of.keys.first()).cloned());
    // What only the address names is an item of the product, but not its number in the shop.
    let linked = get(offer, "url").and_then(address_of);
    let number = linked.as_deref().and_then(product::variant_number);
    if keys.is_empty() {
        keys = of.keys.to_vec();
    }
    keys.extend(number.filter(|number| !keys.contains(number)));
    let own_name = item.and_then(|item| options(item).or_else(|| get(item, "name").and_then(text)));
    let of = Of { keys: &keys, name: own_name.as_deref().or(of.name), ..of };
    let before = one.offers.len();
    for key in ["offers", "offer"] {
        if let Some(inner) = get(offer, key) {
            deep(inner, &format!("{place}.{key}"), of, graph, one, depth);
        }
    }
    if one.offers.len() > before {
        return;
    }
    let Some((key, said)) = ["availability", "itemAvailability"].iter().find_map(|key| Some((key, get(offer, key)?)))
    else {
        return;
    };
    let Some((says, excerpt)) = availability(graph.resolved(said), graph) else { return };
    let said = Offer::new(says, crate::claims::sheet::excerpt(&excerpt), format!("{place}.{key}"));
    let none_offered = get(offer, "offerCount").and_then(quantity).is_some_and(|count| count.is_zero());
    if none_offered && crate::claims::buyable(says) {
        return;
    }
    let starts = ["availabilityStarts", "availability_date", "availabilityDate", "releaseDate"];
    let written = starts.iter().find_map(|key| product::date(&text(get(offer, key)?)?));
    let release = || of.release.filter(|_| matches!(says, Availability::PreOrder | Availability::PreSale));
    let said = said.counting(get(offer, "inventoryLevel").and_then(quantity));
    one.offers.push(Offer {
        says: if collected_only(offer) && crate::claims::buyable(said.says) {
            Availability::InStoreOnly
        } else {
            said.says
        },
        keys: of.keys.to_vec(),
        name: of.name.map(str::to_owned),
        starts: written.or_else(|| product::date(&text(release()?)?)),
        url: linked,
        ..said
    });
}

/// The availability and the words that say it. Members of a list that contradict each other say nothing.
fn availability(value: &Value, graph: &Graph<'_>) -> Option<(Availability, String)> {
    let mut said = each(value).into_iter().filter_map(|one| {
        // `{"@type": "ItemAvailability", "name": "In stock"}` may carry an identifier that says nothing.
        let written = [address_of(graph.resolved(one)), name_of(one)];
        written.into_iter().flatten().find_map(|text| Some((Availability::parse(&text)?, text)))
    });
    let first = said.next()?;
    said.all(|(says, _)| crate::claims::buyable(says) == crate::claims::buyable(first.0)).then_some(first)
}

/// Whether the only way to get it is to fetch it in a shop.
fn collected_only(offer: &Map<String, Value>) -> bool {
    let Some(ways) = get(offer, "availableDeliveryMethod") else { return false };
    let named = |way: &Value| address_of(way).map(|way| way.to_ascii_lowercase()).unwrap_or_default();
    let ways: Vec<String> = each(ways).into_iter().map(named).collect();
    !ways.is_empty() && ways.iter().all(|way| way.ends_with("onsitepickup"))
}

/// Whether a node is an offer rather than a thing.
pub(super) fn is_offer(node: &Map<String, Value>) -> bool {
    kinds(node).iter().any(|kind| matches!(kind.as_str(), "offer" | "aggregateoffer" | "demand"))
}
