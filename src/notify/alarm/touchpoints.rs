//! Notices to operations of touchpoints: targets that are missed, feeds and listings that cannot be read, and what the check
//! could not take out of a cart again.

use jiff::Timestamp;

use super::super::Options;
use super::super::compose::ComposeError;
use super::super::message::AlarmRow;
use super::super::rows::Reader;
use super::super::way;
use super::super::words::{Of, shorten};
use super::{QUOTED, Said, short, to_operations};
use crate::domain::plain::one_line;
use crate::domain::{Notice, TargetMissed, Touchpoint, TouchpointSummary};

/// A target of a shop that one of its touchpoints misses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The shop.
    pub shop: String,
    /// The target.
    pub target: TargetMissed,
    /// How the touchpoint keeps its promises.
    pub summary: TouchpointSummary,
    /// Since when that is known.
    pub since: Timestamp,
}

/// Writes to whoever runs the shops that touchpoints miss their targets; to whom otherwise as for [`alarm`](super::alarm).
/// `None`: there is nothing to be said, or nobody takes it.
///
/// # Errors
/// If the time zone, the sender or the address cannot be used.
pub fn unmet(
    options: &Options,
    unmet: &[Unmet],
    refused: &[String],
    run: i64,
    now: Timestamp,
) -> Result<Option<Notice>, ComposeError> {
    let Some(first) = unmet.first() else { return Ok(None) };
    to_operations(options, refused, run, now, |reader| {
        let say = |key: &str, fills: &[(&str, &str)]| reader.words.say(Of::Alarm, key, fills);
        let subject = match unmet {
            [_] => say("target_subject_one", &[("shop", &short(&first.shop))]),
            _ => say("target_subject_many", &[("count", &reader.words.whole(unmet.len() as u64))]),
        };
        Said {
            subject,
            heading: say("target_heading", &[]),
            alarms: unmet.iter().map(|one| unmet_row(one, reader)).collect(),
            notes: vec![say("target_help", &[])],
            command: Some("stocktruth incidents"),
            is_of_a_run: true,
        }
    })
}

fn unmet_row(unmet: &Unmet, reader: Reader<'_>) -> AlarmRow {
    let (words, summary) = (reader.words, &unmet.summary);
    let wanted = ("wanted", unmet.target.wanted.as_str());
    let number = |number: u64| words.whole(number);
    let says = match (unmet.target.target.as_str(), summary.lag_p95) {
        ("lag_p95", Some(lag)) => {
            let fills = [("lag", words.age(lag)), ("count", number(summary.changes()))];
            words.say(Of::Alarm, "target_lag", &[(fills[0].0, &fills[0].1), (fills[1].0, &fills[1].1), wanted])
        }
        _ => {
            let (known, true_now) = (number(summary.known), number(summary.true_now));
            words.say(Of::Alarm, "target_truth", &[("true", &true_now), ("known", &known), wanted])
        }
    };
    AlarmRow {
        shop: short(&unmet.shop),
        source: words.say(Of::Touchpoint, &unmet.target.touchpoint, &[]),
        since: reader.moment(unmet.since),
        says,
    }
}

/// What keeps the check from doing all it should at one of a shop's touchpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// The shop.
    pub shop: String,
    /// The touchpoint. `None`: the shop as a whole, or its catalogue.
    pub touchpoint: Option<Touchpoint>,
    /// The name of the feed or listing.
    pub place: Option<String>,
    /// What it is.
    pub what: Hindered,
    /// Since when that is known.
    pub since: Timestamp,
}

/// What hinders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindered {
    /// It cannot be read: what happened and what to do.
    Unread(String),
    /// What was put into a cart may still lie there: the item, what remains and what to do.
    LeftInCart(String),
}

/// Writes to whoever runs the shops what could not be checked as it should; to whom otherwise as for [`alarm`](super::alarm).
/// `None`: there is nothing to be said, or nobody takes it.
///
/// # Errors
/// If the time zone, the sender or the address cannot be used.
pub fn hindered(
    options: &Options,
    hindrances: &[Hindrance],
    refused: &[String],
    run: i64,
    now: Timestamp,
) -> Result<Option<Notice>, ComposeError> {
    let Some(first) = hindrances.first() else { return Ok(None) };
    to_operations(options, refused, run, now, |reader| {
        let say = |key: &str, fills: &[(&str, &str)]| reader.words.say(Of::Alarm, key, fills);
        // What lies in a cart is no lack of sight, and no attempt to connect takes it out.
        let only_left = hindrances.iter().all(|one| matches!(one.what, Hindered::LeftInCart(_)));
        let kind = if only_left { "left" } else { "hindered" };
        let subject = match hindrances {
            [_] => {
                say(&format!("{kind}_subject_one"), &[("shop", &short(&first.shop)), ("place", &place(first, reader))])
            }
            _ => say(&format!("{kind}_subject_many"), &[("count", &reader.words.whole(hindrances.len() as u64))]),
        };
        Said {
            subject,
            heading: say(&format!("{kind}_heading"), &[]),
            alarms: hindrances.iter().map(|one| hindered_row(one, reader)).collect(),
            notes: if only_left { vec![] } else { vec![say("hindered_help", &[])] },
            command: (!only_left).then_some("stocktruth validate --connect"),
            is_of_a_run: true,
        }
    })
}

