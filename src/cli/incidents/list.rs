//! `incidents list`.

use std::cmp::Reverse;

use super::super::desk::{Desk, matcher, stored};
use super::super::{Failure, args, terminal};
use crate::domain::{Incident, IncidentState, Matcher, Silence};
use crate::report::incidents::{self, Listed};
use crate::store::{Store, Wanted};

/// Incidents that are read from the store at once.
const ROWS: usize = 500;

pub(super) fn list(args: &args::List, desk: &Desk) -> Result<(), Failure> {
    let fits = matcher(&args.fits)?;
    let states = match (args.all, args.state.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec![IncidentState::Suspected, IncidentState::Open, IncidentState::Acknowledged],
        (false, false) => args.state.clone(),
    };
    let mut listed = Vec::new();
    if let Some(store) = desk.peek()? {
        let silences = store.silences(desk.now()).map_err(stored)?;
        let level = |incident: &Incident| incident.severity.as_ref().map(|severity| severity.level);
        every(&store, &states, |incident| {
            if fits.fits(&incident) && args.severity.is_none_or(|least| level(&incident) >= Some(least)) {
                listed.push(light(desk, incident, &silences));
            }
        })?;
    }
    if let Some(shop) = stranger(&fits, desk).filter(|_| listed.is_empty()) {
        return Err(desk.no_shop(shop));
    }
    listed.sort_by_key(|one| {
        let severity = one.incident.severity.as_ref().map(|severity| (severity.level, severity.score));
        (one.incident.state.is_over(), Reverse(severity), one.incident.first_seen, one.incident.id)
    });
    let mut out = anstream::stdout();
    // A reader that went away is no trouble.
    let _ = match args.format {
        args::Shown::Json => incidents::list_json(&listed, &mut out),
        args::Shown::Table => incidents::list(&listed, &desk.when, terminal::look(false), &mut out),
    };
    Ok(())
}

/// What is listed of an incident: without its evidence, of which there may be much.
fn light(desk: &Desk, incident: Incident, silences: &[Silence]) -> Listed {
    desk.listed(Incident { claim: None, fact: None, ..incident }, silences)
}

/// A shop that was asked for and that the configuration does not know.
fn stranger<'a>(fits: &'a Matcher, desk: &Desk) -> Option<&'a str> {
    fits.shops.iter().map(String::as_str).find(|name| !desk.shops().contains(name))
}

/// Every incident in these states, one by one.
pub(super) fn every(store: &Store, states: &[IncidentState], mut with: impl FnMut(Incident)) -> Result<(), Failure> {
    let wanted = Wanted { states: states.to_vec(), shop: None };
    let mut after = 0;
    loop {
        let batch = store.incidents(&wanted, after, ROWS).map_err(stored)?;
        let Some(last) = batch.last().and_then(|incident| incident.id) else { return Ok(()) };
        after = last;
        batch.into_iter().for_each(&mut with);
    }
}
