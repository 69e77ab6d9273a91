use jiff::Timestamp;
use proptest::prelude::*;
use url::Url;

use super::super::{Reader, combine};
use crate::domain::{Item, Page, Reading};

fn reader() -> &'static Reader {
    static READER: std::sync::LazyLock<Reader> = std::sync::LazyLock::new(|| Reader::new(&Default::default()).unwrap());
    &READER
}

/// A page of one script.
fn read(script: &str) -> Reading {
    let url = Url::parse("https://shop.test/p/blue-shirt").unwrap();
    let html = format!("<html lang=en><body><h1>Blue shirt</h1><script>{script}</script></body></html>");
    let page = Page {
        requested: url.clone(),
        url,
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html,
        charset: "UTF-8",
        cache: None,
        seen_at: Timestamp::UNIX_EPOCH,
    };
    let reading = reader().read(&page);
    let _ = combine(&reading, &page, &Item::default());
    reading
}

#[test]
fn one_object_of_a_huge_state_is_found() {
    let others: String =
        (0..5_000).map(|n| format!("{{\"name\":\"Hat {n}\",\"sku\":\"H{n}\",\"available\":true}},")).collect();
    let own = "{\"name\":\"Blue shirt\",\"sku\":\"B1\",\"available\":false}";
    let reading = read(&format!("window.x = [{others}{own}];"));
    let said: Vec<_> = reading.signals.iter().map(|one| (one.sku.as_deref(), one.says.name())).collect();
    assert_eq!(said, [(Some("B1"), "OutOfStock".to_owned())]);
}

#[test]
fn hostile_states_are_read_in_time() {
    let own = "\"name\":\"Blue shirt\",\"sku\":\"B1\",\"available\":true";
    for (open, close) in [
        (format!("{{{own},\"variants\":["), "]}".to_owned()),
        (format!("{{{own},\"x\":"), "}".to_owned()),
        (format!("{{{own},\"stock\":{{\"stock\":"), "}}".to_owned()),
        (format!("[{{{own}}},"), "{}]".to_owned()),
    ] {
        for depth in [30, 20_000] {
            let script = format!("x={}{{{own}}}{}", open.repeat(depth), close.repeat(depth));
            let _ = read(&script);
        }
        let _ = read(&format!("x=[{}]", format!("{open}{{{own}}}{close},").repeat(4_000)));
    }
    // Many that point to one long text.
    let long = "long ".repeat(20_000);
    let flat = format!("[{{\"name\":1}},\"{long}\",true,{}0]", "{\"name\":1,\"available\":2},".repeat(4_000));
    let _ = read(&flat.replace("[{", "x=[{"));
    let cache = "\"p\":{\"name\":\"Blue shirt\",\"items\":[{\"__ref\":\"p\"},{\"__ref\":\"p\"}],\"available\":true}";
    let _ = read(&format!("x={{\"ROOT_QUERY\":{{}},{cache}}}"));
}

proptest! {
    #[test]
    fn no_script_makes_the_reader_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "=", "(", ")", "\"", "'", "`", "\\", "/", "\n", "available", "\"available\":", "true", "0",
        "\"name\":\"Blue shirt\"", "\"variants\":", "\"sku\":\"B1\"", "__next_f.push([1,", "__NUXT__=(function(a){return ",
        "}(", "var combinations=", "allowBuyWhenOutOfStock=false;", "\"attributes\":{\"1\":", "\"options\":[", "\"chooseText\":\"\"",
        "\"ROOT_QUERY\":", "\"__ref\":", "é", "\u{1F600}", "\\u", "\\ud83d", "-", "!", "//", "/*", "*/",
    ]), 0..60)) {
        let _ = read(&pieces.concat());
    }
}
