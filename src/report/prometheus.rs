//! A run in numbers, in Prometheus' text format
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>), for its textfile collector: names,
//! base units and labels as <https://prometheus.io/docs/practices/naming/> wants them. What could not be told has no
//! sample.

use std::io::{self, Write};

use crate::domain::{Cause, Judged, LookReason, ShopSummary, Summary, Touchpoint, TouchpointSummary};

use super::ReportError;

pub(super) fn write<E>(
    _rows: &mut dyn Iterator<Item = Result<Judged, E>>,
    summary: &Summary,
    out: &mut dyn Write,
) -> Result<(), ReportError<E>> {
    of_run(summary, out)?;
    for family in SHOP {
        family.write(summary, out)?;
    }
    Ok(())
}

fn of_run(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let took = summary.finished_at.duration_since(summary.started_at).as_secs_f64();
    let numbers = [
        ("run_timestamp_seconds", "When the last run ended.", summary.finished_at.as_second() as f64),
        ("run_duration_seconds", "How long it took.", took),
        ("run_interrupted", "Whether it was cut short.", f64::from(u8::from(summary.interrupted))),
        ("notices_pending", "Notices that wait for another attempt.", summary.notices_pending as f64),
        ("notices_dead", "Notices that were given up.", summary.notices_dead as f64),
    ];
    for (name, help, value) in numbers {
        head(name, help, "gauge", out)?;
        writeln!(out, "stocktruth_{name} {value}")?;
    }
    Ok(())
}

/// A sample: what is appended to the family's name, its labels beside the shop's, and its value.
type Sample = (&'static str, Vec<(&'static str, String)>, f64);

/// Samples of one name, shop by shop.
struct Family {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    samples: fn(&ShopSummary) -> Vec<Sample>,
}

const SHOP: &[Family] = &[
    gauge("shop_up", "Whether the shop could be checked.", |shop| one(if shop.failed.is_none() { 1 } else { 0 })),
    gauge("feed_up", "Whether a feed could be read to its end.", |shop| {
        shop.feeds.iter().map(|feed| up("feed", &feed.name, &feed.failed)).collect()
    }),
    gauge("listing_up", "Whether anything of a listing could be read.", |shop| {
        shop.listings.iter().map(|listing| up("listing", &listing.name, &listing.failed)).collect()
    }),
    gauge("items", "Items in scope.", |shop| one(shop.items)),
    gauge("item_verdicts", "Items by verdict.", |shop| {
        shop.verdicts.iter().map(|(code, number)| by(&[("verdict", code)], *number)).collect()
    }),
    gauge("item_unverified", "Items that could not be checked, by reason.", |shop| {
        shop.unverified.iter().map(|(code, number)| by(&[("reason", code)], *number)).collect()
    }),
    gauge("incidents_opened", "Incidents that opened in the last run.", |shop| one(shop.opened)),
    gauge("incidents_resolved", "Incidents that were resolved in the last run.", |shop| one(shop.resolved)),
    gauge("incidents_suspected", "Mismatches still within grace.", |shop| one(shop.suspected)),
    gauge("cause_incidents", "What is wrong, by likely cause.", |shop| {
        Cause::ALL
            .into_iter()
            .filter_map(|cause| {
                let number: u64 = shop.causes.iter().filter(|one| one.cause == cause).map(|one| one.incidents).sum();
                (number > 0).then(|| by(&[("cause", cause.code())], number))
            })
            .collect()
    }),
    gauge("touchpoint_items", "Items of which it is known whether a touchpoint tells the truth.", |shop| {
        touchpoints(shop, |one| Some(one.known as f64))
    }),
    gauge("touchpoint_truth_ratio", "The share of them of which it does, from 0 to 1.", |shop| {
        touchpoints(shop, |one| (one.known > 0).then(|| one.true_now as f64 / one.known as f64))
    }),
    Family {
        name: "touchpoint_lag_seconds",
        help: "How long a touchpoint takes to follow a change of stock.",
        kind: "summary",
        samples: lags,
    },
    gauge("pages", "Pages that the items in scope are on.", |shop| one(shop.plan.pages)),
    gauge("pages_looked", "Pages looked at in the last run, by reason.", |shop| {
        LookReason::ALL
            .into_iter()
            .filter_map(|reason| {
                let pages = *shop.plan.looked.get(reason.code())?;
                Some(by(&[("reason", reason.code())], pages))
            })
            .collect()
    }),
    gauge("pages_unchanged", "Pages that were as they had been, so that they were not read again.", |shop| {
        one(shop.plan.unchanged)
    }),
    gauge("pages_left", "Pages that the budget left out.", |shop| one(shop.plan.left)),
    gauge("pages_overdue", "Pages not looked at within audit_within.", |shop| one(shop.plan.overdue)),
    gauge("cart_probes", "Items put into a cart in the last run, by what came of it.", |shop| {
        let probes = &shop.probes;
        let all = [("accepted", probes.accepted), ("refused", probes.refused), ("failed", probes.failed)];
        if probes.asked == 0 { vec![] } else { all.map(|(result, number)| by(&[("result", result)], number)).into() }
    }),
    gauge("cart_probes_not_cleaned", "Items that may still lie in a cart.", |shop| {
        if shop.probes.asked == 0 { vec![] } else { one(shop.probes.not_cleaned.len() as u64) }
    }),
    gauge("targets_missed", "Targets of the configuration that were missed.", |shop| {
        let missed = shop.targets_missed.iter();
        missed.map(|one| by(&[("touchpoint", &one.touchpoint), ("target", &one.target)], 1)).collect()
    }),
    gauge("shop_requests", "Requests of the last run to the shop.", |shop| one(shop.page_requests)),
    gauge("stock_requests", "Requests of the last run to its stock sources.", |shop| one(shop.stock_requests())),
];

