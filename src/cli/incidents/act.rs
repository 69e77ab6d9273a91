//! `incidents ack`, `incidents reopen` and `incidents resolve`.

use super::super::desk::{Desk, author, stored};
use super::super::{Exit, Failure, args, terminal};
use super::{candidates, identity, meant, only};
use crate::domain::{Change, ChangeKind, Hand, Incident, Silence};
use crate::incident::{self, Action, Impossible};
use crate::store::{Store, Transaction};

pub(super) fn acknowledge(args: &args::Ack, desk: &Desk) -> Result<(), Failure> {
    let until = args.until.as_deref().map(|text| desk.until(text)).transpose()?;
    let hand = hand(&args.by)?;
    let mut store = existing(desk, &args.which)?;
    let known = all_meant(&store, &args.which)?;
    let transaction = store.transaction(None).map_err(stored)?;
    let changes = decide(&transaction, &known, Action::Acknowledge { until }, &hand, desk)?;
    book(transaction, &changes, desk)?;
    for change in &changes {
        let until = until.map(|until| format!(", at the latest until {}", desk.when.at(until))).unwrap_or_default();
        say(
            &change.incident,
            &format!("taken on by {}", hand.by),
            &format!(
                "nobody is told of it again until it is put right{until}; `stocktruth incidents reopen {}` takes it back",
                number(&change.incident)
            ),
        );
    }
    Ok(())
}

pub(super) fn resolve(args: &args::Word, desk: &Desk) -> Result<(), Failure> {
    let hand = hand(&args.by)?;
    let mut store = existing(desk, &args.which)?;
    let known = all_meant(&store, &args.which)?;
    let transaction = store.transaction(None).map_err(stored)?;
    let changes = decide(&transaction, &known, Action::Resolve, &hand, desk)?;
    book(transaction, &changes, desk)?;
    for change in &changes {
        let follows = "nobody is told of it any more; if the next check sees it wrong, it opens again";
        say(&change.incident, &format!("called put right by {}", hand.by), follows);
    }
    Ok(())
}

pub(super) fn reopen(args: &args::Word, desk: &Desk) -> Result<(), Failure> {
    let hand = hand(&args.by)?;
    let mut store = existing(desk, &args.which)?;
    let silences = store.silences(desk.now()).map_err(stored)?;
    let shop = args.which.shop.as_deref();
    let mut known = Vec::new();
    let mut lifted: Vec<Silence> = Vec::new();
    for name in &args.which.what {
        let incident = only(candidates(&store, name, shop)?, name)?;
        let ignoring: Vec<&Silence> =
            silences.iter().filter(|silence| ignores(silence, incident.as_ref(), name, shop)).collect();
        if incident.is_none() && ignoring.is_empty() {
            // Says that there is none.
            meant(Some(&store), name, shop)?;
        }
        known.extend(incident.map(|incident| (incident, !ignoring.is_empty())));
        lifted.extend(ignoring.into_iter().cloned());
    }
    let transaction = store.transaction(None).map_err(stored)?;
    for silence in &lifted {
        let id = silence.id.unwrap_or_default();
        transaction.unsilence(id, &hand, desk.now()).map_err(stored)?;
    }
    let mut changes = Vec::new();
    let mut refused = Vec::new();
    for (incident, was_ignored) in &known {
        match change(&transaction, incident, Action::Reopen, &hand, desk)? {
            Ok(change) => changes.push(change),
            // Taking back the ignoring was all there was to do.
            Err(Impossible::Open | Impossible::OnlySuspected) if *was_ignored => {}
            Err(why) => refused.push((incident, why)),
        }
    }
    refuse(&refused)?;
    book(transaction, &changes, desk)?;
    for silence in &lifted {
        let what = silence.matcher.items.iter().map(|key| key.0.as_str()).collect::<Vec<_>>().join(", ");
        let shops = silence.matcher.shops.join(", ");
        terminal::say(&format!(
            "{what} of {shops} is not ignored any more: its owners are told of it as of anything else"
        ));
    }
    for change in &changes {
        let (what, follows) = match change.kind {
            ChangeKind::Rearmed => ("open again", "its owners are told and reminded of it as before"),
            _ => ("open again", "its owners are told of it as new; a check that sees it right resolves it"),
        };
        say(&change.incident, what, follows);
    }
    Ok(())
}

/// Whether a silence ignores just this item.
fn ignores(silence: &Silence, incident: Option<&Incident>, name: &str, shop: Option<&str>) -> bool {
    let matcher = &silence.matcher;
    let of_shop = |shop: &str| matcher.shops.is_empty() || matcher.shops.iter().any(|known| known == shop);
    match incident {
        Some(incident) => matcher.items.contains(&incident.key) && of_shop(&incident.shop),
        None => matcher.items.iter().any(|key| key.0 == name) && shop.is_none_or(of_shop),
    }
}

/// The store; before anything was remembered there is nothing to do anything to.
fn existing(desk: &Desk, which: &args::Which) -> Result<Store, Failure> {
    if desk.peek()?.is_none() {
        let name = which.what.first().map_or("", String::as_str);
        meant(None, name, which.shop.as_deref())?;
    }
    desk.store()
}

fn all_meant(store: &Store, which: &args::Which) -> Result<Vec<Incident>, Failure> {
    let mut all: Vec<Incident> = Vec::new();
    for name in &which.what {
        let incident = meant(Some(store), name, which.shop.as_deref())?;
        if all.iter().all(|known| known.id != incident.id) {
            all.push(incident);
        }
    }
    Ok(all)
}

/// What is to be changed: all of it, or nothing.
fn decide(
    transaction: &Transaction<'_>,
    known: &[Incident],
    action: Action,
    hand: &Hand,
    desk: &Desk,
) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let mut refused = Vec::new();
    for incident in known {
        match change(transaction, incident, action, hand, desk)? {
            Ok(change) => changes.push(change),
            Err(why) => refused.push((incident, why)),
        }
    }
    refuse(&refused)?;
    Ok(changes)
}

/// Decides on an incident as it stands now: a check may have changed it since it was found.
fn change(
    transaction: &Transaction<'_>,
    incident: &Incident,
    action: Action,
    hand: &Hand,
    desk: &Desk,
) -> Result<Result<Change, Impossible>, Failure> {
    let known = transaction.known(&incident.shop, &incident.key).map_err(stored)?;
    let known = known.as_ref().unwrap_or(incident);
    Ok(incident::act(known, action, hand.clone(), desk.now()))
}

fn refuse(refused: &[(&Incident, Impossible)]) -> Result<(), Failure> {
    let each: Vec<String> = refused
        .iter()
        .map(|(incident, why)| format!("incident {} ({}): {why}", number(incident), identity(incident)))
        .collect();
    match each.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Usage, each.join("; "), "nothing was changed")),
    }
}

fn book(transaction: Transaction<'_>, changes: &[Change], desk: &Desk) -> Result<(), Failure> {
    for change in changes {
        transaction.apply_by_hand(change, desk.now()).map_err(stored)?;
    }
    transaction.commit().map_err(stored)
}

/// In whose name, and why.
pub(super) fn hand(by: &args::By) -> Result<Hand, Failure> {
    Ok(Hand { by: author(by.by.as_deref())?, note: crate::domain::plain::one_line(&by.note) })
}

fn number(incident: &Incident) -> i64 {
    incident.id.unwrap_or_default()
}

fn say(incident: &Incident, what: &str, follows: &str) {
    terminal::say(&format!("incident {} ({}) is {what}: {follows}", number(incident), identity(incident)));
}
