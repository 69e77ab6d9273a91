//! A feed's file → its text as UTF-8: unpacked, decoded, and stopped where it grows past all measure.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};

use super::super::xml;
use super::options::Format;
use crate::fetch::charset;

/// Bytes that may be read for one tag, one text or one row: what is longer is no field, and would be held in memory.
const LONGEST: u64 = 16 * 1024 * 1024;
/// Bytes that are looked at to find out what a feed is.
const HEAD: u64 = 1024;
/// Bytes read from disk at once.
const PORTION: usize = 256 * 1024;

/// How a feed turned out to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Markup,
    Table,
}

/// A feed's text, and what became of reading it.
pub(super) struct Input {
    pub(super) shape: Shape,
    pub(super) text: Box<dyn Read + Send>,
    pub(super) watch: Watch,
}

/// Watches over reading. Clones watch over the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    /// Bytes read since the last field.
    since: Arc<AtomicU64>,
    failure: Arc<Mutex<Option<String>>>,
}

impl Watch {
    /// A field was read: the next one may be as long again.
    pub(super) fn reset(&self) {
        self.since.store(0, Ordering::Relaxed);
    }

    /// Why reading ended before the text did, if it did.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fail(&self, why: String) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }
}

/// Opens a feed. Whether it is packed is told by its bytes, not by its name.
pub(super) fn open(
    mut file: File,
    stated: Option<Format>,
    encoding: Option<&str>,
    largest: u64,
) -> Result<Input, String> {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let mut magic = Vec::new();
    file.by_ref().take(4).read_to_end(&mut magic).map_err(cannot)?;
    file.seek(SeekFrom::Start(0)).map_err(cannot)?;
    let mut file = BufReader::with_capacity(PORTION, file);
    let from: Box<dyn Read + Send> = match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(file)),
        b"PK\x03\x04" => {
            let packed = zip_entry(&mut file).map_err(cannot)?;
            if packed { Box::new(DeflateDecoder::new(file)) } else { Box::new(file) }
        }
        _ => Box::new(file),
    };
    let watch = Watch::default();
    let mut from = UntilItFails { from, left: largest, watch: watch.clone() };
    let mut head = Vec::new();
    from.by_ref().take(HEAD).read_to_end(&mut head).map_err(cannot)?;
    // What the feed says of itself is read as well as it can be: one bad byte in a description is no reason to stop.
    let declared = xml::declared(&head).map(|label| format!("text/xml; charset={label}"));
    let label = encoding.or(declared.as_deref());
    let mut text = charset::reader(Cursor::new(head).chain(from), label).map_err(cannot)?;
    let mut head = Vec::new();
    text.by_ref().take(HEAD).read_to_end(&mut head).map_err(cannot)?;
    let shape = shape(&head, stated)?;
    watch.reset();
    Ok(Input { shape, text: Box::new(Cursor::new(head).chain(text)), watch })
}

/// What the text is, by how it begins, and whether that is what was stated.
fn shape(head: &[u8], stated: Option<Format>) -> Result<Shape, String> {
    let head = String::from_utf8_lossy(head);
    let start = head.trim_start_matches('\u{feff}').trim_start();
    let stated_as = |format: Option<Format>| format.map_or("", Format::name);
    match (start.chars().next(), stated) {
        (None, _) => Err("is empty".to_owned()),
        (Some('<'), None | Some(Format::Rss | Format::Atom)) => Ok(Shape::Markup),
        (Some('<'), stated) => Err(format!("is XML or a web page, and `format` says {}", stated_as(stated))),
        (Some('{' | '['), None) => Err("is JSON; feeds are read as RSS, Atom, CSV or TSV".to_owned()),
        (Some(_), None | Some(Format::Csv | Format::Tsv)) => Ok(Shape::Table),
        (Some(_), stated) => Err(format!("is no XML, and `format` says {}", stated_as(stated))),
    }
}

/// Goes to where the first file of a zip archive begins (APPNOTE.TXT 4.3.7), and says whether it is packed.
fn zip_entry(from: &mut impl Read) -> io::Result<bool> {
    let mut header = [0_u8; 30];
    from.read_exact(&mut header)?;
    let number = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let (flags, method, beside) = (number(6), number(8), number(26) + number(28));
    io::copy(&mut from.take(beside), &mut io::sink())?;
    match (flags & 1, method) {
        (0, 0) if flags & 8 == 0 => Ok(false),
        (0, 8) => Ok(true),
        (1, _) => Err(io::Error::other("the zip archive is encrypted")),
        _ => Err(io::Error::other("the zip archive is packed in a way that is not known here; use gzip")),
    }
}

/// Ends where reading fails (a gzip stream cut short) or goes too far, so that what came until then is still parsed.
struct UntilItFails<R> {
    from: R,
    /// Bytes that may still come.
    left: u64,
    watch: Watch,
}

impl<R: Read> Read for UntilItFails<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.watch.failure().is_some() {
            return Ok(0);
        }
        let count = match self.from.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                self.watch.fail(error.to_string());
                return Ok(0);
            }
            Ok(count) => count as u64,
        };
        if count > self.left {
            self.watch.fail("it is larger than `max_size`, once it is unpacked".to_owned());
            return Ok(0);
        }
        self.left -= count;
        if self.watch.since.fetch_add(count, Ordering::Relaxed) > LONGEST {
            self.watch.fail(format!("a field or a row has more than {} MiB", LONGEST / 1024 / 1024));
            return Ok(0);
        }
        Ok(usize::try_from(count).unwrap_or(0))
    }
}
