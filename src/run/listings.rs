//! The listing touchpoint: what category, search, home and campaign pages show. One look serves all items on it.

use std::sync::Arc;

use super::{Scope, Shop, ShopTrouble, Tools};
use crate::claims::Reader;
use crate::domain::ShopSummary;
use crate::fetch::Fetcher;
use crate::store::Worksheet;

/// Looks at the shop's listings and notes what they show.
pub(super) async fn look(
    _shop: &Shop,
    _scope: &Scope,
    _tools: &Tools,
    _web: &Fetcher,
    _reader: &Arc<Reader>,
    _sheet: &Worksheet,
    _counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    Ok(())
}

/// Looks again at those that show something that is wrong.
pub(super) async fn again(
    _shop: &Shop,
    _tools: &Tools,
    _web: &Fetcher,
    _reader: &Arc<Reader>,
    _sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    Ok(())
}
