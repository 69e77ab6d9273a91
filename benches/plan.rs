//! A catalogue that lives for ten runs, looked at by plan and, beside it, by a full crawl: pages fetched and lies found.
//!
//! 200,000 items, 5 % of them at zero, 1 % lies. Between two runs lies are put right and others come up: items sell out or
//! come in and their pages do not follow, pages of what is sold out promise it again, and, rarely, the page of an item
//! denies what is plenty for no reason that could be foreseen. All of it goes through the real run: a shop and a stock API on
//! loopback, the store, the plan, conditional requests, the confirmation of every suspect.
//!
//! `cargo bench --bench plan` does the full crawl with the first run and the last one (what it finds in between is what
//! there is); `-- --quick` has 20,000 items and does it with every run.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path as PathOf, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use stocktruth::domain::clock::Clock;
use stocktruth::report::Progress;
use stocktruth::run::{self, Job, Outcome, Scope, Shop, Stop, Tools};
use stocktruth::{catalog, claims, fetch, incident, plan, stock, store};

const RUNS: usize = 10;
const PAUSE: Duration = Duration::from_secs(4 * 3_600);
const WITHIN: Duration = Duration::from_secs(7 * 86_400);
/// Items with so many pieces or fewer are nearly sold out: the default of `near`, above a threshold of one.
const NEAR: u16 = 2;
/// Items on a page of the stock API.
const PAGE: usize = 5_000;

/// What there is of an item, and what its page says.
#[derive(Clone, Copy)]
struct Item {
    stock: u16,
    promised: bool,
}

impl Item {
    fn lies(self) -> bool {
        self.promised != (self.stock > 0)
    }
}

/// The shop, and what happens in it.
struct World {
    items: Vec<Item>,
    dice: u64,
}

type Shared = Arc<RwLock<World>>;

impl World {
    fn new(items: usize) -> Self {
        let mut world = Self { items: Vec::new(), dice: 0x9e37_79b9_7f4a_7c15 };
        for _ in 0..items {
            let item = match world.roll(1_000) {
                0..42 => Item { stock: 0, promised: false },
                42..50 => Item { stock: 0, promised: true },
                50..52 => Item { stock: 30, promised: false },
                52..82 => Item { stock: 1, promised: true },
                n => Item { stock: 3 + n, promised: true },
            };
            world.items.push(item);
        }
        world
    }

