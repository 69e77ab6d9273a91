//! Which of the products that a page describes is its own.
//!
//! A page shows many products: what others bought, what was looked at, what is in the cart. None is better than the
//! wrong one, so a product has to be tied to the page by one of the things in [`Tie`]. One product alone is taken at its
//! word, unless it says itself that it is another page's.

use std::collections::HashSet;

use url::Url;

use super::address::{self, Moved};
use super::phrases::Normal;
use super::product::Described;
use super::sheet::link_key;
use super::{buyable, key};
use crate::domain::SignalKind;

/// Names that are shorter say too little to be a part of another.
const SHORTEST_NAME: usize = 5;

/// What is known of the page before its data is read.
pub(super) struct Subject<'p> {
    /// The page's own paths (requested, final, canonical), as [`link_key`] gives them.
    pub(super) paths: Vec<&'p str>,
    /// Heading, `og:title`, `<title>`, as [`Normal`] text.
    pub(super) names: Vec<String>,
    /// What everybody can read: the item number under its label, `product:retailer_item_id`.
    pub(super) keys: Vec<String>,
    /// The address that answered.
    pub(super) url: &'p Url,
}

/// How a product is tied to its page, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    /// Not at all.
    None,
    /// Part of the name, or a key in the address.
    Part,
    /// The whole name.
    Name,
    /// A key that the page names as its own.
    Key,
    /// The address, or that the data says so (`mainEntity`).
    Address,
}

/// The products that one kind of data describes, and which of them are the page's own.
#[derive(Default)]
pub(super) struct Products {
    pub(super) all: Vec<Described>,
    own: Vec<usize>,
}

impl Products {
    /// The page's own, in document order.
    pub(super) fn own(&self) -> Vec<&Described> {
        self.own.iter().filter_map(|&index| self.all.get(index)).collect()
    }

    /// What the page's own say, read as this kind of data: for each offer whether it promises.
    pub(super) fn said(&self, kind: SignalKind) -> impl Iterator<Item = bool> {
        self.own().into_iter().flat_map(move |one| one.signals(kind)).map(|signal| buyable(signal.says))
    }

    /// Whether they promise in every offer; `None` where there is none.
    pub(super) fn promise_all(&self, kind: SignalKind) -> Option<bool> {
        self.said(kind).reduce(|one, other| one && other)
    }

    /// Products that are known to be the page's own.
    pub(super) fn all_own(all: Vec<Described>) -> Self {
        Self { own: (0..all.len()).collect(), all }
    }

    /// Settles for every kind at once: what one kind is sure of helps to find the product in the others.
    pub(super) fn of<const KINDS: usize>(kinds: [Vec<Described>; KINDS], subject: &Subject<'_>) -> [Self; KINDS] {
        let mut known: HashSet<String> = subject.keys.iter().map(|one| key::normal(one)).collect();
        let ties = kinds.each_ref().map(|all| all.iter().map(|one| tie(one, subject, &known)).collect::<Vec<_>>());
        for (all, ties) in kinds.iter().zip(&ties) {
            let sure = ties.iter().max().is_some_and(|best| *best >= Tie::Name);
            let own = if sure { own(all, ties) } else { Vec::new() };
            known.extend(
                own.into_iter().filter_map(|at| all.get(at)).flat_map(Described::keys).map(|one| key::normal(one)),
            );
        }
        let mut ties = ties.into_iter();
        kinds.map(|all| {
            let mut ties = ties.next().unwrap_or_default();
            if ties.iter().all(|tie| *tie < Tie::Name) {
                ties = all.iter().map(|one| tie(one, subject, &known)).collect();
            }
            let own = match own(&all, &ties) {
                alone if ties.iter().all(|tie| *tie == Tie::None) => {
                    let stays = |at: &usize| all.get(*at).is_some_and(|one| !is_elsewhere(one, subject));
                    if alone.iter().all(stays) { alone } else { Vec::new() }
                }
                tied => tied,
            };
            let mut settled = Self { all, own };
            settled.leave_other_pages(subject);
            settled
        })
    }

