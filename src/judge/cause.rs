//! Why a promise is wrong, as far as what was seen speaks for it. Never certain, but for the page cache, which was asked;
//! with less than its evidence there is no cause.
//!
//! | cause | what must speak for it |
//! |---|---|
//! | `page_cache` | the page tells the truth once page caches are bypassed |
//! | `feed_lag` | only the feed is wrong and the page is right; or the feed is older than the last change of the stock |
//! | `listing_lag` | only the listing is wrong, and the page is right |
//! | `template` | on most pages, and on five at least, one kind of signal is wrong where another kind is right |
//! | `variant` | another item of the page can be bought, and the promise names no item |
//! | `source_suspect` | nearly a third of all items, ten at least, are denied by all touchpoints in the same way; or the newest that the source says is older than a day |
//! | `sync_window` | the stock changed within the time that a touchpoint may lag; or together with most of what else is wrong |
//! | `untracked_option` | the cart takes it, and the source counts its stock and has none |
//!
//! The first that applies is the one. [`Patterns`] holds what only the whole run can tell.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    CacheEvidence, Cause, Claim, Fold, Item, Journey, Judged, Policy, Signal, SignalKind, Step, StockFact, Touchpoint,
    Verdict, Why,
};

/// With fewer alike there is no pattern.
const MANY: u64 = 5;
/// Items that a source must be wrong about before it is the likelier one to be wrong.
const MANY_OF_A_SOURCE: u64 = 10;
/// What a source says newest is old from here on.
const OLD: SignedDuration = SignedDuration::from_hours(24);

/// What is known around an item beside what its touchpoints say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Other items on the same page.
    pub siblings: u64,
    /// Those among them that can be bought.
    pub buyable: u64,
    /// How long a touchpoint of the shop may lag its stock.
    pub lag: SignedDuration,
    /// Of what is wrong by the same source, how many changed at about the same time as this one.
    pub alike: u64,
    /// All that is wrong by the same source and of which it is known when it changed.
    pub changed: u64,
}

/// What the whole run says of causes. Its size depends on the kinds of signals and the sources, not on the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    /// Items that the shop sells, looked at or not.
    items: u64,
    kinds: BTreeMap<(SignalKind, bool), Kind>,
    sources: BTreeMap<String, Source>,
}

/// A kind of signal on the pages of items that can be bought, or cannot.
#[derive(Clone, Copy, Debug, Default)]
struct Kind {
    speaks: u64,
    /// Wrong, while another kind on the same page is right.
    alone: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Source {
    /// Denied by all touchpoints: they promise what it says is none, and the other way round.
    none: u64,
    there: u64,
    newest: Option<Timestamp>,
}

impl Patterns {
    /// None yet, of a shop that sells so many items.
    pub fn of(items: u64) -> Self {
        Self { items, ..Self::default() }
    }

    /// Takes an item into account, whatever its verdict.
    pub fn note(&mut self, judged: &Judged) {
        let Some(fact) = &judged.fact else { return };
        let (truth, journey) = (fold(fact), &judged.journey);
        let source = self.sources.entry(fact.source.clone()).or_default();
        source.newest = source.newest.max(Some(fact.as_of));
        match judged.judgement.verdict {
            Verdict::FalseAvailable if is_denied_by_all(journey, truth) => source.none += 1,
            Verdict::FalseUnavailable if is_denied_by_all(journey, truth) => source.there += 1,
            _ => {}
        }
        let page = journey.at(Touchpoint::Page).find_map(|step| step.claim.as_ref());
        let signals = page.map_or(&[][..], |claim| &claim.signals);
        for kind in SignalKind::ALL.into_iter().filter(|kind| signals.iter().any(|signal| signal.kind == *kind)) {
            let known = self.kinds.entry((kind, truth == Fold::Buyable)).or_default();
            known.speaks += 1;
            known.alone += u64::from(is_wrong_alone(signals, kind, truth));
        }
    }

