//! What holds of any listing: nothing panics, and the badge of a card is never another card's.

use proptest::prelude::*;

use super::*;

/// What may stand on a card, and what that must be read as.
const BADGES: [(&str, &str); 7] = [
    ("", "nothing"),
    ("<span class=\"badge\">Sold out</span>", "OutOfStock"),
    ("<p class=\"stock\">In stock</p>", "InStock"),
    ("<div><b>Out of stock</b></div>", "OutOfStock"),
    ("<button class=\"add-to-cart\">Add to cart</button>", "InStock"),
    ("<span class=\"new\">New</span>", "nothing"),
    ("<a class=\"button\" href=\"/p/{n}\">Read more</a>", "nothing"),
];

/// How a card is built: `{p}` picture, `{t}` name, `{b}` badge.
const SHAPES: [&str; 6] = [
    "<li>{p}{t}{b}</li>",
    "<div class=\"col\"><div class=\"card\">{b}{p}<div class=\"body\">{t}</div></div></div>",
    "<article class=\"product\"><div class=\"image\">{p}</div><div class=\"x\">{t}{b}</div></article>",
    "<tr><td>{p}</td><td>{t}</td><td><div>{b}</div></td></tr>",
    "<div class=\"item\">{p}<a class=\"brand\" href=\"/brand/acme\">Acme</a>{t}<div class=\"foot\">{b}</div></div>",
    "<section class=\"tile\"><div><div>{b}</div>{t}</div>{p}</section>",
];

fn built(shape: &str, badges: &[usize], grid: &str) -> String {
    let mut cards = String::new();
    for (n, badge) in badges.iter().enumerate() {
        let picture = format!("<a href=\"/p/{n}\"><img src=\"{n}.jpg\"></a>");
        let name = format!("<h3><a href=\"/p/{n}\">Thing number {n}</a></h3>");
        let badge = BADGES[*badge].0.replace("{n}", &n.to_string());
        cards.push_str(&shape.replace("{p}", &picture).replace("{t}", &name).replace("{b}", &badge));
    }
    let grid = if shape.starts_with("<tr>") { "table" } else { grid };
    format!("<html lang=\"en\"><body><h1>Things</h1><{grid} class=\"grid\">{cards}</{grid}></body></html>")
}

proptest! {
    #[test]
    fn a_badge_is_never_anothers(
        shape in 0..SHAPES.len(),
        badges in prop::collection::vec(0..BADGES.len(), 2..12),
        grid in prop::sample::select(vec!["div", "ul", "section"]),
    ) {
        let page = page("https://shop.test/things", &built(SHAPES[shape], &badges, grid));
        let listing = read(&page, &ListingOptions::default());
        for (n, badge) in badges.iter().enumerate() {
            let found = listing.shown.iter().find(|one| one.url.as_ref().is_some_and(|url| url.path() == format!("/p/{n}")));
            let is = found.map_or("unseen".to_owned(), |one| said(&one.overall(&page, false)));
            prop_assert_eq!(&is, BADGES[*badge].1, "card {} of {}", n, page.html);
        }
    }

    #[test]
    fn no_page_panics(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<li>", "</li>", "<a href=\"/p/1\">", "<a href=\"/p/2\"><img>", "</a>", "<div class=\"card\">", "</div>", "<h3>Name</h3>",
            "Sold out", "In stock", "<button>Add to cart</button>", "<table><tr><td>", "<script type=\"application/ld+json\">",
            "{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\"ListItem\",\"url\":\"/p/1\"}", "]}", "</script>", "<a rel=next href=\"?page=2\">",
            "<base href=\"//\">", "<p itemscope itemtype=\"https://schema.org/Product\">", "<script>x={\"available\":true,\"sku\":\"A\"", "}</script>",
            "<h1>", "<nav>", "א", "\u{0}", "&#x0;", "<template>", "<svg>", "<x hidden>",
        ]), 0..60),
        address in "(/[a-z]{0,4}(\\?[a-z]{1,4}=[0-9]{1,12})?)?",
    ) {
        let page = page(&format!("https://shop.test{address}"), &format!("<html><body>{}", pieces.concat()));
        let rule = SelectorRule { css: "*".into(), attribute: None, text: Some("Sold".into()), says: Availability::SoldOut };
        let chosen = ListingOptions { card: Some("li, div".into()), badges: vec![rule], ..ListingOptions::default() };
        for options in [ListingOptions::default(), chosen] {
            for shown in read(&page, &options).shown {
                shown.overall(&page, true);
            }
        }
    }
}
