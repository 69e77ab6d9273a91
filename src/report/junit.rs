//! Every item as a test case in JUnit XML, as build servers read it
//! (<https://github.com/testmoapp/junitxml>): a suite for each shop, a failure for what is wrong, skipped what could not be
//! checked. Each feed and listing is a case as well, an error where it could not be read.

use std::io::{self, Write};

use quick_xml::escape::escape;

use crate::domain::{Judged, ShopSummary, Summary, Verdict, plain};

use super::rows::reason;
use super::{Look, ReportError, way, words};

pub(super) fn write<E>(
    rows: &mut dyn Iterator<Item = Result<Judged, E>>,
    summary: &Summary,
    out: &mut dyn Write,
) -> Result<(), ReportError<E>> {
    let all = |of: fn(&ShopSummary) -> u64| summary.shops.iter().map(of).sum::<u64>();
    let took = summary.finished_at.duration_since(summary.started_at).as_secs_f64();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"stocktruth\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{took:.3}\">",
        all(judged) + all(others),
        all(ShopSummary::mismatches),
        all(failed)
    )?;
    // The items come shop by shop.
    let mut rows = rows.peekable();
    for shop in &summary.shops {
        begin(shop, summary, out)?;
        while let Some(row) = rows.next_if(|row| row.as_ref().map_or(true, |one| one.shop == shop.shop)) {
            case(&row.map_err(ReportError::Row)?, out)?;
        }
        writeln!(out, "</testsuite>")?;
    }
    writeln!(out, "</testsuites>")?;
    Ok(())
}

fn judged(shop: &ShopSummary) -> u64 {
    shop.verdicts.values().sum()
}

/// What is no item, and what was in its way: the shop itself where it could not be checked, its feeds and its listings.
fn read(shop: &ShopSummary) -> impl Iterator<Item = (String, Option<&str>)> {
    let whole = shop.failed.as_deref().map(|why| ("the shop".to_owned(), Some(why)));
    let feeds = shop.feeds.iter().map(|feed| (format!("feed {}", feed.name), feed.failed.as_deref()));
    let listings = shop.listings.iter();
    let listings = listings.map(|listing| (format!("listing {}", listing.name), listing.failed.as_deref()));
    whole.into_iter().chain(feeds).chain(listings)
}

fn others(shop: &ShopSummary) -> u64 {
    read(shop).count() as u64
}

fn failed(shop: &ShopSummary) -> u64 {
    read(shop).filter(|(_, failed)| failed.is_some()).count() as u64
}

fn begin(shop: &ShopSummary, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\">",
        text(&shop.shop),
        judged(shop) + others(shop),
        shop.mismatches(),
        failed(shop),
        shop.count("unverified"),
        summary.started_at.strftime("%Y-%m-%dT%H:%M:%S")
    )?;
    for (name, failed) in read(shop) {
        write!(out, "<testcase name=\"{}\" classname=\"{}\"", text(&name), text(&shop.shop))?;
        match failed {
            Some(why) => writeln!(out, "><error message=\"{}\"/></testcase>", text(why))?,
            None => writeln!(out, "/>")?,
        }
    }
    Ok(())
}

fn case(one: &Judged, out: &mut dyn Write) -> io::Result<()> {
    let name = match &one.item.name {
        Some(name) => format!("{} {name}", one.key),
        None => one.key.to_string(),
    };
    write!(out, "<testcase name=\"{}\" classname=\"{}\"", text(&name), text(&one.shop))?;
    match &one.judgement.verdict {
        Verdict::Agrees => writeln!(out, "/>"),
        verdict @ Verdict::Unverified(_) => {
            let why = reason(verdict).map(words::reason).unwrap_or_default();
            writeln!(out, "><skipped message=\"{}\"/></testcase>", text(why))
        }
        verdict => {
            let (message, kind) = (words::verdict(verdict), verdict.code());
            writeln!(out, "><failure message=\"{}\" type=\"{kind}\">{}</failure></testcase>", text(message), body(one))
        }
    }
}

