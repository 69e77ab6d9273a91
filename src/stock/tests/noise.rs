//! Whatever is thrown at them, the readers answer or refuse; they never fall over.

use std::io::Cursor;

use proptest::prelude::*;

use super::super::expression::Expression;
use super::super::http_json::template::{Keys, fill};
use super::super::record::Fields;
use super::*;
use crate::fetch::table::Table;

const WORDS: [&str; 44] = [
    "a",
    "b",
    "text",
    "nil",
    "list",
    "map",
    "0",
    "1",
    "2.5",
    "'x'",
    "\"7\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "|",
    ".",
    ":",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "~",
    "<",
    ">=",
    "==",
    "!=",
    "and",
    "or",
    "not",
    "in",
    "is",
    "none",
    "if",
    "else",
    "sum",
    "default(1)",
    "int",
];

fn fields() -> Fields {
    let json =
        serde_json::json!({"a": 3, "b": 0.1, "text": "n/a", "nil": null, "list": [1, null, "x"], "map": {"k": 1}});
    json.as_object().unwrap().clone().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn expressions(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..12), noise in ".{0,12}") {
        let names = ["a", "b", "text", "nil", "list", "map"];
        for text in [words.join(" "), noise] {
            if let Ok(expression) = Expression::new("sellable", &text, &names) {
                let (quantity, _) = (expression.quantity(&fields()), (expression.truth(&fields()), expression.moment(&fields())));
                // Null alone never becomes a number, whatever is done to it.
                if text.split(' ').all(|word| matches!(word, "nil" | "+" | "-" | "*" | "<" | ">=" | "int" | "sum" | "|" | "(" | ")")) {
                    prop_assert!(quantity.is_err(), "{}", text);
                }
            }
        }
    }

    #[test]
    fn tables_and_keys(bytes in prop::collection::vec(any::<u8>(), 0..200), key in ".{0,9}") {
        if let Ok(mut table) = Table::open(Cursor::new(bytes), None, None) {
            while let Ok(Some(row)) = table.row() {
                let _ = (row.trouble(), row.cell(0));
            }
        }
        let request = get("http://h/p/{key}/q?k={key}".to_owned());
        if let Ok(filled) = fill(&request, Keys::One(&key)) {
            prop_assert_eq!(filled.url.path_segments().unwrap().count(), 3);
            let decoded = filled.url.query_pairs().next().map(|(_, value)| value.into_owned());
            prop_assert_eq!(decoded, Some(key));
        }
    }
}
