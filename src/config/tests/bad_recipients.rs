//! Bad configurations: who is told, by which way, and by which rule.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "mail for a recipient, without mail",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "recipients:\n  ops: {slack: {url: \"${SLACK}\"}}\noperations: {to: [ops]}\n",
        ),
        &[
            "21:10 `email`: without `mail` nobody can be told by mail | add a section `mail` with `from` and `transport`",
        ],
    ),
    (
        "a column of addresses without mail",
        Edit(
            "owners:\n  - email: dana@shop.example\n    shops: [books]\nfallback:\n  email: all@shop.example\nmail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "  - name: toys\n    url: https://toys.example/\n    catalog: {csv: {url: \"https://toys.example/c.csv\", columns: {sku: S, owner_email: Buyer}}}\n    stock: {sellable: a, csv: {url: \"https://toys.example/s.csv\", key: k, fields: {a: b}}}\nrecipients:\n  ops: {slack: {url: \"${SLACK}\"}}\nfallback: {to: [ops]}\n",
        ),
        &[
            "19:87 `owner_email`: without `mail` nobody can be told by mail | add a section `mail` with `from` and `transport`",
        ],
    ),
    (
        "recipients without fallback",
        Edit(
            "fallback:\n  email: all@shop.example\nmail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "recipients:\n  ops: {slack: {url: \"${SLACK}\"}}\noperations: {to: [ops]}\nmail: {from: a@shop.example, transport: {console: }}\n",
        ),
        &[
            "23:1 `mail`: this needs `fallback` beside it | add `fallback:` with the `email` of whoever is told of what nobody owns",
        ],
    ),
    (
        "an unknown recipient",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example}\nfallback: {to: [dane, it, all@shop.example, \"a@\"]}\n",
        ),
        &[
            "22:17 `to[0]`: no recipient has this name | did you mean `dana`?",
            "22:23 `to[1]`: no recipient has this name | the recipients are: dana",
            "22:45 `to[3]`: this is no mail address | write an address such as `dana@shop.example`",
        ],
    ),
    (
        "no recipients at all",
        Edit("fallback:\n  email: all@shop.example\n", "fallback: {to: [dana]}\n"),
        &["20:17 `to[0]`: no recipient has this name | add a section `recipients`, or write a mail address"],
    ),
    (
        "one of a `to` twice",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example}\nfallback: {to: [dana, Dana@shop.example]}\n",
        ),
        &["22:23 warning: `to[1]`: they are named twice here | remove one"],
    ),
    (
        "both ways to name somebody",
        Edit("fallback:\n  email: all@shop.example\n", "fallback: {to: [all@shop.example], email: all@shop.example}\n"),
        &["20:36 `fallback` takes only one of `to` and `email` | keep one and remove the others"],
    ),
    (
        "neither way to name somebody",
        Edit("fallback:\n  email: all@shop.example\n", "fallback: {name: All}\n"),
        &["20:1 `fallback` needs exactly one of `to` and `email`"],
    ),
    (
        "a name without an address",
        Edit("fallback:\n  email: all@shop.example\n", "fallback: {to: [all@shop.example], name: All, language: he}\n"),
        &[
            "20:42 `name`: this belongs to `email` | say it of a recipient, under `recipients`",
            "20:57 `language`: this belongs to `email` | say it of a recipient, under `recipients`",
        ],
    ),
    (
        "nobody in a list",
        Edit("fallback:\n  email: all@shop.example\n", "fallback: {to: []}\n"),
        &["20:12 `to` is empty | give at least one entry"],
    ),
    (
        "a recipient that nobody names",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  noa: {email: noa@shop.example}\n  ops: {slack: {url: \"${SLACK}\"}}\nfallback:\n  email: all@shop.example\n",
        ),
        &[
            "21:3 warning: `noa`: nobody tells this recipient anything | name them under `to` in `owners`, `fallback` or `operations`, or remove them",
            "22:3 warning: `ops`: nobody tells this recipient anything | name them under `to` in `owners`, `fallback` or `operations`, or remove them",
        ],
    ),
    (
        "a recipient with two ways",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example, slack: {url: \"${SLACK}\"}}\nfallback:\n  email: all@shop.example\n",
        ),
        &["21:36 `dana` takes only one of `email` and `slack` | keep one and remove the others"],
    ),
    (
        "a recipient with no way",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {name: Dana}\nfallback:\n  email: all@shop.example\n",
        ),
        &["21:3 `dana` needs exactly one of `email`, `slack`, `teams`, `mattermost`, `discord` and `webhook`"],
    ),
    (
        "a misspelt way",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {slak: {url: \"${SLACK}\"}}\nfallback: {to: [dana]}\n",
        ),
        &[
            "21:10 unknown key `slak` | did you mean `slack`? known here: email, slack, teams, mattermost, discord, webhook, name, language, cadence",
        ],
    ),
    (
        "a recipient's name",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana@shop.example: {email: dana@shop.example}\nfallback:\n  email: all@shop.example\n",
        ),
        &["21:3 `dana@shop.example`: this is no name for a recipient | use letters, digits, `-`, `_` and `.`"],
    ),
    (
        "two recipients with one address",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  dana: {email: dana@shop.example}\n  noa: {email: DANA@shop.example}\nfallback: {to: [dana, noa]}\n",
        ),
        &["22:16 `email`: `dana` has this address, too | a person is told once; keep one of the two"],
    ),
    (
        "two languages of one address",
        Edit("fallback:\n  email: all@shop.example\n", "fallback:\n  email: dana@shop.example\n  language: he\n"),
        &[],
    ),
    (
        "a literal hook",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  ops:\n    slack:\n      url: https://hooks.slack.com/services/hunter2\nfallback: {to: [ops]}\n",
        ),
        &[
            "23:12 `url`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `url_file: PATH`",
        ],
    ),
    (
        "a literal hook on one line",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  ops: {webhook: {url: \"https://ops.example/hunter2\", secret: hunter2}}\nfallback: {to: [ops]}\n",
        ),
        &[
            "21:24 `url`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `url_file: PATH`",
            "21:63 `secret`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `secret_file: PATH`",
        ],
    ),
    (
        "a hook that is no address",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  ops: {teams: {url: \"${TOKEN}\"}}\nfallback: {to: [ops]}\n",
        ),
        &[
            "21:22 `url`: this is no absolute address (relative URL without a base) | write an absolute address such as `https://shop.example/`",
        ],
    ),
    (
        "a hook in the open",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  ops: {discord: {url: \"${HOOK}\"}}\n  near: {mattermost: {url: \"${HOOK}\", allow_private: [10.0.0.0/8]}}\nfallback: {to: [ops, near]}\n",
        ),
        &[
            "21:24 warning: `url`: what is sent there travels unencrypted | use the address with `https://`; for one in a network of your own say so with `allow_private`",
        ],
    ),
    (
        "a hook's network and deadline",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  ops: {slack: {url: \"${SLACK}\", allow_private: [intranet], timeout: 0s}}\nfallback: {to: [ops]}\n",
        ),
        &[
            "21:50 `allow_private[0]`: this is neither a network nor an address | write for example `10.0.0.0/8`, `127.0.0.1` or `::1`",
            "21:70 `timeout`: this must be longer than nothing | write for example `30s`",
        ],
    ),
    (
        "a hook's address twice",
        Edit(
            "fallback:\n  email: all@shop.example\n",
            "recipients:\n  ops: {slack: {url: \"${SLACK}\", url_file: hook}}\nfallback: {to: [ops]}\n",
        ),
        &["21:34 `slack` takes only one of `url` and `url_file` | keep one and remove the others"],
    ),
    (
        "a literal heartbeat",
        Edit(
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\n",
            "mail:\n  from: stock@shop.example\n  transport:\n    console:\nheartbeat: {url: \"https://hc.example/hunter2\"}\nmissed_after: 0h\n",
        ),
        &[
            "26:18 `url`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `url_file: PATH`",
            "27:15 `missed_after`: this must be longer than nothing | write for example `30s`",
        ],
    ),
    (
        "rules that continue",
        Edit(
            "    shops: [books]\n",
            "    continue: true\n  - {email: eli@shop.example, brands: [Acme], continue: maybe}\n  - {email: noa@shop.example}\n  - {email: noa@shop.example, brands: [Acme]}\n",
        ),
        &[
            "20:57 `continue`: this is neither `true` nor `false` | write `true` or `false`",
            "22:5 `owners[3]`: this rule can never apply: an earlier one takes everything it could | the earlier one is in line 21; move the narrower rule up",
        ],
    ),
    (
        "no verdict",
        Edit("    shops: [books]\n", "    verdicts: [false_availble, agrees]\n"),
        &[
            "19:16 `verdicts[0]`: this is not known here | did you mean `false_available`? known here: `false_available`, `false_unavailable`, `contradictory`, `expired_promise`, `gone`",
            "19:32 `verdicts[1]`: this is not known here | known here: `false_available`, `false_unavailable`, `contradictory`, `expired_promise`, `gone`",
        ],
    ),
    (
        "a rule for fewer verdicts is not covered",
        Edit(
            "    shops: [books]\n",
            "    verdicts: [gone]\n  - {email: eli@shop.example, verdicts: [gone, contradictory]}\n  - {email: eli@shop.example, brands: [Acme], verdicts: [gone]}\n",
        ),
        &[
            "21:5 `owners[2]`: this rule can never apply: an earlier one takes everything it could | the earlier one is in line 18; move the narrower rule up",
        ],
    ),
    (
        "keys that moved",
        Edit("  transport:", "  reminder: 24h\n  timezone: Asia/Jerusalem\n  transport:"),
        &[
            "24:3 `reminder` is a key of `cadence` now | write `reminders: [1d, 2d, 4d, 7d]` under `cadence`, at the top of the file",
            "25:3 `timezone` is a key of `cadence` now | write `timezone: Asia/Jerusalem` under `cadence`, at the top of the file",
        ],
    ),
    (
        "DKIM and templates",
        Edit(
            "  transport:",
            "  templates: mine\n  dkim: {domain: \"https://toys.example\", selector: s 1, private_key_file: dkim.pem}\n  transport:",
        ),
        &[
            "24:14 `templates`: the folder cannot be read: No such file or directory (os error 2) | name a folder with templates, or leave the key out",
            "25:18 `domain`: this is no name of the DNS | write it as it is published, such as `shop.example`",
            "25:52 `selector`: this is no name of the DNS | write it as it is published, such as `shop.example`",
            "25:75 `private_key_file`: /nowhere/dkim.pem cannot be read: No such file or directory (os error 2) | name a PEM file with the private key, readable for the user that runs stocktruth",
        ],
    ),
    (
        "DKIM of a stranger",
        Edit("  transport:", "  dkim: {domain: toys.example, selector: s1, private_key_file: dkim.pem}\n  transport:"),
        &[
            "24:18 warning: `domain`: the sender is of another domain | receivers hold a signature against the domain in `from`, which is `shop.example`",
            "24:64 `private_key_file`: /nowhere/dkim.pem cannot be read: No such file or directory (os error 2) | name a PEM file with the private key, readable for the user that runs stocktruth",
        ],
    ),
];
