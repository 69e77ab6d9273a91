//! From phrases found in a text to what the text says of stock.

use std::ops::Range;

use rust_decimal::Decimal;

use super::normal::{Normal, is_unspaced};
use super::{Found, Meaning};
use crate::domain::Availability;

/// A statement about stock.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::claims) struct Statement {
    /// What it claims.
    pub(in crate::claims) says: Availability,
    /// The quantity in it.
    pub(in crate::claims) quantity: Option<Decimal>,
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
        }
    }
}

/// Whether a phrase turns the one after it into something else.
fn turns(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Unless | Meaning::Answers(Availability::OutOfStock))
}

/// The first claim in a text that nothing in front of it turns into something else.
pub(in crate::claims) fn statement(normal: &Normal, found: &[Found], announced: bool) -> Option<Statement> {
    let topic = found.first().filter(|one| one.meaning == Meaning::Topic && one.at.start == 0).map(|one| one.at.end);
    let announced = announced || topic.is_some();
    let mut others: Vec<Availability> = Vec::new();
    let mut chosen: Option<(Availability, Option<Decimal>, &Found)> = None;
    for (position, one) in found.iter().enumerate() {
        let says = match one.meaning {
            Meaning::Says(says) => says,
            Meaning::Answers(says) if announced && normal.text[topic.unwrap_or(0)..one.at.start].trim().is_empty() => {
                says
            }
            _ => continue,
        };
        let before = position.checked_sub(1).map(|i| &found[i]);
        if before.is_some_and(|b| turns(b.meaning) && normal.text[b.at.end..one.at.start].trim().len() < 12) {
            continue;
        }
        if counts_something_else(normal, found, &one.at) {
            continue;
        }
        let number = number_of(normal, found, position);
        // "In stock: no".
        let answer = found.get(position + 1).and_then(|next| match next.meaning {
            Meaning::Answers(answer) if next.at.start <= one.at.end + 1 && next.at.end == normal.text.len() => {
                Some(answer)
            }
            _ => None,
        });
        let says = match (answer.unwrap_or(says), number) {
            (Availability::InStock | Availability::LimitedAvailability, Some(Some(n))) if n.is_zero() => {
                Availability::OutOfStock
            }
            (says, _) => says,
        };
        others.push(says);
        let better = match &chosen {
            None => true,
            // A refusal after a promise ("In stock online. Currently unavailable") or the reverse is no clear claim;
            // the first counts, but a count or a date refines a plain promise.
            Some((Availability::InStock, _, _)) => {
                says.fold() == Availability::InStock.fold() && says != Availability::InStock
            }
            Some(_) => false,
        };
        if better {
            chosen = Some((says, number.flatten().filter(|n| !n.is_zero()), one));
        } else if let Some((kept, quantity @ None, _)) = &mut chosen
            && kept.fold() == says.fold()
        {
            *quantity = number.flatten().filter(|n| !n.is_zero());
        }
    }
    let (says, quantity, phrase) = chosen?;
    let against = others.into_iter().find(|other| other.fold() != says.fold());
    let letters = |text: &str| text.bytes().filter(|byte| *byte != b' ').count();
    let understood: usize = found
        .iter()
        .filter(|one| {
            one.at == phrase.at
                || matches!(one.meaning, Meaning::Topic | Meaning::Unit | Meaning::Filler | Meaning::Answers(_))
        })
        .map(|one| letters(&normal.text[one.at.clone()]))
        .sum();
    let total = letters(&normal.text).max(1);
    let aside = found.iter().any(|one| one.meaning == Meaning::Aside);
    #[expect(clippy::cast_precision_loss, reason = "lengths of short texts")]
    let coverage = understood as f32 / total as f32;
    let words = &normal.text[phrase.at.clone()];
    let everyday = !words.contains(' ') && !words.chars().any(is_unspaced);
    Some(Statement { says, quantity, coverage, everyday, against, aside, announced })
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
