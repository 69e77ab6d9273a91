//! Why somebody is told, or not, in words.

use jiff::Timestamp;

use crate::domain::Section;
use crate::notify::{Due, Muted, Why};
use crate::report::When;

/// What is due to a recipient now, as half a sentence.
pub(super) fn due(due: &Due, when: &When) -> String {
    match due {
        Due::Tell(Section::New) => "would be told now, as new".to_owned(),
        Due::Tell(Section::Still) => "would be reminded now".to_owned(),
        Due::Tell(Section::Fixed) => "would be told now that it is fixed".to_owned(),
        Due::Not(why) => self::why(why, when),
    }
}

fn why(why: &Why, when: &When) -> String {
    let after = |what: &str, until: Option<Timestamp>, otherwise: &str| match until {
        Some(until) => format!("{what} {}", when.at(until)),
        None => otherwise.to_owned(),
    };
    match why {
        Why::Suspected => "suspected only: it may yet be the shop's ordinary lag".to_owned(),
        Why::NobodyWasTold => "put right before anybody was told".to_owned(),
        Why::LeftCatalogue => "the catalogue lists it no longer".to_owned(),
        Why::ToldRecently(until) => after("told; next reminder", *until, "told; reminders are off"),
        Why::Undelivered => "what tells them of it waits to be delivered".to_owned(),
        Why::NotSeenLately => "told; whether it is still wrong could not be seen lately".to_owned(),
        Why::RightNotForLong { since, times, first } => right(*since, *times, *first, when),
        Why::Acknowledged(until) => after("taken on until", *until, "taken on until it is put right"),
        Why::Muted(muted) => self::muted(muted, when),
        Why::StockDoubted => "held: a stock source of the shop is not believed".to_owned(),
        Why::BelowLeast(least) => format!("less severe than {}, their least", least.code()),
        Why::Quiet(until) => format!("quiet time until {}", when.at(*until)),
        Why::DailyLimit(until) => format!("told often enough today; next day begins {}", when.at(*until)),
        Why::WaitsForDigest(until) => {
            after("waits for their digest", *until, "waits for a digest, but none is planned")
        }
        Why::Refuses => "their mailbox or webhook lately refused for good".to_owned(),
    }
}

fn right(since: Timestamp, times: usize, first: Option<Timestamp>, when: &When) -> String {
    let since = when.at(since);
    match first.filter(|_| times > 1) {
        Some(first) => format!(
            "told; right since {since}, but it opened {times} times since {}: it counts as put right once it stayed right for long enough",
            when.at(first)
        ),
        None => format!("told; right since {since}: it counts as put right once it was seen right often enough"),
    }
}

fn muted(muted: &Muted, when: &When) -> String {
    match muted {
        Muted::Expected { rule, until, because } => {
            format!("expected by rule {rule} until {}: {because}", when.at(*until))
        }
        Muted::Ignored(silence) => {
            format!("ignored by {}, {}", silence.by, when.until(silence.until, "until it is taken back"))
        }
        Muted::Silenced(silence) => {
            let number = silence.id.unwrap_or_default();
            format!("silenced by {} (no {number}), {}", silence.by, when.until(silence.until, "until it is lifted"))
        }
    }
}
