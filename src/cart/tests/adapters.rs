//! Every adapter against its platform in every mood.

use super::scripts;
use super::shop::{Mood, Script, Shop};
use crate::cart::{Platform, Probe, looks_like_a_checkout};
use crate::domain::{Availability, PageFailure, SignalKind, Touchpoint, Unknown};

type Adapter = (Platform, Script, &'static str);

fn adapters() -> Vec<Adapter> {
    let he = Platform::Magento { store: Some("he".to_owned()) };
    vec![
        (Platform::Shopify, scripts::shopify, "/products/mug"),
        (Platform::Woocommerce, scripts::woocommerce, "/product/mug"),
        (he, scripts::magento, "/mug.html"),
        (Platform::Opencart, scripts::opencart, "/products/mug"),
        (Platform::Evershop, scripts::evershop, "/products/mug"),
        (Platform::Oscar, scripts::oscar, "/catalogue/mug_31/"),
        (Platform::Cartridge, scripts::cartridge, "/shop/product/mug/"),
    ]
}

/// What the cart said, and what came of it.
fn said(probe: &Probe) -> String {
    let sighting = &probe.sighting;
    assert_eq!((sighting.touchpoint, &sighting.place), (Touchpoint::Cart, &None));
    match (&sighting.claim, &sighting.failure) {
        (Some(claim), None) => {
            assert!(
                claim
                    .signals
                    .iter()
                    .all(|signal| signal.kind == SignalKind::Cart && signal.excerpt.chars().count() <= 200)
            );
            let words = claim.signals.first().map(|signal| format!(": {}", signal.excerpt)).unwrap_or_default();
            format!("{}{words}", claim.availability)
        }
        (None, Some(failure)) => failure.to_string(),
        both => panic!("{both:?}"),
    }
}

/// Probes every platform in one mood. No request of any of them may look like a checkout, and no more than one unit may
/// ever be added.
async fn all_in(mood: Mood) -> Vec<(&'static str, Probe, Shop)> {
    let mut probed = Vec::new();
    for (platform, script, page) in adapters() {
        let name = platform.name();
        let shop = Shop::open(script, mood).await;
        let probe = shop.probe(platform, &shop.item(page)).await;
        for seen in shop.seen() {
            assert!(!looks_like_a_checkout(&shop.url.join(&seen.path).unwrap()), "{name}: {seen:?}");
            assert!(seen.header("user-agent").starts_with("stocktruth/"), "{name}: {seen:?}");
        }
        assert!(shop.till().added <= 1, "{name}: {:?}", shop.asked());
        probed.push((name, probe, shop));
    }
    probed
}

#[tokio::test]
async fn what_is_taken_is_in_stock_and_out_of_the_cart_again() {
    for (name, probe, shop) in all_in(Mood::Accepts).await {
        assert!(said(&probe).starts_with("InStock: "), "{name}: {} {:?}", said(&probe), shop.asked());
        assert_eq!((probe.accepted(), probe.not_cleaned), (Some(true), None), "{name}");
        let till = shop.till();
        assert_eq!((till.added, till.removals, till.lines), (1, 1, 0), "{name}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn what_is_refused_is_out_of_stock_in_the_shops_own_words() {
    let words = [
        ("shopify", "The product 'Mug' is already sold out."),
        ("woocommerce", "You cannot add \"Mug\" because it is out of stock."),
        ("magento", "Product that you are trying to add is not available: MUG-1."),
        ("opencart", "Only 0 are left!"),
        ("evershop", "This item is out of stock"),
        ("oscar", "no stock available"),
        ("cartridge", "The selected options are currently not in stock."),
    ];
    for ((name, probe, shop), (expected, words)) in all_in(Mood::Refuses).await.into_iter().zip(words) {
        assert_eq!((name, said(&probe)), (expected, format!("OutOfStock: {words}")), "{:?}", shop.asked());
        assert_eq!((probe.accepted(), probe.not_cleaned, shop.till().removals), (Some(false), None, 0), "{name}");
        let claim = probe.sighting.claim.unwrap();
        assert!(claim.signals[0].place.starts_with("POST /"), "{name}: {claim:?}");
    }
}

#[tokio::test]
async fn a_yes_that_leaves_the_cart_empty_is_a_no() {
    for (name, probe, shop) in all_in(Mood::Drops).await {
        let told = said(&probe);
        assert!(told.starts_with("OutOfStock: the cart stayed empty although the shop said: "), "{name}: {told}");
        assert_eq!((shop.till().added, probe.not_cleaned), (1, None), "{name}");
    }
}

#[tokio::test]
async fn a_challenge_says_nothing() {
    for (name, probe, shop) in all_in(Mood::Challenges).await {
        assert_eq!(said(&probe), "Unknown(challenge)", "{name}: {:?}", shop.asked());
        let claim = probe.sighting.claim.clone().unwrap();
        assert_eq!(claim.availability, Availability::Unknown(Unknown::Challenge), "{name}");
        assert_eq!((probe.accepted(), &probe.not_cleaned), (None, &None), "{name}");
    }
}

#[tokio::test]
async fn a_cart_that_is_not_empty_at_first_is_left_alone() {
    for (name, probe, shop) in all_in(Mood::Dirty).await {
        let why = "the cart could not be asked: the cart of a new visit already held 1 lines";
        assert_eq!(said(&probe), why, "{name}");
        assert_eq!((shop.till().added, shop.till().removals, shop.till().lines), (0, 0, 1), "{name}");
        assert_eq!(probe.not_cleaned, None, "{name}: it was not put there by us");
    }
}

#[tokio::test]
async fn what_stays_in_the_cart_is_said_loudly() {
    for (name, probe, shop) in all_in(Mood::Sticky).await {
        assert!(said(&probe).starts_with("InStock"), "{name}: what was seen was seen");
        let left = probe.not_cleaned.unwrap();
        for words in ["MUG-1: one unit is still in a cart", "could not be removed", "empty that"] {
            assert!(left.contains(words), "{name}: {left}");
        }
        assert!(shop.till().removals >= 2, "{name}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn what_goes_at_the_second_attempt_is_gone() {
    for (name, probe, shop) in all_in(Mood::Stubborn).await {
        assert_eq!((said(&probe).starts_with("InStock"), probe.not_cleaned), (true, None), "{name}");
        assert_eq!((shop.till().removals, shop.till().lines), (2, 0), "{name}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn a_stale_token_is_replaced_once() {
    for (name, probe, shop) in all_in(Mood::Stale).await {
        assert!(said(&probe).starts_with("InStock"), "{name}: {} {:?}", said(&probe), shop.asked());
        assert_eq!((probe.not_cleaned, shop.till().lines), (None, 0), "{name}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn a_shop_that_breaks_half_way_is_a_failure_and_may_hold_a_unit() {
    for (name, probe, shop) in all_in(Mood::Breaks).await {
        if let Some(failure) = &probe.sighting.failure {
            assert_eq!(failure, &PageFailure::Status { status: 502 }, "{name}: {:?}", shop.asked());
        }
        assert!(probe.accepted() != Some(true), "{name}: {}", said(&probe));
        assert!(probe.not_cleaned.is_some_and(|left| left.starts_with("MUG-1: ")), "{name}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn a_way_that_leads_to_the_till_is_not_gone_and_the_unit_is_taken_out() {
    for (name, probe, shop) in all_in(Mood::LeadsToTheTill).await {
        assert!(said(&probe).ends_with("looks like a checkout, and that is never asked"), "{name}: {}", said(&probe));
        assert_eq!((probe.not_cleaned, shop.till().lines), (None, 0), "{name}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn what_says_nothing_of_stock_is_no_refusal() {
    let asked: Vec<(&str, String)> =
        all_in(Mood::Asks).await.into_iter().map(|(name, probe, _)| (name, said(&probe))).collect();
    for (name, told) in &asked {
        // Shopify's and Cartridge's products have no options beside those that make the variant.
        let may = ["shopify", "cartridge"].contains(name);
        assert!(
            told.starts_with("the cart could not be asked: ") || may && told.starts_with("OutOfStock: the cart stayed"),
            "{name}: {told}"
        );
    }
    for (name, probe, shop) in all_in(Mood::Unknowing).await {
        // Oscar adds by the number in the page's address.
        let told = said(&probe);
        assert!(
            told.starts_with("the cart could not be asked: ") || name == "oscar",
            "{name}: {told} {:?}",
            shop.asked()
        );
        assert_eq!(probe.not_cleaned, None, "{name}");
    }
}

#[tokio::test]
async fn a_session_that_ends_is_told_as_what_it_leaves() {
    let he = Platform::Magento { store: Some("he".to_owned()) };
    let shop = Shop::open(scripts::magento, Mood::Expires).await;
    let probe = shop.probe(he, &shop.item("/mug.html")).await;
    assert!(said(&probe).contains("answered 404"), "{}", said(&probe));
    assert!(probe.not_cleaned.unwrap().contains("could not be looked into again"));
    // EverShop shows a new, empty cart: what was said is not borne out.
    let shop = Shop::open(scripts::evershop, Mood::Expires).await;
    let probe = shop.probe(Platform::Evershop, &shop.item("/products/mug")).await;
    assert!(said(&probe).starts_with("OutOfStock: the cart stayed empty although"), "{}", said(&probe));
}

#[tokio::test]
async fn a_cart_that_takes_what_it_has_not_says_so_beside_the_line() {
    let shop = Shop::open(scripts::opencart, Mood::Expires).await;
    let probe = shop.probe(Platform::Opencart, &shop.item("/products/mug")).await;
    let words = "OutOfStock: Products marked with *** are not available in the desired quantity or not in stock!";
    assert_eq!((said(&probe).as_str(), probe.not_cleaned, shop.till().lines), (words, None, 0));
}
