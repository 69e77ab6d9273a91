//! The user's own rules: where they look is where the truth of this shop is written.

use std::collections::HashMap;

use ego_tree::NodeId;
use regex::Regex;
use scraper::error::SelectorErrorKind;
use scraper::{ElementRef, Html, Selector};

use super::sheet::{Sheet, excerpt};
use super::{Emitted, OptionsError, SelectorRule};
use crate::domain::{Availability, Signal, SignalKind};

/// A compiled rule.
pub(super) struct Rule {
    css: String,
    selector: Selector,
    attribute: Option<String>,
    text: Option<Regex>,
    says: Availability,
}

impl Rule {
    /// Compiles a rule. `path` is the option's place, for the error.
    pub(super) fn new(rule: &SelectorRule, path: &str) -> Result<Self, OptionsError> {
        if matches!(rule.says, Availability::Unknown(_)) {
            return Err(OptionsError::new(
                format!("{path}.says"),
                "names no availability; use one of schema.org's ItemAvailability",
            ));
        }
        if rule.attribute.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(OptionsError::new(
                format!("{path}.attribute"),
                "is empty; name an attribute or leave the key out",
            ));
        }
        let text = rule.text.as_deref().map(|text| pattern(text, &format!("{path}.text"))).transpose()?;
        Ok(Self {
            css: rule.css.clone(),
            selector: css(&rule.css, &format!("{path}.css"))?,
            attribute: rule.attribute.clone(),
            text,
            says: rule.says,
        })
    }

    /// What it says of an element that its selector found.
    fn read(&self, element: ElementRef<'_>, at: usize, sheet: &Sheet<'_>) -> Option<Emitted> {
        let said = match &self.attribute {
            Some(name) => element.attr(name)?.to_owned(),
            None if sheet.nodes[at].shown => sheet.words(at).to_owned(),
            None if matches!(element.value().name(), "meta" | "link" | "script" | "input" | "title") => {
                element.text().collect()
            }
            None => return None,
        };
        let matches = self.text.as_ref().is_none_or(|text| text.is_match(&said));
        let signal = || Signal::new(SignalKind::Selector, self.says, self.css.clone(), excerpt(&said));
        matches.then(|| Emitted { at, signal: signal() })
    }
}

/// Compiles a CSS selector.
pub(super) fn css(css: &str, path: &str) -> Result<Selector, OptionsError> {
    Selector::parse(css).map_err(|e| {
        OptionsError::new(path.to_owned(), format!("is no CSS selector that can be used: {}", plainly(css, &e)))
    })
}

/// What is wrong with a selector, for people who do not write parsers.
fn plainly(css: &str, error: &SelectorErrorKind) -> &'static str {
    if css.trim().is_empty() {
        return "it is empty";
    }
    match error {
        SelectorErrorKind::EndOfLine => "Unexpected EOL",
        SelectorErrorKind::InvalidAtRule
        | SelectorErrorKind::InvalidAtRuleBody
        | SelectorErrorKind::QualRuleInvalid => "write the selector alone, without `@` and braces",
        SelectorErrorKind::TooManyNestedBlocks => "it has too many brackets inside brackets",
        SelectorErrorKind::ExpectedColonOnPseudoElement | SelectorErrorKind::ExpectedIdentityOnPseudoElement => {
            "a colon is not followed by a name that can be used"
        }
        SelectorErrorKind::UnexpectedToken | SelectorErrorKind::UnexpectedSelectorParseError(_) => {
            "look at its brackets, dots, commas and colons; `.stock` and `#buy > span` are ones that work"
        }
    }
}

/// Compiles a regular expression.
pub(super) fn pattern(text: &str, path: &str) -> Result<Regex, OptionsError> {
    Regex::new(text).map_err(|e| OptionsError::new(path.to_owned(), format!("is no regular expression: {e}")))
}

/// Everything that any of the rules finds: the number of the rule, and the signal.
pub(super) fn all<'r>(
    rules: &'r [Rule],
    html: &'r Html,
    sheet: &'r Sheet<'_>,
    indexes: &'r HashMap<NodeId, usize>,
) -> impl Iterator<Item = (usize, Emitted)> + 'r {
    rules.iter().enumerate().flat_map(move |(number, rule)| {
        let found = html.select(&rule.selector);
        found.filter_map(move |element| Some((number, rule.read(element, *indexes.get(&element.id())?, sheet)?)))
    })
}

/// The first rule that applies. Where a rule names no attribute the customer must be able to see the element, unless it
/// is of a kind that nobody ever sees, such as `<meta>`.
pub(super) fn first(rules: &[Rule], html: &Html, sheet: &Sheet<'_>) -> Option<Emitted> {
    rules.iter().find_map(|rule| {
        html.select(&rule.selector).take(200).find_map(|element| rule.read(element, sheet.index_of(element)?, sheet))
    })
}
