//! What holds for every page, whatever is on it.

mod markup;

use super::*;
use markup::{foreign_card, harmless, piece, prose, telling};

/// A product page whose pieces stand in this order.
fn laid_out(head: &[String], body: &[String]) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Blue shirt</title>{}</head><body>{}</body></html>",
        head.concat(),
        body.concat()
    )
}

/// Everything in a claim that does not tell where on the page it stood.
#[derive(Debug, PartialEq)]
struct Told {
    says: Availability,
    confidence: Confidence,
    contradicts: bool,
    signals: Vec<(SignalKind, String, Option<String>)>,
}

fn told(claim: &Claim) -> Told {
    let signals = claim.signals.iter().map(|one| (one.kind, one.says.name(), one.sku.clone()));
    let mut signals: Vec<_> = signals.collect();
    signals.sort();
    Told { says: claim.availability, confidence: claim.confidence, contradicts: claim.contradicts, signals }
}

proptest! {
    /// No page made of what pages are made of brings the reader down, and what it says has a reason.
    #[test]
    fn no_markup_makes_the_reader_panic(pieces in prop::collection::vec(piece(), 0..60)) {
        let page = page(&pieces.concat());
        let reading = reader_once().read(&page);
        prop_assert!(reading.obstacle.is_none() || reading.signals.is_empty());
        for sku in [None, Some("BLUE-1"), Some("A"), Some("")] {
            let item = Item { sku: sku.map(str::to_owned), ..Item::default() };
            let claim = combine(&reading, &page, &item);
            prop_assert!(!claim.signals.is_empty() || matches!(claim.availability, Unknown(_)), "{claim:?}");
        }
        for (variant, claim) in variants(&reading, &page) {
            prop_assert!(!variant.keys.is_empty());
            prop_assert!(!claim.signals.is_empty() || matches!(claim.availability, Unknown(_)), "{claim:?}");
        }
    }

    /// Where nothing speaks of stock, nothing is claimed.
    #[test]
    fn prose_claims_nothing(heading in prose(), pieces in prop::collection::vec(harmless(), 1..12)) {
        let html = laid_out(&[], &[format!("<main><h1>{heading}</h1>{}</main>", pieces.concat())]);
        let claim = claim_of(&html, None);
        prop_assert!(matches!(claim.availability, Unknown(_)), "{:?} in {html}", claim.signals);
    }

    /// Which script a theme prints first is chance.
    #[test]
    fn the_order_of_json_ld_blocks_does_not_matter(
        blocks in Just(vec![
            LD_IN.to_owned(),
            r#"{"@type":"BreadcrumbList","itemListElement":[]}"#.to_owned(),
            r#"{"@type":"Organization","name":"The shop"}"#.to_owned(),
            r#"{"@type":"Product","name":"Red hat","sku":"RED-9","offers":{"availability":"OutOfStock"}}"#.to_owned(),
            r#"{"@type":"Product","name":"Blue shirt","sku":"BLUE-1","offers":{"availability":"LimitedAvailability","inventoryLevel":2}}"#.to_owned(),
        ]).prop_shuffle(),
        kept in prop::collection::vec(any::<bool>(), 5),
    ) {
        let kept: Vec<String> = blocks.iter().zip(&kept).filter(|(_, keep)| **keep).map(|(block, _)| ld(block)).collect();
        let mut sorted = kept.clone();
        sorted.sort();
        let body = ["<main><h1>Blue shirt</h1></main>".to_owned()];
        for sku in [None, Some("BLUE-1"), Some("RED-9")] {
            let [one, other] = [&kept, &sorted].map(|blocks| told(&claim_of(&laid_out(blocks, &body), sku)));
            // Of two offers that promise, either may be the spokesman.
            prop_assert_eq!(one.says.fold(), other.says.fold(), "{:?}", sku);
            prop_assert_eq!(Told { says: other.says, ..one }, other, "{:?}", sku);
        }
    }

    /// What others below the product say of themselves changes nothing.
    #[test]
    fn a_sold_out_recommendation_does_not_change_the_claim((head, body) in telling(), card in foreign_card()) {
        let alone = laid_out(&head, &body);
        let beside = laid_out(&head, &[body.concat(), card]);
        for sku in [None, Some("BLUE-1")] {
            prop_assert_eq!(told(&claim_of(&alone, sku)), told(&claim_of(&beside, sku)), "{}", beside);
        }
    }
}
