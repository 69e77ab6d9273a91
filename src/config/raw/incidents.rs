//! When a mismatch becomes an incident, how severe it is, and which are expected.

use schemars::JsonSchema;
use serde::Deserialize;

use super::conditions::conditional;
use super::scalar::{Day, Duration, Level, Text, Whole};

/// When incidents open and when they are resolved.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Incidents {
    /// So often in a row, run by run, something must be seen wrong before its incident opens. Default: 1.
    #[schemars(range(min = 1))]
    pub(crate) open_after: Option<Whole>,
    /// So often in a row it must be seen right before it is resolved. Default: 1.
    #[schemars(range(min = 1))]
    pub(crate) resolve_after: Option<Whole>,
    /// The same for single kinds of mismatches; what is not given is as above.
    pub(crate) verdicts: Option<ByVerdict>,
    /// What opens again and again is resolved only once it was right for long enough. Default: 3 times within `24h`.
    pub(crate) flapping: Option<Flapping>,
}

/// By what is wrong.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByVerdict {
    /// Promised, but there is none.
    pub(crate) false_available: Option<Often>,
    /// Denied, but there is.
    pub(crate) false_unavailable: Option<Often>,
    /// The page contradicts itself.
    pub(crate) contradictory: Option<Often>,
    /// A preorder or backorder date that has passed.
    pub(crate) expired_promise: Option<Often>,
    /// The page is gone.
    pub(crate) gone: Option<Often>,
}

/// How often in a row.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Often {
    /// Seen wrong, before it opens.
    #[schemars(range(min = 1))]
    pub(crate) open_after: Option<Whole>,
    /// Seen right, before it is resolved.
    #[schemars(range(min = 1))]
    pub(crate) resolve_after: Option<Whole>,
}

/// Opened so often within this time; then it must have been right for as long.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flapping {
    /// So often, at least 2.
    #[schemars(required, range(min = 2))]
    pub(crate) times: Option<Whole>,
    /// Within this time.
    #[schemars(required)]
    pub(crate) within: Option<Duration>,
}

conditional! {
    /// Changes how severe something counts. At least one condition, and exactly one of `set`, `raise` and `lower`.
    #[schemars(extend(
        "oneOf" = [{"required": ["set"]}, {"required": ["raise"]}, {"required": ["lower"]}],
        "anyOf" = [
            {"required": ["shops"]}, {"required": ["brands"]}, {"required": ["categories"]},
            {"required": ["suppliers"]}, {"required": ["skus"]}, {"required": ["urls"]}, {"required": ["verdicts"]}
        ]
    ))]
    pub(crate) struct SeverityRule {
        /// It is this: `low`, `medium`, `high` or `critical`.
        pub(crate) set: Option<Level>,
        /// So many levels more.
        #[schemars(range(min = 1, max = 3))]
        pub(crate) raise: Option<Whole>,
        /// So many levels less.
        #[schemars(range(min = 1, max = 3))]
        pub(crate) lower: Option<Whole>,
    }
}

conditional! {
    /// What nobody is told of for now. At least one condition.
    #[schemars(extend("anyOf" = [
        {"required": ["shops"]}, {"required": ["brands"]}, {"required": ["categories"]},
        {"required": ["suppliers"]}, {"required": ["skus"]}, {"required": ["urls"]}, {"required": ["verdicts"]}
    ]))]
    pub(crate) struct Expected {
        /// The last day on which it is expected, such as `2026-12-31`.
        #[schemars(required)]
        pub(crate) until: Option<Day>,
        /// Why, for whoever finds this rule later.
        #[schemars(required)]
        pub(crate) because: Option<Text>,
    }
}
