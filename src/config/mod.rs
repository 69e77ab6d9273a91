//! YAML → checked options. The only room that reads the environment.
//!
//! [`load`] goes in steps, and every step collects instead of stopping, so that the user sees all problems at once:
//!
//! 1. `document`: the text as YAML, and where in it each key stands; syntax errors and duplicate keys end here
//! 2. `structure`: the value against the generated [`schema()`]: unknown, missing and contradictory keys
//! 3. `expand`: `${NAME}` in values
//! 4. `raw`: the sections as written, one file each
//! 5. `check`: the sections as the stages' own options: units, addresses, patterns, secrets, references
//!
//! A [`Problem`] carries its place in the file; [`Problems::render`] shows the line without the secrets in it.

mod check;
mod document;
mod expand;
mod find;
mod path;
mod problem;
mod raw;
mod render;
mod schema;
mod stages;
mod structure;
#[cfg(test)]
mod tests;
mod units;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rust_decimal::Decimal;
use url::Url;

pub use find::{NotFound, find};
pub use problem::{Problem, Problems};
pub use schema::schema;

use crate::{cart, catalog, claims, fetch, incident, notify, plan, stock, store};
use document::Document;
use expand::Environment;

/// A commented configuration to start from, as `stocktruth init` writes it.
pub const STARTER: &str = include_str!("../../config/starter.yaml");

/// A configuration that was checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it came from.
    pub file: PathBuf,
    /// The shops, in the order of the file.
    pub shops: Vec<Shop>,
    /// When incidents open and are resolved.
    pub incidents: incident::Policy,
    /// Rules that change how severe an incident counts.
    pub severity: Vec<incident::SeverityRule>,
    /// Who is told and how; `None` where the file names nobody.
    pub notify: Option<notify::Options>,
    /// What is called when a run begins and ends.
    pub heartbeat: Option<notify::Hook>,
    /// Without a run that did its work for so long, operations are told.
    pub missed_after: Option<Duration>,
    /// Where things are remembered.
    pub store: store::Options,
    /// The share of items, from 0 to 1, that must be verifiable; below it a run ends with exit code 4.
    pub min_verified: Decimal,
    /// What is odd but can be used.
    pub warnings: Problems,
}

/// One shop.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Its name, unique in the file.
    pub name: String,
    /// Its front page.
    pub url: Url,
    /// Its main language (BCP 47 primary subtag).
    pub language: String,
    /// A product's page in its administration, with `{sku}`, `{stock_key}`, `{gtin}` or `{url}` in it.
    pub admin_url: Option<String>,
    /// Which items exist.
    pub catalog: catalog::Options,
    /// The product feeds that its ads are made of, beside one that is its catalogue.
    pub feeds: Vec<catalog::FeedOptions>,
    /// How its pages are asked for.
    pub fetch: fetch::Options,
    /// How its pages are read.
    pub claims: claims::Options,
    /// Its listings.
    pub listings: Vec<Listing>,
    /// What its stock systems say.
    pub stock: stock::Sources,
    /// How its cart is asked, where its owner wants that.
    pub cart: Option<cart::Options>,
    /// How long a page may lag behind the stock.
    pub grace: Duration,
    /// Share of the items, from 0 to 1, that may become wrong at once before nobody is told.
    pub max_jump: Decimal,
    /// After what time a suspect is looked at again.
    pub confirm_after: Duration,
    /// Which pages are looked at in a run.
    pub plan: plan::Options,
    /// How well its touchpoints are to keep their promises.
    pub targets: plan::Targets,
}

/// A listing of a shop.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Where it is.
    pub at: catalog::Pages,
    /// What it is called, what kind it is, and how it is read.
    pub options: claims::ListingOptions,
}

/// Reads and checks a configuration file.
///
/// # Errors
/// All problems of the file at once, warnings among them.
pub fn load(file: &Path) -> Result<Config, Problems> {
    match std::fs::read(file)
        .map_err(|error| error.to_string())
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text; save it as UTF-8".to_owned()))
    {
        Ok(text) => compile(file, text.strip_prefix('\u{feff}').unwrap_or(&text), &environment),
        Err(error) => {
            let problem = Problem::error(format!("this file cannot be read: {error}"));
            Err(Problems::new(file, "", vec![problem]))
        }
    }
}

/// A length of time as the file writes it: `30s`, `15m`, `7d`.
///
/// # Errors
/// What is wrong with it and what to write.
pub fn duration(text: &str) -> Result<Duration, String> {
    units::duration(text).map_err(|fault| format!("{}; {}", fault.what, fault.help))
}

/// The process's environment.
#[expect(clippy::disallowed_methods, reason = "this is the one room that may read the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn compile(file: &Path, text: &str, environment: &Environment<'_>) -> Result<Config, Problems> {
    let fail = |problems: Vec<Problem>| Err(Problems::new(file, text, problems));
    let (document, problems) = Document::read(text);
    if !problems.is_empty() {
        return fail(problems);
    }
    let mut value = match document.values(text) {
        Ok(value) => value,
        Err(problem) => return fail(vec![problem]),
    };
    let schema = schema::value();
    structure::without_empty_keys(&schema, &mut value);
    let structure = structure::check(&schema, &mut value, &document);
    let expanded = expand::expand(&mut value, &document, environment);
    let mut problems = structure.problems;
    problems.extend(expanded.problems);
    let raw: raw::Config = match serde_json::from_value(value) {
        Ok(raw) => raw,
        Err(error) => {
            problems.push(Problem::error(format!("this cannot be read as a configuration: {error}")));
            return fail(problems);
        }
    };
    let silent = structure.spoken_for.into_iter().chain(expanded.failed).collect();
    let sink = check::Sink::new(&document, file, environment, silent, expanded.places);
    let config = check::config(&raw, &sink);
    problems.extend(sink.into_problems());
    if config.is_none() && problems.iter().all(Problem::is_warning) {
        problems.push(Problem::error("something needed is missing, and it is a bug that nothing says what".to_owned()));
    }
    let problems = Problems::new(file, text, problems);
    match config {
        Some(config) if problems.errors() == 0 => Ok(Config { warnings: problems, ..config }),
        _ => Err(problems),
    }
}
