//! The listing touchpoint: what category, search, home and campaign pages show. One look serves all items on it.

mod see;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures::StreamExt;
use url::Url;

use see::{Blind, Seen, see, shows_nothing};
pub use see::{FirstPage, try_listing};

use super::look::width;
use super::{Listing, Scope, Shop, ShopTrouble, Tools};
use crate::catalog::{self, Entry, Pages};
use crate::claims::{self, ListingRules, Reader, Shown};
use crate::domain::{
    Availability, Claim, Finding, FindingKind, Fold, Gtin, Item, ItemKey, ListingSummary, Page, ShopSummary, Sighting,
    Touchpoint, Unknown,
};
use crate::fetch::{self, Fetcher};
use crate::store::{Row, Worksheet};

/// Listings whose pages are looked at in one go.
const LISTINGS: usize = 64;
/// Rows of suspects that are read at once.
const ROWS: usize = 256;
/// Numbers of a product that are looked up.
const NUMBERS: usize = 64;

/// Looks at the shop's listings and notes what they show. One that cannot be read is told and stops nothing.
pub(super) async fn look(
    shop: &Shop,
    scope: &Scope,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    if shop.listings.is_empty() {
        return Ok(());
    }
    tools.progress.stage(&format!("{}: reading listings", shop.name));
    for listing in &shop.listings {
        let mut round = Round::new(shop, listing, tools, web, reader, sheet, None)?;
        // Of a part of the catalogue nobody can say what it does not name.
        round.knows_all = scope.limit.is_none() && !scope.is_ad_hoc() && counted.catalogue_unread.is_none();
        match &listing.at {
            Pages::Named(urls) => {
                for some in urls.chunks(LISTINGS) {
                    round.walk(some.to_vec()).await?;
                }
            }
            Pages::Sitemap(sitemap) => {
                let options = catalog::Options::Sitemap(sitemap.clone());
                let mut entries = catalog::read(&options, web);
                let mut some = Vec::new();
                while let Some(Some(entry)) = tools.stop.or(entries.next()).await {
                    match entry {
                        Ok(Entry::Item(item)) => some.extend(item.url),
                        Ok(Entry::Trouble { place, what } | Entry::Unread { place, what }) => {
                            round.unread(&place, &what)
                        }
                        Ok(Entry::Offer(_)) => {}
                        Err(error) => round.unread(sitemap.url.as_str(), &error.advised()),
                    }
                    if some.len() >= LISTINGS {
                        round.walk(std::mem::take(&mut some)).await?;
                    }
                }
                round.walk(some).await?;
            }
        }
        let mut seen = round.seen.into_inner();
        if !tools.stop.pulled() {
            seen.finish();
        }
        counted.listings.push(seen);
    }
    tools.progress.done();
    Ok(())
}

/// Looks again at those pages of listings that showed something that is wrong, and at nothing else. What they show no
/// longer is forgotten.
pub(super) async fn again(
    shop: &Shop,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    let mut wrong: HashMap<(String, Url), HashSet<i64>> = HashMap::new();
    let mut after = None;
    loop {
        let pages = sheet.suspects(after.as_ref(), ROWS)?;
        let Some(last) = pages.last() else { break };
        after = Some(last.url.clone());
        for row in pages.into_iter().flat_map(|page| page.rows) {
            for step in row.value.journey.at(Touchpoint::Listing).filter(|step| step.judgement.verdict.is_mismatch()) {
                if let (Some(place), Some(claim)) = (&step.place, &step.claim) {
                    wrong.entry((place.clone(), claim.url.clone())).or_default().insert(row.id);
                }
            }
        }
    }
    for listing in &shop.listings {
        let name = &listing.options.name;
        let looks: Vec<(Url, HashSet<i64>)> = wrong
            .iter()
            .filter(|((place, _), _)| place == name)
            .map(|((_, url), rows)| (url.clone(), rows.clone()))
            .collect();
        for row in looks.iter().flat_map(|(_, rows)| rows) {
            sheet.drop_sighting(*row, Touchpoint::Listing, Some(name))?;
        }
        let rows: HashSet<i64> = looks.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
        if rows.is_empty() {
            continue;
        }
        let round = Round::new(shop, listing, tools, web, reader, sheet, Some(&rows))?;
        let mut looking = futures::stream::iter(looks)
            .map(|(url, rows)| async { (round.see(url).await, rows) })
            .buffer_unordered(width(shop));
        while let Some(Some((seen, rows))) = tools.stop.or(looking.next()).await {
            match seen {
                // An empty shell is no word that nothing is shown any more.
                Ok((page, read)) if read.shown.is_empty() => {
                    let blind = Blind::Wall(Box::new(page), Unknown::NoClaim);
                    rows.into_iter().try_for_each(|row| round.put_unseen(row, &blind))?;
                }
                Ok((page, read)) => drop(round.note(&page, &read)?),
                Err(blind) => {
                    rows.into_iter().try_for_each(|row| round.put_unseen(row, &blind.1))?;
                }
            }
        }
    }
    Ok(())
}

