#![doc = include_str!("../../../config/platforms/http_json.md")]

mod paging;
pub(super) mod shape;
pub(super) mod template;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use serde_json::Value as Json;
use url::Url;

use self::paging::Pager;
use self::shape::{Item, Shape};
use self::template::{Keys, fill};
use super::api::answer::{graphql_errors, json, refused};
use super::api::{self, Access, Api};
use super::error::in_short;
use super::record::{Field, Record, Told};
use super::{Connection, HttpJsonOptions, Kind, Listing, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::{Document, shown};

impl Kind for HttpJsonOptions {
    fn name(&self) -> &'static str {
        "http_json"
    }

    fn fields(&self) -> Vec<Field> {
        let mapping = &self.mapping;
        mapping.fields.keys().chain(mapping.parent_fields.keys()).map(|name| Field::anything(name)).collect()
    }

    fn rules(&self) -> Rules {
        Rules::default()
    }

    fn check(&self) -> Vec<Problem> {
        check(self)
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let shape = Shape::new(&self.mapping).map_err(StockError::of_options)?;
        let home = self.home().map_err(|what| options_error("http_json", what))?;
        let access = Access::of(self.auth.as_ref(), source, &home)?;
        let api = Api::new(source, &self.fetch, access, clock)?;
        Ok(Box::new(HttpJson { options: self.clone(), shape, api }))
    }
}

impl HttpJsonOptions {
    /// An address of the API.
    fn home(&self) -> Result<Url, String> {
        let listing = self.all.as_ref().map(|all| fill(&all.request, Keys::None));
        let batch = || self.batch.as_ref().map(|batch| fill(&batch.request, Keys::Many(&[], "")));
        let item = || self.item.as_ref().map(|item| fill(item, Keys::One("1")));
        let request = listing.or_else(batch).or_else(item);
        request.unwrap_or_else(|| Err("there is no way to ask".to_owned())).map(|filled| filled.url)
    }
}

/// A JSON API, ready to be asked.
#[derive(Debug)]
struct HttpJson {
    options: HttpJsonOptions,
    shape: Shape,
    api: Api,
}

impl HttpJson {
    fn record(&self, key: &str, item: &Item<'_>) -> Record {
        Record::new(key, self.shape.fields(item))
    }

    async fn walk(&self, all: &Listing, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut pager = Pager::new(all).map_err(|what| options_error("http_json.all", what))?;
        let mut next = Some(pager.start(from));
        while let Some(request) = next {
            let url = request.url.clone();
            let document = self.api.send(request).await?;
            if pager.is_past_the_end(document.status) {
                break;
            }
            let unusable = |what| refused(&document, what);
            let page = self.page(&document).map_err(unusable)?;
            let listed = self.shape.items(&page).map_err(unusable)?;
            let keys: Vec<String> = listed.iter().map(|item| self.shape.key(item).unwrap_or_default()).collect();
            if pager.is_the_last_again(&keys) {
                break;
            }
            for (item, key) in listed.iter().zip(&keys) {
                sink(Told::Item(self.record(key, item)));
            }
            let on = pager.next(&document, &page, &keys);
            let on = on.map_err(|what| StockError::Paging { url: shown(&url).to_string(), what })?;
            if let Some(checkpoint) = on.as_ref().and_then(|on| on.checkpoint.clone()) {
                sink(Told::Checkpoint(checkpoint));
            }
            next = on.map(|on| on.request);
        }
        Ok(())
    }

    /// The JSON of an answer. Errors of a GraphQL API come with status 200, and half of its data may be there.
    fn page(&self, document: &Document) -> Result<Json, String> {
        let page = json(document)?;
        graphql_errors(&page)?;
        Ok(page)
    }

