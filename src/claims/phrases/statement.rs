//! From phrases found in a text to what the text says of stock.

use std::ops::Range;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::normal::{Normal, is_unspaced};
use super::{Found, Meaning};
use crate::domain::{Availability, Fold};

/// A statement about stock.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::claims) struct Statement {
    /// What it claims.
    pub(in crate::claims) says: Availability,
    /// The quantity in it.
    pub(in crate::claims) quantity: Option<Decimal>,
    /// The day from which there will be some: "available from 12 December 2026". Midnight in UTC.
    pub(in crate::claims) date: Option<Timestamp>,
    /// How much of the text is taken up by the phrase that decides and by words that say nothing, from 0 to 1.
    pub(in crate::claims) coverage: f32,
    /// Whether the phrase is one everyday word, such as "available", which may speak of anything.
    pub(in crate::claims) everyday: bool,
    /// The first claim to the contrary, where the text promises in one place and denies in another.
    pub(in crate::claims) against: Option<Availability>,
    /// Whether the text also speaks of branches, later times or other things that are no claim.
    pub(in crate::claims) aside: bool,
    /// Whether a topic such as `Availability:` comes before it.
    pub(in crate::claims) announced: bool,
    /// Whether it promises no more than how long delivery takes, which templates say of what is sold out as well.
    pub(in crate::claims) lead_time: bool,
}

impl Statement {
    /// That there is none, said by something other than a phrase.
    pub(in crate::claims) fn denial() -> Self {
        Self {
            says: Availability::OutOfStock,
            quantity: None,
            coverage: 1.0,
            everyday: false,
            against: None,
            aside: false,
            announced: false,
            date: None,
            lead_time: false,
        }
    }
}

/// One claim of a text, in text order.
struct Claimed<'f> {
    says: Availability,
    /// `Some(None)`: a number that is open-ended or no whole number.
    number: Option<Option<Decimal>>,
    phrase: &'f Found,
}

impl Claimed<'_> {
    fn quantity(&self) -> Option<Decimal> {
        self.number.flatten().filter(|n| !n.is_zero())
    }
}

/// Whether a phrase turns the one after it into something else.
fn turns(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Unless | Meaning::Answers(Availability::OutOfStock))
}

/// The first claim in a text that nothing beside it turns into something else.
pub(in crate::claims) fn statement(normal: &Normal, found: &[Found], announced: bool) -> Option<Statement> {
    let topic = found.first().filter(|one| one.meaning == Meaning::Topic && one.at.start == 0).map(|one| one.at.end);
    let announced = announced || topic.is_some();
    let claims: Vec<Claimed<'_>> = (0..found.len())
        .filter_map(|position| {
            let says = match found[position].meaning {
                Meaning::Says(says) => says,
                Meaning::Answers(says) if announced && answers(normal, found, position, topic.unwrap_or(0)) => says,
                _ => return None,
            };
            claimed(normal, found, position, says)
        })
        .collect();
    let mut chosen = claims.first()?;
    let mut quantity = chosen.quantity();
    // "Out of stock, but can be ordered": there is none, and that stops nobody.
    let mut anyway = false;
    for one in claims.get(1..).unwrap_or_default() {
        use Availability::{BackOrder, InStock, MadeToOrder, OutOfStock, PreOrder};
        anyway |= chosen.says == OutOfStock && matches!(one.says, BackOrder | MadeToOrder | PreOrder);
        // A refusal after a promise ("In stock online. Currently unavailable") or the reverse is no clear claim; the
        // first counts, but a count or a date refines a plain promise. That more could be ordered does not.
        let refines =
            chosen.says == InStock && one.says.fold() == Fold::Buyable && !matches!(one.says, InStock | BackOrder);
        if (anyway && chosen.says == OutOfStock) || refines {
            chosen = one;
            quantity = one.quantity().or(quantity);
        } else if quantity.is_none() && chosen.says.fold() == one.says.fold() {
            quantity = one.quantity();
        }
    }
    let says = chosen.says;
    let against = claims.iter().map(|one| one.says).find(|other| other.fold() != says.fold()).filter(|_| !anyway);
    let claims_same =
        |one: &Found| claims.iter().any(|other| other.phrase.at == one.at && other.says.fold() == says.fold());
    let letters = |text: &str| text.bytes().filter(|byte| *byte != b' ').count();
    let understood: usize = found
        .iter()
        .filter(|one| {
            one.at == chosen.phrase.at
                || claims_same(one)
                || matches!(one.meaning, Meaning::Topic | Meaning::Unit | Meaning::Filler | Meaning::Answers(_))
        })
        .map(|one| letters(&normal.text[one.at.clone()]))
        .sum();
    let total = letters(&normal.text).max(1);
    let aside = found.iter().any(|one| one.meaning == Meaning::Aside);
    #[expect(clippy::cast_precision_loss, reason = "lengths of short texts")]
    let coverage = understood as f32 / total as f32;
    let words = &normal.text[chosen.phrase.at.clone()];
    let everyday = !words.contains(' ') && !words.chars().any(is_unspaced);
    let date = claims
        .iter()
        .filter(|one| one.says.fold() == says.fold())
        .flat_map(|one| normal.dates.iter().filter(|(at, _)| one.phrase.at.contains(at)))
        .find_map(|(_, date)| *date);
    let quantity = quantity.filter(|_| says.fold() == Fold::Buyable);
    let lead_time = says.fold() == Fold::Buyable && !chosen.phrase.counts && words.contains('#');
    Some(Statement { says, quantity, date, coverage, everyday, against, aside, announced, lead_time })
}

