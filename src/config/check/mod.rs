//! Sections as written → the stages' own options.
//!
//! Every check records what is wrong and goes on with a default, so that all problems come out at once. What the schema
//! already found (missing keys, wrong kinds) is not said again.

mod auth;
mod bigcommerce;
mod cadence;
mod cart;
mod catalog;
mod conditions;
mod csv;
mod evershop;
mod feed;
mod fetch;
mod hook;
mod http_json;
mod incidents;
mod listings;
mod login;
mod magento;
mod mail;
mod medusa;
mod odoo;
mod owners;
mod page;
mod plan;
mod priority;
mod recipients;
mod saleor;
mod sap_b1;
mod secret;
mod shop;
mod shopify;
mod sources;
mod sql;
mod stage;
mod stock;
mod values;
mod vendure;
mod woocommerce;

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path as FilePath, PathBuf};

use rust_decimal::Decimal;

use super::document::Document;
use super::expand::Environment;
use super::path::Path;
use super::problem::{Problem, Problems};
use super::units::{self, Fault, fault};
use super::{Config, raw};
use crate::domain::clock::Clock;
use crate::store;

const DAY: u64 = 86_400;

/// Where problems go, and what the checks may look at.
pub(super) struct Sink<'a> {
    document: &'a Document,
    file: &'a FilePath,
    environment: &'a Environment<'a>,
    /// Places of which enough was said.
    silent: HashSet<Path>,
    /// Places whose value came from the environment.
    expanded: HashSet<Path>,
    problems: RefCell<Vec<(Path, Problem)>>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(
        document: &'a Document,
        file: &'a FilePath,
        environment: &'a Environment<'a>,
        silent: HashSet<Path>,
        expanded: HashSet<Path>,
    ) -> Self {
        Self { document, file, environment, silent, expanded, problems: RefCell::default() }
    }

    pub(super) fn into_problems(self) -> impl Iterator<Item = Problem> {
        self.problems.into_inner().into_iter().map(|(_, problem)| problem)
    }

    /// A path as written, from the configuration's folder.
    fn resolve(&self, path: &str) -> PathBuf {
        self.file.parent().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }
}

/// A place in the configuration.
#[derive(Clone)]
struct At<'a> {
    sink: &'a Sink<'a>,
    path: Path,
}

impl At<'_> {
    fn key(&self, name: &str) -> Self {
        Self { sink: self.sink, path: self.path.key(name) }
    }

    fn index(&self, index: usize) -> Self {
        Self { sink: self.sink, path: self.path.index(index) }
    }

    fn follow(&self, written: &str) -> Self {
        Self { sink: self.sink, path: self.path.follow(written) }
    }

    /// The keys that are written here.
    fn keys(&self) -> Vec<String> {
        self.sink.document.keys(&self.path)
    }

    /// Line of this place.
    fn line(&self) -> usize {
        self.sink.document.key(&self.path).map_or(0, |spot| spot.line)
    }

    fn error(&self, Fault { what, help }: Fault) {
        self.add(Problem::error(format!("`{}`: {what}", self.path.name())).help(help));
    }

    fn warn(&self, Fault { what, help }: Fault) {
        self.add(Problem::warning(format!("`{}`: {what}", self.path.name())).help(help));
    }

    fn add(&self, problem: Problem) {
        if !self.sink.silent.contains(&self.path) {
            let problem = problem.at(self.sink.document.value(&self.path));
            self.sink.problems.borrow_mut().push((self.path.clone(), problem));
        }
    }

    /// Whether something was already said of this place or one below it.
    fn is_spoken_for(&self) -> bool {
        let said = self.sink.problems.borrow();
        said.iter().map(|(path, _)| path).chain(&self.sink.silent).any(|path| path.is_within(&self.path))
    }

    /// Whether the value came from the environment.
    fn is_expanded(&self) -> bool {
        self.sink.expanded.contains(&self.path)
    }

    /// Reads one value. `None` if it is not there or wrong; what is wrong is recorded.
    fn read<T, R: AsRef<str>>(
        &self,
        key: &str,
        raw: &Option<R>,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        self.key(key).value(raw.as_ref()?.as_ref(), read)
    }

    /// Reads a list of values, leaving out the wrong ones.
    fn list<T, R: AsRef<str>>(
        &self,
        key: &str,
        raw: &Option<Vec<R>>,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Vec<T> {
        let at = self.key(key);
        let each = raw.iter().flatten().enumerate();
        each.filter_map(|(index, value)| at.index(index).value(value.as_ref(), &read)).collect()
    }

    fn value<T>(&self, value: &str, read: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let hide = |mut fault: Fault| {
            // What the environment says is not repeated.
            if self.is_expanded() && fault.help.contains(value.trim()) {
                "check what the environment variable holds".clone_into(&mut fault.help);
            }
            fault
        };
        read(value).map_err(|fault| self.error(hide(fault))).ok()
    }

    /// A path, resolved against the configuration's folder.
    fn file<R: AsRef<str>>(&self, key: &str, raw: &Option<R>) -> Option<PathBuf> {
        self.read(key, raw, values::path).map(|path| self.sink.resolve(&path))
    }
}

/// Checks everything. `None` if something needed is missing; the sink then knows what.
pub(super) fn config(raw: &raw::Config, sink: &Sink<'_>) -> Option<Config> {
    let top = At { sink, path: Path::default() };
    top.read("version", &raw.version, |version| match version {
        "1" => Ok(()),
        _ => Err(fault("this program reads version 1", "write `version: 1`")),
    });
    let user_agent = top.read("contact", &raw.contact, values::user_agent).unwrap_or_default();
    let min_verified = top.read("min_verified", &raw.min_verified, units::percent).unwrap_or(Decimal::new(5, 1));
    let store = store(&top.key("store"), raw.store.as_ref());
    let shops = shop::all(&top.key("shops"), raw.shops.as_deref().unwrap_or_default(), &user_agent);
    let names: Vec<&str> = raw.shops.iter().flatten().filter_map(|shop| Some(shop.name.as_ref()?.as_ref())).collect();
    let incidents = incidents::policy(&top.key("incidents"), raw.incidents.as_ref());
    let severity = incidents::severity(&top.key("severity"), raw.severity.as_deref(), &names);
    let now = Clock::system().now();
    let notify = owners::and_mail(&top, raw, &names, shops.as_deref().unwrap_or_default(), now);
    let heartbeat = raw.heartbeat.as_ref().and_then(|raw| hook::hook(&top.key("heartbeat"), raw));
    let missed_after = top.read("missed_after", &raw.missed_after, values::some_time);
    Some(Config {
        file: sink.file.to_owned(),
        shops: shops?,
        incidents,
        severity,
        notify: notify?,
        heartbeat,
        missed_after,
        store,
        min_verified,
        warnings: Problems::default(),
    })
}

fn store(at: &At<'_>, raw: Option<&raw::store::Store>) -> store::Options {
    let file = raw.and_then(|raw| at.file("file", &raw.file)).unwrap_or_else(|| {
        // systemd.exec(5): the folder of StateDirectory=; the first one where there are several.
        match (at.sink.environment)("STATE_DIRECTORY").as_deref().and_then(|all| all.split(':').next()) {
            Some(folder) if !folder.is_empty() => PathBuf::from(folder).join("stocktruth.db"),
            _ => at.sink.resolve("stocktruth.db"),
        }
    });
    let keep = raw.and_then(|raw| at.read("keep", &raw.keep, values::some_time));
    store::Options { file, keep: keep.unwrap_or(std::time::Duration::from_secs(90 * DAY)) }
}
