//! A Medusa shop.

use super::{At, fetch, login, values};
use crate::config::raw::medusa as raw;
use crate::stock::{MedusaAccess, MedusaOptions};

/// `None` without an address or a way in, of which was spoken then.
pub(super) fn medusa(at: &At<'_>, raw: &raw::Medusa, user_agent: &str) -> Option<MedusaOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let access = match &raw.login {
        Some(raw) => login::account(&at.key("login"), raw, url.as_ref().as_slice()).map(MedusaAccess::Login),
        None => {
            at.key("api_key").needs_encryption(url.as_ref().as_slice());
            at.secret("api_key", &raw.api_key, &raw.api_key_file).map(MedusaAccess::ApiKey)
        }
    };
    let sales_channel = at.read("sales_channel", &raw.sales_channel, values::text);
    let page_size = at.read("page_size", &raw.page_size, values::size);
    let batch = at.read("batch", &raw.batch, values::size);
    Some(MedusaOptions {
        access: access?,
        sales_channel,
        page_size: page_size.unwrap_or(200),
        batch: batch.unwrap_or(50),
        fetch,
        url: url?,
    })
}
