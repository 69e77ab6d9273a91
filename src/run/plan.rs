//! Stage 3, before the pages: which of them can be wrong, in which order they are looked at, and which of them the budget
//! leaves out. Nothing is fetched: the stock and what the other touchpoints show are known, and the rest is remembered.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use url::Url;

use super::journey::Around;
use super::remember::Memory;
use super::sources::Sources;
use super::{Scope, Shop, ShopTrouble, Tools, follow, join, truth};
use crate::domain::{Fold, IncidentState, Item, ItemKey, LookReason, Policy, ShopSummary, StockAnswer, StockFact};
use crate::judge;
use crate::plan::{self, Case, Round};
use crate::store::{Chosen, KnownItem, KnownPage, Moved, PageOf, Row, Store, Wanted, Worksheet};

/// Pages, or incidents, that are gone through at once.
const AT_ONCE: usize = 500;

/// Writes to the worksheet which pages are to be looked at, the most telling first.
pub(super) async fn pages(
    shop: &Shop,
    scope: &Scope,
    tools: &Tools,
    memory: &Memory,
    sources: &Sources,
    sheet: &Worksheet,
    counted: &mut ShopSummary,
) -> Result<(), ShopTrouble> {
    tools.progress.stage(&format!("{}: choosing pages", shop.name));
    let now = tools.clock.now();
    let everything = scope.full || scope.is_ad_hoc();
    let options = if everything { shop.plan.without_limits() } else { shop.plan.clone() };
    let store = memory.past();
    let last = store.map(|store| store.visited(&shop.name)).transpose()?.flatten();
    if let Some(store) = store {
        mark_incidents(store, &shop.name, sheet)?;
    }
    let planning = Planning { shop, store, sources, sheet, near: options.near, everything, last, now };
    let mut after = None;
    while !tools.stop.pulled() {
        let pages = sheet.pages(after.as_ref(), AT_ONCE)?;
        let Some(page) = pages.last() else { break };
        after = Some(page.url.clone());
        let candidates = pages.into_iter().map(|page| planning.candidate(page)).collect::<Result<Vec<_>, _>>()?;
        // What only its page names a key of was not asked for with the catalogue.
        let unasked = candidates.iter().flat_map(|page| &page.items).filter(|item| item.is_filled);
        let unasked: Vec<&Item> = unasked.map(|item| &item.row.value).collect();
        if let Some(asked) = tools.stop.or(truth::ask_for_new(sources, tools, &unasked, sheet)).await {
            asked?;
        }
        let around = Around::new(sources, sheet, now);
        for page in &candidates {
            planning.page(page, &around)?;
        }
    }

    let mut wanted = sheet.count_planned()?;
    counted.plan.pages = wanted.iter().sum();
    let in_turn = &mut wanted[LookReason::Audit as usize];
    let since_last = last.map(|last| now.duration_since(last));
    let round = Round { pages: *in_turn, since_last, within: options.audit_within };
    let within = SignedDuration::try_from(options.audit_within).unwrap_or(SignedDuration::MAX);
    // As `Round::cannot_wait`, of all of them at once.
    let latest = now.saturating_sub(within).and_then(|oldest| oldest.saturating_add(since_last.unwrap_or_default()));
    let cannot_wait = sheet.count_older(LookReason::Audit, latest.unwrap_or(now))?;
    *in_turn = plan::share(&round).max(cannot_wait);
    let granted = plan::cut(wanted, options.budget);
    counted.plan.left = wanted.iter().sum::<u64>() - granted.iter().sum::<u64>();
    sheet.choose(granted)?;
    sheet.put_planning(now)?;
    tracing::info!(
        "{}: {} of {} pages are to be looked at",
        shop.name,
        granted.iter().sum::<u64>(),
        counted.plan.pages
    );
    Ok(())
}

/// Counts which pages were looked at.
pub(super) fn count(shop: &Shop, sheet: &Worksheet, counted: &mut ShopSummary) -> Result<(), ShopTrouble> {
    let Some(planned_at) = sheet.planned_at()? else { return Ok(()) };
    let (looked, unchanged) = sheet.count_looked()?;
    counted.plan.looked = looked.into_iter().map(|(reason, pages)| (reason.code().to_owned(), pages)).collect();
    counted.plan.unchanged = unchanged;
    let within = SignedDuration::try_from(shop.plan.audit_within).unwrap_or(SignedDuration::MAX);
    counted.plan.overdue = sheet.count_overdue(planned_at.saturating_sub(within).unwrap_or(planned_at))?;
    Ok(())
}

/// Everything that is not over, whatever became of it since: its page is looked at.
fn mark_incidents(store: &Store, shop: &str, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let states = vec![IncidentState::Suspected, IncidentState::Open, IncidentState::Acknowledged];
    let wanted = Wanted { states, shop: Some(shop.to_owned()) };
    let mut after = 0;
    loop {
        let incidents = store.incidents(&wanted, after, AT_ONCE)?;
        let Some(last) = incidents.last().and_then(|incident| incident.id) else { return Ok(()) };
        after = last;
        for incident in incidents {
            sheet.mark_wrong(&incident.key)?;
        }
    }
}

/// A page that may be looked at.
struct Candidate {
    url: Url,
    items: Vec<Sold>,
}

/// An item on it.
struct Sold {
    /// Who the catalogue says it is, also where its page named a SKU since.
    key: ItemKey,
    row: Row<Item>,
    /// Whether it goes by a key that only its page named.
    is_filled: bool,
}

struct Planning<'a> {
    shop: &'a Shop,
    store: Option<&'a Store>,
    sources: &'a Sources,
    sheet: &'a Worksheet,
    near: Decimal,
    everything: bool,
    last: Option<Timestamp>,
    now: Timestamp,
}

