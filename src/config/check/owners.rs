//! Who is told.

use super::{At, mail, values};
use crate::config::raw::scalar::{MailAddress, MailLanguage, Text};
use crate::config::structure::nearest;
use crate::config::units::fault;
use crate::config::{raw, raw::owners::OwnerRule as Raw};
use crate::domain::{Matcher, Pattern};
use crate::notify::{self, OwnerRule, Recipient};

/// Everything about telling. `None`: something is wrong; `Some(None)`: nobody is to be told.
pub(super) fn and_mail(top: &At<'_>, raw: &raw::Config, shops: &[&str]) -> Option<Option<notify::Options>> {
    let rules = raw.owners.as_deref().unwrap_or_default();
    let owners: Vec<(Owner, Matcher)> = rules
        .iter()
        .enumerate()
        .filter_map(|(index, rule)| self::rule(&top.key("owners").index(index), rule, shops))
        .collect();
    for (later, rule) in rules.iter().enumerate() {
        if let Some(earlier) = rules[..later].iter().position(|earlier| covers(earlier, rule)) {
            let at = top.key("owners").index(later);
            let line = top.key("owners").index(earlier).line();
            let what = "this rule can never apply: an earlier one takes everything it could";
            at.error(fault(what, format!("the earlier one is in line {line}; move the narrower rule up")));
        }
    }
    let at = top.key("fallback");
    let fallback = raw.fallback.as_ref().map(|raw| owner(&at, &raw.email, &raw.name, &raw.language));
    let Some(mail) = &raw.mail else {
        for (key, given) in [
            ("owners", raw.owners.is_some()),
            ("fallback", raw.fallback.is_some()),
            ("operations", raw.operations.is_some()),
        ] {
            if given && !top.key("mail").is_spoken_for() {
                top.key(key).warn(fault("nobody is told without `mail`", "add a `mail` section"));
            }
        }
        return Some(None);
    };
    if fallback.is_none() && !at.is_spoken_for() {
        let help = "add `fallback:` with the `email` of whoever is told of what nobody owns";
        top.key("mail").error(fault("this needs `fallback` beside it", help));
    }
    let options = mail::mail(&top.key("mail"), mail);
    let operations =
        raw.operations.as_ref().and_then(|raw| owner(&top.key("operations"), &raw.email, &raw.name, &raw.language));
    let fallback = fallback??;
    let operations = operations.unwrap_or_else(|| fallback.clone());
    let mut options = options?;
    let named = owners.iter().map(|(owner, _)| owner).chain([&fallback, &operations]);
    for owner in named {
        if options.recipients.iter().all(|known| known.id != owner.email) {
            options.recipients.push(Recipient {
                id: owner.email.clone(),
                name: owner.name.clone(),
                language: owner.language.clone(),
                channel: notify::Channel::Mail { email: owner.email.clone() },
                cadence: options.usual.cadence.clone(),
            });
        }
    }
    options.usual.language.clone_from(&fallback.language);
    let owners = owners
        .into_iter()
        .map(|(owner, matcher)| OwnerRule { to: vec![owner.email], matcher, goes_on: false })
        .collect();
    let (fallback, operations) = (vec![fallback.email], vec![operations.email]);
    Some(Some(notify::Options { owners, fallback, operations, ..options }))
}

/// Whom a rule names.
#[derive(Clone)]
struct Owner {
    email: String,
    name: Option<String>,
    language: String,
}

fn rule(at: &At<'_>, raw: &Raw, shops: &[&str]) -> Option<(Owner, Matcher)> {
    let known = |name: &str| {
        if shops.contains(&name) {
            return Ok(name.to_owned());
        }
        let help = match nearest(name, shops.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the shops are: {}", shops.join(", ")),
        };
        Err(fault("no shop has this name", help))
    };
    let pattern = |text: &str| {
        values::pattern(text)
            .map(|_| ())
            .and_then(|()| Pattern::new(text).map_err(|error| fault(error.to_string(), "")))
    };
    let matcher = Matcher {
        shops: at.list("shops", &raw.shops, known),
        brands: at.list("brands", &raw.brands, values::text),
        categories: at.list("categories", &raw.categories, values::text),
        suppliers: at.list("suppliers", &raw.suppliers, values::text),
        skus: at.list("skus", &raw.skus, pattern),
        urls: at.list("urls", &raw.urls, pattern),
        ..Matcher::default()
    };
    Some((owner(at, &raw.email, &raw.name, &raw.language)?, matcher))
}

fn owner(
    at: &At<'_>,
    email: &Option<MailAddress>,
    name: &Option<Text>,
    language: &Option<MailLanguage>,
) -> Option<Owner> {
    let name = at.read("name", name, values::text);
    let language = at.read("language", language, |name| values::choice(name, &[("en", "en"), ("he", "he")]));
    let email = at.read("email", email, values::mail_address);
    Some(Owner { email: email?, name, language: language.unwrap_or("en").to_owned() })
}

/// Whether everything that `later` takes is already taken by `earlier`: each of its conditions holds for every value
/// that `later` allows. A rule without conditions takes everything.
fn covers(earlier: &Raw, later: &Raw) -> bool {
    fn covered<R: AsRef<str>>(earlier: &Option<Vec<R>>, later: &Option<Vec<R>>, same: fn(&str, &str) -> bool) -> bool {
        let Some(earlier) = earlier else { return true };
        later.as_ref().is_some_and(|later| {
            later.iter().all(|value| earlier.iter().any(|known| same(known.as_ref(), value.as_ref())))
        })
    }
    let exact = |a: &str, b: &str| a == b;
    let any_case = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    covered(&earlier.shops, &later.shops, exact)
        && covered(&earlier.brands, &later.brands, any_case)
        && covered(&earlier.categories, &later.categories, any_case)
        && covered(&earlier.suppliers, &later.suppliers, any_case)
        && covered(&earlier.skus, &later.skus, exact)
        && covered(&earlier.urls, &later.urls, exact)
}