    /// Whether this kind of signal is wrong on most pages on which it speaks.
    fn template(&self, kind: SignalKind, truth: Fold) -> Option<Kind> {
        let known = self.kinds.get(&(kind, truth == Fold::Buyable)).copied()?;
        (known.alone >= MANY && known.alone * 10 >= known.speaks * 8).then_some(known)
    }
}

/// The likely cause of what is wrong with an item, if enough speaks for one.
pub fn likely(judged: &Judged, patterns: &Patterns, around: &Around, now: Timestamp) -> Option<Why> {
    let verdict = &judged.judgement.verdict;
    if !verdict.is_mismatch() {
        return None;
    }
    let journey = &judged.journey;
    let step = journey.decides(verdict)?;
    if judged.judgement.cause == Some(Cause::PageCache) {
        return Some(why(Cause::PageCache, "page cache".to_owned(), cached(step.claim.as_ref())));
    }
    let (claim, fact) = (step.claim.as_ref()?, judged.fact.as_ref()?);
    let case = Case { item: &judged.item, verdict, journey, step, claim, fact };
    case.feed_lag()
        .or_else(|| case.listing_lag())
        .or_else(|| case.template(patterns))
        .or_else(|| case.variant(around))
        .or_else(|| case.source_suspect(patterns, now))
        .or_else(|| case.sync_window(around))
        .or_else(|| case.untracked_option())
}

struct Case<'a> {
    item: &'a Item,
    verdict: &'a Verdict,
    journey: &'a Journey,
    step: &'a Step,
    claim: &'a Claim,
    fact: &'a StockFact,
}

impl Case<'_> {
    /// Whether it is promised or denied wrongly; a contradiction or a dead link lags nothing.
    fn is_untrue(&self) -> bool {
        matches!(self.verdict, Verdict::FalseAvailable | Verdict::FalseUnavailable | Verdict::ExpiredPromise)
    }

    fn page_agrees(&self) -> Option<&Claim> {
        let page = self.journey.at(Touchpoint::Page).find(|step| step.judgement.verdict == Verdict::Agrees)?;
        page.claim.as_ref()
    }

    fn changed(&self) -> String {
        self.fact.changed_at.map(|at| format!(" since {}", second(at))).unwrap_or_default()
    }

    fn feed_lag(&self) -> Option<Why> {
        if self.step.touchpoint != Touchpoint::Feed || !self.is_untrue() {
            return None;
        }
        let said = self.claim.availability;
        let evidence = match (self.fact.changed_at, self.page_agrees()) {
            (Some(changed), _) if changed > written(self.claim) => {
                format!(
                    "it is of {} and says {said}; the stock changed at {}",
                    second(written(self.claim)),
                    second(changed)
                )
            }
            (_, Some(page)) => {
                format!("it says {said} while the page says {}, as the stock does{}", page.availability, self.changed())
            }
            _ => return None,
        };
        Some(why(Cause::FeedLag, self.step.at(), evidence))
    }

    fn listing_lag(&self) -> Option<Why> {
        if self.step.touchpoint != Touchpoint::Listing || !self.is_untrue() {
            return None;
        }
        let (page, said) = (self.page_agrees()?.availability, self.claim.availability);
        let evidence = format!("it says {said} while the page says {page}, as the stock does{}", self.changed());
        Some(why(Cause::ListingLag, self.step.at(), evidence))
    }

    fn template(&self, patterns: &Patterns) -> Option<Why> {
        if self.step.touchpoint != Touchpoint::Page {
            return None;
        }
        let (truth, signals) = (fold(self.fact), &self.claim.signals);
        let wrong = SignalKind::ALL.into_iter().filter(|kind| is_wrong_alone(signals, *kind, truth));
        let (kind, known) = wrong.filter_map(|kind| Some((kind, patterns.template(kind, truth)?))).next()?;
        let stock = if truth == Fold::Buyable { "can be bought" } else { "cannot be bought" };
        let Kind { speaks, alone } = known;
        let evidence = format!(
            "it is wrong on {alone} of the {speaks} pages of items that {stock} and on which it speaks, where other \
             signals are right"
        );
        Some(why(Cause::Template, format!("{} of the page", kind.code()), evidence))
    }

    fn variant(&self, around: &Around) -> Option<Why> {
        let names = |signal: &Signal| signal.sku.iter().chain(&signal.also).any(|key| is_key_of(key, self.item));
        let is_named = self.claim.signals.first().is_none_or(names);
        if *self.verdict != Verdict::FalseAvailable || is_named || around.buyable == 0 {
            return None;
        }
        let Around { siblings, buyable, .. } = around;
        let evidence =
            format!("{buyable} of the {siblings} other items of its page can be bought; the promise names none");
        Some(why(Cause::Variant, format!("{} of several variants", self.step.at()), evidence))
    }

    fn source_suspect(&self, patterns: &Patterns, now: Timestamp) -> Option<Why> {
        let known = patterns.sources.get(&self.fact.source)?;
        let at = format!("source {}", self.fact.source);
        if !self.is_untrue() || !is_denied_by_all(self.journey, fold(self.fact)) {
            return None;
        }
        if let Some(newest) = known.newest.filter(|newest| now.duration_since(*newest) > OLD) {
            let evidence = format!("the newest it says is of {}", second(newest));
            return Some(why(Cause::SourceSuspect, at, evidence));
        }
        let (alike, direction) = match self.verdict {
            Verdict::FalseUnavailable => (known.there, "there, and every touchpoint denies them"),
            _ => (known.none, "gone, and every touchpoint promises them"),
        };
        let is_much = alike >= MANY_OF_A_SOURCE && alike * 10 >= patterns.items * 3;
        let evidence = format!("it says that {alike} of the shop's {} items are {direction}", patterns.items);
        is_much.then(|| why(Cause::SourceSuspect, at, evidence))
    }

    fn sync_window(&self, around: &Around) -> Option<Why> {
        let changed = self.fact.changed_at.filter(|_| self.is_untrue())?;
        let since = self.claim.seen_at.duration_since(changed);
        if !since.is_negative() && since <= around.lag {
            let evidence = format!("the stock changed at {}, {} before this was seen", second(changed), span(since));
            return Some(why(Cause::SyncWindow, self.step.at(), evidence));
        }
        let Around { alike, changed: all, .. } = *around;
        let is_batch = alike >= MANY && alike * 10 >= all * 6;
        let evidence = format!("{alike} of {all} items that are wrong by it changed about {}", minute(changed));
        is_batch.then(|| why(Cause::SyncWindow, format!("source {}", self.fact.source), evidence))
    }

    fn untracked_option(&self) -> Option<Why> {
        if *self.verdict != Verdict::FalseAvailable || self.fact.policy != Policy::Tracked {
            return None;
        }
        let source = &self.fact.source;
        let mut taken =
            self.journey.at(Touchpoint::Cart).filter(|step| step.judgement.verdict == Verdict::FalseAvailable);
        taken.next()?;
        let evidence = format!("the cart takes it although {source} counts its stock and has none");
        Some(why(Cause::UntrackedOption, "cart".to_owned(), evidence))
    }
}

