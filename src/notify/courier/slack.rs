//! Slack's incoming webhooks (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>), in blocks.
//!
//! Whatever may be foreign stands in `plain_text` and `rich_text` elements, which Slack shows letter by letter: no
//! mention, no markup and no link comes of them. Only the text of the notification is mrkdwn, and there it is escaped.

use serde_json::{Value as Json, json};

use super::outline::{Entry, Outline};
use super::post::Reading;
use crate::notify::message::Message;
use crate::notify::words::shorten;

/// Most blocks of a message (<https://docs.slack.dev/reference/block-kit/blocks>), most characters of a text, and of a header.
const BLOCKS: usize = 50;
const TEXT: usize = 3_000;
const HEADER: usize = 150;

/// Most characters in all blocks together: somewhat above 13,000 Slack answers `msg_blocks_too_long`.
const ALL_TEXT: usize = 12_000;

/// Rows that are tried first.
const ROWS: usize = 20;

/// What an answer means: 404 `no_service`, `channel_not_found`; 410 `channel_is_archived`; 403 `action_prohibited`,
/// `invalid_token` (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors>).
pub(super) fn reading(status: u16, _: &str) -> Reading {
    if matches!(status, 403 | 404 | 410) { Reading::Gone } else { Reading::AsUsual }
}

/// The payload.
pub(super) fn compose(message: &Message) -> Vec<u8> {
    let blocks = Outline::fitting(message, ROWS, blocks, |blocks| {
        blocks.len() <= BLOCKS && blocks.iter().map(length).sum::<usize>() <= ALL_TEXT
    });
    let payload = json!({
        "text": escaped(&shorten(&message.subject, TEXT / 6)),
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    });
    payload.to_string().into_bytes()
}

fn blocks(outline: &Outline) -> Vec<Json> {
    let mut blocks = vec![json!({"type": "header", "text": plain(&outline.heading, HEADER)})];
    blocks.extend(outline.intro.iter().map(|text| json!({"type": "section", "text": plain(text, TEXT)})));
    for group in &outline.groups {
        if !group.title.is_empty() {
            blocks.push(rich(vec![text(&group.title, &["bold"])]));
        }
        blocks.extend(group.entries.iter().map(row));
        if let Some(more) = &group.more {
            blocks.push(small([more]));
        }
    }
    if !outline.notes.is_empty() {
        blocks.push(json!({"type": "section", "text": plain(&outline.notes.join("\n"), TEXT)}));
    }
    if let Some(command) = &outline.command {
        blocks.push(rich(vec![text(command, &["code"])]));
    }
    blocks.push(small(&outline.small));
    blocks
}

fn row(entry: &Entry) -> Json {
    let name = shorten(&entry.name, 200);
    let mut elements = vec![match &entry.url {
        Some(url) => json!({"type": "link", "url": url, "text": name, "style": {"bold": true}}),
        None => text(&name, &["bold"]),
    }];
    elements.push(text(&format!("\n{}", entry.finding), &[]));
    for fact in &entry.facts {
        let label = if fact.label.is_empty() { String::new() } else { format!("{}: ", fact.label) };
        elements.push(text(&format!("\n{label}"), &["bold"]));
        elements.push(text(&fact.text, &[]));
    }
    for (number, (words, url)) in entry.links.iter().enumerate() {
        elements.push(text(if number == 0 { "\n" } else { " · " }, &[]));
        elements.push(json!({"type": "link", "url": url, "text": words}));
    }
    rich(elements)
}

fn rich(elements: Vec<Json>) -> Json {
    json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]})
}

fn text(words: &str, styles: &[&str]) -> Json {
    let mut element = json!({"type": "text", "text": shorten(words, TEXT - 1)});
    if !styles.is_empty() {
        element["style"] = styles.iter().map(|style| ((*style).to_owned(), Json::Bool(true))).collect();
    }
    element
}

fn plain(words: &str, most: usize) -> Json {
    json!({"type": "plain_text", "text": shorten(words, most - 1), "emoji": false})
}

/// At most ten elements stand in one of these.
fn small<'a>(lines: impl IntoIterator<Item = &'a String>) -> Json {
    let elements: Vec<_> = lines.into_iter().take(10).map(|line| plain(line, TEXT)).collect();
    json!({"type": "context", "elements": elements})
}

/// What Slack wants escaped in mrkdwn (<https://docs.slack.dev/messaging/formatting-message-text#escaping>); with it no
/// `<!channel>`, no `<@U1>` and no `<http://…|words>` is left.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Characters in the texts and addresses of a block.
fn length(block: &Json) -> usize {
    match block {
        Json::Object(map) => map
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("text" | "url", Json::String(words)) => words.chars().count(),
                (_, below) => length(below),
            })
            .sum(),
        Json::Array(all) => all.iter().map(length).sum(),
        _ => 0,
    }
}
