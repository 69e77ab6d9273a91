//! Product feeds: what shopping ads promise, and of which items.
//!
//! Merchant Center's RSS and Atom, tables of Merchant Center, Meta and Microsoft, local inventory and supplemental feeds;
//! packed or not, in any encoding. A feed is read on a thread of its own and as a stream: however large it is, one entry of
//! it is held at a time. An entry that cannot be used is trouble with its line, and never a guess.
//!
//! | file | what it does |
//! |---|---|
//! | `input.rs` | bytes → text: unpacked, decoded, capped |
//! | `markup.rs`, `rows.rs` | text → records: RSS and Atom, CSV and TSV |
//! | `field.rs`, `words.rs` | the names of fields, and what their words mean |
//! | `corrections.rs` | what supplemental feeds say, on disk |
//! | `offer.rs` | a record → an item and what its ad claims |
//! | `source.rs` | where a feed is, and whether it has changed since |

mod corrections;
mod field;
mod input;
mod markup;
mod offer;
mod options;
mod record;
mod rows;
mod source;
#[cfg(test)]
mod tests;
mod words;

use std::fs::File;
use std::io;

use corrections::{Corrections, Draft};
use futures::{StreamExt, stream};
use input::Shape;
use offer::Maker;
use record::{At, Record};

use super::thread::{Out, Reading};
use super::{CatalogError, Entries, Entry};
use crate::fetch::Fetcher;

pub use offer::{Offer, Withheld, merge};
pub use options::{FeedOptions, Format, IdRule, Kind, Names};
pub use source::{Feed, Version, fetch};

/// Entries that are handed over at once: each time costs as much as reading some of them.
const TOGETHER: usize = 64;
/// Supplemental feeds at most.
const SUPPLEMENTS: usize = 100;

type Portion = Vec<Result<Entry, CatalogError>>;

/// Why a feed is not read any further.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Halt {
    what: String,
    /// Entries before it.
    entries: u64,
}

impl Halt {
    fn new(what: String, entries: u64) -> Self {
        Self { what, entries }
    }

    fn told(self, place: &str) -> CatalogError {
        let what = match self.entries {
            0 => self.what,
            entries => format!("breaks off after {entries} entries: {}", self.what),
        };
        CatalogError::Feed { place: place.to_owned(), what }
    }
}

/// Fetches a feed and reads it.
pub(super) fn read<'a>(options: &'a FeedOptions, web: &'a Fetcher) -> Entries<'a> {
    Box::pin(stream::once(fetch(options, web, None)).flat_map(|fetched| match fetched {
        Ok(Some(feed)) => feed.entries(),
        Ok(None) => stream::empty().boxed(),
        Err(error) => stream::once(async { Err(error) }).boxed(),
    }))
}

impl Feed {
    /// Its entries. What comes after the last good one is an error, and what came before stands.
    pub fn entries(self) -> Entries<'static> {
        let reading = Reading::start(move |out| Hand::new(out).all_of(&self));
        let portions = stream::unfold(reading, async |mut reading| {
            let portion = reading.next().await?.unwrap_or_else(|error| vec![Err(error)]);
            Some((stream::iter(portion), reading))
        });
        Box::pin(portions.flatten())
    }
}

/// Hands entries over, some at a time.
struct Hand<'o> {
    out: &'o Out<Portion>,
    portion: Portion,
    /// Entries with an id.
    named: u64,
    /// An entry of local inventory that the next one may add a store to.
    pending: Option<Offer>,
}

impl<'o> Hand<'o> {
    fn new(out: &'o Out<Portion>) -> Self {
        Self { out, portion: Vec::with_capacity(TOGETHER), named: 0, pending: None }
    }

    fn all_of(mut self, feed: &Feed) {
        let ended = self.read(feed);
        self.flush_pending();
        if let Err(error) = ended {
            self.give(Err(error));
        } else if self.named == 0 {
            let what = "there is no entry with an id in it".to_owned();
            self.give(Err(CatalogError::Empty { place: feed.place().to_owned(), what }));
        }
        let rest = std::mem::take(&mut self.portion);
        self.out.send(rest);
    }

