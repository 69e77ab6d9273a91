//! Whether time grows with size and no faster: what one byte costs in pages from 0.1 to 3.2 MB, usual ones and ones
//! that nobody would write but to hurt.

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use stocktruth::claims::Reader;
use stocktruth::domain::Page;

use crate::pages::{framed, page};

/// Sizes in bytes.
const SIZES: [usize; 6] = [100_000, 200_000, 400_000, 800_000, 1_600_000, 3_200_000];
/// How many times as much a byte of the biggest page may cost as one of the smallest.
const GROWTH: f64 = 3.0;
/// Nanoseconds a byte that are too few to compare: a small page that lies in the processor's cache may be read this
/// fast, a big one waits for the memory.
const FLOOR: f64 = 0.5;
/// One page that takes longer ends the row.
const PATIENCE: Duration = Duration::from_secs(2);
/// Fewest reads of one page; the quickest counts, since whatever else the machine does can only make one slower.
const FEWEST: usize = 3;
/// Reads go on until they took this long together.
const ENOUGH: Duration = Duration::from_millis(60);

/// How a page of about so many bytes is made.
type Make = fn(usize) -> String;

const SHAPES: [(&str, Make); 17] = [
    ("a usual page", |size| framed("", "<p class=stock>In stock</p><button>Add to cart</button>", size / 2_430)),
    ("nested boxes", |size| around("", "<div>", size)),
    ("nested products", |size| around("", "<div itemscope itemtype=//schema.org/Product>", size)),
    ("nested words and boxes", |size| around("", "<div class=stock>In stock ", size)),
    ("one huge script", |size| around("<script>", "window.a={\"available\":false,b:[1,2]};", size)),
    ("one huge JSON-LD", |size| {
        around("<script type=application/ld+json>[", "{\"@type\":\"Product\",\"sku\":1},", size)
    }),
    ("JSON-LD, nested", |size| around("<script type=application/ld+json>", "[{\"a\":", size)),
    ("attributes of one tag", |size| {
        let names: String = (0..).map(|n: u32| format!(" a{n:x}")).take(size / 7).collect();
        format!("{HEAD}<p{names}>In stock</p>")
    }),
    ("attributes of many tags", |size| around("", "<i a b c d e f g h i j k l m n o p>", size)),
    ("unclosed tags", |size| around("", "<b><p class=stock>Sold out<a href=/p/2>", size)),
    ("a tag without end", |size| around("<p class=\"", "in stock <p>", size)),
    ("unclosed comments", |size| around("", "<!-- sold out -- > ", size)),
    ("unclosed scripts", |size| around("", "<script><!--<script>", size)),
    ("unclosed CDATA", |size| around("<svg>", "<![CDATA[ sold ]] out", size)),
    ("forms and buttons", |size| {
        around("", "<form action=/cart/add><button name=add>Add to cart</button></form>", size)
    }),
    ("links", |size| around("", "<a href=/p/other-thing>Sold out</a>", size)),
    ("brackets", |size| around("", "<", size)),
];

const HEAD: &str = "<!doctype html><html lang=en><title>Tea</title><body><main><h1>Tea</h1><p class=stock>In stock</p>";

fn around(opening: &str, piece: &str, size: usize) -> String {
    format!("{HEAD}{opening}{}", piece.repeat(size / piece.len()))
}

/// Draws a row for each shape.
///
/// # Errors
/// A byte of the biggest page costs more than [`GROWTH`] times what one of the smallest does, or a page took too long.
pub(crate) fn draw(reader: &Reader) -> Result<(), Box<dyn Error>> {
    #[expect(clippy::cast_precision_loss, reason = "a size")]
    let megabytes = SIZES.map(|size| format!("{:>7.1} MB", size as f64 / 1e6)).concat();
    println!("\nns a byte {:<17}{megabytes}    growth", "");
    let mut failed = Vec::new();
    for (name, make) in SHAPES {
        let row = measured(reader, make);
        let columns: String = row.iter().map(|cost| format!("{cost:>10.2}")).collect();
        let growth = match (row.first(), row.last()) {
            (Some(first), Some(last)) if row.len() == SIZES.len() => Some(last.max(FLOOR) / first.max(FLOOR)),
            _ => None,
        };
        let told = growth.map_or_else(|| "gave up".to_owned(), |growth| format!("{growth:.1}"));
        println!("  {name:<25}{columns:<width$}{told:>10}", width = SIZES.len() * 10);
        if growth.is_none_or(|growth| growth > GROWTH) {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("time grows faster than size: {}", failed.join(", ")).into())
}

/// Nanoseconds a byte for each size, as far as patience went.
fn measured(reader: &Reader, make: Make) -> Vec<f64> {
    let mut row = Vec::new();
    for size in SIZES {
        let page = page(make(size));
        let first = timed(reader, &page);
        if first > PATIENCE {
            break;
        }
        let begun = ThreadTime::now();
        let mut quickest = first;
        let mut rounds = 1;
        while rounds < FEWEST || begun.elapsed() < ENOUGH {
            quickest = quickest.min(timed(reader, &page));
            rounds += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "a size")]
        row.push(quickest.as_secs_f64() * 1e9 / page.html.len() as f64);
    }
    row
}

fn timed(reader: &Reader, page: &Page) -> Duration {
    let begun = ThreadTime::now();
    black_box(reader.read(page));
    begun.elapsed()
}
