//! Bytes → text, as a browser would read them.
//!
//! The order of trust for a page: byte order mark, `Content-Type` of the answer, `<meta>` or XML declaration within the
//! first 1024 bytes (WHATWG "encoding sniffing"), UTF-8 if the bytes are valid UTF-8, and at last a guess (chardetng).
//! Old Hebrew shops and every other spreadsheet export are windows-1255 without saying so.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, ISO_8859_8, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1255};

/// How many bytes of a page are searched for a declaration (WHATWG HTML, "prescan a byte stream").
const PRESCAN: usize = 1024;
/// How many bytes are looked at, from the first one outside ASCII on, before the encoding of a table is decided.
const WINDOW: usize = 64 * 1024;

/// Decodes a whole body and names the encoding it was decoded from (its WHATWG name). `content_type` is the header as
/// sent. Bytes that have no meaning in the encoding become U+FFFD.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, &'static str) {
    decode_from(bytes, content_type, None)
}

/// As [`decode`]; the last label of the host helps where only a guess is left.
pub(super) fn decode_from(bytes: &[u8], content_type: Option<&str>, host: Option<&str>) -> (String, &'static str) {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| {
        let declared = content_type.and_then(label_in).and_then(|label| Encoding::for_label(label.as_bytes()));
        let encoding = declared.or_else(|| declaration(bytes)).unwrap_or_else(|| guess(bytes, top_level(host), true));
        (encoding, 0)
    });
    let text = bytes.get(mark..).unwrap_or_default();
    (encoding.decode_without_bom_handling(text).0.into_owned(), encoding.name())
}

/// Yields a table's bytes as UTF-8, in constant memory. `label` is an encoding label (`windows-1255`) or a whole
/// `Content-Type`; without one the encoding is found from the byte order mark, else it is UTF-8 if the bytes are, else
/// it is guessed from a prefix that begins at the first byte outside ASCII. What was guessed, or what the web declared,
/// is read as well as it can be; a bare label is somebody's word.
///
/// # Errors
/// The label is unknown, or the first read failed. A read fails where the bytes are not what a bare label says.
pub fn reader(from: impl Read + Send + 'static, label: Option<&str>) -> io::Result<Box<dyn Read + Send>> {
    let told = match label.map(str::trim).filter(|label| !label.is_empty()) {
        None => None,
        Some(header) if header.contains(['/', ';']) => {
            label_in(header).and_then(|label| Encoding::for_label(label.as_bytes()))
        }
        Some(label) => Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{label} is no known encoding; use a name such as utf-8 or windows-1255"),
            )
        })?),
    };
    let promised = told.filter(|_| label.is_some_and(|label| !label.contains(['/', ';'])));
    let mut table = Table {
        from,
        promised,
        line: 1,
        raw: Vec::new(),
        ended: false,
        state: State::Undecided,
        text: Vec::new(),
        read: 0,
    };
    table.fill(3)?;
    if let Some((encoding, mark)) = Encoding::for_bom(&table.raw) {
        table.raw.drain(..mark);
        table.state = State::Decoding(encoding.new_decoder_without_bom_handling());
    } else if let Some(encoding) = told {
        table.state = State::Decoding(encoding.new_decoder_without_bom_handling());
    }
    Ok(Box::new(table))
}

/// A table on its way from any encoding to UTF-8.
struct Table<R> {
    from: R,
    /// The encoding that the bytes must keep to.
    promised: Option<&'static Encoding>,
    /// Line in which the next piece begins, counted from 1; counted where the encoding is promised.
    line: usize,
    /// Bytes read and not decoded yet.
    raw: Vec<u8>,
    /// Whether `from` has nothing more.
    ended: bool,
    state: State,
    /// Decoded, from `read` on not handed out yet.
    text: Vec<u8>,
    read: usize,
}

enum State {
    /// Everything so far was ASCII, which reads the same in every encoding worth guessing.
    Undecided,
    Decoding(Decoder),
    Finished,
}

