//! What is wrong as one HTML page: no scripts, no files beside it, styles in the elements themselves, so that it can be
//! opened in a browser, put on a wall or sent in a mail. Texts of the shop may run from right to left.

use std::io::{self, Write};

use htmlize::{escape_attribute, escape_text};
use jiff::Timestamp;

use crate::domain::{Judged, Mark, ShopSummary, Summary, Touchpoint, plain};

use super::{ReportError, words};

const RED: &str = "#b42318";
const GREEN: &str = "#17693a";
const AMBER: &str = "#8a5200";
const GREY: &str = "#5a6672";

pub(super) fn write<E>(
    rows: &mut dyn Iterator<Item = Result<Judged, E>>,
    summary: &Summary,
    out: &mut dyn Write,
) -> Result<(), ReportError<E>> {
    let at = words::moment(summary.finished_at);
    let title = if summary.run > 0 { format!("Run {}, {at}", summary.run) } else { at };
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\">\n<title>stocktruth: {title}</title>\n</head>\n<body \
         style=\"margin:0;padding:24px 12px;background:#f2f4f6;color:#1c252d;font:15px/22px 'Segoe UI',Roboto,Arial,\
         'Noto Sans Hebrew','Noto Sans Arabic',sans-serif\">\n<div style=\"max-width:860px;margin:0 auto\">"
    )?;
    writeln!(
        out,
        "<h1 style=\"margin:0;font-size:22px;line-height:30px\">What the shop promises and does not have</h1>"
    )?;
    writeln!(out, "<p style=\"margin:2px 0 14px;color:{GREY}\">{title}</p>")?;
    if summary.interrupted {
        writeln!(out, "<p style=\"color:{RED}\">The run was cut short; what was judged until then is here.</p>")?;
    }
    for shop in &summary.shops {
        of_shop(shop, out)?;
    }
    let mut any = false;
    for row in rows {
        let one = row.map_err(ReportError::Row)?;
        // What is wrong comes first, shop by shop.
        if one.judgement.verdict.is_mismatch() {
            if !any {
                writeln!(out, "<h2 style=\"margin:22px 0 8px;font-size:17px\">What is wrong</h2>")?;
            }
            any = true;
            item(&one, summary.shops.len() > 1, summary.finished_at, out)?;
        }
    }
    if any {
        legend(out)?;
    }
    writeln!(out, "</div>\n</body>\n</html>")?;
    Ok(())
}

fn of_shop(shop: &ShopSummary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<div style=\"{}\">", CARD)?;
    writeln!(out, "<b style=\"font-size:17px\"><bdi>{}</bdi></b>", text(&shop.shop))?;
    if let Some(why) = &shop.failed {
        return writeln!(out, "<div style=\"color:{RED}\">could not be checked: {}</div>\n</div>", text(why));
    }
    let parts = [
        (words::count(shop.items, "item", "items"), GREY),
        (format!("{} wrong", shop.mismatches()), if shop.mismatches() > 0 { RED } else { GREEN }),
        (format!("{} right", shop.count("agrees")), GREEN),
        (format!("{} could not be checked", shop.count("unverified")), GREY),
    ];
    let parts = parts.map(|(words, colour)| format!("<span style=\"color:{colour}\">{words}</span>"));
    writeln!(out, "<div>{}</div>", parts.join(" · "))?;
    for shared in shop.causes.iter().filter(|one| one.incidents > 1) {
        let items = words::count(shared.incidents, "item", "items");
        writeln!(
            out,
            "<div style=\"margin:8px 0 0;padding:6px 10px;border-radius:4px;background:#fdf3dc;color:#5c4300\"><b>{items} \
             wrong, one cause:</b> <bdi>{}</bdi><div style=\"font-size:13px\"><bdi>{}</bdi></div></div>",
            text(&words::shared(shared)),
            text(&shared.evidence)
        )?;
    }
    for missed in &shop.targets_missed {
        let target = missed.target.replace('_', " ");
        let words = format!(
            "Target missed: {target} of the {} is {}, wanted is {}",
            missed.touchpoint, missed.was, missed.wanted
        );
        writeln!(out, "<div style=\"margin:6px 0 0;color:{RED}\">{}</div>", text(&words))?;
    }
    if let Some(why) = &shop.probes.why_failed {
        let (failed, asked) = (shop.probes.failed, shop.probes.asked);
        let words = format!("{failed} of {asked} items tried in a cart could not be told: {why}");
        writeln!(out, "<div style=\"margin:6px 0 0;color:{RED}\">{}</div>", text(&words))?;
    }
    for left in &shop.probes.not_cleaned {
        writeln!(out, "<div style=\"margin:6px 0 0;color:{RED}\">Left in a cart: {}</div>", text(left))?;
    }
    touchpoints(shop, out)?;
    writeln!(out, "</div>")
}

