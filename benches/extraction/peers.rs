//! What else can be done with a page's bytes.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use scraper::Html;

/// The floor: looks at every byte once.
pub(crate) fn sweep(html: &str) -> usize {
    memchr::memchr_iter(b'<', html.as_bytes()).count()
}

/// What an answer costs before anybody reads it. Gives the size of the text.
pub(crate) fn unzip(gzip: &[u8], room: &mut Vec<u8>) -> usize {
    room.clear();
    // A page that cannot be unzipped would have stopped the bench when it was loaded.
    MultiGzDecoder::new(gzip).read_to_end(room).unwrap_or_default()
}

/// Builds the tree and looks at nothing. Gives how many errors it met.
pub(crate) fn parse(html: &str) -> usize {
    Html::parse_document(html).errors.len()
}
