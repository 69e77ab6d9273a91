//! A message to be shaped.

use rust_decimal::Decimal;

use crate::notify::message::*;
use crate::notify::samples::at;

/// A digest as every channel gets it: one new incident with all that can be said of one, and one that is fixed.
pub(super) fn message() -> Message {
    let text = |text: &str| text.to_owned();
    let moment = |time: &str, words: &str| Moment { at: at(time), text: words.to_owned() };
    let new = Row {
        id: Some(7),
        verdict: text("false_available"),
        badge: text("Shown as available but sold out"),
        was: None,
        severity: Some(Rating {
            code: text("critical"),
            label: text("critical"),
            score: 240,
            because: vec![text("ends in the cart"), text("sells a lot")],
        }),
        product: text("Earl Grey <100 g> & more"),
        sku: Some(text("TEA-001")),
        shop: text("teashop"),
        brand: Some(text("Ahmad")),
        url: Some(text("https://shop.test/earl-grey?v=1&u=2")),
        admin_url: Some(text("https://shop.test/admin?sku=TEA-001")),
        image: Some(text("https://shop.test/earl-grey.jpg")),
        image_text: Some(text("Picture: Earl Grey")),
        promise: Some(Promise {
            code: text("page"),
            touchpoint: text("Product page"),
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
        stock: Some(Stock {
            says: text("0 left to sell"),
            sellable: Some(Decimal::ZERO),
            fields: vec![(text("available"), text("3")), (text("reserved"), text("3"))],
            as_of: text("read 22 Nov 2026, 12:01"),
            unchanged: Some(text("so since 19 Nov 2026, 09:12")),
            source: text("from erp"),
        }),
        since: moment("2026-11-19T07:30:00Z", "19 Nov 2026, 09:30"),
        told: None,
        fixed_at: None,
        cause: Some(text("The page cache still shows the old page. Clear it, and the page is right.")),
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
        stock: None,
        fixed_at: Some(moment("2026-11-22T09:00:00Z", "22 Nov 2026, 11:00")),
        cause: None,
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
            oldest: Some(moment("2026-11-10T07:30:00Z", "10 Nov 2026, 09:30")),
            figures: vec![Figure { code: text("open"), number: text("12"), label: text("open") }],
            text: text("12 open, 3 new, 1 fixed; the oldest since 10 Nov"),
            trend: None,
        }),
        sections: vec![
            part("new", "New: 3", new, Some(text("… and 2 more, in the attached file")), 3),
            part("fixed", "Fixed: 1", fixed, None, 1),
        ],
        alarms: vec![],
        notes: vec![text("Page and stock were both read again before this was written, and still disagreed.")],
        command: None,
        times: text("Times: Asia/Jerusalem. Run 12, 22 Nov 2026, 12:05."),
        sender: text("Written by stocktruth, which compares what the shop promises with what it has."),
        labels: Labels {
            sku: text("SKU"),
            stock: text("Stock"),
            since: text("Wrong since"),
            fixed_at: text("Right since"),
            was: text("Before"),
            cause: text("Cause"),
            severity: text("Severity"),
            lies: text("untrue"),
            page: text("Open the page"),
            admin: text("Open in the administration"),
            comma: text(", "),
            colon: text(": "),
            open_quote: text("“"),
            close_quote: text("”"),
        },
        run: 12,
        at: at("2026-11-22T10:05:00Z"),
    }
}
