//! One stock source or several, and how their keys are brought together with the catalogue's.

use std::collections::HashMap;

use super::{At, stock, values};
use crate::config::raw::{keys as raw_keys, stock as raw};
use crate::config::units::{self, Fault, fault};
use crate::domain::{Decides, Tolerance};
use crate::stock::{KeyFile, Keys, Sources};

/// A shop's stock sources.
pub(super) fn sources(at: &At<'_>, raw: &raw::Stock, user_agent: &str) -> Option<Sources> {
    let Some(several) = &raw.sources else {
        for (key, given) in [("decides", raw.decides.is_some()), ("tolerance", raw.tolerance.is_some())] {
            if given {
                at.key(key).error(fault("this has no effect on a single source", "remove it, or name `sources`"));
            }
        }
        return stock::stock(at, raw, user_agent).map(Sources::from);
    };
    for key in at.keys().into_iter().filter(|key| !matches!(key.as_str(), "sources" | "tolerance")) {
        at.key(&key).error(fault("this belongs to a single source", "move it into the entries of `sources`"));
    }
    let tolerance = at.read("tolerance", &raw.tolerance, tolerance).unwrap_or_default();
    let at = at.key("sources");
    let mut sources = Vec::with_capacity(several.len());
    let mut names = HashMap::new();
    for (index, raw) in several.iter().enumerate() {
        let at = at.index(index);
        for (key, given) in [("sources", raw.sources.is_some()), ("tolerance", raw.tolerance.is_some())] {
            if given {
                at.key(key).error(fault("this belongs one level higher", "one list holds all sources of a shop"));
            }
        }
        let Some(source) = stock::stock(&at, raw, user_agent) else { continue };
        if let Some(line) = names.insert(source.name.clone(), at.line()) {
            let what = format!("another source is called `{}`", source.name);
            at.error(fault(what, format!("it is in line {line}; give each a `name` of its own")));
        }
        sources.push(source);
    }
    if sources.len() == several.len() && !sources.iter().any(|source| source.decides.quantity()) {
        at.error(fault("none of these decides the quantity", "leave `decides` out for the one that counts the stock"));
    }
    (sources.len() == several.len()).then_some(Sources { sources, tolerance })
}

/// What a source decides.
pub(super) fn decides(value: &str) -> Result<Decides, Fault> {
    values::choice(value, &[("both", Decides::Both), ("quantity", Decides::Quantity), ("policy", Decides::Policy)])
}

fn tolerance(value: &str) -> Result<Tolerance, Fault> {
    if value.trim().ends_with('%') {
        return units::percent(value).map(Tolerance::Share);
    }
    let units = units::decimal(value)?;
    if units.is_sign_negative() {
        return Err(fault("this must not be negative", "write for example `2` or `5%`"));
    }
    Ok(Tolerance::Units(units))
}

/// How keys are brought together.
pub(super) fn keys(at: &At<'_>, raw: Option<&raw_keys::Keys>) -> Keys {
    let Some(raw) = raw else { return Keys::default() };
    let words = ["trim", "case", "leading_zeros", "separators"].map(|word| (word, word));
    // Keys are trimmed in any case.
    let rules = at.list("normalize", &raw.normalize, |word| values::choice(word, &words));
    let mut keys = Keys {
        case: rules.contains(&"case"),
        leading_zeros: rules.contains(&"leading_zeros"),
        separators: rules.contains(&"separators"),
        mapping: None,
        gtin: at.read("gtin", &raw.gtin, values::text),
    };
    keys.mapping = raw.mapping.as_ref().and_then(|raw| mapping(&at.key("mapping"), raw));
    keys
}

fn mapping(at: &At<'_>, raw: &raw_keys::KeyMapping) -> Option<KeyFile> {
    let delimiter = at.read("delimiter", &raw.delimiter, values::delimiter);
    let encoding = at.read("encoding", &raw.encoding, values::encoding);
    let (from, to) = (at.read("from", &raw.from, values::text), at.read("to", &raw.to, values::text));
    Some(KeyFile { file: at.csv_file(&raw.file)?, from: from?, to: to?, delimiter, encoding })
}
