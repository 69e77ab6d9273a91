//! `stocktruth validate`: every problem of the configuration at once; with `--connect` also what shop, stock source
//! and mail server answer.

use super::check::counted;
use super::{Exit, Failure, args, check, terminal};
use crate::catalog::{self, Entry, FeedOptions};
use crate::claims;
use crate::domain::clock::Clock;
use crate::fetch::{Fetcher, Mode};
use crate::notify::{self, Courier};
use crate::run::{self, Job, Listing, Shop};
use crate::stock::{self, Reach, StockSource};
use futures::StreamExt;
use std::sync::Arc;
use std::time::Duration;

/// How long a stock source may take to tell the first item of all.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn run(args: args::Validate, clock: Clock) -> Result<Exit, Failure> {
    let config = check::load(args.config.config.as_deref())?;
    if !config.warnings.is_empty() {
        terminal::remark(&config.warnings.render(terminal::look(false).colour));
    }
    let file = config.file.display().to_string();
    let job = check::job(config);
    templates(&job)?;
    let shops: Vec<&str> = job.shops.iter().map(|shop| shop.name.as_str()).collect();
    terminal::say(&format!("{file}: good ({}: {})", counted(shops.len(), "shop"), shops.join(", ")));
    if !args.connect {
        return Ok(Exit::Agrees);
    }
    let answers = knock(&job, &clock).await;
    let width = answers.iter().map(|answer| answer.what.chars().count()).max().unwrap_or(0);
    for answer in &answers {
        let mark = if answer.good { "ok  " } else { "FAIL" };
        terminal::say(&format!("{mark}  {:width$}  {}", answer.what, answer.said));
    }
    Ok(if answers.iter().all(|answer| answer.good) { Exit::Agrees } else { Exit::NotEnough })
}

/// Looks through the user's mail templates. A run goes on without a broken one; here it is a problem like any other.
fn templates(job: &Job) -> Result<(), Failure> {
    let mail = job.notify.as_ref().and_then(|options| options.mail.as_ref());
    let Some(folder) = mail.and_then(|mail| mail.templates.as_deref()) else { return Ok(()) };
    let problems: Vec<_> = notify::check_templates(folder).iter().map(ToString::to_string).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let help = "config/mail/README.md names what templates may say; until they are right, the built-in ones are used";
    Err(Failure::new(Exit::Configuration, problems.join("\n"), help))
}

/// What one of the configuration's partners answered.
struct Answer {
    what: String,
    good: bool,
    said: String,
}

impl Answer {
    fn new(what: String, said: Result<String, String>) -> Self {
        let good = said.is_ok();
        Self { what, good, said: said.unwrap_or_else(|error| error) }
    }
}

async fn knock(job: &Job, clock: &Clock) -> Vec<Answer> {
    let mut answers = Vec::new();
    for shop in &job.shops {
        let (catalogue, item) = match first_item(shop, clock).await {
            Ok(item) => (Ok(format!("its first item is {}", item.item_key())), Some(item)),
            Err(error) => (Err(error), None),
        };
        answers.push(Answer::new(format!("{} catalogue", shop.name), catalogue));
        for feed in &shop.feeds {
            answers.push(Answer::new(format!("{} feed {}", shop.name, feed.name), first_ad(shop, feed, clock).await));
        }
        for listing in &shop.listings {
            let what = format!("{} listing {}", shop.name, listing.options.name);
            answers.push(Answer::new(what, first_page(shop, listing, clock).await));
        }
        let page = item.as_ref().and_then(|item| item.url.clone()).unwrap_or_else(|| shop.url.clone());
        answers.push(Answer::new(format!("{} page", shop.name), read_page(shop, &page, clock).await));
        let key = item.as_ref().and_then(|item| item.key().map(str::to_owned));
        for source in &shop.stock.sources {
            let what = match shop.stock.sources.len() {
                1 => format!("{} stock", shop.name),
                _ => format!("{} stock {}", shop.name, source.name),
            };
            answers.push(Answer::new(what, ask_stock(source, key.as_deref(), clock).await));
        }
    }
    if let Some(options) = &job.notify {
        match Courier::new(options, clock) {
            Ok(courier) => {
                answers.extend(courier.probe().await.into_iter().map(|(what, said)| Answer::new(what, said)))
            }
            Err(error) => answers.push(Answer::new("notices".to_owned(), Err(error.to_string()))),
        }
    }
    answers
}

