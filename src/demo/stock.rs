//! The sample shop's stock system: a JSON API behind a bearer token, all items in pages or one by its key.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::clock::Clock;

use super::pages::from_now;
use super::products::{PRODUCTS, Product, Stock};

/// What a visitor must show. It is no secret: the API is on loopback and made up.
pub(super) const TOKEN: &str = "only-for-the-demonstration";

/// Items on a page of the listing.
const PAGE: usize = 10;

/// The stock system.
pub(super) fn router(clock: Clock) -> Router {
    Router::new().route("/api/stock", get(all)).route("/api/stock/{sku}", get(item)).with_state(clock)
}

#[derive(Deserialize)]
struct Wanted {
    page: Option<usize>,
}

async fn all(State(clock): State<Clock>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    if !knows(&headers) {
        return refused();
    }
    let page = wanted.page.unwrap_or(1).max(1);
    let known: Vec<Value> = PRODUCTS.iter().filter_map(|product| stand(product, &clock)).collect();
    let items: Vec<&Value> = known.iter().skip((page - 1).saturating_mul(PAGE)).take(PAGE).collect();
    answer(StatusCode::OK, &json!({ "page": page, "total": known.len(), "items": items }))
}

async fn item(State(clock): State<Clock>, Path(sku): Path<String>, headers: HeaderMap) -> Response {
    if !knows(&headers) {
        return refused();
    }
    match PRODUCTS.iter().find(|product| product.sku == sku).and_then(|product| stand(product, &clock)) {
        Some(stand) => answer(StatusCode::OK, &json!({ "items": [stand] })),
        None => answer(StatusCode::NOT_FOUND, &json!({ "error": "unknown sku" })),
    }
}

/// What the stock system says of a product, if it knows it.
fn stand(product: &Product, clock: &Clock) -> Option<Value> {
    let now = clock.now();
    let (on_hand, reserved) = match product.stock {
        Stock::Nowhere => return None,
        Stock::Shelf(quantity) => (Some(quantity), 0),
        Stock::Reserved(quantity) => (Some(quantity), quantity),
        Stock::Backorder | Stock::Release(_) => (Some(0), 0),
        Stock::Untracked => (None, 0),
    };
    let release = match product.stock {
        Stock::Release(days) => Some(from_now(now, days).strftime("%Y-%m-%d").to_string()),
        _ => None,
    };
    Some(json!({
        "sku": product.sku,
        "on_hand": on_hand,
        "reserved": reserved,
        "tracked": product.stock != Stock::Untracked,
        "backorder": product.stock == Stock::Backorder,
        "release": release,
        "updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }))
}

fn knows(headers: &HeaderMap) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|shown| shown.as_bytes() == format!("Bearer {TOKEN}").as_bytes())
}

fn refused() -> Response {
    answer(StatusCode::UNAUTHORIZED, &json!({ "error": "a bearer token is needed" }))
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut answer = Response::new(body.to_string().into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

#[cfg(test)]
mod tests {
    use super::super::tests::{get, started};
    use super::*;

    fn token() -> String {
        format!("Authorization: Bearer {TOKEN}\r\n")
    }

    #[tokio::test]
    async fn nothing_is_said_without_the_token() {
        let demo = started().await;
        for path in ["/api/stock", "/api/stock/COS-101"] {
            for header in ["", "Authorization: Bearer wrong\r\n"] {
                assert!(get(demo.stock_url(), path, header).await.head.starts_with("HTTP/1.1 401"), "{path}");
            }
        }
    }

    #[tokio::test]
    async fn the_pages_hold_every_known_item_once_and_end() {
        let demo = started().await;
        let mut skus = Vec::new();
        for page in 1.. {
            let answer = get(demo.stock_url(), &format!("/api/stock?page={page}"), &token()).await;
            let value: Value = serde_json::from_str(&answer.body).expect("JSON");
            let items = value["items"].as_array().expect("items").clone();
            skus.extend(items.iter().map(|item| item["sku"].as_str().expect("a SKU").to_owned()));
            if items.len() < PAGE {
                break;
            }
        }
        let known: Vec<_> =
            PRODUCTS.iter().filter(|one| one.stock != Stock::Nowhere).map(|one| one.sku.to_owned()).collect();
        assert_eq!(skus, known);
    }

    #[tokio::test]
    async fn one_item_is_answered_by_its_key() {
        let demo = started().await;
        let known = get(demo.stock_url(), "/api/stock/COS-107", &token()).await;
        let value: Value = serde_json::from_str(&known.body).expect("JSON");
        let stand = &value["items"][0];
        assert_eq!((&stand["on_hand"], &stand["reserved"]), (&json!(5), &json!(5)));
        let unknown = get(demo.stock_url(), "/api/stock/ATR-403", &token()).await;
        assert!(unknown.head.starts_with("HTTP/1.1 404"));
        let game = get(demo.stock_url(), "/api/stock/GAM-205", &token()).await;
        assert!(game.body.contains(r#""release":"2026-11-01""#), "{}", game.body);
    }
}
