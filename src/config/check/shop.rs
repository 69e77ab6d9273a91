//! One shop.

use std::collections::HashMap;
use std::time::Duration;

use rust_decimal::Decimal;
use url::Url;

use super::{At, cart, catalog, feed, fetch, listings, page, plan, sources, values};
use crate::catalog::{Options, Place};
use crate::config::Shop;
use crate::config::raw::shop as raw;
use crate::config::structure::nearest;
use crate::config::units::{self, Fault, fault};

pub(super) fn all(at: &At<'_>, raw: &[raw::Shop], user_agent: &str) -> Option<Vec<Shop>> {
    let mut names = HashMap::new();
    let mut shops = Vec::with_capacity(raw.len());
    for (index, raw) in raw.iter().enumerate() {
        let at = at.index(index);
        let shop = one(&at, raw, user_agent);
        if let Some(name) = raw.name.as_ref().map(AsRef::as_ref) {
            let at = at.key("name");
            if let Some(line) = names.insert(name, at.line()) {
                at.error(fault("another shop has this name", format!("it is in line {line}; names must be unique")));
            }
        }
        shops.push(shop);
    }
    shops.into_iter().collect()
}

fn one(at: &At<'_>, raw: &raw::Shop, user_agent: &str) -> Option<Shop> {
    let name = at.read("name", &raw.name, values::text);
    let url = at.read("url", &raw.url, values::address);
    let language = at.read("language", &raw.language, values::language).unwrap_or_else(|| "en".to_owned());
    let admin_url = at.read("admin_url", &raw.admin_url, admin_url);
    let catalog = raw.catalog.as_ref().and_then(|raw| catalog::catalog(&at.key("catalog"), raw, url.as_ref()));
    let catalogue_feed = match &catalog {
        Some(Options::Feed(feed)) => Some(feed.as_ref()),
        _ => None,
    };
    let raw_feeds = raw.feeds.as_deref().unwrap_or_default();
    let feeds = feed::all(&at.key("feeds"), raw_feeds, url.as_ref(), catalogue_feed.map(|feed| feed.name.as_str()));
    let from = match &catalog {
        Some(Options::Csv(csv)) => on_the_web(&csv.from),
        Some(Options::Sitemap(sitemap)) => Some(&sitemap.url),
        Some(Options::List(_) | Options::Feed(_)) | None => None,
    };
    let of_feeds = catalogue_feed.into_iter().chain(&feeds);
    let of_feeds =
        of_feeds.flat_map(|feed| std::iter::once(&feed.from).chain(&feed.supplemental)).filter_map(on_the_web);
    let urls: Vec<&Url> = url.as_ref().into_iter().chain(from).chain(of_feeds).collect();
    let fetch = fetch::shop(&at.key("fetch"), raw.fetch.as_ref(), &urls, user_agent);
    let claims = page::page(&at.key("page"), raw.page.as_ref());
    let listings = listings::listings(&at.key("listings"), raw.listings.as_ref(), url.as_ref());
    let stock = raw.stock.as_ref().and_then(|raw| sources::sources(&at.key("stock"), raw, user_agent));
    let cart = raw.cart.as_ref().and_then(|raw| cart::cart(&at.key("cart"), raw, url.as_ref()));
    let grace = at.read("grace", &raw.grace, units::duration).unwrap_or(Duration::from_secs(15 * 60));
    let max_jump = at.read("max_jump", &raw.max_jump, units::percent).unwrap_or(Decimal::new(2, 1));
    let confirm_after =
        at.read("confirm_after", &raw.confirm_after, units::duration).unwrap_or(Duration::from_secs(30));
    if confirm_after > Duration::from_secs(15 * 60) {
        let help = "a run waits that long for its suspects; use `grace` for pages that lag behind";
        at.key("confirm_after").warn(fault("this is long", help));
    }
    Some(Shop {
        name: name?,
        url: url?,
        language,
        admin_url,
        catalog: catalog?,
        feeds,
        fetch,
        claims,
        listings,
        stock: stock?,
        cart,
        grace,
        max_jump,
        confirm_after,
        plan: plan::plan(&at.key("plan"), raw.plan.as_ref()),
        targets: plan::targets(&at.key("targets"), raw.targets.as_ref()),
    })
}

fn on_the_web(place: &Place) -> Option<&Url> {
    match place {
        Place::Url(url) => Some(url),
        Place::File(_) => None,
    }
}

/// An address with `{sku}` and the like in it.
fn admin_url(text: &str) -> Result<String, Fault> {
    const KNOWN: [&str; 4] = ["sku", "stock_key", "gtin", "url"];
    let text = text.trim();
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or_else(|| fault("a `{` is not closed", "add the `}`"))?;
        if !KNOWN.contains(&name) {
            let help = match nearest(name, KNOWN.into_iter()) {
                Some(nearest) => format!("did you mean `{{{nearest}}}`?"),
                None => "known here: {sku}, {stock_key}, {gtin} and {url}".to_owned(),
            };
            return Err(fault(format!("`{{{name}}}` is not known here"), help));
        }
        filled.extend([before, "1"]);
        rest = behind;
    }
    filled.push_str(rest);
    values::address(&filled)?;
    if filled == text {
        return Err(fault(
            "this is the same for every product",
            "put `{sku}`, `{stock_key}`, `{gtin}` or `{url}` into it",
        ));
    }
    Ok(text.to_owned())
}
