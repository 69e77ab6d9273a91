//! Where ads lead: an ad may lead to another page than the item's, and that one may be gone.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;
use url::Url;

use super::journey::led_away;
use super::look::{claim, see, width};
use super::{Shop, ShopTrouble, Tools};
use crate::claims::Reader;
use crate::domain::{FeedSummary, Item, ItemKey, PageFailure, Touchpoint, bare};
use crate::fetch::{Fetcher, Mode};
use crate::judge;
use crate::store::Worksheet;

/// Links that are looked at in one run: another sample of them each time.
const MOST: usize = 200;

/// An ad that leads to another page than the item's.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) row: i64,
    /// The feed's name.
    pub(super) feed: String,
    pub(super) url: Url,
}

/// Such ads: so many of them as are looked at, each as likely as any other.
#[derive(Debug)]
pub(super) struct Links {
    chosen: Vec<Link>,
    /// Items with an ad that led nowhere the last time it was looked at.
    were_dead: HashSet<ItemKey>,
    /// All ads of these.
    again: Vec<Link>,
    seen: u64,
    random: RandomState,
    begun: Timestamp,
    /// Those that lead nowhere, once they were looked at.
    pub(super) dead: Vec<Link>,
}

impl Links {
    pub(super) fn new(begun: Timestamp, were_dead: HashSet<ItemKey>) -> Self {
        Self {
            chosen: Vec::new(),
            were_dead,
            again: Vec::new(),
            seen: 0,
            random: RandomState::new(),
            begun,
            dead: Vec::new(),
        }
    }

    /// Notes an ad of the item with this key.
    pub(super) fn note(&mut self, link: Link, item: &ItemKey) {
        if self.were_dead.contains(item) {
            self.again.push(link);
            return;
        }
        self.seen += 1;
        if self.chosen.len() < MOST {
            self.chosen.push(link);
            return;
        }
        let place = self.random.hash_one((self.begun, self.seen)) % self.seen;
        if let Some(old) = usize::try_from(place).ok().and_then(|place| self.chosen.get_mut(place)) {
            *old = link;
        }
    }
}

/// Whether an ad's address is another page than the item's: query and fragment only say where a visitor comes from, or
/// which variant is meant.
pub(super) fn is_another(page: &Url, link: &Url) -> bool {
    let path = |url: &Url| {
        let mut url = url.clone();
        url.set_query(None);
        bare(&url)
    };
    path(page) != path(link)
}

/// Looks at the links and marks the sightings of those that lead nowhere.
pub(super) async fn look(
    links: &mut Links,
    shop: &Shop,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sheet: &Worksheet,
    feeds: &mut [FeedSummary],
) -> Result<(), ShopTrouble> {
    let mut chosen = std::mem::take(&mut links.again);
    chosen.append(&mut links.chosen);
    if chosen.is_empty() {
        return Ok(());
    }
    tools.progress.stage(&format!("{}: seeing where ads lead", shop.name));
    let mut looking = looks(&chosen, shop, web, reader);
    while let Some((link, dead)) = tools.stop.or(looking.next()).await.flatten() {
        let summary = feeds.iter_mut().find(|feed| feed.name == link.feed);
        if let Some(summary) = summary {
            summary.links_looked += 1;
            summary.links_dead += u64::from(dead.as_ref().is_some_and(judge::leads_nowhere));
        }
        if let Some(failure) = dead {
            if judge::leads_nowhere(&failure) {
                links.dead.push(link.clone());
            }
            mark(link, Some(failure), sheet)?;
        }
    }
    Ok(())
}

/// Looks again at those that led nowhere.
pub(super) async fn again(
    dead: &[Link],
    shop: &Shop,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    let mut looking = looks(dead, shop, web, reader);
    while let Some((link, still)) = tools.stop.or(looking.next()).await.flatten() {
        mark(link, still, sheet)?;
    }
    Ok(())
}

fn looks<'a>(
    links: &'a [Link],
    shop: &Shop,
    web: &'a Fetcher,
    reader: &'a Arc<Reader>,
) -> impl futures::Stream<Item = (&'a Link, Option<PageFailure>)> + Unpin {
    let looks = futures::stream::iter(links).map(move |link| async move {
        let seen = see(web, reader, &link.url, Mode::Normal).await;
        let dead = match &seen {
            Ok((page, _)) if matches!(page.status, 404 | 410) => Some(PageFailure::Status { status: page.status }),
            Ok((page, _)) => claim(&seen, &Item::default()).and_then(|claim| led_away(page, &claim)),
            // What cannot be seen is not known to be gone, nor to be there.
            Err(failure) => Some(failure.clone()),
        };
        (link, dead)
    });
    Box::pin(looks.buffer_unordered(width(shop)))
}

/// Writes down that the ad leads nowhere, or does not any more.
fn mark(link: &Link, dead: Option<PageFailure>, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    if let Some(mut sighting) = sheet.sighting(link.row, Touchpoint::Feed, Some(&link.feed))? {
        sighting.failure = dead;
        sheet.put_sighting(link.row, &sighting)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_of_many_links_is_kept_and_none_lost_of_few() {
        let link = |row| Link { row, feed: "google".to_owned(), url: "https://shop.example/p/1".parse().unwrap() };
        let (dead, other) = (ItemKey("dead".to_owned()), ItemKey("other".to_owned()));
        let mut links = Links::new(Timestamp::UNIX_EPOCH, [dead.clone()].into());
        (0..10).for_each(|row| links.note(link(row), &other));
        assert_eq!(links.chosen.iter().map(|link| link.row).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        (10..10_000).for_each(|row| links.note(link(row), &other));
        assert_eq!(links.chosen.len(), MOST);
        let late = links.chosen.iter().filter(|link| link.row >= 5_000).count();
        assert!((40..160).contains(&late), "{late} of {MOST} are of the second half");
        (0..300).for_each(|row| links.note(link(row), &dead));
        assert_eq!(links.again.len(), 300, "what led nowhere is looked at again, all of it");
    }

    #[test]
    fn a_query_makes_no_other_page() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let page = url("https://shop.example/p/hat");
        assert!(!is_another(&page, &url("https://www.shop.example/p/hat/?variant=2&utm_source=google#top")));
        assert!(is_another(&page, &url("https://m.shop.example/p/hat")));
        assert!(is_another(&page, &url("https://shop.example/p/cap")));
    }
}
