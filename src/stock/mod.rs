//! Keys → stock facts. One file per adapter, one registry.
//!
//! An adapter is an options struct that says of itself what a `Kind` says, and opens a `Connection`: the way to one
//! stock system, which tells `Record`s and knows nothing of rules. Its line in the registry is in
//! `Adapter::kind`. What all adapters share: `source` applies the configuration's rules, which alone decide what may
//! be sold, and notices keys that are told twice with different numbers; `api` is for those that speak HTTP.

mod api;
mod bigcommerce;
mod brake;
mod csv;
mod error;
mod evershop;
mod exact;
mod expression;
mod grouped;
mod http_json;
mod inspection;
mod keys;
mod magento;
mod medusa;
mod odoo;
mod options;
mod priority;
mod record;
mod rules;
mod saleor;
mod sap_b1;
mod several;
mod shopify;
mod source;
mod spool;
mod sql;
#[cfg(test)]
mod tests;
mod unique;
mod vendure;
mod woocommerce;

use std::path::PathBuf;

use async_trait::async_trait;

use crate::domain::StockAnswer;
use crate::domain::clock::Clock;
use record::{Record, Told};

pub use api::{ClientAuth, Encoding, Logout, OAuth2, Session, SessionToken, Signature, Stamp};
pub use bigcommerce::BigcommerceOptions;
pub use brake::Brake;
pub use error::StockError;
pub use evershop::EvershopOptions;
pub use expression::{Step, Traced};
pub use inspection::{Inspected, Inspection};
pub use keys::{KeyFile, Keys};
pub use magento::{MagentoInventory, MagentoOptions};
pub use medusa::{MedusaAccess, MedusaOptions};
pub use odoo::{OdooOptions, OdooProtocol};
pub use options::{
    Account, Adapter, Auth, Batch, CommandOptions, CsvOptions, HttpJsonOptions, Listing, LocationRows, Mapping,
    Options, Paging, Place, Request, Rules,
};
pub use priority::{PriorityLogin, PriorityOptions};
pub use record::{Field, Holds};
pub use saleor::SaleorOptions;
pub use sap_b1::SapB1Options;
pub use several::{Sources, disagreements, settle};
pub use shopify::{ShopifyBulk, ShopifyKey, ShopifyOptions};
pub use sql::{Database, Server, SqlOptions, Tls, Way};
pub use unique::is_told_twice;
pub use vendure::{VendureAccess, VendureOptions};
pub use woocommerce::{WooCommerceAuth, WooCommerceOptions};

/// One problem of the configuration: the option's path, and what is wrong with it and what to do.
pub type Problem = (String, String);

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
    /// contradiction that shows only at the end). An error means that keys not named so far are unknown, not missing;
    /// that it lists nothing at all is an error too.
    async fn everything(&self, sink: &mut dyn FnMut(StockAnswerFor)) -> Result<(), StockError>;

    /// Answers for these keys: one entry for each, in their order, `Missing` where the source does not know it.
    async fn ask(&self, keys: &[String]) -> Result<Vec<StockAnswerFor>, StockError>;

    /// All that can be said of one key: the records, and the rules step by step. `keys` says what may lie between the key
    /// and that of the source; a mapping file was applied already.
    async fn inspect(&self, key: &str, keys: &Keys) -> Result<Inspection, StockError>;

    /// Requests sent so far.
    fn requests(&self) -> u64;

    /// The locations that the expressions choose by and no item had so far, as `"Hafia" of locations[web]`. After a
    /// reading of everything each of them is a mistake in the configuration, or a location without any item.
    fn unmatched(&self) -> Vec<String>;

    /// Logs out where there was a login; to be called once at the end, whatever happened.
    async fn close(&self);
}

/// What an adapter's options say of themselves.
trait Kind {
    /// The adapter's name in the configuration.
    fn name(&self) -> &'static str;

    /// The fields it gives, for the expressions.
    fn fields(&self) -> Vec<Field>;

    /// What it takes the fields for where the configuration does not say.
    fn rules(&self) -> Rules;

    /// What to say where neither the configuration nor the adapter knows the quantity that can be sold.
    fn without_sellable(&self) -> &'static str {
        "is missing; write the quantity that can be sold as an expression over the fields"
    }

    /// Whether its answers carry a time of their own, such as a file's.
    fn is_dated(&self) -> bool {
        false
    }

    /// Everything that is wrong with the options; paths inside the adapter's own section.
    fn check(&self) -> Vec<Problem>;

    /// Opens the way to the stock system. Nothing is asked yet.
    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError>;
}

/// An open way to one stock system. It tells what is there and judges nothing.
#[async_trait(?Send)]
trait Connection: Send + Sync {
    /// Whether it can list everything.
    fn reach(&self) -> Reach;

    /// Whether asking for a few keys is cheaper than listing everything.
    fn can_ask(&self) -> bool;

    /// Lists everything, as it is read; from a checkpoint on, where it gave one earlier. An error means that what was
    /// not told so far is unknown, not missing.
    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError>;

    /// The records of these keys. What is not among them the source does not know; what it could not be asked for is
    /// [`Record::unreadable`]. An error is one that asking for other keys would meet too.
    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError>;

    /// Requests sent so far.
    fn requests(&self) -> u64;

    /// Logs out where there was a login.
    async fn close(&self) {}
}

/// Opens a source: compiles its expressions and paths. Nothing is asked yet.
pub fn open(options: &Options, clock: &Clock) -> Result<Box<dyn StockSource>, StockError> {
    open_resumable(options, clock, None)
}

/// As [`open()`]; a reading of everything that dies leaves what it was told at `spool`, and the next one goes on from
/// there, where the stock system allows that.
pub fn open_resumable(
    options: &Options,
    clock: &Clock,
    spool: Option<PathBuf>,
) -> Result<Box<dyn StockSource>, StockError> {
    match check(options) {
        problems if problems.is_empty() => Ok(Box::new(source::Source::open(options, clock, spool)?)),
        problems => Err(StockError::of_options(problems)),
    }
}

/// Everything that is wrong with the options, without asking anybody: the option's path inside `stock`, and what is
/// wrong with it and what to do.
pub fn check(options: &Options) -> Vec<Problem> {
    let kind = options.adapter.kind();
    let fields = kind.fields();
    let name_problem =
        |field: &Field| Some((format!("fields.{}", field.name), rules::name_problem("field", &field.name)?));
    let mut problems = kind.check();
    problems.extend(fields.iter().filter_map(name_problem));
    for (option, _) in &mut problems {
        *option = format!("{}.{option}", kind.name());
    }
    let groups = options.locations.keys();
    problems.extend(groups.filter_map(|name| Some((format!("locations.{name}"), rules::name_problem("group", name)?))));
    problems.extend(rules::Rules::new(options, &fields).err().unwrap_or_default());
    let as_of = options.rules.as_of.is_some() || kind.rules().as_of.is_some();
    if options.brake.max_age.is_some() && !as_of && !kind.is_dated() {
        let what =
            "does nothing, as this source does not say when its answers were true; name the field that does: as_of";
        problems.push(("max_age".to_owned(), what.to_owned()));
    }
    problems.extend(options.keys.problem(&fields).map(|what| ("keys.gtin".to_owned(), what)));
    problems
}

/// Compiles the rules; [`check`] has refused whatever does not compile.
fn compile(options: &Options) -> Result<rules::Rules, StockError> {
    rules::Rules::new(options, &options.adapter.kind().fields()).map_err(StockError::of_options)
}
