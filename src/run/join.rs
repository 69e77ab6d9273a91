//! An item of the catalogue and what the stock sources say of it, brought together by its keys.

use super::ShopTrouble;
use super::sources::{Source, Sources};
use crate::domain::{Finding, FindingKind, Item, ItemKey, KeyMatch, StockAnswer, Testimony};
use crate::stock;
use crate::store::{Lists, Worksheet};

/// What the sources say of an item, all in all.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// What each of them says, in order of precedence; empty where there is nothing to ask by.
    pub(super) testimonies: Vec<Testimony>,
    /// The shop's answer. `None`: there is nothing to ask by.
    pub(super) answer: Option<StockAnswer>,
    /// What is odd about it.
    pub(super) findings: Vec<Finding>,
}

/// Looks an item up that the catalogue lists under this key; the item may know more of itself by now, from its page.
/// Every source was asked for every key there is, so silence is an answer too.
pub(super) fn look_up(sources: &Sources, key: &ItemKey, item: &Item, sheet: &Worksheet) -> Result<Joined, ShopTrouble> {
    let mut joined = Joined::default();
    for source in &sources.all {
        let Some(testimony) = testimony(source, item, sheet)? else { continue };
        let is_catalogues_own = testimony.matched == KeyMatch::Exact && *key == item.item_key();
        if !is_catalogues_own && matches!(testimony.answer, StockAnswer::Known(_)) {
            sheet.put_used(source.number, &testimony.key)?;
        }
        joined.testimonies.push(testimony);
    }
    if joined.testimonies.is_empty() {
        return Ok(joined);
    }
    let answer = stock::settle(&joined.testimonies);
    let key = &key.0;
    let finding = |one: &Testimony| {
        let StockAnswer::Failed(what) = &one.answer else { return None };
        Some(Finding { kind: one.trouble?, key: key.clone(), sources: vec![one.source.clone()], what: what.clone() })
    };
    joined.findings.extend(joined.testimonies.iter().filter_map(finding));
    joined.findings.extend(stock::disagreements(key, &joined.testimonies, sources.tolerance));
    if answer == StockAnswer::Missing {
        let sought = joined.testimonies.first().map(|one| one.key.as_str()).filter(|sought| sought != key);
        let sought = sought.map(|sought| format!(", sought as {sought}")).unwrap_or_default();
        let know = if joined.testimonies.len() == 1 { "does not know it" } else { "do not know it" };
        let what = format!("{} {know}{sought}", sources.names());
        joined.findings.push(Finding { kind: FindingKind::UnmappedKey, key: key.clone(), sources: Vec::new(), what });
    }
    joined.answer = Some(answer);
    Ok(joined)
}

/// The key to ask a source for an item by: the one that led to an answer, else the one the item would go by.
pub(super) fn key_to_ask(source: &Source, item: &Item, sheet: &Worksheet) -> Result<Option<String>, ShopTrouble> {
    Ok(match seek(source, item, sheet)? {
        Sought::Found { key, .. } => Some(key),
        Sought::Unknown { key } => key,
        Sought::Ambiguous { .. } => None,
    })
}

/// What became of seeking an item in a source.
enum Sought {
    /// The source answered for it under this key.
    Found { key: String, matched: KeyMatch, answer: StockAnswer },
    /// It did not; the key it would go by, if it has one.
    Unknown { key: Option<String> },
    /// Several keys would fit, or several items.
    Ambiguous { key: String, why: String },
}

fn testimony(source: &Source, item: &Item, sheet: &Worksheet) -> Result<Option<Testimony>, ShopTrouble> {
    let told = |key, matched, answer, trouble| {
        let (source, decides) = (source.system.name().to_owned(), source.decides);
        Some(Testimony { source, decides, key, matched, answer, trouble })
    };
    Ok(match seek(source, item, sheet)? {
        // What is not believed is neither zero nor plenty, whatever the source said of this one.
        Sought::Found { key, matched, .. } if source.doubt.borrow().is_some() => {
            told(key, matched, StockAnswer::Failed(source.told_doubt().unwrap_or_default()), None)
        }
        Sought::Found { key, matched, mut answer } => {
            if let StockAnswer::Known(fact) = &mut answer {
                fact.matched = matched;
            }
            let trouble = stock::is_told_twice(&answer).then_some(FindingKind::DuplicateKey);
            told(key, matched, answer, trouble)
        }
        Sought::Ambiguous { key, why } => {
            let answer = StockAnswer::Failed(format!("the key is ambiguous: {why}"));
            told(key, KeyMatch::Exact, answer, Some(FindingKind::AmbiguousKey))
        }
        Sought::Unknown { key } => {
            let Some(key) = key.or_else(|| source.keys.number(item).and(item.gtin.clone())) else { return Ok(None) };
            let answer = source.told_doubt().map_or(StockAnswer::Missing, StockAnswer::Failed);
            told(key, KeyMatch::Exact, answer, None)
        }
    })
}

/// Mapping, exact, normal form, trade item number: the first that hits. An exact hit is never ambiguous.
fn seek(source: &Source, item: &Item, sheet: &Worksheet) -> Result<Sought, ShopTrouble> {
    let mut own = item.key().map(|key| (key.to_owned(), KeyMatch::Exact));
    if let (Some(key), true) = (item.key(), source.keys.mapping.is_some()) {
        match sheet.mapped(source.number, key)?.as_slice() {
            [] => {}
            [only] => own = Some((only.clone(), KeyMatch::Mapped)),
            [one, other, ..] => {
                let why = format!("the mapping file gives both {one} and {other} for {key}");
                return Ok(Sought::Ambiguous { key: key.to_owned(), why });
            }
        }
    }
    if let Some((key, matched)) = &own
        && let Some(answer) = sheet.answer(source.number, key)?.filter(|answer| *answer != StockAnswer::Missing)
    {
        return Ok(Sought::Found { key: key.clone(), matched: *matched, answer });
    }
    let normal = own.as_ref().and_then(|(key, _)| source.keys.normal(key));
    let number = source.keys.number(item);
    let aliases = normal.map(|alias| (alias, KeyMatch::Normalised)).into_iter();
    for (alias, matched) in aliases.chain(number.map(|alias| (alias, KeyMatch::Gtin))) {
        let ambiguous = |why| Ok(Sought::Ambiguous { key: name_of(item), why });
        match sheet.keys_by_alias(source.number, Lists::Source, &alias)?.as_slice() {
            [] => {}
            [only] => {
                if let Some(other) = rival(source, item, &alias, sheet)? {
                    return ambiguous(format!("{other} of the catalogue leads to {only} as well"));
                }
                if let Some(answer) = sheet.answer(source.number, only)? {
                    return Ok(Sought::Found { key: only.clone(), matched, answer });
                }
            }
            [one, other, ..] => {
                let like = match matched {
                    KeyMatch::Gtin => "with the same trade item number",
                    _ => "which are alike once normalised",
                };
                return ambiguous(format!("the source lists {one} and {other}, {like}"));
            }
        }
    }
    Ok(Sought::Unknown { key: own.map(|(key, _)| key) })
}

/// Another item of the catalogue that is found by the same alias.
fn rival(source: &Source, item: &Item, alias: &str, sheet: &Worksheet) -> Result<Option<String>, ShopTrouble> {
    let own = name_of(item);
    Ok(sheet.keys_by_alias(source.number, Lists::Catalogue, alias)?.into_iter().find(|name| *name != own))
}

/// What an item goes by among the catalogue's aliases: its stock key, else what identifies it.
pub(super) fn name_of(item: &Item) -> String {
    item.key().map_or_else(|| item.item_key().0, str::to_owned)
}
