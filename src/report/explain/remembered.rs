//! What the last run that saw an item wrong remembers of its way: its feeds, listings and cart are not looked at here.

use std::io::{self, Write};

use crate::domain::{Incident, Touchpoint, plain};
use crate::report::columns::{Columns, wrap};
use crate::report::{Look, way, words};

/// Whether something other than the page is wrong, as far as is known.
pub(super) fn is_wrong_elsewhere(incident: Option<&Incident>) -> bool {
    let open = incident.filter(|incident| !incident.state.is_over());
    open.is_some_and(|incident| incident.journey.liars().any(|step| step.touchpoint != Touchpoint::Page))
}

/// The whole way as it was when the item was last seen wrong.
pub(super) fn text(incident: Option<&Incident>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Some(incident) = incident.filter(|incident| incident.journey.is_more_than_a_page()) else { return Ok(()) };
    let Incident { journey, verdict, last_seen, state, .. } = incident;
    let number = incident.id.map(|id| format!(" {id}")).unwrap_or_default();
    writeln!(
        out,
        "\nthe customer's way when it was last seen wrong, {} (incident{number}, {}):",
        words::moment(*last_seen),
        state.code()
    )?;
    let rows = way::steps(journey, words::moment);
    let columns = Columns::fit(&["", "", "", ""], &rows, look.width.saturating_sub(2), look.colour, look.terminal);
    for row in &rows {
        columns.row(row).lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    writeln!(out, "  {}", way::line(journey, verdict, look))?;
    let Some(why) = &journey.why else { return Ok(()) };
    let said = plain::one_line(&format!("likely cause: {} ({}): {}", words::cause(why.cause), why.at, why.evidence));
    wrap(&said, look.width.saturating_sub(2)).into_iter().try_for_each(|line| writeln!(out, "  {line}"))
}
