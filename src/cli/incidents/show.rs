//! `incidents show`.

use super::super::desk::{self, Desk, stored};
use super::super::{Failure, args, reasons, terminal};
use super::{list, meant};
use crate::domain::{Incident, IncidentState, Silence, Telling};
use crate::notify::Due;
use crate::report::incidents::{self, Covering, Named, Shown, Step, Told};
use crate::run;
use crate::store::{Event, Store};

pub(super) fn show(args: &args::Show, desk: &Desk) -> Result<(), Failure> {
    let store = desk.peek()?;
    let incident = meant(store.as_ref(), &args.what, args.shop.as_deref())?;
    drop(store);
    // What is read belongs together; nothing is written.
    let mut store = desk.store()?;
    let id = incident.id.unwrap_or_default();
    let silences = store.silences(desk.now()).map_err(stored)?;
    let tellings = store.tellings(id).map_err(stored)?;
    let told = told(&incident, tellings, &mut store, desk)?;
    let over: Vec<&Silence> = silences.iter().filter(|silence| silence.covers(&incident, desk.now())).collect();
    let over = covering(over, &store, desk)?;
    let history = store.history(id).map_err(stored)?.into_iter().map(step).collect();
    let shown = Shown { listed: desk.listed(incident, &silences), told, silences: over, history };
    let mut out = anstream::stdout();
    // A reader that went away is no trouble.
    let _ = match args.format {
        args::Shown::Json => incidents::show_json(&shown, &mut out),
        args::Shown::Table => incidents::show(&shown, &desk.when, terminal::look(false), &mut out),
    };
    Ok(())
}

/// Silences with how many incidents they cover that are not over.
pub(super) fn covering(silences: Vec<&Silence>, store: &Store, desk: &Desk) -> Result<Vec<Covering>, Failure> {
    let mut all: Vec<Covering> =
        silences.into_iter().map(|silence| Covering { silence: silence.clone(), covers: 0 }).collect();
    let states = [IncidentState::Suspected, IncidentState::Open, IncidentState::Acknowledged];
    list::every(store, &states, |incident| {
        for one in all.iter_mut().filter(|one| one.silence.covers(&incident, desk.now())) {
            one.covers += 1;
        }
    })?;
    Ok(all)
}

/// Who is told of it, what they were told, and what is due to them now.
fn told(incident: &Incident, tellings: Vec<Telling>, store: &mut Store, desk: &Desk) -> Result<Vec<Told>, Failure> {
    let Some(options) = &desk.job.notify else { return Ok(Vec::new()) };
    let past = |key: &str| tellings.iter().find(|told| told.recipient == key).map(|told| (told.at, told.times));
    let mut all: Vec<(String, Told)> = Vec::new();
    let look = run::last_look(store, desk.now()).map_err(|error| desk::failed(&error))?;
    let transaction = store.transaction(None).map_err(stored)?;
    run::decide(&transaction, options, &look, desk.now(), |decided| {
        if decided.incident.id == incident.id {
            let key = decided.owner.recipient.key();
            let (due, why, until) = match decided.due {
                Due::Tell(section) => (Some(section.code()), None, None),
                Due::Not(why) => (None, Some(why.code()), why.until()),
            };
            let words = reasons::due(decided.due, &desk.when);
            let owner = desk::owner(decided.owner);
            all.push((key.clone(), Told { owner, told: past(&key), due, why, until, words }));
        }
    })
    .map_err(|error| desk::failed(&error))?;
    drop(transaction);
    // Of what is suspected or over, nothing was decided.
    let others = desk.ownership(incident).map(|ownership| ownership.owners).unwrap_or_default();
    for owner in others {
        let key = owner.recipient.key();
        if !all.iter().any(|(known, _)| *known == key) {
            let told = Told {
                owner: desk::owner(&owner),
                told: past(&key),
                due: None,
                why: None,
                until: None,
                words: undecided(incident.state),
            };
            all.push((key, told));
        }
    }
    for telling in &tellings {
        if !all.iter().any(|(known, _)| *known == telling.recipient) {
            let owner = Named { who: telling.recipient.clone(), by: "formerly", rule: None };
            let told =
                Told { owner, told: past(&telling.recipient), due: None, why: None, until: None, words: String::new() };
            all.push((telling.recipient.clone(), told));
        }
    }
    Ok(all.into_iter().map(|(_, told)| told).collect())
}

fn undecided(state: IncidentState) -> String {
    match state {
        IncidentState::Suspected => "is told if it stays wrong".to_owned(),
        IncidentState::Resolved | IncidentState::Expired => "nothing is left to be said".to_owned(),
        IncidentState::Open | IncidentState::Acknowledged => String::new(),
    }
}

fn step(event: Event) -> Step {
    let Event { run, at, kind, verdict, cause, because, hand } = event;
    Step { at, kind, verdict, cause, because, run, hand }
}
