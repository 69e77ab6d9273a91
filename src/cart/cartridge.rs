//! Cartridge for Mezzanine, by the forms of its pages: `shop/views.py` in
//! <https://github.com/stephenmcd/cartridge>.

use async_trait::async_trait;
use regex::Regex;
use serde_json::Value as Json;
use url::Url;

use super::form::{Form, forms, words};
use super::oscar::empty_formset;
use super::trouble::Trouble;
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Reply, Session};

/// The rows of the cart.
const ROWS: &str = "items";

/// Where the form says what is wrong.
const WORDS: [&str; 4] = [".form-errors .non-field-error", ".form-errors .alert-danger", ".errorlist", ".error-msg"];

/// A Cartridge cart.
pub(super) struct Cartridge<'a> {
    home: &'a Url,
    wanted: Wanted<'a>,
    form: Form,
    target: Option<Url>,
    cart: Option<(Form, Url)>,
}

impl<'a> Cartridge<'a> {
    pub(super) fn new(home: &'a Url, wanted: Wanted<'a>) -> Self {
        Self { home, wanted, form: Form::default(), target: None, cart: None }
    }

    /// Sets the options that make the item, as the page's script knows them.
    fn choose(&mut self, html: &str) -> Result<(), Trouble> {
        let variations = variations(html);
        let sku = self.wanted.sku();
        let is_it = |one: &&Json| sku.is_some() && one["sku"].as_str().map(str::trim) == sku;
        let chosen = variations.iter().find(is_it).or_else(|| variations.first().filter(|_| variations.len() == 1));
        match chosen.and_then(Json::as_object) {
            Some(one) => {
                let options = one.iter().filter(|(name, _)| name.starts_with("option"));
                for (name, value) in options.filter_map(|(name, value)| Some((name, value.as_str()?))) {
                    self.form.set(name, value);
                }
                Ok(())
            }
            // Without a script there is one item, unless the form offers a choice.
            None if variations.is_empty() && self.form.choices.is_empty() => Ok(()),
            None => Err(Trouble::Cannot("no variation on its page has this SKU".to_owned())),
        }
    }

    async fn post(&self, session: &mut Session) -> Result<Reply, Trouble> {
        let Some(url) = &self.target else {
            return Err(Trouble::Cannot("its page has no form to add it".to_owned()));
        };
        let call = Call::post(url.clone(), Payload::Form(self.form.fields.clone())).header("Referer", url.as_str());
        Ok(session.call(call).await?)
    }
}

#[async_trait(?Send)]
impl Basket for Cartridge<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let Some(page) = &self.wanted.item.url else {
            return Err(Trouble::Cannot("no page is known for the item".to_owned()));
        };
        let reply = session.page(page).await?;
        if !reply.is_success() {
            return Err(Trouble::odd("which is no page", &reply));
        }
        let html = reply.text();
        let button = |form: &Form| form.buttons.iter().find(|(name, _)| name == "add_cart").cloned();
        let Some((form, pressed)) =
            forms(&html).into_iter().find_map(|form| button(&form).map(|pressed| (form, pressed)))
        else {
            return Err(Trouble::odd("and has no form to add it", &reply));
        };
        self.target = form.target(&reply.url);
        self.form = form;
        self.choose(&html)?;
        self.form.set("quantity", "1");
        self.form.set(&pressed.0, &pressed.1);
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let reply = session.call(Call::get(below(self.home, "shop/cart/"))).await?;
        if !reply.is_success() {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        let html = reply.text();
        let found = forms(&html).into_iter().find(|form| form.value("items-TOTAL_FORMS").is_some());
        if found.is_none() && !html.contains("id=\"cart\"") && !html.to_lowercase().contains("cart") {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        let lines = found.as_ref().map_or(0, |form| form.rows(ROWS).len());
        self.cart = found.and_then(|form| Some((form.clone(), form.target(&reply.url)?)));
        Ok(Contents { lines, against: None })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let mut reply = self.post(session).await?;
        if reply.status == 403 {
            // The form's token may be that of another visit, kept by a page cache. Nothing was done yet.
            self.open(session).await?;
            reply = self.post(session).await?;
        }
        if !reply.is_success() {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        // Who is let in is led to the cart; who is not sees the form again.
        let is_led = reply.hops.iter().any(|hop| hop.to.path().contains("/cart"));
        let (taken, words) = match words(&reply.text(), &WORDS) {
            _ if is_led => (Some(true), String::new()),
            Some(words) => (Some(false), words),
            None => (None, String::new()),
        };
        let url = self.target.as_ref().unwrap_or(self.home);
        Ok(Answer::new(url, &reply, taken, words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let Some((mut form, url)) = self.cart.take() else { return Ok(()) };
        form.set("update_cart", "1");
        empty_formset(session, form, url, ROWS).await
    }
}

/// What the page's script is told: `var variations = [{"option1": "Small", "sku": "SIZES-S"}];`
fn variations(html: &str) -> Vec<Json> {
    let Ok(begin) = Regex::new(r"\bvar\s+variations\s*=\s*") else { return Vec::new() };
    let Some(begin) = begin.find(html) else { return Vec::new() };
    let rest = html.get(begin.end()..).unwrap_or_default();
    let first = serde_json::Deserializer::from_str(rest).into_iter::<Json>().next();
    first.and_then(Result::ok).and_then(|list| list.as_array().cloned()).unwrap_or_default()
}
