//! Keys → stock facts. One file per adapter, one registry.
//!
//! A new adapter is one file with a [`StockSource`], one variant of [`Adapter`], and one line each in [`open`] and
//! [`check`]. What all adapters share: the fields of an item go through `rules`, which alone decides what may be
//! sold; a key listed twice with different numbers goes through `unique`.

mod answer;
mod csv;
mod error;
mod expression;
mod http_json;
mod options;
mod paging;
mod rules;
mod template;
#[cfg(test)]
mod tests;
mod tokens;
mod unique;
mod words;

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::StockAnswer;
use crate::domain::clock::Clock;

pub use error::StockError;
pub use options::{
    Adapter, Auth, Batch, CsvOptions, HttpJsonOptions, Listing, Mapping, Options, Paging, Place, Request, Rules,
};

/// One key and what the source says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StockAnswerFor {
    /// The key it was asked by, or under which the source lists it.
    pub key: String,
    /// What it says.
    pub answer: StockAnswer,
}

/// How far a source reaches by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It can list everything: [`StockSource::everything`] works.
    All,
    /// It answers only for keys it is asked for: [`StockSource::ask`].
    Keys {
        /// How many keys go into one request.
        batch: usize,
    },
}

/// A stock system that can be asked.
#[async_trait(?Send)]
pub trait StockSource: Send + Sync {
    /// What it is called in output.
    fn name(&self) -> &str;

    /// Whether it can list everything.
    fn reach(&self) -> Reach;

    /// Whether asking for a few keys is cheaper than reading everything again.
    fn can_ask(&self) -> bool;

    /// Lists everything it knows, as it is read. A key may come twice; the later answer is the better one (a
    /// contradiction that shows only at the end). An error means that keys not named so far are unknown, not missing.
    async fn everything(&self, sink: &mut dyn FnMut(StockAnswerFor)) -> Result<(), StockError>;

    /// Answers for these keys: one entry for each, in their order, `Missing` where the source does not know it.
    async fn ask(&self, keys: &[String]) -> Result<Vec<StockAnswerFor>, StockError>;

    /// HTTP requests sent so far.
    fn requests(&self) -> u64;
}

/// Opens a source: compiles its expressions and paths. Nothing is asked yet.
pub fn open(options: &Options, clock: &Clock) -> Result<Box<dyn StockSource>, StockError> {
    if let Some((option, what)) = check(options).into_iter().next() {
        return Err(StockError::Options { option, what });
    }
    Ok(match &options.adapter {
        Adapter::HttpJson(http) => Box::new(http_json::HttpJson::open(options, http, clock)?),
        Adapter::Csv(csv) => Box::new(csv::Csv::open(options, csv, clock)?),
    })
}

/// Everything that is wrong with the options, without asking anybody: the option's path inside `stock`, and what is
/// wrong with it and what to do.
pub fn check(options: &Options) -> Vec<(String, String)> {
    let (adapter, mut problems) = match &options.adapter {
        Adapter::HttpJson(http) => ("http_json", http_json::check(http)),
        Adapter::Csv(csv) => ("csv", csv::check(csv)),
    };
    let fields = field_names(options);
    problems.extend(fields.iter().filter_map(|name| Some((format!("fields.{name}"), rules::name_problem(name)?))));
    for (option, _) in &mut problems {
        *option = format!("{adapter}.{option}");
    }
    problems.extend(rules::Rules::new(options, &fields).err().unwrap_or_default());
    problems
}

fn field_names(options: &Options) -> BTreeSet<&str> {
    match &options.adapter {
        Adapter::HttpJson(http) => http.mapping.fields.keys().map(String::as_str).collect(),
        Adapter::Csv(csv) => csv.fields.keys().map(String::as_str).collect(),
    }
}

/// Compiles the rules; [`check`] has refused whatever does not compile.
fn compile(options: &Options) -> Result<rules::Rules, StockError> {
    rules::Rules::new(options, &field_names(options)).map_err(|problems| {
        let (option, what) = problems.into_iter().next().unwrap_or_default();
        StockError::Options { option, what }
    })
}

/// The headers by which a source knows us.
fn auth_headers(auth: Option<&Auth>) -> Vec<(String, SecretString)> {
    let authorization = |value: String| vec![("authorization".to_owned(), SecretString::from(value))];
    match auth {
        None => Vec::new(),
        Some(Auth::Bearer { token }) => authorization(format!("Bearer {}", token.expose_secret())),
        Some(Auth::Basic { username, password }) => {
            use base64::Engine as _;
            let pair = format!("{username}:{}", password.expose_secret());
            authorization(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
        }
        Some(Auth::Header { name, value }) => vec![(name.to_ascii_lowercase(), value.clone())],
    }
}

/// Answers to the keys that are wanted, from a source that can only be read as a whole.
fn wanted(keys: &[String]) -> HashMap<String, StockAnswer> {
    keys.iter().map(|key| (key.clone(), StockAnswer::Missing)).collect()
}

/// Keeps an answer that is wanted; a later one replaces it, see [`StockSource::everything`].
fn keep(wanted: &mut HashMap<String, StockAnswer>, one: StockAnswerFor) {
    if let Some(answer) = wanted.get_mut(&one.key) {
        *answer = one.answer;
    }
}

fn in_order(keys: &[String], wanted: &HashMap<String, StockAnswer>) -> Vec<StockAnswerFor> {
    let answer = |key: &String| wanted.get(key).cloned().unwrap_or(StockAnswer::Missing);
    keys.iter().map(|key| StockAnswerFor { key: key.clone(), answer: answer(key) }).collect()
}
