//! Stage 5: a mismatch is one that was wrong on every look. Each suspect's stock is asked again after its page was
//! seen; what is still wrong is looked at once more after `confirm_after`, as a customer sees it and past the page
//! caches.

use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;
use url::Url;

use super::feeds::{self, Feeds};
use super::journey::{self, Around, Others, held_against};
use super::listings;
use super::look::{PAGES, Seen, claim, known_fact, see, width};
use super::sources::Sources;
use super::truth;
use super::{Scope, Shop, ShopTrouble, Tools, join};
use crate::claims::Reader;
use crate::domain::{Item, Judged, Judgement, PageFailure, Step, StockAnswer, Touchpoint, Unverified, Verdict};
use crate::fetch::{Fetcher, Mode};
use crate::judge::{self, Sight};
use crate::store::{PageOf, Row, Worksheet};

/// Confirms or drops every mismatch in the worksheet.
#[expect(clippy::too_many_arguments, reason = "a stage is told where it is and what it works with")]
pub(super) async fn suspects(
    shop: &Shop,
    scope: &Scope,
    tools: &Tools,
    web: &Fetcher,
    reader: &Arc<Reader>,
    sources: &Sources,
    sheet: &Worksheet,
    ads: &Feeds,
) -> Result<(), ShopTrouble> {
    if sheet.suspects(None, 1)?.is_empty() {
        return Ok(());
    }
    tools.progress.stage(&format!("{}: looking at the suspects again", shop.name));
    tracing::info!("{}: looking at the suspects again after {:?}", shop.name, shop.confirm_after);
    let mut round = Round { shop, tools, web, reader, sources, settled: None };
    let confirmed = async {
        round.stock_again(sheet).await?;
        if !scope.is_ad_hoc() && !sheet.suspects(None, 1)?.is_empty() {
            tools.stop.or(tools.clock.sleep(shop.confirm_after)).await;
        }
        feeds::again(shop, tools, web, reader, sheet, ads).await?;
        listings::again(shop, tools, web, reader, sheet).await?;
        round.pages_again(sheet).await
    }
    .await;
    if confirmed.is_err() || tools.stop.pulled() {
        drop_unconfirmed(sheet, round.settled)?;
    }
    confirmed
}

struct Round<'a> {
    shop: &'a Shop,
    tools: &'a Tools,
    web: &'a Fetcher,
    reader: &'a Arc<Reader>,
    sources: &'a Sources,
    /// Suspects up to this page have been looked at again.
    settled: Option<Url>,
}

