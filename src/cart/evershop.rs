//! EverShop (version 2), by its storefront's cart: `modules/checkout/api` in
//! <https://github.com/evershopcommerce/evershop>.

use async_trait::async_trait;
use serde_json::json;
use url::Url;

use super::trouble::{Trouble, good_json, json as json_of};
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Session};

/// The cookie by which it knows a visitor.
const SESSION: &str = "sid";

/// What is asked of the cart.
const LINES: &str = "{ myCart { items { uuid qty } } }";

/// Words of its refusals that speak of stock. What else it answers with 500 may be any trouble of its own.
const OF_STOCK: [&str; 5] = ["stock", "quantity", "sold out", "unavailable", "not available"];

/// An EverShop cart.
pub(super) struct Evershop<'a> {
    home: &'a Url,
    wanted: Wanted<'a>,
    lines: Vec<String>,
}

impl<'a> Evershop<'a> {
    pub(super) fn new(home: &'a Url, wanted: Wanted<'a>) -> Self {
        Self { home, wanted, lines: Vec::new() }
    }
}

#[async_trait(?Send)]
impl Basket for Evershop<'_> {
    /// A page of the shop gives the session that the cart belongs to.
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        if self.wanted.sku().is_none() {
            return Err(Trouble::Cannot("no SKU is known for the item".to_owned()));
        }
        let page = self.wanted.item.url.as_ref().unwrap_or(self.home);
        let reply = session.page(page).await?;
        // A page that is gone may have its item in the cart all the same.
        if !reply.is_success() && !matches!(reply.status, 404 | 410) {
            return Err(Trouble::odd("which is no page", &reply));
        }
        // A page cache before the shop may keep the session to itself; the cart's own page is kept by none.
        if session.cookie(SESSION, self.home).is_none() {
            session.call(Call::get(below(self.home, "cart"))).await?;
        }
        // Whoever has none shares one cart with all others who have none, and it cannot be looked into.
        match session.cookie(SESSION, self.home) {
            Some(_) => Ok(()),
            None => Err(Trouble::Cannot(format!("the shop gave the visit no session, as no cookie {SESSION:?} came"))),
        }
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let question = Payload::Json(json!({"query": LINES}));
        let reply = session.call(Call::post(below(self.home, "api/graphql"), question)).await?;
        let said = good_json(&reply)?;
        let cart = said.pointer("/data/myCart").ok_or_else(|| Trouble::odd("which is no cart", &reply))?;
        let items = cart["items"].as_array().cloned().unwrap_or_default();
        let held = items.iter().filter(|item| item["qty"].as_u64() != Some(0));
        self.lines = held.filter_map(|item| item["uuid"].as_str().map(str::to_owned)).collect();
        Ok(Contents { lines: self.lines.len(), against: None })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let url = below(self.home, "api/cart/mine/items");
        let item = Payload::Json(json!({"sku": self.wanted.sku(), "qty": 1}));
        let reply = session.call(Call::post(url.clone(), item)).await?;
        let said = json_of(&reply)?;
        let words = said.pointer("/error/message").and_then(|words| words.as_str()).unwrap_or_default().to_owned();
        let lower = words.to_lowercase();
        let taken = match reply.status {
            200..300 => true,
            400 | 422 | 500 if OF_STOCK.iter().any(|word| lower.contains(word)) => false,
            400..=500 if !words.is_empty() => return Err(Trouble::Cannot(format!("the shop said: {words}"))),
            _ => return Err(Trouble::odd("which is no cart", &reply)),
        };
        Ok(Answer::new(&url, &reply, Some(taken), words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        for line in std::mem::take(&mut self.lines) {
            // It goes into the address.
            let is_good = line.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let path = format!("api/cart/mine/items/{line}");
            if !is_good {
                return Err(Trouble::Cannot("a line of the cart has a name that is none".to_owned()));
            }
            let reply = session.call(Call::delete(below(self.home, &path))).await?;
            if !reply.is_success() {
                return Err(Trouble::odd("when the unit was to be removed", &reply));
            }
        }
        Ok(())
    }
}
