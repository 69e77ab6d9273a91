//! Which items exist and where they are promised.
//!
//! Every catalogue is a stream: nothing that grows with it is held in memory. A row that cannot be used is an
//! [`Entry::Trouble`], and the rows after it are read all the same; a [`CatalogError`] is always the last word, and
//! what came before it stands.

mod amount;
mod csv;
mod error;
pub mod feed;
mod list;
mod options;
mod sitemap;
#[cfg(test)]
mod tests;
mod thread;
mod xml;

use std::pin::Pin;

use futures::Stream;
use url::Url;

use crate::domain::Item;
use crate::fetch::Fetcher;

pub use error::CatalogError;
pub use feed::{FeedOptions, Offer};
pub use options::{Columns, CsvOptions, Options, Pages, Place, SitemapOptions};

/// One line of a catalogue.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every entry is an item; a box would only cost each an allocation"
)]
pub enum Entry {
    /// An item.
    Item(Item),
    /// An entry of a product feed: an item, and what its ad claims.
    Offer(Box<Offer>),
    /// A line that cannot be used.
    Trouble {
        /// Where it stands: a file and line, or an address.
        place: String,
        /// What is wrong with it.
        what: String,
    },
    /// A part of the catalogue that could not be read: how many items it holds is not known.
    Unread {
        /// Its address.
        place: String,
        /// What is wrong with it.
        what: String,
    },
}

impl Entry {
    /// The item of it, if it is of one.
    pub fn into_item(self) -> Option<Item> {
        match self {
            Self::Item(item) => Some(item),
            Self::Offer(offer) => Some(offer.item),
            Self::Trouble { .. } | Self::Unread { .. } => None,
        }
    }
}

/// The entries of a catalogue, as they are read.
pub type Entries<'a> = Pin<Box<dyn Stream<Item = Result<Entry, CatalogError>> + Send + 'a>>;

/// Reads the catalogue, in constant memory. `web` is asked where it is not here.
pub fn read<'a>(options: &'a Options, web: &'a Fetcher) -> Entries<'a> {
    match options {
        Options::List(items) => list::read(items),
        Options::Csv(csv) => csv::read(csv, web),
        Options::Sitemap(sitemap) => sitemap::read(sitemap, web),
        Options::Feed(feed) => feed::read(feed, web),
    }
}

/// The item of a page that was named by hand, with what the catalogue's options say of it without reading anything.
pub fn page(options: &Options, url: &Url) -> Item {
    match options {
        Options::Sitemap(sitemap) => sitemap::item(sitemap, url.clone()),
        Options::List(_) | Options::Csv(_) | Options::Feed(_) => Item { url: Some(url.clone()), ..Item::default() },
    }
}
