//! One entry of a feed → the item it is of, and what the ad claims of it.

use jiff::Timestamp;
use url::Url;

use super::super::{amount, error::page_at};
use super::field::Field;
use super::options::{FeedOptions, Kind, Names};
use super::record::{Record, Unit};
use super::words;
use crate::domain::{
    Availability, CacheEvidence, Claim, Confidence, Fold, Item, Signal, SignalKind, Touchpoint, Unknown,
};

/// Longest id in characters; Merchant Center allows 50.
const LONGEST_ID: usize = 500;
/// Longest name, brand or category that is kept, in characters.
const LONGEST_PROSE: usize = 300;
/// Longest excerpt of a signal, in characters.
const LONGEST_EXCERPT: usize = 200;
/// Signals of a claim at most: one for each store.
const SIGNALS: usize = 20;

/// One entry of a feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Its id as the feed writes it.
    pub id: String,
    /// The item, as far as the feed knows it; its page is the one that the ad leads to.
    pub item: Item,
    /// What the ad claims. `None`: it is not shown, or what it says could not be read.
    pub claim: Option<Claim>,
    /// Why it is not shown, if it is not.
    pub withheld: Option<Withheld>,
    /// Where the ad leads on a phone, if that is another address.
    pub mobile_link: Option<Url>,
    /// The group of variants it belongs to.
    pub group: Option<String>,
    /// What in it could not be read, each with its place.
    pub troubles: Vec<String>,
}

/// Why an ad is not shown, so that it promises nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// It is paused or archived.
    Paused,
    /// Its `expiration_date` has passed.
    Expired,
}

impl Offer {
    /// Takes what another store says of the same item: it can be had where any store has it.
    pub(super) fn absorb(&mut self, other: Self) {
        self.troubles.extend(other.troubles);
        match (&mut self.claim, other.claim) {
            (Some(own), Some(other)) => merge(own, other),
            (own @ None, Some(other)) => *own = Some(other),
            (_, None) => {}
        }
    }
}

/// Adds what a claim says of other stores to what one says of some: the item can be had where any store has it.
pub fn merge(own: &mut Claim, other: Claim) {
    let weight = |claim: &Claim| match claim.availability.fold() {
        Fold::Buyable => 2,
        Fold::NotBuyable => 1,
        Fold::Unknown => 0,
    };
    let quantity = match (own.quantity, other.quantity) {
        (Some(one), Some(more)) => one.checked_add(more),
        (one, more) => one.or(more),
    };
    let is_better = weight(&other) > weight(own);
    let (mut best, rest) =
        if is_better { (other, std::mem::take(&mut own.signals)) } else { (own.clone(), other.signals) };
    best.signals.extend(rest);
    best.signals.truncate(SIGNALS);
    best.quantity = quantity;
    *own = best;
}

/// What all entries of a reading have in common.
pub(super) struct Maker<'a> {
    pub(super) options: &'a FeedOptions,
    /// The feed's file or address, for people.
    pub(super) place: &'a str,
    /// The feed's own address, for entries that name none.
    pub(super) address: Url,
    /// When the feed was fetched.
    pub(super) seen_at: Timestamp,
    /// When it was written, if that is known.
    pub(super) written: Option<Timestamp>,
}

