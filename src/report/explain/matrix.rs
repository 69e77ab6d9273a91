//! The items that a page offers to choose from, and what it promises of each.

use std::io::{self, Write};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::{Availability, Claim, Fold, Variant, plain};
use crate::report::columns::{Cell, Columns, PLAIN, QUIET, STRONG, WARN};
use crate::report::rows::{buyable, confidence};
use crate::report::{Look, words};

/// More items than this are for programs.
const MOST: usize = 50;

/// Writes the matrix for a person: one line an item. Nothing where the page offers one item.
pub(super) fn text(variants: &[(Variant, Claim)], look: Look, out: &mut dyn Write) -> io::Result<()> {
    const HEADINGS: [&str; 6] = ["", "VARIANT", "SKU", "AVAILABILITY", "LEFT", "DECIDED BY"];
    if variants.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = variants.iter().take(MOST).map(|(variant, claim)| row(variant, claim)).collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width, look.colour, look.terminal);
    write!(out, "{}", columns.row(&HEADINGS.map(|heading| Cell::ours(heading, STRONG))))?;
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))?;
    if let Some(more) = variants.len().checked_sub(MOST).filter(|more| *more > 0) {
        writeln!(out, "{} more: see --json", words::count(more as u64, "variant", "variants"))?;
    }
    let chosen = variants.iter().any(|(variant, _)| variant.selected == Some(true));
    writeln!(
        out,
        "{}\n",
        if chosen { "> chosen when the page opens" } else { "the page does not tell which is chosen" }
    )
}

fn row(variant: &Variant, claim: &Claim) -> Vec<Cell> {
    let mut said = match claim.availability {
        Availability::Unknown(why) => format!("unknown: {}", words::reason(why.code())),
        known => known.name(),
    };
    if let Some(date) = claim.date {
        said += &format!(" {}", words::day(date));
    }
    if claim.contradicts {
        said += ", contradicted";
    }
    let style = match claim.availability.fold() {
        _ if claim.contradicts => WARN,
        Fold::Unknown => QUIET,
        _ => PLAIN,
    };
    let theirs = |text: Option<&str>| Cell::theirs(plain::harmless(text.unwrap_or_default()));
    vec![
        Cell::ours(if variant.selected == Some(true) { ">" } else { "" }, STRONG),
        theirs(variant.name.as_deref()),
        theirs(variant.keys.first().map(String::as_str)),
        Cell::ours(said, style),
        Cell::ours(claim.quantity.map(words::number).unwrap_or_default(), PLAIN),
        Cell::ours(claim.signals.first().map(|one| words::signal(one.kind)).unwrap_or_default(), PLAIN),
    ]
}

/// One item that the page offers to choose from.
#[derive(Serialize)]
pub(super) struct VariantRow<'a> {
    /// SKU first, then GTIN, MPN and the platform's own number.
    keys: &'a [String],
    /// The options that make it.
    name: Option<&'a str>,
    /// Whether it is the one that is chosen when the page opens; null if the page does not tell.
    selected: Option<bool>,
    /// A name of schema.org `ItemAvailability`, or `Unknown(reason)`.
    availability: String,
    buyable: Option<bool>,
    quantity: Option<Decimal>,
    date: Option<Timestamp>,
    confidence: &'static str,
    contradicts: bool,
    /// The kind and place of the signal that decided.
    decided_by: Option<Decided<'a>>,
}

#[derive(Serialize)]
struct Decided<'a> {
    kind: &'static str,
    place: &'a str,
}

impl<'a> From<&'a (Variant, Claim)> for VariantRow<'a> {
    fn from((variant, claim): &'a (Variant, Claim)) -> Self {
        Self {
            keys: &variant.keys,
            name: variant.name.as_deref(),
            selected: variant.selected,
            availability: claim.availability.name(),
            buyable: buyable(claim.availability),
            quantity: claim.quantity,
            date: claim.date,
            confidence: confidence(claim.confidence),
            contradicts: claim.contradicts,
            decided_by: claim.signals.first().map(|one| Decided { kind: one.kind.code(), place: &one.place }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidence, SignalKind, Unknown};
    use crate::report::samples;

    fn variants(chosen: bool) -> Vec<(Variant, Claim)> {
        let variant = |name: &str, key: &str, selected: bool| Variant {
            keys: vec![key.to_owned(), format!("10{}", key.len())],
            name: (!name.is_empty()).then(|| name.to_owned()),
            selected: chosen.then_some(selected),
        };
        let claim = |kind, says| {
            let signal = samples::signal(kind, says, "words");
            Claim { availability: says, confidence: Confidence::Medium, ..samples::claim(vec![signal]) }
        };
        vec![
            (
                variant("כחול / L", "COS-1-L", true),
                Claim { quantity: Some(3.into()), ..claim(SignalKind::State, Availability::InStock) },
            ),
            (
                variant("כחול / XL", "COS-1-XL", false),
                Claim { contradicts: true, ..claim(SignalKind::JsonLd, Availability::OutOfStock) },
            ),
            (
                variant("", "COS-1-S", false),
                Claim { signals: Vec::new(), ..claim(SignalKind::State, Availability::Unknown(Unknown::NoClaim)) },
            ),
        ]
    }

    fn shown(variants: &[(Variant, Claim)]) -> String {
        let mut out = Vec::new();
        text(variants, Look::default(), &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_person_sees_one_line_an_item() {
        insta::assert_snapshot!(shown(&variants(true)), @"
           VARIANT    SKU       AVAILABILITY                            LEFT  DECIDED BY
        >  כחול / L   COS-1-L   InStock                                 3     page state
           כחול / XL  COS-1-XL  OutOfStock, contradicted                      JSON-LD
                      COS-1-S   unknown: the page says nothing about
                                availability
        > chosen when the page opens
        ");
        assert!(shown(&variants(false)).ends_with("the page does not tell which is chosen\n\n"));
        assert_eq!(shown(&[]), "");
    }

    #[test]
    fn a_thousand_items_are_for_programs() {
        let many: Vec<_> = variants(true).into_iter().cycle().take(1_000).collect();
        let said = shown(&many);
        assert!(said.contains("950 variants more: see --json"), "{said}");
        assert!(said.lines().count() < 80, "one line an item, or two");
    }

    #[test]
    fn a_program_gets_every_key() {
        let rows: Vec<VariantRow<'_>> = Vec::from_iter(variants(true).leak().iter().map(VariantRow::from));
        let value = serde_json::to_value(rows).expect("JSON");
        assert_eq!(value[0]["keys"], serde_json::json!(["COS-1-L", "107"]));
        assert_eq!((&value[0]["selected"], &value[0]["buyable"]), (&true.into(), &true.into()));
        assert_eq!(value[1]["decided_by"]["kind"], "json_ld");
        assert_eq!(
            (&value[2]["availability"], &value[2]["decided_by"]),
            (&"Unknown(no_claim)".into(), &serde_json::Value::Null)
        );
    }
}
