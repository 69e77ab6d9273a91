//! What is wrong with a recipe, before anybody is asked.

use std::collections::{BTreeMap, BTreeSet};

use scraper::Selector;
use url::Url;

use super::template::{Purpose, fill, names};
use super::{Condition, Recipe, Source, Step};
use crate::cart::looks_like_a_checkout;

/// What every template may name.
const KNOWN: [&str; 6] = ["shop", "page", "sku", "stock_key", "gtin", "number"];

/// Everything that is wrong with a recipe: the path inside it, and what is wrong and what to do.
pub fn check(recipe: &Recipe) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut known: BTreeSet<String> = KNOWN.iter().map(|name| (*name).to_owned()).collect();
    let before = recipe.steps.len().saturating_sub(1);
    for (at, one) in recipe.steps.iter().enumerate() {
        if at == before {
            // The cart is looked into before something is added, too.
            step("check_clean", &recipe.check_clean, &mut known, &mut problems);
        }
        step(&format!("steps[{at}]"), one, &mut known, &mut problems);
    }
    for (at, one) in recipe.cleanup.iter().enumerate() {
        step(&format!("cleanup[{at}]"), one, &mut known, &mut problems);
    }
    let conditions = [
        ("expect.accepted", &recipe.accepted),
        ("expect.refused", &recipe.refused),
        ("check_clean.clean", &recipe.clean),
    ];
    for (path, all) in conditions {
        for (at, Condition { source, .. }) in all.iter().enumerate() {
            self::source(&format!("{path}[{at}]"), source, &mut problems);
        }
    }
    if let Some(words) = &recipe.words {
        source("expect.words", words, &mut problems);
    }
    problems
}

fn step(path: &str, step: &Step, known: &mut BTreeSet<String>, problems: &mut Vec<(String, String)>) {
    let verb = match step.verb {
        crate::fetch::Verb::Get => "get",
        crate::fetch::Verb::Post => "post",
        crate::fetch::Verb::Put => "put",
        crate::fetch::Verb::Delete => "delete",
    };
    let mut say = |key: &str, what: String| problems.push((format!("{path}.{key}"), what));
    let unknown = |template: &str| names(template).find(|name| !known.contains(*name)).map(str::to_owned);
    let of_unknown = |name: &str| {
        let all: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
        format!("`{{{name}}}` is not known here; known are {}", all.join(", "))
    };
    if let Some(name) = unknown(&step.url) {
        say(verb, of_unknown(&name));
    } else if let Err(what) = address(&step.url, known) {
        say(verb, what);
    }
    for (key, fields) in [("headers", &step.headers), ("form", &step.form)] {
        for (name, value) in fields {
            if let Some(unknown) = unknown(value) {
                say(&format!("{key}.{name}"), of_unknown(&unknown));
            }
            if key == "form" && name.to_lowercase().contains("checkout") {
                say(&format!("{key}.{name}"), "looks like a checkout, and that is never asked; take it out".to_owned());
            }
        }
    }
    if let Some(json) = &step.json {
        let sample = known.iter().map(|name| (name.clone(), "1".to_owned())).collect();
        match (unknown(json), fill(json, &sample, Purpose::Json)) {
            (Some(name), _) => say("json", of_unknown(&name)),
            (None, Ok(body)) => {
                if let Err(error) = serde_json::from_str::<serde_json::Value>(&body) {
                    say(
                        "json",
                        format!("is not JSON ({error}); write JSON, with values such as \"{{sku}}\" in quotes"),
                    );
                }
            }
            (None, Err(_)) => {}
        }
    }
    for extract in &step.extract {
        source(&format!("{path}.extract.{}", extract.name), &extract.source, problems);
        known.insert(extract.name.clone());
    }
}

/// An address must be one on the web once it is filled in, and not that of a checkout.
fn address(template: &str, known: &BTreeSet<String>) -> Result<(), String> {
    let mut sample: BTreeMap<String, String> = known.iter().map(|name| (name.clone(), "1".to_owned())).collect();
    sample.extend(["shop", "page"].map(|name| (name.to_owned(), "https://shop.example/".to_owned())));
    let filled = fill(template.trim(), &sample, Purpose::Address)?;
    let url = Url::parse(&filled).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or("is no address on the web; begin it with `{shop}`, `{page}` or `https://`")?;
    if looks_like_a_checkout(&url) {
        return Err("looks like a checkout, and that is never asked; a recipe ends at the cart".to_owned());
    }
    Ok(())
}

fn source(path: &str, source: &Source, problems: &mut Vec<(String, String)>) {
    let wrong = match source {
        Source::Css { selector, .. } => Selector::parse(selector).err().map(|_| {
            ("css", format!("{selector:?} is no CSS selector; see https://developer.mozilla.org/docs/Web/CSS/Reference/Selectors"))
        }),
        Source::Json(pointer) if !pointer.is_empty() && !pointer.starts_with('/') => {
            Some(("json", format!("{pointer:?} is no JSON pointer (RFC 6901); write for example `/items/0/id`")))
        }
        _ => None,
    };
    problems.extend(wrong.map(|(key, what)| (format!("{path}.{key}"), what)));
}
