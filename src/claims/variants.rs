//! The items that a page offers to choose from, put together from everything that describes them.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::key;
use super::product::{Described, Offer};
use crate::domain::Variant;

/// A key in the address that is shorter than this could be anything.
const SHORTEST_IN_ADDRESS: usize = 4;

/// The items of the page's own products, in document order of the kind that is trusted most. `kinds`: what each kind of
/// data describes as the page's own, the most trusted first. Empty where no kind names two items in one product.
pub(super) fn of(kinds: &[Vec<&Described>], addresses: &[&Url]) -> Vec<Variant> {
    let mut merged = Merged::default();
    for own in kinds {
        let told = merged.found.iter().any(|one| one.selected.is_some());
        // Variants are also described as products side by side, with nothing that holds them together.
        if own.len() > 2 && own.iter().all(|one| one.offers.len() == 1) {
            let offers: Vec<Offer> = own.iter().flat_map(|one| one.offers.iter().cloned()).collect();
            merged.take(&offers, !told);
            continue;
        }
        for one in own {
            merged.take(&one.offers, !told);
        }
    }
    if merged.found.len() < 2 {
        return Vec::new();
    }
    if let Some(chosen) = chosen(&merged.found, addresses) {
        for (index, variant) in merged.found.iter_mut().enumerate() {
            variant.selected = Some(index == chosen);
        }
    }
    merged.found
}

/// The items found so far.
#[derive(Default)]
struct Merged {
    found: Vec<Variant>,
    /// Which item a key names.
    by_key: HashMap<String, usize>,
    /// Keys that several items share, such as the parent's SKU.
    shared: HashSet<String>,
}

impl Merged {
    /// Takes one product's offers. `selects`: whether to believe it about which one is chosen.
    fn take(&mut self, offers: &[Offer], selects: bool) {
        let keys: Vec<Vec<String>> =
            offers.iter().map(|offer| offer.keys.iter().map(|key| key::normal(key)).collect()).collect();
        self.shared.extend(shared(&keys));
        let mut here: HashMap<&str, usize> = HashMap::new();
        let mut items: Vec<Vec<usize>> = Vec::new();
        for (offer, keys) in keys.iter().enumerate() {
            let mut own = keys.iter().filter(|key| !self.shared.contains(*key)).peekable();
            if own.peek().is_none() {
                continue;
            }
            let own: Vec<&String> = own.collect();
            let item = own.iter().find_map(|key| here.get(key.as_str()).copied()).unwrap_or_else(|| {
                items.push(Vec::new());
                items.len() - 1
            });
            items[item].push(offer);
            here.extend(own.into_iter().map(|key| (key.as_str(), item)));
        }
        let several = items.len() > 1;
        for item in items {
            let known = item.iter().flat_map(|&offer| &keys[offer]).find_map(|key| self.by_key.get(key).copied());
            // A product with one item is the parent, unless it names an item that is known.
            let Some(index) = known.or_else(|| several.then(|| self.add())) else { continue };
            for offer in item {
                self.merge(index, &offers[offer], &keys[offer], selects);
            }
        }
    }

    fn add(&mut self) -> usize {
        self.found.push(Variant::default());
        self.found.len() - 1
    }

    fn merge(&mut self, index: usize, offer: &Offer, keys: &[String], selects: bool) {
        let Some(variant) = self.found.get_mut(index) else { return };
        for (written, key) in offer.keys.iter().zip(keys) {
            if !self.shared.contains(key) && !self.by_key.contains_key(key) {
                self.by_key.insert(key.clone(), index);
                variant.keys.push(written.trim().to_owned());
            }
        }
        if variant.name.is_none() {
            variant.name.clone_from(&offer.name);
        }
        if selects && variant.selected.is_none() {
            variant.selected = offer.selected;
        }
    }
}

/// The keys that name more than one item: those whose offers differ in other keys.
fn shared(offers: &[Vec<String>]) -> HashSet<String> {
    let mut widest: HashMap<&str, &Vec<String>> = HashMap::new();
    let mut shared = HashSet::new();
    let within = |inner: &[String], outer: &[String]| inner.iter().all(|key| outer.contains(key));
    for keys in offers {
        for key in keys {
            let before = widest.entry(key).or_insert(keys);
            if within(before, keys) {
                *before = keys;
            } else if !within(keys, before) {
                shared.insert(key.clone());
            }
        }
    }
    shared
}

