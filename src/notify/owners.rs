//! Who is told of an item, and by which rule. Pure.

use lettre::Address;

use super::{Options, OwnerRule};
use crate::domain::{Item, Owner};

/// Who is told, and how that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Who.
    pub owner: Owner,
    /// Which rule named them.
    pub by: By,
    /// What the catalogue's owner column says, if that is no mail address and was therefore passed over.
    pub unusable: Option<String>,
}

/// The ways to an owner, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The catalogue's owner column.
    Column,
    /// A rule of the configuration, counted from 1.
    Rule(usize),
    /// Nobody owns it.
    Fallback,
}

/// Finds the owner of `item`: the catalogue's owner column, else the first rule that applies, else the fallback.
///
/// The column names only an address; name and language are those the rules give the same address, else the language
/// is the fallback's. A column that holds no address (`n/a`) is passed over: a mail must reach somebody.
pub fn owner(options: &Options, shop: &str, item: &Item) -> Ownership {
    let named = item.owner_email.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(email) = named.filter(|text| is_address(text)) {
        let known = options.owners.iter().map(|rule| &rule.owner).chain([&options.fallback]);
        let owner = known.into_iter().find(|known| known.email.eq_ignore_ascii_case(email)).cloned();
        let owner = owner.unwrap_or_else(|| Owner {
            email: email.to_owned(),
            name: None,
            language: options.fallback.language.clone(),
        });
        return Ownership { owner, by: By::Column, unusable: None };
    }
    let unusable = named.map(str::to_owned);
    match options.owners.iter().position(|rule| applies(rule, shop, item)) {
        Some(place) => Ownership { owner: options.owners[place].owner.clone(), by: By::Rule(place + 1), unusable },
        None => Ownership { owner: options.fallback.clone(), by: By::Fallback, unusable },
    }
}

/// Whether a text is one mail address (RFC 5322 addr-spec) that can be written to.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

fn applies(rule: &OwnerRule, shop: &str, item: &Item) -> bool {
    let url = item.url.as_ref().map(url::Url::as_str);
    (rule.shops.is_empty() || rule.shops.iter().any(|name| name == shop))
        && any_equal(&rule.brands, item.brand.as_deref())
        && any_equal(&rule.categories, item.category.as_deref())
        && any_equal(&rule.suppliers, item.supplier.as_deref())
        && any_match(&rule.skus, item.sku.as_deref())
        && any_match(&rule.urls, url)
}

/// A condition that is not given holds; one that is given does not hold of what is not known.
fn any_equal(wanted: &[String], value: Option<&str>) -> bool {
    let folded = value.map(|value| value.trim().to_lowercase());
    wanted.is_empty() || folded.is_some_and(|value| wanted.iter().any(|one| one.trim().to_lowercase() == value))
}

fn any_match(wanted: &[regex::Regex], value: Option<&str>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one.is_match(value)))
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::notify::samples::{options, person};

    fn rule(owner: Owner) -> OwnerRule {
        let none = Vec::new;
        OwnerRule {
            owner,
            shops: none(),
            brands: none(),
            categories: none(),
            suppliers: none(),
            skus: vec![],
            urls: vec![],
        }
    }

    fn rules() -> Options {
        let mut options = options();
        let words = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        options.owners = vec![
            OwnerRule {
                brands: words(&["Ahmad", "Wissotzky"]),
                shops: words(&["teashop"]),
                ..rule(person("tea@shop.test", "he"))
            },
            OwnerRule { skus: vec![Regex::new("^CUP-").unwrap()], ..rule(person("cups@shop.test", "en")) },
            OwnerRule {
                brands: words(&["ahmad"]),
                urls: vec![Regex::new("/sale/").unwrap()],
                ..rule(person("sale@shop.test", "en"))
            },
        ];
        options
    }

    #[test]
    fn the_first_rule_whose_conditions_all_hold_wins() {
        let options = rules();
        let tea = Item { brand: Some(" AHMAD ".into()), sku: Some("CUP-1".into()), ..Item::default() };
        let on_sale = Item { url: Some("https://s.test/sale/1".parse().unwrap()), ..tea.clone() };
        let plain_sale = Item { sku: None, ..on_sale.clone() };
        for (shop, item, email, by) in [
            ("teashop", &tea, "tea@shop.test", By::Rule(1)),
            ("bookshop", &tea, "cups@shop.test", By::Rule(2)),
            ("bookshop", &plain_sale, "sale@shop.test", By::Rule(3)),
            ("bookshop", &Item { brand: Some("ahmad".into()), ..Item::default() }, "ops@shop.test", By::Fallback),
            ("teashop", &Item::default(), "ops@shop.test", By::Fallback),
        ] {
            let found = owner(&options, shop, item);
            assert_eq!((found.owner.email.as_str(), found.by), (email, by), "{shop} {item:?}");
        }
    }

    #[test]
    fn the_catalogues_column_comes_first_and_borrows_name_and_language() {
        let options = rules();
        let of = |email: &str| {
            let item = Item { brand: Some("Ahmad".into()), owner_email: Some(email.into()), ..Item::default() };
            owner(&options, "teashop", &item)
        };
        assert_eq!(of("dana@shop.test").by, By::Column);
        assert_eq!(of("dana@shop.test").owner.language, "en");
        assert_eq!(of("TEA@shop.test").owner, person("tea@shop.test", "he"));
        assert_eq!(of("").by, By::Rule(1));
    }

    #[test]
    fn a_column_that_is_no_address_never_becomes_a_recipient() {
        let options = rules();
        for bad in ["n/a", "dana@", "a@b.test, c@d.test", "a@b.test\r\nBcc: x@y.test", "Dana <dana@shop.test>"] {
            let item = Item { owner_email: Some(bad.into()), ..Item::default() };
            let found = owner(&options, "teashop", &item);
            assert_eq!((found.by, found.unusable.as_deref()), (By::Fallback, Some(bad)), "{bad}");
        }
    }
}
