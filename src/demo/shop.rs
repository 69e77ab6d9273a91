//! The sample shop as a server: pages, robots.txt, a sitemap, a product feed, a campaign, and a page cache in front of some
//! of it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;

use crate::domain::clock::Clock;

use super::pages::{self, Frame};
use super::products::{PRODUCTS, Page, Product};

/// How old the page cache's copies are, in seconds.
const CACHE_AGE: &str = "5400";

const ROBOTS: &str = "User-agent: *\nDisallow: /*/dealers/\nDisallow: /*/cart\nAllow: /\n";

/// What every answer needs.
#[derive(Debug)]
struct Shop {
    /// Its own address, without a slash at its end.
    home: String,
    clock: Clock,
}

/// The shop's pages at `home`.
pub(super) fn router(home: String, clock: Clock) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(Shop { home, clock }))
}

async fn answer(State(shop): State<Arc<Shop>>, uri: Uri, headers: HeaderMap) -> Response {
    match uri.path() {
        "/robots.txt" => {
            plain(StatusCode::OK, "text/plain; charset=utf-8", format!("{ROBOTS}Sitemap: {}/sitemap.xml\n", shop.home))
        }
        "/he/purim" => drawn("text/html; charset=utf-8", pages::campaign()),
        "/feeds/google.xml" => drawn("application/xml", pages::feed(&shop.home, shop.clock.now())),
        "/sitemap.xml" => plain(StatusCode::OK, "application/xml", sitemap(&shop.home)),
        path => match PRODUCTS.iter().find(|product| is_at(product, path, uri.query())) {
            Some(product) => page(product, &shop, bypasses(uri.query(), &headers)),
            None => missing(path),
        },
    }
}

/// Whether a product's page is what was asked for. Other query parameters change nothing.
fn is_at(product: &Product, path: &str, query: Option<&str>) -> bool {
    let own = product.path();
    match own.split_once('?') {
        None => own == path,
        Some((own, chosen)) => own == path && query.unwrap_or_default().split('&').any(|pair| pair == chosen),
    }
}

/// What makes the page cache ask the shop itself: a parameter it has never seen, or the visitor's wish (RFC 9111
/// section 5.2.1.4).
fn bypasses(query: Option<&str>, headers: &HeaderMap) -> bool {
    let unknown = query.is_some_and(|query| query.split('&').any(|pair| !pair.starts_with("size=")));
    let wished = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    unknown || wished.is_some_and(|value| value.contains("no-cache") || value.contains("no-store"))
}

fn page(product: &Product, shop: &Shop, bypassed: bool) -> Response {
    let frame = Frame { home: &shop.home, now: shop.clock.now(), cached: !bypassed };
    let html = match pages::product(product, frame) {
        Ok(html) => html,
        Err(error) => return plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", error.to_string()),
    };
    let mut answer = if pages::is_windows_1255(product) {
        // Such shops name the encoding in the page only.
        let (bytes, _, _) = encoding_rs::WINDOWS_1255.encode(&html);
        plain(StatusCode::OK, "text/html", bytes.into_owned())
    } else {
        plain(StatusCode::OK, "text/html; charset=utf-8", html)
    };
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(name, value);
        }
    };
    match product.page {
        Page::Themed(_) | Page::Torn | Page::Cached if bypassed => put("x-cache", "MISS"),
        Page::Themed(_) | Page::Torn | Page::Cached => {
            put("x-cache", "HIT");
            put("age", CACHE_AGE);
        }
        Page::Moved(to) => {
            if let Some(target) = PRODUCTS.iter().find(|one| one.sku == to) {
                put("location", &target.path());
                *answer.status_mut() = StatusCode::FOUND;
            }
        }
        Page::Missing => *answer.status_mut() = StatusCode::NOT_FOUND,
        Page::Captcha(status) => {
            put("cf-mitigated", "challenge");
            *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
        }
        _ => {}
    }
    answer
}

