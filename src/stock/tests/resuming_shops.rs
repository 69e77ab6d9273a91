//! Shop platforms whose reading goes on where an earlier one was cut off.

use serde_json::json;

use super::resuming::told_from;
use super::*;

fn number(asked: &Asked, name: &str) -> u64 {
    asked.query(name).and_then(|text| text.parse().ok()).unwrap()
}

#[tokio::test]
async fn woocommerce_goes_on_after_the_last_page() {
    let server = Server::start(|asked| {
        let page = number(asked, "page");
        let (_, headers, body) = json_answer(&json!([{"id": page, "sku": format!("P-{page}"), "manage_stock": false}]));
        (200, [headers, vec![("x-wp-totalpages", "3".to_owned())]].concat(), body)
    })
    .await;
    let options = WooCommerceOptions {
        url: server.base.parse().unwrap(),
        consumer_key: "ck".into(),
        consumer_secret: "cs".into(),
        auth: WooCommerceAuth::Basic,
        batch: 100,
        fetch: loopback(),
    };
    assert_eq!(told_from(&options, Some("1")).await, ["P-2", "@2", "P-3", "@3"]);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn magento_goes_on_after_the_last_page() {
    let server = Server::start(|asked| {
        let page = number(asked, "searchCriteria[currentPage]");
        json_answer(&json!({"items": [{"sku": format!("P-{page}"), "qty": 1, "is_salable": true}], "total_count": 3}))
    })
    .await;
    let options = MagentoOptions {
        url: server.base.parse().unwrap(),
        token: "t".into(),
        inventory: MagentoInventory::Msi,
        website: "base".to_owned(),
        store: None,
        page_size: 1,
        fetch: loopback(),
    };
    assert_eq!(told_from(&options, Some("1")).await, ["P-2", "@2", "P-3", "@3"]);
}

/// A shop of one variant a page, and the file of a bulk operation.
async fn shopify() -> (Server, ShopifyOptions) {
    let files = Server::start(|_| {
        let line = json!({"id": "gid://shopify/ProductVariant/1", "sku": "FILE", "inventoryItem": {"tracked": true}});
        (200, Vec::new(), line.to_string().into_bytes())
    })
    .await;
    let file = files.base.clone();
    let server = Server::start(move |asked| {
        let body: Json = serde_json::from_str(&asked.body).unwrap();
        if body["query"].as_str().unwrap().contains("BulkOperation") {
            let done =
                json!({"id": body["variables"]["id"], "status": "COMPLETED", "url": file, "rootObjectCount": "1"});
            return json_answer(&json!({"data": {"node": done}}));
        }
        let filter = body["variables"]["query"].as_str().unwrap_or_default();
        let next = filter.strip_prefix("id:>").map_or(1, |last| last.parse::<u64>().unwrap() + 1);
        let node = json!({"id": format!("gid://shopify/ProductVariant/{next}"), "sku": format!("V-{next}")});
        let info = json!({"hasNextPage": next < 4, "endCursor": "c"});
        json_answer(&json!({"data": {"productVariants": {"nodes": [node], "pageInfo": info}}}))
    })
    .await;
    let options = ShopifyOptions {
        url: server.base.parse().unwrap(),
        access_token: "t".into(),
        api_version: "2026-07".to_owned(),
        key: ShopifyKey::Sku,
        locations: false,
        bulk: ShopifyBulk::Auto,
        bulk_wait: Duration::from_secs(5),
        batch: 50,
        fetch: loopback(),
    };
    (server, options)
}

#[tokio::test]
async fn shopify_goes_on_after_the_last_id() {
    let (server, options) = shopify().await;
    assert_eq!(told_from(&options, Some("id 2")).await, ["V-3", "@id 3", "V-4", "@id 4"]);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn shopify_goes_on_with_the_same_bulk_operation() {
    let (server, options) = shopify().await;
    assert_eq!(told_from(&options, Some("bulk gid://shopify/BulkOperation/7")).await, ["FILE"]);
    let asked = server.asked();
    assert!(asked.len() == 1 && asked[0].body.contains("gid://shopify/BulkOperation/7"), "{asked:?}");
}

#[tokio::test]
async fn bigcommerce_goes_on_after_the_last_page() {
    let server = Server::start(|asked| {
        let page = number(asked, "page");
        let item = json!({"identity": {"sku": format!("P-{page}")}, "locations": []});
        json_answer(&json!({"data": [item], "meta": {"pagination": {"total_pages": 3}}}))
    })
    .await;
    let url = server.base.parse().unwrap();
    let options = BigcommerceOptions { url, token: "t".into(), page_size: 1, batch: 1, fetch: loopback() };
    assert_eq!(told_from(&options, Some("1")).await, ["P-2", "@2", "P-3", "@3"]);
}

#[tokio::test]
async fn saleor_goes_on_after_the_last_cursor() {
    let server = Server::start(|asked| {
        let body: Json = serde_json::from_str(&asked.body).unwrap();
        let next = body["variables"]["after"].as_str().map_or(1, |cursor| cursor.parse::<u64>().unwrap() + 1);
        let edges = json!([{"node": {"sku": format!("V-{next}"), "stocks": []}}]);
        let info = json!({"hasNextPage": next < 3, "endCursor": next.to_string()});
        json_answer(&json!({"data": {"productVariants": {"edges": edges, "pageInfo": info}}}))
    })
    .await;
    let (url, channel) = (server.base.parse().unwrap(), "default-channel".to_owned());
    let options = SaleorOptions { url, token: "t".into(), channel, page_size: 1, fetch: loopback() };
    assert_eq!(told_from(&options, None).await, ["V-1", "@1", "V-2", "@2", "V-3"]);
    assert_eq!(told_from(&options, Some("2")).await, ["V-3"]);
}