impl Planning<'_> {
    /// A page with what is remembered of its items: those whose catalogue names no key go by the one that their page named
    /// last time.
    fn candidate(&self, page: PageOf<Item>) -> Result<Candidate, ShopTrouble> {
        let mut items = Vec::with_capacity(page.rows.len());
        for mut row in page.rows {
            let key = row.value.item_key();
            let mut is_filled = false;
            if let (Some(store), None) = (self.store, row.value.key())
                && let Some(known) = store.known_claim(&self.shop.name, &key, &page.url)?
            {
                row.value.sku = known.described.sku;
                row.value.gtin = row.value.gtin.take().or(known.described.gtin);
                is_filled = true;
            }
            items.push(Sold { key, row, is_filled });
        }
        Ok(Candidate { url: page.url, items })
    }

    /// Why a page is to be looked at: for what speaks most of all that speaks for its items.
    fn page(&self, page: &Candidate, around: &Around<'_>) -> Result<(), ShopTrouble> {
        let mut reason = LookReason::Audit;
        let mut looked_at = Some(Timestamp::MAX);
        for item in &page.items {
            let case = self.case(item, &page.url, around)?;
            reason = reason.min(plan::reason(&case, self.near).unwrap_or(LookReason::Audit));
            looked_at = looked_at.min(case.looked_at);
        }
        Ok(self.sheet.put_planned(&page.url, reason, looked_at)?)
    }

    fn case(&self, item: &Sold, page: &Url, around: &Around<'_>) -> Result<Case, ShopTrouble> {
        let Sold { key, row, .. } = item;
        let known = match self.store {
            Some(store) => store.known_item(&self.shop.name, key)?.unwrap_or_default(),
            None => KnownItem::default(),
        };
        let answer = join::look_up(self.sources, key, &row.value, self.sheet)?.answer;
        let buyable = judge::may_be_bought(answer.as_ref(), self.now);
        let fact = match &answer {
            Some(StockAnswer::Known(fact)) => Some(fact),
            _ => None,
        };
        let has_turned = self.note_turn(row.id, &known, buyable, fact)? || known.has_turned;
        Ok(Case {
            asked: self.everything,
            incident: self.sheet.is_wrong(row.id)?,
            contradiction: self.contradicts(item, page, answer.as_ref(), buyable, around)?,
            buyable,
            above: fact.and_then(above),
            looked_at: known.looked_at,
            in_vain: known.in_vain,
            has_turned,
        })
    }

    /// Notes that the stock is not as it is remembered; whether it turned.
    fn note_turn(
        &self,
        row: i64,
        known: &KnownItem,
        buyable: Option<bool>,
        fact: Option<&StockFact>,
    ) -> Result<bool, ShopTrouble> {
        let Some(buyable) = buyable.filter(|_| known.buyable != buyable) else { return Ok(false) };
        let turned = known.buyable.zip(self.last).map(|(_, last)| {
            let turn = plan::turned(last, fact.and_then(|fact| fact.changed_at), self.now);
            (turn.from, turn.by)
        });
        self.sheet.put_moved(row, Moved { buyable, turned })?;
        Ok(turned.is_some())
    }

    /// Whether another touchpoint says the opposite of the stock, or, where that is not known, of the page as last seen.
    fn contradicts(
        &self,
        Sold { key, row, .. }: &Sold,
        page: &Url,
        answer: Option<&StockAnswer>,
        buyable: Option<bool>,
        around: &Around<'_>,
    ) -> Result<bool, ShopTrouble> {
        let others = around.of(row.id, &row.value)?;
        let mut contradicts = false;
        for sighting in &others.sightings {
            let step = judge::step(sighting, answer, others.product_buyable, self.now);
            // What seems wrong counts once it was confirmed, when its page is looked at.
            if step.judgement.verdict.is_mismatch() {
                contradicts = true;
            } else {
                follow::note_step(self.sheet, row.id, &step, self.now)?;
            }
        }
        if contradicts || buyable.is_some() || others.sightings.is_empty() {
            return Ok(contradicts);
        }
        let Some(store) = self.store else { return Ok(false) };
        let said = store.known_claim(&self.shop.name, key, page)?;
        let said = said.map_or(Fold::Unknown, |known| known.claim.availability.fold());
        let claims = others.sightings.iter().filter_map(|sighting| sighting.claim.as_ref());
        Ok(claims
            .map(|claim| claim.availability.fold())
            .any(|fold| matches!((said, fold), (Fold::Buyable, Fold::NotBuyable) | (Fold::NotBuyable, Fold::Buyable))))
    }
}

/// Pieces above the threshold, where it is their number that decides.
fn above(fact: &StockFact) -> Option<Decimal> {
    let counts = matches!(fact.policy, Policy::Tracked);
    fact.sellable.filter(|_| counts).map(|sellable| sellable - fact.threshold)
}

/// What the reading of a page depends on beside its body: the rules, this program, and which items are sought on it.
pub(super) fn reading(shop: &Shop, page: &PageOf<Item>) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{} {:?}", env!("CARGO_PKG_VERSION"), shop.claims));
    for row in &page.rows {
        let item = &row.value;
        hash.update(format!("\n{:?} {:?} {:?} {:?}", item.sku, item.stock_key, item.gtin, item.url));
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What is remembered of a page, if it may be used: read by the same rules, for the same items.
pub(super) fn known_page(
    shop: &Shop,
    store: &Store,
    chosen: &Chosen,
    reading: &str,
) -> Result<Option<KnownPage>, ShopTrouble> {
    let known = store.known_page(&shop.name, &chosen.page.url)?;
    Ok(known.filter(|known| known.reading == reading))
}
