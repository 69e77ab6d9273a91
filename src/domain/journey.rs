//! The customer's way to an item: what each touchpoint says of it, and where on it the truth comes out.

use serde::{Deserialize, Serialize};

use super::{BreakPoint, Cause, Claim, Fold, Judgement, PageFailure, Touchpoint, Unverified, Verdict};

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

    /// The step that an item's verdict follows from: of those with this verdict the page's, else the first on the way.
    /// `None` where touchpoints contradict each other and none of them can be called wrong.
    pub fn decides(&self, verdict: &Verdict) -> Option<&Step> {
        let alike = || self.steps.iter().filter(|step| step.judgement.verdict == *verdict);
        alike().find(|step| step.touchpoint == Touchpoint::Page).or_else(|| alike().next())
    }

    /// How a touchpoint stands to the truth: as the worst of its feeds or listings does.
    pub fn mark(&self, touchpoint: Touchpoint) -> Mark {
        let marks = self.at(touchpoint).map(|step| Mark::of(&step.judgement.verdict));
        marks.max().unwrap_or(Mark::Unseen)
    }

    /// The feeds, listings, page or cart that are wrong.
    pub fn liars(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.judgement.verdict.is_mismatch())
    }

    /// The step at the same feed, listing, page or cart as one of another time.
    pub fn now(&self, step: &Step) -> Option<&Step> {
        self.at(step.touchpoint).find(|now| now.place == step.place)
    }

    /// Whether the feed, listing, page or cart of a step is wrong, or may be so, as it could not be seen.
    pub fn may_be_wrong_at(&self, step: &Step) -> bool {
        self.now(step).is_some_and(|now| now.judgement.verdict != Verdict::Agrees)
    }

    /// The way with these steps in place of what was seen there.
    #[must_use]
    pub fn with(mut self, steps: Vec<Step>) -> Self {
        let others = Self { steps, ..Self::default() };
        self.steps.retain(|old| others.now(old).is_none());
        self.steps.extend(others.steps);
        self.steps.sort_by_key(|step| step.touchpoint);
        self
    }

    /// Where the truth comes out, of what is promised and not there: the break point's code, or `cart_or_later` where
    /// nobody asked the cart.
    pub fn comes_out(&self, verdict: &Verdict) -> Option<&'static str> {
        if !matches!(verdict, Verdict::FalseAvailable | Verdict::ExpiredPromise) {
            return None;
        }
        let claims = self.at(Touchpoint::Cart).filter_map(|step| step.claim.as_ref());
        let is_asked = claims.into_iter().any(|claim| claim.availability.fold() != Fold::Unknown);
        match self.break_point? {
            BreakPoint::Cart if !is_asked => Some("cart_or_later"),
            point => Some(point.code()),
        }
    }

    /// Whether more than the page was looked at, so that there is a way to be shown.
    pub fn is_more_than_a_page(&self) -> bool {
        self.steps.iter().any(|step| step.touchpoint != Touchpoint::Page)
    }
}

impl Step {
    /// The touchpoint with its name: `feed google`, `page`.
    pub fn at(&self) -> String {
        match &self.place {
            Some(place) => format!("{} {place}", self.touchpoint.code()),
            None => self.touchpoint.code().to_owned(),
        }
    }
}

/// How a touchpoint stands to the truth, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It was not looked at.
    Unseen,
    /// What it says, or what is true, could not be told.
    Unclear,
    /// It tells the truth.
    Agrees,
    /// It says the one and the other.
    Both,
    /// It says what is not true.
    Untrue,
}

impl Mark {
    /// All of them, as a legend explains them.
    pub const ALL: [Self; 5] = [Self::Agrees, Self::Untrue, Self::Both, Self::Unclear, Self::Unseen];

    /// What a verdict on a touchpoint makes of it.
    pub fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Agrees => Self::Agrees,
            Verdict::Contradictory => Self::Both,
            Verdict::Unverified(Unverified::Page(PageFailure::NoUrl)) => Self::Unseen,
            Verdict::Unverified(_) => Self::Unclear,
            Verdict::FalseAvailable | Verdict::FalseUnavailable | Verdict::ExpiredPromise | Verdict::Gone => {
                Self::Untrue
            }
        }
    }

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unseen => "unseen",
            Self::Unclear => "unclear",
            Self::Agrees => "agrees",
            Self::Both => "both",
            Self::Untrue => "untrue",
        }
    }

    /// One sign for it, told apart from the others without any colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Unseen => "·",
            Self::Unclear => "?",
            Self::Agrees => "✓",
            Self::Both => "±",
            Self::Untrue => "✗",
        }
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
