//! Bad configurations: what the schema sees.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "unknown key",
        Edit("    url: https://shop.example/\n", "    ulr: https://shop.example/\n"),
        &[
            "5:5 unknown key `ulr` | did you mean `url`? known here: name, url, language, admin_url, catalog, feeds, fetch, page, listings, stock, cart, grace, max_jump, confirm_after, plan, targets",
        ],
    ),
    (
        "unknown key at the top",
        Edit("contact:", "contcat: x\ncontact:"),
        &[
            "2:1 unknown key `contcat` | did you mean `contact`? known here: version, contact, min_verified, store, shops, incidents, severity, expected, recipients, cadence, owners, fallback, operations, mail, heartbeat, missed_after",
        ],
    ),
    (
        "unknown key nobody could mean",
        Edit("    stock:\n", "    zebra: 1\n    stock:\n"),
        &[
            "10:5 unknown key `zebra` | known here: name, url, language, admin_url, catalog, feeds, fetch, page, listings, stock, cart, grace, max_jump, confirm_after, plan, targets",
        ],
    ),
    (
        "unknown key in a section without keys",
        Edit("    console:", "    console: {colour: red}"),
        &["25:5 `console` has no keys | write `console: {}`"],
    ),
    (
        "wrong version",
        Edit("version: 1", "version: 2"),
        &["1:10 `version`: this program reads version 1 | write `version: 1`"],
    ),
    (
        "missing version",
        Edit("version: 1\n", ""),
        &["1:1 the key `version` is missing | add `version:` (the version of this format, which is 1)"],
    ),
    (
        "missing shops",
        Whole("version: 1\ncontact: it@shop.example\n"),
        &["1:1 the key `shops` is missing | add `shops:` (the shops to check)"],
    ),
    (
        "empty shops",
        Whole("version: 1\ncontact: it@shop.example\nshops: []\n"),
        &["3:1 `shops` is empty | give at least one entry"],
    ),
    (
        "missing keys of a shop",
        Whole("version: 1\ncontact: it@shop.example\nshops:\n  - language: en\n"),
        &[
            "4:5 `shops[0]` lacks the key `name` | add `name:` (short name, used in output, in owner rules and for `--shop`)",
            "4:5 `shops[0]` lacks the key `url` | add `url:` (the shop's front page)",
            "4:5 `shops[0]` lacks the key `catalog` | add `catalog:` (which items exist and where they are promised)",
            "4:5 `shops[0]` lacks the key `stock` | add `stock:` (what the shop's own stock system says)",
        ],
    ),
    (
        "list instead of a section",
        Edit("    stock:\n", "    fetch: [2/s]\n    stock:\n"),
        &[
            "10:5 `fetch` must be a section with keys of its own, and this is a list | known here: rate, burst, concurrency, robots, connect_timeout, first_byte_timeout, total_timeout, max_body, max_download, max_redirects, retries, backoff, max_retry_after, circuit_after, allow_private, headers, ca_file, bypass",
        ],
    ),
    (
        "list instead of a section with a choice",
        Edit("      list:\n        - sku: A-1\n          url: /a-1\n", "      csv: [products.csv]\n"),
        &[
            "7:7 `csv` must be a section with keys of its own, and this is a list | known here: file, url, columns, delimiter, encoding, base",
        ],
    ),
    (
        "text instead of a list",
        Edit("    shops: [books]", "    shops: books"),
        &["19:12 `shops` must be a list, and this is text | write each entry in a line of its own, after `- `"],
    ),
    (
        "section instead of a value",
        Edit("    stock:\n", "    grace: {minutes: 15}\n    stock:\n"),
        &["10:5 `grace` must be a duration such as `30s`, `15m`, `24h` or `7d`, and this is a section with keys"],
    ),
    (
        "text instead of a file",
        Whole("hello"),
        &["1:1 this is not a configuration | `stocktruth init` writes one to start from"],
    ),
    (
        "nothing at all",
        Whole("# only a comment\n"),
        &["0:0 the file is empty | `stocktruth init` writes one to start from"],
    ),
    (
        "no choice",
        Edit(
            "      http_json:\n",
            "      csv:\n        file: stock.csv\n        key: sku\n        fields: {a: b}\n      http_json:\n",
        ),
        &["12:7 `stock` takes only one of `http_json` and `csv` | keep one and remove the others"],
    ),
    (
        "two choices",
        Edit("    console:", "    console:\n    file: {folder: mail}"),
        &["25:5 `transport` takes only one of `file` and `console` | keep one and remove the others"],
    ),
    (
        "an empty choice",
        Edit("  transport:\n    console:\n", "  transport: {}\n"),
        &["24:3 `transport` needs exactly one of `smtp`, `sendmail`, `file` and `console`"],
    ),
    (
        "a misspelt choice",
        Edit("    console:", "    consoel:"),
        &["25:5 unknown key `consoel` | did you mean `console`? known here: smtp, sendmail, file, console"],
    ),
    (
        "neither SKU nor address",
        Edit("        - sku: A-1\n          url: /a-1\n", "        - name: A thing\n"),
        &["8:11 `list[0]` needs at least one of `sku` and `url`"],
    ),
    (
        "no request in http_json",
        Edit("        item:\n          url: https://erp.example/{key}\n", ""),
        &["12:7 `http_json` needs at least one of `all`, `batch` and `item`"],
    ),
    (
        "a duplicate key",
        Edit("    stock:\n", "    name: toys\n    stock:\n"),
        &["10:5 `name` is given twice | the first one is in line 4; keep one"],
    ),
    (
        "not YAML: a bracket",
        Edit("    shops: [books]", "    shops: [books"),
        &[
            "20:9 this is not YAML: illegal placement of ':' indicator | often a quote, a bracket, a colon or the indentation of this line or the one above",
        ],
    ),
    (
        "not YAML: a tab",
        Edit("    url: https://shop.example/\n", "\turl: https://shop.example/\n"),
        &[
            "4:11 this is not YAML: while scanning a plain scalar, found a tab | YAML is indented with spaces, never with tabs",
        ],
    ),
    (
        "not YAML: indentation",
        Edit("    url: https://shop.example/\n", "   url: https://shop.example/\n"),
        &[
            "5:4 this is not YAML: while parsing a block collection, did not find expected '-' indicator | often a quote, a bracket, a colon or the indentation of this line or the one above",
        ],
    ),
    ("a tag", Edit("name: books", "name: !!str books"), &["4:11 YAML tags (`!…`) mean nothing here | remove the tag"]),
    (
        "a second document",
        Edit("version: 1\n", "version: 1\n---\n"),
        &["3:1 a second document starts here | one file holds one configuration"],
    ),
];
