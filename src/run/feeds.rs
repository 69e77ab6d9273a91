//! The feed touchpoint: what shopping ads promise of each item.
//!
//! An entry is the item that its id names; else the only one with its trade item number; else the only one on the page that
//! it leads to, unless it is one of a group of variants: those share a page. An item that only a feed names is added: an ad
//! for something that the catalogue does not list is checked too.

mod again;

use std::collections::HashSet;
use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;
use url::Url;

use super::ads::{Link, Links};
use super::list::Wanted;
use super::{Scope, Shop, ShopTrouble, Tools, ads};
use crate::catalog::feed::{self, FeedOptions, Kind, Names, Offer, Version};
use crate::catalog::{self, Entry};
use crate::claims::Reader;
use crate::domain::{
    FeedSummary, Gtin, Incident, IncidentState, Item, ItemKey, ShopSummary, Sighting, Touchpoint, Verdict,
};
use crate::fetch::Fetcher;
use crate::store::{self, Placed, Row, Store, Worksheet};

pub(super) use again::again;

/// Incidents that are read at once.
const AT_ONCE: usize = 500;

/// What is known of the feeds that were read, so that they can be read again.
#[derive(Debug)]
pub(super) struct Feeds {
    /// The name of a feed, and which version of it was read, if that can be told.
    read: Vec<(String, Option<Version>)>,
    /// Ads that lead to another page than the item's.
    links: Links,
}

impl Feeds {
    /// `past`: what earlier runs remembered.
    pub(super) fn new(begun: Timestamp, shop: &str, past: Option<&Store>) -> Result<Self, ShopTrouble> {
        let mut dead = HashSet::new();
        let states = vec![IncidentState::Suspected, IncidentState::Open, IncidentState::Acknowledged];
        let wanted = store::Wanted { states, shop: Some(shop.to_owned()) };
        let mut after = 0;
        while let Some(store) = past {
            let incidents = store.incidents(&wanted, after, AT_ONCE)?;
            let Some(last) = incidents.last().and_then(|incident| incident.id) else { break };
            after = last;
            let is_dead = |incident: &Incident| {
                incident.journey.at(Touchpoint::Feed).any(|step| step.judgement.verdict == Verdict::Gone)
            };
            dead.extend(incidents.into_iter().filter(is_dead).map(|incident| incident.key));
        }
        Ok(Self { read: Vec::new(), links: Links::new(begun, dead) })
    }
}

/// Reads the shop's feeds and notes what they promise.
#[expect(clippy::too_many_arguments, reason = "a stage is told where it is and what it works with")]
pub(super) async fn read(
    shop: &Shop,
    scope: &Scope,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
    (feeds, unknown_skus): (&mut Feeds, &mut Vec<String>),
) -> Result<(), ShopTrouble> {
    for options in &shop.feeds {
        tools.progress.stage(&format!("{}: reading the feed {}", shop.name, options.name));
        let (feed, mut entries) = match feed::fetch(options, web, None).await {
            Ok(Some(feed)) => ((feed.version(), feed.seen_at()), feed.entries()),
            Ok(None) => continue,
            Err(error) => {
                let failed = Some(error.advised());
                counted.feeds.push(FeedSummary { name: options.name.clone(), failed, ..FeedSummary::default() });
                continue;
            }
        };
        let mut noting = Noting::new(options, sheet, feed.1);
        while let Some(Some(entry)) = tools.stop.or(entries.next()).await {
            match entry {
                Ok(Entry::Offer(offer)) => {
                    let new = |item: &Item| {
                        let room = scope.limit.is_none_or(|limit| counted.items < limit);
                        (room && Wanted::new(scope).has(item)).then_some(())
                    };
                    if let Some(item) = noting.offer(*offer, new, &mut feeds.links)? {
                        unknown_skus.retain(|sku| item.sku.as_ref() != Some(sku));
                        counted.items += 1;
                        counted.usual.note(&item);
                    }
                }
                other => noting.other(other),
            }
        }
        feeds.read.push((options.name.clone(), feed.0));
        counted.feeds.push(noting.summary);
    }
    ads::look(&mut feeds.links, shop, tools, web, reader, sheet, &mut counted.feeds).await
}

/// Notes what the feed that is the shop's catalogue says of its own items.
pub(super) struct Catalogue<'a>(Option<Noting<'a>>);

