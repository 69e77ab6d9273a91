//! Why all of it is wrong: what only the whole run can tell, and what shares a cause. Two times through the sheet, first
//! to see what many items have in common, then to say of each what that means for it.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::remember::Memory;
use super::{Shop, ShopTrouble, Tools};
use crate::domain::{Judged, ShopSummary, TouchpointSummary, Verdict};
use crate::judge::{self, Around, Patterns};
use crate::store::{Row, Store, Worksheet};

/// Rows that are read from a sheet at once.
const ROWS: usize = 500;

/// Finds the likely cause of everything that is wrong, and counts what shares one.
pub(super) fn find(
    shop: &Shop,
    tools: &Tools,
    memory: &Memory,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    if sheet.mismatches(0, 1)?.is_empty() {
        return Ok(());
    }
    let patterns = patterns(sheet)?;
    let usual = usual(shop, memory)?;
    let mut after = 0;
    loop {
        let rows = sheet.mismatches(after, ROWS)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for Row { id, value: mut judged } in rows {
            let around = around(id, &judged, lag(&judged, shop, &usual), sheet)?;
            if let Some(why) = judge::likely(&judged, &patterns, &around, tools.clock.now()) {
                sheet.put_cause(id, &why)?;
                judged.judgement.cause = Some(why.cause);
                judged.journey.why = Some(why);
                sheet.put_judged(id, &judged)?;
            }
        }
    }
    counted.causes = sheet.causes()?;
    Ok(())
}

/// What was measured of the shop's touchpoints by the last run.
fn usual(shop: &Shop, memory: &Memory) -> Result<BTreeMap<String, TouchpointSummary>, ShopTrouble> {
    let last = memory.past().map(Store::last_run).transpose()?.flatten();
    let known = last.into_iter().flat_map(|run| run.shops).find(|known| known.shop == shop.name);
    Ok(known.map(|known| known.touchpoints).unwrap_or_default())
}

/// How long the touchpoint that is wrong may lag the stock before that says anything: what it takes for half of all
/// changes, and the shop's grace at least.
fn lag(judged: &Judged, shop: &Shop, usual: &BTreeMap<String, TouchpointSummary>) -> SignedDuration {
    let step = judged.journey.decides(&judged.judgement.verdict);
    let half = step.and_then(|step| usual.get(step.touchpoint.code())).and_then(|known| known.lag_p50);
    let half = SignedDuration::from_secs(i64::try_from(half.unwrap_or_default()).unwrap_or(i64::MAX));
    half.max(SignedDuration::try_from(shop.grace).unwrap_or(SignedDuration::MAX))
}

/// What all items together say, those that are right among them.
fn patterns(sheet: &Worksheet) -> Result<Patterns, ShopTrouble> {
    let mut patterns = Patterns::of(sheet.counts()?.items);
    let mut after = 0;
    loop {
        let rows = sheet.judged(after, ROWS)?;
        let Some(last) = rows.last() else { return Ok(patterns) };
        after = last.id;
        for Row { value: judged, .. } in rows {
            patterns.note(&judged);
            if let Some((source, second)) = change(&judged).filter(|_| judged.judgement.verdict.is_mismatch()) {
                sheet.note_change(source, second)?;
            }
        }
    }
}

/// The source that tells when the stock of an item changed, and when that was.
fn change(judged: &Judged) -> Option<(&str, i64)> {
    let fact = judged.fact.as_ref()?;
    Some((&fact.source, fact.changed_at?.as_second()))
}

fn around(row: i64, judged: &Judged, lag: SignedDuration, sheet: &Worksheet) -> Result<Around, ShopTrouble> {
    let mut around = Around { lag, ..Around::default() };
    if let Some((source, second)) = change(judged) {
        (around.alike, around.changed) = sheet.changes(source, second)?;
    }
    if judged.judgement.verdict == Verdict::FalseAvailable {
        let siblings = sheet.siblings(row)?;
        around.siblings = siblings.len() as u64;
        let buyable = siblings.iter().filter(|other| other.fact.as_ref().is_some_and(|fact| fact.buyable()));
        around.buyable = buyable.count() as u64;
    }
    Ok(around)
}
