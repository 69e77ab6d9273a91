//! A sitemap file → the addresses in it (<https://www.sitemaps.org/protocol.html>).

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::fetch::charset;

/// Largest sitemap in bytes, unpacked: twice what the protocol allows. A gzip bomb ends here.
const LARGEST: u64 = 100 * 1024 * 1024;
/// Bytes the XML declaration is looked for in.
const DECLARATION: u64 = 256;
/// Longest address in characters; the protocol allows 2,048.
const LONGEST: usize = 8192;

/// What a sitemap names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A page.
    Page(String),
    /// Another sitemap.
    Sitemap(String),
    /// The file cannot be read any further, or not at all.
    Broken(String),
}

/// Reads a sitemap, packed or not, until `found` says `false`.
pub(super) fn read(mut file: File, mut found: impl FnMut(Found) -> bool) {
    let mut magic = [0; 2];
    let packed = file.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
    if let Err(error) = file.seek(SeekFrom::Start(0)) {
        found(Found::Broken(format!("cannot be read: {error}")));
        return;
    }
    let ended = if packed {
        addresses(MultiGzDecoder::new(BufReader::new(file)), LARGEST, &mut found)
    } else {
        addresses(file, LARGEST, &mut found)
    };
    if let Err(what) = ended {
        found(Found::Broken(what));
    }
}

fn addresses(
    from: impl Read + Send + 'static,
    largest: u64,
    found: &mut impl FnMut(Found) -> bool,
) -> Result<(), String> {
    let failure = Arc::new(Mutex::new(None));
    let from = UntilItFails { from, left: largest, failure: Arc::clone(&failure) };
    let text = as_utf8(from).map_err(|error| format!("cannot be read: {error}"))?;
    let failed = || failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut reader = Reader::from_reader(BufReader::new(text));
    // `?a=1&b=2` without `&amp;` is wrong and common, and cannot be misread.
    reader.config_mut().allow_dangling_amp = true;
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        let event = reader.read_event_into(&mut buffer).map_err(|error| match failed() {
            Some(why) => format!("breaks off at byte {at}: {why}"),
            None => broken(&path, at, &error),
        })?;
        match event {
            Event::Start(tag) => {
                path.push(tag.local_name().as_ref().to_owned());
                root(&path)?;
                text.clear();
            }
            Event::Empty(tag) if path.is_empty() => {
                root(&[tag.local_name().as_ref().to_owned()])?;
                return Ok(());
            }
            Event::Text(part) if is_loc(&path) => text.push_str(&part),
            Event::CData(part) if is_loc(&path) => text.push_str(&part),
            Event::GeneralRef(reference) if is_loc(&path) => match reference.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                Ok(None) => text.push_str(&entity(&reference)),
                Err(error) => return Err(broken(&path, at, &error)),
            },
            Event::End(_) => {
                let address = text.trim();
                if is_loc(&path) && !address.is_empty() && !found(kind(&path, address)) {
                    return Ok(());
                }
                text.clear();
                path.pop();
                if path.is_empty() {
                    return Ok(());
                }
            }
            Event::Eof => {
                return Err(match failed() {
                    Some(why) => format!("breaks off at byte {at}: {why}"),
                    None if path.is_empty() => "is empty and no sitemap".to_owned(),
                    None => format!("breaks off inside <{}>", path.join("><")),
                });
            }
            _ => {}
        }
        if text.len() > LONGEST {
            return Err(format!("holds an address of more than {LONGEST} characters at byte {at}"));
        }
    }
}

/// Ends where reading fails (a gzip stream cut short) or goes too far, so that what came until then is still parsed.
struct UntilItFails<R> {
    from: R,
    /// Bytes that may still come.
    left: u64,
    failure: Arc<Mutex<Option<String>>>,
}

impl<R: Read> Read for UntilItFails<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let why = match self.from.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => error.to_string(),
            Ok(count) if count as u64 > self.left => "it is too large once it is unpacked".to_owned(),
            Ok(count) => {
                self.left -= count as u64;
                return Ok(count);
            }
        };
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        self.left = 0;
        Ok(0)
    }
}

