//! One page: found, unzipped, decoded, read.

use std::fs;
use std::io::{self, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::ThreadTime;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use stocktruth::claims::{self, Reader};
use stocktruth::domain::{Availability, Claim, Item, Page};
use stocktruth::fetch::charset;

use crate::labels::Entry;

/// The most of a page that is read, unzipped, in bytes. The product's own cap is far below; this one only keeps a
/// broken archive from filling the memory.
const CAP: u64 = 256 << 20;

/// A page of the corpus, and what came of it.
pub(crate) struct Read {
    /// Its line in `truth.json`.
    pub(crate) entry: Entry,
    /// What it promises, or why it could not be read.
    pub(crate) outcome: Result<Promise, String>,
}

/// What a page promises.
pub(crate) struct Promise {
    /// Of its product.
    pub(crate) claim: Claim,
    /// Of each variant: its SKU, and what is promised of it.
    pub(crate) variants: Vec<(String, Availability)>,
}

/// How much was read, and how long this thread was busy with it, whatever else the machine did.
#[derive(Default)]
pub(crate) struct Took {
    /// Pages that were read.
    pub(crate) pages: u32,
    /// Bytes on disk.
    pub(crate) stored: u64,
    /// Bytes of text.
    pub(crate) decoded: u64,
    /// Finding, unzipping and decoding.
    pub(crate) unpacking: Duration,
    /// Reading and combining.
    pub(crate) reading: Duration,
}

/// Reads one page as the product does once it has arrived.
pub(crate) fn read(reader: &Reader, folder: &Path, entry: Entry, now: Timestamp, took: &mut Took) -> Read {
    let outcome = promise(reader, folder, &entry, now, took);
    Read { entry, outcome }
}

fn promise(reader: &Reader, folder: &Path, entry: &Entry, now: Timestamp, took: &mut Took) -> Result<Promise, String> {
    let url: url::Url =
        entry.url.trim().parse().map_err(|error| format!("its url {:?} is no address: {error}", entry.url))?;
    let begun = ThreadTime::now();
    let path = find(folder, &entry.page)?;
    let bytes = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let body = unzipped(&bytes).map_err(|error| {
        format!("cannot unzip {}: {error}; pack it anew, or store the page as plain HTML", path.display())
    })?;
    let (html, charset) = charset::decode(&body, None);
    let unpacking = begun.elapsed();
    let page = Page {
        requested: url.clone(),
        url: url.clone(),
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html,
        charset,
        cache: None,
        seen_at: now,
    };
    let begun = ThreadTime::now();
    let read = || {
        let reading = reader.read(&page);
        let claim = claims::combine(&reading, &page, &Item { url: Some(url), ..Item::default() });
        (reading, claim)
    };
    let (reading, claim) =
        catch_unwind(AssertUnwindSafe(read)).map_err(|_| "the reader panicked on it: a bug".to_owned())?;
    took.reading += begun.elapsed();
    took.unpacking += unpacking;
    took.pages += 1;
    took.stored += bytes.len() as u64;
    took.decoded += page.html.len() as u64;
    let variants = claims::variants(&reading, &page)
        .into_iter()
        .filter_map(|(variant, claim)| Some((variant.keys.into_iter().next()?, claim.availability)))
        .collect();
    Ok(Promise { claim, variants })
}

/// The page's file: in `pages` or beside `truth.json`, with or without `.gz`.
fn find(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let pages = folder.join("pages");
    let names = [name.to_owned(), format!("{name}.gz"), name.trim_end_matches(".gz").to_owned()];
    let names = names.into_iter().chain([format!("{name}.html"), format!("{name}.html.gz")]);
    names
        .flat_map(|name| [pages.join(&name), folder.join(&name)])
        .find(|path| path.is_file())
        .ok_or_else(|| format!("there is no {name:?} in {} nor in {}", pages.display(), folder.display()))
}

/// The contents of a gzip archive, or the bytes themselves where they are none.
fn unzipped(bytes: &[u8]) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut body = Vec::with_capacity(bytes.len().saturating_mul(6));
    MultiGzDecoder::new(bytes).take(CAP + 1).read_to_end(&mut body)?;
    if body.len() as u64 > CAP {
        return Err(io::Error::other(format!("it holds more than {CAP} bytes")));
    }
    Ok(body)
}
