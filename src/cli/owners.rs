//! `stocktruth owners`: who would be told of a product and by which rule, or who owns how much of the catalogue.

use futures::StreamExt;
use jiff::Timestamp;

use super::desk::{Desk, named, owner, stored};
use super::{Exit, Failure, args, terminal};
use crate::catalog::{self, Entry};
use crate::domain::{Incident, IncidentState, Item, Journey, Streak, Verdict, clock::Clock};
use crate::fetch::Fetcher;
use crate::notify::{self, By, OwnerRule, Ownership};
use crate::report::owners::{self, Owned, Rule, Share, Shares, Told};
use crate::run::Shop;

/// Examples that are shown of what is odd.
const EXAMPLES: usize = 5;

/// All that can be wrong, for rules that look at it.
const VERDICTS: [Verdict; 5] = [
    Verdict::FalseAvailable,
    Verdict::ExpiredPromise,
    Verdict::Gone,
    Verdict::Contradictory,
    Verdict::FalseUnavailable,
];

pub(super) async fn run(args: args::Owners, clock: Clock) -> Result<Exit, Failure> {
    let desk = Desk::open(&args.config, &clock)?;
    let options = desk.job.notify.as_ref().ok_or_else(|| {
        let help =
            "give it a section `mail` or `recipients`, `owners` and a `fallback`; config/example.yaml explains them";
        Failure::new(Exit::Configuration, "the configuration tells nobody", help)
    })?;
    let shops: Vec<&Shop> =
        desk.job.shops.iter().filter(|shop| args.shop.as_ref().is_none_or(|name| *name == shop.name)).collect();
    if let (true, Some(name)) = (shops.is_empty(), &args.shop) {
        return Err(desk.no_shop(name));
    }
    let mut out = anstream::stdout();
    let look = terminal::look(false);
    // A reader that went away is no trouble.
    let _ = match &args.what {
        Some(name) => {
            let owned = find(name, &shops, options, &desk, &clock).await?;
            match args.format {
                args::Shown::Json => owners::one_json(&owned, &mut out),
                args::Shown::Table => owners::one(&owned, look, &mut out),
            }
        }
        None => {
            let shares = count(&shops, options, &clock).await?;
            match args.format {
                args::Shown::Json => owners::all_json(&shares, &mut out),
                args::Shown::Table => owners::all(&shares, look, &mut out),
            }
        }
    };
    Ok(Exit::Agrees)
}

/// The item of that name: of a catalogue, else of an incident.
async fn find(
    name: &str,
    shops: &[&Shop],
    options: &notify::Options,
    desk: &Desk,
    clock: &Clock,
) -> Result<Owned, Failure> {
    for shop in shops {
        let mut found = None;
        read(shop, clock, |entry| {
            if let Some(item) = entry.into_item()
                && goes_by(&item, name)
            {
                found = Some(item);
            }
            found.is_none()
        })
        .await?;
        if let Some(item) = found {
            return Ok(owned(&shop.name, item, true, options));
        }
    }
    let remembered = match desk.peek()? {
        Some(store) => store.find(name).map_err(stored)?,
        None => Vec::new(),
    };
    let of_these = |incident: &Incident| shops.iter().any(|shop| shop.name == incident.shop);
    match remembered.into_iter().find(of_these) {
        Some(incident) => Ok(owned(&incident.shop, incident.item, false, options)),
        None => Err(Failure::new(
            Exit::Usage,
            format!("{name:?} is no SKU, stock key or page of a catalogue or an incident"),
            "check its spelling; a sitemap knows pages only, so name the page",
        )),
    }
}

fn goes_by(item: &Item, name: &str) -> bool {
    [item.sku.as_deref(), item.stock_key.as_deref(), item.url.as_ref().map(url::Url::as_str)].contains(&Some(name))
}

fn owned(shop: &str, item: Item, is_listed: bool, options: &notify::Options) -> Owned {
    let cases = cases(shop, &item, options);
    let mut told: Vec<Told> = Vec::new();
    for (incident, ownership) in &cases {
        let owners = named(ownership);
        let code = incident.verdict.code();
        match told.iter_mut().find(|known| known.owners == owners) {
            Some(known) => known.verdicts.push(code),
            None => told.push(Told { verdicts: vec![code], owners }),
        }
    }
    if let [only] = told.as_mut_slice() {
        only.verdicts.clear();
    }
    let mut rules = rules(options);
    tally(&mut rules, &cases, options);
    let unusable = cases.first().and_then(|(_, ownership)| ownership.unusable.clone());
    Owned { shop: shop.to_owned(), item, is_listed, told, unusable, rules }
}

/// Who would be told of an item, by what is wrong with it; once, where no rule looks at that.
fn cases(shop: &str, item: &Item, options: &notify::Options) -> Vec<(Incident, Ownership)> {
    let depends = options.owners.iter().any(|rule| !rule.matcher.verdicts.is_empty());
    let verdicts = if depends { &VERDICTS[..] } else { &VERDICTS[..1] };
    verdicts
        .iter()
        .map(|verdict| {
            let incident = imagined(shop, item, verdict);
            let ownership = notify::owners(options, &incident);
            (incident, ownership)
        })
        .collect()
}

