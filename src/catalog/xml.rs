//! A sitemap file → the addresses in it (<https://www.sitemaps.org/protocol.html>).

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;
use quick_xml::encoding::DecodingReader;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Largest sitemap in bytes, unpacked: ten times what the protocol allows. A gzip bomb ends here.
const LARGEST: u64 = 500 * 1024 * 1024;
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
    // One byte more than allowed tells "too large" from "just fits".
    let ended = if packed {
        addresses(BufReader::new(MultiGzDecoder::new(BufReader::new(file)).take(LARGEST + 1)), &mut found)
    } else {
        addresses(BufReader::new(file.take(LARGEST + 1)), &mut found)
    };
    if let Err(what) = ended {
        found(Found::Broken(what));
    }
}

fn addresses(from: impl BufRead, found: &mut impl FnMut(Found) -> bool) -> Result<(), String> {
    let mut reader = Reader::from_reader(DecodingReader::new(from));
    // `?a=1&b=2` without `&amp;` is wrong and common, and cannot be misread.
    reader.config_mut().allow_dangling_amp = true;
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        let event = reader.read_event_into(&mut buffer).map_err(|error| broken(&path, at, &error))?;
        match event {
            Event::Decl(declaration) => {
                if let Some(encoding) = declaration.encoder() {
                    reader.get_mut().set_encoding(encoding);
                }
            }
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
            Event::Eof if at >= LARGEST => return Err(format!("is larger than {LARGEST} bytes once it is unpacked")),
            Event::Eof if path.is_empty() => return Err("is empty and no sitemap".to_owned()),
            Event::Eof => return Err(format!("breaks off inside <{}>", path.join("><"))),
            _ => {}
        }
        if text.len() > LONGEST {
            return Err(format!("holds an address of more than {LONGEST} characters at byte {at}"));
        }
    }
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

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_fall_over(parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..20), noise in any::<[u8; 4]>()) {
            let mut bytes = parts.concat().into_bytes();
            bytes.extend(noise);
            let mut found = 0;
            let _ = addresses(bytes.as_slice(), &mut |_| { found += 1; true });
            prop_assert!(found <= bytes.len() / 11);
        }
    }
}
