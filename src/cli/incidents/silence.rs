//! `incidents silence` and `incidents ignore`.

use jiff::Timestamp;

use super::super::check::counted;
use super::super::desk::{Desk, matcher, stored};
use super::super::{Exit, Failure, args, terminal};
use super::act::hand;
use super::{candidates, only, show};
use crate::domain::{ItemKey, Matcher, Silence, plain};
use crate::report::incidents;
use crate::store::Store;

pub(super) fn silence(args: &args::Silence, desk: &Desk) -> Result<(), Failure> {
    if !args.lift.is_empty() {
        return lift(args, desk);
    }
    let matcher = matcher(&args.fits)?;
    if matcher.is_empty() {
        return match &args.until {
            None => list(args, desk),
            Some(_) => Err(Failure::new(
                Exit::Usage,
                "it is not said what is to be silenced",
                "give a condition such as --brand or --sku; for single items there is `stocktruth incidents ignore`",
            )),
        };
    }
    if let Some(stranger) = matcher.shops.iter().find(|name| !desk.shops().contains(&name.as_str())) {
        return Err(desk.no_shop(stranger));
    }
    let Some(until) = &args.until else {
        return Err(Failure::new(
            Exit::Usage,
            "it is not said for how long",
            "say it with --for 3d or --until 2026-12-01; single items can be ignored for good with `stocktruth incidents ignore`",
        ));
    };
    let until = desk.until(until)?;
    let hand = hand(&args.by)?;
    let what = plain::harmless(&matcher.in_words());
    let silence = Silence { id: None, matcher, by: hand.by, note: hand.note, made_at: desk.now(), until: Some(until) };
    let mut store = desk.store()?;
    let transaction = store.transaction(None).map_err(stored)?;
    let (number, covered) = transaction.silence(&silence).map_err(stored)?;
    transaction.commit().map_err(stored)?;
    let covered = counted(usize::try_from(covered).unwrap_or(usize::MAX), "incident");
    terminal::say(&format!(
        "silence {number} holds until {}: nobody is told of {what} ({covered} now); `stocktruth incidents silence --lift {number}` ends it",
        desk.when.at(until)
    ));
    Ok(())
}

/// The silences that hold.
fn list(args: &args::Silence, desk: &Desk) -> Result<(), Failure> {
    let all = match desk.peek()? {
        Some(store) => {
            let silences = store.silences(desk.now()).map_err(stored)?;
            show::covering(silences.iter().collect(), &store, desk)?
        }
        None => Vec::new(),
    };
    let mut out = anstream::stdout();
    // A reader that went away is no trouble.
    let _ = match args.format {
        args::Shown::Json => incidents::silences_json(&all, &mut out),
        args::Shown::Table => incidents::silences(&all, &desk.when, terminal::look(false), &mut out),
    };
    Ok(())
}

fn lift(args: &args::Silence, desk: &Desk) -> Result<(), Failure> {
    let hand = hand(&args.by)?;
    let mut store = desk.store()?;
    let transaction = store.transaction(None).map_err(stored)?;
    let mut lifted = Vec::new();
    for number in &args.lift {
        let silence = transaction.unsilence(*number, &hand, desk.now()).map_err(stored)?.ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                format!("there is no silence {number} that holds; nothing was changed"),
                "`stocktruth incidents silence` lists those that do",
            )
        })?;
        lifted.push((number, silence));
    }
    transaction.commit().map_err(stored)?;
    for (number, silence) in lifted {
        let what = plain::harmless(&silence.matcher.in_words());
        terminal::say(&format!("silence {number} is lifted: owners are told of {what} again, as of anything else"));
    }
    Ok(())
}

pub(super) fn ignore(args: &args::Ignore, desk: &Desk) -> Result<(), Failure> {
    let until = args.until.as_deref().map(|text| desk.until(text)).transpose()?;
    let hand = hand(&args.by)?;
    let mut store = desk.store()?;
    let mut items = Vec::new();
    for name in &args.which.what {
        let item = item(name, args.which.shop.as_deref(), &store, desk)?;
        if !items.contains(&item) {
            items.push(item);
        }
    }
    let transaction = store.transaction(None).map_err(stored)?;
    let mut made = Vec::new();
    for Item { shop, key, is_known } in items {
        let silence = Silence {
            id: None,
            matcher: Matcher::of_item(&shop, &key),
            by: hand.by.clone(),
            note: hand.note.clone(),
            made_at: desk.now(),
            until,
        };
        transaction.silence(&silence).map_err(stored)?;
        made.push(ignored(&shop, &key, is_known, until, desk));
    }
    transaction.commit().map_err(stored)?;
    made.iter().for_each(|said| terminal::say(said));
    Ok(())
}

fn ignored(shop: &str, key: &ItemKey, is_known: bool, until: Option<Timestamp>, desk: &Desk) -> String {
    let key = plain::one_line(&key.0);
    let until = until.map(|until| format!(" until {}", desk.when.at(until))).unwrap_or_default();
    let new = if is_known { "" } else { " (no incident of it is known yet, so mind its spelling)" };
    format!(
        "{key} of {shop} is ignored{until}{new}: nobody is told what is wrong with it; `stocktruth incidents reopen {key}` takes it back"
    )
}

/// An item that is to be ignored.
#[derive(PartialEq)]
struct Item {
    shop: String,
    key: ItemKey,
    is_known: bool,
}

/// The item somebody means: that of an incident, else any SKU of the one shop.
fn item(name: &str, shop: Option<&str>, store: &Store, desk: &Desk) -> Result<Item, Failure> {
    if let Some(incident) = only(candidates(store, name, shop)?, name)? {
        return Ok(Item { shop: incident.shop, key: incident.key, is_known: true });
    }
    let shops = desk.shops();
    let shop = match (shop, shops.as_slice()) {
        (Some(shop), known) if known.contains(&shop) => shop,
        (Some(shop), _) => return Err(desk.no_shop(shop)),
        (None, [only]) => only,
        (None, _) => {
            return Err(Failure::new(
                Exit::Usage,
                format!("no incident of {name:?} is known, and there are several shops"),
                format!("choose one with --shop; the shops are {}", shops.join(", ")),
            ));
        }
    };
    if name.starts_with("id:") {
        return Err(Failure::new(
            Exit::Usage,
            format!("there is no incident {name:?}"),
            "`stocktruth incidents --all` lists what is known",
        ));
    }
    Ok(Item { shop: shop.to_owned(), key: ItemKey(name.to_owned()), is_known: false })
}
