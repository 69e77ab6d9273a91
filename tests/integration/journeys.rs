//! The customer's way, ad to cart: what is claimed where, what is there, and what comes of it.

use serde_json::{Value, json};

use crate::harness::{Answer, Cart, Checked, Says, Takes, World, category, feed, page};

/// What the four touchpoints claim, in the order of the way, and what is true: `None` is silence, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Case {
    claims: [Option<bool>; 4],
    is_there: Option<bool>,
}

/// The first number of a variant; a Shopify variant has many digits.
const FIRST: u64 = 40_000_000;

impl Case {
    /// All of them: every touchpoint promises, denies or says nothing; there is some, none, or nobody knows.
    fn all() -> Vec<Self> {
        let says = [Some(true), Some(false), None];
        let mut all = Vec::new();
        for is_there in says {
            for n in 0..81 {
                all.push(Self { claims: [27, 9, 3, 1].map(|weight| says[n / weight % 3]), is_there });
            }
        }
        all
    }

    /// `YN-Y-0`: the feed promises, the list denies, the page says nothing, the cart takes it; there is none.
    fn sku(self) -> String {
        let letter = |claim| match claim {
            Some(true) => 'Y',
            Some(false) => 'N',
            None => 'X',
        };
        let last = match self.is_there {
            Some(true) => '1',
            Some(false) => '0',
            None => '9',
        };
        self.claims.into_iter().map(letter).chain(['-', last]).collect()
    }

    /// What has to come of it: the verdict and where the truth comes out.
    fn expected(self) -> (&'static str, Option<&'static str>) {
        let says = |what| self.claims.contains(&Some(what));
        let page = self.claims[2];
        match self.is_there {
            Some(false) if says(true) => {
                let names = ["feed", "listing", "page", "cart"];
                let truth = self.claims.iter().position(|claim| *claim == Some(false)).map(|at| names[at]);
                // Where nobody denied it the cart is believed to, unless it was asked.
                let unknown = if self.claims[3].is_some() { "after_paying" } else { "cart" };
                ("false_available", Some(truth.unwrap_or(unknown)))
            }
            Some(true) if says(false) => ("false_unavailable", None),
            Some(_) if page.is_some() => ("agrees", None),
            Some(_) => ("unverified", None),
            None if says(true) && says(false) => ("contradictory", None),
            None => ("unverified", None),
        }
    }
}

fn says(claim: bool) -> Says {
    if claim { Says::In } else { Says::Out }
}

/// A page that says nothing of availability.
fn silent(sku: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Thing {sku}</title></head><body><main><h1>Thing {sku}</h1>\
         <p>{}</p></main></body></html>",
        "Made with love in a small workshop by the sea. ".repeat(10)
    )
}

/// A shop with a feed, a category and a cart. Nothing is in it yet.
struct Way {
    world: World,
    cart: Cart,
}

impl Way {
    fn open() -> Self {
        let mut world = World::new();
        let cart = Cart::open(&world.shop);
        let feeds = json!([{"name": "google", "file": "feed.xml"}]);
        let listings = json!([{"name": "all things", "kind": "category", "url": "all", "pages": 9}]);
        let probes = json!({"shopify": {}, "rate": "1000/s", "sample": 1000, "suspects": 1000});
        world.set("/shops/0/feeds", feeds).set("/shops/0/listings", listings).set("/shops/0/cart", probes);
        world.set("/shops/0/stock/max_sold_out", "100%").set("/min_verified", "0%");
        Self { world, cart }
    }

