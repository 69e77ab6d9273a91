use rust_decimal::Decimal;

use super::*;
use crate::domain::{Availability, Confidence, ItemKey, Judgement, KeyMatch};
use Availability::{InStock, OutOfStock};
use Touchpoint::{Cart, Feed, Listing, Page};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn signal(kind: SignalKind, says: Availability) -> Signal {
    Signal::new(kind, says, "here".to_owned(), String::new())
}

fn claim(touchpoint: Touchpoint, signals: Vec<Signal>) -> Claim {
    Claim {
        touchpoint,
        url: "https://shop.example/p/1".parse().unwrap(),
        availability: signals[0].says,
        quantity: None,
        date: None,
        confidence: Confidence::High,
        contradicts: signals.iter().any(|one| one.says != signals[0].says),
        signals,
        cache: None,
        seen_at: now(),
    }
}

/// An item of which there are so many, and what each touchpoint says of it.
fn item(sellable: i64, said: &[(Touchpoint, Availability)]) -> Judged {
    let verdict = |says: Availability| match (says.fold(), sellable > 0) {
        (Fold::Buyable, false) => Verdict::FalseAvailable,
        (Fold::NotBuyable, true) => Verdict::FalseUnavailable,
        _ => Verdict::Agrees,
    };
    let judgement = |verdict| Judgement { verdict, cause: None, because: String::new() };
    let steps: Vec<Step> = said
        .iter()
        .map(|(touchpoint, says)| Step {
            touchpoint: *touchpoint,
            place: match touchpoint {
                Feed => Some("google".to_owned()),
                Listing => Some("Purim campaign".to_owned()),
                _ => None,
            },
            claim: Some(claim(*touchpoint, vec![signal(SignalKind::JsonLd, *says)])),
            judgement: judgement(verdict(*says)),
        })
        .collect();
    let worst = steps.iter().find(|step| step.judgement.verdict.is_mismatch()).or(steps.first()).unwrap();
    Judged {
        shop: "shop".to_owned(),
        key: ItemKey("A-1".to_owned()),
        item: Item { sku: Some("A-1".to_owned()), ..Item::default() },
        image: None,
        judgement: worst.judgement.clone(),
        claim: worst.claim.clone(),
        fact: Some(StockFact {
            key: "A-1".to_owned(),
            matched: KeyMatch::Exact,
            sellable: Some(Decimal::from(sellable)),
            threshold: Decimal::ONE,
            policy: Policy::Tracked,
            as_of: now(),
            changed_at: None,
            fields: BTreeMap::new(),
            source: "erp".to_owned(),
            policy_source: None,
        }),
        incident: None,
        since: None,
        severity: None,
        journey: Journey { steps, ..Journey::default() },
        looked: None,
    }
}

fn changed(mut judged: Judged, when: &str) -> Judged {
    judged.fact.as_mut().unwrap().changed_at = Some(at(when));
    judged
}

/// Cause and place.
fn found(judged: &Judged, patterns: &Patterns, around: &Around) -> Option<(Cause, String)> {
    likely(judged, patterns, around, now()).map(|why| (why.cause, why.at))
}

fn alone(judged: &Judged) -> Option<(Cause, String)> {
    found(judged, &Patterns::of(1_000), &Around::default())
}

fn is(cause: Cause, at: &str) -> Option<(Cause, String)> {
    Some((cause, at.to_owned()))
}

#[test]
fn a_bypassed_cache_is_the_cause_with_what_it_said_of_itself() {
    let mut judged = item(0, &[(Page, InStock)]);
    assert_eq!(alone(&judged), None, "nobody went past the cache");
    judged.judgement.cause = Some(Cause::PageCache);
    let cache = CacheEvidence { age: Some(5_400), status: Some("X-Cache: HIT".to_owned()) };
    judged.journey.steps[0].claim.as_mut().unwrap().cache = Some(cache);
    let why = likely(&judged, &Patterns::default(), &Around::default(), now()).unwrap();
    assert_eq!((why.cause, why.at.as_str()), (Cause::PageCache, "page cache"));
    assert_eq!(why.evidence, "with page caches bypassed the page tells the truth; Age: 5400 s; X-Cache: HIT");
}

