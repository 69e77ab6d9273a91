//! Page caches: what they say of themselves, and how to get past them.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap, HeaderValue, PRAGMA};
use url::Url;

use super::options::Bypass;
use crate::domain::CacheEvidence;

/// Headers in which caches state what they did, the common ones first. `Cache-Status` is RFC 9211; the others are
/// what the products of that name send.
const STATEMENTS: [(&str, &str); 14] = [
    ("x-cache", "X-Cache"),
    ("cf-cache-status", "CF-Cache-Status"),
    ("cache-status", "Cache-Status"),
    ("x-cache-status", "X-Cache-Status"),
    ("x-proxy-cache", "X-Proxy-Cache"),
    ("x-nginx-cache", "X-Nginx-Cache"),
    ("x-fastcgi-cache", "X-FastCGI-Cache"),
    ("x-varnish-cache", "X-Varnish-Cache"),
    ("x-litespeed-cache", "X-LiteSpeed-Cache"),
    ("x-vercel-cache", "X-Vercel-Cache"),
    ("x-sucuri-cache", "X-Sucuri-Cache"),
    ("x-kinsta-cache", "X-Kinsta-Cache"),
    ("x-drupal-cache", "X-Drupal-Cache"),
    ("x-magento-cache-debug", "X-Magento-Cache-Debug"),
];

/// What the caches on the way said; of several statements one that speaks of a hit.
pub(super) fn evidence(headers: &HeaderMap) -> Option<CacheEvidence> {
    let stated = || {
        STATEMENTS
            .iter()
            .filter_map(|(name, spelled)| Some(format!("{spelled}: {}", headers.get(*name)?.to_str().ok()?.trim())))
    };
    let status = stated().find(|line| line.to_ascii_lowercase().contains("hit")).or_else(|| stated().next());
    let age = headers.get(AGE).and_then(|age| age.to_str().ok()?.trim().parse().ok());
    (age.is_some() || status.is_some()).then_some(CacheEvidence { age, status })
}

/// A query parameter with a value that was never used before.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    name: String,
    value: String,
}

impl Stamp {
    /// `None` if the options want no parameter.
    pub(super) fn new(bypass: &Bypass, now: Timestamp) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let value = format!("{:x}{count:x}{:08x}", now.as_microsecond(), rand::random::<u32>());
        bypass.query.clone().filter(|name| !name.is_empty()).map(|name| Self { name, value })
    }

    /// The URL with the parameter after those it has.
    pub(super) fn on(&self, url: &Url) -> Url {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair(&self.name, &self.value);
        url
    }

    /// The URL as it would be without the parameter; all else stays to the byte.
    pub(super) fn off(&self, url: &Url) -> Url {
        let mut url = url.clone();
        let Some(query) = url.query().map(str::to_owned) else { return url };
        let ours = format!("={}", self.value);
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.ends_with(&ours)).collect();
        if kept.len() < query.split('&').count() {
            url.set_query(Some(kept.join("&").as_str()).filter(|query| !query.is_empty()));
        }
        url
    }
}

/// Asks every cache on the way to ask the origin (RFC 9111 sections 5.2.1.4 and 5.4).
pub(super) fn ask_the_origin(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_among_several_caches_is_what_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(evidence(&headers), None);
        headers.insert("x-cache", HeaderValue::from_static("MISS"));
        headers.insert("cf-cache-status", HeaderValue::from_static("HIT"));
        headers.insert("age", HeaderValue::from_static("17"));
        let expected = CacheEvidence { age: Some(17), status: Some("CF-Cache-Status: HIT".to_owned()) };
        assert_eq!(evidence(&headers), Some(expected));
    }

    #[test]
    fn a_stamp_is_new_every_time_and_leaves_no_trace() {
        let bypass = Bypass { query: Some("_x".to_owned()), headers: true };
        let stamps: Vec<Stamp> = (0..2).filter_map(|_| Stamp::new(&bypass, Timestamp::UNIX_EPOCH)).collect();
        assert_ne!(stamps[0].value, stamps[1].value);
        for url in ["https://shop.example/p", "https://shop.example/p?", "https://shop.example/p?a=%D7%90+b&c#top"] {
            let url = Url::parse(url).unwrap();
            let stamped = stamps[0].on(&url);
            assert_ne!(stamped, url);
            assert_eq!(stamps[0].off(&stamped).as_str().replace('?', ""), url.as_str().replace('?', ""));
            assert_eq!(stamps[0].off(&url), url);
        }
    }
}
