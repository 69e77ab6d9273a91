//! A whole bulk reading: catalogue, stock of everything, the join of both, a verdict each; no page is fetched, as the
//! catalogue names none. Through `csv`, and through a paged JSON API on loopback, each beside a bare loop over the same
//! bytes in the same run: the csv crate alone, reqwest and serde_json alone.
//!
//! Every measurement is a process of its own, so that its peak memory is its own too (`VmHWM`, proc(5)).
//! `cargo bench --bench bulk` reads 10,000, 100,000 and 1,000,000 items; `-- --quick` stops at 100,000.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use axum::extract::Query;
use axum::{Router, routing};
use stocktruth::domain::clock::Clock;
use stocktruth::report::Progress;
use stocktruth::run::{self, Job, Scope, Shop, Stop, Tools};
use stocktruth::{catalog, claims, fetch, incident, stock, store};

/// Items on a page of the API.
const PAGE: usize = 1000;
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", what, items, folder, api] => {
            runtime.block_on(measure(what, items.parse()?, Path::new(folder), api))
        }
        others => {
            let largest = if others.contains(&"--quick") { 100_000 } else { 1_000_000 };
            runtime.block_on(compare(largest))
        }
    }
}

async fn compare(largest: usize) -> Result<(), Box<dyn Error>> {
    let api = serve().await?;
    println!("{:>9}  {:>22}  {:>9}  {:>8}  {:>5}", "items", "", "items/s", "peak MiB", "ratio");
    for items in SIZES.into_iter().filter(|items| *items <= largest) {
        let folder = tempfile::tempdir()?;
        write_files(folder.path(), items)?;
        for (bare, ours) in [("csv crate alone", "csv"), ("reqwest and serde_json", "http_json")] {
            let (floor, floor_peak) = in_a_process(bare, items, folder.path(), &api).await?;
            let (whole, peak) = in_a_process(ours, items, folder.path(), &api).await?;
            let rate = |took: f64| items as f64 / took;
            println!("{items:>9}  {bare:>22}  {:>9.0}  {floor_peak:>8.1}  {:>5.2}", rate(floor), 1.0);
            println!("{items:>9}  {ours:>22}  {:>9.0}  {peak:>8.1}  {:>5.2}", rate(whole), whole / floor);
        }
    }
    Ok(())
}

/// Seconds it took, and the peak of its memory in MiB.
async fn in_a_process(what: &str, items: usize, folder: &Path, api: &str) -> Result<(f64, f64), Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("measure").args([what, &items.to_string()]).arg(folder).arg(api);
    let done = tokio::task::spawn_blocking(move || command.output()).await??;
    let said = String::from_utf8(done.stdout)?;
    let mut figures = said.split_whitespace().filter_map(|figure| figure.parse::<f64>().ok());
    match (figures.next(), figures.next()) {
        (Some(took), Some(peak)) if done.status.success() => Ok((took, peak)),
        _ => {
            Err(format!("{what} did not measure {items} items: {said}{}", String::from_utf8_lossy(&done.stderr)).into())
        }
    }
}

async fn measure(what: &str, items: usize, folder: &Path, api: &str) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    match what {
        "csv crate alone" => bare_csv(&folder.join("stock.csv"), items)?,
        "reqwest and serde_json" => bare_api(api, items).await?,
        ours => check(ours, items, folder, api).await?,
    }
    let took = began.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: f64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{took} {}", kib / 1024.0);
    Ok(())
}

fn bare_csv(file: &Path, items: usize) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(file)?;
    let mut record = csv::StringRecord::new();
    let mut sum = 0_u64;
    let mut rows = 0;
    while reader.read_record(&mut record)? {
        rows += 1;
        sum += record.get(1).unwrap_or_default().parse::<u64>()?;
    }
    assert!(rows == items && sum > 0, "{rows} rows, {sum}");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the floor is what reqwest does without us")]
async fn bare_api(api: &str, items: usize) -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::new();
    let mut rows = 0;
    for page in 1.. {
        let body = client.get(format!("{api}?of={items}&page={page}")).send().await?.bytes().await?;
        let page: serde_json::Value = serde_json::from_slice(&body)?;
        let list = page.get("items").and_then(serde_json::Value::as_array).ok_or("no items")?;
        rows += list.iter().filter(|item| item["available"].is_u64()).count();
        if list.len() < PAGE {
            break;
        }
    }
    assert_eq!(rows, items);
    Ok(())
}

async fn check(adapter: &str, items: usize, folder: &Path, api: &str) -> Result<(), Box<dyn Error>> {
    let job = job(adapter, items, folder, api)?;
    let (_pull, stop) = Stop::new();
    let tools = Tools { clock: Clock::system(), stop, progress: Progress::new(false) };
    let outcome = run::check(&job, &Scope::default(), &tools).await?;
    let shop = outcome.summary.shops.first().ok_or("no shop")?;
    assert_eq!(shop.items, items as u64, "{shop:?}");
    assert_eq!(shop.unverified.get("no_url"), Some(&(items as u64)), "{shop:?}");
    if adapter == "http_json" {
        // One more than full pages, as only an empty or short one is the end.
        assert_eq!(shop.stock_requests(), (items / PAGE) as u64 + 1);
    }
    Ok(())
}

