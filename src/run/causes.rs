//! Why all of it is wrong: what only the whole run can tell, and what shares a cause. Two times through the sheet, first
//! to see what many items have in common, then to say of each what that means for it.

use jiff::SignedDuration;

use super::{Shop, ShopTrouble, Tools};
use crate::domain::{Judged, ShopSummary, Verdict};
use crate::judge::{self, Around, Patterns};
use crate::store::{Row, Worksheet};

/// Rows that are read from a sheet at once.
const ROWS: usize = 500;

/// Finds the likely cause of everything that is wrong, and counts what shares one.
pub(super) fn find(
    shop: &Shop,
    tools: &Tools,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    if sheet.mismatches(0, 1)?.is_empty() {
        return Ok(());
    }
    let patterns = patterns(sheet)?;
    let lag = SignedDuration::try_from(shop.grace).unwrap_or(SignedDuration::MAX);
    let mut after = 0;
    loop {
        let rows = sheet.mismatches(after, ROWS)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for Row { id, value: mut judged } in rows {
            let around = around(id, &judged, lag, sheet)?;
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