/// One listing, while it is looked at.
struct Round<'a> {
    shop: &'a Shop,
    listing: &'a Listing,
    rules: Arc<ListingRules>,
    tools: &'a Tools,
    web: &'a Fetcher,
    reader: &'a Arc<Reader>,
    sheet: &'a Worksheet,
    /// Only these rows are of interest.
    only: Option<&'a HashSet<i64>>,
    /// Whether the whole catalogue was read.
    knows_all: bool,
    /// What came of it so far.
    seen: RefCell<ListingSummary>,
}

impl<'a> Round<'a> {
    fn new(
        shop: &'a Shop,
        listing: &'a Listing,
        tools: &'a Tools,
        web: &'a Fetcher,
        reader: &'a Arc<Reader>,
        sheet: &'a Worksheet,
        only: Option<&'a HashSet<i64>>,
    ) -> Result<Self, ShopTrouble> {
        let rules = Arc::new(ListingRules::new(&listing.options)?);
        let seen = ListingSummary { name: listing.options.name.clone(), ..ListingSummary::default() };
        Ok(Self { shop, listing, rules, tools, web, reader, sheet, only, knows_all: false, seen: RefCell::new(seen) })
    }

    /// Looks at lists page by page: the first of each, then the second of each that has one.
    async fn walk(&self, first: Vec<Url>) -> Result<(), ShopTrouble> {
        let mut visited: HashSet<Url> = first.iter().cloned().collect();
        let mut pages = first;
        for number in 1..=self.listing.options.pages {
            let mut next = Vec::new();
            let mut looking = futures::stream::iter(pages).map(|url| self.see(url)).buffer_unordered(width(self.shop));
            while let Some(Some(seen)) = self.tools.stop.or(looking.next()).await {
                match seen {
                    Ok((page, read)) => {
                        let knows = self.note(&page, &read)?;
                        let shows = knows || read.shown.iter().any(|one| one.is_product);
                        // What comes after the last page of a list shows nothing, and rightly so.
                        if number == 1 && !shows {
                            self.unread(page.url.as_str(), shows_nothing(self.listing));
                        } else {
                            self.seen.borrow_mut().pages += 1;
                        }
                        next.extend(read.next.filter(|url| shows && visited.insert(url.clone())));
                    }
                    Err(blind) => self.unread(blind.0.as_str(), &blind.1.to_string()),
                }
            }
            if next.is_empty() || self.tools.stop.pulled() {
                break;
            }
            pages = next;
        }
        Ok(())
    }

    async fn see(&self, url: Url) -> Seen {
        see(url, self.web, self.reader, &self.rules).await
    }

    /// Notes what a page shows. Whether anything of it is in the catalogue.
    fn note(&self, page: &Page, read: &claims::Listing) -> Result<bool, ShopTrouble> {
        let mut knows = false;
        for shown in &read.shown {
            let rows = self.rows(shown)?;
            knows |= !rows.is_empty();
            if rows.is_empty() {
                self.unlisted(page, shown)?;
            }
            let several = rows.len() > 1;
            for row in rows {
                self.put(page, shown, &row, several)?;
            }
        }
        Ok(knows)
    }

