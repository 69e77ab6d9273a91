//! The customer's way to an item, and why it is wrong.

use schemars::JsonSchema;
use serde::Serialize;

use crate::notify::message;

/// What every touchpoint says, and where the truth comes out.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Journey {
    /// Each feed, listing, page and cart, in the order in which a customer meets them.
    steps: Vec<Step>,
    /// The first touchpoint that tells the truth of what is promised and not there: `feed`, `listing`, `page`, `cart`,
    /// `cart_or_later` (the cart was not asked) or `after_paying`.
    #[serde(skip_serializing_if = "Option::is_none")]
    break_point: Option<String>,
}

/// One feed, listing, page or cart.
#[derive(Debug, Serialize, JsonSchema)]
struct Step {
    /// `feed`, `listing`, `page` or `cart`.
    touchpoint: String,
    /// The name of the feed or listing in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// What it says, in words; absent where it could not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    /// As of an incident, of this one alone; also `agrees` and `unverified`.
    verdict: String,
    /// The address that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// When it was seen, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
}

/// Why an incident is wrong, for programs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Why {
    /// `page_cache`, `feed_lag`, `listing_lag`, `template`, `variant`, `sync_window`, `untracked_option` or
    /// `source_suspect`. All but the first are likely, not certain.
    cause: String,
    /// What all that is wrong for this one reason shares, such as `listing Purim campaign`.
    at: String,
    /// What speaks for it, in English.
    evidence: String,
}

/// What several incidents have in common.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SharedCause {
    /// As of an incident.
    cause: String,
    /// What they share.
    at: String,
    /// The shop's name in the configuration.
    shop: String,
    /// How many of this message, shown or not.
    incidents: usize,
    /// What speaks for it, of the first of them, in English.
    evidence: String,
    /// All of it in words.
    text: String,
}

pub(super) fn why(why: &message::Reason) -> Why {
    Why { cause: why.code.clone(), at: why.at.clone(), evidence: why.evidence.clone() }
}

pub(super) fn journey(way: &message::Way) -> Journey {
    let step = |stop: &message::Stop| Step {
        touchpoint: stop.code.clone(),
        place: stop.place.clone(),
        says: stop.says.clone(),
        verdict: stop.verdict.clone(),
        url: stop.url.clone(),
        seen_at: stop.seen_at.map(|at| at.to_string()),
    };
    Journey { steps: way.stops.iter().map(step).collect(), break_point: way.break_point.clone() }
}

pub(super) fn shared(shared: &message::Shared) -> SharedCause {
    SharedCause {
        cause: shared.code.clone(),
        at: shared.at.clone(),
        shop: shared.shop.clone(),
        incidents: shared.incidents,
        evidence: shared.evidence.clone(),
        text: shared.text.clone(),
    }
}
