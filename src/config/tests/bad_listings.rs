//! Bad configurations: listings.

use super::{Case, Change::*};

/// Puts listings before the catalogue of the only shop.
macro_rules! listings {
    ($text:literal) => {
        Edit("    stock:\n", concat!("    listings:\n", $text, "    stock:\n"))
    };
}

pub(super) const CASES: &[Case] = &[
    (
        "a listing without a place, and one with two",
        listings!("      - {name: a}\n      - {name: b, url: /b, urls: [/c]}\n"),
        &[
            "11:9 `listings[0]` needs exactly one of `url`, `urls` and `sitemap`",
            "12:28 `listings[1]` takes only one of `url` and `urls` | keep one and remove the others",
        ],
    ),
    (
        "two listings of one name",
        listings!("      - {name: a, url: /a}\n      - {name: a, url: /b}\n"),
        &["12:16 `name`: another listing has this name | it is in line 11; names must be unique within a shop"],
    ),
    (
        "words that are not known",
        listings!(
            "      - {name: a, url: /a, kind: campain, shown_means: maybe, pages: 0}\n      - {name: b, url: 'mailto:x@y.example', pages: 5000}\n"
        ),
        &[
            "11:34 `kind`: this is not known here | did you mean `campaign`? known here: `category`, `search`, `home`, `campaign`",
            "11:56 `shown_means`: this is not known here | known here: `in_stock`, `nothing`",
            "11:70 `pages`: no page would be read | write 1 to read the first page alone",
            "12:24 `url`: this is not an address on the web | write an address that begins with `https://` or `http://`",
            "12:53 `pages`: this is more than 1000 | nobody browses that far; list categories instead",
        ],
    ),
    (
        "selectors that cannot be used",
        listings!(
            "      - name: a\n        url: /a\n        card: 'li['\n        next: ''\n        badges:\n          - {css: '..', says: SoldOut}\n          - {css: .a, text: '(', says: Gone}\n"
        ),
        &[
            "13:15 `card` is no CSS selector that can be used: Unexpected EOL",
            "14:15 `next`: this is empty | give a value, or leave the key out",
            "16:19 `css` is no CSS selector that can be used: look at its brackets, dots, commas and colons | `.stock` and `#buy > span` are ones that work",
            "17:29 `text`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
            "17:40 `says`: this is not known here | known here: `InStock`, `LimitedAvailability`, `OnlineOnly`, `InStoreOnly`, `PreOrder`, `PreSale`, `BackOrder`, `MadeToOrder`, `Reserved`, `OutOfStock`, `SoldOut`, `Discontinued`, `MarketplaceOnly`",
        ],
    ),
    (
        "a sitemap that says not which pages",
        listings!(
            "      - {name: a, sitemap: {url: https://shop.example/sitemap.xml}}\n      - {name: b, sitemap: {url: https://shop.example/sitemap.xml, include: ['(']}}\n"
        ),
        &[
            "11:19 `sitemap` lacks the key `include` | add `include:` (a page is a listing if its address matches one of these)",
            "12:78 `include[0]`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
        ],
    ),
];
