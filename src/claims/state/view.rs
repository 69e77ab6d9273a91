//! What is known of the page when its state is read, and how an object of the state is tied to it.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::own::Subject;
use super::super::phrases::Normal;
use super::super::product::Described;
use super::super::sheet::{Sheet, link_key};
use super::super::{address, key};
use super::hints::Hints;
use super::vocabulary::{Topic, topic};

/// Names shorter than this, in bytes, tie nothing.
const SHORTEST_NAME: usize = 4;

/// Fields by which forms of platforms in wide use name the product.
const FORM_IDS: [&str; 7] =
    ["product", "product_id", "product-id", "productId", "add-to-cart", "add_to_cart", "id_product"];

/// How surely an object is about the page's own product. The order is that of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tie {
    /// Its name begins like the page's.
    Alike,
    /// It has the page's name.
    Named,
    /// It has the page's address, or a number that the page gives its product, or stands where only the page's own
    /// product stands.
    Sure,
}

/// A product of the state.
pub(super) struct Found {
    pub(super) tie: Tie,
    pub(super) one: Described,
}

/// The page, as far as it is known.
pub(super) struct View<'v> {
    pub(super) sheet: &'v Sheet<'v>,
    subject: &'v Subject<'v>,
    /// Last parts of the page's paths.
    slugs: Vec<&'v str>,
    /// SKUs and GTINs that structured data, or a label, gives the page's product, as they are compared.
    keys: HashSet<String>,
    /// Numbers by which the page's own form knows its product.
    ids: HashSet<String>,
    /// What the address or the form chooses: values of the query, of the form's hidden number of a variant.
    chosen: HashSet<String>,
    hints: Hints,
    /// Whether the page lists products, so that all of them are meant.
    lists: bool,
}

impl<'v> View<'v> {
    /// Looks at a page that lists products and has none of its own.
    pub(super) fn of_list(sheet: &'v Sheet<'v>, subject: &'v Subject<'v>) -> Self {
        let (slugs, [keys, ids, chosen]) = (Vec::new(), std::array::from_fn(|_| HashSet::new()));
        Self { sheet, subject, slugs, keys, ids, chosen, hints: Hints::default(), lists: true }
    }

    /// How many products are kept.
    pub(super) fn most(&self) -> usize {
        if self.lists { super::LISTED } else { super::PRODUCTS }
    }

    /// Looks at the page. `others`: what other data says of the page's own product.
    pub(super) fn new(sheet: &'v Sheet<'v>, subject: &'v Subject<'v>, others: &[&Described]) -> Self {
        let slugs = subject.paths.iter().filter_map(|path| path.rsplit('/').next()).filter(|slug| slug.len() > 1);
        let keys = others.iter().flat_map(|one| one.keys()).chain(&subject.keys).map(|key| key::normal(key));
        let mut view = Self {
            sheet,
            subject,
            slugs: slugs.collect(),
            keys: keys.filter(|key| key.len() > 2).collect(),
            ids: HashSet::new(),
            chosen: subject
                .url
                .query_pairs()
                .map(|(_, value)| value.into_owned())
                .filter(|value| value.len() > 2)
                .collect(),
            hints: Hints::default(),
            lists: false,
        };
        view.read_forms();
        view.take_hints(others);
        view
    }

    /// Everything that [`View::tie`] and the shapes go by.
    fn take_hints(&mut self, others: &[&Described]) {
        let mut hints = Hints::default();
        let heading = self.sheet.heading.map(|index| self.sheet.words(index));
        for name in [heading, self.sheet.meta("og:title"), Some(self.sheet.title.as_str())].into_iter().flatten() {
            hints.name(name);
        }
        for slug in &self.slugs {
            hints.key(slug.trim_end_matches(".html").trim_end_matches(".htm"));
        }
        let keys = others.iter().flat_map(|one| one.keys()).chain(&self.subject.keys);
        for key in keys.chain(&self.ids).chain(&self.chosen) {
            hints.key(key);
        }
        self.hints = hints;
    }

    /// Whether a script can be about the page's product, as far as its bytes show.
    pub(super) fn is_named_in(&self, text: &str) -> bool {
        self.hints.in_text(text)
    }

    /// The first form after the heading is the product's own; cards have forms too.
    fn read_forms(&mut self) {
        let heading = self.sheet.heading.unwrap_or(0);
        let mut ids: HashMap<&str, (usize, &str)> = HashMap::new();
        for (index, element) in self.sheet.elements() {
            if !matches!(element.name(), "input" | "button" | "body") || self.sheet.nodes[index].foreign {
                continue;
            }
            if element.name() == "body" {
                let classes = element.attr("class").unwrap_or_default().split_ascii_whitespace();
                self.ids.extend(classes.filter_map(|class| class.strip_prefix("postid-")).map(str::to_owned));
                continue;
            }
            let value = element.attr("value").unwrap_or_default().trim();
            if value.is_empty() || value.len() > 40 {
                continue;
            }
            let name = element.attr("name").unwrap_or_default();
            if FORM_IDS.contains(&name) {
                let known = ids.entry(name).or_insert((index, value));
                if known.0 < heading && index > heading {
                    *known = (index, value);
                }
            } else if matches!(name, "id" | "variant_id") && value.len() > 4 {
                self.chosen.insert(value.to_owned());
            }
        }
        self.ids.extend(ids.into_values().map(|(_, id)| id.to_owned()));
    }