async fn first_item(shop: &Shop, clock: &Clock) -> Result<crate::domain::Item, String> {
    let web = Fetcher::new(shop.fetch.clone(), clock.clone()).map_err(|error| error.to_string())?;
    let mut entries = catalog::read(&shop.catalog, &web);
    let mut trouble = None;
    while let Some(entry) = entries.next().await {
        match entry.map_err(|error| error.advised())? {
            Entry::Item(item) => return Ok(item),
            Entry::Offer(offer) => return Ok(offer.item),
            Entry::Trouble { place, what } | Entry::Unread { place, what } => {
                trouble.get_or_insert(format!("{place}: {what}"));
            }
        }
    }
    Err(trouble.unwrap_or_else(|| "it holds no item; check its source and filters".to_owned()))
}

/// What the first ad of a feed says.
async fn first_ad(shop: &Shop, feed: &FeedOptions, clock: &Clock) -> Result<String, String> {
    let web = Fetcher::new(shop.fetch.clone(), clock.clone()).map_err(|error| error.to_string())?;
    let fetched = catalog::feed::fetch(feed, &web, None).await.map_err(|error| error.advised())?;
    let mut entries = fetched.ok_or("it was not sent")?.entries();
    let mut trouble = None;
    while let Some(entry) = entries.next().await {
        match entry.map_err(|error| error.advised())? {
            Entry::Offer(offer) => {
                let says = match (&offer.claim, offer.troubles.first()) {
                    (Some(claim), _) => format!("says {}", claim.availability),
                    (None, Some(what)) => return Err(what.clone()),
                    (None, None) => "is not shown now".to_owned(),
                };
                return Ok(format!("its first ad, of {}, {says}", offer.id));
            }
            Entry::Trouble { place, what } | Entry::Unread { place, what } => {
                trouble.get_or_insert(format!("{place}: {what}"));
            }
            Entry::Item(_) => {}
        }
    }
    Err(trouble.unwrap_or_else(|| "it holds no ad; see whether its export ran".to_owned()))
}

/// What the first page of a listing shows.
async fn first_page(shop: &Shop, listing: &Listing, clock: &Clock) -> Result<String, String> {
    let web = Fetcher::new(shop.fetch.clone(), clock.clone()).map_err(|error| error.to_string())?;
    let reader = Arc::new(claims::Reader::new(&shop.claims).map_err(|error| error.to_string())?);
    let run::FirstPage { url, products, shown } = run::try_listing(listing, &web, &reader).await?;
    Ok(match products {
        0 if shown == 1 => format!("{url} shows 1 link that may be a product (whether it is, is seen by the check)"),
        0 => format!("{url} shows {shown} links that may be products (whether they are is seen by the check)"),
        _ => format!("{url} shows {}", counted(products, "product")),
    })
}

async fn read_page(shop: &Shop, url: &url::Url, clock: &Clock) -> Result<String, String> {
    let web = Fetcher::new(shop.fetch.clone(), clock.clone()).map_err(|error| error.to_string())?;
    let reader = claims::Reader::new(&shop.claims).map_err(|error| error.to_string())?;
    let page = web.page(url, Mode::Normal).await.map_err(|failure| format!("{url}: {failure}"))?;
    let reading = reader.read(&page);
    if let Some(obstacle) = reading.obstacle {
        return Err(format!("{url} answered {} with no product page: {}", page.status, obstacle.code()));
    }
    if page.status >= 400 {
        return Err(format!("{url} answered {}", page.status));
    }
    let claim = claims::combine(&reading, &page, &crate::domain::Item::default());
    Ok(format!(
        "{url} answered {}, {}, says {}",
        page.status,
        counted(reading.signals.len(), "signal"),
        claim.availability
    ))
}

