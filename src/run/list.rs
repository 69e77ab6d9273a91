//! Stage 1: the items within the scope, written to the worksheet.

use futures::StreamExt;

use super::feeds::{Catalogue, Feeds};
use super::{Scope, Shop, ShopTrouble, Tools};
use crate::catalog::{self, Entry};
use crate::domain::{Item, ShopSummary};
use crate::fetch::Fetcher;
use crate::store::{Placed, Worksheet};

/// How many of a catalogue's troubles are told in words.
const EXAMPLES: usize = 5;

/// Reads the catalogue into the worksheet, and takes the SKUs it knows off the unknown ones. Bad and duplicate rows are
/// counted and told by example.
pub(super) async fn items(
    shop: &Shop,
    scope: &Scope,
    tools: &Tools,
    web: &Fetcher,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
    (feeds, unknown_skus): (&mut Feeds, &mut Vec<String>),
) -> Result<(), ShopTrouble> {
    tools.progress.stage(&format!("{}: reading the catalogue", shop.name));
    let mut wanted = Wanted::new(scope);
    if !wanted.only_pages_of_a_sitemap(&shop.catalog) {
        let opened = Catalogue::open(shop, web, sheet, feeds).await;
        let (mut ads, mut entries) = opened.map_err(|error| ShopTrouble(error.advised()))?;
        while let Some(Some(entry)) = tools.stop.or(entries.next()).await {
            let (item, offer) = match entry.map_err(|error| ShopTrouble(error.advised()))? {
                Entry::Item(item) => (Some(item), None),
                Entry::Offer(offer) => (Some(offer.item.clone()), Some(offer)),
                Entry::Trouble { place, what } => {
                    counted.catalogue_troubles += 1;
                    example(counted, format!("{place}: {what}"));
                    (None, None)
                }
                Entry::Unread { place, what } => {
                    counted.catalogue_unread.get_or_insert(format!("{place}: {what}"));
                    (None, None)
                }
            };
            if let Some(item) = item.filter(|item| wanted.has(item)) {
                wanted.found(&item);
                unknown_skus.retain(|sku| item.sku.as_ref() != Some(sku));
                match sheet.put_item(&item)? {
                    Placed::Duplicate(_) => {
                        counted.catalogue_duplicates += 1;
                        example(counted, format!("{}: listed more than once, the first row counts", item.item_key()));
                    }
                    Placed::New(row) => {
                        offer.map_or(Ok(()), |offer| ads.note(row, &offer, feeds))?;
                        counted.items += 1;
                        counted.usual.note(&item);
                    }
                }
            }
            if wanted.all_found() || scope.limit.is_some_and(|limit| counted.items >= limit) {
                break;
            }
        }
        counted.feeds.extend(ads.summary());
    }
    tracing::info!("{}: {} items, {} rows of no use", shop.name, counted.items, counted.catalogue_troubles);
    for example in &counted.catalogue_examples {
        tracing::info!("{}: {example}", shop.name);
    }
    for item in wanted.pages_outside(shop) {
        sheet.put_item(&item)?;
        counted.items += 1;
    }
    let emptied = counted.items == 0 && !tools.stop.pulled() && !scope.is_ad_hoc();
    if emptied {
        return Err(ShopTrouble(format!(
            "the catalogue holds no usable item ({} rows could not be used); {}",
            counted.catalogue_troubles,
            counted.catalogue_examples.first().map_or("check its source and filters", String::as_str)
        )));
    }
    Ok(())
}

fn example(counted: &mut ShopSummary, what: String) {
    if counted.catalogue_examples.len() < EXAMPLES {
        counted.catalogue_examples.push(what);
    }
}

/// The part of the catalogue that is asked for.
pub(super) struct Wanted<'a> {
    scope: &'a Scope,
    skus_found: Vec<bool>,
    urls_found: Vec<bool>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(scope: &'a Scope) -> Self {
        Self { scope, skus_found: vec![false; scope.skus.len()], urls_found: vec![false; scope.urls.len()] }
    }

    pub(super) fn has(&self, item: &Item) -> bool {
        !self.scope.is_ad_hoc() || self.matches(item).next().is_some()
    }

    fn found(&mut self, item: &Item) {
        let hits: Vec<Hit> = self.matches(item).collect();
        for hit in hits {
            match hit {
                Hit::Sku(at) => self.skus_found[at] = true,
                Hit::Url(at) => self.urls_found[at] = true,
            }
        }
    }

    fn matches<'b>(&'b self, item: &'b Item) -> impl Iterator<Item = Hit> + 'b {
        let skus = self.scope.skus.iter().enumerate().filter(|(_, sku)| item.sku.as_deref() == Some(sku));
        let urls = self.scope.urls.iter().enumerate().filter(|(_, url)| item.url.as_ref() == Some(url));
        skus.map(|(at, _)| Hit::Sku(at)).chain(urls.map(|(at, _)| Hit::Url(at)))
    }

    /// SKUs are unique, so the reading may end when all were found. A page may promise several items, so a URL never
    /// ends it.
    fn all_found(&self) -> bool {
        !self.scope.skus.is_empty() && self.scope.urls.is_empty() && self.skus_found.iter().all(|found| *found)
    }

    /// A sitemap says nothing of a page beyond its address, so a page that was named needs no reading of it.
    fn only_pages_of_a_sitemap(&self, catalog: &catalog::Options) -> bool {
        matches!(catalog, catalog::Options::Sitemap(_)) && self.scope.skus.is_empty() && !self.scope.urls.is_empty()
    }

    /// Pages that were asked for, lie on this shop's host and are not in its catalogue.
    fn pages_outside<'b>(&'b self, shop: &'b Shop) -> impl Iterator<Item = Item> + 'b {
        self.scope
            .urls
            .iter()
            .zip(&self.urls_found)
            .filter(|(url, found)| !**found && url.host_str() == shop.url.host_str())
            .map(|(url, _)| catalog::page(&shop.catalog, url))
    }
}

enum Hit {
    Sku(usize),
    Url(usize),
}
