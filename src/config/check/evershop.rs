//! An EverShop shop.

use super::{At, fetch, login, values};
use crate::config::raw::evershop as raw;
use crate::config::units;
use crate::stock::EvershopOptions;

/// `None` without an address or a login, of which was spoken then.
pub(super) fn evershop(at: &At<'_>, raw: &raw::Evershop, user_agent: &str) -> Option<EvershopOptions> {
    let url = at.read("url", &raw.url, values::address);
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let login = raw.login.as_ref().and_then(|raw| login::account(&at.key("login"), raw, url.as_ref().as_slice()));
    let batch = at.read("batch", &raw.batch, values::size);
    let gap = at.read("gap", &raw.gap, units::whole);
    Some(EvershopOptions { login: login?, batch: batch.unwrap_or(100), gap: gap.unwrap_or(1000), fetch, url: url? })
}
