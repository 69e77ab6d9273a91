//! From one page of a listing to the next.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value as Json;
use serde_json_path::JsonPath;
use url::Url;

use crate::fetch::Document;

use super::super::Paging;
use super::shape;

/// Walks the pages of one listing. Pages that repeat are an error: an API that ignores the page number would be read
/// for ever, and its other items would look missing. Only a counted page that is the same as the one before it is the
/// end, once the API has shown that it can count: many answer with the last page for every number past it.
#[derive(Debug)]
pub(super) struct Pager<'a> {
    paging: &'a Paging,
    cursor: Option<JsonPath>,
    first: Url,
    /// Pages read so far.
    pages: u64,
    /// Items read so far.
    items: u64,
    /// Items on the first page: an API may cap its pages below the size it was asked for.
    first_page: u64,
    /// Items on the page before this one.
    last_page: u64,
    /// Hash of the page before this one.
    last: Option<u64>,
    /// Hashes of the pages and addresses seen: eight bytes each.
    seen: HashSet<u64>,
}

impl<'a> Pager<'a> {
    /// Begins at this address.
    pub(super) fn new(paging: &'a Paging, first: Url) -> Result<Self, String> {
        let cursor = match paging {
            Paging::Cursor { at, .. } => Some(shape::path(at)?),
            _ => None,
        };
        let seen = HashSet::new();
        Ok(Self { paging, cursor, first, pages: 0, items: 0, first_page: 0, last_page: 0, last: None, seen })
    }

    /// The address of the first page.
    pub(super) fn start(&self) -> Url {
        match self.paging {
            Paging::Page { parameter, first, size_parameter, size } => {
                let url = with(&self.first, parameter, &first.to_string());
                sized(url, size_parameter.as_deref(), *size)
            }
            Paging::Offset { parameter, size_parameter, size } => {
                sized(with(&self.first, parameter, "0"), size_parameter.as_deref(), *size)
            }
            Paging::None | Paging::Cursor { .. } | Paging::Link => self.first.clone(),
        }
    }

    /// Whether an answer means "there is no such page": some APIs (Django REST framework among them) say so instead of
    /// sending an empty page. 400 is taken for it only where the last page was short anyway.
    pub(super) fn is_past_the_end(&self, status: u16) -> bool {
        self.is_counted() && self.pages > 0 && (status == 404 || (status == 400 && self.is_short(self.last_page)))
    }

    /// Whether a page of these keys is the last one once more, which is how some APIs answer past the end.
    pub(super) fn is_the_last_again(&self, keys: &[String]) -> bool {
        self.is_counted() && self.pages > 1 && has_keys(keys) && self.last == Some(hash_of(keys))
    }

    fn is_counted(&self) -> bool {
        matches!(self.paging, Paging::Page { .. } | Paging::Offset { .. })
    }

    fn is_short(&self, count: u64) -> bool {
        match self.paging {
            Paging::Page { size, .. } | Paging::Offset { size, .. } => count < *size,
            Paging::None | Paging::Cursor { .. } | Paging::Link => false,
        }
    }

    /// The address of the page after this one; `None` after the last. `keys` are those of the page, empty
    /// where an item has none.
    pub(super) fn next(&mut self, document: &Document, json: &Json, keys: &[String]) -> Result<Option<Url>, String> {
        let count = keys.len() as u64;
        let hash = hash_of(keys);
        if has_keys(keys) && !self.seen.insert(hash) {
            return Err(format!(
                "page {} repeats an earlier one, so the API does not follow the paging it was told of",
                self.pages + 1
            ));
        }
        self.pages += 1;
        self.items += count;
        self.last_page = count;
        self.last = Some(hash);
        if self.pages == 1 {
            self.first_page = count;
        }
        // A page that is short of what was asked for is the last one, unless every page is.
        let ended = count == 0 || (self.is_short(count) && count < self.first_page);
        let next = match self.paging {
            Paging::None => None,
            Paging::Page { .. } | Paging::Offset { .. } if ended => None,
            Paging::Page { parameter, first, .. } => {
                Some(with(&self.start(), parameter, &(first + self.pages).to_string()))
            }
            Paging::Offset { parameter, .. } => Some(with(&self.start(), parameter, &self.items.to_string())),
            Paging::Cursor { parameter, .. } => self.cursor_in(json)?.map(|cursor| self.follow(&cursor, parameter)),
            Paging::Link => next_link(document),
        };
        let Some(next) = next else { return Ok(None) };
        if next.origin() != self.first.origin() {
            return Err(format!(
                "the next page is said to be at {}, another host; credentials are not sent there",
                next.origin().ascii_serialization()
            ));
        }
        if !self.seen.insert(hash_of(&[next.to_string()])) {
            // Some APIs repeat the last cursor for ever, over empty pages.
            if count == 0 {
                return Ok(None);
            }
            return Err(format!("page {} leads back to an earlier one", self.pages));
        }
        Ok(Some(next))
    }

