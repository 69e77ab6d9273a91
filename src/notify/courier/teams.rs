//! Microsoft Teams: an Adaptive Card to a webhook of its Workflows
//! (<https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>).
//!
//! All words stand in `RichTextBlock`s, whose runs know no Markdown
//! (<https://adaptivecards.io/explorer/TextRun.html>): a product's name cannot become a link there. A mention would need
//! an entity beside the card, and there is none.

use serde_json::{Value as Json, json};

use super::outline::{Entry, Outline};
use super::post::Reading;
use crate::notify::message::{Direction, Message};
use crate::notify::words::shorten;

/// Largest message in bytes is 28 KB; what Teams adds itself counts too.
const LARGEST: usize = 26 * 1024;

/// Rows that are tried first.
const ROWS: usize = 20;

/// What an answer means.
pub(super) fn reading(status: u16, said: &str) -> Reading {
    match status {
        404 | 410 => Reading::Gone,
        400 if said.contains("WorkflowTriggerIsNotEnabled") => {
            Reading::Unusable("its workflow is turned off; turn it on in Power Automate")
        }
        // The connectors of old say 200 where Teams itself did not take the card.
        200 if said.contains("webhook message delivery failed") || said.contains("endpoint returned HTTP error") => {
            Reading::Unusable("Teams did not take it for now")
        }
        _ => Reading::AsUsual,
    }
}

/// The payload.
pub(super) fn compose(message: &Message) -> Vec<u8> {
    let shape = |outline: &Outline| payload(message, outline).to_string().into_bytes();
    Outline::fitting(message, ROWS, shape, |bytes| bytes.len() <= LARGEST)
}

fn payload(message: &Message, outline: &Outline) -> Json {
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": message.language,
        "fallbackText": shorten(&message.subject, 500),
        "msteams": {"width": "Full"},
        "body": body(outline),
    });
    if message.direction == Direction::Rtl {
        card["rtl"] = Json::Bool(true);
    }
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": card,
    });
    json!({"type": "message", "summary": shorten(&message.subject, 500), "attachments": [attachment]})
}

fn body(outline: &Outline) -> Vec<Json> {
    let mut body = vec![line(vec![json!({
        "type": "TextRun", "text": outline.heading, "weight": "Bolder", "size": "Large",
    })])];
    body.extend(outline.intro.iter().map(|text| line(vec![run(text)])));
    for group in &outline.groups {
        if !group.title.is_empty() {
            let title = json!({"type": "TextRun", "text": group.title, "weight": "Bolder", "size": "Medium"});
            body.push(line(vec![title]));
        }
        body.extend(group.entries.iter().map(row));
        body.extend(group.more.iter().map(|more| line(vec![subtle(more)])));
    }
    body.extend(outline.notes.iter().map(|note| line(vec![run(note)])));
    if let Some(command) = &outline.command {
        body.push(line(vec![json!({"type": "TextRun", "text": command, "fontType": "Monospace"})]));
    }
    body.extend(outline.small.iter().map(|text| line(vec![subtle(text)])));
    body
}

fn row(entry: &Entry) -> Json {
    let name = shorten(&entry.name, 200);
    let name = match &entry.url {
        Some(url) => link(&name, url, "Bolder"),
        None => json!({"type": "TextRun", "text": name, "weight": "Bolder"}),
    };
    let colour = match entry.level.as_str() {
        "critical" | "high" => "Attention",
        "medium" => "Warning",
        "fixed" => "Good",
        _ => "Default",
    };
    let finding = json!({"type": "TextRun", "text": entry.finding, "color": colour});
    let mut items = vec![line(vec![name]), close(line(vec![finding]))];
    for fact in &entry.facts {
        let mut runs = vec![];
        if !fact.label.is_empty() {
            runs.push(json!({"type": "TextRun", "text": format!("{}: ", fact.label), "weight": "Bolder"}));
        }
        runs.push(run(&fact.text));
        items.push(close(line(runs)));
    }
    let mut links = vec![];
    for (words, url) in &entry.links {
        if !links.is_empty() {
            links.push(run(" · "));
        }
        links.push(link(words, url, "Default"));
    }
    if !links.is_empty() {
        items.push(close(line(links)));
    }
    json!({"type": "Container", "separator": true, "items": items})
}

fn line(runs: Vec<Json>) -> Json {
    json!({"type": "RichTextBlock", "inlines": runs})
}

/// Without the usual distance from the line above.
fn close(mut line: Json) -> Json {
    line["spacing"] = json!("None");
    line
}

fn run(text: &str) -> Json {
    json!({"type": "TextRun", "text": text})
}

fn subtle(text: &str) -> Json {
    json!({"type": "TextRun", "text": text, "isSubtle": true, "size": "Small"})
}

fn link(words: &str, url: &str, weight: &str) -> Json {
    let open = json!({"type": "Action.OpenUrl", "url": url});
    json!({"type": "TextRun", "text": words, "weight": weight, "color": "Accent", "selectAction": open})
}
