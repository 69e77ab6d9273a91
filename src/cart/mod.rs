//! The cart touchpoint: what a shop answers to somebody who adds one unit to the cart. Only where its owner asked for it.
//!
//! A probe is one short visit ([`fetch::Session`](crate::fetch::Session)): the cart must be empty, one unit is added, the
//! answer and the cart are read, the unit is taken out again, and the cart must be empty once more. What a shop refuses is
//! evidence; what cannot be asked (a challenge, no variant to be found) is data. Addresses that look like a checkout, an
//! order or a payment are never asked: see `never`.
//!
//! An adapter is a `Basket`: how one platform's cart is looked into, added to and emptied. What comes of it is decided in
//! `probe`, alike for all. Its line in the registry is in `basket`.

mod cartridge;
mod evershop;
mod form;
mod magento;
mod never;
mod opencart;
mod options;
mod oscar;
mod probe;
mod recipe;
mod shopify;
#[cfg(test)]
mod tests;
mod trouble;
mod woocommerce;

use async_trait::async_trait;
use jiff::Timestamp;
use url::Url;

use crate::domain::Item;
use crate::fetch::{Reply, Session, shown};
use trouble::Trouble;

pub use never::looks_like_a_checkout;
pub use options::{Options, Platform};
pub use probe::{Probe, Prober};
pub use recipe::{Condition, Extract, Recipe, Source, Step, check as check_recipe};

/// What is to be added.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The item.
    pub item: &'a Item,
    /// What else its page calls it: the platform's own numbers among them.
    pub numbers: &'a [String],
}

impl Wanted<'_> {
    /// The item's SKU as written.
    fn sku(&self) -> Option<&str> {
        self.item.sku.as_deref().map(str::trim).filter(|sku| !sku.is_empty())
    }

    /// What may be the platform's own number for it, the likeliest first: numbers that the page names, and the stock key.
    fn platform_numbers(&self) -> Vec<String> {
        let all = self.numbers.iter().map(String::as_str).chain(self.item.stock_key.as_deref()).map(str::trim);
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A trade item number is nobody's own.
        let is_own = |text: &&str| self.item.gtin.as_deref().map(str::trim) != Some(*text);
        let mut numbers: Vec<String> = all.filter(is_number).filter(is_own).map(str::to_owned).collect();
        numbers.dedup();
        numbers
    }

    /// A parameter of the page's address.
    fn parameter(&self, name: &str) -> Option<String> {
        let url = self.item.url.as_ref()?;
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// What lies in a cart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Contents {
    /// Lines with something on them.
    lines: usize,
    /// What the cart itself holds against what is in it.
    against: Option<String>,
}

/// What the shop answered to adding.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    /// Whether it says that it took it; `None` where only the cart can tell.
    taken: Option<bool>,
    /// Its own words.
    words: String,
    /// What was asked and answered: `POST /cart/add.js: 422`.
    place: String,
    /// Where.
    url: Url,
    /// When.
    seen_at: Timestamp,
}

impl Answer {
    /// `url` is what is said of the place; what was asked may hold a key.
    fn new(url: &Url, reply: &Reply, taken: Option<bool>, words: String) -> Self {
        let url = shown(url);
        Self { taken, words, place: format!("POST {}: {}", url.path(), reply.status), url, seen_at: reply.seen_at }
    }
}

/// A platform's cart, during one visit.
#[async_trait(?Send)]
trait Basket {
    /// Finds what to add, and begins a cart where it must be begun.
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble>;

    /// Looks into the cart.
    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble>;

    /// Adds one unit.
    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble>;

    /// Takes out all that the last look saw.
    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble>;
}

/// The registry of adapters.
fn basket<'a>(options: &'a Options, wanted: Wanted<'a>) -> Box<dyn Basket + 'a> {
    let home = &options.url;
    match &options.platform {
        Platform::Shopify => Box::new(shopify::Shopify::new(home, wanted)),
        Platform::Woocommerce => Box::new(woocommerce::Woocommerce::new(home, wanted)),
        Platform::Magento { store } => Box::new(magento::Magento::new(home, store.as_deref(), wanted)),
        Platform::Opencart => Box::new(opencart::Opencart::new(home, wanted)),
        Platform::Evershop => Box::new(evershop::Evershop::new(home, wanted)),
        Platform::Oscar => Box::new(oscar::Oscar::new(home, wanted)),
        Platform::Cartridge => Box::new(cartridge::Cartridge::new(home, wanted)),
        Platform::Recipe(steps) => Box::new(recipe::Cooking::new(home, steps, wanted)),
    }
}

/// An address below the shop's own, whatever its folder.
fn below(home: &Url, path: &str) -> Url {
    let mut url = home.clone();
    let folder = home.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{folder}/{path}"));
    url.set_query(None);
    url.set_fragment(None);
    url
}