impl<'a> Catalogue<'a> {
    /// Opens the catalogue, whatever it is.
    pub(super) async fn open(
        shop: &'a Shop,
        web: &'a Fetcher,
        sheet: &'a Worksheet,
        feeds: &mut Feeds,
    ) -> Result<(Self, catalog::Entries<'a>), catalog::CatalogError> {
        let catalog::Options::Feed(options) = &shop.catalog else {
            return Ok((Self(None), catalog::read(&shop.catalog, web)));
        };
        match feed::fetch(options, web, None).await? {
            Some(feed) => {
                feeds.read.push((options.name.clone(), feed.version()));
                let noting = Noting::new(options, sheet, feed.seen_at());
                Ok((Self(Some(noting)), feed.entries()))
            }
            None => Ok((Self(None), catalog::read(&shop.catalog, web))),
        }
    }

    /// Notes what an ad says of the item that was put in this row.
    pub(super) fn note(&mut self, row: i64, offer: &Offer, feeds: &mut Feeds) -> Result<(), ShopTrouble> {
        let Some(noting) = &mut self.0 else { return Ok(()) };
        noting.count(offer);
        noting.put(row, offer)?;
        noting.lead(&Row { id: row, value: offer.item.clone() }, offer, &mut feeds.links);
        Ok(())
    }

    /// The feed in numbers, if the catalogue is one.
    pub(super) fn summary(self) -> Option<FeedSummary> {
        self.0.map(|noting| noting.summary)
    }
}

/// How an item was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// By its id.
    Key,
    /// By its trade item number or the page.
    Likeness,
}

/// Notes what one feed says.
struct Noting<'a> {
    options: &'a FeedOptions,
    sheet: &'a Worksheet,
    /// When this reading of it began: what was noted before is of an earlier one.
    seen_at: Timestamp,
    summary: FeedSummary,
}

impl<'a> Noting<'a> {
    fn new(options: &'a FeedOptions, sheet: &'a Worksheet, seen_at: Timestamp) -> Self {
        let summary = FeedSummary { name: options.name.clone(), ..FeedSummary::default() };
        Self { options, sheet, seen_at, summary }
    }

    /// What is no offer.
    fn other(&mut self, entry: Result<Entry, catalog::CatalogError>) {
        match entry {
            Ok(Entry::Trouble { place, what } | Entry::Unread { place, what }) => {
                self.summary.troubles += 1;
                self.summary.example(|| format!("{place}: {what}"));
            }
            Ok(Entry::Item(_) | Entry::Offer(_)) => {}
            Err(error) => self.summary.failed = Some(error.advised()),
        }
    }

    fn count(&mut self, offer: &Offer) {
        self.summary.entries += 1;
        self.summary.withheld += u64::from(offer.withheld.is_some());
        for what in &offer.troubles {
            self.summary.troubles += 1;
            self.summary.example(|| what.clone());
        }
    }

    /// Notes one entry. The item comes back if it was new. `new` says whether a new one is wanted.
    fn offer(
        &mut self,
        offer: Offer,
        new: impl FnOnce(&Item) -> Option<()>,
        links: &mut Links,
    ) -> Result<Option<Item>, ShopTrouble> {
        self.count(&offer);
        let found = match self.find(&offer)? {
            Some((row, by)) if self.is_taken(row.id, &offer, by)? => match by {
                By::Key => {
                    self.summary.duplicates += 1;
                    self.summary
                        .example(|| format!("{}: it is in the feed more than once, the first entry counts", offer.id));
                    return Ok(None);
                }
                By::Likeness => None,
            },
            found => found,
        };
        let (mut row, is_new) = match found {
            Some((row, _)) => (row, false),
            // What is not shown promises nothing, and what nobody asked for is not looked at.
            None if offer.withheld.is_some() || new(&offer.item).is_none() => return Ok(None),
            None => match self.sheet.put_item(&offer.item)? {
                Placed::New(id) => (Row { id, value: offer.item.clone() }, true),
                Placed::Duplicate(id) => (Row { id, value: offer.item.clone() }, false),
            },
        };
        self.summary.unlisted += u64::from(is_new);
        if let Some(link) = offer.item.url.as_ref().filter(|_| row.value.url.is_none()) {
            self.sheet.give_page(&mut row, link)?;
        }
        self.put(row.id, &offer)?;
        self.lead(&row, &offer, links);
        Ok(is_new.then_some(row.value))
    }