    /// Whether the page's own form knows its product by this number.
    pub(super) fn is_own_id(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Whether structured data gives the page's product, or a variant of it, this SKU or number.
    pub(super) fn is_own_key(&self, key: &str) -> bool {
        self.keys.contains(&key::normal(key))
    }

    /// Whether the page's form gives its product a number at all.
    pub(super) fn knows_ids(&self) -> bool {
        !self.ids.is_empty()
    }

    /// Whether the address or the form chooses the item of this key.
    pub(super) fn chooses(&self, key: &str) -> bool {
        self.chosen.contains(key)
    }

    /// Whether this is what the page calls its product.
    pub(super) fn names(&self, name: &str) -> Option<Tie> {
        if name.len() < SHORTEST_NAME || name.len() > 400 {
            return None;
        }
        let name = Normal::of(name).text;
        if name.len() < SHORTEST_NAME {
            return None;
        }
        let ties = self.subject.names.iter().filter_map(|own| {
            // Titles go on with the name of the shop; half of a name is another product's as well.
            let begins = own.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(' '));
            if *own == name {
                Some(Tie::Named)
            } else {
                (begins && name.len() > 7 && name.len() * 2 > own.len()).then_some(Tie::Alike)
            }
        });
        ties.max()
    }

    /// Whether an address is the page's own.
    pub(super) fn is_own_address(&self, address: &str) -> bool {
        link_key(address).is_some_and(|path| self.subject.paths.iter().any(|own| address::same_path(own, path)))
    }

    /// Whether the last part of an address is that of the page's own.
    pub(super) fn is_own_slug(&self, slug: &str) -> bool {
        let slug = slug.trim_matches('/');
        slug.len() > 1
            && slug.len() < 300
            && self.slugs.iter().any(|own| address::same_path(own, slug) || self.subject.paths.contains(&slug))
    }

    /// Whether an object's address leads elsewhere.
    pub(super) fn leads_elsewhere(&self, map: &Map<String, Value>) -> bool {
        map.iter().any(|(key, value)| match (topic(key), value.as_str()) {
            (Some(Topic::Url), Some(url)) => link_key(url).is_some() && !self.is_own_address(url),
            (Some(Topic::Slug), Some(slug)) => !slug.is_empty() && !self.is_own_slug(slug),
            _ => false,
        })
    }

    /// How an object is tied to the page, if it is.
    pub(super) fn tie(&self, map: &Map<String, Value>) -> Option<Tie> {
        if self.lists {
            let is_named = |(key, value): (&String, &Value)| match topic(key) {
                Some(Topic::Url | Topic::Slug) => value.as_str().is_some_and(|address| !address.trim().is_empty()),
                Some(Topic::Sku | Topic::Number) => scalar(value).is_some(),
                _ => false,
            };
            return map.iter().any(is_named).then_some(Tie::Sure);
        }
        let mut best = None;
        for (key, value) in map {
            let Some(topic) = topic(key) else { continue };
            let tie = match (topic, value) {
                (Topic::Url, Value::String(url)) => self.is_own_address(url).then_some(Tie::Sure),
                (Topic::Slug, Value::String(slug)) => self.is_own_slug(slug).then_some(Tie::Sure),
                (Topic::Sku | Topic::Number, value) => {
                    scalar(value).filter(|key| self.is_own_key(key)).map(|_| Tie::Sure)
                }
                (Topic::Id, value) => scalar(value)
                    .filter(|id| {
                        let key = id.to_lowercase();
                        self.is_own_id(id)
                            || self.is_own_key(id)
                            || (id.len() > 4 && self.slugs.iter().any(|slug| address::names(slug, &key)))
                    })
                    .map(|_| Tie::Sure),
                (Topic::Name, Value::String(name)) => self.names(name),
                (Topic::Name, Value::Object(tongues)) => {
                    tongues.values().take(40).filter_map(|name| self.names(name.as_str()?)).max()
                }
                _ => None,
            };
            best = best.max(tie);
        }
        best
    }
}

/// A plain value as text; blank is nothing. Of `gid://shop/Variant/12` the last part counts.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Number(number) => return Some(number.to_string()),
        _ => return None,
    };
    let text = text.strip_prefix("gid://").and_then(|rest| rest.rsplit('/').next()).unwrap_or(text);
    (!text.is_empty() && text.len() <= 200 && text != "null" && text != "undefined").then(|| text.to_owned())
}
