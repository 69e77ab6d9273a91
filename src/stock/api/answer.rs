//! What an API answered, and whether it can be used.

use serde_json::Value as Json;

use crate::fetch::{Document, shown};
use crate::stock::StockError;
use crate::stock::error::{advice, in_short};

/// The JSON of an answer, or why there is none, in words that follow the address.
pub(in crate::stock) fn json(document: &Document) -> Result<Json, String> {
    if !(200..300).contains(&document.status) {
        return Err(format!("answered {}", in_short(document)));
    }
    serde_json::from_slice(&document.body).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof if document.body.iter().any(|byte| !byte.is_ascii_whitespace()) => {
            format!("broke off in the middle of its answer after {} bytes: {}", document.body.len(), in_short(document))
        }
        _ => format!("answered something other than JSON: {}", in_short(document)),
    })
}

/// The error of a whole source for an answer that cannot be used.
pub(in crate::stock) fn refused(document: &Document, what: String) -> StockError {
    let (url, advice) = (shown(&document.url).to_string(), advice(document.status));
    match document.status {
        401 | 403 => StockError::Login { url, what, advice },
        _ => StockError::Answer { url, what, advice },
    }
}

/// The same for an answer that says with status 200 that we may not ask.
pub(in crate::stock) fn denied(document: &Document, what: String) -> StockError {
    StockError::Login { url: shown(&document.url).to_string(), what, advice: advice(403) }
}

/// Whether the errors of a GraphQL answer say that we may not ask, by the codes that most servers use.
pub(in crate::stock) fn denies(answer: &Json) -> bool {
    let errors = answer.get("errors").and_then(Json::as_array);
    let mut codes = errors.into_iter().flatten().filter_map(|error| error["extensions"]["code"].as_str());
    codes.any(|code| matches!(code, "FORBIDDEN" | "UNAUTHENTICATED" | "UNAUTHORIZED"))
}

/// The errors of a GraphQL answer (section 7.1.2 of its specification), in words that follow the address.
pub(in crate::stock) fn graphql_errors(answer: &Json) -> Result<(), String> {
    let errors = match answer.get("errors") {
        None | Some(Json::Null) => return Ok(()),
        Some(Json::Array(errors)) if errors.is_empty() => return Ok(()),
        Some(Json::Array(errors)) => errors.as_slice(),
        Some(other) => std::slice::from_ref(other),
    };
    let first = errors.first().map(|error| match error.get("message").and_then(Json::as_str) {
        Some(message) => message.chars().take(200).collect::<String>(),
        None => error.to_string().chars().take(200).collect(),
    });
    let more = if errors.len() > 1 { format!(" (and {} more)", errors.len() - 1) } else { String::new() };
    Err(format!("answered the error {:?}{more}", first.unwrap_or_default()))
}
