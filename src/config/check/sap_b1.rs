//! SAP Business One.

use super::{At, fetch, values};
use crate::config::raw::sap_b1 as raw;
use crate::stock::SapB1Options;

/// `None` without what nothing can stand in for, of which was spoken then.
pub(super) fn sap_b1(at: &At<'_>, raw: &raw::SapB1, user_agent: &str) -> Option<SapB1Options> {
    let url = at.read("url", &raw.url, values::address);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
    let company = at.read("company", &raw.company, values::text);
    let username = at.read("username", &raw.username, values::text);
    let password = at.secret("password", &raw.password, &raw.password_file);
    let version = at.read("version", &raw.version, |text| values::choice(text, &[("1", 1), ("2", 2)]));
    let page_size = at.read("page_size", &raw.page_size, values::at_least_one);
    let batch = at.read("batch", &raw.batch, values::at_least_one);
    Some(SapB1Options {
        fetch,
        version: version.unwrap_or(1),
        select: at.list("select", &raw.select, values::column),
        filter: at.read("filter", &raw.filter, values::text),
        page_size: page_size.map_or(200, std::num::NonZero::get),
        batch: batch.and_then(|batch| usize::try_from(batch.get()).ok()).unwrap_or(20),
        url: url?,
        company: company?,
        username: username?,
        password: password?,
    })
}