    /// Keeps in mind where an ad leads, if that is not the item's page.
    fn lead(&mut self, row: &Row<Item>, offer: &Offer, links: &mut Links) {
        let promises = offer.claim.is_some();
        let page = row.value.url.as_ref();
        for link in [&offer.item.url, &offer.mobile_link].into_iter().flatten().filter(|_| promises) {
            if page.is_some_and(|page| ads::is_another(page, link)) {
                self.summary.links += 1;
                let link = Link { row: row.id, feed: self.summary.name.clone(), url: link.clone() };
                links.note(link, &row.value.item_key());
            }
        }
    }

    /// Notes what the ad says of the item in a row.
    fn put(&self, row: i64, offer: &Offer) -> Result<(), ShopTrouble> {
        let place = Some(self.options.name.as_str());
        let Some(mut claim) = offer.claim.clone() else {
            // It is not shown any more, where it was.
            if let Some(before) = self.noted(row)?.filter(|before| !self.is_of_this_reading(before)) {
                self.sheet.drop_sighting(row, before.touchpoint, place)?;
            }
            return Ok(());
        };
        if self.options.kind == Kind::Local
            && let Some(before) = self.noted(row)?.filter(|before| self.is_of_this_reading(before))
            && let Some(mut others) = before.claim
        {
            feed::merge(&mut others, claim);
            claim = others;
        }
        let sighting = Sighting {
            touchpoint: Touchpoint::Feed,
            place: Some(self.options.name.clone()),
            claim: Some(claim),
            failure: None,
            of_product: false,
        };
        Ok(self.sheet.put_sighting(row, &sighting)?)
    }

    /// Whether this reading has said something of the item in a row already that this entry may not add to or replace.
    fn is_taken(&self, row: i64, offer: &Offer, by: By) -> Result<bool, ShopTrouble> {
        let Some(before) = self.noted(row)?.filter(|before| self.is_of_this_reading(before)) else { return Ok(false) };
        let same_id =
            before.claim.iter().flat_map(|claim| &claim.signals).any(|one| one.sku.as_ref() == Some(&offer.id));
        Ok(match (by, same_id) {
            (_, true) => self.options.kind != Kind::Local,
            // It was only taken for this item.
            (By::Key, false) => false,
            (By::Likeness, false) => true,
        })
    }

    fn noted(&self, row: i64) -> Result<Option<Sighting>, ShopTrouble> {
        Ok(self.sheet.sighting(row, Touchpoint::Feed, Some(&self.options.name))?)
    }

    fn is_of_this_reading(&self, sighting: &Sighting) -> bool {
        sighting.claim.as_ref().is_some_and(|claim| claim.seen_at >= self.seen_at)
    }

    fn find(&self, offer: &Offer) -> Result<Option<(Row<Item>, By)>, ShopTrouble> {
        let item = &offer.item;
        let by_id = match (self.options.id.is, &item.sku, &item.stock_key) {
            (Names::Sku | Names::Mpn, Some(sku), _) => self.sheet.row_of(&ItemKey(sku.clone()))?,
            (Names::StockKey, _, Some(key)) => only(self.sheet.rows_with_stock_key(key)?),
            _ => None,
        };
        if let Some(row) = by_id {
            return Ok(Some((row, By::Key)));
        }
        if let Some(gtin) = item.gtin.as_deref().and_then(Gtin::read)
            && let Some(row) = only(self.sheet.rows_with_gtin(&gtin)?)
        {
            let by = if self.options.id.is == Names::Gtin { By::Key } else { By::Likeness };
            return Ok(Some((row, by)));
        }
        let Some(link) = &item.url else { return Ok(None) };
        let row = only(self.sheet.rows_on(link)?);
        let is_its_own = |row: &Row<Item>| offer.group.is_none() || names_a_variant(row.value.url.as_ref(), link);
        Ok(row.filter(is_its_own).map(|row| (row, By::Likeness)))
    }
}

/// The only one there is.
fn only(rows: Vec<Row<Item>>) -> Option<Row<Item>> {
    let mut rows = rows.into_iter();
    rows.next().filter(|_| rows.next().is_none())
}

/// Whether a catalogue's own address of an item is that of one variant, and the very one that an ad leads to.
fn names_a_variant(page: Option<&Url>, link: &Url) -> bool {
    page.is_some_and(|page| page.query().is_some() && page.query() == link.query() && page.path() == link.path())
}
