//! Magento 2 and Adobe Commerce, by guest carts
//! (<https://developer.adobe.com/commerce/webapi/rest/tutorials/orders/order-create-quote/>).

use async_trait::async_trait;
use regex::Regex;
use serde_json::{Value as Json, json};
use url::Url;

use super::form::without_markup;
use super::trouble::{Trouble, good_json, json as json_of};
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Session};

/// A Magento guest cart.
pub(super) struct Magento<'a> {
    home: &'a Url,
    store: Option<&'a str>,
    wanted: Wanted<'a>,
    cart: String,
    lines: Vec<u64>,
}

impl<'a> Magento<'a> {
    pub(super) fn new(home: &'a Url, store: Option<&'a str>, wanted: Wanted<'a>) -> Self {
        Self { home, store, wanted, cart: String::new(), lines: Vec::new() }
    }

    fn at(&self, path: &str) -> Url {
        let store = self.store.map(|store| format!("{store}/")).unwrap_or_default();
        below(self.home, &format!("rest/{store}V1/guest-carts{path}"))
    }

    fn items(&self) -> Url {
        self.at(&format!("/{}/items", self.cart))
    }
}

#[async_trait(?Send)]
impl Basket for Magento<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        if self.wanted.sku().is_none() {
            return Err(Trouble::Cannot("no SKU is known for the item".to_owned()));
        }
        let reply = session.call(Call::post(self.at(""), Payload::Json(json!({})))).await?;
        let id = good_json(&reply)?.as_str().map(str::to_owned);
        // It goes into addresses.
        let is_good = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        self.cart = id.filter(is_good).ok_or_else(|| Trouble::odd("which is no guest cart", &reply))?;
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let reply = session.call(Call::get(self.items())).await?;
        let items = good_json(&reply)?;
        let items = items.as_array().ok_or_else(|| Trouble::odd("which is no cart", &reply))?;
        let held = items.iter().filter(|item| item["qty"].as_f64() != Some(0.0));
        self.lines = held.filter_map(|item| item["item_id"].as_u64()).collect();
        Ok(Contents { lines: self.lines.len(), against: None })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let item = json!({"cartItem": {"quote_id": self.cart, "sku": self.wanted.sku(), "qty": 1}});
        let reply = session.call(Call::post(self.items(), Payload::Json(item))).await?;
        let said = json_of(&reply)?;
        let words = words(&said);
        let taken = match reply.status {
            200..300 => true,
            400 if asks_for_options(&words) => return Err(Trouble::Cannot(format!("the shop said: {words}"))),
            400 if !words.is_empty() => false,
            404 => return Err(Trouble::Cannot(format!("the shop said: {words}"))),
            _ => return Err(Trouble::odd("which is no cart", &reply)),
        };
        // The address holds the cart's name, which is its key.
        Ok(Answer::new(&self.at(""), &reply, Some(taken), words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        for line in std::mem::take(&mut self.lines) {
            let reply = session.call(Call::delete(self.at(&format!("/{}/items/{line}", self.cart)))).await?;
            if !reply.is_success() {
                return Err(Trouble::odd("when the unit was to be removed", &reply));
            }
        }
        Ok(())
    }
}

/// The message, with its parameters in their places: `%1` or `%fieldName`.
fn words(said: &Json) -> String {
    let mut message = said["message"].as_str().unwrap_or_default().to_owned();
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match &said["parameters"] {
        Json::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                message = message.replace(&format!("%{}", at + 1), &text(value));
            }
        }
        Json::Object(values) => {
            for (name, value) in values {
                message = message.replace(&format!("%{name}"), &text(value));
            }
        }
        _ => {}
    }
    without_markup(&message)
}

/// A refusal that says nothing of stock: options must be chosen first.
fn asks_for_options(words: &str) -> bool {
    Regex::new("(?i)required option|choose options|enter the product's|specify product option|select.*option")
        .is_ok_and(|asks| asks.is_match(words))
}
