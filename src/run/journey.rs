//! An item over its whole journey: its page's claim, what the other touchpoints showed of it, and the stock.

use std::cell::RefCell;

use jiff::Timestamp;
use url::Url;

use super::ShopTrouble;
use super::join;
use super::look::{Seen, known_fact};
use super::sources::Sources;
use crate::domain::{
    Availability, Claim, Elsewhere, Item, ItemKey, Journey, Judged, Judgement, Page, PageFailure, Sighting, Step,
    StockAnswer, Touchpoint, Unknown, Unverified, Verdict,
};
use crate::judge::{self, Sight};
use crate::store::Worksheet;

/// Signals of a claim that are kept with a journey, the deciding ones: an item may have many touchpoints.
const SIGNALS: usize = 4;

/// What touchpoints other than its page say of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    /// What they showed.
    pub(super) sightings: Vec<Sighting>,
    /// Whether any item of the same product may be bought, where something speaks of the product as a whole.
    pub(super) product_buyable: Option<bool>,
}

/// Looks up what other touchpoints say. Remembers of the last page whether anything on it may be bought, as items come
/// page by page.
pub(super) struct Around<'a> {
    sources: &'a Sources,
    sheet: &'a Worksheet,
    now: Timestamp,
    last: RefCell<Option<(Url, Option<bool>)>>,
}

impl<'a> Around<'a> {
    pub(super) fn new(sources: &'a Sources, sheet: &'a Worksheet, now: Timestamp) -> Self {
        Self { sources, sheet, now, last: RefCell::default() }
    }

    /// What they say of the item in a row.
    pub(super) fn of(&self, row: i64, item: &Item) -> Result<Others, ShopTrouble> {
        let sightings = self.sheet.sightings(row)?;
        let product_buyable = match &item.url {
            Some(url) if sightings.iter().any(|sighting| sighting.of_product) => self.product_buyable(url)?,
            _ => None,
        };
        Ok(Others { sightings, product_buyable })
    }

    fn product_buyable(&self, url: &Url) -> Result<Option<bool>, ShopTrouble> {
        if let Some((page, buyable)) = self.last.borrow().as_ref().filter(|(page, _)| page == url) {
            tracing::trace!("{page}: buyable as a whole: {buyable:?}");
            return Ok(*buyable);
        }
        let mut buyable = None;
        for row in self.sheet.rows_beside(url)? {
            let joined = join::look_up(self.sources, &row.value.item_key(), &row.value, self.sheet)?;
            buyable = buyable.max(judge::may_be_bought(joined.answer.as_ref(), self.now));
        }
        self.last.replace(Some((url.clone(), buyable)));
        Ok(buyable)
    }
}

/// Holds what all touchpoints claim of one item against what the stock source says of it. `seen`: its page, if that was
/// looked at.
pub(super) fn held_against(
    shop: &str,
    (key, item): (ItemKey, Item),
    claim: Option<Claim>,
    seen: Option<&Seen>,
    answer: Option<StockAnswer>,
    others: &Others,
    now: Timestamp,
) -> Judged {
    let page = seen.map(|seen| page_step(claim, seen, answer.as_ref(), now));
    let image = seen.and_then(|seen| seen.as_ref().ok()).and_then(|(_, reading)| reading.product.image.clone());
    let judged = Judged {
        shop: shop.to_owned(),
        key,
        image,
        claim: None,
        fact: known_fact(answer.clone()),
        item,
        judgement: judge::on_the_way(&[]).0,
        incident: None,
        since: None,
        severity: None,
        journey: Journey::default(),
        looked: None,
    };
    over(judged, steps(page, others, answer.as_ref(), now))
}

/// The steps of an item in the order of the way; the page's is made by who looked at it.
pub(super) fn steps(page: Option<Step>, others: &Others, answer: Option<&StockAnswer>, now: Timestamp) -> Vec<Step> {
    let sighted = others.sightings.iter().map(|sighting| judge::step(sighting, answer, others.product_buyable, now));
    let mut steps: Vec<Step> = sighted.chain(page).collect();
    for claim in steps.iter_mut().filter_map(|step| step.claim.as_mut()) {
        if claim.touchpoint != Touchpoint::Page {
            claim.signals.truncate(SIGNALS);
        }
    }
    steps.sort_by_key(|step| step.touchpoint);
    steps
}

/// The item with these steps for its journey, and what follows from them.
pub(super) fn over(judged: Judged, steps: Vec<Step>) -> Judged {
    let (judgement, decides) = judge::on_the_way(&steps);
    with(judged, steps, judgement, decides)
}

