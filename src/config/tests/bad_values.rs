//! Bad configurations: single values and how they fit together.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "duration without a unit",
        Edit("    stock:\n", "    grace: 30\n    stock:\n"),
        &["10:12 `grace`: a length of time needs a unit | write `30s`, `30m`, `30h` or `30d`"],
    ),
    (
        "duration without a unit, quoted",
        Edit("    stock:\n", "    grace: \"30\"\n    stock:\n"),
        &["10:12 `grace`: a length of time needs a unit | write `30s`, `30m`, `30h` or `30d`"],
    ),
    (
        "duration that is none",
        Edit("    stock:\n", "    confirm_after: soon\n    stock:\n"),
        &[
            "10:20 `confirm_after`: this is not a length of time | write a whole number with a unit: `30s`, `15m`, `24h` or `7d`",
        ],
    ),
    (
        "no time at all",
        Edit("    stock:\n", "    fetch: {connect_timeout: 0s}\n    stock:\n"),
        &["10:30 `connect_timeout`: this must be longer than nothing | write for example `30s`"],
    ),
    (
        "a plan that cannot be",
        Edit(
            "    stock:\n",
            "    plan: {budget: 0, audit_within: 7, near: -1}\n    targets: {truth_rate: 99.5, lag_p95: 0s}\n    stock:\n",
        ),
        &[
            "10:20 `budget`: this must be at least 1 | write a number such as `5`",
            "10:37 `audit_within`: a length of time needs a unit | write `7s`, `7m`, `7h` or `7d`",
            "10:46 `near`: this is less than nothing | write a number such as `2`, or `0` for never",
            "11:27 `truth_rate`: a share needs a percent sign | write a number from 0 to 100 with `%`: `50%`",
            "11:42 `lag_p95`: this must be longer than nothing | write for example `30s`",
        ],
    ),
    (
        "a budget for everything",
        Edit("    stock:\n", "    plan: {budget: 50}\n    stock:\n"),
        &[
            "10:20 warning: `budget`: without `audit_within` every page is wanted with every run | say within what time every page is to be looked at, such as `audit_within: 7d`",
        ],
    ),
    (
        "size without a unit",
        Edit("    stock:\n", "    fetch: {max_body: 8}\n    stock:\n"),
        &["10:23 `max_body`: a size needs a unit | write `8B`, `8KiB` or `8MiB`"],
    ),
    (
        "rate without a unit",
        Edit("    stock:\n", "    fetch: {rate: 2}\n    stock:\n"),
        &["10:19 `rate`: a rate needs a unit of time | write `2/s` or `2/min`"],
    ),
    (
        "share without a percent sign",
        Edit("contact:", "min_verified: 0.5\ncontact:"),
        &["2:15 `min_verified`: a share needs a percent sign | write a number from 0 to 100 with `%`: `50%`"],
    ),
    (
        "share above everything",
        Edit("contact:", "min_verified: 150%\ncontact:"),
        &[
            "2:15 `min_verified`: a share is at least 0% and at most 100% | write a number from 0 to 100 with `%`: `50%`",
        ],
    ),
    (
        "not a whole number",
        Edit("    stock:\n", "    fetch: {retries: 1.5, burst: 0}\n    stock:\n"),
        &[
            "10:22 `retries`: this is not a whole number | write a number such as `5`",
            "10:34 `burst`: this must be at least 1 | write a number such as `5`",
        ],
    ),
    (
        "neither true nor false",
        Edit("    stock:\n", "    fetch: {robots: no}\n    stock:\n"),
        &["10:21 `robots`: this is neither `true` nor `false` | write `true` or `false`"],
    ),
    (
        "relative address",
        Edit("https://shop.example/\n", "shop.example\n"),
        &[
            "5:10 `url`: this is no absolute address (relative URL without a base) | write an absolute address such as `https://shop.example/`",
        ],
    ),
    (
        "another scheme",
        Edit("https://shop.example/\n", "ftp://shop.example/\n"),
        &["5:10 `url`: this is not an address on the web | write an address that begins with `https://` or `http://`"],
    ),
    (
        "credentials in an address",
        Edit("https://shop.example/\n", "https://dana:hunter2@shop.example/\n"),
        &[
            "5:10 `url`: user name and password do not belong into an address | for an API use `auth: {basic: …}`; for a shop behind a password `fetch.headers` with `Authorization: ${NAME}`",
        ],
    ),
    (
        "no language",
        Edit("    stock:\n", "    language: Hebrew\n    stock:\n"),
        &["10:15 `language`: this is no language | write its short name, such as `en`, `he` or `de`"],
    ),
    (
        "no network",
        Edit("    stock:\n", "    fetch: {allow_private: [10.0.0.0/33, 127.0.0.1]}\n    stock:\n"),
        &[
            "10:29 `allow_private[0]`: this is neither a network nor an address | write for example `10.0.0.0/8`, `127.0.0.1` or `::1`",
        ],
    ),
    (
        "duplicate shops",
        Edit(
            "owners:",
            "  - name: books\n    url: https://toys.example/\n    catalog: {sitemap: {url: https://toys.example/sitemap.xml}}\n    stock: {sellable: a, http_json: {item: {url: \"https://erp.example/{key}\"}, fields: {a: $.a}}}\nowners:",
        ),
        &["17:11 `name`: another shop has this name | it is in line 4; names must be unique"],
    ),
    (
        "duplicate SKUs",
        Edit("          url: /a-1\n", "          url: /a-1\n        - sku: A-2\n        - sku: A-1\n"),
        &["11:16 `sku`: this item is in the list twice | it is first in line 8; keep one"],
    ),
    (
        "a contact nobody can reach",
        Edit("contact: it@shop.example", "contact: the IT people"),
        &[
            "2:10 `contact`: this is neither a mail address nor an address on the web | write whom a shop's operator can ask, such as `it@shop.example` or `https://shop.example/bot`",
        ],
    ),
    (
        "no pattern",
        Edit(
            "      list:\n        - sku: A-1\n          url: /a-1\n",
            "      sitemap:\n        url: https://shop.example/sitemap.xml\n        include: [\"/a/(\"]\n        sku_from_url: /a/[0-9]+\n",
        ),
        &[
            "9:19 `include[0]`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
            "10:23 `sku_from_url`: there is no group in it that could be the SKU | put the SKU's part in `(` and `)`",
        ],
    ),
    (
        "no encoding and no delimiter",
        Edit(
            "      list:\n        - sku: A-1\n          url: /a-1\n",
            "      csv:\n        url: https://shop.example/c.csv\n        columns: {sku: SKU}\n        encoding: klingon\n        delimiter: \";;\"\n",
        ),
        &[
            "10:19 `encoding`: this encoding is not known | write for example `utf-8`, `windows-1255` or `windows-1252`",
            "11:20 `delimiter`: this is no delimiter | write one character in quotes, such as `\";\"`, or `tab`",
        ],
    ),
    (
        "a file that is not there yet",
        Edit(
            "      list:\n        - sku: A-1\n          url: /a-1\n",
            "      csv:\n        file: c.csv\n        columns: {sku: SKU}\n",
        ),
        &["8:15 warning: `file`: there is no file /nowhere/c.csv | it must be there when a check runs"],
    ),
    (
        "a home that is not expanded",
        Edit(
            "      list:\n        - sku: A-1\n          url: /a-1\n",
            "      csv:\n        file: ~/c.csv\n        columns: {sku: SKU}\n",
        ),
        &["8:15 `file`: `~` has no meaning here | write `${HOME}` instead, or an absolute path"],
    ),
    (
        "an availability that is none",
        Edit("    stock:\n", "    page: {selectors: [{css: .x, says: InStok}]}\n    stock:\n"),
        &[
            "10:40 `says`: this is not known here | did you mean `InStock`? known here: `InStock`, `LimitedAvailability`, `OnlineOnly`, `InStoreOnly`, `PreOrder`, `PreSale`, `BackOrder`, `MadeToOrder`, `Reserved`, `OutOfStock`, `SoldOut`, `Discontinued`, `MarketplaceOnly`",
        ],
    ),
    (
        "threshold of nothing",
        Edit("      sellable: available\n", "      sellable: available\n      threshold: 0\n"),
        &["12:18 `threshold`: this must be above zero | with 1 an item counts as sellable while there is one left"],
    ),
    (
        "preorder date without preorder",
        Edit("      sellable: available\n", "      sellable: available\n      preorder_until: available\n"),
        &[
            "12:23 `preorder_until`: this has no effect without `preorder_when` | add `preorder_when:` with an expression that is true for preorders",
        ],
    ),
    (
        "no fields",
        Edit("          available: $.available\n", "          2nd-field: $.available\n"),
        &[
            "11:17 `sellable`: `available`, column 1: no field is called `available` | there are 2nd-field",
            "16:22 `2nd-field`: `2nd-field` cannot be a field's name | use letters, digits and underscores",
        ],
    ),
    (
        "item without its key",
        Edit("https://erp.example/{key}", "https://erp.example/"),
        &["14:16 `url`: {key} is missing, so every request would ask for the same"],
    ),
    (
        "batch without mapping",
        Edit(
            "        item:\n          url: https://erp.example/{key}\n",
            "        batch:\n          url: https://erp.example/?skus={keys}\n",
        ),
        &[
            "12:7 `key` is missing | all and batch need the path from an item to its key",
            "12:7 `items` is missing | all and batch need the path from an answer to its items",
        ],
    ),
    (
        "a key where there is none",
        Edit(
            "        item:\n          url: https://erp.example/{key}\n",
            "        all: {url: \"https://erp.example/{key}\"}\n        items: $[*]\n        key: $.sku\n",
        ),
        &["13:20 `url`: {key} means nothing | there are no placeholders here"],
    ),
    (
        "a body that is no JSON",
        Edit(
            "          url: https://erp.example/{key}\n",
            "          url: https://erp.example/\n          body: '{sku: {key}}'\n",
        ),
        &[
            "14:16 `url`: {key} is missing, so every request would ask for the same",
            "15:17 `body`: this is not JSON (key must be a string at line 1 column 2) | write JSON, with `{keys}` for the list of keys or `\"{key}\"` for one",
        ],
    ),
    (
        "fetch with a file",
        Edit(
            "      http_json:\n        item:\n          url: https://erp.example/{key}\n        fields:\n          available: $.available\n",
            "      csv:\n        file: s.csv\n        key: sku\n        fields: {available: q}\n        fetch: {rate: 1/s}\n",
        ),
        &[
            "13:15 warning: `file`: there is no file /nowhere/s.csv | it must be there when a check runs",
            "16:9 `fetch`: this goes with `url`, not with `file` | remove it",
        ],
    ),
    (
        "no CSS selector",
        Edit("    stock:\n", "    page: {sku: {selector: \"a[\"}}\n    stock:\n"),
        &["10:28 `selector` is no CSS selector that can be used: Unexpected EOL"],
    ),
    (
        "patterns of a page",
        Edit(
            "    stock:\n",
            "    page: {sku: {url_pattern: /p/}, selectors: [{css: .x, text: \"(\", says: SoldOut}]}\n    stock:\n",
        ),
        &[
            "10:31 `url_pattern` has no group | put the part that is the SKU in parentheses, as in `/p/(?<sku>[^/]+)`",
            "10:65 `text`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
        ],
    ),
    (
        "a language without phrases",
        Edit("    stock:\n", "    page: {languages: [en, tlh]}\n    stock:\n"),
        &["10:28 `languages[1]`: there are no phrases for \"tlh\" | use a code such as `en` or `he`"],
    ),
    (
        "no JSONPath",
        Edit("          available: $.available\n", "          available: available\n"),
        &["16:22 `available`: `available` is no JSONPath (RFC 9535), column 1: parser error | a path begins with $"],
    ),
    (
        "no expression",
        Edit("      sellable: available\n", "      sellable: available -\n"),
        &["11:28 `sellable`: `available -` is no expression: at column 12 it ends where a value is needed"],
    ),
    (
        "an unknown field",
        Edit("      sellable: available\n", "      sellable: availble - 1\n"),
        &["11:17 `sellable`: `availble - 1`, column 1: no field is called `availble` | did you mean `available`?"],
    ),
    (
        "a field that is unknown in the middle",
        Edit("      sellable: available\n", "      sellable: 2 * (availble - 1)\n"),
        &[
            "11:22 `sellable`: `2 * (availble - 1)`, column 6: no field is called `availble` | did you mean `available`?",
        ],
    ),
    (
        "an address and an expression at once",
        Edit(
            "      sellable: available\n      http_json:\n        item:\n          url: https://erp.example/{key}\n",
            "      sellable: availble\n      http_json:\n        item:\n          url: erp.example/{key}\n",
        ),
        &[
            "11:17 `sellable`: `availble`, column 1: no field is called `availble` | did you mean `available`?",
            "14:16 `url`: this is no absolute address (relative URL without a base) | write an absolute address such as `https://shop.example/`",
        ],
    ),
];