/// The bytes as UTF-8, by byte order mark, XML declaration or guess.
fn as_utf8(mut from: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    from.by_ref().take(DECLARATION).read_to_end(&mut head)?;
    let label = declared(&head);
    charset::reader(Cursor::new(head).chain(from), label.as_deref())
}

/// The encoding that an XML declaration names, if it can be right.
pub(super) fn declared(head: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(head);
    let (declaration, _) = start.split_once("?>")?;
    let declaration = declaration.trim_start_matches('\u{feff}').trim_start();
    let (_, value) = declaration.strip_prefix("<?xml")?.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?.to_ascii_lowercase();
    // A declaration that could be read as ASCII is not UTF-16, whatever it says; nor does an unknown label help.
    (!label.starts_with("utf-16") && encoding_rs::Encoding::for_label(label.as_bytes()).is_some()).then_some(label)
}

/// `urlset/url/loc` or `sitemapindex/sitemap/loc`, whatever prefix the names have. `image:loc` lies deeper.
fn is_loc(path: &[String]) -> bool {
    matches!(path, [root, one, loc] if loc == "loc"
        && ((root == "urlset" && one == "url") || (root == "sitemapindex" && one == "sitemap")))
}

fn kind(path: &[String], address: &str) -> Found {
    match path.first().map(String::as_str) {
        Some("sitemapindex") => Found::Sitemap(address.to_owned()),
        _ => Found::Page(address.to_owned()),
    }
}

fn root(path: &[String]) -> Result<(), String> {
    match path {
        [root] if root == "urlset" || root == "sitemapindex" => Ok(()),
        [root] if root.eq_ignore_ascii_case("html") => {
            Err("is a web page (HTML) and no sitemap; it may be a login, a challenge or a page for visitors".to_owned())
        }
        [root] => Err(format!("begins with <{root}>; a sitemap begins with <urlset> or <sitemapindex>")),
        _ => Ok(()),
    }
}

fn entity(name: &str) -> String {
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

fn broken(path: &[String], at: u64, error: &quick_xml::Error) -> String {
    let inside = if path.is_empty() { String::new() } else { format!(" inside <{}>", path.join("><")) };
    match path.is_empty() {
        true => format!("is no XML and no sitemap: {error} at byte {at}"),
        false => format!("is broken at byte {at}{inside}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARTS: [&str; 16] = [
        "<urlset>",
        "</urlset>",
        "<sitemapindex>",
        "<sitemap>",
        "<url>",
        "</url>",
        "<loc>",
        "</loc>",
        "http://h/",
        "&amp;",
        "&#0;",
        "&#x110000;",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x [<!ENTITY a '&b;'>]>",
        "<?xml version='1.0' encoding='utf-16'?>",
    ];

    #[test]
    fn every_encoding_is_read() {
        let text = "<urlset><url><loc>http://h/שולחן</loc></url></urlset>";
        let (hebrew, _, _) = encoding_rs::WINDOWS_1255.encode(text);
        let declared = |label: &str| format!("<?xml version='1.0' encoding='{label}'?>").into_bytes();
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat(),
            [&declared("Windows-1255"), &hebrew[..]].concat(),
            [&declared("utf-16"), text.as_bytes()].concat(),
            utf16,
        ] {
            let mut all = Vec::new();
            let ended = addresses(Cursor::new(bytes), LARGEST, &mut |one| {
                all.push(one);
                true
            });
            assert_eq!((all, ended), (vec![Found::Page("http://h/שולחן".to_owned())], Ok(())));
        }
    }

    #[test]
    fn a_bomb_is_left_where_it_grows_too_large() {
        let bomb = [&b"<urlset><url><loc>http://h/1</loc></url>"[..], &[b' '; 200_000]].concat();
        let mut all = Vec::new();
        let ended = addresses(Cursor::new(bomb), 100_000, &mut |one| {
            all.push(one);
            true
        });
        assert_eq!(all.len(), 1);
        assert!(ended.is_err_and(|why| why.contains("too large")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_fall_over(parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..20), noise in any::<[u8; 4]>()) {
            let mut bytes = parts.concat().into_bytes();
            bytes.extend(noise);
            let mut found = 0;
            let length = bytes.len();
            let _ = addresses(Cursor::new(bytes), LARGEST, &mut |_| { found += 1; true });
            prop_assert!(found <= length / 11);
        }
    }
}
