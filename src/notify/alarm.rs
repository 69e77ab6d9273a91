//! Notices to operations: stock sources that are not believed, so that nobody is accused by them; runs that did not
//! happen or did nothing; and a test of the way itself. What touchpoints are about is in [`touchpoints`].

mod touchpoints;

use std::time::Duration;

use jiff::Timestamp;

pub use touchpoints::{Hindered, Hindrance, Unmet, hindered, unmet};

use super::compose::{self, ComposeError, Consignment, Press};
use super::digest::{blank, zone};
use super::message::{AlarmRow, Message, MessageKind};
use super::rows::Reader;
use super::words::{Languages, Of, Words, shorten};
use super::{Channel, Options, Recipient};
use crate::domain::plain::one_line;
use crate::domain::{Doubt, Doubted, Notice};

/// Most characters of what a source said of itself.
const QUOTED: usize = 500;

/// Writes the notice to whoever runs the shops; where they are among the `refused` (by their keys), who lately would not
/// take any, to the fallback. One, however many sources there are; the store knows that it was told. `None`: there is
/// nothing to be said, or nobody takes it.
///
/// # Errors
/// If the time zone, the sender or the address cannot be used.
pub fn alarm(
    options: &Options,
    doubted: &[Doubted],
    refused: &[String],
    run: i64,
    now: Timestamp,
) -> Result<Option<Notice>, ComposeError> {
    let Some(first) = doubted.first() else { return Ok(None) };
    to_operations(options, refused, run, now, |reader| {
        let say = |key: &str, fills: &[(&str, &str)]| reader.words.say(Of::Alarm, key, fills);
        let (source, shop) = (short(&first.source), short(&first.shop));
        let count = reader.words.whole(doubted.len() as u64);
        // What became wrong at once is no stock source, but what was found with all of them.
        let jumps = doubted.iter().filter(|one| matches!(one.doubt, Doubt::Jumped { .. })).count();
        let only_jumps = jumps == doubted.len();
        // Of what nobody could read nobody can accept anything.
        let only_broken = doubted.iter().all(|one| matches!(one.doubt, Doubt::Broken { .. }));
        let (kind, notes, command): (_, &[&str], _) = match (only_jumps, only_broken) {
            (true, _) => ("jumped_", &["jumped_accept"], "stocktruth check --accept-stock"),
            (_, true) => ("broken_", &["lifts", "hindered_help"], "stocktruth validate --connect"),
            _ => ("", &["lifts", "accept"], "stocktruth check --accept-stock"),
        };
        let subject = match doubted {
            [_] => say(&format!("{kind}subject_one"), &[("source", &source), ("shop", &shop)]),
            _ => say(&format!("{kind}subject_many"), &[("count", &count)]),
        };
        Said {
            subject,
            heading: say(&format!("{kind}heading"), &[]),
            alarms: doubted.iter().map(|one| row(one, reader)).collect(),
            notes: notes.iter().map(|key| say(key, &[])).collect(),
            command: Some(command),
            is_of_a_run: true,
        }
    })
}

/// What a run should have done and did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// No run has finished since then (`None`: ever), though one was expected after so long.
    NoRun {
        /// When the last one finished.
        since: Option<Timestamp>,
        /// The longest time that may pass between two.
        allowed: Duration,
    },
    /// The last run checked not a single item.
    NothingChecked {
        /// Its number.
        run: i64,
    },
    /// It is over: this run checked something again.
    Over {
        /// Its number.
        run: i64,
        /// When it finished.
        at: Timestamp,
    },
}

/// Writes to whoever runs the shops that nothing is being checked; to whom otherwise as for [`alarm`].
///
/// # Errors
/// If the time zone, the sender or the address cannot be used.
pub fn missed(
    options: &Options,
    missed: Missed,
    refused: &[String],
    run: i64,
    now: Timestamp,
) -> Result<Option<Notice>, ComposeError> {
    to_operations(options, refused, run, now, |reader| {
        let words = reader.words;
        let say = |key: &str, fills: &[(&str, &str)]| words.say(Of::Alarm, key, fills);
        let (subject, heading) = match missed {
            Missed::NoRun { since: Some(since), allowed } => {
                let age = u64::try_from(now.duration_since(since).as_secs()).unwrap_or_default();
                let (age, allowed) = (words.age(age), words.age(allowed.as_secs()));
                let heading = say("missed", &[("age", &age), ("allowed", &allowed)]);
                (say("missed_subject", &[("time", &reader.time(since))]), heading)
            }
            Missed::NoRun { since: None, .. } => (say("missed_never", &[]), say("missed_never", &[])),
            Missed::NothingChecked { run } => (say("idle_subject", &[]), say("idle", &[("run", &run.to_string())])),
            Missed::Over { run, at } => {
                let fills = [("run", run.to_string()), ("time", reader.time(at))];
                let heading = say("over", &[(fills[0].0, &fills[0].1), (fills[1].0, &fills[1].1)]);
                (say("over_subject", &[]), heading)
            }
        };
        let is_over = matches!(missed, Missed::Over { .. });
        let notes = if is_over { vec![] } else { vec![say("missed_help", &[])] };
        let command = (!is_over).then_some("stocktruth check");
        Said { subject, heading, alarms: vec![], notes, command, is_of_a_run: false }
    })
}

