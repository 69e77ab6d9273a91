//! Who is told.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::recipients::People;
use super::{At, cadence, conditions, incidents, mail};
use crate::config::units::{fault, flag};
use crate::config::{Shop, raw};
use crate::notify::{self, OwnerRule};

/// Everything about telling. `None`: something is wrong; `Some(None)`: nobody is to be told.
pub(super) fn and_mail(
    top: &At<'_>,
    raw: &raw::Config,
    names: &[&str],
    shops: &[Shop],
    now: Timestamp,
) -> Option<Option<notify::Options>> {
    let usual = cadence::usual();
    let at = top.key("cadence");
    let usual = raw.cadence.as_ref().map_or_else(|| usual.clone(), |raw| cadence::cadence(&at, raw, &usual, now));
    let expected = incidents::expected(&top.key("expected"), raw.expected.as_deref(), names, &usual, now);
    let mut people = People::read(&top.key("recipients"), raw.recipients.as_ref(), usual, now);
    let fallback = raw.fallback.as_ref().map(|raw| people.of_told(&top.key("fallback"), raw));
    let first = fallback.iter().flatten().next();
    if let Some(first) = first.and_then(|id| people.list.iter().find(|known| known.id == *id)) {
        people.usual.language.clone_from(&first.language);
    }
    let operations = raw.operations.as_ref().map(|raw| people.of_told(&top.key("operations"), raw));
    let owners = rules(&top.key("owners"), raw, names, &mut people);
    let column = columns(top, raw);
    people.find_untold(&top.key("recipients"), !column.is_empty());
    if !needs_telling(top, raw) {
        return Some(None);
    }
    if raw.mail.is_none()
        && !top.key("mail").is_spoken_for()
        && let Some(at) = people.by_mail.first().or(column.first())
    {
        let help = "add a section `mail` with `from` and `transport`";
        at.error(fault("without `mail` nobody can be told by mail", help));
    }
    let options = raw.mail.as_ref().map(|raw| mail::mail(&top.key("mail"), raw));
    let (max_attempts, retry_after) =
        raw.mail.as_ref().map(|raw| mail::patience(&top.key("mail"), raw)).unwrap_or((10, Duration::from_secs(300)));
    let fallback = fallback?;
    Some(Some(notify::Options {
        operations: operations.unwrap_or_else(|| fallback.clone()),
        fallback,
        owners,
        recipients: people.list,
        usual: people.usual,
        mail: match options {
            Some(mail) => Some(mail?),
            None => None,
        },
        admin_urls: shops
            .iter()
            .filter_map(|shop| Some((shop.name.clone(), shop.admin_url.clone()?)))
            .collect::<BTreeMap<_, _>>(),
        expected,
        max_attempts,
        retry_after,
    }))
}

/// Whether anybody is to be told; says so if then nobody is told of what nobody owns.
fn needs_telling(top: &At<'_>, raw: &raw::Config) -> bool {
    let given = [
        ("mail", raw.mail.is_some()),
        ("owners", raw.owners.is_some()),
        ("operations", raw.operations.is_some()),
        ("recipients", raw.recipients.is_some()),
        ("fallback", raw.fallback.is_some()),
    ];
    let Some((first, _)) = given.into_iter().find(|(_, given)| *given) else { return false };
    if raw.fallback.is_none() && !top.key("fallback").is_spoken_for() {
        let help = "add `fallback:` with the `email` of whoever is told of what nobody owns";
        top.key(first).error(fault("this needs `fallback` beside it", help));
    }
    true
}

fn rules<'a>(at: &At<'a>, raw: &raw::Config, shops: &[&str], people: &mut People<'a>) -> Vec<OwnerRule> {
    let raw = raw.owners.as_deref().unwrap_or_default();
    let mut rules = Vec::with_capacity(raw.len());
    for (index, rule) in raw.iter().enumerate() {
        let at = at.index(index);
        let matcher = conditions::matcher(&at, rule.conditions(), shops);
        // Where it cannot be read nothing is said of the rules below.
        let goes_on = rule.goes_on.is_some() && at.read("continue", &rule.goes_on, flag).unwrap_or(true);
        rules.push(OwnerRule { to: people.of_rule(&at, rule), matcher, goes_on });
    }
    let ends = raw.iter().zip(&rules).map(|(raw, rule)| (raw.conditions(), !rule.goes_on));
    conditions::find_unreachable(at, &ends.collect::<Vec<_>>());
    rules
}

/// Where catalogues name addresses.
fn columns<'a>(top: &At<'a>, raw: &raw::Config) -> Vec<At<'a>> {
    let mut places = Vec::new();
    for (index, shop) in raw.shops.iter().flatten().enumerate() {
        let at = top.key("shops").index(index).key("catalog");
        let Some(catalog) = &shop.catalog else { continue };
        let csv = catalog.csv.as_ref().and_then(|csv| csv.columns.as_ref());
        if csv.is_some_and(|columns| columns.owner_email.is_some()) {
            places.push(at.key("csv").key("columns").key("owner_email"));
        }
        let list = catalog.list.iter().flatten().enumerate().filter(|(_, item)| item.owner_email.is_some());
        places.extend(list.map(|(item, _)| at.key("list").index(item).key("owner_email")));
    }
    places
}
