//! Any JSON API over HTTP.

use url::Url;

use super::stock::fields;
use super::{At, auth, fetch, values};
use crate::config::raw::http_json as raw;
use crate::config::raw::scalar::{Method, Text};
use crate::config::units::{self, Fault, fault};
use crate::stock::{Batch, HttpJsonOptions, Listing, Mapping, Paging, Request};

/// The options, complete even where something is wrong, so that the stage can check the rest of them.
pub(super) fn http_json(at: &At<'_>, raw: &raw::HttpJson, user_agent: &str) -> HttpJsonOptions {
    let all = raw.all.as_ref().map(|raw| {
        let at = at.key("all");
        let paging = raw.paging.as_ref().and_then(|raw| paging(&at.key("paging"), raw));
        Listing { request: request(&at, &raw.url, &raw.method, &raw.body), paging: paging.unwrap_or(Paging::None) }
    });
    let batch = raw.batch.as_ref().map(|raw| {
        let at = at.key("batch");
        let size = at.read("size", &raw.size, values::at_least_one);
        Batch {
            size: size.and_then(|size| usize::try_from(size.get()).ok()).unwrap_or(50),
            separator: raw.separator.as_ref().map_or(",", |separator| separator.as_ref()).to_owned(),
            request: request(&at, &raw.url, &raw.method, &raw.body),
        }
    });
    let item = raw.item.as_ref().map(|raw| request(&at.key("item"), &raw.url, &raw.method, &raw.body));
    let mapping = Mapping {
        parents: at.read("parents", &raw.parents, values::text),
        items: at.read("items", &raw.items, values::text),
        key: at.read("key", &raw.key, values::text),
        fields: fields(&at.key("fields"), raw.fields.as_ref()),
        parent_fields: fields(&at.key("parent_fields"), raw.parent_fields.as_ref()),
    };
    let requests = [all.as_ref().map(|all| &all.request), batch.as_ref().map(|batch| &batch.request), item.as_ref()];
    let urls: Vec<Url> = requests.into_iter().flatten().filter_map(|request| sample(&request.url).ok()).collect();
    let urls: Vec<&Url> = urls.iter().collect();
    let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), &urls, user_agent);
    let auth = raw.auth.as_ref().and_then(|raw| auth::auth(&at.key("auth"), raw, &urls));
    HttpJsonOptions { fetch, auth, all, batch, item, mapping }
}

/// Placeholders of a body that stand for a whole JSON value.
const PLACED_AS_JSON: [&str; 5] = ["{keys}", "{cursor}", "{page}", "{offset}", "{size}"];

/// The address with something in the place of its placeholders.
fn sample(template: &str) -> Result<Url, Fault> {
    values::address(&template.replace("{keys}", "1,2").replace("{key}", "1"))
}

fn request(at: &At<'_>, url: &Option<Text>, method: &Option<Method>, body: &Option<Text>) -> Request {
    let url = at.read("url", url, |url| sample(url).map(|_| url.trim().to_owned()));
    let body = at.read("body", body, |body| {
        let sample = PLACED_AS_JSON.iter().fold(body.to_owned(), |body, one| body.replace(one, "[]"));
        let sample = sample.replace("{key}", "1");
        match serde_json::from_str::<serde_json::Value>(&sample) {
            Ok(_) => Ok(body.to_owned()),
            Err(error) => Err(fault(
                format!("this is not JSON ({error})"),
                "write JSON, with `{keys}` for the list of keys or `\"{key}\"` for one",
            )),
        }
    });
    let method = at.read("method", method, |name| values::choice(name, &[("GET", "GET"), ("POST", "POST")]));
    Request { method: method.unwrap_or("GET").to_owned(), url: url.unwrap_or_default(), body }
}

fn paging(at: &At<'_>, raw: &raw::Paging) -> Option<Paging> {
    let name = |at: &At<'_>, raw: &Option<Text>, default: &str| {
        at.read("parameter", raw, values::text).unwrap_or_else(|| default.to_owned())
    };
    let size = |at: &At<'_>, raw| at.read("size", raw, values::at_least_one).map(|size| u64::from(size.get()));
    if let Some(raw) = &raw.page {
        let at = at.key("page");
        return Some(Paging::Page {
            parameter: name(&at, &raw.parameter, "page"),
            first: at.read("first", &raw.first, units::whole).unwrap_or(1),
            size_parameter: at.read("size_parameter", &raw.size_parameter, values::text),
            size: size(&at, &raw.size)?,
        });
    }
    if let Some(raw) = &raw.offset {
        let at = at.key("offset");
        return Some(Paging::Offset {
            parameter: name(&at, &raw.parameter, "offset"),
            size_parameter: at.read("size_parameter", &raw.size_parameter, values::text),
            size: size(&at, &raw.size)?,
        });
    }
    if let Some(raw) = &raw.cursor {
        let at = at.key("cursor");
        return Some(Paging::Cursor {
            parameter: name(&at, &raw.parameter, "cursor"),
            at: at.read("at", &raw.at, values::text)?,
            more: at.read("more", &raw.more, values::text),
        });
    }
    raw.link.as_ref().map(|_| Paging::Link)
}