    /// SplitMix64, so that every run of the bench is the same.
    fn roll(&mut self, sides: u16) -> u16 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u16::try_from((mixed ^ (mixed >> 31)) % u64::from(sides)).unwrap_or_default()
    }

    /// Four hours pass. Returns the items whose stock turned.
    fn pass(&mut self) -> BTreeSet<usize> {
        let mut turned = BTreeSet::new();
        for at in 0..self.items.len() {
            let Item { stock, promised } = self.items[at];
            let now = match (self.roll(10_000), stock, promised) {
                // A fifth of all lies is put right.
                (0..2_000, _, _) if self.items[at].lies() => Item { stock, promised: stock > 0 },
                // What is sold out comes in again, mostly with its page; or its page promises it.
                (0..400, 0, false) => Item { stock: 40, promised: true },
                (400..460, 0, false) => Item { stock: 40, promised: false },
                (460..640, 0, false) => Item { stock: 0, promised: true },
                // What is there sells out, mostly with its page; or its page denies it for no reason.
                (0..18, 1.., true) => Item { stock: 0, promised: false },
                (18..28, 1.., true) => Item { stock: 0, promised: true },
                (28..29, 1.., true) if self.roll(5) == 0 => Item { stock, promised: false },
                // Others sell a piece.
                (1_000..3_000, 20.., true) => Item { stock: stock - 1, promised },
                _ => Item { stock, promised },
            };
            if (now.stock > 0) != (stock > 0) {
                turned.insert(at);
            }
            self.items[at] = now;
        }
        turned
    }

    fn which(&self, is_so: impl Fn(Item) -> bool) -> BTreeSet<usize> {
        self.items.iter().enumerate().filter(|(_, item)| is_so(**item)).map(|(at, _)| at).collect()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let items = if is_quick { 20_000 } else { 200_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(compare(items, is_quick))
}

async fn compare(items: usize, always_full: bool) -> Result<(), Box<dyn Error>> {
    let world: Shared = Arc::new(RwLock::new(World::new(items)));
    let shop = serve(Arc::clone(&world)).await?;
    let folder = tempfile::tempdir()?;
    let mut catalogue = BufWriter::new(File::create(folder.path().join("catalogue.csv"))?);
    writeln!(catalogue, "sku,url")?;
    for at in 0..items {
        writeln!(catalogue, "{},/p/{at}", sku(at))?;
    }
    catalogue.into_inner()?;
    let planned = job(&shop, folder.path(), "plan.db", items)?;
    let crawled = job(&shop, folder.path(), "full.db", items)?;
    let clock = Clock::fixed("2026-11-22T12:00:00Z".parse()?);

    println!(
        "{items} items; every page within {} days, a run every {} hours",
        WITHIN.as_secs() / 86_400,
        PAUSE.as_secs() / 3_600
    );
    println!(
        "{:>3}  {:>7}  {:>7}  {:>7}  {:>7}  {:>5}  {:>7}  {:>8}  {:>6}  {:>6}  | {:>7}  {:>6}  {:>6}",
        "run", "wrong?", "audit", "pages", "read", "ratio", "lies", "found", "MiB", "s", "pages", "found", "s"
    );
    let (mut incidents, mut turned) = (BTreeSet::new(), BTreeSet::new());
    let (mut pages_by_plan, mut found_by_plan, mut lies_in_all) = (0, 0, 0);
    for number in 1..=RUNS {
        let lies = read(&world).which(Item::lies);
        let mut can_be_wrong = read(&world).which(|item| item.stock <= NEAR);
        can_be_wrong.extend(turned.iter().chain(&incidents));
        let began = Instant::now();
        let outcome = look(&planned, &clock, false).await?;
        let took = began.elapsed();
        let shop = outcome.summary.shops.first().ok_or("no shop")?;
        let looked: u64 = shop.plan.looked.values().sum();
        let audit = shop.plan.looked.get("audit").copied().unwrap_or_default();
        let said = wrong(&outcome)?;
        assert!(said.is_subset(&lies), "false alarms: {:?}", said.difference(&lies).take(3).collect::<Vec<_>>());
        assert_eq!((shop.plan.left, shop.plan.overdue), (0, 0), "{:?}", shop.plan);
        let ratio = looked as f64 / (can_be_wrong.len() as u64 + audit) as f64;
        print!(
            "{number:>3}  {:>7}  {audit:>7}  {looked:>7}  {:>7}  {:>5}  {:>7}  {:>8}  {:>6.1}  {:>6.1}",
            can_be_wrong.len(),
            looked - shop.plan.unchanged,
            if number == 1 { "-".to_owned() } else { format!("{ratio:.2}") },
            lies.len(),
            said.len(),
            size(&folder.path().join("plan.db")),
            took.as_secs_f64(),
        );
        if number > 1 {
            assert!(ratio <= 1.2, "more pages than the plan is to cost");
            pages_by_plan += looked;
            found_by_plan += said.len();
            lies_in_all += lies.len();
        }
        if always_full || number == 1 || number == RUNS {
            let began = Instant::now();
            let outcome = look(&crawled, &clock, true).await?;
            let shop = outcome.summary.shops.first().ok_or("no shop")?;
            let (looked, found) = (shop.plan.looked.values().sum::<u64>(), wrong(&outcome)?);
            assert_eq!(found, lies, "the full crawl finds what there is");
            println!("  | {looked:>7}  {:>6}  {:>6.1}", found.len(), began.elapsed().as_secs_f64());
        } else {
            println!("  | {items:>7}  {:>6}  {:>6}", lies.len(), "-");
        }
        incidents = said;
        turned = write(&world).pass();
        clock.advance(PAUSE);
    }
    let crawl = (RUNS - 1) * items;
    println!(
        "after the first run: {pages_by_plan} pages instead of {crawl} ({:.1} %), {found_by_plan} of {lies_in_all} lies ({:.2} %)",
        100.0 * pages_by_plan as f64 / crawl as f64,
        100.0 * found_by_plan as f64 / lies_in_all as f64
    );
    println!("peak memory of this process, shop and both crawls among it: {:.0} MiB", peak()?);
    // What nobody could foresee is found in its turn.
    assert!(found_by_plan * 100 >= lies_in_all * 97, "too many lies were missed");
    Ok(())
}

async fn look(job: &Job, clock: &Clock, full: bool) -> Result<Outcome, Box<dyn Error>> {
    let (_pull, stop) = Stop::new();
    let tools = Tools { clock: clock.clone(), stop, progress: Progress::new(false) };
    let outcome = run::check(job, &Scope { full, ..Scope::default() }, &tools).await?;
    let shop = outcome.summary.shops.first().ok_or("no shop")?;
    assert!(shop.failed.is_none() && shop.unverified.is_empty(), "{shop:?}");
    Ok(outcome)
}

/// The items that a run says are wrong.
fn wrong(outcome: &Outcome) -> Result<BTreeSet<usize>, Box<dyn Error>> {
    let mut wrong = BTreeSet::new();
    for judged in outcome.sheets.iter().flat_map(run::ranked) {
        let judged = judged?;
        if !judged.judgement.verdict.is_mismatch() {
            break;
        }
        wrong.insert(judged.key.0.trim_start_matches("SKU-").parse()?);
    }
    Ok(wrong)
}

fn sku(at: usize) -> String {
    format!("SKU-{at:06}")
}

fn read(world: &Shared) -> std::sync::RwLockReadGuard<'_, World> {
    world.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(world: &Shared) -> std::sync::RwLockWriteGuard<'_, World> {
    world.write().unwrap_or_else(PoisonError::into_inner)
}

