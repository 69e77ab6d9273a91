//! `stocktruth incidents`: what is wrong for longer, and what people say of it.

mod act;
mod list;
mod show;
mod silence;

use super::args::Deed;
use super::desk::{Desk, stored};
use super::{Exit, Failure, args};
use crate::domain::{Incident, clock::Clock};
use crate::store::Store;

pub(super) fn run(args: args::Incidents, clock: &Clock) -> Result<Exit, Failure> {
    match args.deed.unwrap_or(Deed::List(args.list)) {
        Deed::List(args) => list::list(&args, &Desk::open(&args.config, clock)?),
        Deed::Show(args) => show::show(&args, &Desk::open(&args.config, clock)?),
        Deed::Ack(args) => act::acknowledge(&args, &Desk::open(&args.config, clock)?),
        Deed::Silence(args) => silence::silence(&args, &Desk::open(&args.config, clock)?),
        Deed::Ignore(args) => silence::ignore(&args, &Desk::open(&args.config, clock)?),
        Deed::Reopen(args) => act::reopen(&args, &Desk::open(&args.config, clock)?),
        Deed::Resolve(args) => act::resolve(&args, &Desk::open(&args.config, clock)?),
    }?;
    Ok(Exit::Agrees)
}

/// The incidents a person may mean by a number, a SKU, a stock key or a page.
fn candidates(store: &Store, name: &str, shop: Option<&str>) -> Result<Vec<Incident>, Failure> {
    let certain = name.strip_prefix("id:");
    let number = certain.unwrap_or(name).parse::<i64>().ok();
    let mut found: Vec<Incident> = match number {
        Some(number) => store.incident(number).map_err(stored)?.into_iter().collect(),
        None => Vec::new(),
    };
    if certain.is_none() {
        let named = store.find(name).map_err(stored)?;
        let known = found.first().and_then(|one| one.id);
        found.extend(named.into_iter().filter(|one| one.id != known));
    }
    found.retain(|one| shop.is_none_or(|shop| one.shop == shop));
    Ok(found)
}

/// The one of them that is meant, `None` where there is none.
fn only(mut found: Vec<Incident>, name: &str) -> Result<Option<Incident>, Failure> {
    if found.len() < 2 {
        return Ok(found.pop());
    }
    let each: Vec<String> =
        found.iter().map(|one| format!("{} ({})", one.id.unwrap_or_default(), identity(one))).collect();
    let certain = found.first().and_then(|one| one.id).unwrap_or_default();
    Err(Failure::new(
        Exit::Usage,
        format!("{name:?} may be any of several incidents: {}", each.join(", ")),
        format!("name the one by its number, as in `id:{certain}`, or choose its shop with --shop"),
    ))
}

/// The incident a person means.
fn meant(store: Option<&Store>, name: &str, shop: Option<&str>) -> Result<Incident, Failure> {
    let found = match store {
        Some(store) => candidates(store, name, shop)?,
        None => Vec::new(),
    };
    only(found, name)?.ok_or_else(|| {
        let of_shop = shop.map(|shop| format!(" in the shop {shop}")).unwrap_or_default();
        Failure::new(
            Exit::Usage,
            format!("there is no incident {name:?}{of_shop}"),
            "`stocktruth incidents --all` lists what is known, with its numbers",
        )
    })
}

/// `TEA-1, bookshop`.
fn identity(incident: &Incident) -> String {
    format!("{}, {}", crate::domain::plain::one_line(&incident.key.0), incident.shop)
}
