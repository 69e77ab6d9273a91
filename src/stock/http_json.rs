//! Any JSON API over HTTP.
//!
//! Three ways to ask, any of which may be configured: `all` (a paged listing), `batch` (many keys in one request) and
//! `item` (one key in one request). `all` is for the bulk read, the others for looking again at a few.

use std::collections::HashMap;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use secrecy::SecretString;
use serde_json::Value as Json;
use url::Url;

use crate::domain::StockAnswer;
use crate::domain::clock::Clock;
use crate::fetch::{Document, Fetcher, Outgoing, shown};

use super::answer::{Shape, json, refused};
use super::error::in_short;
use super::paging::{self, Pager};
use super::rules::Rules;
use super::template::{self, Filled, Keys, fill};
use super::unique::{Unique, ambiguous};
use super::{HttpJsonOptions, Listing, Options, Reach, StockAnswerFor, StockError, StockSource};

/// A JSON API, ready to be asked.
#[derive(Debug)]
pub(super) struct HttpJson {
    name: String,
    options: HttpJsonOptions,
    headers: Vec<(String, SecretString)>,
    shape: Shape,
    rules: Rules,
    fetcher: Fetcher,
    clock: Clock,
}

impl HttpJson {
    pub(super) fn open(options: &Options, http: &HttpJsonOptions, clock: &Clock) -> Result<Self, StockError> {
        let shape = Shape::new(&http.mapping).map_err(|problems| {
            let (option, what) = problems.into_iter().next().unwrap_or_default();
            StockError::Options { option, what }
        })?;
        let headers = super::auth_headers(http.auth.as_ref());
        let fetcher = Fetcher::new(http.fetch.clone(), clock.clone())
            .map_err(|error| StockError::Fetch { source_name: options.name.clone(), error: Box::new(error) })?;
        Ok(Self {
            name: options.name.clone(),
            options: http.clone(),
            headers,
            shape,
            rules: super::compile(options)?,
            fetcher,
            clock: clock.clone(),
        })
    }

    async fn send(&self, request: Filled) -> Result<Document, StockError> {
        let Filled { method, url, body } = request;
        let outgoing = Outgoing { method, url, headers: self.headers.clone(), body };
        self.fetcher
            .document(outgoing)
            .await
            .map_err(|error| StockError::Fetch { source_name: self.name.clone(), error: Box::new(error) })
    }

    fn answer(&self, key: &str, item: &Json) -> StockAnswer {
        self.rules.answer(key, &self.shape.fields(item), self.clock.now())
    }

    async fn list(&self, all: &Listing, sink: &mut dyn FnMut(StockAnswerFor)) -> Result<(), StockError> {
        let first = fill(&all.request, Keys::None).map_err(|what| options_error("http_json.all.url", what))?;
        let paging = |url: &Url, what| StockError::Paging { url: shown(url).to_string(), what };
        let mut pager = Pager::new(&all.paging, first.url.clone()).map_err(|what| paging(&first.url, what))?;
        let mut unique = Unique::new().map_err(on_disk)?;
        let (mut items, mut keyless) = (0_u64, 0_u64);
        let mut next = Some(pager.start());
        while let Some(url) = next {
            let document = self.send(Filled { url: url.clone(), ..first.clone() }).await?;
            if pager.is_past_the_end(document.status) {
                break;
            }
            let unusable = |what| refused(&document, what);
            let page = json(&document).map_err(unusable)?;
            let listed = self.shape.items(&page).map_err(unusable)?;
            let keys: Vec<String> = listed.iter().map(|item| self.shape.key(item).unwrap_or_default()).collect();
            if pager.is_the_last_again(&keys) {
                break;
            }
            for (item, key) in listed.into_iter().zip(&keys) {
                items += 1;
                if key.is_empty() {
                    keyless += 1;
                    continue;
                }
                let answer = self.answer(key, item);
                unique.note(key, &answer).map_err(on_disk)?;
                sink(StockAnswerFor { key: key.clone(), answer });
            }
            next = pager.next(&document, &page, &keys).map_err(|what| paging(&url, what))?;
        }
        if items == 0 {
            return Err(StockError::Empty { place: shown(&first.url).to_string() });
        }
        if items == keyless {
            return Err(StockError::Answer {
                url: shown(&first.url).to_string(),
                what: format!("lists {items} items, but the path of the key finds a text or number in none of them"),
                advice: "compare the key's path in stock.http_json with one item of the answer",
            });
        }
        if keyless > 0 {
            tracing::warn!(source = %self.name, keyless, items, "items without a key were passed over");
        }
        unique.finish(sink).map_err(on_disk)
    }

