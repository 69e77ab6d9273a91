//! A cart that keeps what is put into it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Answer, Route, Seen, Shop};

/// What a cart says to who adds one of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Yes,
    No,
    /// It fails.
    Fails,
}

/// A cart as Shopify's, by its Ajax API. Every visitor has one of his own, known by a cookie.
#[derive(Clone, Default)]
pub(crate) struct Cart {
    /// Variant → what comes of adding it; what is not named is taken.
    takes: Arc<Mutex<BTreeMap<u64, Takes>>>,
    /// Visitor → the variants in his cart.
    carts: Arc<Mutex<BTreeMap<String, Vec<u64>>>>,
}

impl Cart {
    /// A cart in this shop.
    pub(crate) fn open(shop: &Shop) -> Self {
        let cart = Self::default();
        for (path, what) in [
            ("/cart.js", Self::look as fn(&Self, &str, &Value) -> Answer),
            ("/cart/add.js", Self::add),
            ("/cart/change.js", Self::change),
            ("/cart/clear.js", Self::clear),
        ] {
            let own = cart.clone();
            shop.on(path, Route::made(move |seen| own.served(seen, what)));
        }
        cart
    }

    pub(crate) fn takes(&self, variant: u64, takes: Takes) -> &Self {
        self.takes.lock().expect("no panic").insert(variant, takes);
        self
    }

    /// How many visitors there were.
    pub(crate) fn visitors(&self) -> usize {
        self.carts.lock().expect("no panic").len()
    }

    /// What was left in anybody's cart.
    pub(crate) fn left(&self) -> Vec<u64> {
        self.carts.lock().expect("no panic").values().flatten().copied().collect()
    }

    fn served(&self, seen: &Seen, what: fn(&Self, &str, &Value) -> Answer) -> Answer {
        let known = seen.header("cookie").and_then(|all| all.split("; ").find_map(|one| one.strip_prefix("cart=")));
        let visitor = known.map_or_else(
            || {
                let mut carts = self.carts.lock().expect("no panic");
                let visitor = format!("visitor-{}", carts.len() + 1);
                carts.insert(visitor.clone(), Vec::new());
                visitor
            },
            str::to_owned,
        );
        let body = serde_json::from_str(&seen.body).unwrap_or_default();
        what(self, &visitor, &body).header("set-cookie", &format!("cart={visitor}; path=/"))
    }

    fn of<T>(&self, visitor: &str, what: impl FnOnce(&mut Vec<u64>) -> T) -> T {
        what(self.carts.lock().expect("no panic").entry(visitor.to_owned()).or_default())
    }

    fn look(&self, visitor: &str, _: &Value) -> Answer {
        let line = |id: &u64| json!({"key": format!("{id}:0"), "id": id, "variant_id": id, "quantity": 1});
        let items: Vec<Value> = self.of(visitor, |lines| lines.iter().map(line).collect());
        Answer::json(&json!({"token": visitor, "item_count": items.len(), "items": items}))
    }

    fn add(&self, visitor: &str, body: &Value) -> Answer {
        let Some(id) = body["items"][0]["id"].as_u64() else { return Answer::of_status(400) };
        let takes = self.takes.lock().expect("no panic").get(&id).copied().unwrap_or(Takes::Yes);
        match takes {
            Takes::Yes => {
                self.of(visitor, |lines| lines.push(id));
                Answer::json(&json!({"items": [{"id": id, "quantity": 1}]}))
            }
            Takes::No => {
                let words = format!("The product 'Thing {id}' is already sold out.");
                Answer::json(&json!({"status": 422, "message": "Cart Error", "description": words})).status(422)
            }
            Takes::Fails => Answer::of_status(500),
        }
    }

    fn change(&self, visitor: &str, body: &Value) -> Answer {
        let id = body["id"].as_str().and_then(|key| key.split(':').next()?.parse::<u64>().ok());
        self.of(visitor, |lines| lines.retain(|line| Some(*line) != id || body["quantity"] != 0));
        self.look(visitor, body)
    }

    fn clear(&self, visitor: &str, body: &Value) -> Answer {
        self.of(visitor, Vec::clear);
        self.look(visitor, body)
    }
}
