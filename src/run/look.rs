//! Stages 3 and 4: every page that was chosen is fetched once, read, and held against the stock. Fetching and reading is the only
//! concurrent part of a run; how many requests are under way is decided by `fetch`, host by host.

use std::rc::Rc;
use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;

use super::glance::{self, Glance, Sight};
use super::join::{self, Joined};
use super::journey::{Around, held_against};
use super::plan;
use super::remember::Memory;
use super::sources::Sources;
use super::truth;
use super::{Shop, ShopTrouble, Tools};
use crate::claims::{self, Reader};
use crate::domain::{
    Availability, Claim, Item, ItemKey, Judged, LookReason, Page, PageFailure, Reading, ShopSummary, StockAnswer,
    StockFact, Unknown,
};
use crate::fetch::{Fetcher, Mode};
use crate::store::{KnownClaim, Row, Worksheet};

/// Pages that are looked at before their items are judged. Bounds what is held in memory.
pub(super) const PAGES: usize = 256;

/// Fetches, reads and judges the items on the chosen pages, in the order in which they were chosen. What is on no page is
/// judged by what else is known of it.
#[expect(clippy::too_many_arguments, reason = "each is one thing that the stage works with")]
pub(super) async fn at_chosen_pages(
    shop: &Shop,
    tools: &Tools,
    memory: &Memory,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sources: &Sources,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    tools.progress.stage(&format!("{}: reading pages", shop.name));
    tools.progress.total(sheet.count_chosen()?);
    let word = glance::Word::of(shop, memory, tools.clock.now())?;
    let mut after = 0;
    while !tools.stop.pulled() {
        let chosen = sheet.chosen(after, PAGES)?;
        let Some(last) = chosen.last() else { break };
        after = last.turn;
        let is_taken = word.is_taken(sheet)?;
        let known = chosen.iter().map(|one| glance::before(shop, memory, is_taken, one));
        let known = known.collect::<Result<Vec<_>, _>>()?;
        let mut looking = futures::stream::iter(chosen.into_iter().zip(known))
            .map(|(chosen, known)| async {
                let glance = glance::glance(web, reader, chosen, known).await;
                tools.progress.tick(1);
                glance
            })
            .buffer_unordered(width(shop));
        let mut looks = Vec::new();
        while let Some(glance) = tools.stop.or(looking.next()).await.flatten() {
            let is_same = matches!(glance.sight, Sight::Same(_));
            if glance.lied {
                sheet.put_distrusted(tools.clock.now())?;
            }
            sheet.put_looked(&glance.chosen.page.url, is_same, glance.known.as_ref())?;
            looks.extend(Look::of(glance));
        }
        drop(looking);
        tracing::info!("{}: {} items seen on their pages", shop.name, looks.len());
        let items: Vec<&Item> = looks.iter().map(|look| &look.row.value).collect();
        let asking = truth::ask_for_new(sources, tools, &items, sheet);
        if let Some(asked) = tools.stop.or(asking).await {
            asked?;
        }
        let now = tools.clock.now();
        let around = Around::new(sources, sheet, now);
        for look in looks {
            look.judge(shop, sources, &around, now, sheet)?;
        }
    }
    tools.progress.done();
    items_without_page(shop, sources, tools, sheet)?;
    items_left_out(shop, sources, tools, sheet)?;
    plan::count(shop, sheet, counted)
}

/// Pages under way at once: more than one host's concurrency, so that a slow host does not hold up another.
pub(super) fn width(shop: &Shop) -> usize {
    shop.fetch.concurrency.max(1) * 2
}

/// What came of looking at one page.
pub(super) type Seen = Result<(Page, Reading), PageFailure>;

/// Fetches and reads one page.
pub(super) async fn see(web: &Fetcher, reader: &Arc<Reader>, url: &url::Url, mode: Mode) -> Seen {
    // An item without a page, which stands among the suspects for what another touchpoint says of it.
    if url.scheme() == "about" {
        return Err(PageFailure::NoUrl);
    }
    let page = web.page(url, mode).await?;
    read(reader, page).await
}

/// Reads a page that arrived.
pub(super) async fn read(reader: &Arc<Reader>, page: Page) -> Seen {
    let reader = Arc::clone(reader);
    // Reading is work for the processor, not for the thread that keeps the connections going.
    let read = tokio::task::spawn_blocking(move || {
        let reading = reader.read(&page);
        // The text has said what it has to say; hundreds of pages may wait for their stock.
        (Page { html: String::new(), ..page }, reading)
    });
    read.await.map_err(|error| PageFailure::Connection { why: format!("reading the page failed: {error}") })
}

/// An item, what its page claims of it, and the page.
struct Look {
    row: Row<Item>,
    key: ItemKey,
    claim: Option<Claim>,
    seen: Rc<Seen>,
    reason: Option<LookReason>,
}