fn place(hindrance: &Hindrance, reader: Reader<'_>) -> String {
    match hindrance.touchpoint {
        Some(touchpoint) => way::touchpoint(touchpoint, hindrance.place.as_deref(), reader.words),
        None => reader.words.say(Of::Alarm, "hindered_shop", &[]),
    }
}

fn hindered_row(hindrance: &Hindrance, reader: Reader<'_>) -> AlarmRow {
    let words = reader.words;
    let (key, name, what) = match &hindrance.what {
        Hindered::Unread(why) => ("broken", "why", why),
        Hindered::LeftInCart(what) => ("hindered_left", "what", what),
    };
    AlarmRow {
        shop: short(&hindrance.shop),
        source: place(hindrance, reader),
        since: reader.moment(hindrance.since),
        says: words.say(Of::Alarm, key, &[(name, &words.isolate(&shorten(&one_line(what), QUOTED)))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::open;
    use crate::notify::samples::{at, options};

    fn now() -> Timestamp {
        at("2026-11-22T12:00:00Z")
    }

    #[test]
    fn a_target_that_is_missed_is_told_from_how_many() {
        let target = |target: &str, wanted: &str| TargetMissed {
            touchpoint: "page".to_owned(),
            target: target.to_owned(),
            wanted: wanted.to_owned(),
            was: String::new(),
        };
        let summary = TouchpointSummary {
            known: 2_000,
            true_now: 1_900,
            followed: 7,
            lag_p95: Some(3_600),
            ..Default::default()
        };
        let one = |target| Unmet { shop: "toys".to_owned(), target, summary: summary.clone(), since: now() };
        let all = [one(target("truth_rate", "99.5%")), one(target("lag_p95", "15m"))];
        let notice = unmet(&options(), &all, &[], 7, now()).unwrap().unwrap();
        let text = open(&notice.message).unwrap().text;
        assert!(text.contains("1,900 of 2,000 items") && text.contains("99.5%"), "{text}");
        assert!(text.contains("60 minutes") && text.contains("of 7") && text.contains("15m"), "{text}");
        assert!(unmet(&options(), &all[..1], &[], 7, now()).unwrap().unwrap().subject.contains("toys"));
        assert_eq!(unmet(&options(), &[], &[], 7, now()).unwrap(), None);
    }

    #[test]
    fn what_hinders_the_check_is_told_with_its_place() {
        let one = |touchpoint, place: Option<&str>, what| Hindrance {
            shop: "toys".to_owned(),
            touchpoint: Some(touchpoint),
            place: place.map(str::to_owned),
            what,
            since: now(),
        };
        let unread = Hindered::Unread("HTTP 404 from https://toys.example/purim".to_owned());
        let left = Hindered::LeftInCart("A-1: 1 unit; empty it by hand".to_owned());
        let all = [one(Touchpoint::Listing, Some("Purim"), unread), one(Touchpoint::Cart, None, left)];
        let notice = hindered(&options(), &all[..1], &[], 7, now()).unwrap().unwrap();
        assert_eq!(notice.subject, "toys: Listing “Purim” could not be checked as it should");
        let notice = hindered(&options(), &all, &[], 7, now()).unwrap().unwrap();
        let text = open(&notice.message).unwrap().text;
        for said in ["HTTP 404", "A-1: 1 unit; empty it by hand", "Listing “Purim”", "stocktruth validate --connect"]
        {
            assert!(text.contains(said), "{said}: {text}");
        }
        let notice = hindered(&options(), &all[1..], &[], 7, now()).unwrap().unwrap();
        assert_eq!(notice.subject, "toys: something was left in a cart");
        let text = open(&notice.message).unwrap().text;
        assert!(
            text.contains("A-1: 1 unit") && !text.contains("cannot be read") && !text.contains("validate"),
            "{text}"
        );
        let whole = Hindrance { touchpoint: None, place: None, ..all[0].clone() };
        let notice = hindered(&options(), &[whole], &[], 7, now()).unwrap().unwrap();
        assert_eq!(notice.subject, "toys: the whole shop could not be checked as it should");
        assert_eq!(hindered(&options(), &[], &[], 7, now()).unwrap(), None);
    }
}
