//! From the catalogue's keys to those of a stock source.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{FilePath, KeyRule, Text};

/// In this order, the first that hits: the mapping file, the key as it is, its normal form, the trade item number.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// What does not tell two keys apart: `case`, `leading_zeros` (of keys that are only digits), `separators` (blanks,
    /// hyphens, underscores, full stops, slashes), `trim` (always). Default: only `trim`.
    pub(crate) normalize: Option<Vec<KeyRule>>,
    /// A CSV file that gives the source's keys.
    pub(crate) mapping: Option<KeyMapping>,
    /// The field of the source that holds the trade item number (GTIN, EAN, UPC, ISBN-13).
    pub(crate) gtin: Option<Text>,
}

/// A CSV file with one key of the catalogue and one of the source in every row.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyMapping {
    /// The file.
    #[schemars(required)]
    pub(crate) file: Option<FilePath>,
    /// The column with the catalogue's keys.
    #[schemars(required)]
    pub(crate) from: Option<Text>,
    /// The column with the source's keys.
    #[schemars(required)]
    pub(crate) to: Option<Text>,
    /// What separates the columns: one character, or `tab`. Default: found out from the header line.
    pub(crate) delimiter: Option<Text>,
    /// Encoding, such as `windows-1255`. Default: found out.
    pub(crate) encoding: Option<Text>,
}
