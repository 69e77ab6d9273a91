//! One product under the glass, for `explain`: everything that was seen, and how the verdict follows from it.

use std::sync::Arc;

use url::Url;

use super::look::{claim, describe, held_against, see};
use super::{Shop, Tools};
use crate::claims::Reader;
use crate::domain::{Item, Judged, Page, PageFailure, Reading, StockAnswer};
use crate::fetch::{Fetcher, Mode};
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
    /// How its stock source is asked, if it is.
    pub stock: Option<stock::Options>,
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
    /// What the stock source answered; `None`: it was not asked, for want of a key or a source.
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
    let answer = match (item.key(), &glass.stock) {
        (Some(key), Some(options)) => Some(ask(options, key, tools).await),
        (Some(_), None) => {
            Some(StockAnswer::Failed("no stock source was asked, as a saved page is read by itself".to_owned()))
        }
        (None, _) => None,
    };
    let judged = held_against(&glass.shop, key, item, claim, &seen, answer.clone(), tools.clock.now());
    Ok(Inspection { seen, answer, judged })
}

async fn ask(options: &stock::Options, key: &str, tools: &Tools) -> StockAnswer {
    let asked = async {
        let source = stock::open(options, &tools.clock)?;
        let answers = source.ask(&[key.to_owned()]).await;
        source.close().await;
        Ok::<_, stock::StockError>(answers?.into_iter().map(|one| one.answer).next())
    };
    match asked.await {
        Ok(answer) => answer.unwrap_or(StockAnswer::Missing),
        Err(error) => StockAnswer::Failed(error.to_string()),
    }
}

/// Whether a page belongs to a shop: same scheme, host and port.
pub fn belongs(shop: &Shop, url: &Url) -> bool {
    shop.url.origin() == url.origin()
}
