//! Bad configurations: when people are told, and what counts how much.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "values that are none",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  timezone: Asia/Jeruselem\n  at_once: criticl\n  tells: all\n  max_per_day: 0\n  least: never\n  reminders: [1d, 2, 0s]\n",
        ),
        &[
            "27:13 `timezone`: this time zone is not known | write an IANA name such as `Asia/Jerusalem` or `UTC`",
            "28:12 `at_once`: this is not known here | did you mean `critical`? known here: `low`, `medium`, `high`, `critical`, `never`",
            "29:10 `tells`: this is not known here | known here: `changes`, `all_open`",
            "30:16 `max_per_day`: this must be at least 1 | write a number such as `5`",
            "31:10 `least`: this is not known here | known here: `low`, `medium`, `high`, `critical`",
            "32:19 `reminders[1]`: a length of time needs a unit | write `2s`, `2m`, `2h` or `2d`",
            "32:22 `reminders[2]`: this must be longer than nothing | write for example `30s`",
        ],
    ),
    (
        "times of a digest that are none",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  digest: [\"25:00\", \"8:5\", noon, \"0 0 8 * * *\", \"0 8 31 2 *\", \"61 8 * * *\"]\n",
        ),
        &[
            "27:12 `digest[0]`: this is no time of the day | write a time such as `08:00`, or minute, hour, day, month and weekday such as `0 14 * * 0-4`",
            "27:21 `digest[1]`: this is no time of the day | write a time such as `08:00`, or minute, hour, day, month and weekday such as `0 14 * * 0-4`",
            "27:28 `digest[2]`: this is neither a time nor a cron expression | write a time such as `08:00`, or minute, hour, day, month and weekday such as `0 14 * * 0-4`",
            "27:34 `digest[3]`: a cron expression has five fields, and this has 6 | write a time such as `08:00`, or minute, hour, day, month and weekday such as `0 14 * * 0-4`",
            "27:49 `digest[4]`: there is never such a day | name a day that there is",
            "27:63 `digest[5]`: this is no cron expression | write a time such as `08:00`, or minute, hour, day, month and weekday such as `0 14 * * 0-4`",
        ],
    ),
    (
        "quiet times that are none",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  quiet: [shabat, \"21:00\", \"21:00-21:00\", \"fri 14:00 - sat\", fry, \"21:00-25:00\", \"a-b-c\"]\n",
        ),
        &[
            "27:11 `quiet[0]`: this is no quiet time | did you mean `shabbat`?",
            "27:19 `quiet[1]`: this is no quiet time | write `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, or a window such as `fri 14:00 - sun 08:00`",
            "27:28 `quiet[2]`: this ends when it begins | for whole days write their names, such as `sat` or `fri-sat`",
            "27:43 `quiet[3]`: this is no quiet time | write `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, or a window such as `fri 14:00 - sun 08:00`",
            "27:62 `quiet[4]`: this is no quiet time | write `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, or a window such as `fri 14:00 - sun 08:00`",
            "27:67 `quiet[5]`: this is no quiet time | write `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, or a window such as `fri 14:00 - sun 08:00`",
            "27:82 `quiet[6]`: this is no quiet time | write `shabbat`, hours such as `21:00-07:00`, days such as `sat` or `fri-sat`, or a window such as `fri 14:00 - sun 08:00`",
        ],
    ),
    (
        "holidays that are none",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  holidays: [2026-02-30, 2099-12-26..2099-12-25, christmas]\n",
        ),
        &[
            "27:14 `holidays[0]`: this is no date | write a day such as `2026-12-25`, or several: `2026-09-12..2026-09-13`",
            "27:26 `holidays[1]`: this ends before it begins | write the earlier day first",
            "27:50 `holidays[2]`: this is no date | write a day such as `2026-12-25`, or several: `2026-09-12..2026-09-13`",
        ],
    ),
    (
        "holidays that are over",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  holidays: [2020-12-25, 2021-01-01..2021-01-02]\n",
        ),
        &["27:3 warning: `holidays`: all of these are over | add those to come, or remove them"],
    ),
    (
        "always quiet",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  quiet: [mon-fri, \"fri 15:30 - sun 24:00\"]\n",
        ),
        &["27:3 `quiet`: this leaves no time to tell anything | leave some hours of the week"],
    ),
    (
        "a digest in quiet time",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  digest: [\"23:00\", \"0 6 * * *\"]\n  quiet: [\"22:00-07:00\"]\n",
        ),
        &[
            "27:3 `digest`: every time of the digest is quiet, so it never goes out | a digest in quiet time does not go out, not even afterwards; move one of the two",
        ],
    ),
    (
        "one time of a digest in quiet time",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  digest: [\"23:00\", \"8:00\"]\n  quiet: [\"22:00-07:00\"]\n",
        ),
        &[
            "27:12 warning: `digest[0]`: this time is always quiet | a digest in quiet time does not go out, not even afterwards; move one of the two",
        ],
    ),
    (
        "a recipient's digest in the usual quiet time",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example, cadence: {digest: [\"23:00\"]}}\n  noa: {email: noa@shop.example, cadence: {quiet: [\"7:00-22:00\"]}}\ncadence: {digest: [\"8:00\"], quiet: [\"22:00-06:00\"]}\nfallback: {to: [dana, noa]}\n",
        ),
        &[
            "21:46 `digest`: every time of the digest is quiet, so it never goes out | a digest in quiet time does not go out, not even afterwards; move one of the two",
            "22:44 `quiet`: every time of the digest is quiet, so it never goes out | a digest in quiet time does not go out, not even afterwards; move one of the two",
        ],
    ),
    (
        "everything, with every run",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence:\n  tells: all_open\n",
        ),
        &[
            "27:10 `tells`: all that is open would be told with every run | give `digest` the times at which it is told, such as `[\"08:00\"]`",
        ],
    ),
    (
        "everything, with every run, for one",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example, cadence: {digest: []}}\ncadence: {digest: [\"8:00\"], tells: all_open}\nfallback: {to: [dana]}\n",
        ),
        &[
            "21:46 `digest`: all that is open would be told with every run | give `digest` the times at which it is told, such as `[\"08:00\"]`",
        ],
    ),
    (
        "haste without a digest",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example, cadence: {at_once: high}}\nfallback: {to: [dana]}\n",
        ),
        &[
            "21:55 warning: `at_once`: this changes nothing without `digest` | everything is told with the run that finds it; for the rest to wait give `digest` its times",
        ],
    ),
    (
        "too often",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\ncadence: {reminders: [10m, 1d]}\n",
        ),
        &["26:11 warning: `reminders`: this is often | a day is usual; people stop reading what comes too often"],
    ),
    (
        "a misspelt key of a recipient's cadence",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example, cadence: {digests: [\"8:00\"]}}\nfallback: {to: [dana]}\n",
        ),
        &[
            "21:46 unknown key `digests` | did you mean `digest`? known here: timezone, digest, at_once, reminders, quiet, holidays, tells, max_per_day, least",
        ],
    ),
    (
        "how often something must be seen",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nincidents:\n  open_after: 0\n  verdicts: {gon: {open_after: 2}, contradictory: {resolve_after: x}}\n  flapping: {times: 1}\n",
        ),
        &[
            "27:15 `open_after`: this must be at least 1 | write a number such as `5`",
            "28:14 unknown key `gon` | did you mean `gone`? known here: false_available, false_unavailable, contradictory, expired_promise, gone",
            "28:67 `resolve_after`: this is not a whole number | write a number such as `5`",
            "29:3 `flapping` lacks the key `within` | add `within:` (within this time)",
            "29:21 `times`: this must be at least 2 | what opens once does not flap; write for example `3`",
        ],
    ),
    (
        "severity without conditions or effect",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nseverity:\n  - {set: critical}\n  - {shops: [books]}\n  - {brands: [Acme], raise: 1, lower: 1}\n",
        ),
        &[
            "27:5 `severity[0]` needs at least one of `shops`, `brands`, `categories`, `suppliers`, `skus`, `urls` and `verdicts`",
            "28:5 `severity[1]` needs exactly one of `set`, `raise` and `lower`",
            "29:32 `severity[2]` takes only one of `raise` and `lower` | keep one and remove the others",
        ],
    ),
    (
        "severity that is none",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nseverity:\n  - {brands: [Acme], set: worst}\n  - {shops: [book], raise: 4}\n  - {skus: [\"(\"], lower: 0}\n",
        ),
        &[
            "27:27 `set`: this is not known here | known here: `low`, `medium`, `high`, `critical`",
            "28:14 `shops[0]`: no shop has this name | did you mean `books`?",
            "28:28 `raise`: this must be from 1 to 3 | there are four levels: low, medium, high and critical",
            "29:13 `skus[0]`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
            "29:26 `lower`: this must be from 1 to 3 | there are four levels: low, medium, high and critical",
        ],
    ),
    (
        "a rule of severity that never applies",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nseverity:\n  - {brands: [Acme], set: low}\n  - {brands: [acme], verdicts: [gone], raise: 1}\n",
        ),
        &[
            "28:5 `severity[1]`: this rule can never apply: an earlier one takes everything it could | the earlier one is in line 27; move the narrower rule up",
        ],
    ),
    (
        "expected without conditions, end or reason",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nexpected:\n  - {until: 2099-01-01, because: it is}\n  - {shops: [books]}\n",
        ),
        &[
            "27:5 `expected[0]` needs at least one of `shops`, `brands`, `categories`, `suppliers`, `skus`, `urls` and `verdicts`",
            "28:5 `expected[1]` lacks the key `until` | add `until:` (the last day on which it is expected, such as `2026-12-31`)",
            "28:5 `expected[1]` lacks the key `because` | add `because:` (why, for whoever finds this rule later)",
        ],
    ),
    (
        "expected that has ended",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nexpected:\n  - {shops: [books], until: 2020-01-01, because: it was}\n  - {shops: [books], until: 1.1.2099, because: \" \"}\n",
        ),
        &[
            "27:29 warning: `until`: this has ended | remove the rule, or give it a later date",
            "28:29 `until`: this is no date | write it as year, month and day: `2026-12-31`",
            "28:48 `because`: this is empty | give a value, or leave the key out",
        ],
    ),
    (
        "an administration's address",
        Edit("    stock:\n      sell", "    admin_url: https://shop.example/admin?sku={skus}\n    stock:\n      sell"),
        &["10:16 `admin_url`: `{skus}` is not known here | did you mean `{sku}`?"],
    ),
    (
        "an administration's address of nothing",
        Edit("    stock:\n      sell", "    admin_url: https://shop.example/admin\n    stock:\n      sell"),
        &[
            "10:16 `admin_url`: this is the same for every product | put `{sku}`, `{stock_key}`, `{gtin}` or `{url}` into it",
        ],
    ),
    (
        "an administration's address that is none",
        Edit("    stock:\n      sell", "    admin_url: /admin/{sku\n    stock:\n      sell"),
        &["10:16 `admin_url`: a `{` is not closed | add the `}`"],
    ),
];
