//! Reading a listing takes time in proportion to its size.

use std::time::{Duration, Instant};

use super::*;

fn grid(cards: usize) -> String {
    let card = |n: usize| {
        format!(
            "<li class=\"product type-product instock\"><a href=\"/p/{n}\"><img src=\"{n}.jpg\"><h3>Thing number {n}</h3></a>\
             <span class=\"price\">$10</span><p class=\"stock\">In stock</p><a href=\"/brand/{}\">Brand</a>\
             <button class=\"add-to-cart\">Add to cart</button></li>",
            n % 9
        )
    };
    format!(
        "<html lang=\"en\"><body><h1>Things</h1><ul>{}</ul></body></html>",
        (0..cards).map(card).collect::<String>()
    )
}

/// The fastest of a few readings.
fn time(html: String) -> Duration {
    let page = page("https://shop.test/things", &html);
    let timed = || {
        let started = Instant::now();
        read(&page, &ListingOptions::default());
        started.elapsed()
    };
    (0..3).map(|_| timed()).min().unwrap()
}

#[test]
fn twice_the_cards_take_twice_the_time() {
    time(grid(10));
    let (small, large) = (time(grid(300)), time(grid(2400)));
    assert!(large < small * 8 * 4, "300 cards took {small:?}, 2400 took {large:?}");
}

#[test]
fn hostile_listings_take_time_in_proportion() {
    let many = 20_000;
    let pages = [
        "<div><a href=\"/p/1\"><img>".repeat(many / 20),
        (0..many).map(|n| format!("<a class=\"c{n}\" href=\"/p/{n}\">Name of it</a>")).collect(),
        (0..many).map(|n| format!("<div><a href=\"/p/{n}\"><img></a>")).take(900).collect(),
        format!("<div>{}</div>", "<a href=\"/p/1\"><img></a><span>Sold out</span>".repeat(many)),
        format!("<li><a href=\"/p/1\"><img></a>{}</li>", "<b>In stock</b>".repeat(many)),
        format!("<script>x={{\"items\":[{}]}}</script>", "{\"sku\":\"A\",\"available\":true},".repeat(many)),
        "<h3>You may also like</h3><div class=\"related\">".repeat(900),
    ];
    for (number, body) in pages.into_iter().enumerate() {
        let started = Instant::now();
        time(format!("<html><body>{body}"));
        assert!(started.elapsed() < Duration::from_secs(30), "page {number} took {:?}", started.elapsed());
    }
}
