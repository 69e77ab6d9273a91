//! From one page of a listing to the next.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value as Json;
use serde_json_path::JsonPath;
use url::Url;

use crate::fetch::Document;

use super::super::api::Filled;
use super::super::{Listing, Paging};
use super::shape;
use super::template::{Keys, fill};

/// Walks the pages of one listing. Pages that repeat are an error: an API that ignores the page number would be read
/// for ever, and its other items would look missing. Only a counted page that is the same as the one before it is the
/// end, once the API has shown that it can count: many answer with the last page for every number past it.
#[derive(Debug)]
pub(super) struct Pager<'a> {
    listing: &'a Listing,
    cursor: Option<JsonPath>,
    more: Option<JsonPath>,
    first: Filled,
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
    /// Hashes of the pages and requests seen: eight bytes each.
    seen: HashSet<u64>,
}

impl<'a> Pager<'a> {
    /// Begins a listing.
    pub(super) fn new(listing: &'a Listing) -> Result<Self, String> {
        let (cursor, more) = match &listing.paging {
            Paging::Cursor { at, more, .. } => (Some(shape::path(at)?), more.as_deref().map(shape::path).transpose()?),
            _ => (None, None),
        };
        Ok(Self {
            listing,
            cursor,
            more,
            first: fill(&listing.request, Keys::None)?,
            pages: 0,
            items: 0,
            first_page: 0,
            last_page: 0,
            last: None,
            seen: HashSet::new(),
        })
    }

    /// The request for the first page; for the one a checkpoint names, where a listing goes on.
    pub(super) fn start(&self, from: Option<&str>) -> Filled {
        match (&self.listing.paging, from) {
            (Paging::Cursor { .. }, Some(cursor)) => self.at_cursor(cursor),
            (Paging::Link, Some(url)) => {
                let url = Url::parse(url).unwrap_or_else(|_| self.first.url.clone());
                Filled { url, ..self.first.clone() }
            }
            (Paging::Page { parameter, first, .. }, _) => self.counted(parameter, "{page}", *first),
            (Paging::Offset { parameter, .. }, _) => self.counted(parameter, "{offset}", 0),
            (Paging::Cursor { .. }, None) => self.put(self.first.clone(), None, "{cursor}", &Json::Null),
            (Paging::None | Paging::Link, _) => self.first.clone(),
        }
    }

    fn counted(&self, parameter: &str, placeholder: &str, number: u64) -> Filled {
        let numbered = self.put(self.first.clone(), Some(parameter), placeholder, &Json::from(number));
        match &self.listing.paging {
            Paging::Page { size_parameter, size, .. } | Paging::Offset { size_parameter, size, .. } => {
                self.put(numbered, size_parameter.as_deref(), "{size}", &Json::from(*size))
            }
            Paging::None | Paging::Cursor { .. } | Paging::Link => numbered,
        }
    }

    fn at_cursor(&self, cursor: &str) -> Filled {
        let Paging::Cursor { parameter, .. } = &self.listing.paging else { return self.first.clone() };
        match Url::parse(cursor) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Filled { url, ..self.first.clone() },
            _ => self.put(self.first.clone(), Some(parameter), "{cursor}", &Json::from(cursor)),
        }
    }

    /// Puts a value where the body has a placeholder for it, else into the query.
    fn put(&self, mut request: Filled, parameter: Option<&str>, placeholder: &str, value: &Json) -> Filled {
        let body = request.body.take().map(|body| String::from_utf8_lossy(&body).into_owned());
        let in_body = body.as_deref().is_some_and(|body| body.contains(placeholder));
        request.body = body.map(|body| body.replace(placeholder, &value.to_string()).into_bytes());
        if let (false, Some(parameter)) = (in_body, parameter) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            request.url = with(&request.url, parameter, &text);
        }
        request
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
        matches!(self.listing.paging, Paging::Page { .. } | Paging::Offset { .. })
    }

    fn is_short(&self, count: u64) -> bool {
        match self.listing.paging {
            Paging::Page { size, .. } | Paging::Offset { size, .. } => count < size,
            Paging::None | Paging::Cursor { .. } | Paging::Link => false,
        }
    }

    /// The request for the page after this one; `None` after the last. `keys` are those of the page, empty
    /// where an item has none.
    pub(super) fn next(&mut self, document: &Document, json: &Json, keys: &[String]) -> Result<Option<Next>, String> {
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
        let next = match &self.listing.paging {
            Paging::None => None,
            Paging::Page { .. } | Paging::Offset { .. } if ended => None,
            Paging::Page { parameter, first, .. } => {
                Some((self.counted(parameter, "{page}", first + self.pages), None))
            }
            Paging::Offset { parameter, .. } => Some((self.counted(parameter, "{offset}", self.items), None)),
            Paging::Cursor { .. } if !self.has_more(json)? => None,
            Paging::Cursor { .. } => self.cursor_in(json)?.map(|cursor| (self.at_cursor(&cursor), Some(cursor))),
            Paging::Link => next_link(document)
                .map(|url| (Filled { url: url.clone(), ..self.first.clone() }, Some(url.to_string()))),
        };
        let Some((request, checkpoint)) = next else { return Ok(None) };
        if request.url.origin() != self.first.url.origin() {
            return Err(format!(
                "the next page is said to be at {}, another host; credentials are not sent there",
                request.url.origin().ascii_serialization()
            ));
        }
        let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        if !self.seen.insert(hash_of(&[request.url.to_string(), body.into_owned()])) {
            // Some APIs repeat the last cursor for ever, over empty pages.
            if count == 0 {
                return Ok(None);
            }
            return Err(format!("page {} leads back to an earlier one", self.pages));
        }
        Ok(Some(Next { request, checkpoint }))
    }

    /// Whether the answer says that there is more; where no path is configured for that, the cursor says it.
    fn has_more(&self, json: &Json) -> Result<bool, String> {
        let Some(path) = &self.more else { return Ok(true) };
        match path.query(json).all().as_slice() {
            [] | [Json::Null] => Ok(false),
            [Json::Bool(more)] => Ok(*more),
            [Json::String(more)] if more == "true" || more == "false" => Ok(more == "true"),
            [Json::Number(more)] => Ok(more.as_f64() != Some(0.0)),
            _ => Err("what stands at cursor.more is neither true nor false".to_owned()),
        }
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
}

/// How a listing goes on.
#[derive(Debug)]
pub(super) struct Next {
    /// The request for the next page.
    pub(super) request: Filled,
    /// What names it later, where the API is made to be gone on with: a cursor, a link.
    pub(super) checkpoint: Option<String>,
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
        Paging::Cursor { parameter, at, more } => {
            for (option, path) in [("cursor.at", Some(at)), ("cursor.more", more.as_ref())] {
                if let Some(Err(what)) = path.map(|path| shape::path(path)) {
                    wrong(option, &what);
                }
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
