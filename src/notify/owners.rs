//! Who is told of an item, and by which rule. Pure.

use lettre::Address;

use super::{Channel, Options, Recipient};
use crate::domain::Incident;

/// Who is told, and how that was found.
#[derive(Clone, Debug)]
pub struct Ownership {
    /// Who, each once. Nobody only where the configuration names no fallback.
    pub owners: Vec<Owner>,
    /// What the catalogue's owner column says, if that is no mail address and was therefore passed over.
    pub unusable: Option<String>,
}

impl Ownership {
    /// Whether nobody owns the item, so that the fallback is told.
    pub fn is_orphan(&self) -> bool {
        self.owners.iter().all(|owner| owner.by == By::Fallback)
    }
}

/// One of those who are told.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Who.
    pub recipient: Recipient,
    /// What named them first.
    pub by: By,
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
    /// They were told of it when they owned it, and it is put right.
    Formerly,
    /// They are the fallback, and its owner's mailbox or webhook refuses.
    Refused,
}

impl By {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Rule(_) => "rule",
            Self::Fallback => "fallback",
            Self::Formerly => "formerly",
            Self::Refused => "refused",
        }
    }
}

/// Finds the owners of an incident's item: those of the catalogue's owner column, else those of the first rule that
/// applies and of those after it while they say `continue`, else the fallback.
///
/// The column holds an address, or several between commas or semicolons. Name, language and cadence are those of the
/// recipient with the same address, if there is one. What is no address (`n/a`) is passed over: a notice must reach
/// somebody.
pub fn owners(options: &Options, incident: &Incident) -> Ownership {
    let column = incident.item.owner_email.as_deref().unwrap_or_default();
    let named = column.split([',', ';']).map(str::trim).filter(|text| !text.is_empty());
    let (good, bad): (Vec<&str>, Vec<&str>) = named.partition(|text| is_address(text));
    let unusable = (!bad.is_empty()).then(|| bad.join(", "));
    let mut owners = Vec::new();
    for email in good {
        add(&mut owners, options.by_address(email), By::Column);
    }
    if owners.is_empty() {
        for (place, rule) in options.owners.iter().enumerate().filter(|(_, rule)| rule.matcher.fits(incident)) {
            let to = rule.to.iter().filter_map(|id| options.recipient(id));
            to.for_each(|recipient| add(&mut owners, recipient.clone(), By::Rule(place + 1)));
            if !rule.goes_on {
                break;
            }
        }
    }
    if owners.is_empty() {
        options.fallback().for_each(|recipient| add(&mut owners, recipient.clone(), By::Fallback));
    }
    Ownership { owners, unusable }
}

fn add(owners: &mut Vec<Owner>, recipient: Recipient, by: By) {
    let key = recipient.key();
    if !owners.iter().any(|known| known.recipient.key() == key) {
        owners.push(Owner { recipient, by });
    }
}

impl Options {
    /// The recipient with this id.
    pub fn recipient(&self, id: &str) -> Option<&Recipient> {
        self.recipients.iter().find(|known| known.id == id)
    }

    /// The recipient with this address, else the usual one with it.
    pub fn by_address(&self, email: &str) -> Recipient {
        let known =
            self.recipients.iter().find(|known| known.email().is_some_and(|own| own.eq_ignore_ascii_case(email)));
        known.cloned().unwrap_or_else(|| Recipient {
            id: email.to_owned(),
            channel: Channel::Mail { email: email.to_owned() },
            ..self.usual.clone()
        })
    }

    /// The recipient the store knows by this key, if the configuration (or a column of the catalogue) may name them.
    pub fn by_key(&self, key: &str) -> Option<Recipient> {
        let known = self.recipients.iter().find(|known| known.key() == key).cloned();
        known.or_else(|| (self.mail.is_some() && is_address(key)).then(|| self.by_address(key)))
    }

    /// Who is told of what nobody owns.
    pub fn fallback(&self) -> impl Iterator<Item = &Recipient> {
        self.fallback.iter().filter_map(|id| self.recipient(id))
    }

    /// Who is told of what is wrong with the looking itself.
    pub fn operations(&self) -> impl Iterator<Item = &Recipient> {
        self.operations.iter().filter_map(|id| self.recipient(id))
    }
}

