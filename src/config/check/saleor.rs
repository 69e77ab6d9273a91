//! A Saleor shop.

use super::{At, fetch, values};
use crate::config::raw::saleor as raw;
use crate::stock::SaleorOptions;

/// `None` without an address or a token, of which was spoken then.
pub(super) fn saleor(at: &At<'_>, raw: &raw::Saleor, user_agent: &str) -> Option<SaleorOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let token = at.secret("token", &raw.token, &raw.token_file);
    let channel = at.read("channel", &raw.channel, values::text);
    let page_size = at.read("page_size", &raw.page_size, values::count);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    Some(SaleorOptions {
        token: token?,
        channel: channel.unwrap_or_else(|| "default-channel".to_owned()),
        page_size: page_size.map_or(100, |size| usize::try_from(size).unwrap_or(usize::MAX)),
        fetch,
        url: url?,
    })
}