const fn gauge(name: &'static str, help: &'static str, samples: fn(&ShopSummary) -> Vec<Sample>) -> Family {
    Family { name, help, kind: "gauge", samples }
}

fn one(number: u64) -> Vec<Sample> {
    vec![by(&[], number)]
}

fn by(labels: &[(&'static str, &str)], number: u64) -> Sample {
    ("", labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(), number as f64)
}

fn up(what: &'static str, name: &str, failed: &Option<String>) -> Sample {
    by(&[(what, name)], u64::from(failed.is_none()))
}

fn touchpoints(shop: &ShopSummary, value: fn(&TouchpointSummary) -> Option<f64>) -> Vec<Sample> {
    let known = Touchpoint::ALL.into_iter().filter_map(|one| Some((one.code(), shop.touchpoints.get(one.code())?)));
    known.filter_map(|(code, one)| Some(("", vec![("touchpoint", code.to_owned())], value(one)?))).collect()
}

fn lags(shop: &ShopSummary) -> Vec<Sample> {
    let mut samples = Vec::new();
    for touchpoint in Touchpoint::ALL {
        let code = touchpoint.code();
        let Some(one) = shop.touchpoints.get(code).filter(|one| one.changes() > 0) else { continue };
        let label = || ("touchpoint", code.to_owned());
        for (quantile, seconds) in [("0.5", one.lag_p50), ("0.95", one.lag_p95)] {
            samples.extend(seconds.map(|value| ("", vec![label(), ("quantile", quantile.to_owned())], value as f64)));
        }
        samples.push(("_count", vec![label()], one.changes() as f64));
    }
    samples
}

impl Family {
    fn write(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let samples: Vec<(&str, Vec<Sample>)> =
            summary.shops.iter().map(|shop| (shop.shop.as_str(), (self.samples)(shop))).collect();
        if samples.iter().all(|(_, samples)| samples.is_empty()) {
            return Ok(());
        }
        head(self.name, self.help, self.kind, out)?;
        for (shop, (suffix, labels, value)) in
            samples.into_iter().flat_map(|(shop, all)| all.into_iter().map(move |one| (shop, one)))
        {
            write!(out, "stocktruth_{}{suffix}{{shop=\"{}\"", self.name, escaped(shop))?;
            for (name, value) in labels {
                write!(out, ",{name}=\"{}\"", escaped(&value))?;
            }
            writeln!(out, "}} {value}")?;
        }
        Ok(())
    }
}

fn head(name: &str, help: &str, kind: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# HELP stocktruth_{name} {help}\n# TYPE stocktruth_{name} {kind}")
}

fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::*;
    use crate::domain::{FeedSummary, ListingSummary};
    use crate::report::samples;

    fn written(summary: &Summary) -> String {
        let mut out = Vec::new();
        let mut rows = std::iter::empty::<Result<Judged, std::fmt::Error>>();
        write(&mut rows, summary, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    fn summary() -> Summary {
        let mut summary = samples::summary();
        samples::promises(&mut summary.shops[0]);
        for (name, failed) in [("google", None), ("bing", Some("404".to_owned()))] {
            let (name, listing) = (name.to_owned(), format!("found by {name}"));
            summary.shops[0].feeds.push(FeedSummary { name, failed: failed.clone(), ..FeedSummary::default() });
            let listing = ListingSummary { name: listing, failed, ..ListingSummary::default() };
            summary.shops[0].listings.push(listing);
        }
        let mut failed = ShopSummary { shop: "a \"b\"\\\n".into(), ..ShopSummary::default() };
        failed.failed = Some("no stock".into());
        summary.shops.push(failed);
        summary
    }

    /// Reads the format by its own rules, and as strictly: every name has its help and its type before it, once, its
    /// samples together, and no sample twice.
    fn parse(text: &str) -> BTreeSet<String> {
        let sample = r#"^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (-?[0-9.]+(?:e-?[0-9]+)?)$"#;
        let sample = Regex::new(sample).expect("a pattern");
        let (mut seen, mut families, mut series) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut family = (String::new(), String::new());
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').expect("a name and words");
                assert!(families.insert(name.to_owned()) && words.ends_with('.'), "{line}");
                family = (name.to_owned(), String::new());
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a name and a type");
                assert!(name == family.0 && ["gauge", "summary"].contains(&kind), "{line}");
                family.1 = kind.to_owned();
            } else {
                let found = sample.captures(line).unwrap_or_else(|| panic!("no sample: {line}"));
                let base = found[1].strip_suffix("_count").unwrap_or(&found[1]);
                assert!(found[1] == family.0 || (base == family.0 && family.1 == "summary"), "{line}");
                let labels = found.get(2).map_or("", |labels| labels.as_str());
                assert!(family.1 == "summary" || !labels.contains("quantile="), "{line}");
                assert!(series.insert(format!("{}{labels}", &found[1])), "twice: {line}");
                seen.insert(found[1].to_owned());
            }
        }
        seen
    }

    #[test]
    fn it_parses_whatever_a_shop_is_called() {
        let text = written(&summary());
        let seen = parse(&text);
        for name in
            ["touchpoint_truth_ratio", "touchpoint_lag_seconds", "pages_looked", "cart_probes", "targets_missed"]
        {
            assert!(seen.contains(&format!("stocktruth_{name}")), "{name} is missing in {text}");
        }
        parse(&written(&Summary::default()));
    }

    #[test]
    fn the_numbers_are_those_of_the_run() {
        let mut summary = summary();
        summary.shops.truncate(1);
        insta::assert_snapshot!(written(&summary));
    }
}
