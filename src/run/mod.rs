//! The story: what a check does, stage by stage, from top to bottom.
//!
//! Everything decided on the way is decided elsewhere, by pure functions: this room only carries values from one stage
//! to the next. What grows with the catalogue lies in a [`Worksheet`] on disk; the only concurrent part is stage 3.

mod ads;
mod alarms;
mod cart;
mod causes;
mod confirm;
mod feeds;
mod findings;
mod follow;
mod glance;
mod item;
mod job;
mod join;
mod journey;
mod list;
mod listings;
mod look;
mod notices;
mod plan;
mod remember;
mod rows;
mod send;
mod sources;
mod tell;
mod truth;
mod vigil;

pub use findings::findings;
pub use item::{Glass, Inspection, belongs, inspect};
pub use job::{Job, Listing, Outcome, RunError, Scope, Shop, Stop, Tools};
pub use listings::{FirstPage, try_listing};
pub use notices::{Decided, Look, decide, plan};
pub use rows::ranked;
pub use send::{Sent, last_look, send, send_these};
pub use vigil::{Vigil, report, vigil};

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::claims;
use crate::domain::{ShopSummary, Summary};
use crate::fetch::Fetcher;
use crate::store::Worksheet;
use feeds::Feeds;
use remember::Memory;
use sources::Sources;

/// Checks the shops of a job, within a scope.
///
/// # Errors
/// When the run as a whole cannot be carried out. Trouble of one shop is in its [`ShopSummary::failed`], trouble of
/// one item is in its verdict.
pub async fn check(job: &Job, scope: &Scope, tools: &Tools) -> Result<Outcome, RunError> {
    let mut memory = Memory::open(job, scope, tools)?;
    let mut summary = Summary { started_at: tools.clock.now(), ..Summary::default() };
    summary.run = memory.begin(summary.started_at)?;
    summary.unknown_skus = scope.skus.clone();
    let mut sheets = Vec::with_capacity(job.shops.len());
    for shop in &job.shops {
        let sheet = Worksheet::new()?;
        let mut counted = ShopSummary { shop: shop.name.clone(), ..ShopSummary::default() };
        let checked = check_shop(shop, scope, tools, &memory, &sheet, &mut counted, &mut summary.unknown_skus).await;
        counted.failed = checked.err().map(|trouble| trouble.0);
        summary.interrupted = tools.stop.pulled();

        // 6. What changed since last time? 7. Remember it, and with the last shop what must be said: one transaction.
        let is_last = sheets.len() + 1 == job.shops.len();
        let tell = job.notify.as_ref().filter(|_| is_last && !scope.no_mail);
        let whole = !summary.interrupted && scope.limit.is_none() && is_whole(&counted);
        summary.notices_queued += memory.record(shop, &sheet, whole, &mut counted, &summary, tell)?;
        sheets.push(sheet);
        summary.shops.push(counted);
    }

    tools.progress.done();

    // 8. Say it, from the store: safe to repeat.
    if let Some(store) = memory.store() {
        if let Some(options) = job.notify.as_ref().filter(|_| !scope.no_mail) {
            summary.notices_queued += alarms::note(store, job, options, &summary, tools.clock.now())?;
            summary.notices_queued += vigil::note(store, options, &summary, tools.clock.now())?;
            summary.notices_sent = tell::deliver(options, store, tools).await?;
        }
        let counts = store.notice_counts()?;
        (summary.notices_pending, summary.notices_dead) = (counts.pending, counts.dead);
    }

    summary.finished_at = tools.clock.now();
    memory.finish(&summary)?;
    let enough = summary.shops.iter().all(|shop| job.verified_enough(shop))
        && summary.unknown_skus.is_empty()
        && !summary.interrupted;
    Ok(Outcome { summary, sheets, enough })
}

/// Whether the whole catalogue was read, and all feeds, so that what they do not list is not listed.
fn is_whole(shop: &ShopSummary) -> bool {
    shop.failed.is_none()
        && shop.catalogue_troubles == 0
        && shop.catalogue_unread.is_none()
        && shop.feeds.iter().all(|feed| feed.failed.is_none())
}

/// What makes a shop impossible to check: what happened and what to do.
struct ShopTrouble(String);

impl<E: std::error::Error> From<E> for ShopTrouble {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(deeper) = cause {
            let more = deeper.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            cause = deeper.source();
        }
        Self(text)
    }
}

async fn check_shop(
    shop: &Shop,
    scope: &Scope,
    tools: &Tools,
    memory: &Memory,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
    unknown_skus: &mut Vec<String>,
) -> Result<(), ShopTrouble> {
    let web = Fetcher::new(shop.fetch.clone(), tools.clock.clone())?;
    let sources = Sources::open_resumable(&shop.stock, &tools.clock, |number| memory.spool(&shop.name, number))?;
    let reader = Arc::new(claims::Reader::new(&shop.claims)?);

    let told = async {
        // 1. What is sold, and where is it promised?
        let mut ads = Feeds::new(tools.clock.now(), &shop.name, memory.past())?;
        list::items(shop, scope, tools, &web, sheet, counted, (&mut ads, unknown_skus)).await?;
        feeds::read(shop, scope, tools, &web, &reader, sheet, counted, (&mut ads, unknown_skus)).await?;

        // 2. What do the stock systems say? In bulk, before any page.
        truth::ask_in_bulk(&shop.name, scope, &sources, tools, sheet, memory).await?;

        // 3. What does each touchpoint promise? The pages last: what the others say is one reason to look at them.
        listings::look(shop, scope, tools, &web, &reader, sheet, counted).await?;
        plan::pages(shop, scope, tools, memory, &sources, sheet, counted).await?;

        // 4. Do they agree?
        look::at_chosen_pages(shop, tools, memory, &web, &reader, &sources, sheet, counted).await?;

        // 5. Ask again about the suspects: stock after the page, then both once more, past the caches.
        confirm::suspects(shop, scope, tools, &web, &reader, &sources, sheet, &ads).await?;
        let cart = cart::Round { shop, scope, tools, web: &web, reader: &reader, sources: &sources, sheet };
        cart.probe(&mut counted.probes).await?;
        causes::find(shop, tools, memory, sheet, counted)
    }
    .await;
    sources.close().await;
    counted.page_requests = web.requests();
    let whole =
        told.is_ok() && !tools.stop.pulled() && !scope.is_ad_hoc() && scope.limit.is_none() && is_whole(counted);
    counted.stock = sources.summary(whole, sheet)?;
    findings::count(sheet, counted)?;
    let tally = sheet.tally()?;
    (counted.verdicts, counted.unverified) = (tally.verdicts, tally.unverified);
    told
}

impl Job {
    /// Whether a shop could be checked to the share the configuration asks for, and was left as it was.
    fn verified_enough(&self, shop: &ShopSummary) -> bool {
        let judged: u64 = shop.verdicts.values().sum();
        let wanted = self.min_verified * Decimal::from(judged + shop.catalogue_troubles);
        let believed = shop.stock.iter().all(|source| source.doubt.is_none());
        shop.failed.is_none()
            && shop.held.is_none()
            && believed
            && shop.catalogue_unread.is_none()
            && shop.feeds.iter().all(|feed| feed.failed.is_none())
            && shop.listings.iter().all(|listing| listing.failed.is_none())
            && shop.probes.not_cleaned.is_empty()
            && shop.probes.all_failed().is_none()
            && Decimal::from(shop.verified()) >= wanted
    }
}
