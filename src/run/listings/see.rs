//! A page of a listing: fetched, and read.

use std::sync::Arc;

use futures::StreamExt;
use url::Url;

use super::super::Listing;
use crate::catalog::{self, Entry, Pages};
use crate::claims::{self, ListingRules, Reader};
use crate::domain::{Elsewhere, Item, Page, PageFailure, Unknown};
use crate::fetch::{Fetcher, Mode, shown, without_query};

/// What the first page of a listing shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstPage {
    /// Its address, as far as it may be shown.
    pub url: Url,
    /// What is surely a product.
    pub products: usize,
    /// Everything that may be one: a plain link is known for a product by the item that it leads to.
    pub shown: usize,
}

/// Looks at the first page of a listing, to see whether it can be read.
///
/// # Errors
/// What stands in the way, in words, and what to do.
pub async fn try_listing(listing: &Listing, web: &Fetcher, reader: &Arc<Reader>) -> Result<FirstPage, String> {
    let rules = Arc::new(ListingRules::new(&listing.options).map_err(|error| error.to_string())?);
    let first = match &listing.at {
        Pages::Named(urls) => urls.first().cloned(),
        Pages::Sitemap(sitemap) => {
            let options = catalog::Options::Sitemap(sitemap.clone());
            let mut entries = catalog::read(&options, web);
            loop {
                match entries.next().await.transpose().map_err(|error| error.advised())? {
                    Some(Entry::Item(Item { url: Some(url), .. })) => break Some(url),
                    Some(_) => {}
                    None => break None,
                }
            }
        }
    };
    let url = first.ok_or("it names no page; see whether its `include` fits the addresses of the sitemap")?;
    let blind = |blind: Box<(Url, Blind)>| format!("{}: {}", shown(&blind.0), blind.1);
    let (page, read) = see(url, web, reader, &rules).await.map_err(blind)?;
    let url = shown(&page.url);
    if read.shown.is_empty() {
        return Err(format!("{url}: {}", shows_nothing(listing)));
    }
    let products = read.shown.iter().filter(|one| one.is_product).count();
    Ok(FirstPage { url, products, shown: read.shown.len() })
}

pub(super) fn shows_nothing(listing: &Listing) -> &'static str {
    match listing.options.card {
        Some(_) => "no product was found on it; see whether `card` still fits its cards",
        None => "no product was found on it; `card` can say what one is",
    }
}

/// A page of a listing and what it shows; or its address, and why it is of no use.
pub(super) type Seen = Result<(Page, claims::Listing), Box<(Url, Blind)>>;

/// Fetches a page of a listing and reads it.
pub(super) async fn see(url: Url, web: &Fetcher, reader: &Arc<Reader>, rules: &Arc<ListingRules>) -> Seen {
    let failed = |failure| Err(Box::new((url.clone(), Blind::Failure(failure))));
    let page = match web.page(&url, Mode::Normal).await {
        Ok(page) => page,
        Err(failure) => return failed(without_query(failure)),
    };
    if !(200..300).contains(&page.status) {
        return failed(PageFailure::Status { status: page.status });
    }
    if let Some(elsewhere) = Elsewhere::of(&page.requested, &page.url).filter(|_| !page.hops.is_empty()) {
        return failed(PageFailure::Elsewhere { what: elsewhere.words().to_owned(), to: page.url });
    }
    let (reader, rules) = (Arc::clone(reader), Arc::clone(rules));
    // Reading is work for the processor, not for the thread that keeps the connections going.
    let read = tokio::task::spawn_blocking(move || {
        let read = reader.listing(&page, &rules);
        (Page { html: String::new(), ..page }, read)
    });
    match read.await {
        Ok((page, claims::Listing { obstacle: Some(wall), .. })) => {
            Err(Box::new((url, Blind::Wall(Box::new(page), wall))))
        }
        Ok(read) => Ok(read),
        Err(error) => failed(PageFailure::Connection { why: format!("reading the page failed: {error}") }),
    }
}

/// Why nothing can be said of a page of a listing.
pub(super) enum Blind {
    /// It did not come.
    Failure(PageFailure),
    /// Something else came.
    Wall(Box<Page>, Unknown),
}

impl std::fmt::Display for Blind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failure(failure @ PageFailure::Status { status: 404 | 410 }) => {
                write!(f, "{failure}; check the `url` of the listing")
            }
            Self::Failure(failure) => failure.fmt(f),
            Self::Wall(_, wall) => write!(f, "no listing came, but something that stands in the way ({})", wall.code()),
        }
    }
}