    /// One batch. Only an answer that will not be better for the next batch is an error.
    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<StockAnswerFor>, StockError> {
        let Some(batch) = &self.options.batch else { return Ok(Vec::new()) };
        let request = fill(&batch.request, Keys::Many(keys, &batch.separator))
            .map_err(|what| options_error("http_json.batch.url", what))?;
        let document = match self.send(request).await {
            Ok(document) => document,
            Err(error) => return Ok(all_failed(keys, &error.to_string())),
        };
        denied(&document)?;
        let read = json(&document).and_then(|page| Ok(self.by_key(self.shape.items(&page)?)));
        match read {
            Ok(mut found) => Ok(keys
                .iter()
                .map(|key| {
                    let answer = found.remove(key).unwrap_or(StockAnswer::Missing);
                    StockAnswerFor { key: key.clone(), answer }
                })
                .collect()),
            Err(what) => Ok(all_failed(keys, &refused(&document, what).to_string())),
        }
    }

    fn by_key(&self, items: Vec<&Json>) -> HashMap<String, StockAnswer> {
        let mut found: HashMap<String, StockAnswer> = HashMap::new();
        for item in items {
            let Some(key) = self.shape.key(item) else { continue };
            let answer = self.answer(&key, item);
            let answer = match found.get(&key) {
                Some(other) => ambiguous(other, &answer).unwrap_or(answer),
                None => answer,
            };
            found.insert(key, answer);
        }
        found
    }

    async fn ask_item(&self, key: &str) -> Result<StockAnswerFor, StockError> {
        let told = |answer| StockAnswerFor { key: key.to_owned(), answer };
        let Some(request) = &self.options.item else { return Ok(told(StockAnswer::Missing)) };
        let request = match fill(request, Keys::One(key)) {
            Ok(request) => request,
            Err(what) => return Ok(told(StockAnswer::Failed(what))),
        };
        let document = match self.send(request).await {
            Ok(document) => document,
            Err(error) => return Ok(told(StockAnswer::Failed(error.to_string()))),
        };
        denied(&document)?;
        if matches!(document.status, 404 | 410) {
            return Ok(told(StockAnswer::Missing));
        }
        let answer = json(&document).and_then(|page| self.pick(key, &page));
        Ok(told(answer.unwrap_or_else(|what| StockAnswer::Failed(refused(&document, what).to_string()))))
    }

    /// The item that was asked for. Where the answer is a list, only an item with the very key counts: a search may
    /// find others that are like it. Where `items` is meant for the listing and this answer is the item itself, its key
    /// must say so.
    fn pick(&self, key: &str, page: &Json) -> Result<StockAnswer, String> {
        if !self.shape.picks() {
            return match page {
                Json::Object(_) => Ok(self.answer(key, page)),
                Json::Null => Ok(StockAnswer::Missing),
                _ => Err("answered a list and not an item; say with mapping items where the item is".to_owned()),
            };
        }
        let items = match self.shape.items(page) {
            Err(_) if self.shape.key(page).as_deref() == Some(key) => return Ok(self.answer(key, page)),
            items => items?,
        };
        if self.options.mapping.key.is_some() {
            return Ok(self.by_key(items).remove(key).unwrap_or(StockAnswer::Missing));
        }
        match items.as_slice() {
            [] => Ok(StockAnswer::Missing),
            [item] => Ok(self.answer(key, item)),
            several => Err(format!("answered {} items; say with mapping key which one is meant", several.len())),
        }
    }
}

#[async_trait(?Send)]
impl StockSource for HttpJson {
    fn name(&self) -> &str {
        &self.name
    }

