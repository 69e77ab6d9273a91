//! The sample shop's pages: what a product's page says, put into the template of its style.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use minijinja::{Environment, Value, context};

use super::labels::Labels;
use super::products::{CAMPAIGN, FEED, PRODUCTS, Page, Product, Says};

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("pages/", $name)))),*]
    };
}

const TEMPLATES: [(&str, &str); 12] = templates![
    "shop.html",
    "themed.html",
    "microdata.html",
    "opengraph.html",
    "headless.html",
    "plain.html",
    "variants.html",
    "silent.html",
    "captcha.html",
    "missing.html",
    "campaign.html",
    "feed.xml",
];

static PAGES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.add_filter("json", json);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
});

/// Where and when a page is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    /// The shop's address, without a slash at its end.
    pub(super) home: &'a str,
    pub(super) now: Timestamp,
    /// Whether the page cache's copy is wanted where it differs from what the shop itself says.
    pub(super) cached: bool,
}

/// The page of a product.
pub(super) fn product(product: &Product, frame: Frame<'_>) -> Result<String, minijinja::Error> {
    let (template, data, shown) = match product.page {
        Page::Themed(says) => ("themed.html", says, says),
        Page::Microdata(says) => ("microdata.html", says, says),
        Page::OpenGraph(says) => ("opengraph.html", says, says),
        Page::Headless(says) => ("headless.html", says, says),
        Page::Plain(says) => ("plain.html", says, says),
        Page::Variant(says) => ("variants.html", says, says),
        Page::Torn => ("themed.html", Says::In, Says::Out),
        Page::Cached if frame.cached => ("themed.html", Says::In, Says::In),
        Page::Cached => ("themed.html", Says::Out, Says::Out),
        Page::Private => ("themed.html", Says::In, Says::In),
        Page::Silent => ("silent.html", Says::Out, Says::Out),
        Page::Captcha(_) => ("captcha.html", Says::Out, Says::Out),
        Page::Missing | Page::Moved(_) => ("missing.html", Says::Out, Says::Out),
    };
    let labels = Labels::of(product.language);
    let starts = match data {
        Says::Pre(days) => Some(from_now(frame.now, days).strftime("%Y-%m-%d").to_string()),
        _ => None,
    };
    render(
        template,
        context! {
            w => labels.view(),
            language => product.language,
            charset => if is_windows_1255(product) { "windows-1255" } else { "utf-8" },
            home => format!("{}/", frame.home),
            url => format!("{}{}", frame.home, product.path()),
            image => format!("{}/img/{}.jpg", frame.home, product.sku),
            sku => product.sku,
            group => product.group(),
            name => product.name,
            price => product.price,
            data => context! { schema => schema(data), graph => graph(data), starts => starts },
            shown => shown_as(shown, &labels),
            variants => variants(product, frame.home),
            others => others(product),
        },
    )
}

/// The campaign's page.
pub(super) fn campaign() -> Result<String, minijinja::Error> {
    let cards = CAMPAIGN.iter().filter_map(|sku| PRODUCTS.iter().find(|one| one.sku == *sku));
    let cards: Vec<Value> = cards
        .map(|one| context! { sku => one.sku, name => one.name, price => one.price, path => one.path() })
        .collect();
    render("campaign.html", context! { w => Labels::of("he").view(), language => "he", cards => cards })
}

/// What the shopping ads are made of, written the night before.
pub(super) fn feed(home: &str, now: Timestamp) -> Result<String, minijinja::Error> {
    let ads = FEED.iter().filter_map(|(sku, says)| Some((PRODUCTS.iter().find(|one| one.sku == *sku)?, *says)));
    let ads: Vec<Value> = ads
        .map(|(one, says)| {
            let availability = if says == Says::In { "in_stock" } else { "out_of_stock" };
            context! { sku => one.sku, name => one.name, price => one.price, path => one.path(), availability }
        })
        .collect();
    let written = now.saturating_sub(SignedDuration::from_hours(9)).unwrap_or(now);
    let written = written.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    render("feed.xml", context! { home, written, ads })
}

