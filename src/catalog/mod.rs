//! Which items exist and where they are promised.

mod options;

pub use options::{Columns, CsvOptions, Options, Place, SitemapOptions};
