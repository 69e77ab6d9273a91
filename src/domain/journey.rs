//! The customer's way to an item: what each touchpoint says of it, and where on it the truth comes out.

use serde::{Deserialize, Serialize};

use super::{BreakPoint, Cause, Claim, Judgement, PageFailure, Touchpoint};

/// What a touchpoint other than the product page showed of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// Where: a feed, a listing or the cart.
    pub touchpoint: Touchpoint,
    /// The name of the feed or listing, as configured. `None`: the cart, of which there is one.
    pub place: Option<String>,
    /// What it says. `None`: that could not be seen; `failure` says why.
    pub claim: Option<Claim>,
    /// Of a feed: why the address that its ad leads to, where that is not the item's page, is of no use. Of the cart: why it
    /// could not be asked.
    pub failure: Option<PageFailure>,
    /// Whether it speaks of the product as a whole, as a card of a listing does: it is right to promise it while any of
    /// the product's items may be bought.
    pub of_product: bool,
}

/// One touchpoint on an item's journey, judged by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub touchpoint: Touchpoint,
    /// The name of the feed or listing. `None`: the page and the cart, of which there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it says, if that could be seen.
    pub claim: Option<Claim>,
    /// What comes of holding that against the stock.
    pub judgement: Judgement,
}

/// An item's whole way, as far as it was looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    /// The touchpoints at which the item was sought, in the order in which a customer meets them.
    pub steps: Vec<Step>,
    /// The first touchpoint that tells the truth, of an item that is promised and not there.
    pub break_point: Option<BreakPoint>,
    /// Why it is wrong, if that could be seen.
    pub why: Option<Why>,
}

impl Journey {
    /// The steps at a touchpoint.
    pub fn at(&self, touchpoint: Touchpoint) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.touchpoint == touchpoint)
    }
}

/// The likely cause of something wrong, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Why {
    /// The cause.
    pub cause: Cause,
    /// What all that is wrong for this one reason shares: `listing Purim campaign`, `json_ld of the page`.
    pub at: String,
    /// What speaks for it, in words.
    pub evidence: String,
}
