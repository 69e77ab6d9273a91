//! How the cart is asked.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use regex::Regex;
use url::Url;

use super::secret::{is_secret_header, literal};
use super::{At, values};
use crate::cart::{Condition, Extract, Options, Platform, Recipe, Source, Step};
use crate::config::raw::cart as raw;
use crate::config::raw::scalar::{Pattern, Text};
use crate::config::stages;
use crate::config::units::{self, fault};
use crate::fetch::{Rate, Verb};

/// `shop`: the address of the shop, where it is known.
pub(super) fn cart(at: &At<'_>, raw: &raw::Cart, shop: Option<&Url>) -> Option<Options> {
    let plain = [
        ("shopify", &raw.shopify, Platform::Shopify),
        ("woocommerce", &raw.woocommerce, Platform::Woocommerce),
        ("opencart", &raw.opencart, Platform::Opencart),
        ("evershop", &raw.evershop, Platform::Evershop),
        ("oscar", &raw.oscar, Platform::Oscar),
        ("cartridge", &raw.cartridge, Platform::Cartridge),
    ];
    let mut chosen = None;
    for (name, raw, platform) in plain {
        if let Some(raw) = raw {
            chosen = Some((platform, at.key(name).read("url", &raw.url, values::address)));
        }
    }
    if let Some(raw) = &raw.magento {
        let at = at.key("magento");
        let store = at.read("store", &raw.store, |store| {
            let is_code = |store: &str| store.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let help = "write the store view's code, letters, digits and `_`, such as `default`";
            values::text(store)
                .and_then(|store| if is_code(&store) { Ok(store) } else { Err(fault("this is no store view", help)) })
        });
        chosen = Some((Platform::Magento { store }, at.read("url", &raw.url, values::address)));
    }
    if let Some(raw) = &raw.recipe {
        let at = at.key("recipe");
        let recipe = recipe(&at, raw);
        at.stage(stages::recipe_problems(&recipe));
        chosen = Some((Platform::Recipe(Box::new(recipe)), None));
    }
    let rate = at.read("rate", &raw.rate, units::rate);
    let rate = rate.unwrap_or(Rate { requests: NonZeroU32::MIN, per: Duration::from_secs(5) });
    let is_ours = shop.and_then(Url::host_str).is_some_and(values::is_local_name);
    if !is_ours && f64::from(rate.requests.get()) > rate.per.as_secs_f64() {
        let help = "a probe is a whole visit of a customer; stay at one in a second or less";
        at.key("rate").warn(fault("this is a lot for a cart that customers use, too", help));
    }
    let suspects = at.read("suspects", &raw.suspects, units::whole).unwrap_or(50);
    let sample = at.read("sample", &raw.sample, units::whole).unwrap_or(10);
    let (platform, own) = chosen?;
    Some(Options { url: own.or_else(|| shop.cloned())?, platform, rate, suspects, sample })
}

fn recipe(at: &At<'_>, raw: &raw::Recipe) -> Recipe {
    let steps = |key: &str, raw: &Option<Vec<raw::Step>>| -> Vec<Step> {
        let at = at.key(key);
        raw.iter().flatten().enumerate().map(|(index, raw)| step(&at.index(index), raw)).collect()
    };
    let (expect, clean) = (at.key("expect"), at.key("check_clean"));
    let conditions = |at: &At<'_>, key: &str, raw: Option<&Vec<raw::Condition>>| -> Vec<Condition> {
        let at = at.key(key);
        raw.into_iter().flatten().enumerate().map(|(index, raw)| condition(&at.index(index), raw)).collect()
    };
    let raw_expect = raw.expect.as_ref();
    let raw_clean = raw.check_clean.as_ref();
    let words = raw_expect.and_then(|raw| raw.words.as_ref());
    Recipe {
        steps: steps("steps", &raw.steps),
        accepted: conditions(&expect, "accepted", raw_expect.and_then(|raw| raw.accepted.as_ref())),
        refused: conditions(&expect, "refused", raw_expect.and_then(|raw| raw.refused.as_ref())),
        words: words.map(|raw| source(&expect.key("words"), raw)),
        cleanup: steps("cleanup", &raw.cleanup),
        check_clean: raw_clean.map_or_else(nothing, |raw| {
            let parts = Parts {
                verbs: [(Verb::Get, &raw.get), (Verb::Post, &raw.post), (Verb::Put, &None), (Verb::Delete, &None)],
                headers: &raw.headers,
                form: &raw.form,
                json: &raw.json,
                extract: &raw.extract,
            };
            parts.read(&clean)
        }),
        clean: conditions(&clean, "clean", raw_clean.and_then(|raw| raw.clean.as_ref())),
    }
}

