//! Reads our own mails back: for the console, the demo and previews. Not a reader of other people's mail.

use base64::Engine as _;

/// The parts of a mail, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The attached CSV, if there is one.
    pub csv: Option<String>,
    /// The pictures that the HTML shows, by their `Content-ID`: PNG.
    pub pictures: Vec<(String, Vec<u8>)>,
}

impl Opened {
    /// The HTML with its pictures inside, for a browser.
    pub fn page(&self) -> String {
        let mut page = self.html.clone();
        for (id, bytes) in &self.pictures {
            let packed = base64::engine::general_purpose::STANDARD.encode(bytes);
            page = page.replace(&format!("cid:{id}"), &format!("data:image/png;base64,{packed}"));
        }
        page
    }
}

/// Opens a mail that [`super::Digests`] composed; `None` for anything else.
pub fn open(message: &[u8]) -> Option<Opened> {
    let mut opened = Opened::default();
    let mut seen = 0;
    walk(std::str::from_utf8(message).ok()?, &mut |kind, id, bytes| {
        seen += 1;
        let text = || String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        match kind {
            "text/plain" => opened.text = text(),
            "text/html" => opened.html = text(),
            "text/csv" => opened.csv = Some(text()),
            "image/png" => opened.pictures.push((id.to_owned(), bytes)),
            _ => {}
        }
    })?;
    (seen > 1).then_some(opened)
}

/// Goes through the parts of a part, in order.
fn walk(part: &str, leaf: &mut dyn FnMut(&str, &str, Vec<u8>)) -> Option<()> {
    let (head, body) = part.split_once("\r\n\r\n")?;
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        head.lines().filter_map(|line| line.split_once(':')).find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let kind = header("Content-Type").map_or("text/plain", |(_, value)| value.trim());
    if kind.starts_with("multipart/") {
        let boundary = kind.split_once("boundary=\"")?.1.split('"').next()?;
        let delimiter = format!("--{boundary}");
        for inner in body.split(delimiter.as_str()).skip(1).take_while(|inner| !inner.starts_with("--")) {
            walk(inner.strip_prefix("\r\n")?, leaf)?;
        }
        return Some(());
    }
    let encoding = header("Content-Transfer-Encoding").map_or("7bit", |(_, value)| value.trim());
    let bytes = match encoding.to_ascii_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_ascii_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(packed).ok()?
        }
        "quoted-printable" => unquote(body),
        _ => body.as_bytes().to_vec(),
    };
    let id = header("Content-ID").map_or("", |(_, id)| id.trim().trim_matches(['<', '>']));
    leaf(kind.split(';').next().unwrap_or(kind).trim(), id, bytes);
    Some(())
}

/// Quoted-printable (RFC 2045 section 6.7) back to bytes.
fn unquote(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut out = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'=').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}