/// Whether a text is one mail address (RFC 5322 addr-spec) that can be written to.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChangeKind, Item, Matcher, Pattern};
    use crate::notify::OwnerRule;
    use crate::notify::samples::{change, options, person};

    fn rules() -> Options {
        let mut options = options();
        let words = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let pattern = |text: &str| vec![Pattern::new(text).unwrap()];
        let rule = |to: &[&str], matcher, goes_on| OwnerRule { to: words(to), matcher, goes_on };
        options.recipients.extend([
            person("tea@shop.test", "he"),
            person("cups@shop.test", "en"),
            person("sale@shop.test", "en"),
        ]);
        options.owners = vec![
            rule(
                &["tea@shop.test"],
                Matcher { brands: words(&["Ahmad"]), shops: words(&["teashop"]), ..Matcher::default() },
                false,
            ),
            rule(&["cups@shop.test"], Matcher { skus: pattern("^CUP-"), ..Matcher::default() }, true),
            rule(
                &["sale@shop.test", "cups@shop.test"],
                Matcher { brands: words(&["ahmad"]), urls: pattern("/sale/"), ..Matcher::default() },
                false,
            ),
        ];
        options
    }

    fn told(options: &Options, shop: &str, item: Item) -> Vec<(String, By)> {
        let mut incident = change(ChangeKind::Opened).incident;
        (incident.shop, incident.item) = (shop.to_owned(), item);
        owners(options, &incident).owners.into_iter().map(|owner| (owner.recipient.key(), owner.by)).collect()
    }

    #[test]
    fn the_first_rule_wins_unless_it_says_continue() {
        let options = rules();
        let tea = Item { brand: Some(" AHMAD ".into()), sku: Some("CUP-1".into()), ..Item::default() };
        let on_sale = Item { url: Some("https://s.test/sale/1".parse().unwrap()), ..tea.clone() };
        let plain_sale = Item { sku: None, ..on_sale.clone() };
        let one = |email: &str, by| (email.to_owned(), by);
        for (shop, item, expected) in [
            ("teashop", &tea, vec![one("tea@shop.test", By::Rule(1))]),
            ("bookshop", &tea, vec![one("cups@shop.test", By::Rule(2))]),
            ("bookshop", &on_sale, vec![one("cups@shop.test", By::Rule(2)), one("sale@shop.test", By::Rule(3))]),
            ("bookshop", &plain_sale, vec![one("sale@shop.test", By::Rule(3)), one("cups@shop.test", By::Rule(3))]),
            ("teashop", &Item::default(), vec![one("ops@shop.test", By::Fallback)]),
        ] {
            assert_eq!(told(&options, shop, item.clone()), expected, "{shop} {item:?}");
        }
    }

    #[test]
    fn the_catalogues_column_comes_first_and_borrows_language_and_cadence() {
        let options = rules();
        let of = |email: &str| {
            let mut incident = change(ChangeKind::Opened).incident;
            incident.item.owner_email = Some(email.into());
            owners(&options, &incident)
        };
        let keys = |email: &str| of(email).owners.iter().map(|one| (one.recipient.key(), one.by)).collect::<Vec<_>>();
        assert_eq!(keys("Dana@shop.test"), [("dana@shop.test".to_owned(), By::Column)]);
        assert_eq!(of("dana@shop.test").owners[0].recipient.language, "en");
        assert_eq!(of("TEA@shop.test").owners[0].recipient.language, "he");
        assert_eq!(keys("a@shop.test; tea@shop.test,A@shop.test").len(), 2);
        assert_eq!(keys("")[0].1, By::Rule(1));
        let mixed = of("n/a, a@shop.test");
        assert_eq!((mixed.owners.len(), mixed.unusable.as_deref()), (1, Some("n/a")));
    }

    #[test]
    fn a_column_that_is_no_address_never_becomes_a_recipient() {
        let options = rules();
        for bad in ["n/a", "dana@", "a@b.test\r\nBcc: x@y.test", "Dana <dana@shop.test>"] {
            let mut incident = change(ChangeKind::Opened).incident;
            incident.item = Item { owner_email: Some(bad.into()), ..Item::default() };
            let found = owners(&options, &incident);
            assert!(found.is_orphan() && found.unusable.is_some(), "{bad}");
        }
    }
}