    /// Puts items on the way: number of the variant, SKU, what the touchpoints claim, what is in stock.
    fn put(&mut self, cases: &[Case]) {
        let skus: Vec<String> = cases.iter().map(|case| case.sku()).collect();
        let at = |touchpoint: usize| {
            let all = cases.iter().zip(&skus);
            all.filter_map(move |(case, sku)| Some((sku.as_str(), says(case.claims[touchpoint]?))))
        };
        self.world.file("feed.xml", feed(&self.world.shop, at(0)));
        category(&self.world.shop, "/all", &at(1).collect::<Vec<_>>());
        for ((case, sku), number) in cases.iter().zip(&skus).zip(FIRST..) {
            let html = case.claims[2].map_or_else(|| silent(sku), |claim| page(sku, says(claim)));
            self.world.shop.on(&format!("/p/{sku}"), html);
            self.world.set("/shops/0/catalog/list/-", item(sku, number));
            self.cart
                .takes(number, case.claims[3].map_or(Takes::Fails, |taken| if taken { Takes::Yes } else { Takes::No }));
            if let Some(is_there) = case.is_there {
                self.world.stock(&number.to_string(), [if is_there { 7 } else { 0 }]);
            }
        }
    }

    fn check(&self) -> Checked {
        let checked = self.world.check(&[]);
        assert_eq!(self.cart.left(), [0; 0], "left in a cart");
        checked
    }
}

fn item(sku: &str, number: u64) -> Value {
    json!({"sku": sku, "url": format!("/p/{sku}"), "stock_key": number.to_string(), "name": format!("Thing {sku}")})
}

/// What came of an item: its verdict and its break point.
fn outcome<'a>(checked: &'a Checked, sku: &str) -> (&'a str, Option<&'a str>) {
    let item = checked.item(sku);
    (item["verdict"].as_str().expect("a verdict"), item["journey"]["break_point"].as_str())
}

/// What each touchpoint is seen to say: `Y`, `N`, or `X` where it says nothing or was not met.
fn way(checked: &Checked, sku: &str) -> String {
    let steps = checked.item(sku)["journey"]["steps"].as_array().expect("steps");
    let says = |touchpoint: &str| match steps.iter().find(|step| step["touchpoint"] == touchpoint) {
        Some(step) if step["buyable"] == true => 'Y',
        Some(step) if step["buyable"] == false => 'N',
        _ => 'X',
    };
    ["feed", "listing", "page", "cart"].map(says).into_iter().collect()
}

#[test]
fn every_pattern_of_truth_and_lies_has_its_verdict_and_its_break_point() {
    let cases = Case::all();
    let mut way_through = Way::open();
    way_through.put(&cases);
    let checked = way_through.check();
    checked.exits(10);
    let mut wrong = Vec::new();
    for case in &cases {
        let sku = case.sku();
        let (seen, told) = (way(&checked, &sku), outcome(&checked, &sku));
        let told = (told.0, told.1.filter(|_| told.0 == "false_available"));
        if told != case.expected() || !sku.starts_with(&seen) {
            wrong.push(format!("{sku}: {told:?}, not {:?}; seen as {seen}", case.expected()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert_eq!(way_through.cart.visitors(), cases.len(), "one visit for each item");

    // The rules above once more, by hand.
    for (sku, verdict, point) in [
        ("YYYY-0", "false_available", Some("after_paying")),
        ("YYYN-0", "false_available", Some("cart")),
        ("YYYX-0", "false_available", Some("cart")),
        ("YYNN-0", "false_available", Some("page")),
        ("YNYN-0", "false_available", Some("listing")),
        ("NYYY-0", "false_available", Some("feed")),
        ("XXYX-0", "false_available", Some("cart")),
        ("YXXX-0", "false_available", Some("cart")),
        ("NNNN-0", "agrees", None),
        ("NNNY-0", "false_available", Some("feed")),
        ("YYYY-1", "agrees", None),
        ("YYYN-1", "false_unavailable", None),
        ("NYYY-1", "false_unavailable", None),
        ("XXXX-0", "unverified", None),
    ] {
        assert_eq!(outcome(&checked, sku), (verdict, point), "{sku}");
    }
    assert_eq!(outcome(&checked, "YXNX-9").0, "contradictory");
    assert_eq!(outcome(&checked, "YYYY-9").0, "unverified");
}