    fn cursor_in(&self, json: &Json) -> Result<Option<String>, String> {
        let Some(path) = &self.cursor else { return Ok(None) };
        match path.query(json).all().as_slice() {
            [] | [Json::Null | Json::Bool(false)] => Ok(None),
            [Json::String(cursor)] => Ok(Some(cursor.clone()).filter(|cursor| !cursor.is_empty())),
            [Json::Number(cursor)] => Ok(Some(cursor.to_string())),
            _ => Err("the cursor's path finds neither a text nor a number".to_owned()),
        }
    }

    fn follow(&self, cursor: &str, parameter: &str) -> Url {
        match Url::parse(cursor) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => with(&self.first, parameter, cursor),
        }
    }
}

/// The target of `Link: <…>; rel="next"` (RFC 8288).
fn next_link(document: &Document) -> Option<Url> {
    let headers = document.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("link"));
    for (_, header) in headers {
        let mut rest = header.as_str();
        while let Some((_, after)) = rest.split_once('<') {
            let (target, after) = after.split_once('>')?;
            let end = after.find('<').unwrap_or(after.len());
            let (parameters, after) = after.split_at(end);
            let is_next = parameters.split([';', ',']).filter_map(|one| one.split_once('=')).any(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && value.trim().trim_matches('"').split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
            });
            if is_next {
                return document.url.join(target).ok();
            }
            rest = after;
        }
    }
    None
}

fn sized(url: Url, parameter: Option<&str>, size: u64) -> Url {
    parameter.map_or_else(|| url.clone(), |parameter| with(&url, parameter, &size.to_string()))
}

/// The address with this query parameter set, the others as they are.
fn with(url: &Url, parameter: &str, value: &str) -> Url {
    let mut url = url.clone();
    let pairs: Vec<(String, String)> = url.query_pairs().map(|(name, value)| (name.into(), value.into())).collect();
    if !pairs.iter().any(|(name, _)| name == parameter) {
        url.query_pairs_mut().append_pair(parameter, value);
        return url;
    }
    let set = pairs.iter().map(|(name, old)| (name, if name == parameter { value } else { old.as_str() }));
    url.query_pairs_mut().clear().extend_pairs(set);
    url
}

fn has_keys(keys: &[String]) -> bool {
    keys.iter().any(|key| !key.is_empty())
}

fn hash_of(texts: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    hasher.finish()
}

/// What is wrong with a listing's paging.
pub(super) fn check(paging: &Paging) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut wrong = |option: &str, what: &str| problems.push((format!("all.paging.{option}"), what.to_owned()));
    let (name, parameter, size) = match paging {
        Paging::None | Paging::Link => return problems,
        Paging::Page { parameter, size, .. } => ("page", parameter, Some(*size)),
        Paging::Offset { parameter, size, .. } => ("offset", parameter, Some(*size)),
        Paging::Cursor { parameter, at } => {
            if let Err(what) = shape::path(at) {
                wrong("cursor.at", &what);
            }
            ("cursor", parameter, None)
        }
    };
    if parameter.is_empty() {
        wrong(&format!("{name}.parameter"), "is empty; name the query parameter");
    }
    if size == Some(0) {
        wrong(&format!("{name}.size"), "is 0; give the number of items on a page");
    }
    problems
}
