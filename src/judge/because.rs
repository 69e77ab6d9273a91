//! One plain sentence with the facts of a judgement.

use jiff::Timestamp;

use crate::domain::{Claim, Fold, PageFailure, Policy, Signal, StockAnswer, StockFact, Unknown};

/// `the page says InStock (json_ld), the stock source says 0 sellable, below the threshold 1`
pub(super) fn both(claim: &Claim, fact: &StockFact) -> String {
    format!("{}, {}", page(claim), stock(fact))
}

pub(super) fn expired(claim: &Claim, fact: &StockFact, day: Option<Timestamp>) -> String {
    let day = day.map(date).unwrap_or_default();
    format!("{}, the promised {day} has passed and {}", page(claim), stock(fact))
}

pub(super) fn contradiction(claim: &Claim, fact: &StockFact) -> String {
    let fold = claim.availability.fold();
    let other = claim.signals.iter().find(|signal| signal.says.fold() != fold && signal.says.fold() != Fold::Unknown);
    match other {
        Some(signal) => format!("{} but also {}, {}", page(claim), saying(signal), stock(fact)),
        None => format!("{} but its signals contradict each other, {}", page(claim), stock(fact)),
    }
}

pub(super) fn gone(status: u16, answer: Option<&StockAnswer>) -> String {
    let page = format!("the page answers {status} while the catalogue still names it");
    match answer {
        Some(StockAnswer::Known(fact)) => format!("{page}, {}", stock(fact)),
        _ => page,
    }
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

pub(super) fn no_key(claim: &Claim) -> String {
    format!("{}, but neither catalogue nor page names a key to ask the stock source by", page(claim))
}

pub(super) fn missing(claim: &Claim) -> String {
    format!("{}, but the stock source does not know the item", page(claim))
}

pub(super) fn failed(claim: &Claim, why: &str) -> String {
    format!("{}, but the stock source gave no usable answer: {why}", page(claim))
}

fn page(claim: &Claim) -> String {
    let touchpoint = claim.touchpoint.code();
    let mut text = match claim.signals.first() {
        Some(signal) => format!("the {touchpoint} says {} ({})", claim.availability, signal.kind.code()),
        None => format!("the {touchpoint} says {}", claim.availability),
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
