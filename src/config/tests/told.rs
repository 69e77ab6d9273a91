//! What a good configuration says of telling, in all its sections.

use std::time::Duration;

use jiff::civil::{Time, Weekday, date, time};
use secrecy::ExposeSecret;

use super::{GOOD, check, problems, told};
use crate::config::Config;
use crate::domain::SeverityLevel;
use crate::incident::{Effect, Flapping, Often};
use crate::notify::cadence::Cron;
use crate::notify::{self, Cadence, Channel, Quiet, Schedule};

const FALLBACK: &str = "fallback:\n  email: all@shop.example\n";

fn good(text: &str) -> Config {
    check(text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn telling(sections: &str) -> notify::Options {
    good(&GOOD.replace(FALLBACK, sections)).notify.unwrap()
}

#[test]
fn an_address_is_one_recipient_wherever_it_stands() {
    let notify = telling(
        "\
recipients:
  dana: {email: Dana@shop.example, name: Dana, language: he, cadence: {digest: [\"8:00\"]}}
fallback: {to: [all@shop.example, dana]}
operations: {email: all@shop.example, name: Late}
",
    );
    assert_eq!(notify.owners[0].to, ["dana"], "the rule's plain address is the recipient's");
    assert_eq!(notify.fallback, ["all@shop.example", "dana"]);
    assert_eq!(notify.operations, ["all@shop.example"]);
    let ids: Vec<_> = notify.recipients.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["dana", "all@shop.example"]);
    assert_eq!(notify.recipients[0].key(), "dana@shop.example");
}

#[test]
fn a_recipients_cadence_replaces_the_usual_key_by_key() {
    let notify = telling(
        "\
recipients:
  dana: {email: dana@shop.example, cadence: {digest: [], at_once: never, quiet: [\"fri 14:00 - sat 24:00\", sun-mon]}}
  ops: {webhook: {url: \"${SLACK}\", secret: \"${SIGNS}\", allow_private: [10.0.0.0/8], timeout: 5s}}
cadence:
  timezone: Asia/Jerusalem
  digest: [\"08:00\", \"0 14 * * 0-4\"]
  at_once: critical
  reminders: []
  quiet: [shabbat, \"21:00 – 7:00\", Sunday]
  holidays: [2099-12-25, 2099-09-12 .. 2099-09-13]
  tells: changes
  max_per_day: 3
  least: medium
fallback: {to: [dana, ops]}
",
    );
    let usual = &notify.usual.cadence;
    let cron = Cron::new("0 14 * * 0-4").unwrap();
    assert_eq!(usual.digest, [Schedule::Daily(time(8, 0, 0, 0)), Schedule::Cron(cron)]);
    assert_eq!((usual.at_once, usual.least), (Some(SeverityLevel::Critical), SeverityLevel::Medium));
    let night = Quiet::Hours { from: time(21, 0, 0, 0), to: time(7, 0, 0, 0) };
    assert_eq!(usual.quiet, [Quiet::SHABBAT, night, Quiet::Days(vec![Weekday::Sunday])]);
    let day = |month, day| date(2099, month, day);
    assert_eq!(usual.holidays, [(day(12, 25), day(12, 25)), (day(9, 12), day(9, 13))]);
    assert_eq!((usual.max_per_day, usual.reminders.len(), usual.timezone.as_str()), (Some(3), 0, "Asia/Jerusalem"));
    let [dana, ops] = notify.recipients.as_slice() else { panic!("{:?}", notify.recipients) };
    let from = (Weekday::Friday, time(14, 0, 0, 0));
    let weekend = Quiet::Week { from, to: (Weekday::Sunday, Time::midnight()) };
    let quiet = vec![weekend, Quiet::Days(vec![Weekday::Sunday, Weekday::Monday])];
    assert_eq!(dana.cadence, Cadence { digest: vec![], at_once: None, quiet, ..usual.clone() });
    assert_eq!(&ops.cadence, usual);
    let Channel::Webhook { hook, secret: Some(secret) } = &ops.channel else { panic!("{ops:?}") };
    assert_eq!(hook.url.expose_secret(), "https://hooks.slack.com/services/s3cr3t");
    assert_eq!(secret.expose_secret(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assert_eq!((hook.allow_private.len(), hook.timeout), (1, Duration::from_secs(5)));
    assert!(!format!("{notify:?}").contains("s3cr3t"));
}

#[test]
fn incidents_severity_and_what_is_expected() {
    let config = good(&GOOD.replace(
        "owners:\n",
        "\
cadence: {timezone: Asia/Jerusalem}
incidents:
  open_after: 2
  verdicts: {gone: {open_after: 3, resolve_after: 4}, contradictory: {resolve_after: 5}}
  flapping: {times: 3, within: 24h}
severity:
  - {brands: [Acme], verdicts: [gone], set: critical}
  - {skus: [\"^A\"], raise: 2}
  - {urls: [/sale/], lower: 1}
expected: [{shops: [books], until: 2099-12-31, because: an old edition}]
missed_after: 26h
heartbeat: {url: \"${SLACK}\"}
owners:
",
    ));
    let often = |open_after, resolve_after| Often { open_after, resolve_after };
    assert_eq!(config.incidents.usual, often(2, 1));
    assert_eq!(config.incidents.by_verdict["gone"], often(3, 4));
    assert_eq!(config.incidents.by_verdict["contradictory"], often(2, 5), "what is not given is as usual");
    assert_eq!(config.incidents.flapping, Some(Flapping { times: 3, within: Duration::from_secs(86_400) }));
    let effects: Vec<_> = config.severity.iter().map(|rule| rule.effect).collect();
    assert_eq!(effects, [Effect::Set(SeverityLevel::Critical), Effect::Move(2), Effect::Move(-1)]);
    assert_eq!(config.severity[0].matcher.in_words(), "brands Acme; verdicts gone");
    let expected = &config.notify.unwrap().expected[0];
    assert_eq!(expected.until.to_string(), "2099-12-31T22:00:00Z", "the end of the day in Jerusalem");
    assert_eq!(expected.because, "an old edition");
    assert_eq!(config.missed_after, Some(Duration::from_secs(26 * 3600)));
    assert_eq!(config.heartbeat.unwrap().timeout, Duration::from_secs(30));
}

#[test]
fn a_language_that_no_notice_has_is_told_with_those_that_there_are() {
    let known: Vec<_> = notify::languages().map(|name| format!("`{name}`")).collect();
    let told = told(&problems(&GOOD.replace("    shops: [books]", "    language: xx\n    shops: [books]")));
    assert_eq!(told, [format!("19:15 `language`: this is not known here | known here: {}", known.join(", "))]);
    assert!(known.contains(&"`he`".to_owned()));
}

#[test]
fn nobody_is_told_where_nobody_is_named_and_a_channel_needs_no_mail() {
    let shops = &GOOD[..GOOD.find("owners:").unwrap()];
    assert!(good(shops).notify.is_none());
    let channel = "recipients: {ops: {slack: {url: \"${SLACK}\"}}}\nfallback: {to: [ops]}\n";
    assert!(good(&format!("{shops}{channel}")).notify.unwrap().mail.is_none());
}
