//! The notice to operations: stock sources that are not believed, so that nobody is accused by them. One, however many
//! there are; the store knows that it was told.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::compose::{self, ComposeError};
use super::letter;
use super::words::{Languages, Of, Words};
use super::{Options, Recipient};
use crate::domain::plain::one_line;
use crate::domain::{Doubt, Doubted, Notice};

/// What the templates see of one source, beside the words.
#[derive(Debug, Serialize)]
struct Row {
    shop: String,
    source: String,
    says: String,
    since: String,
}

/// Writes the notice to whoever runs the shops; where that address is one of the `refused`, which lately would not take
/// mail, to the fallback. `None`: there is nothing to be said, or nobody takes it.
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
    let takes = |recipient: &&Recipient| !refused.contains(&recipient.key());
    let Some(owner) = options.operations().chain(options.fallback()).find(takes) else { return Ok(None) };
    let timezone = &owner.cadence.timezone;
    let zone = TimeZone::get(timezone).map_err(|_| ComposeError::Zone { name: timezone.clone() })?;
    let Some(mail) = &options.mail else { return Ok(None) };
    let sender = mail.from.parse().map_err(|_| ComposeError::Sender { from: one_line(&mail.from) })?;
    let words = Languages::load().map_err(ComposeError::Words)?.of(&owner.language);
    let say = |key: &str, fills: &[(&str, &str)]| words.say(Of::Alarm, key, fills);
    let count = doubted.len().to_string();
    let subject = match doubted {
        [_] => say("subject_one", &[("source", &one_line(&first.source)), ("shop", &one_line(&first.shop))]),
        _ => say("subject_many", &[("count", &count)]),
    };
    let greeting = owner
        .name
        .as_deref()
        .map(|name| words.say(Of::Label, "greeting", &[("name", &words.isolate(&one_line(name)))]));
    let rows: Vec<Row> = doubted.iter().map(|one| row(one, words, &zone)).collect();
    let view = minijinja::context! { subject => &subject, greeting, rows => minijinja::value::Serde(&rows) };
    let letter = letter::fill("alarm", subject, view, words, None)?;
    compose::notice(&letter, &sender, owner, Vec::new(), run, now).map(Some)
}

fn row(doubted: &Doubted, words: &Words, zone: &TimeZone) -> Row {
    let says = |key: &str, fills: &[(&str, &str)]| words.say(Of::Alarm, key, fills);
    let number = |number: &u64| number.to_string();
    let foreign = |text: &str| words.isolate(&one_line(text));
    Row {
        shop: one_line(&doubted.shop),
        source: one_line(&doubted.source),
        since: words.time(doubted.since, zone),
        says: match &doubted.doubt {
            Doubt::Broken { why } => says("broken", &[("why", &foreign(why))]),
            Doubt::Empty { asked } => says("empty", &[("asked", &number(asked))]),
            Doubt::Stale { newest, max_age } => {
                let fills = [("newest", words.time(*newest, zone)), ("max_age", words.age(*max_age))];
                says("stale", &[(fills[0].0, &fills[0].1), (fills[1].0, &fills[1].1)])
            }
            Doubt::Shrunk { before, now } => says("shrunk", &[("before", &number(before)), ("now", &number(now))]),
            Doubt::SoldOut { before, now, of } => {
                says("sold_out", &[("before", &number(before)), ("now", &number(now)), ("of", &number(of))])
            }
            Doubt::Jumped { now, of } => says("jumped", &[("now", &number(now)), ("of", &number(of))]),
            Doubt::NoLocation { locations } => says("no_location", &[("names", &foreign(&locations.join(", ")))]),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::opened::open;
    use crate::notify::samples::{at, options};

    fn doubted(source: &str, doubt: Doubt) -> Doubted {
        Doubted {
            shop: "צעצועים".to_owned(), source: source.to_owned(), doubt, since: at("2026-11-22T10:00:00Z")
        }
    }

    fn all() -> Vec<Doubted> {
        let broken = Doubt::Broken { why: "https://erp.example/api answered 500 (text/html): <b>".to_owned() };
        let newest = at("2026-11-20T10:00:00Z");
        [
            ("erp", broken),
            ("nightly", Doubt::Stale { newest, max_age: 86_400 }),
            ("shop", Doubt::Empty { asked: 50 }),
            ("depot", Doubt::Shrunk { before: 900, now: 12 }),
            ("till", Doubt::SoldOut { before: 3, now: 800, of: 900 }),
            ("depots", Doubt::NoLocation { locations: vec!["\"wbe\" of locations[web]".to_owned()] }),
        ]
        .map(|(source, doubt)| doubted(source, doubt))
        .into()
    }

    #[test]
    fn every_doubt_is_said_in_every_language() {
        for language in ["en", "he"] {
            let mut options = options();
            options.operations.language = language.to_owned();
            let notice = alarm(&options, &all(), &[], 7, at("2026-11-22T12:00:00Z")).unwrap().unwrap();
            assert_eq!(notice.to, options.operations.email);
            let opened = open(&notice.message).unwrap();
            insta::assert_snapshot!(format!("alarm_{language}"), opened.text);
            let html = String::from_utf8_lossy(&notice.message).into_owned();
            assert!(!html.contains("{") || !opened.text.contains('{'), "{}", opened.text);
        }
    }

    #[test]
    fn one_source_is_named_in_the_subject_and_none_is_no_notice() {
        let options = options();
        let now = at("2026-11-22T12:00:00Z");
        let one = alarm(&options, &all()[..1], &[], 7, now).unwrap().unwrap();
        assert!(one.subject.contains("erp") && one.subject.contains("צעצועים"), "{}", one.subject);
        assert_eq!(alarm(&options, &[], &[], 7, now).unwrap(), None);
    }

    #[test]
    fn a_mailbox_that_refuses_hands_it_on_to_the_fallback() {
        let options = options();
        let (it, all_else) = (options.operations.email.clone(), options.fallback.email.clone());
        let to = |refused: &[String]| {
            let notice = alarm(&options, &all(), refused, 7, at("2026-11-22T12:00:00Z")).unwrap();
            notice.map(|notice| notice.to)
        };
        assert_eq!(to(&[]), Some(it.clone()));
        assert_eq!(to(&[it.to_uppercase()]), Some(all_else.clone()));
        assert_eq!(to(&[it, all_else]), None);
    }
}
