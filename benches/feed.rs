//! A product feed, read to its last entry: RSS, TSV, and RSS packed by gzip; each beside a bare loop over the same bytes in
//! the same run: quick-xml alone, the csv crate alone, gunzip alone.
//!
//! Every measurement is a process of its own, so that its peak memory is its own too (`VmHWM`, proc(5)).
//! `cargo bench --bench feed` reads 10 MB, 100 MB and 1 GB; `-- --quick` stops at 100 MB.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use futures::StreamExt;
use stocktruth::catalog::feed::{FeedOptions, IdRule, Kind};
use stocktruth::catalog::{self, Entry, Place};
use stocktruth::domain::clock::Clock;
use stocktruth::fetch::{self, Fetcher};

const MEGABYTE: u64 = 1_000_000;
const SIZES: [u64; 3] = [10 * MEGABYTE, 100 * MEGABYTE, 1000 * MEGABYTE];

/// What is measured: a name, its floor, and the file.
const KINDS: [(&str, &str, &str); 3] = [
    ("rss", "quick-xml alone", "feed.xml"),
    ("tsv", "csv crate alone", "feed.tsv"),
    ("rss, gz", "gunzip alone", "feed.xml.gz"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", what, file] => measure(what, Path::new(file)),
        others => compare(if others.contains(&"--quick") { 100 * MEGABYTE } else { u64::MAX }),
    }
}

fn compare(largest: u64) -> Result<(), Box<dyn Error>> {
    println!("{:>8}  {:>16}  {:>9}  {:>7}  {:>8}  {:>5}", "MB", "", "entries", "MB/s", "peak MiB", "ratio");
    for size in SIZES.into_iter().filter(|size| *size <= largest) {
        let folder = tempfile::tempdir()?;
        for (kind, bare, name) in KINDS {
            let file = folder.path().join(name);
            let bytes = write(&file, size)?;
            let floor = in_a_process(bare, &file)?;
            let ours = in_a_process("ours", &file)?;
            for (what, figures, ratio) in [(bare, &floor, 1.0), (kind, &ours, ours.took / floor.took)] {
                let rate = bytes as f64 / MEGABYTE as f64 / figures.took;
                let (entries, peak) = (figures.entries, figures.peak);
                println!("{:>8}  {what:>16}  {entries:>9}  {rate:>7.0}  {peak:>8.1}  {ratio:>5.2}", bytes / MEGABYTE);
            }
            std::fs::remove_file(&file)?;
        }
    }
    Ok(())
}

struct Figures {
    /// Seconds.
    took: f64,
    /// MiB.
    peak: f64,
    entries: u64,
}

fn in_a_process(what: &str, file: &Path) -> Result<Figures, Box<dyn Error>> {
    let done = Command::new(std::env::current_exe()?).arg("measure").arg(what).arg(file).output()?;
    let said = String::from_utf8(done.stdout)?;
    let figures: Vec<f64> = said.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    match figures.as_slice() {
        [took, peak, entries] if done.status.success() => {
            Ok(Figures { took: *took, peak: *peak, entries: *entries as u64 })
        }
        _ => Err(format!("{what} measured nothing: {said}{}", String::from_utf8_lossy(&done.stderr)).into()),
    }
}

fn measure(what: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let entries = match what {
        "quick-xml alone" => bare_xml(file)?,
        "csv crate alone" => bare_csv(file)?,
        "gunzip alone" => gunzip(file)?,
        _ => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            runtime.block_on(read(file))?
        }
    };
    let took = began.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: f64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{took} {} {entries}", kib / 1024.0);
    Ok(())
}

async fn read(file: &Path) -> Result<u64, Box<dyn Error>> {
    let options = catalog::Options::Feed(Box::new(FeedOptions {
        name: "bench".to_owned(),
        from: Place::File(file.to_owned()),
        format: None,
        encoding: None,
        kind: Kind::Products,
        supplemental: Vec::new(),
        id: IdRule::default(),
        max_size: u64::MAX,
        base: "https://shop.example/".parse()?,
    }));
    let web = Fetcher::new(fetch::Options::default(), Clock::system())?;
    let mut entries = catalog::read(&options, &web);
    let mut count = 0;
    while let Some(entry) = entries.next().await {
        match entry? {
            Entry::Offer(offer) => count += u64::from(offer.claim.is_some()),
            other => return Err(format!("{other:?}").into()),
        }
    }
    Ok(count)
}