/// The incident there would be.
fn imagined(shop: &str, item: &Item, verdict: &Verdict) -> Incident {
    let never = Timestamp::UNIX_EPOCH;
    Incident {
        id: None,
        shop: shop.to_owned(),
        key: item.item_key(),
        item: item.clone(),
        image: None,
        verdict: verdict.clone(),
        cause: None,
        because: String::new(),
        state: IncidentState::Open,
        first_seen: never,
        last_seen: never,
        opened_at: None,
        resolved_at: None,
        times_opened: 0,
        streak: Streak::default(),
        ack: None,
        severity: None,
        claim: None,
        fact: None,
        journey: Journey::default(),
    }
}

fn rules(options: &notify::Options) -> Vec<Rule> {
    let rule = |(place, rule): (usize, &OwnerRule)| Rule {
        number: place + 1,
        conditions: rule.matcher.in_words() + if rule.goes_on { "; continue" } else { "" },
        to: rule.to.clone(),
        fits: 0,
        names: 0,
    };
    options.owners.iter().enumerate().map(rule).collect()
}

/// Counts an item for every rule that fits it, whatever is wrong, and that names somebody for it.
fn tally(rules: &mut [Rule], cases: &[(Incident, Ownership)], options: &notify::Options) {
    for (place, rule) in rules.iter_mut().enumerate() {
        let matcher = options.owners.get(place).map(|rule| &rule.matcher);
        let fits = cases.iter().any(|(incident, _)| matcher.is_some_and(|matcher| matcher.fits(incident)));
        let by = By::Rule(place + 1);
        let names = cases.iter().any(|(_, ownership)| ownership.owners.iter().any(|owner| owner.by == by));
        rule.fits += u64::from(fits);
        rule.names += u64::from(names);
    }
}

/// Who owns how much.
async fn count(shops: &[&Shop], options: &notify::Options, clock: &Clock) -> Result<Shares, Failure> {
    let mut shares = Shares { rules: rules(options), ..Shares::default() };
    for shop in shops {
        shares.shops.push(shop.name.clone());
        read(shop, clock, |entry| {
            match entry {
                Entry::Item(item) => note(&mut shares, &shop.name, &item, options),
                Entry::Offer(offer) => note(&mut shares, &shop.name, &offer.item, options),
                Entry::Trouble { .. } | Entry::Unread { .. } => shares.troubles += 1,
            }
            true
        })
        .await?;
    }
    shares.shares.sort_by(|one, other| {
        other
            .items
            .cmp(&one.items)
            .then_with(|| one.owner.who.cmp(&other.owner.who))
            .then(one.owner.rule.cmp(&other.owner.rule))
    });
    Ok(shares)
}

fn note(shares: &mut Shares, shop: &str, item: &Item, options: &notify::Options) {
    let cases = cases(shop, item, options);
    shares.items += 1;
    tally(&mut shares.rules, &cases, options);
    let mut counted = Vec::new();
    for one in cases.iter().flat_map(|(_, ownership)| &ownership.owners) {
        let one = owner(one);
        if counted.contains(&one) {
            continue;
        }
        match shares.shares.iter_mut().find(|share| share.owner == one) {
            Some(share) => share.items += 1,
            None => shares.shares.push(Share { owner: one.clone(), items: 1 }),
        }
        counted.push(one);
    }
    let key = item.item_key();
    if cases.iter().any(|(_, ownership)| ownership.is_orphan()) {
        shares.orphans += 1;
        if shares.orphan_examples.len() < EXAMPLES {
            let traits = [&item.brand, &item.category, &item.supplier].into_iter().flatten();
            let traits: Vec<&str> = traits.map(String::as_str).collect();
            shares.orphan_examples.push(format!("{key}  {}", traits.join(", ")).trim().to_owned());
        }
    }
    if let Some(bad) = cases.first().and_then(|(_, ownership)| ownership.unusable.as_ref()) {
        shares.unusable += 1;
        if shares.unusable_examples.len() < EXAMPLES {
            shares.unusable_examples.push(format!("{key}: {bad}"));
        }
    }
}

/// Reads a catalogue while it is wanted.
async fn read(shop: &Shop, clock: &Clock, mut with: impl FnMut(Entry) -> bool) -> Result<(), Failure> {
    let trouble = |what: String| {
        Failure::new(
            Exit::NotEnough,
            format!("the catalogue of {} could not be read: {what}", shop.name),
            "try `stocktruth validate --connect`",
        )
    };
    let web = Fetcher::new(shop.fetch.clone(), clock.clone()).map_err(|error| trouble(error.to_string()))?;
    let mut entries = catalog::read(&shop.catalog, &web);
    while let Some(entry) = entries.next().await {
        if !with(entry.map_err(|error| trouble(error.advised()))?) {
            break;
        }
    }
    Ok(())
}
