//! A Magento or Adobe Commerce shop.

use super::{At, fetch, values};
use crate::config::raw::magento as raw;
use crate::stock::{MagentoInventory, MagentoOptions};

/// `None` without an address or a token, of which was spoken then.
pub(super) fn magento(at: &At<'_>, raw: &raw::Magento, user_agent: &str) -> Option<MagentoOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let token = at.secret("token", &raw.token, &raw.token_file);
    let kinds = [("msi", MagentoInventory::Msi), ("legacy", MagentoInventory::Legacy)];
    let inventory = at.read("inventory", &raw.inventory, |word| values::choice(word, &kinds));
    let website = at.read("website", &raw.website, values::text);
    let store = at.read("store", &raw.store, values::text);
    let page_size = at.read("page_size", &raw.page_size, values::count);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    Some(MagentoOptions {
        token: token?,
        inventory: inventory.unwrap_or(MagentoInventory::Msi),
        website: website.unwrap_or_else(|| "base".to_owned()),
        store,
        page_size: page_size.map_or(100, |size| usize::try_from(size).unwrap_or(usize::MAX)),
        fetch,
        url: url?,
    })
}
