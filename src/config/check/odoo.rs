//! Odoo.

use super::{At, fetch, values};
use crate::config::raw::odoo as raw;
use crate::config::units;
use crate::stock::{OdooOptions, OdooProtocol};

/// `None` without an address or a key, of which was spoken then.
pub(super) fn odoo(at: &At<'_>, raw: &raw::Odoo, user_agent: &str) -> Option<OdooOptions> {
    let url = at.read("url", &raw.url, values::address);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let protocols = [("json2", OdooProtocol::Json2), ("jsonrpc", OdooProtocol::JsonRpc)];
    let protocol = at.read("protocol", &raw.protocol, |name| values::choice(name, &protocols));
    let api_key = at.secret("api_key", &raw.api_key, &raw.api_key_file);
    let keys = [("default_code", "default_code"), ("barcode", "barcode")];
    let key = at.read("key", &raw.key, |name| values::choice(name, &keys));
    let page_size = at.read("page_size", &raw.page_size, values::at_least_one);
    let batch = at.read("batch", &raw.batch, values::at_least_one);
    Some(OdooOptions {
        fetch,
        protocol: protocol.unwrap_or(OdooProtocol::Json2),
        database: at.read("database", &raw.database, values::text),
        username: at.read("username", &raw.username, values::text),
        key: key.unwrap_or("default_code").to_owned(),
        fields: at.list("fields", &raw.fields, values::column),
        domain: at.read("domain", &raw.domain, values::text),
        warehouse: at.read("warehouse", &raw.warehouse, values::count),
        location: at.read("location", &raw.location, values::count),
        locations: at.read("locations", &raw.locations, units::flag).unwrap_or(false),
        archived: at.read("archived", &raw.archived, units::flag).unwrap_or(false),
        page_size: page_size.map_or(500, std::num::NonZero::get),
        batch: batch.and_then(|batch| usize::try_from(batch.get()).ok()).unwrap_or(100),
        url: url?,
        api_key: api_key?,
    })
}
