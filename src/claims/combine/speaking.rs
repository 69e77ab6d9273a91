//! Which signals speak of the item that is asked for.

use std::collections::{HashMap, HashSet};

use super::super::{buyable, key};
use crate::domain::{Reading, Signal, SignalKind};

/// Data, the most trusted first.
pub(super) const DATA: [SignalKind; 4] =
    [SignalKind::State, SignalKind::JsonLd, SignalKind::Microdata, SignalKind::OpenGraph];

/// A reading, looked up by key.
pub(super) struct Index<'r> {
    pub(super) reading: &'r Reading,
    /// Each signal's keys, as they are compared.
    keys: Vec<Vec<String>>,
    /// The signals that name nothing.
    unnamed: Vec<usize>,
    /// The signals that a key names.
    signals: HashMap<String, Vec<usize>>,
    /// The item to choose that a key names.
    variants: HashMap<String, usize>,
    /// The keys of the page's own product.
    product: HashSet<String>,
}

/// The signals that speak of an item.
pub(super) struct Heard<'r> {
    pub(super) signals: Vec<&'r Signal>,
    /// If they speak of several items to choose from, which of these each signal names.
    pub(super) several: Option<Several>,
}

/// What is to be known of the items that signals speak of.
pub(super) struct Several {
    /// For each signal the item it names, if it names one.
    pub(super) items: Vec<Option<usize>>,
    /// Whether the item that is chosen cannot be bought, as far as is known which one that is.
    pub(super) chosen_may_be_out: bool,
}

