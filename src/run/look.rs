//! Stages 3 and 4: every page is fetched once, read, and held against the stock. Fetching and reading is the only
//! concurrent part of a run; how many requests are under way is decided by `fetch`, host by host.

use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;

use super::{Shop, ShopTrouble, Tools, truth};
use crate::claims::{self, Reader};
use crate::domain::{Item, Judged, Page, PageFailure, Reading, StockAnswer, StockFact, Verdict};
use crate::fetch::{Fetcher, Mode};
use crate::judge::{self, Sight};
use crate::stock::StockSource;
use crate::store::{PageOf, Placed, Row, Worksheet};

/// Pages that are looked at before their items are judged. Bounds what is held in memory.
pub(super) const PAGES: usize = 256;

/// Fetches, reads and judges all items of the worksheet, page by page.
pub(super) async fn at_every_page(
    shop: &Shop,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    source: &dyn StockSource,
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    tools.progress.stage(&format!("{}: reading pages", shop.name));
    tools.progress.total(sheet.counts()?.pages);
    let mut after = None;
    while !tools.stop.pulled() {
        let pages = sheet.pages(after.as_ref(), PAGES)?;
        let Some(last) = pages.last() else { break };
        after = Some(last.url.clone());
        let mut looking = futures::stream::iter(pages)
            .map(|page| async {
                let seen = see(web, reader, &page.url, Mode::Normal).await;
                tools.progress.tick(1);
                (page, seen)
            })
            .buffer_unordered(width(shop));
        let mut seen = Vec::new();
        while let Some(one) = tools.stop.or(looking.next()).await.flatten() {
            seen.push(one);
        }
        drop(looking);
        name_items_by_their_pages(&mut seen, sheet)?;
        ask_for_keys_the_pages_named(source, &seen, sheet).await?;
        for (page, sight) in &seen {
            for row in &page.rows {
                judge_row(shop, row, sight, tools.clock.now(), sheet)?;
            }
        }
    }
    tools.progress.done();
    items_without_page(shop, tools, sheet)
}

/// Pages under way at once: more than one host's concurrency, so that a slow host does not hold up another.
pub(super) fn width(shop: &Shop) -> usize {
    shop.fetch.concurrency.max(1) * 2
}

/// What came of looking at one page.
pub(super) type Seen = Result<(Page, Reading), PageFailure>;

/// Fetches and reads one page.
pub(super) async fn see(web: &Fetcher, reader: &Arc<Reader>, url: &url::Url, mode: Mode) -> Seen {
    let page = web.page(url, mode).await?;
    let reader = Arc::clone(reader);
    // Reading is work for the processor, not for the thread that keeps the connections going.
    let read = tokio::task::spawn_blocking(move || {
        let reading = reader.read(&page);
        (page, reading)
    });
    read.await.map_err(|error| PageFailure::Connection { why: format!("reading the page failed: {error}") })
}

/// Items of a sitemap have no SKU until their page names one.
fn name_items_by_their_pages(seen: &mut [(PageOf<Item>, Seen)], sheet: &Worksheet) -> Result<(), ShopTrouble> {
    for (page, sight) in seen {
        let Ok((_, reading)) = sight else { continue };
        if reading.obstacle.is_some() {
            continue;
        }
        for row in &mut page.rows {
            let unnamed = row.value.key().is_none();
            describe(&mut row.value, reading);
            if unnamed
                && row.value.key().is_some()
                && let Placed::Duplicate(_) = sheet.update_item(row.id, &row.value)?
            {
                // Another page promises the same SKU: this promise is told apart by its page.
                row.value.stock_key = row.value.sku.take();
            }
        }
    }
    Ok(())
}

/// Fills what the catalogue left open from what the page says of its own product.
pub(super) fn describe(item: &mut Item, reading: &Reading) {
    let product = &reading.product;
    if item.key().is_none() {
        item.sku = product.skus.first().cloned();
    }
    item.name = item.name.take().or_else(|| product.name.clone());
    item.brand = item.brand.take().or_else(|| product.brand.clone());
    item.category = item.category.take().or_else(|| product.category.clone());
}

async fn ask_for_keys_the_pages_named(
    source: &dyn StockSource,
    seen: &[(PageOf<Item>, Seen)],
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    let mut keys = Vec::new();
    for row in seen.iter().flat_map(|(page, _)| &page.rows) {
        if let Some(key) = row.value.key()
            && source.can_ask()
            && sheet.answer(key)?.is_none()
        {
            keys.push(key.to_owned());
        }
    }
    if keys.is_empty() { Ok(()) } else { truth::ask(source, &keys, sheet).await }
}

fn items_without_page(shop: &Shop, tools: &Tools, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let mut after = 0;
    loop {
        let rows = sheet.items_without_page(after, PAGES)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in &rows {
            judge_row(shop, row, &Err(PageFailure::NoUrl), tools.clock.now(), sheet)?;
        }
    }
}

fn judge_row(shop: &Shop, row: &Row<Item>, seen: &Seen, now: Timestamp, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let answer = known_answer(&row.value, sheet)?;
    Ok(sheet.put_judged(row.id, &held_against(&shop.name, &row.value, seen, answer, now))?)
}

/// What the stock source said of an item. It was asked for every key there is, so silence is an answer too.
pub(super) fn known_answer(item: &Item, sheet: &Worksheet) -> Result<Option<StockAnswer>, ShopTrouble> {
    Ok(match item.key() {
        Some(key) => Some(sheet.answer(key)?.unwrap_or(StockAnswer::Missing)),
        None => None,
    })
}

/// The stock fact of an answer, if it is one.
pub(super) fn known_fact(answer: Option<StockAnswer>) -> Option<StockFact> {
    match answer {
        Some(StockAnswer::Known(fact)) => Some(fact),
        _ => None,
    }
}

/// Holds what was seen of one item against what the stock source says of it.
pub(super) fn held_against(
    shop: &str,
    item: &Item,
    seen: &Seen,
    answer: Option<StockAnswer>,
    now: Timestamp,
) -> Judged {
    let (claim, judgement) = match seen {
        Ok((page, reading)) => {
            let claim = claims::combine(reading, page, item);
            let judgement = judge::judge(&Sight::Claim(&claim, page.status), answer.as_ref(), now);
            // A page that is gone claims nothing.
            (Some(claim).filter(|_| judgement.verdict != Verdict::Gone), judgement)
        }
        Err(failure) => (None, judge::judge(&Sight::Failure(failure), answer.as_ref(), now)),
    };
    Judged {
        shop: shop.to_owned(),
        key: item.item_key(),
        item: item.clone(),
        image: seen.as_ref().ok().and_then(|(_, reading)| reading.product.image.clone()),
        judgement,
        claim,
        fact: known_fact(answer),
        incident: None,
        since: None,
    }
}
