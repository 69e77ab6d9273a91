//! What every chat service is sent, whatever the shop's words are and however many there are of them.

use serde_json::Value as Json;

use super::{discord, mattermost, slack, teams, webhook};
use crate::notify::example::digest as message;
use crate::notify::message::{AlarmRow, Direction, Message, MessageKind, Row};

/// Words that each service would give a meaning to, were they taken for markup.
const HOSTILE: &str = "<!channel> @everyone @here <@U1> *b* _i_ `c` [x](http://evil.example) http://evil.example \
                       www.evil.example <http://evil.example|y> <at>all</at> :smile: & ~~s~~ # h";

/// The sample with as many rows as asked for, all of whose words are these.
fn with(words: &str, rows: usize) -> Message {
    let mut message = message();
    let row = message.sections[0].rows[0].clone();
    let mut row = Row { product: words.to_owned(), badge: words.to_owned(), shop: words.to_owned(), ..row };
    (row.sku, row.brand, row.cause) = (Some(words.to_owned()), Some(words.to_owned()), Some(words.to_owned()));
    (row.told, row.orphan, row.acknowledged) = (Some(words.to_owned()), Some(words.to_owned()), Some(words.to_owned()));
    if let Some(promise) = &mut row.promise {
        promise.says = words.to_owned();
        promise.evidence[0].excerpt = Some(words.to_owned());
    }
    if let Some(stock) = &mut row.stock {
        stock.source = words.to_owned();
    }
    (message.subject, message.heading) = (words.to_owned(), words.to_owned());
    message.sections[0].rows = vec![row; rows];
    message.sections[0].total = rows;
    message
}

fn json(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).unwrap()
}

/// Every string of a document, with its key.
fn texts(json: &Json) -> Vec<(String, String)> {
    fn walk(key: &str, json: &Json, out: &mut Vec<(String, String)>) {
        match json {
            Json::Object(map) => map.iter().for_each(|(key, value)| walk(key, value, out)),
            Json::Array(all) => all.iter().for_each(|value| walk(key, value, out)),
            Json::String(text) => out.push((key.to_owned(), text.clone())),
            _ => {}
        }
    }
    let mut out = vec![];
    walk("", json, &mut out);
    out
}

fn of_key<'a>(texts: &'a [(String, String)], key: &str) -> Vec<&'a str> {
    texts.iter().filter(|(known, _)| known == key).map(|(_, text)| text.as_str()).collect()
}

#[test]
fn slack_shows_foreign_words_letter_by_letter() {
    let payload = json(&slack::compose(&with(HOSTILE, 3)));
    let all = texts(&payload["blocks"]);
    let kinds = of_key(&all, "type");
    let known = ["header", "plain_text", "section", "rich_text", "rich_text_section", "text", "link", "context"];
    assert!(kinds.iter().all(|kind| known.contains(kind)), "{kinds:?}");
    assert!(of_key(&all, "url").iter().all(|url| url.starts_with("https://shop.test/")));
    let notification = payload["text"].as_str().unwrap();
    assert!(notification.starts_with("&lt;!channel&gt; @everyone"), "{notification}");
    assert!(!notification.contains(['<', '>']) && payload["mrkdwn"] == false);
}

#[test]
fn teams_has_no_markdown_anywhere() {
    let payload = json(&teams::compose(&with(HOSTILE, 3)));
    let all = texts(&payload);
    let kinds = of_key(&all, "type");
    let known = ["message", "AdaptiveCard", "RichTextBlock", "TextRun", "Container", "Action.OpenUrl"];
    assert!(kinds.iter().all(|kind| known.contains(kind)), "{kinds:?}");
    assert!(of_key(&all, "url").iter().all(|url| url.starts_with("https://shop.test/")));
    assert_eq!(payload["attachments"][0]["content"]["msteams"].get("entities"), None);
}

