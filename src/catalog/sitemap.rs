//! A catalogue as sitemap: the pages of one, or of all that an index names.

use std::collections::{HashSet, VecDeque};

use futures::stream;
use regex::Regex;
use url::Url;

use crate::domain::Item;
use crate::fetch::{Fetcher, shown};

use super::error::page_at;
use super::thread::Reading;
use super::xml::{self, Found};
use super::{CatalogError, Entries, Entry, SitemapOptions};

/// Sitemaps read at most; one index may name so many.
const MOST_SITEMAPS: usize = 50_000;

/// Reads the pages as items. A nested sitemap that cannot be read is trouble; the first one, or all of them, an error.
pub(super) fn read<'a>(options: &'a SitemapOptions, web: &'a Fetcher) -> Entries<'a> {
    Box::pin(stream::unfold(Walk::new(options, web), async |mut walk| Some((walk.next().await?, walk))))
}

struct Walk<'a> {
    options: &'a SitemapOptions,
    web: &'a Fetcher,
    waiting: VecDeque<Url>,
    /// Every sitemap that was ever waiting: one that names itself is not read again.
    known: HashSet<Url>,
    now: Option<(Url, Reading<Found>)>,
    ended: bool,
    /// Sitemaps read without trouble.
    whole: u64,
    /// Pages named, and those among them that pass the filters.
    pages: u64,
    items: u64,
}

impl<'a> Walk<'a> {
    fn new(options: &'a SitemapOptions, web: &'a Fetcher) -> Self {
        Self {
            options,
            web,
            waiting: [options.url.clone()].into(),
            known: [options.url.clone()].into(),
            now: None,
            ended: false,
            whole: 0,
            pages: 0,
            items: 0,
        }
    }

    async fn next(&mut self) -> Option<Result<Entry, CatalogError>> {
        while !self.ended {
            let Some((url, reading)) = &mut self.now else {
                let Some(url) = self.waiting.pop_front() else { return self.end() };
                match self.open(&url).await {
                    Ok(reading) => self.now = Some((url, reading)),
                    Err(error) => return Some(self.trouble(&url, error)),
                }
                continue;
            };
            let url = url.clone();
            let found = match reading.next().await {
                None => {
                    self.whole += 1;
                    self.now = None;
                    continue;
                }
                Some(Err(error)) => return Some(self.fatal(error)),
                Some(Ok(found)) => found,
            };
            let entry = match found {
                Found::Page(link) => self.page(&url, &link),
                Found::Sitemap(link) => self.nested(&url, &link),
                Found::Broken(what) => {
                    self.now = None;
                    return Some(self.trouble(&url, CatalogError::Sitemap { place: shown(&url).to_string(), what }));
                }
            };
            if let Some(entry) = entry {
                return Some(Ok(entry));
            }
        }
        None
    }

    async fn open(&self, url: &Url) -> Result<Reading<Found>, CatalogError> {
        let fetched = self.web.download(url, Vec::new()).await;
        let download = fetched.map_err(|error| CatalogError::Fetch(Box::new(error)))?;
        let file = download.file.reopen().map_err(|error| CatalogError::Reader(error.to_string()))?;
        Ok(Reading::start(move |out| xml::read(file, |found| out.send(found))))
    }

    fn page(&mut self, sitemap: &Url, link: &str) -> Option<Entry> {
        self.pages += 1;
        let url = match page_at(sitemap, link) {
            Ok(url) => url,
            Err(what) => return Some(Entry::Trouble { place: shown(sitemap).to_string(), what }),
        };
        let SitemapOptions { include, exclude, .. } = self.options;
        let matches = |patterns: &[Regex]| patterns.iter().any(|pattern| pattern.is_match(url.as_str()));
        if (!include.is_empty() && !matches(include)) || matches(exclude) {
            return None;
        }
        self.items += 1;
        Some(Entry::Item(item(self.options, url)))
    }

    fn nested(&mut self, sitemap: &Url, link: &str) -> Option<Entry> {
        let unread = |what| Some(Entry::Unread { place: shown(sitemap).to_string(), what });
        match page_at(sitemap, link) {
            Err(what) => unread(what),
            Ok(url) if self.known.contains(&url) => None,
            Ok(_) if self.known.len() >= MOST_SITEMAPS => {
                unread(format!("more than {MOST_SITEMAPS} sitemaps are named; `{link}` is not read"))
            }
            Ok(url) => {
                self.known.insert(url.clone());
                self.waiting.push_back(url);
                None
            }
        }
    }

    /// The first sitemap's trouble is the catalogue's; a nested one's is its own.
    fn trouble(&mut self, url: &Url, error: CatalogError) -> Result<Entry, CatalogError> {
        if *url == self.options.url {
            return self.fatal(error);
        }
        let what = match error {
            CatalogError::Sitemap { what, .. } => what,
            other => other.to_string(),
        };
        Ok(Entry::Unread { place: shown(url).to_string(), what })
    }

    fn fatal(&mut self, error: CatalogError) -> Result<Entry, CatalogError> {
        self.ended = true;
        Err(error)
    }

    fn end(&mut self) -> Option<Result<Entry, CatalogError>> {
        self.ended = true;
        if self.items > 0 {
            return None;
        }
        let nested = self.known.len() - 1;
        let what = match (self.pages, nested) {
            (0, 0) => "it is empty".to_owned(),
            (0, nested) => format!("of {nested} nested sitemaps {} could be read", self.whole.saturating_sub(1)),
            (pages, _) => format!("none of its {pages} pages passes include and exclude"),
        };
        Some(Err(CatalogError::Empty { place: shown(&self.options.url).to_string(), what }))
    }
}

/// The item a page's address stands for.
pub(super) fn item(options: &SitemapOptions, url: Url) -> Item {
    let sku = options.sku_from_url.as_ref().and_then(|pattern| sku_in(pattern, &url));
    Item { sku, url: Some(url), ..Item::default() }
}

/// The SKU in a page's address: the group `sku`, else the first group, percent-decoded.
fn sku_in(pattern: &Regex, url: &Url) -> Option<String> {
    let captures = pattern.captures(url.as_str())?;
    let sku = captures.name("sku").or_else(|| captures.get(1))?.as_str();
    let decoded = decode(sku).unwrap_or_else(|| sku.to_owned());
    Some(decoded.trim().to_owned()).filter(|sku| !sku.is_empty())
}

/// Percent-decoding (RFC 3986 section 2.1); `None` where it gives no UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|two| *first == b'%' && two.iter().all(u8::is_ascii_hexdigit));
        let hex = hex.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match hex {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}
