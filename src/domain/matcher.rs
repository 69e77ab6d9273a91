//! Which items are meant: by owners, rules of severity, silences and what is expected.

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Incident, Item, ItemKey};

/// A regular expression that is compared, shown and stored as its text.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern (<https://docs.rs/regex/latest/regex/#syntax>).
    ///
    /// # Errors
    /// If it is no regular expression.
    pub fn new(text: &str) -> Result<Self, regex::Error> {
        Regex::new(text).map(Self)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it occurs in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// Conditions on an item and what is wrong with it. All that are given must hold; within one any value may. One that is
/// given does not hold of what is not known. Without any it fits everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matcher {
    /// Names of shops.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shops: Vec<String>,
    /// Keys of items, exactly ([`ItemKey`]).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemKey>,
    /// Brands, compared without case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<String>,
    /// Categories, compared without case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Suppliers, compared without case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppliers: Vec<String>,
    /// Patterns over the SKU.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skus: Vec<Pattern>,
    /// Patterns over the page's URL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<Pattern>,
    /// Codes of verdicts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<String>,
}

impl Matcher {
    /// The one item, whatever is wrong with it.
    pub fn of_item(shop: &str, key: &ItemKey) -> Self {
        Self { shops: vec![shop.to_owned()], items: vec![key.clone()], ..Self::default() }
    }

    /// Whether it has no condition at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it fits an item of a shop, whatever may be wrong with it: the condition on verdicts is left aside.
    pub fn fits_item(&self, shop: &str, key: &ItemKey, item: &Item) -> bool {
        let url = item.url.as_ref().map(url::Url::as_str);
        (self.shops.is_empty() || self.shops.iter().any(|name| name == shop))
            && (self.items.is_empty() || self.items.contains(key))
            && any_equal(&self.brands, item.brand.as_deref())
            && any_equal(&self.categories, item.category.as_deref())
            && any_equal(&self.suppliers, item.supplier.as_deref())
            && any_match(&self.skus, item.sku.as_deref())
            && any_match(&self.urls, url)
    }

    /// Whether it fits what is wrong with an item.
    pub fn fits(&self, incident: &Incident) -> bool {
        self.fits_item(&incident.shop, &incident.key, &incident.item)
            && (self.verdicts.is_empty() || self.verdicts.iter().any(|code| code == incident.verdict.code()))
    }

    /// Its conditions in words: `brands Ahmad, Lipton; skus ^TEA-`.
    pub fn in_words(&self) -> String {
        let texts = |name: &str, values: &[String]| (name.to_owned(), values.join(", "));
        let patterns = |name: &str, values: &[Pattern]| {
            (name.to_owned(), values.iter().map(Pattern::as_str).collect::<Vec<_>>().join(", "))
        };
        let items: Vec<String> = self.items.iter().map(|key| key.0.clone()).collect();
        let all = [
            texts("shops", &self.shops),
            texts("items", &items),
            texts("brands", &self.brands),
            texts("categories", &self.categories),
            texts("suppliers", &self.suppliers),
            patterns("skus", &self.skus),
            patterns("urls", &self.urls),
            texts("verdicts", &self.verdicts),
        ];
        let given = all.into_iter().filter(|(_, values)| !values.is_empty());
        let words: Vec<String> = given.map(|(name, values)| format!("{name} {values}")).collect();
        if words.is_empty() { "everything".to_owned() } else { words.join("; ") }
    }
}

fn any_equal(wanted: &[String], value: Option<&str>) -> bool {
    let folded = value.map(|value| value.trim().to_lowercase());
    wanted.is_empty() || folded.is_some_and(|value| wanted.iter().any(|one| one.trim().to_lowercase() == value))
}

fn any_match(wanted: &[Pattern], value: Option<&str>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one.is_match(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_given_condition_must_hold_and_any_value_of_it_may() {
        let words = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let tea = Item {
            sku: Some("TEA-1".to_owned()),
            brand: Some(" AHMAD ".to_owned()),
            url: Some("https://s.test/sale/1".parse().unwrap()),
            ..Item::default()
        };
        let key = tea.item_key();
        let pattern = |text: &str| vec![Pattern::new(text).unwrap()];
        for (matcher, expected) in [
            (Matcher::default(), true),
            (Matcher { brands: words(&["Lipton", "ahmad"]), ..Matcher::default() }, true),
            (Matcher { brands: words(&["Lipton"]), skus: pattern("^TEA"), ..Matcher::default() }, false),
            (Matcher { skus: pattern("^TEA"), urls: pattern("/sale/"), ..Matcher::default() }, true),
            (Matcher { suppliers: words(&["anyone"]), ..Matcher::default() }, false),
            (Matcher::of_item("tea", &key), true),
            (Matcher::of_item("books", &key), false),
        ] {
            assert_eq!(matcher.fits_item("tea", &key, &tea), expected, "{}", matcher.in_words());
            let stored = serde_json::to_string(&matcher).unwrap();
            assert_eq!(serde_json::from_str::<Matcher>(&stored).unwrap(), matcher, "{stored}");
        }
    }
}
