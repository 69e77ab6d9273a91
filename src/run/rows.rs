//! The judged items of a sheet in the order in which people want to read them.

use crate::domain::{Judged, Verdict};
use crate::store::{StoreError, Worksheet};

/// Rows, or pages of suspects, that are read from a sheet at once.
const ROWS: usize = 500;

/// Rows of a sheet, as they are read.
pub(super) type Rows<'a, T = Judged> = Box<dyn Iterator<Item = Result<T, StoreError>> + 'a>;

/// Mismatches first, the worst kind of them first, then everything else in catalogue order. A handful at a time:
/// nothing that grows with the catalogue is held.
pub fn ranked(sheet: &Worksheet) -> Rows<'_> {
    let worst_first = [
        Verdict::FalseAvailable,
        Verdict::ExpiredPromise,
        Verdict::Contradictory,
        Verdict::Gone,
        Verdict::FalseUnavailable,
    ];
    let wrong = worst_first.into_iter().flat_map(|kind| {
        suspects(sheet).filter(move |row| row.as_ref().map_or(true, |judged| judged.judgement.verdict == kind))
    });
    let rest = all(sheet).filter(|row| row.as_ref().map_or(true, |judged| !judged.judgement.verdict.is_mismatch()));
    Box::new(wrong.chain(rest))
}

fn suspects(sheet: &Worksheet) -> Rows<'_> {
    let mut after = None;
    batches(move || {
        let pages = sheet.suspects(after.as_ref(), ROWS)?;
        after = pages.last().map(|page| page.url.clone());
        Ok(pages.into_iter().flat_map(|page| page.rows).map(|row| row.value).collect())
    })
}

fn all(sheet: &Worksheet) -> Rows<'_> {
    let mut after = 0;
    batches(move || {
        let rows = sheet.judged(after, ROWS)?;
        after = rows.last().map_or(after, |row| row.id);
        Ok(rows.into_iter().map(|row| row.value).collect())
    })
}

/// One row after the other from batches, until a batch is empty or cannot be read.
pub(super) fn batches<'a, T: 'a>(mut next: impl FnMut() -> Result<Vec<T>, StoreError> + 'a) -> Rows<'a, T> {
    let mut batch = Vec::new().into_iter();
    let mut over = false;
    Box::new(std::iter::from_fn(move || {
        if batch.len() == 0 && !over {
            match next() {
                Ok(rows) => batch = rows.into_iter(),
                Err(error) => {
                    over = true;
                    return Some(Err(error));
                }
            }
        }
        let row = batch.next();
        over |= row.is_none();
        row.map(Ok)
    }))
}
