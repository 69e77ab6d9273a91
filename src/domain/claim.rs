//! Signals, and the claim that follows from them.

use std::borrow::Cow;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Availability, opens_by_key, shown};

/// A place where a customer meets a promise. In this order they are the customer's journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touchpoint {
    /// Shopping ads.
    Feed,
    /// Category and search pages.
    Listing,
    /// The product page.
    Page,
    /// Adding to the cart.
    Cart,
}

impl Touchpoint {
    /// All of them, in the order of the journey.
    pub const ALL: [Self; 4] = [Self::Feed, Self::Listing, Self::Page, Self::Cart];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Listing => "listing",
            Self::Page => "page",
            Self::Cart => "cart",
        }
    }
}

/// The kinds of evidence, one file each in `claims`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// A CSS selector of the user's configuration.
    Selector,
    /// The buy button or its absence.
    Button,
    /// Visible text about availability.
    Text,
    /// What the platform's own scripts are told of the product: variants, stock, whether they can be bought.
    State,
    /// A schema.org offer in JSON-LD.
    JsonLd,
    /// A schema.org offer in microdata.
    Microdata,
    /// `product:availability` and its relatives in `<meta>`.
    OpenGraph,
    /// A card of a listing that shows the item without a word on its availability.
    Card,
    /// A field of a product feed.
    Feed,
    /// What the shop answers to adding it to the cart.
    Cart,
}

impl SignalKind {
    /// All kinds, in the order in which people read them.
    pub const ALL: [Self; 10] = [
        Self::Selector,
        Self::Button,
        Self::Text,
        Self::State,
        Self::JsonLd,
        Self::Microdata,
        Self::OpenGraph,
        Self::Card,
        Self::Feed,
        Self::Cart,
    ];

    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Selector => "selector",
            Self::Button => "button",
            Self::Text => "text",
            Self::State => "state",
            Self::JsonLd => "json_ld",
            Self::Microdata => "microdata",
            Self::OpenGraph => "open_graph",
            Self::Card => "card",
            Self::Feed => "feed",
            Self::Cart => "cart",
        }
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// What kind of evidence.
    pub kind: SignalKind,
    /// What it says. Never `Unknown`: a signal that says nothing is not a signal.
    pub says: Availability,
    /// Where on the page: a JSON path in a numbered block, or a short CSS path.
    pub place: String,
    /// The words themselves, at most 200 characters.
    pub excerpt: String,
    /// The SKU (or GTIN, where no SKU is given) it speaks of, if it names one.
    pub sku: Option<String>,
    /// What else that item is called here, if anything: GTIN, MPN, the platform's own number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The quantity it states, if any.
    pub quantity: Option<Decimal>,
    /// The date it promises (`availabilityStarts`, `availability_date`), if any.
    pub date: Option<Timestamp>,
}

impl Signal {
    /// In place of words: an item is shown, and nothing says that it is sold out.
    pub const WORDLESS: &str = "shown without a word that it is sold out";
    /// In place of words: what a cart did without any.
    pub const CART: [&str; 4] = ["refused", "the cart stayed empty", "not available", "taken into the cart"];

    /// Whether an item is merely shown.
    pub fn is_wordless(&self) -> bool {
        self.kind == SignalKind::Card && self.excerpt == Self::WORDLESS
    }

    /// The shop's own words, where there are any.
    pub fn quote(&self) -> Option<&str> {
        let is_ours =
            self.is_wordless() || (self.kind == SignalKind::Cart && Self::CART.contains(&self.excerpt.as_str()));
        Some(self.excerpt.as_str()).filter(|_| !is_ours)
    }

    /// Evidence that names no item, no quantity and no date.
    pub fn new(kind: SignalKind, says: Availability, place: String, excerpt: String) -> Self {
        Self { kind, says, place, excerpt, sku: None, also: Vec::new(), quantity: None, date: None }
    }
}

/// How far a claim may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One weak signal, such as a button alone.
    Low,
    /// One good signal, or several weak ones that agree.
    Medium,
    /// Independent signals agree, or the user's own selector spoke.
    High,
}

/// What caches on the way said of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheEvidence {
    /// `Age` in seconds (RFC 9111 section 5.1).
    pub age: Option<u64>,
    /// `X-Cache`, `CF-Cache-Status`, `Cache-Status` (RFC 9211) or a relative, as sent: `X-Cache: HIT`.
    pub status: Option<String>,
}

/// What the page says of its own product, beside availability.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFacts {
    /// SKUs, and GTINs and MPNs after them, that the page names for its own product, best first.
    pub skus: Vec<String>,
    /// Product name.
    pub name: Option<String>,
    /// Brand.
    pub brand: Option<String>,
    /// Category.
    pub category: Option<String>,
    /// Picture.
    pub image: Option<Url>,
    /// `<link rel=canonical>`.
    pub canonical: Option<Url>,
    /// `<html lang>`.
    pub language: Option<String>,
}

/// One of the items that a page offers to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// SKU first, then GTIN, MPN and the platform's own number; never empty.
    pub keys: Vec<String>,
    /// The options that make it: `Blue / L`.
    pub name: Option<String>,
    /// Whether it is the one that is chosen when the page opens. `None` if the page does not tell.
    pub selected: Option<bool>,
}

/// All that was read from one page: which product it is about, and every signal found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// If the page is no product page at all (challenge, consent wall, …), what it is.
    pub obstacle: Option<super::Unknown>,
    /// The page's own product.
    pub product: ProductFacts,
    /// The items to choose from, in document order; empty where the page offers one.
    pub variants: Vec<Variant>,
    /// Signals in document order.
    pub signals: Vec<Signal>,
}

/// What one touchpoint says of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Where it was said.
    pub touchpoint: Touchpoint,
    /// The address that answered.
    pub url: Url,
    /// What it amounts to.
    pub availability: Availability,
    /// The quantity stated, if any.
    pub quantity: Option<Decimal>,
    /// The date promised, if any.
    pub date: Option<Timestamp>,
    /// How far it may be believed.
    pub confidence: Confidence,
    /// Whether signals of this touchpoint contradict each other on whether the item can be bought.
    pub contradicts: bool,
    /// The signals that speak of this item, the deciding one first.
    pub signals: Vec<Signal>,
    /// What caches on the way said.
    pub cache: Option<CacheEvidence>,
    /// When it was seen.
    pub seen_at: Timestamp,
}

impl Claim {
    /// The address that answered, fit to be told: a listing that opens by a key is told as [`shown`].
    pub fn told_url(&self) -> Cow<'_, str> {
        if self.touchpoint == Touchpoint::Listing && opens_by_key(&self.url) {
            return Cow::Owned(shown(&self.url).into());
        }
        Cow::Borrowed(self.url.as_str())
    }
}