impl Round<'_> {
    /// The stock after the page, held against the claim that was read.
    async fn stock_again(&self, sheet: &Worksheet) -> Result<(), ShopTrouble> {
        let mut after = None;
        loop {
            let pages = sheet.suspects(after.as_ref(), PAGES)?;
            let Some(last) = pages.last() else { return Ok(()) };
            after = Some(last.url.clone());
            if !self.ask(&pages, sheet).await? {
                return Ok(());
            }
            let around = Around::new(self.sources, sheet, self.tools.clock.now());
            for row in pages.into_iter().flat_map(|page| page.rows) {
                let answer = self.answer(row.id, &row.value, sheet)?;
                let others = around.of(row.id, &row.value.item)?;
                let again = stock_again(&row.value, answer, &others, self.tools.clock.now());
                sheet.put_judged(row.id, &again)?;
            }
        }
    }

    /// The page as a customer sees it now, the page past the caches, and the stock after both. A page that only other
    /// touchpoints contradict is not fetched again: those were.
    async fn pages_again(&mut self, sheet: &Worksheet) -> Result<(), ShopTrouble> {
        loop {
            let pages = sheet.suspects(self.settled.as_ref(), PAGES)?;
            let Some(last) = pages.last().map(|page| page.url.clone()) else { return Ok(()) };
            let (web, reader) = (self.web, self.reader);
            let looking = futures::stream::iter(pages)
                .map(|page| async move {
                    if !page.rows.iter().any(|row| journey::accuses_the_page(&row.value)) {
                        return (page, None);
                    }
                    let again = see(web, reader, &page.url, Mode::Normal).await;
                    let bypassed = see(web, reader, &page.url, Mode::BypassCaches).await;
                    (page, Some((again, bypassed)))
                })
                .buffer_unordered(width(self.shop))
                .collect::<Vec<(PageOf<Judged>, Option<(Seen, Seen)>)>>();
            let Some(seen) = self.tools.stop.or(looking).await else { return Ok(()) };
            if !self.ask(seen.iter().map(|(page, _)| page), sheet).await? {
                return Ok(());
            }
            let around = Around::new(self.sources, sheet, self.tools.clock.now());
            for (page, looks) in seen {
                for row in page.rows {
                    let others = around.of(row.id, &row.value.item)?;
                    let confirmed = self.confirm(&row, looks.as_ref(), &others, sheet)?;
                    sheet.put_judged(row.id, &confirmed)?;
                }
            }
            self.settled = Some(last);
        }
    }

    /// What the sources say of an item now, and what is odd about that now.
    fn answer(&self, id: i64, judged: &Judged, sheet: &Worksheet) -> Result<Option<StockAnswer>, ShopTrouble> {
        let joined = join::look_up(self.sources, &judged.key, &judged.item, sheet)?;
        sheet.put_findings(id, &joined.findings)?;
        Ok(joined.answer)
    }

    fn confirm(
        &self,
        row: &Row<Judged>,
        looks: Option<&(Seen, Seen)>,
        others: &Others,
        sheet: &Worksheet,
    ) -> Result<Judged, ShopTrouble> {
        let first = &row.value;
        let answer = self.answer(row.id, first, sheet)?;
        let now = self.tools.clock.now();
        let Some((again, bypassed)) = looks else { return Ok(stock_again(first, answer, others, now)) };
        let held = |seen: &Seen, others: &Others| {
            let (key, item, claim) = (first.key.clone(), first.item.clone(), claim(seen, &first.item));
            held_against(&self.shop.name, (key, item), claim, Some(seen), answer.clone(), others, now)
        };
        let past_the_caches = held(bypassed, &Others::default());
        let confirmed = journey::confirmed(first, held(again, others), Some(&past_the_caches.judgement));
        Ok(Judged { looked: first.looked, ..confirmed })
    }

    /// Asks for the suspects' stock. `false`: the run was stopped.
    async fn ask<'p>(
        &self,
        pages: impl IntoIterator<Item = &'p PageOf<Judged>>,
        sheet: &Worksheet,
    ) -> Result<bool, ShopTrouble> {
        let rows = pages.into_iter().flat_map(|page| &page.rows);
        let items: Vec<&Item> = rows.map(|row| &row.value.item).collect();
        let asked = self.tools.stop.or(truth::ask_again(self.sources, self.tools, &items, sheet)).await;
        Ok(asked.transpose()?.is_some())
    }
}

/// The item with the stock asked again, and nothing else.
fn stock_again(first: &Judged, answer: Option<StockAnswer>, others: &Others, now: Timestamp) -> Judged {
    let page = first.journey.at(Touchpoint::Page).next().map(|step| {
        // Only a page that is gone is wrong without claiming anything, and no stock makes it less gone.
        let claimed = step.claim.as_ref().map(|claim| judge::judge(&Sight::Claim(claim, 200), answer.as_ref(), now));
        Step { judgement: claimed.unwrap_or_else(|| step.judgement.clone()), ..step.clone() }
    });
    let steps = journey::steps(page, others, answer.as_ref(), now);
    let again = journey::over(Judged { fact: known_fact(answer), ..first.clone() }, steps);
    journey::confirmed(first, again, None)
}

/// What could not be looked at again is no mismatch: it was not wrong on every look.
fn drop_unconfirmed(sheet: &Worksheet, settled: Option<Url>) -> Result<(), ShopTrouble> {
    let mut after = settled;
    loop {
        let pages = sheet.suspects(after.as_ref(), PAGES)?;
        let Some(last) = pages.last() else { return Ok(()) };
        after = Some(last.url.clone());
        for row in pages.into_iter().flat_map(|page| page.rows) {
            let mut judged = row.value;
            let unconfirmed = |judgement: &Judgement| Judgement {
                verdict: Verdict::Unverified(Unverified::Page(PageFailure::Interrupted)),
                cause: None,
                because: format!("{}; it could not be looked at again", judgement.because),
            };
            judged.judgement = unconfirmed(&judged.judgement);
            judged.journey.break_point = None;
            for step in judged.journey.steps.iter_mut().filter(|step| step.judgement.verdict.is_mismatch()) {
                step.judgement = unconfirmed(&step.judgement);
            }
            sheet.put_judged(row.id, &judged)?;
        }
    }
}
