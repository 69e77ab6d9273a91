//! Where a redirect leads, and what may go with it.

use reqwest::Method;
use reqwest::header::{HeaderMap, LOCATION};
use url::Url;

use crate::domain::PageFailure;

/// The next request of a chain.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) keeps_body: bool,
    pub(super) same_origin: bool,
}

/// The next request, or `None` if the answer is no redirect. Methods change as in browsers (RFC 9110 section 15.4):
/// 303 always becomes GET, 301 and 302 turn POST into GET, 307 and 308 repeat what was sent.
pub(super) fn next(
    status: u16,
    headers: &HeaderMap,
    from: &Url,
    method: &Method,
    has_body: bool,
) -> Result<Option<Next>, PageFailure> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let cannot = |why: String| PageFailure::Redirect { why };
    let location = headers.get(LOCATION).ok_or_else(|| cannot(format!("{status} without a Location")))?;
    // Browsers take UTF-8 here, and shops with Hebrew addresses send it.
    let location = std::str::from_utf8(location.as_bytes())
        .map_err(|_| cannot(format!("{status} with a Location that cannot be read")))?;
    let mut url = from
        .join(location.trim())
        .map_err(|error| cannot(format!("{status} with a Location that is none: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(cannot(format!("{status} to {}:, which is not the web", url.scheme())));
    }
    let same_origin = url.origin() == from.origin();
    if !same_origin {
        // A stranger's user and password are not ours to send. Only a URL without a host refuses these.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    // RFC 9110 section 10.2.2: the fragment lives on where the Location has none.
    if url.fragment().is_none() {
        url.set_fragment(from.fragment());
    }
    let repeats = match status {
        303 => *method == Method::HEAD,
        301 | 302 => *method != Method::POST,
        _ => true,
    };
    if repeats && has_body && !same_origin {
        return Err(cannot(format!(
            "{status} would send the request's body to {}",
            url.host_str().unwrap_or_default()
        )));
    }
    let method = if repeats { method.clone() } else { Method::GET };
    Ok(Some(Next { url, method, keeps_body: repeats, same_origin }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(status: u16, location: &str, method: Method, has_body: bool) -> Result<Option<Next>, PageFailure> {
        let mut headers = HeaderMap::new();
        if !location.is_empty() {
            headers.insert(LOCATION, reqwest::header::HeaderValue::from_bytes(location.as_bytes()).unwrap());
        }
        next(status, &headers, &Url::parse("https://u:p@shop.example/a/b?c").unwrap(), &method, has_body)
    }

    #[test]
    fn methods_and_bodies_change_as_in_browsers() {
        for (status, method, becomes, keeps) in [
            (301, Method::POST, Method::GET, false),
            (303, Method::POST, Method::GET, false),
            (307, Method::POST, Method::POST, true),
            (302, Method::GET, Method::GET, true),
        ] {
            let next = from(status, "/x", method, status == 307).unwrap().unwrap();
            assert_eq!((next.method, next.keeps_body), (becomes, keeps), "{status}");
        }
        assert!(from(304, "", Method::GET, false).unwrap().is_none());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (location, same) in [
            ("../x", true),
            ("/מוצר", true),
            ("https://shop.example:443/", true),
            ("http://shop.example/", false),
            ("https://shop.example:444/", false),
            ("//x:y@evil.example/", false),
        ] {
            let next = from(302, location, Method::GET, false).unwrap().unwrap();
            assert_eq!(next.same_origin, same, "{location}");
            assert!(same || next.url.username().is_empty() && next.url.password().is_none());
        }
    }

    #[test]
    fn what_cannot_be_followed_says_why_without_the_address() {
        for (status, location, has_body) in
            [(302, "", false), (302, "file:///etc/passwd?secret", false), (308, "https://evil.example/?secret", true)]
        {
            let why = from(status, location, Method::POST, has_body).unwrap_err().to_string();
            assert!(why.contains(&status.to_string()) && !why.contains("secret"), "{why}");
        }
    }
}
