//! What the stages themselves say of their options: selectors, patterns, JSONPaths and expressions must compile.

use crate::{claims, stock};

/// Paths inside the options of reading pages, and what is wrong there.
pub(super) fn claims_problems(_options: &claims::Options) -> Vec<(String, String)> {
    Vec::new()
}

/// Paths inside the options of the stock source, and what is wrong there.
pub(super) fn stock_problems(_options: &stock::Options) -> Vec<(String, String)> {
    Vec::new()
}