/// What the phrase claims where it stands; `None` if something in front of it, behind it or counted by it makes it
/// another claim.
fn claimed<'f>(normal: &Normal, found: &'f [Found], position: usize, says: Availability) -> Option<Claimed<'f>> {
    let phrase = &found[position];
    let gap = |from: usize, to: usize| normal.text.get(from..to).unwrap_or_default().trim();
    let before = position.checked_sub(1).map(|i| &found[i]);
    if before.is_some_and(|b| turns(b.meaning) && gap(b.at.end, phrase.at.start).len() < 12) {
        return None;
    }
    if counts_something_else(normal, found, &phrase.at) {
        return None;
    }
    let number = number_of(normal, found, position);
    // "In stock: no", "lieferbar ist der Artikel leider nicht": the last word decides, if nothing that says something
    // stands between.
    let mut end = phrase.at.end;
    let mut answer = None;
    for next in found.get(position + 1..).unwrap_or_default() {
        if !gap(end, next.at.start).is_empty() || next.at.start < end {
            break;
        }
        let last = next.at.end == normal.text.len();
        match next.meaning {
            Meaning::Answers(said) if last => answer = Some(said),
            Meaning::Unless if last && says.fold() == Fold::Buyable => return None,
            Meaning::Filler | Meaning::Unit => {}
            _ => break,
        }
        end = next.at.end;
    }
    let says = match (says.fold(), answer) {
        // "Sold out: no" denies a denial, which is no promise yet.
        (Fold::NotBuyable, Some(said)) if said != Availability::InStock => return None,
        (Fold::Buyable, Some(said)) => said,
        _ => says,
    };
    let says = match (says, number) {
        (Availability::InStock | Availability::LimitedAvailability, Some(Some(n))) if n.is_zero() => {
            Availability::OutOfStock
        }
        (says, _) => says,
    };
    Some(Claimed { says, number, phrase })
}

/// Whether nothing but words that say nothing stands between a topic and its answer: "Availability: currently none".
fn answers(normal: &Normal, found: &[Found], position: usize, topic: usize) -> bool {
    let mut end = topic;
    for one in found.get(..position).unwrap_or_default().iter().filter(|one| one.at.start >= topic) {
        let silent = matches!(one.meaning, Meaning::Filler | Meaning::Unit | Meaning::Topic);
        if !silent || !normal.text.get(end..one.at.start).unwrap_or_default().trim().is_empty() {
            return false;
        }
        end = one.at.end;
    }
    normal.text.get(end..found[position].at.start).unwrap_or_default().trim().is_empty()
}

/// Whether a phrase ends in a number that counts something other than items: "left 3 days".
fn counts_something_else(normal: &Normal, found: &[Found], at: &Range<usize>) -> bool {
    let rest = normal.text[at.end..].trim_start();
    let start = normal.text.len() - rest.len();
    normal.text[at.clone()].ends_with('#')
        && !rest.is_empty()
        && !found.iter().any(|one| matches!(one.meaning, Meaning::Unit | Meaning::Says(_)) && one.at.start == start)
}

/// The number that belongs to a phrase: inside it, right before it, or right after it at the end or before a unit.
fn number_of(normal: &Normal, found: &[Found], position: usize) -> Option<Option<Decimal>> {
    let Found { at, counts, .. } = &found[position];
    if !counts {
        return None;
    }
    let units = |gap: &Range<usize>| {
        let text = normal.text.get(gap.clone()).unwrap_or_default().trim();
        text.is_empty() || found.iter().any(|one| one.meaning == Meaning::Unit && normal.text[one.at.clone()] == *text)
    };
    for (place, number) in &normal.numbers {
        if at.contains(place) {
            return Some(*number);
        }
        if *place < at.start && units(&(*place + 1..at.start)) {
            return Some(*number);
        }
        if *place >= at.end && normal.text[at.end..*place].trim().is_empty() {
            let rest = normal.text[*place + 1..].trim_start();
            let start = normal.text.len() - rest.len();
            let unit = found.iter().any(|one| one.meaning == Meaning::Unit && one.at.start == start);
            if rest.is_empty() || unit {
                return Some(*number);
            }
        }
    }
    None
}
