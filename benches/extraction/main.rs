//! Reading a page, on one core, beside what else can be done with its bytes in the same run: sweeping them for `<`,
//! unzipping them, building their tree (`scraper`).
//!
//! The pages are made here, of three usual kinds. Real ones can be added from a folder of `.html` or `.html.gz` files:
//! `STOCKTRUTH_PAGES=folder cargo bench --bench extraction`. At the end stands a table of ratios, and the time a byte
//! takes in pages of growing size, hostile ones among them ([`curve`]); `cargo bench --bench extraction -- curve`
//! measures only these, and any other filter leaves them out.
//!
//! All times are those of this thread on its processor: what else the machine does meanwhile does not count.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

mod curve;
mod pages;
mod peers;

use std::cell::RefCell;
use std::error::Error;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::{Criterion, Throughput};
use stocktruth::claims::{Options, Reader};
use stocktruth::domain::Page;

use pages::{Stored, gzipped};

/// What is held against what: the name, and the median time a round took.
type Row = (String, Duration);

fn main() -> Result<(), Box<dyn Error>> {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let only_lists = std::env::args().any(|argument| argument == "--list" || argument == "--test");
    let reader = Reader::new(&Options::default())?;
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut tables = vec![("made", compare(&mut criterion, &reader, "made", pages::made().map(gzipped).collect()))];
    if let Some(folder) = folder() {
        tables.push(("real", compare(&mut criterion, &reader, "real", pages::real(&folder)?)));
    }
    criterion.final_summary();
    for (name, (bytes, rows)) in tables {
        ratios(name, bytes, &rows);
    }
    if !only_lists && filter.is_none_or(|filter| filter.contains("curve")) {
        curve::draw(&reader)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench has no configuration but this")]
fn folder() -> Option<std::ffi::OsString> {
    std::env::var_os("STOCKTRUTH_PAGES")
}

/// Measures all of them on the same pages; gives the bytes of text, and how long each took.
fn compare(criterion: &mut Criterion, reader: &Reader, name: &str, stored: Vec<Stored>) -> (usize, Vec<Row>) {
    let bytes: usize = stored.iter().map(|one| one.page.html.len()).sum();
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64));
    let rows = RefCell::new(Vec::new());
    let mut measure = |what: &str, work: &dyn Fn(&Stored) -> usize| {
        let rounds = RefCell::new(Vec::new());
        group.bench_function(what, |bencher| {
            bencher.iter_custom(|times| {
                let begun = ThreadTime::now();
                for _ in 0..times {
                    std::hint::black_box(stored.iter().map(work).sum::<usize>());
                }
                let took = begun.elapsed();
                rounds.borrow_mut().push(took.div_f64(u32::try_from(times).unwrap_or(u32::MAX).into()));
                took
            });
        });
        let mut rounds = rounds.into_inner();
        rounds.sort();
        if let Some(median) = rounds.get(rounds.len() / 2) {
            rows.borrow_mut().push((what.to_owned(), *median));
        }
    };
    let room = RefCell::new(Vec::new());
    measure("memchr sweeps", &|one| peers::sweep(&one.page.html));
    measure("gunzip", &|one| peers::unzip(&one.gzip, &mut room.borrow_mut()));
    measure("scraper parses", &|one| peers::parse(&one.page.html));
    measure("stocktruth reads", &|one| read(reader, &one.page));
    drop(measure);
    group.finish();
    (bytes, rows.into_inner())
}

fn read(reader: &Reader, page: &Page) -> usize {
    reader.read(page).signals.len()
}

/// Time in multiples of unzipping the same pages.
#[expect(clippy::cast_precision_loss, reason = "a size")]
fn ratios(name: &str, bytes: usize, rows: &[Row]) {
    let unzip = rows.iter().find(|(what, _)| what == "gunzip").map(|(_, took)| took.as_secs_f64());
    println!("\n{name} pages, {:.1} MB of text    MB/s    time, gunzip = 1.0", bytes as f64 / 1e6);
    for (what, took) in rows {
        let ratio = unzip.map_or_else(|| "-".to_owned(), |unzip| format!("{:.2}", took.as_secs_f64() / unzip));
        println!("  {what:<26}{:>10.0}{ratio:>22}", bytes as f64 / 1e6 / took.as_secs_f64());
    }
}
