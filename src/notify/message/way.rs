//! The customer's way to a product, and why it is wrong.

use jiff::Timestamp;
use serde::Serialize;

/// The customer's way to a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Feed, listing, page and cart, in that order.
    pub stations: Vec<Station>,
    /// Where the truth comes out, as a sentence, of what is promised and not there.
    pub comes_out: Option<String>,
    /// The same as a code: `feed`, `listing`, `page`, `cart`, `cart_or_later` or `after_paying`.
    pub break_point: Option<String>,
    /// Listings that are wrong beside what decides, with their addresses.
    pub also: Vec<Spot>,
    /// Each feed, listing, page and cart by itself.
    pub stops: Vec<Stop>,
}

/// A listing that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
}

/// One kind of touchpoint on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Station {
    /// `feed`, `listing`, `page` or `cart`.
    pub code: String,
    /// Its name.
    pub label: String,
    /// One sign for how it stands to the truth.
    pub sign: String,
    /// The same as a code: `agrees`, `untrue`, `both`, `unclear` or `unseen`.
    pub state: String,
    /// The same in words.
    pub meaning: String,
    /// The feeds or listings that are wrong, by name.
    pub places: Vec<String>,
}

/// One feed, listing, page or cart on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// `feed`, `listing`, `page` or `cart`.
    pub code: String,
    /// The name of the feed or listing.
    pub place: Option<String>,
    /// What it says, if it could be seen.
    pub says: Option<String>,
    /// What comes of holding that against the stock, as a code.
    pub verdict: String,
    /// The address that answered.
    pub url: Option<String>,
    /// When it was seen.
    pub seen_at: Option<Timestamp>,
}

/// Why it is wrong, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Code of the cause.
    pub code: String,
    /// What all that is wrong for this one reason shares.
    pub at: String,
    /// What speaks for it, in English.
    pub evidence: String,
}

/// A cause that several incidents of a shop share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// Code of the cause.
    pub code: String,
    /// What they share, in machine words: `listing Purim campaign`.
    pub at: String,
    /// The shop.
    pub shop: String,
    /// How many there are in this message, shown or not.
    pub incidents: usize,
    /// What speaks for it, in English.
    pub evidence: String,
    /// All of it as one sentence.
    pub text: String,
}

impl Way {
    /// The stations in one line: `Shopping ad ✓, Listing ✗ (Purim campaign), Product page ✓, Cart ·`.
    pub fn text(&self, comma: &str) -> String {
        let station = |one: &Station| {
            let places = if one.places.is_empty() { String::new() } else { format!(" ({})", one.places.join(", ")) };
            format!("{} {}{places}", one.label, one.sign)
        };
        self.stations.iter().map(station).collect::<Vec<_>>().join(comma)
    }
}
