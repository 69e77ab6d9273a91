//! Bad configurations: owners, mail, and what is only a warning.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "mail without fallback",
        Edit("fallback:\n  email: all@shop.example\n", ""),
        &[
            "20:1 `mail`: this needs `fallback` beside it | add `fallback:` with the `email` of whoever is told of what nobody owns",
        ],
    ),
    (
        "owners without mail",
        Edit("mail:\n  from: stock@shop.example\n  transport:\n    console:\n", ""),
        &[
            "21:10 `email`: without `mail` nobody can be told by mail | add a section `mail` with `from` and `transport`",
        ],
    ),
    (
        "an unknown shop",
        Edit("    shops: [books]", "    shops: [boks, books]"),
        &["19:13 `shops[0]`: no shop has this name | did you mean `books`?"],
    ),
    (
        "an unreachable rule",
        Edit(
            "    shops: [books]\n",
            "    brands: [Acme, Bolt]\n  - email: eli@shop.example\n    shops: [books]\n    brands: [ACME]\n",
        ),
        &[
            "20:5 `owners[1]`: this rule can never apply: an earlier one takes everything it could | the earlier one is in line 18; move the narrower rule up",
        ],
    ),
    (
        "a rule after a catch-all",
        Edit("    shops: [books]\n", "  - email: eli@shop.example\n    skus: [\"^A\"]\n"),
        &[
            "19:5 `owners[1]`: this rule can never apply: an earlier one takes everything it could | the earlier one is in line 18; move the narrower rule up",
        ],
    ),
    (
        "a condition without values",
        Edit("    shops: [books]", "    brands: []"),
        &["19:5 `brands` is empty | give at least one entry"],
    ),
    (
        "SMTP: host, port and security",
        Edit("    console:\n", "    smtp: {host: \"smtp://mail\", port: 70000, security: ssl}\n"),
        &[
            "25:18 `host`: this is no host name | write only the name, such as `mail.shop.example`; the port goes into `port`",
            "25:39 `port`: this is no port | write a number from 1 to 65535, such as `587`",
            "25:56 `security`: this is not known here | known here: `tls`, `starttls`, `none`",
        ],
    ),
    (
        "SMTP: half of the credentials",
        Edit("    console:\n", "    smtp: {host: mail, username: dana}\n"),
        &["25:34 `username`: there is no password for it | add `password: ${NAME}` or `password_file: PATH`"],
    ),
    (
        "SMTP: a password nobody needs",
        Edit("    console:\n", "    smtp: {host: mail, password: \"${PASSWORD}\"}\n"),
        &["25:34 `password`: there is no user name for it | add `username:`"],
    ),
    (
        "SMTP: password in the open",
        Edit(
            "    console:\n",
            "    smtp: {host: mail.example, username: dana, password: \"${PASSWORD}\", security: none}\n",
        ),
        &["25:83 `security`: the password would travel unencrypted | write `security: starttls` or `security: tls`"],
    ),
    (
        "SMTP: a literal password",
        Edit("    console:\n", "    smtp:\n      host: mail.example\n      username: dana\n      password: hunter2\n"),
        &[
            "28:17 `password`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `password_file: PATH`",
        ],
    ),
    (
        "SMTP: the password twice",
        Edit("    console:\n", "    smtp: {host: mail, username: dana, password: \"${PASSWORD}\", password_file: p}\n"),
        &["25:65 `smtp` takes only one of `password` and `password_file` | keep one and remove the others"],
    ),
    (
        "SMTP: a CA file that is none",
        Edit("    console:\n", "    smtp: {host: mail, ca_file: ca.pem}\n"),
        &[
            "25:33 `ca_file`: /nowhere/ca.pem cannot be read: No such file or directory (os error 2) | name a PEM file with the certificate authority, or leave the key out",
        ],
    ),
    (
        "sendmail that is not there",
        Edit("    console:\n", "    sendmail: {program: /no/sendmail}\n"),
        &["25:25 `program`: there is no program /no/sendmail | install a mail server that brings it, or use `smtp`"],
    ),
    (
        "a fast and rude visitor",
        Edit("    stock:\n", "    fetch: {rate: 50/s, robots: false, total_timeout: 1s}\n    stock:\n"),
        &[
            "10:19 warning: `rate`: this is a lot for a shop that also has customers | stay below 20 requests a second unless the shop's operators agreed",
            "10:33 warning: `robots`: robots.txt will not be obeyed | leave it out, unless the shop is your own and its operators agreed",
            "10:55 warning: `total_timeout`: this is shorter than `first_byte_timeout` | make it at least as long as `first_byte_timeout`",
        ],
    ),
    (
        "a long wait",
        Edit("    stock:\n", "    confirm_after: 2h\n    stock:\n"),
        &[
            "10:20 warning: `confirm_after`: this is long | a run waits that long for its suspects; use `grace` for pages that lag behind",
        ],
    ),
    (
        "several at once",
        Edit("    stock:\n", "    grace: 30\n    fetch: {rat: 2/s}\n    language: Hebrew\n    stock:\n"),
        &[
            "10:12 `grace`: a length of time needs a unit | write `30s`, `30m`, `30h` or `30d`",
            "11:13 unknown key `rat` | did you mean `rate`? known here: rate, burst, concurrency, robots, connect_timeout, first_byte_timeout, total_timeout, max_body, max_download, max_redirects, retries, backoff, max_retry_after, circuit_after, allow_private, headers, ca_file, bypass",
            "12:15 `language`: this is no language | write its short name, such as `en`, `he` or `de`",
        ],
    ),
];