impl<R: Read> Table<R> {
    /// Reads until `raw` holds `wanted` bytes or the input ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.raw.len() < wanted && !self.ended {
            let missing = wanted - self.raw.len();
            let got = self.from.by_ref().take(missing as u64).read_to_end(&mut self.raw)?;
            self.ended = got < missing;
        }
        Ok(())
    }

    /// Decodes the next piece into `text`.
    fn next(&mut self) -> io::Result<()> {
        self.text.clear();
        self.read = 0;
        self.fill(WINDOW)?;
        if matches!(self.state, State::Undecided) {
            let ascii = Encoding::ascii_valid_up_to(&self.raw);
            if ascii > 0 {
                self.text.extend(self.raw.drain(..ascii));
                return Ok(());
            }
            if self.raw.is_empty() {
                self.state = State::Finished;
                return Ok(());
            }
            self.state = State::Decoding(guess(&self.raw, None, self.ended).new_decoder_without_bom_handling());
        }
        let State::Decoding(decoder) = &mut self.state else { return Ok(()) };
        self.text.resize(decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(WINDOW * 4), 0);
        let (result, consumed, written, replaced) = decoder.decode_to_utf8(&self.raw, &mut self.text, self.ended);
        self.text.truncate(written);
        if let Some(promised) = self.promised {
            if replaced {
                return Err(self.broken(promised));
            }
            self.line += memchr::memchr_iter(b'\n', &self.text).count();
        }
        self.raw.drain(..consumed);
        if self.ended && result == CoderResult::InputEmpty {
            self.state = State::Finished;
        }
        Ok(())
    }
}

impl<R: Read> Read for Table<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() && !matches!(self.state, State::Finished) {
            self.next()?;
        }
        let ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.len().min(into.len());
        if let (Some(into), Some(ready)) = (into.get_mut(..count), ready.get(..count)) {
            into.copy_from_slice(ready);
        }
        self.read += count;
        Ok(count)
    }
}

impl<R> Table<R> {
    /// The error of a piece that is not in the encoding it should be in.
    fn broken(&self, promised: &'static Encoding) -> io::Error {
        let until = memchr::memmem::find(&self.text, "\u{FFFD}".as_bytes()).unwrap_or(self.text.len());
        let line = self.line + memchr::memchr_iter(b'\n', self.text.get(..until).unwrap_or_default()).count();
        let likely = guess(&self.raw, None, self.ended);
        let seems = if likely == promised { String::new() } else { format!("; it seems to be {}", likely.name()) };
        let what = format!("line {line} is not {}, which `encoding` says{seems}", promised.name());
        io::Error::new(io::ErrorKind::InvalidData, what)
    }
}

/// UTF-8 if the bytes are (a character cut off at the end is forgiven unless `whole`), else the likeliest encoding.
fn guess(bytes: &[u8], top_level: Option<&str>, whole: bool) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Ok(_) => return UTF_8,
        Err(error) if !whole && error.error_len().is_none() => return UTF_8,
        Err(_) => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    let guessed = detector.guess(top_level.map(str::as_bytes), Utf8Detection::Deny);
    // Visual Hebrew left the web long ago, but a table's commas make the detector suspect it. The letters are the
    // same; windows-1255 has the shekel sign besides.
    if guessed == ISO_8859_8 { WINDOWS_1255 } else { guessed }
}

/// The last label of a host name, if it has the form the detector insists on.
fn top_level(host: Option<&str>) -> Option<&str> {
    let last = host?.rsplit('.').next()?;
    (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
        .then_some(last)
}

/// The value of `charset` in a `Content-Type` (RFC 9110 section 8.3.1), quoted or not.
fn label_in(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

/// What the page says of itself in its first kilobyte.
fn declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: String = bytes.iter().take(PRESCAN).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let encoding = xml_declaration(&head).or_else(|| meta(&head))?;
    // A declaration that could be read as ASCII cannot stand in a UTF-16 document.
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Some(UTF_8);
    }
    Some(if encoding.name() == "x-user-defined" { WINDOWS_1252 } else { encoding })
}

fn xml_declaration(head: &str) -> Option<&'static Encoding> {
    let (declaration, _) = head.strip_prefix("<?xml")?.split_once("?>")?;
    let (_, rest) = declaration.split_once("encoding")?;
    Encoding::for_label(value(rest)?.as_bytes())
}

fn meta(head: &str) -> Option<&'static Encoding> {
    let mut rest = head;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at..)?;
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        rest = rest.get(1..)?;
        let Some(tag) = rest.strip_prefix("meta").filter(|tag| tag.starts_with([' ', '\t', '\n', '\r', '\x0c', '/']))
        else {
            continue;
        };
        // Both spellings end in `charset=label`; the longer one has it inside `content`.
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        let spelled = tag.split_once("charset").and_then(|(_, rest)| value(rest));
        if let Some(encoding) = spelled.and_then(|label| Encoding::for_label(label.as_bytes())) {
            return Some(encoding);
        }
    }
    None
}

