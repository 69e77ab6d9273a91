//! Mattermost's incoming webhooks (<https://developers.mattermost.com/integrate/webhooks/incoming/>), in Markdown.

use serde_json::json;

use super::markdown::escaped;
use super::outline::{Entry, Outline};
use super::post::Reading;
use crate::notify::message::Message;
use crate::notify::words::shorten;

/// Longest text of a post in characters; a longer one is cut into several by the server.
const TEXT: usize = 16_383;

/// Rows that are tried first.
const ROWS: usize = 40;

/// What an answer means: a webhook that was taken away is answered with 400 and this name, one whose channel was with 404.
pub(super) fn reading(status: u16, said: &str) -> Reading {
    match status {
        400 if said.contains("incoming_webhook.invalid") => Reading::Gone,
        403 | 404 | 410 => Reading::Gone,
        _ => Reading::AsUsual,
    }
}

/// The payload.
pub(super) fn compose(message: &Message) -> Vec<u8> {
    let text = Outline::fitting(message, ROWS, text, |text| text.chars().count() <= TEXT);
    json!({"text": shorten(&text, TEXT - 1)}).to_string().into_bytes()
}

fn text(outline: &Outline) -> String {
    let mut parts = vec![format!("#### {}", escaped(&outline.heading))];
    parts.extend(outline.intro.iter().map(|text| escaped(text)));
    for group in &outline.groups {
        if !group.title.is_empty() {
            parts.push(format!("##### {}", escaped(&group.title)));
        }
        parts.extend(group.entries.iter().map(row));
        parts.extend(group.more.iter().map(|more| escaped(more)));
    }
    parts.extend(outline.notes.iter().map(|note| escaped(note)));
    // A code block ends only at a line of its own, and a command is on one line.
    parts.extend(outline.command.iter().map(|command| format!("```\n{}\n```", command.replace('`', "'"))));
    parts.extend(outline.small.iter().map(|text| format!("_{}_", escaped(text))));
    parts.join("\n\n")
}

fn row(entry: &Entry) -> String {
    let name = escaped(&shorten(&entry.name, 200));
    let name = entry.url.as_ref().map_or_else(|| format!("**{name}**"), |url| format!("**[{name}]({url})**"));
    let mut lines = vec![format!("- {name}: {}", escaped(&entry.finding))];
    for fact in &entry.facts {
        let label = if fact.label.is_empty() { String::new() } else { format!("{}: ", escaped(&fact.label)) };
        lines.push(format!("  - {label}{}", escaped(&fact.text)));
    }
    // The name leads to the page already.
    let links = entry.links.iter().filter(|(_, url)| Some(url) != entry.url.as_ref());
    lines.extend(links.map(|(words, url)| format!("  - [{}]({url})", escaped(words))));
    lines.join("\n")
}
