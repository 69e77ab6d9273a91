//! Shopify, by its Ajax API (<https://shopify.dev/docs/api/ajax/reference/cart>).
//!
//! Only the form with `items` refuses what is not there; a single object or a form is taken at any stock.

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use url::Url;

use super::trouble::{Trouble, good_json, json as json_of};
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Session};

/// A Shopify cart.
pub(super) struct Shopify<'a> {
    home: &'a Url,
    wanted: Wanted<'a>,
    variant: u64,
    keys: Vec<String>,
}

impl<'a> Shopify<'a> {
    pub(super) fn new(home: &'a Url, wanted: Wanted<'a>) -> Self {
        Self { home, wanted, variant: 0, keys: Vec::new() }
    }

    /// What the product itself says of its variants, from the address of its page.
    async fn variants(&self, session: &mut Session) -> Result<Vec<Json>, Trouble> {
        let Some(handle) = self.wanted.item.url.as_ref().and_then(handle) else { return Ok(Vec::new()) };
        let reply = session.page(&below(self.home, &format!("products/{handle}.js"))).await?;
        if reply.status == 404 {
            return Ok(Vec::new());
        }
        let product = good_json(&reply)?;
        Ok(product["variants"].as_array().cloned().unwrap_or_default())
    }

    /// The number of the variant: of those the product has the one with this SKU, barcode or number.
    fn choose(&self, variants: &[Json]) -> Option<u64> {
        let sku = self.wanted.sku();
        let gtin = self.wanted.item.gtin.as_deref();
        let numbers = self.numbers();
        let is_text = |value: &Json, wanted: Option<&str>| {
            wanted.is_some_and(|wanted| {
                value.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case(wanted.trim()))
            })
        };
        let one = |fits: &dyn Fn(&Json) -> bool| {
            let mut fitting =
                variants.iter().filter(|variant| fits(variant)).filter_map(|variant| variant["id"].as_u64());
            // Of several nobody knows which.
            fitting.next().filter(|_| fitting.next().is_none())
        };
        let by_sku = one(&|variant| is_text(&variant["sku"], sku));
        let by_barcode = || one(&|variant| is_text(&variant["barcode"], gtin));
        let by_number = || one(&|variant| variant["id"].as_u64().is_some_and(|id| numbers.contains(&id)));
        let only = || one(&|_| variants.len() == 1);
        by_sku.or_else(by_barcode).or_else(by_number).or_else(only)
    }

    /// Numbers that may be the variant's, from the page's address, the page and the stock key. Shopify's have eleven digits
    /// and more.
    fn numbers(&self) -> Vec<u64> {
        let all = self.wanted.parameter("variant").into_iter().chain(self.wanted.platform_numbers());
        all.filter(|number| number.len() >= 8).filter_map(|number| number.parse().ok()).collect()
    }
}

/// Whether a refusal is one of the request and not of the product: Shopify answers 422 to both. These are its own words, in
/// English whatever the shop's language; those of stock are in the shop's.
fn is_of_the_request(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["required parameter", "too many", "invalid: ", "cannot find variant"].iter().any(|part| words.contains(part))
}

#[async_trait(?Send)]
impl Basket for Shopify<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let variants = self.variants(session).await?;
        let known = if variants.is_empty() { self.numbers().first().copied() } else { self.choose(&variants) };
        let missing = || {
            let why = "no variant of the product has this SKU; give the variant's number as stock_key or in the page's address";
            Trouble::Cannot(why.to_owned())
        };
        self.variant = known.ok_or_else(missing)?;
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let reply = session.call(Call::get(below(self.home, "cart.js"))).await?;
        let cart = good_json(&reply)?;
        let items = cart["items"].as_array().ok_or_else(|| Trouble::odd("which is no cart", &reply))?;
        let held = items.iter().filter(|item| item["quantity"].as_u64() != Some(0));
        self.keys = held.filter_map(|item| item["key"].as_str().map(str::to_owned)).collect();
        Ok(Contents { lines: self.keys.len(), against: None })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let url = below(self.home, "cart/add.js");
        let items = json!({"items": [{"id": self.variant, "quantity": 1}]});
        let reply = session.call(Call::post(url.clone(), Payload::Json(items))).await?;
        let said = json_of(&reply)?;
        let words = ["description", "message"].iter().find_map(|name| said[*name].as_str()).unwrap_or_default();
        let taken = match reply.status {
            200..300 => true,
            422 if is_of_the_request(words) => {
                return Err(Trouble::Cannot(format!("the shop said: {words}")));
            }
            422 => false,
            404 => return Err(Trouble::Cannot(format!("the shop does not know variant {}: {words}", self.variant))),
            _ => return Err(Trouble::odd("which is no cart", &reply)),
        };
        let words = if taken { String::new() } else { words.to_owned() };
        Ok(Answer::new(&url, &reply, Some(taken), words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let mut last = Ok(());
        for key in std::mem::take(&mut self.keys) {
            let none = json!({"id": key, "quantity": 0});
            let reply = session.call(Call::post(below(self.home, "cart/change.js"), Payload::Json(none))).await?;
            last = if reply.is_success() { last } else { Err(reply) };
        }
        // The last unit sometimes cannot be changed to none; a cart that is ours alone may be cleared as a whole.
        if last.is_err() {
            let reply = session.call(Call::post(below(self.home, "cart/clear.js"), Payload::Json(json!({})))).await?;
            last = if reply.is_success() { Ok(()) } else { Err(reply) };
        }
        last.map_err(|reply| Trouble::odd("when the unit was to be removed", &reply))
    }
}

/// `mug` of `/en/products/mug`.
fn handle(page: &Url) -> Option<String> {
    let mut parts = page.path_segments()?;
    parts.find(|part| *part == "products")?;
    let handle = parts.next()?.trim_end_matches(".js");
    (!handle.is_empty()).then(|| handle.to_owned())
}