impl<'r> Index<'r> {
    pub(super) fn of(reading: &'r Reading) -> Self {
        let names = |one: &Signal| one.sku.iter().chain(&one.also).map(|key| key::normal(key)).collect::<Vec<_>>();
        let keys: Vec<Vec<String>> = reading.signals.iter().map(names).collect();
        let mut signals: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, keys) in keys.iter().enumerate() {
            for key in keys {
                signals.entry(key.clone()).or_default().push(at);
            }
        }
        let variants = reading.variants.iter().enumerate().rev();
        let variants = variants.flat_map(|(at, one)| one.keys.iter().map(move |key| (key::normal(key), at))).collect();
        let product = reading.product.skus.iter().map(|sku| key::normal(sku)).collect();
        let unnamed = (0..keys.len()).filter(|at| reading.signals[*at].sku.is_none()).collect();
        Self { reading, keys, unnamed, signals, variants, product }
    }

    /// Whether the page names any of these keys.
    pub(super) fn names(&self, keys: &[&str]) -> bool {
        keys.iter()
            .map(|key| key::normal(key))
            .any(|key| self.product.contains(&key) || self.signals.contains_key(&key))
    }

    /// The item to choose that one of these keys names, the first key first.
    pub(super) fn variant(&self, keys: &[&str]) -> Option<usize> {
        keys.iter().find_map(|key| self.variants.get(&key::normal(key)).copied())
    }

    /// The item to choose that a signal names.
    fn variant_of(&self, signal: usize) -> Option<usize> {
        self.keys.get(signal)?.iter().find_map(|key| self.variants.get(key).copied())
    }

    /// Whether a signal names the page's own product, or nothing.
    fn own(&self, signal: usize) -> bool {
        self.keys.get(signal).is_none_or(|keys| keys.is_empty() || keys.iter().any(|key| self.product.contains(key)))
    }

    fn heard(&self, signals: impl Iterator<Item = usize>) -> Heard<'r> {
        let signals = signals.filter_map(|at| self.reading.signals.get(at)).collect();
        Heard { signals, several: None }
    }

    /// What speaks of one of several items.
    pub(super) fn of_variant(&self, variant: usize) -> Heard<'r> {
        let one = self.reading.variants.get(variant);
        let chosen = one.is_some_and(|one| one.selected == Some(true));
        let named = one.into_iter().flat_map(|one| &one.keys).filter_map(|key| self.signals.get(&key::normal(key)));
        let mut all: Vec<usize> = named.flatten().copied().filter(|at| self.variant_of(*at) == Some(variant)).collect();
        let belongs = |signal: &Signal| match signal.kind {
            SignalKind::Selector => true,
            SignalKind::Text | SignalKind::Button => chosen,
            _ => false,
        };
        all.extend(self.unnamed.iter().filter(|at| self.reading.signals.get(**at).is_some_and(belongs)));
        all.sort_unstable();
        all.dedup();
        self.heard(all.into_iter())
    }

    /// What speaks of a page's product that offers several items.
    pub(super) fn of_all(&self) -> Heard<'r> {
        let own = |at: &usize| self.own(*at) || self.variant_of(*at).is_some();
        let all: Vec<usize> = (0..self.keys.len()).filter(own).collect();
        let items = all.iter().map(|at| self.variant_of(*at)).collect();
        let heard = self.heard(all.into_iter());
        Heard { several: Some(Several { items, chosen_may_be_out: self.chosen_may_be_out() }), ..heard }
    }

    /// Whether data of the most trusted kind that speaks of the chosen item denies it; where nobody knows which that is,
    /// of any that it may be.
    fn chosen_may_be_out(&self) -> bool {
        let mut said: Vec<Option<(usize, bool)>> = vec![None; self.reading.variants.len()];
        for (at, signal) in self.reading.signals.iter().enumerate() {
            let rank = DATA.iter().position(|kind| *kind == signal.kind);
            let (Some(rank), Some(variant)) = (rank, self.variant_of(at)) else { continue };
            let Some(known) = said.get_mut(variant) else { continue };
            let (best, promised) = known.unwrap_or((rank, false));
            if rank <= best {
                *known = Some((rank, buyable(signal.says) || (rank == best && promised)));
            }
        }
        let told = self.reading.variants.iter().any(|one| one.selected == Some(true));
        let may_be = |selected: Option<bool>| if told { selected == Some(true) } else { selected != Some(false) };
        self.reading.variants.iter().zip(said).any(|(one, said)| may_be(one.selected) && said.is_some_and(|it| !it.1))
    }

    /// What speaks of the page's product where it offers one item. `None`: there are several products, and none is it.
    pub(super) fn of_product(&self, keys: &[&str]) -> Option<Heard<'r>> {
        let wanted: HashSet<String> = keys.iter().map(|key| key::normal(key)).collect();
        let exact = |at: usize| self.keys.get(at).is_some_and(|keys| keys.iter().any(|key| wanted.contains(key)));
        let ours = wanted.is_empty() || wanted.iter().any(|key| self.product.contains(key));
        let several_products = DATA.iter().any(|kind| self.distinct(*kind) > 1);
        let named = (0..self.keys.len()).any(exact);
        // A list: what names the item speaks of it, the rest of the page does not.
        if named && !ours && several_products {
            let rule = |at: usize| self.reading.signals.get(at).is_some_and(|one| one.kind == SignalKind::Selector);
            return Some(self.heard((0..self.keys.len()).filter(|at| exact(*at) || rule(*at))));
        }
        let known = ours || named || !several_products;
        known.then(|| self.heard((0..self.keys.len()).filter(|at| exact(*at) || self.own(*at))))
    }

    /// What speaks of an item that is none of those a page names: denial, where nothing promises.
    pub(super) fn of_none(&self) -> Option<Heard<'r>> {
        let all = self.reading.signals.iter().enumerate();
        let rule = all.clone().any(|(_, one)| one.kind == SignalKind::Selector);
        let free = |at: usize| self.keys.get(at).is_some_and(Vec::is_empty);
        // A bare button promises nothing: it is there for whichever item is chosen.
        let promises = |(at, one): (usize, &Signal)| buyable(one.says) && !(free(at) && one.kind == SignalKind::Button);
        let denies = all.clone().any(|(at, _)| !free(at)) && !all.clone().any(promises);
        if rule {
            return Some(self.heard(all.filter(|(at, _)| free(*at)).map(|(at, _)| at)));
        }
        denies.then(|| self.heard(all.filter(|(_, one)| !buyable(one.says)).map(|(at, _)| at)))
    }

    fn distinct(&self, kind: SignalKind) -> usize {
        let own = self.reading.signals.iter().zip(&self.keys).filter(|(one, _)| one.kind == kind);
        own.filter_map(|(_, keys)| keys.first()).collect::<HashSet<_>>().len()
    }
}