fn step(at: &At<'_>, raw: &raw::Step) -> Step {
    let verbs = [(Verb::Get, &raw.get), (Verb::Post, &raw.post), (Verb::Put, &raw.put), (Verb::Delete, &raw.delete)];
    let raw::Step { headers, form, json, extract, .. } = raw;
    Parts { verbs, headers, form, json, extract }.read(at)
}

/// Stands for a step of whose absence was spoken already.
fn nothing() -> Step {
    let url = "{shop}".to_owned();
    Step { verb: Verb::Get, url, headers: Vec::new(), form: Vec::new(), json: None, extract: Vec::new() }
}

/// A step as written, wherever it stands.
struct Parts<'r> {
    verbs: [(Verb, &'r Option<Text>); 4],
    headers: &'r Option<BTreeMap<String, Text>>,
    form: &'r Option<BTreeMap<String, Text>>,
    json: &'r Option<Text>,
    extract: &'r Option<BTreeMap<String, raw::Source>>,
}

impl Parts<'_> {
    fn read(&self, at: &At<'_>) -> Step {
        let mut step = nothing();
        if let Some((verb, url)) = self.verbs.iter().find_map(|(verb, url)| Some((*verb, url.as_ref()?))) {
            (step.verb, step.url) = (verb, url.as_ref().trim().to_owned());
        }
        for (name, value) in self.headers.iter().flatten() {
            let here = at.key("headers").key(name);
            let Some(name) = here.value(name, values::header_name) else { continue };
            // What a step before extracted is no secret of the configuration.
            if is_secret_header(&name) && !here.is_expanded() && !value.as_ref().contains('{') {
                here.error(literal("the header's name says that its value is a secret"));
            }
            step.headers.push((name, value.as_ref().to_owned()));
        }
        let fields = self.form.iter().flatten();
        step.form = fields.map(|(name, value)| (name.clone(), value.as_ref().to_owned())).collect();
        step.json = self.json.as_ref().map(|json| json.as_ref().to_owned());
        if step.json.is_some() && self.form.is_some() {
            at.key("json").error(fault("this is sent instead of the form", "give only one of `form` and `json`"));
        }
        for (name, raw) in self.extract.iter().flatten() {
            let here = at.key("extract").key(name);
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            if !is_name {
                here.error(fault("this is no name", "use small letters, digits and `_`, as in `cart_id`"));
            }
            step.extract.push(Extract { name: name.clone(), source: source(&here, raw) });
        }
        step
    }
}

fn source(at: &At<'_>, raw: &raw::Source) -> Source {
    let raw::Source { css, attribute, regex, json, header, cookie } = raw;
    place(at, css, attribute, regex, json, header, cookie)
}

fn condition(at: &At<'_>, raw: &raw::Condition) -> Condition {
    let matches = at.read("matches", &raw.matches, values::pattern);
    if raw.status.is_some() {
        let status = at.read("status", &raw.status, values::count).unwrap_or_default();
        return Condition { source: Source::Status, matches: Regex::new(&format!("^{status}$")).ok() };
    }
    if raw.address.is_some() {
        return Condition { source: Source::Address, matches: at.read("address", &raw.address, values::pattern) };
    }
    let raw::Condition { css, attribute, regex, json, header, cookie, .. } = raw;
    Condition { source: place(at, css, attribute, regex, json, header, cookie), matches }
}

fn place(
    at: &At<'_>,
    css: &Option<Text>,
    attribute: &Option<Text>,
    regex: &Option<Pattern>,
    json: &Option<Text>,
    header: &Option<Text>,
    cookie: &Option<Text>,
) -> Source {
    let text = |value: &Text| value.as_ref().trim().to_owned();
    if let Some(css) = css {
        return Source::Css { selector: text(css), attribute: attribute.as_ref().map(text) };
    }
    if attribute.is_some() {
        at.key("attribute").error(fault("this has no effect without `css`", "remove it"));
    }
    if let Some(pattern) = at.read("regex", regex, values::pattern) {
        return Source::Regex(pattern);
    }
    match (json, header, cookie) {
        (Some(pointer), _, _) => Source::Json(text(pointer)),
        (_, Some(header), _) => Source::Header(text(header)),
        (_, _, Some(cookie)) => Source::Cookie(text(cookie)),
        // A pattern that is none, of which was spoken.
        _ => Source::Status,
    }
}