impl Look {
    /// The items of a page that was looked at.
    fn of(glance: Glance) -> Vec<Self> {
        let (rows, reason) = (glance.chosen.page.rows, Some(glance.chosen.reason));
        match glance.sight {
            Sight::Read(seen) => rows.into_iter().map(|row| Self { reason, ..Self::new(row, &seen) }).collect(),
            Sight::Same(known) => {
                let each = rows.into_iter().zip(known);
                each.map(|(row, (known, seen))| Self { reason, ..Self::again(row, known, seen) }).collect()
            }
        }
    }

    /// An item whose page is as it was: it says what it said.
    fn again(mut row: Row<Item>, known: KnownClaim, seen: Rc<Seen>) -> Self {
        let key = row.value.item_key();
        let (item, told) = (&mut row.value, known.described);
        if item.key().is_none() {
            item.sku = told.sku;
        }
        item.gtin = item.gtin.take().or(told.gtin);
        item.name = item.name.take().or(told.name);
        item.brand = item.brand.take().or(told.brand);
        item.category = item.category.take().or(told.category);
        Self { row, key, claim: Some(known.claim), seen, reason: None }
    }

    /// The item is who the catalogue says it is: a SKU that only its page names does not change that, as another page,
    /// or this one on another day, may name another.
    fn new(mut row: Row<Item>, seen: &Rc<Seen>) -> Self {
        let key = row.value.item_key();
        let claim = claim(seen, &row.value);
        describe(&mut row.value, seen, claim.as_ref());
        Self { row, key, claim, seen: Rc::clone(seen), reason: None }
    }

    fn judge(
        self,
        shop: &Shop,
        sources: &Sources,
        around: &Around<'_>,
        now: Timestamp,
        sheet: &Worksheet,
    ) -> Result<(), ShopTrouble> {
        let Joined { answer, findings, .. } = join::look_up(sources, &self.key, &self.row.value, sheet)?;
        if !findings.is_empty() {
            sheet.put_findings(self.row.id, &findings)?;
        }
        let (id, item) = (self.row.id, self.row.value);
        let others = around.of(id, &item)?;
        let judged = held_against(&shop.name, (self.key, item), self.claim, Some(&self.seen), answer, &others, now);
        Ok(sheet.put_judged(id, &Judged { looked: self.reason, ..judged })?)
    }
}

/// What a page claims of an item, by what the catalogue says of the item.
pub(super) fn claim(seen: &Seen, item: &Item) -> Option<Claim> {
    seen.as_ref().ok().map(|(page, reading)| claims::combine(reading, page, item))
}

/// Fills what the catalogue left open from what the page says of its own product, unless that is another one.
pub(super) fn describe(item: &mut Item, seen: &Seen, claim: Option<&Claim>) {
    let Ok((page, reading)) = seen else { return };
    let another = claim.is_some_and(|claim| claim.availability == Availability::Unknown(Unknown::OtherProduct));
    if another || reading.obstacle.is_some() {
        return;
    }
    let product = &reading.product;
    if item.key().is_none() {
        item.sku = claims::adopted_sku(reading, page).map(str::to_owned);
    }
    item.gtin = item.gtin.take().or_else(|| claims::own_number(reading, item));
    item.name = item.name.take().or_else(|| product.name.clone());
    item.brand = item.brand.take().or_else(|| product.brand.clone());
    item.category = item.category.take().or_else(|| product.category.clone());
}

fn items_without_page(shop: &Shop, sources: &Sources, tools: &Tools, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let mut after = 0;
    loop {
        let rows = sheet.items_without_page(after, PAGES)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        let nowhere = Rc::new(Err(PageFailure::NoUrl));
        let now = tools.clock.now();
        let around = Around::new(sources, sheet, now);
        for row in rows {
            Look::new(row, &nowhere).judge(shop, sources, &around, now, sheet)?;
        }
    }
}

/// Items whose pages the budget left out, though an ad or a listing speaks of them: what those say falsely is known without
/// the page. Nothing is said of all others.
fn items_left_out(shop: &Shop, sources: &Sources, tools: &Tools, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let mut after = None;
    while !tools.stop.pulled() {
        let pages = sheet.left_out(after.as_ref(), PAGES)?;
        let Some(last) = pages.last() else { break };
        after = Some(last.url.clone());
        let now = tools.clock.now();
        let around = Around::new(sources, sheet, now);
        for Row { id, value: item } in pages.into_iter().flat_map(|page| page.rows) {
            let key = item.item_key();
            let Joined { answer, .. } = join::look_up(sources, &key, &item, sheet)?;
            let others = around.of(id, &item)?;
            let judged = held_against(&shop.name, (key, item), None, None, answer, &others, now);
            if judged.judgement.verdict.is_mismatch() {
                sheet.put_judged(id, &judged)?;
            }
        }
    }
    Ok(())
}

/// The stock fact of an answer, if it is one.
pub(super) fn known_fact(answer: Option<StockAnswer>) -> Option<StockFact> {
    match answer {
        Some(StockAnswer::Known(fact)) => Some(fact),
        _ => None,
    }
}