fn touchpoints(shop: &ShopSummary, out: &mut dyn Write) -> io::Result<()> {
    let known = Touchpoint::ALL.into_iter().filter_map(|one| Some((one, shop.touchpoints.get(one.code())?)));
    let known: Vec<_> = known.filter(|(_, one)| one.known > 0).collect();
    if known.is_empty() {
        return Ok(());
    }
    let head = format!("style=\"padding:2px 18px 2px 0;text-align:start;color:{GREY};font-weight:normal\"");
    writeln!(out, "<table style=\"margin:10px 0 0;border-collapse:collapse;font-size:14px\">")?;
    let is_followed = known.iter().any(|(_, one)| one.changes() > 0);
    let lags = ["half of its changes follow after at least", "95% after at least"].into_iter().filter(|_| is_followed);
    let headings: String =
        ["", "true", "of items"].into_iter().chain(lags).map(|words| format!("<th {head}>{words}</th>")).collect();
    writeln!(out, "<tr>{headings}</tr>")?;
    for (touchpoint, one) in known {
        let lag = |seconds: Option<u64>| seconds.map(words::span).unwrap_or_default();
        let said = [touchpoint.code().to_owned(), words::share(one.true_now, one.known), one.known.to_string()];
        let lags = [lag(one.lag_p50), lag(one.lag_p95)].into_iter().filter(|_| is_followed);
        let cells: String = said
            .into_iter()
            .chain(lags)
            .map(|words| format!("<td style=\"padding:2px 18px 2px 0\">{words}</td>"))
            .collect();
        writeln!(out, "<tr>{cells}</tr>")?;
    }
    writeln!(out, "</table>")
}

const CARD: &str = "margin:0 0 10px;padding:14px 18px;background:#ffffff;border:1px solid #dde2e7;border-radius:8px";

fn item(one: &Judged, several_shops: bool, now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    let verdict = &one.judgement.verdict;
    let severity = one.severity.as_ref().map(|severity| format!(" · {}", severity.level.code())).unwrap_or_default();
    writeln!(out, "<div style=\"{CARD};border-inline-start:4px solid {RED}\">")?;
    writeln!(
        out,
        "<div style=\"color:{RED};font-size:13px;font-weight:600\">{}{severity}</div>",
        words::verdict(verdict)
    )?;
    let name = text(one.item.name.as_deref().unwrap_or(&one.key.0));
    let url = one.item.url.as_ref().filter(|url| matches!(url.scheme(), "http" | "https"));
    let name = match url {
        Some(url) => format!("<a href=\"{}\" style=\"color:#111a22\">{name}</a>", escape_attribute(url.as_str())),
        None => name,
    };
    writeln!(out, "<div style=\"font-size:17px;line-height:24px;font-weight:600\"><bdi>{name}</bdi></div>")?;
    let shop = if several_shops { Some(one.shop.as_str()) } else { None };
    let small: Vec<String> = [one.item.sku.as_deref(), one.item.brand.as_deref(), shop]
        .into_iter()
        .flatten()
        .map(|words| format!("<bdi>{}</bdi>", text(words)))
        .collect();
    writeln!(out, "<div style=\"color:{GREY};font-size:13px\">{}</div>", small.join(" · "))?;
    if one.journey.is_more_than_a_page() {
        way(one, out)?;
    }
    let promised = one.claim.as_ref().map(words::promise);
    let stock = one.fact.as_ref().map(|fact| format!("{} ({})", words::stock(fact), fact.source));
    let since = one.since.map(|since| match words::ago(since, now) {
        ago if ago == "now" => words::moment(since),
        ago => format!("{}, {ago} ago", words::moment(since)),
    });
    let cause = match (&one.journey.why, one.judgement.cause) {
        (Some(why), _) => Some(format!("{} ({}): {}", words::cause(why.cause), why.at, why.evidence)),
        (None, cause) => cause.map(|cause| words::cause(cause).to_owned()),
    };
    let facts = [("promised", promised), ("stock says", stock), ("wrong since", since), ("likely cause", cause)];
    for (label, said) in facts {
        if let Some(said) = said.filter(|said| !said.is_empty()) {
            writeln!(
                out,
                "<div><span style=\"color:{GREY};font-size:13px\">{label}:</span> <bdi>{}</bdi></div>",
                text(&said)
            )?;
        }
    }
    writeln!(
        out,
        "<div style=\"color:{GREY};font-size:12px\"><bdi>{}</bdi></div>\n</div>",
        text(&one.judgement.because)
    )
}