impl Maker<'_> {
    /// Reads an entry. What is wrong with single fields is told in the offer; an entry without a usable id is an error.
    pub(super) fn offer(&self, record: &Record) -> Result<Offer, String> {
        let text = |field: Field| record.get(field).map(str::to_owned);
        let id = usable_id(record.get(Field::Id))?.to_owned();
        let mut item = self.named(&id, record)?;
        let mut troubles = Vec::new();
        let mut tell = |field: Field, what: String| {
            troubles.push(format!("{}, {}: {id}: {what}", self.place, record.place(field)))
        };
        let mut address = |field: Field| {
            let link = record.get(field)?;
            address(&self.options.base, link).map_err(|what| tell(field, format!("{}: {what}", field.name()))).ok()
        };
        item.url = address(Field::Link);
        let mobile_link = address(Field::MobileLink).filter(|url| item.url.as_ref() != Some(url));
        item.gtin = item.gtin.or_else(|| text(Field::Gtin));
        item.name = prose(record, Field::Title);
        item.brand = prose(record, Field::Brand);
        item.category = prose(record, Field::Category);
        item.price = record.get(Field::SalePrice).or(record.get(Field::Price)).and_then(amount::read);
        let withheld = self.withheld(record, &mut tell);
        let claim = match withheld {
            None => self.claim(&id, item.url.as_ref(), record, &mut tell),
            Some(_) => None,
        };
        Ok(Offer { group: text(Field::Group), id: id.clone(), item, claim, withheld, mobile_link, troubles })
    }

    /// The item that an entry is of, by the rule for its ids.
    fn named(&self, id: &str, record: &Record) -> Result<Item, String> {
        let rule = &self.options.id;
        let whole = match rule.is {
            Names::Mpn => {
                usable_id(record.get(Field::Mpn)).map_err(|_| format!("{id}: it has no mpn, which names its SKU"))?
            }
            Names::Sku | Names::StockKey | Names::Gtin => id,
        };
        let key = match &rule.pattern {
            None => whole,
            Some(pattern) => pattern
                .captures(whole)
                .and_then(|found| found.name("sku").or_else(|| found.get(1)))
                .map(|part| part.as_str().trim())
                .filter(|key| !key.is_empty())
                .ok_or_else(|| format!("{}: `id.pattern` does not fit it", short(whole)))?,
        };
        let key = Some(key.to_owned());
        Ok(match rule.is {
            Names::Sku | Names::Mpn => Item { sku: key, ..Item::default() },
            Names::StockKey => Item { stock_key: key, ..Item::default() },
            Names::Gtin => Item { gtin: key, ..Item::default() },
        })
    }

    fn withheld(&self, record: &Record, tell: &mut dyn FnMut(Field, String)) -> Option<Withheld> {
        let is_paused =
            record.get(Field::Pause).is_some_and(words::pauses) || record.get(Field::Status).is_some_and(words::hides);
        let expires = record.get(Field::ExpirationDate).and_then(|text| {
            let date = words::date(text);
            if date.is_none() {
                tell(Field::ExpirationDate, format!("expiration_date: `{}` is no date (ISO 8601)", short(text)));
            }
            date
        });
        match (is_paused, expires) {
            (true, _) => Some(Withheld::Paused),
            (false, Some(date)) if date <= self.seen_at => Some(Withheld::Expired),
            (false, _) => None,
        }
    }

    fn claim(
        &self,
        id: &str,
        link: Option<&Url>,
        record: &Record,
        tell: &mut dyn FnMut(Field, String),
    ) -> Option<Claim> {
        let quantity = record.get(Field::Quantity).and_then(|text| text.parse().ok().or_else(|| amount::read(text)));
        let said = match record.get(Field::Availability) {
            Some(text) => match words::availability(text) {
                Some(says) => Some((Field::Availability, says, text)),
                None => {
                    tell(Field::Availability, format!("`{}` is no availability that is known", short(text)));
                    return None;
                }
            },
            // A count says it as well.
            None => quantity.zip(record.get(Field::Quantity)).map(|(left, text)| {
                let says = if left > 0.into() { Availability::InStock } else { Availability::OutOfStock };
                (Field::Quantity, says, text)
            }),
        };
        let promises_later = said.is_some_and(|(_, says, _)| {
            matches!(says, Availability::PreOrder | Availability::PreSale | Availability::BackOrder)
        });
        let date = record.get(Field::AvailabilityDate).filter(|_| promises_later).and_then(|text| {
            let date = words::date(text);
            if date.is_none() {
                tell(Field::AvailabilityDate, format!("availability_date: `{}` is no date (ISO 8601)", short(text)));
            }
            date
        });
        let signal = said.map(|(field, says, text)| Signal {
            sku: Some(id.to_owned()),
            also: [record.get(Field::Gtin), record.get(Field::Mpn)].into_iter().flatten().map(short).collect(),
            quantity,
            date,
            ..Signal::new(SignalKind::Feed, says, self.place(record, field), excerpt(text, record, date.is_some()))
        });
        Some(Claim {
            touchpoint: Touchpoint::Feed,
            url: link.unwrap_or(&self.address).clone(),
            availability: said.map_or(Availability::Unknown(Unknown::NoClaim), |(_, says, _)| says),
            quantity,
            date,
            confidence: Confidence::Medium,
            contradicts: false,
            signals: signal.into_iter().collect(),
            cache: self.age(),
            seen_at: self.seen_at,
        })
    }

    /// Where a signal stands, and of which store it is.
    fn place(&self, record: &Record, field: Field) -> String {
        let at = record.place(field);
        let prefix = if at.unit == Unit::Item { "g:" } else { "" };
        match record.get(Field::Store).filter(|_| self.options.kind == Kind::Local) {
            Some(store) => format!("{at}, store {}, {prefix}{}", short(store), field.name()),
            None => format!("{at}, {prefix}{}", field.name()),
        }
    }

    /// How old the feed was when it was fetched.
    fn age(&self) -> Option<CacheEvidence> {
        let written = self.written?;
        let age = self.seen_at.duration_since(written).as_secs();
        Some(CacheEvidence { age: u64::try_from(age).ok(), status: Some(format!("feed of {written}")) })
    }
}

fn usable_id(id: Option<&str>) -> Result<&str, String> {
    let id = id.ok_or("it has no id")?;
    if id.chars().count() > LONGEST_ID {
        return Err(format!("its id has more than {LONGEST_ID} characters"));
    }
    match id.contains('\u{fffd}') {
        true => Err(format!("its id `{}` is not in the feed's encoding", short(id))),
        false => Ok(id),
    }
}

fn address(base: &Url, link: &str) -> Result<Url, String> {
    if link.contains('\u{fffd}') {
        return Err(format!("`{}` is not in the feed's encoding", short(link)));
    }
    page_at(base, link)
}

fn prose(record: &Record, field: Field) -> Option<String> {
    record.get(field).map(|text| match text.char_indices().nth(LONGEST_PROSE) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    })
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

/// The words themselves.
fn excerpt(text: &str, record: &Record, dated: bool) -> String {
    let date = record.get(Field::AvailabilityDate).filter(|_| dated);
    let whole = match date {
        Some(date) => format!("{text}, availability_date {date}"),
        None => text.to_owned(),
    };
    whole.chars().take(LONGEST_EXCERPT).collect()
}
