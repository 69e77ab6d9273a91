//! What the stock system says.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{At, fetch, http_json, values};
use crate::config::units::{self, fault};
use crate::config::{raw::stock as raw, stages};
use crate::stock::{Adapter, CsvOptions, Options, Place, Rules};

pub(super) fn stock(at: &At<'_>, raw: &raw::Stock, user_agent: &str) -> Option<Options> {
    let sellable = at.read("sellable", &raw.sellable, values::text);
    let rules = Rules {
        sellable: String::new(),
        untracked_when: at.read("untracked_when", &raw.untracked_when, values::text),
        backorder_when: at.read("backorder_when", &raw.backorder_when, values::text),
        preorder_when: at.read("preorder_when", &raw.preorder_when, values::text),
        preorder_until: at.read("preorder_until", &raw.preorder_until, values::text),
        made_to_order_when: at.read("made_to_order_when", &raw.made_to_order_when, values::text),
        discontinued_when: at.read("discontinued_when", &raw.discontinued_when, values::text),
        as_of: at.read("as_of", &raw.as_of, values::text),
        changed_at: at.read("changed_at", &raw.changed_at, values::text),
    };
    if rules.preorder_until.is_some() && raw.preorder_when.is_none() {
        let help = "add `preorder_when:` with an expression that is true for preorders";
        at.key("preorder_until").error(fault("this has no effect without `preorder_when`", help));
    }
    let threshold = at.read("threshold", &raw.threshold, |text| {
        let threshold = units::decimal(text)?;
        if threshold > Decimal::ZERO {
            Ok(threshold)
        } else {
            Err(fault("this must be above zero", "with 1 an item counts as sellable while there is one left"))
        }
    });
    let (default_name, adapter) = match (&raw.http_json, &raw.csv) {
        (Some(raw), _) => {
            let options = http_json::http_json(&at.key("http_json"), raw, user_agent);
            ("http_json", options.map(|options| Adapter::HttpJson(Box::new(options))))
        }
        (None, Some(raw)) => {
            let options = csv(&at.key("csv"), raw, user_agent);
            ("csv", options.map(|options| Adapter::Csv(Box::new(options))))
        }
        (None, None) => ("", None),
    };
    let name = at.read("name", &raw.name, values::text);
    let options = Options {
        name: name.unwrap_or_else(|| default_name.to_owned()),
        adapter: adapter?,
        threshold: threshold.unwrap_or(Decimal::ONE),
        rules: Rules { sellable: sellable?, ..rules },
    };
    let problems = stages::stock_problems(&options);
    at.stage(problems.into_iter().map(|(path, what)| (as_written(&path), what)).collect());
    Some(options)
}

/// The options keep rules and mapping in structs of their own; the file does not.
fn as_written(path: &str) -> String {
    let path = path.strip_prefix("rules.").or_else(|| path.strip_prefix("adapter.")).unwrap_or(path);
    path.replace("http_json.mapping.", "http_json.").replace(".request.", ".")
}

fn csv(at: &At<'_>, raw: &raw::StockCsv, user_agent: &str) -> Option<CsvOptions> {
    let from = if raw.file.is_some() {
        for (key, given) in [("fetch", raw.fetch.is_some()), ("auth", raw.auth.is_some())] {
            if given {
                at.key(key).error(fault("this goes with `url`, not with `file`", "remove it"));
            }
        }
        at.csv_file(&raw.file).map(Place::File)
    } else {
        let url = at.read("url", &raw.url, values::address);
        let fetch = fetch::api(&at.key("fetch"), raw.fetch.as_ref(), url.as_ref().as_slice(), user_agent);
        let auth = raw.auth.as_ref().and_then(|raw| http_json::auth(&at.key("auth"), raw, url.as_ref().as_slice()));
        url.map(|url| Place::Url { url, fetch: Box::new(fetch), auth })
    };
    let key = at.read("key", &raw.key, values::text);
    let fields = fields(&at.key("fields"), raw.fields.as_ref());
    Some(CsvOptions {
        delimiter: at.read("delimiter", &raw.delimiter, values::delimiter),
        encoding: at.read("encoding", &raw.encoding, values::encoding),
        decimal_comma: at.read("decimal_comma", &raw.decimal_comma, units::flag).unwrap_or(false),
        from: from?,
        key: key?,
        fields,
    })
}

/// Field names and where the fields are. The names are for expressions.
pub(super) fn fields<R: AsRef<str>>(at: &At<'_>, raw: Option<&BTreeMap<String, R>>) -> BTreeMap<String, String> {
    let Some(raw) = raw else { return BTreeMap::new() };
    if raw.is_empty() {
        at.error(fault("there is no field in it", "name at least one, such as `available`"));
    }
    let mut fields = BTreeMap::new();
    for (name, value) in raw {
        let at = at.key(name);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name {
            let help = "use letters, digits and `_`, and begin with a letter";
            at.error(fault("an expression could not use this name", help));
        }
        if let Some(value) = at.value(value.as_ref(), values::text) {
            fields.insert(name.clone(), value);
        }
    }
    fields
}
