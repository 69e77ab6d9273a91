//! What a page said, as small as it can be judged by again: there is one for every item of a catalogue.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{Availability, Claim, Confidence, Signal, SignalKind, Touchpoint};

/// Most characters of the evidence that are kept. A page that turns out to be wrong is looked at again, with all of it.
const QUOTED: usize = 80;

/// What a page said of an item, and what it told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownClaim {
    /// What it said, with the deciding signal only. When it was seen is for who uses it to say.
    pub claim: Claim,
    /// What the page told that the catalogue did not know.
    pub described: Described,
}

/// What a page told of an item that the catalogue did not know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// The SKU.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The trade item number.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// The name.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The brand.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The category.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The picture.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Url>,
}

impl Described {
    /// Whether it told nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// As it lies in the database.
#[derive(Serialize, Deserialize)]
pub(super) struct Slim {
    #[serde(rename = "a")]
    availability: Availability,
    #[serde(rename = "c")]
    confidence: Confidence,
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    contradicts: bool,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    quantity: Option<Decimal>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
    /// The address that answered.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    url: Option<Url>,
    /// The deciding signal: kind, place, words. It says what the claim says.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    signal: Option<(SignalKind, String, String)>,
}

impl Slim {
    /// What is left of a claim; where the page itself answered, its address need not be said.
    pub(super) fn of(claim: &Claim, page: Option<&Url>) -> Self {
        let short = |text: &str| text.chars().take(QUOTED).collect();
        let signal = claim.signals.first();
        Self {
            availability: claim.availability,
            confidence: claim.confidence,
            contradicts: claim.contradicts,
            quantity: claim.quantity,
            date: claim.date,
            url: Some(&claim.url).filter(|url| Some(*url) != page).cloned(),
            signal: signal.map(|signal| (signal.kind, short(&signal.place), short(&signal.excerpt))),
        }
    }

    /// The claim, of a page at this address unless it says another one.
    pub(super) fn whole(self, page: &Url) -> Claim {
        let says = self.availability;
        Claim {
            touchpoint: Touchpoint::Page,
            url: self.url.unwrap_or_else(|| page.clone()),
            availability: says,
            quantity: self.quantity,
            date: self.date,
            confidence: self.confidence,
            contradicts: self.contradicts,
            signals: self
                .signal
                .into_iter()
                .map(|(kind, place, words)| Signal::new(kind, says, place, words))
                .collect(),
            cache: None,
            seen_at: Timestamp::UNIX_EPOCH,
        }
    }
}
