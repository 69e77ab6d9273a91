//! What a chat message says, before a service gives it its shape: the same choice and order of words for all of them.
//!
//! Every text here may be foreign (a product's name, a page's words), and so every way treats all of them so.

use crate::notify::message::{AlarmRow, Message, Moment, Promise, Row, Station, Stock, Way};
use crate::notify::words::shorten;

/// Most characters of one field; a service may allow fewer.
const FIELD: usize = 500;

/// Longest address that becomes a link, in bytes.
const ADDRESS: usize = 2_000;

/// A message with so many of its rows.
pub(super) struct Outline {
    pub(super) heading: String,
    /// What stands before the rows.
    pub(super) intro: Vec<String>,
    pub(super) groups: Vec<Group>,
    /// Sentences that stand after them.
    pub(super) notes: Vec<String>,
    pub(super) command: Option<String>,
    /// Times and sender, in small letters.
    pub(super) small: Vec<String>,
}

/// Rows under a title.
pub(super) struct Group {
    /// Empty where there is nothing to tell apart.
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
    /// `… and 7 more`.
    pub(super) more: Option<String>,
}

/// One row.
pub(super) struct Entry {
    pub(super) name: String,
    /// Where the name leads.
    pub(super) url: Option<String>,
    /// The finding, with how bad it is.
    pub(super) finding: String,
    /// `low`, `medium`, `high` or `critical`; `fixed`; empty where it is not known.
    pub(super) level: String,
    pub(super) facts: Vec<Fact>,
    /// Words and address.
    pub(super) links: Vec<(String, String)>,
    pub(super) image: Option<String>,
}

/// A line of a row.
pub(super) struct Fact {
    /// What it is about; empty where the text says so itself.
    pub(super) label: String,
    pub(super) text: String,
}

impl Outline {
    /// Takes the first `most` rows.
    pub(super) fn new(message: &Message, most: usize) -> Self {
        let mut left = most;
        let mut take = |wanted: usize| {
            let taken = wanted.min(left);
            left -= taken;
            taken
        };
        let mut groups = Vec::new();
        for part in &message.sections {
            let shown = take(part.rows.len());
            let entries = part.rows.iter().take(shown).map(|row| entry(row, &part.code, message)).collect();
            let hidden = part.total.saturating_sub(shown);
            let more = (hidden > 0).then(|| message.and_more(hidden));
            groups.push(Group { title: part.title.clone(), entries, more });
        }
        if !message.alarms.is_empty() {
            let shown = take(message.alarms.len());
            let entries = message.alarms.iter().take(shown).map(|row| alarm(row, message)).collect();
            let hidden = message.alarms.len() - shown;
            let more = (hidden > 0).then(|| message.and_more(hidden));
            groups.push(Group { title: String::new(), entries, more });
        }
        Self {
            heading: message.heading.clone(),
            intro: message
                .summary
                .iter()
                .map(|standing| &standing.text)
                .chain(message.causes.iter().map(|shared| &shared.text))
                .cloned()
                .collect(),
            groups,
            notes: message.notes.clone(),
            command: message.command.clone(),
            small: vec![message.times.clone(), message.sender.clone()],
        }
    }

    /// Shapes a message with as many rows as fit; with none, whatever its size.
    pub(super) fn fitting<T>(
        message: &Message,
        most: usize,
        shape: impl Fn(&Self) -> T,
        fits: impl Fn(&T) -> bool,
    ) -> T {
        let rows = message.sections.iter().map(|part| part.rows.len()).sum::<usize>() + message.alarms.len();
        let mut most = most.min(rows);
        loop {
            let shaped = shape(&Self::new(message, most));
            if most == 0 || fits(&shaped) {
                return shaped;
            }
            most -= 1;
        }
    }

    /// Every entry, in order.
    #[cfg(test)]
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.groups.iter().flat_map(|group| &group.entries)
    }
}

