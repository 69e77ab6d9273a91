//! `stocktruth explain`: one product under the glass.

use std::path::Path;

use futures::StreamExt;
use url::Url;

use super::{Exit, Failure, args, check, terminal};
use crate::catalog;
use crate::claims;
use crate::domain::{Incident, Item, Judged, Page, clock::Clock};
use crate::fetch::{self, Fetcher};
use crate::report::Progress;
use crate::report::explain::{self, Explanation};
use crate::run::{self, Glass, Shop, Stop, Tools};
use crate::store::{self, Store};

pub(super) async fn run(args: args::Explain, clock: Clock) -> Result<Exit, Failure> {
    let (_pull, stop) = Stop::new();
    let tools = Tools { clock, stop, progress: Progress::new(false) };
    let subject = Subject::find(&args, &tools).await?;
    let inspection = run::inspect(&subject.glass, subject.item, subject.page, &tools).await.map_err(|what| {
        Failure::new(Exit::Configuration, what, "check the configuration with `stocktruth validate`")
    })?;
    let variants = inspection.seen.as_ref().map(|(page, reading)| claims::variants(reading, page)).unwrap_or_default();
    let remembered = remembered(subject.store.as_ref(), &inspection.judged);
    let explanation = Explanation {
        item: &inspection.judged.item,
        page: inspection.seen.as_ref().ok().map(|(page, _)| page),
        reading: inspection.seen.as_ref().ok().map(|(_, reading)| reading),
        variants: &variants,
        claim: inspection.judged.claim.as_ref(),
        testimonies: &inspection.testimonies,
        answer: inspection.answer.as_ref(),
        judgement: &inspection.judged.judgement,
        remembered: remembered.as_ref(),
    };
    let mut out = anstream::stdout();
    // A reader that went away is no trouble.
    let _ = if args.json {
        explain::json(&explanation, &mut out)
    } else {
        explain::text(&explanation, terminal::look(true), &mut out)
    };
    use crate::domain::Verdict;
    Ok(match &inspection.judged.judgement.verdict {
        Verdict::Agrees => Exit::Agrees,
        // A saved page is read, not verified: with nothing to hold it against, reading it is success.
        Verdict::Unverified(_) if subject.saved => Exit::Agrees,
        Verdict::Unverified(_) => Exit::NotEnough,
        _ => Exit::Mismatches,
    })
}

/// What earlier runs remember of it. A look is worth having even where nothing can be read of them.
fn remembered(store: Option<&store::Options>, judged: &Judged) -> Option<Incident> {
    let store = Store::peek(store?).ok().flatten()?;
    store.known(&judged.shop, &judged.key).ok().flatten()
}

/// What is to be explained, and by which shop's rules.
struct Subject {
    glass: Glass,
    item: Item,
    page: Option<Page>,
    saved: bool,
    store: Option<store::Options>,
}

impl Subject {
    async fn find(args: &args::Explain, tools: &Tools) -> Result<Self, Failure> {
        if Path::new(&args.what).is_file() {
            return Self::saved_page(args, tools);
        }
        match Url::parse(&args.what) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Self::page(args, url, tools).await,
            _ => Self::sku(args, tools).await,
        }
    }

    /// A file: read by a shop's rules if one is named, else by the default ones; no stock is asked.
    fn saved_page(args: &args::Explain, tools: &Tools) -> Result<Self, Failure> {
        let path = Path::new(&args.what);
        let unreadable = |why: String| {
            Failure::new(Exit::Usage, format!("{}: {why}", path.display()), "name a saved page that can be read")
        };
        let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let whole = path.canonicalize().map_err(|error| unreadable(error.to_string()))?;
        let url = Url::from_file_path(&whole).map_err(|()| unreadable("its path is no URL".to_owned()))?;
        let (html, charset) = fetch::charset::decode(&bytes, None);
        let page = Page {
            requested: url.clone(),
            url: url.clone(),
            hops: Vec::new(),
            status: 200,
            content_type: "text/html".to_owned(),
            html,
            charset,
            cache: None,
            seen_at: tools.clock.now(),
        };
        let glass = match &args.shop {
            Some(_) => Glass { stock: None, ..Glass::of(&choose(args, |_| true)?.0) },
            None => Glass::default(),
        };
        Ok(Self { glass, item: Item::default(), page: Some(page), saved: true, store: None })
    }

    async fn page(args: &args::Explain, url: Url, tools: &Tools) -> Result<Self, Failure> {
        let (shop, store) = choose(args, |shop| run::belongs(shop, &url))?;
        let listed = match &shop.catalog {
            catalog::Options::Sitemap(_) => None,
            _ => search(&shop, tools, |item| item.url.as_ref() == Some(&url)).await?,
        };
        let item = listed.unwrap_or_else(|| catalog::page(&shop.catalog, &url));
        Ok(Self { glass: Glass::of(&shop), item, page: None, saved: false, store: Some(store) })
    }

    async fn sku(args: &args::Explain, tools: &Tools) -> Result<Self, Failure> {
        let config = check::load(args.config.config.as_deref())?;
        let run::Job { shops, store, .. } = check::job(config);
        for shop in shops.iter().filter(|shop| args.shop.as_ref().is_none_or(|name| *name == shop.name)) {
            if let Some(item) = search(shop, tools, |item| item.sku.as_deref() == Some(args.what.as_str())).await? {
                return Ok(Self { glass: Glass::of(shop), item, page: None, saved: false, store: Some(store) });
            }
        }
        Err(Failure::new(
            Exit::Usage,
            format!("{:?} is no file, no http(s) address, and no SKU of a catalogue", args.what),
            "check its spelling, or name the product's page",
        ))
    }
}

fn choose(args: &args::Explain, fits: impl Fn(&Shop) -> bool) -> Result<(Shop, store::Options), Failure> {
    let config = check::load(args.config.config.as_deref())?;
    let run::Job { shops, store, .. } = check::job(config);
    let names: Vec<String> = shops.iter().map(|shop| shop.name.clone()).collect();
    let mut candidates = shops.into_iter().filter(|shop| match &args.shop {
        Some(name) => shop.name == *name,
        None => fits(shop),
    });
    candidates.next().map(|shop| (shop, store)).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            format!("no shop of the configuration fits {:?}", args.what),
            format!("name one with --shop; the shops are {}", names.join(", ")),
        )
    })
}

async fn search(shop: &Shop, tools: &Tools, wanted: impl Fn(&Item) -> bool) -> Result<Option<Item>, Failure> {
    let trouble = |what: String| {
        Failure::new(
            Exit::NotEnough,
            format!("the catalogue of {} could not be read: {what}", shop.name),
            "try `stocktruth validate --connect`",
        )
    };
    let web = Fetcher::new(shop.fetch.clone(), tools.clock.clone()).map_err(|error| trouble(error.to_string()))?;
    let mut entries = catalog::read(&shop.catalog, &web);
    while let Some(entry) = entries.next().await {
        let item = entry.map_err(|error| trouble(error.advised()))?.into_item();
        if let Some(item) = item.filter(|item| wanted(item)) {
            return Ok(Some(item));
        }
    }
    Ok(None)
}