    fn reach(&self) -> Reach {
        match (&self.options.all, &self.options.batch) {
            (Some(_), _) => Reach::All,
            (None, Some(batch)) => Reach::Keys { batch: batch.size },
            (None, None) => Reach::Keys { batch: 1 },
        }
    }

    fn can_ask(&self) -> bool {
        self.options.batch.is_some() || self.options.item.is_some()
    }

    async fn everything(&self, sink: &mut dyn FnMut(StockAnswerFor)) -> Result<(), StockError> {
        match &self.options.all {
            Some(all) => self.list(all, sink).await,
            None => {
                Err(options_error("http_json.all", "is not configured, so not everything can be listed".to_owned()))
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<StockAnswerFor>, StockError> {
        // The host's own budget decides how many of these are under way at once; more would only wait there.
        let at_once = self.options.fetch.concurrency.max(1);
        let mut answers = Vec::with_capacity(keys.len());
        if let Some(batch) = &self.options.batch {
            let mut under_way = FuturesOrdered::new();
            for keys in keys.chunks(batch.size.max(1)) {
                if under_way.len() >= at_once {
                    answers.extend(under_way.next().await.transpose()?.unwrap_or_default());
                }
                under_way.push_back(self.ask_batch(keys));
            }
            while let Some(batch) = under_way.next().await {
                answers.extend(batch?);
            }
        } else if self.options.item.is_some() {
            let mut under_way = FuturesOrdered::new();
            for key in keys {
                if under_way.len() >= at_once {
                    answers.extend(under_way.next().await.transpose()?);
                }
                under_way.push_back(self.ask_item(key));
            }
            while let Some(item) = under_way.next().await {
                answers.push(item?);
            }
        } else {
            let mut wanted = super::wanted(keys);
            self.everything(&mut |one| super::keep(&mut wanted, one)).await?;
            answers = super::in_order(keys, &wanted);
        }
        Ok(answers)
    }

    fn requests(&self) -> u64 {
        self.fetcher.requests()
    }
}

/// A refusal of our credentials is the whole source's trouble, not one item's.
fn denied(document: &Document) -> Result<(), StockError> {
    if matches!(document.status, 401 | 403) {
        return Err(refused(document, format!("answered {}", in_short(document))));
    }
    Ok(())
}

fn all_failed(keys: &[String], why: &str) -> Vec<StockAnswerFor> {
    keys.iter().map(|key| StockAnswerFor { key: key.clone(), answer: StockAnswer::Failed(why.to_owned()) }).collect()
}

fn options_error(option: &str, what: String) -> StockError {
    StockError::Options { option: option.to_owned(), what }
}

fn on_disk(error: std::io::Error) -> StockError {
    StockError::Machine { doing: "noting the keys in a temporary file", what: error.to_string() }
}

/// What is wrong with the options; paths inside `http_json`.
pub(super) fn check(options: &HttpJsonOptions) -> Vec<(String, String)> {
    let mut problems = Shape::new(&options.mapping).err().unwrap_or_default();
    if let Some(all) = &options.all {
        problems.extend(template::check("all", &all.request, None));
        problems.extend(paging::check(&all.paging));
    }
    if let Some(batch) = &options.batch {
        problems.extend(template::check("batch", &batch.request, Some("{keys}")));
        if batch.size == 0 {
            problems.push(("batch.size".to_owned(), "is 0; give the number of keys in one request".to_owned()));
        }
    }
    if let Some(item) = &options.item {
        problems.extend(template::check("item", item, Some("{key}")));
    }
    let many = options.all.is_some() || options.batch.is_some();
    let mut wrong = |option: &str, what: &str| problems.push((option.to_owned(), what.to_owned()));
    if !many && options.item.is_none() {
        wrong("item", "there is no way to ask: give at least one of all, batch and item");
    }
    if many && options.mapping.key.is_none() {
        wrong("key", "is missing; all and batch need the path from an item to its key");
    }
    if many && options.mapping.items.is_none() {
        wrong("items", "is missing; all and batch need the path from an answer to its items");
    }
    if options.mapping.fields.is_empty() {
        wrong("fields", "is empty; name at least the field the quantity is in");
    }
    problems
}