fn drawn(kind: &'static str, body: Result<String, minijinja::Error>) -> Response {
    match body {
        Ok(body) => plain(StatusCode::OK, kind, body),
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", error.to_string()),
    }
}

fn missing(path: &str) -> Response {
    let language = path.trim_start_matches('/').split('/').next().unwrap_or("en");
    plain(StatusCode::NOT_FOUND, "text/html; charset=utf-8", pages::missing(language).unwrap_or_default())
}

fn sitemap(home: &str) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for product in PRODUCTS {
        // Writing to a String never fails.
        let _ = writeln!(xml, "<url><loc>{home}{}</loc></url>", product.path());
    }
    xml + "</urlset>\n"
}

fn plain(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    answer
}

#[cfg(test)]
mod tests {
    use super::super::tests::{get, started};

    #[tokio::test]
    async fn the_page_cache_lies_and_a_new_query_heals_it() {
        let demo = started().await;
        let stale = get(demo.shop_url(), "/he/p/COS-104", "").await;
        assert!(stale.head.contains("x-cache: HIT") && stale.head.contains("age: 5400"), "{}", stale.head);
        assert!(stale.body.contains("schema.org/InStock") && !stale.body.contains("אזל"));
        for (path, header) in [("/he/p/COS-104?_stocktruth=1", ""), ("/he/p/COS-104", "Cache-Control: no-cache\r\n")] {
            let fresh = get(demo.shop_url(), path, header).await;
            assert!(fresh.head.contains("x-cache: MISS") && !fresh.head.contains("age:"), "{}", fresh.head);
            assert!(fresh.body.contains("schema.org/OutOfStock") && fresh.body.contains("אזל מהמלאי"));
        }
    }

    #[tokio::test]
    async fn unreadable_pages_answer_as_such_pages_do() {
        let demo = started().await;
        for (path, status, holds) in [
            ("/en/p/BAG-208", "200", "verify you are a human"),
            ("/en/p/BAG-209", "403", "verify you are a human"),
            ("/en/p/CHR-211", "404", "404"),
            ("/en/p/CUP-212", "302", ""),
            ("/de/p/NO-SUCH", "404", "Der Eckladen"),
        ] {
            let answer = get(demo.shop_url(), path, "").await;
            assert!(answer.head.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {}", answer.head);
            assert!(answer.body.contains(holds), "{path}");
        }
        let moved = get(demo.shop_url(), "/en/p/CUP-212", "").await;
        assert!(moved.head.contains("location: /en/p/MUG-201"));
        let silent = get(demo.shop_url(), "/he/p/COS-108", "").await;
        assert!(!silent.body.contains("מלאי") && !silent.body.contains("schema.org"));
    }

    #[tokio::test]
    async fn robots_and_sitemap_name_every_product() {
        let demo = started().await;
        let robots = get(demo.shop_url(), "/robots.txt", "").await;
        assert!(robots.body.contains("Disallow: /*/dealers/"));
        let sitemap = get(demo.shop_url(), "/sitemap.xml", "").await;
        for expected in demo.expected() {
            assert!(sitemap.body.contains(&format!("{}</loc>", expected.sku)), "{}", expected.sku);
        }
        assert_eq!(sitemap.body.matches("<loc>").count(), demo.expected().len());
        assert!(sitemap.body.contains(&format!("<loc>{}he/p/COS-101</loc>", demo.shop_url())));
    }

    #[tokio::test]
    async fn the_shop_of_2003_names_its_encoding_in_the_page_only() {
        let demo = started().await;
        let answer = get(demo.shop_url(), "/he/p/COS-105", "").await;
        assert!(answer.head.contains("content-type: text/html\r\n"), "{}", answer.head);
        let (text, _, broken) = encoding_rs::WINDOWS_1255.decode(&answer.bytes);
        assert!(!broken && text.contains("אזל מהמלאי") && text.contains("charset=\"windows-1255\""));
    }
}
