//! Where something is in an answer.

use regex::Regex;
use scraper::{Html, Selector};

use crate::cart::form::without_markup;
use crate::domain::plain::one_line;
use crate::fetch::{Reply, Session};

/// A place in an answer.
#[derive(Clone, Debug)]
pub enum Source {
    /// The first element that fits: its attribute, or its text.
    Css {
        /// The selector.
        selector: String,
        /// The attribute, if not the text.
        attribute: Option<String>,
    },
    /// The first match in the body: its first group, or the whole.
    Regex(Regex),
    /// A JSON pointer (RFC 6901).
    Json(String),
    /// A header.
    Header(String),
    /// A cookie.
    Cookie(String),
    /// The status.
    Status,
    /// The address that answered, after redirects.
    Address,
}

impl Source {
    /// What is there, if anything is.
    pub(super) fn read(&self, reply: &Reply, session: &Session) -> Option<String> {
        match self {
            Self::Css { selector, attribute } => {
                let page = Html::parse_document(&reply.text());
                let selector = Selector::parse(selector).ok()?;
                let element = page.select(&selector).next()?;
                Some(match attribute {
                    Some(attribute) => element.attr(attribute)?.to_owned(),
                    None => one_line(&element.text().collect::<Vec<_>>().join(" ")),
                })
            }
            Self::Regex(pattern) => {
                let text = reply.text();
                let found = pattern.captures(&text)?;
                found.get(1).or_else(|| found.get(0)).map(|found| found.as_str().to_owned())
            }
            Self::Json(pointer) => match reply.json()?.pointer(pointer)? {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => Some(without_markup(text)),
                other => Some(other.to_string()),
            },
            Self::Header(name) => reply.header(&name.to_ascii_lowercase()),
            Self::Cookie(name) => session.cookie(name, &reply.url).map(str::to_owned),
            Self::Status => Some(reply.status.to_string()),
            Self::Address => Some(reply.url.to_string()),
        }
    }
}

/// Something that an answer shows or does not show.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Where.
    pub source: Source,
    /// What must match there; without it, that something is there is enough.
    pub matches: Option<Regex>,
}

impl Condition {
    pub(super) fn holds(&self, reply: &Reply, session: &Session) -> bool {
        let found = self.source.read(reply, session);
        found.is_some_and(|found| self.matches.as_ref().is_none_or(|pattern| pattern.is_match(&found)))
    }
}
