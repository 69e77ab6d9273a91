//! The pages that are read: made ones, and a folder's.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use stocktruth::domain::{Page, clock::Clock};
use stocktruth::fetch::charset;

/// A page and its archive.
pub(crate) struct Stored {
    pub(crate) page: Page,
    pub(crate) gzip: Vec<u8>,
}

/// Three pages of usual size: one tells by JSON-LD, one by microdata, one by its button.
pub(crate) fn made() -> impl Iterator<Item = Page> {
    [
        framed("<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"sku\":\"A\",\"name\":\"Tea\",\"offers\":{\"@type\":\"Offer\",\"availability\":\"https://schema.org/InStock\"}}</script>", "<p class=\"stock\">In stock</p><button>Add to cart</button>", 60),
        framed("", "<div itemscope itemtype=\"https://schema.org/Product\"><span itemprop=\"sku\">A</span><div itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\"><link itemprop=\"availability\" href=\"https://schema.org/OutOfStock\"></div></div><p class=\"stock\">Sold out</p>", 60),
        framed("<meta property=\"product:availability\" content=\"in stock\">", "<form action=\"/cart/add\" method=\"post\"><button type=\"submit\">Add to cart</button></form>", 60),
    ]
    .into_iter()
    .map(page)
}

/// A product page with so many other products below it; scripts and styles grow with them.
pub(crate) fn framed(head: &str, main: &str, others: usize) -> String {
    let prose = "A fine tea from the hills, picked by hand and dried in the sun. ".repeat(20);
    let cards: String = (0..others)
        .map(|n| format!("<li class=\"card\"><a href=\"/p/{n}\"><img src=\"/i/{n}.jpg\" alt=\"\"><h3>Tea {n}</h3></a><p>{prose}</p><button>Add to cart</button></li>"))
        .collect();
    let scripts = "window.dataLayer=window.dataLayer||[];function push(a){dataLayer.push(a)};".repeat(others * 13);
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Tea</title>{head}<script>{scripts}</script></head><body><main><h1>Tea</h1>{main}</main><section class=\"related\"><h2>You may also like</h2><ul>{cards}</ul></section></body></html>"
    )
}

/// Every file of a folder, in its own encoding.
pub(crate) fn real(folder: &OsStr) -> Result<Vec<Stored>, Box<dyn Error>> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(entry?.path())?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut body = Vec::new();
            MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut body)?;
            pages.push(Stored { page: page(charset::decode(&body, None).0), gzip: bytes });
        } else {
            pages.push(gzipped(page(charset::decode(&bytes, None).0)));
        }
    }
    Ok(pages)
}

/// Zips a page as servers do.
pub(crate) fn gzipped(page: Page) -> Stored {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packer.write_all(page.html.as_bytes()).and_then(|()| packer.finish());
    Stored { gzip: packed.unwrap_or_else(|_| unreachable!("memory can be written to")), page }
}

pub(crate) fn page(html: String) -> Page {
    let url: url::Url = "https://shop.example/p/1".parse().unwrap_or_else(|_| unreachable!());
    Page {
        requested: url.clone(),
        url,
        hops: Vec::new(),
        status: 200,
        content_type: "text/html".to_owned(),
        html,
        charset: "UTF-8",
        cache: None,
        seen_at: Clock::system().now(),
    }
}
