//! One look at a page that may be as it was when it was last read: then what it said then is what it says now.

use std::rc::Rc;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::look::{Seen, read};
use super::plan;
use super::remember::Memory;
use super::{Shop, ShopTrouble};
use crate::claims::Reader;
use crate::domain::{CacheEvidence, Claim, Item, LookReason, Page, PageFailure, ProductFacts, Reading};
use crate::fetch::{Fetcher, Lookup, Validators};
use crate::store::{Chosen, KnownClaim, KnownPage, Row, Worksheet};

/// Looks in a row at which the shop's word is taken that a page is as it was; the next one reads it in any case. Shops whose
/// `ETag` does not change with the availability exist: with a fourth of all looks read, the first round of the audit finds
/// them out.
const IN_A_ROW: i64 = 3;

/// So long a shop whose word was worth nothing is not taken at it.
const DISTRUST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether a shop is taken at its word that a page is as it was.
pub(super) struct Word {
    was_worth_something: bool,
}

impl Word {
    /// As far as is remembered.
    pub(super) fn of(shop: &Shop, memory: &Memory, now: Timestamp) -> Result<Self, ShopTrouble> {
        let last = memory.past().map(|store| store.distrusted(&shop.name)).transpose()?.flatten();
        Ok(Self { was_worth_something: last.is_none_or(|last| now.duration_since(last) > DISTRUST) })
    }

    /// As far as is known by now.
    pub(super) fn is_taken(&self, sheet: &Worksheet) -> Result<bool, ShopTrouble> {
        Ok(self.was_worth_something && !sheet.is_distrusted()?)
    }
}

/// What is remembered of a page that is about to be looked at.
pub(super) struct Before {
    /// What the reading of it depends on beside its body.
    reading: String,
    known: Option<(KnownPage, Vec<KnownClaim>)>,
    /// Whether the shop may be asked to send it only if it changed.
    trust: bool,
}

/// Looks up what is remembered. A page is as it was only if that is known of all its items.
pub(super) fn before(shop: &Shop, memory: &Memory, is_taken: bool, chosen: &Chosen) -> Result<Before, ShopTrouble> {
    let reading = plan::reading(shop, &chosen.page);
    let mut known = None;
    if let Some(store) = memory.past()
        && let Some(page) = plan::known_page(shop, store, chosen, &reading)?
    {
        let claims = chosen.page.rows.iter().map(|row| {
            let key = row.value.item_key();
            store.known_claim(&shop.name, &key, &chosen.page.url)
        });
        known = claims.collect::<Result<Option<Vec<_>>, _>>()?.map(|claims| (page, claims));
    }
    // Where something speaks for it that the page is wrong, it is read.
    let is_calm = !matches!(
        chosen.reason,
        LookReason::Asked | LookReason::Incident | LookReason::Contradiction | LookReason::Changed
    );
    let trusted = known.as_ref().is_some_and(|(page, _)| (0..IN_A_ROW).contains(&page.trusted));
    Ok(Before { reading, known, trust: is_calm && is_taken && trusted })
}

/// What came of it.
pub(super) enum Sight {
    /// The page was read.
    Read(Rc<Seen>),
    /// It is as it was: what is known of each item, and the page without its text.
    Same(Vec<(KnownClaim, Rc<Seen>)>),
}

/// A look at a chosen page.
pub(super) struct Glance {
    pub(super) chosen: Chosen,
    pub(super) sight: Sight,
    /// By what the page is known from now on.
    pub(super) known: Option<KnownPage>,
    /// Whether the shop states the same of it although it says something else now.
    pub(super) lied: bool,
}

