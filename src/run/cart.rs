//! The cart touchpoint, where the shop's owner wants it: what the shop answers to adding one unit.

use super::sources::Sources;
use super::{Scope, Shop, ShopTrouble, Tools};
use crate::domain::ShopSummary;
use crate::store::Worksheet;

/// Asks the cart about suspects and a sample of the others, and judges them over their whole journey.
pub(super) async fn probe(
    _shop: &Shop,
    _scope: &Scope,
    _tools: &Tools,
    _sources: &Sources,
    _sheet: &Worksheet,
    _counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    Ok(())
}