fn with(judged: Judged, steps: Vec<Step>, judgement: Judgement, decides: Option<usize>) -> Judged {
    let page = || steps.iter().find(|step| step.touchpoint == Touchpoint::Page);
    let claim = decides.and_then(|at| steps.get(at)).or_else(page).and_then(|step| step.claim.clone());
    let break_point = judge::break_point(&steps, &judgement.verdict);
    Judged { claim, judgement, journey: Journey { steps, break_point, why: None }, ..judged }
}

/// Whether an item is wrong by what its page says: by itself, or beside what others say of an item nobody knows.
pub(super) fn accuses_the_page(judged: &Judged) -> bool {
    let mut wrong = judged.journey.steps.iter().filter(|step| step.judgement.verdict.is_mismatch()).peekable();
    wrong.peek().is_none() || wrong.any(|step| step.touchpoint == Touchpoint::Page)
}

/// What the later looks at an item make of the first one, step by step. `again` is the item as seen now.
pub(super) fn confirmed(first: &Judged, again: Judged, bypassed: Option<&Judgement>) -> Judged {
    let steps: Vec<Step> = first.journey.steps.iter().map(|step| confirmed_step(step, &again, bypassed)).collect();
    let (judgement, decides) = judge::on_the_way(&steps);
    // Touchpoints that contradict each other must do so on every look, though each of them may be right.
    let is_torn = decides.is_none() && judgement.verdict.is_mismatch();
    let moved = is_torn && again.judgement.verdict != judgement.verdict;
    let judgement = if moved { moved_to(&judgement, &again.judgement) } else { judgement };
    // What was wrong and could not be seen again is not right because others are.
    let unseen = first.journey.steps.iter().zip(&steps).find(|(before, now)| {
        let is_unverified = matches!(&now.judgement.verdict, Verdict::Unverified(why) if *why != Unverified::Moved);
        before.judgement.verdict.is_mismatch() && is_unverified
    });
    let judgement = match unseen {
        Some((_, now)) if judgement.verdict == Verdict::Agrees => now.judgement.clone(),
        _ => judgement,
    };
    with(again, steps, judgement, decides)
}

fn confirmed_step(first: &Step, again: &Judged, bypassed: Option<&Judgement>) -> Step {
    if !first.judgement.verdict.is_mismatch() {
        return first.clone();
    }
    let Some(later) = again.journey.now(first) else {
        let gone = Judgement { because: "it is not shown there any more".to_owned(), ..first.judgement.clone() };
        return Step { judgement: moved_to(&first.judgement, &gone), ..first.clone() };
    };
    let looks = judge::Looks {
        after: first.judgement.clone(),
        again: later.judgement.clone(),
        bypassed: bypassed.filter(|_| first.touchpoint == Touchpoint::Page).cloned(),
    };
    Step { judgement: judge::confirm(&first.judgement, &looks), ..later.clone() }
}

fn moved_to(first: &Judgement, then: &Judgement) -> Judgement {
    Judgement {
        verdict: Verdict::Unverified(Unverified::Moved),
        cause: None,
        because: format!("at first {}; then {}", first.because, then.because),
    }
}

/// What the page claims, judged by itself.
fn page_step(claim: Option<Claim>, seen: &Seen, answer: Option<&StockAnswer>, now: Timestamp) -> Step {
    let judgement = match (seen, &claim) {
        (Ok((page, _)), Some(claim)) => match led_away(page, claim) {
            Some(elsewhere) => judge::judge(&Sight::Failure(&elsewhere), answer, now),
            None => judge::judge(&Sight::Claim(claim, page.status), answer, now),
        },
        (Ok((page, _)), None) => judge::judge(&Sight::Gone { status: page.status }, answer, now),
        (Err(failure), _) => judge::judge(&Sight::Failure(failure), answer, now),
    };
    // A page that is gone claims nothing.
    let claim = claim.filter(|_| judgement.verdict != Verdict::Gone);
    Step { touchpoint: Touchpoint::Page, place: None, claim, judgement }
}

/// Whether the address of a page leads somewhere else than to the page. What answers at a folder above it may be the page
/// under a shorter address, so there it must be unable to say anything of the item.
pub(super) fn led_away(page: &Page, claim: &Claim) -> Option<PageFailure> {
    let says_nothing = matches!(
        claim.availability,
        Availability::Unknown(Unknown::OtherProduct | Unknown::NoClaim | Unknown::Ambiguous | Unknown::SoftNotFound)
    );
    let is_wall = !says_nothing && matches!(claim.availability, Availability::Unknown(_));
    if page.hops.is_empty() || is_wall || !(200..300).contains(&page.status) {
        return None;
    }
    let elsewhere = Elsewhere::of(&page.requested, &page.url)?;
    let is_gone = says_nothing || elsewhere == Elsewhere::Home;
    is_gone.then(|| PageFailure::Elsewhere { what: elsewhere.words().to_owned(), to: page.url.clone() })
}
