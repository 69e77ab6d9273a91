//! Stage 8, of what whoever runs the shops must hear beside stock that is not believed: targets that touchpoints miss, and
//! what could not be checked as it should. Each is told once, until it is over; what is left in a cart is told each time.

use jiff::Timestamp;

use super::{Job, RunError, Shop, remember};
use crate::domain::{ShopSummary, Summary, Touchpoint};
use crate::notify::{self, Hindered, Hindrance, Unmet};
use crate::store::{Store, Transaction};

/// The keys of targets in the configuration.
const TARGETS: [&str; 2] = ["truth_rate", "lag_p95"];

/// Notes what is wrong with the shops' touchpoints and queues what must be said of it. Returns the number of notices. A run
/// that was cut short says nothing of what it did not come to, only of what it left behind.
pub(super) fn note(
    store: &mut Store,
    job: &Job,
    options: &notify::Options,
    summary: &Summary,
    now: Timestamp,
) -> Result<u64, RunError> {
    let transaction = store.transaction(Some(summary.run))?;
    let mut round = Round { transaction: &transaction, now, unmet: Untold::default(), hindrances: Untold::default() };
    // Of a run that checked nothing at all they are told as such.
    let some_were_checked = summary.shops.iter().any(|shop| shop.verified() > 0);
    for (shop, counted) in job.shops.iter().zip(&summary.shops) {
        round.left_in_cart(counted)?;
        if summary.interrupted {
            continue;
        }
        if some_were_checked {
            round.whole_shop(counted)?;
        }
        // Of a shop that could not be checked nothing new is known.
        if counted.failed.is_none() {
            round.targets(counted)?;
            round.hindered(shop, counted)?;
        }
    }
    let Round { unmet, hindrances, .. } = round;
    let refused = remember::refusing(&transaction, options, now)?;
    let notices = [
        (notify::unmet(options, &unmet.what, &refused, summary.run, now), unmet.kinds),
        (notify::hindered(options, &hindrances.what, &refused, summary.run, now), hindrances.kinds),
    ];
    let mut queued = 0;
    for (notice, kinds) in notices {
        let Some(notice) = notice.map_err(|error| RunError::Mail(error.to_string()))? else { continue };
        let id = transaction.queue(&notice)?;
        queued += 1;
        for kind in kinds {
            transaction.alarm_told(&kind, id, now)?;
        }
    }
    transaction.commit()?;
    Ok(queued)
}

/// What nobody was told of yet, and the names under which the store keeps it.
struct Untold<T> {
    kinds: Vec<String>,
    what: Vec<T>,
}

impl<T> Default for Untold<T> {
    fn default() -> Self {
        Self { kinds: Vec::new(), what: Vec::new() }
    }
}

impl<T> Untold<T> {
    fn add(&mut self, kind: String, what: T) {
        self.kinds.push(kind);
        self.what.push(what);
    }
}

/// One going through the shops.
struct Round<'a> {
    transaction: &'a Transaction<'a>,
    now: Timestamp,
    unmet: Untold<Unmet>,
    hindrances: Untold<Hindrance>,
}

impl Round<'_> {
    fn targets(&mut self, counted: &ShopSummary) -> Result<(), RunError> {
        let shop = &counted.shop;
        for (touchpoint, target) in Touchpoint::ALL.iter().flat_map(|one| TARGETS.map(|target| (one.code(), target))) {
            let kind = format!("target {shop} {touchpoint} {target}");
            let missed = counted
                .targets_missed
                .iter()
                .find(|one| (one.touchpoint.as_str(), one.target.as_str()) == (touchpoint, target));
            let Some(missed) = missed else {
                self.transaction.calm(&kind)?;
                continue;
            };
            if let Some(since) = self.transaction.raise(&kind, &missed.was, self.now)? {
                let summary = counted.touchpoints.get(touchpoint).cloned().unwrap_or_default();
                self.unmet.add(kind, Unmet { shop: shop.clone(), target: missed.clone(), summary, since });
            }
        }
        Ok(())
    }

    /// A shop that could not be checked, or a part of whose catalogue could not be read.
    fn whole_shop(&mut self, counted: &ShopSummary) -> Result<(), RunError> {
        let why = counted.failed.as_ref().or(counted.catalogue_unread.as_ref());
        self.unread(&counted.shop, (None, None), why)
    }

    /// Feeds, listings and a cart of which nothing or not all could be read. What was not tried stays as it was.
    fn hindered(&mut self, shop: &Shop, counted: &ShopSummary) -> Result<(), RunError> {
        let feeds = counted.feeds.iter().map(|one| (Touchpoint::Feed, Some(&one.name), one.failed.as_ref()));
        let listings = counted.listings.iter().map(|one| (Touchpoint::Listing, Some(&one.name), one.unread()));
        // A shop that is not to be asked has no cart to worry about.
        let is_known = shop.cart.is_none() || counted.probes.asked > 0;
        let cart = is_known.then(|| (Touchpoint::Cart, None, counted.probes.all_failed()));
        for (touchpoint, name, why) in feeds.chain(listings).chain(cart) {
            self.unread(&shop.name, (Some(touchpoint), name), why)?;
        }
        Ok(())
    }

    /// Units that a run could not take out of a cart again. Another run leaves other units, so each is told.
    fn left_in_cart(&mut self, counted: &ShopSummary) -> Result<(), RunError> {
        if counted.probes.asked == 0 {
            return Ok(());
        }
        let kind = format!("left in cart {}", counted.shop);
        self.transaction.calm(&kind)?;
        let left = counted.probes.not_cleaned.join("; ");
        if left.is_empty() {
            return Ok(());
        }
        if let Some(since) = self.transaction.raise(&kind, &left, self.now)? {
            let (shop, touchpoint) = (counted.shop.clone(), Some(Touchpoint::Cart));
            let what = Hindered::LeftInCart(left);
            self.hindrances.add(kind, Hindrance { shop, touchpoint, place: None, what, since });
        }
        Ok(())
    }

    /// What could not be read twice in a row is told: the first time may be a restart of the shop.
    fn unread(
        &mut self,
        shop: &str,
        (touchpoint, place): (Option<Touchpoint>, Option<&String>),
        why: Option<&String>,
    ) -> Result<(), RunError> {
        let named = touchpoint.map_or("shop", Touchpoint::code);
        let kind = format!("unread {shop} {named} {}", place.map_or("", String::as_str));
        let Some(why) = why else {
            self.transaction.calm(&kind)?;
            return Ok(());
        };
        if let Some(since) = self.transaction.raise(&kind, why, self.now)?.filter(|since| *since < self.now) {
            let (shop, place, what) = (shop.to_owned(), place.cloned(), Hindered::Unread(why.clone()));
            self.hindrances.add(kind, Hindrance { shop, touchpoint, place, what, since });
        }
        Ok(())
    }
}
