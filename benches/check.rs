//! The whole check over loopback, beside a bare loop of reqwest that fetches the same pages in the same run.
//!
//! Prints the median time of both and their ratio: what reading, judging and remembering cost on top of the network.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::response::Html;
use axum::{Router, routing};
use futures::StreamExt;
use stocktruth::domain::Item;
use stocktruth::domain::clock::Clock;
use stocktruth::report::Progress;
use stocktruth::run::{self, Job, Scope, Shop, Stop, Tools};
use stocktruth::{catalog, claims, fetch, incident, stock, store};

const PAGES: usize = 1000;
const ROUNDS: usize = 5;
const CONCURRENCY: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(compare())
}

async fn compare() -> Result<(), Box<dyn Error>> {
    let shop = format!("http://{}", serve().await?);
    let (mut bare, mut checked) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(bare_loop(&shop).await?);
        checked.push(whole_check(&shop).await?);
    }
    let (bare, checked) = (median(bare), median(checked));
    println!("{PAGES} pages of {} KiB, {CONCURRENCY} at once, median of {ROUNDS} rounds", page(1).len() / 1024);
    println!("bare reqwest loop  {:>8.1} ms", bare.as_secs_f64() * 1e3);
    println!("stocktruth check   {:>8.1} ms", checked.as_secs_f64() * 1e3);
    println!("ratio              {:>8.2}", checked.as_secs_f64() / bare.as_secs_f64());
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A product page of usual size: data for machines at the top, then the words, then forty other products.
fn page(n: usize) -> String {
    let others: String = (0..40)
        .map(|k| format!("<li class=\"card\"><a href=\"/p/{k}\"><img src=\"/i/{k}.jpg\" alt=\"\"><h3>Tea number {k}</h3></a><p class=\"price\">7.{k:02} EUR</p><p>{}</p></li>", "A fine tea from the hills, picked by hand and dried in the sun. ".repeat(8)))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Tea {n}</title><script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"sku\":\"SKU-{n}\",\"name\":\"Tea {n}\",\"offers\":{{\"@type\":\"Offer\",\"price\":\"7.50\",\"priceCurrency\":\"EUR\",\"availability\":\"https://schema.org/InStock\"}}}}</script></head><body><main><h1>Tea {n}</h1><p class=\"stock\">In stock</p><form action=\"/cart/add\" method=\"post\"><button type=\"submit\">Add to cart</button></form></main><section class=\"related\"><h2>You may also like</h2><ul>{others}</ul></section></body></html>"
    )
}

async fn serve() -> Result<std::net::SocketAddr, Box<dyn Error>> {
    let pages: Arc<Vec<String>> = Arc::new((0..PAGES).map(page).collect());
    let stock: String = (0..PAGES).map(|n| format!("{{\"sku\":\"SKU-{n}\",\"available\":{}}},", 1 + n % 9)).collect();
    let stock = Arc::new(format!("[{}]", stock.trim_end_matches(',')));
    let app = Router::new()
        .route(
            "/p/{n}",
            routing::get(move |Path(n): Path<usize>| {
                let pages = Arc::clone(&pages);
                async move { Html(pages[n % PAGES].clone()) }
            }),
        )
        .route(
            "/stock",
            routing::get(move || {
                let stock = Arc::clone(&stock);
                async move { ([("content-type", "application/json")], (*stock).clone()) }
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[expect(clippy::disallowed_methods, reason = "the floor is what reqwest does without us")]
async fn bare_loop(shop: &str) -> Result<Duration, Box<dyn Error>> {
    let client = reqwest::Client::new();
    let began = Instant::now();
    let bytes = futures::stream::iter(0..PAGES)
        .map(|n| {
            let (client, url) = (client.clone(), format!("{shop}/p/{n}"));
            async move { client.get(url).send().await?.bytes().await }
        })
        .buffer_unordered(CONCURRENCY)
        .fold(0, |sum, body| async move { sum + body.map(|body| body.len()).unwrap_or(0) })
        .await;
    let took = began.elapsed();
    let whole: usize = (0..PAGES).map(|n| page(n).len()).sum();
    assert_eq!(bytes, whole, "the bare loop did not get its pages");
    Ok(took)
}

async fn whole_check(shop: &str) -> Result<Duration, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let fetch = fetch::Options {
        rate: fetch::Rate { requests: u32::MAX.try_into()?, per: Duration::from_secs(1) },
        burst: u32::MAX.try_into()?,
        concurrency: CONCURRENCY,
        robots: false,
        allow_private: vec!["127.0.0.0/8".parse()?],
        ..fetch::Options::default()
    };
    let items = (0..PAGES)
        .map(|n| {
            Ok(Item { sku: Some(format!("SKU-{n}")), url: Some(format!("{shop}/p/{n}").parse()?), ..Item::default() })
        })
        .collect::<Result<Vec<_>, url::ParseError>>()?;
    let job = Job {
        shops: vec![Shop {
            name: "bench".to_owned(),
            url: shop.parse()?,
            catalog: catalog::Options::List(items),
            feeds: Vec::new(),
            listings: Vec::new(),
            fetch: fetch.clone(),
            claims: claims::Options::default(),
            stock: stock::Sources::from(stock::Options {
                name: "bench".to_owned(),
                adapter: stock::Adapter::HttpJson(Box::new(stock::HttpJsonOptions {
                    fetch,
                    auth: None,
                    all: Some(stock::Listing {
                        request: stock::Request { method: "GET".to_owned(), url: format!("{shop}/stock"), body: None },
                        paging: stock::Paging::None,
                    }),
                    batch: None,
                    item: None,
                    mapping: stock::Mapping {
                        items: Some("$[*]".to_owned()),
                        key: Some("$.sku".to_owned()),
                        fields: [("available".to_owned(), "$.available".to_owned())].into(),
                        ..stock::Mapping::default()
                    },
                })),
                threshold: 1.into(),
                rules: stock::Rules { sellable: Some("available".to_owned()), ..stock::Rules::default() },
                locations: std::collections::BTreeMap::new(),
                decides: stocktruth::domain::Decides::default(),
                keys: stock::Keys::default(),
                brake: stock::Brake::default(),
            }),
            cart: None,
            grace: Duration::ZERO,
            confirm_after: Duration::ZERO,
            plan: stocktruth::plan::Options::default(),
            targets: stocktruth::plan::Targets::default(),
            max_jump: 1.into(),
        }],
        incidents: incident::Policy::default(),
        severity: Vec::new(),
        notify: None,
        store: store::Options { file: folder.path().join("bench.db"), keep: Duration::from_secs(86_400) },
        min_verified: 1.into(),
    };
    let (_pull, stop) = Stop::new();
    let tools = Tools { clock: Clock::system(), stop, progress: Progress::new(false) };
    let began = Instant::now();
    let outcome = run::check(&job, &Scope::default(), &tools).await?;
    let took = began.elapsed();
    let agrees = outcome.summary.shops.first().map_or(0, |shop| shop.count("agrees"));
    assert_eq!(agrees, PAGES as u64, "the check did not verify every page: {:?}", outcome.summary);
    Ok(took)
}