async fn ask_stock(options: &stock::Options, key: Option<&str>, clock: &Clock) -> Result<String, String> {
    let mut key = key.map(str::to_owned);
    if let Some(mapping) = &options.keys.mapping {
        let catalogue = key.clone();
        let mut look = |from: &str, to: &str| {
            if catalogue.as_deref() == Some(from) {
                key = Some(to.to_owned());
            }
        };
        mapping.read(&mut look).map_err(|error| error.advised())?;
    }
    let source = stock::open(options, clock).map_err(|error| error.advised())?;
    let said = try_stock(source.as_ref(), key.as_deref()).await;
    let said = said.and_then(|said| at_every_location(source.as_ref(), key.is_some(), said));
    source.close().await;
    said
}

/// Adds what it took. A location that nothing is at is a mistake, unless only one item was asked for.
fn at_every_location(source: &dyn StockSource, one_item: bool, said: String) -> Result<String, String> {
    let said = format!("{said}, {}", counted(usize::try_from(source.requests()).unwrap_or(usize::MAX), "request"));
    let nowhere = source.unmatched().join(" and ");
    match (nowhere.is_empty(), one_item && source.can_ask()) {
        (true, _) => Ok(said),
        (false, true) => Ok(format!("{said}; it is not at {nowhere}")),
        (false, false) => Err(format!("{said}; no item is at {nowhere}: check the name under stock.locations")),
    }
}

async fn try_stock(source: &dyn StockSource, key: Option<&str>) -> Result<String, String> {
    if let (true, Some(key)) = (source.can_ask(), key) {
        let answers = source.ask(&[key.to_owned()]).await.map_err(|error| error.advised())?;
        return match answers.first().map(|one| &one.answer) {
            Some(crate::domain::StockAnswer::Known(fact)) => {
                let sellable = fact.sellable.map(|quantity| quantity.normalize().to_string());
                let sellable = sellable.unwrap_or_else(|| "any number".to_owned());
                let said = format!("{} says {sellable} sellable of {key}", source.name());
                match source.reach() {
                    Reach::All => match in_bulk(source).await {
                        Ok(more) => Ok(format!("{said}, and {more}")),
                        Err(error) => Err(format!("{said}, but not in bulk: {error}")),
                    },
                    Reach::Keys { .. } => Ok(said),
                }
            }
            Some(crate::domain::StockAnswer::Failed(why)) if why.starts_with(source.name()) => Err(why.clone()),
            Some(crate::domain::StockAnswer::Failed(why)) => Err(format!("{}: {why}", source.name())),
            _ => Err(format!(
                "{} does not know {key:?}; check that catalogue and stock source use the same keys (stock_key)",
                source.name()
            )),
        };
    }
    if source.reach() == Reach::All {
        let mut known: u64 = 0;
        source.everything(&mut |_| known += 1).await.map_err(|error| error.advised())?;
        return Ok(format!("{} knows {known} items", source.name()));
    }
    Err(format!("{} can only be asked by key, and the catalogue gave none to try", source.name()))
}

/// Begins to read everything, as a check does, and stops at the first item.
async fn in_bulk(source: &dyn StockSource) -> Result<&'static str, String> {
    let first = tokio::sync::Notify::new();
    let mut sink = |_| first.notify_one();
    tokio::select! {
        biased;
        () = first.notified() => Ok("knows more in bulk"),
        () = tokio::time::sleep(PATIENCE) => Ok("is still gathering what it knows in bulk"),
        read = source.everything(&mut sink) => read.map(|()| "knows more in bulk").map_err(|error| error.advised()),
    }
}
