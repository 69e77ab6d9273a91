//! The witnesses: signals of one kind that speak together.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::super::{button, buyable};
use super::speaking::{DATA, Heard, Several};
use crate::domain::{Availability, Signal, SignalKind};

/// The witnesses, each with its signals, the one that speaks for it first.
#[derive(Default)]
pub(super) struct Voices<'s> {
    pub(super) rule: Option<&'s Signal>,
    pub(super) refusing: Vec<&'s Signal>,
    pub(super) disabled: Vec<&'s Signal>,
    pub(super) pressable: Vec<&'s Signal>,
    pub(super) words: Vec<&'s Signal>,
    pub(super) words_cancel: bool,
    /// Data, the most trusted first.
    pub(super) data: Vec<&'s Signal>,
    /// Data of lesser rank that says the opposite.
    pub(super) data_against: Vec<&'s Signal>,
}

/// Data of one kind that speaks together.
struct Group<'s> {
    signals: Vec<&'s Signal>,
    /// The items it promises, where there are several to choose from.
    promised: HashSet<usize>,
    /// The items it denies.
    denied: HashSet<usize>,
}

impl Group<'_> {
    fn promises(&self) -> bool {
        self.signals.first().is_some_and(|one| buyable(one.says))
    }
}

impl<'s> Voices<'s> {
    pub(super) fn hear(heard: &Heard<'s>) -> Self {
        let mut voices = Self::default();
        for signal in heard.signals.iter().copied() {
            match signal.kind {
                SignalKind::Selector => voices.rule = voices.rule.or(Some(signal)),
                SignalKind::Button if buyable(signal.says) => voices.pressable.push(signal),
                SignalKind::Button if button::is_only_disabled(signal) => voices.disabled.push(signal),
                SignalKind::Button => voices.refusing.push(signal),
                SignalKind::Text => voices.words.push(signal),
                SignalKind::State | SignalKind::JsonLd | SignalKind::Microdata | SignalKind::OpenGraph => {}
                // No page speaks by these.
                SignalKind::Card | SignalKind::Feed | SignalKind::Cart => {}
            }
        }
        voices.hear_data(heard);
        if let Some(several) = &heard.several {
            voices.set_aside(several);
        }
        let first = voices.words.first().map(|one| buyable(one.says));
        voices.words_cancel = voices.words.iter().any(|one| Some(buyable(one.says)) != first);
        for one in [&mut voices.words, &mut voices.refusing, &mut voices.disabled, &mut voices.pressable] {
            most_said_first(one);
        }
        voices
    }

    fn hear_data(&mut self, heard: &Heard<'s>) {
        let mut promised: HashSet<usize> = HashSet::new();
        let mut leading = None;
        for group in groups(heard) {
            let Some(spokesman) = group.signals.first().copied() else { continue };
            let leads = *leading.get_or_insert(group.promises());
            if leads == group.promises() {
                promised.extend(&group.promised);
                self.data.push(spokesman);
                continue;
            }
            let against = match &heard.several {
                Some(several) if leads && group.denied.is_empty() => !several.chosen_may_be_out,
                Some(_) if leads => group.denied.iter().any(|item| promised.contains(item)),
                _ => true,
            };
            if against {
                self.data_against.push(spokesman);
            }
        }
    }

    /// Where an item can be bought, words and buttons that deny may be about the one that is chosen.
    fn set_aside(&mut self, several: &Several) {
        if !self.data.first().is_some_and(|one| buyable(one.says)) {
            return;
        }
        // Something has to be chosen first.
        self.disabled.clear();
        if several.chosen_may_be_out {
            self.words.retain(|one| buyable(one.says));
            self.refusing.clear();
        }
    }
}

/// Data in the order of trust: of each kind first what names items to choose from, then what speaks of the whole. What
/// two JSON-LD products say of one item are two statements, the one that promises first.
fn groups<'s>(heard: &Heard<'s>) -> Vec<Group<'s>> {
    let mut found = Vec::new();
    for kind in DATA {
        let mut apart: Vec<((bool, &str), Group<'_>)> = Vec::new();
        for (at, signal) in heard.signals.iter().copied().enumerate().filter(|(_, one)| one.kind == kind) {
            let item = heard.several.as_ref().and_then(|several| several.items.get(at).copied().flatten());
            let product = match kind {
                SignalKind::JsonLd if heard.several.is_none() => signal.place.split(".offers").next().unwrap_or(""),
                _ => "",
            };
            let name = (item.is_none(), product);
            let group = match apart.iter().position(|(known, _)| *known == name) {
                Some(known) => known,
                None => {
                    apart.push((name, Group { signals: Vec::new(), promised: HashSet::new(), denied: HashSet::new() }));
                    apart.len() - 1
                }
            };
            if let Some((_, group)) = apart.get_mut(group) {
                group.signals.push(signal);
                let said = if buyable(signal.says) { &mut group.promised } else { &mut group.denied };
                said.extend(item);
            }
        }
        for (_, group) in &mut apart {
            group.signals.sort_by_key(|one| best_first(one.says));
        }
        apart.sort_by_key(|((whole, _), group)| (*whole, !group.promises()));
        found.extend(apart.into_iter().map(|(_, group)| group));
    }
    found
}

/// A customer may take any offer, so the best one counts.
fn best_first(says: Availability) -> usize {
    use Availability as A;
    match says {
        A::InStock => 0,
        A::OnlineOnly => 1,
        A::LimitedAvailability => 2,
        A::PreSale => 3,
        A::PreOrder => 4,
        A::BackOrder => 5,
        A::MadeToOrder => 6,
        A::InStoreOnly => 7,
        A::MarketplaceOnly => 8,
        A::Reserved => 9,
        A::OutOfStock => 10,
        A::SoldOut => 11,
        A::Discontinued => 12,
        A::Unknown(_) => 13,
    }
}

/// The plainer of two things that are said equally often gives way, unless the other only promises to get some.
fn telling_first(says: Availability) -> usize {
    use Availability as A;
    match says {
        A::LimitedAvailability => 0,
        A::PreOrder => 1,
        A::PreSale => 2,
        A::OnlineOnly => 3,
        A::InStock => 4,
        A::BackOrder => 5,
        A::MadeToOrder => 6,
        A::Discontinued => 7,
        A::MarketplaceOnly => 8,
        A::InStoreOnly => 9,
        A::Reserved => 10,
        A::SoldOut => 11,
        A::OutOfStock => 12,
        A::Unknown(_) => 13,
    }
}

fn most_said_first(signals: &mut [&Signal]) {
    let all: Vec<Availability> = signals.iter().map(|one| one.says).collect();
    let times = |says: Availability| all.iter().filter(|one| **one == says).count();
    signals.sort_by_cached_key(|one| (Reverse(times(one.says)), telling_first(one.says)));
}