fn why(cause: Cause, at: String, evidence: String) -> Why {
    Why { cause, at, evidence }
}

/// When a feed was made, by its own date or its server's; else when it was read.
fn written(claim: &Claim) -> Timestamp {
    let age = claim.cache.as_ref().and_then(|cache| cache.age).and_then(|seconds| i64::try_from(seconds).ok());
    let age = SignedDuration::from_secs(age.unwrap_or_default());
    claim.seen_at.checked_sub(age).unwrap_or(claim.seen_at)
}

/// What a customer would have to be told.
fn fold(fact: &StockFact) -> Fold {
    if fact.buyable() { Fold::Buyable } else { Fold::NotBuyable }
}

/// Whether every signal of this kind is wrong, and one of another kind is right.
fn is_wrong_alone(signals: &[Signal], kind: SignalKind, truth: Fold) -> bool {
    let known = |signal: &&Signal| signal.says.fold() != Fold::Unknown;
    let (mut own, mut others) = (false, false);
    for signal in signals.iter().filter(known) {
        let is_right = signal.says.fold() == truth;
        if signal.kind == kind && is_right {
            return false;
        }
        own |= signal.kind == kind;
        others |= signal.kind != kind && is_right;
    }
    own && others
}

/// Whether all that touchpoints say is the opposite of what the stock says.
fn is_denied_by_all(journey: &Journey, truth: Fold) -> bool {
    let mut claims = journey.steps.iter().filter_map(|step| step.claim.as_ref());
    claims.all(|claim| !claim.contradicts && claim.availability.fold() != truth)
}

fn is_key_of(key: &str, item: &Item) -> bool {
    [&item.sku, &item.stock_key, &item.gtin].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(key))
}

/// What caches on the way said of themselves.
fn cached(claim: Option<&Claim>) -> String {
    let truth = "with page caches bypassed the page tells the truth";
    let Some(CacheEvidence { age, status }) = claim.and_then(|claim| claim.cache.as_ref()) else {
        return truth.to_owned();
    };
    let age = age.map(|seconds| format!("; Age: {seconds} s")).unwrap_or_default();
    let status = status.as_ref().map(|status| format!("; {status}")).unwrap_or_default();
    format!("{truth}{age}{status}")
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn span(time: SignedDuration) -> String {
    match time.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests;