/// The page for what is not there.
pub(super) fn missing(language: &str) -> Result<String, minijinja::Error> {
    render("missing.html", context! { w => Labels::of(language).view(), language => language })
}

/// Whether the page is sent as the shops of 2003 did.
pub(super) fn is_windows_1255(product: &Product) -> bool {
    matches!(product.page, Page::Plain(_)) && product.language == "he"
}

/// So many days from `now`.
pub(super) fn from_now(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

fn render(template: &str, values: Value) -> Result<String, minijinja::Error> {
    match &*PAGES {
        Ok(environment) => environment.get_template(template)?.render(values),
        Err(error) => Err(minijinja::Error::new(error.kind(), error.to_string())),
    }
}

/// A text as JSON that may stand in a `<script>`.
fn json(text: &str) -> Value {
    Value::from_safe_string(serde_json::Value::from(text).to_string().replace('<', "\\u003c"))
}

fn schema(says: Says) -> &'static str {
    match says {
        Says::In => "InStock",
        Says::Out => "OutOfStock",
        Says::Back => "BackOrder",
        Says::Pre(_) => "PreOrder",
    }
}

/// The values of `product:availability` (<https://developers.facebook.com/docs/marketing-api/catalog/reference>).
fn graph(says: Says) -> &'static str {
    match says {
        Says::In => "in stock",
        Says::Out => "out of stock",
        Says::Back => "available for order",
        Says::Pre(_) => "preorder",
    }
}

fn shown_as(says: Says, labels: &Labels) -> Value {
    let (text, button, class) = match says {
        Says::In => (labels.in_stock, labels.buy, "in-stock"),
        Says::Out => (labels.sold_out, labels.sold_out, "out-of-stock"),
        Says::Back => (labels.backorder, labels.buy, "available-on-backorder"),
        Says::Pre(_) => (labels.preorder, labels.preorder, "available-for-preorder"),
    };
    context! { text => text, button => button, class => class, buyable => says != Says::Out }
}

/// All variants of a product, itself among them.
fn variants(product: &Product, home: &str) -> Vec<Value> {
    PRODUCTS
        .iter()
        .filter(|one| one.group() == product.group())
        .filter_map(|one| match one.page {
            Page::Variant(says) => Some(context! {
                sku => one.sku,
                name => one.name,
                url => format!("{home}{}", one.path()),
                size => one.sku.rsplit('-').next(),
                schema => schema(says),
            }),
            _ => None,
        })
        .collect()
}

/// Three more products, as shops like to show them.
fn others(product: &Product) -> Vec<Value> {
    PRODUCTS
        .iter()
        .filter(|one| one.language == product.language && one.group() != product.group())
        .filter(|one| matches!(one.page, Page::Themed(_) | Page::Microdata(_) | Page::OpenGraph(_)))
        .take(3)
        .map(|one| context! { sku => one.sku, name => one.name, path => one.path(), price => one.price })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_drawn_and_its_json_is_json() {
        let now: Timestamp = "2026-11-10T12:00:00Z".parse().expect("a time");
        for one in PRODUCTS {
            let html = product(one, Frame { home: "http://127.0.0.1:1", now, cached: true }).expect("a page");
            assert!(html.starts_with("<!doctype html>"), "{}", one.sku);
            for block in html.split("application/ld+json\">").skip(1) {
                let block = block.split("</script>").next().unwrap_or_default();
                let json: serde_json::Value = serde_json::from_str(block).expect("JSON");
                assert!(json.to_string().contains(one.sku), "{}", one.sku);
            }
        }
    }

    #[test]
    fn a_preorder_names_its_day() {
        let now: Timestamp = "2026-11-10T12:00:00Z".parse().expect("a time");
        let game = PRODUCTS.iter().find(|one| one.sku == "GAM-205").expect("the game");
        let html = product(game, Frame { home: "http://x", now, cached: false }).expect("a page");
        assert!(html.contains(r#""availabilityStarts": "2026-11-01", "availability": "https://schema.org/PreOrder""#));
    }
}
