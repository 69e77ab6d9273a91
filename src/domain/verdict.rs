//! Claim against stock fact.

use serde::{Deserialize, Serialize};

use super::{PageFailure, Unknown};

/// What comes of holding a claim against the stock fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The touchpoint tells the truth.
    Agrees,
    /// Promised, but there is none: the customer is let down.
    FalseAvailable,
    /// Denied, but there is: a sale is lost.
    FalseUnavailable,
    /// Signals or touchpoints contradict each other.
    Contradictory,
    /// A preorder or backorder date that has passed.
    ExpiredPromise,
    /// The page is gone (404, 410) while the catalogue still names it.
    Gone,
    /// Nothing can be said; why.
    Unverified(Unverified),
}

/// Why nothing can be said of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unverified {
    /// The page could not be fetched.
    Page(PageFailure),
    /// The page could not be read as a promise.
    Claim(#[serde(with = "unknown_code")] Unknown),
    /// Neither catalogue nor page names a key to ask the stock source by.
    NoKey,
    /// The stock source does not know the key.
    StockMissing,
    /// The stock source did not answer, or not readably.
    StockFailed(String),
    /// Page or stock changed while they were looked at; they agreed on the last look.
    Moved,
}

mod unknown_code {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::{Availability, Unknown};

    pub(super) fn serialize<S: Serializer>(why: &Unknown, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(why.code())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Unknown, D::Error> {
        let code = String::deserialize(from)?;
        match Availability::try_from(format!("Unknown({code})")) {
            Ok(Availability::Unknown(why)) => Ok(why),
            _ => Err(serde::de::Error::custom(format!("no such reason: {code}"))),
        }
    }
}

impl Verdict {
    /// All that says that somebody has to put something right.
    pub const MISMATCHES: [Self; 5] =
        [Self::FalseAvailable, Self::FalseUnavailable, Self::Contradictory, Self::ExpiredPromise, Self::Gone];

    /// Stable machine name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::FalseAvailable => "false_available",
            Self::FalseUnavailable => "false_unavailable",
            Self::Contradictory => "contradictory",
            Self::ExpiredPromise => "expired_promise",
            Self::Gone => "gone",
            Self::Unverified(_) => "unverified",
        }
    }

    /// The verdict with this machine name, for reading the database. `unverified` and `agrees` are never stored.
    pub fn mismatch_from_code(code: &str) -> Option<Self> {
        Self::MISMATCHES.into_iter().find(|verdict| verdict.code() == code)
    }

    /// Whether somebody has to put something right.
    pub fn is_mismatch(&self) -> bool {
        !matches!(self, Self::Agrees | Self::Unverified(_))
    }
}

impl Unverified {
    /// Stable machine name of the reason: the failure's, the obstacle's, or the stock's.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Page(failure) => failure.code(),
            Self::Claim(why) => why.code(),
            Self::NoKey => "no_key",
            Self::StockMissing => "stock_missing",
            Self::StockFailed(_) => "stock_failed",
            Self::Moved => "moved",
        }
    }
}

/// Why a promise is wrong, as far as that could be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// With page caches bypassed the page tells the truth.
    PageCache,
    /// The feed still says what was true before the stock changed.
    FeedLag,
    /// The listing still says what was true before the stock changed, and the page does not.
    ListingLag,
    /// One kind of evidence is wrong on many pages on which other kinds are right: a template.
    Template,
    /// The product is promised as a whole while this one of its variants is none.
    Variant,
    /// The stock changed moments ago: the systems have not told each other yet.
    SyncWindow,
    /// The shop sells it although the stock system counts it: an option of the shop says otherwise.
    UntrackedOption,
    /// So much of one source is wrong in the same direction that the source is the likelier one to be wrong.
    SourceSuspect,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::PageCache,
        Self::FeedLag,
        Self::ListingLag,
        Self::Template,
        Self::Variant,
        Self::SyncWindow,
        Self::UntrackedOption,
        Self::SourceSuspect,
    ];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::PageCache => "page_cache",
            Self::FeedLag => "feed_lag",
            Self::ListingLag => "listing_lag",
            Self::Template => "template",
            Self::Variant => "variant",
            Self::SyncWindow => "sync_window",
            Self::UntrackedOption => "untracked_option",
            Self::SourceSuspect => "source_suspect",
        }
    }

    /// The cause with this machine name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// A verdict and what led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Its cause, if one was seen.
    pub cause: Option<Cause>,
    /// One sentence for the engineer: which rule applied to what.
    pub because: String,
}
