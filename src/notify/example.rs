//! A message of each kind with everything that can be in one: what templates are tried with before they are needed, and
//! what this room's tests begin from.

use jiff::{Timestamp, civil};
use rust_decimal::Decimal;

use super::message::*;

/// A digest as every channel gets it: one new incident with all that can be said of one, and one that is fixed.
pub(super) fn digest() -> Message {
    let text = |text: &str| text.to_owned();
    let moment = |second: i64, words: &str| Moment { at: at(second), text: words.to_owned() };
    let new = Row {
        id: Some(7),
        verdict: text("false_available"),
        badge: text("Shown as available but sold out"),
        was: None,
        severity: Some(Rating {
            code: text("critical"),
            label: text("critical"),
            score: 240,
            because: vec![text("customers are let down"), text("wrong for 3 days")],
        }),
        product: text("Earl Grey <100 g> & more"),
        sku: Some(text("TEA-001")),
        shop: text("teashop"),
        brand: Some(text("Ahmad")),
        url: Some(text("https://shop.test/earl-grey?v=1&u=2")),
        admin_url: Some(text("https://shop.test/admin?sku=TEA-001")),
        image: Some(text("https://shop.test/earl-grey.jpg")),
        image_text: Some(text("Picture: Earl Grey <100 g> & more")),
        promise: Some(Promise {
            code: text("page"),
            place: None,
            touchpoint: text("Product page"),
            url: Some(text("https://shop.test/purim")),
            says: text("in stock"),
            lies: true,
            evidence: vec![Evidence {
                code: text("button"),
                kind: text("buy button"),
                says: None,
                lies: true,
                excerpt: Some(text("Add to cart")),
                place: text("form#buy > button"),
            }],
            more: None,
        }),
        journey: Some(way()),
        stock: Some(Stock {
            says: text("0 left to sell"),
            sellable: Some(Decimal::ZERO),
            fields: vec![(text("available"), text("3")), (text("reserved"), text("3"))],
            as_of: text("read 22 Nov 2026, 12:01"),
            unchanged: Some(text("so since 19 Nov 2026, 09:12")),
            source: text("from erp"),
        }),
        since: moment(1_795_073_400, "19 Nov 2026, 09:30"),
        told: None,
        fixed_at: None,
        cause: Some(text("The page cache still shows the old page. Clear it, and the page is right.")),
        todo: Some(text("Set it to sold out in the shop, or correct the stock if the goods are there.")),
        why: Some(Reason {
            code: text("page_cache"),
            at: text("page cache"),
            evidence: text("with page caches bypassed the page tells the truth; Age: 5400 s"),
        }),
        acknowledged: Some(text("Dana is on it: supplier asked")),
        orphan: Some(text("Nobody owns this product.")),
    };
    let fixed = Row {
        id: Some(8),
        badge: text("Right again"),
        was: Some(text("Shown as available but sold out")),
        severity: None,
        product: text("תה ירוק"),
        sku: Some(text("TEA-002")),
        image: None,
        image_text: None,
        promise: None,
        journey: None,
        stock: None,
        fixed_at: Some(moment(1_795_338_000, "22 Nov 2026, 11:00")),
        cause: None,
        todo: None,
        why: None,
        acknowledged: None,
        orphan: None,
        ..new.clone()
    };
    let part = |code: &str, title: &str, row: Row, more: Option<String>, total| Part {
        code: text(code),
        title: text(title),
        total,
        rows: vec![row],
        more,
    };
    Message {
        kind: MessageKind::Digest,
        language: text("en"),
        direction: Direction::Ltr,
        subject: text("3 products shown as available are sold out, 1 fixed: teashop"),
        heading: text("3 products shown as available are sold out"),
        greeting: Some(text("Hello Dana,")),
        summary: Some(Standing {
            open: 12,
            new: 3,
            fixed: 1,
            oldest: Some(moment(1_794_295_800, "10 Nov 2026, 09:30")),
            figures: vec![Figure { code: text("open"), number: text("12"), label: text("open") }],
            text: text("12 open, 3 new, 1 fixed; the oldest since 10 Nov"),
            trend: Some(trend()),
        }),
        sections: vec![
            part("new", "New: 3", new, Some(text("… and 2 more, in the attached file")), 3),
            part("fixed", "Fixed: 1", fixed, None, 1),
        ],
        causes: vec![Shared {
            code: text("listing_lag"),
            at: text("listing Purim campaign"),
            shop: text("teashop"),
            incidents: 2,
            evidence: text("it says InStock while the page says OutOfStock, as the stock does"),
            text: text("2 products, one cause: The listing has probably not followed the stock yet."),
        }],
        alarms: vec![],
        notes: vec![text("Promise and stock were both read again before this was written, and still disagreed.")],
        command: None,
        times: text("Times: Asia/Jerusalem. Run 12, 22 Nov 2026, 12:05."),
        sender: text("Written by stocktruth, which compares what the shop promises with what it has."),
        labels: labels(),
        run: 12,
        at: at(1_795_341_900),
    }
}