/// Database with what is not yet checkpointed, in MiB.
fn size(file: &Path) -> f64 {
    let bytes = |file: &Path| std::fs::metadata(file).map_or(0, |file| file.len());
    bytes(file) as f64 / f64::from(1 << 20)
}

/// Peak memory (`VmHWM`, proc(5)), in MiB.
fn peak() -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

async fn serve(world: Shared) -> Result<String, Box<dyn Error>> {
    let app = Router::new()
        .route("/p/{n}", get(page))
        .route("/stock", get(all))
        .route("/stock/of", get(some))
        .with_state(world);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}"))
}

/// Half of the pages have an `ETag`; the others are known again by their body.
async fn page(PathOf(at): PathOf<usize>, State(world): State<Shared>, asked: HeaderMap) -> Response {
    let Some(item) = read(&world).items.get(at).copied() else { return StatusCode::NOT_FOUND.into_response() };
    let (says, words, button) = match item.promised {
        true => ("InStock", "In stock", "<button type=\"submit\">Add to cart</button>"),
        false => ("OutOfStock", "Sold out", "<button type=\"submit\" disabled>Sold out</button>"),
    };
    let tag = format!("\"{at}-{says}\"");
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let sku = sku(at);
    let html = format!(
        r#"<!doctype html><html lang="en"><head><title>Tea {at}</title><script type="application/ld+json">{{"@context":"https://schema.org","@type":"Product","sku":"{sku}","name":"Tea {at}","offers":{{"@type":"Offer","price":"7.50","availability":"https://schema.org/{says}"}}}}</script></head><body><main><h1>Tea {at}</h1><p class="stock">{words}</p><form action="/cart/add" method="post">{button}</form></main></body></html>"#
    );
    let mut response = axum::response::Html(html).into_response();
    if at % 2 == 0
        && let Ok(tag) = tag.parse()
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn listed(items: impl Iterator<Item = (usize, Item)>) -> Response {
    let rows: Vec<String> =
        items.map(|(at, item)| format!("{{\"sku\":\"{}\",\"available\":{}}}", sku(at), item.stock)).collect();
    ([(header::CONTENT_TYPE, "application/json")], format!("{{\"items\":[{}]}}", rows.join(","))).into_response()
}

async fn all(Query(asked): Query<HashMap<String, usize>>, State(world): State<Shared>) -> Response {
    let first = (asked.get("page").copied().unwrap_or(1).max(1) - 1) * PAGE;
    let world = read(&world);
    listed(world.items.iter().copied().enumerate().skip(first).take(PAGE))
}

async fn some(Query(asked): Query<HashMap<String, String>>, State(world): State<Shared>) -> Response {
    let world = read(&world);
    let keys = asked.get("keys").map(String::as_str).unwrap_or_default();
    let numbers = keys.split(',').filter_map(|key| key.trim_start_matches("SKU-").parse::<usize>().ok());
    listed(numbers.filter_map(|at| Some((at, *world.items.get(at)?))))
}

fn job(shop: &str, folder: &Path, database: &str, items: usize) -> Result<Job, Box<dyn Error>> {
    let fetch = fetch::Options {
        rate: fetch::Rate { requests: u32::MAX.try_into()?, per: Duration::from_secs(1) },
        burst: u32::MAX.try_into()?,
        concurrency: 8,
        robots: false,
        allow_private: vec!["127.0.0.0/8".parse()?],
        ..fetch::Options::default()
    };
    let request = |url: String| stock::Request { method: "GET".to_owned(), url, body: None };
    let size = PAGE as u64;
    let paging = stock::Paging::Page { parameter: "page".to_owned(), first: 1, size_parameter: None, size };
    let api = stock::HttpJsonOptions {
        fetch: fetch.clone(),
        auth: None,
        all: Some(stock::Listing { request: request(format!("{shop}/stock")), paging }),
        batch: Some(stock::Batch {
            request: request(format!("{shop}/stock/of?keys={{keys}}")),
            size: 100,
            separator: ",".to_owned(),
        }),
        item: None,
        mapping: stock::Mapping {
            items: Some("$.items[*]".to_owned()),
            key: Some("$.sku".to_owned()),
            fields: [("available".to_owned(), "$.available".to_owned())].into(),
            ..stock::Mapping::default()
        },
    };
    let stock = stock::Options {
        name: "bench".to_owned(),
        adapter: stock::Adapter::HttpJson(Box::new(api)),
        threshold: 1.into(),
        rules: stock::Rules { sellable: Some("available".to_owned()), ..stock::Rules::default() },
        locations: BTreeMap::new(),
        brake: stock::Brake::default(),
        decides: stocktruth::domain::Decides::default(),
        keys: stock::Keys::default(),
    };
    let catalogue = catalog::CsvOptions {
        from: catalog::Place::File(folder.join("catalogue.csv")),
        columns: catalog::Columns {
            sku: Some("sku".to_owned()),
            url: Some("url".to_owned()),
            ..catalog::Columns::default()
        },
        delimiter: None,
        encoding: None,
        base: shop.parse()?,
    };
    let shop = Shop {
        name: "bench".to_owned(),
        url: shop.parse()?,
        catalog: catalog::Options::Csv(Box::new(catalogue)),
        feeds: Vec::new(),
        listings: Vec::new(),
        fetch,
        claims: claims::Options::default(),
        cart: None,
        stock: stock.into(),
        grace: Duration::ZERO,
        confirm_after: Duration::ZERO,
        plan: plan::Options { budget: Some(items as u64), audit_within: WITHIN, ..plan::Options::default() },
        targets: plan::Targets::default(),
        max_jump: 1.into(),
    };
    Ok(Job {
        shops: vec![shop],
        incidents: incident::Policy::default(),
        severity: Vec::new(),
        notify: None,
        store: store::Options { file: folder.join(database), keep: Duration::from_secs(30 * 86_400) },
        min_verified: 1.into(),
    })
}
