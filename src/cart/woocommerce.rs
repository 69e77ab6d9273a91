//! WooCommerce, by its Store API (<https://developer.woocommerce.com/docs/apis/store-api/>).

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use url::Url;

use super::form::without_markup;
use super::trouble::{Trouble, good_json, json as json_of};
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Reply, Session};

/// Where the Store API lies.
const API: &str = "wp-json/wc/store/v1";

/// Refusals that speak of the product's stock, or of its not being for sale
/// (`src/StoreApi/Utilities/CartController.php` of WooCommerce). All others say that the request was not one for this product.
const OF_STOCK: [&str; 7] = [
    "woocommerce_rest_product_out_of_stock",
    "woocommerce_rest_product_partially_out_of_stock",
    "woocommerce_rest_product_not_purchasable",
    "woocommerce_rest_product_too_many_in_cart",
    "woocommerce_rest_cart_product_no_stock",
    "woocommerce_rest_cart_product_is_not_purchasable",
    "woocommerce_rest_cart_product_does_not_have_enough_stock",
];

/// A WooCommerce cart.
pub(super) struct Woocommerce<'a> {
    home: &'a Url,
    wanted: Wanted<'a>,
    product: u64,
    /// What the shop wants to be told with every change: header name and value.
    tokens: Vec<(&'static str, String)>,
    keys: Vec<String>,
}

impl<'a> Woocommerce<'a> {
    pub(super) fn new(home: &'a Url, wanted: Wanted<'a>) -> Self {
        Self { home, wanted, product: 0, tokens: Vec::new(), keys: Vec::new() }
    }

    fn at(&self, path: &str) -> Url {
        below(self.home, &format!("{API}/{path}"))
    }

    /// Every answer of the cart brings the nonce for the next request.
    fn note_tokens(&mut self, reply: &Reply) {
        for (sent, back) in
            [("nonce", "Nonce"), ("x-wc-store-api-nonce", "X-WC-Store-API-Nonce"), ("cart-token", "Cart-Token")]
        {
            if let Some(value) = reply.header(sent) {
                self.tokens.retain(|(known, _)| *known != back);
                self.tokens.push((back, value));
            }
        }
    }

    fn signed(&self, call: Call) -> Call {
        self.tokens.iter().fold(call, |call, (name, value)| call.header(name, value))
    }

    /// The number of the product with this SKU: of a product, else of a variation.
    async fn find(&self, session: &mut Session) -> Result<Option<u64>, Trouble> {
        let Some(sku) = self.wanted.sku() else { return Ok(None) };
        for kind in [None, Some("variation")] {
            let mut url = self.at("products");
            url.query_pairs_mut().append_pair("sku", sku).extend_pairs(kind.map(|kind| ("type", kind)));
            let reply = session.call(Call::get(url)).await?;
            let found = good_json(&reply)?;
            let products = found.as_array().ok_or_else(|| Trouble::odd("which is no list of products", &reply))?;
            let is_it = |one: &&Json| one["sku"].as_str().is_some_and(|known| known.trim().eq_ignore_ascii_case(sku));
            if let Some(product) = products.iter().find(is_it) {
                if product["type"] == "variable" {
                    let why =
                        format!("{sku} is a product with variations; the catalogue must name the variation's SKU");
                    return Err(Trouble::Cannot(why));
                }
                return Ok(product["id"].as_u64());
            }
        }
        Ok(None)
    }

    async fn post(&mut self, session: &mut Session, path: &str, value: Json) -> Result<Reply, Trouble> {
        let call = Call::post(self.at(path), Payload::Json(value.clone()));
        let mut reply = session.call(self.signed(call)).await?;
        let is_stale = matches!(reply.status, 401 | 403)
            && reply.json().is_some_and(|said| said["code"].as_str().is_some_and(|code| code.contains("nonce")));
        // A nonce may be stale, as when a page cache answered; nothing was done, so it may be tried with a fresh one.
        if is_stale {
            self.tokens.clear();
            self.look(session).await?;
            reply = session.call(self.signed(Call::post(self.at(path), Payload::Json(value)))).await?;
        }
        self.note_tokens(&reply);
        Ok(reply)
    }
}

#[async_trait(?Send)]
impl Basket for Woocommerce<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let found = match self.find(session).await? {
            Some(found) => Some(found),
            None => self.wanted.platform_numbers().first().and_then(|number| number.parse().ok()),
        };
        let missing = || {
            let why = "the shop knows no product with this SKU; give the product's number as stock_key";
            Trouble::Cannot(why.to_owned())
        };
        self.product = found.ok_or_else(missing)?;
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let reply = session.call(self.signed(Call::get(self.at("cart")))).await?;
        let cart = good_json(&reply)?;
        self.note_tokens(&reply);
        let items = cart["items"].as_array().ok_or_else(|| Trouble::odd("which is no cart", &reply))?;
        let held = items.iter().filter(|item| item["quantity"].as_u64() != Some(0));
        self.keys = held.filter_map(|item| item["key"].as_str().map(str::to_owned)).collect();
        let against = cart["errors"].as_array().and_then(|errors| errors.first()?["message"].as_str());
        Ok(Contents { lines: self.keys.len(), against: against.map(without_markup) })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let reply = self.post(session, "cart/add-item", json!({"id": self.product, "quantity": 1})).await?;
        let said = json_of(&reply)?;
        let (code, words) = (said["code"].as_str().unwrap_or_default(), said["message"].as_str().unwrap_or_default());
        let words = without_markup(words);
        let taken = match reply.status {
            200..300 => true,
            _ if OF_STOCK.contains(&code) => false,
            400 | 409 if !code.is_empty() => return Err(Trouble::Cannot(format!("the shop said: {words}"))),
            _ => return Err(Trouble::odd("which is no cart", &reply)),
        };
        Ok(Answer::new(&self.at("cart/add-item"), &reply, Some(taken), words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        for key in std::mem::take(&mut self.keys) {
            let reply = self.post(session, "cart/remove-item", json!({"key": key})).await?;
            if !reply.is_success() {
                return Err(Trouble::odd("when the unit was to be removed", &reply));
            }
        }
        Ok(())
    }
}
