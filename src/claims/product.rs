//! What data says of one product, in the shape that state, JSON-LD and microdata have in common.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::domain::{Availability, Signal, SignalKind};

/// An offer, or a variant's offer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offer {
    /// What it says.
    pub(super) says: Availability,
    /// The words that say it.
    pub(super) excerpt: String,
    /// What the item on offer is called: SKU, else that of its variant, else of its product; then GTIN, MPN, and the
    /// platform's own number. Empty where nothing names it.
    pub(super) keys: Vec<String>,
    /// The options that make the variant: `Blue / L`.
    pub(super) name: Option<String>,
    /// Whether it is the variant that is chosen when the page opens, where the page tells.
    pub(super) selected: Option<bool>,
    /// `availabilityStarts`, else the release date.
    pub(super) starts: Option<Timestamp>,
    /// `inventoryLevel`, or the platform's own count.
    pub(super) quantity: Option<Decimal>,
    /// Where it stands.
    pub(super) place: String,
    /// The page of this item alone, if it has one.
    pub(super) url: Option<String>,
}

impl Offer {
    /// An offer that says something.
    pub(super) fn new(says: Availability, excerpt: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            says,
            excerpt: excerpt.into(),
            keys: Vec::new(),
            name: None,
            selected: None,
            starts: None,
            quantity: None,
            place: place.into(),
            url: None,
        }
    }

    /// An offer whose availability is written in a vocabulary. What is outside of it is no claim: `None`.
    pub(super) fn written(availability: &str, place: impl Into<String>) -> Option<Self> {
        Some(Self::new(Availability::parse(availability)?, super::sheet::excerpt(availability), place))
    }

    /// Takes the count as well: no promise where the same offer counts none.
    pub(super) fn counting(mut self, quantity: Option<Decimal>) -> Self {
        use Availability::{InStock, LimitedAvailability, OnlineOnly, OutOfStock};
        self.quantity = quantity;
        let none_left = quantity.is_some_and(|quantity| quantity <= Decimal::ZERO);
        if none_left && matches!(self.says, InStock | LimitedAvailability | OnlineOnly) {
            self.says = OutOfStock;
        }
        self
    }
}

/// One product as structured data describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Described {
    /// Index of the element it stands in.
    pub(super) at: usize,
    /// Its own SKU, `productID`, or the group's.
    pub(super) skus: Vec<String>,
    /// GTINs and MPNs.
    pub(super) numbers: Vec<String>,
    /// SKUs of its variants and offers.
    pub(super) variant_skus: Vec<String>,
    /// Name.
    pub(super) name: Option<String>,
    /// Brand.
    pub(super) brand: Option<String>,
    /// Category.
    pub(super) category: Option<String>,
    /// Picture.
    pub(super) image: Option<String>,
    /// Address.
    pub(super) url: Option<String>,
    /// The last part of its address, where that is all that is told.
    pub(super) slug: Option<String>,
    /// Whether the page says that this is what it is about (`mainEntity`).
    pub(super) main: bool,
    /// Its offers.
    pub(super) offers: Vec<Offer>,
}

impl Described {
    /// Every SKU and number, its own before its variants'.
    pub(super) fn keys(&self) -> impl Iterator<Item = &String> {
        let offered = self.offers.iter().flat_map(|offer| &offer.keys);
        self.skus.iter().chain(&self.variant_skus).chain(&self.numbers).chain(offered)
    }

    /// The offers as signals.
    pub(super) fn signals(&self, kind: SignalKind) -> impl Iterator<Item = Signal> + '_ {
        self.offers.iter().map(move |offer| Signal {
            kind,
            says: offer.says,
            place: offer.place.clone(),
            excerpt: offer.excerpt.clone(),
            sku: offer.keys.first().cloned(),
            also: offer.keys.iter().skip(1).cloned().collect(),
            quantity: offer.quantity,
            date: offer.starts,
        })
    }
}

/// The platform's own number of a variant, in an address such as `/p/shirt?variant=417`.
pub(super) fn variant_number(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let pair = query.split(['&', '#', ';']).find_map(|pair| pair.strip_prefix("variant="))?;
    (!pair.is_empty() && pair.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| pair.to_owned())
}

/// A date as structured data writes it: RFC 3339, or a date with or without a time; without a zone it is UTC.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
