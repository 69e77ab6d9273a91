//! Page → claims.

mod options;

pub use options::{Options, SelectorRule, SkuFrom};