fn bare_xml(file: &Path) -> Result<u64, Box<dyn Error>> {
    let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(64 * 1024, File::open(file)?));
    let (mut buffer, mut count) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            quick_xml::events::Event::End(tag) => count += u64::from(tag.name().into_inner() == "item"),
            quick_xml::events::Event::Eof => return Ok(count),
            _ => {}
        }
    }
}

fn bare_csv(file: &Path) -> Result<u64, Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_path(file)?;
    let (mut record, mut count) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut record)? {
        count += u64::from(record.get(0).is_some_and(|id| !id.is_empty()));
    }
    Ok(count)
}

/// What is unpacked is not looked at, so there are no entries.
fn gunzip(file: &Path) -> Result<u64, Box<dyn Error>> {
    let mut from = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, File::open(file)?));
    let mut buffer = vec![0; 64 * 1024];
    while from.read(&mut buffer)? > 0 {}
    Ok(0)
}

/// Writes a feed of about this size, unpacked; how many bytes it has.
fn write(file: &PathBuf, size: u64) -> io::Result<u64> {
    let to = BufWriter::new(File::create(file)?);
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => {
            let mut packer = flate2::write::GzEncoder::new(to, flate2::Compression::fast());
            let written = entries(&mut packer, size, true)?;
            packer.finish()?.flush()?;
            Ok(written)
        }
        extension => {
            let mut to = to;
            let written = entries(&mut to, size, extension == Some("xml"))?;
            to.flush()?;
            Ok(written)
        }
    }
}

/// Words of which descriptions are made, some of them outside ASCII.
const WORDS: [&str; 12] =
    ["soft", "cotton", "for", "children", "with", "größe", "costume", "שמלה", "and", "a", "hat", "of"];

fn entries(to: &mut impl Write, size: u64, is_xml: bool) -> io::Result<u64> {
    let mut written = 0;
    let mut put = |text: &str| {
        written += text.len() as u64;
        to.write_all(text.as_bytes()).map(|()| written)
    };
    put(if is_xml {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\"><channel>\n"
    } else {
        "id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tbrand\tgtin\titem_group_id\tproduct_type\n"
    })?;
    for number in 0_u64.. {
        let description: String =
            (0..80).map(|at| WORDS[((number * 7 + at * at) % 12) as usize]).collect::<Vec<_>>().join(" ");
        let availability = ["in stock", "out_of_stock", "InStock", "in_stock"][(number % 4) as usize];
        let (price, group) = (number % 90 + 10, number / 4);
        let so_far = put(&if is_xml {
            format!(
                "<item><g:id>SKU-{number:08}</g:id><title>Costume no. {number} &amp; more</title>\
                 <description><![CDATA[<p>{description}</p>]]></description>\n\
                 <link>https://shop.example/p/costume-{group}?variant={number}&amp;utm_source=google</link>\
                 <g:image_link>https://cdn.shop.example/i/{number}.jpg</g:image_link>\
                 <g:availability>{availability}</g:availability><g:price>{price}.90 EUR</g:price><g:brand>Acme</g:brand>\
                 <g:gtin>4006381333931</g:gtin><g:item_group_id>G{group}</g:item_group_id>\
                 <g:product_type>Costumes &gt; Children</g:product_type>\
                 <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>\n"
            )
        } else {
            format!(
                "SKU-{number:08}\tCostume no. {number}\t{description}\thttps://shop.example/p/costume-{group}?variant={number}\t\
                 https://cdn.shop.example/i/{number}.jpg\t{availability}\t{price}.90 EUR\tAcme\t4006381333931\tG{group}\t\
                 Costumes > Children\n"
            )
        })?;
        if so_far >= size {
            break;
        }
    }
    put(if is_xml { "</channel></rss>\n" } else { "" })
}
