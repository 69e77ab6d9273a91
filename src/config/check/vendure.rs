//! A Vendure shop.

use super::{At, fetch, login, values};
use crate::config::raw::vendure as raw;
use crate::stock::{VendureAccess, VendureOptions};

/// `None` without an address or a way in, of which was spoken then.
pub(super) fn vendure(at: &At<'_>, raw: &raw::Vendure, user_agent: &str) -> Option<VendureOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let access = match &raw.login {
        Some(raw) => login::account(&at.key("login"), raw, url.as_ref().as_slice()).map(VendureAccess::Login),
        None => {
            at.key("api_key").needs_encryption(url.as_ref().as_slice());
            at.secret("api_key", &raw.api_key, &raw.api_key_file).map(VendureAccess::ApiKey)
        }
    };
    let channel = at.read("channel", &raw.channel, values::text);
    let page_size = at.read("page_size", &raw.page_size, values::size);
    let batch = at.read("batch", &raw.batch, values::size);
    Some(VendureOptions {
        access: access?,
        channel,
        page_size: page_size.unwrap_or(100),
        batch: batch.unwrap_or(100),
        fetch,
        url: url?,
    })
}
