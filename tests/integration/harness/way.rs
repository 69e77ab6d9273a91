//! A customer's whole way: a Google feed, a category in pages, product pages and a cart.

use std::fmt::Write as _;

use serde_json::json;

use super::{Answer, Cart, Checked, Route, Says, Seen, Shop, Takes, World, page};

/// The first number of a variant; Shopify's have many digits.
const FIRST: u64 = 40_000_000;

/// An item: its SKU, what the feed, the list, the page and the cart say of it (`None`: nothing), and how many there are
/// (`None`: the stock system does not know it).
pub(crate) type OnTheWay<'a> = (&'a str, [Option<bool>; 4], Option<i64>);

/// A world in which items are promised on the whole way.
pub(crate) struct Way {
    pub(crate) world: World,
    pub(crate) cart: Cart,
}

impl Way {
    /// A shop with a feed, a category at `/all` and a cart, with these in it.
    pub(crate) fn with(items: &[OnTheWay<'_>]) -> Self {
        let mut world = World::new();
        let cart = Cart::open(&world.shop);
        world.set("/shops/0/feeds", json!([{"name": "google", "file": "feed.xml"}]));
        world.set("/shops/0/listings", json!([{"name": "all things", "kind": "category", "url": "all", "pages": 9}]));
        world.set("/shops/0/cart", json!({"shopify": {}, "rate": "1000/s", "sample": 1000, "suspects": 1000}));
        world.set("/shops/0/stock/max_sold_out", "100%").set("/min_verified", "0%");
        let at = |touchpoint: usize| {
            let all = items.iter().filter_map(move |(sku, claims, _)| Some((*sku, says(claims[touchpoint]?))));
            all.collect::<Vec<_>>()
        };
        world.file("feed.xml", feed(&world.shop, at(0)));
        category(&world.shop, "/all", &at(1));
        for (number, (sku, claims, stock)) in (FIRST..).zip(items) {
            let html = claims[2].map_or_else(|| silent(sku), |claim| page(sku, says(claim)));
            world.shop.on(&format!("/p/{sku}"), html);
            let known = json!({"sku": sku, "url": format!("/p/{sku}"), "stock_key": number.to_string()});
            world.set("/shops/0/catalog/list/-", known);
            cart.takes(number, claims[3].map_or(Takes::Fails, |taken| if taken { Takes::Yes } else { Takes::No }));
            if let Some(stock) = stock {
                world.stock(&number.to_string(), [*stock]);
            }
        }
        Self { world, cart }
    }

    /// Runs the check, which must leave nothing in anybody's cart.
    pub(crate) fn check(&self) -> Checked {
        let checked = self.world.check(&[]);
        assert_eq!(self.cart.left(), [0; 0], "left in a cart");
        checked
    }
}

fn says(claim: bool) -> Says {
    if claim { Says::In } else { Says::Out }
}

/// A page that says nothing of availability.
fn silent(sku: &str) -> String {
    let story = "Made with love in a small workshop by the sea. ".repeat(10);
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Thing {sku}</title></head><body><main><h1>Thing {sku}</h1>\
         <p>{story}</p></main></body></html>"
    )
}

/// A feed of these: SKU → what it says. Its ads lead to `/p/SKU`.
pub(crate) fn feed<'a>(shop: &Shop, ads: impl IntoIterator<Item = (&'a str, Says)>) -> String {
    let ad = |(sku, says): (&str, Says)| {
        let availability = match says {
            Says::In => "in_stock",
            Says::Out => "out_of_stock",
        };
        let link = shop.url(&format!("/p/{sku}"));
        format!(
            "<item><g:id>{sku}</g:id><g:title>Thing {sku}</g:title><g:link>{link}</g:link>\
             <g:price>10.00 EUR</g:price><g:availability>{availability}</g:availability></item>\n"
        )
    };
    let ads: String = ads.into_iter().map(ad).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\"><channel>\n\
         <title>The shop</title>\n{ads}</channel></rss>\n"
    )
}

/// Puts a category at this path: cards, fifty to a page.
fn category(shop: &Shop, path: &str, cards: &[(&str, Says)]) {
    let chunks: Vec<_> = cards.chunks(50).collect();
    let pages: Vec<String> = chunks
        .iter()
        .enumerate()
        .map(|(n, cards)| listing(path, cards, (n + 1 < chunks.len()).then_some(n + 2)))
        .collect();
    let page = move |seen: &Seen| {
        let number = seen.query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse::<usize>().ok());
        pages.get(number.unwrap_or(1) - 1).map_or(Answer::of_status(404), |page| Answer::html(page.as_str()))
    };
    shop.on(path, Route::made(page));
}

/// One page of a category.
fn listing(path: &str, cards: &[(&str, Says)], next: Option<usize>) -> String {
    let mut page = "<!doctype html><html lang=\"en\"><head><title>All things | The shop</title></head><body>\
                    <nav><a href=\"/\">Home</a> <a href=\"/all\">All things</a></nav><main><h1>All things</h1>\
                    <ul class=\"products\">\n"
        .to_owned();
    for (sku, says) in cards {
        let buy = match says {
            Says::In => "<p class=\"stock\">In stock</p><button type=\"submit\">Add to cart</button>",
            Says::Out => "<p class=\"stock\">Sold out</p>",
        };
        let _ = writeln!(
            page,
            "<li class=\"product\"><a href=\"/p/{sku}\"><h3>Thing {sku}</h3></a><p class=\"price\">€10.00</p>{buy}</li>"
        );
    }
    page += "</ul>";
    if let Some(next) = next {
        let _ =
            write!(page, "<ul class=\"pagination\"><li><a rel=\"next\" href=\"{path}?page={next}\">Next</a></li></ul>");
    }
    page + "</main></body></html>"
}