/// Fetches a page, and reads it unless it is as it was.
pub(super) async fn glance(web: &Fetcher, reader: &Arc<Reader>, chosen: Chosen, before: Before) -> Glance {
    let url = &chosen.page.url;
    match look(web, url, &before).await {
        Err(failure) => Glance { chosen, sight: Sight::Read(Rc::new(Err(failure))), known: None, lied: false },
        Ok(Lookup::Same { url: answered, cache, seen_at }) => {
            let Some((page, claims)) = before.known else {
                let why = "the host answered that the page is as it was, which nobody asked".to_owned();
                return Glance {
                    chosen,
                    sight: Sight::Read(Rc::new(Err(PageFailure::Connection { why }))),
                    known: None,
                    lied: false,
                };
            };
            let trusted = if before.trust { page.trusted + 1 } else { 0 };
            let same = claims.into_iter().map(|known| same(known, url, &answered, cache.as_ref(), seen_at));
            let sight = Sight::Same(same.collect());
            Glance { chosen, sight, known: Some(KnownPage { trusted, ..page }), lied: false }
        }
        Ok(Lookup::New(page, found)) => {
            let status = page.status;
            let seen = read(reader, *page).await;
            let lied = lied(&before, &chosen, &found, &seen);
            let known = (status == 200).then(|| noted(&before, &chosen, &found));
            Glance { chosen, sight: Sight::Read(Rc::new(seen)), known, lied }
        }
    }
}

async fn look(web: &Fetcher, url: &Url, before: &Before) -> Result<Lookup, PageFailure> {
    let known = before.known.as_ref().map(|(page, _)| Validators {
        etag: page.etag.clone(),
        last_modified: page.last_modified.clone(),
        body: page.body.clone(),
    });
    let looked = web.page_if_changed(url, known.as_ref(), before.trust).await?;
    match (&looked, &before.known) {
        // It answers elsewhere than it did, so what was read then may be of another page.
        (Lookup::Same { url: answered, .. }, Some((_, claims)))
            if claims.iter().any(|one| one.claim.url != *answered) =>
        {
            web.page_if_changed(url, None, false).await
        }
        _ => Ok(looked),
    }
}

/// What is known of an item, as if it had been read now.
fn same(
    known: KnownClaim,
    asked: &Url,
    answered: &Url,
    cache: Option<&CacheEvidence>,
    seen_at: Timestamp,
) -> (KnownClaim, Rc<Seen>) {
    let page = Page {
        requested: asked.clone(),
        url: answered.clone(),
        // It was not led away when it was read, and it answers where it did then.
        hops: Vec::new(),
        status: 200,
        content_type: String::new(),
        html: String::new(),
        charset: "UTF-8",
        cache: cache.cloned(),
        seen_at,
    };
    let product = ProductFacts { image: known.described.image.clone(), ..ProductFacts::default() };
    let claim = Claim { cache: cache.cloned(), seen_at, ..known.claim };
    let reading = Reading { product, ..Reading::default() };
    (KnownClaim { claim, ..known }, Rc::new(Ok((page, reading))))
}

/// Whether the shop states the same of a page that says something else now.
fn lied(before: &Before, chosen: &Chosen, found: &Validators, seen: &Seen) -> bool {
    before.known.as_ref().is_some_and(|(page, claims)| {
        let before = (page.etag.as_deref(), page.last_modified.as_deref());
        let states_the_same = before != (None, None) && before == found.stated();
        states_the_same && chosen.page.rows.iter().zip(claims).any(|(row, known)| says_otherwise(seen, row, known))
    })
}

/// By what a page that was read is known from now on.
fn noted(before: &Before, chosen: &Chosen, found: &Validators) -> KnownPage {
    // Not all pages are read on the same run: where each begins to count depends on its address.
    let phase = chosen.page.url.as_str().bytes().map(i64::from).sum::<i64>() % (IN_A_ROW + 1);
    KnownPage {
        etag: found.etag.clone(),
        last_modified: found.last_modified.clone(),
        body: found.body.clone(),
        reading: before.reading.clone(),
        trusted: if before.known.is_some() { 0 } else { phase },
    }
}

fn says_otherwise(seen: &Seen, row: &Row<Item>, known: &KnownClaim) -> bool {
    let claim = super::look::claim(seen, &row.value);
    claim.is_some_and(|claim| claim.availability.fold() != known.claim.availability.fold())
}
