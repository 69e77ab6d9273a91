//! Stage 7, beside the incidents: what was looked at and what came of it, so that the next run need not look again; and how
//! the touchpoints keep their promises over the runs.

use jiff::{SignedDuration, Timestamp};

use super::{RunError, Shop};
use crate::catalog;
use crate::domain::{
    Availability, Claim, Item, ItemKey, Judged, PageFailure, ShopSummary, Step, Touchpoint, TouchpointSummary,
    Unverified, Verdict,
};
use crate::plan::{self, Lag, Said, Turn};
use crate::store::{
    Described, KnownClaim, KnownItem, KnownLag, Looked, Row, Standing, Stood, StoreError, Transaction, Worksheet,
};

/// Rows that are gone through at once.
const ROWS: usize = 500;

/// Turns of the stock that are counted: those of the last week, so that what was put right counts soon.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What touchpoints said, as numbers in the worksheet.
const SAID: [Option<Said>; 4] = [Some(Said::Right), Some(Said::Behind), Some(Said::Wrong), None];

/// Notes in the worksheet what a touchpoint said of an item.
pub(super) fn note_step(sheet: &Worksheet, row: i64, step: &Step, now: Timestamp) -> Result<(), StoreError> {
    let said = match step.judgement.verdict {
        Verdict::Agrees => Some(Said::Right),
        Verdict::FalseAvailable | Verdict::FalseUnavailable => Some(Said::Behind),
        Verdict::ExpiredPromise | Verdict::Contradictory | Verdict::Gone => Some(Said::Wrong),
        Verdict::Unverified(_) => None,
    };
    let number = SAID.iter().position(|known| *known == said).and_then(|at| u8::try_from(at).ok()).unwrap_or_default();
    let at = step.claim.as_ref().map_or(now, |claim| claim.seen_at);
    sheet.put_stood(row, step.touchpoint, step.place.as_deref().unwrap_or_default(), number, at)
}

/// Writes what changed of all that is remembered of a shop, and says how its touchpoints keep their promises. Nothing, where
/// it never came to choosing pages.
pub(super) fn remember(
    transaction: &Transaction<'_>,
    shop: &Shop,
    sheet: &Worksheet,
    whole: bool,
    counted: &mut ShopSummary,
    now: Timestamp,
) -> Result<(), RunError> {
    let Some(planned_at) = sheet.planned_at()? else { return Ok(()) };
    let memory = Remembering { transaction, shop: &shop.name, sheet, now };
    memory.stock()?;
    memory.looks()?;
    memory.pages()?;
    if sheet.is_distrusted()? {
        transaction.distrust(&shop.name, now)?;
    }
    let own_feed = match &shop.catalog {
        catalog::Options::Feed(own) => Some(own.name.as_str()),
        _ => None,
    };
    let feeds: Vec<&str> = shop.feeds.iter().map(|feed| feed.name.as_str()).chain(own_feed).collect();
    let listings: Vec<&str> = shop.listings.iter().map(|listing| listing.options.name.as_str()).collect();
    transaction.keep_places(&shop.name, Touchpoint::Feed, &feeds)?;
    transaction.keep_places(&shop.name, Touchpoint::Listing, &listings)?;
    memory.standings()?;
    memory.unshown(whole, counted)?;
    memory.touchpoints(counted)?;
    for touchpoint in Touchpoint::ALL {
        if let Some(summary) = counted.touchpoints.get(touchpoint.code()) {
            counted.targets_missed.extend(shop.targets.missed(touchpoint, summary));
        }
    }
    if whole {
        transaction.visit(&shop.name, planned_at)?;
        let counts = sheet.counts()?;
        transaction.forget_unlisted(&shop.name, counts.items, |key| sheet.contains(key))?;
        transaction.forget_pages(&shop.name, counts.pages, |page| sheet.names_page(page))?;
    }
    Ok(())
}

struct Remembering<'a> {
    transaction: &'a Transaction<'a>,
    shop: &'a str,
    sheet: &'a Worksheet,
    now: Timestamp,
}

