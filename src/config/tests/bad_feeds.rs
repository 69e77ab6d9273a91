//! Bad configurations: product feeds.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "a feed without a name, of a kind and a format that nobody knows",
        Edit(
            "    stock:\n",
            "    feeds:\n      - url: https://shop.example/f\n        kind: store\n        format: xml\n    stock:\n",
        ),
        &[
            "11:9 `feeds[0]` lacks the key `name` | add `name:` (short name, used in output)",
            "12:15 `kind`: this is not known here | known here: `products`, `local`",
            "13:17 `format`: this is not known here | known here: `auto`, `rss`, `atom`, `csv`, `tsv`",
        ],
    ),
    (
        "a feed that is nowhere, and one that is at two places",
        Edit(
            "    stock:\n",
            "    feeds:\n      - name: a\n      - {name: b, file: f.xml, url: 'https://shop.example/f'}\n    stock:\n",
        ),
        &[
            "11:9 `feeds[0]` needs exactly one of `file` and `url`",
            "12:32 `feeds[1]` takes only one of `file` and `url` | keep one and remove the others",
        ],
    ),
    (
        "two feeds of one name, and what local inventory cannot have",
        Edit(
            "    stock:\n",
            "    feeds:\n      - {name: a, url: 'https://shop.example/a'}\n      - {name: a, url: 'https://shop.example/b', kind: local, id: {is: mpn}, supplemental: [{url: 'https://shop.example/c'}]}\n    stock:\n",
        ),
        &[
            "12:16 `name`: another feed has this name | it is in line 11; names must be unique",
            "12:72 `is`: local inventory has no `mpn` | use a `pattern` that takes the SKU out of the `id`",
            "12:78 `supplemental`: local inventory has none | a supplemental feed completes a feed of products; name it there",
        ],
    ),
    (
        "an id that names nothing",
        Edit(
            "    stock:\n",
            "    feeds:\n      - {name: a, url: 'https://shop.example/a', max_size: 2, encoding: klingon, id: {is: ean, pattern: '[0-9]+'}}\n    stock:\n",
        ),
        &[
            "11:60 `max_size`: a size needs a unit | write `2B`, `2KiB` or `2MiB`",
            "11:73 `encoding`: this encoding is not known | write for example `utf-8`, `windows-1255` or `windows-1252`",
            "11:91 `is`: this is not known here | known here: `sku`, `stock_key`, `gtin`, `mpn`",
            "11:105 `pattern`: there is no group in it that could be the SKU | put the SKU's part in `(` and `)`",
        ],
    ),
    (
        "a feed that is the catalogue and a feed",
        Edit(
            "      list:\n        - sku: A-1\n          url: /a-1\n",
            "      feed: {name: google, url: 'https://shop.example/a', kind: local}\n    feeds:\n      - {name: google, url: 'https://shop.example/b', id: {pattern: '('}}\n",
        ),
        &[
            "7:59 unknown key `kind` | known here: name, file, url, format, encoding, id, supplemental, max_size",
            "9:16 `name`: another feed has this name | it is the shop's catalogue; give one of them another",
            "9:69 `pattern`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
        ],
    ),
];
