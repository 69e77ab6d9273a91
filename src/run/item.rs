//! One product under the glass, for `explain`: everything that was seen, and how the verdict follows from it.

use std::sync::Arc;

use url::Url;

use super::join::{self, Joined};
use super::journey::{Others, held_against};
use super::look::{claim, describe, see};
use super::sources::Sources;
use super::truth;
use super::{Shop, ShopTrouble, Tools};
use crate::claims::Reader;
use crate::domain::{Item, ItemKey, Judged, Page, PageFailure, Reading, StockAnswer, Testimony};
use crate::fetch::{Fetcher, Mode};
use crate::store::Worksheet;
use crate::{claims, fetch, stock};

/// The rules of a shop that apply to one product. The default ones are those of no shop: no stock is asked.
#[derive(Clone, Debug, Default)]
pub struct Glass {
    /// The shop's name.
    pub shop: String,
    /// How its hosts are asked.
    pub fetch: fetch::Options,
    /// How its pages are read.
    pub claims: claims::Options,
    /// How its stock sources are asked, if they are.
    pub stock: Option<stock::Sources>,
}

impl Glass {
    /// The rules of this shop.
    pub fn of(shop: &Shop) -> Self {
        Self {
            shop: shop.name.clone(),
            fetch: shop.fetch.clone(),
            claims: shop.claims.clone(),
            stock: Some(shop.stock.clone()),
        }
    }
}

/// What was seen of one product.
pub struct Inspection {
    /// The page and what was read from it, or why there is none.
    pub seen: Result<(Page, Reading), PageFailure>,
    /// What each stock source says, in order of precedence.
    pub testimonies: Vec<Testimony>,
    /// What they answer all in all; `None`: they were not asked, for want of a key or a source.
    pub answer: Option<StockAnswer>,
    /// The verdict and what it rests on.
    pub judged: Judged,
}

/// Looks at one item once: page, stock, verdict. Nothing is confirmed, remembered or told.
///
/// # Errors
/// In words, when the shop's options cannot be used.
pub async fn inspect(glass: &Glass, mut item: Item, page: Option<Page>, tools: &Tools) -> Result<Inspection, String> {
    let reader = Arc::new(Reader::new(&glass.claims).map_err(|error| error.to_string())?);
    let seen = match page {
        Some(page) => {
            let reading = reader.read(&page);
            Ok((page, reading))
        }
        None => {
            let web = Fetcher::new(glass.fetch.clone(), tools.clock.clone()).map_err(|error| error.to_string())?;
            match &item.url {
                Some(url) => see(&web, &reader, url, Mode::Normal).await,
                None => Err(PageFailure::NoUrl),
            }
        }
    };
    let key = item.item_key();
    let claim = claim(&seen, &item);
    describe(&mut item, &seen, claim.as_ref());
    let joined = match &glass.stock {
        Some(options) => ask(options, &key, &item, tools).await.map_err(|trouble| trouble.0)?,
        None => Joined {
            answer: item.key().map(|_| {
                StockAnswer::Failed("no stock source was asked, as a saved page is read by itself".to_owned())
            }),
            ..Joined::default()
        },
    };
    let Joined { testimonies, answer, .. } = joined;
    let judged = held_against(
        &glass.shop,
        (key, item),
        claim,
        Some(&seen),
        answer.clone(),
        &Others::default(),
        tools.clock.now(),
    );
    Ok(Inspection { seen, testimonies, answer, judged })
}

/// Asks every source for one item. A source that lists everything is read through, and only what may be the item is
/// kept of it.
async fn ask(options: &stock::Sources, key: &ItemKey, item: &Item, tools: &Tools) -> Result<Joined, ShopTrouble> {
    let sheet = Worksheet::new()?;
    let sources = Sources::open(options, &tools.clock)?;
    let mut asked = Ok(());
    for source in &sources.all {
        asked = asked.and(truth::ask_for_one(source, item, tools, &sheet).await);
    }
    sources.close().await;
    asked.and_then(|()| join::look_up(&sources, key, item, &sheet))
}

/// Whether a page belongs to a shop: same scheme, host and port.
pub fn belongs(shop: &Shop, url: &Url) -> bool {
    shop.url.origin() == url.origin()
}
