//! What OData services have in common (OASIS OData Version 4.01: part 2, URL conventions, and its JSON format).

use futures::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use url::Url;

use super::{Api, answer, get};
use crate::fetch::{Document, shown};
use crate::stock::StockError;
use crate::stock::error::in_short;
use crate::stock::record::Record;

/// What to do about an answer of this status.
pub(in crate::stock) type Advice = fn(u16) -> &'static str;

/// A text as a literal: in quotes, its own quotes doubled (part 2, section 5.1.1.6.1).
pub(in crate::stock) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The condition that a column is one of these keys.
pub(in crate::stock) fn one_of(column: &str, keys: &[String]) -> String {
    keys.iter().map(|key| format!("{column} eq {}", literal(key))).collect::<Vec<_>>().join(" or ")
}

/// All of these conditions.
pub(in crate::stock) fn all_of(conditions: &[Option<String>]) -> Option<String> {
    match conditions.iter().flatten().collect::<Vec<_>>().as_slice() {
        [] => None,
        [only] => Some((*only).clone()),
        several => Some(several.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" and ")),
    }
}

/// The address with these query options.
pub(in crate::stock) fn with_options(url: &Url, options: &[(&str, Option<String>)]) -> Url {
    let given = options.iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_deref()?))));
    let mut url = url.clone();
    url.set_query(Some(&given.collect::<Vec<_>>().join("&")));
    url
}

/// Percent-encoded, but for what is meant to be read as it is: `$expand=A($select=B,C)`.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~$=,()/;".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// The keys in batches of at most `most`, each with a condition of at most `room` bytes once it is encoded. A key that is
/// too long by itself gets a batch of its own.
pub(in crate::stock) fn batches<'k>(keys: &'k [String], column: &str, most: usize, room: usize) -> Vec<&'k [String]> {
    let or = encoded(" or ").len();
    let cost = |key: &String| encoded(&one_of(column, std::slice::from_ref(key))).replace('\'', "%27").len() + or;
    let mut batches = Vec::new();
    let (mut from, mut used) = (0, 0);
    for (at, key) in keys.iter().enumerate() {
        let more = cost(key);
        if at > from && (at - from >= most.max(1) || used + more > room) {
            batches.extend(keys.get(from..at));
            (from, used) = (at, 0);
        }
        used += more;
    }
    batches.extend(keys.get(from..).filter(|rest| !rest.is_empty()));
    batches
}

/// Asks batch by batch, `at_once` of them side by side. The host's own budget decides about the rest.
pub(in crate::stock) async fn ask_all<'k, F>(
    batches: Vec<&'k [String]>,
    at_once: usize,
    ask: impl Fn(&'k [String]) -> F,
) -> Result<Vec<Record>, StockError>
where
    F: Future<Output = Result<Vec<Record>, StockError>>,
{
    stream::iter(batches.into_iter().map(ask)).buffered(at_once.max(1)).try_concat().await
}

/// One page of a collection.
pub(in crate::stock) struct Page {
    pub(in crate::stock) items: Vec<Json>,
    /// Whether the service says that there is more.
    pub(in crate::stock) more: bool,
}

/// Asks for a page.
///
/// # Errors
/// [`StockError::Answer`] for another status than 2xx, for what is no JSON and for what is no collection;
/// [`StockError::Login`] for 401 and 403.
pub(in crate::stock) async fn page(api: &Api, url: Url, advice: Advice) -> Result<Page, StockError> {
    let document = api.send(get(url)).await?;
    let mut answer = match answer::json(&document) {
        Ok(answer) => answer,
        Err(what) if (200..300).contains(&document.status) => return Err(refused(&document, what, advice)),
        Err(_) => return Err(refused(&document, format!("answered {}", said(&document)), advice)),
    };
    let more = ["@odata.nextLink", "odata.nextLink"].iter().any(|name| answer.get(name).is_some_and(Json::is_string));
    match answer.get_mut("value").map(Json::take) {
        Some(Json::Array(items)) => Ok(Page { items, more }),
        _ => Err(refused(&document, "answered JSON without a list in `value`, which is no OData".to_owned(), advice)),
    }
}

fn refused(document: &Document, what: String, advice: Advice) -> StockError {
    let (url, advice) = (shown(&document.url).to_string(), advice(document.status));
    match document.status {
        401 | 403 => StockError::Login { url, what, advice },
        _ => StockError::Answer { url, what, advice },
    }
}

/// What an answer says went wrong: the status and the words of its `error`, as OData, RFC 6749 and others write it.
pub(in crate::stock) fn said(document: &Document) -> String {
    let answer: Option<Json> = serde_json::from_slice(&document.body).ok();
    let error = answer.as_ref().and_then(|answer| answer.get("error"));
    let Some(error @ Json::Object(_)) = error else { return in_short(document) };
    let message = match error.get("message") {
        Some(Json::String(text)) => Some(text.as_str()),
        Some(nested) => nested.get("value").and_then(Json::as_str),
        None => None,
    };
    let Some(message) = message else { return in_short(document) };
    let code = match error.get("code") {
        Some(Json::String(code)) if !code.is_empty() => format!(" {code}"),
        Some(Json::Number(code)) => format!(" {code}"),
        _ => String::new(),
    };
    let message: String = message.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    format!("{} with the error{code}: {message}", document.status)
}

