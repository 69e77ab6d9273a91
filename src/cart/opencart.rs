//! OpenCart 2 to 4, by the routes that its themes use: `catalog/controller/checkout/cart.php` in
//! <https://github.com/opencart/opencart>.
//!
//! It takes what is not there, and only its cart says so: such a line is marked with `***`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use regex::Regex;
use scraper::{Html, Selector};
use serde_json::Value as Json;
use url::Url;

use super::form::{without_markup, words};
use super::trouble::{Trouble, json as json_of};
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Session};

/// Where the number of a line stands in the cart, in one version or another.
const KEYS: &str = r#"name="quantity\[([\w:=+/-]+)\]"|cart\.remove\('([\w:=+/-]+)'|name="key" value="(\w+)""#;

/// Where the cart warns.
const WARNINGS: [&str; 2] = [".alert-danger", ".alert-warning"];

/// An OpenCart cart.
pub(super) struct Opencart<'a> {
    home: &'a Url,
    wanted: Wanted<'a>,
    product: String,
    /// What stands between a route and its method: `/`, since version 4 `.` or `|`.
    separator: &'static str,
    keys: Vec<String>,
}

impl<'a> Opencart<'a> {
    pub(super) fn new(home: &'a Url, wanted: Wanted<'a>) -> Self {
        Self { home, wanted, product: String::new(), separator: "/", keys: Vec::new() }
    }

    fn route(&self, method: &str) -> Url {
        let mut url = below(self.home, "index.php");
        let separator = if method.is_empty() { "" } else { self.separator };
        url.set_query(Some(&format!("route=checkout/cart{separator}{method}")));
        url
    }
}

#[async_trait(?Send)]
impl Basket for Opencart<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let mut product = self.wanted.parameter("product_id");
        if let Some(page) = &self.wanted.item.url {
            let reply = session.page(page).await?;
            if !reply.is_success() && !matches!(reply.status, 404 | 410) {
                return Err(Trouble::odd("which is no page", &reply));
            }
            let html = reply.text();
            self.separator = match () {
                () if html.contains("checkout/cart.") => ".",
                () if html.contains("checkout/cart|") => "|",
                () => "/",
            };
            product = product.or_else(|| own_number(&html));
        }
        product = product.or_else(|| self.wanted.platform_numbers().first().cloned());
        let missing =
            || Trouble::Cannot("its page names no product_id; give the product's number as stock_key".to_owned());
        self.product = product.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).ok_or_else(missing)?;
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let reply = session.call(Call::get(self.route(""))).await?;
        let html = reply.text();
        if !reply.is_success() || !html.contains("<") {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        let Ok(keys) = Regex::new(KEYS) else { return Ok(Contents::default()) };
        let found = keys
            .captures_iter(&html)
            .filter_map(|found| found.iter().skip(1).flatten().next().map(|key| key.as_str().to_owned()));
        self.keys = found.collect();
        self.keys.sort();
        self.keys.dedup();
        if self.keys.is_empty() && !html.contains("checkout/cart") && !html.contains("common/home") {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        let is_marked = !self.keys.is_empty() && html.contains("***");
        let against = is_marked.then(|| words(&html, &WARNINGS).unwrap_or_else(|| "***".to_owned()));
        Ok(Contents { lines: self.keys.len(), against })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let url = self.route("add");
        let fields = [("product_id", self.product.as_str()), ("quantity", "1")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let reply = session.call(Call::post(url.clone(), Payload::Form(fields))).await?;
        let said = json_of(&reply)?;
        if !reply.is_success() {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        let error = &said["error"];
        let asks = ["option", "recurring", "subscription"].iter().any(|name| is_there(&error[*name]));
        let (taken, words) = match (said["success"].as_str(), error) {
            (Some(words), _) => (true, without_markup(words)),
            _ if asks => return Err(Trouble::Cannot("the product's options must be chosen first".to_owned())),
            (None, error) if is_there(error) => (false, without_markup(&message(error))),
            // A redirect to the product's page is how old versions ask for options.
            _ => return Err(Trouble::odd("with neither success nor error", &reply)),
        };
        Ok(Answer::new(&url, &reply, Some(taken), words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        for key in std::mem::take(&mut self.keys) {
            let field = Payload::Form(vec![("key".to_owned(), key)]);
            let reply = session.call(Call::post(self.route("remove"), field)).await?;
            if !reply.is_success() {
                return Err(Trouble::odd("when the unit was to be removed", &reply));
            }
        }
        Ok(())
    }
}

fn is_there(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => false,
        Json::String(text) => !text.is_empty(),
        Json::Array(values) => !values.is_empty(),
        Json::Object(values) => !values.is_empty(),
        Json::Bool(true) | Json::Number(_) => true,
    }
}

/// The first words in what may be a text, or texts by name.
fn message(error: &Json) -> String {
    match error {
        Json::String(text) => text.clone(),
        Json::Object(values) => values.values().map(message).find(|text| !text.is_empty()).unwrap_or_default(),
        Json::Array(values) => values.iter().map(message).find(|text| !text.is_empty()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The number of the page's own product: products that it recommends have forms with numbers, too.
fn own_number(html: &str) -> Option<String> {
    let page = Html::parse_document(html);
    let numbers = |selector: &str| -> Vec<String> {
        let Ok(selector) = Selector::parse(selector) else { return Vec::new() };
        page.select(&selector).filter_map(|input| input.attr("value").map(str::to_owned)).collect()
    };
    let own = "#form-product input[name=product_id], #product input[name=product_id], #input-product-id";
    let only = || numbers("input[name=product_id]").into_iter().collect::<BTreeSet<_>>();
    numbers(own).into_iter().next().or_else(|| only().pop_first().filter(|_| only().len() == 1))
}
