//! What else can be done with a page's bytes.

use std::cell::Cell;
use std::hint::black_box;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use lol_html::html_content::{Element, TextChunk};
use lol_html::{HtmlRewriter, Settings, element, text};
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

/// Streams the page past four selectors, and takes the words where there are any. Gives how often one matched.
pub(crate) fn stream(html: &str) -> usize {
    let found = Cell::new(0);
    let see = |element: &mut Element<'_, '_>| {
        found.set(found.get() + 1);
        black_box(element.get_attribute("content"));
        Ok(())
    };
    let hear = |chunk: &mut TextChunk<'_>| {
        black_box(chunk.as_str().len());
        Ok(())
    };
    let data = "script[type=\"application/ld+json\"]";
    let settings = Settings::new()
        .append_element_content_handler(element!(data, see))
        .append_element_content_handler(text!(data, hear))
        .append_element_content_handler(element!("[itemprop=availability]", see))
        .append_element_content_handler(text!("[itemprop=availability]", hear))
        .append_element_content_handler(element!("button", see))
        .append_element_content_handler(text!("button", hear))
        .append_element_content_handler(element!("meta[property]", see));
    let mut rewriter = HtmlRewriter::new(settings, |rewritten: &[u8]| {
        black_box(rewritten);
    });
    let streamed = rewriter.write(html.as_bytes()).is_ok() && rewriter.end().is_ok();
    found.get() + usize::from(streamed)
}

/// Builds the tree and looks at nothing. Gives how many errors it met.
pub(crate) fn parse(html: &str) -> usize {
    Html::parse_document(html).errors.len()
}