#[test]
fn a_feed_lags_where_the_page_is_right_or_the_feed_is_older_than_the_stock() {
    let behind = item(0, &[(Feed, InStock), (Page, OutOfStock)]);
    assert_eq!(alone(&behind), is(Cause::FeedLag, "feed google"));
    let unseen = item(0, &[(Feed, InStock)]);
    assert_eq!(alone(&unseen), None, "the page was not seen, and nobody knows when the stock changed");
    let old = changed(unseen.clone(), "2026-11-22T12:30:00Z");
    assert_eq!(alone(&old), is(Cause::FeedLag, "feed google"));
    let why = likely(&old, &Patterns::default(), &Around::default(), now()).unwrap();
    assert_eq!(
        why.evidence,
        "it is of 2026-11-22 12:00:00 UTC and says InStock; the stock changed at 2026-11-22 12:30:00 UTC"
    );
    assert_eq!(alone(&changed(unseen.clone(), "2026-11-22T10:30:00Z")), None, "it was made after the change");
    let mut dated = changed(unseen, "2026-11-22T10:30:00Z");
    let status = Some("feed of 2026-11-22T10:00:00Z".to_owned());
    dated.journey.steps[0].claim.as_mut().unwrap().cache = Some(CacheEvidence { age: Some(7_200), status });
    assert_eq!(alone(&dated), is(Cause::FeedLag, "feed google"), "it was read after the change but made before");
    let denied = item(4, &[(Feed, OutOfStock), (Page, InStock)]);
    assert_eq!(alone(&denied), is(Cause::FeedLag, "feed google"), "what came back in lags too");
    assert_eq!(alone(&item(0, &[(Feed, InStock), (Listing, InStock)])), None);
}

#[test]
fn a_listing_lags_where_the_page_is_right() {
    let behind = item(0, &[(Listing, InStock), (Page, OutOfStock)]);
    assert_eq!(alone(&behind), is(Cause::ListingLag, "listing Purim campaign"));
    assert_eq!(alone(&item(0, &[(Listing, InStock)])), None, "the page was not seen");
    assert_ne!(alone(&item(0, &[(Listing, InStock), (Page, InStock)])).map(|found| found.0), Some(Cause::ListingLag));
}

/// A page on which JSON-LD promises what the button denies.
fn torn() -> Judged {
    let mut judged = item(0, &[(Page, InStock)]);
    let signals = vec![signal(SignalKind::JsonLd, InStock), signal(SignalKind::Button, OutOfStock)];
    judged.journey.steps[0].claim = Some(claim(Page, signals));
    judged
}

fn patterns_of<'a>(all: impl IntoIterator<Item = &'a Judged>, items: u64) -> Patterns {
    let mut patterns = Patterns::of(items);
    all.into_iter().for_each(|judged| patterns.note(judged));
    patterns
}

#[test]
fn a_signal_that_is_wrong_on_most_pages_is_the_templates() {
    let (torn, honest) = (torn(), item(0, &[(Page, OutOfStock)]));
    let of = |lying: usize, right: usize| {
        let all = std::iter::repeat_n(&torn, lying).chain(std::iter::repeat_n(&honest, right));
        found(&torn, &patterns_of(all, 1_000), &Around::default())
    };
    assert_eq!(of(5, 1), is(Cause::Template, "json_ld of the page"));
    assert_eq!(of(4, 0), None, "four are no pattern");
    assert_eq!(of(8, 4), None, "the same template is right too often");
    let lying = item(0, &[(Page, InStock)]);
    let patterns = patterns_of(std::iter::repeat_n(&torn, 9), 1_000);
    assert_eq!(found(&lying, &patterns, &Around::default()), None, "nothing on this page says otherwise");
    let why = likely(&torn, &patterns, &Around::default(), now()).unwrap();
    assert_eq!(
        why.evidence,
        "it is wrong on 9 of the 9 pages of items that cannot be bought and on which it speaks, where other signals are right"
    );
}

#[test]
fn a_contradiction_may_be_the_templates_too() {
    let mut contradictory = torn();
    contradictory.journey.steps[0].judgement.verdict = Verdict::Contradictory;
    contradictory.judgement.verdict = Verdict::Contradictory;
    let patterns = patterns_of(std::iter::repeat_n(&contradictory, 5), 1_000);
    assert_eq!(found(&contradictory, &patterns, &Around::default()), is(Cause::Template, "json_ld of the page"));
}

#[test]
fn a_product_is_promised_as_a_whole_where_no_item_is_named_and_another_is_there() {
    let judged = item(0, &[(Page, InStock)]);
    let beside = |siblings, buyable| Around { siblings, buyable, ..Around::default() };
    let of = |judged: &Judged, around| found(judged, &Patterns::of(1_000), &around);
    assert_eq!(of(&judged, beside(2, 1)), is(Cause::Variant, "page of several variants"));
    assert_eq!(of(&judged, beside(2, 0)), None, "none of them is there");
    assert_eq!(of(&judged, beside(0, 0)), None);
    let mut named = judged;
    named.journey.steps[0].claim.as_mut().unwrap().signals[0].sku = Some("a-1".to_owned());
    assert_eq!(of(&named, beside(2, 1)), None, "it was this very one that is promised");
}