/// The customer's way as four stations.
fn way(one: &Judged, out: &mut dyn Write) -> io::Result<()> {
    let verdict = &one.judgement.verdict;
    writeln!(
        out,
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:8px 0 6px;border-collapse:collapse\"><tr>"
    )?;
    for (number, touchpoint) in Touchpoint::ALL.into_iter().enumerate() {
        if number > 0 {
            let line = "<div style=\"height:2px;line-height:2px;font-size:0;background:#c4ccd4\">&nbsp;</div>";
            writeln!(out, "<td width=\"36\" valign=\"top\" style=\"width:36px;padding:12px 0 0\">{line}</td>")?;
        }
        let places: Vec<&str> = one
            .journey
            .at(touchpoint)
            .filter(|step| step.judgement.verdict.is_mismatch())
            .filter_map(|step| step.place.as_deref())
            .collect();
        let places = if places.is_empty() {
            String::new()
        } else {
            format!("<div style=\"color:{RED};font-size:11px\"><bdi>{}</bdi></div>", text(&places.join(", ")))
        };
        writeln!(
            out,
            "<td align=\"center\" valign=\"top\" style=\"padding:0 4px;font-size:12px;line-height:16px\">{}<div>{}</div>{places}</td>",
            disc(one.journey.mark(touchpoint)),
            touchpoint.code()
        )?;
    }
    writeln!(out, "</tr></table>")?;
    match one.journey.comes_out(verdict).map(words::comes_out) {
        Some(words) => writeln!(out, "<div style=\"font-size:13px\">the truth comes out: <b>{words}</b></div>"),
        None => Ok(()),
    }
}

fn disc(mark: Mark) -> String {
    let colour = match mark {
        Mark::Untrue => RED,
        Mark::Both => AMBER,
        Mark::Agrees => GREEN,
        Mark::Unclear => GREY,
        Mark::Unseen => "#aab3bc",
    };
    format!(
        "<div style=\"width:26px;height:26px;margin:0 auto;border-radius:13px;background:{colour};color:#ffffff;\
         font-weight:600;line-height:26px;text-align:center\">{}</div>",
        mark.sign()
    )
}

fn legend(out: &mut dyn Write) -> io::Result<()> {
    let meanings = [
        (Mark::Agrees, "tells the truth"),
        (Mark::Untrue, "does not"),
        (Mark::Both, "says both"),
        (Mark::Unclear, "could not be told"),
        (Mark::Unseen, "not looked at"),
    ];
    let words = meanings.map(|(mark, meaning)| format!("{} {meaning}", mark.sign()));
    writeln!(out, "<p style=\"color:{GREY};font-size:12px\">{}</p>", words.join(" · "))
}

fn text(text: &str) -> String {
    escape_text(plain::one_line(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, Look, samples};

    #[test]
    fn the_page_shows_the_way_and_what_shares_a_cause() {
        insta::assert_snapshot!(samples::told(Format::Html));
    }

    #[test]
    fn a_products_name_stays_text() {
        let text = samples::hostile(Format::Html, "</bdi><script>alert(1)</script>", "javascript:alert(1)");
        assert!(!text.contains("<script") && !text.contains("javascript:"), "{text}");
    }

    #[test]
    fn a_run_without_anything_wrong_is_short() {
        let text = samples::written(Format::Html, 0, Look::default());
        assert!(!text.contains("What is wrong") && text.ends_with("</html>\n"), "{text}");
    }
}
