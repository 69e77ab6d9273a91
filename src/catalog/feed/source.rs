//! Where a feed is: fetched, stamped, and asked whether it has changed.

use std::fs::File;
use std::io;

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use super::super::{CatalogError, Place};
use super::SUPPLEMENTS;
use super::options::FeedOptions;
use crate::fetch::{Download, Fetcher, Within, shown};

/// A feed and its supplemental feeds, fetched and not read yet.
#[derive(Debug)]
pub struct Feed {
    pub(super) options: FeedOptions,
    documents: Vec<Document>,
    /// When it was fetched.
    pub(super) seen_at: Timestamp,
}

/// What a feed was when it was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version(Vec<Stamp>);

/// What tells one version of a document from another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stamp {
    etag: Option<String>,
    written: Option<Timestamp>,
    length: u64,
}

#[derive(Debug)]
struct Document {
    place: String,
    from: From,
    stamp: Stamp,
}

#[derive(Debug)]
enum From {
    File(std::path::PathBuf),
    Download(Download),
}

/// Fetches a feed and its supplemental feeds. `Ok(None)`: all of it is as in the version `known`.
///
/// # Errors
/// [`CatalogError::Feed`] and [`CatalogError::Fetch`] where one of them cannot be had.
pub async fn fetch(
    options: &FeedOptions,
    web: &Fetcher,
    known: Option<&Version>,
) -> Result<Option<Feed>, CatalogError> {
    let places: Vec<&Place> =
        std::iter::once(&options.from).chain(&options.supplemental).take(1 + SUPPLEMENTS).collect();
    let seen_at = web.now();
    let mut documents = Vec::with_capacity(places.len());
    let mut same = 0;
    for (number, place) in places.iter().enumerate() {
        let stamp = known.and_then(|Version(stamps)| stamps.get(number));
        match document(place, options, web, stamp).await? {
            Some(document) => {
                same += usize::from(stamp == Some(&document.stamp));
                documents.push(Some(document));
            }
            None => {
                same += 1;
                documents.push(None);
            }
        }
    }
    if known.is_some() && same == places.len() {
        return Ok(None);
    }
    let mut whole = Vec::with_capacity(places.len());
    for (document_there, place) in documents.into_iter().zip(places) {
        let fetched = match document_there {
            Some(there) => Some(there),
            // It has not changed, but another one has: all of them are needed.
            None => document(place, options, web, None).await?,
        };
        whole.extend(fetched);
    }
    Ok(Some(Feed { options: options.clone(), documents: whole, seen_at }))
}

async fn document(
    place: &Place,
    options: &FeedOptions,
    web: &Fetcher,
    known: Option<&Stamp>,
) -> Result<Option<Document>, CatalogError> {
    match place {
        Place::File(path) => {
            let place = path.display().to_string();
            let about = std::fs::metadata(path).map_err(|error| CatalogError::Feed {
                place: place.clone(),
                what: format!("cannot be read: {error}"),
            })?;
            if !about.is_file() {
                return Err(CatalogError::Feed { place, what: "is no file".to_owned() });
            }
            let written = about.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
            let stamp = Stamp { etag: None, written, length: about.len() };
            Ok(Some(Document { place, from: From::File(path.clone()), stamp }))
        }
        Place::Url(url) => {
            let within = Within { largest: options.max_size, ..Within::default() };
            let fetched = web.download_within(url, conditions(known), within).await;
            let download = match fetched {
                Err(error) if known.is_some() && error.is_status(304) => return Ok(None),
                other => other.map_err(|error| CatalogError::Fetch(Box::new(error)))?,
            };
            let length = download.file.as_file().metadata().map_or(0, |about| about.len());
            let stamp = Stamp { etag: download.etag.clone(), written: download.last_modified, length };
            Ok(Some(Document { place: shown(url).to_string(), from: From::Download(download), stamp }))
        }
    }
}

/// The headers that ask for a document only if it has changed (RFC 9110 section 13.1).
fn conditions(known: Option<&Stamp>) -> Vec<(String, SecretString)> {
    let header = |name: &str, value: String| (name.to_owned(), SecretString::from(value));
    match known {
        Some(Stamp { etag: Some(etag), .. }) => vec![header("If-None-Match", etag.clone())],
        Some(Stamp { written: Some(written), .. }) => {
            let since = httpdate::fmt_http_date(std::time::SystemTime::from(*written));
            vec![header("If-Modified-Since", since)]
        }
        _ => Vec::new(),
    }
}

impl Feed {
    /// What it was when it was fetched. `None`: nothing tells that version from another.
    pub fn version(&self) -> Option<Version> {
        let tells = |stamp: &Stamp| stamp.etag.is_some() || stamp.written.is_some();
        let stamps: Vec<Stamp> = self.documents.iter().map(|document| document.stamp.clone()).collect();
        stamps.iter().all(tells).then_some(Version(stamps))
    }

    /// When it was fetched.
    pub fn seen_at(&self) -> Timestamp {
        self.seen_at
    }

    pub(super) fn place(&self) -> &str {
        self.place_of(0)
    }

    pub(super) fn place_of(&self, number: usize) -> &str {
        self.documents.get(number).map_or("", |document| &document.place)
    }

    pub(super) fn documents(&self) -> usize {
        self.documents.len()
    }

    /// When it was written, as its host or the disk says.
    pub(super) fn written_at(&self) -> Option<Timestamp> {
        self.documents.first()?.stamp.written
    }

    /// The address it is at.
    pub(super) fn address(&self) -> Url {
        let own = match self.documents.first().map(|document| &document.from) {
            Some(From::File(path)) => std::path::absolute(path).ok().and_then(|path| Url::from_file_path(path).ok()),
            Some(From::Download(download)) => Some(shown(&download.url)),
            None => None,
        };
        own.unwrap_or_else(|| self.options.base.clone())
    }

    pub(super) fn file(&self, number: usize) -> io::Result<File> {
        match self.documents.get(number).map(|document| &document.from) {
            Some(From::File(path)) => File::open(path),
            Some(From::Download(download)) => download.file.reopen(),
            None => Err(io::Error::other("it was not fetched")),
        }
    }
}