fn job(adapter: &str, items: usize, folder: &Path, api: &str) -> Result<Job, Box<dyn Error>> {
    let fetch = fetch::Options {
        rate: fetch::Rate { requests: u32::MAX.try_into()?, per: Duration::from_secs(1) },
        burst: u32::MAX.try_into()?,
        robots: false,
        allow_private: vec!["127.0.0.0/8".parse()?],
        ..fetch::Options::default()
    };
    let adapter = if adapter == "csv" {
        stock::Adapter::Csv(Box::new(stock::CsvOptions {
            from: stock::Place::File(folder.join("stock.csv")),
            key: "sku".to_owned(),
            fields: [("available".to_owned(), "available".to_owned())].into(),
            delimiter: None,
            encoding: None,
            decimal_comma: false,
            done_file: None,
            footer: None,
            locations: None,
        }))
    } else {
        let paging =
            stock::Paging::Page { parameter: "page".to_owned(), first: 1, size_parameter: None, size: PAGE as u64 };
        stock::Adapter::HttpJson(Box::new(stock::HttpJsonOptions {
            fetch: fetch.clone(),
            auth: None,
            all: Some(stock::Listing {
                request: stock::Request { method: "GET".to_owned(), url: format!("{api}?of={items}"), body: None },
                paging,
            }),
            batch: None,
            item: None,
            mapping: stock::Mapping {
                items: Some("$.items[*]".to_owned()),
                key: Some("$.sku".to_owned()),
                fields: [("available".to_owned(), "$.available".to_owned())].into(),
                ..stock::Mapping::default()
            },
        }))
    };
    let stock = stock::Options {
        name: "bench".to_owned(),
        adapter,
        threshold: 1.into(),
        rules: stock::Rules { sellable: Some("available".to_owned()), ..stock::Rules::default() },
        locations: std::collections::BTreeMap::new(),
        brake: stock::Brake::default(),
        decides: stocktruth::domain::Decides::default(),
        keys: stock::Keys::default(),
    };
    let shop = Shop {
        name: "bench".to_owned(),
        url: "http://127.0.0.1/".parse()?,
        catalog: catalogue(folder)?,
        feeds: Vec::new(),
        fetch,
        claims: claims::Options::default(),
        listings: Vec::new(),
        stock: stock.into(),
        cart: None,
        grace: Duration::ZERO,
        confirm_after: Duration::ZERO,
        plan: stocktruth::plan::Options::default(),
        targets: stocktruth::plan::Targets::default(),
        max_jump: 1.into(),
    };
    Ok(Job {
        shops: vec![shop],
        incidents: incident::Policy::default(),
        severity: Vec::new(),
        notify: None,
        store: store::Options { file: folder.join("bench.db"), keep: Duration::from_secs(86_400) },
        min_verified: 0.into(),
    })
}

fn catalogue(folder: &Path) -> Result<catalog::Options, Box<dyn Error>> {
    Ok(catalog::Options::Csv(Box::new(catalog::CsvOptions {
        from: catalog::Place::File(folder.join("catalogue.csv")),
        columns: catalog::Columns { sku: Some("sku".to_owned()), ..catalog::Columns::default() },
        delimiter: None,
        encoding: None,
        base: "http://127.0.0.1/".parse()?,
    })))
}

/// Keys in an order that is not that of the catalogue, as in a real export.
fn sku(at: usize, items: usize) -> String {
    // A prime that divides none of the sizes goes through all of them once.
    format!("SKU-{:07}", (at * 7_919) % items)
}

fn write_files(folder: &Path, items: usize) -> std::io::Result<()> {
    let mut stock = BufWriter::new(File::create(folder.join("stock.csv"))?);
    let mut catalogue = BufWriter::new(File::create(folder.join("catalogue.csv"))?);
    writeln!(stock, "sku,available")?;
    writeln!(catalogue, "sku")?;
    for at in 0..items {
        writeln!(stock, "{},{}", sku(at, items), at % 9)?;
        writeln!(catalogue, "SKU-{at:07}")?;
    }
    stock.flush()?;
    catalogue.flush()
}

async fn serve() -> Result<String, Box<dyn Error>> {
    let page = |Query(asked): Query<HashMap<String, usize>>| async move {
        let (items, page) = (asked["of"], asked["page"]);
        let each = ((page - 1) * PAGE).min(items)..(page * PAGE).min(items);
        let each: Vec<_> =
            each.map(|at| format!("{{\"sku\":\"{}\",\"available\":{}}}", sku(at, items), at % 9)).collect();
        ([("content-type", "application/json")], format!("{{\"items\":[{}]}}", each.join(",")))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/stock", routing::get(page))).await });
    Ok(format!("http://{address}/stock"))
}