    fn put(&self, page: &Page, shown: &Shown, row: &Row<Item>, several: bool) -> Result<(), ShopTrouble> {
        if self.only.is_some_and(|only| !only.contains(&row.id)) {
            return Ok(());
        }
        let name = &self.listing.options.name;
        let (claim, is_of_item) = shown.claim(page, &row.value, self.listing.options.promotes());
        // Several pages go by one name. A promise on one of them is not mended by silence or a denial on another.
        let known = self.sheet.sighting(row.id, Touchpoint::Listing, Some(name))?;
        let weight = |says: Availability| match says.fold() {
            Fold::Buyable => 2,
            Fold::NotBuyable => 1,
            Fold::Unknown => 0,
        };
        self.seen.borrow_mut().items += u64::from(known.is_none());
        let before = known.and_then(|known| known.claim);
        if before.is_some_and(|before| weight(before.availability) >= weight(claim.availability)) {
            return Ok(());
        }
        let sighting = Sighting {
            touchpoint: Touchpoint::Listing,
            place: Some(name.clone()),
            claim: Some(claim),
            failure: None,
            of_product: several && !is_of_item,
        };
        Ok(self.sheet.put_sighting(row.id, &sighting)?)
    }

    fn put_unseen(&self, row: i64, blind: &Blind) -> Result<(), ShopTrouble> {
        let (claim, failure) = match blind {
            Blind::Failure(failure) => (None, Some(failure.clone())),
            Blind::Wall(page, wall) => {
                let silent = Shown::default().overall(page, false);
                (Some(Claim { availability: Availability::Unknown(*wall), ..silent }), None)
            }
        };
        let sighting = Sighting {
            touchpoint: Touchpoint::Listing,
            place: Some(self.listing.options.name.clone()),
            claim,
            failure,
            of_product: false,
        };
        Ok(self.sheet.put_sighting(row, &sighting)?)
    }

    /// The items of a product that is shown: those on its page; else those that it names, and all that share a page with
    /// one of them.
    fn rows(&self, shown: &Shown) -> Result<Vec<Row<Item>>, ShopTrouble> {
        if let Some(url) = &shown.url {
            let rows = self.sheet.rows_beside(url)?;
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        let mut found: Vec<Row<Item>> = Vec::new();
        for sku in shown.skus.iter().take(NUMBERS) {
            found.extend(self.sheet.row_of(&ItemKey(sku.clone()))?);
        }
        if found.is_empty() {
            let long = |number: &&String| number.bytes().filter(u8::is_ascii_digit).count() > 8;
            let numbers = shown.skus.iter().chain(&shown.numbers).filter(long).take(NUMBERS);
            for gtin in numbers.filter_map(|number| Gtin::read(number)) {
                found.extend(self.sheet.rows_with_gtin(&gtin)?);
            }
        }
        if let [only] = found.as_mut_slice()
            && let Some(url) = &shown.url
        {
            // The card leads to the page that the catalogue does not name.
            self.sheet.give_page(only, url)?;
        }
        let shared = match found.as_slice() {
            [only] => only.value.url.as_ref().map(|url| self.sheet.rows_beside(url)).transpose()?,
            _ => None,
        };
        let mut rows = shared.filter(|shared| shared.len() > 1).unwrap_or(found);
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(row.id));
        Ok(rows)
    }

    /// Tells of a product that no catalogue knows.
    fn unlisted(&self, page: &Page, shown: &Shown) -> Result<(), ShopTrouble> {
        if !shown.is_product || !self.knows_all {
            return Ok(());
        }
        let address = shown.url.as_ref().map(Url::to_string).or_else(|| shown.skus.first().cloned());
        let Some(key) = address else { return Ok(()) };
        let name = shown.name.as_deref().map(|name| format!("{name:?} is ")).unwrap_or_default();
        let what = format!("{name}shown by {} ({})", self.listing.options.name, fetch::shown(&page.url));
        let finding = Finding { kind: FindingKind::ShownUnlisted, key, sources: Vec::new(), what };
        Ok(self.sheet.put_finding(&finding)?)
    }

    /// Tells of a page that could not be read.
    fn unread(&self, place: &str, what: &str) {
        let place = Url::parse(place).map_or_else(|_| place.to_owned(), |url| fetch::shown(&url).into());
        let mut seen = self.seen.borrow_mut();
        tracing::warn!("{}: listing {}: {place}: {what}", self.shop.name, seen.name);
        seen.trouble(format!("{place}: {what}"));
    }
}
