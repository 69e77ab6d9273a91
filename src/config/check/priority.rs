//! Priority ERP.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use super::{At, fetch, values};
use crate::config::raw::priority as raw;
use crate::config::raw::scalar::Text;
use crate::config::units::fault;
use crate::fetch::{Options, Rate};
use crate::stock::{PriorityLogin, PriorityOptions};

/// `None` without an address or credentials, of which was spoken then.
pub(super) fn priority(at: &At<'_>, raw: &raw::Priority, user_agent: &str) -> Option<PriorityOptions> {
    let url = at.read("url", &raw.url, values::address);
    at.key("url").needs_encryption(url.as_ref().as_slice());
    let login = login(at, raw);
    let app = app(at, raw);
    let page_size = at.read("page_size", &raw.page_size, values::at_least_one);
    let batch = at.read("batch", &raw.batch, values::at_least_one);
    let column =
        |key: &str, raw, default: &str| at.read(key, raw, values::column).unwrap_or_else(|| default.to_owned());
    Some(PriorityOptions {
        fetch: patient(at, raw, url.as_ref().as_slice(), user_agent),
        app,
        form: column("form", &raw.form, "LOGPART"),
        order: column("order", &raw.order, "PARTNAME"),
        key: column("key", &raw.key, "PARTNAME"),
        select: at.list("select", &raw.select, values::column),
        expand: expand(at, raw.expand.as_ref()),
        filter: at.read("filter", &raw.filter, values::text),
        page_size: page_size.map_or(500, NonZeroU32::get),
        batch: batch.and_then(|batch| usize::try_from(batch.get()).ok()).unwrap_or(20),
        url: url?,
        login: login?,
    })
}

/// Priority takes 100 calls a minute of a user, and no more than two of them at once go well.
fn patient(at: &At<'_>, raw: &raw::Priority, urls: &[&url::Url], user_agent: &str) -> Options {
    let mut options = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), urls, user_agent);
    let given = raw.fetch.as_ref();
    if given.is_none_or(|given| given.rate.is_none()) {
        options.rate = Rate { requests: NonZeroU32::MIN.saturating_add(89), per: Duration::from_secs(60) };
    }
    if given.is_none_or(|given| given.burst.is_none()) {
        options.burst = NonZeroU32::MIN.saturating_add(9);
    }
    if given.is_none_or(|given| given.concurrency.is_none()) {
        options.concurrency = 2;
    }
    if given.is_none_or(|given| given.first_byte_timeout.is_none()) {
        options.first_byte_timeout = Duration::from_secs(180);
    }
    if given.is_none_or(|given| given.total_timeout.is_none()) {
        options.total_timeout = Duration::from_secs(180);
    }
    options
}

fn login(at: &At<'_>, raw: &raw::Priority) -> Option<PriorityLogin> {
    if raw.token.is_some() || raw.token_file.is_some() {
        if raw.username.is_some() {
            at.key("username").error(fault("this goes with `password`, not with a token", "remove it"));
        }
        return at.secret("token", &raw.token, &raw.token_file).map(PriorityLogin::Token);
    }
    let password = at.secret("password", &raw.password, &raw.password_file);
    let username = at.read("username", &raw.username, values::text);
    if username.is_none() && password.is_some() && !at.key("username").is_spoken_for() {
        at.error(fault(
            "the key `username` is missing",
            "give the API user's name, or a `token` instead of a password",
        ));
    }
    Some(PriorityLogin::User { username: username?, password: password? })
}

fn app(at: &At<'_>, raw: &raw::Priority) -> Option<(String, secrecy::SecretString)> {
    let id = at.read("app_id", &raw.app_id, values::text);
    let given = raw.app_key.is_some() || raw.app_key_file.is_some();
    match (raw.app_id.is_some(), given) {
        (false, false) => None,
        (true, true) => Some((id?, at.secret("app_key", &raw.app_key, &raw.app_key_file)?)),
        _ => {
            at.error(fault("a licence for one application has an id and a key", "give both `app_id` and `app_key`"));
            None
        }
    }
}

fn expand(at: &At<'_>, raw: Option<&BTreeMap<String, Vec<Text>>>) -> BTreeMap<String, Vec<String>> {
    let at = at.key("expand");
    let mut subforms = BTreeMap::new();
    for (name, columns) in raw.into_iter().flatten() {
        if let Some(subform) = at.key(name).value(name, values::column) {
            subforms.insert(subform, at.list(name, &Some(columns.clone()), values::column));
        }
    }
    subforms
}