/// The rows of a collection inside an item. A single row counts as one, nothing as none.
pub(in crate::stock) fn rows<'i>(item: &'i Json, name: &str) -> Result<&'i [Json], String> {
    let more = |kind: &str| item.get(format!("{name}{kind}")).is_some_and(Json::is_string);
    if more("@odata.nextLink") || more("odata.nextLink") {
        return Err(format!("the answer does not hold all of {name}"));
    }
    match item.get(name) {
        Some(Json::Array(rows)) => Ok(rows),
        Some(Json::Null) => Ok(&[]),
        Some(row @ Json::Object(_)) => Ok(std::slice::from_ref(row)),
        Some(_) => Err(format!("{name} is no list")),
        None => Err(format!("the answer lacks {name}")),
    }
}

/// An exact number, also one that is written as text.
pub(in crate::stock) fn number(item: &Json, name: &str) -> Result<Decimal, String> {
    let text = match item.get(name) {
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::String(text)) => text.trim().to_owned(),
        Some(Json::Null) | None => return Err(format!("the answer lacks {name}")),
        Some(other) => return Err(format!("{name} is {other} and no number")),
    };
    let number = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text));
    number.map_err(|_| format!("{name} is {text} and no number"))
}

/// A number for a field: as text, so that no digit is lost.
pub(in crate::stock) fn exact(number: Decimal) -> Json {
    number.normalize().to_string().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_become_literals_and_conditions() {
        let keys = ["O'Brien".to_owned(), "מברג 5\" & co".to_owned()];
        assert_eq!(one_of("PARTNAME", &keys), "PARTNAME eq 'O''Brien' or PARTNAME eq 'מברג 5\" & co'");
        let filter = all_of(&[Some("A gt 'x'".to_owned()), None, Some("B eq 'Y' or C eq 'N'".to_owned())]);
        assert_eq!(filter.as_deref(), Some("(A gt 'x') and (B eq 'Y' or C eq 'N')"));
        assert_eq!(all_of(&[None, Some("A gt 'x'".to_owned())]).as_deref(), Some("A gt 'x'"));
        let url = Url::parse("https://erp.example/odata/LOGPART").unwrap();
        let expand = Some("S_SUBFORM($select=A,B)".to_owned());
        let url =
            with_options(&url, &[("$filter", Some(one_of("P", &keys[1..]))), ("$expand", expand), ("$top", None)]);
        let expected =
            "$filter=P%20eq%20%27%D7%9E%D7%91%D7%A8%D7%92%205%22%20%26%20co%27&$expand=S_SUBFORM($select=A,B)";
        assert_eq!(url.query(), Some(expected));
    }

    #[test]
    fn batches_keep_to_their_number_and_to_the_length_of_an_address() {
        let keys: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        let sizes = |most, room| batches(&keys, "K", most, room).iter().map(|batch| batch.len()).collect::<Vec<_>>();
        assert_eq!(sizes(2, 4000), [2, 2, 1]);
        assert_eq!(sizes(5, 4000), [5]);
        // `K eq 'a'` takes 16 bytes once it is encoded, and ` or ` 8.
        assert_eq!(sizes(5, 48), [2, 2, 1]);
        assert_eq!(sizes(5, 1), [1, 1, 1, 1, 1]);
        assert!(batches(&[], "K", 5, 100).is_empty());
    }

    #[test]
    fn errors_are_told_in_the_words_of_the_service() {
        let url: Url = "https://erp.example/".parse().unwrap();
        let document = |body: Json| Document {
            status: 400,
            url: url.clone(),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        for (body, expected) in [
            (
                json!({"error": {"code": -1000, "message": {"lang": "en-us", "value": "Query string error"}}}),
                "400 with the error -1000: Query string error",
            ),
            (json!({"error": {"code": "", "message": "No such\ncolumn"}}), "400 with the error: No such column"),
            (json!({"error": "invalid"}), r#"400 (no content type): {"error":"invalid"}"#),
        ] {
            assert_eq!(said(&document(body)), expected);
        }
    }

    #[test]
    fn rows_and_numbers_that_are_not_there_are_never_none_and_zero() {
        let item = json!({"rows": [{"q": 1.10}, {"q": "2.25"}], "one": {"q": 1e2}, "none": null, "part": [], "odd": 5,
            "part@odata.nextLink": "…"});
        let found = rows(&item, "rows").unwrap();
        assert_eq!(number(&found[0], "q").unwrap() + number(&found[1], "q").unwrap(), Decimal::new(335, 2));
        assert_eq!(number(&rows(&item, "one").unwrap()[0], "q"), Ok(Decimal::from(100)));
        assert_eq!(rows(&item, "none").unwrap().len(), 0);
        for name in ["part", "odd", "absent"] {
            assert!(rows(&item, name).is_err(), "{name}");
        }
        for value in [json!(null), json!("many"), json!(true)] {
            assert!(number(&json!({"q": value}), "q").is_err(), "{value}");
        }
        assert!(number(&json!({}), "q").is_err());
    }
}