/// The one item that an address names: as a parameter (`?variant=417`, `#sku=AB-1`) or as a part of its path.
pub(super) fn chosen(variants: &[Variant], addresses: &[&Url]) -> Option<usize> {
    let mut by_key: HashMap<String, Option<usize>> = HashMap::new();
    for (index, variant) in variants.iter().enumerate() {
        for key in &variant.keys {
            by_key.entry(key::normal(key)).and_modify(|one| *one = None).or_insert(Some(index));
        }
    }
    let named = |text: &str, shortest: usize| {
        let key = key::normal(text);
        if key.len() < shortest { None } else { by_key.get(&key).copied().flatten() }
    };
    let by_parameter = addresses.iter().find_map(|url| {
        let fragment = url.fragment().unwrap_or_default().trim_start_matches(['!', '/', '?']);
        let more = url::form_urlencoded::parse(fragment.as_bytes());
        url.query_pairs().chain(more).find_map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let name = name.strip_suffix("id").unwrap_or(&name).trim_end_matches('_');
            let tells = ["variant", "variation", "sku", "item", "article"];
            let shortest = if tells.iter().any(|one| name.ends_with(one)) { 1 } else { SHORTEST_IN_ADDRESS };
            named(&value, shortest)
        })
    });
    by_parameter.or_else(|| {
        let parts = addresses.iter().filter_map(|url| url.path_segments()).flatten();
        let mut found = parts.filter_map(|part| {
            let stem = part.split_once('.').map_or(part, |(stem, _)| stem);
            let number = stem.bytes().any(|b| b.is_ascii_digit());
            number.then(|| named(stem, SHORTEST_IN_ADDRESS).or_else(|| named(stem.rsplit('-').next()?, 6))).flatten()
        });
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Availability::{InStock, OutOfStock};

    fn offer(keys: &[&str], name: Option<&str>, selected: Option<bool>) -> Offer {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Offer { keys, name: name.map(str::to_owned), selected, ..Offer::new(InStock, "", "") }
    }

    fn product(offers: Vec<Offer>) -> Described {
        Described { offers, ..Described::default() }
    }

    fn keys_of(variants: &[Variant]) -> Vec<String> {
        variants.iter().map(|one| one.keys.join("=")).collect()
    }

    fn merged(kinds: &[Vec<&Described>]) -> Vec<Variant> {
        of(kinds, &[])
    }

    #[test]
    fn the_same_item_of_two_kinds_is_one() {
        let state =
            product(vec![offer(&["A", "11"], Some("Blue"), Some(false)), offer(&["B", "12"], None, Some(true))]);
        let data = product(vec![
            offer(&["b", "4006381333931"], Some("Red"), Some(false)),
            offer(&["4006381333900", "A"], None, Some(true)),
        ]);
        let found = merged(&[vec![&state], vec![&data]]);
        assert_eq!(keys_of(&found), ["A=11=4006381333900", "B=12=4006381333931"]);
        assert_eq!(found[1].name.as_deref(), Some("Red"));
        assert_eq!((found[0].selected, found[1].selected), (Some(false), Some(true)), "the first kind that tells");
    }

    #[test]
    fn one_item_from_two_sellers_is_no_choice() {
        let one = product(vec![offer(&["A"], None, None), offer(&["A"], None, None), offer(&["A", "11"], None, None)]);
        assert!(merged(&[vec![&one]]).is_empty());
        let other = product(vec![offer(&["B"], None, None)]);
        assert!(merged(&[vec![&one, &other]]).is_empty(), "two numberings of one item");
    }

    #[test]
    fn a_key_that_items_share_is_the_parents() {
        let state = product(vec![offer(&["P", "11"], None, None), offer(&["P", "12"], None, None)]);
        let parent = product(vec![Offer { says: OutOfStock, ..offer(&["P"], None, None) }]);
        assert_eq!(keys_of(&merged(&[vec![&state], vec![&parent]])), ["11", "12"]);
    }

    #[test]
    fn the_address_chooses() {
        let state = product(vec![offer(&["A-100", "11"], None, Some(true)), offer(&["A-200", "12"], None, None)]);
        let chosen = |address: &str| {
            let url = Url::parse(&format!("https://shop.test{address}")).unwrap();
            let found = of(&[vec![&state]], &[&url]);
            found.iter().position(|one| one.selected == Some(true)).unwrap()
        };
        for (address, index) in [
            ("/p/shirt?variant=12", 1),
            ("/p/shirt?childSku=a-200", 1),
            ("/p/shirt#sku=A-200", 1),
            ("/p/a-200.html", 1),
            ("/p/shirt?page=12", 0),
            ("/p/shirt?items_per_page=12", 0),
            ("/p/shirt?utm_id=900", 0),
            ("/p/shirt", 0),
        ] {
            assert_eq!(chosen(address), index, "{address}");
        }
    }
}