fn entry(row: &Row, section: &str, message: &Message) -> Entry {
    let labels = &message.labels;
    let level = row.severity.as_ref().map(|rating| rating.code.clone()).unwrap_or_default();
    let finding = match &row.severity {
        Some(rating) => format!("{} · {}", row.badge, rating.label),
        None => row.badge.clone(),
    };
    let mut facts = Vec::new();
    let mut say = |label: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            facts.push(Fact { label: label.to_owned(), text: shorten(&text, FIELD) });
        }
    };
    let sku = row.sku.as_deref().map(|sku| message.isolate(sku));
    let whose: Vec<String> = sku
        .into_iter()
        .chain(row.brand.as_deref().map(|brand| message.isolate(brand)))
        .chain([message.isolate(&row.shop)])
        .collect();
    say(if row.sku.is_some() { &labels.sku } else { "" }, Some(whose.join(" · ")));
    if let Some(promise) = &row.promise {
        say(&promise.touchpoint, Some(promised(promise, message)));
    }
    if let Some(way) = &row.journey {
        say(&labels.journey, Some(along(way, message)));
        say("", way.comes_out.clone());
    }
    say(&labels.stock, row.stock.as_ref().map(in_stock));
    say(&labels.was, row.was.clone());
    say(&labels.since, Some(moment(&row.since, message)));
    say(&labels.fixed_at, row.fixed_at.as_ref().map(|at| moment(at, message)));
    say(&labels.cause, row.cause.clone());
    say(&labels.todo, row.todo.clone());
    for sentence in [&row.told, &row.acknowledged, &row.orphan] {
        say("", sentence.clone());
    }
    let links = [(&labels.page, &row.url), (&labels.admin, &row.admin_url)];
    let links = links.into_iter().filter_map(|(words, url)| Some((words.clone(), address(url.as_deref()?)?)));
    Entry {
        name: row.product.clone(),
        url: row.url.as_deref().and_then(address),
        finding,
        level: if section == "fixed" { "fixed".to_owned() } else { level },
        facts,
        links: links.collect(),
        image: row.image.as_deref().and_then(address).filter(|image| image.starts_with("https:")),
    }
}

fn alarm(row: &AlarmRow, message: &Message) -> Entry {
    let name = match row.source.as_str() {
        "" => row.shop.clone(),
        source => format!("{} · {}", message.isolate(&row.shop), message.isolate(source)),
    };
    let since = Fact { label: message.labels.since.clone(), text: moment(&row.since, message) };
    Entry {
        name,
        url: None,
        finding: row.says.clone(),
        level: "high".to_owned(),
        facts: vec![since],
        links: vec![],
        image: None,
    }
}

fn promised(promise: &Promise, message: &Message) -> String {
    let lies = |lies: bool| if lies { format!(" ({})", message.labels.lies) } else { String::new() };
    let mut text = format!("{}{}", promise.says, lies(promise.lies));
    for evidence in &promise.evidence {
        let words = evidence.excerpt.as_deref().or(evidence.says.as_deref()).unwrap_or(&evidence.place);
        text.push_str(&format!(" · {}: {}", evidence.kind, message.isolate(&shorten(words, 80))));
    }
    if let Some(more) = &promise.more {
        text.push_str(&format!(" · {more}"));
    }
    text
}

fn along(way: &Way, message: &Message) -> String {
    let station = |one: &Station| {
        let places: Vec<String> = one.places.iter().map(|place| message.isolate(place)).collect();
        let places =
            if places.is_empty() { String::new() } else { format!(" ({})", places.join(&message.labels.comma)) };
        format!("{} {}{places}", one.label, one.sign)
    };
    way.stations.iter().map(station).collect::<Vec<_>>().join(&message.labels.comma)
}

fn in_stock(stock: &Stock) -> String {
    let said = [Some(&stock.says), stock.unchanged.as_ref(), Some(&stock.source), Some(&stock.as_of)];
    said.into_iter().flatten().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}

fn moment(moment: &Moment, message: &Message) -> String {
    message.isolate(&moment.text)
}

/// An address that may become a link: of the web, of a bearable length, and written so that no bracket, quote or blank
/// in it can end the link early.
fn address(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let mut text = String::from(url);
    for (sign, code) in
        [('(', "%28"), (')', "%29"), ('<', "%3C"), ('>', "%3E"), ('"', "%22"), ('|', "%7C"), ('\\', "%5C")]
    {
        text = text.replace(sign, code);
    }
    (text.len() <= ADDRESS).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::example::digest as message;

    #[test]
    fn rows_beyond_the_most_are_counted() {
        let all = Outline::new(&message(), 20);
        assert_eq!(all.entries().count(), 2);
        assert_eq!(all.groups[0].more.as_deref(), Some("… and 2 more"));
        assert_eq!(all.groups[1].more, None);
        let one = Outline::new(&message(), 1);
        assert_eq!((one.groups[0].entries.len(), one.groups[1].entries.len()), (1, 0));
        assert_eq!(one.groups[1].more.as_deref(), Some("… and 1 more"));
    }

    #[test]
    fn as_many_rows_are_shown_as_fit() {
        let counted =
            |fits: usize| Outline::fitting(&message(), 20, |outline| outline.entries().count(), |count| *count <= fits);
        assert_eq!([counted(5), counted(1), counted(0)], [2, 1, 0]);
    }

    #[test]
    fn an_address_cannot_leave_its_link() {
        assert_eq!(address("https://a.test/x(1)?q=<b>|c").unwrap(), "https://a.test/x%281%29?q=%3Cb%3E%7Cc");
        assert_eq!(address("javascript:alert(1)"), None);
        assert_eq!(address(&format!("https://a.test/{}", "x".repeat(3_000))), None);
    }
}
