//! `notices --why`: every incident and recipient, and whether they are told now.

use super::super::args::notices as args;
use super::super::desk::{self, Desk, stored};
use super::super::{Failure, args::Shown, reasons, terminal};
use super::options;
use crate::domain::{Incident, IncidentState};
use crate::notify::{Due, Owner, Why};
use crate::report::notices::{self, Decision};
use crate::run;
use crate::store::Wanted;

/// Incidents that are read from the store at once.
const ROWS: usize = 500;

pub(super) fn why(args: &args::List, desk: &Desk) -> Result<(), Failure> {
    let options = options(desk)?;
    let mut all = Vec::new();
    let wanted = |incident: &Incident| args.sku.as_deref().is_none_or(|name| goes_by(incident, name));
    if desk.peek()?.is_some() {
        // What is read belongs together; nothing is written.
        let mut store = desk.store()?;
        let look = run::last_look(&store, desk.now()).map_err(|error| desk::failed(&error))?;
        let transaction = store.transaction(None).map_err(stored)?;
        run::decide(&transaction, options, &look, desk.now(), |decided| {
            if wanted(decided.incident) {
                all.push(decision(decided.incident, decided.owner, decided.due, desk));
            }
        })
        .map_err(|error| desk::failed(&error))?;
        drop(transaction);
        let mut after = 0;
        loop {
            let suspected = Wanted { states: vec![IncidentState::Suspected], shop: None };
            let batch = store.incidents(&suspected, after, ROWS).map_err(stored)?;
            let Some(last) = batch.last().and_then(|incident| incident.id) else { break };
            after = last;
            for incident in batch.iter().filter(|incident| wanted(incident)) {
                let owners = desk.ownership(incident).map(|ownership| ownership.owners).unwrap_or_default();
                let due = Due::Not(Why::Suspected);
                all.extend(owners.iter().map(|owner| decision(incident, owner, &due, desk)));
            }
        }
    }
    let mut out = anstream::stdout();
    // A reader that went away is no trouble.
    let _ = match args.format {
        Shown::Json => notices::decisions_json(&all, &mut out),
        Shown::Table => notices::decisions(&all, terminal::look(false), &mut out),
    };
    Ok(())
}

fn goes_by(incident: &Incident, name: &str) -> bool {
    let item = &incident.item;
    let number = name.strip_prefix("id:").unwrap_or(name).parse().ok();
    incident.key.0 == name
        || [item.sku.as_deref(), item.stock_key.as_deref(), item.url.as_ref().map(url::Url::as_str)]
            .contains(&Some(name))
        || (number.is_some() && incident.id == number)
}

fn decision(incident: &Incident, owner: &Owner, due: &Due, desk: &Desk) -> Decision {
    let (tell, why, until) = match due {
        Due::Tell(section) => (Some(section.code()), None, None),
        Due::Not(why) => (None, Some(why.code()), why.until()),
    };
    Decision {
        incident: incident.id,
        shop: incident.shop.clone(),
        key: incident.key.0.clone(),
        state: incident.state.code(),
        verdict: incident.verdict.code(),
        owner: desk::owner(owner),
        tell,
        why,
        until,
        words: reasons::due(due, &desk.when),
    }
}
