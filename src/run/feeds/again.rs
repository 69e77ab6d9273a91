//! The later look: feeds that promise something that is wrong are read again where they changed.

use std::collections::HashSet;
use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;

use super::{Feeds, Noting};
use crate::catalog::feed::{self, FeedOptions};
use crate::catalog::{self, Entry};
use crate::claims::Reader;
use crate::domain::{Judged, PageFailure, Sighting, Touchpoint};
use crate::fetch::Fetcher;
use crate::run::ads::{self, Links};
use crate::run::{Shop, ShopTrouble, Tools};
use crate::store::Worksheet;

/// Pages of suspects that are gone through at once.
const ROWS: usize = 256;

/// Reads again those feeds that promise something that is wrong: what they say now is noted in place of what they said.
/// One that has not changed since says the same.
pub(in crate::run) async fn again(
    shop: &Shop,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sheet: &Worksheet,
    feeds: &Feeds,
) -> Result<(), ShopTrouble> {
    let own = match &shop.catalog {
        catalog::Options::Feed(own) => Some(own.as_ref()),
        _ => None,
    };
    let lying = lying(sheet)?;
    for options in own.into_iter().chain(&shop.feeds).filter(|options| lying.contains(&options.name)) {
        let known = feeds.read.iter().find(|(name, _)| *name == options.name).and_then(|(_, version)| version.as_ref());
        let fetched = tools.stop.or(feed::fetch(options, web, known)).await;
        let read = match fetched {
            None => return Ok(()),
            Some(Ok(None)) => {
                tracing::info!("{}: the feed {} has not changed since", shop.name, options.name);
                continue;
            }
            Some(Ok(Some(feed))) => reread(options, feed, tools, sheet).await?,
            Some(Err(error)) => (Timestamp::MAX, Some(error.advised())),
        };
        // What cannot be seen again is not wrong on every look; what was said before it broke off was said again.
        let (since, failure) = (read.0, read.1.map(|why| PageFailure::Connection { why }));
        overtake(sheet, &options.name, since, failure.as_ref())?;
    }
    ads::again(&feeds.links.dead, shop, tools, web, reader, sheet).await
}

/// Reads a feed again; since when what it says is as it is now, and why it could not be read to its end, if it could not.
async fn reread(
    options: &FeedOptions,
    feed: feed::Feed,
    tools: &Tools,
    sheet: &Worksheet,
) -> Result<(Timestamp, Option<String>), ShopTrouble> {
    let seen_at = feed.seen_at();
    let mut noting = Noting::new(options, sheet, seen_at);
    let mut none = Links::new(seen_at, HashSet::new());
    let mut entries = feed.entries();
    while let Some(Some(entry)) = tools.stop.or(entries.next()).await {
        match entry {
            Ok(Entry::Offer(offer)) => drop(noting.offer(*offer, |_| None, &mut none)?),
            other => noting.other(other),
        }
    }
    Ok((seen_at, noting.summary.failed))
}

/// The feeds whose promises are wrong.
fn lying(sheet: &Worksheet) -> Result<Vec<String>, ShopTrouble> {
    let mut names: Vec<String> = Vec::new();
    each_suspect(sheet, |_, judged| {
        for step in judged.journey.at(Touchpoint::Feed).filter(|step| step.judgement.verdict.is_mismatch()) {
            names.extend(step.place.clone().filter(|name| !names.contains(name)));
        }
        Ok(())
    })?;
    Ok(names)
}

/// Forgets what a feed said of suspects before it was read again and does not say any more, or marks it as not seen again.
fn overtake(sheet: &Worksheet, name: &str, since: Timestamp, failure: Option<&PageFailure>) -> Result<(), ShopTrouble> {
    each_suspect(sheet, |row, _| {
        let Some(before) = sheet.sighting(row, Touchpoint::Feed, Some(name))? else { return Ok(()) };
        if before.claim.as_ref().is_none_or(|claim| claim.seen_at >= since) {
            return Ok(());
        }
        match failure {
            None => sheet.drop_sighting(row, Touchpoint::Feed, Some(name))?,
            Some(failure) => {
                sheet.put_sighting(row, &Sighting { claim: None, failure: Some(failure.clone()), ..before })?;
            }
        }
        Ok(())
    })
}

fn each_suspect(
    sheet: &Worksheet,
    mut each: impl FnMut(i64, &Judged) -> Result<(), ShopTrouble>,
) -> Result<(), ShopTrouble> {
    let mut after = None;
    loop {
        let pages = sheet.suspects(after.as_ref(), ROWS)?;
        let Some(last) = pages.last() else { return Ok(()) };
        after = Some(last.url.clone());
        for row in pages.iter().flat_map(|page| &page.rows) {
            each(row.id, &row.value)?;
        }
    }
}
