//! A WooCommerce shop.

use super::{At, fetch, values};
use crate::config::raw::woocommerce as raw;
use crate::stock::{WooCommerceAuth, WooCommerceOptions};

/// `None` without an address, a key or a secret, of which was spoken then.
pub(super) fn woocommerce(at: &At<'_>, raw: &raw::WooCommerce, user_agent: &str) -> Option<WooCommerceOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let consumer_key = at.read("consumer_key", &raw.consumer_key, values::text);
    let consumer_secret = at.secret("consumer_secret", &raw.consumer_secret, &raw.consumer_secret_file);
    let ways = [("basic", WooCommerceAuth::Basic), ("oauth1", WooCommerceAuth::OAuth1)];
    let auth = at.read("auth", &raw.auth, |word| values::choice(word, &ways));
    let batch = at.read("batch", &raw.batch, values::count);
    let url = url?;
    let auth = auth.unwrap_or(match url.scheme() {
        "https" => WooCommerceAuth::Basic,
        _ => WooCommerceAuth::OAuth1,
    });
    if auth == WooCommerceAuth::Basic {
        at.key("auth").needs_encryption(&[&url]);
    }
    Some(WooCommerceOptions {
        consumer_key: consumer_key?.into(),
        consumer_secret: consumer_secret?,
        auth,
        batch: batch.map_or(100, |batch| usize::try_from(batch).unwrap_or(usize::MAX)),
        fetch,
        url,
    })
}