#[test]
fn markdown_is_escaped_where_there_is_no_way_around_it() {
    let mattermost = json(&mattermost::compose(&with(HOSTILE, 3)))["text"].as_str().unwrap().to_owned();
    let payload = json(&discord::compose(&with(HOSTILE, 3)));
    assert_eq!(payload["allowed_mentions"], serde_json::json!({"parse": []}));
    let embeds = texts(&payload["embeds"]);
    let discord = [of_key(&embeds, "title"), of_key(&embeds, "description")].concat().join("\n");
    for text in [&mattermost, &discord] {
        for alive in
            ["@everyone", "@here", "<!", "<@", "<http", " *b*", " _i_", "`c`", "[x]", "evil.example)", "www.evil"]
        {
            let at = text.find(alive).map(|at| &text[at.saturating_sub(20)..]);
            assert!(at.is_none(), "{alive} in {}", at.unwrap_or_default());
        }
        assert!(!text.contains("http://"), "{text}");
    }
}

#[test]
fn however_much_there_is_to_say_the_limits_hold() {
    for words in ["short".to_owned(), "גדול ".repeat(400), "\"\\<&>".repeat(300)] {
        for rows in [0, 1, 9, 10, 49, 500] {
            let message = with(&words, rows);
            let payload = json(&slack::compose(&message));
            let blocks = payload["blocks"].as_array().unwrap();
            let all = texts(&payload);
            let longest = |key| of_key(&all, key).iter().map(|text| text.chars().count()).max().unwrap_or(0);
            assert!(blocks.len() <= 50 && longest("text") <= 3_000, "{} {}", blocks.len(), longest("text"));
            assert!(blocks[0]["text"]["text"].as_str().unwrap().chars().count() <= 150);
            let together: usize = of_key(&texts(&payload["blocks"]), "text").iter().map(|t| t.chars().count()).sum();
            assert!(together <= 13_000, "{together}");

            assert!(teams::compose(&message).len() <= 28 * 1024);

            let payload = json(&mattermost::compose(&message));
            assert!(payload["text"].as_str().unwrap().chars().count() <= 16_383);

            let payload = json(&discord::compose(&message));
            let embeds = payload["embeds"].as_array().unwrap();
            let all = texts(&payload);
            let most = |key| of_key(&all, key).iter().map(|text| text.chars().count()).max().unwrap_or(0);
            assert!(embeds.len() <= 10 && most("title") <= 256 && most("description") <= 4_096 && most("name") <= 256);
            let counted = ["title", "description", "text", "name"];
            let together: usize =
                counted.iter().flat_map(|key| of_key(&all, key)).map(|text| text.chars().count()).sum();
            assert!(together <= 6_000, "{rows} rows: {together}");
            if rows > 0 && words.len() < 10 {
                assert!(embeds.len() >= 2, "a short row is shown");
            }
            assert!(serde_json::from_slice::<Json>(&webhook::compose(&message)).is_ok());
        }
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let message = with("Earl Grey", 30);
    for (bytes, shown) in [(discord::compose(&message), "… and 2"), (slack::compose(&message), "… and 1")] {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(shown), "{text}");
    }
    assert!(String::from_utf8(mattermost::compose(&with("Earl Grey", 3))).unwrap().matches("TEA").count() >= 1);
}

#[test]
fn each_service_gets_its_own_shape() {
    for (name, bytes) in [
        ("slack", slack::compose(&message())),
        ("teams", teams::compose(&message())),
        ("discord", discord::compose(&message())),
    ] {
        insta::assert_snapshot!(name, format!("{:#}", json(&bytes)));
    }
    insta::assert_snapshot!("mattermost", json(&mattermost::compose(&message()))["text"].as_str().unwrap());
}

#[test]
fn an_alarm_and_a_language_from_right_to_left_have_a_shape_too() {
    let since = message().sections[0].rows[0].since.clone();
    let alarm = AlarmRow { shop: "shop".into(), source: "erp".into(), says: "It answers nothing.".into(), since };
    let alarm = Message {
        kind: MessageKind::Alarm,
        language: "he".into(),
        direction: Direction::Rtl,
        summary: None,
        sections: vec![],
        alarms: vec![alarm],
        command: Some("stocktruth check --accept-stock".into()),
        ..message()
    };
    for compose in [slack::compose, teams::compose, mattermost::compose, discord::compose, webhook::compose] {
        let text = String::from_utf8(compose(&alarm)).unwrap();
        assert!(text.contains("It answers nothing.") && text.contains("--accept"), "{text}");
    }
    assert_eq!(json(&teams::compose(&alarm))["attachments"][0]["content"]["rtl"], true);
}
