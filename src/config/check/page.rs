//! How pages are read.

use super::{At, values};
use crate::claims::{Options, SelectorRule, SkuFrom};
use crate::config::units::Fault;
use crate::config::{raw::page as raw, stages};
use crate::domain::Availability;

pub(super) fn page(at: &At<'_>, raw: Option<&raw::Page>) -> Options {
    let Some(raw) = raw else { return Options::default() };
    let sku = raw.sku.as_ref().map(|raw| {
        let at = at.key("sku");
        SkuFrom {
            selector: at.read("selector", &raw.selector, values::text),
            attribute: at.read("attribute", &raw.attribute, values::text),
            url_pattern: at.read("url_pattern", &raw.url_pattern, pattern),
        }
    });
    let options = Options {
        selectors: rules(at, "selectors", raw.selectors.as_ref()),
        languages: at.list("languages", &raw.languages, values::language),
        sku: sku.unwrap_or_default(),
    };
    at.stage(stages::claims_problems(&options));
    options
}

/// Rules of the user's own. One whose word is wrong keeps its place so that the paths of the others stay right.
pub(super) fn rules(at: &At<'_>, key: &str, raw: Option<&Vec<raw::SelectorRule>>) -> Vec<SelectorRule> {
    // The vocabulary first.
    let vocabulary = Availability::KNOWN.map(|known| (known.name(), known));
    let words: Vec<(&str, Availability)> = vocabulary.iter().map(|(name, known)| (name.as_str(), *known)).collect();
    let rules = raw.into_iter().flatten().enumerate().map(|(index, raw)| {
        let at = at.key(key).index(index);
        SelectorRule {
            css: at.read("css", &raw.css, values::text).unwrap_or_else(|| "*".to_owned()),
            attribute: at.read("attribute", &raw.attribute, values::text),
            text: at.read("text", &raw.text, pattern),
            says: at.read("says", &raw.says, |says| values::choice(says, &words)).unwrap_or(Availability::InStock),
        }
    });
    rules.collect()
}

/// A regular expression, as text.
fn pattern(text: &str) -> Result<String, Fault> {
    values::pattern(text).map(|_| text.to_owned())
}
