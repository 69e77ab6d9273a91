//! One plain sentence with the facts of a judgement.

use jiff::Timestamp;

use crate::domain::{Claim, Fold, PageFailure, Policy, Signal, Step, StockAnswer, StockFact, Touchpoint, Unknown};

/// `the page says InStock (json_ld), the stock source says 0 sellable, below the threshold 1`
pub(super) fn both(claim: &Claim, place: Option<&str>, fact: &StockFact) -> String {
    format!("{}, {}", said(claim, place), stock(fact))
}

pub(super) fn expired(claim: &Claim, place: Option<&str>, fact: &StockFact, day: Option<Timestamp>) -> String {
    let day = day.map(date).unwrap_or_default();
    format!("{}, the promised {day} has passed and {}", said(claim, place), stock(fact))
}

pub(super) fn contradiction(claim: &Claim, place: Option<&str>, fact: &StockFact) -> String {
    let fold = claim.availability.fold();
    let other = claim.signals.iter().find(|signal| signal.says.fold() != fold && signal.says.fold() != Fold::Unknown);
    match other {
        Some(signal) => format!("{} but also {}, {}", said(claim, place), saying(signal), stock(fact)),
        None => format!("{} but its signals contradict each other, {}", said(claim, place), stock(fact)),
    }
}

pub(super) fn gone(what: &str, answer: Option<&StockAnswer>) -> String {
    match answer {
        Some(StockAnswer::Known(fact)) => format!("{what}, {}", stock(fact)),
        _ => what.to_owned(),
    }
}

/// `the page answers 404 while the catalogue still names it`
pub(super) fn dead_page(status: u16) -> String {
    format!("the page answers {status} while the catalogue still names it")
}

/// `the page leads to the home page while the catalogue still names it`
pub(super) fn led_away(what: &str) -> String {
    format!("the page leads to {what} while the catalogue still names it")
}

/// `the ad of google leads to an address that is gone: the host answered 404`
pub(super) fn dead_link(touchpoint: Touchpoint, place: Option<&str>, failure: &PageFailure) -> String {
    format!("the address that {} gives is gone: {failure}", named(touchpoint, place))
}

pub(super) fn unseen_link(touchpoint: Touchpoint, place: Option<&str>, failure: &PageFailure) -> String {
    format!("the address that {} gives could not be seen: {failure}", named(touchpoint, place))
}

pub(super) fn unseen(touchpoint: Touchpoint, place: Option<&str>, failure: &PageFailure) -> String {
    format!("{} could not be seen: {failure}", named(touchpoint, place))
}

pub(super) fn silent(touchpoint: Touchpoint, place: Option<&str>) -> String {
    format!("{} says nothing about availability", named(touchpoint, place))
}

/// `the feed google says OutOfStock (feed)`; `None` where nothing was said.
pub(super) fn says(step: &Step) -> Option<String> {
    let claim = step.claim.as_ref().filter(|claim| claim.availability.fold() != Fold::Unknown)?;
    Some(said(claim, step.place.as_deref()))
}

pub(super) fn failure(failure: &PageFailure) -> String {
    format!("the page could not be seen: {failure}")
}

pub(super) fn unknown(why: Unknown) -> String {
    match why {
        Unknown::NoClaim => "the page says nothing about availability",
        Unknown::Challenge => "a bot challenge stood in front of the page",
        Unknown::ConsentWall => "a consent wall stood in front of the page",
        Unknown::Login => "a login form stood in front of the page",
        Unknown::Maintenance => "a maintenance page stood in front of the page",
        Unknown::SoftNotFound => "the page says that it does not exist, with status 200",
        Unknown::OtherProduct => "the page that answered is about another product",
        Unknown::NotAPage => "the answer was empty or not HTML",
        Unknown::Ambiguous => "the page describes several products and none of them could be matched to the item",
    }
    .to_owned()
}

pub(super) fn no_key(claim: &Claim, place: Option<&str>) -> String {
    format!("{}, but neither catalogue nor page names a key to ask the stock source by", said(claim, place))
}

pub(super) fn missing(claim: &Claim, place: Option<&str>) -> String {
    format!("{}, but the stock source does not know the item", said(claim, place))
}

pub(super) fn failed(claim: &Claim, place: Option<&str>, why: &str) -> String {
    format!("{}, but the stock source gave no usable answer: {why}", said(claim, place))
}

fn named(touchpoint: Touchpoint, place: Option<&str>) -> String {
    match place {
        Some(place) => format!("the {} {place}", touchpoint.code()),
        None => format!("the {}", touchpoint.code()),
    }
}

fn said(claim: &Claim, place: Option<&str>) -> String {
    let who = named(claim.touchpoint, place);
    let mut text = match claim.signals.first() {
        Some(signal) => format!("{who} says {} ({})", claim.availability, signal.kind.code()),
        None => format!("{who} says {}", claim.availability),
    };
    if let Some(day) = claim.date {
        text.push_str(" for ");
        text.push_str(&date(day));
    }
    text
}

fn saying(signal: &Signal) -> String {
    format!("{} ({})", signal.says, signal.kind.code())
}

fn stock(fact: &StockFact) -> String {
    let quantity = fact.sellable.map(|quantity| quantity.normalize());
    match (fact.policy, quantity) {
        (Policy::Discontinued, _) => "the stock source says discontinued".to_owned(),
        (Policy::Untracked, _) => "the stock source does not count it: always sellable".to_owned(),
        (Policy::MadeToOrder, _) => "the stock source says made to order".to_owned(),
        (Policy::Tracked, Some(quantity)) => counted(fact, quantity),
        (Policy::Tracked, None) => "the stock source names no sellable quantity".to_owned(),
        (Policy::Backorder, Some(quantity)) => format!("{}, backorders allowed", counted(fact, quantity)),
        (Policy::Backorder, None) => "the stock source allows backorders".to_owned(),
        (Policy::Preorder { until }, quantity) => {
            let mut text = quantity.map_or_else(|| "the stock source".to_owned(), |n| counted(fact, n) + ", and");
            text.push_str(" takes preorders");
            if let Some(until) = until {
                text.push_str(" until ");
                text.push_str(&date(until));
            }
            text
        }
    }
}

fn counted(fact: &StockFact, quantity: rust_decimal::Decimal) -> String {
    if quantity < fact.threshold {
        format!("the stock source says {quantity} sellable, below the threshold {}", fact.threshold.normalize())
    } else {
        format!("the stock source says {quantity} sellable")
    }
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
