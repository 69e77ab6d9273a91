//! The feed touchpoint: what shopping ads promise of each item.

use super::{Scope, Shop, ShopTrouble, Tools};
use crate::domain::ShopSummary;
use crate::fetch::Fetcher;
use crate::store::Worksheet;

/// Reads the shop's feeds and notes what they promise.
pub(super) async fn read(
    _shop: &Shop,
    _scope: &Scope,
    _tools: &Tools,
    _web: &Fetcher,
    _sheet: &Worksheet,
    _counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    Ok(())
}

/// Reads again those feeds that changed since and that promise something that is wrong.
pub(super) async fn again(_shop: &Shop, _tools: &Tools, _web: &Fetcher, _sheet: &Worksheet) -> Result<(), ShopTrouble> {
    Ok(())
}
