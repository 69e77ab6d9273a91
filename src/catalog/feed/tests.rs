//! Feeds of every kind, made up; good ones, and ones that mean no good.

mod hostile;
mod kinds;

use std::io::Write;
use std::path::Path;

use futures::StreamExt;

use super::super::{Entry, Place};
use super::*;
use crate::domain::clock::Clock;
use crate::fetch;

const NOW: &str = "2026-11-23T08:00:00Z";

fn options(path: &Path) -> FeedOptions {
    FeedOptions {
        name: "google".to_owned(),
        from: Place::File(path.to_owned()),
        format: None,
        encoding: None,
        kind: Kind::Products,
        supplemental: Vec::new(),
        id: IdRule::default(),
        max_size: FeedOptions::MAX_SIZE,
        base: "https://shop.example/".parse().unwrap(),
    }
}

/// A file with these bytes, for as long as it is held.
fn file(bytes: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes.as_ref()).unwrap();
    file
}

/// Every entry, and the error at the end if there is one.
async fn read_with(options: &FeedOptions) -> (Vec<Entry>, Option<String>) {
    let web = Fetcher::new(fetch::Options::default(), Clock::fixed(NOW.parse().unwrap())).unwrap();
    let (mut entries, mut error) = (Vec::new(), None);
    let mut stream = read(options, &web);
    while let Some(entry) = stream.next().await {
        assert_eq!(error, None, "something came after the error");
        match entry {
            Ok(entry) => entries.push(entry),
            Err(wrong) => error = Some(wrong.to_string()),
        }
    }
    (entries, error)
}

/// Every entry of a feed in short, the file's path cut out, and the error at the end.
async fn told(bytes: impl AsRef<[u8]>, change: impl FnOnce(&mut FeedOptions)) -> (Vec<String>, Option<String>) {
    let file = file(bytes);
    let mut options = options(file.path());
    change(&mut options);
    let (entries, error) = read_with(&options).await;
    let path = file.path().display().to_string();
    let told = entries.iter().flat_map(in_short).map(|line| line.replace(&path, "F")).collect();
    (told, error.map(|error| error.replace(&path, "F")))
}

/// `id key availability date quantity @link`, or what is wrong.
fn in_short(entry: &Entry) -> Vec<String> {
    match entry {
        Entry::Offer(offer) => {
            let item = &offer.item;
            let key = item.sku.as_ref().or(item.stock_key.as_ref()).or(item.gtin.as_ref()).unwrap();
            let says = match (&offer.claim, offer.withheld) {
                (Some(claim), _) => {
                    let date = claim.date.map(|date| format!(" from {date}")).unwrap_or_default();
                    let quantity = claim.quantity.map(|quantity| format!(" {quantity}")).unwrap_or_default();
                    format!("{}{quantity}{date}", claim.availability)
                }
                (None, Some(why)) => format!("{why:?}"),
                (None, None) => "unreadable".to_owned(),
            };
            let link = item.url.as_ref().map(|url| format!(" @{}", url.path())).unwrap_or_default();
            let line = format!("{} {key} {says}{link}", offer.id);
            std::iter::once(line).chain(offer.troubles.iter().map(|what| format!("! {what}"))).collect()
        }
        Entry::Trouble { place, what } | Entry::Unread { place, what } => vec![format!("! {place}: {what}")],
        Entry::Item(item) => vec![format!("item {}", item.item_key())],
    }
}

fn gz(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// An RSS feed of these items, with Merchant Center's namespace under this prefix.
fn rss(prefix: &str, items: &[&str]) -> String {
    let items: String = items.iter().map(|item| format!("<item>{item}</item>")).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:{prefix}=\"http://base.google.com/ns/1.0\"><channel>\
         <title>A shop</title><link>https://shop.example/</link>{items}</channel></rss>"
    )
}
