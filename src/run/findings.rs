//! What was found odd about a shop's data on the way.

use super::ShopTrouble;
use super::rows::{Rows, batches};
use crate::domain::{Finding, FindingKind, ShopSummary};
use crate::store::Worksheet;

/// Rows that are read from a sheet at once.
const ROWS: usize = 500;
/// How many of each kind are told in the summary.
const EXAMPLES: usize = 3;

/// All findings of a sheet, a handful at a time.
pub fn findings(sheet: &Worksheet) -> Rows<'_, Finding> {
    let mut after = 0;
    batches(move || {
        let rows = sheet.findings(after, ROWS)?;
        after = rows.last().map_or(after, |row| row.id);
        Ok(rows.into_iter().map(|row| row.value).collect())
    })
}

/// Counts them, and picks the first few of each kind.
pub(super) fn count(sheet: &Worksheet, counted: &mut ShopSummary) -> Result<(), ShopTrouble> {
    counted.findings = sheet.count_findings()?;
    for kind in FindingKind::ALL {
        counted.finding_examples.extend(sheet.findings_of(kind, EXAMPLES)?);
    }
    Ok(())
}
