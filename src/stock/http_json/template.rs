//! Requests with placeholders: `{key}` and `{keys}`.

use url::Url;

use super::super::Request;
use super::super::api::{Filled, percent_encoded};

/// What the placeholders of a request stand for.
#[derive(Clone, Copy, Debug)]
pub(in crate::stock) enum Keys<'a> {
    /// A listing names no keys.
    None,
    /// `{key}`.
    One(&'a str),
    /// `{keys}`, joined by the separator in the URL, a JSON array in the body.
    Many(&'a [String], &'a str),
}

/// Puts the keys into a request: percent-encoded in the URL (RFC 3986), JSON-escaped in the body (RFC 8259).
pub(in crate::stock) fn fill(request: &Request, keys: Keys<'_>) -> Result<Filled, String> {
    let (placeholder, in_url, in_body) = match keys {
        Keys::None => ("", String::new(), String::new()),
        // A dot segment is resolved even when it is percent-encoded, and would change the path.
        Keys::One("." | "..") => return Err("the key is a dot and cannot stand in an address".to_owned()),
        Keys::One(key) => ("{key}", percent_encoded(key), escape(key)),
        Keys::Many(keys, separator) => (
            "{keys}",
            keys.iter().map(|key| percent_encoded(key)).collect::<Vec<_>>().join(separator),
            serde_json::to_string(keys).unwrap_or_default(),
        ),
    };
    let replace = |text: &str, with: &str| {
        if placeholder.is_empty() { text.to_owned() } else { text.replace(placeholder, with) }
    };
    let url = replace(&request.url, &in_url);
    Ok(Filled {
        method: request.method.to_ascii_uppercase(),
        url: Url::parse(&url).map_err(|error| format!("{} is no address: {error}", request.url))?,
        body: request.body.as_deref().map(|body| replace(body, &in_body).into_bytes()),
    })
}

fn escape(key: &str) -> String {
    let quoted = serde_json::Value::from(key).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// What is wrong with a request. `placeholder` is what it must hold, if anything.
pub(super) fn check(option: &str, request: &Request, placeholder: Option<&str>) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut wrong = |part: &str, what: String| problems.push((format!("{option}.{part}"), what));
    if !matches!(request.method.to_ascii_uppercase().as_str(), "GET" | "POST") {
        wrong("method", format!("{} cannot be used; GET and POST can", request.method));
    }
    if request.body.is_some() && request.method.eq_ignore_ascii_case("GET") {
        wrong("body", "a GET request has no body; set method to POST".to_owned());
    }
    for stranger in placeholders(&request.url).filter(|found| Some(*found) != placeholder) {
        let may = placeholder.map_or_else(|| "no placeholders here".to_owned(), |known| format!("only {known} here"));
        wrong("url", format!("{stranger} means nothing; there are {may}"));
    }
    if let Some(placeholder) = placeholder
        && !request.url.contains(placeholder)
        && !request.body.as_deref().unwrap_or_default().contains(placeholder)
    {
        wrong("url", format!("{placeholder} is missing, so every request would ask for the same"));
    }
    let example = ["a".to_owned()];
    let keys = |key| match placeholder {
        Some("{key}") => Keys::One(key),
        Some(_) => Keys::Many(&example, ","),
        None => Keys::None,
    };
    match (fill(request, keys("a")), fill(request, keys("b"))) {
        (Ok(a), Ok(b)) => {
            if !matches!(a.url.scheme(), "http" | "https") || a.url.host().is_none() {
                wrong("url", format!("{} must begin with https:// or http:// and name a host", request.url));
            } else if a.url.origin() != b.url.origin() || host_part(&request.url).contains('{') {
                wrong("url", "a key must not choose the host; put the placeholder into the path or query".to_owned());
            }
            if let Some(Err(error)) =
                a.body.map(paged_once).as_deref().map(serde_json::from_str::<serde::de::IgnoredAny>)
            {
                wrong("body", format!("is no JSON once the placeholder is filled in: {error}"));
            }
        }
        (Err(what), _) | (_, Err(what)) => wrong("url", what),
    }
    problems
}

/// A body with something in the place of what the paging puts there.
fn paged_once(body: Vec<u8>) -> String {
    let body = String::from_utf8_lossy(&body).into_owned();
    ["{page}", "{offset}", "{cursor}", "{size}"].iter().fold(body, |body, one| body.replace(one, "1"))
}

fn placeholders(url: &str) -> impl Iterator<Item = &str> {
    url.match_indices('{').filter_map(|(at, _)| {
        let rest = url.get(at..)?;
        rest.find('}').and_then(|end| rest.get(..=end))
    })
}

fn host_part(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, url: &str, body: Option<&str>) -> Request {
        Request { method: method.to_owned(), url: url.to_owned(), body: body.map(str::to_owned) }
    }

    #[test]
    fn keys_are_encoded_where_they_stand() {
        let filled = fill(&request("get", "http://h/v1/{key}?x={key}", None), Keys::One("a/b c&א")).unwrap();
        assert_eq!(filled.url.as_str(), "http://h/v1/a%2Fb%20c%26%D7%90?x=a%2Fb%20c%26%D7%90");
        let keys = ["a,b".to_owned(), "\"q\"".to_owned()];
        let many = request("POST", "http://h/?k[]={keys}", Some(r#"{"in": {keys}}"#));
        let filled = fill(&many, Keys::Many(&keys, "&k[]=")).unwrap();
        assert_eq!(filled.url.as_str(), "http://h/?k[]=a%2Cb&k[]=%22q%22");
        assert_eq!(filled.body.unwrap(), br#"{"in": ["a,b","\"q\""]}"#);
        let one = fill(&request("POST", "http://h/", Some(r#"{"k": "{key}"}"#)), Keys::One("a\"\n")).unwrap();
        assert_eq!(one.body.unwrap(), br#"{"k": "a\"\n"}"#);
        assert!(fill(&request("GET", "http://h/{key}", None), Keys::One("..")).is_err());
    }

    #[test]
    fn requests_that_cannot_work_are_refused() {
        for (request, placeholder, expected) in [
            (request("PUT", "http://h/{key}", None), Some("{key}"), "item.method: PUT cannot be used"),
            (
                request("GET", "http://h/{sku}", None),
                Some("{key}"),
                "item.url: {sku} means nothing; there are only {key} here",
            ),
            (request("GET", "http://h/", None), Some("{key}"), "item.url: {key} is missing"),
            (request("GET", "http://h/{key}", None), None, "item.url: {key} means nothing"),
            (request("GET", "/v1/{key}", None), Some("{key}"), "item.url: /v1/{key} is no address"),
            (request("GET", "file:///{key}", None), Some("{key}"), "item.url: file:///{key} must begin with https://"),
            (request("GET", "http://{key}.h/", None), Some("{key}"), "item.url: a key must not choose the host"),
            (request("GET", "http://h/{key}", Some("{}")), Some("{key}"), "item.body: a GET request has no body"),
            (request("POST", "http://h/", Some("{\"k\": {key}}")), Some("{key}"), "item.body: is no JSON"),
        ] {
            let problems = check("item", &request, placeholder);
            let told: Vec<String> = problems.iter().map(|(option, what)| format!("{option}: {what}")).collect();
            assert!(told.iter().any(|one| one.starts_with(expected)), "{expected}: {told:?}");
        }
        assert_eq!(check("item", &request("POST", "http://h/", Some(r#"{"k": {keys}}"#)), Some("{keys}")), []);
    }
}