/// What is said of a failure, line by line.
fn body(one: &Judged) -> String {
    let journey = &one.journey;
    let way = journey.is_more_than_a_page().then(|| way::line(journey, &one.judgement.verdict, Look::default()));
    let why =
        journey.why.as_ref().map(|why| format!("cause: {} ({}): {}", words::cause(why.cause), why.at, why.evidence));
    let steps = journey.steps.iter().filter(|_| way.is_some());
    let steps = steps.map(|step| format!("{}: {}", step.at(), step.judgement.because));
    let url = one.item.url.as_ref().map(ToString::to_string);
    let lines =
        [Some(one.judgement.because.clone()), way.clone()].into_iter().flatten().chain(steps).chain(why).chain(url);
    lines.map(|line| text(&line)).collect::<Vec<_>>().join("\n")
}

/// Text that no markup begins in and that XML allows (<https://www.w3.org/TR/xml/#charsets>).
fn text(text: &str) -> String {
    let known = plain::harmless(text).replace(['\u{fffe}', '\u{ffff}'], "");
    escape(known.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use quick_xml::events::Event;

    use crate::domain::{FeedSummary, Judged, ListingSummary};
    use crate::report::{Format, Look, samples};

    #[test]
    fn it_is_xml_with_a_case_for_every_item() {
        let text = samples::written(Format::Junit, 7, Look::default());
        let mut reader = quick_xml::Reader::from_str(&text);
        let (mut cases, mut failures, mut skipped, mut depth) = (0, 0, 0, 0);
        loop {
            match reader.read_event().expect("XML") {
                Event::Start(tag) => {
                    depth += 1;
                    cases += usize::from(tag.name().as_ref() == "testcase");
                    failures += usize::from(tag.name().as_ref() == "failure");
                }
                Event::Empty(tag) => {
                    cases += usize::from(tag.name().as_ref() == "testcase");
                    skipped += usize::from(tag.name().as_ref() == "skipped");
                }
                Event::End(_) => depth -= 1,
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!((cases, failures, skipped, depth), (7, 5, 2, 0), "{text}");
        assert!(text.contains(r#"tests="7" failures="5" errors="0" skipped="2""#), "{text}");
    }

    #[test]
    fn what_could_not_be_read_is_an_error() {
        let mut summary = samples::summary();
        let shop = &mut summary.shops[0];
        let feed = |name: &str, failed: Option<&str>| FeedSummary {
            name: name.into(),
            failed: failed.map(Into::into),
            ..FeedSummary::default()
        };
        shop.feeds = vec![feed("google", None), feed("bing", Some("it answered <404>"))];
        shop.listings = vec![ListingSummary {
            name: "Purim".into(),
            failed: Some("nothing came".into()),
            ..ListingSummary::default()
        }];
        let (mut out, cases) = (Vec::new(), super::judged(shop) + 3);
        super::write(&mut std::iter::empty::<Result<Judged, std::fmt::Error>>(), &summary, &mut out).expect("a Vec");
        let told = String::from_utf8(out).expect("UTF-8");
        for part in [
            &format!(r#"<testsuite name="demo" tests="{cases}""#),
            r#" errors="2" "#,
            r#"<testcase name="feed google" classname="demo"/>"#,
            r#"<testcase name="feed bing" classname="demo"><error message="it answered &lt;404&gt;"/></testcase>"#,
            r#"<testcase name="listing Purim" classname="demo"><error message="nothing came"/></testcase>"#,
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn a_failure_tells_the_way() {
        insta::assert_snapshot!(samples::told(Format::Junit));
    }

    #[test]
    fn hostile_names_stay_text() {
        let mut row = samples::rows().remove(0);
        row.item.name = Some("</testcase><x a=\"\u{1}\u{ffff}&\">".into());
        assert_eq!(
            super::text(row.item.name.as_deref().expect("a name")),
            "&lt;/testcase&gt;&lt;x a=&quot;&amp;&quot;&gt;"
        );
    }
}