    /// Takes out what the page's own products offer on other pages: a colour with a page of its own is bought there.
    /// Only where some of what they offer is on this one; else this page is the way to all of them.
    fn leave_other_pages(&mut self, subject: &Subject<'_>) {
        let here =
            |url: &str| link_key(url).is_some_and(|path| subject.paths.iter().any(|own| address::same_path(own, path)));
        for &index in &self.own {
            let Some(one) = self.all.get_mut(index) else { continue };
            let stays: Vec<Option<bool>> = one.offers.iter().map(|offer| offer.url.as_deref().map(here)).collect();
            if !stays.contains(&Some(true)) || !stays.contains(&Some(false)) {
                continue;
            }
            let mut gone = HashSet::new();
            let mut stay = stays.iter();
            one.offers.retain(|offer| {
                let stays = stay.next() != Some(&Some(false));
                if !stays {
                    gone.extend(offer.keys.iter().cloned());
                }
                stays
            });
            let kept: HashSet<String> = one.offers.iter().flat_map(|offer| offer.keys.iter().cloned()).collect();
            let named = |key: &String| kept.contains(key) || !gone.contains(key);
            one.variant_skus.retain(named);
            one.numbers.retain(named);
        }
    }
}

/// The products of the strongest tie, and those that are the same thing as one of them.
fn own(all: &[Described], ties: &[Tie]) -> Vec<usize> {
    let best = ties.iter().max().copied().unwrap_or(Tie::None);
    if best > Tie::None {
        let tied: Vec<usize> = ties.iter().enumerate().filter(|(_, tie)| **tie == best).map(|(at, _)| at).collect();
        return same_things(all, &tied);
    }
    // Nothing ties any of them to the page. Descriptions of one and the same thing may still be its own; what nobody
    // offers is no product to buy.
    let offered: Vec<usize> =
        (0..all.len()).filter(|&at| all.get(at).is_some_and(|one| !one.offers.is_empty())).collect();
    let Some(first) = offered.first().or((!all.is_empty()).then_some(&0)).copied() else { return Vec::new() };
    let same = same_things(all, &[first]);
    if offered.iter().all(|at| same.contains(at)) { same } else { Vec::new() }
}

/// Those products, and all that share a name or a key with one of them.
fn same_things(all: &[Described], some: &[usize]) -> Vec<usize> {
    let chosen = || some.iter().filter_map(|&at| all.get(at));
    let keys: HashSet<String> = chosen().flat_map(Described::keys).map(|one| key::normal(one)).collect();
    let names: HashSet<&String> = chosen().filter_map(|one| one.name.as_ref()).collect();
    let same = |at: usize, one: &Described| {
        some.contains(&at)
            || one.name.as_ref().is_some_and(|name| names.contains(name))
            || one.keys().any(|one| keys.contains(&key::normal(one)))
    };
    all.iter().enumerate().filter(|(at, one)| same(*at, one)).map(|(at, _)| at).collect()
}

fn tie(one: &Described, subject: &Subject<'_>, known: &HashSet<String>) -> Tie {
    let path = one.url.as_deref().and_then(link_key);
    if one.main || path.is_some_and(|path| subject.paths.iter().any(|own| address::same_path(own, path))) {
        return Tie::Address;
    }
    if !known.is_empty() && one.keys().any(|one| known.contains(&key::normal(one))) {
        return Tie::Key;
    }
    let name = one.name.as_deref().map(|name| Normal::of(name).text).filter(|name| name.len() > 2);
    if let Some(name) = &name {
        if subject.names.contains(name) {
            return Tie::Name;
        }
        let part = |own: &String| own.len() >= SHORTEST_NAME && (begins(own, name) || begins(name, own));
        if subject.names.iter().any(part) {
            return Tie::Part;
        }
    }
    let in_path = |key: &String| key.len() > 3 && subject.paths.iter().any(|path| address::names(path, key));
    if one.keys().any(in_path) { Tie::Part } else { Tie::None }
}

/// Whether a name begins with another, as whole words or as the start of a longer text in a script without blanks.
fn begins(whole: &str, start: &str) -> bool {
    whole.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') || !start.is_ascii())
}

/// Whether a product says itself that it is another page's: another address, and no word of its name on this one.
fn is_elsewhere(one: &Described, subject: &Subject<'_>) -> bool {
    let url = one.url.as_deref().and_then(|url| subject.url.join(url.trim()).ok());
    let elsewhere = url.is_some_and(|url| !is_front(&url) && address::moved(subject.url, &url) == Moved::Elsewhere);
    let name = one.name.as_deref().map(|name| Normal::of(name).text).unwrap_or_default();
    let shares =
        name.split(' ').filter(|word| word.len() > 3).any(|word| subject.names.iter().any(|own| own.contains(word)));
    elsewhere && !name.is_empty() && !subject.names.is_empty() && !shares
}

