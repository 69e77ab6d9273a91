//! What stock elements tell beside phrases: by their class, in the platforms' own words, and by a bare number.

use rust_decimal::Decimal;

use super::super::phrases::Statement;
use super::super::sheet::{Element, Sheet};
use crate::domain::Availability;

/// Names of elements that are about stock.
const SUBJECTS: &[&str] = &[
    "stock",
    "stock-status",
    "stock_status",
    "availability",
    "product-stock",
    "product-availability",
    "delivery-information",
    "delivery--text",
];

/// What platforms add where there is none. They write it as they write the words, which anybody may change.
const DENIALS: &[&str] = &[
    "out-of-stock",
    "outofstock",
    "out_of_stock",
    "unavailable",
    "product-unavailable",
    "sold-out",
    "soldout",
    "delivery-soldout",
    "delivery--text-not-available",
];

/// The icon beside the words, in the platforms' own themes.
const ICON: &str = "product-unavailable";

/// Words that count pieces, as shops abbreviate them.
const PIECES: &[&str] = &[
    "pcs",
    "pc",
    "pieces",
    "piece",
    "units",
    "unit",
    "items",
    "item",
    "stk",
    "st",
    "stück",
    "stuck",
    "stuks",
    "szt",
    "ks",
    "kpl",
    "db",
    "buc",
    "kos",
    "kom",
    "adet",
    "pz",
    "pezzi",
    "uds",
    "unidades",
    "unidade",
    "un",
    "pièces",
    "pièce",
    "шт",
    "יח",
    "יחידות",
];

/// Whether the class of the element says that there is none.
pub(super) fn class_denies(element: Element<'_>) -> bool {
    let Some(class) = element.attr("class").filter(|_| matches!(element.name(), "p" | "div" | "span")) else {
        return false;
    };
    let has = |words: &[&str]| class.split_ascii_whitespace().any(|name| words.contains(&name));
    has(SUBJECTS) && has(DENIALS)
}

/// Whether the element is an icon that says that there is none: `<i class="product-unavailable">`.
pub(super) fn icon_denies(element: Element<'_>) -> bool {
    matches!(element.name(), "i" | "svg")
        && element.attr("class").is_some_and(|class| class.split_ascii_whitespace().any(|name| name == ICON))
}

/// Whether the element begins with such an icon.
pub(super) fn bears_denial(sheet: &Sheet<'_>, index: usize) -> bool {
    sheet.inside(index).next().is_some_and(|first| icon_denies(sheet.element(first)))
}

/// The element whose words such an element is about: its own; those around an icon.
pub(super) fn speaker(sheet: &Sheet<'_>, index: usize) -> usize {
    if icon_denies(sheet.element(index)) { sheet.nodes[index].parent } else { index }
}

/// What a statement is worth in an element whose class says that there is none: words that nobody taught us, and words
/// that speak of the day when there is some again, deny.
pub(super) fn denied(statement: Option<Statement>) -> Statement {
    match statement {
        Some(one) if !matches!(one.says, Availability::InStock | Availability::LimitedAvailability) => one,
        _ => Statement::denial(),
    }
}

/// `0`, `12`, `3 pcs`, `(5 ks)`, as an answer to "Stock:".
pub(super) fn counted(answer: &str) -> Option<Statement> {
    let answer = answer.trim().trim_matches(['(', ')']);
    let split = answer.find(|c: char| !c.is_ascii_digit()).unwrap_or(answer.len());
    let (number, unit) = answer.split_at(split);
    let unit = unit.trim().trim_end_matches('.').to_lowercase();
    if number.is_empty() || number.len() > 7 || !(unit.is_empty() || PIECES.contains(&unit.as_str())) {
        return None;
    }
    let number: Decimal = number.parse().ok()?;
    Some(match number.is_zero() {
        true => Statement::denial(),
        false => Statement { says: Availability::InStock, quantity: Some(number), ..Statement::denial() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_counts_and_other_numbers_do_not() {
        let read = |text| counted(text).map(|one| one.says);
        for text in ["0", "0 stk.", "(0 ks)", "0 szt."] {
            assert_eq!(read(text), Some(Availability::OutOfStock), "{text}");
        }
        for text in ["12", "3 pcs", "5 шт."] {
            assert_eq!(read(text), Some(Availability::InStock), "{text}");
        }
        for text in ["", "2-3 days", "3 days", "0,5 l", "0 %", "12345678", "L 3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