/// Writes a notice that says only that it arrived.
///
/// # Errors
/// If the time zone, the sender or the address cannot be used.
pub fn trial(options: &Options, recipient: &Recipient, now: Timestamp) -> Result<Option<Notice>, ComposeError> {
    finish(options, recipient, 0, now, |reader| {
        let say = |key: &str| reader.words.say(Of::Alarm, key, &[]);
        Said {
            subject: say("test_subject"),
            heading: say("test"),
            alarms: vec![],
            notes: vec![],
            command: None,
            is_of_a_run: false,
        }
    })
}

/// What is said, beside what every message has.
struct Said {
    subject: String,
    heading: String,
    alarms: Vec<AlarmRow>,
    notes: Vec<String>,
    command: Option<&'static str>,
    is_of_a_run: bool,
}

fn to_operations(
    options: &Options,
    refused: &[String],
    run: i64,
    now: Timestamp,
    say: impl FnOnce(Reader<'_>) -> Said,
) -> Result<Option<Notice>, ComposeError> {
    let takes = |recipient: &&Recipient| {
        let has_a_way = options.mail.is_some() || recipient.email().is_none();
        has_a_way && !refused.contains(&recipient.key())
    };
    match options.operations().chain(options.fallback()).find(takes) {
        Some(recipient) => finish(options, recipient, run, now, say),
        None => Ok(None),
    }
}

fn finish(
    options: &Options,
    recipient: &Recipient,
    run: i64,
    now: Timestamp,
    say: impl FnOnce(Reader<'_>) -> Said,
) -> Result<Option<Notice>, ComposeError> {
    let zone = zone(recipient)?;
    let words = Languages::load().map_err(ComposeError::Words)?.of(&recipient.language);
    let reader = Reader { words, zone: &zone, now };
    let said = say(reader);
    let blank = blank(recipient, reader, run);
    let message = Message {
        kind: MessageKind::Alarm,
        subject: one_line(&said.subject),
        heading: said.heading,
        alarms: said.alarms,
        notes: said.notes,
        command: said.command.map(str::to_owned),
        times: if said.is_of_a_run { blank.times.clone() } else { String::new() },
        ..blank
    };
    let with = Consignment { tells: Vec::new(), thread: None, run, now };
    let Channel::Mail { .. } = recipient.channel else {
        return Ok(Some(compose::post(&message, recipient, with)));
    };
    let press = Press::new(options)?;
    let Some(letter) = press.letter(&message, None, None) else { return Ok(None) };
    press.mail(&letter?, recipient, with).transpose()
}

fn short(text: &str) -> String {
    shorten(&one_line(text), 80)
}

fn row(doubted: &Doubted, reader: Reader<'_>) -> AlarmRow {
    AlarmRow {
        shop: short(&doubted.shop),
        source: match doubted.doubt {
            Doubt::Jumped { .. } => reader.words.say(Of::Alarm, "mismatches", &[]),
            _ => short(&doubted.source),
        },
        since: reader.moment(doubted.since),
        says: says(&doubted.doubt, reader.words, reader),
    }
}

fn says(doubt: &Doubt, words: &Words, reader: Reader<'_>) -> String {
    let says = |key: &str, fills: &[(&str, &str)]| words.say(Of::Alarm, key, fills);
    let number = |number: &u64| words.whole(*number);
    let foreign = |text: &str| words.isolate(&shorten(&one_line(text), QUOTED));
    match doubt {
        Doubt::Broken { why } => says("broken", &[("why", &foreign(why))]),
        Doubt::Empty { asked } => says("empty", &[("asked", &number(asked))]),
        Doubt::Stale { newest, max_age } => {
            says("stale", &[("newest", &reader.time(*newest)), ("max_age", &words.age(*max_age))])
        }
        Doubt::Shrunk { before, now } => says("shrunk", &[("before", &number(before)), ("now", &number(now))]),
        Doubt::SoldOut { before, now, of } => {
            says("sold_out", &[("before", &number(before)), ("now", &number(now)), ("of", &number(of))])
        }
        Doubt::Jumped { now, of } => says("jumped", &[("now", &number(now)), ("of", &number(of))]),
        Doubt::NoLocation { locations } => says("no_location", &[("names", &foreign(&words.list(locations)))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::open;
    use crate::notify::samples::{at, options};

    fn doubted() -> Vec<Doubted> {
        let one = |source: &str| Doubted {
            shop: "צעצועים".to_owned(),
            source: source.to_owned(),
            doubt: Doubt::Empty { asked: 50 },
            since: at("2026-11-22T10:00:00Z"),
        };
        vec![one("erp"), one("depot")]
    }

    fn now() -> Timestamp {
        at("2026-11-22T12:00:00Z")
    }

    #[test]
    fn one_source_is_named_in_the_subject_and_none_is_no_notice() {
        let options = options();
        let one = alarm(&options, &doubted()[..1], &[], 7, now()).unwrap().unwrap();
        assert!(one.subject.contains("erp") && one.subject.contains("צעצועים"), "{}", one.subject);
        assert!(alarm(&options, &doubted(), &[], 7, now()).unwrap().unwrap().subject.contains('2'));
        assert_eq!(alarm(&options, &[], &[], 7, now()).unwrap(), None);
    }

    #[test]
    fn a_mailbox_that_refuses_hands_it_on_to_the_fallback() {
        let options = options();
        let to = |refused: &[&str]| {
            let refused: Vec<_> = refused.iter().map(|key| (*key).to_owned()).collect();
            alarm(&options, &doubted(), &refused, 7, now()).unwrap().map(|notice| notice.to)
        };
        assert_eq!(to(&[]).as_deref(), Some("it@shop.test"));
        assert_eq!(to(&["it@shop.test"]).as_deref(), Some("ops@shop.test"));
        assert_eq!(to(&["it@shop.test", "ops@shop.test"]), None);
    }

    #[test]
    fn a_jump_is_not_blamed_on_a_stock_source() {
        let jumped = Doubted { doubt: Doubt::Jumped { now: 900, of: 1_000 }, ..doubted().remove(0) };
        let notice = alarm(&options(), &[jumped], &[], 7, now()).unwrap().unwrap();
        assert_eq!(notice.subject, "צעצועים: far too much became wrong at once, so it is held back");
        let text = open(&notice.message).unwrap().text;
        assert!(text.contains("900 of 1,000 items") && !text.contains("stock looks wrong"), "{text}");
    }

    #[test]
    fn a_source_that_could_not_be_read_is_not_called_wrong() {
        let why = "HTTP 503 from https://erp.test/stock".to_owned();
        let broken = |one: Doubted| Doubted { doubt: Doubt::Broken { why: why.clone() }, ..one };
        let all: Vec<Doubted> = doubted().into_iter().map(broken).collect();
        let notice = alarm(&options(), &all[..1], &[], 7, now()).unwrap().unwrap();
        assert_eq!(notice.subject, "צעצועים: the stock of erp could not be read");
        let text = open(&notice.message).unwrap().text;
        assert!(text.contains("HTTP 503") && text.contains("stocktruth validate --connect"), "{text}");
        assert!(!text.contains("accept-stock") && !text.contains("looks wrong"), "{text}");
        let notice = alarm(&options(), &all, &[], 7, now()).unwrap().unwrap();
        assert_eq!(notice.subject, "The stock of 2 sources could not be read");
        let mixed = [all[0].clone(), doubted().remove(1)];
        let text = open(&alarm(&options(), &mixed, &[], 7, now()).unwrap().unwrap().message).unwrap().text;
        assert!(text.contains("accept-stock"), "the other can be accepted: {text}");
    }

    #[test]
    fn a_run_that_never_was_is_said_so() {
        let missed_since = |since| {
            let allowed = Duration::from_secs(26 * 3_600);
            missed(&options(), Missed::NoRun { since, allowed }, &[], 7, now()).unwrap().unwrap().subject
        };
        assert_eq!(missed_since(None), "Nothing has been checked yet");
        let since = Some(at("2026-11-20T06:00:00Z"));
        assert_eq!(missed_since(since), "Nothing has been checked since 20 Nov 2026, 08:00");
    }
}