#[test]
fn a_change_within_what_a_touchpoint_may_lag_is_under_way() {
    let judged = changed(item(0, &[(Page, InStock)]), "2026-11-22T11:50:00Z");
    let with = |minutes| Around { lag: SignedDuration::from_mins(minutes), ..Around::default() };
    assert_eq!(found(&judged, &Patterns::of(1_000), &with(15)), is(Cause::SyncWindow, "page"));
    assert_eq!(found(&judged, &Patterns::of(1_000), &with(9)), None);
    let unknown = item(0, &[(Page, InStock)]);
    assert_eq!(found(&unknown, &Patterns::of(1_000), &with(15)), None, "nobody knows when the stock changed");
}

#[test]
fn what_changed_together_was_synchronised_together() {
    let judged = changed(item(0, &[(Page, InStock)]), "2026-11-22T02:00:00Z");
    let with = |alike, changed| Around { alike, changed, ..Around::default() };
    assert_eq!(found(&judged, &Patterns::of(1_000), &with(6, 8)), is(Cause::SyncWindow, "source erp"));
    assert_eq!(found(&judged, &Patterns::of(1_000), &with(4, 4)), None);
    assert_eq!(found(&judged, &Patterns::of(1_000), &with(6, 40)), None);
}

#[test]
fn a_cart_that_takes_it_sells_regardless() {
    assert_eq!(alone(&item(0, &[(Page, InStock), (Cart, InStock)])), is(Cause::UntrackedOption, "cart"));
    assert_eq!(alone(&item(0, &[(Page, InStock), (Cart, OutOfStock)])), None, "the cart refuses it");
    assert_eq!(alone(&item(0, &[(Feed, OutOfStock), (Page, InStock)])), None, "a page that promises sells nothing yet");
    let mut backordered = item(0, &[(Page, InStock), (Cart, InStock)]);
    backordered.fact.as_mut().unwrap().policy = Policy::Discontinued;
    assert_eq!(alone(&backordered), None, "the source does not count it");
}

#[test]
fn a_source_that_everything_denies_is_the_likelier_one_to_be_wrong() {
    let (lie, honest) = (item(0, &[(Page, InStock)]), item(3, &[(Page, InStock)]));
    let of = |wrong: usize, items: u64| {
        let all = std::iter::repeat_n(&lie, wrong).chain(std::iter::once(&honest));
        found(&lie, &patterns_of(all, items), &Around::default())
    };
    assert_eq!(of(10, 33), is(Cause::SourceSuspect, "source erp"));
    assert_eq!(of(9, 9), None, "nine are too few to blame it");
    assert_eq!(of(10, 34), None, "most of what it says is right");
    let half = item(0, &[(Feed, OutOfStock), (Page, InStock)]);
    let patterns = patterns_of(std::iter::repeat_n(&half, 20), 20);
    assert_ne!(found(&half, &patterns, &Around::default()).map(|found| found.0), Some(Cause::SourceSuspect));
}

#[test]
fn a_source_whose_newest_word_is_old_is_suspect() {
    let aged = |hours: i64| {
        let mut judged = item(0, &[(Page, InStock)]);
        judged.fact.as_mut().unwrap().as_of = now() - SignedDuration::from_hours(hours);
        judged
    };
    let (old, fresh) = (aged(30), aged(1));
    assert_eq!(found(&old, &patterns_of([&old], 1_000), &Around::default()), is(Cause::SourceSuspect, "source erp"));
    let both = patterns_of([&old, &fresh], 1_000);
    assert_eq!(found(&old, &both, &Around::default()), None, "only this item's row is old");
}

#[test]
fn what_is_right_or_could_not_be_seen_has_no_cause() {
    let suspect = patterns_of(std::iter::repeat_n(&item(0, &[(Page, InStock)]), 50), 50);
    assert_eq!(found(&item(2, &[(Page, InStock)]), &suspect, &Around::default()), None);
    let mut unseen = item(0, &[(Page, InStock)]);
    unseen.fact = None;
    assert_eq!(found(&unseen, &suspect, &Around::default()), None);
    assert_eq!(
        likely(
            &Judged { journey: Journey::default(), ..item(0, &[(Page, InStock)]) },
            &suspect,
            &Around::default(),
            now()
        ),
        None
    );
}
