//! How a shop is visited.

use std::num::NonZeroU32;
use std::time::Duration;

use super::scripts;
use super::shop::{Mood, Shop, fetching, probe, web};
use crate::cart::{Options, Platform, Prober, Wanted};
use crate::domain::clock::Clock;
use crate::fetch::{self, Fetcher, Rate};

fn nowhere(_: &crate::domain::Page) -> Option<crate::domain::Unknown> {
    None
}

#[tokio::test]
async fn every_visit_is_a_new_customer() {
    let shop = Shop::open(scripts::oscar, Mood::Accepts).await;
    for _ in 0..2 {
        shop.probe(Platform::Oscar, &shop.item("/catalogue/mug_31/")).await;
    }
    let seen = shop.seen();
    let pages: Vec<_> =
        seen.iter().filter(|seen| seen.header("referer").is_empty() && seen.header("cookie").is_empty()).collect();
    // Robots.txt and the page, both without a cookie, at the beginning of each.
    assert_eq!(pages.iter().filter(|seen| seen.path == "/catalogue/mug_31/").count(), 2, "{:?}", shop.asked());
    assert!(seen.iter().filter(|seen| seen.method == "POST").all(|seen| seen.header("cookie") == "csrftoken=c1"));
}

#[tokio::test]
async fn visits_keep_their_rate_and_the_requests_of_one_follow_at_once() {
    let shop = Shop::open(scripts::shopify, Mood::Accepts).await;
    let every = Duration::from_millis(150);
    let options = Options { rate: Rate { requests: NonZeroU32::MIN, per: every }, ..shop.options(Platform::Shopify) };
    let (web, item) = (web(), shop.item("/products/mug"));
    let prober = Prober::new(&options, &web, &nowhere);
    for _ in 0..3 {
        prober.turn().await;
        prober.probe(Wanted { item: &item, numbers: &[] }).await;
    }
    let begun: Vec<_> =
        shop.seen().into_iter().filter(|seen| seen.path == "/products/mug.js").map(|seen| seen.at).collect();
    assert_eq!(begun.len(), 3);
    for two in begun.windows(2) {
        // The turn comes a moment before the request.
        assert!(
            two[1].duration_since(two[0]) >= every - Duration::from_millis(20),
            "{:?}",
            two[1].duration_since(two[0])
        );
    }
}

#[tokio::test]
async fn the_shops_own_rate_holds_inside_a_visit() {
    let shop = Shop::open(scripts::shopify, Mood::Accepts).await;
    let rate = Rate { requests: NonZeroU32::MIN, per: Duration::from_millis(60) };
    let web = Fetcher::new(fetch::Options { rate, burst: NonZeroU32::MIN, ..fetching() }, Clock::system()).unwrap();
    probe(&web, &shop.options(Platform::Shopify), &shop.item("/products/mug")).await;
    let at: Vec<_> = shop.seen().into_iter().map(|seen| seen.at).collect();
    assert!(at.len() >= 6, "{:?}", shop.asked());
    let took = at[at.len() - 1].duration_since(at[0]);
    assert!(took >= Duration::from_millis(58) * u32::try_from(at.len() - 1).unwrap(), "{took:?} for {}", at.len());
}

#[tokio::test]
async fn robots_txt_counts_for_pages_and_not_for_the_cart() {
    let forbidding = |seen: &super::shop::Seen, till: &mut super::shop::Till| {
        if seen.path == "/robots.txt" {
            let rules = if till.mood == Mood::Refuses {
                "User-agent: *\nDisallow: /"
            } else {
                "User-agent: *\nDisallow: /cart"
            };
            return Some(super::shop::html(200, rules));
        }
        scripts::shopify(seen, till)
    };
    let shop = Shop::open(forbidding, Mood::Accepts).await;
    let probed = shop.probe(Platform::Shopify, &shop.item("/products/mug")).await;
    assert_eq!(probed.accepted(), Some(true), "the cart is forbidden to crawlers everywhere");
    let shop = Shop::open(forbidding, Mood::Refuses).await;
    let probed = shop.probe(Platform::Shopify, &shop.item("/products/mug")).await;
    let failure = probed.sighting.failure.unwrap();
    assert!(failure.to_string().starts_with("robots.txt forbids"), "{failure}");
    assert_eq!(shop.asked(), ["GET /robots.txt"]);
}

#[tokio::test]
async fn a_private_address_is_refused_here_too() {
    let shop = Shop::open(scripts::shopify, Mood::Accepts).await;
    let web = Fetcher::new(fetch::Options { allow_private: Vec::new(), ..fetching() }, Clock::system()).unwrap();
    let probed = probe(&web, &shop.options(Platform::Shopify), &shop.item("/products/mug")).await;
    assert_eq!(probed.sighting.failure.unwrap().code(), "private_address");
    assert!(shop.asked().is_empty());
}

#[tokio::test]
async fn a_post_goes_out_once_unless_the_shop_says_that_it_did_nothing() {
    let busy = |seen: &super::shop::Seen, till: &mut super::shop::Till| {
        if seen.path == "/cart/add.js" {
            till.tokens += 1;
            if till.tokens == 1 {
                let mut later = super::shop::html(429, "later");
                later.headers_mut().insert("retry-after", "0".parse().unwrap());
                return Some(later);
            }
        }
        scripts::shopify(seen, till)
    };
    let shop = Shop::open(busy, Mood::Accepts).await;
    assert_eq!(shop.probe(Platform::Shopify, &shop.item("/products/mug")).await.accepted(), Some(true));
    let broken = |seen: &super::shop::Seen, till: &mut super::shop::Till| match seen.path.as_str() {
        "/cart/add.js" => {
            till.add();
            Some(super::shop::html(503, "sorry"))
        }
        _ => scripts::shopify(seen, till),
    };
    let shop = Shop::open(broken, Mood::Accepts).await;
    let probed = shop.probe(Platform::Shopify, &shop.item("/products/mug")).await;
    let posts = shop.asked().iter().filter(|asked| *asked == "POST /cart/add.js").count();
    assert_eq!((posts, probed.accepted(), probed.not_cleaned), (1, None, None));
    assert_eq!(shop.till().lines, 0, "it was taken all the same, and taken out again: {:?}", shop.asked());
}