/// The value after `=`, with or without quotes.
fn value(after_name: &str) -> Option<&str> {
    let value = after_name.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(['"', '\'', ';', ' ', '\t', '\n', '\r', '/', '>']).unwrap_or(value.len());
    value.get(..end).map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEBREW: &str = "<p>אזל מהמלאי, המוצר אינו זמין כרגע. המחיר 50 ₪</p>";

    fn hebrew() -> Vec<u8> {
        WINDOWS_1255.encode(HEBREW).0.into_owned()
    }

    fn all(mut from: impl Read) -> String {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn the_order_of_trust_is_mark_header_meta_validity_guess() {
        let with_mark = [b"\xef\xbb\xbf".as_slice(), HEBREW.as_bytes()].concat();
        assert_eq!(decode(&with_mark, Some("text/html; charset=windows-1255")), (HEBREW.to_owned(), "UTF-8"));
        assert_eq!(decode(&hebrew(), Some("text/html; Charset=\"Windows-1255\"")), (HEBREW.to_owned(), "windows-1255"));
        for head in [
            "<meta charset=windows-1255>",
            "<!-- <meta charset=utf-8> --><META CHARSET = 'windows-1255' />",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1255\">",
            "<?xml version=\"1.0\" encoding=\"windows-1255\"?>",
        ] {
            let (text, name) = decode(&[head.as_bytes(), &hebrew()].concat(), Some("text/html"));
            assert_eq!((text, name), (format!("{head}{HEBREW}"), "windows-1255"), "{head}");
        }
        assert_eq!(decode(HEBREW.as_bytes(), None), (HEBREW.to_owned(), "UTF-8"));
        assert_eq!(decode(&hebrew(), None), (HEBREW.to_owned(), "windows-1255"));
        assert_eq!(decode_from(b"\xe0\xe6\xec", None, Some("shop.co.il")).0, "אזל");
        assert_eq!(decode(b"", Some("text/html; charset=nonsense")), (String::new(), "UTF-8"));
    }

    #[test]
    fn a_declaration_beyond_the_first_kilobyte_or_of_utf_16_does_not_count() {
        let late = format!("{}<meta charset=windows-1255>{HEBREW}", " ".repeat(PRESCAN));
        assert_eq!(decode(late.as_bytes(), None).1, "UTF-8");
        assert_eq!(decode(b"<meta charset=utf-16>", None).1, "UTF-8");
    }

    #[test]
    fn a_table_is_read_whatever_its_encoding_and_however_late_it_shows() {
        let rows = "sku,name\n".to_owned() + &"1,plain\n".repeat(20_000);
        let expected = format!("{rows}2,אזל מהמלאי\n3,חולצה כחולה\n");
        for encoding in [UTF_8, WINDOWS_1255] {
            let bytes = encoding.encode(&expected).0.into_owned();
            assert_eq!(all(reader(io::Cursor::new(bytes), None).unwrap()), expected, "{}", encoding.name());
        }
        let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain("שם".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(all(reader(io::Cursor::new(marked), None).unwrap()), "שם");
        assert_eq!(all(reader(io::Cursor::new(hebrew()), Some("windows-1255")).unwrap()), HEBREW);
        assert_eq!(all(reader(io::Cursor::new(hebrew()), Some("text/csv; charset=windows-1255")).unwrap()), HEBREW);
        let declared = Some("text/csv; charset=utf-8");
        assert_eq!(all(reader(io::Cursor::new(b"a\xd7".to_vec()), declared).unwrap()), "a\u{FFFD}");
        assert_eq!(all(reader(io::Cursor::new(Vec::new()), None).unwrap()), "");
    }

    #[test]
    fn bytes_that_are_not_what_was_said_are_an_error() {
        let rows = "sku,name\n".to_owned() + &"1,plain\n".repeat(20_000);
        let mut bytes = rows.into_bytes();
        bytes.extend_from_slice(&hebrew());
        let mut text = String::new();
        let error = reader(io::Cursor::new(bytes), Some("utf-8")).unwrap().read_to_string(&mut text).unwrap_err();
        let said = "line 20002 is not UTF-8, which `encoding` says; it seems to be windows-1255";
        assert_eq!(error.to_string(), said);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        #[test]
        fn no_bytes_do_any_harm(bytes: Vec<u8>, header: String) {
            decode(&bytes, Some(&header));
            decode(&[b"<meta charset=".as_slice(), &bytes].concat(), None);
            let table = all(reader(io::Cursor::new(bytes.clone()), None).unwrap());
            if std::str::from_utf8(&bytes).is_ok() {
                proptest::prop_assert_eq!(table, decode(&bytes, None).0);
            }
        }
    }

    #[test]
    fn an_unknown_label_is_refused_by_name() {
        let error = reader(io::empty(), Some("klingon")).err().unwrap();
        assert!(error.to_string().contains("klingon is no known encoding"), "{error}");
    }
}
