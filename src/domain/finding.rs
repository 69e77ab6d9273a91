//! What is odd about a shop's data, beside what its pages promise.

use serde::{Deserialize, Serialize};

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Two stock sources say different things of one item.
    SourcesDisagree,
    /// No stock source knows an item of the catalogue.
    UnmappedKey,
    /// A stock source lists a key more than once, with different numbers.
    DuplicateKey,
    /// An item's key leads to more than one key of a stock source, or another item's key leads there too.
    AmbiguousKey,
    /// A listing shows a product that the catalogue does not name.
    ShownUnlisted,
}

impl FindingKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::SourcesDisagree, Self::UnmappedKey, Self::DuplicateKey, Self::AmbiguousKey, Self::ShownUnlisted];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::SourcesDisagree => "sources_disagree",
            Self::UnmappedKey => "unmapped_key",
            Self::DuplicateKey => "duplicate_key",
            Self::AmbiguousKey => "ambiguous_key",
            Self::ShownUnlisted => "shown_unlisted",
        }
    }
}

/// One thing that is odd. It is told beside the verdicts and changes none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is odd.
    pub kind: FindingKind,
    /// The item's key, as the catalogue or its page names it; of a product that a listing shows its address.
    pub key: String,
    /// The names of the stock sources concerned, in order of precedence.
    pub sources: Vec<String>,
    /// What was seen, in words.
    pub what: String,
}
