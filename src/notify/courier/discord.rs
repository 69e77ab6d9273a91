//! Discord's webhooks (<https://discord.com/developers/docs/resources/webhook#execute-webhook>), in embeds.

use serde_json::{Value as Json, json};

use super::markdown::escaped;
use super::outline::{Entry, Group, Outline};
use super::post::Reading;
use crate::notify::message::Message;
use crate::notify::words::shorten;

/// Most embeds of a message, most characters of a title, a description, a footer and an author, and of all of them
/// together (<https://discord.com/developers/docs/resources/message#embed-object-embed-limits>).
const EMBEDS: usize = 10;
const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const FOOTER: usize = 2_048;
const AUTHOR: usize = 256;
const ALL_TEXT: usize = 6_000;

/// What an answer means: 404 with code 10015 is an unknown webhook, 401 with 50027 an invalid webhook token.
pub(super) fn reading(status: u16, _: &str) -> Reading {
    if matches!(status, 401 | 404) { Reading::Gone } else { Reading::AsUsual }
}

/// The payload.
pub(super) fn compose(message: &Message) -> Vec<u8> {
    let shape = |outline: &Outline| embeds(message, outline);
    let embeds = Outline::fitting(message, EMBEDS - 1, shape, |embeds| {
        embeds.len() <= EMBEDS && embeds.iter().map(length).sum::<usize>() <= ALL_TEXT
    });
    // Escaping alone would do; with this Discord itself sees to it that nobody is called.
    json!({"allowed_mentions": {"parse": []}, "embeds": embeds}).to_string().into_bytes()
}

/// The first says what it is about, and what does not fit; then one per row.
fn embeds(message: &Message, outline: &Outline) -> Vec<Json> {
    let mut about: Vec<String> = outline.intro.iter().map(|text| escaped(text)).collect();
    for group in &outline.groups {
        let title = (!group.title.is_empty()).then(|| format!("**{}**", escaped(&group.title)));
        let more = group.more.as_ref().map(|more| escaped(more));
        let line = title.into_iter().chain(more).collect::<Vec<_>>().join(" ");
        about.extend(Some(line).filter(|line| !line.is_empty()));
    }
    about.extend(outline.notes.iter().map(|note| escaped(note)));
    about.extend(outline.command.iter().map(|command| format!("```\n{}\n```", command.replace('`', "'"))));
    let first = json!({
        "title": cut(&escaped(&shorten(&outline.heading, 120)), TITLE),
        "description": cut(&about.join("\n"), 1_500),
        "footer": {"text": cut(&outline.small.join(" "), FOOTER.min(400))},
        "timestamp": format!("{:.0}", message.at),
    });
    let rows = outline.groups.iter().flat_map(|group| group.entries.iter().map(move |entry| row(entry, group)));
    std::iter::once(first).chain(rows).collect()
}

fn row(entry: &Entry, group: &Group) -> Json {
    let mut lines = vec![format!("**{}**", escaped(&entry.finding))];
    for fact in &entry.facts {
        let label = if fact.label.is_empty() { String::new() } else { format!("{}: ", escaped(&fact.label)) };
        lines.push(format!("{label}{}", escaped(&fact.text)));
    }
    let links: Vec<_> = entry.links.iter().map(|(words, url)| format!("[{}]({url})", escaped(words))).collect();
    lines.extend(Some(links.join(" · ")).filter(|links| !links.is_empty()));
    let mut embed = json!({
        "title": cut(&escaped(&shorten(&entry.name, 120)), TITLE),
        "description": cut(&lines.join("\n"), DESCRIPTION),
        "color": colour(&entry.level),
    });
    if !group.title.is_empty() {
        embed["author"] = json!({"name": cut(&group.title, AUTHOR)});
    }
    if let Some(url) = &entry.url {
        embed["url"] = json!(url);
    }
    if let Some(image) = &entry.image {
        embed["thumbnail"] = json!({"url": image});
    }
    embed
}

fn cut(text: &str, most: usize) -> String {
    shorten(text, most - 1)
}

fn colour(level: &str) -> u32 {
    match level {
        "critical" => 0x00b7_1c1c,
        "high" => 0x00e6_5100,
        "medium" => 0x00f9_a825,
        "fixed" => 0x002e_7d32,
        _ => 0x0060_7d8b,
    }
}

/// What Discord counts of an embed.
fn length(embed: &Json) -> usize {
    let texts = [&embed["title"], &embed["description"], &embed["footer"]["text"], &embed["author"]["name"]];
    texts.into_iter().filter_map(Json::as_str).map(|text| text.chars().count()).sum()
}
