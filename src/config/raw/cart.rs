//! How the cart is asked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Address, Pattern, Rate, Text, Whole};

/// Adds one unit to the cart, reads the answer and takes it out again, for suspects and a sample. Without this section the
/// cart is never asked. Exactly one platform.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["shopify"]},
    {"required": ["woocommerce"]},
    {"required": ["magento"]},
    {"required": ["opencart"]},
    {"required": ["evershop"]},
    {"required": ["oscar"]},
    {"required": ["cartridge"]},
    {"required": ["recipe"]},
]))]
pub(crate) struct Cart {
    /// Shopify, by its Ajax API.
    pub(crate) shopify: Option<CartAt>,
    /// WooCommerce, by its Store API.
    pub(crate) woocommerce: Option<CartAt>,
    /// Magento 2 or Adobe Commerce, by guest carts.
    pub(crate) magento: Option<CartOfMagento>,
    /// OpenCart 2 to 4, by the routes of its themes.
    pub(crate) opencart: Option<CartAt>,
    /// EverShop 2, by its storefront's cart.
    pub(crate) evershop: Option<CartAt>,
    /// django-oscar, by the forms of its pages.
    pub(crate) oscar: Option<CartAt>,
    /// Cartridge for Mezzanine, by the forms of its pages.
    pub(crate) cartridge: Option<CartAt>,
    /// Any other cart, step by step.
    pub(crate) recipe: Option<Recipe>,
    /// Probes per time; each is a visit of a few requests. Default: `1/5s`.
    pub(crate) rate: Option<Rate>,
    /// Of the items that seem to promise falsely, at most so many are probed in a run. Default: 50.
    pub(crate) suspects: Option<Whole>,
    /// Of the others so many are chosen at random and probed in a run. Default: 10.
    pub(crate) sample: Option<Whole>,
}

/// Where the cart is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CartAt {
    /// The address below which the cart is. Default: the shop's `url`.
    pub(crate) url: Option<Address>,
}

/// A Magento shop's guest carts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CartOfMagento {
    /// The address below which `rest/` is. Default: the shop's `url`.
    pub(crate) url: Option<Address>,
    /// The code of the store view. Default: the default one.
    pub(crate) store: Option<Text>,
}

/// A cart, step by step. In templates `{shop}`, `{page}`, `{sku}`, `{stock_key}`, `{gtin}` and `{number}` (the platform's
/// own, as the page names it) stand for the item's, and `{name}` for what an earlier step extracted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    /// What is done, in order; the last one adds one unit.
    #[schemars(required, length(min = 1))]
    pub(crate) steps: Option<Vec<Step>>,
    /// What the answer to the last step means.
    #[schemars(required)]
    pub(crate) expect: Option<Expect>,
    /// What takes the unit out again, in order.
    #[schemars(required, length(min = 1))]
    pub(crate) cleanup: Option<Vec<Step>>,
    /// Looks into the cart: before, after adding, and at the end.
    #[schemars(required)]
    pub(crate) check_clean: Option<CheckClean>,
}

/// One request: exactly one of `get`, `post`, `put` and `delete`, a template of its address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["get"]}, {"required": ["post"]}, {"required": ["put"]}, {"required": ["delete"]},
]))]
pub(crate) struct Step {
    /// Asks for this address.
    pub(crate) get: Option<Text>,
    /// Posts to it.
    pub(crate) post: Option<Text>,
    /// Puts something there.
    pub(crate) put: Option<Text>,
    /// Deletes it.
    pub(crate) delete: Option<Text>,
    /// Headers, name and template.
    pub(crate) headers: Option<BTreeMap<String, Text>>,
    /// A form's fields, name and template.
    pub(crate) form: Option<BTreeMap<String, Text>>,
    /// A body of JSON, as text, a template.
    pub(crate) json: Option<Text>,
    /// What is taken from the answer, by names of your own.
    pub(crate) extract: Option<BTreeMap<String, Source>>,
}

/// What the answer to adding means.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// Any of these: it was taken.
    #[schemars(required, length(min = 1))]
    pub(crate) accepted: Option<Vec<Condition>>,
    /// Any of these: it was refused. Asked first.
    #[schemars(required, length(min = 1))]
    pub(crate) refused: Option<Vec<Condition>>,
    /// Where the shop's own words are.
    pub(crate) words: Option<Source>,
}

/// Looks into the cart: a request, and what in its answer means that the cart is empty.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["get"]}, {"required": ["post"]}]))]
pub(crate) struct CheckClean {
    /// Asks for this address.
    pub(crate) get: Option<Text>,
    /// Posts to it.
    pub(crate) post: Option<Text>,
    /// Headers, name and template.
    pub(crate) headers: Option<BTreeMap<String, Text>>,
    /// A form's fields, name and template.
    pub(crate) form: Option<BTreeMap<String, Text>>,
    /// A body of JSON, as text, a template.
    pub(crate) json: Option<Text>,
    /// What is taken from the answer for the cleanup, such as the number of the line.
    pub(crate) extract: Option<BTreeMap<String, Source>>,
    /// Any of these: the cart is empty.
    #[schemars(required, length(min = 1))]
    pub(crate) clean: Option<Vec<Condition>>,
}

/// Where something is in an answer: exactly one of `css`, `regex`, `json`, `header` and `cookie`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["css"]}, {"required": ["regex"]}, {"required": ["json"]}, {"required": ["header"]},
    {"required": ["cookie"]},
]))]
pub(crate) struct Source {
    /// CSS selector of the element.
    pub(crate) css: Option<Text>,
    /// With `css`: the attribute that holds it. Default: the element's text.
    pub(crate) attribute: Option<Text>,
    /// Regular expression over the body: its first group, or the whole match.
    pub(crate) regex: Option<Pattern>,
    /// JSON pointer (RFC 6901), such as `/items/0/id`.
    pub(crate) json: Option<Text>,
    /// A header's name.
    pub(crate) header: Option<Text>,
    /// A cookie's name.
    pub(crate) cookie: Option<Text>,
}

/// Something an answer shows: exactly one of `css`, `regex`, `json`, `header`, `cookie`, `status` and `address`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["css"]}, {"required": ["regex"]}, {"required": ["json"]}, {"required": ["header"]},
    {"required": ["cookie"]}, {"required": ["status"]}, {"required": ["address"]},
]))]
pub(crate) struct Condition {
    /// CSS selector of an element.
    pub(crate) css: Option<Text>,
    /// With `css`: the attribute to look at. Default: the element's text.
    pub(crate) attribute: Option<Text>,
    /// Regular expression over the body.
    pub(crate) regex: Option<Pattern>,
    /// JSON pointer (RFC 6901).
    pub(crate) json: Option<Text>,
    /// A header's name.
    pub(crate) header: Option<Text>,
    /// A cookie's name.
    pub(crate) cookie: Option<Text>,
    /// The status of the answer.
    pub(crate) status: Option<Whole>,
    /// Regular expression over the address that answered, after redirects.
    pub(crate) address: Option<Pattern>,
    /// Regular expression that what is there must match. Default: that it is there is enough.
    pub(crate) matches: Option<Pattern>,
}
