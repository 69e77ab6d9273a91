//! What the table says of a shop's touchpoints below its verdicts: what shares a cause, which promises were kept and how
//! soon, which pages were looked at, what the cart answered, which targets were missed. Nothing where there is nothing to
//! say.

use std::io::{self, Write};

use crate::domain::{LookReason, ShopSummary, Touchpoint, TouchpointSummary, plain};

use super::columns::{BAD, Cell, Columns, PLAIN, QUIET, WARN, isolated, painted, wrap};
use super::{Look, words};

/// Causes that are told apart below a table.
const CAUSES: usize = 5;

pub(super) fn write(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    causes(shop, look, out)?;
    touchpoints(shop, look, out)?;
    targets(shop, look, out)?;
    plan(shop, look, out)?;
    probes(shop, look, out)
}

/// What at least two share.
fn causes(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let shared: Vec<_> = shop.causes.iter().filter(|one| one.incidents > 1).collect();
    for one in shared.iter().take(if look.verbose { usize::MAX } else { CAUSES }) {
        let text = format!("{} wrong, one cause: {}", words::count(one.incidents, "item", "items"), words::shared(one));
        writeln!(out, "  {}", painted(&isolated(&text, look.terminal), WARN, look.colour))?;
        if look.verbose {
            let evidence = isolated(&plain::one_line(&one.evidence), look.terminal);
            writeln!(out, "       {}", painted(&evidence, QUIET, look.colour))?;
        }
    }
    match shared.len().saturating_sub(CAUSES) {
        more @ 1.. if !look.verbose => writeln!(out, "  {} more", words::count(more as u64, "cause", "causes")),
        _ => Ok(()),
    }
}

/// Of a shop of which only pages are looked at, once, the verdicts have said it all.
fn touchpoints(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    const HEADINGS: [&str; 6] = ["touchpoint", "true", "of", "lag: half at least", "95% at least", "of changes"];
    let is_news = |(code, one): (&String, &TouchpointSummary)| {
        (code != Touchpoint::Page.code() && one.known > 0) || one.changes() > 0
    };
    if !shop.touchpoints.iter().any(is_news) {
        return Ok(());
    }
    let known = Touchpoint::ALL.into_iter().filter_map(|one| Some((one, shop.touchpoints.get(one.code())?)));
    let rows: Vec<Vec<Cell>> = known
        .filter(|(_, one)| one.known > 0)
        .map(|(touchpoint, one)| {
            let cell = |text: String| Cell::ours(text, PLAIN);
            let lag = |seconds: Option<u64>| cell(seconds.map(words::span).unwrap_or_default());
            let followed = if one.changes() > 0 { changes(one) } else { String::new() };
            vec![
                cell(touchpoint.code().to_owned()),
                cell(words::share(one.true_now, one.known)),
                cell(words::count(one.known, "item", "items")),
                lag(one.lag_p50),
                lag(one.lag_p95),
                cell(followed),
            ]
        })
        .collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width.saturating_sub(2), look.colour, look.terminal);
    let headings = HEADINGS.map(|heading| Cell::ours(heading, QUIET));
    for row in std::iter::once(headings.as_slice()).chain(rows.iter().map(Vec::as_slice)) {
        columns.row(row).lines().try_for_each(|line| writeln!(out, "{}", format!("  {line}").trim_end()))?;
    }
    Ok(())
}

/// How many changes there were, and how many of them it has not followed yet.
fn changes(one: &TouchpointSummary) -> String {
    match one.behind {
        0 => one.followed.to_string(),
        behind => format!("{}, {behind} not yet", one.changes()),
    }
}

fn targets(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for missed in &shop.targets_missed {
        let (at, target) = (&missed.touchpoint, missed.target.replace('_', " "));
        let text = format!("target missed: {target} of the {at} is {}, wanted is {}", missed.was, missed.wanted);
        writeln!(out, "  {}", painted(&plain::one_line(&text), BAD, look.colour))?;
    }
    Ok(())
}

/// Where every page was looked at, that was said by the requests.
fn plan(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let plan = &shop.plan;
    let looked: u64 = plan.looked.values().sum();
    if looked >= plan.pages && plan.unchanged == 0 && plan.left == 0 && plan.overdue == 0 {
        return Ok(());
    }
    let reasons = LookReason::ALL.into_iter().filter_map(|reason| {
        let pages = plan.looked.get(reason.code()).filter(|pages| **pages > 0)?;
        Some(format!("{pages} {}", words::looked(reason.code())))
    });
    let reasons: Vec<String> = reasons.collect();
    let pages = words::count(plan.pages, "page", "pages");
    let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) };
    wrapped(&format!("{looked} of {pages} looked at{reasons}"), look, out)?;
    let rest = [
        (plan.unchanged, "unchanged since last time"),
        (plan.left, "left for the next run (budget)"),
        (plan.overdue, "overdue (audit_within)"),
    ];
    let rest: Vec<String> =
        rest.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if rest.is_empty() { Ok(()) } else { wrapped(&rest.join(", "), look, out) }
}

/// Words that may take several lines, those after the first set in.
fn wrapped(text: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let lines = wrap(text, look.width.saturating_sub(7)).into_iter().enumerate();
    lines
        .map(|(at, line)| if at == 0 { format!("  {line}") } else { format!("       {line}") })
        .try_for_each(|line| writeln!(out, "{line}"))
}

fn probes(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let probes = &shop.probes;
    if probes.asked > 0 {
        let said = [(probes.accepted, "taken"), (probes.refused, "refused"), (probes.failed, "could not be told")];
        let said: Vec<String> =
            said.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
        let asked = words::count(probes.asked, "item", "items");
        writeln!(out, "  {asked} tried in a cart: {}", said.join(", "))?;
    }
    if let Some(why) = &probes.why_failed {
        let what = if probes.all_failed().is_some() { "the cart said nothing" } else { "not told by the cart" };
        let text = format!("{what}: {}", plain::one_line(why));
        for (at, line) in wrap(&text, look.width.saturating_sub(7)).into_iter().enumerate() {
            let line = painted(&isolated(line, look.terminal), WARN, look.colour);
            writeln!(out, "{}{line}", if at == 0 { "  " } else { "       " })?;
        }
    }
    for left in &probes.not_cleaned {
        let text = format!("LEFT IN A CART: {}", plain::one_line(left));
        writeln!(out, "  {}", painted(&isolated(&text, look.terminal), BAD, look.colour))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn told(shop: &ShopSummary, look: Look) -> String {
        let mut out = Vec::new();
        write(shop, look, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_shop_of_which_only_pages_are_looked_at_is_told_nothing_new() {
        let page = TouchpointSummary { places: 7, items: 7, agreed: 6, known: 7, true_now: 6, ..Default::default() };
        let mut shop = ShopSummary { touchpoints: [("page".to_owned(), page)].into(), ..ShopSummary::default() };
        shop.plan.pages = 7;
        shop.plan.looked.insert("asked".to_owned(), 7);
        assert_eq!(told(&shop, Look::default()), "");
    }

    #[test]
    fn everything_there_is_to_say() {
        let mut shop = samples::summary().shops.remove(0);
        samples::promises(&mut shop);
        insta::assert_snapshot!(told(&shop, Look::default()));
        let verbose = told(&shop, Look { verbose: true, ..Look::default() });
        assert!(verbose.contains("while the page says OutOfStock"), "{verbose}");
    }
}