impl Remembering<'_> {
    /// Whether each item may be bought, where that is not as it was.
    fn stock(&self) -> Result<(), RunError> {
        let mut after = 0;
        loop {
            let moved = self.sheet.moved(after, ROWS)?;
            let Some(last) = moved.last() else { return Ok(()) };
            after = last.0;
            for (_, key, moved) in moved {
                self.transaction.know_stock(self.shop, &key, moved.buyable, moved.turned)?;
            }
        }
    }

    /// What was seen of the items that were looked at.
    fn looks(&self) -> Result<(), RunError> {
        let mut after = 0;
        loop {
            let judged = self.sheet.judged(after, ROWS)?;
            let Some(last) = judged.last() else { return Ok(()) };
            after = last.id;
            for row in judged {
                self.look(&row)?;
            }
        }
    }

    fn look(&self, Row { id, value: judged }: &Row<Judged>) -> Result<(), RunError> {
        for step in &judged.journey.steps {
            note_step(self.sheet, *id, step, self.now)?;
        }
        let page = judged.journey.at(Touchpoint::Page).next();
        let (Some(page), Some(_)) = (page, judged.looked) else { return Ok(()) };
        let verdict = &page.judgement.verdict;
        if *verdict == Verdict::Unverified(Unverified::Page(PageFailure::Interrupted)) {
            return Ok(self.sheet.put_unsound(*id)?);
        }
        let known = self.transaction.known_item(self.shop, &judged.key)?.unwrap_or_default();
        let is_in_vain = matches!(verdict, Verdict::Unverified(_));
        let claim = match page.claim.as_ref().filter(|claim| is_sound(verdict, claim)) {
            Some(claim) => {
                let listed = self.sheet.row_of(&judged.key)?.map(|row| row.value).unwrap_or_default();
                Some(KnownClaim { claim: claim.clone(), described: described(judged, listed) })
            }
            None => {
                self.sheet.put_unsound(*id)?;
                None
            }
        };
        let looked = Looked {
            at: page.claim.as_ref().map_or(self.now, |claim| claim.seen_at),
            verdict: verdict.code(),
            in_vain: if is_in_vain { known.in_vain.saturating_add(1) } else { 0 },
            claim: claim.as_ref(),
            page: judged.item.url.as_ref(),
        };
        Ok(self.transaction.know_look(self.shop, &judged.key, &looked)?)
    }

    /// By what the pages are known that were looked at.
    fn pages(&self) -> Result<(), RunError> {
        let mut after = String::new();
        loop {
            let pages = self.sheet.looked(&after, ROWS)?;
            let Some((last, _)) = pages.last() else { return Ok(()) };
            after = last.to_string();
            for (url, known) in pages {
                match known {
                    Some(known) => self.transaction.know_page(self.shop, &url, &known)?,
                    None => self.transaction.forget_page(self.shop, &url)?,
                }
            }
        }
    }

    /// What every touchpoint said of every item in this run, held against what it said before.
    fn standings(&self) -> Result<(), RunError> {
        let mut after = 0;
        loop {
            let stood = self.sheet.stood(after, ROWS)?;
            let Some(last) = stood.last() else { return Ok(()) };
            after = last.item;
            for one in stood {
                self.standing(&one)?;
            }
        }
    }

    /// Forgets what feeds and listings show no more. Where one was not read to its end, what it may still show stays as it
    /// was known; so does what is said of items that this run knows nothing of, unless it read the whole catalogue.
    fn unshown(&self, whole: bool, counted: &ShopSummary) -> Result<(), RunError> {
        let feeds = counted.feeds.iter().filter(|feed| feed.failed.is_none());
        let listings = counted.listings.iter().filter(|listing| listing.failed.is_none() && listing.troubles == 0);
        let feeds = feeds.map(|feed| (Touchpoint::Feed, &feed.name));
        for (touchpoint, place) in feeds.chain(listings.map(|listing| (Touchpoint::Listing, &listing.name))) {
            let may_show = |key: &ItemKey| match whole || self.sheet.contains(key)? {
                true => self.sheet.shows(touchpoint, place, key),
                false => Ok(true),
            };
            self.transaction.forget_unshown(self.shop, touchpoint, place, may_show)?;
        }
        Ok(())
    }

    fn standing(&self, stood: &Stood) -> Result<(), RunError> {
        let Some(said) = SAID.get(usize::from(stood.said)).copied().flatten() else { return Ok(()) };
        let Stood { key, touchpoint, place, at, .. } = stood;
        let KnownItem { turned, .. } = self.transaction.known_item(self.shop, key)?.unwrap_or_default();
        let before = self.transaction.standing(self.shop, *touchpoint, place, key)?;
        let is_true = said == Said::Right;
        let is_known = |standing: Standing| turned.is_none_or(|(_, by)| standing.seen_at >= by);
        // What goes on being right since the stock turned is known already.
        if !before.is_some_and(|before| before.is_true && is_true && is_known(before)) {
            let standing = Standing { is_true, seen_at: *at };
            self.transaction.put_standing(self.shop, *touchpoint, place, key, standing)?;
        }
        match turned {
            Some((from, by)) => self.lag(stood, said, Turn { from, by }),
            None => Ok(()),
        }
    }

    fn lag(&self, Stood { key, touchpoint, place, at, .. }: &Stood, said: Said, turn: Turn) -> Result<(), RunError> {
        let known = self.transaction.lag(self.shop, *touchpoint, place, key, turn.by)?;
        let before = known.map(|known| Lag {
            at_least: SignedDuration::from_millis(known.at_least),
            at_most: known.at_most.map(SignedDuration::from_millis),
        });
        let Some(lag) = plan::follow(before, turn, said, *at) else { return Ok(()) };
        let millis = |time: SignedDuration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let lag = KnownLag { at_least: millis(lag.at_least), at_most: lag.at_most.map(millis) };
        Ok(self.transaction.put_lag(self.shop, *touchpoint, place, key, turn.by, lag)?)
    }

    /// The same in numbers.
    fn touchpoints(&self, counted: &mut ShopSummary) -> Result<(), RunError> {
        let since = self.now.saturating_sub(LATELY).unwrap_or(Timestamp::MIN);
        for touchpoint in Touchpoint::ALL {
            let promises = self.transaction.promises(self.shop, touchpoint, since)?;
            let (items, agreed) = self.sheet.count_stood(touchpoint)?;
            let places = match touchpoint {
                Touchpoint::Feed | Touchpoint::Listing => self.sheet.places(touchpoint)?.len() as u64,
                Touchpoint::Page => counted.plan.looked.values().sum(),
                Touchpoint::Cart => items,
            };
            let summary = TouchpointSummary {
                places,
                items,
                agreed,
                known: promises.known,
                true_now: promises.true_now,
                followed: (promises.lags.len() as u64).saturating_sub(promises.behind),
                behind: promises.behind,
                lag_p50: plan::percentile(&promises.lags, 50),
                lag_p95: plan::percentile(&promises.lags, 95),
            };
            if summary != TouchpointSummary::default() {
                counted.touchpoints.insert(touchpoint.code().to_owned(), summary);
            }
        }
        Ok(())
    }
}

/// Whether what a page says may be used again while the page is as it is: it was read, and nobody had to look twice. What the
/// stock source did not know may be known the next time.
fn is_sound(verdict: &Verdict, claim: &Claim) -> bool {
    let was_read = matches!(
        verdict,
        Verdict::Agrees
            | Verdict::Unverified(Unverified::NoKey | Unverified::StockMissing | Unverified::StockFailed(_))
    );
    was_read && !matches!(claim.availability, Availability::Unknown(_))
}

/// What the page told that the catalogue does not.
fn described(judged: &Judged, listed: Item) -> Described {
    let told = |told: &Option<String>, listed: Option<String>| if listed.is_none() { told.clone() } else { None };
    let Judged { item, image, .. } = judged;
    Described {
        sku: told(&item.sku, listed.sku),
        gtin: told(&item.gtin, listed.gtin),
        name: told(&item.name, listed.name),
        brand: told(&item.brand, listed.brand),
        category: told(&item.category, listed.category),
        image: image.clone(),
    }
}