fn is_front(url: &Url) -> bool {
    url.path().trim_matches('/').is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::product::Offer;
    use crate::domain::Availability::InStock;

    fn product(name: &str, keys: &[&str], url: Option<&str>) -> Described {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        Described {
            name: Some(name.to_owned()),
            url: url.map(str::to_owned),
            offers: vec![Offer { keys: keys.clone(), ..Offer::new(InStock, "", "") }],
            skus: keys,
            ..Described::default()
        }
    }

    /// The names of what is the page's own, by kind. The page is `/p/blue-shirt`, "Blue shirt", number 4711.
    fn found<const KINDS: usize>(kinds: [Vec<Described>; KINDS]) -> [Vec<String>; KINDS] {
        let url = Url::parse("https://shop.test/p/blue-shirt").unwrap();
        let names = vec!["blue shirt".to_owned(), "blue shirt shop".to_owned()];
        let subject = Subject { paths: vec!["p/blue-shirt"], names, keys: vec!["4711".to_owned()], url: &url };
        let names = |one: &Products| one.own().into_iter().filter_map(|one| one.name.clone()).collect();
        Products::of(kinds, &subject).each_ref().map(names)
    }

    #[test]
    fn every_tie_finds_the_product_among_others() {
        let others =
            || (0..35).map(|n| product(&format!("Hat {n}"), &[&format!("H{n}")], Some(&format!("/p/hat-{n}"))));
        for own in [
            product("Chemise", &["X"], Some("https://shop.test/p/blue-shirt/")),
            product("Chemise", &["X", "4711"], None),
            product("BLUE SHIRT", &["X"], None),
            product("Blue shirt, long", &["X"], None),
            Described { main: true, ..product("Chemise", &["X"], None) },
        ] {
            let all: Vec<_> = others().take(9).chain([own.clone()]).chain(others().skip(9)).collect();
            assert_eq!(found([all]), [vec![own.name.unwrap()]]);
        }
        assert_eq!(found([others().collect()]), [Vec::<String>::new()], "a list of others");
    }

    #[test]
    fn what_one_kind_is_sure_of_helps_the_others() {
        let sure = vec![product("Blue shirt", &["A", "04006381333931"], None)];
        let other = vec![product("Hat", &["H"], None), product("Shirt 9", &["4006381333931"], None)];
        assert_eq!(found([other, sure]), [vec!["Shirt 9".to_owned()], vec!["Blue shirt".to_owned()]]);
    }

    #[test]
    fn one_product_alone_is_taken_at_its_word() {
        assert_eq!(found([vec![product("Chemise", &["X"], None)]])[0].len(), 1);
        assert_eq!(found([vec![product("Chemise", &["X"], Some("/"))]])[0].len(), 1);
        assert_eq!(found([vec![product("Red hat", &["X"], Some("/p/red-hat"))]])[0].len(), 0, "it is another page's");
        let without_offer = Described { offers: Vec::new(), ..product("Red hat", &["H"], None) };
        assert_eq!(found([vec![without_offer, product("Chemise", &["X"], None)]]), [vec!["Chemise".to_owned()]]);
    }

    #[test]
    fn a_variant_with_a_page_of_its_own_is_bought_there() {
        let offer = |key: &str, url: Option<&str>| Offer {
            keys: vec![key.to_owned()],
            url: url.map(str::to_owned),
            ..Offer::new(InStock, "", "")
        };
        let left = |urls: [Option<&str>; 3]| {
            let offers = urls.into_iter().zip(["A", "B", "C"]).map(|(url, key)| offer(key, url)).collect();
            let variant_skus = vec!["A".to_owned(), "B".to_owned(), "C".to_owned()];
            let one = Described { offers, variant_skus, ..product("Blue shirt", &[], None) };
            let url = Url::parse("https://shop.test/p/blue-shirt").unwrap();
            let subject = Subject {
                paths: vec!["p/blue-shirt"],
                names: vec!["blue shirt".to_owned()],
                keys: Vec::new(),
                url: &url,
            };
            let [products] = Products::of([vec![one]], &subject);
            products.own()[0].variant_skus.join("")
        };
        assert_eq!(left([Some("/p/blue-shirt"), Some("/p/red-shirt"), None]), "AC");
        assert_eq!(left([Some("/p/blue-shirt?size=s"), Some("https://shop.test/p/blue-shirt?size=m"), None]), "ABC");
        assert_eq!(left([Some("/p/blue-shirt-s"), Some("/p/blue-shirt-m"), None]), "ABC");
    }

    #[test]
    fn a_part_of_a_word_is_no_name() {
        assert_eq!(found([vec![product("Blue", &["X"], None), product("Blues", &["Y"], None)]])[0], ["Blue"]);
    }
}