    /// One batch. Only an answer that will not be better for the next batch is an error.
    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let Some(batch) = &self.options.batch else { return Ok(Vec::new()) };
        let request = fill(&batch.request, Keys::Many(keys, &batch.separator))
            .map_err(|what| options_error("http_json.batch.url", what))?;
        let document = match self.api.send(request).await {
            Ok(document) => document,
            Err(error @ StockError::Login { .. }) => return Err(error),
            Err(error) => return Ok(Record::all_unreadable(keys, error)),
        };
        denied(&document)?;
        let read = self.page(&document).and_then(|page| Ok(self.records(self.shape.items(&page)?)));
        Ok(read.unwrap_or_else(|what| Record::all_unreadable(keys, refused(&document, what))))
    }

    fn records(&self, items: Vec<Item<'_>>) -> Vec<Record> {
        items.iter().filter_map(|item| Some(self.record(&self.shape.key(item)?, item))).collect()
    }

    async fn ask_item(&self, key: &str) -> Result<Vec<Record>, StockError> {
        let unreadable = |what| Ok(vec![Record::unreadable(key, what)]);
        let Some(request) = &self.options.item else { return Ok(Vec::new()) };
        let request = match fill(request, Keys::One(key)) {
            Ok(request) => request,
            Err(what) => return unreadable(what),
        };
        let document = match self.api.send(request).await {
            Ok(document) => document,
            Err(error @ StockError::Login { .. }) => return Err(error),
            Err(error) => return unreadable(error.to_string()),
        };
        denied(&document)?;
        if matches!(document.status, 404 | 410) {
            return Ok(Vec::new());
        }
        match self.page(&document).and_then(|page| self.pick(key, &page)) {
            Ok(records) => Ok(records),
            Err(what) => unreadable(refused(&document, what).to_string()),
        }
    }

    /// The item that was asked for. Where the answer is a list, only an item with the very key counts: a search may
    /// find others that are like it. Where `items` is meant for the listing and this answer is the item itself, its key
    /// must say so.
    fn pick(&self, key: &str, page: &Json) -> Result<Vec<Record>, String> {
        if !self.shape.picks() {
            return match page {
                Json::Object(_) => Ok(vec![self.record(key, &Item::alone(page))]),
                Json::Null => Ok(Vec::new()),
                _ => Err("answered a list and not an item; say with `items` where the item is".to_owned()),
            };
        }
        let items = match self.shape.items(page) {
            Err(_) if self.shape.key(&Item::alone(page)).as_deref() == Some(key) => {
                return Ok(vec![self.record(key, &Item::alone(page))]);
            }
            items => items?,
        };
        if self.options.mapping.key.is_some() {
            return Ok(self.records(items));
        }
        match items.as_slice() {
            [] => Ok(Vec::new()),
            [item] => Ok(vec![self.record(key, item)]),
            several => Err(format!("answered {} items; say with `key` which one is meant", several.len())),
        }
    }
}

#[async_trait(?Send)]
impl Connection for HttpJson {
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

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        match &self.options.all {
            Some(all) => self.walk(all, from, sink).await,
            None => {
                Err(options_error("http_json.all", "is not configured, so not everything can be listed".to_owned()))
            }
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        // The host's own budget decides how many of these are under way at once; more would only wait there.
        let at_once = self.options.fetch.concurrency.max(1);
        let size = self.options.batch.as_ref().map_or(1, |batch| batch.size.max(1));
        let mut records = Vec::with_capacity(keys.len());
        let mut under_way = FuturesOrdered::new();
        for some in keys.chunks(size) {
            if under_way.len() >= at_once {
                records.extend(under_way.next().await.transpose()?.unwrap_or_default());
            }
            under_way.push_back(async move {
                match some {
                    [one] if self.options.batch.is_none() => self.ask_item(one).await,
                    some => self.ask_batch(some).await,
                }
            });
        }
        while let Some(some) = under_way.next().await {
            records.extend(some?);
        }
        Ok(records)
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }

    async fn close(&self) {
        self.api.close().await;
    }
}

/// A refusal of our credentials is the whole source's trouble, not one item's.
fn denied(document: &Document) -> Result<(), StockError> {
    if matches!(document.status, 401 | 403) {
        return Err(refused(document, format!("answered {}", in_short(document))));
    }
    Ok(())
}

fn options_error(option: &str, what: String) -> StockError {
    StockError::Options { option: option.to_owned(), what }
}

/// What is wrong with the options; paths inside `http_json`.
fn check(options: &HttpJsonOptions) -> Vec<Problem> {
    let mut problems = Shape::new(&options.mapping).err().unwrap_or_default();
    problems.extend(api::check(options.auth.as_ref()));
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
    if options.mapping.parents.is_none() && !options.mapping.parent_fields.is_empty() {
        wrong("parent_fields", "have no parents; give the path from an answer to the parents");
    }
    if options.mapping.parents.is_some() && options.mapping.items.is_none() {
        wrong("items", "is missing; with parents it is the path from a parent to its items");
    }
    if options.mapping.fields.is_empty() {
        wrong("fields", "is empty; name at least the field the quantity is in");
    }
    problems
}