fn labels() -> Labels {
    let text = |text: &str| text.to_owned();
    Labels {
        sku: text("SKU"),
        stock: text("Stock"),
        since: text("Wrong since"),
        fixed_at: text("Right since"),
        was: text("Before"),
        cause: text("Cause"),
        todo: text("What to do"),
        journey: text("Customer's way"),
        severity: text("Severity"),
        lies: text("untrue"),
        page: text("Open the page"),
        admin: text("Open in the shop's admin"),
        comma: text(", "),
        colon: text(": "),
        open_quote: text("“"),
        close_quote: text("”"),
    }
}

fn way() -> Way {
    let station = |code: &str, label: &str, sign: &str, state: &str, meaning: &str, places: &[&str]| Station {
        code: code.to_owned(),
        label: label.to_owned(),
        sign: sign.to_owned(),
        state: state.to_owned(),
        meaning: meaning.to_owned(),
        places: places.iter().map(|place| (*place).to_owned()).collect(),
    };
    let stop = |code: &str, place: Option<&str>, verdict: &str| Stop {
        code: code.to_owned(),
        place: place.map(str::to_owned),
        says: Some("in stock".to_owned()),
        verdict: verdict.to_owned(),
        url: Some("https://shop.test/earl-grey?v=1&u=2".to_owned()),
        seen_at: Some(at(1_795_341_700)),
    };
    Way {
        also: vec![Spot { name: "home".to_owned(), url: "https://shop.test/".to_owned() }],
        stations: vec![
            station("feed", "Shopping ad", "·", "unseen", "not looked at", &[]),
            station("listing", "Listing", "✗", "untrue", "untrue", &["Purim campaign"]),
            station("page", "Product page", "✗", "untrue", "untrue", &[]),
            station("cart", "Cart", "·", "unseen", "not looked at", &[]),
        ],
        comes_out: Some("The truth comes out in the cart, at the earliest.".to_owned()),
        break_point: Some("cart_or_later".to_owned()),
        stops: vec![stop("listing", Some("Purim campaign"), "false_available"), stop("page", None, "false_available")],
    }
}

fn trend() -> Trend {
    let day = |(date, open): (i8, u32)| TrendDay {
        date: civil::Date::new(2026, 11, date).unwrap_or_default(),
        day: date.to_string(),
        open,
        number: open.to_string(),
    };
    Trend {
        days: (9..23).zip([4, 4, 5, 9, 9, 7, 7, 8, 3, 3, 0, 2, 10, 12]).map(day).collect(),
        title: "Open at the end of each day, 9 Nov to 22 Nov".to_owned(),
        text: "Open at the end of each day, 9 Nov to 22 Nov: 4, 4, 5, 9, 9, 7, 7, 8, 3, 3, 0, 2, 10, 12".to_owned(),
    }
}

/// An alarm as every channel gets it.
pub(super) fn alarm() -> Message {
    let text = |text: &str| text.to_owned();
    Message {
        kind: MessageKind::Alarm,
        subject: text("teashop: the stock from erp looks wrong, so nothing is reported from it"),
        heading: text("The stock looks wrong. Until it is right, nobody is told of mismatches found with it."),
        summary: None,
        sections: vec![],
        causes: vec![],
        alarms: vec![AlarmRow {
            shop: text("teashop"),
            source: text("erp"),
            says: text("It knows 12 items, where 900 could be expected."),
            since: Moment { at: at(1_795_338_000), text: text("22 Nov 2026, 11:00") },
        }],
        notes: vec![text("If the stock really is like this (a sale, a new warehouse), accept it once with:")],
        command: Some(text("stocktruth check --accept-stock")),
        ..digest()
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}
