//! Reading a page, beside scraper's parse of it alone, in MB/s.
//!
//! The pages are made here, of three usual kinds. Real ones can be added from a folder of `.html` or `.html.gz` files:
//! `STOCKTRUTH_PAGES=folder cargo bench --bench extraction`.

use std::error::Error;
use std::hint::black_box;
use std::io::Read;

use criterion::{Criterion, Throughput};
use scraper::Html;
use stocktruth::claims::{Options, Reader};
use stocktruth::domain::{Page, clock::Clock};

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    compare(&mut criterion, "made", &made())?;
    if let Some(folder) = folder() {
        compare(&mut criterion, "real", &real(&folder)?)?;
    }
    criterion.final_summary();
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench has no configuration but this")]
fn folder() -> Option<std::ffi::OsString> {
    std::env::var_os("STOCKTRUTH_PAGES")
}

fn compare(criterion: &mut Criterion, name: &str, pages: &[Page]) -> Result<(), Box<dyn Error>> {
    let bytes: usize = pages.iter().map(|page| page.html.len()).sum();
    let reader = Reader::new(&Options::default())?;
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("scraper parses", |bencher| {
        bencher
            .iter(|| pages.iter().map(|page| black_box(Html::parse_document(&page.html)).errors.len()).sum::<usize>());
    });
    group.bench_function("stocktruth reads", |bencher| {
        bencher.iter(|| pages.iter().map(|page| black_box(reader.read(page)).signals.len()).sum::<usize>());
    });
    group.finish();
    Ok(())
}

fn made() -> Vec<Page> {
    let prose = "A fine tea from the hills, picked by hand and dried in the sun. ".repeat(20);
    let cards: String = (0..60)
        .map(|n| format!("<li class=\"card\"><a href=\"/p/{n}\"><img src=\"/i/{n}.jpg\" alt=\"\"><h3>Tea {n}</h3></a><p>{prose}</p><button>Add to cart</button></li>"))
        .collect();
    let scripts = "window.dataLayer=window.dataLayer||[];function push(a){dataLayer.push(a)};".repeat(800);
    let frame = |head: &str, main: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><head><title>Tea</title>{head}<script>{scripts}</script></head><body><main><h1>Tea</h1>{main}</main><section class=\"related\"><h2>You may also like</h2><ul>{cards}</ul></section></body></html>"
        )
    };
    [
        frame("<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"sku\":\"A\",\"name\":\"Tea\",\"offers\":{\"@type\":\"Offer\",\"availability\":\"https://schema.org/InStock\"}}</script>", "<p class=\"stock\">In stock</p><button>Add to cart</button>"),
        frame("", "<div itemscope itemtype=\"https://schema.org/Product\"><span itemprop=\"sku\">A</span><div itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\"><link itemprop=\"availability\" href=\"https://schema.org/OutOfStock\"></div></div><p class=\"stock\">Sold out</p>"),
        frame("<meta property=\"product:availability\" content=\"in stock\">", "<form action=\"/cart/add\" method=\"post\"><button type=\"submit\">Add to cart</button></form>"),
    ]
    .into_iter()
    .map(page)
    .collect()
}

fn real(folder: &std::ffi::OsStr) -> Result<Vec<Page>, Box<dyn Error>> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(entry?.path())?;
        let mut text = Vec::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text)?;
        } else {
            text = bytes;
        }
        pages.push(page(String::from_utf8_lossy(&text).into_owned()));
    }
    Ok(pages)
}

fn page(html: String) -> Page {
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
