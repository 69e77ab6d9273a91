//! The customer's way, ad to cart: what is claimed where, what is there, and what comes of it.

use crate::harness::{Answer, Checked, OnTheWay, Says, Way, feed};

/// What the four touchpoints claim, in the order of the way, and what is true: `None` is silence, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Case {
    claims: [Option<bool>; 4],
    is_there: Option<bool>,
}

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

    /// Whether the cart is asked: of what seems to promise falsely, and of a sample of what agrees, here of all of it.
    fn is_probed(self) -> bool {
        let [feed, listing, page, _] = self.claims;
        let before = Self { claims: [feed, listing, page, None], ..self };
        matches!(before.expected().0, "false_available" | "agrees")
    }

    /// What has to come of it: the verdict and where the truth comes out.
    fn expected(self) -> (&'static str, Option<&'static str>) {
        let says = |what| self.claims.contains(&Some(what));
        let page = self.claims[2];
        match self.is_there {
            Some(false) if says(true) => {
                let names = ["feed", "listing", "page", "cart"];
                // Behind the last promise: who meets that has passed what told the truth before it.
                let last = self.claims.iter().rposition(|claim| *claim == Some(true)).map_or(0, |at| at + 1);
                let truth = (last..4).find(|at| self.claims[*at] == Some(false)).map(|at| names[at]);
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
    let skus: Vec<String> = cases.iter().map(|case| case.sku()).collect();
    let stock = |case: &Case| case.is_there.map(|is_there| if is_there { 7 } else { 0 });
    let items: Vec<OnTheWay<'_>> =
        cases.iter().zip(&skus).map(|(case, sku)| (sku.as_str(), case.claims, stock(case))).collect();
    let whole = Way::with(&items);
    let checked = whole.check();
    checked.exits(10);
    let (mut wrong, mut probed) = (Vec::new(), 0);
    for (case, sku) in cases.iter().zip(&skus) {
        let [feed, listing, page, cart] = case.claims;
        let met = Case { claims: [feed, listing, page, cart.filter(|_| case.is_probed())], ..*case };
        probed += u64::from(case.is_probed());
        let (seen, told) = (way(&checked, sku), outcome(&checked, sku));
        let told = (told.0, told.1.filter(|_| told.0 == "false_available"));
        if told != met.expected() || !met.sku().starts_with(&seen) {
            wrong.push(format!("{sku}: {told:?}, not {:?}; seen as {seen}", met.expected()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert_eq!(checked.json["shops"][0]["probes"]["asked"], probed);

    // The rules above once more, by hand.
    for (sku, verdict, point) in [
        ("YYYY-0", "false_available", Some("after_paying")),
        ("YYYN-0", "false_available", Some("cart")),
        ("YYYX-0", "false_available", Some("cart")),
        ("YYNN-0", "false_available", Some("page")),
        ("YNYN-0", "false_available", Some("cart")),
        ("NYYY-0", "false_available", Some("after_paying")),
        ("XXYX-0", "false_available", Some("cart")),
        ("YXXX-0", "false_available", Some("cart")),
        ("NNNN-0", "agrees", None),
        ("NNNY-0", "false_available", Some("after_paying")),
        ("YNNN-0", "false_available", Some("listing")),
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

#[test]
fn an_ad_that_leads_to_the_home_page_is_gone() {
    let yes = Some(true);
    let way = Way::with(&[("A-1", [yes; 4], Some(3)), ("A-2", [yes; 4], Some(3)), ("A-3", [yes; 4], Some(3))]);
    way.world.shop.on("/", Answer::html("<html><body><h1>Welcome</h1></body></html>"));
    way.world.shop.on("/p/A-1", Answer::redirect("/"));
    way.world
        .shop
        .on("/p/A-2", Answer::redirect("/p/"))
        .on("/p/", Answer::html("<html><body><h1>All</h1></body></html>"));
    let checked = way.check();
    checked.exits(10);
    assert_eq!(outcome(&checked, "A-1").0, "gone");
    assert_eq!(outcome(&checked, "A-2").0, "gone", "a folder is no product's page");
    assert_eq!(outcome(&checked, "A-3"), ("agrees", None));
}

#[test]
fn a_date_that_has_passed_is_an_expired_promise_even_where_only_the_ad_gives_it() {
    let no = Some(false);
    let way = Way::with(&[("A-1", [Some(true), no, no, no], Some(0)), ("A-2", [no; 4], Some(0))]);
    let feed = feed(&way.world.shop, [("A-1", Says::In), ("A-2", Says::Out)]);
    let preorder = "preorder</g:availability><g:availability_date>2021-02-03T10:00+0100</g:availability_date>";
    way.world.file("feed.xml", feed.replace("in_stock</g:availability>", preorder));
    let checked = way.check();
    checked.exits(10);
    assert_eq!(outcome(&checked, "A-1"), ("expired_promise", Some("listing")));
    assert_eq!(outcome(&checked, "A-2"), ("agrees", None));
}

#[test]
fn where_nobody_knows_the_stock_touchpoints_that_contradict_each_other_are_told() {
    let (yes, no) = (Some(true), Some(false));
    let way = Way::with(&[
        ("A-1", [yes, yes, no, None], None),
        ("A-2", [yes, yes, yes, None], None),
        ("A-3", [yes; 4], Some(1)),
    ]);
    let checked = way.check();
    assert_eq!(checked.verdict("A-1"), "contradictory open");
    assert_eq!(checked.verdict("A-2"), "unverified (stock_missing)");
}
