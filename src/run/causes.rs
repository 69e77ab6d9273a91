//! Why all of it is wrong: what only the whole run can tell, and what shares a cause.

use super::{Shop, ShopTrouble};
use crate::domain::ShopSummary;
use crate::store::Worksheet;

/// Finds the causes that show in many items, and counts what shares one.
pub(super) fn find(_shop: &Shop, _sheet: &Worksheet, _counted: &mut ShopSummary) -> Result<(), ShopTrouble> {
    Ok(())
}
