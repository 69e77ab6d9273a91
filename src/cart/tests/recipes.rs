//! A cart by a recipe.

use regex::Regex;
use serde_json::json;

use super::shop::{Mood, Seen, Shop, Till, html, json as answer, leads};
use crate::cart::{Condition, Extract, Platform, Recipe, Source, Step};
use crate::fetch::Verb;

/// A shop of its own making: a token in a page, an id in JSON, a version in a header, a visitor in a cookie.
fn shop(seen: &Seen, till: &mut Till) -> Option<axum::http::Response<axum::body::Body>> {
    if seen.is("GET", "/p/mug") {
        let mut page = html(200, "<input name=token value=t-7><script>product = '40';</script>");
        page.headers_mut().insert("set-cookie", "visitor=v-1; Path=/".parse().unwrap());
        return Some(page);
    }
    if seen.is("GET", "/basket.json") {
        let lines: serde_json::Value = (0..till.lines).map(|_| json!({"id": "line-5"})).collect();
        return Some(answer(200, &json!({"count": till.lines, "lines": lines})));
    }
    if seen.is("POST", "/basket/add") {
        let sent = ["token", "product", "sku"].map(|name| seen.field(name).unwrap_or_default());
        assert_eq!((sent, seen.header("x-visitor")), (["t-7", "40", "MUG-1"].map(str::to_owned), "v-1"));
        till.add();
        return Some(match till.mood {
            Mood::Refuses => answer(409, &json!({"error": "Alas, <b>none</b> left"})),
            Mood::Asks => answer(200, &json!({"what": "now?"})),
            Mood::LeadsToTheTill => leads("/checkout"),
            _ => answer(200, &json!({"ok": true})),
        });
    }
    if seen.is("POST", "/basket/remove/line-5") {
        assert_eq!(seen.json(), json!({"visitor": "v-1"}));
        return Some(if till.remove() { answer(200, &json!({})) } else { html(500, "no") });
    }
    None
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

fn recipe() -> Recipe {
    let step = |verb, url: &str| Step {
        verb,
        url: url.to_owned(),
        headers: Vec::new(),
        form: Vec::new(),
        json: None,
        extract: Vec::new(),
    };
    let extract = |name: &str, source| Extract { name: name.to_owned(), source };
    let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let is = |source, matches: Option<&str>| Condition { source, matches: matches.map(pattern) };
    let token = Source::Css { selector: "input[name=token]".to_owned(), attribute: Some("value".to_owned()) };
    Recipe {
        steps: vec![
            Step {
                extract: vec![
                    extract("token", token),
                    extract("product", Source::Regex(pattern("product = '([0-9]+)'"))),
                    extract("visitor", Source::Cookie("visitor".to_owned())),
                ],
                ..step(Verb::Get, "{page}")
            },
            Step {
                headers: vec![pair(("X-Visitor", "{visitor}"))],
                form: [("token", "{token}"), ("product", "{product}"), ("sku", "{sku}")].map(pair).to_vec(),
                ..step(Verb::Post, "{shop}basket/add")
            },
        ],
        accepted: vec![is(Source::Json("/ok".to_owned()), Some("^true$"))],
        refused: vec![is(Source::Json("/error".to_owned()), None), is(Source::Status, Some("^410$"))],
        words: Some(Source::Json("/error".to_owned())),
        cleanup: vec![Step {
            json: Some(r#"{"visitor": "{visitor}"}"#.to_owned()),
            ..step(Verb::Post, "{shop}basket/remove/{line}")
        }],
        check_clean: Step {
            extract: vec![extract("line", Source::Json("/lines/0/id".to_owned()))],
            ..step(Verb::Get, "{shop}basket.json")
        },
        clean: vec![is(Source::Json("/count".to_owned()), Some("^0$"))],
    }
}

#[tokio::test]
async fn a_recipe_is_followed_step_by_step_in_every_mood() {
    assert_eq!(crate::cart::check_recipe(&recipe()), []);
    let why = "the cart could not be asked: ";
    for (mood, says, is_left) in [
        (Mood::Accepts, "InStock: taken into the cart", false),
        (Mood::Refuses, "OutOfStock: Alas, none left", false),
        (Mood::Drops, "OutOfStock: the cart stayed empty although the shop said: yes", false),
        (Mood::Dirty, "the cart of a new visit already held 1 lines", false),
        (Mood::Sticky, "InStock: taken into the cart", true),
        (Mood::Asks, "/basket/add answered 200, which the recipe takes neither for a yes nor for a no", false),
        (Mood::LeadsToTheTill, "/checkout looks like a checkout, and that is never asked", false),
    ] {
        let shop = Shop::open(shop, mood).await;
        let probe = shop.probe(Platform::Recipe(Box::new(recipe())), &shop.item("/p/mug")).await;
        let told = match (&probe.sighting.claim, &probe.sighting.failure) {
            (Some(claim), _) => format!("{}: {}", claim.availability, claim.signals[0].excerpt),
            (_, failure) => failure.clone().unwrap().to_string().trim_start_matches(why).to_owned(),
        };
        assert_eq!((told.as_str(), probe.not_cleaned.is_some()), (says, is_left), "{mood:?}: {:?}", shop.asked());
        let stays = matches!(mood, Mood::Sticky | Mood::Dirty);
        assert_eq!(shop.till().lines > 0, stays, "{mood:?}: {:?}", shop.asked());
    }
}

#[tokio::test]
async fn what_a_recipe_needs_and_does_not_find_is_said_by_its_name() {
    let shop = Shop::open(shop, Mood::Accepts).await;
    let mut missing = recipe();
    missing.steps[0].extract[0].source = Source::Header("X-Token".to_owned());
    let probe = shop.probe(Platform::Recipe(Box::new(missing)), &shop.item("/p/mug")).await;
    let failure = probe.sighting.failure.unwrap().to_string();
    assert_eq!(failure, "the cart could not be asked: /p/mug answered 200, without what the recipe calls token");
    let mut unknown = recipe();
    unknown.steps[1].form[0].1 = "{gtin}".to_owned();
    let probe = shop.probe(Platform::Recipe(Box::new(unknown)), &shop.item("/p/mug")).await;
    let failure = probe.sighting.failure.unwrap().to_string();
    assert_eq!(failure, "the cart could not be asked: nothing is known for {gtin} of the recipe");
    assert_eq!(shop.till().added, 0);
}
