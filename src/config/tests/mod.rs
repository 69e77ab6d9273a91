//! Tests of the whole room: text in, options or problems out.

mod bad_cadence;
mod bad_cart;
mod bad_feeds;
mod bad_listings;
mod bad_mail;
mod bad_recipients;
mod bad_secrets;
mod bad_sources;
mod bad_structure;
mod bad_values;
mod compiled;
mod files;
mod rendered;
mod told;

use std::path::Path;

use super::{Config, Problems, compile};

/// A good configuration that the bad ones differ from in one thing.
const GOOD: &str = "\
version: 1
contact: it@shop.example
shops:
  - name: books
    url: https://shop.example/
    catalog:
      list:
        - sku: A-1
          url: /a-1
    stock:
      sellable: available
      http_json:
        item:
          url: https://erp.example/{key}
        fields:
          available: $.available
owners:
  - email: dana@shop.example
    shops: [books]
fallback:
  email: all@shop.example
mail:
  from: stock@shop.example
  transport:
    console:
";

/// How a bad configuration differs from the good one.
enum Change {
    /// This text, then that one instead.
    Edit(&'static str, &'static str),
    /// Another file altogether.
    Whole(&'static str),
}

/// What it is about, the change, and what is said: `line:column what | help`.
type Case = (&'static str, Change, &'static [&'static str]);

/// The environment of these tests.
fn environment(name: &str) -> Option<String> {
    let value = match name {
        "TOKEN" => "s3cr3t-t0ken",
        "PASSWORD" => "s3cr3t-password",
        "SIGNS" => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "GRACE" => "31",
        "EMPTY" => "",
        "SLACK" => "https://hooks.slack.com/services/s3cr3t",
        "HOOK" => "http://chat.shop.example/s3cr3t",
        _ => return None,
    };
    Some(value.to_owned())
}

fn check(text: &str) -> Result<Config, Problems> {
    compile(Path::new("/nowhere/stocktruth.yaml"), text, &environment)
}

fn problems(text: &str) -> Problems {
    check(text).map_or_else(|problems| problems, |config| config.warnings)
}

/// One line per problem.
fn told(problems: &Problems) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let (line, column) = problem.place().unwrap_or_default();
            let kind = if problem.is_warning() { "warning: " } else { "" };
            let help = problem.advice().map(|help| format!(" | {help}")).unwrap_or_default();
            format!("{line}:{column} {kind}{}{help}", problem.what())
        })
        .collect()
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(told(&problems(GOOD)), Vec::<String>::new());
}

#[test]
fn each_bad_one_is_told_in_these_words() {
    let mut wrong = String::new();
    let cases = [
        bad_structure::CASES,
        bad_values::CASES,
        bad_secrets::CASES,
        bad_sources::CASES,
        bad_feeds::CASES,
        bad_listings::CASES,
        bad_mail::CASES,
        bad_recipients::CASES,
        bad_cadence::CASES,
        bad_cart::CASES,
    ];
    for (about, change, expected) in cases.into_iter().flatten() {
        let text = match change {
            Change::Edit(old, new) => {
                assert_eq!(GOOD.matches(old).count(), 1, "{about}");
                GOOD.replace(old, new)
            }
            Change::Whole(text) => (*text).to_owned(),
        };
        let problems = problems(&text);
        let told = told(&problems);
        if told != *expected {
            wrong.push_str(&format!("{about}: {}\n", serde_json::to_string(&told).unwrap()));
        }
        let shown = format!("{problems}{}", problems.render(true));
        for secret in ["hunter2", "session=1", "s3cr3t"] {
            assert!(!shown.contains(secret), "{about}:\n{shown}");
        }
    }
    assert!(wrong.is_empty(), "these say something else now:\n{wrong}");
}

#[test]
fn the_starter_loads() {
    let expected = "37:15 warning: `file`: there is no file /nowhere/stock.csv | it must be there when a check runs";
    assert_eq!(told(&problems(super::STARTER)), [expected]);
}
