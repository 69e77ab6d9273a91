//! A Shopify shop.

use std::time::Duration;

use super::{At, fetch, values};
use crate::config::raw::shopify as raw;
use crate::config::units;
use crate::stock::{ShopifyBulk, ShopifyKey, ShopifyOptions};

/// `None` without an address or a token, of which was spoken then.
pub(super) fn shopify(at: &At<'_>, raw: &raw::Shopify, user_agent: &str) -> Option<ShopifyOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let access_token = at.secret("access_token", &raw.access_token, &raw.access_token_file);
    let keys = [("sku", ShopifyKey::Sku), ("barcode", ShopifyKey::Barcode)];
    let ways = [("auto", ShopifyBulk::Auto), ("always", ShopifyBulk::Always), ("never", ShopifyBulk::Never)];
    let api_version = at.read("api_version", &raw.api_version, values::text);
    let key = at.read("key", &raw.key, |word| values::choice(word, &keys));
    let locations = at.read("locations", &raw.locations, units::flag);
    let bulk = at.read("bulk", &raw.bulk, |word| values::choice(word, &ways));
    let bulk_wait = at.read("bulk_wait", &raw.bulk_wait, values::some_time);
    let batch = at.read("batch", &raw.batch, values::count);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    Some(ShopifyOptions {
        access_token: access_token?,
        api_version: api_version.unwrap_or_else(|| "2026-07".to_owned()),
        key: key.unwrap_or(ShopifyKey::Sku),
        locations: locations.unwrap_or(true),
        bulk: bulk.unwrap_or(ShopifyBulk::Auto),
        bulk_wait: bulk_wait.unwrap_or(Duration::from_secs(1_800)),
        batch: batch.map_or(50, |batch| usize::try_from(batch).unwrap_or(usize::MAX)),
        fetch,
        url: url?,
    })
}