    fn read(&mut self, feed: &Feed) -> Result<(), CatalogError> {
        let options = &feed.options;
        let place = feed.place();
        let mut corrections = corrections(feed)?;
        let mut maker =
            Maker { options, place, address: feed.address(), seen_at: feed.seen_at, written: feed.written_at() };
        let input = open(feed, 0)?;
        let mut broken: Option<io::Error> = None;
        let mut take = |maker: &Maker<'_>, record: &mut Record, unusable: Option<String>| {
            if let Some(what) = unusable {
                return self.give(trouble(place, record.at, what));
            }
            if let Err(error) = corrections.apply(record) {
                broken = Some(error);
                return false;
            }
            self.offer(maker, record, place)
        };
        let ended = match input.shape {
            Shape::Markup => {
                let written = std::cell::Cell::new(maker.written);
                let told = std::cell::Cell::new(false);
                markup::read(
                    input,
                    |at| {
                        // The newest of the dates that a feed gives itself.
                        let newest = if told.get() { written.get().max(Some(at)) } else { Some(at) };
                        written.set(newest);
                        told.set(true);
                    },
                    |record| {
                        maker.written = written.get();
                        take(&maker, record, None)
                    },
                )
            }
            Shape::Table => rows::read(input, options.format, |record, unusable| take(&maker, record, unusable)),
        };
        if let Some(error) = broken {
            return Err(unwritable(&error));
        }
        ended.map_err(|halt| halt.told(place))
    }

    fn offer(&mut self, maker: &Maker<'_>, record: &Record, place: &str) -> bool {
        let offer = match maker.offer(record) {
            Ok(offer) => offer,
            Err(what) => return self.give(trouble(place, record.at, what)),
        };
        self.named += 1;
        if maker.options.kind == Kind::Products {
            return self.give(Ok(Entry::Offer(Box::new(offer))));
        }
        match &mut self.pending {
            Some(pending) if pending.id == offer.id => {
                pending.absorb(offer);
                true
            }
            _ => {
                let goes_on = self.flush_pending();
                self.pending = Some(offer);
                goes_on
            }
        }
    }

    fn flush_pending(&mut self) -> bool {
        match self.pending.take() {
            Some(offer) => self.give(Ok(Entry::Offer(Box::new(offer)))),
            None => true,
        }
    }

    /// `false` once nobody listens any more.
    fn give(&mut self, entry: Result<Entry, CatalogError>) -> bool {
        self.portion.push(entry);
        self.portion.len() < TOGETHER
            || self.out.send(std::mem::replace(&mut self.portion, Vec::with_capacity(TOGETHER)))
    }
}

/// Reads the supplemental feeds. A feed without one of them would say what its shop has taken back, so it is not read
/// where one of them cannot be.
fn corrections(feed: &Feed) -> Result<Corrections, CatalogError> {
    let mut draft = Draft::new().map_err(|error| unwritable(&error))?;
    for number in 1..feed.documents() {
        let supplement = u16::try_from(number).unwrap_or(u16::MAX);
        let place = feed.place_of(number);
        let input = open(feed, number)?;
        let mut broken = None;
        let mut put = |record: &mut Record| match draft.put(record, supplement) {
            Ok(()) => true,
            Err(error) => {
                broken = Some(error);
                false
            }
        };
        let ended = match input.shape {
            Shape::Markup => markup::read(input, |_| {}, &mut put),
            Shape::Table => rows::read(input, None, |record, unusable| unusable.is_some() || put(record)),
        };
        if let Some(error) = broken {
            return Err(unwritable(&error));
        }
        ended.map_err(|halt| halt.told(place))?;
    }
    draft.finish().map_err(|error| unwritable(&error))
}

fn open(feed: &Feed, number: usize) -> Result<input::Input, CatalogError> {
    let wrong = |what: String| CatalogError::Feed { place: feed.place_of(number).to_owned(), what };
    let file: File = feed.file(number).map_err(|error| wrong(format!("cannot be opened: {error}")))?;
    // A supplemental feed is rarely written as its feed is.
    let stated = feed.options.format.filter(|_| number == 0);
    let encoding = feed.options.encoding.as_deref().filter(|_| number == 0);
    input::open(file, stated, encoding, feed.options.max_size).map_err(wrong)
}

fn trouble(place: &str, at: At, what: String) -> Result<Entry, CatalogError> {
    Ok(Entry::Trouble { place: format!("{place}, {at}"), what })
}

fn unwritable(error: &io::Error) -> CatalogError {
    CatalogError::Reader(format!("a temporary file cannot be used: {error}; see that TMPDIR has room"))
}
