//! A BigCommerce store.

use super::{At, fetch, values};
use crate::config::raw::bigcommerce as raw;
use crate::stock::BigcommerceOptions;

/// `None` without an address or a token, of which was spoken then.
pub(super) fn bigcommerce(at: &At<'_>, raw: &raw::Bigcommerce, user_agent: &str) -> Option<BigcommerceOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let token = at.secret("token", &raw.token, &raw.token_file);
    let size = |name, raw| at.read(name, raw, values::count).map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let (page_size, batch) = (size("page_size", &raw.page_size), size("batch", &raw.batch));
    at.key("url").needs_encryption(url.as_ref().as_slice());
    Some(BigcommerceOptions {
        token: token?,
        page_size: page_size.unwrap_or(1_000),
        batch: batch.unwrap_or(100),
        fetch,
        url: url?,
    })
}
