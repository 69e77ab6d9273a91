//! The cookies of one visit (RFC 6265). They live and die with it, and are never shown: whoever has a customer's cookies
//! is that customer.

use std::fmt;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::{Host, Url};

/// No shop needs more cookies, nor longer ones (RFC 6265 section 6.1).
const MOST: usize = 100;
const LONGEST: usize = 4096;

/// What a shop wants to be told again.
#[derive(Default)]
pub(super) struct Jar(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// Sent to this host alone, not to those below it.
    host_only: bool,
    path: String,
    secure: bool,
}

impl fmt::Debug for Jar {
    /// How many there are, and nothing else of them.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Jar").field(&self.0.len()).finish()
    }
}

impl Jar {
    /// Takes what an answer from this address sets. What is odd is left out, as in browsers.
    pub(super) fn take(&mut self, headers: &HeaderMap, from: &Url, now: Timestamp) {
        let lines: Vec<String> = headers
            .get_all(SET_COOKIE)
            .iter()
            .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
            .collect();
        for line in lines {
            if line.len() <= LONGEST {
                self.take_one(&line, from, now);
            }
        }
    }

    fn take_one(&mut self, line: &str, from: &Url, now: Timestamp) {
        let mut parts = line.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let host = from.host_str().unwrap_or_default().to_ascii_lowercase();
        let mut cookie = Cookie {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            domain: host.clone(),
            host_only: true,
            path: default_path(from),
            secure: false,
        };
        let (mut max_age, mut expires) = (None, None);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    if domain.is_empty() || domain == host {
                        cookie.host_only = cookie.host_only && domain.is_empty();
                        continue;
                    }
                    // A name without a dot is nobody's own, and an address has nothing below it.
                    let is_named = matches!(from.host(), Some(Host::Domain(_)));
                    if !is_named || !domain.contains('.') || !is_below(&host, &domain) {
                        return;
                    }
                    (cookie.domain, cookie.host_only) = (domain, false);
                }
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "secure" => cookie.secure = true,
                "max-age" => max_age = value.parse::<i64>().ok(),
                "expires" => expires = date(value),
                _ => {}
            }
        }
        let is_over = match max_age {
            Some(seconds) => seconds <= 0,
            None => expires.is_some_and(|at| at <= now),
        };
        self.0
            .retain(|known| (&known.name, &known.domain, &known.path) != (&cookie.name, &cookie.domain, &cookie.path));
        if !is_over && !cookie.name.is_empty() && self.0.len() < MOST {
            self.0.push(cookie);
        }
    }

    /// The `Cookie` header for this address, if anything is to be told there.
    pub(super) fn header(&self, url: &Url) -> Option<HeaderValue> {
        let mut told: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.is_for(url)).collect();
        // Longer paths first (section 5.4).
        told.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let line: Vec<String> = told.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        let mut header = HeaderValue::from_str(&line.join("; ")).ok().filter(|_| !told.is_empty())?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The value of the cookie of this name that would be sent to this address.
    pub(super) fn value(&self, name: &str, url: &Url) -> Option<&str> {
        let mut told: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.name == name && cookie.is_for(url)).collect();
        told.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        told.first().map(|cookie| cookie.value.as_str())
    }
}

impl Cookie {
    fn is_for(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let domain = host == self.domain || (!self.host_only && is_below(&host, &self.domain));
        let path = url.path();
        let below = path.strip_prefix(self.path.as_str());
        let path = below.is_some_and(|rest| self.path.ends_with('/') || rest.is_empty() || rest.starts_with('/'));
        domain && path && (!self.secure || url.scheme() == "https")
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|above| above.ends_with('.'))
}

/// Section 5.1.4.
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        Some(end) if end > 0 => url.path()[..end].to_owned(),
        _ => "/".to_owned(),
    }
}

/// A date of HTTP; many shops write it with dashes.
fn date(value: &str) -> Option<Timestamp> {
    let date = httpdate::parse_http_date(value).or_else(|_| httpdate::parse_http_date(&value.replace('-', " ")));
    Timestamp::try_from(date.ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T08:00:00Z";

    fn jar(from: &str, lines: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for line in lines {
            let headers = HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_str(line).unwrap())]);
            jar.take(&headers, &Url::parse(from).unwrap(), NOW.parse().unwrap());
        }
        jar
    }

    fn told(jar: &Jar, url: &str) -> String {
        let header = jar.header(&Url::parse(url).unwrap());
        header.map(|header| header.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_cookie_goes_back_to_where_it_came_from_and_nowhere_else() {
        let one = jar(
            "https://shop.example/a/b",
            &["sid=1; Path=/; HttpOnly; SameSite=Lax", "deep=2", "safe=3; Secure; path=/"],
        );
        assert_eq!(told(&one, "https://shop.example/a/c"), "deep=2; sid=1; safe=3");
        assert_eq!(told(&one, "https://shop.example/ab"), "sid=1; safe=3");
        assert_eq!(told(&one, "http://shop.example/"), "sid=1");
        for elsewhere in ["https://www.shop.example/", "https://evil.example/", "https://notshop.example/"] {
            assert_eq!(told(&one, elsewhere), "", "{elsewhere}");
        }
        let wide = jar("https://www.shop.example/", &["sid=1; Domain=.shop.example"]);
        assert_eq!(told(&wide, "https://cart.shop.example/"), "sid=1");
        assert_eq!(told(&wide, "https://badshop.example/"), "");
        for foreign in ["sid=1; Domain=other.example", "sid=1; Domain=example", "sid=1; Domain=a.www.shop.example"] {
            assert_eq!(
                told(&jar("https://www.shop.example/", &[foreign]), "https://www.shop.example/"),
                "",
                "{foreign}"
            );
        }
        assert_eq!(told(&jar("http://127.0.0.1/", &["sid=1; Domain=0.0.1"]), "http://127.0.0.1/"), "");
    }

    #[test]
    fn a_later_value_replaces_an_earlier_one_and_a_past_date_takes_it_away() {
        let url = "https://shop.example/";
        assert_eq!(told(&jar(url, &["a=1", "a=2", "=x", "none"]), url), "a=2");
        for end in
            ["a=; Max-Age=0", "a=; expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=x; Expires=Thu, 01-Jan-1970 00:00:00 GMT"]
        {
            assert_eq!(told(&jar(url, &["a=1", end]), url), "", "{end}");
        }
        assert_eq!(told(&jar(url, &["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), url), "a=1");
        let many: Vec<String> = (0..300).map(|n| format!("c{n}=1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(jar(url, &many).0.len(), MOST);
        assert_eq!(jar(url, &[&format!("a={}", "x".repeat(5000))]).0.len(), 0);
    }

    #[test]
    fn what_is_in_it_is_not_shown() {
        let jar = jar("https://shop.example/", &["sid=s3cret"]);
        assert_eq!(format!("{jar:?}"), "Jar(1)");
        assert!(!format!("{:?}", jar.header(&Url::parse("https://shop.example/").unwrap())).contains("s3cret"));
        assert_eq!(jar.value("sid", &Url::parse("https://shop.example/").unwrap()), Some("s3cret"));
    }
}
