//! Bad configurations: several sources for one shop, and their keys.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "what only several sources have",
        Edit("      sellable: available\n", "      sellable: available\n      tolerance: 2\n      decides: both\n"),
        &[
            "12:18 `tolerance`: this has no effect on a single source | remove it, or name `sources`",
            "13:16 `decides`: this has no effect on a single source | remove it, or name `sources`",
        ],
    ),
    (
        "two sources of one name, and what belongs to one of them",
        Edit(
            "      sellable: available\n      http_json:\n        item:\n          url: https://erp.example/{key}\n        fields:\n          available: $.available\n",
            "      threshold: 2\n      tolerance: -1\n      sources:\n        - {sellable: q, csv: {file: a, key: k, fields: {q: q}}}\n        - {sellable: q, csv: {file: a, key: k, fields: {q: q}}}\n",
        ),
        &[
            "11:18 `threshold`: this belongs to a single source | move it into the entries of `sources`",
            "12:18 `tolerance`: this must not be negative | write for example `2` or `5%`",
            "14:37 warning: `file`: there is no file /nowhere/a | it must be there when a check runs",
            "15:11 `sources[1]`: another source is called `csv` | it is in line 14; give each a `name` of its own",
            "15:37 warning: `file`: there is no file /nowhere/a | it must be there when a check runs",
        ],
    ),
    (
        "nobody who counts",
        Edit(
            "      sellable: available\n      http_json:\n        item:\n          url: https://erp.example/{key}\n        fields:\n          available: $.available\n",
            "      sources:\n        - {decides: policy, csv: {url: 'https://erp.example/a', key: k, fields: {q: q}}}\n",
        ),
        &["11:7 `sources`: none of these decides the quantity | leave `decides` out for the one that counts the stock"],
    ),
    (
        "sources among sources",
        Edit(
            "      sellable: available\n      http_json:\n        item:\n          url: https://erp.example/{key}\n        fields:\n          available: $.available\n",
            "      sources:\n        - sources:\n          - {sellable: q, csv: {url: 'https://erp.example/a', key: k, fields: {q: q}}}\n",
        ),
        &["12:11 `sources`: this belongs one level higher | one list holds all sources of a shop"],
    ),
    (
        "keys that lead nowhere",
        Edit(
            "      sellable: available\n",
            "      sellable: available\n      keys: {gtin: ean, normalize: [upper], mapping: {file: map.csv, from: sku}}\n",
        ),
        &[
            "12:20 `gtin`: no field is called `ean` | there are available",
            "12:37 `normalize[0]`: this is not known here | known here: `trim`, `case`, `leading_zeros`, `separators`",
            "12:45 `mapping` lacks the key `to` | add `to:` (the column with the source's keys)",
            "12:61 warning: `file`: there is no file /nowhere/map.csv | it must be there when a check runs",
        ],
    ),
    (
        "a trade item number with a wrong digit",
        Edit("          url: /a-1\n", "          url: /a-1\n          gtin: '4006381333930'\n"),
        &[
            "10:17 `gtin`: this is no trade item number | write all of its 8, 12, 13 or 14 digits, in quotes where it begins with a zero; the last is a check digit",
        ],
    ),
];
