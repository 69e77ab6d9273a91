//! What structured data says of one product, in the shape that JSON-LD and microdata have in common; and which of the
//! products on a page is the page's own.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::address;
use super::key;
use super::phrases::Normal;
use super::sheet::link_key;
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

/// What is known of the page before its structured data is read.
pub(super) struct Subject<'p> {
    /// The page's own paths (requested, final, canonical), as [`link_key`] gives them.
    pub(super) paths: Vec<&'p str>,
    /// Heading, `og:title`, `<title>`.
    pub(super) names: Vec<String>,
}

/// The products that are the page's own. One product is taken at its word unless the page is plainly another's; of
/// several, those that share address, name or SKU with the page or with each other. None is better than the wrong one.
pub(super) fn own<'d>(all: &'d [Described], subject: &Subject<'_>) -> Vec<&'d Described> {
    let best = all.iter().map(|one| closeness(one, subject)).max().unwrap_or(0);
    if best == 0 {
        // Nothing ties any of them to the page. Descriptions of one and the same thing may still be the page's.
        let same = all.iter().all(|one| same_thing(one, &all[0]));
        return if same { all.iter().collect() } else { Vec::new() };
    }
    let Some(anchor) = all.iter().find(|one| closeness(one, subject) == best) else { return Vec::new() };
    all.iter().filter(|one| closeness(one, subject) == best || same_thing(one, anchor)).collect()
}

/// How much ties a product to its page: 3 address or `mainEntity`, 2 the whole name, 1 part of the name or a SKU in
/// the address.
fn closeness(one: &Described, subject: &Subject<'_>) -> u8 {
    let path = one.url.as_deref().and_then(link_key);
    if one.main || path.is_some_and(|path| subject.paths.iter().any(|own| address::same_path(own, path))) {
        return 3;
    }
    let name = one.name.as_deref().map(|name| Normal::of(name).text).filter(|name| name.len() > 2);
    if let Some(name) = &name {
        if subject.names.contains(name) {
            return 2;
        }
        if subject
            .names
            .iter()
            .any(|own| own.len() > 4 && (own.starts_with(name.as_str()) || name.starts_with(own.as_str())))
        {
            return 1;
        }
    }
    let in_path = |key: &String| key.len() > 3 && subject.paths.iter().any(|path| address::names(path, key));
    u8::from(one.keys().any(in_path))
}

fn same_thing(one: &Described, other: &Described) -> bool {
    std::ptr::eq(one, other)
        || (one.name.is_some() && one.name == other.name)
        || one.keys().any(|one| other.keys().any(|other| key::same(one, other)))
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
