//! Which items exist and where they are promised.

mod options;

pub use options::{Columns, CsvOptions, Options, Place, SitemapOptions};

pub enum Entry {
    Item(crate::domain::Item),
    Trouble { place: String, what: String },
}
#[derive(Debug, thiserror::Error)]
#[error("scaffold")]
pub struct CatalogError;
pub fn read<'a>(
    options: &'a Options,
    _web: &'a crate::fetch::Fetcher,
) -> std::pin::Pin<Box<dyn futures::Stream<Item = Result<Entry, CatalogError>> + Send + 'a>> {
    let items = match options {
        Options::List(items) => items.clone(),
        _ => Vec::new(),
    };
    Box::pin(futures::stream::iter(items.into_iter().map(|item| Ok(Entry::Item(item)))))
}
pub fn page(_options: &Options, url: &url::Url) -> crate::domain::Item {
    crate::domain::Item { url: Some(url.clone()), ..Default::default() }
}
